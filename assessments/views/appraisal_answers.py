"""Questions of the appraisal to a unit: its people read and answer them."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assessments.appraisal import answer, own_questions
from assessments.enums import ClarificationState
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import AnswerForm
from assessments.models import Assessment, Clarification
from assessments.permissions import can_answer, is_under_appraisal
from assessments.views.self_scoring import load_of_unit
from criteria.views.common import person
from parindex.access import signed_in
from parindex.keys import number_of
from parindex.listing import FEW, choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
STATES = list(ClarificationState)
ORDERS = (
    ("trang-thai", "Chờ trả lời trước"),
    ("-trang-thai", "Đã kết thúc trước"),
    ("han", "Hạn trả lời gần trước"),
    ("-han", "Hạn trả lời xa trước"),
    ("muc", "Thứ tự mục"),
    ("-muc", "Thứ tự mục, từ cuối"),
)
KEYS: dict[str, Callable[[Clarification], Any]] = {
    "trang-thai": lambda asked: STATES.index(ClarificationState(asked.state)),
    "han": lambda asked: asked.until,
    "muc": lambda asked: asked.criterion.position,
}
COLUMNS = (
    Column("code", "Mục", width=10),
    Column("title", "Tiêu chí", width=44),
    Column("state", "Trạng thái"),
    Column("question", "Nội dung yêu cầu", width=60),
    Column("asked_by", "Người yêu cầu", width=24),
    Column("asked_at", "Lúc yêu cầu", width=18),
    Column("until", "Trả lời đến hết ngày", width=14),
    Column("answer", "Trả lời của đơn vị", width=60),
    Column("answered_by", "Người trả lời", width=24),
    Column("answered_at", "Lúc trả lời", width=18),
)


@signed_in("cán bộ, lãnh đạo của đơn vị: yêu cầu giải trình về hồ sơ của đơn vị mình")
def own_clarifications(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str
) -> HttpResponse:
    """What the unit was asked about its file, with a field for each answer that still can be given."""
    file = load_of_unit(request, round_code, group_code, unit_code)
    sent: tuple[int, AnswerForm] | None = None
    status = OK
    if request.method == "POST":
        status, sent = _sent(request, file)
        if status == OK:
            return redirect(request.get_full_path())
    asked = own_questions(file)
    found = _listed(request, asked)
    if kind := wanted_file(request):
        return _file(kind, file, found["rows"])
    can = can_answer(person(request), file)
    # What was written is shown again also where the list no longer holds its question.
    again = [one for one in asked if sent and one.pk == sent[0] and one not in found["page"].object_list]
    context = found | {
        "orders": ORDERS,
        "round": file.group.round,
        "group": file.group,
        "file": file,
        "questions": [(one, _form(one, sent, can=can), _days(one)) for one in (*again, *found["page"])],
        "count": len(asked),
        "is_long": len(asked) > FEW,
        "waiting": sum(_form(one, sent, can=can) is not None for one in asked),
        "errors": sent[1] if sent else None,
        "is_here": is_under_appraisal(file),
        "nav_current": "own_files",
    }
    return render(request, "assessments/appraisal/answers.html", context, status=status)


def _listed(request: HttpRequest, asked: Iterable[Clarification]) -> dict[str, Any]:
    sought = words(request, "Mã, tiêu chí hoặc nội dung")
    state = choice(request, "trang-thai", "Trạng thái", ClarificationState.choices)
    found = [
        one
        for one in asked
        if state.value in ("", one.state)
        and has_words(sought.folded, one.criterion.code, one.criterion.title, one.question, one.answer)
    ]
    return listed(request, found, KEYS, [sought, state])


def _file(kind: str, file: Assessment, asked: Iterable[Clarification]) -> HttpResponse:
    """The questions as found; who asked only where the group names who appraises."""
    rows = [
        (
            one.criterion.code,
            one.criterion.title,
            one.standing,
            one.question,
            one.asked_by if file.group.names_appraisers else "Người thẩm định",
            one.asked_at,
            one.until,
            one.answer,
            one.answered_by,
            one.answered_at,
        )
        for one in asked
    ]
    return list_file(kind, f"giai-trinh-{file.unit_code}", "Yêu cầu giải trình", COLUMNS, rows)


def _sent(request: HttpRequest, file: Assessment) -> tuple[int, tuple[int, AnswerForm] | None]:
    """The answer's status, and the form to show again with its question where it was not written."""
    key = number_of(request.POST.get("yeu-cau", ""))
    if key is None:
        raise AssessmentError("Yêu cầu vừa gửi không đọc được. Mở lại trang rồi làm lại.")
    asked = get_object_or_404(Clarification, pk=key, assessment=file)
    form = AnswerForm(asked, request.POST)
    if not form.is_valid():
        return UNPROCESSABLE, (asked.pk, form)
    try:
        answer(asked, text=form.cleaned_data["answer"], by=person(request))
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return CONFLICT if isinstance(refusal, WrongState) else UNPROCESSABLE, (asked.pk, form)
    messages.success(request, f"Đã gửi trả lời cho mục {asked.criterion.code}.")
    return OK, None


def _form(asked: Clarification, sent: tuple[int, AnswerForm] | None, *, can: bool) -> AnswerForm | None:
    if sent is not None and sent[0] == asked.pk:
        return sent[1]
    days = _days(asked)
    return AnswerForm(asked) if can and days is not None and days >= 0 else None


def _days(asked: Clarification) -> int | None:
    """Days left to answer; below nought where they are over, None where nothing is waited for."""
    if asked.state != ClarificationState.ASKED:
        return None
    return (asked.until - timezone.localdate()).days
