"""A group's ranking, paged."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_POST

from assessments.documents.contexts import GroupContext, RankingRow
from assessments.documents.sources import LiveSource, Source
from assessments.forms.publishing import KeepForm
from assessments.models import Round
from assessments.permissions import can_see_provisional
from assessments.permissions.publishing import can_publish, check_publish
from assessments.queries import round_groups
from assessments.results.rankings import (
    Earlier,
    changes_of,
    earlier_rankings,
    keep_ranking,
    last_years,
    summary_of,
)
from assessments.views.access import LIVE, kept, load_round, load_source, wants_live
from assessments.views.publishing import WRITES, load_own_round, tells_withdrawal
from criteria.views.common import person
from parindex.access import public, signed_in
from parindex.listing import Sorting, choice, has_words, in_order, list_file, sorting, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

PAGE_SIZE = 50


HEADINGS = (
    ("hang", "Hạng", "c"),
    ("ten", "Đơn vị", ""),
    ("chi-so", "Chỉ số", ""),
    ("loai", "Xếp loại", ""),
    ("diem", "Điểm đạt / tối đa", "n rank__sum"),
)
# Rows with their places in the ranking.
KEYS: dict[str, Callable[[tuple[int, RankingRow]], Any]] = {
    "hang": lambda numbered: numbered[0],
    "ten": lambda numbered: sort_key(numbered[1].unit_name),
    "chi-so": lambda numbered: numbered[1].index,
    "loai": lambda numbered: numbered[1].class_step,
    "diem": lambda numbered: numbered[1].obtained,
}


class _Rows:
    """What the paginator pages: rows by slice, read when they are shown; their count is known."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __len__(self) -> int:
        return self.source.context.units_count

    def __getitem__(self, piece: slice) -> Any:
        return SimpleLazyObject(lambda: self.source.rows(piece.start, piece.stop))


@public
@tells_withdrawal
def ranking(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The published ranking; for staff also the provisional one (?ban=du-kien), beside an earlier one."""
    return _page(request, load_round(request, round_code), group_code)


@signed_in(WRITES)
@require_POST
def ranking_kept(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """Keep the provisional ranking as it stands, to compare later ones with."""
    round = load_own_round(request, round_code)
    check_publish(request.user, round)
    groups = round.groups.select_related("round__organiser", "framework__decision__issuer", "survey")
    group = get_object_or_404(groups, code=group_code, framework__isnull=False)
    address = f"{reverse('assessments:ranking', args=[round.code, group.code])}?ban={LIVE}#thay-doi"
    form = KeepForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Chưa lưu: ghi tên bản lưu, không quá 200 chữ.")
        return redirect(address)
    kept_ranking = keep_ranking(group, name=form.cleaned_data["name"], by=person(request))
    messages.success(request, f"Đã lưu bản xếp hạng “{kept_ranking.name}” để so sánh.")
    return redirect(address)


def _page(request: HttpRequest, round: Round, group_code: str) -> HttpResponse:
    source = load_source(request, round, group_code)
    rows, asked = _asked_for(request, source)
    if kind := wanted_file(request):
        return _rows_file(kind, round, source.context, rows[:])
    pages: Paginator[RankingRow] = Paginator(rows, PAGE_SIZE)  # type: ignore[arg-type]
    page = pages.get_page(request.GET.get("trang"))
    sees_provisional = can_see_provisional(request.user, round)
    context = asked | {
        "round": round,
        "group": source.context,
        "publication": source.publication,
        "is_live": source.publication is None,
        "wants_live": wants_live(request),
        "sees_provisional": sees_provisional,
        "groups": SimpleLazyObject(lambda: round_groups(round, source.publication)),
        "page": page,
        "leader": SimpleLazyObject(lambda: next(iter(source.rows(0, 1)), None)),
        **kept(request, source, "trang", group_code, page.number, sees_provisional),
        "nav_current": "rounds",
    }
    if isinstance(source, LiveSource):
        context |= {
            "comparison": _comparison(request, source, page),
            "is_publisher": can_publish(request.user, round),
            "keep": KeepForm(),
        }
    return render(request, "assessments/ranking.html", context)


def _asked_for(request: HttpRequest, source: Source) -> tuple[_Rows | Sequence[RankingRow], dict[str, Any]]:
    """The rows by the words, the class and the order of the address; unasked, they are read page by page."""
    sought = words(request, "Tên đơn vị")
    classes = [one.name for one in source.context.classes]
    of = choice(request, "loai", "Xếp loại", [(name, name) for name in classes])
    sort = sorting(request.GET.get("xep", ""), KEYS)
    is_narrowed = bool(sought.value or of.value)
    asked = {"filters": [sought, of], "is_narrowed": is_narrowed, "sort": sort, "headings": HEADINGS}
    if not is_narrowed and sort == Sorting("hang", backwards=False):
        return _Rows(source), asked
    numbered = enumerate(source.rows())
    found = [
        (place, row)
        for place, row in numbered
        if has_words(sought.folded, row.unit_name) and of.value in ("", row.class_name)
    ]
    return [row for _, row in in_order(found, sort, KEYS)], asked


def _rows_file(kind: str, round: Round, group: GroupContext, rows: Iterable[RankingRow]) -> HttpResponse:
    """The ranking as found, as far as the page tells it; the whole of it is in the group's own workbook."""
    columns = [
        Column("rank", "Hạng", width=8),
        Column("unit", "Đơn vị", width=40),
        Column("index", "Chỉ số (%)", width=12),
        Column("class", "Xếp loại", width=16),
        Column("appraised", "Điểm thẩm định", width=12),
        Column("survey", "Điểm điều tra", width=12),
        Column("obtained", "Điểm đạt", width=12),
        Column("attainable", "Điểm tối đa", width=12),
        *(Column(one.code, f"{one.code}. {one.title} (%)", width=16) for one in group.contents),
    ]
    lines = [
        (
            row.rank,
            row.unit_name,
            row.index,
            row.class_words,
            row.appraised,
            row.survey if group.settings["survey"] else None,
            row.obtained,
            row.attainable,
            *(content.index for content in row.contents),
        )
        for row in rows
    ]
    return list_file(kind, f"xep-hang-{round.code}-{group.code}", "Xếp hạng", columns, lines)


def _comparison(request: HttpRequest, source: LiveSource, page: Page[RankingRow]) -> dict[str, Any]:
    """The units of the page beside an earlier ranking: the one that is asked for, else the last."""
    choices = earlier_rankings(source.group)
    asked = request.GET.get("so_voi")
    earlier: Earlier | None = next((one for one in choices if one.address == asked), None)
    earlier = earlier or next(iter(choices), None)
    units = source.result.units
    by_code = {unit.unit_code: unit for unit in units}
    shown = [by_code[row.unit_code] for row in page]
    last_year = last_years(source.group, [unit.assessment_id for unit in shown])
    return {
        "choices": choices[:8],
        "earlier": earlier,
        "summary": summary_of(units, earlier) if earlier else None,
        "changes": list(changes_of(shown, earlier, last_year)),
        "previous": source.group.round.previous if last_year else None,
    }
