"""What a person is to one unit's file, and the words of a refusal."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment, Round, RoundRole
from assessments.transitions import JUDGES
from parindex.accounts.acting import HeldRole, Place, Standing, key_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User

Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Acting:
    """What a person is to one unit's file on one day.

    `led` are the codes of the contents that the person leads; `belongs` is true for the unit's own people.
    People see by all their `roles` and do things in the one they have chosen: `elsewhere` has, for each of
    the other roles, the sentence that names it as the one to switch to.
    """

    roles: frozenset[Role | RoundDuty] = frozenset()
    led: frozenset[str] = frozenset()
    belongs: bool = False
    elsewhere: Mapping[Role | RoundDuty, str] = field(default_factory=dict)

    def among(self, roles: Sequence[Role | RoundDuty]) -> frozenset[Role | RoundDuty]:
        """Which of these roles the person may act in: nobody judges a unit of their own."""
        held = self.roles.intersection(roles)
        return held - JUDGES if self.belongs else held

    def doing(self, roles: Sequence[Role | RoundDuty]) -> frozenset[Role | RoundDuty]:
        """Which of these roles the person acts in now."""
        return self.among(roles) - self.elsewhere.keys()

    def require(self, roles: Sequence[Role | RoundDuty]) -> None:
        """Raise NotPermitted, naming the role to switch to, where the person acts in none that they hold."""
        held = self.among(roles)
        if held and not self.doing(roles):
            raise NotPermitted(next(self.elsewhere[role] for role in roles if role in held))


@dataclass(frozen=True, slots=True)
class ActingOver:
    """What a person is to the files of one group on one day: over all of them, and unit by unit."""

    over_all: Acting = field(default_factory=Acting)
    in_units: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    # For the units in whose appraisal the person stands in for somebody.
    standing_in: Mapping[int, Acting] = field(default_factory=dict)
    # The role that the person has chosen, and whose roles are meant: of which organiser, in which round.
    chosen: Standing | None = None
    organiser: int = 0
    round: int = 0

    def of(self, unit: int) -> Acting:
        """What the person is to the file of one unit."""
        own, lent = self.in_units.get(unit, frozenset()), self.standing_in.get(unit, Acting())
        roles = self.over_all.roles | own | lent.roles
        return Acting(
            roles=roles,
            led=self.over_all.led | lent.led,
            belongs=bool(own),
            elsewhere=self._elsewhere(roles, unit),
        )

    def _elsewhere(self, roles: frozenset[Role | RoundDuty], unit: int) -> dict[Role | RoundDuty, str]:
        if self.chosen is None:
            return {}
        found = {}
        for role in roles:
            place = unit if role in UNIT_ROLES else self.organiser if isinstance(role, Role) else self.round
            if not self.chosen.acts_in(role, place):
                held = self.chosen.find(key_of(role, place))
                found[role] = self.chosen.switch_to(held.title if held else str(role.label))
        return found


def acting_over(user: Person, group: int, *, now: dt.datetime | None = None) -> ActingOver:
    """All roles of a person about the files of a group. Two queries."""
    if not isinstance(user, User):
        return ActingOver()
    day = timezone.localdate(now)
    organiser = Round.objects.filter(groups=group).values("organiser")
    memberships = (
        Membership.objects.on(day)
        .filter(Q(unit__isnull=False) | Q(organiser__in=organiser), user=user)
        .values_list("role", "unit_id", "organiser_id")
    )
    organiser_id = round_id = 0
    roles: set[Role | RoundDuty] = set()
    in_units: dict[int, frozenset[Role]] = {}
    for role, unit, run_by in memberships:
        if unit is None:
            roles.add(Role(role))
            organiser_id = run_by or 0
        else:
            in_units[unit] = in_units.get(unit, frozenset()) | {Role(role)}
    led: set[str] = set()
    standing_in: dict[int, Acting] = {}
    for duty, contents, only_for_unit, held_in in _duties(user, group, day):
        round_id = held_in
        if only_for_unit is None:
            roles.add(duty)
            led.update(contents)
        else:
            lent = standing_in.get(only_for_unit, Acting())
            standing_in[only_for_unit] = Acting(roles=lent.roles | {duty}, led=lent.led.union(contents))
    everywhere = Acting(frozenset(roles), frozenset(led))
    return ActingOver(everywhere, in_units, standing_in, user.standing, organiser_id, round_id)


def _duties(user: User, group: int, day: dt.date) -> Iterator[tuple[RoundDuty, list[str], int | None, int]]:
    """Duties with their contents, unit and round: the person's own over all units, and those lent for one."""
    rows = (
        RoundRole.objects.on(day)
        .over(group)
        .filter(Q(user=user) | Q(substitutes__user=user))
        .values_list(
            "role", "contents", "user_id", "substitutes__user_id", "substitutes__unit_id", "round_id"
        )
    )
    for role, contents, holder, substitute, unit, round_id in rows:
        if holder == user.pk:
            yield RoundDuty(role), contents, None, round_id
        if substitute == user.pk:
            yield RoundDuty(role), contents, unit, round_id


def acting_in(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> Acting:
    """All roles of a person about a file: in its unit, its organiser and its round. Two queries."""
    return acting_over(user, assessment.group_id, now=now).of(assessment.unit_id)


def held_duties(user: User, day: dt.date) -> Iterator[HeldRole]:
    """The duties that a person has in rounds on a day, their own before those in others' place; one query."""
    duties = (
        RoundRole.objects.on(day)
        .filter(Q(user=user) | Q(substitutes__user=user))
        .order_by("-round__year", "round_id", "pk", "substitutes__unit__sort_key")
        .annotate(stand_in=F("substitutes__user"), unit_name=F("substitutes__unit__name"))
        .select_related("round", "user")
    )
    lent: dict[str, tuple[HeldRole, list[str]]] = {}
    for duty in duties:
        held = HeldRole(
            duty.role,
            str(RoundDuty(duty.role).label),
            Place.ROUND,
            duty.round_id,
            duty.round.title,
            duty.valid_from,
            duty.valid_to,
        )
        if duty.user_id == user.pk:
            yield held
        if duty.stand_in == user.pk:
            lent.setdefault(held.key, (held, []))[1].append(f"thay {duty.user}, {duty.unit_name}")
    for held, places in lent.values():
        yield replace(held, label=f"{held.label} ({'; '.join(places)})")


def units_of_roles(user: Person) -> set[int]:
    """The units in which the person of a request holds a role, without asking the database again."""
    standing = user.standing if isinstance(user, User) else None
    return {held.place_id for held in standing.roles if held.in_unit} if standing else set()


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
