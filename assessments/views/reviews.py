"""Requests for review: a unit writes, sends and reads the answers; the council has a queue and answers."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.appraisal import StaleDecision
from assessments.appraisal.reviews import (
    Reviewable,
    answer,
    check_see_reviews,
    drop,
    reviewables,
    reviews_of,
    send,
    write,
)
from assessments.enums import ReviewState, ReviewVerb, Track
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import RequestForm, ReviewForm, SeenForm
from assessments.models import Assessment, ReviewRequest, Round
from assessments.permissions.reviews import can_review, check_review
from assessments.self_scoring import files_of
from assessments.states import is_review_open
from assessments.visibility import sees_own_result, visible_rounds
from criteria.views.common import person, post_only
from parindex.access import signed_in

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
PAGE_SIZE = 60
FILTERS: Mapping[str, tuple[str, tuple[ReviewState, ...]]] = {
    "cho-tra-loi": ("Chờ trả lời", (ReviewState.SENT,)),
    "da-tra-loi": ("Đã trả lời", (ReviewState.KEPT, ReviewState.CHANGED)),
}
OWN = "cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình"
READS = (
    "cơ quan tổ chức đánh giá, kiểm tra, giám sát; Chủ tịch, Thư ký Hội đồng thẩm định của đợt, hoặc người "
    "thay: đơn vị được thay"
)


# -- the unit


def _own_file(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> Assessment:
    found = files_of(person(request)).filter(
        group__round__code=round_code, group__code=group_code, unit_code=unit_code
    )
    file = found.first()
    if file is None:
        raise Http404("Không có hồ sơ này trong các đơn vị của bạn.")
    return file


@signed_in(OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_reviews(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """The lowered leaves of the unit's file, each with its request and the answer to it."""
    file = _own_file(request, round_code, group_code, unit_code)
    rows = reviewables(file)
    sent: RequestForm | None = None
    row: Reviewable | None = None
    status = OK
    if request.method == "POST":
        code = request.POST.get("muc", "")
        row = next((one for one in rows if one.leaf.code == code), None)
        status, sent = _written(request, file, code, row)
        if status == OK:
            return redirect(request.path)
    context = {
        **_own(request, file, rows),
        "rows": _with_forms(request, file, rows, {row.leaf.pk: sent} if row and sent else {}),
        "errors": sent,
    }
    return render(request, "assessments/reviews/own.html", context, status=status)


def _own(request: HttpRequest, file: Assessment, rows: list[Reviewable]) -> dict[str, Any]:
    requests = [one.request for one in rows if one.request is not None]
    return {
        "round": file.group.round,
        "group": file.group,
        "file": file,
        "sees_result": sees_own_result(file),
        "is_open": is_review_open(file.group.round),
        "unsent": sum(one.state == ReviewState.WRITTEN for one in requests),
        "answered": sum(one.state in FILTERS["da-tra-loi"][1] for one in requests),
        "nav_current": "own_files",
    }


def _with_forms(
    request: HttpRequest, file: Assessment, rows: list[Reviewable], sent: Mapping[int, RequestForm]
) -> list[dict[str, Any]]:
    """Each lowered leaf with what this person may do there; asked once for each state, not for each leaf."""
    user, written = person(request), ReviewRequest(state=ReviewState.WRITTEN)
    may_write = {held is not None: can_review(user, file, ReviewVerb.WRITE, held) for held in (None, written)}
    may = {verb: can_review(user, file, verb, written) for verb in (ReviewVerb.SEND, ReviewVerb.DROP)}
    found = []
    for row in rows:
        is_written = row.request is not None and row.request.state == ReviewState.WRITTEN
        is_mine = (row.request is None or is_written) and may_write[is_written]
        form = RequestForm(row.leaf, row.request) if is_mine else None
        found.append(
            {
                "row": row,
                "form": sent.get(row.leaf.pk, form),
                "may_send": is_written and may[ReviewVerb.SEND],
                "may_drop": is_written and may[ReviewVerb.DROP],
            }
        )
    return found


def _written(
    request: HttpRequest, file: Assessment, code: str, row: Reviewable | None
) -> tuple[int, RequestForm | None]:
    """The status, and the form to show again where it was not written."""
    leaf = row.leaf if row else file.group.used_framework.criteria.filter(code=code).first()
    if leaf is None:
        raise AssessmentError("Mục vừa gửi không có trong hồ sơ. Mở lại trang rồi làm lại.")
    held = row.request if row else None
    check_review(person(request), file, ReviewVerb.WRITE, held)
    form = RequestForm(leaf, held, request.POST)
    if not form.is_valid():
        return UNPROCESSABLE, form
    given = form.cleaned_data
    try:
        write(file, leaf, text=given["request"], seen=given["seen"], by=person(request))
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        if row is None:
            raise
        form.add_error("request", str(refusal))
        return CONFLICT if isinstance(refusal, WrongState) else UNPROCESSABLE, form
    messages.success(request, f"Đã lưu đề nghị xem xét lại mục {leaf.code}, chờ lãnh đạo đơn vị gửi.")
    return OK, None


