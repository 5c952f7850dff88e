"""Resolving a discrepancy of a draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from criteria.editing import choose
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable
from criteria.forms import ResolveForm
from criteria.models import Problem
from criteria.queries import framework_page
from criteria.views.common import is_draft, person, stale, to_change
from criteria.views.drafts import by_choice, resolve_form, show_draft
from criteria.visibility import visible_frameworks
from parindex.access import signed_in


@signed_in("quản lý bộ tiêu chí của cơ quan ban hành")
@require_POST
def resolve(request: HttpRequest, framework_id: int, problem_id: int) -> HttpResponse:
    """Record which figure holds; a mistake shows the draft's page again with what was written."""
    framework = to_change(request, framework_id)
    problem = get_object_or_404(framework.problems, pk=problem_id)
    written = request.POST.get(f"cho-{problem.pk}-reason", "")
    if refusal := _out_of_reach(problem):
        return stale(request, framework, refusal, written=written)
    form = resolve_form(framework_page(framework, visible_frameworks(request.user)), problem, request.POST)
    if not form.is_valid():
        return show_draft(request, framework, {problem.pk: form})
    try:
        _record(request, problem, form)
    except (DraftChanged, FrameworkImmutable) as refusal:
        return stale(request, framework, refusal, written=written)
    except CriteriaError as refusal:
        form.add_error("leaf" if form.chosen_leaf else "choice", str(refusal))
        return show_draft(request, framework, {problem.pk: form})
    messages.success(
        request,
        f"Đã ghi nhận lựa chọn cho {f'mục {problem.code}' if problem.code else 'tổng điểm'}. "
        "Hoàn tác được ở “Các bước đã sửa”.",
    )
    return redirect("criteria:framework", framework.pk)


def _record(request: HttpRequest, problem: Problem, form: ResolveForm) -> None:
    choose(
        problem,
        choice=form.chosen,
        leaf=form.chosen_leaf,
        reason=form.cleaned_data["reason"],
        by=person(request).actor,
    )


def _out_of_reach(problem: Problem) -> str:
    """Why no choice can be recorded here any more, or at all."""
    if not is_draft(problem.framework):
        return f"“{problem.framework}” đã được đưa vào sử dụng nên không sửa được."
    if problem.resolution:
        return f"{problem.resolved_by} đã chọn “{problem.get_resolution_display()}” cho chỗ này."
    return "" if by_choice(problem) else f"Chỗ này phải sửa trong tệp rồi đọc lại: {problem.message}"
