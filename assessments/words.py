"""What is said of a leaf: facts or points, checked against the leaf and its rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group
from assessments.scorecard import counts_in
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.models import Criterion
from criteria.rules import points_known, stored
from parindex.fields import millionths
from parindex.notation import vietnamese


@dataclass(frozen=True, slots=True)
class Word:
    """What one track says of one leaf of one unit: facts or points, or not applicable, with a reason.

    Facts are what the leaf's rule takes (criteria.rules.shapes), and the points follow from them.
    Points without facts are an entry beside the rule: papers print points. Only a unit that is still
    writing may say less than that: an explanation without points yet, or nothing, which empties the row.
    """

    assessment: Assessment
    criterion: Criterion
    points: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_unfinished: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether it empties the row."""
        return self.points is None and not (self.not_applicable or self.facts or self.reason)

    @property
    def stored_points(self) -> Decimal | None:
        """The points as they are stored: what facts give may have more places than are kept."""
        return stored(self.points) if self.facts and self.points is not None else self.points


def checked(word: Word, group: Group) -> Word:
    """The word with the points, not rounded, that its facts give.

    Raises AssessmentError naming the unit and the leaf.
    """
    _require_scored(word, group)
    word = _with_points(word)
    _require_sound(word)
    return word


def _refusal(word: Word, message: str) -> AssessmentError:
    return AssessmentError(f"{word.assessment.unit_name}: {message}")


def _require_scored(word: Word, group: Group) -> None:
    leaf = word.criterion
    if not leaf.is_leaf or not counts_in(leaf, group):
        raise _refusal(word, f"Mục {leaf.code} không chấm điểm trong nhóm này.")


def _with_points(word: Word) -> Word:
    """A word with the points, not rounded, that its facts give; none yet where the rule is computed last."""
    leaf = word.criterion
    if not word.facts:
        return word
    if word.not_applicable:
        raise _refusal(word, f"Mục {leaf.code} không áp dụng thì không có số liệu.")
    try:
        points = points_known(leaf, word.facts)
    except (FactsRefused, RuleRefused) as error:
        raise _refusal(word, f"Mục {leaf.code}: {error}") from error
    if word.points is not None and (points is None or stored(word.points) != stored(points)):
        gives = "chưa cho điểm" if points is None else f"cho {vietnamese(stored(points))} điểm"
        given = f"khác điểm ghi kèm là {vietnamese(word.points)}"
        raise _refusal(word, f"Mục {leaf.code}: số liệu {gives}, {given}.")
    return replace(word, points=points)


def _require_sound(word: Word) -> None:
    """A word gives points on the leaf's scale, or says that the leaf does not apply."""
    refusal = ""
    points = word.stored_points
    if points is not None:
        refusal = points_refused(word.criterion, points)
    elif not word.not_applicable and not word.facts and not word.is_unfinished:
        refusal = f"Mục {word.criterion.code} chưa có điểm."
    if refusal:
        raise _refusal(word, refusal)


def points_refused(criterion: Criterion, points: Decimal) -> str:
    """Why these points cannot be stored as they are or stand on this leaf, or an empty string."""
    try:
        millionths(points)
    except ValidationError as error:
        return str(error.messages[0])
    return points_out_of_range(criterion, points)


def points_out_of_range(criterion: Criterion, points: Decimal) -> str:
    """Why these points cannot stand on this leaf, or an empty string."""
    if points < 0:
        return f"Điểm {vietnamese(points)} là số âm."
    if points > criterion.max_points:
        most = vietnamese(criterion.max_points)
        return f"Điểm {vietnamese(points)} lớn hơn điểm tối đa {most} của mục {criterion.code}."
    return ""
