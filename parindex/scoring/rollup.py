"""Folding leaves into totals, with obtained and attainable side by side up the tree.

Sums are exact: where the stage of rounding is the leaf, the leaves come in rounded already
(parindex.scoring.rounding.leaf_points); where it is the total, rounding waits for the printing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from parindex.scoring.errors import require_rule
from parindex.scoring.rounding import EXACT, ZERO, exact_sum


class NotApplicable(StrEnum):
    """What a leaf gives a unit it does not apply to: a setting of the framework's leaf."""

    FULL_POINTS = "full_points"
    EXCLUDED = "excluded"


class Standing(StrEnum):
    """Whether a leaf counts inside the maximum, or is added (bonus) or taken off (penalty) outside it.

    Bonus points inside the hundred, as in Đông Triều's content 9, are ordinary leaves.
    """

    ORDINARY = "ordinary"
    BONUS = "bonus"
    PENALTY = "penalty"


@dataclass(frozen=True, slots=True)
class LeafScore:
    """What is known of one leaf of one unit on one track (self-scored, appraised, …).

    `obtained` is in points, as `leaf_points` gives them; of a penalty it is the size of the penalty,
    a positive number; None when nobody has scored the leaf. `left_out`: a survey leaf where no survey
    is held.
    """

    max_points: Decimal
    obtained: Decimal | None
    not_applicable: bool = False
    not_applicable_mode: NotApplicable = NotApplicable.EXCLUDED
    is_survey: bool = False
    standing: Standing = Standing.ORDINARY
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class LeafResult:
    """What the leaf brings to the totals, in points; a penalty is negative, None is not scored yet."""

    obtained: Decimal | None
    attainable: Decimal
    is_survey: bool = False
    standing: Standing = Standing.ORDINARY

    @property
    def scored(self) -> bool:
        """Whether the leaf has its points."""
        return self.obtained is not None


def score_leaf(score: LeafScore) -> LeafResult:
    """What one leaf brings to the totals.

    Not applicable gives the full points (Hoàng Mai 2024, criteria 5.5 and 7.1.4) or takes the leaf out
    of the denominator (Phường 2, 2022: 88.46 of 99), by the mode of the leaf; a bonus or a penalty that
    does not apply gives nothing. A survey that is not held leaves numerator and denominator (Hoàng Mai
    2024, mục II.1). Points are taken as they come: the rules have checked them, and a paper's own
    figures are recorded as printed.
    """
    obtained, attainable = score.obtained, score.max_points
    ordinary = score.standing is Standing.ORDINARY
    if score.left_out:
        obtained, attainable = ZERO, ZERO
    elif score.not_applicable and ordinary and score.not_applicable_mode is NotApplicable.FULL_POINTS:
        obtained = score.max_points
    elif score.not_applicable:
        obtained, attainable = ZERO, ZERO
    if not ordinary:
        attainable = ZERO
    if score.standing is Standing.PENALTY and obtained is not None:
        obtained = EXACT.subtract(ZERO, obtained)
    return LeafResult(obtained, attainable, is_survey=score.is_survey and ordinary, standing=score.standing)


@dataclass(frozen=True, slots=True)
class Node:
    """A criterion at any level: with children, or a leaf with its result.

    `unallocated`: declared points that no leaf below accounts for; they count in the denominator and
    nobody can earn them. Raises RuleError for a leaf with children and for negative unallocated points.
    """

    key: str
    children: tuple["Node", ...] = ()
    leaf: LeafResult | None = None
    unallocated: Decimal = ZERO

    def __post_init__(self) -> None:
        require_rule(
            self.leaf is None or not self.children,
            f"Tiêu chí {self.key} vừa có điểm vừa có tiêu chí con.",
        )
        require_rule(self.unallocated >= 0, f"Điểm chưa phân bổ của tiêu chí {self.key} là số âm.")


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in points, exact. A leaf not scored yet counts as 0 and is counted in `unscored`.

    `obtained` = `appraised_obtained` + `survey_obtained`, with bonus and penalty on the appraised
    side. `bonus` and `penalty` (a positive number) say how much of `obtained` they are.
    """

    obtained: Decimal = ZERO
    attainable: Decimal = ZERO
    appraised_obtained: Decimal = ZERO
    survey_obtained: Decimal = ZERO
    appraised_attainable: Decimal = ZERO
    survey_attainable: Decimal = ZERO
    bonus: Decimal = ZERO
    penalty: Decimal = ZERO
    unscored: int = 0


@dataclass(frozen=True, slots=True)
class RollUp:
    """Totals of every node by its key, as plain sums, and the total of the whole framework.

    They differ at the root only by the cap on the bonus and by the floor at 0. What the floor or the
    cap takes away is taken from the appraised side, so that appraised + survey stays the total.
    """

    nodes: Mapping[str, Totals]
    total: Totals


def roll_up(root: Node, *, bonus_cap: Decimal | None = None) -> RollUp:
    """Fold the tree of one unit. The cap on bonus points is the framework's, None for no cap.

    Raises RuleError when two nodes have one key.
    """
    nodes: dict[str, Totals] = {}
    for node in _children_first(root):
        require_rule(node.key not in nodes, f"Mã tiêu chí {node.key} bị trùng trong cây tiêu chí.")
        nodes[node.key] = _totals(node, nodes)
    return RollUp(nodes=nodes, total=_capped(nodes[root.key], bonus_cap))


def _children_first(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield from _children_first(child)
    yield node


def _totals(node: Node, below: Mapping[str, Totals]) -> Totals:
    parts = [below[child.key] for child in node.children]
    if node.leaf is not None:
        parts.append(_leaf_totals(node.leaf))
    parts.append(Totals(attainable=node.unallocated, appraised_attainable=node.unallocated))
    return Totals(
        obtained=exact_sum(part.obtained for part in parts),
        attainable=exact_sum(part.attainable for part in parts),
        appraised_obtained=exact_sum(part.appraised_obtained for part in parts),
        survey_obtained=exact_sum(part.survey_obtained for part in parts),
        appraised_attainable=exact_sum(part.appraised_attainable for part in parts),
        survey_attainable=exact_sum(part.survey_attainable for part in parts),
        bonus=exact_sum(part.bonus for part in parts),
        penalty=exact_sum(part.penalty for part in parts),
        unscored=sum(part.unscored for part in parts),
    )


def _leaf_totals(leaf: LeafResult) -> Totals:
    obtained = ZERO if leaf.obtained is None else leaf.obtained
    totals = Totals(
        obtained=obtained,
        attainable=leaf.attainable,
        bonus=obtained if leaf.standing is Standing.BONUS else ZERO,
        penalty=EXACT.subtract(ZERO, obtained) if leaf.standing is Standing.PENALTY else ZERO,
        unscored=0 if leaf.scored else 1,
    )
    if leaf.is_survey:
        return replace(totals, survey_obtained=obtained, survey_attainable=leaf.attainable)
    return replace(totals, appraised_obtained=obtained, appraised_attainable=leaf.attainable)


def _capped(totals: Totals, bonus_cap: Decimal | None) -> Totals:
    bonus = totals.bonus if bonus_cap is None else min(totals.bonus, bonus_cap)
    lost = EXACT.subtract(totals.bonus, bonus)
    obtained = max(ZERO, EXACT.subtract(totals.obtained, lost))
    return replace(
        totals,
        obtained=obtained,
        appraised_obtained=EXACT.subtract(obtained, totals.survey_obtained),
        bonus=bonus,
    )
