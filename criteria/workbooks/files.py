"""From the bytes of a file to grids: which kind of file it is, and the guards against hostile ones."""

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

import openpyxl
import python_calamine

from criteria.workbooks.encodings import decoded
from criteria.workbooks.grid import Cell, Grid, Merge, value_of
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.sheets import MAX_CELLS, TooManyCells, grid_of

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_MERGED_CELLS = 200_000
# Sheets of repeated rows shrink to a fiftieth; only what was made to burst shrinks more than this.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 10 * 1024 * 1024

TOLD_EVERY = 500

Progress = Callable[[int], None]
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# The first records of an old workbook: its beginning, perhaps a write protection, and how it is encrypted.
_FILEPASS = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00",
    re.DOTALL,
)
_WORD = "WordDocument".encode("utf-16-le")
_VBA = "_VBA_PROJECT".encode("utf-16-le")
_MERGED = re.compile(rb"mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")

BROKEN = "Tệp bị hỏng hoặc không phải là bảng tính. Hãy mở tệp bằng phần mềm bảng tính, lưu lại và gửi lại."
LOCKED = "Tệp được bảo vệ bằng mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."
MACROS = (
    "Tệp có chứa macro nên không được đọc. Hãy lưu lại thành tệp Excel thông thường (.xlsx), không có macro, "
    "rồi gửi lại."
)
TOO_LARGE = "Tệp quá lớn: một bảng tiêu chí không vượt quá 20 MB."
BOMB = (
    "Tệp giải nén ra quá lớn nên không được đọc. Hãy chép riêng bảng cần đọc sang một tệp mới rồi gửi tệp đó."
)
NOT_TEXT = "Tệp văn bản không dùng bảng mã Unicode. Hãy lưu lại thành “CSV UTF-8”."
NO_TABLE = (
    "Tệp này là {}, không phải là bảng tính. Hãy gửi tệp Excel (.xlsx, .xls), OpenDocument (.ods) hoặc CSV."
)
# Files that people send by mistake, also under the name of a workbook, by how they begin.
OTHERS = (
    (b"%PDF", "tài liệu PDF"),
    (b"\x89PNG", "ảnh"),
    (b"\xff\xd8\xff", "ảnh"),
    (b"GIF8", "ảnh"),
    (b"II*\x00", "ảnh"),
    (b"MM\x00*", "ảnh"),
    (b"Rar!", "tệp nén"),
    (b"7z\xbc\xaf", "tệp nén"),
)


class Kind(Enum):
    """How a file is opened."""

    XLSX = "xlsx"
    CALAMINE = "xls, xlsb, ods"
    TEXT = "csv"


def open_grids(content: bytes, filename: str, progress: Progress | None = None) -> list[Grid]:
    """All sheets of the file. Raises WorkbookRefused, and nothing else, whatever the bytes are.

    `progress` is told now and then how many rows of the file have been read.
    """
    match _kind_of(content, filename):
        case Kind.XLSX:
            return _open_xlsx(content, progress)
        case Kind.CALAMINE:
            return _open_calamine(content)
        case Kind.TEXT:
            return [_open_csv(content, PurePath(filename).stem)]


def rows_in(content: bytes, filename: str) -> int:
    """About how many rows the file has, without reading them; 0 where that cannot be told.

    Raises WorkbookRefused for what is seen at a glance to be no workbook or one that is not read.
    """
    match _kind_of(content, filename):
        case Kind.XLSX:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return sum(len(_ROW.findall(_part(archive, name))) for name in _sheet_parts(archive))
        case Kind.TEXT:
            return content.count(b"\n")
        case Kind.CALAMINE:
            return 0


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except Exception as error:  # damaged data can fail anywhere inside the library
        raise WorkbookRefused(BROKEN) from error


def _kind_of(content: bytes, filename: str) -> Kind:
    """How to open the file, told by its content; a name counts for text alone."""
    if not content:
        raise WorkbookRefused("Tệp rỗng.")
    if len(content) > MAX_BYTES:
        raise WorkbookRefused(TOO_LARGE)
    if content.startswith(_ZIP):
        return _kind_of_archive(content)
    if content.startswith(_OLE):
        return _kind_of_old(content)
    for beginning, named in OTHERS:
        if content.startswith(beginning):
            raise WorkbookRefused(NO_TABLE.format(named))
    if PurePath(filename).suffix.lower() in {".csv", ".tsv", ".txt"}:
        return Kind.TEXT
    raise WorkbookRefused(BROKEN)


