"""Who may add evidence, keep a unit's library, and open one piece."""

import datetime as dt

from django.utils import timezone

from assessments.enums import AssessmentState, ClarificationState, ReviewState
from assessments.exceptions import NotPermitted, WrongState
from assessments.models import Assessment, Clarification
from assessments.permissions.acting import Person, acting_in, only_for, passes
from assessments.permissions.files import check_edit_self_scores
from assessments.states import check_review_open
from criteria.models import Criterion
from parindex.accounts.acting import key_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Unit, User


def open_clarification(
    assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> Clarification | None:
    """The question of the appraisal about this leaf that the unit can still answer: until its last day."""
    if assessment.state != AssessmentState.IN_APPRAISAL:
        return None
    asked = Clarification.objects.filter(
        assessment=assessment,
        criterion=criterion,
        state=ClarificationState.ASKED,
        until__gte=timezone.localdate(now),
    )
    return asked.order_by("pk").first()


def check_add_evidence(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> None:
    """Raise NotPermitted or WrongState unless the person may add evidence to this leaf now.

    Whoever may write the unit's own scores may, and during the appraisal the unit's officer while a question
    about this leaf waits for the unit's answer, or once it is concluded while a request for review of this
    leaf is written and not sent yet.
    """
    if assessment.state == AssessmentState.CONCLUDED and _written_review(assessment, criterion):
        check_review_open(assessment, now=now)
    elif assessment.state != AssessmentState.IN_APPRAISAL:
        check_edit_self_scores(user, assessment, now=now)
        return
    acting = acting_in(user, assessment, now=now)
    acting.require([Role.UNIT_OFFICER])
    if Role.UNIT_OFFICER not in acting.roles:
        raise NotPermitted(
            f"{only_for([Role.UNIT_OFFICER])} của {assessment.unit_name} mới bổ sung được tài liệu."
        )
    if (
        assessment.state == AssessmentState.IN_APPRAISAL
        and open_clarification(assessment, criterion, now=now) is None
    ):
        raise WrongState(
            f"Hồ sơ của {assessment.unit_name} đang thẩm định. Chỉ bổ sung tài liệu cho mục {criterion.code} "
            "khi có yêu cầu giải trình, bổ sung còn hạn trả lời."
        )


def _written_review(assessment: Assessment, criterion: Criterion) -> bool:
    written = assessment.reviews.filter(criterion=criterion, state=ReviewState.WRITTEN)
    return written.exists()


def can_add_evidence(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> bool:
    """Whether the person may add evidence to this leaf now."""
    return passes(lambda: check_add_evidence(user, assessment, criterion, now=now))


def check_view_library(user: Person, unit: Unit, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted unless the person belongs to the unit: nobody else sees what it keeps."""
    if not _holds(user, unit, UNIT_ROLES, now):
        raise NotPermitted(f"Kho tài liệu kiểm chứng của {unit} chỉ mở cho người của đơn vị.")


def can_view_library(user: Person, unit: Unit, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may see what a unit keeps."""
    return passes(lambda: check_view_library(user, unit, now=now))


def check_keep_library(user: Person, unit: Unit, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted unless the person may put papers into the unit's library and put them in order."""
    if not _holds(user, unit, (Role.UNIT_OFFICER,), now):
        raise NotPermitted(
            f"{only_for([Role.UNIT_OFFICER])} của {unit} mới sửa được kho tài liệu kiểm chứng của đơn vị."
        )
    standing = user.standing if isinstance(user, User) else None
    if standing is not None and not standing.acts_in(Role.UNIT_OFFICER, unit.pk):
        held = standing.find(key_of(Role.UNIT_OFFICER, unit.pk))
        raise NotPermitted(standing.switch_to(held.title if held else str(Role.UNIT_OFFICER.label)))


def can_keep_library(user: Person, unit: Unit, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may put papers into the unit's library and put them in order."""
    return passes(lambda: check_keep_library(user, unit, now=now))


def _holds(user: Person, unit: Unit, roles: tuple[Role, ...], now: dt.datetime | None) -> bool:
    """Whether the person holds one of these roles in the unit. A request has read them anyway."""
    if not isinstance(user, User):
        return False
    if user.standing is not None and now is None:
        return any(user.standing.find(key_of(role, unit.pk)) for role in roles)
    held = Membership.objects.on(timezone.localdate(now)).filter(user=user, unit=unit, role__in=roles)
    return held.exists()
