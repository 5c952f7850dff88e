"""Contents outside of the paper's scale: bonus points and penalties."""

from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.entries import Table, TotalLine
from criteria.workbooks.outside import WORDS, outside_of_scale
from criteria.workbooks.points import below_zero
from criteria.workbooks.report import PENALTY, STRUCTURE_MISMATCH, WARNING, Findings
from criteria.workbooks.tree import Node
from parindex.notation import vietnamese

ZERO = Decimal(0)
WHOLE_SCALE = Decimal(100)


def mark_standing(nodes: Sequence[Node], table: Table, findings: Findings) -> TotalLine | None:
    """Contents called bonus or penalty stand outside of the scale where a total of the paper leaves them out.

    Gives the total of the scale. Without any the scale is 100. A negative figure anywhere else is no maximum.
    """
    tops = [node for node in nodes if node.parent is None]
    named = {top: kind for top in tops if (kind := outside_of_scale(top.entry.title))}
    inside = sum((_figure(top) for top in tops if top not in named), ZERO)
    scale = next((line for line in table.totals if line.points == inside), table.total())
    whole = scale.points if scale and scale.points is not None else WHOLE_SCALE
    for top, kind in named.items():
        taken = kind == PENALTY and any((node.entry.points or ZERO) < 0 for node in top.whole_branch())
        if taken or inside == whole:
            _put_outside(top, kind, inside, findings)
    for node in nodes:
        if node.entry.points is not None and node.entry.points < 0:
            node.entry.points_fault = below_zero(node.entry.points)
            node.entry.points = None
    return scale if named else table.total()


def _put_outside(top: Node, standing: str, inside: Decimal, findings: Findings) -> None:
    for node in top.whole_branch():
        node.standing = standing
        if standing == PENALTY and node.entry.points is not None:
            node.entry.points = abs(node.entry.points)
    entry = top.entry
    findings.add(
        STRUCTURE_MISMATCH,
        WARNING,
        f"Mục {entry.code} “{entry.title[:200]}” (dòng {entry.row}) không nằm trong thang điểm "
        f"{vietnamese(inside)}: được đọc là {WORDS[standing]} ngoài thang điểm.",
        row=entry.row,
        cell=entry.code_cell,
        code=entry.code,
    )


def _figure(top: Node) -> Decimal:
    """The content's own figure, else what the figures below it add up to."""
    if top.entry.points is not None or top.is_leaf:
        return top.entry.points or ZERO
    return sum((_figure(child) for child in top.children), ZERO)
