"""Frameworks: the list by decision, and one framework's tree with what its paper left open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from criteria.queries import by_decision, framework_page
from criteria.visibility import visible_frameworks
from parindex.access import public


@public
def frameworks(request: HttpRequest) -> HttpResponse:
    """Decisions with their frameworks and with the structures whose criteria are not at hand."""
    context = {"decisions": by_decision(visible_frameworks(request.user)), "nav_current": "frameworks"}
    return render(request, "criteria/frameworks.html", context)


@public
def framework(request: HttpRequest, framework_id: int) -> HttpResponse:
    """One framework: tree, versions, decision, discrepancies and how each was resolved."""
    visible = visible_frameworks(request.user).select_related(
        "decision__issuer", "decision__replaces", "unit_type"
    )
    found = get_object_or_404(visible, pk=framework_id)
    context = {"page": framework_page(found, visible_frameworks(request.user)), "nav_current": "frameworks"}
    return render(request, "criteria/framework.html", context)
