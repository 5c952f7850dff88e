"""What a paper says of units to which a criterion does not apply.

Hoàng Mai 2024: "những phòng chuyên môn không có TTHC thì đạt điểm tuyệt đối" gives full points (5.5 and
7.1.4); 7.1.5 speaks only of "các đơn vị có TTHC" and leaves the others open.
"""

import re

from criteria.workbooks.words import fold

_GIVES = r"\b(?:thi|duoc|dat|tinh|cham)\b"
_ALL = r"\b(?:diem tuyet doi|diem toi da|tron diem|du diem)\b"
_FULL_POINTS = re.compile(rf"\bkhong (?:co|phat sinh)\b[^.;]*{_GIVES}[^.;]*{_ALL}")
_UNITS = r"(?:cac |nhung )?(?:don vi|phong|co quan|dia phuong|xa|phuong)"
_SOME_UNITS_ONLY = re.compile(rf"\(\s*(?:chi )?(?:ap dung )?(?:doi voi|voi) {_UNITS}[^()]*? co [^()]*\)")
_WHERE = (
    r"(?:(?:neu|trong|truong hop|nam|doi voi|nhung|cac|don vi|phong|co quan|dia phuong|xa|phuong"
    r"|chuyen mon) )*"
)
_NONE_OF_IT = re.compile(
    rf"{_WHERE}khong co [^.;:\d]+? (?:thi|duoc|dat|tinh|cham)\b"
    r"(?: (?:duoc|dat|tinh|cham|cho|la|so|diem))*"
    rf" (?:diem tuyet doi|(?:diem )?toi da|tron diem|du diem|(?P<points>\d+(?:[.,]\d+)?)(?: diem)?)"
)
_NOTHING_THERE = (
    r"(?:(?:neu|truong hop|trong truong hop|doi voi|nhung|cac) )*(?:(?:don vi|phong|co quan|dia phuong"
    r"|xa|phuong)"
    r"(?: chuyen mon)? )?(?:trong nam )?khong (?:co )?phat sinh\b"
)
_TAIL = (
    r"(?:,? (?:diem|cua|cho|o|vao|doi voi|tieu chi|noi dung|muc|phan|thanh phan|don vi|tong so|chuan"
    r"|toi da|nay|do|tuong ung))*"
)
_WITH_ALL = re.compile(
    rf"{_NOTHING_THERE}[^.;:\d]*(?:(?:{_GIVES})[^.;\d]*|[:,–-]\s*)(?:{_ALL}|toi da){_TAIL}"
)
_LEFT_OUT = re.compile(
    rf"{_WHERE}khong co [^.;:\d]*?(?:\bthi |[:,–-] ?)?khong (?:danh gia|ap dung|xet)"
    r" (?:tieu chi|noi dung|muc)(?: thanh phan)? nay"
    rf"|{_NOTHING_THERE}[^.;:\d]*(?:\bthi\b|[:,–-])?\s*"
    r"(?:khong (?:danh gia|cham diem|cham|xet|ap dung|tinh(?! diem))"
    r"|(?:duoc )?(?:loai tru|tru ra|giam tru)|khong tinh (?:vao )?(?:tong )?(?:diem (?:chuan|toi da)"
    rf"|tong diem)){_TAIL}"
)


def gives_full_points(words: str) -> bool:
    """Whether units without the matter get the maximum."""
    return bool(_FULL_POINTS.search(fold(words)))


def leaves_others_open(words: str) -> bool:
    """Whether the words limit a criterion to some units and say nothing of the others."""
    return bool(_SOME_UNITS_ONLY.search(fold(words))) and not gives_full_points(words)


def is_not_applicable_clause(folded: str) -> bool | None:
    """Whether a folded clause gives full points where nothing occurred: True; takes the leaf out: False.

    None for a clause that says nothing of it. "Không phát sinh" alone is asked for: a requirement that
    was not met ("không có kế hoạch") is no such case.
    """
    if _WITH_ALL.fullmatch(folded):
        return True
    return False if _LEFT_OUT.fullmatch(folded) else None


def has_none_of_it(folded: str, most: str) -> bool:
    """Whether a folded clause gives the maximum, `most`, to a unit without the thing that is measured."""
    match = _NONE_OF_IT.fullmatch(folded)
    return match is not None and match["points"] in {None, most, most.replace(".", ",")}
