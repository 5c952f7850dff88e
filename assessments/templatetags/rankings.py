"""The cells of a ranking that come in thousands: a tag writes a row of them at once."""

from urllib.parse import quote

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from assessments.documents.contexts import ContentIndex, RankingRow
from parindex.templatetags.notation import anchor, bar_width, points

register = template.Library()

_CELL = (
    '<td class="rank__cell{low}"><a href="{href}" aria-label="{index} %: vì sao?">{index}</a>'
    '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="{width}" height="6" /></svg></td>'
)


@register.simple_tag
def index_cells(row: RankingRow, unit_url: str, places: int, *, is_live: bool) -> SafeString:
    """One unit's component indices, each a link to where the unit's page opens that content."""
    start = f"{unit_url}?{'ban=du-kien&' if is_live else ''}mo="
    # Only the address and the code come from outside; both are quoted and escaped.
    return mark_safe("".join(_cell(content, start, places) for content in row.contents))  # noqa: S308


def _cell(content: ContentIndex, start: str, places: int) -> str:
    return _CELL.format(
        low=" low" if content.is_low else "",
        href=escape(f"{start}{quote(content.code)}#noi-dung-{anchor(content.code)}"),
        index=points(content.index, places),
        width=bar_width(content.index),
    )
