"""Where the points of a draft come from: sources of several leaves at once, and the survey block."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from criteria.editing import add_survey_block, remove_survey_block, set_sources
from criteria.enums import Source
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable
from criteria.forms.sources import BlockForm, SourcesForm
from criteria.models import Criterion, Framework
from criteria.queries import tree
from criteria.views.common import is_draft, person, show, stale, to_change
from parindex.access import signed_in

RULE = "quản lý bộ tiêu chí của cơ quan ban hành; chỉ bản nháp"
UNPROCESSABLE = 422
UNDO = "Hoàn tác được ở “Các bước đã sửa”."


@signed_in(RULE)
def sources(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Every leaf with its source; those ticked get another."""
    framework = to_change(request, framework_id)
    if not is_draft(framework):
        return stale(request, framework, "Bộ tiêu chí đã đưa vào sử dụng nên nguồn điểm không đổi được nữa.")
    rows = tree(framework)
    leaves = [row for row in rows if row.is_leaf and not row.is_survey_block]
    if request.method != "POST":
        return _page(request, framework, rows, SourcesForm(leaves=leaves))
    form = SourcesForm(request.POST, leaves=leaves)
    if not form.is_valid():
        return _page(request, framework, rows, form)
    codes, source = form.cleaned_data["leaves"], Source(form.cleaned_data["source"])

    def verb() -> None:
        set_sources(framework, codes, source, by=person(request).actor)

    said = f"Đã đặt nguồn điểm “{source.label}” cho {len(codes)} mục. {UNDO}"
    return _done(request, framework, form, verb, said) or _page(request, framework, rows, form)


@signed_in(RULE)
@require_POST
def survey_block(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Add the survey block outside the table, or take it out again."""
    framework = to_change(request, framework_id)
    by = person(request).actor
    if "bo" in request.POST:
        try:
            remove_survey_block(framework, by=by)
        except CriteriaError as refusal:
            return stale(request, framework, refusal)
        messages.success(request, f"Đã bỏ khối điều tra xã hội học. {UNDO}")
        return redirect("criteria:sources", framework.pk)
    form = BlockForm(request.POST)

    def verb() -> None:
        add_survey_block(framework, title=form.cleaned_data["block_title"], points=form.points, by=by)

    said = f"Đã thêm khối điều tra xã hội học ngoài bảng. {UNDO}"
    done = _done(request, framework, form, verb, said) if form.is_valid() else None
    rows = tree(framework)
    return done or _page(request, framework, rows, block_form=form)


def _done(
    request: HttpRequest, framework: Framework, form: Form, verb: Callable[[], None], said: str
) -> HttpResponse | None:
    """Do a verb; a refusal becomes the form's own error, a draft that is gone a page that says so."""
    try:
        verb()
    except (DraftChanged, FrameworkImmutable) as gone:
        return stale(request, framework, gone)
    except CriteriaError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, said)
    return redirect("criteria:sources", framework.pk)


def _page(
    request: HttpRequest,
    framework: Framework,
    rows: list[Criterion],
    form: SourcesForm | None = None,
    block_form: BlockForm | None = None,
) -> HttpResponse:
    """The page; one of the forms may hold what was sent with a mistake."""
    table = [row for row in rows if not row.is_survey_block]
    faulty = next((one for one in (form, block_form) if one is not None and one.is_bound), None)
    context: dict[str, Any] = {
        "framework": framework,
        "rows": [row for row in table if row.is_leaf or row.level == 1],
        "survey": next((row for row in rows if row.is_survey_block), None),
        "form": form or SourcesForm(leaves=[row for row in table if row.is_leaf]),
        "block_form": block_form or BlockForm(),
        "faulty": faulty,
    }
    return show(request, "criteria/sources.html", context, status=UNPROCESSABLE if faulty else 200)
