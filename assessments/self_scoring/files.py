"""The files of a person's units, and who else has to do with one."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, Track, Verb
from assessments.models import Assessment, Score
from assessments.permissions import NOT_SUBMITTED, organisers_of
from assessments.permissions.files import papers
from assessments.self_scoring.contents import Progress
from assessments.states import self_scoring_deadline
from assessments.transitions import TRANSITIONS
from criteria.enums import NOT_SELF_SCORED
from criteria.models import Criterion
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User
from parindex.audit.models import Event

GOES_BACK = (
    Verb.RETURN_TO_OFFICER,
    Verb.RETURN_AT_RECEIPT,
    Verb.GRANT_MORE_TIME,
    Verb.REOPEN_SELF_SCORING,
)


def memberships_in_units(user: User, *, now: dt.datetime | None = None) -> list[Membership]:
    """The person's duties in units today, with the units."""
    held = Membership.objects.on(timezone.localdate(now)).filter(user=user, role__in=UNIT_ROLES)
    return list(held.select_related("unit").order_by("unit__sort_key", "role"))


def files_of(user: User, *, now: dt.datetime | None = None) -> QuerySet[Assessment]:
    """The files, of the units that the person belongs to today, that can be scored."""
    return _scorable().filter(unit__in=units_of(user, now))


def files_entered_for(user: User) -> QuerySet[Assessment]:
    """The files that the person's organiser enters for the units, from signed papers on record."""
    return _scorable().filter(
        group__round__organiser__in=organisers_of(user, (Role.PUBLISHER,)),
        pk__in=papers().values("object_id"),
    )


def units_of(user: User, now: dt.datetime | None = None) -> QuerySet[Membership, int] | list[int]:
    """The units that the person belongs to today.

    The roles of a request are read anyway: a save must not ask for them once more.
    """
    if user.standing is not None and now is None:
        return [held.place_id for held in user.standing.lasting if held.in_unit]
    held = Membership.objects.on(timezone.localdate(now)).filter(user=user, role__in=UNIT_ROLES)
    return held.values_list("unit", flat=True)


def _scorable() -> QuerySet[Assessment]:
    return Assessment.objects.filter(group__framework__isnull=False).select_related(
        "group__round__organiser", "group__framework"
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """One file in the work list."""

    file: Assessment
    progress: Progress

    @property
    def is_open(self) -> bool:
        """Whether the file is still with the unit."""
        return self.file.state in NOT_SUBMITTED

    @property
    def until(self) -> dt.date | None:
        """The last day of self-scoring."""
        return self_scoring_deadline(self.file)


def listed_files(user: User) -> list[Listed]:
    """All files of the person's units with their progress: open ones first, the nearest deadline first."""
    files = list(files_of(user))
    if not files:
        return []
    frameworks = {file.group.framework_id for file in files}
    leaves = Criterion.objects.filter(framework__in=frameworks, is_leaf=True).exclude(
        source__in=NOT_SELF_SCORED
    )
    totals = dict(leaves.values_list("framework").annotate(Count("pk")).order_by())
    entered = dict(
        Score.objects.filter(Score.ENTERED, assessment__in=files, track=Track.SELF)
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .values_list("assessment")
        .annotate(Count("pk"))
        .order_by()
    )
    listed = [
        Listed(file, Progress(entered.get(file.pk, 0), totals.get(file.group.framework_id, 0)))
        for file in files
    ]
    return sorted(
        listed,
        key=lambda one: (
            not one.is_open,
            one.until or dt.date.max,
            -one.file.group.round.year,
            one.file.unit_sort_key,
        ),
    )


def heads_of(file: Assessment, *, now: dt.datetime | None = None) -> list[str]:
    """The names of the people who approve for the unit today."""
    held = Membership.objects.on(timezone.localdate(now)).filter(unit=file.unit_id, role=Role.UNIT_HEAD)
    return [str(one.user) for one in held.select_related("user").order_by("pk")]


def last_return(file: Assessment) -> Event | None:
    """Why a file that the unit is scoring came back, and from whom; nothing where it never went anywhere."""
    return last_returns([file]).get(file.pk)


def last_returns(files: Iterable[Assessment]) -> dict[int, Event]:
    """The same for many files, by their keys, in one query."""
    open_again = [file.pk for file in files if file.state == AssessmentState.DRAFT]
    if not open_again:
        return {}
    sent = TRANSITIONS[Verb.SEND_TO_HEAD].audit
    events = Event.objects.filter(
        object_type=Assessment._meta.label_lower,
        object_id__in=open_again,
        verb__in=[sent, *(TRANSITIONS[verb].audit for verb in GOES_BACK)],
    ).order_by("pk")
    latest = {event.object_id: event for event in events if event.verb == sent or event.reason}
    return {key: event for key, event in latest.items() if event.reason}
