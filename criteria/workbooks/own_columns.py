"""The columns of our own workbook: what `framework_writer` and `template` write and `own_reader` reads back.

A paper is interpreted; our own table says everything in columns of known names, so it is read word for word.
Code, title, points, source, rule and its parameters make a table ours; any other column may be absent.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from criteria.enums import NotApplicableMode, Source, Standing
from criteria.rules import LABELS, RuleKind
from criteria.workbooks.grid import Cell, Grid
from criteria.workbooks.words import fold, storable

ROWS_ABOVE = 12

CODE, LEVEL, TITLE, POINTS = "Mã", "Cấp", "Tên tiêu chí", "Điểm tối đa"
GUIDANCE, EVIDENCE = "Hướng dẫn chấm", "Tài liệu kiểm chứng"
LEAD, SUPPORTING = "Cơ quan chủ trì", "Cơ quan phối hợp"
SOURCE, RULE, PARAMETERS = "Nguồn điểm", "Cách chấm", "Tham số cách chấm"
STANDING, MODE, ASKED = "Cách tính vào tổng", "Khi không áp dụng", "Cần tài liệu kiểm chứng"
UNALLOCATED, DECLARED, PRINTED = "Điểm chưa phân bổ", "Điểm văn bản ghi", "Mã in trong văn bản"
COLUMNS = (
    *(CODE, LEVEL, TITLE, POINTS, GUIDANCE, EVIDENCE, LEAD, SUPPORTING, SOURCE, RULE, PARAMETERS),
    *(STANDING, MODE, ASKED, UNALLOCATED, DECLARED, PRINTED),
)
TELLING = (CODE, TITLE, POINTS, SOURCE, RULE, PARAMETERS)

TOTAL = "Tổng điểm"
BONUS_CAP = "Mức trần điểm thưởng ngoài thang điểm"
NOT_DECLARED = "không ghi"
OUTSIDE = "Ngoài bảng, chỉ tính khi tổ chức điều tra"
YES, NO = "Có", "Không"

SOURCES = {source.label: source.value for source in Source}
RULES = {label: kind for kind, label in LABELS.items() if kind is not RuleKind.KNOCK_OUT}
STANDINGS = {standing.label: standing.value for standing in Standing}
MODES = {mode.label: mode.value for mode in NotApplicableMode}


class OwnHeader(NamedTuple):
    """Where our own columns stand, and the columns of the paper kept beside them."""

    row: int
    columns: Mapping[str, int]
    extra: Sequence[tuple[int, str]]


def own_header(grid: Grid) -> OwnHeader | None:
    """The header of our own table, when the sheet holds one."""
    known = {fold(name): name for name in COLUMNS}
    for row in grid.rows[:ROWS_ABOVE]:
        columns: dict[str, int] = {}
        extra: list[tuple[int, str]] = []
        for column in grid.columns(row):
            text = text_of(grid.cell(row, column))
            name = known.get(fold(text))
            if name and name not in columns:
                columns[name] = column
            elif text:
                extra.append((column, text))
        if columns.keys() >= set(TELLING):
            return OwnHeader(row, columns, extra)
    return None


def text_of(cell: Cell) -> str:
    """Text as it stands, with the line breaks inside; other values as they are shown."""
    if not isinstance(cell.value, str):
        return cell.text
    return unicodedata.normalize("NFC", storable(cell.value)).replace("\r\n", "\n").strip()
