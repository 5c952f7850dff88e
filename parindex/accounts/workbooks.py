"""Lists read from Excel and CSV files row by row."""

import csv
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from parindex.accounts.exceptions import AccountsError
from parindex.listing import fold
from parindex.sheets import Column, cell_text

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 5000
HEADER_ROWS = 15
BROKEN = "Không đọc được tệp. Cần tệp Excel (.xlsx) không có mật khẩu, hoặc CSV mã hóa UTF-8."


class TableRefused(AccountsError):
    """A file cannot be read as the list that is asked for."""


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
        cells = {key: _composed(row[place]) if place < len(row) else "" for key, place in places.items()}
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


def _composed(text: str) -> str:
    """Text with each letter and its marks as one: some offices type them apart, and names are compared."""
    return unicodedata.normalize("NFC", text)


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
