"""From the bytes of a file to grids: which kind of file it is, and the guards against hostile ones."""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import openpyxl
import python_calamine

from criteria.workbooks.encodings import decoded
from criteria.workbooks.grid import Cell, Grid, Merge, Value
from criteria.workbooks.report import WorkbookRefused
from parindex.notation import NotationError, decimal_of_cell

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_MERGED_CELLS = 200_000
MAX_CELLS = 2_000_000
MAX_COLUMNS = 16_384

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_VBA = "_VBA_PROJECT".encode("utf-16-le")
_MERGED = re.compile(rb"mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")

BROKEN = "Tệp bị hỏng hoặc không phải là bảng tính. Hãy mở tệp bằng phần mềm bảng tính, lưu lại và gửi lại."
LOCKED = "Tệp được bảo vệ bằng mật khẩu. Hãy bỏ mật khẩu rồi gửi lại."
MACROS = (
    "Tệp có chứa macro nên không được đọc. Hãy lưu lại thành tệp Excel thông thường (.xlsx), không có macro, "
    "rồi gửi lại."
)
TOO_LARGE = "Tệp quá lớn: một bảng tiêu chí không vượt quá 20 MB."
BOMB = "Tệp giải nén ra quá lớn nên không được đọc."
NOT_TEXT = "Tệp văn bản không dùng bảng mã Unicode. Hãy lưu lại thành “CSV UTF-8”."


def open_grids(content: bytes, filename: str) -> list[Grid]:
    """All sheets of the file. Raises WorkbookRefused, and nothing else, whatever the bytes are."""
    if not content:
        raise WorkbookRefused("Tệp rỗng.")
    if len(content) > MAX_BYTES:
        raise WorkbookRefused(TOO_LARGE)
    if content.startswith(_ZIP):
        return _open_archive(content)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise WorkbookRefused(LOCKED)
        if _VBA in content:
            raise WorkbookRefused(MACROS)
        return _open_calamine(content)
    if PurePath(filename).suffix.lower() in {".csv", ".tsv", ".txt"}:
        return [_open_csv(content, PurePath(filename).stem)]
    raise WorkbookRefused(BROKEN)


def _open_archive(content: bytes) -> list[Grid]:
    """An .xlsx by openpyxl, which keeps number formats; .ods and .xlsb by calamine."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise WorkbookRefused(BOMB)
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise WorkbookRefused(MACROS)
            if "xl/workbook.xml" not in names:
                if archive.testzip() is not None or not names & {"content.xml", "xl/workbook.bin"}:
                    raise WorkbookRefused(BROKEN)
                return _open_calamine(content)
            formulas = _scan_sheets(archive)
        return _open_openpyxl(content, formulas)
    except WorkbookRefused:
        raise
    except Exception as error:  # a damaged archive can fail anywhere inside the libraries
        raise WorkbookRefused(BROKEN) from error


def _scan_sheets(archive: zipfile.ZipFile) -> bool:
    """Whether any sheet holds formulas; refuses merged ranges that would fill the memory."""
    formulas, merged = False, 0
    for name in archive.namelist():
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        xml = archive.read(name)
        formulas = formulas or _FORMULA.search(xml) is not None
        for left, top, right, bottom in _MERGED.findall(xml):
            width = _column_number(right) - _column_number(left) + 1
            merged += width * (int(bottom) - int(top) + 1)
        if merged > MAX_MERGED_CELLS:
            raise WorkbookRefused(BOMB)
    return formulas


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _open_openpyxl(content: bytes, formulas: bool) -> list[Grid]:
    """Values from one loading; a second one, only when there are formulas, tells which have no result."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        written = openpyxl.load_workbook(io.BytesIO(content), keep_links=False) if formulas else None
        grids = []
        for sheet in values.worksheets:
            pending = _formula_cells(written[sheet.title]) if written else set()
            grids.append(_grid_of_sheet(sheet, pending))
    return grids


def _formula_cells(sheet: Any) -> set[tuple[int, int]]:
    return {place for place, cell in sheet._cells.items() if cell.data_type == "f"}


def _grid_of_sheet(sheet: Any, formulas: set[tuple[int, int]]) -> Grid:
    """The filled cells only: a stray cell in the last row must not make a million empty rows."""
    cells: dict[tuple[int, int], Cell] = {}
    for place, cell in sheet._cells.items():
        uncached = cell.value is None and place in formulas
        if uncached or cell.value is not None:
            cells[place] = Cell(
                _value(cell.value),
                str(cell.number_format),
                bool(cell.font.b),
                uncached,
                bool(cell.font.i),
                int(cell.alignment.indent or 0),
            )
    merges = [Merge(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges]
    hidden_rows = [row for row, drawn in sheet.row_dimensions.items() if drawn.hidden]
    hidden_columns = [
        column
        for drawn in sheet.column_dimensions.values()
        if drawn.hidden
        for column in range(drawn.min or 0, min(drawn.max or 0, MAX_COLUMNS) + 1)
    ]
    return Grid(
        sheet.title,
        cells,
        merges,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=hidden_rows,
        hidden_columns=hidden_columns,
    )


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
        (row, column): Cell(_value(value))
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value not in {None, ""}
    }


def _value(value: object) -> Value:
    """The value in our own types: no binary fraction goes further than this line."""
    if value is None or isinstance(value, str | bool | int | dt.date):
        return value
    try:
        number = decimal_of_cell(value)
    except NotationError:
        return str(value)
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number
