"""What waits for a person in the appraisal of a round: criteria, units, or both as a matrix."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from assessments.appraisal import (
    GroupWork,
    LeafWork,
    UnitWork,
    done_cells,
    next_item,
    rounds_with_duty,
    work_of,
)
from assessments.enums import AssessmentState
from assessments.models import Group
from assessments.permissions import can_see_disputes
from assessments.views.appraisal_loading import (
    DOES,
    RULE,
    VOICE_KEYS,
    days_left,
    load_group,
    load_groups,
    wanted_voice,
)
from criteria.models import Criterion
from criteria.views.common import person
from parindex.access import signed_in
from parindex.listing import choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key
from parindex.titles import sentence_case

COLUMNS = 12
BY_LEAF, BY_UNIT, MATRIX = "tieu-chi", "don-vi", "ma-tran"
LEAF_FILTERS = {"con-viec": "Còn việc", "giai-trinh": "Đang hỏi đơn vị"}
LEAF_HEADINGS = (
    ("ma", "Mã", ""),
    ("ten", "Tiêu chí", ""),
    ("toi-da", "Tối đa", "n"),
    ("da-xong", "Đã xong", ""),
    ("giai-trinh", "Giải trình", ""),
)
LEAF_KEYS: dict[str, Callable[[LeafWork], Any]] = {
    "ma": lambda one: one.leaf.position,
    "ten": lambda one: sort_key(one.leaf.title),
    "toi-da": lambda one: one.leaf.max_points,
    "da-xong": lambda one: one.share.percent if one.share.total else None,
    "giai-trinh": lambda one: one.answered + one.asked or None,
}
LEAF_COLUMNS = (
    Column("code", "Mã", width=10),
    Column("title", "Tiêu chí", width=70),
    Column("max_points", "Tối đa", width=10),
    Column("done", "Số đơn vị đã xong", width=14),
    Column("total", "Số đơn vị", width=12),
    Column("asked", "Giải trình chờ trả lời", width=14),
    Column("answered", "Giải trình đã trả lời", width=14),
)
UNIT_HEADINGS = (("ten", "Đơn vị", ""), ("trang-thai", "Trạng thái hồ sơ", ""), ("da-xong", "Đã xong", ""))
UNIT_KEYS: dict[str, Callable[[UnitWork], Any]] = {
    "ten": lambda one: one.file.unit_sort_key,
    "trang-thai": lambda one: list(AssessmentState).index(AssessmentState(one.file.state)),
    "da-xong": lambda one: one.share.percent if one.share.total else None,
}
UNIT_COLUMNS = (
    Column("unit", "Đơn vị", width=44),
    Column("state", "Trạng thái hồ sơ", width=24),
    Column("done", "Số mục đã xong", width=14),
    Column("total", "Số mục", width=12),
)


@signed_in(RULE)
def appraisal_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds in whose appraisal the person has a duty; straight to the only one."""
    rounds = rounds_with_duty(person(request))
    if len(rounds) == 1:
        return redirect("assessments:appraisal", round_code=rounds[0].code)
    context = {"rounds": rounds, "nav_current": "appraisal"}
    return render(request, "assessments/appraisal/rounds.html", context)


@signed_in(RULE)
def appraisal(request: HttpRequest, round_code: str) -> HttpResponse:
    """One person's part of a round's appraisal: criteria, units, or both as a matrix."""
    round, groups = load_groups(request, round_code)
    asked = request.GET.get("nhom", groups[0][0].code)
    found = next((one for one in groups if one[0].code == asked), None)
    if found is None:
        raise Http404("Đợt đánh giá không có nhóm này.")
    group, acting = found
    user = person(request)
    work = work_of(group, user, acting, wanted=wanted_voice(request))
    view = request.GET.get("xem", BY_LEAF)
    context = {
        "round": round,
        "group": group,
        "groups": [one for one, _ in groups],
        "work": work,
        "does": DOES[work.voice] if work.voice else "",
        "next": next_item(work) if work.voice else None,
        "voices": [(VOICE_KEYS[voice], DOES[voice], voice == work.voice) for voice in work.voices],
        "until": round.appraisal_until,
        "days_left": days_left(round.appraisal_until),
        "sees_disputes": can_see_disputes(acting),
        "view": view if view in (BY_LEAF, BY_UNIT, MATRIX) else BY_LEAF,
        "nav_current": "appraisal",
    }
    shown = _listed(request, work)
    if kind := wanted_file(request):
        return _work_file(kind, str(context["view"]), group, shown)
    return render(request, "assessments/appraisal/work.html", context | shown)


