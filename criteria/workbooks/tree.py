"""The tree of criteria: parents, levels, sums, and the check of each figure against what adds up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from criteria.workbooks.codes import normalised
from criteria.workbooks.entries import Entry, TotalLine
from criteria.workbooks.report import (
    ERROR,
    MANUAL,
    MISSING_PARENT,
    ORDINARY,
    RULE_UNRECOGNISED,
    SUM_MISMATCH,
    UNREADABLE_POINTS,
    WARNING,
    Findings,
    LeafUnknown,
)
from criteria.workbooks.sources import measured_by_survey, names_survey
from criteria.workbooks.wording import Found
from criteria.workbooks.words import fold
from parindex.notation import vietnamese

ZERO = Decimal(0)


@dataclass(eq=False)
class Node:
    """An entry in its place; sums are computed once, from the leaves up."""

    entry: Entry
    parent: "Node | None"
    children: list["Node"] = field(default_factory=list)
    computed: Decimal = ZERO
    whole: bool = True
    survey: bool = False
    standing: str = ORDINARY
    rule: Found = Found(MANUAL)
    full_points: bool = False

    @property
    def level(self) -> int:
        return self.parent.level + 1 if self.parent else 1

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def figure(self) -> Decimal:
        """What the parent's declared figure is compared with: the own figure, else the leaf sum."""
        return self.computed if self.entry.points is None else self.entry.points

    def whole_branch(self) -> list["Node"]:
        """The node with all nodes below it."""
        return [self, *(node for child in self.children for node in child.whole_branch())]

    def leaves(self) -> list["Node"]:
        return [node for node in self.whole_branch() if node.is_leaf]

    def add_up(self) -> None:
        """`whole` is false when a leaf below has no readable figure: its sum says nothing then."""
        if self.is_leaf:
            self.computed, self.whole = self.figure, self.entry.points is not None
            return
        for child in self.children:
            child.add_up()
        self.computed = sum((child.computed for child in self.children), ZERO)
        self.whole = all(child.whole for child in self.children)


def build(entries: Sequence[Entry], findings: Findings) -> list[Node]:
    """Nodes in document order, under their parents or, where one is missing, the nearest above it."""
    nodes: list[Node] = []
    by_code: dict[str, Node] = {}
    orphans: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.parent_code and entry.parent_code not in by_code:
            orphans.setdefault(entry.parent_code, []).append(entry)
        node = Node(entry, _nearest(entry, by_code))
        if node.parent:
            node.parent.children.append(node)
        by_code[entry.code] = node
        nodes.append(node)
    for missing, rows in orphans.items():
        _report_orphans(missing, rows, findings)
    return nodes


def add_up(nodes: Sequence[Node]) -> Decimal:
    """Work out every sum; gives that of the contents inside the scale."""
    tops = [node for node in nodes if node.parent is None]
    for top in tops:
        top.add_up()
    return sum((top.computed for top in tops if top.standing == ORDINARY), ZERO)


def _nearest(entry: Entry, by_code: dict[str, Node]) -> Node | None:
    code = entry.parent_code
    while code and code not in by_code:
        code = code.rpartition(".")[0]
    return by_code.get(code)


def _report_orphans(missing: str, rows: list[Entry], findings: Findings) -> None:
    first, others = rows[0], len(rows) - 1
    more = f" (và {others} dòng nữa)" if others else ""
    findings.add(
        MISSING_PARENT,
        ERROR,
        f"Mục {first.code} ở dòng {first.row}{more} thuộc mục {missing}, nhưng phía trên không có dòng nào "
        f"mang số {missing}.",
        row=first.row,
        cell=first.code_cell,
        code=first.code,
    )


def check_points(nodes: Sequence[Node], findings: Findings) -> None:
    """Leaves without a readable figure; inner nodes whose figure is no number."""
    for node in nodes:
        entry = node.entry
        if entry.points_fault or (node.is_leaf and entry.points is None):
            reason = entry.points_fault or "ô điểm để trống"
            findings.add(
                UNREADABLE_POINTS,
                ERROR if node.is_leaf else WARNING,
                f"Không đọc được điểm của mục {entry.code} (dòng {entry.row}, ô {entry.points_cell}): "
                f"{reason}.",
                row=entry.row,
                cell=entry.points_cell,
                code=entry.code,
            )


