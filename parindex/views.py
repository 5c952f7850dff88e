"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from parindex.access import public


@public
def method(request: HttpRequest) -> HttpResponse:
    """How the index is worked out, for a reader who is no specialist."""
    return render(request, "method.html", {"nav_current": "method"})
