"""Rows that are levels of the criterion above them, and not criteria of their own.

"Ban hành đúng hạn: 1", "Chậm dưới 10 ngày: 0,5", "Không ban hành: 0" stand below a leaf without a number,
behind a dash or behind a), b), c); inside the leaf's own cell; with their points in words or in the column.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from criteria.workbooks.codes import Style
from criteria.workbooks.entries import Entry, Skipped
from criteria.workbooks.wording import Line, has_amounts
from parindex.notation import vietnamese

ZERO = Decimal(0)


def are_levels(points: Sequence[Decimal | None], most: Decimal | None) -> bool:
    """Whether rows of these points can only be levels of a criterion worth `most`, not its children.

    The highest level is the maximum, so that together they would be more than it, or one of them is 0.
    """
    known = [value for value in points if value is not None]
    if len(known) < 2 or len(known) < len(points) or most is None or max(known) != most:
        return False
    return sum(known, ZERO) != most or ZERO in known


def join_lettered_levels(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without rows a), b), c) whose points make them levels of the row above."""
    kept: list[Entry] = []
    for counting, run in groupby(entries, key=_counting):
        rows = list(run)
        above = kept[-1] if kept else None
        if counting is None or above is None or not _levels_of(rows, above):
            kept += rows
            continue
        for row in rows:
            join_level(row, above)
            above.unsure.append(_reported(row, above))
    return kept


def _counting(entry: Entry) -> tuple[Style, int] | None:
    """How the row is counted off, where it is with a), b), c) or (1), (2), (3)."""
    token = entry.token
    if token is None or not (token.style is Style.LETTER or token.printed.endswith(")")):
        return None
    return token.style, len(token.parts)


def _levels_of(rows: Sequence[Entry], above: Entry) -> bool:
    if are_levels([row.points for row in rows], above.points):
        return True
    silent = all(row.points is None and not row.points_fault for row in rows)
    return silent and above.points is not None and all(has_amounts(row.title, above.points) for row in rows)


def _reported(row: Entry, above: Entry) -> Skipped:
    printed = row.token.printed if row.token else ""
    message = (
        f"Dòng {row.row} (“{printed} {row.title[:200]}”) được đọc là một mức chấm của mục ở dòng "
        f"{above.row}, "
        "không phải một tiêu chí."
    )
    return Skipped(row.row, row.code_cell, message, always=True)


def join_level(row: Entry, above: Entry) -> None:
    """Keep a row as a level of the entry above: its words, as the paper has them, and its points."""
    printed = f"{row.token.printed} {row.title}" if row.token else row.title
    above.notes.append(f"{printed}: {vietnamese(row.points)}" if row.points is not None else printed)
    above.lines.append(Line(row.title, row.points))
