"""One file: whose turn it is, and what has happened to it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty
from assessments.models import Assessment, RoundRole, Substitute
from assessments.permissions import NOT_SUBMITTED
from assessments.transitions import TABLE
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership
from parindex.audit.models import Event


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is, and the names of the people where they are known."""

    role: str
    names: tuple[str, ...] = ()


def holder_of(file: Assessment) -> Holder:
    """Who has to do the next thing with a file."""
    day = timezone.localdate()
    if file.state in NOT_SUBMITTED:
        role = Role.UNIT_OFFICER if file.state == AssessmentState.DRAFT else Role.UNIT_HEAD
        held = Membership.objects.on(day).filter(unit=file.unit_id, role=role).select_related("user")
        return Holder(str(role.label), tuple(str(one.user) for one in held.order_by("pk")))
    names = tuple(f"thư ký {name}" for name in _secretaries_of(file, day))
    if file.state == AssessmentState.SUBMITTED:
        return Holder("Chờ cơ quan chủ trì hoặc Thư ký Hội đồng thẩm định tiếp nhận", names)
    if file.state == AssessmentState.IN_APPRAISAL:
        return Holder("Hội đồng thẩm định", names)
    return Holder("Đã xong thẩm định, không chờ ai")


def _secretaries_of(file: Assessment, day: dt.date) -> Iterator[str]:
    """The secretaries who deal with a file; in the place of its unit's own people, who stands in."""
    duties = RoundRole.objects.on(day).over(file.group_id).filter(role=RoundDuty.COUNCIL_SECRETARY)
    recused = Membership.objects.on(day).filter(unit=file.unit_id, role__in=UNIT_ROLES).values("user")
    for duty in duties.exclude(user__in=recused).select_related("user").order_by("pk"):
        yield str(duty.user)
    named = Substitute.objects.filter(unit=file.unit_id, role__in=duties).select_related("user", "role__user")
    for one in named.order_by("pk"):
        yield f"{one.user} (thay {one.role.user})"


def events_of(file: Assessment, *, with_scores: bool = True) -> QuerySet[Event]:
    """What has happened to a file, newest first: all, or its moves alone."""
    events = Event.objects.filter(object_type=file._meta.label_lower, object_id=file.pk).order_by("-pk")
    return events if with_scores else events.filter(after__has_key="state")


def last_move(file: Assessment) -> Event | None:
    """What brought the file into the state in which it is."""
    verbs = [row.audit for row in TABLE]
    return events_of(file).filter(after__state=file.state, verb__in=verbs).first()


@dataclass(frozen=True, slots=True)
class PastMove:
    """One line of a file's history, with what changed in the words of the pages."""

    event: Event

    @property
    def states(self) -> tuple[str, str] | None:
        """From which state to which; the same twice where only the deadline moved."""
        before, after = self.event.before.get("state"), self.event.after.get("state")
        return (_label(before), _label(after)) if before and after else None

    @property
    def stays(self) -> bool:
        """Whether the file stayed in its state."""
        states = self.states
        return states is not None and states[0] == states[1]

    @property
    def scored(self) -> int:
        """How many leaves were scored, where that is what was done; what they got is not told here."""
        return 0 if self.states else len(self.event.after.keys() - {"facts", "reasons"})

    @property
    def new_deadline(self) -> dt.date | None:
        """The last day that the unit was given."""
        return _day(self.event.after.get("self_scoring_until"))


def _label(state: Any) -> str:
    return str(AssessmentState(state).label) if state in AssessmentState.values else str(state)


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def history(events: Sequence[Event]) -> Iterator[PastMove]:
    """Events as lines of a history."""
    return (PastMove(event) for event in events)
