"""Rounds: the list, and one round's groups with what comes next in it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.models import Round
from assessments.permissions import SEES_PROVISIONAL, can_see_provisional, organisers_of
from assessments.permissions.setup import can_open_rounds, can_see_people, can_see_setup
from assessments.progress import can_see_progress
from assessments.queries import with_groups
from assessments.setup import current_step, duties_of, next_steps
from assessments.views.access import load_round
from assessments.views.publishing import tells_withdrawal
from assessments.visibility import visible_rounds
from parindex.access import public
from parindex.accounts.models import User
from parindex.accounts.workflow.setup import is_empty
from parindex.listing import FEW, choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column
from parindex.sorting import sort_key

ORDERS = (
    ("-nam", "Năm gần nhất trước"),
    ("nam", "Năm xa nhất trước"),
    ("ten", "Tên đợt"),
    ("-ten", "Tên đợt, từ cuối"),
    ("co-quan", "Cơ quan"),
    ("-co-quan", "Cơ quan, từ cuối"),
)
KEYS: dict[str, Callable[[Round], Any]] = {
    "nam": lambda one: one.year,
    "ten": lambda one: sort_key(one.title),
    "co-quan": lambda one: sort_key(one.organiser.name),
}
COLUMNS = (
    Column("year", "Năm", width=8),
    Column("title", "Đợt đánh giá", width=60),
    Column("organiser", "Cơ quan tổ chức đánh giá", width=44),
    Column("groups", "Nhóm đơn vị", width=60),
    Column("decisions", "Quyết định công bố", width=36),
)


@public
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round this person may see, newest first, to find by words and year."""
    own = set(organisers_of(request.user, SEES_PROVISIONAL))
    seen = sorted(
        visible_rounds(request.user).select_related("organiser"),
        key=lambda one: (sort_key(one.title), one.code),
    )
    years = [(year, str(year)) for year in sorted({one.year for one in seen}, reverse=True)]
    sought, year = words(request, "Tên đợt hoặc cơ quan"), choice(request, "nam", "Năm", years)
    matching = (
        one
        for one in seen
        if year.value in ("", str(one.year)) and has_words(sought.folded, one.title, one.organiser.name)
    )
    found = listed(request, matching, KEYS, [sought, year], first="-nam")
    if kind := wanted_file(request):
        return _rounds_file(kind, with_groups(found["rows"]))
    shown = with_groups(list(found["page"]))
    for one in shown:
        one.shows_provisional = one.organiser_id in own  # type: ignore[attr-defined]
    context = found | {
        "rounds": shown,
        "orders": ORDERS,
        "is_long": len(seen) > FEW,
        "may_open": can_open_rounds(request.user),
        "starts_empty": not seen and is_empty(),
        "nav_current": "rounds",
    }
    return render(request, "assessments/rounds.html", context)


def _rounds_file(kind: str, rounds: Iterable[Round]) -> HttpResponse:
    rows = [
        (
            one.year,
            one.title,
            one.organiser.name,
            "; ".join(group.name for group in one.groups.all()),
            "; ".join(
                f"{publication.decision_number} ngày {publication.signed:%d/%m/%Y}"
                for publication in one.current_publications  # type: ignore[attr-defined]
            )
            or "Chưa công bố",
        )
        for one in rounds
    ]
    return list_file(kind, "dot-danh-gia", "Đợt đánh giá", COLUMNS, rows)


@public
@tells_withdrawal
def round_page(request: HttpRequest, round_code: str) -> HttpResponse:
    """One round: its dates, its groups, and the structure of groups without criteria."""
    (found,) = with_groups([load_round(request, round_code)])
    sees_provisional = can_see_provisional(request.user, found)
    found.shows_provisional = sees_provisional  # type: ignore[attr-defined]
    publication = next(iter(found.current_publications), None)  # type: ignore[attr-defined]
    context = {
        "round": found,
        "publication": publication,
        "sees_provisional": sees_provisional,
        "sees_progress": can_see_progress(request.user, found),
        "current": None if publication else current_step(found),
        "nav_current": "rounds",
    }
    if isinstance(request.user, User):
        context |= _for_people(request.user, found, is_published=publication is not None)
    return render(request, "assessments/round.html", context)


def _for_people(user: User, round: Round, *, is_published: bool) -> dict[str, object]:
    """What a signed-in person may do in the round."""
    return {
        "steps_next": next_steps(user, round, is_published=is_published),
        "sees_setup": can_see_setup(user, round),
        "sees_people": can_see_people(user, round),
        "appraises": bool(duties_of(user, round)),
        "may_open": can_open_rounds(user),
    }
