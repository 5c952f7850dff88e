"""Who may see a unit's file, and who may write its self-scores."""

import datetime as dt

from assessments.enums import AssessmentState, RoundDuty
from assessments.exceptions import NotPermitted
from assessments.models import Assessment
from assessments.permissions.acting import Person, acting_in, only_for, passes
from assessments.states import check_self_scoring_open
from parindex.accounts.enums import UNIT_ROLES, Role

SEES_FILES = frozenset((*UNIT_ROLES, Role.PUBLISHER, Role.AUDITOR))
NOT_SUBMITTED = (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)


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
    return passes(lambda: check_view_file(user, assessment, now=now))


def check_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted or WrongState unless the person may write the unit's own scores now."""
    if Role.UNIT_OFFICER not in acting_in(user, assessment, now=now).roles:
        raise NotPermitted(f"{only_for([Role.UNIT_OFFICER])} của {assessment.unit_name} mới tự chấm được.")
    check_self_scoring_open(assessment, now=now)


def can_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may write the unit's own scores now."""
    return passes(lambda: check_edit_self_scores(user, assessment, now=now))
