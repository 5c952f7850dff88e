"""Trying a leaf's rule with facts of one's own: nothing is stored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from criteria.forms import TrialForm
from criteria.permissions import can_change
from criteria.views.common import is_draft, seen, show
from parindex.access import public

UNPROCESSABLE = 422


@public
def trial(request: HttpRequest, framework_id: int, criterion_id: int) -> HttpResponse:
    """The fields of a leaf's rule, and for what is typed the points with how they come about."""
    framework = seen(request, framework_id)
    leaf = get_object_or_404(framework.criteria.select_related("parent"), pk=criterion_id, is_leaf=True)
    form = TrialForm(request.GET or None, leaf=leaf)
    context = {
        "framework": framework,
        "row": leaf,
        "form": form,
        "may_change": is_draft(framework) and can_change(request.user, framework),
    }
    status = UNPROCESSABLE if form.is_bound and not form.is_valid() else 200
    return show(request, "criteria/trial.html", context, status=status)
