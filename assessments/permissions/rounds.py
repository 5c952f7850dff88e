"""Who may do what for a whole round."""

import datetime as dt

from assessments.exceptions import NotPermitted
from assessments.models import Round
from assessments.permissions.acting import Person
from parindex.accounts.acting import elsewhere, organisers_in
from parindex.accounts.enums import Role
from parindex.accounts.models import User

SEES_PROVISIONAL = (Role.PUBLISHER, Role.AUDITOR)


def organisers_of(
    user: Person, roles: tuple[Role, ...], *, day: dt.date | None = None, doing: bool = False
) -> list[int]:
    """Organisers in which the person holds one of these roles on a day (today); for `doing`, acts in it."""
    return organisers_in(user, roles, day=day, doing=doing) if isinstance(user, User) else []


def check_acting(user: Person, roles: tuple[Role, ...], round: Round) -> None:
    """Raise NotPermitted, naming the role to switch to, where the person acts in none that they hold."""
    switch = elsewhere(user, roles, round.organiser_id)
    if switch:
        raise NotPermitted(switch)


def can_see_provisional(user: Person, round: Round) -> bool:
    """Whether the person may see a round's ranking before it is published."""
    return round.organiser_id in organisers_of(user, SEES_PROVISIONAL)


def check_see_provisional(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may see a round's ranking before it is published."""
    if not can_see_provisional(user, round):
        raise NotPermitted(
            "Xếp hạng dự kiến chỉ dành cho cơ quan tổ chức đánh giá và cơ quan kiểm tra, giám sát "
            "của đợt này."
        )
