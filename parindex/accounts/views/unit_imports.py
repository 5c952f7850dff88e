"""Units from a file: choose, look at what would change, confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.models import Organiser, UnitType
from parindex.accounts.permissions import check_edit_units
from parindex.accounts.queries import units_of
from parindex.accounts.unit_catalogue import COLUMNS, NOTES, UnitsRead, import_units, preview_units
from parindex.accounts.views.common import load_organiser
from parindex.accounts.views.imports import ListImport
from parindex.accounts.views.units import EDITORS
from parindex.listing import XLSX_TYPE, attachment
from parindex.sheets import xlsx_file


def _done(request: HttpRequest, organiser: Organiser, read: UnitsRead) -> HttpResponse:
    done = [(read.new, "thêm"), (read.changed, "sửa")]
    told = ", ".join(f"{verb} {count} đơn vị" for count, verb in done if count)
    messages.success(request, f"Đã {told}." if told else "Danh mục đã đúng như tệp; không có gì phải ghi.")
    return redirect("accounts:units", organiser.pk)


UNITS = ListImport(
    area="units",
    choose_page="accounts/units_import.html",
    preview_page="accounts/units_preview.html",
    columns=COLUMNS,
    notes=NOTES,
    preview=lambda organiser, table, by: preview_units(organiser, table, by_user=by),
    store=lambda organiser, table, by: import_units(organiser, table, by_user=by),
    done=_done,
)


@signed_in(EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def units_import(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Choose a file; its preview; store what the preview showed."""
    return UNITS.answer(request, load_organiser(request, organiser_id, check_edit_units))


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
