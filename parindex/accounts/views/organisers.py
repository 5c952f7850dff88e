"""Organisers: those of the installation for its superuser, a person's own, how one is named."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Organiser
from parindex.accounts.organiser_forms import OpenOrganiserForm, OrganiserForm
from parindex.accounts.people_forms import AccountForm
from parindex.accounts.permissions import (
    can_rename,
    check_rename,
    check_run_installation,
    check_see_units,
    organisers_with_role,
    runs_installation,
)
from parindex.accounts.queries import administrators_of, all_organisers
from parindex.accounts.views.common import (
    UNPROCESSABLE,
    Check,
    load_organiser,
    past,
    show,
    signed_in_user,
)
from parindex.accounts.views.slips import show_slips
from parindex.accounts.workflow.organisers import add_administrator, change_organiser, open_organiser
from parindex.listing import has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

STAFF = (
    "quản trị, cơ quan chủ trì, công bố, kiểm tra, giám sát của cơ quan tổ chức đánh giá; quản trị hệ thống"
)
RUNS = "quản trị hệ thống (is_superuser)"
HEADINGS = (
    ("ten", "Cơ quan"),
    ("chu-quan", "Cơ quan chủ quản"),
    ("so-don-vi", "Số đơn vị"),
    ("quan-tri", "Quản trị"),
)
KEYS = {
    "ten": lambda one: sort_key(one.name),
    "chu-quan": lambda one: sort_key(one.parent_name) if one.parent_name else None,
    "so-don-vi": lambda one: one.units_count,
    "quan-tri": lambda one: one.administrators,
}
COLUMNS = (
    Column("name", "Cơ quan", width=44),
    Column("parent_name", "Cơ quan chủ quản", width=44),
    Column("place", "Địa danh"),
    Column("units", "Số đơn vị", width=12),
    Column("administrators", "Số quản trị", width=12),
)


@signed_in(STAFF)
def organisers(request: HttpRequest) -> HttpResponse:
    """All organisers for who runs the installation; for others their own, the only one at once."""
    if runs_installation(request.user):
        return _all(request)
    found = list(organisers_with_role(request.user).order_by("name"))
    if len(found) == 1:
        return redirect("accounts:organiser", found[0].pk)
    context = {"organisers": found, "nav_current": "organiser"}
    return render(request, "accounts/organisers.html", context)


def _all(request: HttpRequest) -> HttpResponse:
    sought = words(request, "Tên cơ quan hoặc cơ quan chủ quản")
    found = [one for one in all_organisers() if has_words(sought.folded, one.name, one.parent_name)]
    context = listed(request, found, KEYS, [sought])
    if kind := wanted_file(request):
        rows = [
            (one.name, one.parent_name, one.place, one.units_count, one.administrators)
            for one in context["rows"]
        ]
        return list_file(kind, "co-quan-to-chuc-danh-gia", "Cơ quan", COLUMNS, rows)
    context |= {"headings": HEADINGS, "nav_current": "organiser"}
    return render(request, "accounts/all_organisers.html", context)


def _load(request: HttpRequest, organiser_id: int, check: Check) -> Organiser:
    """An organiser: any for who runs the installation, else one's own where `check` lets through."""
    if runs_installation(request.user):
        return get_object_or_404(Organiser, pk=organiser_id)
    return load_organiser(request, organiser_id, check)


@signed_in(STAFF)
def organiser(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """How the organiser is named, who administers it, and what has been changed."""
    found = _load(request, organiser_id, check_see_units)
    runs = runs_installation(request.user)
    context = {
        "area": "organiser",
        "may_rename": can_rename(request.user, found),
        "runs_installation": runs,
        "administrators": administrators_of(found) if runs else (),
    }
    return show(request, "accounts/organiser.html", found, context | past(found))


@signed_in("quản trị của cơ quan tổ chức đánh giá; quản trị hệ thống")
@require_http_methods(["GET", "HEAD", "POST"])
def organiser_change(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Change how the organiser is named."""
    found = _load(request, organiser_id, check_rename)
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


@signed_in(RUNS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organiser_open(request: HttpRequest) -> HttpResponse:
    """Open a new organiser with its first administrator; the answer is the administrator's slip."""
    check_run_installation(request.user)
    form = OpenOrganiserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            slip = open_organiser(form.instance, **form.account(), by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.add_error("username", str(refusal))
        else:
            return show_slips(request, form.instance, [slip], f"Đã mở {form.instance}")
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "nav_current": "organiser"}
    return render(request, "accounts/organiser_open.html", context, status=status)


@signed_in(RUNS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administrator_add(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Give an organiser one more administrator, as when a slip was lost; the answer is the new one's."""
    check_run_installation(request.user)
    found = get_object_or_404(Organiser, pk=organiser_id)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            slip = add_administrator(found, **form.account(), by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.add_error("username", str(refusal))
        else:
            return show_slips(request, found, [slip], "Đã thêm quản trị")
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "organiser", "form": form}
    return show(request, "accounts/administrator_add.html", found, context, status=status)
