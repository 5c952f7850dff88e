"""The verb that writes what a unit enters of its own leaves."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.enums import Track
from assessments.exceptions import AssessmentError
from assessments.models import AnyScore, Assessment, Group, Score
from assessments.permissions.files import ground_of_entry
from assessments.queries import own_scores
from assessments.scorecard import counts_in
from assessments.words import Word
from assessments.workflow import write_words
from criteria.enums import NOT_SELF_SCORED
from criteria.models import Criterion
from parindex.accounts.models import User
from parindex.audit.events import record
from parindex.notation import plain


class StaleScores(AssessmentError):
    """Somebody else wrote rows after they were read; `stale` are those rows as they stand, by criterion."""

    def __init__(self, message: str, stale: Mapping[int, AnyScore | None]) -> None:
        super().__init__(message)
        self.stale = stale


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person enters for one leaf, and the version of the row that was read, 0 where none was.

    Without points and facts it is an explanation for later, or, without that too, empties the row.
    """

    criterion: Criterion
    version: int
    points: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_applicable: bool = False
    reason: str = ""
    # A paper gave points beside the rule, and only the explanation changes.
    keeps_points: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save left: the scores that it wrote and all of the file's own, by criterion."""

    written: list[Score]
    scores: Mapping[int, AnyScore]


def is_self_scored(leaf: Criterion, group: Group) -> bool:
    """Whether the unit itself enters this leaf."""
    return leaf.is_leaf and leaf.source not in NOT_SELF_SCORED and counts_in(leaf, group)


@transaction.atomic
def save_own_words(
    assessment: Assessment, edits: Sequence[Edit], *, by: User, now: dt.datetime | None = None
) -> Saved:
    """Write what a unit's officer entered: all of it, or nothing where one row is stale.

    What a row says already, "3.5" where "3,5" stands, is not written again.

    Raises NotPermitted, WrongState, StaleScores, or AssessmentError for a leaf that the unit does not
    score and for what its rule refuses. A publisher writes by the unit's signed paper. `assessment` shows
    the state and the deadline as they are now.
    """
    locked = Assessment.objects.select_for_update().only("state", "self_scoring_until").get(pk=assessment.pk)
    assessment.state, assessment.self_scoring_until = locked.state, locked.self_scoring_until
    because = ground_of_entry(by, assessment, now=now)
    for edit in edits:
        _require_self_scored(edit.criterion, assessment)
    held = own_scores(assessment)
    _require_fresh(edits, held)
    edits = [edit for edit in edits if _is_new(edit, held.get(edit.criterion.pk))]
    words = [
        Word(
            assessment=assessment,
            criterion=edit.criterion,
            points=_kept_points(edit, held) if edit.keeps_points else edit.points,
            not_applicable=edit.not_applicable,
            reason=edit.reason,
            facts=edit.facts,
            is_unfinished=True,
        )
        for edit in edits
    ]
    earlier = {(assessment.pk, edit.criterion.pk): held.get(edit.criterion.pk) for edit in edits}
    written = write_words(assessment.group, words, earlier, track=Track.SELF, by=by.actor, because=because)
    return Saved(written, held | {score.criterion_id: score for score in written})


@transaction.atomic
def keep_unsaved(assessment: Assessment, edit: Edit, *, by: User) -> None:
    """Put on record what a person typed and gave up for another's version. Raises as `save_own_words`."""
    ground_of_entry(by, assessment)
    typed: dict[str, Any] = {edit.criterion.code: None if edit.points is None else plain(edit.points)}
    if edit.facts:
        typed["facts"] = {edit.criterion.code: edit.facts}
    if edit.reason:
        typed["reasons"] = {edit.criterion.code: edit.reason}
    record(by=by.actor, verb="bỏ bản chưa lưu, lấy bản của người khác", on=assessment, after=typed)


def _require_self_scored(leaf: Criterion, file: Assessment) -> None:
    if leaf.framework_id != file.group.framework_id or not is_self_scored(leaf, file.group):
        raise AssessmentError(f"{file.unit_name}: mục {leaf.code} không do đơn vị tự chấm.")


def _is_new(edit: Edit, score: AnyScore | None) -> bool:
    if score is None:
        return True
    points = score.points if edit.facts or edit.keeps_points else edit.points
    said = (edit.not_applicable, dict(edit.facts), points, edit.reason)
    return said != (score.not_applicable, dict(score.facts), score.points, score.reason)


def _kept_points(edit: Edit, held: Mapping[int, AnyScore]) -> Decimal | None:
    """The points that stand without facts; nothing where there are none to keep."""
    score = held.get(edit.criterion.pk)
    return score.points if score is not None and not score.facts else None


def _require_fresh(edits: Sequence[Edit], held: Mapping[int, AnyScore]) -> None:
    stale = {
        edit.criterion.pk: held.get(edit.criterion.pk)
        for edit in edits
        if edit.version != (held[edit.criterion.pk].version if edit.criterion.pk in held else 0)
    }
    if stale:
        codes = ", ".join(edit.criterion.code for edit in edits if edit.criterion.pk in stale)
        raise StaleScores(f"Người khác vừa sửa mục {codes}. Chưa ghi mục nào.", stale)
