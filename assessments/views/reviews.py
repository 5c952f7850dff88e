"""Requests for review for those who answer them: the queue of a round, one request and the answer to it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.appraisal import StaleDecision
from assessments.appraisal.reviews import answer, check_see_reviews, reviews_of
from assessments.enums import ReviewState, ReviewVerb, Track
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import ReviewForm
from assessments.models import ReviewRequest, Round
from assessments.permissions.reviews import can_review, check_review
from assessments.views.access import load_round_where
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import FEW, choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
STATES = list(ReviewState)
HEADINGS = (
    ("don-vi", "Đơn vị, mục"),
    ("trang-thai", "Trạng thái"),
    ("gui", "Đề nghị"),
    ("tra-loi", "Trả lời"),
)
KEYS: dict[str, Callable[[ReviewRequest], Any]] = {
    "trang-thai": lambda one: STATES.index(ReviewState(one.state)),
    "don-vi": lambda one: (one.assessment.unit_sort_key, one.criterion.position),
    "gui": lambda one: one.sent_at,
    "tra-loi": lambda one: one.answered_at,
}
COLUMNS = (
    Column("unit", "Đơn vị", width=40),
    Column("code", "Mục", width=10),
    Column("title", "Tiêu chí", width=44),
    Column("state", "Trạng thái"),
    Column("request", "Nội dung đề nghị", width=60),
    Column("sent_by", "Người gửi", width=24),
    Column("sent_at", "Lúc gửi", width=18),
    Column("answer", "Trả lời của Hội đồng", width=60),
    Column("contested", "Điểm trước", width=10),
    Column("became", "Điểm sau", width=10),
    Column("answered_by", "Người trả lời", width=24),
    Column("answered_at", "Lúc trả lời", width=18),
)
READS = (
    "cơ quan tổ chức đánh giá, kiểm tra, giám sát; Chủ tịch, Thư ký Hội đồng thẩm định của đợt, hoặc người "
    "thay: đơn vị được thay"
)


@signed_in(READS)
def reviews(request: HttpRequest, round_code: str) -> HttpResponse:
    """The requests of a round: what waits for an answer first, then what was answered and why."""
    round = load_round_where(request, round_code, check_see_reviews)
    asked = list(reviews_of(request.user, round).order_by("sent_at", "pk"))
    found = _listed(request, asked)
    if kind := wanted_file(request):
        return _list(kind, round, found["rows"])
    context = found | {
        "headings": HEADINGS,
        "round": round,
        "count": len(asked),
        "is_long": len(asked) > FEW,
        "waiting": sum(one.state == ReviewState.SENT for one in asked),
        "nav_current": "rounds",
    }
    return render(request, "assessments/reviews/list.html", context)


def _listed(request: HttpRequest, asked: Iterable[ReviewRequest]) -> dict[str, Any]:
    sought = words(request, "Đơn vị, tiêu chí hoặc nội dung")
    state = choice(request, "trang-thai", "Trạng thái", ReviewState.choices[1:])
    found = [
        one
        for one in asked
        if state.value in ("", one.state)
        and has_words(
            sought.folded,
            one.assessment.unit_name,
            one.criterion.code,
            one.criterion.title,
            one.request,
            one.answer,
        )
    ]
    return listed(request, found, KEYS, [sought, state])


def _list(kind: str, round: Round, asked: Iterable[ReviewRequest]) -> HttpResponse:
    rows = [
        (
            one.assessment.unit_name,
            one.criterion.code,
            one.criterion.title,
            one.get_state_display(),
            one.request,
            one.sent_by,
            one.sent_at,
            one.answer,
            one.contested if one.became is not None else None,
            one.became,
            one.answered_by,
            one.answered_at,
        )
        for one in asked
    ]
    return list_file(kind, f"xem-xet-lai-{round.code}", "Đề nghị xem xét lại", COLUMNS, rows)


@signed_in(f"{READS}; trả lời: Chủ tịch, Thư ký Hội đồng thẩm định, hoặc người thay")
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, round_code: str, review_id: int) -> HttpResponse:
    """One request with every word on its leaf that counts, and the answer to it."""
    round = load_round_where(request, round_code, check_see_reviews)
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
