"""Contents outside of the paper's scale: bonus points and penalties."""

import re
from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.entries import TotalLine
from criteria.workbooks.points import below_zero
from criteria.workbooks.report import BONUS, PENALTY, STRUCTURE_MISMATCH, WARNING, Findings
from criteria.workbooks.tree import Node
from criteria.workbooks.words import fold
from parindex.notation import vietnamese

ZERO = Decimal(0)
WHOLE_SCALE = Decimal(100)

_HEAD = r"\W*(?:cac |noi dung |tieu chi |muc |phan )*"
_KINDS = (
    (PENALTY, "điểm trừ", re.compile(rf"{_HEAD}(?:diem tru|tru diem)\b")),
    (BONUS, "điểm thưởng", re.compile(rf"{_HEAD}(?:diem (?:thuong|cong)|(?:thuong|cong) diem)\b")),
)


def mark_standing(nodes: Sequence[Node], total: TotalLine | None, findings: Findings) -> None:
    """Contents called bonus or penalty stand outside of the scale where the paper's total leaves them out.

    Without a total the scale is 100. A negative figure anywhere else is no maximum.
    """
    tops = [node for node in nodes if node.parent is None]
    named = {top: kind for top in tops for kind in _KINDS if kind[2].match(fold(top.entry.title))}
    scale = total.points if total and total.points is not None else WHOLE_SCALE
    inside = sum((_figure(top) for top in tops if top not in named), ZERO)
    for top, (standing, words, _) in named.items():
        taken = standing == PENALTY and any((node.entry.points or ZERO) < 0 for node in top.whole_branch())
        if not taken and inside != scale:
            continue
        for node in top.whole_branch():
            node.standing = standing
            if standing == PENALTY and node.entry.points is not None:
                node.entry.points = abs(node.entry.points)
        findings.add(
            STRUCTURE_MISMATCH,
            WARNING,
            f"Mục {top.entry.code} “{top.entry.title[:200]}” (dòng {top.entry.row}) không nằm trong thang "
            f"điểm {vietnamese(inside)}: được đọc là {words} ngoài thang điểm.",
            row=top.entry.row,
            cell=top.entry.code_cell,
            code=top.entry.code,
        )
    for node in nodes:
        if node.entry.points is not None and node.entry.points < 0:
            node.entry.points_fault = below_zero(node.entry.points)
            node.entry.points = None


def _figure(top: Node) -> Decimal:
    """The content's own figure, else what the figures below it add up to."""
    if top.entry.points is not None or top.is_leaf:
        return top.entry.points or ZERO
    return sum((_figure(child) for child in top.children), ZERO)
