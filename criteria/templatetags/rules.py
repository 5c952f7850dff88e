"""Rules of leaves in words."""

from django import template

from criteria.rules import kind_label

register = template.Library()


@register.filter
def rule_kind(kind: str) -> str:
    """The name of a kind of rule."""
    return kind_label(kind)
