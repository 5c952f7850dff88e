"""The signed-in person's own account, the choice of the role to act in, and leaving."""

from typing import Any

from allauth.account.views import LogoutView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from parindex.access import signed_in
from parindex.accounts.acting import SESSION_KEY, Standing
from parindex.accounts.delegation import may_delegate
from parindex.accounts.models import User
from parindex.accounts.second_factor import has_second_factor, needs_second_factor


def signed_in_user(request: HttpRequest) -> User:
    """The person of a page that only signed-in people open."""
    if not isinstance(request.user, User):
        raise TypeError("This view is not open to visitors.")
    return request.user


def standing_of(user: User) -> Standing:
    """The roles of the person of this request."""
    return user.standing or Standing(user)


@signed_in("người đã đăng nhập: tài khoản của chính mình")
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Name, address, roles with their days, password, second factor, delegations."""
    user = signed_in_user(request)
    context = {
        "standing": standing_of(user),
        "has_second_factor": has_second_factor(user),
        "needs_second_factor": needs_second_factor(user),
        "may_delegate": may_delegate(user),
        "nav_current": "account",
    }
    return render(request, "account/account.html", context)


@signed_in("người đã đăng nhập: chuyển giữa các vai trò của chính mình")
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    """Act in another of the person's roles from now on, and return to the page."""
    chosen = standing_of(signed_in_user(request)).find(request.POST.get("role", ""))
    if chosen is None:
        messages.error(request, "Bạn không còn giữ vai trò vừa chọn. Vai trò đang làm việc không thay đổi.")
    else:
        request.session[SESSION_KEY] = chosen.key
        messages.success(request, f"Từ giờ bạn làm việc với vai trò {chosen.title}.")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("account")


class SignOutView(LogoutView):
    """Sign out, and have the browser forget its pages: on a shared computer nobody goes back to them."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response
