"""A column of scoring words under a name that does not say so: "Thang điểm chi tiết", "Mức đánh giá"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header
from criteria.workbooks.wording import Line, has_amounts, recognise
from criteria.workbooks.words import fold

ONE, MANY = Decimal(1), Decimal(1000)
FEWEST, LOOKED_AT = 2, 60

# What a unit got or wrote itself, in this year or another, is no rule.
_RESULTS = re.compile(r"\b(?:dat|duoc|tu|20\d\d|ket qua|giai trinh|thuyet minh|nam|tham dinh|ly do)\b")


def with_scoring(grid: Grid, header: Header, rows: Sequence[int]) -> Header:
    """The header with the one column kept as data in which most cells say how points are given."""
    if header.scoring:
        return header
    spare = [c for c in {*header.extra, *header.alike} if not _RESULTS.search(fold(header.names[c]))]
    found = [column for column in spare if _says_points(grid, header, rows[:LOOKED_AT], column)]
    if len(found) != 1:
        return header
    return replace(
        header,
        scoring=tuple(found),
        extra=tuple(column for column in header.extra if column not in found),
        alike=tuple(column for column in header.alike if column not in found),
    )


def _says_points(grid: Grid, header: Header, rows: Sequence[int], column: int) -> bool:
    filled = [row for row in rows if grid.cell(row, column).text]
    told = [row for row in filled if _tells(grid.cell(row, column).text) or _is_level(grid, header, row)]
    return len(told) >= FEWEST and len(told) * 2 >= len(filled)


def _tells(text: str) -> bool:
    """Whether the words themselves give points."""
    return has_amounts(text, MANY) or recognise([Line(text)], ONE) is not None


def _is_level(grid: Grid, header: Header, row: int) -> bool:
    """Whether the row has points and neither a code nor a title: its words are a level of the row above."""
    named = any(grid.cell(row, column).text for column in (*header.codes, *header.titles))
    return not named and any(grid.cell(row, column).text for column in header.points)
