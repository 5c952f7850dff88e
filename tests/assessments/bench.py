"""A group in appraisal: units with self-scores and nothing else, and people who say something of them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone

from assessments.appraisal import Decision, decide
from assessments.enums import AssessmentState, RoundDuty, Track, Voice
from assessments.models import Assessment, Group, Opinion, Score, Substitute
from criteria.models import Criterion
from parindex.accounts.models import User
from tests.factories.assessments import GroupFactory, RoundRoleFactory, score

OWN = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}


def today() -> dt.date:
    return timezone.localdate()


def in_appraisal(*, size: int = 3, own: Mapping[str, str | None] = OWN, **given: Any) -> Group:
    """A group whose units have scored themselves and wait for the council."""
    group = GroupFactory(size=size, **given)
    for file in group.assessments.all():
        score(file, own, track=Track.SELF)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL, submitted_at=timezone.now())
    return group


def files_of(group: Group) -> list[Assessment]:
    return list(
        group.assessments.select_related("group__round", "group__framework").order_by("unit_sort_key")
    )


def leaf_of(group: Group, code: str) -> Criterion:
    return group.used_framework.criteria.select_related("content").get(code=code)


def with_duty(group: Group, duty: RoundDuty, **given: Any) -> User:
    """A new person with a duty in the round; a lead agency leads content 1."""
    contents = ["1"] if duty == RoundDuty.LEAD_AGENCY else []
    return RoundRoleFactory(round=group.round, role=duty, **{"contents": contents, **given}).user


def substitute(group: Group, duty: RoundDuty, user: User, file: Assessment) -> Substitute:
    """Somebody stands in for a new holder of a duty in the appraisal of one unit."""
    contents = ["1"] if duty == RoundDuty.LEAD_AGENCY else []
    role = RoundRoleFactory(round=group.round, role=duty, contents=contents)
    return Substitute.objects.create(
        role=role,
        unit=file.unit,
        user=user,
        reason="Người được thay thuộc đơn vị",
        named_by="Nội vụ",
        named_at=timezone.now(),
    )


def versions(file: Assessment, leaf: Criterion, voice: Voice, user: User) -> tuple[int, int]:
    """The versions that a page would show this person: of the word of that part, and of the self-score."""
    own = Score.objects.filter(assessment=file, criterion=leaf, track=Track.SELF).first()
    mine: Any = Opinion.objects.filter(assessment=file, criterion=leaf, member=user).first()
    if voice != Voice.OPINION:
        mine = Score.objects.filter(assessment=file, criterion=leaf, track=voice.value).first()
    return (mine.version if mine else 0), (own.version if own else 0)


def say(
    file: Assessment, code: str, voice: Voice, by: User, *, points: str | None = None, reason: str = "Lý do"
) -> None:
    """Keep the self-score, or give other points with a reason."""
    leaf = leaf_of(file.group, code)
    version, own = versions(file, leaf, voice, by)
    keeps = points is None
    decision = Decision(
        voice,
        version,
        own,
        keeps,
        None if points is None else Decimal(points),
        reason="" if keeps else reason,
    )
    decide(file, leaf, decision, by=by)
