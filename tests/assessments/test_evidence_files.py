"""What may come in as evidence: kinds by content, hostile files, names, hashes."""

import hashlib
import tracemalloc
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from assessments.evidence import FileRefused, read_files
from assessments.evidence.intake import MEDIA_TYPES, clean_name, read_file
from assessments.exceptions import AssessmentError
from tests.assessments.evidence_files import OPEN, WHOLE, archive, bomb, ole, pdf, upload

HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WRONG = "nội dung không phải là tệp ."
MACRO = "có macro"
BROKEN = "bị hỏng"
LOCKED = "có mật khẩu"


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_of_each_kind_comes_in(name: str) -> None:
    content = WHOLE[name]
    taken = read_file(upload(name, content))

    assert (taken.name, taken.size, taken.warning) == (name, len(content), "")
    assert taken.media_type == MEDIA_TYPES[name.rsplit(".", 1)[1].lower()]
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.title == name.rsplit(".", 1)[0]
    assert taken.content.read() == content


def test_every_kind_has_an_example() -> None:
    assert {name.rsplit(".", 1)[1].lower() for name in WHOLE} == set(MEDIA_TYPES)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rỗng.pdf", b"", "tệp rỗng (0 byte)"),
        ("trang.pdf", HTML, WRONG),
        ("ảnh.png", SVG, WRONG),
        ("ảnh.jpg", HTML, WRONG),
        ("ảnh.svg", SVG, "không nhận loại tệp này"),
        ("trang.html", HTML, "không nhận loại tệp này"),
        ("chạy.exe", b"MZ" + bytes(600), "không nhận loại tệp này"),
        ("chạy.pdf", b"MZ" + bytes(600), WRONG),
        ("không đuôi", pdf(), "không nhận loại tệp này"),
        ("tệp.pdf.html", pdf(), "không nhận loại tệp này"),
        ("nén.zip", archive("a.pdf"), "không nhận tệp nén"),
        ("nén.docx", archive("a.pdf"), WRONG),
        ("bảng.docx", archive("xl/workbook.xml"), WRONG),
        ("văn bản.ods", archive("content.xml", mimetype=f"{OPEN}text"), WRONG),
        ("văn bản.odt", archive("content.xml"), WRONG),
        ("macro.docm", archive("word/document.xml"), MACRO),
        ("macro.docx", archive("word/document.xml", "word/vbaProject.bin"), MACRO),
        ("macro.odt", archive("Basic/Standard/a.xml", mimetype=f"{OPEN}text"), MACRO),
        ("macro.xls", ole("Workbook", "_VBA_PROJECT_CUR"), MACRO),
        ("khóa.docx", ole("EncryptedPackage"), LOCKED),
        ("khóa.xls", ole("Workbook", "EncryptedPackage"), LOCKED),
        ("cũ.docx", ole("WordDocument"), WRONG),
        ("cũ.doc", ole("Workbook"), BROKEN),
        ("cụt.pdf", pdf()[:30], BROKEN),
        ("cụt.docx", archive("word/document.xml")[:60], BROKEN),
        ("hỏng.docx", archive("word/document.xml")[:-30], BROKEN),
    ],
    # Archives carry the time at which they were made: no part of a test's name.
    ids=lambda part: part if isinstance(part, str) else "-",
)
def test_other_files_are_refused_by_name_with_what_to_do(name: str, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_file(upload(name, content))

    assert str(refusal.value).startswith(f"{name}: ")
    assert words in str(refusal.value)


def test_a_file_that_is_too_large_is_refused(settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    assert read_file(upload("vừa.pdf", pdf("x" * 1_000_000)))

    with pytest.raises(FileRefused, match="lớn.pdf: tệp quá lớn. Mỗi tệp không quá 1 MB"):
        read_file(upload("lớn.pdf", pdf("x" * 1_048_576)))


def test_an_installation_takes_fewer_kinds_if_it_wants(settings: Any) -> None:
    settings.EVIDENCE_KINDS = ["pdf", "png"]

    with pytest.raises(FileRefused, match=r"Các loại nhận được: \.pdf, \.png\."):
        read_file(upload("Báo cáo.docx", WHOLE["Báo cáo.docx"]))


def test_a_bomb_stays_packed() -> None:
    content = bomb("word/document.xml")
    tracemalloc.start()
    read_file(upload("to.docx", content))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 20 * 1024 * 1024


def test_a_listing_too_large_for_a_document_is_not_read() -> None:
    content = bytearray(archive("word/document.xml"))
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = (500_000_000).to_bytes(4, "little")

    with pytest.raises(FileRefused, match=BROKEN):
        read_file(upload("to.docx", bytes(content)))


def test_an_encrypted_pdf_comes_in_with_a_word_of_warning() -> None:
    taken = read_file(upload("khóa.pdf", pdf(trailer=b"/Encrypt 12 0 R")))

    assert "nếu tệp hỏi mật khẩu thì người thẩm định không xem được" in taken.warning


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Kế hoạch rà soát TTHC năm 2023.pdf", "Kế hoạch rà soát TTHC năm 2023.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\hanh\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("Kê\u0301 hoạch.pdf", "Kế hoạch.pdf"),
        ("hóa\u202efdp.exe.pdf", "hóafdp.exe.pdf"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("  nhiều   chỗ trống .pdf", "nhiều chỗ trống .pdf"),
        ("...", "tệp không tên"),
        ("/", "tệp không tên"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_keeps_its_diacritics_and_nothing_that_misleads(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_large_file_on_disk_is_read_like_a_small_one() -> None:
    large = TemporaryUploadedFile("lớn.docx", "", 0, None)
    large.write(WHOLE["Báo cáo.docx"])
    large.size = len(WHOLE["Báo cáo.docx"])

    assert read_file(large).sha256 == hashlib.sha256(WHOLE["Báo cáo.docx"]).hexdigest()


def test_of_several_files_each_is_judged_by_itself() -> None:
    taken, refused = read_files([upload("a.pdf"), upload("b.pdf", HTML), upload("c.pdf", b"")])

    assert [one.name for one in taken] == ["a.pdf"]
    assert [str(one)[:6] for one in refused] == ["b.pdf:", "c.pdf:"]


def test_too_many_files_are_refused_before_any_is_read(settings: Any) -> None:
    settings.EVIDENCE_FILES_AT_ONCE = 2

    with pytest.raises(AssessmentError, match="nhiều nhất 2 tệp; bạn đã chọn 3 tệp"):
        read_files([SimpleUploadedFile(f"{n}.pdf", pdf()) for n in range(3)])
