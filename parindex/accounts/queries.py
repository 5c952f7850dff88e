"""What the lists of units and accounts show: searched, filtered, sorted, in few queries for any size."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.keys import number_of
from parindex.listing import Sorting, fold, has_words, sorting
from parindex.sorting import sort_key

IN_FORCE, ENDED = "con-hieu-luc", "het-hieu-luc"
ACTIVE, CLOSED, NEVER_SIGNED_IN = "dang-dung", "da-ngung", "chua-dang-nhap"


# -- units

UNIT_COLUMNS = ("ten", "ma", "loai", "tu-ngay", "den-ngay")


@dataclass(frozen=True, slots=True)
class UnitsAsked:
    """Search, filters and order of a list of units."""

    query: str = ""
    unit_type: int | None = None
    state: str = ""
    sort: Sorting = Sorting("ten", False)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "UnitsAsked":
        """What an address asks for."""
        return cls(
            query=given.get("q", "").strip(),
            unit_type=number_of(given.get("loai", "")),
            state=given.get("tinh-trang", ""),
            sort=sorting(given.get("xep", ""), UNIT_COLUMNS),
        )


def units_of(organiser: Organiser) -> QuerySet[Unit]:
    """Units of an organiser in the order of their names."""
    return Unit.objects.filter(organiser=organiser).select_related("unit_type").order_by("sort_key", "pk")


def units_on(organiser: Organiser, day: dt.date) -> QuerySet[Unit]:
    """Units that exist on a day."""
    return units_of(organiser).filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
    )


def list_units(organiser: Organiser, asked: UnitsAsked) -> list[Unit]:
    """The units asked for, in one query. An organiser has some hundreds."""
    today = timezone.localdate()
    units = units_of(organiser)
    if asked.unit_type is not None:
        units = units.filter(unit_type=asked.unit_type)
    if asked.state == IN_FORCE:
        units = units.filter(Q(valid_to=None) | Q(valid_to__gte=today))
    elif asked.state == ENDED:
        units = units.filter(valid_to__lt=today)
    query = fold(asked.query)
    found = [unit for unit in units if has_words(query, unit.name, unit.code)]
    column, backwards = asked.sort
    # Names stay in their order inside equal values: the sort is stable.
    if column != "ten":
        found.sort(key=lambda unit: _unit_key(unit, column), reverse=backwards)
    elif backwards:
        found.reverse()
    return found


def _unit_key(unit: Unit, column: str) -> Any:
    if column == "ma":
        return sort_key(unit.code)
    if column == "loai":
        return sort_key(unit.unit_type.name)
    if column == "tu-ngay":
        return unit.valid_from or dt.date.min
    return unit.valid_to or dt.date.max


# -- organisers


def all_organisers() -> QuerySet[Organiser]:
    """Every organiser with `units_count` and with `administrators` who can sign in today; in one query."""
    held = Membership.objects.on(timezone.localdate()).filter(
        organiser=OuterRef("pk"), role=Role.ADMINISTRATOR, user__is_active=True
    )
    people = held.order_by().values("organiser").annotate(people=Count("user", distinct=True))
    units = Unit.objects.filter(organiser=OuterRef("pk")).order_by().values("organiser")
    return Organiser.objects.annotate(
        administrators=Coalesce(Subquery(people.values("people")), 0),
        units_count=Coalesce(Subquery(units.annotate(units=Count("pk")).values("units")), 0),
    ).order_by("name", "pk")


def administrators_of(organiser: Organiser) -> list[Membership]:
    """Who administers an organiser, with past and closed ones, in the order of their names."""
    held = Membership.objects.filter(organiser=organiser, role=Role.ADMINISTRATOR)
    found = held.select_related("user", "on_behalf_of").order_by("pk")
    return sorted(found, key=lambda one: given_name_key(one.user.full_name))


# -- people

PEOPLE_COLUMNS = ("ten", "dang-nhap", "don-vi", "lan-cuoi")


@dataclass(frozen=True, slots=True)
class PeopleAsked:
    """Search, filters and order of a list of accounts."""

    query: str = ""
    role: str = ""
    unit: int | None = None
    state: str = ""
    sort: Sorting = Sorting("ten", False)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "PeopleAsked":
        """What an address asks for."""
        return cls(
            query=given.get("q", "").strip(),
            role=given.get("vai-tro", ""),
            unit=number_of(given.get("don-vi", "")),
            state=given.get("tinh-trang", ""),
            sort=sorting(given.get("xep", ""), PEOPLE_COLUMNS),
        )


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An account with its roles in this organiser and its units."""

    user: User
    roles: Sequence[Membership]

    @property
    def places(self) -> str:
        """The units of the person, or nothing."""
        return "; ".join(dict.fromkeys(role.unit.name for role in self.roles if role.unit))


