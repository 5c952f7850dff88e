"""The appraisal by unit: one file read through, self-scores recognised, what a meeting has to talk about."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from assessments.appraisal import Dispute, disputes, file_contents, recognisable, recognise, with_words
from assessments.enums import AssessmentState, Verb
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.forms.appraisal import RecogniseForm
from assessments.models import Assessment, Group, Opinion, Score
from assessments.permissions import (
    CONCLUDES,
    ActingOver,
    can_move,
    can_recognise,
    check_recognise,
    check_see_disputes,
    is_under_appraisal,
    sees_disputes_of,
)
from assessments.permissions.acting import own_unit
from assessments.progress import can_see_progress, unit_named
from assessments.views.appraisal_loading import (
    DOES,
    RULE,
    VOICE_KEYS,
    days_left,
    load_group,
    load_leaf,
    wanted_voice,
)
from criteria.models import Criterion
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import PAGE, list_file, listed_rows, wanted_file, words
from parindex.notation import vietnamese
from parindex.sheets import Column

LONGEST_MINUTES = 1000
DISPUTE_HEADINGS = (("muc", "Mục"), ("don-vi", "Đơn vị"))
DISPUTE_ORDERS = {
    "muc": ("criterion__position", "assessment__unit_sort_key", "pk"),
    "don-vi": ("assessment__unit_sort_key", "criterion__position", "pk"),
}
DISPUTE_COLUMNS = (
    Column("code", "Mã", width=10),
    Column("title", "Tiêu chí", width=50),
    Column("unit", "Đơn vị", width=34),
    Column("own", "Tự chấm", width=24),
    Column("proposal", "Đề xuất của cơ quan chủ trì", width=34),
    Column("opinions", "Ý kiến thành viên", width=44),
    Column("conclusion", "Kết luận", width=34),
)
CONCLUDERS = "Chủ tịch, Thư ký Hội đồng thẩm định, hoặc người thay"


def _load_file(group: Group, acting: ActingOver, unit_code: str) -> Assessment:
    """A submitted file that is not of the person's own unit."""
    files = group.assessments.select_related("group__round__organiser", "group__framework")
    file = get_object_or_404(files, unit_code=unit_code)
    if acting.of(file.unit_id).belongs:
        raise own_unit(file)
    if not is_under_appraisal(file):
        raise NotPermitted(f"{file.unit_name} chưa nộp hồ sơ nên người thẩm định chưa xem được.")
    return file


