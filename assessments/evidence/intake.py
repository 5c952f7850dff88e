"""What an uploaded file is: its kind by its content, its hash, and why it may not come in.

A name proves nothing, so the content must be of the kind that the name says. Containers are told apart by the
list of what they hold; nothing is ever unpacked.
"""

import hashlib
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, cast

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from assessments.exceptions import AssessmentError

MEGABYTE = 1024 * 1024
HEAD = 4096
TAIL = 64 * 1024
# A list of contents above this belongs to no document; reading it would cost memory.
LARGEST_LISTING = 4 * MEGABYTE
LONGEST_NAME = 200

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "odt": f"{OPEN}text",
    "ods": f"{OPEN}spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
# The part of a zipped document that makes it one of its kind.
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
MAIN_STREAM = {"doc": ("WordDocument",), "xls": ("Workbook", "Book")}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_LISTING = b"PK\x05\x06"
_NOT_PRINTED = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


class FileRefused(AssessmentError):
    """A file may not come in; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that may come in. `warning` is what the person should look at, if anything."""

    content: UploadedFile
    name: str
    media_type: str
    size: int
    sha256: str
    warning: str = ""

    @property
    def title(self) -> str:
        """A first title: the name without its ending."""
        return PurePosixPath(self.name).stem


def allowed_kinds() -> list[str]:
    """The endings of names that this installation takes."""
    return [kind for kind in MEDIA_TYPES if kind in settings.EVIDENCE_KINDS]


def read_files(uploads: Iterable[UploadedFile]) -> tuple[list[ReadFile], list[FileRefused]]:
    """Those of the files that may come in, and why the others may not.

    Raises AssessmentError where there are too many for one go.
    """
    given = list(uploads)
    most = settings.EVIDENCE_FILES_AT_ONCE
    if len(given) > most:
        raise AssessmentError(f"Mỗi lần đưa lên được nhiều nhất {most} tệp; bạn đã chọn {len(given)} tệp.")
    taken: list[ReadFile] = []
    refused: list[FileRefused] = []
    for upload in given:
        try:
            taken.append(read_file(upload))
        except FileRefused as refusal:
            refused.append(refusal)
    return taken, refused


def read_file(upload: UploadedFile) -> ReadFile:
    """Look at one file without unpacking or changing it. Raises FileRefused."""
    name = clean_name(upload.name or "")
    size = upload.size or 0
    if not size:
        raise FileRefused(f"{name}: tệp rỗng (0 byte). Kiểm tra lại tệp rồi đưa lên lại.")
    if size > settings.EVIDENCE_MAX_BYTES:
        most = settings.EVIDENCE_MAX_BYTES // MEGABYTE
        raise FileRefused(f"{name}: tệp quá lớn. Mỗi tệp không quá {most} MB; nén ảnh quét hoặc tách tệp.")
    kind = PurePosixPath(name).suffix.lower().lstrip(".")
    _require_kind(upload, name, kind)
    warning = _look_inside(upload, name, kind)
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return ReadFile(upload, name, MEDIA_TYPES[kind], size, digest.hexdigest(), warning)


def clean_name(name: str) -> str:
    """The bare name of a file, diacritics kept: no folders, no signs that are not printed or turn text."""
    bare = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(sign for sign in bare if unicodedata.category(sign) not in _NOT_PRINTED)
    path = PurePosixPath(" ".join(shown.split()).strip(". ") or "tệp không tên")
    return path.stem[: LONGEST_NAME - len(path.suffix)] + path.suffix


