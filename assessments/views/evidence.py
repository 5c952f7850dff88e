"""The evidence of one leaf: what the unit offers for it, and what its officer does with that."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments.evidence import (
    MEGABYTE,
    Added,
    Leaf,
    add_files,
    add_reference,
    allowed_kinds,
    attach,
    can_detach,
    detach,
    library_of,
    matching,
    places_of,
    read_files,
    set_pointer,
    uses_of,
)
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.evidence import ReferenceForm
from assessments.models import Assessment, Clarification, EvidenceUse
from assessments.permissions.evidence import (
    can_add_evidence,
    can_view_library,
    check_add_evidence,
    open_clarification,
)
from assessments.self_scoring import files_entered_for, files_of, is_self_scored
from criteria.views.common import person
from parindex.access import signed_in
from parindex.keys import number_of

OWN = "cán bộ, lãnh đạo của đơn vị: tài liệu kiểm chứng của hồ sơ đơn vị mình"
CHANGE = "cán bộ của đơn vị, khi đang tự chấm hoặc có yêu cầu bổ sung cho mục đó còn hạn"
LIBRARY_SIZE = 20
LONGEST_POINTER = 200
CONFLICT = 409
UNPROCESSABLE = 422


def _load(request: HttpRequest, round_code: str, group_code: str, unit_code: str, leaf_code: str) -> Leaf:
    """A leaf of a file of the person's own unit, or of one that they enter for; no other is found."""
    codes = {"group__round__code": round_code, "group__code": group_code, "unit_code": unit_code}
    user = person(request)
    file = _of_units(files_of(user), **codes) or _of_units(files_entered_for(user), **codes)
    if file is None:
        raise Http404("Không có hồ sơ này trong các đơn vị của bạn.")
    criteria = file.group.used_framework.criteria.select_related("content")
    criterion = get_object_or_404(criteria, code=leaf_code, is_leaf=True)
    if not is_self_scored(criterion, file.group):
        raise Http404("Mục này không do đơn vị tự chấm nên không cần tài liệu kiểm chứng.")
    return Leaf(file, criterion)


def _of_units(files: QuerySet[Assessment], **asked: Any) -> Assessment | None:
    return files.select_related("unit", "group__round__organiser", "group__framework").filter(**asked).first()


def leaf_url(leaf: Leaf) -> str:
    """The address of a leaf's evidence."""
    file = leaf.file
    codes = (file.group.round.code, file.group.code, file.unit_code, leaf.criterion.code)
    return reverse("assessments:leaf_evidence", args=codes)


@signed_in(f"{OWN}; đưa tệp lên: {CHANGE}")
def leaf_evidence(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, leaf_code: str
) -> HttpResponse:
    """The evidence of one leaf; a POST brings files."""
    leaf = _load(request, round_code, group_code, unit_code, leaf_code)
    if request.method != "POST":
        return _show(request, leaf)
    check_add_evidence(request.user, leaf.file, leaf.criterion)
    try:
        taken, refused = read_files(request.FILES.getlist("files"))
    except AssessmentError as refusal:
        return _show(request, leaf, problems=[str(refusal)])
    if not taken and not refused:
        return _show(request, leaf, problems=["Chọn ít nhất một tệp."])
    if taken:
        added = add_files(leaf.file.unit, taken, by=person(request), leaf=leaf)
        tell_added(request, added, [one.warning for one in taken])
    if refused:
        return _show(request, leaf, problems=[str(refusal) for refusal in refused])
    return redirect(leaf_url(leaf))


def upload_limits() -> dict[str, object]:
    """What a form for files says of their kinds, number and size."""
    return {
        "kinds": allowed_kinds(),
        "most_files": settings.EVIDENCE_FILES_AT_ONCE,
        "most_megabytes": settings.EVIDENCE_MAX_BYTES // MEGABYTE,
    }


def tell_added(request: HttpRequest, added: Added, warnings: list[str]) -> None:
    """Say what became of files that came in."""
    if added.new:
        messages.success(request, f"Đã lưu {len(added.new)} tệp.")
    for piece in added.held:
        messages.info(request, f"Tệp “{piece.file_name}” đã có trong kho của đơn vị nên được dùng lại.")
    for warning in filter(None, warnings):
        messages.warning(request, warning)


@signed_in(CHANGE)
@require_POST
def leaf_reference(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, leaf_code: str
) -> HttpResponse:
    """Offer a paper of the e-office system for a leaf."""
    leaf = _load(request, round_code, group_code, unit_code, leaf_code)
    check_add_evidence(request.user, leaf.file, leaf.criterion)
    form = ReferenceForm(request.POST)
    if not form.is_valid():
        return _show(request, leaf, reference=form)
    try:
        piece = add_reference(leaf.file.unit, form.about, by=person(request), leaf=leaf)
    except (NotPermitted, WrongState):
        raise
    except AssessmentError as refusal:
        form.take(refusal)
        return _show(request, leaf, reference=form)
    messages.success(request, f"Đã gắn “{piece}” vào mục {leaf.criterion.code}.")
    return redirect(leaf_url(leaf))


