"""Lists written for offices: as workbooks and as CSV."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from parindex.notation import plain, vietnamese, vietnamese_date

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """A column of a list: its key, how papers head it, other headings that mean the same."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    needed: bool = True
    width: int = 22


def cell_text(value: object) -> str:
    """A cell as a person would type it: a day as day/month/year, a whole number without places."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return vietnamese(value)
    if isinstance(value, dt.datetime):
        return vietnamese_date(value.date())
    if isinstance(value, dt.date):
        return vietnamese_date(value)
    text = " ".join(str(value).split())
    return text.removesuffix(".0") if not isinstance(value, str) else text


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
    if isinstance(value, Decimal | int):
        # A number is handed over as its exact text: openpyxl would write a Decimal through a float.
        cell.value = plain(Decimal(value))
        cell.data_type = "n"
    elif isinstance(value, dt.datetime):
        cell.value, cell.number_format = timezone.localtime(value).replace(tzinfo=None), "hh:mm dd/mm/yyyy"
    elif isinstance(value, dt.date):
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
        writer.writerow([_harmless(_told(value)) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _told(value: object) -> str:
    """As `cell_text`, but a moment with its time, on the clock of the office."""
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%H:%M %d/%m/%Y}"
    return cell_text(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
