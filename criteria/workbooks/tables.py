"""The tables of a file: one a sheet as a rule, several where annexes stand below or beside one another."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from criteria.workbooks.closing import goes_on, is_total
from criteria.workbooks.codes import Style, Token, split_leading, token_of
from criteria.workbooks.columns import depth_of, figure_of, fitted, variants
from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header, Role, find_header, headers, role_of
from criteria.workbooks.own_columns import own_header
from criteria.workbooks.words import fold, tidy

LONGEST_TITLE = 80

_TITLE = re.compile(
    r"\W*(phu luc|phu bieu|bieu|bang|mau so|bo (tieu chi|chi so)|khung|chi so cai cach|tieu chi)\b"
)
_ANNEX = re.compile(r"\W*(phu luc|phu bieu|bieu|bang|mau so)\b")
_NEW_TABLE = re.compile(r"\W*(phu luc|phu bieu|bieu so|mau so|bo (tieu chi|chi so)|khung chi so)\b")
_FOR_UNITS = re.compile(
    r"\b(bo (tieu chi|chi so)|khung|bang|doi voi|ap dung"
    r"|cac (so|phong|xa|phuong|huyen|don vi)|cap (so|tinh|huyen|xa))\b"
)

Table = tuple[Grid, Header]


def tables_of(grids: Iterable[Grid]) -> list[Table]:
    """Every criteria table with its header. A sheet with several gives one grid each, named by its title.

    A sheet without a header of its own is a table under the header of the sheet before it, where its rows
    hold codes and points in the same columns.
    """
    found: list[Table] = []
    borrowed: Header | None = None
    for grid in grids:
        if own_header(grid):
            found += [(grid, header) for header in [find_header(grid)] if header]
            continue
        tables = [table for side in _sides(grid) for table in _parts(side)]
        if not tables and borrowed:
            tables = _under(grid, borrowed)
        for part, header in tables:
            borrowed = borrowed or header
            found += _variants(part, fitted(part, header))
    return found


def opens_with(grid: Grid, header: Header) -> tuple[Token | None, Token | None]:
    """The first and the last code of a table on its highest level."""
    codes = [token for _, token in _codes(grid, header, grid.rows[-1])]
    tops = [token for token in codes if token.style is codes[0].style and len(token.parts) == 1]
    return (tops[0], tops[-1]) if tops else (None, None)


def _variants(grid: Grid, header: Header) -> list[Table]:
    first, last = grid.rows[0], grid.rows[-1]
    return [
        (grid.part(f"{grid.name}: {name}", first, last) if name else grid, variant)
        for name, variant in variants(grid, header)
    ]


def _under(grid: Grid, header: Header) -> list[Table]:
    """The whole sheet under another sheet's header, when it is filled in the same columns and names none."""
    codes = _codes(grid, replace(header, last=0), grid.rows[-1]) if grid.rows else []
    rows = [
        row for row, _ in codes if any(figure_of(grid, row, column) is not None for column in header.points)
    ]
    named = any(role_of(text) is Role.CODE for row in grid.rows for _, text in grid.texts(row))
    return [(grid, replace(header, first=rows[0], last=rows[0] - 1))] if len(rows) >= 2 and not named else []


def _sides(grid: Grid) -> list[Grid]:
    """Tables side by side: codes, titles and points named once more right of a column of points."""
    header = find_header(grid)
    if header is None:
        return [grid]
    roles = [(column, role_of(name)) for column, name in sorted(header.names.items())]
    borders = [1]
    for place, (column, role) in enumerate(roles):
        left = [held for other, held in roles[:place] if other >= borders[-1]]
        right = [held for _, held in roles[place:]]
        again = role is Role.CODE and Role.POINTS in left and {Role.TITLE, Role.POINTS} <= {*right}
        if again and not _goes_deeper(header, borders[-1], column):
            borders.append(column)
    if len(borders) == 1:
        return [grid]
    sides = [
        grid.part("", grid.rows[0], grid.rows[-1], first, last - 1)
        for first, last in pairwise([*borders, grid.width + 1])
    ]
    return [
        side.part(f"{grid.name}: {_title(side, side.rows[0], header.first, number)}", 1, grid.rows[-1])
        for number, side in enumerate(sides, start=1)
    ]


def _goes_deeper(header: Header, left: int, right: int) -> bool:
    """Whether the titles right of a column are a level below those left of it: one wide table."""
    depths = [
        next((depth_of(header.names[title]) for title in header.titles if title > column), 0)
        for column in (left - 1, right)
    ]
    return 0 < depths[0] < depths[1]


