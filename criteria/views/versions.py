"""New versions: starting one as a copy, comparing it with the one before, confirming the threads."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from criteria.comparison import compared, free_for, match_of, unmatched
from criteria.exceptions import CriteriaError
from criteria.forms import NewVersionForm, ThreadsForm
from criteria.models import Criterion, Framework
from criteria.permissions import can_change, check_change
from criteria.queries import tree
from criteria.versions import carry_on, copy_as_draft, version_before
from criteria.views.common import is_draft, person, require_draft, seen, show, to_change
from criteria.visibility import visible_frameworks
from parindex.access import public, signed_in

UNPROCESSABLE = 422
ONE = "mot"


@signed_in("quản lý bộ tiêu chí của cơ quan ban hành")
def new_version(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Start the next version as a copy of this one."""
    framework = to_change(request, framework_id)
    form = NewVersionForm(request.POST if request.method == "POST" else None, framework=framework)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        draft = copy_as_draft(
            framework, decision=said["decision"], title=said["title"], by=person(request).actor
        )
        messages.success(
            request, f"Đã lập bản nháp phiên bản {draft.version} từ phiên bản {framework.version}."
        )
        return redirect("criteria:framework", draft.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return show(request, "criteria/new_version.html", {"framework": framework, "form": form}, status=status)


@public
def comparison(request: HttpRequest, framework_id: int) -> HttpResponse:
    """What a version has otherwise than the one before; a draft's threads are confirmed here."""
    framework = seen(request, framework_id)
    if request.method == "POST":
        check_change(request.user, framework)
        require_draft(framework)
    earlier = version_before(framework)
    visible = visible_frameworks(request.user)
    if earlier is not None and not visible.filter(pk=earlier.pk).exists():
        earlier = None
    may_change = is_draft(framework) and can_change(request.user, framework)
    context: dict[str, Any] = {"framework": framework, "earlier": earlier, "may_change": may_change}
    if earlier is None:
        return show(request, "criteria/comparison.html", context)
    old, new = tree(earlier), tree(framework)
    # From the page of one criterion comes that one alone, also where it has a counterpart.
    one = next((row for row in new if str(row.pk) == request.POST.get(ONE)), None)
    free = free_for(one, old, new)
    matches = ([match_of(one, old)] if one else unmatched(old, new)) if may_change else []
    form = ThreadsForm(request.POST if request.method == "POST" else None, matches=matches, free=free)
    if request.method == "POST" and form.is_valid():
        try:
            count = carry_on(framework, form.pairs, earlier=earlier, by=person(request).actor)
        except CriteriaError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _connected(request, framework, one, count)
    context |= {"differences": compared(old, new), "form": form, "free": free}
    status = UNPROCESSABLE if form.is_bound else 200
    return show(request, "criteria/comparison.html", context, status=status)


def _connected(request: HttpRequest, framework: Framework, one: Criterion | None, count: int) -> HttpResponse:
    """Back to where the threads were confirmed: the page of one criterion, or the comparison."""
    if one is None:
        messages.success(request, f"Đã nối {count} mục với phiên bản trước.")
        return redirect(request.path)
    messages.success(request, f"Đã ghi mục {one.code} nối với phiên bản trước như đã chọn.")
    return redirect("criteria:criterion", framework.pk, one.pk)
