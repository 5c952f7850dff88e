"""The progress of a group's files as a workbook: one line for each unit, as the list on the page."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook

from assessments.documents.sheets import Sheet, add_styles

HEADINGS = (
    "Mã đơn vị",
    "Đơn vị",
    "Trạng thái",
    "Hạn tự chấm",
    "Nộp lúc",
    "Số ngày quá hạn",
    "Đã nhập",
    "Số mục",
)
WIDTHS = (16, 40, 22, 16, 20, 12, 10, 10)


def progress_workbook(title: str, lines: Iterable[Sequence[str | int]]) -> bytes:
    """A workbook of lines in the order of the headings: text stays text, whole numbers are numbers."""
    book = Workbook(write_only=True)
    add_styles(book)
    sheet = Sheet(book, "Tien do", places=0, widths=WIDTHS, freeze="A3", heading_rows=2)
    sheet.append([sheet.text(title, "ten")])
    sheet.append([sheet.text(heading, "cot") for heading in HEADINGS])
    for line in lines:
        sheet.append([sheet.whole(cell) if isinstance(cell, int) else sheet.text(cell) for cell in line])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
