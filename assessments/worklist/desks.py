"""What a start page is made of: tasks with their last days, on the desk of one role."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: where, until when, and how urgent in words. `tone` is "bad", "warn" or ""."""

    title: str
    address: str
    detail: str = ""
    until: dt.date | None = None
    tag: str = ""
    tone: str = ""

    @property
    def days_left(self) -> int | None:
        """Days to the last one, below nought where it has passed; None where nothing ends."""
        return None if self.until is None else (self.until - timezone.localdate()).days


@dataclass(slots=True)
class Desk:
    """One role in one place, with what waits in it."""

    role: str
    place: str
    tasks: list[Task] = field(default_factory=list)
    # Where the role works when nothing waits.
    address: str = ""
    address_words: str = ""


def time_left(until: dt.date | None) -> tuple[str, str]:
    """How near the last day is, in words and tone."""
    if until is None:
        return "", ""
    days = (until - timezone.localdate()).days
    if days < 0:
        return f"Quá hạn {-days} ngày", "bad"
    if days == 0:
        return "Hết hạn hôm nay", "warn"
    return f"Còn {days} ngày", "warn" if days <= 3 else ""


def task(title: str, address: str, detail: str = "", *, until: dt.date | None = None) -> Task:
    """A task that says how near its last day is."""
    tag, tone = time_left(until)
    return Task(title, address, detail, until, tag, tone)
