"""From the bytes of a file to grids: which kind of file it is, and the guards against hostile ones."""

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any

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
BOMB = "Tệp giải nén ra quá lớn nên không được đọc."
NOT_TEXT = "Tệp văn bản không dùng bảng mã Unicode. Hãy lưu lại thành “CSV UTF-8”."


def open_grids(content: bytes, filename: str, progress: Progress | None = None) -> list[Grid]:
    """All sheets of the file. Raises WorkbookRefused, and nothing else, whatever the bytes are.

    `progress` is told now and then how many rows of the file have been read.
    """
    if not content:
        raise WorkbookRefused("Tệp rỗng.")
    if len(content) > MAX_BYTES:
        raise WorkbookRefused(TOO_LARGE)
    if content.startswith(_ZIP):
        return _open_archive(content, progress)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise WorkbookRefused(LOCKED)
        if _VBA in content:
            raise WorkbookRefused(MACROS)
        return _open_calamine(content)
    if PurePath(filename).suffix.lower() in {".csv", ".tsv", ".txt"}:
        return [_open_csv(content, PurePath(filename).stem)]
    raise WorkbookRefused(BROKEN)


def rows_in(content: bytes, filename: str) -> int:
    """About how many rows the file has, told without reading them; 0 where that cannot be told."""
    if content.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                _refuse_bombs(archive)
                return sum(len(_ROW.findall(archive.read(name))) for name in _sheet_parts(archive))
        except Exception:  # whatever is wrong with the archive is told when it is read
            return 0
    return 0 if content.startswith(_OLE) else content.count(b"\n")


def _open_archive(content: bytes, progress: Progress | None) -> list[Grid]:
    """An .xlsx by openpyxl, which keeps number formats; .ods and .xlsb by calamine."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise WorkbookRefused(MACROS)
            if "xl/workbook.xml" not in names:
                if archive.testzip() is not None or not names & {"content.xml", "xl/workbook.bin"}:
                    raise WorkbookRefused(BROKEN)
                return _open_calamine(content)
            _refuse_wide_merges(archive)
        return _open_openpyxl(content, progress)
    except WorkbookRefused:
        raise
    except TooManyCells as error:
        raise WorkbookRefused(BOMB) from error
    except Exception as error:  # a damaged archive can fail anywhere inside the libraries
        raise WorkbookRefused(BROKEN) from error


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


def _open_openpyxl(content: bytes, progress: Progress | None) -> list[Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        counter = _counter(progress)
        return [grid_of(sheet, counter) for sheet in book.worksheets]


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
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_grid_of_calamine(book, sheet) for sheet in book.sheets_metadata]
    except python_calamine.PasswordError as error:
        raise WorkbookRefused(LOCKED) from error
    except (WorkbookRefused, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic is no Exception
        raise WorkbookRefused(BROKEN) from error


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
