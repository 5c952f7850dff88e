"""Cells of the workbooks that we write: text stays text, numbers keep all their places."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter

from parindex.notation import plain

FACE = "Times New Roman"
LEAST_PLACES = 2
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def add_styles(book: Workbook) -> None:
    """The looks that cells have, by name."""
    thin = Side(style="thin", color="C9C2B7")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    plain_font, bold = Font(name=FACE, size=11), Font(name=FACE, size=11, bold=True)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center")
    head = PatternFill("solid", fgColor="EAF0F8")
    for style in (
        NamedStyle("ten", font=Font(name=FACE, size=14, bold=True)),
        NamedStyle("loi", font=Font(name=FACE, size=11, italic=True)),
        NamedStyle("doan", font=plain_font, alignment=Alignment(vertical="top", wrap_text=True)),
        NamedStyle("muc", font=bold, alignment=Alignment(vertical="top", wrap_text=True)),
        NamedStyle("cot", font=bold, border=box, alignment=centred, fill=head, number_format="@"),
        NamedStyle("chu", font=plain_font, border=box, alignment=wrapped, number_format="@"),
        NamedStyle("chu-dam", font=bold, border=box, alignment=wrapped, number_format="@"),
        NamedStyle("so", font=plain_font, border=box, alignment=right),
        NamedStyle("so-dam", font=bold, border=box, alignment=right),
    ):
        book.add_named_style(style)


class Page:
    """One sheet, written cell by cell."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet

    def write(self, row: int, column: int, value: str | Decimal | None, style: str) -> Cell:
        """A text, also one that begins like a formula; or a number, exactly, with a decimal mark."""
        cell: Cell = self.sheet.cell(row, column)
        if isinstance(value, Decimal):
            # Through a binary float, 79.24 would be written as 79.23999999999999.
            cell.value, cell.data_type = plain(value), "n"
        elif value:
            cell.value, cell.data_type = UNWRITABLE.sub("", value), "s"
        cell.style = style
        if isinstance(value, Decimal):
            cell.number_format = _format(value)
        return cell

    def header(self, row: int, names: Sequence[str], widths: Sequence[int]) -> None:
        """The names of the columns, and how wide each is."""
        for column, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
            self.write(row, column, name, "cot")
            self.sheet.column_dimensions[get_column_letter(column)].width = width

    def row(self, row: int, values: Sequence[str | Decimal | None], *, bold: bool = False) -> None:
        """One row of the table."""
        for column, value in enumerate(values, start=1):
            look = "so" if isinstance(value, Decimal) else "chu"
            self.write(row, column, value, f"{look}-dam" if bold else look)

    def print_on_a4(self, heading: int) -> None:
        """Landscape, one page wide, the header on every page."""
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = 9
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.print_title_rows = f"{heading}:{heading}"
        self.sheet.oddFooter.center.text = "&P/&N"


def _format(value: Decimal) -> str:
    """Whole numbers as they are; others with the places they have, at least two."""
    places = len(plain(value).partition(".")[2])
    return "0." + "0" * max(LEAST_PLACES, places) if places else "0"
