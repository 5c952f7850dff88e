"""The organiser's own pages: which one, how it is named."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.permissions import check_manage_people, check_see_units, organisers_with_role
from parindex.accounts.unit_forms import OrganiserForm
from parindex.accounts.views.common import UNPROCESSABLE, load_organiser, past, show, signed_in_user
from parindex.accounts.workflow.organisers import change_organiser

STAFF = "quản trị, cơ quan chủ trì, công bố, kiểm tra, giám sát của cơ quan tổ chức đánh giá"


@signed_in(STAFF)
def organisers(request: HttpRequest) -> HttpResponse:
    """The organisers that this person works for; the only one opens at once."""
    found = list(organisers_with_role(request.user).order_by("name"))
    if len(found) == 1:
        return redirect("accounts:organiser", found[0].pk)
    context = {"organisers": found, "nav_current": "organiser"}
    return render(request, "accounts/organisers.html", context)


@signed_in(STAFF)
def organiser(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """How the organiser is named, and what has been changed."""
    found = load_organiser(request, organiser_id, check_see_units)
    return show(request, "accounts/organiser.html", found, {"area": "organiser"} | past(found))


@signed_in("quản trị của cơ quan tổ chức đánh giá")
@require_http_methods(["GET", "HEAD", "POST"])
def organiser_change(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Change how the organiser is named."""
    found = load_organiser(request, organiser_id, check_manage_people)
    form = OrganiserForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid():
        data = form.cleaned_data
        change_organiser(
            found,
            name=data["name"],
            parent_name=data["parent_name"],
            place=data["place"],
            by_user=signed_in_user(request),
        )
        messages.success(request, "Đã ghi thông tin cơ quan.")
        return redirect("accounts:organiser", found.pk)
    found.refresh_from_db()
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "organiser", "form": form}
    return show(request, "accounts/organiser_form.html", found, context, status=status)
