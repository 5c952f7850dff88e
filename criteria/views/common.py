"""What the views of frameworks share: finding one, the answer to a stale action."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from criteria.enums import FrameworkState
from criteria.exceptions import FrameworkImmutable
from criteria.models import Framework
from criteria.permissions import check_change
from criteria.visibility import visible_frameworks
from parindex.accounts.models import User

View = Callable[..., HttpResponse]


def person(request: HttpRequest) -> User:
    """The signed-in person; the login middleware lets nobody else through."""
    return cast(User, request.user)


def seen(request: HttpRequest, framework_id: int) -> Framework:
    """A framework that this person may see, else "not found"."""
    visible = visible_frameworks(request.user).select_related(
        "decision__issuer", "decision__replaces", "unit_type"
    )
    return get_object_or_404(visible, pk=framework_id)


def to_change(request: HttpRequest, framework_id: int) -> Framework:
    """A framework whose drafts this person may change. Raises NotPermitted."""
    framework = seen(request, framework_id)
    check_change(request.user, framework)
    return framework


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page under the menu's entry of frameworks."""
    return render(request, template, context | {"nav_current": "frameworks"}, status=status)


def stale(request: HttpRequest, framework: Framework, why: object, *, written: str = "") -> HttpResponse:
    """Say that the draft is no longer as the page showed it, and give back what the person wrote."""
    sent = request.method == "POST"
    context = {"framework": framework, "why": str(why), "written": written, "sent": sent}
    return show(request, "criteria/stale.html", context, status=409)


def is_draft(framework: Framework) -> bool:
    """Whether the framework can still be changed."""
    return framework.state == FrameworkState.DRAFT


def require_draft(framework: Framework) -> None:
    """Raise FrameworkImmutable for one that can no longer be changed: no form opens that nobody can save."""
    if not is_draft(framework):
        raise FrameworkImmutable(
            f"“{framework}” đã đưa vào sử dụng nên không sửa được. Muốn đính chính thì lập phiên bản mới."
        )
