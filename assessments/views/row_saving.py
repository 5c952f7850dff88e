"""One row of a unit's own file, saved without the page being loaded again.

The answer holds only parts of the page, each under the id of what it replaces: the fields themselves stay,
so that neither the focus nor what is typed meanwhile is lost.
"""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.enums import AssessmentState
from assessments.evidence import uses_of
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms import (
    TAKE_THEIRS,
    LeafForm,
    control_of,
    edit_summary,
    filled_row,
    is_changed,
    summary,
    written,
)
from assessments.models import Assessment
from assessments.permissions import check_edit_self_scores
from assessments.self_scoring import (
    Saved,
    StaleScores,
    above,
    contents_of,
    is_self_scored,
    keep_unsaved,
    kept_criteria,
    last_return,
    next_to_do,
    progress_of,
    save_own_words,
)
from assessments.states import is_deadline_open, self_scoring_deadline
from assessments.views.self_scoring import load_own, person_of
from criteria.exceptions import RuleRefused
from criteria.models import Criterion
from parindex.access import signed_in

CONFLICT = 409
UNPROCESSABLE = 422
# A field of the dialogue in which a person chooses between two versions.
FROM_DIALOGUE = "chon"
NO_LEAF = "Nội dung này không có mục mà đơn vị tự chấm như vậy."


@signed_in("ghi điểm: cán bộ đơn vị; cơ quan tổ chức đánh giá nhập thay theo bản giấy")
@require_POST
def save_row(
    request: HttpRequest,
    round_code: str,
    group_code: str,
    unit_code: str,
    content_code: str,
    leaf_code: str,
) -> HttpResponse:
    """Save one row; the answer is what changes on the page."""
    file = load_own(request, round_code, group_code, unit_code)
    criteria = kept_criteria(file)
    leaf = _leaf(file, criteria, content_code, leaf_code)
    form = LeafForm(leaf, control_of(leaf), None, request.POST)
    try:
        saved = _saved(request, file, form)
    except StaleScores as conflict:
        return _conflict(request, form, conflict)
    except WrongState as refusal:
        return _closed(request, file, form, refusal)
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.add_error("reason", str(refusal))
    if form.errors:
        return render(request, "assessments/self_scoring/refused.html", {"form": form}, status=UNPROCESSABLE)
    return _answer(request, file, criteria, leaf, saved)


def _saved(request: HttpRequest, file: Assessment, form: LeafForm) -> Saved | None:
    """What was written; nothing where nothing was changed or the form is refused."""
    user = person_of(request)
    if request.POST.get(form.add_prefix("keep")) == TAKE_THEIRS:
        if form.is_valid():
            keep_unsaved(file, form.edit(), by=user)
        return None
    if is_changed(form.leaf, form.control, request.POST) and form.is_valid():
        return save_own_words(file, [form.edit()], by=user)
    check_edit_self_scores(user, file)
    return None


def _leaf(file: Assessment, criteria: Sequence[Criterion], content_code: str, leaf_code: str) -> Criterion:
    contents = {row.pk: row.code for row in criteria if row.level == 1}
    leaf = next((row for row in criteria if row.code == leaf_code), None)
    if leaf is None or contents[leaf.content_id or leaf.pk] != content_code:
        raise Http404(NO_LEAF)
    if not is_self_scored(leaf, file.group):
        raise Http404(NO_LEAF)
    try:
        control_of(leaf)
    except RuleRefused as refusal:
        raise Http404(NO_LEAF) from refusal
    return leaf


def _answer(
    request: HttpRequest,
    file: Assessment,
    criteria: Sequence[Criterion],
    leaf: Criterion,
    saved: Saved | None,
) -> HttpResponse:
    """The row as it stands, the sums above it, the progress of content and file, what is next."""
    contents = contents_of(
        file,
        criteria=criteria,
        scores=None if saved is None else saved.scores,
        came_back=last_return(file),
    )
    content = next(one for one in contents if leaf.pk in {row.criterion.pk for row in one.rows})
    line = next(row for row in content.rows if row.criterion.pk == leaf.pk)
    own = [row for one in contents for row in one.own]
    # What was chosen or taken over in the dialogue goes into the fields too.
    whole = request.POST.get(FROM_DIALOGUE) is not None
    if whole:
        line.criterion = file.group.used_framework.criteria.get(pk=leaf.pk)
    row = filled_row(line)
    if whole:
        row.evidence = uses_of(file, leaf)
    context = {
        **_about(file),
        "row": row,
        "leaf": line.criterion,
        "score": line.score,
        "whole": whole,
        "is_open": True,
        "shows_fields": True,
        "sums": list(above(content, leaf)),
        "content": content,
        "obtained": sum(row.obtained for row in own),
        "attainable": sum(row.attainable for row in own),
        "progress": progress_of(own),
        "next": next_to_do(contents, (content.code, leaf.code)),
        "saved_at": timezone.now() if saved is not None else None,
    }
    return render(request, "assessments/self_scoring/saved.html", context)


def _about(file: Assessment) -> dict[str, Any]:
    return {"file": file, "group": file.group, "round": file.group.round}


def _closed(request: HttpRequest, file: Assessment, form: LeafForm, refusal: WrongState) -> HttpResponse:
    """The file was closed meanwhile: the page turns read-only, and what was typed stays readable."""
    context = {
        **_about(file),
        "form": form,
        "refusal": str(refusal),
        "state": AssessmentState(file.state),
        "is_late": not is_deadline_open(file),
        "until": self_scoring_deadline(file),
    }
    return render(request, "assessments/self_scoring/closed.html", context, status=CONFLICT)


def _conflict(request: HttpRequest, form: LeafForm, conflict: StaleScores) -> HttpResponse:
    """Both versions side by side, in a dialogue that sends the row again."""
    theirs, prefix = conflict.stale[form.leaf.pk], form.add_prefix("")
    again = {form.add_prefix(name) for name in ("version", "read", "keep", "reason")}
    context = {
        "form": LeafForm(form.leaf, form.control, theirs),
        "leaf": form.leaf,
        "theirs": theirs,
        "theirs_shown": summary(theirs),
        "theirs_working": written(form.leaf, theirs),
        "mine_shown": edit_summary(form.edit()),
        "mine_reason": form.cleaned_data["reason"],
        "kept": [
            (name, value)
            for name, values in request.POST.lists()
            if name.startswith(prefix) and name not in again
            for value in values
        ],
        "from_dialogue": FROM_DIALOGUE,
        "address": request.path,
    }
    return render(request, "assessments/self_scoring/conflict.html", context, status=CONFLICT)
