"""Writing audit events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from parindex.audit.models import Event

LABEL_LENGTH = 300


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
