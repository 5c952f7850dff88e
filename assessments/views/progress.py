"""Progress of a round for those who run it: the units of a group, one file, and the verbs that move it."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from assessments.enums import AssessmentState, Verb
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Group, Round
from assessments.move_forms import FileMoveForm, PaperForm
from assessments.moves import move
from assessments.permissions import SEES_PROVISIONAL, Acting, acting_in, check_role_for, open_moves
from assessments.permissions.files import can_take_paper, check_take_paper, paper_of
from assessments.progress import (
    ORDERS,
    REMINDS,
    Counts,
    FileLine,
    can_remind,
    check_see_progress,
    counts_of,
    events_of,
    files_to_list,
    history,
    holder_of,
    last_move,
    lines_of,
    remind,
    seen_files,
    seen_groups,
    take_paper,
)
from assessments.transitions import JUDGES, TRANSITIONS
from assessments.views.access import load_round_where
from assessments.visibility import visible_rounds
from criteria.views.common import person
from parindex.access import signed_in
from parindex.audit.log import events_file, listed_events
from parindex.audit.models import Event
from parindex.listing import Sorting, list_file, ordered, page_of, wanted_file, words
from parindex.sheets import Column

HEADINGS = (
    ("ten", "Đơn vị", ""),
    ("nop", "Trạng thái", "progress__state"),
    ("han", "Hạn hoặc ngày nộp", "progress__until"),
    ("da-nhap", "Đã tự chấm", "progress__done"),
)
COLUMNS = (
    Column("unit", "Đơn vị", width=40),
    Column("code", "Mã đơn vị", width=16),
    Column("state", "Trạng thái"),
    Column("until", "Hạn tự chấm", width=14),
    Column("submitted_at", "Nộp lúc", width=18),
    Column("days_over", "Số ngày quá hạn", width=12),
    Column("entered", "Đã nhập", width=10),
    Column("total", "Số mục", width=10),
)
CONFLICT = 409
UNPROCESSABLE = 422
OVERDUE = "qua-han"
ALL_EVENTS = "tat-ca"
FILTERS = {
    "dang-tu-cham": AssessmentState.DRAFT,
    "cho-duyet": AssessmentState.UNIT_REVIEW,
    "da-nop": AssessmentState.SUBMITTED,
    "dang-tham-dinh": AssessmentState.IN_APPRAISAL,
    "da-ket-luan": AssessmentState.CONCLUDED,
}
# The address of each verb of those who judge; the unit's own verbs are on the unit's own pages.
ADDRESSES = {
    "nop-thay": Verb.SUBMIT_ON_BEHALF,
    "tiep-nhan": Verb.START_APPRAISAL,
    "tra-lai": Verb.RETURN_AT_RECEIPT,
    "gia-han": Verb.GRANT_MORE_TIME,
    "ket-luan": Verb.CONCLUDE_FILE,
    "mo-lai-tham-dinh": Verb.REOPEN_APPRAISAL,
    "mo-lai-tu-cham": Verb.REOPEN_SELF_SCORING,
}
ADDRESS_OF = {verb: address for address, verb in ADDRESSES.items()}
DONE = {
    Verb.SUBMIT_ON_BEHALF: "Đã nộp thay {unit} theo bản giấy đã ký.",
    Verb.START_APPRAISAL: "Đã tiếp nhận hồ sơ của {unit}, bắt đầu thẩm định.",
    Verb.RETURN_AT_RECEIPT: "Đã trả lại hồ sơ để {unit} tự chấm lại.",
    Verb.GRANT_MORE_TIME: "Đã gia hạn tự chấm cho {unit} đến hết ngày {until:%d/%m/%Y}.",
    Verb.CONCLUDE_FILE: "Đã kết luận hồ sơ của {unit}.",
    Verb.REOPEN_APPRAISAL: "Đã mở lại thẩm định hồ sơ của {unit}.",
    Verb.REOPEN_SELF_SCORING: "Đã mở lại tự chấm cho {unit} đến hết ngày {until:%d/%m/%Y}.",
}
RULE = (
    "cơ quan tổ chức đánh giá, kiểm tra, giám sát; Chủ tịch, Thư ký Hội đồng thẩm định của đợt, hoặc người "
    "thay: đơn vị được thay"
)


def _load_file(request: HttpRequest, round: Round, group_code: str, unit_code: str) -> Assessment:
    files = Assessment.objects.select_related("group__round__organiser", "group__framework", "unit")
    seen = files.filter(seen_files(request.user, round), group__framework__isnull=False)
    return get_object_or_404(seen, group__round=round, group__code=group_code, unit_code=unit_code)


def _round_url(request: HttpRequest, round: Round) -> str:
    """The round's page, where this person may open it: the council sees it once it is published."""
    visible = visible_rounds(request.user).filter(pk=round.pk).exists()
    return reverse("assessments:round", args=[round.code]) if visible else ""


