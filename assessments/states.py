"""Does the state of a file, or the clock, allow it? Nothing here asks who the person is.

Whether self-scoring is open is worked out from the clock whenever it is asked, so deadlines lock
without any job.
"""

import datetime as dt

from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from assessments.enums import AssessmentState
from assessments.exceptions import WrongState
from assessments.models import Assessment, Round
from assessments.transitions import Transition


def self_scoring_deadline(assessment: Assessment) -> dt.date | None:
    """The last day of self-scoring: the later of the unit's own and the round's, or the one that there is."""
    days = (assessment.self_scoring_until, assessment.group.round.self_scoring_until)
    return max((day for day in days if day is not None), default=None)


def later_day(one: str, other: str) -> Greatest:
    """The same in the database, by the names of the two columns; databases differ in a `Greatest` of null."""
    return Greatest(Coalesce(one, other), Coalesce(other, one))


def is_deadline_open(assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the last day of self-scoring, in Vietnam's time, is not over yet."""
    until = self_scoring_deadline(assessment)
    return until is None or timezone.localdate(now) <= until


def check_deadline_open(assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise WrongState when the last day of self-scoring is over."""
    until = self_scoring_deadline(assessment)
    if until is not None and not is_deadline_open(assessment, now=now):
        raise WrongState(
            f"Hạn tự chấm của {assessment.unit_name} đã hết từ cuối ngày {until:%d/%m/%Y}. "
            "Đề nghị cơ quan tổ chức đánh giá gia hạn."
        )


def check_self_scoring_open(assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise WrongState unless the file is being self-scored and its deadline is open."""
    state = AssessmentState(assessment.state)
    if state != AssessmentState.DRAFT:
        raise WrongState(
            f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{state.label}” "
            "nên không sửa điểm tự chấm được."
        )
    check_deadline_open(assessment, now=now)


def check_in_appraisal(assessment: Assessment) -> None:
    """Raise WrongState unless the file is being appraised."""
    state = AssessmentState(assessment.state)
    if state != AssessmentState.IN_APPRAISAL:
        raise WrongState(
            f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{state.label}” nên không thẩm định được."
        )


def is_review_open(round: Round, *, now: dt.datetime | None = None) -> bool:
    """Whether the round takes requests for review today: it names a last day that is not over."""
    return round.review_until is not None and timezone.localdate(now) <= round.review_until


def check_review_open(assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise WrongState unless the file is concluded and its round still takes requests for review."""
    round, state = assessment.group.round, AssessmentState(assessment.state)
    if round.review_until is None:
        raise WrongState(f"{round} không nhận đề nghị xem xét lại.")
    if not is_review_open(round, now=now):
        raise WrongState(f"Hạn gửi đề nghị xem xét lại đã hết từ cuối ngày {round.review_until:%d/%m/%Y}.")
    if state != AssessmentState.CONCLUDED:
        raise WrongState(
            f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{state.label}” nên chưa đề nghị "
            "xem xét lại được."
        )


def check_transition(assessment: Assessment, row: Transition, *, now: dt.datetime | None = None) -> None:
    """Raise WrongState unless the file's state and the clock allow this verb."""
    state = AssessmentState(assessment.state)
    if state not in row.moves:
        raise WrongState(
            f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{state.label}” "
            f"nên không làm được việc “{row.verb.label}”."
        )
    if row.needs_open_deadline:
        check_deadline_open(assessment, now=now)


def can_transition(assessment: Assessment, row: Transition, *, now: dt.datetime | None = None) -> bool:
    """Whether the file's state and the clock allow this verb."""
    try:
        check_transition(assessment, row, now=now)
    except WrongState:
        return False
    return True
