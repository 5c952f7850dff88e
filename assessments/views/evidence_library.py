"""A unit's library of evidence: everything it keeps, where each piece is used, and putting it in order."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments.evidence import (
    add_files,
    add_reference,
    check_unlocked,
    delete,
    duplicated,
    edit,
    library_of,
    matching,
    of_kinds,
    places_of,
    read_files,
    was_handed_in,
)
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.evidence import EditForm, ReferenceForm
from assessments.models import Evidence
from assessments.permissions.evidence import can_keep_library, can_view_library, check_keep_library
from assessments.self_scoring import memberships_in_units
from assessments.views.evidence import CONFLICT, UNPROCESSABLE, tell_added, upload_limits
from criteria.views.common import person
from parindex.access import signed_in
from parindex.accounts.models import Unit
from parindex.audit.history import past_of
from parindex.listing import Keys, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

SEE = "cán bộ, lãnh đạo của đơn vị: kho tài liệu của đơn vị mình"
CHANGE = "cán bộ của đơn vị: kho tài liệu của đơn vị mình"
UNUSED, TWICE, REFERENCES = "chua-dung", "trung", "van-ban"
FILTERS = {
    "": "Tất cả",
    UNUSED: "Chưa gắn mục nào",
    TWICE: "Có thể trùng",
    "pdf": "PDF",
    "van-phong": "Văn bản, bảng tính",
    "anh": "Ảnh",
    REFERENCES: "Văn bản dẫn chiếu",
}
KINDS = {
    "pdf": ("pdf",),
    "van-phong": ("doc", "docx", "xls", "xlsx", "odt", "ods", "pptx"),
    "anh": ("jpg", "jpeg", "png"),
}
KEYS: Keys[Any] = {
    "ten": lambda piece: sort_key(piece.title),
    "ngay": lambda piece: piece.issued,
    "dung": lambda piece: piece.times_used,
    "luc": lambda piece: piece.added_at,
}
NEWEST = "-luc"
HEADINGS = (
    ("ten", "Tài liệu"),
    ("ngay", "Số, ngày, cơ quan ban hành"),
    ("dung", "Dùng ở mục"),
    ("luc", "Đưa lên"),
)
COLUMNS = (
    Column("title", "Tên, trích yếu", width=50),
    Column("number", "Số, ký hiệu", width=20),
    Column("issued", "Ngày ban hành", width=14),
    Column("issuer", "Cơ quan ban hành", width=28),
    Column("file", "Tệp hoặc liên kết", width=44),
    Column("used", "Dùng ở mục", width=40),
    Column("added_by", "Người đưa lên", width=24),
    Column("added_at", "Đưa lên lúc", width=18),
)


@signed_in(SEE)
def own_libraries(request: HttpRequest) -> HttpResponse:
    """The way to the library of the person's unit; a choice where there are several."""
    units = {held.unit_id: held.unit for held in memberships_in_units(person(request))}
    if len(units) == 1:
        return redirect("assessments:library", *units)
    context = {"units": list(units.values()), "nav_current": "library"}
    return render(request, "assessments/evidence/libraries.html", context)


def _load_unit(request: HttpRequest, unit_id: int) -> Unit:
    """The person's own unit; no other is found."""
    unit = get_object_or_404(Unit, pk=unit_id)
    if not can_view_library(request.user, unit):
        raise Http404("Không có kho tài liệu này trong các đơn vị của bạn.")
    return unit


def _load_piece(request: HttpRequest, unit_id: int, evidence_id: int) -> Evidence:
    unit = _load_unit(request, unit_id)
    return get_object_or_404(library_of(unit).select_related("unit"), pk=evidence_id)


