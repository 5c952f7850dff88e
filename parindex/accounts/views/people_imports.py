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
from parindex.accounts.models import Organiser
from parindex.accounts.permissions import check_manage_people
from parindex.accounts.views.common import load_organiser
from parindex.accounts.views.imports import ListImport
from parindex.accounts.views.people import RULE
from parindex.accounts.views.slips import show_slips
from parindex.listing import XLSX_TYPE, attachment
from parindex.sheets import xlsx_file


def _done(request: HttpRequest, organiser: Organiser, read: AccountsRead) -> HttpResponse:
    if read.slips:
        return show_slips(request, organiser, read.slips, "Đã tạo tài khoản")
    messages.success(request, f"Đã giao {read.new_roles} vai trò; không có tài khoản mới.")
    return redirect("accounts:people", organiser.pk)


ACCOUNTS = ListImport(
    area="people",
    choose_page="accounts/people_import.html",
    preview_page="accounts/people_preview.html",
    columns=COLUMNS,
    notes=NOTES,
    preview=lambda organiser, table, by: preview_accounts(organiser, table, by_user=by),
    store=lambda organiser, table, by: import_accounts(organiser, table, by_user=by),
    done=_done,
)


@signed_in(RULE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Choose a file; its preview; make what the preview showed."""
    return ACCOUNTS.answer(request, load_organiser(request, organiser_id, check_manage_people))


@signed_in(RULE)
def people_template(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """A list to fill in: each unit with an officer and a head, where it has none yet."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    content = xlsx_file("Tài khoản", COLUMNS, proposed_rows(organiser), notes=NOTES)
    return attachment(content, XLSX_TYPE, "mau-danh-sach-tai-khoan.xlsx")
