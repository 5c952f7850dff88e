"""The one field class in which points are stored."""

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from parindex.notation import NotationError, decimal_of_cell, parse_decimal, vietnamese

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

PLACES = 6
LARGEST = Decimal(10) ** 9


def millionths(points: Decimal) -> int:
    """Points as the database keeps them. Raises ValidationError for what cannot be stored exactly."""
    scaled = points.scaleb(PLACES)
    if scaled != scaled.to_integral_value():
        raise ValidationError(f"{vietnamese(points)} có nhiều hơn {PLACES} chữ số thập phân.")
    if abs(points) >= LARGEST:
        raise ValidationError(f"{vietnamese(points)} quá lớn để là điểm.")
    return int(scaled)


# The same few hundred points stand on all leaves, and a file has hundreds of them.
@lru_cache(maxsize=4096)
def _points(stored: int) -> Decimal:
    return Decimal(stored).scaleb(-PLACES)


class PointsField(models.BigIntegerField):
    """Points as a Decimal in Python and a whole number of millionths in the database.

    Whole numbers make sums in SQL exact on every database; a decimal column on SQLite is a
    binary float. Raises ValidationError for what cannot be stored exactly.
    """

    description = "Điểm, chính xác đến 0,000001"

    if TYPE_CHECKING:  # what the type checker's Django plugin reads; a big integer's own would be int
        _pyi_private_set_type: Decimal | str | int | Combinable  # type: ignore[assignment]
        _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: Any, expression: object, connection: object) -> Decimal | None:
        return None if value is None else _points(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return decimal_of_cell(value)
        except NotationError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> int | None:
        points = self.to_python(value)
        return None if points is None else millionths(points)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return value if prepared else self.get_prep_value(value)

    @property
    def validators(self) -> list[Any]:
        """Bounds of a plain big integer column do not apply to the scaled value."""
        return list(self._validators)  # type: ignore[attr-defined]

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else format(value, "f")

    def formfield(self, **kwargs: Any) -> forms.Field:
        return PointsFormField(required=not self.blank, label=kwargs.get("label") or self.verbose_name)


class PointsFormField(forms.CharField):
    """A text field for points: "1,25" and "1.25" are read alike, thousands marks are refused.

    Django's own decimal field reads "0.125" as 125 when localised and refuses "1,25" when not.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            points = parse_decimal(text)
        except NotationError as error:
            raise ValidationError(str(error)) from error
        millionths(points)
        return points

    def prepare_value(self, value: Any) -> Any:
        return vietnamese(value) if isinstance(value, Decimal) else value
