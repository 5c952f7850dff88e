"""What the audit log says of a unit, an account or an organiser, in the words of the pages."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet

from parindex.audit.models import Event
from parindex.notation import vietnamese_date

LABELS = {
    "name": "tên",
    "code": "mã",
    "unit_type": "loại đơn vị",
    "predecessors": "đơn vị tiền thân",
    "into": "sáp nhập vào",
    "parent_name": "cơ quan chủ quản",
    "place": "địa danh",
    "full_name": "họ và tên",
    "username": "tên đăng nhập",
    "email": "thư điện tử",
    "role": "vai trò",
    "where": "nơi giữ vai trò",
    "user": "người làm thay",
    "on_behalf_of": "ủy quyền của",
    "valid_from": "từ ngày",
    "valid_to": "đến ngày",
}
DAYS = ("valid_from", "valid_to")


def events_of(thing: models.Model) -> QuerySet[Event]:
    """What has happened to one object, newest first."""
    return Event.objects.filter(object_type=thing._meta.label_lower, object_id=thing.pk).order_by("-pk")


@dataclass(frozen=True, slots=True)
class PastChange:
    """One event with what it changed."""

    event: Event

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Label, value before, value after."""
        return in_words(self.event.before, self.event.after)


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs: label, value before, value after. Keys that pages have no word for stay in the log."""
    keys = [key for key in LABELS if key in before or key in after]
    told = [(LABELS[key], _words(key, before.get(key)), _words(key, after.get(key))) for key in keys]
    return [(label, was, is_now) for label, was, is_now in told if was != is_now]


def _words(key: str, value: Any) -> str:
    if not value:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return vietnamese_date(dt.date.fromisoformat(value)) if key in DAYS else str(value)


def history(events: Sequence[Event]) -> Iterator[PastChange]:
    """Events as lines of a history."""
    return (PastChange(event) for event in events)
