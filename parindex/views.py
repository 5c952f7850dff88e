"""Pages that belong to no app."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from parindex.access import public


@public
def method(request: HttpRequest) -> HttpResponse:
    """How the index is worked out, for a reader who is no specialist."""
    return render(request, "method.html", {"nav_current": "method"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What could not be read: 413 with the limit where it was too much, else 400.

    Django answers both with 400, whose page cannot say what to do.
    """
    too_much = {
        TooManyFieldsSent: ("fields", settings.DATA_UPLOAD_MAX_NUMBER_FIELDS),
        TooManyFilesSent: ("files", settings.DATA_UPLOAD_MAX_NUMBER_FILES),
        RequestDataTooBig: ("text", settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    }
    for kind_of_error, (kind, limit) in too_much.items():
        if isinstance(exception, kind_of_error):
            return render(request, "413.html", {"kind": kind, "limit": limit}, status=413)
    return defaults.bad_request(request, exception)
