"""Forms that came too late to be written: what was typed is given back, to be sent again after signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FORBIDDEN = 403


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent the form.

    Only such a form is given back with a button: another site could have filled in what is sent again.
    """
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def unsent(request: HttpRequest) -> HttpResponse:
    """Say that nothing was written, with what was sent in a form that sends it again.

    Passwords are never given back, and files cannot be: they have to be chosen again.
    """
    context: dict[str, Any] = {}
    if comes_from_here(request) and not any("password" in name for name in request.POST):
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ]
        context = {
            "address": request.get_full_path(),
            "kept": [] if request.FILES else sent,
            "texts": [value for _, value in sent if len(value.split()) > 1],
        }
    return render(request, "403_csrf.html", context, status=FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form whose token is no longer that of the session."""
    return unsent(request)
