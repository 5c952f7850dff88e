"""Publishing by two persons: what is missing, what waits, what was published, and each one's hashes."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.enums import PreparationState, PublicationState
from assessments.exceptions import NotPermitted, StillProvisional, WrongState
from assessments.forms.publishing import PrepareForm, ReasonForm
from assessments.models import Publication, Round
from assessments.permissions.acting import Person
from assessments.permissions.publishing import (
    can_confirm,
    can_publish,
    check_publish,
    check_see_publishing,
    own_file,
    ranked_own_units,
)
from assessments.publication import ResultsChanged, broken_rows, changed_since
from assessments.publishing import (
    GroupReadiness,
    confirm,
    decline,
    prepare,
    prepare_withdrawal,
    publications_of_number,
    readiness,
    waiting_preparation,
)
from assessments.scorecard import UnitResult
from assessments.states import is_review_open
from assessments.views.access import load_round
from criteria.views.common import person
from parindex.access import signed_in

CONFLICT = 409
UNPROCESSABLE = 422
GONE = 410
SHOWN_ROWS = 10
RELOAD_SECONDS = "5"
CHANGED = "Bản đang công bố đã khác so với lúc bạn mở trang. Xem bản hiện tại bên dưới rồi làm lại nếu cần."
READS = "cơ quan tổ chức đánh giá, kiểm tra, giám sát của đợt"
WRITES = "người công bố của cơ quan tổ chức đánh giá"


def load_own_round(request: HttpRequest, code: str) -> Round:
    """A round whose publication and survey this person may see; what they may not know of is not found."""
    round = load_round(request, code)
    check_see_publishing(request.user, round)
    return round


@signed_in(f"{READS}; chuẩn bị: {WRITES}")
@require_http_methods(["GET", "HEAD", "POST"])
def publishing(request: HttpRequest, round_code: str) -> HttpResponse:
    """What is missing, what would be published, what waits for a second person, what was published."""
    round = load_own_round(request, round_code)
    if request.method != "POST":
        return _page(request, round)
    check_publish(request.user, round)
    current = _current(round)
    form = PrepareForm(request.POST, supersedes=current is not None)
    if _has_changed(request, current):
        return _page(request, round, form=form, refusal=CHANGED, status=CONFLICT)
    if not form.is_valid():
        return _page(request, round, form=form, status=UNPROCESSABLE)
    try:
        preparation = prepare(round, by=person(request), **form.cleaned_data)
    except (StillProvisional, WrongState) as refusal:
        return _page(request, round, form=form, refusal=str(refusal), status=CONFLICT)
    messages.success(
        request,
        f"Đã chuẩn bị công bố theo Quyết định số {preparation.decision_number}. Người công bố khác xác nhận.",
    )
    return redirect("assessments:publishing", round.code)


@signed_in(WRITES)
@require_POST
def withdrawal(request: HttpRequest, round_code: str) -> HttpResponse:
    """Prepare that the current publication is withdrawn."""
    round = load_own_round(request, round_code)
    check_publish(request.user, round)
    publication, form = _current(round), ReasonForm(request.POST, prefix="thu-hoi")
    if publication is None:
        raise WrongState("Đợt này không có bản nào đang công bố để thu hồi.")
    if _has_changed(request, publication):
        return _page(request, round, withdraw=form, refusal=CHANGED, status=CONFLICT)
    if not form.is_valid():
        return _page(request, round, withdraw=form, status=UNPROCESSABLE)
    prepare_withdrawal(publication, reason=form.cleaned_data["reason"], by=person(request))
    messages.success(request, "Đã chuẩn bị thu hồi. Bản công bố giữ nguyên cho đến khi người khác xác nhận.")
    return redirect("assessments:publishing", round.code)


@signed_in(f"{WRITES}, không phải người đã chuẩn bị")
@require_POST
def confirmation(request: HttpRequest, round_code: str, preparation_id: int) -> HttpResponse:
    """The second person confirms; where the results have changed since, the page lists what changed."""
    round = load_own_round(request, round_code)
    preparation = get_object_or_404(round.preparations, pk=preparation_id)
    try:
        confirmed = confirm(preparation, by=person(request))
    except ResultsChanged as refusal:
        return _page(request, round, changed=refusal.changed, status=CONFLICT)
    if confirmed.state == PreparationState.RUNNING:
        messages.info(request, "Đã xác nhận. Hệ thống đang công bố; có thể rời trang này.")
    elif confirmed.is_withdrawal:
        messages.success(request, "Đã thu hồi bản công bố.")
    else:
        messages.success(request, f"Đã công bố theo Quyết định số {confirmed.decision_number}.")
    return redirect("assessments:publishing", round.code)


@signed_in(WRITES)
@require_POST
def refusal(request: HttpRequest, round_code: str, preparation_id: int) -> HttpResponse:
    """The second person declines, or the first takes back, with a reason."""
    round = load_own_round(request, round_code)
    check_publish(request.user, round)
    preparation = get_object_or_404(round.preparations, pk=preparation_id)
    form = ReasonForm(request.POST, prefix="tu-choi")
    if not form.is_valid():
        return _page(request, round, declined=form, status=UNPROCESSABLE)
    declined = decline(preparation, reason=form.cleaned_data["reason"], by=person(request))
    own = declined.ended_by_id == declined.prepared_by_id
    messages.success(request, "Đã rút lại bản chuẩn bị." if own else "Đã ghi không xác nhận, kèm lý do.")
    return redirect("assessments:publishing", round.code)


@signed_in(READS)
def manifest(request: HttpRequest, round_code: str, publication_id: int) -> HttpResponse:
    """The hashes of one publication as a file."""
    publication = _publication(request, round_code, publication_id)
    content = {
        "round": publication.round.code,
        "decision_number": publication.decision_number,
        "signed": publication.signed.isoformat(),
        "signer": publication.signer,
        "digest": publication.digest,
        "manifest": publication.manifest,
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"{publication.round.code}-ma-kiem-tra-{publication.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@signed_in(READS)
def verification(request: HttpRequest, round_code: str, publication_id: int) -> HttpResponse:
    """Whether a publication's rows still fit its hashes, and what would differ if computed today."""
    publication = _publication(request, round_code, publication_id)
    is_current = publication.state == PublicationState.CURRENT
    context = {
        "round": publication.round,
        "publication": publication,
        "broken": broken_rows(publication),
        "changed": changed_since(publication) if is_current else [],
        "is_current": is_current,
        "nav_current": "rounds",
    }
    return render(request, "assessments/publishing/verification.html", context)


