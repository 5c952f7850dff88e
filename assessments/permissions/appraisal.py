"""Who may appraise a leaf of a unit's file, in which part, and what of the others' words each one sees."""

import datetime as dt
from enum import Enum

from assessments.enums import AssessmentState, RoundDuty, Voice
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment
from assessments.permissions.acting import Acting, ActingOver, Person, acting_in, only_for, own_unit, passes
from assessments.permissions.files import NOT_SUBMITTED
from assessments.states import check_in_appraisal
from criteria.enums import NOT_SELF_SCORED, Source
from criteria.models import Criterion
from parindex.accounts.enums import UNIT_ROLES, Role

READS_APPRAISAL: frozenset[Role | RoundDuty] = frozenset((Role.PUBLISHER, Role.AUDITOR))
CONCLUDES: frozenset[Role | RoundDuty] = frozenset((RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR))
VOICED_BY: dict[Voice, tuple[RoundDuty, ...]] = {
    Voice.CONCLUSION: (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR),
    Voice.OPINION: (RoundDuty.COUNCIL_MEMBER,),
    Voice.PROPOSAL: (RoundDuty.LEAD_AGENCY,),
}


class Opinions(Enum):
    """Which opinions of members a person sees on a leaf."""

    NONE = "none"
    # Blind: their own, and the others' once their own is confirmed.
    AFTER_OWN = "after own"
    ALL = "all"


def voices_of(acting: Acting, content: str) -> tuple[Voice, ...]:
    """In which parts the person speaks of the leaves of a content (its code), the strongest first."""
    if acting.belongs:
        return ()
    held = set()
    if acting.roles & CONCLUDES:
        held.add(Voice.CONCLUSION)
    if RoundDuty.COUNCIL_MEMBER in acting.roles:
        held.add(Voice.OPINION)
    if RoundDuty.LEAD_AGENCY in acting.roles and content in acting.led:
        held.add(Voice.PROPOSAL)
    return tuple(voice for voice in Voice if voice in held)


def voice_of(acting: Acting, content: str, wanted: Voice | None = None) -> Voice | None:
    """In which part the person looks at a content: as asked, else by the role chosen, else the strongest."""
    held = voices_of(acting, content)
    if wanted in held:
        return wanted
    return next((voice for voice in held if acting.doing(VOICED_BY[voice])), next(iter(held), None))


def role_to_switch(acting: Acting, voice: Voice) -> str:
    """The sentence that names the role to switch to before speaking in this part, or an empty string."""
    try:
        acting.require(VOICED_BY[voice])
    except NotPermitted as refusal:
        return str(refusal)
    return ""


def opinions_seen(acting: Acting, content: str) -> Opinions:
    """Which opinions the person sees: a member's own part comes before any right to read."""
    voices = voices_of(acting, content)
    if Voice.CONCLUSION in voices:
        return Opinions.ALL
    if Voice.OPINION in voices:
        return Opinions.AFTER_OWN
    return Opinions.ALL if acting.roles & READS_APPRAISAL and not acting.belongs else Opinions.NONE


def reads_appraisal(acting: Acting, content: str) -> bool:
    """Whether the person may see how the leaves of a content are appraised in this file."""
    if acting.belongs:
        return False
    return bool(acting.roles & READS_APPRAISAL or voices_of(acting, content))


