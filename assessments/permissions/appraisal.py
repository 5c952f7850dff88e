"""Who may appraise a leaf of a unit's file."""

import datetime as dt

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment
from assessments.permissions.acting import Acting, Person, acting_in, own_unit, passes
from assessments.states import check_in_appraisal
from criteria.enums import Source
from criteria.models import Criterion


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
        raise own_unit(assessment)
    content = criterion.content or criterion
    if duties == {RoundDuty.LEAD_AGENCY} and content.code not in acting.led:
        raise NotPermitted(f"Bạn không được giao chủ trì nội dung {content.code}.")


def can_appraise(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> bool:
    """Whether the person may appraise this leaf of this file now."""
    return passes(lambda: check_appraise(user, assessment, criterion, now=now))
