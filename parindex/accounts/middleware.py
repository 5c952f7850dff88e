"""Signing in; then the role that a person acts in, and what has to be done before anything else."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from parindex.accounts.acting import SESSION_KEY, Standing
from parindex.accounts.models import User
from parindex.accounts.second_factor import must_set_up_second_factor
from parindex.unsent import comes_from_here, unsent

GetResponse = Callable[[HttpRequest], HttpResponse]

# What opens while a password has to be changed, and while a second factor has to be set up.
ALWAYS = frozenset({"account_login", "account_logout"})
FOR_PASSWORD = ALWAYS | {"account_change_password"}
FOR_SECOND_FACTOR = FOR_PASSWORD | {"mfa_activate_totp", "account_reauthenticate"}


NOT_WRITTEN = (
    "Phiên đã hết hạn nên việc vừa gửi chưa được ghi. Đăng nhập lại; nút quay lại của trình duyệt thường còn "
    "giữ nội dung đã nhập."
)


class SignInMiddleware(LoginRequiredMiddleware):
    """Ask who is not signed in to do so; who had sent a form gets it back, as it was not written."""

    # Django's own always leads to the page where one signs in.
    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        if request.method != "POST" or request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        if comes_from_here(request):
            return unsent(request)
        messages.warning(request, NOT_WRITTEN)
        # What takes a form may show no page of its own.
        page = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(page, request.get_host(), require_https=request.is_secure()):
            page = reverse(settings.LOGIN_REDIRECT_URL)
        parts = urlsplit(page)
        return redirect_to_login(urlunsplit(("", "", parts.path, parts.query, "")))


class ActingRoleMiddleware:
    """Tell the person of a request which of their roles they act in; the roles are read when asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without a session nobody is signed in, and what is answered is the same for everybody.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            request.user.standing = Standing(request.user, request.session.get(SESSION_KEY, ""))
        return self.get_response(request)


class FirstThingsMiddleware:
    """Lead to the change of a one-time password, then to a required second factor, before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not isinstance(request.user, User):
            return None
        opened = request.resolver_match.url_name if request.resolver_match else None
        if request.user.must_change_password:
            return None if opened in FOR_PASSWORD else _lead(request, "account_change_password")
        if opened not in FOR_SECOND_FACTOR and must_set_up_second_factor(request.user):
            return _lead(request, "mfa_activate_totp")
        return None


def _lead(request: HttpRequest, name: str) -> HttpResponse:
    """To the page where the first thing is done, which leads back to what was asked for."""
    back = request.get_full_path() if request.method == "GET" else reverse(settings.LOGIN_REDIRECT_URL)
    address = f"{reverse(name)}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return redirect(address)
