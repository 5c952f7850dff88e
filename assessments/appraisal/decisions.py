"""What one person says of one leaf in the appraisal: the self-score kept, or changed with a reason."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.enums import Track, Voice
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Opinion, Score
from assessments.permissions import check_appraise
from assessments.words import Word, checked
from assessments.workflow import record_words
from assessments.workflow.conclusions import ACCEPTED
from criteria.models import Criterion
from parindex.accounts.models import User
from parindex.audit.events import record
from parindex.notation import plain

Said = Score | Opinion
TRACKS = {Voice.PROPOSAL: Track.PROPOSAL, Voice.CONCLUSION: Track.CONCLUSION}


class StaleDecision(AssessmentError):
    """The row was written after it was read; `now` is what stands there, `own` the unit's self-score."""

    def __init__(self, message: str, *, now: Said | None, own: Score | None) -> None:
        super().__init__(message)
        self.now, self.own = now, own


@dataclass(frozen=True, slots=True)
class Decision:
    """One word on a leaf. `keeps` takes over the self-score; the versions are those that were read."""

    voice: Voice
    version: int
    own_version: int
    keeps: bool
    points: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_applicable: bool = False
    reason: str = ""


@transaction.atomic
def decide(
    assessment: Assessment, leaf: Criterion, said: Decision, *, by: User, now: dt.datetime | None = None
) -> None:
    """Write one person's word on a leaf on its own track, or as their own opinion.

    Raises NotPermitted, WrongState, StaleDecision where somebody wrote in between, and AssessmentError for
    a change without a reason, nothing to keep, or what the leaf's rule refuses.
    """
    file = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("group__round", "group__framework")
        .get(pk=assessment.pk)
    )
    check_appraise(by, file, leaf, voice=said.voice, now=now)
    held = file.scores.filter(criterion=leaf)
    own = held.filter(track=Track.SELF).first()
    earlier: Said | None
    if said.voice == Voice.OPINION:
        earlier = Opinion.objects.filter(assessment=file, criterion=leaf, member=by).first()
    else:
        earlier = held.filter(track=TRACKS[said.voice]).first()
    require_fresh(file, leaf, said, earlier, own)
    word = word_of(file, leaf, said, own)
    if said.voice == Voice.OPINION:
        _write_opinion(word, earlier, by, now or timezone.now())
    else:
        record_words(file.group, [word], track=TRACKS[said.voice], by=by.actor, because=word.reason)


def require_fresh(
    file: Assessment, leaf: Criterion, said: Decision, earlier: Said | None, own: Score | None
) -> None:
    """Raise StaleDecision where the rows are no longer those that the person's page showed."""
    if said.version == (earlier.version if earlier else 0) and said.own_version == (
        own.version if own else 0
    ):
        return
    who = earlier.author_name if isinstance(earlier, Score) else ""
    by = f"{who} vừa ghi" if who else "Có người vừa sửa"
    raise StaleDecision(f"{by} mục {leaf.code} của {file.unit_name}. Chưa ghi gì.", now=earlier, own=own)


def word_of(file: Assessment, leaf: Criterion, said: Decision, own: Score | None) -> Word:
    """The word to be written: the unit's own, or the person's, which needs a reason."""
    if said.keeps:
        if own is None or not own.is_entered:
            raise AssessmentError(
                f"{file.unit_name} chưa tự chấm mục {leaf.code} nên không giữ nguyên được. "
                "Ghi điểm kèm lý do."
            )
        reason = said.reason or (ACCEPTED if said.voice == Voice.CONCLUSION else "")
        return Word(
            assessment=file,
            criterion=leaf,
            points=own.points,
            not_applicable=own.not_applicable,
            reason=reason,
            facts=own.facts,
        )
    if not said.reason:
        raise AssessmentError(f"Nêu lý do điều chỉnh mục {leaf.code} của {file.unit_name}.")
    return Word(
        assessment=file,
        criterion=leaf,
        points=said.points,
        not_applicable=said.not_applicable,
        reason=said.reason,
        facts=said.facts,
    )


def _write_opinion(word: Word, earlier: Said | None, by: User, now: dt.datetime) -> None:
    word = checked(word, word.assessment.group)
    opinion, _ = Opinion.objects.update_or_create(
        assessment=word.assessment,
        criterion=word.criterion,
        member=by,
        defaults={
            "member_name": by.actor.name,
            "facts": dict(word.facts),
            "points": word.stored_points,
            "not_applicable": word.not_applicable,
            "reason": word.reason,
            "at": now,
            "version": earlier.version + 1 if earlier else 1,
        },
    )
    # On the opinion, not on the file: others read the file's history, and an opinion is blind.
    record(
        by=by.actor,
        verb="ghi ý kiến thành viên",
        on=opinion,
        before=_told(earlier),
        after=_told(opinion),
        reason=word.reason,
    )


def _told(said: Said | None) -> dict[str, Any]:
    if said is None:
        return {}
    points = None if said.points is None else plain(said.points)
    return {"points": points, "not_applicable": said.not_applicable, "facts": said.facts}
