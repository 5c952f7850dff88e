"""A ranking as a data file in Excel."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from openpyxl import Workbook

from assessments.documents.contexts import GroupContext, RankingRow
from assessments.documents.letterhead import DRAFT, ILLUSTRATIVE, class_ranges, decision_line, notes
from assessments.documents.sheets import Sheet, add_styles
from assessments.documents.sources import Source
from assessments.documents.unit_contexts import ScoreLine, UnitContext
from assessments.models import Publication
from assessments.scorecard import NO_POINTS_YET

NOT_APPLICABLE = "KAD"
RANKING_COLUMNS = (
    ("STT", 6),
    ("Mã đơn vị", 14),
    ("Đơn vị", 34),
    ("Điểm thẩm định", 12),
    ("Điểm điều tra XHH", 12),
    ("Tổng điểm", 12),
    ("Điểm tối đa", 12),
    ("Chỉ số (%)", 12),
    ("Xếp hạng", 10),
    ("Xếp loại", 14),
)
CRITERIA_COLUMNS = (
    ("Mã", 9),
    ("Cấp", 6),
    ("Nội dung, tiêu chí", 60),
    ("Nguồn điểm", 20),
    ("Điểm tối đa", 10),
)
DIFFERENCE_COLUMNS = ("Đơn vị", "Số liệu", "Văn bản ghi", "Tính được", "Chênh lệch", "Ghi chú")
UNIT_WIDTH = 14

Value = Decimal | str | None


@dataclass(frozen=True, slots=True)
class UnitPoints:
    """A unit's column: its row in the ranking, and its points by the code of each node."""

    row: RankingRow
    points: Mapping[str, Value]


def ranking_sheets(source: Source) -> bytes:
    """A ranking as a workbook: the ranking, units × all levels of the criteria, and notes."""
    group = source.context
    book = Workbook(write_only=True)
    add_styles(book)
    heading = list(_heading(group, source.publication))
    _ranking(book, group, source.rows(), heading)
    _criteria(book, group, [_unit_points(unit) for unit in source.units()], heading)
    _notes(book, group, source.publication, heading)
    book.properties.title = heading[0]
    book.properties.creator = group.organiser
    book.properties.language = "vi"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _heading(group: GroupContext, publication: Publication | None) -> Iterator[str]:
    """The three lines above every table."""
    yield f"Chỉ số cải cách hành chính năm {group.year}: {group.name}"
    yield (f"{DRAFT}: kết quả dự kiến, chưa công bố" if publication is None else decision_line(publication))
    yield (
        f"{ILLUSTRATIVE}, không phải kết quả thật của các đơn vị"
        if group.is_illustrative
        else group.round_title
    )


def _start(sheet: Sheet, heading: Sequence[str]) -> None:
    title, *lines = heading
    sheet.append([sheet.text(title, "ten")])
    for line in lines:
        sheet.append([sheet.text(line, "loi")])


def _ranking(book: Workbook, group: GroupContext, rows: Sequence[RankingRow], heading: Sequence[str]) -> None:
    widths = [width for _, width in RANKING_COLUMNS] + [UNIT_WIDTH] * len(group.contents)
    sheet = Sheet(book, "Xếp hạng", places=group.places, widths=widths, freeze="D5", heading_rows=4)
    _start(sheet, heading)
    names = [name for name, _ in RANKING_COLUMNS]
    names += [f"{content.code}. {content.title} (%)" for content in group.contents]
    sheet.append([sheet.text(name, "cot") for name in names])
    for position, row in enumerate(rows, start=1):
        sheet.append(
            [
                sheet.whole(position),
                sheet.text(row.unit_code),
                sheet.text(row.unit_name),
                sheet.amount(row.appraised),
                sheet.amount(row.survey if row.survey_attainable else None),
                sheet.amount(row.obtained),
                sheet.amount(row.attainable),
                sheet.amount(row.index),
                sheet.whole(row.rank),
                sheet.text(row.class_words),
                *(sheet.amount(content.index) for content in row.contents),
            ]
        )
    before_index = [sheet.text("") for _ in RANKING_COLUMNS[3:7]]
    sheet.append(
        [
            sheet.text(""),
            sheet.text(""),
            sheet.text("Trung bình của nhóm", "dam"),
            *before_index,
            sheet.amount(group.mean_index),
            sheet.text(""),
            sheet.text(""),
            *(sheet.amount(spread.mean) for spread in group.content_spreads),
        ]
    )


