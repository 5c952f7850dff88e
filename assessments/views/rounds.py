"""Rounds: the list, and one round's groups."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.permissions import can_see_provisional
from assessments.progress import can_see_progress
from assessments.queries import with_groups
from assessments.views.access import load_round
from assessments.views.publishing import tells_withdrawal
from assessments.visibility import visible_rounds
from parindex.access import public


@public
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round this person may see, newest first."""
    found = with_groups(list(visible_rounds(request.user)))
    return render(request, "assessments/rounds.html", {"rounds": found, "nav_current": "rounds"})


@public
@tells_withdrawal
def round_page(request: HttpRequest, round_code: str) -> HttpResponse:
    """One round: its dates, its groups, and the structure of groups without criteria."""
    (found,) = with_groups([load_round(request, round_code)])
    context = {
        "round": found,
        "publication": next(iter(found.current_publications), None),  # type: ignore[attr-defined]
        "sees_provisional": can_see_provisional(request.user, found),
        "sees_progress": can_see_progress(request.user, found),
        "nav_current": "rounds",
    }
    return render(request, "assessments/round.html", context)
