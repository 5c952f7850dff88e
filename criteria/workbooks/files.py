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

import openpyxl

from criteria.workbooks.apart import open_apart
from criteria.workbooks.calamine_program import CELLS_OF_ODS
from criteria.workbooks.encodings import decoded
from criteria.workbooks.grid import Cell, Grid, value_of
from criteria.workbooks.refusals import BOMB, BROKEN, LOCKED, MACROS, NO_TABLE, NOT_TEXT, TOO_LARGE
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.sheets import MAX_COLUMNS, TooManyCells, grid_of

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
_ODS_ROW = re.compile(rb"<(?:\w+:)?table-row[\s>]")

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
            grids = _open_xlsx(content, progress)
        case Kind.CALAMINE:
            grids = open_apart(content)
        case Kind.TEXT:
            grids = [_open_csv(content, PurePath(filename).stem)]
    if any(grid.width > MAX_COLUMNS for grid in grids):
        raise WorkbookRefused(BROKEN)
    return grids


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
            return _rows_of_ods(content) if content.startswith(_ZIP) else 0


def _rows_of_ods(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {CELLS_OF_ODS}.intersection(archive.namelist())
        return sum(len(_ODS_ROW.findall(_part(archive, name))) for name in names)


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
            if archive.testzip() is None and names & {CELLS_OF_ODS, "xl/workbook.bin"}:
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
