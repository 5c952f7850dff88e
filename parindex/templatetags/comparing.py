"""Two versions of one text, word by word."""

from difflib import SequenceMatcher

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def compared(theirs: str, mine: str) -> SafeString:
    """My text with what only it has underlined, and what only the other one has crossed out in its place."""
    old, new = theirs.split(), mine.split()
    pieces: list[tuple[str]] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        lost, added = " ".join(old[old_from:old_to]), " ".join(new[new_from:new_to])
        if kind == "equal":
            pieces.append((added,))
            continue
        pieces += [(format_html("<del>{}</del>", lost),)] if lost else []
        pieces += [(format_html("<ins>{}</ins>", added),)] if added else []
    return format_html_join(" ", "{}", pieces)
