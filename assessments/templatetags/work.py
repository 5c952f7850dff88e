"""What the main menu asks of the person who is signed in."""

from typing import Any

from django import template

from assessments.self_scoring import memberships_in_units
from parindex.accounts.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def has_unit(context: dict[str, Any]) -> bool:
    """Whether the person belongs to a unit; a page that knows says so in its context as `has_unit`."""
    if "has_unit" in context:
        return bool(context["has_unit"])
    user = getattr(context.get("request"), "user", None)
    return isinstance(user, User) and bool(memberships_in_units(user))
