"""A unit's library as a workbook."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

from assessments.documents.sheets import Sheet, add_styles
from assessments.evidence.reads import places_of
from assessments.models import Evidence
from parindex.accounts.models import Unit
from parindex.notation import vietnamese_date

COLUMNS = (
    ("TT", 6),
    ("Tên, trích yếu", 50),
    ("Số, ký hiệu", 20),
    ("Ngày ban hành", 14),
    ("Cơ quan ban hành", 28),
    ("Tệp hoặc liên kết", 44),
    ("Dùng ở mục", 40),
    ("Người đưa lên", 24),
)


def library_workbook(unit: Unit, pieces: Sequence[Evidence]) -> bytes:
    """The list of pieces with where each is used, as the bytes of an .xlsx; in one query."""
    book = Workbook(write_only=True)
    add_styles(book)
    widths = [width for _, width in COLUMNS]
    sheet = Sheet(book, "Tài liệu kiểm chứng", places=0, widths=widths, freeze="C3", heading_rows=2)
    sheet.append([sheet.text(f"Tài liệu kiểm chứng, {unit}", "ten")])
    sheet.append([sheet.text(name, "cot") for name, _ in COLUMNS])
    places = places_of(piece.pk for piece in pieces)
    for number, piece in enumerate(pieces, start=1):
        used = "; ".join(
            f"{use.criterion.code} ({use.assessment.group.round.year})" for use in places.get(piece.pk, [])
        )
        issued = vietnamese_date(piece.issued) if piece.issued else ""
        texts = (
            piece.title,
            piece.number,
            issued,
            piece.issuer,
            piece.file_name or piece.link,
            used,
            piece.added_by,
        )
        sheet.append([sheet.whole(number), *(sheet.text(text) for text in texts)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
