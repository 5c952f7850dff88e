"""Self-scoring: the work list of a unit's people, one file, one content of it."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentState, ClarificationState, Verb
from assessments.evidence import uses_by_leaf
from assessments.exceptions import AssessmentError, WrongState
from assessments.forms import ContentForm, MoveForm
from assessments.models import AnyScore, Assessment
from assessments.moves import move
from assessments.permissions import can_edit_self_scores, check_edit_self_scores, open_moves
from assessments.permissions.files import officers_switch, paper_of
from assessments.self_scoring import (
    Content,
    StaleScores,
    bare_content,
    contents_of,
    files_entered_for,
    files_of,
    heads_of,
    kept_criteria,
    last_return,
    listed_files,
    memberships_in_units,
    next_to_do,
    previous_points,
    progress_of,
    save_own_words,
    units_of,
)
from assessments.states import is_deadline_open, self_scoring_deadline
from assessments.transitions import TRANSITIONS
from criteria.models import Criterion
from parindex.access import signed_in
from parindex.accounts.models import User

NO_CONTENT = "Bộ tiêu chí không có nội dung này."
UNCHANGED = "Không có gì thay đổi nên không ghi thêm."
OK = 200
CONFLICT = 409
UNPROCESSABLE = 422
UNITS_VERBS = (Verb.SEND_TO_HEAD, Verb.APPROVE_AND_SUBMIT, Verb.RETURN_TO_OFFICER)
DONE = {
    Verb.SEND_TO_HEAD: "Đã trình lãnh đạo duyệt. Hồ sơ khóa cho đến khi lãnh đạo duyệt hoặc trả lại.",
    Verb.APPROVE_AND_SUBMIT: "Đã duyệt và nộp hồ sơ.",
    Verb.RETURN_TO_OFFICER: "Đã trả lại cán bộ đơn vị.",
}


def person_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _days_left(until: dt.date | None) -> int | None:
    return None if until is None else (until - timezone.localdate()).days


@signed_in("cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình")
def own_files(request: HttpRequest) -> HttpResponse:
    """The files of the person's units: what waits, until when, how far it is."""
    user = person_of(request)
    memberships = memberships_in_units(user)
    listed = [(one, _days_left(one.until)) for one in listed_files(user)]
    context = {
        "open_files": [(one, days) for one, days in listed if one.is_open],
        "other_files": [one for one, _ in listed if not one.is_open],
        "has_unit": bool(memberships),
        "nav_current": "own_files",
    }
    return render(request, "assessments/self_scoring/files.html", context)


