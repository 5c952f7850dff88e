"""A day in a form, typed as in official papers."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parindex.notation import NotationError, parse_date, vietnamese_date

FIRST_YEAR = 1945


class DayField(forms.CharField):
    """A day typed as day/month/year: 05/01/2024."""

    def to_python(self, value: Any) -> dt.date | None:  # type: ignore[override]
        """Read the day. Raises ValidationError with a sentence to show."""
        text = super().to_python(value)
        return read_day(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Write a known day as people type it."""
        return vietnamese_date(value) if isinstance(value, dt.date) else value


def read_day(text: str) -> dt.date:
    """Read a day of our time. Raises ValidationError with a sentence to show."""
    try:
        day = parse_date(text)
    except NotationError as error:
        raise ValidationError(str(error)) from error
    if day.year < FIRST_YEAR:
        raise ValidationError(f"Năm {day.year} không đúng. Ghi đủ bốn chữ số, ví dụ 05/01/2024.")
    return day
