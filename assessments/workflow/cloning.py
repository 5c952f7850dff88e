"""Opening a round from last year's: everything that was set, moved to its own year."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q, QuerySet

from assessments.models import Assessment, Group, Round, RoundRole
from assessments.permissions.setup import check_open_rounds
from assessments.workflow.people import contents_of, eligible_people, role_facts
from assessments.workflow.rounds import add_group, known_tie_breakers, open_round, settings_of
from assessments.workflow.settings import DATES
from criteria.enums import FrameworkState
from criteria.models import DeclaredStructure, Framework
from parindex.accounts.models import Organiser, Unit, User
from parindex.audit.events import Change, record_each


def units_of_year(organiser: Organiser, year: int) -> QuerySet[Unit]:
    """The organiser's units that existed on some day of a year, in the order of their names."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return Unit.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=last),
        Q(valid_to=None) | Q(valid_to__gte=first),
        organiser=organiser,
    ).order_by("sort_key", "pk")


def years_later(day: dt.date | None, years: int) -> dt.date | None:
    """The same day some years later; 29 February becomes the 28th where there is none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@transaction.atomic
def open_from(
    previous: Round, *, code: str, year: int, title: str, with_council: bool, with_leads: bool, by_user: User
) -> Round:
    """Open a round as `previous` was set up: groups, units, frameworks, settings, dates and people.

    Units that end within the year give way to their successors: one that had a group of its own stays in it,
    a new one comes into the first group that it follows a unit of. A group whose framework has retired takes
    the newest one in force for its type of unit, without tie-breakers that this one lacks, and is left out
    where there is none. `with_council` and
    `with_leads` say which people come along, their dates moved like the round's.
    """
    check_open_rounds(by_user, previous.organiser)
    years = year - previous.year
    dates = {name: years_later(getattr(previous, name), years) for name in DATES}
    opened = open_round(
        code=code,
        year=year,
        organiser=previous.organiser,
        title=title,
        previous=previous,
        dates=dates,
        by=by_user.actor,
    )
    homes = dict(Assessment.objects.filter(group__round=previous).values_list("unit", "group"))
    groups = {group.pk: _copy_group(group, opened, homes, by_user) for group in _groups(previous)}
    _copy_people(previous, opened, groups, with_council=with_council, with_leads=with_leads, by_user=by_user)
    return opened


def _groups(previous: Round) -> QuerySet[Group]:
    groups = previous.groups.select_related(
        "framework__unit_type", "framework__decision", "structure__unit_type", "structure__decision"
    )
    return groups.order_by("position")


def _copy_group(group: Group, opened: Round, homes: dict[int, int], by_user: User) -> Group | None:
    """The group in the new round; `homes` is the group of each unit so far, for a unit is in one alone."""
    framework = framework_to_use(group)
    if framework is None:
        return None
    units = units_to_use(group, opened.year)
    units = [unit for unit in units if homes.setdefault(unit.pk, group.pk) == group.pk]
    settings = settings_of(group)
    return add_group(
        round=opened,
        code=group.code,
        name=group.name,
        framework=framework,
        units=units,
        settings=replace(settings, tie_breakers=known_tie_breakers(settings.tie_breakers, framework)),
        by=by_user.actor,
    )


def framework_to_use(group: Group) -> Framework | None:
    """The group's own framework while it is in force, else the newest in force for its type of unit."""
    if group.framework is not None and group.framework.state == FrameworkState.IN_FORCE:
        return group.framework
    return next(iter(newer_frameworks([group])[group.pk]), None)


def newer_frameworks(groups: Sequence[Group]) -> dict[int, list[Framework]]:
    """For each group, frameworks in force that are newer than its own, the newest first; in one query.

    They are for the same type of unit and of the same issuer as the framework or structure that it has.
    """
    types = {own.unit_type_id for group in groups if (own := _own(group)) is not None}
    in_force = Framework.objects.filter(state=FrameworkState.IN_FORCE, unit_type__in=types).select_related(
        "unit_type", "decision"
    )
    ordered = list(in_force.order_by("-decision__issued", "-version", "-pk"))
    return {group.pk: [one for one in ordered if _is_newer(one, group)] for group in groups}


def _own(group: Group) -> Framework | DeclaredStructure | None:
    return group.framework or group.structure


def _is_newer(framework: Framework, group: Group) -> bool:
    own = _own(group)
    if own is None or framework.unit_type_id != own.unit_type_id:
        return False
    if framework.decision.issuer_id != own.decision.issuer_id:
        return False
    if not isinstance(own, Framework):
        return True
    return (framework.decision.issued, framework.version) > (own.decision.issued, own.version)


