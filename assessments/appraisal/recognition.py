"""Recognising the self-scores that nobody questioned, of a file or of a criterion, in one explicit step."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from assessments.appraisal.disputes import differing
from assessments.enums import ClarificationState, Track
from assessments.exceptions import WrongState
from assessments.models import Assessment, Clarification, Group, Score
from assessments.permissions import check_recognise
from assessments.words import Word
from assessments.workflow import record_words
from assessments.workflow.conclusions import ACCEPTED
from criteria.enums import NOT_SELF_SCORED
from criteria.models import Criterion
from criteria.rules import is_computed_last
from parindex.accounts.models import User


def recognisable(files: Sequence[Assessment], leaf: Criterion | None = None) -> list[Word]:
    """The self-scores, as conclusions, of leaves that wait for one: of whole files, or of one leaf.

    Left out: leaves on which a proposal or an opinion differs from the self-score, leaves with a question
    to the unit that is not closed, and those that the system computes last. In two queries.
    """
    asked = Clarification.objects.filter(
        assessment=OuterRef("assessment"), criterion=OuterRef("criterion")
    ).exclude(state=ClarificationState.CLOSED)
    waiting = (
        Score.objects.filter(
            ~differing(), ~Exists(asked), assessment__in=files, track=Track.CONCLUSION, at=None
        )
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .select_related("criterion")
        .order_by("criterion__position", "pk")
    )
    own = Score.objects.filter(assessment__in=files, track=Track.SELF, obtained__isnull=False)
    if leaf is not None:
        waiting, own = waiting.filter(criterion=leaf), own.filter(criterion=leaf)
    words = {(score.assessment_id, score.criterion_id): score for score in own}
    by_key = {file.pk: file for file in files}
    found = []
    for row in waiting:
        word = words.get((row.assessment_id, row.criterion_id))
        if word is None or (is_computed_last(row.criterion.rule_kind) and not word.not_applicable):
            continue
        found.append(
            Word(
                assessment=by_key[row.assessment_id],
                criterion=row.criterion,
                points=word.points,
                not_applicable=word.not_applicable,
                reason=ACCEPTED,
                facts=word.facts,
            )
        )
    return found


@transaction.atomic
def recognise(
    group: Group,
    files: Sequence[Assessment],
    leaf: Criterion | None = None,
    *,
    by: User,
    seen: int,
    now: dt.datetime | None = None,
) -> int:
    """Write these self-scores as conclusions by this person; `seen` is how many the preview showed.

    Returns how many were written. Raises NotPermitted, and WrongState for a file that is not in appraisal
    or where the number is no longer what the person saw.
    """
    keys = [file.pk for file in files]
    held = list(
        Assessment.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("group__round", "group__framework")
        .order_by("pk")
    )
    for file in held:
        check_recognise(by, file, now=now)
    words = recognisable(held, leaf)
    if len(words) != seen:
        raise WrongState(
            f"Số mục công nhận được vừa đổi từ {seen} thành {len(words)}. "
            "Chưa ghi mục nào; xem lại rồi xác nhận."
        )
    return record_words(group, words, track=Track.CONCLUSION, by=by.actor, because=ACCEPTED) if words else 0