@signed_in(CHANGE)
@require_POST
def leaf_reuse(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, leaf_code: str
) -> HttpResponse:
    """Offer pieces of the unit's library for a leaf."""
    leaf = _load(request, round_code, group_code, unit_code, leaf_code)
    check_add_evidence(request.user, leaf.file, leaf.criterion)
    ticked = [key for text in request.POST.getlist("tai_lieu") if (key := number_of(text))]
    pieces = list(leaf.file.unit.evidence.filter(pk__in=ticked))
    if not pieces:
        return _show(request, leaf, problems=["Chọn ít nhất một tài liệu trong kho."], target="kho")
    count = attach(leaf, pieces, by=person(request))
    messages.success(request, f"Đã gắn {count} tài liệu vào mục {leaf.criterion.code}.")
    return redirect(leaf_url(leaf))


def _load_use(request: HttpRequest, use_id: int) -> EvidenceUse:
    """What is offered for a leaf of a file of the person's own unit, or of one that they enter for."""
    user = person(request)
    mine = Q(assessment__in=files_of(user).values("pk"))
    theirs = Q(assessment__in=files_entered_for(user).values("pk"))
    uses = EvidenceUse.objects.select_related("assessment__group__round", "criterion", "evidence")
    return get_object_or_404(uses.filter(mine | theirs), pk=use_id)


@signed_in(CHANGE)
@require_POST
def evidence_pointer(request: HttpRequest, use_id: int) -> HttpResponse:
    """Say where in a piece to look."""
    use = _load_use(request, use_id)
    leaf = Leaf(use.assessment, use.criterion)
    check_add_evidence(request.user, use.assessment, use.criterion)
    pointer = " ".join(request.POST.get("cho_xem", "").split())
    if len(pointer) > LONGEST_POINTER:
        said = f"Chỗ cần xem dài {len(pointer)} ký tự; ghi không quá {LONGEST_POINTER} ký tự."
        return _show(request, leaf, problems=[said], typed={use.pk: pointer}, target=f"cho-xem-{use.pk}")
    try:
        set_pointer(use, pointer, seen=request.POST.get("da_xem", ""), by=person(request))
    except WrongState as refusal:
        check_add_evidence(request.user, use.assessment, use.criterion)
        return _show(
            request,
            leaf,
            problems=[str(refusal)],
            typed={use.pk: pointer},
            target=f"cho-xem-{use.pk}",
            status=CONFLICT,
        )
    messages.success(request, f"Đã ghi chỗ cần xem của “{use.evidence}”.")
    return redirect(leaf_url(leaf))


@signed_in(CHANGE)
@require_POST
def evidence_detach(request: HttpRequest, use_id: int) -> HttpResponse:
    """No longer offer a piece for a leaf; it stays in the library."""
    use = _load_use(request, use_id)
    elsewhere = detach(use, by=person(request))
    leaf = Leaf(use.assessment, use.criterion)
    said = f"Đã bỏ “{use.evidence}” khỏi mục {use.criterion.code}. "
    if elsewhere:
        places = ", ".join(
            f"{other.criterion.code} ({other.assessment.group.round.year})" for other in elsewhere
        )
        said += f"Tài liệu còn dùng ở mục {places}."
    else:
        said += "Tài liệu không còn dùng ở mục nào, vẫn giữ trong kho của đơn vị."
    messages.success(request, said)
    return redirect(leaf_url(leaf))


def _show(
    request: HttpRequest,
    leaf: Leaf,
    *,
    problems: list[str] | None = None,
    target: str = "id_files",
    reference: ReferenceForm | None = None,
    typed: dict[int, str] | None = None,
    status: int = UNPROCESSABLE,
) -> HttpResponse:
    """The page of a leaf, with what was wrong, if anything, and what was typed."""
    file, criterion = leaf.file, leaf.criterion
    uses = uses_of(file, criterion)
    is_open = can_add_evidence(request.user, file, criterion)
    question = open_clarification(file, criterion)
    words = request.GET.get("tim", "").strip()
    context: dict[str, Any] = {
        "file": file,
        "round": file.group.round,
        "group": file.group,
        "leaf": criterion,
        "content": criterion.content or criterion,
        "is_open": is_open,
        "clarification": question,
        "rows": _rows(leaf, uses, question, typed or {}),
        "problems": problems or [],
        "problem_target": target,
        "reference": reference or ReferenceForm(),
        "words": words,
        **upload_limits(),
        "nav_current": "own_files",
    }
    if is_open and can_view_library(request.user, file.unit):
        kept = matching(library_of(file.unit), words).exclude(uses__in=uses).order_by("-added_at", "-pk")
        found = list(kept[: LIBRARY_SIZE + 1])
        context |= {"may_reuse": True, "kept": found[:LIBRARY_SIZE], "has_more": len(found) > LIBRARY_SIZE}
    wrong = bool(problems) or (reference is not None and bool(reference.errors))
    return render(request, "assessments/evidence/leaf.html", context, status=status if wrong else 200)


def _rows(
    leaf: Leaf, uses: list[EvidenceUse], asked: Clarification | None, typed: dict[int, str]
) -> list[dict[str, Any]]:
    """Each piece of a leaf: where else it is offered, and whether it may go."""
    places = places_of(use.evidence_id for use in uses)
    return [
        {
            "use": use,
            "elsewhere": [other for other in places[use.evidence_id] if other.pk != use.pk],
            "typed": typed.get(use.pk, use.pointer),
            "may_go": can_detach(use, asked),
        }
        for use in uses
    ]
