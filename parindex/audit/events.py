"""Writing audit events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from parindex.audit.models import Event

LABEL_LENGTH = 300
BATCH = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a change: an account's id, or none for the command line, and the printed name."""

    id: int | None
    name: str


COMMAND_LINE = Actor(id=None, name="dòng lệnh")


def record(
    *,
    by: Actor,
    verb: str,
    on: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Append one event; call it inside the transaction that makes the change."""
    return Event.objects.create(
        actor_id=by.id,
        actor_name=by.name,
        verb=verb,
        object_type=on._meta.label_lower,
        object_id=on.pk,
        object_label=str(on)[:LABEL_LENGTH],
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One object of many that change together, before and after."""

    on: models.Model
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record_each(changes: Iterable[Change], *, by: Actor, verb: str, reason: str = "") -> None:
    """Append one event per changed object, written together: many objects must not cost a query each."""
    Event.objects.bulk_create(
        (
            Event(
                actor_id=by.id,
                actor_name=by.name,
                verb=verb,
                object_type=change.on._meta.label_lower,
                object_id=change.on.pk,
                object_label=str(change.on)[:LABEL_LENGTH],
                before=dict(change.before),
                after=dict(change.after),
                reason=reason,
            )
            for change in changes
        ),
        batch_size=BATCH,
    )
