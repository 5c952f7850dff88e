"""What the columns under a header hold, where their names leave it open and the rows tell it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from criteria.workbooks.codes import Style, Token, split_leading, token_of
from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header, Level
from criteria.workbooks.points import points_of
from criteria.workbooks.scoring_columns import with_scoring
from criteria.workbooks.words import fold
from parindex.notation import NotationError

ZERO = Decimal(0)
FEWEST = 4

_LEVELS = (
    (3, re.compile(r"(thanh phan|tctp)\b")),
    (1, re.compile(r"^(ten |nhom |cac )*(linh vuc|noi dung|nhom|muc)\b")),
    (2, re.compile(r"^(ten |cac )*(tieu chi|chi so|chi tieu|tieu chuan)\b")),
)
_SURVEY = re.compile(r"\b(xhh|dtxhh|dieu tra|xa hoi hoc|khao sat|sipas)\b")
_APPRAISED = re.compile(r"\b(tham dinh|tu danh gia|tu cham|danh gia)\b")


def fitted(grid: Grid, header: Header) -> Header:
    """The header with its columns of codes, levels and points as the rows below use them."""
    rows = [row for row in grid.below(header.last) if not header.repeated_in(grid, row)]
    header = with_scoring(grid, header, rows)
    levels = _levels(grid, header, rows)
    if not levels:
        return _with_points(grid, _with_codes(grid, header, rows), rows)
    codes = tuple(level.code for level in levels if level.code)
    extra = tuple(sorted({*header.extra, *header.codes} - {*codes}))
    header = replace(header, titles=tuple(level.title for level in levels), codes=codes, extra=extra)
    points = _points_of_levels(header, levels)
    if points:
        levels = tuple(level._replace(points=own) for level, own in zip(levels, points, strict=True))
        header = replace(header, points=points[-1:], alike=())
    return _with_points(grid, replace(header, levels=levels), rows)


def variants(grid: Grid, header: Header) -> list[tuple[str, Header]]:
    """The table once for each column that may hold the maximum, with the name that tells it apart.

    "Điểm tối đa" of departments beside that of communes makes two frameworks of one table.
    """
    if not header.alike:
        return [("", header)]
    columns = [*header.points, *header.alike]
    alike = [_figures(grid, column, header.last) for column in columns]
    if all(figures == alike[0] for figures in alike):
        return [("", replace(header, alike=()))]
    return [
        (
            _own_name(header, column, columns),
            replace(header, points=(column,), alike=tuple(other for other in columns if other != column)),
        )
        for column in columns
    ]


def _own_name(header: Header, column: int, columns: Sequence[int]) -> str:
    """The words of a column's name that the others do not have."""
    others = {word for other in columns if other != column for word in header.names[other].split()}
    own = [word for word in header.names[column].split() if word not in others]
    return " ".join(own) or f"cột thứ {columns.index(column) + 1}"


def _figures(grid: Grid, column: int, last: int) -> dict[int, Decimal]:
    found = {}
    for row in grid.rows:
        if row > last and (value := figure_of(grid, row, column)) is not None:
            found[row] = value
    return found


def figure_of(grid: Grid, row: int, column: int) -> Decimal | None:
    """The maximum in a cell; None for one that holds none."""
    try:
        return points_of(grid.cell(row, column))
    except NotationError:
        return None


def _levels(grid: Grid, header: Header, rows: Sequence[int]) -> tuple[Level, ...]:
    """The levels of a wide table: titles rise from column to column and a row fills several of them."""
    depths = [depth_of(header.names[column]) for column in header.titles]
    rising = all(first < second for first, second in pairwise(depths))
    filled = [sum(bool(grid.cell(row, column).text) for column in header.titles) for row in rows]
    if len(depths) < 2 or not rising or 0 in depths or max(filled, default=0) < 2:
        return ()
    codes = [max((c for c in header.codes if c < title), default=None) for title in header.titles]
    if None not in codes and len(set(codes)) == len(codes):
        return tuple(Level(*columns) for columns in zip(codes, header.titles, strict=True))
    return _with_one_code(grid, header, rows)


def _with_one_code(grid: Grid, header: Header, rows: Sequence[int]) -> tuple[Level, ...]:
    """One column of codes belongs to the contents, or to the last level; a mere count of rows to none.

    Codes of several levels leave no wide table: each row is what its code says, with a description beside it.
    """
    levels = [Level(None, title) for title in header.titles]
    code = header.codes[0] if header.codes else None
    tokens = {row: token for row in rows if (token := token_of(grid.cell(row, code)))}
    if not tokens or _counts_rows(list(tokens.values())):
        return tuple(levels)
    if len({(token.style, len(token.parts)) for token in tokens.values()}) > 1:
        return ()
    contents = [grid.cell(row, header.titles[0]).text for row in tokens]
    place = 0 if all(contents) and len({*contents}) == len(contents) else -1
    levels[place] = levels[place]._replace(code=code)
    return tuple(levels)


def _points_of_levels(header: Header, levels: Sequence[Level]) -> tuple[int, ...]:
    """A column of points right of each level's titles, before the next level's."""
    ends = [*(level.title for level in levels[1:]), max(header.names) + 1]
    columns = sorted((*header.points, *header.alike))
    between = [
        [column for column in columns if level.title < column < end]
        for level, end in zip(levels, ends, strict=True)
    ]
    return tuple(column for (column,) in between) if all(len(own) == 1 for own in between) else ()


def depth_of(name: str) -> int:
    """The level that a column of titles is named for; 0 where its name tells none."""
    folded = fold(name)
    return next((depth for depth, pattern in _LEVELS if pattern.search(folded)), 0)


