"""A unit's result, every number opened down to its leaves."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from assessments.views.access import kept, load_round, load_source, wants_live
from assessments.views.publishing import tells_withdrawal
from parindex.access import public


@public
@tells_withdrawal
def unit(request: HttpRequest, round_code: str, group_code: str, unit_code: str) -> HttpResponse:
    """One unit as published; for staff also as it stands now (?ban=du-kien)."""
    round = load_round(request, round_code)
    source = load_source(request, round, group_code)
    name = source.unit_name(unit_code)
    if name is None:
        raise Http404("Nhóm này không có đơn vị đó.")
    asked = request.GET.get("mo", "")
    opened = asked if asked in {line.code for line in source.context.contents} else ""
    context = {
        "round": round,
        "group": source.context,
        "publication": source.publication,
        "is_live": source.publication is None,
        "wants_live": wants_live(request),
        "unit_name": name,
        "unit": SimpleLazyObject(lambda: source.unit(unit_code)),
        "asked": opened,
        **kept(request, source, "mo", group_code, unit_code, opened),
        "nav_current": "rounds",
    }
    return render(request, "assessments/unit.html", context)