@signed_in(RULE)
def appraisal_file(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """One unit's file with every leaf that this person may see."""
    group, over = load_group(request, round_code, group_code)
    file = _load_file(group, over, unit_code)
    user, acting = person(request), over.of(file.unit_id)
    contents = file_contents(file, user, acting, wanted=wanted_voice(request))
    if not contents:
        raise NotPermitted(f"Hồ sơ của {file.unit_name} không được giao cho bạn thẩm định.")
    lines = [line for content in contents for line in content.lines]
    voices = {voice for line in lines for voice in line.voices}
    voice = next((line.voice for line in lines if line.voice), None)
    shares = [content.share for content in contents]
    context = {
        "round": group.round,
        "group": group,
        "file": file,
        "contents": contents,
        "voice": voice,
        "does": DOES[voice] if voice else "",
        "voices": [(VOICE_KEYS[one], DOES[one], one == voice) for one in VOICE_KEYS if one in voices],
        "done": sum(share.done for share in shares),
        "total": sum(share.total for share in shares),
        "claimed": sum(content.claimed for content in contents),
        "concluded": sum(content.concluded for content in contents),
        "left_to_recognise": len(recognisable([file])) if can_recognise(user, file) else 0,
        "can_conclude": can_move(user, file, Verb.CONCLUDE_FILE),
        "sees_progress": can_see_progress(user, group.round),
        "vai": request.GET.get("vai") or None,
        "days_left": days_left(group.round.appraisal_until),
        "until": group.round.appraisal_until,
        "nav_current": "appraisal",
    }
    return render(request, "assessments/appraisal/file.html", context)


# -- recognising self-scores that nobody questioned


@signed_in(f"{CONCLUDERS}")
def appraisal_recognise_file(
    request: HttpRequest, round_code: str, group_code: str, unit_code: str
) -> HttpResponse:
    """Preview and recognise the remaining self-scores of one file."""
    group, over = load_group(request, round_code, group_code)
    file = _load_file(group, over, unit_code)
    check_recognise(person(request), file)
    back = reverse("assessments:appraisal_file", args=[round_code, group_code, unit_code])
    return _recognise(request, group, [file], None, {"file": file, "back": back})


@signed_in(f"{CONCLUDERS}")
def appraisal_recognise_leaf(
    request: HttpRequest, round_code: str, group_code: str, leaf_code: str
) -> HttpResponse:
    """Preview and recognise the remaining self-scores of one criterion in all files in appraisal."""
    group, over = load_group(request, round_code, group_code)
    leaf = load_leaf(group, leaf_code)
    in_appraisal = group.assessments.filter(state=AssessmentState.IN_APPRAISAL)
    files = [
        file
        for file in in_appraisal.order_by("unit_sort_key", "pk")
        if over.of(file.unit_id).among(tuple(CONCLUDES))
    ]
    for file in files:
        over.of(file.unit_id).require(tuple(CONCLUDES))
    if not files and not over.over_all.roles & CONCLUDES:
        raise NotPermitted("Chỉ Thư ký hoặc Chủ tịch Hội đồng thẩm định mới công nhận được điểm tự chấm.")
    back = reverse("assessments:appraisal_leaf", args=[round_code, group_code, leaf_code])
    return _recognise(request, group, files, leaf, {"leaf": leaf, "back": back})


def _recognise(
    request: HttpRequest,
    group: Group,
    files: Sequence[Assessment],
    leaf: Criterion | None,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST":
        form = RecogniseForm(request.POST)
        if not form.is_valid():
            raise AssessmentError("Không có mục nào để công nhận. Mở lại trang để xem bản mới nhất.")
        seen = form.cleaned_data["seen"]
        count = recognise(group, files, leaf, by=person(request), seen=seen)
        messages.success(request, f"Đã công nhận điểm tự chấm của {count} mục.")
        return redirect(context["back"])
    words = recognisable(files, leaf)
    context |= {
        "round": group.round,
        "group": group,
        "words": words,
        "total": sum(word.points for word in words if word.points is not None),
        "nav_current": "appraisal",
    }
    return render(request, "assessments/appraisal/recognise.html", context)


# -- what a meeting of the council has to talk about


@signed_in("Chủ tịch, Thư ký Hội đồng thẩm định; cơ quan tổ chức, kiểm tra, giám sát")
def appraisal_meeting(
    request: HttpRequest, round_code: str, group_code: str, *, minutes: bool = False
) -> HttpResponse:
    """The leaves on which the words differ; as minutes, all of them with what was concluded."""
    group, over = load_group(request, round_code, group_code)
    check_see_disputes(over)
    open_only = not minutes and request.GET.get("loc") != "tat-ca"
    sought = words(request, "Tên đơn vị")
    rows = disputes(
        group, open_only=open_only, but_units=list(over.in_units), only_units=sees_disputes_of(over)
    ).filter(unit_named(sought.value, "assessment__"))
    found = listed_rows(request, rows, DISPUTE_ORDERS, [sought])
    if kind := wanted_file(request):
        return _disputes_file(kind, group, with_words(list(found["rows"])))
    # Minutes are one paper.
    asked = request.GET.get(PAGE)
    page = Paginator(found["rows"], LONGEST_MINUTES).get_page(asked) if minutes else found["page"]
    context = found | {
        "round": group.round,
        "group": group,
        "headings": DISPUTE_HEADINGS,
        "page": page,
        "rows": with_words(list(page)),
        "open_only": open_only,
        "minutes": minutes,
        "extent": _extent(group, over),
        "nav_current": "appraisal",
    }
    return render(request, "assessments/appraisal/meeting.html", context)


def _extent(group: Group, over: ActingOver) -> str:
    """Which files are not in the person's list: minutes are signed, and must not pass for those of all."""
    only = sees_disputes_of(over)
    files = group.assessments.filter(unit__in=over.in_units if only is None else only)
    names = ", ".join(files.order_by("unit_sort_key", "pk").values_list("unit_name", flat=True))
    if not names:
        return ""
    if only is None:
        return f"Không gồm {names}, vì bạn thuộc đơn vị này; phần ấy do người thay bạn lập."
    return f"Chỉ gồm {names}, là hồ sơ bạn thẩm định thay."


def _disputes_file(kind: str, group: Group, rows: Sequence[Dispute]) -> HttpResponse:
    """The leaves on which the words differ, as they are filtered and ordered."""
    lines = []
    for row in rows:
        leaf, file = row.conclusion.criterion, row.conclusion.assessment
        opinions = [f"{opinion.member_name}: {_word(opinion)}" for opinion in row.opinions]
        concluded = _word(row.conclusion) if row.is_concluded else "chưa kết luận"
        lines.append(
            (
                leaf.code,
                leaf.title,
                file.unit_name,
                _word(row.own),
                _word(row.proposal),
                "; ".join(opinions),
                concluded,
            )
        )
    name = f"muc-khac-nhau-{group.round.code}-{group.code}"
    return list_file(kind, name, "Mục khác nhau", DISPUTE_COLUMNS, lines)


def _word(said: Score | Opinion | None) -> str:
    """Points with the reason for them, as a cell of a file says it."""
    if said is None or (said.points is None and not said.not_applicable):
        return ""
    points = "KAD" if said.points is None else vietnamese(said.points, 2)
    return f"{points} ({said.reason})" if said.reason else points
