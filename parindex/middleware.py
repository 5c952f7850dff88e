"""Where domain errors become answers, and where an unstated access rule becomes a refusal."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.exceptions import AssessmentError, DocumentUnavailable, NotPermitted
from criteria.exceptions import CriteriaError
from parindex.access import stated_rule

GetResponse = Callable[[HttpRequest], HttpResponse]


class StatedAccessMiddleware:
    """Refuse every view that does not state who may open it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if stated_rule(view, request.resolver_match) is None:
            raise PermissionDenied("Trang này chưa có quy định ai được mở.")


class DomainErrorMiddleware:
    """Turn a refusal of the domain into a page: no permission is 403, a wrong state is 409, a missing program 503."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DocumentUnavailable):
            return render(request, "409.html", {"exception": str(error)}, status=503)
        if isinstance(error, NotPermitted):
            return render(request, "403.html", {"exception": str(error)}, status=403)
        if isinstance(error, AssessmentError | CriteriaError):
            return render(request, "409.html", {"exception": str(error)}, status=409)
        return None
