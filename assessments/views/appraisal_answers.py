"""Questions of the appraisal to a unit: its people read and answer them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assessments.appraisal import answer, own_questions
from assessments.enums import ClarificationState
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import AnswerForm
from assessments.models import Assessment, Clarification
from assessments.permissions import can_answer, is_under_appraisal
from assessments.self_scoring import files_of
from criteria.views.common import person
from parindex.access import signed_in

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422


@signed_in("cán bộ, lãnh đạo của đơn vị: yêu cầu giải trình về hồ sơ của đơn vị mình")
def own_clarifications(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str
) -> HttpResponse:
    """What the unit was asked about its file, with a field for each answer that still can be given."""
    found = files_of(person(request)).filter(
        group__round__code=round_code, group__code=group_code, unit_code=unit_code
    )
    file = found.first()
    if file is None:
        raise Http404("Không có hồ sơ này trong các đơn vị của bạn.")
    sent: tuple[int, AnswerForm] | None = None
    status = OK
    if request.method == "POST":
        status, sent = _sent(request, file)
        if status == OK:
            return redirect(request.path)
    can = can_answer(person(request), file)
    rows = [(one, _form(one, sent, can=can), _days(one)) for one in own_questions(file)]
    context = {
        "round": file.group.round,
        "group": file.group,
        "file": file,
        "rows": rows,
        "waiting": sum(form is not None for _, form, _ in rows),
        "errors": sent[1] if sent else None,
        "is_here": is_under_appraisal(file),
        "nav_current": "own_files",
    }
    return render(request, "assessments/appraisal/answers.html", context, status=status)


def _sent(request: HttpRequest, file: Assessment) -> tuple[int, tuple[int, AnswerForm] | None]:
    """The answer's status, and the form to show again with its question where it was not written."""
    key = request.POST.get("yeu-cau", "")
    if not key.isdecimal():
        raise AssessmentError("Yêu cầu vừa gửi không đọc được. Mở lại trang rồi làm lại.")
    asked = get_object_or_404(Clarification, pk=int(key), assessment=file)
    form = AnswerForm(asked.pk, request.POST)
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
    return AnswerForm(asked.pk) if can and days is not None and days >= 0 else None


def _days(asked: Clarification) -> int | None:
    """Days left to answer; below nought where they are over, None where nothing is waited for."""
    if asked.state != ClarificationState.ASKED:
        return None
    return (asked.until - timezone.localdate()).days
