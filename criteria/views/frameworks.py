"""Frameworks: the list by decision, and one framework's tree with what its paper left open."""

from django.http import HttpRequest, HttpResponse

from criteria.permissions import can_change, can_read_workbooks
from criteria.queries import by_decision, framework_page
from criteria.views.common import is_draft, seen, show
from criteria.views.drafts import show_draft
from criteria.visibility import visible_frameworks
from parindex.access import public


@public
def frameworks(request: HttpRequest) -> HttpResponse:
    """Decisions with their frameworks and with the structures whose criteria are not at hand."""
    context = {
        "decisions": by_decision(visible_frameworks(request.user)),
        "may_read_workbooks": can_read_workbooks(request.user),
    }
    return show(request, "criteria/frameworks.html", context)


@public
def framework(request: HttpRequest, framework_id: int) -> HttpResponse:
    """One framework: tree, versions, decision, discrepancies and how each was or can be resolved."""
    found = seen(request, framework_id)
    if is_draft(found):
        return show_draft(request, found)
    page = framework_page(found, visible_frameworks(request.user))
    context = {"page": page, "may_change": can_change(request.user, found)}
    return show(request, "criteria/framework.html", context)