def roles_in(organiser: Organiser) -> QuerySet[Membership]:
    """All roles in an organiser and its units, also past and future ones."""
    held = Membership.objects.filter(Q(organiser=organiser) | Q(unit__organiser=organiser))
    return held.select_related("unit", "organiser", "on_behalf_of").order_by("pk")


def people_of(organiser: Organiser) -> QuerySet[User]:
    """Accounts of an organiser: its own, and those that hold roles in it or its units."""
    return User.objects.filter(Q(home=organiser) | Q(pk__in=roles_in(organiser).order_by().values("user")))


def list_people(organiser: Organiser, asked: PeopleAsked) -> list[PersonLine]:
    """The accounts asked for with their roles here, in two queries."""
    held = roles_in(organiser)
    people = _filtered(people_of(organiser), held, asked)
    people = people.prefetch_related(Prefetch("memberships", held, to_attr="roles_here"))
    query = fold(asked.query)
    lines = [
        PersonLine(user, tuple(getattr(user, "roles_here", ())))
        for user in people
        if has_words(query, user.full_name, user.username)
    ]
    column, backwards = asked.sort
    lines.sort(key=lambda line: given_name_key(line.user.full_name))
    if column != "ten":
        lines.sort(key=lambda line: _person_key(line, column), reverse=backwards)
    elif backwards:
        lines.reverse()
    return lines


def _filtered(people: QuerySet[User], held: QuerySet[Membership], asked: PeopleAsked) -> QuerySet[User]:
    held = held.order_by()
    if asked.role in Role.values:
        held = held.filter(role=asked.role)
    if asked.unit is not None:
        held = held.filter(unit=asked.unit)
    if asked.role in Role.values or asked.unit is not None:
        people = people.filter(pk__in=held.values("user"))
    if asked.state == ACTIVE:
        return people.filter(is_active=True)
    if asked.state == CLOSED:
        return people.filter(is_active=False)
    if asked.state == NEVER_SIGNED_IN:
        return people.filter(is_active=True, last_login=None)
    return people


def given_name_key(full_name: str) -> tuple[str, str]:
    """Vietnamese lists of people go by the given name, which stands last."""
    return sort_key(full_name.split()[-1] if full_name.split() else ""), sort_key(full_name)


def _person_key(line: PersonLine, column: str) -> Any:
    if column == "dang-nhap":
        return line.user.username
    if column == "don-vi":
        return min((role.unit.sort_key for role in line.roles if role.unit), default="")
    return line.user.last_login or dt.datetime.min.replace(tzinfo=dt.UTC)


def missing_people(organiser: Organiser, *, day: dt.date) -> list[tuple[Unit, list[Role]]]:
    """Units that exist on a day, each with the unit roles that nobody holds in it; in two queries."""
    held = set(
        Membership.objects.on(day)
        .filter(unit__organiser=organiser, user__is_active=True)
        .values_list("unit", "role")
    )
    return [
        (unit, [role for role in UNIT_ROLES if (unit.pk, role) not in held])
        for unit in units_on(organiser, day)
    ]