def _kind_of_old(content: bytes) -> Kind:
    """An .xls; newer workbooks with a password, and old Word files, come in the same wrapping."""
    if _ENCRYPTED in content or _FILEPASS.search(content):
        raise WorkbookRefused(LOCKED)
    if _WORD in content:
        raise WorkbookRefused(NO_TABLE.format("tài liệu Word"))
    if _VBA in content:
        raise WorkbookRefused(MACROS)
    return Kind.CALAMINE


def _kind_of_archive(content: bytes) -> Kind:
    """An .xlsx is opened by openpyxl, which keeps number formats; .ods and .xlsb by calamine."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise WorkbookRefused(MACROS)
            if "xl/workbook.xml" in names:
                return Kind.XLSX
            if "word/document.xml" in names:
                raise WorkbookRefused(NO_TABLE.format("tài liệu Word"))
            if archive.testzip() is None and names & {"content.xml", "xl/workbook.bin"}:
                return Kind.CALAMINE
    except WorkbookRefused:
        raise
    except Exception as error:  # a damaged archive can fail anywhere inside the library
        raise WorkbookRefused(BROKEN) from error
    raise WorkbookRefused(BROKEN)


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that unpacks to too much, in all or in one part beside its own size."""
    entries = archive.infolist()
    bursts = any(
        entry.file_size > RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * entry.compress_size
        for entry in entries
    )
    if bursts or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise WorkbookRefused(BOMB)


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    return [
        name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
    ]


def _refuse_wide_merges(archive: zipfile.ZipFile) -> None:
    """Refuse merged ranges that would fill the memory."""
    merged = 0
    for name in _sheet_parts(archive):
        for left, top, right, bottom in _MERGED.findall(archive.read(name)):
            width = _column_number(right) - _column_number(left) + 1
            merged += width * (int(bottom) - int(top) + 1)
        if merged > MAX_MERGED_CELLS:
            raise WorkbookRefused(BOMB)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _open_xlsx(content: bytes, progress: Progress | None) -> list[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_wide_merges(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            counter = _counter(progress)
            return [grid_of(sheet, counter) for sheet in book.worksheets]
    except WorkbookRefused:
        raise
    except TooManyCells as error:
        raise WorkbookRefused(BOMB) from error
    except Exception as error:  # a damaged part can fail anywhere inside the library
        raise WorkbookRefused(BROKEN) from error


def _counter(progress: Progress | None) -> Callable[[], None]:
    """Counts rows over all sheets and tells `progress` of every so many."""
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1
        if progress is not None and count % TOLD_EVERY == 0:
            progress(count)

    return one_more


def _open_calamine(content: bytes) -> list[Grid]:
    """Old .xls and .ods; calamine gives no number formats."""
    try:
        if content.startswith(_ZIP):
            _require_whole_xml(content)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_grid_of_calamine(book, sheet) for sheet in book.sheets_metadata]
    except python_calamine.PasswordError as error:
        raise WorkbookRefused(LOCKED) from error
    except (WorkbookRefused, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic is no Exception
        raise WorkbookRefused(BROKEN) from error


def _require_whole_xml(content: bytes) -> None:
    """Raise where the cells of an .ods do not end: calamine would look for the end for ever."""
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("content.xml") as cells:
        expat.ParserCreate().ParseFile(cells)


def _grid_of_calamine(book: python_calamine.CalamineWorkbook, metadata: Any) -> Grid:
    hidden = metadata.visible != python_calamine.SheetVisibleEnum.Visible
    if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
        return Grid(metadata.name, {}, hidden=hidden)
    sheet = book.get_sheet_by_name(metadata.name)
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise WorkbookRefused(BOMB)
    rows = sheet.to_python(skip_empty_area=False)
    ranges = sheet.merged_cell_ranges or []
    merges = [Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]
    return Grid(metadata.name, _cells_of_rows(rows), merges, hidden=hidden)


def _open_csv(content: bytes, name: str) -> Grid:
    """Text: the separator is the one by which the greatest share of rows has one and the same width.

    It is the share, not the number: a wrong separator splits a cell of several lines into many rows. On a tie
    the comma loses: it also stands inside numbers ("Đơn vị;1,1;1,2").
    """
    text = decoded(content)
    if text is None:
        raise WorkbookRefused(NOT_TEXT)
    best: list[list[str]] = []
    score = (0, 0)
    for separator in (";", "\t", ","):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        share = count * 100 // max(len(rows), 1)
        if (share, width) > score:
            best, score = rows, (share, width)
    if not best:
        raise WorkbookRefused(BROKEN)
    return Grid(name, _cells_of_rows(best))


def _cells_of_rows(rows: Iterable[Iterable[object]]) -> dict[tuple[int, int], Cell]:
    return {
        (row, column): Cell(value_of(value))
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value not in {None, ""}
    }
