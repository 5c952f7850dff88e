"""Requests for review of one's own unit: written, sent and taken back, with the answers to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from assessments.appraisal import said_of
from assessments.appraisal.reviews import Reviewable, drop, reviewables, send, write
from assessments.enums import ReviewState, ReviewVerb
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.appraisal import RequestForm, SeenForm
from assessments.models import Assessment, ReviewRequest
from assessments.permissions.reviews import can_review, check_review
from assessments.states import is_review_open
from assessments.views.self_scoring import load_of_unit
from assessments.visibility import sees_own_result
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import FEW, choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422
OWN = "cán bộ, lãnh đạo của đơn vị: hồ sơ của đơn vị mình"
STATES = list(ReviewState)
NOT_ASKED = ("chua-de-nghi", "Chưa đề nghị")
ORDERS = (
    ("muc", "Thứ tự mục"),
    ("-muc", "Thứ tự mục, từ cuối"),
    ("-giam", "Giảm nhiều trước"),
    ("giam", "Giảm ít trước"),
    ("trang-thai", "Trạng thái đề nghị"),
    ("-trang-thai", "Trạng thái đề nghị, từ cuối"),
)
KEYS: dict[str, Callable[[Reviewable], Any]] = {
    "muc": lambda row: row.leaf.position,
    "giam": lambda row: row.lowered,
    "trang-thai": lambda row: row.request and STATES.index(ReviewState(row.request.state)),
}
COLUMNS = (
    Column("code", "Mục", width=10),
    Column("title", "Tiêu chí", width=44),
    Column("max_points", "Tối đa", width=10),
    Column("own", "Tự chấm", width=10),
    Column("concluded", "Kết luận", width=10),
    Column("reason", "Lý do kết luận", width=44),
    Column("state", "Trạng thái đề nghị"),
    Column("request", "Nội dung đề nghị", width=60),
    Column("written_by", "Người viết", width=24),
    Column("sent_by", "Người gửi", width=24),
    Column("sent_at", "Lúc gửi", width=18),
    Column("answer", "Trả lời của Hội đồng", width=60),
    Column("answered_by", "Người trả lời", width=24),
    Column("answered_at", "Lúc trả lời", width=18),
)


@signed_in(OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def own_reviews(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """The lowered leaves of the unit's file, each with its request and the answer to it."""
    file = load_of_unit(request, round_code, group_code, unit_code)
    rows = reviewables(file)
    sent: RequestForm | None = None
    row: Reviewable | None = None
    status = OK
    if request.method == "POST":
        code = request.POST.get("muc", "")
        row = next((one for one in rows if one.leaf.code == code), None)
        status, sent = _written(request, file, code, row)
        if status == OK:
            return redirect(request.get_full_path())
    found = _listed(request, rows)
    if kind := wanted_file(request):
        return _file(kind, file, found["rows"])
    # What was written is shown again also where the list no longer holds its leaf.
    shown = list(found["page"])
    shown = [row, *shown] if row and sent and row not in shown else shown
    context = {
        **found,
        **_own(request, file, rows),
        "orders": ORDERS,
        "lowered": _with_forms(request, file, shown, {row.leaf.pk: sent} if row and sent else {}),
        "errors": sent,
    }
    return render(request, "assessments/reviews/own.html", context, status=status)


def _listed(request: HttpRequest, rows: Iterable[Reviewable]) -> dict[str, Any]:
    sought = words(request, "Mã, tiêu chí hoặc nội dung")
    state = choice(request, "trang-thai", "Trạng thái", [NOT_ASKED, *ReviewState.choices])
    found = [
        row
        for row in rows
        if state.value in ("", row.request.state if row.request else NOT_ASKED[0])
        and has_words(
            sought.folded, row.leaf.code, row.leaf.title, row.request.request if row.request else ""
        )
    ]
    return listed(request, found, KEYS, [sought, state])


def _file(kind: str, file: Assessment, rows: Iterable[Reviewable]) -> HttpResponse:
    """The lowered leaves as found; who answered only where the group names who appraises."""
    lines = []
    for row in rows:
        held = row.request or ReviewRequest(state="")
        answerer = held.answered_by if file.group.names_appraisers else held.answer and "Hội đồng thẩm định"
        lines.append(
            (
                row.leaf.code,
                row.leaf.title,
                row.leaf.max_points,
                said_of(row.own),
                said_of(row.concluded),
                row.concluded.reason if row.concluded else "",
                held.get_state_display() or NOT_ASKED[1],
                held.request,
                held.written_by,
                held.sent_by,
                held.sent_at,
                held.answer,
                answerer,
                held.answered_at,
            )
        )
    return list_file(kind, f"xem-xet-lai-{file.unit_code}", "Đề nghị xem xét lại", COLUMNS, lines)


def _own(request: HttpRequest, file: Assessment, rows: list[Reviewable]) -> dict[str, Any]:
    requests = [one.request for one in rows if one.request is not None]
    return {
        "round": file.group.round,
        "group": file.group,
        "file": file,
        "sees_result": sees_own_result(file),
        "is_open": is_review_open(file.group.round),
        "count": len(rows),
        "is_long": len(rows) > FEW,
        "unsent": sum(one.state == ReviewState.WRITTEN for one in requests),
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
@require_POST
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
@require_POST
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
    file = load_of_unit(request, round_code, group_code, unit_code)
    found = get_object_or_404(file.reviews.select_related("criterion", "assessment"), pk=review_id)
    form = SeenForm(request.POST)
    # A form that was not this page's has seen nothing, which is no version at all.
    return found, form.cleaned_data["seen"] if form.is_valid() else -1
