"""The log in words: what an event changed, field by field, as people read it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from parindex.audit.models import Event
from parindex.fields import PointsField
from parindex.notation import vietnamese, vietnamese_date

ABSENT = "–"
# How many events a page shows beside its object.
NEWEST = 50
# What events tell beside the fields of their objects.
WORDS = {
    "active": "đang dùng",
    "choice": "lựa chọn",
    "code": "mã",
    "computed": "số cộng được",
    "decision": "quyết định số",
    "declared": "số văn bản ghi",
    "digest": "mã kiểm tra",
    "facts": "số liệu",
    "file": "tệp",
    "framework": "bộ tiêu chí",
    "from": "theo đợt",
    "instead_of": "thay cho",
    "into": "sáp nhập vào",
    "leaf": "mục",
    "max_points": "điểm tối đa",
    "place": "nơi giữ vai trò",
    "pointer": "trang, mục cần xem",
    "points": "điểm",
    "prepared_by": "người chuẩn bị",
    "reasons": "giải trình",
    "roles": "vai trò",
    "round": "đợt đánh giá",
    "rows": "số dòng",
    "scale": "thang xếp loại",
    "sheet": "trang tính",
    "steps": "số bước",
    "structure": "cấu trúc đã khai",
    "units": "đơn vị",
    "was_handed_in": "đã nộp cùng hồ sơ",
    "what": "việc",
    "where": "nơi giữ vai trò",
    "wording": "nguyên văn",
}
# What the facts of a leaf are called; counts and the facts of a leaf without a finding need no name.
FACTS = {
    "count": "số lượng",
    "denominator": "mẫu số",
    "finding": "nội dung phát hiện",
    "found": "có phát hiện",
    "index": "chỉ số khảo sát",
    "judged": "đạt chất lượng",
    "level": "mức",
    "met": "đạt",
    "numerator": "tử số",
    "points": "điểm",
    "result": "kết quả",
    "value": "giá trị",
}
FACTS_WITHIN = {"counts", "inner"}
IN_WORDS = {"finding", "level", "met"}
# Those of them that are points.
POINTS_TOLD = {"computed", "declared", "max_points", "points"}
# Numbers by which events find a file or people again, for nobody to read.
FOUND_BY = ("file", "giver", "taker")
KAD = "KAD"
# The verbs of those whose words on a leaf are reasons, not explanations, end so.
JUDGED = ("Kết luận", "Cơ quan chủ trì đề xuất")
Field = models.Field
# What stands under the code of a leaf.
POINTS = PointsField()


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that an event changed, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """One event with what it changed."""

    event: Event
    changes: tuple[Changed, ...]


def told(events: Iterable[Event]) -> list[Past]:
    """Events as a history shows them."""
    return [Past(event, tuple(_changes(event)) or tuple(_confirmed(event))) for event in events]


def past_of(*things: models.Model) -> list[Past]:
    """What has happened to objects of one kind, newest first, as a page shows it; in one query."""
    if not things:
        return []
    about = Event.objects.filter(
        object_type=things[0]._meta.label_lower, object_id__in=[thing.pk for thing in things]
    )
    return told(about.order_by("-pk")[:NEWEST])


def _changes(event: Event) -> Iterable[Changed]:
    fields = _fields(event.object_type)
    for key in _in_order({*event.before, *event.after}, fields):
        before, after = event.before.get(key), event.after.get(key)
        if key in FOUND_BY and isinstance(before or after, int):
            continue
        if isinstance(before, Mapping) or isinstance(after, Mapping):
            yield from _nested(key, before or {}, after or {}, event)
        elif before != after:
            field = POINTS if key[:1].isdigit() or key in POINTS_TOLD else fields.get(key)
            was, becomes = _value(before, field), _value(after, field)
            # An empty list and nothing at all read alike.
            if was != becomes:
                yield Changed(_name(key, field), was, becomes)


def _confirmed(event: Event) -> Iterable[Changed]:
    """The leaves about which somebody said again what stood there, where an event changed nothing."""
    for key in _in_order(event.after, ()):
        if key[:1].isdigit():
            stands = _value(event.after[key], POINTS)
            yield Changed(_name(key, POINTS), stands, stands)


def _in_order(keys: Iterable[str], fields: Iterable[str]) -> list[str]:
    """The object's own fields first, then leaves by their codes: not every database keeps the order."""
    places = {name: place for place, name in enumerate(fields)}
    return sorted(keys, key=lambda key: (places.get(key, len(places)), _code(key), key))


def _code(key: str) -> list[int]:
    return [int(part) for part in key.split(".") if part.isdecimal()]


def _nested(key: str, before: Mapping[str, Any], after: Mapping[str, Any], event: Event) -> Iterable[Changed]:
    """What is told by leaf: facts, and the explanation of a unit or the reason of whoever judges.

    A first reason stands in the event's own column already.
    """
    is_reason = key == "reasons" and event.verb.endswith(JUDGED)
    name = "lý do" if is_reason else _name(key, None)
    write = _facts if key == "facts" else _value
    for code in _in_order({*before, *after}, ()):
        was, becomes = before.get(code), after.get(code)
        if was != becomes and not (is_reason and not was and becomes == event.reason):
            yield Changed(f"{name} {_name(code, None)}", write(was), write(becomes))


def _facts(given: Any) -> str:
    """The facts of a leaf as its form asks for them, "tử số: 97; mẫu số: 113"."""
    if not isinstance(given, Mapping):
        return _value(given)
    parts = (
        _facts(value) if name in FACTS_WITHIN else f"{FACTS.get(name, name)}: {_fact(name, value)}"
        for name, value in given.items()
    )
    return "; ".join(parts) or ABSENT


def _fact(name: str, value: Any) -> str:
    if name in IN_WORDS or isinstance(value, bool):
        return _value(value)
    try:
        return vietnamese(Decimal(str(value)))
    except InvalidOperation:
        return _value(value)


def _fields(object_type: str) -> dict[str, Field]:
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return {}
    return {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}


def _name(key: str, field: Field | None) -> str:
    if field is not None and field is not POINTS:
        return str(field.verbose_name)
    return WORDS.get(key, f"mục {key}" if key[:1].isdigit() else key)


def _value(value: Any, field: Field | None = None) -> str:
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return ", ".join(_value(one, None) for one in value) or ABSENT
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_value(one, None)}" for key, one in value.items()) or ABSENT
    choices = dict(getattr(field, "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    return WRITTEN.get(type(field), str)(str(value))


def _points(text: str) -> str:
    """Points with a comma; "không áp dụng" and text stay words."""
    if text == KAD:
        return "không áp dụng"
    try:
        return vietnamese(Decimal(text), 2)
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    return vietnamese_date(dt.date.fromisoformat(text))


def _moment(text: str) -> str:
    return f"{timezone.localtime(dt.datetime.fromisoformat(text)):%H:%M %d/%m/%Y}"


WRITTEN: Mapping[type, Callable[[str], str]] = {
    PointsField: _points,
    models.DateField: _day,
    models.DateTimeField: _moment,
}
