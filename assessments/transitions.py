"""The tables of how a unit's file and a request for review move; docs/workflow.md is drawn from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from assessments.enums import AssessmentState, ReviewState, ReviewVerb, RoundDuty, Verb
from parindex.accounts.enums import Role

DRAFT, UNIT_REVIEW, SUBMITTED, IN_APPRAISAL, CONCLUDED = AssessmentState

# Roles that judge other people's files: nobody acts in one of them on a unit of their own.
JUDGES: frozenset[Role | RoundDuty] = frozenset((Role.PUBLISHER, *RoundDuty))


class NewDeadline(Enum):
    """Whether a verb gives the unit a last day of self-scoring of its own."""

    NONE = "none"
    # Needed only where the day that holds has passed: a file that goes back must be able to return.
    IF_PASSED = "if passed"
    REQUIRED = "required"
    # Required, and later than the day that holds.
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb: from which state to which, by whom, and on what conditions.

    `audit` is the verb's name in the log. `needs_conclusions` asks for a conclusion on every leaf but the
    survey's, `needs_evidence` for what the group's rule on evidence asks of each leaf that claims points,
    `needs_paper` for a signed paper of the unit on record.
    """

    verb: Verb
    moves: Mapping[AssessmentState, AssessmentState]
    roles: tuple[Role | RoundDuty, ...]
    audit: str
    needs_reason: bool = False
    needs_open_deadline: bool = False
    needs_conclusions: bool = False
    needs_evidence: bool = False
    needs_paper: bool = False
    new_deadline: NewDeadline = NewDeadline.NONE


TABLE = (
    Transition(
        verb=Verb.SEND_TO_HEAD,
        moves={DRAFT: UNIT_REVIEW},
        roles=(Role.UNIT_OFFICER,),
        audit="trình lãnh đạo duyệt",
        needs_open_deadline=True,
        needs_evidence=True,
    ),
    Transition(
        verb=Verb.APPROVE_AND_SUBMIT,
        moves={UNIT_REVIEW: SUBMITTED},
        roles=(Role.UNIT_HEAD,),
        audit="duyệt và nộp hồ sơ",
        needs_open_deadline=True,
        needs_evidence=True,
    ),
    Transition(
        verb=Verb.RETURN_TO_OFFICER,
        moves={UNIT_REVIEW: DRAFT},
        roles=(Role.UNIT_HEAD,),
        audit="trả lại cán bộ đơn vị",
        needs_reason=True,
    ),
    Transition(
        verb=Verb.SUBMIT_ON_BEHALF,
        moves={DRAFT: SUBMITTED},
        roles=(Role.PUBLISHER,),
        audit="nộp thay đơn vị",
        needs_reason=True,
        needs_open_deadline=True,
        needs_evidence=True,
        needs_paper=True,
    ),
    Transition(
        verb=Verb.START_APPRAISAL,
        moves={SUBMITTED: IN_APPRAISAL},
        roles=(Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY),
        audit="tiếp nhận, bắt đầu thẩm định",
    ),
    Transition(
        verb=Verb.RETURN_AT_RECEIPT,
        moves={SUBMITTED: DRAFT},
        roles=(Role.PUBLISHER,),
        audit="trả lại khi tiếp nhận",
        needs_reason=True,
        new_deadline=NewDeadline.IF_PASSED,
    ),
    Transition(
        verb=Verb.GRANT_MORE_TIME,
        moves={DRAFT: DRAFT, UNIT_REVIEW: UNIT_REVIEW, SUBMITTED: DRAFT},
        roles=(Role.PUBLISHER,),
        audit="gia hạn tự chấm",
        needs_reason=True,
        new_deadline=NewDeadline.LATER,
    ),
    Transition(
        verb=Verb.CONCLUDE_FILE,
        moves={IN_APPRAISAL: CONCLUDED},
        roles=(RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR),
        audit="kết luận thẩm định",
        needs_conclusions=True,
    ),
    Transition(
        verb=Verb.REOPEN_APPRAISAL,
        moves={CONCLUDED: IN_APPRAISAL},
        roles=(Role.PUBLISHER, RoundDuty.COUNCIL_CHAIR),
        audit="mở lại thẩm định",
        needs_reason=True,
    ),
    Transition(
        verb=Verb.REOPEN_SELF_SCORING,
        moves={IN_APPRAISAL: DRAFT, CONCLUDED: DRAFT},
        roles=(Role.PUBLISHER,),
        audit="mở lại tự chấm",
        needs_reason=True,
        new_deadline=NewDeadline.REQUIRED,
    ),
)
TRANSITIONS: Mapping[Verb, Transition] = {row.verb: row for row in TABLE}


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One verb on a request for review of a leaf; None is the state before it is written or after it is gone.

    `until_last_day` asks that the round's last day for requests is not over.
    """

    verb: ReviewVerb
    moves: Mapping[ReviewState | None, ReviewState | None]
    roles: tuple[Role | RoundDuty, ...]
    audit: str
    needs_reason: bool = False
    until_last_day: bool = False


WRITTEN, SENT, KEPT, CHANGED = ReviewState
CONCLUDERS = (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR)
REVIEWS: Mapping[ReviewVerb, ReviewStep] = {
    step.verb: step
    for step in (
        ReviewStep(
            verb=ReviewVerb.WRITE,
            moves={None: WRITTEN, WRITTEN: WRITTEN},
            roles=(Role.UNIT_OFFICER,),
            audit="viết đề nghị xem xét lại",
            until_last_day=True,
        ),
        ReviewStep(
            verb=ReviewVerb.SEND,
            moves={WRITTEN: SENT},
            roles=(Role.UNIT_HEAD,),
            audit="gửi đề nghị xem xét lại",
            until_last_day=True,
        ),
        ReviewStep(
            verb=ReviewVerb.DROP,
            moves={WRITTEN: None},
            roles=(Role.UNIT_OFFICER, Role.UNIT_HEAD),
            audit="bỏ đề nghị xem xét lại",
        ),
        ReviewStep(
            verb=ReviewVerb.KEEP,
            moves={SENT: KEPT},
            roles=CONCLUDERS,
            audit="trả lời đề nghị xem xét lại: giữ nguyên",
            needs_reason=True,
        ),
        ReviewStep(
            verb=ReviewVerb.CHANGE,
            moves={SENT: CHANGED},
            roles=CONCLUDERS,
            audit="trả lời đề nghị xem xét lại: điều chỉnh",
            needs_reason=True,
        ),
    )
}
