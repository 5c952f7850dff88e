"""People with one role each about a unit's file, and a file in a round whose dates are known."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from assessments.enums import AssessmentState, RoundDuty
from assessments.models import Assessment
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, RoundRoleFactory, score

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LAST_DAY = dt.date(2025, 1, 9)
NOW = dt.datetime(2025, 1, 5, 8, 0, tzinfo=VIETNAM)
CONCLUDED = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}


def file_in(state: AssessmentState, *, until: dt.date | None = LAST_DAY) -> Assessment:
    """A file in this state, every leaf but the survey's with a conclusion."""
    assessment = AssessmentFactory(group__round__self_scoring_until=until)
    score(assessment, CONCLUDED)
    assessment.state = state
    if state not in (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW):
        assessment.submitted_at = dt.datetime(2025, 1, 4, 16, 30, tzinfo=VIETNAM)
    assessment.save()
    return assessment


def give(user: User, role: Role | RoundDuty, assessment: Assessment, **dates: Any) -> User:
    """Give a person one role about a file, in its unit, its organiser or its round."""
    if isinstance(role, RoundDuty):
        contents = ["1"] if role == RoundDuty.LEAD_AGENCY else []
        RoundRoleFactory(round=assessment.group.round, user=user, role=role, contents=contents, **dates)
    elif role in UNIT_ROLES:
        Membership.objects.create(user=user, role=role, unit=assessment.unit, **dates)
    else:
        organiser = assessment.group.round.organiser
        Membership.objects.create(user=user, role=role, organiser=organiser, **dates)
    return user


def someone(role: Role | RoundDuty, assessment: Assessment, **dates: Any) -> User:
    """A new person with one role about a file."""
    return give(UserFactory(), role, assessment, **dates)
