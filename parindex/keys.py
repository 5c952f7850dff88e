"""Keys of rows as browsers send them: digits that may say anything, even what no database can hold."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# More digits than any table has rows, fewer than a 64-bit number.
DIGITS = 11


def number_of(text: str) -> int | None:
    """A number out of an address or a form, or None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


class KeysField(forms.ModelMultipleChoiceField):
    """Rows that were ticked. What cannot be a key is answered like the key of a row that is not offered.

    Django asks the database for all keys at once, and SQLite does not take a number beyond 64 bits.
    """

    def clean(self, value: Any) -> Any:
        """The chosen rows. Raises ValidationError (`invalid_choice`) for any other."""
        ticked: Collection[Any] = value if isinstance(value, (list, tuple)) else ()
        for key in ticked:
            if number_of(str(key)) is None:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": key})
        return super().clean(value)
