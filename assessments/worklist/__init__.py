"""What waits for one person, role by role: the start page of everybody who signs in."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from assessments.models import RoundRole
from assessments.worklist.desks import Desk, Task
from assessments.worklist.in_organisers import installation_desk, organiser_desks
from assessments.worklist.in_rounds import duty_desk, moving_rounds, named_substitute, substitute_desk
from assessments.worklist.in_units import unit_desks
from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES
from parindex.accounts.models import Membership, User

__all__ = ["Desk", "Task", "desks_of", "first_open"]


def desks_of(user: User) -> list[Desk]:
    """Every role that the person holds today, with what waits in it.

    In a fixed number of queries a role; a role in a round where nothing is left to do adds none.

    Roles in which something waits come first, and in each what ends first.
    """
    day = timezone.localdate()
    memberships = list(
        Membership.objects.on(day)
        .filter(user=user)
        .select_related("unit", "organiser")
        .order_by("organiser_id", "unit__sort_key", "role")
    )
    duties = list(
        RoundRole.objects.on(day)
        .filter(user=user)
        .select_related("round__organiser", "group")
        .order_by("-round__year", "round__title", "role")
    )
    own_units = [held.unit_id for held in memberships if held.unit_id is not None]
    lent = list(named_substitute(user, day))
    moving = moving_rounds({duty.round_id for duty in duties} | {named.role.round_id for named in lent})
    desks = [
        *installation_desk(user),
        *unit_desks(user, [held for held in memberships if held.role in UNIT_ROLES]),
        *(duty_desk(user, duty, own_units, moving) for duty in duties),
        *(substitute_desk(user, named, moving) for named in lent),
        *organiser_desks(user, [held for held in memberships if held.role in ORGANISER_ROLES]),
    ]
    for desk in desks:
        desk.tasks.sort(key=_last_day)
    return sorted(desks, key=lambda desk: not desk.tasks)


def first_open(desks: Iterable[Desk]) -> Task | None:
    """The most urgent thing of all: the one whose last day comes first, then anything that waits."""
    tasks = [task for desk in desks for task in desk.tasks]
    return min(tasks, key=_last_day, default=None)


def _last_day(task: Task) -> dt.date:
    return task.until or dt.date.max
