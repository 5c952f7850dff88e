"""Đối chiếu số liệu: what papers print beside what their rows give, for a whole round."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.queries import current_publication, round_groups
from assessments.views.access import load_round, load_source, wants_live
from parindex.access import public


@public
def reconciliation(request: HttpRequest, round_code: str) -> HttpResponse:
    """Every difference of every group: as published, or for staff as it stands now."""
    round = load_round(request, round_code)
    publication = None if wants_live(request) else current_publication(round)
    sources = [load_source(request, round, tab.code) for tab in round_groups(round, publication)]
    context = {
        "round": round,
        "publication": publication,
        "is_live": publication is None,
        "groups": [source.context for source in sources],
        "count": sum(len(source.context.differences) for source in sources),
        "nav_current": "rounds",
    }
    return render(request, "assessments/reconciliation.html", context)