def _listed(request: HttpRequest, work: GroupWork) -> dict[str, Any]:
    view, contents = request.GET.get("xem"), {one.content.code: one.content for one in work.leaves}
    if view == BY_UNIT:
        sought = words(request, "Tên đơn vị")
        units = [one for one in work.units if has_words(sought.folded, one.file.unit_name)]
        return listed(request, units, UNIT_KEYS, [sought]) | {"headings": UNIT_HEADINGS}
    if view == MATRIX:
        content = contents.get(request.GET.get("noi_dung", "")) or next(iter(contents.values()), None)
        return {"contents": list(contents.values()), "content": content, **_matrix(request, work, content)}
    asked = request.GET.get("loc", "")
    sought = words(request, "Mã hoặc tên tiêu chí")
    named = [(code, f"{code}. {sentence_case(content.title)}") for code, content in contents.items()]
    of = choice(request, "noi-dung", "Nội dung", named)
    leaves = [
        one
        for one in work.leaves
        if (asked != "con-viec" or one.share.left)
        and (asked != "giai-trinh" or one.asked or one.answered)
        and of.value in ("", one.content.code)
        and has_words(sought.folded, one.leaf.code, one.leaf.title)
    ]
    return listed(request, leaves, LEAF_KEYS, [sought, of]) | {
        "headings": LEAF_HEADINGS,
        "chips": [(None, "Tất cả", not asked), *((k, w, k == asked) for k, w in LEAF_FILTERS.items())],
    }


def _work_file(kind: str, view: str, group: Group, found: dict[str, Any]) -> HttpResponse:
    """The list as it is filtered and ordered."""
    name = f"tham-dinh-{group.round.code}-{group.code}"
    if view == MATRIX:
        raise Http404("Bảng tiêu chí × đơn vị không có ở dạng tệp.")
    if view == BY_UNIT:
        units: list[UnitWork] = found["rows"]
        by_unit = (
            (one.file.unit_name, one.file.get_state_display(), one.share.done, one.share.total)
            for one in units
        )
        return list_file(kind, name, "Theo đơn vị", UNIT_COLUMNS, by_unit)
    leaves: list[LeafWork] = found["rows"]
    by_leaf = (
        (
            one.leaf.code,
            one.leaf.title,
            one.leaf.max_points,
            one.share.done,
            one.share.total,
            one.asked,
            one.answered,
        )
        for one in leaves
    )
    return list_file(kind, name, "Theo tiêu chí", LEAF_COLUMNS, by_leaf)


def _matrix(request: HttpRequest, work: GroupWork, content: Criterion | None) -> dict[str, Any]:
    """One content's leaves by a page of units, each cell done or not."""
    page = Paginator(work.units, COLUMNS).get_page(request.GET.get("trang"))
    leaves = [one.leaf for one in work.leaves if content is not None and one.content.pk == content.pk]
    units = [one for one in page if not one.belongs]
    done = done_cells(work, person(request), leaves, [one.file for one in units])
    rows = [(leaf, [(one, (one.file.pk, leaf.pk) in done) for one in page.object_list]) for leaf in leaves]
    return {"page": page, "rows": rows}


@signed_in(RULE)
def appraisal_next(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """On to the first criterion and unit that wait for the person; back to the list where nothing does."""
    group, acting = load_group(request, round_code, group_code)
    wanted = wanted_voice(request)
    found = next_item(work_of(group, person(request), acting, wanted=wanted))
    if found is None:
        messages.info(request, "Không còn mục nào chờ bạn trong nhóm này.")
        return redirect(f"{reverse('assessments:appraisal', args=[round_code])}?nhom={group_code}")
    address = reverse("assessments:appraisal_leaf", args=[round_code, group_code, found.leaf.code])
    query = {"loc": "chua-cham", **({"vai": VOICE_KEYS[wanted]} if wanted else {})}
    return redirect(f"{address}?{urlencode(query)}")
