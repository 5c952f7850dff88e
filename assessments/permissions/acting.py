"""What a person is to one unit's file, and the words of a refusal."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


def acting_in(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> Acting:
    """All roles of a person about a file: in its unit, its organiser and its round. Two queries."""
    if not isinstance(user, User):
        return Acting()
    day, group = timezone.localdate(now), assessment.group_id
    organiser = Round.objects.filter(groups=group).values("organiser")
    memberships = (
        Membership.objects.on(day)
        .filter(Q(unit=assessment.unit_id) | Q(organiser__in=organiser), user=user)
        .values_list("role", "unit_id")
    )
    duties = RoundRole.objects.on(day).over(group).filter(user=user).values_list("role", "contents")
    standing, in_round = list(memberships), list(duties)
    return Acting(
        roles=frozenset([Role(role) for role, _ in standing] + [RoundDuty(role) for role, _ in in_round]),
        led=frozenset(code for _, contents in in_round for code in contents),
        belongs=any(unit is not None for _, unit in standing),
    )


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
