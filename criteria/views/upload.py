"""Reading a framework from a workbook."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from criteria.comparison import compared
from criteria.enums import ProblemKind, Severity
from criteria.forms import UploadForm
from criteria.models import Reading
from criteria.permissions import check_read_workbooks, issuers_managed
from criteria.queries import tree
from criteria.views.common import person, show
from criteria.visibility import visible_frameworks
from criteria.workbooks.kept import token_of
from criteria.workflow import criteria_read, newest_of
from parindex.access import signed_in
from parindex.accounts.models import Organiser
from parindex.keys import number_of
from parindex.notation import vietnamese_date

RULE = "quản lý bộ tiêu chí của một cơ quan tổ chức đánh giá"
CONFIRMED = "luu"
STOP = "dung"
RELOAD_SECONDS = "3"


@signed_in(RULE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A form for the workbook and its decision; what was read is shown, and stored once it is confirmed.

    A large file is left to a job: its page shows how far it is, and then what was read.
    """
    check_read_workbooks(request.user)
    if request.method != "POST":
        form = UploadForm(issuers=_issuers(request), owner=person(request), initial=_from_draft(request))
        return show(request, "criteria/upload.html", {"form": form})
    form = UploadForm(request.POST, request.FILES, issuers=_issuers(request), owner=person(request))
    if not form.is_valid():
        return show(request, "criteria/upload.html", {"form": form})
    if form.rows is not None:
        return redirect("criteria:reading", form.hand_over().pk)
    if CONFIRMED not in request.POST:
        return _preview(request, form)
    framework = form.store(person(request).actor)
    messages.success(request, "Đã lưu thành bản nháp. Bản nháp chưa dùng để chấm điểm.")
    return redirect("criteria:framework", framework.pk)


@signed_in(f"{RULE}; tệp của chính mình")
@require_safe
def reading(request: HttpRequest, reading_id: int) -> HttpResponse:
    """How far the job is that reads a large file; then what was read, or the form with why it was not."""
    check_read_workbooks(request.user)
    found = get_object_or_404(Reading.objects.defer("outcome"), pk=reading_id, owner=person(request))
    if found.is_under_way:
        reloads = STOP not in request.GET
        page = show(request, "criteria/reading.html", {"reading": found, "reloads": reloads})
        if reloads:
            page["Refresh"] = RELOAD_SECONDS
        return page
    token = token_of(found.place, found.file_name, owner=found.owner_id)
    sent = found.given | {"kept": token, "reading": str(found.pk)}
    form = UploadForm(sent, issuers=_issuers(request), owner=person(request))
    if form.is_valid():
        return _preview(request, form)
    return show(request, "criteria/upload.html", {"form": form})


def _issuers(request: HttpRequest) -> QuerySet[Organiser]:
    return Organiser.objects.filter(pk__in=issuers_managed(request.user)).order_by("name")


def _preview(request: HttpRequest, form: UploadForm) -> HttpResponse:
    """The tree as it will be, what does not add up, and what differs from the version before."""
    read, given = form.read, form.cleaned_data
    rows = criteria_read(read, issuer=given["issuer"], unit_type=given["unit_type"])
    earlier = newest_of(given["issuer"], given["unit_type"]) if given["unit_type"] else None
    problems = list(read.problems)
    context = {
        "form": form,
        "read": read,
        "declared": form.declared,
        "mismatches": [one for one in problems if one.kind == ProblemKind.STRUCTURE_MISMATCH],
        "rows": rows,
        "earlier": earlier,
        "differences": compared(tree(earlier), rows) if earlier else [],
        "to_choose": [one for one in problems if one.severity == Severity.ERROR],
        "to_see": [one for one in problems if one.severity == Severity.WARNING],
        "understood": [one for one in problems if one.severity == Severity.INFO],
        "sent": form.filled | {"kept": form.token} | ({"reading": form.done.pk} if form.done else {}),
    }
    return show(request, "criteria/preview.html", context)


def _from_draft(request: HttpRequest) -> dict[str, Any]:
    """What a draft already says, for reading its corrected file again: `?tu=12`."""
    key = number_of(request.GET.get("tu", ""))
    visible = visible_frameworks(request.user).select_related("decision")
    managed = visible.filter(decision__issuer__in=issuers_managed(request.user))
    framework = managed.filter(pk=key or 0).first()
    if framework is None:
        return {}
    return {
        "issuer": framework.decision.issuer_id,
        "number": framework.decision.number,
        "issued": vietnamese_date(framework.decision.issued),
        "unit_type": framework.unit_type_id,
        "title": framework.title,
    }
