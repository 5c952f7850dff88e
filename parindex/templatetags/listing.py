"""What the form over a list sends along."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from parindex.listing import FILE, ORDER, PAGE, Filter

register = template.Library()

# How a column goes up and down in words, by its key; other columns rise and fall.
NAMES, MOMENTS = ("A đến Z", "Z đến A"), ("cũ trước", "mới trước")
STEPS, OTHER = ("từ đầu", "từ cuối"), ("tăng dần", "giảm dần")
WAYS = {
    **dict.fromkeys(("ten", "don-vi", "nguoi", "nhom", "chu-quan"), NAMES),
    **dict.fromkeys(("luc", "gui", "tra-loi", "ngay", "tu-ngay", "den-ngay", "lan-cuoi"), MOMENTS),
    **dict.fromkeys(("trang-thai", "nop", "ho-so", "vai-tro"), STEPS),
}


@register.simple_tag(takes_context=True)
def orders(context: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What a list can be put in order by: what the address asks for, in words, whether it stands so now.

    Tables sort at their heads (`headings`), which phones do not show; a list that is no table has `orders`.
    """
    if "sort" not in context:
        return []
    known = context.get("orders") or [
        (f"{sign}{key}", f"{label}, {way}")
        for key, label, *_ in context.get("headings", ())
        for sign, way in zip(("", "-"), WAYS.get(key, OTHER), strict=True)
    ]
    return [(key, label, key == context["sort"].asked) for key, label in known]


@register.simple_tag(takes_context=True)
def kept_fields(context: dict[str, Any], filters: Iterable[Filter], ordered: object) -> SafeString:
    """Hidden fields for all that the address asks for beside the filters, so that filtering keeps it.

    `ordered` says whether the order has a field of its own.
    """
    left = {PAGE, FILE, *(one.name for one in filters), *([ORDER] if ordered else ())}
    kept = [(name, value) for name, value in context["request"].GET.items() if name not in left]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.simple_tag(takes_context=True)
def unfiltered(context: dict[str, Any], filters: Iterable[Filter]) -> str:
    """The query string of the same list without its filters."""
    left = {PAGE, FILE, *(one.name for one in filters)}
    kept = {name: value for name, value in context["request"].GET.items() if name not in left}
    return f"?{urlencode(kept)}"