def check_sums(nodes: Sequence[Node], findings: Findings) -> None:
    """Report a figure that is neither the sum of the figures below it nor the sum of its leaves.

    Where a slip lies deeper, the figures above it still agree with those just below them, so each
    slip is reported once, where it is.
    """
    for node in nodes:
        entry = node.entry
        if node.is_leaf or not node.whole or entry.points is None:
            continue
        below = sum((child.figure for child in node.children), ZERO)
        if entry.points not in {below, node.computed}:
            findings.add(
                SUM_MISMATCH,
                ERROR,
                f"Mục {entry.code} (dòng {entry.row}, ô {entry.points_cell}) ghi "
                f"{vietnamese(entry.points)} điểm, các mục bên trong cộng lại được "
                f"{vietnamese(node.computed)} điểm.",
                row=entry.row,
                cell=entry.points_cell,
                code=entry.code,
                declared=entry.points,
                computed=node.computed,
            )


def check_total(nodes: Sequence[Node], total: TotalLine | None, findings: Findings) -> None:
    """The total line against the contents, under the same rule as every other figure."""
    if total is None:
        return
    if total.fault:
        findings.add(
            UNREADABLE_POINTS,
            WARNING,
            f"Không đọc được tổng điểm (dòng {total.row}, ô {total.cell}): {total.fault}.",
            row=total.row,
            cell=total.cell,
        )
    tops = [node for node in nodes if node.parent is None and node.standing == ORDINARY]
    computed = sum((node.computed for node in tops), ZERO)
    figures = sum((node.figure for node in tops), ZERO)
    whole = all(node.whole for node in tops)
    if whole and total.points is not None and total.points not in {computed, figures}:
        findings.add(
            SUM_MISMATCH,
            ERROR,
            f"Dòng tổng điểm (dòng {total.row}, ô {total.cell}) ghi {vietnamese(total.points)} điểm, "
            f"các nội dung cộng lại được {vietnamese(computed)} điểm.",
            row=total.row,
            cell=total.cell,
            declared=total.points,
            computed=computed,
        )


def mark_survey(nodes: Sequence[Node], named: Collection[str], findings: Findings) -> None:
    """Survey leaves: by the words of their own or an inner title above, by a column, and those the caller
    names."""
    for node in nodes:
        entry = node.entry
        inherited = node.parent is not None and node.parent.survey
        node.survey = inherited or measured_by_survey(entry.title) or _column_says_survey(entry)
        if node.is_leaf and entry.survey_points:
            node.survey = entry.survey_points == entry.points
            if not node.survey:
                _report_shared(entry, findings)
    for code in named:
        found = [node for node in nodes if _is_called(node.entry, code)]
        if not found:
            raise LeafUnknown(f"Không có mục nào mang số “{code}” để tính là điểm điều tra xã hội học.")
        for leaf in found[0].leaves():
            leaf.survey = True


def _column_says_survey(entry: Entry) -> bool:
    """Whether a cell beside the title says nothing but that the survey scores it."""
    return any(names_survey(text) for text in [entry.scoring, *entry.notes, *entry.extra.values()])


def _report_shared(entry: Entry, findings: Findings) -> None:
    findings.add(
        RULE_UNRECOGNISED,
        WARNING,
        f"Mục {entry.code} (dòng {entry.row}) có {vietnamese(entry.survey_points or ZERO)} điểm điều tra xã "
        f"hội học trong {vietnamese(entry.points or ZERO)} điểm tối đa. Một mục chỉ có một nguồn điểm: "
        "hãy tách thành hai mục, hoặc để chấm trực tiếp.",
        row=entry.row,
        cell=entry.points_cell,
        code=entry.code,
    )


def _is_called(entry: Entry, code: str) -> bool:
    printed = entry.token.printed if entry.token else ""
    return entry.code == normalised(code) or (printed != "" and fold(printed) == fold(code))
