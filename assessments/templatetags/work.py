"""What the head of every page asks about the person who is signed in."""

from typing import Any

from django import template

from assessments.models import Notice
from parindex.accounts.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the person has not read; none for a visitor. One query."""
    user = getattr(context.get("request"), "user", None)
    return Notice.objects.filter(user=user, read_at=None).count() if isinstance(user, User) else 0
