"""A group's ranking, paged."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from assessments.documents.contexts import RankingRow
from assessments.documents.sources import Source
from assessments.permissions import can_see_provisional
from assessments.queries import round_groups
from assessments.views.access import kept, load_round, load_source, wants_live
from assessments.views.publishing import tells_withdrawal
from parindex.access import public

PAGE_SIZE = 50


class _Rows:
    """What the paginator pages: rows by slice, read when they are shown; their count is known."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def __len__(self) -> int:
        return self.source.context.units_count

    def __getitem__(self, piece: slice) -> object:
        return SimpleLazyObject(lambda: self.source.rows(piece.start, piece.stop))


@public
@tells_withdrawal
def ranking(request: HttpRequest, round_code: str, group_code: str) -> HttpResponse:
    """The published ranking; for staff also the provisional one (?ban=du-kien)."""
    round = load_round(request, round_code)
    source = load_source(request, round, group_code)
    pages: Paginator[RankingRow] = Paginator(_Rows(source), PAGE_SIZE)  # type: ignore[arg-type]
    page = pages.get_page(request.GET.get("trang"))
    sees_provisional = can_see_provisional(request.user, round)
    context = {
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
    return render(request, "assessments/ranking.html", context)
