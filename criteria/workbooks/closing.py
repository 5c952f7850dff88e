"""Lines of a table that are no criteria: totals, notes, page numbers, signatures."""

import re

from criteria.workbooks.words import fold

_WHOLE = (
    r"chung|toan bo|toi da|chuan|danh gia|thang diem"
    r"|(?:cua )?(?:cac |\d{1,2} )?(?:noi dung|linh vuc|tieu chi)(?! \d)"
    r"|(?:cua )?(?:bo|khung) (?:tieu chi|chi so)|(?:cua )?chi so(?: cchc| cai cach hanh chinh)?|cchc"
)
_TOTAL = re.compile(
    r"(?:tong(?: so)?(?: diem)?(?: cong)?(?: diem)?|cong(?: diem)?|(?:so )?diem tong(?: cong)?"
    rf"|tong cong so diem)(?: (?:{_WHOLE}))*"
    r"\s*(?:\([^)]*\))?\s*[:.=]?\s*(?:\d+(?:[.,]\d+)?\s*(?:diem|d)?)?"
)
_SUBTOTAL = re.compile(r"(tong diem|tong cong|cong (muc|noi dung|phan|linh vuc))\b.*")
_SIGNATURE = (
    r"noi nhan|nguoi (lap|ky|tong hop)|tm\.|kt\.|tl\.|tuq\.|q\.|chu tich|pho chu tich|truong phong|giam doc"
    r"|thu truong|chanh van phong|\(?ky( ten| , |, )|da ky"
)
_SIGNED = re.compile(rf"\(?({_SIGNATURE})")
_NOTE = re.compile(
    rf"\(?({_SIGNATURE}|ghi chu|luu y|chu thich|cong hoa xa hoi|doc lap\b"
    r"|phu luc|phu bieu|kem theo|ban hanh kem|uy ban nhan dan|hoi dong nhan dan"
    r"|don vi tinh|trang \d+|\.{3,}|_{3,}|\(?\*+\)?\s)"
    r"|.{0,40}\bngay\b.{0,12}\bthang\b.{0,12}\bnam\b.{0,12}$"
    r"|(trang )?\W*\d{1,3}(/\d{1,3})?\W*$"
)
_GOES_ON = re.compile(r"\W*\btiep( theo)?\W*$")


def goes_on(text: str) -> bool:
    """Whether the line says that it goes on from the page before: "Chỉ đạo (tiếp theo)"."""
    return _GOES_ON.search(fold(text)) is not None


def without_going_on(text: str) -> str:
    """The folded words without "(tiếp theo)"."""
    return _GOES_ON.sub("", fold(text))


def is_total(text: str) -> bool:
    """Whether the words name the total of the whole table: "Tổng điểm các lĩnh vực (I+II)"."""
    return _TOTAL.fullmatch(fold(text)) is not None


def is_subtotal(text: str) -> bool:
    """Whether the words name the total of a part, which is understood and not counted."""
    return _SUBTOTAL.fullmatch(fold(text)) is not None


def is_note(text: str) -> bool:
    """Whether the line is a remark, a page number or a part of the signatures."""
    return _NOTE.match(fold(text)) is not None


def is_signature(text: str) -> bool:
    """Whether the line belongs to the signatures, so that names may follow it."""
    return _SIGNED.match(fold(text)) is not None