def load_own(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> Assessment:
    """A file that the person may score or approve; whatever else is asked for is not found."""
    return _load(request, round_code, group_code, unit_code, files_of, files_entered_for)


def load_of_unit(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> Assessment:
    """A file of a unit that the person belongs to; whatever else is asked for is not found."""
    return _load(request, round_code, group_code, unit_code, files_of)


def _load(
    request: HttpRequest,
    round_code: str,
    group_code: str,
    unit_code: str,
    *sources: Callable[[User], QuerySet[Assessment]],
) -> Assessment:
    codes = {"group__round__code": round_code, "group__code": group_code, "unit_code": unit_code}
    for files in sources:
        file = next(iter(files(person_of(request)).filter(**codes)), None)
        if file is not None:
            return file
    raise Http404("Không có hồ sơ này trong các đơn vị của bạn.")


def shared(user: User, file: Assessment, contents: list[Content]) -> dict[str, Any]:
    """What all pages of a file show: deadline, sums, and who can open a locked file again."""
    belongs = file.unit_id in units_of(user)
    until = self_scoring_deadline(file)
    own = [row for content in contents for row in content.own]
    return {
        "file": file,
        "round": file.group.round,
        "group": file.group,
        "state": AssessmentState(file.state),
        "contents": contents,
        "until": until,
        "days_left": _days_left(until),
        "is_late": not is_deadline_open(file),
        "progress": progress_of(own),
        "obtained": sum(row.obtained for row in own),
        "attainable": sum(row.attainable for row in own),
        "locked_points": sum(content.locked for content in contents),
        "paper": None if belongs else paper_of(file),
        "switch": officers_switch(user, file),
        "nav_current": "own_files",
    }


@signed_in("cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình")
def own_file(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """One file as a list of its contents, and the verbs that move it."""
    file = load_own(request, round_code, group_code, unit_code)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and _moved(request, file, form):
        return redirect(request.path)
    user = person_of(request)
    verbs = [row for row in open_moves(user, file) if row.verb in UNITS_VERBS]
    came_back = last_return(file)
    contents = contents_of(file, came_back=came_back, criteria=kept_criteria(file))
    asked = [one.standing for one in file.clarifications.all()]
    context = {
        **shared(user, file, contents),
        "heads": heads_of(file),
        "came_back": came_back,
        "next": next_to_do(contents),
        "verbs": verbs,
        "form": form,
        "is_officer": can_edit_self_scores(user, file),
        "questions": asked.count(ClarificationState.ASKED.label),
        "has_questions": bool(asked),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "assessments/self_scoring/file.html", context, status=status)


def _moved(request: HttpRequest, file: Assessment, form: MoveForm) -> bool:
    """Do the verb that was asked for; False where the form has to be shown again."""
    if not form.is_valid() or form.cleaned_data["verb"] not in [*UNITS_VERBS]:
        raise AssessmentError("Việc vừa gửi không có ở trang này. Mở lại trang rồi chọn lại.")
    verb = Verb(form.cleaned_data["verb"])
    if TRANSITIONS[verb].needs_reason and not form.cleaned_data["reason"]:
        form.add_error("reason", "Nêu lý do trả lại để cán bộ biết phải sửa gì.")
        return False
    if form.cleaned_data["seen"] not in AssessmentState.values:
        raise WrongState("Trạng thái hồ sơ đã đổi. Mở lại trang rồi quyết định.")
    seen = AssessmentState(form.cleaned_data["seen"])
    move(file, verb, by_user=person_of(request), reason=form.cleaned_data["reason"], seen=seen)
    messages.success(request, DONE[verb])
    return True


@signed_in("cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình; ghi điểm: cán bộ đơn vị")
def own_content(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, content_code: str
) -> HttpResponse:
    """One content as a table: what the unit enters, saved together."""
    file = load_own(request, round_code, group_code, unit_code)
    data = request.POST if request.method == "POST" else None
    status, outcome = OK, ""
    stale: Mapping[int, AnyScore | None] = {}
    if data is not None:
        sent = bare_content(file, content_code)
        if sent is None:
            raise Http404(NO_CONTENT)
        status, outcome, stale = _saved(request, file, ContentForm(sent, data, only_changed=True))
        if not outcome:
            return redirect(request.path)
    uses = uses_by_leaf(file)
    came_back = last_return(file)
    contents = contents_of(file, proved=uses, came_back=came_back, criteria=_criteria(file, content_code))
    place = next((at for at, content in enumerate(contents) if content.code == content_code), None)
    if place is None:
        raise Http404(NO_CONTENT)
    _fill_previous(file, contents[place])
    form = ContentForm(contents[place], data)
    form.is_valid()
    form.take_stale(stale)
    for row in form.rows:
        row.evidence = uses.get(row.line.criterion.pk, ())
    is_open = outcome != "closed" and (data is not None or can_edit_self_scores(person_of(request), file))
    context = {
        **shared(person_of(request), file, contents),
        "content": contents[place],
        "came_back": came_back,
        "next": next_to_do(contents, (content_code, "")),
        "form": form,
        "is_open": is_open,
        # What was typed stays readable where it could no longer be saved.
        "shows_fields": is_open or outcome == "closed",
        "outcome": outcome,
        "before": contents[place - 1] if place else None,
        "after": contents[place + 1] if place + 1 < len(contents) else None,
        "file_url": reverse("assessments:own_file", args=[round_code, group_code, unit_code]),
    }
    return render(request, "assessments/self_scoring/content.html", context, status=status)


def _criteria(file: Assessment, content_code: str) -> list[Criterion]:
    """All criteria, those of the content that is shown with their long texts; in one query."""
    whole = {row.pk: row for row in file.group.used_framework.criteria.filter(content__code=content_code)}
    return [whole.get(row.pk, row) for row in kept_criteria(file)]


def _fill_previous(file: Assessment, content: Content) -> None:
    """Put the points of the year before beside each leaf."""
    own = {row.criterion.pk: row for row in content.rows if row.criterion.is_leaf}
    for key, points in previous_points(file, [row.criterion for row in own.values()]).items():
        own[key].previous = points


def _saved(
    request: HttpRequest, file: Assessment, form: ContentForm
) -> tuple[int, str, Mapping[int, AnyScore | None]]:
    """The answer's status, what kept the rows from being saved, if anything, and the stale ones."""
    user = person_of(request)
    try:
        if not form.changed or not form.is_valid():
            check_edit_self_scores(user, file)
            if form.changed:
                return UNPROCESSABLE, "errors", {}
            messages.info(request, UNCHANGED)
            return OK, "", {}
        count = len(save_own_words(file, form.edits(), by=user).written)
    except StaleScores as conflict:
        return CONFLICT, "conflict", conflict.stale
    except WrongState as refusal:
        messages.error(request, f"Chưa ghi. {refusal}")
        file.refresh_from_db(fields=["state", "self_scoring_until"])
        return CONFLICT, "closed", {}
    if count:
        messages.success(request, f"Đã lưu {count} mục lúc {timezone.localtime():%H:%M}.")
    else:
        messages.info(request, UNCHANGED)
    return OK, "", {}
