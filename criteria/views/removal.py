"""Removing a draft."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from criteria.exceptions import CriteriaError
from criteria.forms import ReasonForm
from criteria.views.common import is_draft, person, show, stale, to_change
from criteria.workflow import delete_draft
from parindex.access import signed_in


@signed_in("quản lý bộ tiêu chí của cơ quan ban hành")
@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Ask for the reason, then remove the draft; nothing but a draft can be removed."""
    framework = to_change(request, framework_id)
    written = request.POST.get("reason", "")
    if not is_draft(framework):
        return stale(request, framework, f"“{framework}” đã được đưa vào sử dụng.", written=written)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        label = str(framework)
        try:
            delete_draft(framework, reason=form.cleaned_data["reason"], by=person(request).actor)
        except CriteriaError as refusal:
            return stale(request, framework, refusal, written=written)
        messages.success(request, f"Đã xóa bản nháp “{label}”.")
        return redirect("criteria:frameworks")
    return show(request, "criteria/removal.html", {"form": form, "framework": framework})
