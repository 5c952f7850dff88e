"""Putting a draft into force, after a last look at what is confirmed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from criteria.enums import FrameworkState
from criteria.exceptions import CriteriaError
from criteria.views.common import is_draft, person, show, stale, to_change
from criteria.views.drafts import draft_page
from criteria.workflow import activate
from parindex.access import signed_in


@signed_in("quản lý bộ tiêu chí của cơ quan ban hành")
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest, framework_id: int) -> HttpResponse:
    """Decision, unit type, totals and resolutions to check; confirming puts the draft into force."""
    framework = to_change(request, framework_id)
    if not is_draft(framework):
        return stale(request, framework, f"“{framework}” đã được đưa vào sử dụng.")
    if request.method == "POST":
        try:
            activate(framework, by=person(request).actor)
        except CriteriaError as refusal:
            return stale(request, framework, refusal)
        messages.success(request, f"Đã đưa “{framework}” vào sử dụng.")
        return redirect("criteria:framework", framework.pk)
    draft = draft_page(request, framework)
    if draft.open:
        return stale(request, framework, f"Còn {draft.open} chỗ phải chọn trước khi đưa vào sử dụng.")
    retiring = [row for row in draft.page.versions if row.state == FrameworkState.IN_FORCE]
    return show(
        request, "criteria/activation.html", {"draft": draft, "page": draft.page, "retiring": retiring}
    )