@signed_in(f"{SEE}; đưa tệp lên: cán bộ của đơn vị")
def library(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What the unit keeps, to search and filter; a POST brings files."""
    unit = _load_unit(request, unit_id)
    if request.method != "POST":
        kind = wanted_file(request)
        return _list(kind, unit, _asked_for(request, unit)["rows"]) if kind else _show(request, unit)
    check_keep_library(request.user, unit)
    try:
        taken, refused = read_files(request.FILES.getlist("files"))
    except AssessmentError as refusal:
        return _show(request, unit, problems=[str(refusal)])
    if not taken and not refused:
        return _show(request, unit, problems=["Chọn ít nhất một tệp."])
    if taken:
        added = add_files(unit, taken, by=person(request))
        tell_added(request, added, [one.warning for one in taken])
    if refused:
        return _show(request, unit, problems=[str(refusal) for refusal in refused])
    return redirect("assessments:library", unit.pk)


@signed_in(CHANGE)
@require_POST
def library_reference(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Keep a reference to a paper of the e-office system."""
    unit = _load_unit(request, unit_id)
    check_keep_library(request.user, unit)
    form = ReferenceForm(request.POST)
    if not form.is_valid():
        return _show(request, unit, reference=form)
    try:
        piece = add_reference(unit, form.about, by=person(request))
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.take(refusal)
        return _show(request, unit, reference=form)
    messages.success(request, f"Đã lưu “{piece}” vào kho.")
    return redirect("assessments:library", unit.pk)


def _list(kind: str, unit: Unit, pieces: Sequence[Evidence]) -> HttpResponse:
    """The pieces as found, each with where it is used; in one query."""
    used = {
        pk: "; ".join(f"{use.criterion.code} ({use.assessment.group.round.year})" for use in uses)
        for pk, uses in places_of(piece.pk for piece in pieces).items()
    }
    rows = [
        (
            piece.title,
            piece.number,
            piece.issued,
            piece.issuer,
            piece.file_name or piece.link,
            used.get(piece.pk),
            piece.added_by,
            piece.added_at,
        )
        for piece in pieces
    ]
    return list_file(kind, f"kho-tai-lieu-{unit.code}", "Tài liệu kiểm chứng", COLUMNS, rows)


def _asked_for(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    """The unit's pieces by the words, the filter and the order of the address."""
    sought = words(request, "Tên, số, cơ quan ban hành, tên tệp")
    pieces = matching(library_of(unit), sought.value)
    chosen = request.GET.get("loc", "")
    if chosen == UNUSED:
        pieces = pieces.filter(Q(times_used=0))
    elif chosen == TWICE:
        pieces = duplicated(pieces, unit)
    elif chosen == REFERENCES:
        pieces = pieces.filter(file="")
    elif chosen in KINDS:
        pieces = of_kinds(pieces, KINDS[chosen])
    return listed(request, pieces.order_by("-pk"), KEYS, [sought], first=NEWEST)


def _show(
    request: HttpRequest,
    unit: Unit,
    *,
    problems: list[str] | None = None,
    reference: ReferenceForm | None = None,
) -> HttpResponse:
    found = _asked_for(request, unit)
    chosen = request.GET.get("loc", "")
    places = places_of(piece.pk for piece in found["page"])
    context: dict[str, Any] = found | {
        "unit": unit,
        "lines": [(piece, places.get(piece.pk, [])) for piece in found["page"]],
        "is_narrowed": found["is_narrowed"] or bool(chosen),
        "headings": HEADINGS,
        "chips": [(key or None, label, key == chosen) for key, label in FILTERS.items()],
        "is_keeper": can_keep_library(request.user, unit),
        **upload_limits(),
        "problems": problems or [],
        "problem_target": "id_files",
        "reference": reference or ReferenceForm(),
        "nav_current": "library",
    }
    wrong = bool(problems) or (reference is not None and bool(reference.errors))
    status = UNPROCESSABLE if wrong else 200
    return render(request, "assessments/evidence/library.html", context, status=status)


@signed_in(f"{SEE}; sửa: cán bộ của đơn vị")
def piece(request: HttpRequest, unit_id: int, evidence_id: int) -> HttpResponse:
    """One piece: what is known of it and where it is used; a POST changes what is known."""
    found = _load_piece(request, unit_id, evidence_id)
    if request.method != "POST":
        return _show_piece(request, found)
    check_keep_library(request.user, found.unit)
    form = EditForm(found, request.POST)
    if not form.is_valid():
        return _show_piece(request, found, form=form)
    try:
        edit(found, form.about, seen=form.was_seen, by=person(request))
    except NotPermitted:
        raise
    except WrongState as refusal:
        form.add_error(None, str(refusal))
        return _show_piece(request, found, form=form, status=CONFLICT)
    except AssessmentError as refusal:
        form.take(refusal)
        return _show_piece(request, found, form=form)
    messages.success(request, "Đã lưu thông tin tài liệu.")
    return redirect("assessments:piece", found.unit_id, found.pk)


def _show_piece(
    request: HttpRequest, found: Evidence, *, form: EditForm | None = None, status: int = UNPROCESSABLE
) -> HttpResponse:
    places = places_of([found.pk]).get(found.pk, [])
    locked = ""
    try:
        check_unlocked(found)
    except WrongState as refusal:
        locked = str(refusal)
    is_keeper = can_keep_library(request.user, found.unit)
    context = {
        "unit": found.unit,
        "piece": found,
        "places": places,
        "history": past_of(found),
        "locked": locked,
        "is_keeper": is_keeper,
        "form": form or EditForm(found),
        "may_delete": is_keeper and not places and not was_handed_in(found),
        "nav_current": "library",
    }
    return render(request, "assessments/evidence/piece.html", context, status=status if form else 200)


@signed_in(CHANGE)
@require_POST
def piece_delete(request: HttpRequest, unit_id: int, evidence_id: int) -> HttpResponse:
    """Delete a piece that is used nowhere."""
    found = _load_piece(request, unit_id, evidence_id)
    delete(found, by=person(request))
    messages.success(request, f"Đã xóa “{found}”.")
    return redirect(reverse("assessments:library", args=[unit_id]))
