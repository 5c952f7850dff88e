"""Template filters for the titles of contents and criteria."""

import textwrap

from django import template

from parindex.titles import sentence_case

register = template.Library()

OPENINGS = ("Công tác ", "Cải cách ", "Xây dựng và phát triển ", "Tổ chức thực hiện ", "Thực hiện ")
SHORT_TITLE = 34


@register.filter
def sentence(title: str) -> str:
    """Write a title that its paper sets in capitals as a sentence."""
    return sentence_case(title)


@register.filter
def in_sentence(title: str) -> str:
    """Write a title as it stands inside a sentence; a short form in capitals keeps them."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


@register.filter
def short_title(title: str) -> str:
    """Shorten a content's title for the head of a narrow column; the whole title stands elsewhere."""
    for opening in OPENINGS:
        if title.startswith(opening):
            title = title[len(opening) :]
            title = title[:1].upper() + title[1:]
            break
    return textwrap.shorten(title, SHORT_TITLE, placeholder="…")