def _require_kind(upload: UploadedFile, name: str, kind: str) -> None:
    """The name's ending is one that is taken, and the first bytes are of that kind."""
    if kind in {"docm", "xlsm", "pptm", "dotm", "xltm"}:
        raise FileRefused(
            f"{name}: không nhận tệp có macro. Lưu lại thành .docx, .xlsx hoặc PDF rồi đưa lên."
        )
    if kind in {"zip", "rar", "7z"}:
        raise FileRefused(f"{name}: không nhận tệp nén. Giải nén rồi đưa lên từng tệp.")
    if kind not in allowed_kinds():
        kinds = ", ".join(f".{one}" for one in allowed_kinds())
        raise FileRefused(f"{name}: không nhận loại tệp này. Các loại nhận được: {kinds}.")
    upload.seek(0)
    head = upload.read(HEAD)
    if kind in MAIN_PART and head.startswith(_OLE):
        _require_unlocked(upload, name)
    try:
        could_be = {match.extension.lstrip(".") for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        could_be = set()
    if kind not in could_be:
        raise _wrong_kind(name, kind)


def _require_unlocked(upload: UploadedFile, name: str) -> None:
    """Office wraps a document that has a password into a file of the older kind."""
    upload.seek(0)
    if _stream_name("EncryptedPackage") in upload.read():
        raise FileRefused(
            f"{name}: tệp có mật khẩu nên người thẩm định không mở được. Bỏ mật khẩu rồi đưa lên lại."
        )


def _wrong_kind(name: str, kind: str) -> FileRefused:
    return FileRefused(
        f"{name}: nội dung không phải là tệp .{kind}. Mở tệp, lưu lại đúng loại rồi đưa lên lại."
    )


def _broken(name: str) -> FileRefused:
    return FileRefused(
        f"{name}: tệp bị hỏng hoặc tải lên chưa trọn nên không đọc được. Mở thử rồi đưa lên lại."
    )


def _macro(name: str) -> FileRefused:
    return FileRefused(f"{name}: tệp có macro nên không nhận. Lưu lại thành tệp không có macro, hoặc PDF.")


def _look_inside(upload: UploadedFile, name: str, kind: str) -> str:
    if kind == "pdf":
        return _look_at_pdf(upload, name)
    if kind in MAIN_PART or kind in {"odt", "ods"}:
        _look_at_archive(upload, name, kind)
    elif kind in MAIN_STREAM:
        _look_at_streams(upload, name, kind)
    return ""


def _look_at_pdf(upload: UploadedFile, name: str) -> str:
    """A whole PDF ends in its own mark. One that is encrypted may still open without a password."""
    tail = _tail(upload)
    if b"%%EOF" not in tail:
        raise _broken(name)
    upload.seek(0)
    if re.search(rb"/Encrypt\s", upload.read(HEAD) + tail):
        return (
            f"{name}: tệp PDF có khóa. Mở thử: nếu tệp hỏi mật khẩu thì người thẩm định không xem được, "
            "hãy đưa lên bản không có mật khẩu."
        )
    return ""


def _tail(upload: UploadedFile) -> bytes:
    upload.seek(max((upload.size or 0) - TAIL, 0))
    return upload.read()


def _look_at_archive(upload: UploadedFile, name: str, kind: str) -> None:
    """Only the list of contents is read: a bomb stays packed."""
    tail = _tail(upload)
    end = tail.rfind(_END_OF_LISTING)
    if end < 0 or len(tail) < end + 22:
        raise _broken(name)
    (length,) = struct.unpack("<I", tail[end + 12 : end + 16])
    if length > LARGEST_LISTING:
        raise _broken(name)
    upload.seek(0)
    try:
        with zipfile.ZipFile(cast(IO[bytes], upload.file)) as archive:
            names = set(archive.namelist())
            declared = _declared_type(archive) if kind not in MAIN_PART else ""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise _broken(name) from error
    if any(part.lower().endswith("vbaproject.bin") or part.startswith("Basic/") for part in names):
        raise _macro(name)
    whole = MAIN_PART[kind] in names if kind in MAIN_PART else declared == MEDIA_TYPES[kind]
    if not whole:
        raise _wrong_kind(name, kind)


def _declared_type(archive: zipfile.ZipFile) -> str:
    """What an OpenDocument file says it is: a few bytes that stand in it unpacked."""
    info = archive.getinfo("mimetype") if "mimetype" in archive.namelist() else None
    if info is None or info.compress_type != zipfile.ZIP_STORED or info.file_size > HEAD:
        return ""
    return archive.read(info).decode("ascii", "replace").strip()


def _look_at_streams(upload: UploadedFile, name: str, kind: str) -> None:
    """An older document of Office lists its parts by names of two bytes a letter."""
    _require_unlocked(upload, name)
    upload.seek(0)
    content = upload.read()
    if _stream_name("_VBA_PROJECT") in content:
        raise _macro(name)
    if not any(_stream_name(stream) in content for stream in MAIN_STREAM[kind]):
        raise _broken(name)


def _stream_name(name: str) -> bytes:
    return name.encode("utf-16-le")
