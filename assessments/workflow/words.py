"""Recording what a track says of leaves, with what each word comes to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.enums import AssessmentState, Track
from assessments.exceptions import WrongState
from assessments.models import AnyScore, Assessment, Group, Score
from assessments.scorecard import leaf_outcome, rounding_of
from assessments.words import Word, checked
from criteria.enums import Source
from criteria.models import Criterion
from parindex.audit.events import Actor, Change, record_each
from parindex.notation import plain

BATCH = 2000
WORD_FIELDS = (
    "facts",
    "points",
    "not_applicable",
    "reason",
    "author_id",
    "author_name",
    "at",
    "obtained",
    "attainable",
    "version",
)


@transaction.atomic
def record_words(
    group: Group, words: Sequence[Word], *, track: Track, by: Actor, because: str, reviewed: bool = False
) -> int:
    """Write many words of one track: every score with what it comes to, one event per unit.

    With `reviewed`, a conclusion that is final gives way to what a request for review led to. Returns how
    many scores were written. Raises WrongState for a conclusion that is final, and AssessmentError for facts
    that the leaf's rule cannot take, points off the leaf's scale or a leaf that does not count in the group.
    """
    files = {word.assessment.pk: word.assessment for word in words}
    # Two writers of one file wait for one another, so that neither counts from a stale version.
    list(Assessment.objects.select_for_update().filter(pk__in=files).order_by("pk"))
    held = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(assessment__in=files, track=track)
    }
    if not reviewed:
        _require_open(words, track)
    return len(_written(group, words, held, track=track, by=by, because=because))


def write_words(
    group: Group,
    words: Sequence[Word],
    held: Mapping[tuple[int, int], AnyScore | None],
    *,
    track: Track,
    by: Actor,
    because: str,
) -> list[Score]:
    """As `record_words`, for a caller that has locked the files and read what is `held` of these leaves.

    `held` has the rows of this track by file and criterion. Returns the scores as they now stand.
    """
    _require_open(words, track)
    return _written(group, words, held, track=track, by=by, because=because)


def _written(
    group: Group,
    words: Sequence[Word],
    held: Mapping[tuple[int, int], AnyScore | None],
    *,
    track: Track,
    by: Actor,
    because: str,
) -> list[Score]:
    words = [checked(word, group) for word in words]
    rounding = rounding_of(group)
    now = timezone.now()
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    after: dict[int, dict[str, Any]] = defaultdict(dict)
    written: list[Score] = []
    for word in words:
        key = word.assessment.pk
        earlier = held.get((key, word.criterion.pk))
        outcome = leaf_outcome(
            word.criterion, rounding=rounding, points=word.points, not_applicable=word.not_applicable
        )
        score = _score(word, track, outcome, earlier, by, now)
        written.append(score)
        _tell(before[key], word.criterion, earlier)
        _tell(after[key], word.criterion, score)
        _tell_reasons(before[key], after[key], word.criterion, earlier, score)
    _write(written)
    files = {word.assessment.pk: word.assessment for word in words}
    changes = [Change(file, before[key], after[key]) for key, file in files.items()]
    record_each(changes, verb=f"ghi điểm: {track.label}", reason=because, by=by)
    return written


def _write(scores: Sequence[Score]) -> None:
    Score.objects.bulk_create(
        scores,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "track", "criterion"],
        update_fields=WORD_FIELDS,
    )


def _score(
    word: Word,
    track: Track,
    outcome: tuple[Decimal | None, Decimal],
    earlier: AnyScore | None,
    by: Actor,
    now: dt.datetime,
) -> Score:
    """The row that holds a word and what it comes to."""
    obtained, attainable = outcome
    return Score(
        assessment=word.assessment,
        criterion=word.criterion,
        track=track,
        facts=dict(word.facts),
        points=word.stored_points,
        not_applicable=word.not_applicable,
        reason=word.reason,
        author_id=None if word.says_nothing else by.id,
        author_name="" if word.says_nothing else by.name,
        at=None if word.says_nothing else now,
        obtained=obtained,
        attainable=attainable,
        version=earlier.version + 1 if earlier else 1,
    )


def _tell(said: dict[str, Any], leaf: Criterion, score: AnyScore | None) -> None:
    """Add a word to an event: its points under the leaf's code, its facts, if any, under "facts"."""
    said[leaf.code] = None if score is None else _said(score)
    if score is not None and score.facts:
        said.setdefault("facts", {})[leaf.code] = score.facts


def _tell_reasons(
    before: dict[str, Any], after: dict[str, Any], leaf: Criterion, earlier: AnyScore | None, score: Score
) -> None:
    """Keep an explanation that changed, old and new, under "reasons": no text is lost by writing over it."""
    old, new = earlier.reason if earlier else "", score.reason
    if old and old != new:
        before.setdefault("reasons", {})[leaf.code] = old
    if new and old != new:
        after.setdefault("reasons", {})[leaf.code] = new


def _said(score: AnyScore) -> str | None:
    if score.not_applicable:
        return "KAD"
    return None if score.points is None else plain(score.points)


def _require_open(words: Sequence[Word], track: Track) -> None:
    """Survey points come in their own time; everything else of a conclusion is final."""
    for word in words if track == Track.CONCLUSION else ():
        if word.assessment.state == AssessmentState.CONCLUDED and word.criterion.source != Source.SURVEY:
            raise WrongState(
                f"Hồ sơ của {word.assessment.unit_name} đã kết luận nên không ghi điểm được. "
                "Mở lại thẩm định trước khi sửa."
            )
