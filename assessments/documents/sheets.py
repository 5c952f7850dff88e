"""Cells and sheets of our data files: exact decimal numbers, text that stays text.

openpyxl writes numbers through a binary float with sixteen digits, which makes 79.23999999999999
of 79.24. So a number is handed over as its exact text and declared to be a number.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter

from parindex.fields import PLACES
from parindex.notation import plain

FACE = "Times New Roman"
MOST_COLUMNS = 25
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Sheet:
    """One sheet, written from the top down."""

    def __init__(
        self,
        book: Workbook,
        title: str,
        *,
        places: int,
        widths: Sequence[int],
        freeze: str,
        heading_rows: int,
    ) -> None:
        self.page = book.create_sheet(title)
        self.places = places
        self.page.freeze_panes = freeze
        for column, width in enumerate(widths, start=1):
            self.page.column_dimensions[get_column_letter(column)].width = width
        self.page.page_setup.orientation = "landscape"
        self.page.page_setup.paperSize = 9  # A4
        self.page.page_setup.fitToHeight = 0
        # More columns than that would be too small to read on one page's width.
        self.page.sheet_properties.pageSetUpPr.fitToPage = len(widths) <= MOST_COLUMNS
        self.page.print_title_rows = f"{heading_rows}:{heading_rows}"
        self.page.oddFooter.center.text = "&P/&N"

    def text(self, value: str, style: str = "chu") -> WriteOnlyCell:
        """Text stays text, also when it begins like a formula or looks like a number."""
        cell = WriteOnlyCell(self.page, UNWRITABLE.sub("", value))
        cell.data_type = "s"
        cell.style = style
        return cell

    def amount(self, value: Decimal | None) -> WriteOnlyCell:
        """A number with all its places, and at least those the group prints."""
        if value is None:
            return self._number(None, self.places)
        text = plain(value)
        return self._number(text, max(self.places, len(text.partition(".")[2])))

    def whole(self, value: int | None) -> WriteOnlyCell:
        """A count or a rank."""
        return self._number(None if value is None else str(value), 0)

    def value(self, value: Decimal | str | None) -> WriteOnlyCell:
        """A number, or a word in its place."""
        return self.text(value, "giua") if isinstance(value, str) else self.amount(value)

    def _number(self, text: str | None, places: int) -> WriteOnlyCell:
        cell = WriteOnlyCell(self.page, text)
        if text is not None:
            cell.data_type = "n"
        cell.style = f"so-{places}"
        return cell

    def append(self, cells: Sequence[WriteOnlyCell]) -> None:
        """Write one row."""
        self.page.append(cells)


def add_styles(book: Workbook) -> None:
    """The looks that cells have, by name."""
    thin = Side(style="thin", color="C9C2B7")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    plain_font, bold = Font(name=FACE, size=11), Font(name=FACE, size=11, bold=True)
    wrapped = Alignment(vertical="center", wrap_text=True)
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    head = PatternFill("solid", fgColor="EAF0F8")
    for style in (
        NamedStyle("ten", font=Font(name=FACE, size=14, bold=True)),
        NamedStyle("loi", font=Font(name=FACE, size=11, italic=True)),
        NamedStyle("cot", font=bold, border=box, alignment=centred, fill=head),
        NamedStyle("chu", font=plain_font, border=box, alignment=wrapped, number_format="@"),
        NamedStyle("dam", font=bold, border=box, alignment=wrapped, number_format="@"),
        NamedStyle("giua", font=plain_font, border=box, alignment=centred, number_format="@"),
    ):
        book.add_named_style(style)
    right = Alignment(horizontal="right", vertical="center")
    for places in range(PLACES + 1):
        number_format = "0." + "0" * places if places else "0"
        book.add_named_style(
            NamedStyle(
                f"so-{places}", font=plain_font, border=box, alignment=right, number_format=number_format
            )
        )
