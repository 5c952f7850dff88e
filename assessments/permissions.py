"""May this person? Pairs of functions: `check_…` raises with a sentence to show, `can_…` says yes or no."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty, Verb
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment, Round, RoundRole
from assessments.states import (
    can_transition,
    check_in_appraisal,
    check_self_scoring_open,
    check_transition,
)
from assessments.transitions import JUDGES, TABLE, TRANSITIONS, Transition
from criteria.enums import Source
from criteria.models import Criterion
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User

Person = User | AnonymousUser

SEES_PROVISIONAL = (Role.PUBLISHER, Role.AUDITOR)
SEES_FILES = frozenset((*UNIT_ROLES, Role.PUBLISHER, Role.AUDITOR))
NOT_SUBMITTED = (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)


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


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssessmentError:
        return False
    return True


def _own_unit(assessment: Assessment) -> NotPermitted:
    return NotPermitted(
        f"Bạn thuộc {assessment.unit_name} nên không tiếp nhận, thẩm định hồ sơ của chính đơn vị mình. "
        "Đề nghị người khác thay."
    )


def _only_for(roles: Sequence[Role | RoundDuty]) -> str:
    labels = [str(role.label)[0].lower() + str(role.label)[1:] for role in roles]
    return f"Chỉ {' hoặc '.join(labels)}"


def check_view_file(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted unless the person may see a unit's file: appraisers see it once it is submitted."""
    acting = acting_in(user, assessment, now=now)
    if acting.roles & SEES_FILES:
        return
    if not acting.roles.intersection(RoundDuty):
        raise NotPermitted(f"Hồ sơ tự chấm của {assessment.unit_name} không mở cho bạn.")
    if assessment.state in NOT_SUBMITTED:
        raise NotPermitted(f"{assessment.unit_name} chưa nộp hồ sơ nên người thẩm định chưa xem được.")


def can_view_file(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may see a unit's file."""
    return _passes(lambda: check_view_file(user, assessment, now=now))


def check_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted or WrongState unless the person may write the unit's own scores now."""
    if Role.UNIT_OFFICER not in acting_in(user, assessment, now=now).roles:
        raise NotPermitted(f"{_only_for([Role.UNIT_OFFICER])} của {assessment.unit_name} mới tự chấm được.")
    check_self_scoring_open(assessment, now=now)


def can_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may write the unit's own scores now."""
    return _passes(lambda: check_edit_self_scores(user, assessment, now=now))


def check_appraise(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> None:
    """Raise a refusal unless the person may appraise this leaf of this file now.

    The council appraises every leaf, a lead agency those of its own contents, nobody those of a survey.
    """
    _check_appraiser(acting_in(user, assessment, now=now), assessment, criterion)
    check_in_appraisal(assessment)
    if not criterion.is_leaf or criterion.source == Source.SURVEY:
        raise AssessmentError(f"Mục {criterion.code} không thẩm định: điểm được cộng hoặc do điều tra mà có.")
    if criterion.framework_id != assessment.group.framework_id:
        raise AssessmentError(f"Mục {criterion.code} không thuộc bộ tiêu chí của {assessment.unit_name}.")


def _check_appraiser(acting: Acting, assessment: Assessment, criterion: Criterion) -> None:
    duties = acting.roles.intersection(RoundDuty)
    if not duties:
        raise NotPermitted(
            "Chỉ Hội đồng thẩm định và cơ quan chủ trì nội dung mới thẩm định được hồ sơ của "
            f"{assessment.unit_name}."
        )
    if acting.belongs:
        raise _own_unit(assessment)
    content = criterion.content or criterion
    if duties == {RoundDuty.LEAD_AGENCY} and content.code not in acting.led:
        raise NotPermitted(f"Bạn không được giao chủ trì nội dung {content.code}.")


def can_appraise(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> bool:
    """Whether the person may appraise this leaf of this file now."""
    return _passes(lambda: check_appraise(user, assessment, criterion, now=now))


def check_role_for(acting: Acting, assessment: Assessment, row: Transition) -> None:
    """Raise NotPermitted unless one of the person's roles may do this verb on this file."""
    if acting.among(row.roles):
        return
    if acting.roles.intersection(row.roles):
        raise _own_unit(assessment)
    raise NotPermitted(
        f"{_only_for(row.roles)} mới làm được việc “{row.verb.label}” với hồ sơ của {assessment.unit_name}."
    )


def check_move(user: Person, assessment: Assessment, verb: Verb, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted for the wrong person, then WrongState for the wrong state or a passed deadline."""
    row = TRANSITIONS[verb]
    check_role_for(acting_in(user, assessment, now=now), assessment, row)
    check_transition(assessment, row, now=now)


def can_move(user: Person, assessment: Assessment, verb: Verb, *, now: dt.datetime | None = None) -> bool:
    """Whether this person may do this verb on this file now."""
    return _passes(lambda: check_move(user, assessment, verb, now=now))


def open_moves(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> list[Transition]:
    """Every verb that this person may do on this file now, in the order of the table: a page's buttons."""
    acting = acting_in(user, assessment, now=now)
    return [row for row in TABLE if acting.among(row.roles) and can_transition(assessment, row, now=now)]


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
