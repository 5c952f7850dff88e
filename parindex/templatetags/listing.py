"""What the form over a list sends along."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from parindex.listing import FILE, PAGE, Filter

register = template.Library()


@register.simple_tag(takes_context=True)
def kept_fields(context: dict[str, Any], filters: Iterable[Filter]) -> SafeString:
    """Hidden fields for all that the address asks for beside the filters, so that filtering keeps it."""
    left = {PAGE, FILE, *(one.name for one in filters)}
    kept = [(name, value) for name, value in context["request"].GET.items() if name not in left]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.simple_tag(takes_context=True)
def unfiltered(context: dict[str, Any], filters: Iterable[Filter]) -> str:
    """The query string of the same list without its filters."""
    left = {PAGE, FILE, *(one.name for one in filters)}
    kept = {name: value for name, value in context["request"].GET.items() if name not in left}
    return f"?{urlencode(kept)}"
