"""Small files of every kind that evidence comes in, whole ones and hostile ones."""

import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.evidence import ReadFile, read_files

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN = "application/vnd.oasis.opendocument."


def pdf(text: str = "", *, trailer: bytes = b"") -> bytes:
    return b"%PDF-1.7\n" + text.encode() + b"\ntrailer << " + trailer + b" >>\nstartxref\n0\n%%EOF\n"


def archive(*names: str, mimetype: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        if mimetype:
            made.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            made.writestr(name, "<a/>")
    return content.getvalue()


def bomb(main: str) -> bytes:
    """A document whose main part is 200 MB of nothing."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made, made.open(main, "w") as part:
        for _ in range(200):
            part.write(bytes(1024 * 1024))
    return content.getvalue()


def ole(*streams: str) -> bytes:
    return OLE + bytes(600) + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams)


WHOLE = {
    "Kế hoạch.pdf": pdf(),
    "Báo cáo.docx": archive("[Content_Types].xml", "word/document.xml"),
    "Bảng.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "Bài.pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "Cũ.doc": ole("WordDocument"),
    "Cũ.xls": ole("Workbook"),
    "Mở.odt": archive("content.xml", mimetype=f"{OPEN}text"),
    "Mở.ods": archive("content.xml", mimetype=f"{OPEN}spreadsheet"),
    "Ảnh.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200),
    "Ảnh.JPEG": b"\xff\xd8\xff\xe1\x00\x10Exif\x00" + bytes(200),
    "Ảnh.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200),
}


def upload(name: str = "Kế hoạch.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, pdf() if content is None else content)


def read(*texts: str) -> list[ReadFile]:
    """PDFs that differ in their text, looked at and taken."""
    taken, refused = read_files([upload(f"Tệp {text}.pdf", pdf(text)) for text in texts])
    assert refused == []
    return taken


def keep_files_in(settings: Any, folder: Path) -> None:
    """A private storage of the test's own."""
    storage = settings.STORAGES["default"] | {"OPTIONS": {"location": folder}}
    settings.STORAGES = settings.STORAGES | {"default": storage}


def stored() -> set[Path]:
    """Every file that lies in the private storage."""
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / "evidence"
    return {path for path in folder.rglob("*") if path.is_file()}
