"""Who may see a unit's file, and who may write its self-scores."""

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty, Verb
from assessments.exceptions import NotPermitted
from assessments.models import Assessment
from assessments.permissions.acting import Person, acting_in, only_for, own_unit, passes
from assessments.states import check_self_scoring_open
from assessments.transitions import TRANSITIONS
from parindex.accounts.acting import key_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership
from parindex.audit.models import Event

SEES_FILES = frozenset((*UNIT_ROLES, Role.PUBLISHER, Role.AUDITOR))
# The log's verb for a signed paper taken in, whose points the organiser then enters for the unit.
PAPER_TAKEN = "nhận bản giấy để nhập thay"
HANDED_IN = tuple(TRANSITIONS[verb].audit for verb in (Verb.APPROVE_AND_SUBMIT, Verb.SUBMIT_ON_BEHALF))
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


def papers() -> QuerySet[Event]:
    """The signed papers that an organiser took in to enter them for the units, in the log."""
    return Event.objects.filter(object_type=Assessment._meta.label_lower, verb=PAPER_TAKEN)


def paper_of(assessment: Assessment) -> Event | None:
    """The last signed paper that the organiser took in for a file; one that came back asks for another."""
    paper = papers().filter(object_id=assessment.pk).order_by("-pk").first()
    if paper is None or assessment.state != AssessmentState.DRAFT:
        return paper
    handed_in = Event.objects.filter(
        object_type=paper.object_type, object_id=assessment.pk, verb__in=HANDED_IN
    )
    return None if handed_in.filter(pk__gt=paper.pk).exists() else paper


def check_take_paper(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted or WrongState unless the person may begin to enter for the unit."""
    acting = acting_in(user, assessment, now=now)
    acting.require([Role.PUBLISHER])
    if not acting.among([Role.PUBLISHER]):
        if Role.PUBLISHER in acting.roles:
            raise own_unit(assessment)
        raise NotPermitted(f"{only_for([Role.PUBLISHER])} mới nhập thay {assessment.unit_name} được.")
    check_self_scoring_open(assessment, now=now)


def can_take_paper(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may begin to enter for the unit."""
    return passes(lambda: check_take_paper(user, assessment, now=now))


def ground_of_entry(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> str:
    """On what ground the person may write the unit's own scores now: nothing for its officer, else the paper.

    Raises NotPermitted or WrongState for whoever may not.
    """
    if _acts_as_officer(user, assessment, now=now):
        check_self_scoring_open(assessment, now=now)
        return ""
    paper = paper_of(assessment)
    if paper is None:
        raise NotPermitted(f"{only_for([Role.UNIT_OFFICER])} của {assessment.unit_name} mới tự chấm được.")
    check_take_paper(user, assessment, now=now)
    return paper.reason


def _acts_as_officer(user: Person, assessment: Assessment, *, now: dt.datetime | None) -> bool:
    """Whether the person is the unit's officer. Raises NotPermitted where they act in another role now.

    The roles of a request have been read anyway: a save must not read them once more.
    """
    standing = getattr(user, "standing", None)
    if standing is None or now is not None:
        held = Membership.objects.on(timezone.localdate(now))
        return held.filter(user=user.pk, role=Role.UNIT_OFFICER, unit=assessment.unit_id).exists()
    switch = officers_switch(user, assessment)
    if switch:
        raise NotPermitted(switch)
    return standing.find(key_of(Role.UNIT_OFFICER, assessment.unit_id)) is not None


def officers_switch(user: Person, assessment: Assessment) -> str:
    """For the unit's officer who acts in another role: the sentence that names the one to switch to."""
    standing = getattr(user, "standing", None)
    if standing is None:
        return ""
    role = standing.find(key_of(Role.UNIT_OFFICER, assessment.unit_id))
    return standing.switch_to(role.title) if role is not None and standing.acting is not role else ""


def check_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted or WrongState unless the person may write the unit's own scores now.

    The unit's officer may, and a publisher who enters a signed paper that is on record.
    """
    ground_of_entry(user, assessment, now=now)


def can_edit_self_scores(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may write the unit's own scores now."""
    return passes(lambda: check_edit_self_scores(user, assessment, now=now))
