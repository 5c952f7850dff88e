"""Accounts from a file: choose, look at what would happen, confirm, print the slips."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parindex.access import signed_in
from parindex.accounts.account_catalogue import (
    COLUMNS,
    NOTES,
    AccountsRead,
    import_accounts,
    preview_accounts,
    proposed_rows,
)
from parindex.accounts.catalogues import sealed, unsealed
from parindex.accounts.models import Organiser
from parindex.accounts.permissions import check_manage_people
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
from parindex.accounts.views.people import RULE
from parindex.accounts.views.slips import show_slips
from parindex.accounts.workbooks import Table, TableRefused, read_table, xlsx_file


@signed_in(RULE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Choose a file; its preview; make what the preview showed."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
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
        request, organiser, table, preview_accounts(organiser, table, by_user=signed_in_user(request))
    )


def _confirm(request: HttpRequest, organiser: Organiser) -> HttpResponse:
    try:
        table = unsealed(request.POST["rows"], organiser)
    except TableRefused as refusal:
        return _choose(request, organiser, refused_file(refusal))
    read = import_accounts(organiser, table, by_user=signed_in_user(request))
    if read.problems:
        return _preview(request, organiser, table, read)
    if read.slips:
        return show_slips(request, organiser, read.slips, "Đã tạo tài khoản")
    messages.success(request, f"Đã giao {read.new_roles} vai trò; không có tài khoản mới.")
    return redirect("accounts:people", organiser.pk)


def _choose(request: HttpRequest, organiser: Organiser, form: FileForm) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "people", "form": form, "columns": COLUMNS, "notes": NOTES}
    return show(request, "accounts/people_import.html", organiser, context, status=status)


def _preview(request: HttpRequest, organiser: Organiser, table: Table, read: AccountsRead) -> HttpResponse:
    status = UNPROCESSABLE if read.problems else 200
    context = {
        "area": "people",
        "read": read,
        "total": len(table.lines),
        "rows": "" if read.problems else sealed(table, organiser),
    }
    return show(request, "accounts/people_preview.html", organiser, context, status=status)


@signed_in(RULE)
def people_template(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """A list to fill in: each unit with an officer and a head, where it has none yet."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    content = xlsx_file("Tài khoản", COLUMNS, proposed_rows(organiser), notes=NOTES)
    return attachment(content, XLSX_TYPE, "mau-danh-sach-tai-khoan.xlsx")
