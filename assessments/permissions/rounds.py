"""Who may do what for a whole round."""

import datetime as dt

from django.utils import timezone

from assessments.exceptions import NotPermitted
from assessments.models import Round
from assessments.permissions.acting import Person
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User

SEES_PROVISIONAL = (Role.PUBLISHER, Role.AUDITOR)


def organisers_of(user: Person, roles: tuple[Role, ...], *, day: dt.date | None = None) -> list[int]:
    """Organisers in which the person holds one of these roles on a day (today)."""
    if not isinstance(user, User):
        return []
    memberships = Membership.objects.on(day or timezone.localdate()).filter(user=user, role__in=roles)
    return [key for key in memberships.values_list("organiser_id", flat=True) if key is not None]


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
