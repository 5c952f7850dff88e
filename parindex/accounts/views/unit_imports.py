"""Units from a file: choose, look at what would change, confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.catalogues import sealed, unsealed
from parindex.accounts.models import Organiser, UnitType
from parindex.accounts.permissions import check_edit_units
from parindex.accounts.queries import units_of
from parindex.accounts.unit_catalogue import COLUMNS, NOTES, UnitsRead, import_units, preview_units
from parindex.accounts.unit_forms import FileForm
from parindex.accounts.views.common import (
    UNPROCESSABLE,
    XLSX_TYPE,
    attachment,
    load_organiser,
    refused_file,
    show,
    signed_in_user,
)
from parindex.accounts.views.units import EDITORS
from parindex.accounts.workbooks import Table, TableRefused, read_table, xlsx_file


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def units_import(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Choose a file; its preview; store what the preview showed."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    if request.method != "POST":
        return _choose(request, organiser, FileForm())
    if "rows" in request.POST:
        return _confirm(request, organiser)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choose(request, organiser, form)
    file = form.cleaned_data["file"]
    try:
        table = read_table(file.read(), file.name, COLUMNS)
    except TableRefused as refusal:
        return _choose(request, organiser, refused_file(refusal))
    return _preview(
        request, organiser, table, preview_units(organiser, table, by_user=signed_in_user(request))
    )


def _confirm(request: HttpRequest, organiser: Organiser) -> HttpResponse:
    try:
        table = unsealed(request.POST["rows"], organiser)
    except TableRefused as refusal:
        return _choose(request, organiser, refused_file(refusal))
    read = import_units(organiser, table, by_user=signed_in_user(request))
    if read.problems:
        return _preview(request, organiser, table, read)
    messages.success(request, f"Đã thêm {read.new} đơn vị, sửa {read.changed} đơn vị.")
    return redirect("accounts:units", organiser.pk)


def _choose(request: HttpRequest, organiser: Organiser, form: FileForm) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "units", "form": form, "columns": COLUMNS, "notes": NOTES}
    return show(request, "accounts/units_import.html", organiser, context, status=status)


def _preview(request: HttpRequest, organiser: Organiser, table: Table, read: UnitsRead) -> HttpResponse:
    status = UNPROCESSABLE if read.problems else 200
    context = {
        "area": "units",
        "read": read,
        "total": len(table.lines),
        "rows": "" if read.problems else sealed(table, organiser),
    }
    return show(request, "accounts/units_preview.html", organiser, context, status=status)


@signed_in(EDITORS)
def units_template(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """An empty list to fill in; examples stand where the organiser has no units yet."""
    organiser = load_organiser(request, organiser_id, check_edit_units)
    types = list(UnitType.objects.order_by("name").values_list("name", flat=True))
    rows: list[tuple[object, ...]] = []
    if not units_of(organiser).exists():
        rows = [("", "", name, "", "", "") for name in types]
    notes = (*NOTES, f"Các loại đơn vị đang có: {'; '.join(types)}.")
    content = xlsx_file("Đơn vị", COLUMNS, rows, notes=notes)
    return attachment(content, XLSX_TYPE, "mau-danh-muc-don-vi.xlsx")
