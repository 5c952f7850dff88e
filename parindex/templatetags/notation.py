"""Template filters that write numbers, dates and names as Vietnamese papers do.

They only write: whatever has to be rounded arrives rounded.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.html import format_html

from parindex.notation import plain, vietnamese, vietnamese_date

register = template.Library()

NO_VALUE = "–"
HUNDRED = Decimal(100)
KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE


def _decimal(value: object) -> Decimal | None:
    """A number of the context: a Decimal, an int, or the text of a frozen row; None when there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | str):
        return Decimal(value)
    raise TypeError(f"points are Decimal, int or text, not {type(value).__name__}")


@register.filter
def points(value: object, places: int = 2) -> str:
    """Write points: 79,24; `points:3` keeps three places; "–" where there is no value."""
    number = _decimal(value)
    return NO_VALUE if number is None else vietnamese(number, places)


@register.filter
def percent1(value: object) -> str:
    """Write a percentage with one place and without its sign: 79,2."""
    return points(value, 1)


@register.filter
def loss(value: object, places: int = 2) -> str:
    """Write lost points behind a minus sign: −2,00. Nothing lost is 0,00."""
    number = _decimal(value)
    return NO_VALUE if number is None else vietnamese(-abs(number), places)


@register.filter
def signed(value: object, places: int = 2) -> str:
    """Write a difference with its sign: +3,23, −1,69, 0,00."""
    number = _decimal(value)
    if number is None:
        return NO_VALUE
    return ("+" if number > 0 else "") + vietnamese(number, places)


@register.filter
def date_vi(value: dt.date | None) -> str:
    """Write a day: 05/01/2024. A moment is written as its day in Vietnam."""
    if not value:
        return NO_VALUE
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return vietnamese_date(value)


@register.filter
def datetime_vi(value: dt.datetime | None) -> str:
    """Write a moment: 10:42 05/01/2024."""
    if not value:
        return NO_VALUE
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value:%H:%M} {vietnamese_date(value)}"


@register.filter
def recent_vi(value: dt.datetime | None) -> str:
    """Write when somebody worked, as short as it is clear: 10:42 today, 05/01 this year, else 05/01/2024."""
    if not value:
        return NO_VALUE
    moment, today = timezone.localtime(value), timezone.localdate()
    if moment.date() == today:
        return f"{moment:%H:%M}"
    return f"{moment:%d/%m}" if moment.year == today.year else vietnamese_date(moment)


@register.filter
def duration_vi(value: dt.timedelta | None) -> str:
    """Write a waiting time in whole minutes, rounded up: 15 phút, 1 giờ 30 phút."""
    if not value:
        return NO_VALUE
    hours, minutes = divmod(-(-value // dt.timedelta(minutes=1)), 60)
    parts = [f"{hours} giờ" if hours else "", f"{minutes} phút" if minutes else ""]
    return " ".join(part for part in parts if part)


@register.filter
def bar_width(value: object) -> str:
    """Write a percentage for an SVG attribute: 45.43, never outside 0 to 100."""
    number = _decimal(value)
    return "0" if number is None else plain(min(max(number, Decimal(0)), HUNDRED))


@register.filter
def anchor(code: object) -> str:
    """Write a criterion's code as the end of an id: "1.10 (2)" gives 1.10-2."""
    return re.sub(r"[^\w.]+", "-", str(code)).strip("-")


@register.filter
def initials(name: str) -> str:
    """Take the letters of the family name and of the given name: "Lò Thị Hạnh" gives LH."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def page_numbers(page: "Page[Any]") -> Iterator[int | None]:
    """Give the page numbers to link to, None where a stretch is left out."""
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        yield number if isinstance(number, int) else None


@register.filter
def file_size(size: int) -> str:
    """Write the size of a file: 86 KB, 1,2 MB."""
    if size < MEGABYTE:
        return f"{-(-size // KILOBYTE)} KB"
    return f"{vietnamese(Decimal(size * 10 // MEGABYTE).scaleb(-1), 1)} MB"


@register.simple_tag
def bar(percent: object, *, tall: bool = False) -> str:
    """Draw a bar of 0 to 100; the number itself stands beside it. A tag, as tables draw hundreds."""
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="6" /></svg>',
        " bar--tall" if tall else "",
        bar_width(percent),
    )
