"""Closed by default: a view that does not say who may open it does not open.

Our views state their rule with a decorator; views of libraries are listed here by name.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required

View = Callable[..., Any]

LIBRARY_RULES = {
    "account_login": "mọi người",
    "account_logout": "mọi người",
    "account_change_password": "người đã đăng nhập",
    "account_reauthenticate": "người đã đăng nhập",
    "mfa_authenticate": "người vừa nhập đúng mật khẩu và có xác thực hai lớp",
    "mfa_reauthenticate": "người đã đăng nhập",
    "mfa_activate_totp": "người đã đăng nhập: xác thực hai lớp của chính mình",
    "mfa_deactivate_totp": "người đã đăng nhập: xác thực hai lớp của chính mình",
    "mfa_view_recovery_codes": "người đã đăng nhập: mã dự phòng của chính mình",
    "mfa_generate_recovery_codes": "người đã đăng nhập: mã dự phòng của chính mình",
    "mfa_download_recovery_codes": "người đã đăng nhập: mã dự phòng của chính mình",
    "api-schema": "mọi người",
}
LIBRARY_NAMESPACES = {"admin": "quản trị hệ thống (is_staff)"}


def public(view: View) -> View:
    """Anyone may open this; it shows only what is published or a decision in force."""
    view = login_not_required(view)
    view.access_rule = "mọi người"  # type: ignore[attr-defined]
    return view


def signed_in(rule: str) -> Callable[[View], View]:
    """A signed-in person may come in; `rule` says in words what the view then checks."""

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def stated_rule(view: View, match: Any) -> str | None:
    """The access rule of a resolved view, or None where nobody stated one."""
    own = getattr(view, "access_rule", None) or getattr(getattr(view, "cls", None), "access_rule", None)
    if own:
        return str(own)
    if match.namespaces and match.namespaces[0] in LIBRARY_NAMESPACES:
        return LIBRARY_NAMESPACES[match.namespaces[0]]
    return LIBRARY_RULES.get(match.url_name or "")
