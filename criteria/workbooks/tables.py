"""The tables of a file: one a sheet as a rule, several where annexes stand below one another."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from criteria.workbooks.codes import Token, token_of
from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header, find_header, headers
from criteria.workbooks.own_columns import own_header
from criteria.workbooks.words import fold, tidy

LONGEST_TITLE = 80

_TITLE = re.compile(
    r"\W*(phu luc|phu bieu|bieu|bang|mau so|bo (tieu chi|chi so)|khung|chi so cai cach|tieu chi)\b"
)
_ANNEX = re.compile(r"\W*(phu luc|phu bieu|bieu|bang|mau so)\b")


def tables_of(grids: Iterable[Grid]) -> list[tuple[Grid, Header]]:
    """Every criteria table with its header. A sheet with several gives one grid each, named by its title."""
    found = []
    for grid in grids:
        for part in [grid] if own_header(grid) else _parts(grid):
            if header := find_header(part):
                found.append((part, header))
    return found


def _parts(grid: Grid) -> list[Grid]:
    starts = list(_starts(grid))
    if len(starts) < 2:
        return [grid]
    bounds = [*starts, (grid.rows[-1] + 1, 0)]
    return [
        grid.part(f"{grid.name}: {_title(grid, first, header, number)}", first, last - 1)
        for number, ((first, header), (last, _)) in enumerate(pairwise(bounds), start=1)
    ]


def _starts(grid: Grid) -> Iterator[tuple[int, int]]:
    """Where each table begins, with its title lines, and the row of its header.

    A header on a new page goes on with the numbers; another table begins with the first number again,
    below a title or a total.
    """
    first: Token | None = None
    end = 0
    found = list(headers(grid))
    for header, following in pairwise([*found, None]):
        if header is None:
            continue
        last = following.first - 1 if following else grid.rows[-1]
        codes = [
            (row, token)
            for row in grid.rows
            if header.last < row <= last and (token := token_of(grid.cell(row, header.code)))
        ]
        if not codes:
            continue
        token = codes[0][1]
        between = [row for row in grid.rows if end < row < header.first and any(grid.texts(row))]
        if first is None:
            yield grid.rows[0], header.first
            first = token
        elif (token.style, token.parts) == (first.style, first.parts) and between:
            titles = [row for row in between if _TITLE.match(_text(grid, row))]
            yield (titles[0] if titles else header.first), header.first
        end = codes[-1][0]


def _title(grid: Grid, first: int, header: int, number: int) -> str:
    """The annex's own name: "Phụ lục II", else the last line above the header."""
    lines = [tidy(text) for row in grid.rows if first <= row < header for _, text in grid.texts(row)]
    annexes = [line for line in lines if _ANNEX.match(fold(line))]
    title = annexes[0] if annexes else next(iter(lines[-1:]), f"bảng {number}")
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"


def _text(grid: Grid, row: int) -> str:
    return fold(" ".join(text for _, text in grid.texts(row)))
