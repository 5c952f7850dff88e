"""Delegations: those that concern the person, a new one, and the early end of one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parindex.access import signed_in
from parindex.accounts.delegation import (
    delegations_of,
    end_delegation,
    events_about,
    headed_units,
    may_end,
)
from parindex.accounts.delegation_forms import DelegationForm
from parindex.accounts.role_views import signed_in_user
from parindex.audit.history import NEWEST, told
from parindex.notation import vietnamese_date

UNPROCESSABLE = 422
OWN = "người đã đăng nhập: ủy quyền của mình, của đơn vị mình lãnh đạo"


@signed_in(OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Delegations that concern the person, and the form of a new one for those who may delegate."""
    user = signed_in_user(request)
    form = DelegationForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.save()
        if given:
            until = vietnamese_date(form.cleaned_data["valid_to"])
            messages.success(request, f"Đã ủy quyền cho {given.user} đến hết ngày {until}.")
            return redirect("delegations")
    today, headed = timezone.localdate(), headed_units(user)
    listed = list(delegations_of(user, headed))
    running = [one for one in listed if one.valid_to and one.valid_to >= today]
    context = {
        "form": form,
        "may_delegate": bool(form.fields["held"].queryset),  # type: ignore[attr-defined]
        "running": [(one, may_end(user, one, headed)) for one in running],
        "over": [one for one in listed if one not in running],
        "today": today,
        "history": told(events_about(user, listed)[:NEWEST]),
        "nav_current": "account",
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "accounts/delegations.html", context, status=status)


@signed_in(OWN)
@require_POST
def end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Take a delegated role back now."""
    user = signed_in_user(request)
    found = delegations_of(user, headed_units(user)).filter(pk=delegation_id).first()
    if found is None:
        raise Http404("Không có ủy quyền này trong những ủy quyền của bạn.")
    end_delegation(found, by_user=user)
    messages.success(request, f"Đã kết thúc ủy quyền cho {found.user}.")
    return redirect("delegations")
