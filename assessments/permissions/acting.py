"""What a person is to one unit's file, and the words of a refusal."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment, Round, RoundRole
from assessments.transitions import JUDGES
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User

Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Acting:
    """What a person is to one unit's file on one day.

    `led` are the codes of the contents that the person leads; `belongs` is true for the unit's own people.
    """

    roles: frozenset[Role | RoundDuty] = frozenset()
    led: frozenset[str] = frozenset()
    belongs: bool = False

    def among(self, roles: Sequence[Role | RoundDuty]) -> frozenset[Role | RoundDuty]:
        """Which of these roles the person may act in: nobody judges a unit of their own."""
        held = self.roles.intersection(roles)
        return held - JUDGES if self.belongs else held


@dataclass(frozen=True, slots=True)
class ActingOver:
    """What a person is to the files of one group on one day: over all of them, and unit by unit."""

    over_all: Acting = field(default_factory=Acting)
    in_units: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    # For the units in whose appraisal the person stands in for somebody.
    standing_in: Mapping[int, Acting] = field(default_factory=dict)

    def of(self, unit: int) -> Acting:
        """What the person is to the file of one unit."""
        own, lent = self.in_units.get(unit, frozenset()), self.standing_in.get(unit, Acting())
        return Acting(
            roles=self.over_all.roles | own | lent.roles,
            led=self.over_all.led | lent.led,
            belongs=bool(own),
        )


def acting_over(user: Person, group: int, *, now: dt.datetime | None = None) -> ActingOver:
    """All roles of a person about the files of a group. Two queries."""
    if not isinstance(user, User):
        return ActingOver()
    day = timezone.localdate(now)
    organiser = Round.objects.filter(groups=group).values("organiser")
    memberships = (
        Membership.objects.on(day)
        .filter(Q(unit__isnull=False) | Q(organiser__in=organiser), user=user)
        .values_list("role", "unit_id")
    )
    roles: set[Role | RoundDuty] = set()
    in_units: dict[int, frozenset[Role]] = {}
    for role, unit in memberships:
        if unit is None:
            roles.add(Role(role))
        else:
            in_units[unit] = in_units.get(unit, frozenset()) | {Role(role)}
    led: set[str] = set()
    standing_in: dict[int, Acting] = {}
    for duty, contents, unit in _duties(user, group, day):
        if unit is None:
            roles.add(duty)
            led.update(contents)
        else:
            lent = standing_in.get(unit, Acting())
            standing_in[unit] = Acting(roles=lent.roles | {duty}, led=lent.led.union(contents))
    return ActingOver(Acting(frozenset(roles), frozenset(led)), in_units, standing_in)


def _duties(user: User, group: int, day: dt.date) -> Iterator[tuple[RoundDuty, list[str], int | None]]:
    """Duties in the round with their contents: the person's own, and those lent for one unit."""
    rows = (
        RoundRole.objects.on(day)
        .over(group)
        .filter(Q(user=user) | Q(substitutes__user=user))
        .values_list("role", "contents", "user_id", "substitutes__user_id", "substitutes__unit_id")
    )
    for role, contents, holder, substitute, unit in rows:
        if holder == user.pk:
            yield RoundDuty(role), contents, None
        if substitute == user.pk:
            yield RoundDuty(role), contents, unit


def acting_in(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> Acting:
    """All roles of a person about a file: in its unit, its organiser and its round. Two queries."""
    return acting_over(user, assessment.group_id, now=now).of(assessment.unit_id)


def passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssessmentError:
        return False
    return True


def own_unit(assessment: Assessment) -> NotPermitted:
    return NotPermitted(
        f"Bạn thuộc {assessment.unit_name} nên không tiếp nhận, thẩm định hồ sơ của chính đơn vị mình. "
        "Đề nghị người khác thay."
    )


def only_for(roles: Sequence[Role | RoundDuty]) -> str:
    labels = [str(role.label)[0].lower() + str(role.label)[1:] for role in roles]
    return f"Chỉ {' hoặc '.join(labels)}"
