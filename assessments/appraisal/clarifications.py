"""Questions to a unit about one leaf while the rest of its file goes on: asked, answered, closed."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import ClarificationState
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, Clarification
from assessments.notifications import notify, unit_people
from assessments.permissions import check_answer, check_appraise
from criteria.models import Criterion
from parindex.accounts.models import User
from parindex.audit.events import record

ASKED, ANSWERED, CLOSED = ClarificationState
VERB_ASK, VERB_ANSWER, VERB_CLOSE = "yêu cầu giải trình", "trả lời giải trình", "kết thúc giải trình"


@transaction.atomic
def ask(
    assessment: Assessment,
    leaf: Criterion,
    *,
    question: str,
    until: dt.date,
    by: User,
    now: dt.datetime | None = None,
) -> Clarification:
    """Ask the unit about a leaf, to be answered by the end of `until`; its people are told.

    Raises NotPermitted, WrongState, or AssessmentError for an empty question, a day that has passed, or a
    leaf about which a question still waits.
    """
    now = now or timezone.now()
    file = _locked(assessment)
    check_appraise(by, file, leaf, now=now)
    question = question.strip()
    if not question:
        raise AssessmentError(f"Ghi nội dung yêu cầu {file.unit_name} giải trình mục {leaf.code}.")
    if until < timezone.localdate(now):
        raise AssessmentError(f"Hạn trả lời {until:%d/%m/%Y} đã qua. Chọn ngày từ hôm nay trở đi.")
    if file.clarifications.filter(criterion=leaf).exclude(state=CLOSED).exists():
        raise WrongState(
            f"Mục {leaf.code} của {file.unit_name} đang có yêu cầu giải trình chưa kết thúc. "
            "Kết thúc yêu cầu đó trước khi hỏi thêm."
        )
    asked = Clarification.objects.create(
        assessment=file,
        criterion=leaf,
        question=question,
        asked_by_id=by.pk,
        asked_by=by.actor.name,
        asked_at=now,
        until=until,
    )
    record(
        by=by.actor,
        verb=VERB_ASK,
        on=asked,
        after={"state": ASKED.value, "until": until.isoformat()},
        reason=question,
    )
    text = (
        f"{file.unit_name}: mục {leaf.code} cần giải trình, bổ sung, trả lời đến hết ngày {until:%d/%m/%Y}."
    )
    notify(unit_people(file), text, address=unit_address(file), round=file.group.round)
    return asked


@transaction.atomic
def answer(asked: Clarification, *, text: str, by: User, now: dt.datetime | None = None) -> Clarification:
    """Answer for the unit until the last day is over; the person who asked is told.

    Raises NotPermitted for anybody but the unit's people, WrongState for a question that was answered or
    closed or whose day has passed, AssessmentError for an empty answer.
    """
    now = now or timezone.now()
    file = _locked(asked.assessment)
    check_answer(by, file, now=now)
    held = _fresh(asked)
    if held.state != ASKED:
        raise WrongState(
            f"Yêu cầu giải trình mục {held.criterion.code} đang ở trạng thái "
            f"“{ClarificationState(held.state).label}” nên không trả lời được nữa."
        )
    if held.until < timezone.localdate(now):
        raise WrongState(
            f"Hạn trả lời mục {held.criterion.code} đã hết từ cuối ngày {held.until:%d/%m/%Y}. "
            "Đề nghị cơ quan thẩm định gửi yêu cầu mới nếu vẫn cần."
        )
    text = text.strip()
    if not text:
        raise AssessmentError(f"Ghi nội dung trả lời cho mục {held.criterion.code}.")
    held.state, held.answer = ANSWERED, text
    held.answered_by, held.answered_at = by.actor.name, now
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record(
        by=by.actor,
        verb=VERB_ANSWER,
        on=held,
        before={"state": ASKED.value},
        after={"state": ANSWERED.value, "answer": text},
    )
    _tell_asker(held, file)
    return held


def _tell_asker(held: Clarification, file: Assessment) -> None:
    group = file.group
    address = reverse("assessments:appraisal_leaf", args=[group.round.code, group.code, held.criterion.code])
    notify(
        User.objects.filter(pk__in=[held.asked_by_id]),
        f"{file.unit_name} đã trả lời yêu cầu giải trình mục {held.criterion.code}.",
        address=f"{address}?don-vi={file.unit_code}",
        round=group.round,
    )


@transaction.atomic
def close(
    asked: Clarification, *, by: User, seen: ClarificationState, now: dt.datetime | None = None
) -> Clarification:
    """End a question, answered or not. `seen` is the state that the person's page showed.

    Raises NotPermitted, and WrongState where the question is closed or the unit answered in between.
    """
    now = now or timezone.now()
    file = _locked(asked.assessment)
    held = _fresh(asked)
    check_appraise(by, file, held.criterion, now=now)
    if held.state == CLOSED:
        raise WrongState(f"Yêu cầu giải trình mục {held.criterion.code} đã kết thúc.")
    if held.state != seen:
        raise WrongState(
            f"{file.unit_name} vừa trả lời mục {held.criterion.code}. Đọc trả lời rồi hãy kết thúc yêu cầu."
        )
    before = held.state
    held.state, held.closed_by, held.closed_at = CLOSED, by.actor.name, now
    held.save(update_fields=["state", "closed_by", "closed_at"])
    record(by=by.actor, verb=VERB_CLOSE, on=held, before={"state": before}, after={"state": CLOSED.value})
    return held


def own_questions(file: Assessment) -> list[Clarification]:
    """What the unit was asked about its file: those that wait for it first, the nearest day first."""
    asked = file.clarifications.select_related("criterion__content").order_by("until", "pk")
    return sorted(asked, key=lambda one: list(ClarificationState).index(ClarificationState(one.state)))


def unit_address(file: Assessment) -> str:
    """The page on which a unit reads and answers questions about its file."""
    return reverse(
        "assessments:own_clarifications", args=[file.group.round.code, file.group.code, file.unit_code]
    )


def _locked(assessment: Assessment) -> Assessment:
    """The file as it stands, so that a question and the file's conclusion wait for one another."""
    files = Assessment.objects.select_for_update(of=("self",))
    return files.select_related("group__round", "group__framework").get(pk=assessment.pk)


def _fresh(asked: Clarification) -> Clarification:
    return Clarification.objects.select_related("criterion__content", "assessment").get(pk=asked.pk)
