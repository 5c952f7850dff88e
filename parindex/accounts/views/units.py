"""An organiser's units: list, one unit, add, change, merge."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.accounts.permissions import can_see_people, check_edit_units, check_see_units
from parindex.accounts.queries import ENDED, IN_FORCE, UnitsAsked, list_units, roles_in, units_of
from parindex.accounts.unit_catalogue import COLUMNS
from parindex.accounts.unit_forms import MergeForm, UnitForm, UnitTypeForm
from parindex.accounts.views.common import (
    UNPROCESSABLE,
    load_organiser,
    past,
    show,
    signed_in_user,
)
from parindex.accounts.views.organisers import STAFF
from parindex.accounts.workflow.organisers import add_unit_type
from parindex.accounts.workflow.units import add_unit, change_unit, merge_units
from parindex.listing import choice, list_file, page_of, wanted_file, words

EDITORS = "quản trị và cơ quan chủ trì, công bố của cơ quan tổ chức đánh giá"
STATES = ((IN_FORCE, "Còn hiệu lực"), (ENDED, "Đã sáp nhập, giải thể"))
HEADINGS = (
    ("ten", "Đơn vị"),
    ("ma", "Mã"),
    ("loai", "Loại đơn vị"),
    ("tu-ngay", "Từ ngày"),
    ("den-ngay", "Đến ngày"),
)


@signed_in(STAFF)
def units(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """The units with search, filters, order and pages."""
    organiser = load_organiser(request, organiser_id, check_see_units)
    asked = UnitsAsked.of(request.GET.dict())
    found = list_units(organiser, asked)
    if kind := wanted_file(request):
        return _units_file(kind, organiser, found)
    unit_types = UnitType.objects.filter(unit__organiser=organiser).distinct().order_by("name")
    filters = [
        words(request, "Tên hoặc mã đơn vị", name="q"),
        choice(request, "loai", "Loại đơn vị", unit_types.values_list("pk", "name")),
        choice(request, "tinh-trang", "Trạng thái", STATES),
    ]
    context = {
        "area": "units",
        "sort": asked.sort,
        "headings": HEADINGS,
        "page": page_of(request, found),
        "filters": filters,
        "is_narrowed": any(one.value for one in filters),
        "today": timezone.localdate(),
    }
    return show(request, "accounts/units.html", organiser, context)


def _units_file(kind: str, organiser: Organiser, found: Iterable[Unit]) -> HttpResponse:
    """The units asked for, in the form in which they can be read again."""
    came_from: dict[int, list[str]] = {}
    links = Unit.predecessors.through.objects.filter(from_unit__organiser=organiser)
    for pk, code in links.order_by("to_unit__code").values_list("from_unit", "to_unit__code"):
        came_from.setdefault(pk, []).append(code)
    rows = [
        (
            unit.code,
            unit.name,
            unit.unit_type.name,
            unit.valid_from,
            unit.valid_to,
            ", ".join(came_from.get(unit.pk, ())),
        )
        for unit in found
    ]
    return list_file(kind, "danh-muc-don-vi", "Đơn vị", COLUMNS, rows)


def _load_unit(organiser: Organiser, unit_id: int) -> Unit:
    return get_object_or_404(units_of(organiser).select_related("organiser", "unit_type"), pk=unit_id)


@signed_in(STAFF)
def unit(request: HttpRequest, organiser_id: int, unit_id: int) -> HttpResponse:
    """One unit: dates, what it came from and became, its people, what has happened."""
    organiser = load_organiser(request, organiser_id, check_see_units)
    found = _load_unit(organiser, unit_id)
    people = roles_in(organiser).filter(unit=found).select_related("user")
    context = {
        "area": "units",
        "unit": found,
        "predecessors": found.predecessors.order_by("sort_key"),
        "successors": found.successors.order_by("sort_key"),
        "people": people if can_see_people(request.user, organiser) else None,
        "today": timezone.localdate(),
    }
    return show(request, "accounts/unit.html", organiser, context | past(found))


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_add(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Add one unit."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    form = UnitForm(request.POST if request.method == "POST" else None, organiser=organiser)
    if form.is_valid():
        try:
            made = add_unit(organiser, form.unit_fields(), by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"Đã thêm {made.name}.")
            return redirect("accounts:unit", organiser.pk, made.pk)
    return _unit_form(request, organiser, form, None)


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_change(request: HttpRequest, organiser_id: int, unit_id: int) -> HttpResponse:
    """Change one unit."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    found = _load_unit(organiser, unit_id)
    form = UnitForm(request.POST if request.method == "POST" else None, organiser=organiser, unit=found)
    if form.is_valid():
        try:
            change_unit(found, form.unit_fields(), by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"Đã ghi thông tin {form.cleaned_data['name']}.")
            return redirect("accounts:unit", organiser.pk, found.pk)
    return _unit_form(request, organiser, form, found)


def _unit_form(request: HttpRequest, organiser: Organiser, form: UnitForm, unit: Unit | None) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "units", "form": form, "unit": unit}
    return show(request, "accounts/unit_form.html", organiser, context, status=status)


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def units_merge(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Merge several units into a new one or one that is there."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    form = MergeForm(request.POST if request.method == "POST" else None, organiser=organiser)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = merge_units(
                organiser, list(data["merged"]), form.into(), on=data["on"], by_user=signed_in_user(request)
            )
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"Đã sáp nhập {len(data['merged'])} đơn vị vào {made.name}.")
            return redirect("accounts:unit", organiser.pk, made.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    return show(
        request, "accounts/units_merge.html", organiser, {"area": "units", "form": form}, status=status
    )


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def unit_type_add(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Add a type of units."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    form = UnitTypeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = add_unit_type(organiser, **form.cleaned_data, by_user=signed_in_user(request))
        messages.success(request, f"Đã thêm loại đơn vị “{made.name}”.")
        return redirect("accounts:units", organiser.pk)
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "units", "form": form, "unit_types": UnitType.objects.order_by("name")}
    return show(request, "accounts/unit_type_form.html", organiser, context, status=status)