def _unit_points(unit: UnitContext) -> UnitPoints:
    lines = chain.from_iterable(panel.lines for panel in unit.panels)
    return UnitPoints(row=unit.row, points={line.criterion.code: _value(line) for line in lines})


def _value(line: ScoreLine) -> Value:
    """Points of a node; KAD where a leaf is out of the denominator; nothing where nobody has scored it."""
    if not line.counted:
        return None
    if not line.criterion.is_leaf:
        return line.obtained
    if line.concluded is None:
        return None
    return NOT_APPLICABLE if line.is_left_out else line.obtained


def _criteria(
    book: Workbook, group: GroupContext, units: Sequence[UnitPoints], heading: Sequence[str]
) -> None:
    widths = [width for _, width in CRITERIA_COLUMNS] + [UNIT_WIDTH] * len(units)
    sheet = Sheet(book, "Điểm theo tiêu chí", places=group.places, widths=widths, freeze="F6", heading_rows=5)
    _start(sheet, heading)
    blank = [sheet.text("", "cot") for _ in CRITERIA_COLUMNS[1:]]
    sheet.append(
        [sheet.text("Mã đơn vị", "cot"), *blank, *(sheet.text(unit.row.unit_code, "cot") for unit in units)]
    )
    names = [name for name, _ in CRITERIA_COLUMNS] + [unit.row.unit_name for unit in units]
    sheet.append([sheet.text(name, "cot") for name in names])
    for line in group.criteria:
        sheet.append(
            [
                sheet.text(line.code, "dam" if line.level == 1 else "chu"),
                sheet.whole(line.level),
                sheet.text(line.title, "dam" if line.level == 1 else "chu"),
                sheet.text(line.source_label if line.is_leaf else ""),
                sheet.amount(line.max_points),
                *(sheet.value(unit.points.get(line.code)) for unit in units),
            ]
        )
    _total(sheet, "Tổng điểm", [unit.row.obtained for unit in units])
    _total(sheet, "Điểm tối đa của đơn vị", [unit.row.attainable for unit in units])
    _total(sheet, "Chỉ số (%)", [unit.row.index for unit in units])


def _total(sheet: Sheet, name: str, amounts: Sequence[Decimal | None]) -> None:
    before = [sheet.text(""), sheet.text(""), sheet.text(name, "dam"), sheet.text(""), sheet.text("")]
    sheet.append([*before, *(sheet.amount(amount) for amount in amounts)])


def _notes(
    book: Workbook, group: GroupContext, publication: Publication | None, heading: Sequence[str]
) -> None:
    sheet = Sheet(
        book, "Ghi chú", places=group.places, widths=(40, 50, 16, 16, 14, 60), freeze="A4", heading_rows=3
    )
    _start(sheet, heading)
    for note in notes(group):
        sheet.append([sheet.text(note, "loi")])
    sheet.append(
        [
            sheet.text(
                f"{NOT_APPLICABLE}: không áp dụng, không tính vào điểm tối đa. Ô trống: chưa có điểm.", "loi"
            )
        ]
    )
    if publication is not None:
        sheet.append([sheet.text(f"Người ký: {publication.signer}", "loi")])
        sheet.append([sheet.text(f"Mã kiểm tra bản công bố: {publication.digest}", "loi")])
    sheet.append([])
    sheet.append(
        [sheet.text(name, "cot") for name in ("Xếp loại", group.settings["basis"], "Số đơn vị", "Tỷ lệ (%)")]
    )
    for band, bounds in class_ranges(group):
        sheet.append(
            [sheet.text(band.name), sheet.text(bounds), sheet.whole(band.units), sheet.amount(band.share)]
        )
    if publication is None and group.unclassed:
        sheet.append([sheet.text("Chưa xếp loại"), sheet.text(NO_POINTS_YET), sheet.whole(group.unclassed)])
    if group.differences:
        sheet.append([])
        sheet.append([sheet.text("Đối chiếu số liệu", "ten")])
        sheet.append([sheet.text(name, "cot") for name in DIFFERENCE_COLUMNS])
    for line in group.differences:
        where = [line.unit_name or "Cả nhóm", line.where, line.declared, line.computed]
        sheet.append([*(sheet.text(text) for text in where), sheet.amount(line.gap), sheet.text(line.note)])
