"""The log as a list: by time, in pages, and to take away."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from parindex.audit.history import told
from parindex.audit.models import Event
from parindex.listing import Filter, list_file, listed_rows
from parindex.refusals import Refusal
from parindex.sheets import Column

LONGEST_FILE = 10000
# Events are told in the order in which they were written down, the newest first.
BY_TIME, NEWEST = {"luc": ("pk",)}, "-luc"
HEADINGS = (("luc", "Thời điểm"),)
COLUMNS = (
    Column("at", "Thời điểm", width=18),
    Column("who", "Người thực hiện", width=28),
    Column("verb", "Việc", width=30),
    Column("object", "Đối tượng", width=44),
    Column("changes", "Thay đổi", width=60),
    Column("reason", "Lý do", width=40),
)


def saying(words: str) -> Q:
    """Events with these words in the person, the verb or the object."""
    return Q(actor_name__icontains=words) | Q(verb__icontains=words) | Q(object_label__icontains=words)


def listed_events(
    request: HttpRequest, events: QuerySet[Event], filters: Sequence[Filter] = ()
) -> dict[str, Any]:
    """What `_history.html` is drawn from: the events found (`rows`) and the page of them in words."""
    found = listed_rows(request, events, BY_TIME, filters, first=NEWEST)
    return found | {"headings": HEADINGS, "history": told(found["page"])}


def events_file(kind: str, name: str, events: QuerySet[Event]) -> HttpResponse:
    """The log as found. Raises Refusal where it is too long for one sheet to be of use."""
    if events.count() > LONGEST_FILE:
        raise Refusal(
            f"Nhật ký đang lọc có hơn {LONGEST_FILE} việc. Chọn loại đối tượng hoặc tìm theo người, việc "
            "rồi tải lại."
        )
    rows = (
        (
            past.event.at,
            past.event.actor_name,
            past.event.verb,
            past.event.object_label,
            "; ".join(f"{change.name}: {change.before} → {change.after}" for change in past.changes),
            past.event.reason,
        )
        for past in told(events)
    )
    return list_file(kind, name, "Nhật ký", COLUMNS, rows)
