"""What moving a group to another version does, as a workbook: one line for each row that changes."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook

from assessments.documents.sheets import Sheet, add_styles

HEADINGS = ("Mã đơn vị", "Đơn vị", "Mục", "Tên mục", "Nội dung", "Việc", "Trước", "Sau", "Vì sao")
WIDTHS = (16, 32, 14, 60, 22, 16, 20, 20, 50)


def moving_workbook(title: str, lines: Iterable[Sequence[str]]) -> bytes:
    """A workbook of lines in the order of the headings; all of it is text."""
    book = Workbook(write_only=True)
    add_styles(book)
    sheet = Sheet(book, "Thay doi", places=0, widths=WIDTHS, freeze="A3", heading_rows=2)
    sheet.append([sheet.text(title, "ten")])
    sheet.append([sheet.text(heading, "cot") for heading in HEADINGS])
    for line in lines:
        sheet.append([sheet.text(cell) for cell in line])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