def units_to_use(group: Group, year: int) -> list[Unit]:
    """The units of a group as they will be at the end of a year: successors in place of those that end.

    In the order of their names; a successor of another type of unit is left for a person to look at.
    """
    last = dt.date(year, 12, 31)
    units = list(Unit.objects.filter(assessments__group=group).prefetch_related("successors"))
    types = {unit.unit_type_id for unit in units}
    used: dict[int, Unit] = {}
    seen: set[int] = set()
    while units:
        following: list[Unit] = []
        for unit in units:
            seen.add(unit.pk)
            if unit.valid_to is None or unit.valid_to >= last:
                used[unit.pk] = unit
            else:
                following += [one for one in unit.successors.all() if one.unit_type_id in types]
        keys = {unit.pk for unit in following} - seen
        units = list(Unit.objects.filter(pk__in=keys).prefetch_related("successors"))
    return sorted(used.values(), key=lambda unit: (unit.sort_key, unit.pk))


def _copy_people(
    previous: Round,
    opened: Round,
    groups: dict[int, Group | None],
    *,
    with_council: bool,
    with_leads: bool,
    by_user: User,
) -> None:
    """The roles of people who still have an account here; a lead agency keeps contents that still exist."""
    years = opened.year - previous.year
    copied: list[RoundRole] = []
    known = {group.pk if group else None: contents_of(opened, group) for group in (None, *groups.values())}
    held = previous.roles.filter(user__in=eligible_people(opened.organiser)).select_related("user")
    for role in held.order_by("pk"):
        is_lead = bool(role.contents)
        if not (with_leads if is_lead else with_council):
            continue
        group = groups.get(role.group_id) if role.group_id else None
        contents = [code for code in role.contents if code in known[group.pk if group else None]]
        if (role.group_id and group is None) or (is_lead and not contents):
            continue
        copied.append(
            RoundRole(
                round=opened,
                group=group,
                user=role.user,
                role=role.role,
                contents=contents,
                valid_from=years_later(role.valid_from, years),
                valid_to=years_later(role.valid_to, years),
            )
        )
    RoundRole.objects.bulk_create(copied)
    changes = [Change(role, {}, role_facts(role) | {"from": previous.code}) for role in copied]
    record_each(changes, verb="giao vai trò trong đợt đánh giá", by=by_user.actor)


# -- what a person should look at after copying


@dataclass(frozen=True, slots=True)
class Gone:
    """A unit of the previous round that this one lacks, when it ended, and what has followed it."""

    unit: Unit
    group: str
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What a round has otherwise than the one before: units gone or new, groups left out or changed."""

    gone: Sequence[Gone]
    new: Sequence[str]
    groups: Sequence[str]
    frameworks: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.new or self.groups or self.frameworks)


def differences(round: Round) -> Differences:
    """Compare the units and groups of a round with those of the round before, in four queries."""
    if round.previous_id is None:
        return Differences((), (), ())
    before = _files(round.previous_id).select_related("unit", "group").prefetch_related("unit__successors")
    now = {file.unit_id: file.unit_name for file in _files(round.pk)}
    last = dt.date(round.year, 12, 31)
    earlier = {file.unit_id: file for file in before}
    groups = {group.code: group for group in round.groups.all()}
    previous_groups = list(
        Group.objects.filter(round=round.previous_id).select_related("framework").order_by("position")
    )
    return Differences(
        gone=[
            Gone(file.unit, file.group.name, tuple(_heirs(file.unit, now, last)))
            for key, file in earlier.items()
            if key not in now
        ],
        new=[name for key, name in now.items() if key not in earlier],
        groups=[group.name for group in previous_groups if group.code not in groups],
        frameworks=[
            _reframed(group, groups[group.code])
            for group in previous_groups
            if group.code in groups and group.framework_id not in (None, groups[group.code].framework_id)
        ],
    )


def _reframed(before: Group, now: Group) -> str:
    """That a group has another framework than before, and what of its order of ties went with the old one."""
    lost = [name for name in before.tie_breakers if name not in now.tie_breakers]
    ties = (
        f"; khi bằng điểm không còn xét nội dung {', '.join(lost)}, vì bộ tiêu chí này không có"
        if lost
        else ""
    )
    return f"Nhóm {now.name}: bộ tiêu chí của đợt trước là {before.framework}{ties}."


def _heirs(unit: Unit, now: Collection[int], last: dt.date) -> Iterator[str]:
    """What has followed a unit; said of what is still there at the end of the year and not in the round."""
    for heir in sorted(unit.successors.all(), key=lambda one: (one.sort_key, one.pk)):
        is_missing = heir.pk not in now and (heir.valid_to is None or heir.valid_to >= last)
        yield f"{heir} (chưa có ở đợt này)" if is_missing else str(heir)


def _files(round_id: int) -> QuerySet[Assessment]:
    return Assessment.objects.filter(group__round=round_id).order_by("unit_sort_key", "pk")
