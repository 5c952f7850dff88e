"""What becomes of one word on a leaf when its group moves to another version, and how a preview tells it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.enums import Kept
from assessments.models import Group, Opinion, Score
from assessments.scorecard import leaf_outcome, rounding_of
from assessments.words import points_out_of_range
from assessments.workflow.moving_shapes import Fate, Line, Outcome, Pair
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.models import Criterion
from criteria.rules import RuleKind, is_computed_last, kind_label, points_known, stored
from criteria.rules.last import ADDED
from parindex.notation import vietnamese

# Rules that take an amount as it is given.
DIRECT = frozenset((RuleKind.MANUAL, RuleKind.SURVEY, RuleKind.IMPORTED))
COMPUTED_AGAIN = "Hệ thống tính lại khi kết luận, vì hồ sơ có điểm thay đổi."
# A word that is shown to change; what one comes to that says nothing of points; a word that stays as it is.
Judged = Line | Outcome | None


class Judge:
    """Judges words on the leaves of a group: the same word gets the same line in every file."""

    def __init__(self, group: Group, pairs: Mapping[int, Pair]) -> None:
        self.rounding = rounding_of(group)
        self.pairs = pairs

    def judge(self, row: Score | Opinion) -> Judged:
        """What becomes of this word, and of every other that says the same."""
        kind = Kept(row.track) if isinstance(row, Score) else Kept.OPINION
        pair = self.pairs[row.criterion_id]
        is_said = not isinstance(row, Score) or row.at is not None
        if pair.new is None:
            said = _said(row, pair.old, kind)
            return Line(kind, Fate.ASIDE, pair, said, why=pair.why) if is_said else None
        found = self._outcome(row, pair, pair.new) if is_said else self._empty(pair.new)
        if isinstance(found, str):
            before = _said(row, pair.old, kind)
            return Line(kind, Fate.OPENED, pair, before, "chưa ghi", found, self._empty(pair.new))
        return _recounted(row, kind, pair, pair.new, found)

    def again(self, score: Score, pair: Pair, new: Criterion) -> Line:
        """A conclusion worked out from the file's totals, which are others now: it waits for them."""
        before = _said(score, pair.old, Kept.CONCLUSION)
        empty = self._empty(new)
        return Line(Kept.CONCLUSION, Fate.RECOMPUTED, pair, before, "chờ tính", COMPUTED_AGAIN, empty)

    def _outcome(self, row: Score | Opinion, pair: Pair, new: Criterion) -> Outcome | str:
        """What the word comes to on the new leaf, or why it cannot stand there."""
        if pair.refuses:
            return pair.refuses
        points = row.points
        if row.facts:
            try:
                found = points_known(new, row.facts)
            except (FactsRefused, RuleRefused) as error:
                return f"Cách chấm mới không nhận số liệu đã ghi: {error}"
            points = found
        elif points is not None and pair.has_other_rule and RuleKind(new.rule_kind) not in DIRECT:
            return f"Cách chấm đổi thành “{kind_label(new.rule_kind)}”: cần số liệu."
        if points is not None and (wrong := points_out_of_range(new, points)):
            return wrong
        return self._worth(new, points, not_applicable=row.not_applicable)

    def _empty(self, new: Criterion) -> Outcome:
        return self._worth(new, None, not_applicable=False)

    def _worth(self, new: Criterion, points: Decimal | None, *, not_applicable: bool) -> Outcome:
        obtained, attainable = leaf_outcome(
            new, rounding=self.rounding, points=points, not_applicable=not_applicable
        )
        return Outcome(None if points is None else stored(points), obtained, attainable)


def _recounted(row: Score | Opinion, kind: Kept, pair: Pair, new: Criterion, found: Outcome) -> Judged:
    """The word stands and may come to something else; who has said nothing of points changes nothing."""
    if isinstance(row, Score):
        same = (row.obtained, row.attainable) == (found.obtained, found.attainable)
    else:
        same = row.points == found.points
    if row.points is None and not row.not_applicable:
        return found if isinstance(row, Score) and not same else None
    before, after = _said(row, pair.old, kind), _said(row, new, kind, found)
    if before == after and same:
        return None
    return Line(kind, Fate.RECOMPUTED, pair, before, after, _difference(pair), found)


def entered_part(leaf: Criterion, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a rule computed last without what the system had added."""
    added = ADDED[RuleKind(leaf.rule_kind)] if is_computed_last(leaf.rule_kind) else frozenset()
    return {name: value for name, value in facts.items() if name not in added}


# -- words of a preview


def _said(row: Score | Opinion, leaf: Criterion, kind: Kept, found: Outcome | None = None) -> str:
    """A word with its leaf's maximum, as it is or as `found`. Points of an opinion are blind."""
    if kind == Kept.OPINION:
        return "đã ghi"
    if row.not_applicable:
        obtained = found.obtained if found else getattr(row, "obtained", None)
        return "không áp dụng" if not obtained else f"không áp dụng, tính trọn {vietnamese(obtained)}"
    points = found.points if found else row.points
    if points is None:
        return "đã ghi số liệu" if row.facts else "đã ghi giải trình"
    return f"{vietnamese(points)} / {vietnamese(leaf.max_points)}"


def _difference(pair: Pair) -> str:
    """Why a word comes to something else."""
    if pair.has_other_rule:
        return "Cách chấm đổi."
    if pair.new is not None and pair.new.max_points != pair.old.max_points:
        return "Điểm tối đa đổi."
    return "Cách tính vào tổng đổi."