def _file_url(file: Assessment) -> str:
    return reverse("assessments:progress_file", args=[file.group.round.code, file.group.code, file.unit_code])


@signed_in(RULE)
def progress(request: HttpRequest, round_code: str) -> HttpResponse:
    """The units of one group of a round: state, deadline, how far they are."""
    round = load_round_where(request, round_code, check_see_progress)
    seen = seen_files(request.user, round)
    groups = list(seen_groups(round, seen=seen).select_related("framework", "round"))
    context = {
        "round": round,
        "round_url": _round_url(request, round),
        "groups": groups,
        "nav_current": "rounds",
    }
    if groups:
        asked = request.GET.get("nhom", groups[0].code)
        group = next((one for one in groups if one.code == asked), None)
        if group is None:
            raise Http404("Đợt đánh giá không có nhóm này.")
        files, sort = _asked_for(request, group, seen)
        if kind := wanted_file(request):
            return _list_file(kind, group, lines_of(group, list(files)))
        context |= _list(request, group, seen, files, sort)
    return render(request, "assessments/progress/list.html", context)


def _asked_for(request: HttpRequest, group: Group, seen: Q) -> tuple[QuerySet[Assessment], Sorting]:
    """The group's files that the person sees, by the filter, the words and the order of the address."""
    chosen = request.GET.get("loc", "")
    files = files_to_list(
        group,
        seen=seen,
        state=FILTERS.get(chosen),
        overdue=chosen == OVERDUE,
        named=request.GET.get("tim", "").strip(),
    )
    return ordered(request, files, ORDERS)


