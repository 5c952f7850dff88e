"""Where refusals become answers, and where an unstated access rule becomes a refusal."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from parindex.access import stated_rule
from parindex.refusals import Refusal

FORBIDDEN, UNPROCESSABLE = 403, 422
NUL = "\0"
DAMAGED = "Nội dung vừa gửi có ký tự không hiện được (NUL), thường do chép từ tệp hỏng. Gõ lại rồi gửi."
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


class PlainTextMiddleware:
    """Take no NUL: PostgreSQL keeps it in no text and would answer with an error page.

    No link of ours has one in its address, so nothing is there; in a form it comes from a damaged source.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404("Địa chỉ này có ký tự không dùng được.")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # The check of the form's token has read the form already.
        if request.method != "POST" or not any(
            NUL in text for _, sent in request.POST.lists() for text in sent
        ):
            return None
        return render(request, "409.html", {"exception": DAMAGED}, status=UNPROCESSABLE)


class RefusalMiddleware:
    """Turn a refusal of a verb into a page with its words: no permission is 403, a wrong state 409.

    The address of a form that is opened like a page is told so too; Django's own answer is empty.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed):
            allowed = answer["Allow"]
            answer = render(request, "405.html", status=answer.status_code)
            answer["Allow"] = allowed
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        page = "403.html" if error.status == FORBIDDEN else "409.html"
        return render(request, page, {"exception": str(error)}, status=error.status)