def _with_codes(grid: Grid, header: Header, rows: Sequence[int]) -> Header:
    """The column that holds the codes; none, where a count of rows stands beside titles with their codes."""
    codes = header.codes or _unnamed_codes(grid, header, rows)
    tokens = {column: [token_of(grid.cell(row, column)) for row in rows] for column in codes}
    together = any(sum(map(bool, beside)) > 1 for beside in zip(*tokens.values(), strict=True))
    if together:
        best = max(codes, key=lambda column: (_telling(tokens[column]), -column))
        header = replace(header, extra=_kept(header, {*codes} - {best}))
        codes = (best,)
    if len(codes) == 1 and _counts_rows(tokens[codes[0]]) and _titles_have_codes(grid, header, rows):
        header = replace(header, extra=_kept(header, codes))
        codes = ()
    return replace(
        header,
        codes=codes,
        titles=tuple(column for column in header.titles if column not in codes),
        extra=tuple(column for column in header.extra if column not in codes),
    )


def _kept(header: Header, columns: Iterable[int]) -> tuple[int, ...]:
    """The columns kept as data with these too, where they have a name to be kept under."""
    return tuple(sorted({*header.extra, *(column for column in columns if column in header.names)}))


def _unnamed_codes(grid: Grid, header: Header, rows: Sequence[int]) -> tuple[int, ...]:
    """A column without a name of its own, left of the titles, that holds codes from the first on."""
    for column in range(1, max(header.titles)):
        if column in header.names and column not in {*header.extra, *header.titles}:
            continue
        texts = [row for row in rows if grid.cell(row, column).text]
        tokens = [token for row in texts if (token := token_of(grid.cell(row, column)))]
        if (
            len(tokens) >= 2
            and len(tokens) * 5 >= len(texts) * 4
            and tokens[0].parts == (1,)
            and _rise(tokens)
        ):
            return (column,)
    return ()


def _rise(tokens: Sequence[Token]) -> bool:
    """Whether no code stands twice in a row of one level, as figures would."""
    return all((a.style, a.parts) != (b.style, b.parts) for a, b in pairwise(tokens))


def _telling(tokens: Sequence[Token | None]) -> int:
    """How many of the codes say where a row belongs."""
    return sum(token is not None and token.certain for token in tokens)


def _counts_rows(tokens: Sequence[Token | None]) -> bool:
    """Whether the codes are 1, 2, 3 … without end: a count of the rows and no numbering of levels."""
    found = [token for token in tokens if token]
    counted = [(token.style, token.parts) for token in found]
    return len(found) >= FEWEST and counted == [(Style.ARABIC, (n,)) for n in range(1, len(found) + 1)]


def _titles_have_codes(grid: Grid, header: Header, rows: Sequence[int]) -> bool:
    texts = [grid.cell(row, column).text for row in rows for column in header.titles]
    codes = [both[0] for text in texts if (both := split_leading(text))]
    return len(codes) * 2 >= len([text for text in texts if text]) and any(code.certain for code in codes)


def _with_points(grid: Grid, header: Header, rows: Sequence[int]) -> Header:
    """The maximum in one column, in a column for each level, or in parts of appraisal and survey."""
    survey, appraised = _parts(header)
    columns = [column for column in (*header.points, *header.alike) if column != header.level_points]
    filled = [column for column in columns if any(figure_of(grid, row, column) is not None for row in rows)]
    candidates = filled or columns[:1]
    header = replace(
        header,
        points=tuple(candidates[:1]),
        alike=tuple(candidates[1:]),
        extra=tuple(sorted({*header.extra, *columns[:1]} - {*candidates[:1]})),
    )
    wholes = [column for column in candidates if column not in {survey, appraised}]
    if survey and appraised and (not wholes or _add_up(grid, rows, wholes[0], (survey, appraised))):
        points = tuple(wholes[:1]) or tuple(sorted({survey, appraised}))
        header = replace(header, points=points, alike=tuple(wholes[1:]), survey=survey)
    elif len(candidates) > 1 and not any(_several(grid, row, candidates) for row in rows):
        header = replace(header, points=tuple(candidates), alike=())
    return replace(header, extra=tuple(column for column in header.extra if column not in header.points))


def _parts(header: Header) -> tuple[int | None, int | None]:
    """The columns of points that the survey gives, and of those that the appraisal gives."""
    named = {c: fold(header.names[c]) for c in (*header.points, *header.alike, *header.extra)}
    points = {column: name for column, name in named.items() if re.search(r"\bdiem\b", name)}
    survey = next((column for column, name in points.items() if _SURVEY.search(name)), None)
    others = [column for column, name in points.items() if _APPRAISED.search(name) and column != survey]
    inside = [column for column in others if column in {*header.points, *header.alike}]
    return survey, next(iter(inside or others), None)


def _add_up(grid: Grid, rows: Sequence[int], whole: int, parts: Sequence[int]) -> bool:
    """Whether the parts make the whole in every row, and each part somewhere."""
    lines = list(_lines(grid, rows, whole, parts))
    some = all(any(line[1][place] for line in lines) for place in range(len(parts)))
    return some and all(sum(line[1], ZERO) == line[0] for line in lines)


def _lines(
    grid: Grid, rows: Sequence[int], whole: int, parts: Sequence[int]
) -> Iterator[tuple[Decimal, list[Decimal]]]:
    for row in rows:
        figure = figure_of(grid, row, whole)
        if figure is not None:
            yield figure, [figure_of(grid, row, part) or ZERO for part in parts]


def _several(grid: Grid, row: int, columns: Sequence[int]) -> bool:
    return sum(figure_of(grid, row, column) is not None for column in columns) > 1