def check_read_appraisal(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> None:
    """Raise NotPermitted unless the person may see how this leaf of this file is appraised."""
    acting = acting_in(user, assessment, now=now)
    if acting.belongs:
        raise own_unit(assessment)
    if not reads_appraisal(acting, _content_code(criterion)):
        raise _not_an_appraiser(acting, assessment, _content_code(criterion))
    if assessment.state in NOT_SUBMITTED:
        raise NotPermitted(f"{assessment.unit_name} chưa nộp hồ sơ nên người thẩm định chưa xem được.")


def can_read_appraisal(
    user: Person, assessment: Assessment, criterion: Criterion, *, now: dt.datetime | None = None
) -> bool:
    """Whether the person may see how this leaf of this file is appraised."""
    return passes(lambda: check_read_appraisal(user, assessment, criterion, now=now))


def is_appraised(criterion: Criterion) -> bool:
    """Whether people appraise this leaf: points of surveys, other results and sums are not theirs to give."""
    return criterion.is_leaf and criterion.source not in NOT_SELF_SCORED


def check_appraise(
    user: Person,
    assessment: Assessment,
    criterion: Criterion,
    *,
    voice: Voice | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Raise a refusal unless the person may appraise this leaf of this file now, in this part or in any.

    The council appraises every leaf, a lead agency those of its own contents, nobody those of a survey.
    """
    acting, content = acting_in(user, assessment, now=now), _content_code(criterion)
    if acting.belongs and acting.roles.intersection(RoundDuty):
        raise own_unit(assessment)
    held = voices_of(acting, content)
    if not held:
        raise _not_an_appraiser(acting, assessment, content)
    if voice is not None and voice not in held:
        raise NotPermitted(
            f"Bạn không có vai trò để ghi “{voice.label}” với hồ sơ của {assessment.unit_name}."
        )
    acting.require(VOICED_BY[voice] if voice is not None else tuple(RoundDuty))
    check_in_appraisal(assessment)
    if not is_appraised(criterion):
        given = criterion.is_leaf and criterion.source != Source.SURVEY
        why = "hệ thống tính hoặc nơi khác đưa vào" if given else "được cộng hoặc do điều tra mà có"
        raise AssessmentError(f"Mục {criterion.code} không thẩm định: điểm {why}.")
    if criterion.framework_id != assessment.group.framework_id:
        raise AssessmentError(f"Mục {criterion.code} không thuộc bộ tiêu chí của {assessment.unit_name}.")


def can_appraise(
    user: Person,
    assessment: Assessment,
    criterion: Criterion,
    *,
    voice: Voice | None = None,
    now: dt.datetime | None = None,
) -> bool:
    """Whether the person may appraise this leaf of this file now, in this part or in any."""
    return passes(lambda: check_appraise(user, assessment, criterion, voice=voice, now=now))


def _not_an_appraiser(acting: Acting, assessment: Assessment, content: str) -> NotPermitted:
    if RoundDuty.LEAD_AGENCY in acting.roles:
        return NotPermitted(f"Bạn không được giao chủ trì nội dung {content}.")
    return NotPermitted(
        f"Chỉ Hội đồng thẩm định và cơ quan chủ trì nội dung mới thẩm định được hồ sơ của "
        f"{assessment.unit_name}."
    )


def _content_code(criterion: Criterion) -> str:
    return (criterion.content or criterion).code


def check_answer(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise a refusal unless the person may answer questions about their unit's file now."""
    acting = acting_in(user, assessment, now=now)
    if not acting.roles.intersection(UNIT_ROLES):
        raise NotPermitted(f"{only_for(UNIT_ROLES)} của {assessment.unit_name} mới trả lời giải trình được.")
    acting.require(UNIT_ROLES)
    check_in_appraisal(assessment)


def can_answer(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may answer questions about their unit's file now."""
    return passes(lambda: check_answer(user, assessment, now=now))


def check_recognise(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> None:
    """Raise a refusal unless the person may record conclusions on this file now."""
    acting = acting_in(user, assessment, now=now)
    if acting.roles & CONCLUDES and acting.belongs:
        raise own_unit(assessment)
    if not acting.roles & CONCLUDES:
        raise NotPermitted(
            "Chỉ Thư ký hoặc Chủ tịch Hội đồng thẩm định mới công nhận được điểm tự chấm của "
            f"{assessment.unit_name}."
        )
    acting.require(VOICED_BY[Voice.CONCLUSION])
    check_in_appraisal(assessment)


def can_recognise(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> bool:
    """Whether the person may record conclusions on this file now."""
    return passes(lambda: check_recognise(user, assessment, now=now))


def check_see_disputes(over: ActingOver) -> None:
    """Raise NotPermitted unless the person may see every word on a group's leaves: opinions are blind.

    Who stands in for one that may sees those of that unit alone (`sees_disputes_of`).
    """
    roles = over.over_all.roles
    if sees_disputes_of(over):
        return
    is_blind = RoundDuty.COUNCIL_MEMBER in roles and not roles & CONCLUDES
    if is_blind or not roles & (CONCLUDES | READS_APPRAISAL):
        raise NotPermitted(
            "Mục còn khác nhau chỉ mở cho Chủ tịch, Thư ký Hội đồng thẩm định, cơ quan tổ chức đánh giá "
            "và cơ quan kiểm tra, giám sát, vì ý kiến của từng thành viên phải kín."
        )


def sees_disputes_of(over: ActingOver) -> frozenset[int] | None:
    """The units alone of which the person sees every word, as who stands in there; None: of all, or none."""
    if over.over_all.roles & (CONCLUDES | READS_APPRAISAL):
        return None
    units = frozenset(unit for unit, lent in over.standing_in.items() if lent.roles & CONCLUDES)
    return (units - over.in_units.keys()) or None


def can_see_disputes(over: ActingOver) -> bool:
    """Whether the person may see every word on the leaves of a group."""
    return passes(lambda: check_see_disputes(over))


def is_under_appraisal(assessment: Assessment) -> bool:
    """Whether appraisers see the file at all: once it is submitted."""
    return AssessmentState(assessment.state) not in NOT_SUBMITTED