@signed_in("lãnh đạo của đơn vị: đề nghị của đơn vị mình")
@post_only
def review_send(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, review_id: int
) -> HttpResponse:
    """Send one request to the council."""
    found, seen = _own_request(request, round_code, group_code, unit_code, review_id)
    send(found, seen=seen, by=person(request))
    messages.success(
        request, f"Đã gửi đề nghị xem xét lại mục {found.criterion.code} tới Hội đồng thẩm định."
    )
    return redirect("assessments:own_reviews", round_code, group_code, unit_code)


@signed_in(OWN)
@post_only
def review_drop(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, review_id: int
) -> HttpResponse:
    """Take back one request that was not sent."""
    found, seen = _own_request(request, round_code, group_code, unit_code, review_id)
    drop(found, seen=seen, by=person(request))
    messages.success(
        request, f"Đã bỏ đề nghị xem xét lại mục {found.criterion.code}; nội dung còn ở nhật ký."
    )
    return redirect("assessments:own_reviews", round_code, group_code, unit_code)


def _own_request(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, review_id: int
) -> tuple[ReviewRequest, int]:
    file = _own_file(request, round_code, group_code, unit_code)
    found = get_object_or_404(file.reviews.select_related("criterion", "assessment"), pk=review_id)
    form = SeenForm(request.POST)
    # A form that was not this page's has seen nothing, which is no version at all.
    return found, form.cleaned_data["seen"] if form.is_valid() else -1


# -- those who answer


def _load_round(request: HttpRequest, code: str) -> Round:
    """A round whose requests this person may read. One that they may not even know of is not found."""
    round = get_object_or_404(Round.objects.select_related("organiser"), code=code)
    try:
        check_see_reviews(request.user, round)
    except NotPermitted:
        get_object_or_404(visible_rounds(request.user), pk=round.pk)
        raise
    return round


@signed_in(READS)
def reviews(request: HttpRequest, round_code: str) -> HttpResponse:
    """The requests of a round: what waits for an answer first, then what was answered and why."""
    round = _load_round(request, round_code)
    chosen = request.GET.get("loc", "")
    asked = reviews_of(request.user, round)
    waiting = asked.filter(state=ReviewState.SENT).count()
    if chosen in FILTERS:
        asked = asked.filter(state__in=FILTERS[chosen][1])
    ordered = asked.order_by("answered_at", "sent_at", "pk")
    context = {
        "round": round,
        "page": Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("trang")),
        "waiting": waiting,
        "chips": [
            (None, "Tất cả", chosen not in FILTERS),
            *((key, words, key == chosen) for key, (words, _) in FILTERS.items()),
        ],
        "nav_current": "rounds",
    }
    return render(request, "assessments/reviews/list.html", context)


@signed_in(f"{READS}; trả lời: Chủ tịch, Thư ký Hội đồng thẩm định, hoặc người thay")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, round_code: str, review_id: int) -> HttpResponse:
    """One request with every word on its leaf that counts, and the answer to it."""
    round = _load_round(request, round_code)
    asked = reviews_of(request.user, round).select_related("assessment__group__framework")
    found = get_object_or_404(asked, pk=review_id)
    rows = {score.track: score for score in found.assessment.scores.filter(criterion=found.criterion)}
    own, concluded = rows.get(Track.SELF), rows.get(Track.CONCLUSION)
    form = ReviewForm(found.criterion, own=own, mine=concluded)
    status, stale = OK, None
    if request.method == "POST":
        form = ReviewForm(found.criterion, own=own, mine=concluded, data=request.POST)
        status, stale = _answered(request, found, form)
        if status == OK:
            return redirect("assessments:reviews", round.code)
    may_answer = can_review(request.user, found.assessment, ReviewVerb.KEEP, found)
    context = {
        "round": round,
        "group": found.assessment.group,
        "file": found.assessment,
        "leaf": found.criterion,
        "review": found,
        "own": own,
        "concluded": concluded,
        "form": form if may_answer or form.is_bound else None,
        "stale": stale,
        "nav_current": "rounds",
    }
    return render(request, "assessments/reviews/answer.html", context, status=status)


def _answered(
    request: HttpRequest, found: ReviewRequest, form: ReviewForm
) -> tuple[int, StaleDecision | None]:
    """The status; where somebody else wrote in between, what stands there now."""
    check_review(request.user, found.assessment, ReviewVerb.KEEP, found)
    if not form.is_valid():
        return UNPROCESSABLE, None
    said = form.decision() if form.changes else None
    try:
        done = answer(found, reason=form.full_reason, said=said, by=person(request))
    except StaleDecision as stale:
        now = stale.now.version if stale.now else 0
        form.take_stale(version=now, own_version=stale.own.version if stale.own else 0)
        return CONFLICT, stale
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.refuse(refusal)
        return CONFLICT if isinstance(refusal, WrongState) else UNPROCESSABLE, None
    label = ReviewState(done.state).label.lower()
    messages.success(
        request, f"Đã trả lời {found.assessment.unit_name}, mục {found.criterion.code}: {label}."
    )
    return OK, None
