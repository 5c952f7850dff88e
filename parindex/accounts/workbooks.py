"""Tables in and out: lists read from Excel and CSV files row by row, lists written for offices."""

import csv
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from parindex.accounts.exceptions import AccountsError
from parindex.accounts.queries import fold
from parindex.notation import vietnamese_date

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 5000
HEADER_ROWS = 15
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BROKEN = "Không đọc được tệp. Cần tệp Excel (.xlsx) không có mật khẩu, hoặc CSV lưu kiểu UTF-8."


class TableRefused(AccountsError):
    """A file cannot be read as the list that is asked for."""


class Column(NamedTuple):
    """A column of a list: its key, how papers head it, other headings that mean the same."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    needed: bool = True
    width: int = 22


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its number as the spreadsheet shows it, and the text of each known column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The filled rows below the header, and the letter under which each column stands."""

    lines: Sequence[Line]
    letters: Mapping[str, str]


# -- reading


def read_table(content: bytes, file_name: str, columns: Sequence[Column]) -> Table:
    """Find the header and the rows below it. Raises TableRefused with a sentence to show."""
    if not content:
        raise TableRefused("Tệp rỗng.")
    if len(content) > MAX_BYTES:
        raise TableRefused("Tệp quá lớn: danh sách không vượt quá 5 MB.")
    rows = _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content, file_name)
    header, places = _header(rows, columns)
    lines = []
    for number, row in enumerate(rows[header + 1 :], header + 2):
        cells = {key: row[place] if place < len(row) else "" for key, place in places.items()}
        if any(cells.values()):
            lines.append(Line(number, cells))
    if not lines:
        raise TableRefused("Dưới dòng tiêu đề không có dòng nào.")
    return Table(lines, {key: get_column_letter(place + 1) for key, place in places.items()})


def _xlsx_rows(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise TableRefused("Tệp giải nén ra quá lớn nên không được đọc.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
            sheet.reset_dimensions()
            rows = []
            for row in sheet.iter_rows(values_only=True):
                rows.append([cell_text(value) for value in row])
                if len(rows) > MAX_ROWS:
                    raise TableRefused(f"Danh sách dài quá {MAX_ROWS} dòng. Chia thành nhiều tệp.")
            book.close()
    except TableRefused:
        raise
    except Exception as error:  # a damaged archive can fail anywhere inside the libraries
        raise TableRefused(BROKEN) from error
    return rows


def _csv_rows(content: bytes, file_name: str) -> list[list[str]]:
    if not file_name.lower().endswith((".csv", ".txt")):
        raise TableRefused(BROKEN)
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        separator = max(";,\t", key=first.count)
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TableRefused(BROKEN) from error
    if len(rows) > MAX_ROWS:
        raise TableRefused(f"Danh sách dài quá {MAX_ROWS} dòng. Chia thành nhiều tệp.")
    return rows


def cell_text(value: object) -> str:
    """A cell as a person would type it: a day as day/month/year, a whole number without places."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return vietnamese_date(value.date())
    if isinstance(value, dt.date):
        return vietnamese_date(value)
    text = " ".join(str(value).split())
    return text.removesuffix(".0") if not isinstance(value, str) else text


def _header(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[int, dict[str, int]]:
    """The first row that names every needed column."""
    names = {
        fold(name): column.key for column in columns for name in (column.title, column.key, *column.aliases)
    }
    needed = {column.key for column in columns if column.needed}
    best: set[str] = set()
    for number, row in enumerate(rows[:HEADER_ROWS]):
        places: dict[str, int] = {}
        for place, text in enumerate(row):
            key = names.get(fold(text.rstrip(" *")))
            if key and key not in places:
                places[key] = place
        if needed <= places.keys():
            return number, places
        best = max(best, set(places), key=len)
    missing = [f"“{column.title}”" for column in columns if column.needed and column.key not in best]
    raise TableRefused(f"Không thấy dòng tiêu đề có đủ các cột; thiếu cột {', '.join(missing)}.")


# -- writing


def xlsx_file(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, notes: Sequence[str] = ()
) -> bytes:
    """A list as a workbook: text stays text, days are days; `notes` stand on a sheet of their own."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.append([column.title for column in columns])
    for place, column in enumerate(columns, 1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="EAF0F8")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            _write(sheet.cell(number, place), value)
    sheet.freeze_panes = "A2"
    if notes:
        guide = book.create_sheet("Hướng dẫn")
        guide.column_dimensions["A"].width = 110
        for note in notes:
            guide.append([note])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write(cell: Any, value: object) -> None:
    if isinstance(value, dt.date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    elif value not in (None, ""):
        cell.value = str(value)
        cell.data_type = "s"  # a name that begins with "=" is no formula
        cell.number_format = "@"


def csv_file(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> bytes:
    """A list as CSV that spreadsheets open with its accents and without running anything in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([_harmless(cell_text(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
