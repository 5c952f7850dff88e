"""Where each row keeps what it says: one place as a rule, one for each level in a wide table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header


@dataclass(frozen=True)
class Place:
    """Where a row keeps a code, a title and points. `depth` is the level that the column tells, 0 where none
    does; only a `whole` place has the row's other columns."""

    codes: tuple[int, ...]
    titles: tuple[int, ...]
    points: tuple[int, ...]
    depth: int = 0
    whole: bool = True


def places_of(grid: Grid, header: Header, row: int, open_titles: dict[int, str]) -> Iterator[Place]:
    """One place in a row; in a wide table one for each level that the row opens.

    A parent named again in each row, `open_titles`, opens nothing; the last level does, where it has points.
    """
    if not header.levels:
        yield Place(header.codes, header.titles, header.points)
        return
    new: list[Place] = []
    same: Place | None = None
    for depth, level in enumerate(header.levels, start=1):
        title = grid.cell(row, level.title).text
        if not title:
            continue
        codes, points = ((column,) if column else () for column in (level.code, level.points))
        same = Place(codes, (level.title,), points, depth, whole=False)
        named = f"{grid.cell(row, level.code).text} {title}"
        if new or open_titles.get(level.title) != named:
            new.append(same)
            open_titles[level.title] = named
    if not new and same and any(grid.cell(row, column).text for column in same.points or header.points):
        new = [same]
    yield from new[:-1]
    if new:
        yield replace(new[-1], points=new[-1].points or header.points, whole=True)
    else:
        yield Place(header.codes, header.titles[-1:], header.points)
