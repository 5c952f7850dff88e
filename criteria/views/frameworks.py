"""Frameworks: the list by decision, and one framework's tree with what its paper left open."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from criteria.enums import FrameworkState
from criteria.permissions import can_change, can_read_workbooks
from criteria.queries import NO_TABLE, DecisionLine, by_decision, framework_page
from criteria.views.common import is_draft, seen, show
from criteria.views.drafts import show_draft
from criteria.visibility import visible_frameworks
from parindex.access import public
from parindex.listing import choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

STATES = (*FrameworkState.choices, (NO_TABLE, "Văn bản chỉ nêu cấu trúc"))
ORDERS = (
    ("moi", "Mới ban hành"),
    ("-moi", "Cũ trước"),
    ("co-quan", "Cơ quan ban hành"),
    ("-co-quan", "Cơ quan ban hành, từ cuối"),
    ("so", "Số quyết định"),
    ("-so", "Số quyết định, từ cuối"),
)
KEYS: dict[str, Callable[[DecisionLine], Any]] = {
    "moi": lambda one: -one.decision.issued.toordinal(),
    "co-quan": lambda one: sort_key(one.decision.issuer.name),
    "so": lambda one: sort_key(one.decision.number) if one.decision.number else None,
}
COLUMNS = (
    Column("title", "Bộ tiêu chí", width=44),
    Column("version", "Phiên bản", width=10),
    Column("unit_type", "Loại đơn vị", width=32),
    Column("state", "Trạng thái"),
    Column("number", "Số quyết định"),
    Column("issued", "Ngày ban hành", width=14),
    Column("issuer", "Cơ quan ban hành", width=40),
    Column("total", "Tổng điểm văn bản ghi", width=14),
    Column("activated_at", "Đưa vào sử dụng lúc", width=18),
    Column("activated_by", "Người đưa vào sử dụng", width=28),
)


@public
def frameworks(request: HttpRequest) -> HttpResponse:
    """Decisions with their frameworks and with the structures whose criteria are not at hand."""
    decisions = by_decision(visible_frameworks(request.user))
    filters = [
        words(request, "Tên bộ tiêu chí hoặc số quyết định"),
        choice(request, "trang-thai", "Trạng thái", STATES),
        choice(
            request, "loai", "Loại đơn vị", _same(line.unit_type for one in decisions for line in one.lines)
        ),
        choice(request, "co-quan", "Cơ quan ban hành", _same(one.decision.issuer.name for one in decisions)),
        choice(
            request,
            "nam",
            "Năm ban hành",
            _same((str(one.decision.issued.year) for one in decisions), newest=True),
        ),
    ]
    sought, state, unit_type, issuer, year = filters
    found = [
        one.narrowed(state=state.value, unit_type=unit_type.value)
        for one in decisions
        if issuer.value in ("", one.decision.issuer.name)
        and year.value in ("", str(one.decision.issued.year))
        and _says(one, sought.folded)
    ]
    context = listed(request, [one for one in found if one.lines], KEYS, filters)
    if kind := wanted_file(request):
        return list_file(kind, "bo-tieu-chi", "Bộ tiêu chí", COLUMNS, _rows(context["rows"]))
    # A choice among one is none.
    shown = [one for one in filters if not one.choices or len(one.choices) > 1]
    context |= {
        "filters": [one for one in shown if one.choices or one is sought] if decisions else [],
        "orders": ORDERS,
        "may_read_workbooks": can_read_workbooks(request.user),
    }
    return show(request, "criteria/frameworks.html", context)


def _same(names: Iterable[str], *, newest: bool = False) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(set(names), key=sort_key, reverse=newest)]


def _says(one: DecisionLine, sought: str) -> bool:
    titles = (framework.title for framework in one.frameworks)
    return has_words(sought, one.decision.number, one.decision.title, *titles)


def _rows(decisions: Iterable[DecisionLine]) -> list[tuple[object, ...]]:
    return [
        (
            framework.title,
            framework.version,
            framework.unit_type.name,
            framework.get_state_display(),
            one.decision.number,
            one.decision.issued,
            one.decision.issuer.name,
            framework.declared_total,
            framework.activated_at,
            framework.activated_by,
        )
        for one in decisions
        for framework in one.frameworks
    ]


@public
def framework(request: HttpRequest, framework_id: int) -> HttpResponse:
    """One framework: tree, versions, decision, discrepancies and how each was or can be resolved."""
    found = seen(request, framework_id)
    if is_draft(found):
        return show_draft(request, found)
    page = framework_page(found, visible_frameworks(request.user))
    context = {"page": page, "may_change": can_change(request.user, found)}
    return show(request, "criteria/framework.html", context)
