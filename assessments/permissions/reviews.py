"""Who may ask for a review of a concluded leaf, send the request, take it back, and answer it."""

import datetime as dt

from assessments.enums import ReviewState, ReviewVerb
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, ReviewRequest
from assessments.permissions.acting import Person, acting_in, passes
from assessments.permissions.appraisal import is_appraised
from assessments.permissions.files import NOT_SUBMITTED
from assessments.permissions.moves import require_role
from assessments.states import check_review_open
from assessments.transitions import REVIEWS, ReviewStep
from assessments.visibility import sees_own_result
from criteria.models import Criterion
from criteria.rules import is_computed_last


def check_review(
    user: Person,
    assessment: Assessment,
    verb: ReviewVerb,
    request: ReviewRequest | None = None,
    *,
    now: dt.datetime | None = None,
) -> None:
    """Raise NotPermitted or WrongState unless the person may do this with a request about this file now.

    `request` is the one that there is; a unit asks only about what it can see.
    """
    step = REVIEWS[verb]
    require_role(acting_in(user, assessment, now=now), assessment, step.roles, str(verb.label))
    if step.until_last_day:
        check_review_open(assessment, now=now)
        if not sees_own_result(assessment):
            raise WrongState(
                f"{assessment.unit_name} chưa được xem điểm thẩm định nên chưa đề nghị xem xét lại được."
            )
    _check_step(assessment, step, request)


def _check_step(assessment: Assessment, step: ReviewStep, request: ReviewRequest | None) -> None:
    state = ReviewState(request.state) if request is not None else None
    if state not in step.moves:
        told = f"đang ở trạng thái “{state.label}”" if state is not None else "chưa được viết"
        raise WrongState(
            f"Đề nghị xem xét lại của {assessment.unit_name} {told} nên không làm được việc "
            f"“{step.verb.label}”."
        )
    if step.needs_reason and assessment.state in NOT_SUBMITTED:
        raise WrongState(
            f"{assessment.unit_name} đang tự chấm lại nên chưa trả lời đề nghị xem xét lại được."
        )


def can_review(
    user: Person,
    assessment: Assessment,
    verb: ReviewVerb,
    request: ReviewRequest | None = None,
    *,
    now: dt.datetime | None = None,
) -> bool:
    """Whether the person may do this with a request about this file now."""
    return passes(lambda: check_review(user, assessment, verb, request, now=now))


def check_reviewable(assessment: Assessment, leaf: Criterion) -> None:
    """Raise AssessmentError for a leaf that nobody concludes by hand."""
    if not is_appraised(leaf) or leaf.framework_id != assessment.group.framework_id:
        raise AssessmentError(
            f"Mục {leaf.code} không do Hội đồng thẩm định nên không đề nghị xem xét lại được."
        )
    if is_computed_last(leaf.rule_kind):
        raise AssessmentError(
            f"Điểm mục {leaf.code} do hệ thống tính khi kết luận. Đề nghị xem xét lại mục có số liệu dùng để "
            "tính."
        )