@signed_in("cơ quan chủ trì, công bố; Thư ký Hội đồng thẩm định của đợt, hoặc người thay")
@require_POST
def progress_remind(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Remind the units that have not submitted, all of the group or one."""
    round = load_round_where(request, round_code, check_see_progress)
    groups = seen_groups(round, seen=seen_files(request.user, round))
    group = get_object_or_404(groups.select_related("round"), code=group_code)
    unit_code = request.POST.get("don-vi", "")
    told = remind(group, by=person(request), unit_code=unit_code)
    parts = [f"Đã nhắc {len(told.files)} đơn vị."]
    if told.already:
        parts.append(f"{told.already} đơn vị đã được nhắc trong hôm nay nên không nhắc lại.")
    if told.nobody:
        parts.append(f"Chưa có tài khoản để nhắc: {', '.join(told.nobody)}.")
    messages.success(request, " ".join(parts))
    if unit_code:
        return redirect("assessments:progress_file", round.code, group.code, unit_code)
    return redirect(f"{reverse('assessments:progress', args=[round.code])}?nhom={group.code}")


@signed_in("cơ quan chủ trì, công bố")
@require_POST
def progress_paper(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """Put a unit's signed paper on record, then open the file to enter what stands in it."""
    file = _load_file(
        request, load_round_where(request, round_code, check_see_progress), group_code, unit_code
    )
    check_take_paper(request.user, file)
    form = PaperForm(request.POST)
    if form.is_valid():
        try:
            take_paper(
                file,
                number=form.cleaned_data["number"],
                signed=form.cleaned_data["signed"],
                by=person(request),
            )
        except AssessmentError as refusal:
            form.add_error("signed", str(refusal))
    if form.errors:
        return _show_file(request, file, paper_form=form)
    messages.success(request, f"Đã ghi nhận bản giấy. Nhập điểm của {file.unit_name} theo bản giấy ở đây.")
    return redirect("assessments:own_file", round_code, group_code, unit_code)


def _list_file(kind: str, group: Group, lines: Iterable[FileLine]) -> HttpResponse:
    """The list as it is filtered and ordered."""
    rows = [
        (
            line.file.unit_name,
            line.file.unit_code,
            line.file.get_state_display(),
            line.until,
            line.file.submitted_at,
            line.days_over,
            line.entered,
            line.total,
        )
        for line in lines
    ]
    return list_file(kind, f"tien-do-{group.round.code}-{group.code}", "Tiến độ hồ sơ", COLUMNS, rows)


def _list(
    request: HttpRequest, group: Group, seen: Q, files: QuerySet[Assessment], sort: Sorting
) -> dict[str, object]:
    chosen = request.GET.get("loc", "")
    counts = counts_of(group, seen=seen)
    page = page_of(request, files)
    return {
        "group": group,
        "counts": counts,
        "chips": _chips(counts, chosen),
        "page": page,
        "lines": lines_of(group, list(page)),
        "filters": [words(request, "Tên đơn vị")],
        "sort": sort,
        "headings": HEADINGS,
        "can_remind": counts.not_submitted > 0 and can_remind(request.user, group),
    }


def _chips(counts: Counts, chosen: str) -> list[tuple[str | None, str, int, bool]]:
    """The filter as links: address, words, how many, whether it is the one that is shown."""
    known = chosen if chosen in (*FILTERS, OVERDUE) else ""
    states = [(key, str(state.label), counts.by_state.get(state, 0)) for key, state in FILTERS.items()]
    rows = [("", "Tất cả", counts.total), (OVERDUE, "Quá hạn, chưa nộp", counts.overdue), *states]
    return [(key or None, words, count, key == known) for key, words, count in rows]


@signed_in(RULE)
def progress_file(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """One file: where it stands, who holds it, what this person may do, what has happened."""
    round = load_round_where(request, round_code, check_see_progress)
    file = _load_file(request, round, group_code, unit_code)
    if kind := wanted_file(request):
        shown = _events(request, file, acting_in(request.user, file))
        events = listed_events(request, shown)["rows"]
        return events_file(kind, f"lich-su-{round.code}-{file.unit_code}", events)
    return _show_file(request, file)


@signed_in(f"{RULE}; việc nào do ai làm: bảng chuyển trạng thái")
@require_POST
def progress_move(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str, verb_code: str
) -> HttpResponse:
    """Do one verb on one file."""
    if verb_code not in ADDRESSES:
        raise Http404("Không có việc này.")
    file = _load_file(
        request, load_round_where(request, round_code, check_see_progress), group_code, unit_code
    )
    row = TRANSITIONS[ADDRESSES[verb_code]]
    check_role_for(acting_in(request.user, file), file, row)
    form = FileMoveForm(row, file, request.POST)
    seen = request.POST.get(form.add_prefix("seen"), "")
    if seen != file.state:
        return _stale(request, file, form)
    if not form.is_valid():
        return _show_file(request, file, sent=form)
    try:
        move(
            file,
            row.verb,
            by_user=person(request),
            reason=form.cleaned_data.get("reason", ""),
            new_deadline=form.cleaned_data.get("new_deadline"),
            seen=AssessmentState(seen),
        )
    except NotPermitted:
        raise
    except WrongState:
        # Another person was quicker, or the verb never belonged to this state.
        file.refresh_from_db(fields=["state"])
        if file.state == seen:
            raise
        return _stale(request, file, form)
    except AssessmentError as refusal:
        form.take(refusal)
        return _show_file(request, file, sent=form)
    messages.success(request, DONE[row.verb].format(unit=file.unit_name, until=file.self_scoring_until))
    return redirect(_file_url(file))


def _stale(request: HttpRequest, file: Assessment, form: FileMoveForm) -> HttpResponse:
    """Say who moved the file since this page was read, and give back what was written."""
    context = {
        "file": file,
        "round": file.group.round,
        "last": last_move(file),
        "verb": form.row.verb,
        "written": form.written,
        "file_url": _file_url(file),
        "nav_current": "rounds",
    }
    return render(request, "assessments/progress/stale.html", context, status=CONFLICT)


def _wants_scores(request: HttpRequest, acting: Acting) -> bool:
    """Whether the history tells of points: not of their own unit's to those who belong to it."""
    return request.GET.get("lich_su") == ALL_EVENTS and not acting.belongs


def _events(request: HttpRequest, file: Assessment, acting: Acting) -> QuerySet[Event]:
    return events_of(file, with_scores=_wants_scores(request, acting))


def _show_file(
    request: HttpRequest,
    file: Assessment,
    *,
    sent: FileMoveForm | None = None,
    paper_form: PaperForm | None = None,
) -> HttpResponse:
    acting = acting_in(request.user, file)
    takes_paper = can_take_paper(request.user, file)
    paper = paper_of(file) if takes_paper else None
    forms = [
        (ADDRESS_OF[row.verb], sent if sent is not None and sent.row == row else FileMoveForm(row, file))
        for row in open_moves(request.user, file)
        if row.verb in ADDRESS_OF and (paper is not None or not row.needs_paper)
    ]
    found = listed_events(request, _events(request, file, acting))
    (line,) = lines_of(file.group, [file])
    context = found | {
        "round": file.group.round,
        "round_url": _round_url(request, file.group.round),
        "group": file.group,
        "file": file,
        "line": line,
        "holder": holder_of(file),
        "forms": forms,
        "sent": sent or paper_form,
        "paper": paper,
        "paper_form": (paper_form or PaperForm()) if takes_paper else None,
        "can_remind": line.is_with_unit and bool(acting.among(REMINDS)),
        "is_own_unit": acting.belongs and bool(acting.roles & JUDGES),
        "with_scores": _wants_scores(request, acting),
        "reads_log": _wants_scores(request, acting) and bool(acting.among(SEES_PROVISIONAL)),
        "history": history(list(found["page"])),
        "nav_current": "rounds",
    }
    status = UNPROCESSABLE if sent or paper_form else 200
    return render(request, "assessments/progress/file.html", context, status=status)
