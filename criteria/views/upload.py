"""Reading a framework from a workbook."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from criteria.comparison import compared
from criteria.enums import ProblemKind, Severity
from criteria.forms import UploadForm
from criteria.permissions import check_read_workbooks, issuers_managed
from criteria.queries import tree
from criteria.views.common import person, show
from criteria.visibility import visible_frameworks
from criteria.workflow import criteria_read, newest_of
from parindex.access import signed_in
from parindex.accounts.models import Organiser
from parindex.notation import vietnamese_date

CONFIRMED = "luu"


@signed_in("quản lý bộ tiêu chí của một cơ quan tổ chức đánh giá")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A form for the workbook and its decision; what was read is shown, and stored once it is confirmed."""
    check_read_workbooks(request.user)
    issuers = Organiser.objects.filter(pk__in=issuers_managed(request.user)).order_by("name")
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, issuers=issuers, owner=person(request).pk)
        if form.is_valid():
            if CONFIRMED not in request.POST:
                return _preview(request, form)
            framework = form.store(person(request).actor)
            messages.success(request, "Đã lưu thành bản nháp. Bản nháp chưa dùng để chấm điểm.")
            return redirect("criteria:framework", framework.pk)
    else:
        form = UploadForm(issuers=issuers, owner=person(request).pk, initial=_from_draft(request))
    return show(request, "criteria/upload.html", {"form": form})


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
        "sent": {name: request.POST[name] for name in form.fields if request.POST.get(name)}
        | {"kept": form.token},
    }
    return show(request, "criteria/preview.html", context)


def _from_draft(request: HttpRequest) -> dict[str, Any]:
    """What a draft already says, for reading its corrected file again: `?tu=12`."""
    key = request.GET.get("tu", "")
    visible = visible_frameworks(request.user).select_related("decision")
    managed = visible.filter(decision__issuer__in=issuers_managed(request.user))
    framework = managed.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None
    if framework is None:
        return {}
    return {
        "issuer": framework.decision.issuer_id,
        "number": framework.decision.number,
        "issued": vietnamese_date(framework.decision.issued),
        "unit_type": framework.unit_type_id,
        "title": framework.title,
    }