def _publication(request: HttpRequest, round_code: str, publication_id: int) -> Publication:
    round = load_own_round(request, round_code)
    return get_object_or_404(round.publications.select_related("round__organiser"), pk=publication_id)


def _current(round: Round) -> Publication | None:
    return round.publications.filter(state=PublicationState.CURRENT).defer("manifest").first()


def _has_changed(request: HttpRequest, current: Publication | None) -> bool:
    """Whether the form was on a page that showed another publication, or none."""
    seen = request.POST.get("seen")
    return seen is not None and seen != (str(current.pk) if current else "")


def _publications(round: Round) -> list[Publication]:
    found = round.publications.select_related("superseded_by", "preparation")
    return list(found.defer("manifest", "superseded_by__manifest", "preparation__manifest").order_by("-pk"))


def _page(
    request: HttpRequest,
    round: Round,
    *,
    form: PrepareForm | None = None,
    withdraw: ReasonForm | None = None,
    declined: ReasonForm | None = None,
    changed: list[str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    publications, waiting = _publications(round), waiting_preparation(round)
    current = next((one for one in publications if one.state == PublicationState.CURRENT), None)
    publisher = can_publish(request.user, round)
    groups = readiness(round)
    last = publications[0] if publications else None
    if publisher and waiting is None and form is None:
        form = PrepareForm(supersedes=current is not None, initial={"signer": last.signer if last else ""})
    context = {
        "round": round,
        "groups": [(one, _first_rows(request.user, one)) for one in groups],
        "is_ready": bool(groups) and all(group.is_ready for group in groups),
        "publications": publications,
        "current": current,
        "reviews_until": round.review_until if is_review_open(round) else None,
        "waiting": waiting,
        "same_number": publications_of_number(waiting) if waiting else (),
        "is_own": waiting is not None and waiting.prepared_by_id == request.user.pk,
        "may_confirm": waiting is not None and can_confirm(request.user, waiting),
        "is_publisher": publisher,
        "own_units": ranked_own_units(person(request), round) if publisher else "",
        "form": form if waiting is None else None,
        "withdraw": withdraw or ReasonForm(prefix="thu-hoi"),
        "declined": declined or ReasonForm(prefix="tu-choi"),
        "changed": changed,
        "refusal": refusal,
        "ended": round.preparations.filter(state=PreparationState.DECLINED)
        .defer("manifest")
        .order_by("-pk")[:5],
        "nav_current": "rounds",
    }
    response = render(request, "assessments/publishing/page.html", context, status=status)
    if waiting is not None and waiting.is_under_way and "dung" not in request.GET:
        response["Refresh"] = RELOAD_SECONDS
    return response


def _first_rows(user: Person, shown: GroupReadiness) -> Sequence[UnitResult]:
    """The head of a group's ranking; nothing where a unit of the person's own is in it."""
    return () if own_file(user, shown.group) else shown.result.units[:SHOWN_ROWS]


def tells_withdrawal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say that results were withdrawn, when and why, where a public page would only be missing."""

    @wraps(view)
    def told(request: HttpRequest, round_code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, round_code, *args, **kwargs)
        except (Http404, NotPermitted):
            last = last_withdrawn(round_code)
            if last is None:
                raise
        context = {"publication": last, "round": last.round, "nav_current": "rounds"}
        return render(request, "assessments/publishing/withdrawn.html", context, status=GONE)

    return told


def last_withdrawn(round_code: str) -> Publication | None:
    """A round's last publication, if that is what became of it."""
    published = Publication.objects.filter(round__code=round_code).defer("manifest")
    last = published.select_related("round__organiser").order_by("-pk").first()
    return last if last is not None and last.state == PublicationState.WITHDRAWN else None
