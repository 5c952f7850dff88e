"""Rows with points but without a number: a criterion whose number is missing, or a level of scoring.

The declared sums decide where they can: rows that fill exactly what a criterion above them lacks
are its children. What the sums do not decide is kept as guidance and reported, never counted.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from criteria.workbooks.codes import dotted
from criteria.workbooks.entries import Entry, Skipped
from criteria.workbooks.numbering import DEPTH, Path
from criteria.workbooks.option_rows import are_levels, join_level
from criteria.workbooks.report import INFO, MISSING_CODE, SKIPPED_ROW, WARNING, Findings
from parindex.notation import vietnamese

ZERO = Decimal(0)


def place_uncoded(entries: Sequence[Entry], total: Decimal | None, findings: Findings) -> list[Entry]:
    """Give uncoded rows a place where the paper tells it; leave the others out, with a report."""
    coded = [entry for entry in entries if entry.path]
    placed: list[Entry] = []
    position = 0
    for has_path, run in groupby(entries, key=lambda entry: bool(entry.path)):
        rows = list(run)
        if has_path:
            placed += rows
            position += len(rows)
            continue
        before = coded[position - 1] if position else None
        after = coded[position] if position < len(coded) else None
        parent = _parent_of(rows, before, after, coded, total)
        if parent is None:
            _keep_as_guidance(rows, before, findings)
            continue
        _number(rows, parent, coded[:position], coded, findings)
        placed += rows
    return placed


def _parent_of(
    rows: list[Entry],
    before: Entry | None,
    after: Entry | None,
    coded: list[Entry],
    total: Decimal | None,
) -> Path | None:
    """The path under which the rows belong; () for contents of a table without any numbers."""
    if before is None:
        return None if coded else ()
    points = [row.points or ZERO for row in rows]
    childless = not any(entry.path[:-1] == before.path for entry in coded)
    levels = childless and are_levels([row.points for row in rows], before.points)
    if all(points):
        for depth in range(1, min(len(before.path), DEPTH - 1) + 1):
            if _lacking(before.path[:depth], coded) == sum(points):
                return before.path[:depth]
        contents = [entry.points or ZERO for entry in coded if len(entry.path) == 1]
        if after is None and total is not None and total - sum(contents, ZERO) == sum(points):
            return ()
    if levels:
        return None
    if after and after.path[:-1] == before.path[:-1] and after.path[-1] == before.path[-1] + len(rows) + 1:
        return before.path[:-1]
    return before.path if len(before.path) == 1 and childless else None


def _lacking(path: Path, coded: list[Entry]) -> Decimal | None:
    """What the declared figure at a path exceeds its numbered children by; None without a figure."""
    own = next((entry.points for entry in coded if entry.path == path), None)
    children = [entry.points or ZERO for entry in coded if entry.path[:-1] == path]
    return None if own is None else own - sum(children, ZERO)


def _number(
    rows: list[Entry], parent: Path, before: list[Entry], coded: list[Entry], findings: Findings
) -> None:
    """Made-up codes by place: after the last numbered sibling, past all of them when that is taken."""
    taken = {entry.path[-1] for entry in coded if entry.path[:-1] == parent}
    first = max((entry.path[-1] for entry in before if entry.path[:-1] == parent), default=0) + 1
    if taken & set(range(first, first + len(rows))):
        first = max(taken) + 1
    for offset, entry in enumerate(rows):
        entry.path = (*parent, first + offset)
        findings.add(
            MISSING_CODE,
            WARNING,
            f"Dòng {entry.row} {entry.why_uncoded}: “{entry.title[:200]}”. "
            f"Tạm đánh số {dotted(entry.path)} theo vị trí.",
            row=entry.row,
            cell=entry.code_cell,
            code=dotted(entry.path),
        )


def _keep_as_guidance(rows: list[Entry], before: Entry | None, findings: Findings) -> None:
    """Rows that are no criteria: levels of the rule above where they make one, words to look at otherwise."""
    for entry in rows:
        points = "" if entry.points is None else f": {vietnamese(entry.points)}"
        message = f"Dòng {entry.row} có điểm nhưng không có số thứ tự"
        words = f": “{entry.title[:200]}{points}”."
        if before is None:
            findings.add(SKIPPED_ROW, INFO, message + words, row=entry.row, cell=entry.points_cell)
            continue
        join_level(entry, before)
        message += f"; được giữ làm cách chấm của mục {dotted(before.path)}{words}"
        before.unsure.append(Skipped(entry.row, entry.points_cell, message, always=True))