def _parts(grid: Grid) -> list[Table]:
    found = list(headers(grid))
    if opening := _opening_rows(grid, found):
        return [(grid, replace(found[0], opening=opening[0]))]
    starts = list(_starts(grid, found))
    if len(starts) < 2:
        return [(grid, found[0])] if found else []
    ends = [*(first - 1 for first, _ in starts[1:]), grid.rows[-1]]
    parts = []
    for number, ((first, header), last) in enumerate(zip(starts, ends, strict=True), start=1):
        title = _title(grid, first, header.last + 1, number, above=header.first)
        parts.append((grid.part(f"{grid.name}: {title}", first, last), header))
    return parts


def _opening_rows(grid: Grid, found: Sequence[Header]) -> list[int]:
    """The headings "I. …", "II. …" above each of several headers: contents of one table, not tables.

    They are tables of their own where the headings say so, or where each has a total.
    """
    if len(found) < 2:
        return []
    rows = [row for header in found if (row := _above(grid, header.first))]
    tokens = [token for row in rows if (token := _heading(grid, row))]
    counted = [token.parts for token in tokens] == [(n,) for n in range(1, len(found) + 1)]
    own_tables = any(_FOR_UNITS.search(_text(grid, row)) for row in rows)
    totals = sum(is_total(_words(grid, row)) for row in grid.below(found[0].last))
    return rows if counted and not own_tables and totals < 2 else []


def _above(grid: Grid, row: int) -> int | None:
    return next((other for other in reversed(grid.below(0, row)) if any(grid.texts(other))), None)


def _heading(grid: Grid, row: int | None) -> Token | None:
    texts = [] if row is None else list(grid.texts(row))
    if row is None or not texts:
        return None
    both = split_leading(texts[0][1])
    token = both[0] if both else token_of(grid.cell(row, texts[0][0]))
    return token if token and token.style is not Style.LETTER else None


def _starts(grid: Grid, found: Sequence[Header]) -> Iterator[tuple[int, Header]]:
    """Where each table begins, with its title lines, and its header.

    A header on a new page goes on with the numbers; another table begins with the first number again,
    below a title or a total. It may do so without a header of its own.
    """
    first: Token | None = None
    end = 0
    for header, following in pairwise([*found, None]):
        if header is None:
            continue
        codes = _codes(grid, header, following.first - 1 if following else grid.rows[-1])
        if not codes:
            continue
        between = [row for row in grid.below(end, header.first) if any(grid.texts(row))]
        if first is None:
            yield grid.rows[0], header
            first = codes[0][1]
        elif _same(codes[0][1], first) and between and not _goes_on(grid, [*between, codes[0][0]]):
            titles = [row for row in between if _TITLE.match(_text(grid, row))]
            titles += [row for row in between[-1:] if not is_total(_words(grid, row))]
            yield (titles[0] if titles else header.first), header
        for row in _restarts(grid, codes, first):
            yield row, replace(header, first=row, last=_before(grid, row, codes))
        end = codes[-1][0]


def _goes_on(grid: Grid, rows: Sequence[int]) -> bool:
    """Whether a line says that it only goes on from the page before: "Phụ lục I (tiếp theo)"."""
    return any(goes_on(text) for row in rows for _, text in grid.texts(row))


def _restarts(grid: Grid, codes: Sequence[tuple[int, Token]], first: Token) -> Iterator[int]:
    """Rows of one header's table where another table begins: its title, or its first row."""
    for (before, _), (row, token) in pairwise(codes):
        if not _same(token, first):
            continue
        between = grid.below(before, row)
        titles = [other for other in between if _NEW_TABLE.match(_text(grid, other))]
        totals = [other for other in between if is_total(_words(grid, other))]
        if titles or (totals and first.style is not Style.ARABIC):
            yield titles[0] if titles else row


def _before(grid: Grid, row: int, codes: Sequence[tuple[int, Token]]) -> int:
    """The last line above the first code at or below the row."""
    return min(other for other, _ in codes if other >= row) - 1


def _codes(grid: Grid, header: Header, last: int) -> list[tuple[int, Token]]:
    rows = grid.below(header.last, last + 1)
    tokens = [(row, token_of(grid.cell(row, column))) for row in rows for column in header.codes]
    return [(row, token) for row, token in tokens if token]


def _same(token: Token, other: Token) -> bool:
    return (token.style, token.parts) == (other.style, other.parts)


def _title(grid: Grid, first: int, last: int, number: int, above: int = 0) -> str:
    """The annex's own name: "Phụ lục II", else the last line above the header."""
    lines = [(row, tidy(text)) for row in grid.below(first - 1, last) for _, text in grid.texts(row)]
    annexes = [line for _, line in lines if _ANNEX.match(fold(line))]
    titles = [line for row, line in lines if row < (above or last)]
    title = annexes[0] if annexes else next(iter(titles[-1:]), f"bảng {number}")
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"


def _words(grid: Grid, row: int) -> str:
    """The words of a row without its figures."""
    return " ".join(text for _, text in grid.texts(row) if any(letter.isalpha() for letter in text))


def _text(grid: Grid, row: int) -> str:
    return fold(" ".join(text for _, text in grid.texts(row)))
