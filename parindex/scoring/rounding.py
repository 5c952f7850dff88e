"""Rounding and exact division: the only place of the project that quantizes.

Everything is half-up, as offices round by hand. How many places are printed, and whether each leaf
is rounded or only the total, are settings of the round's group of units: the note under Phong Thổ's
2023 table blames 79.27 instead of 79.24 on the rounding of each small criterion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from parindex.scoring.errors import RuleError

STORED_PLACES = 6
HUNDRED = Decimal(100)
ZERO = Decimal(0)

# Own precision, so that a result never depends on the decimal context of the caller.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


class Stage(StrEnum):
    """When points are rounded to the printed places."""

    LEAF = "leaf"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a group of units rounds: number of printed places, and at which stage.

    Raises RuleError unless 0 ≤ places ≤ 6, the places that are stored.
    """

    places: int = 2
    stage: Stage = Stage.TOTAL

    def __post_init__(self) -> None:
        if not 0 <= self.places <= STORED_PLACES:
            raise RuleError(f"Số chữ số thập phân phải từ 0 đến {STORED_PLACES}.")


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round to this many places; a half goes away from zero (1.005 is 1.01 at two places).

    Never a negative zero: a penalty too small to be printed prints as 0.00.
    """
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)
    return EXACT.add(rounded, ZERO)


def stored(value: Decimal) -> Decimal:
    """Points as the database keeps them: exact to a millionth of a point."""
    return round_half_up(value, STORED_PLACES)


def leaf_points(value: Decimal, rounding: Rounding) -> Decimal:
    """Points of one leaf as stored; rounded to the printed places first when the stage is the leaf."""
    if rounding.stage is Stage.LEAF:
        value = round_half_up(value, rounding.places)
    return stored(value)


def printed(value: Decimal, rounding: Rounding) -> Decimal:
    """Points as they stand on paper."""
    return round_half_up(value, rounding.places)


def rescaled(value: Decimal, *, whole: Decimal, onto: Decimal) -> Decimal:
    """Carry a value from the scale 0..whole to the scale 0..onto: onto × value / whole.

    Multiplies before it divides, so that a result with finitely many places comes out exact.
    The whole must not be zero: callers say what zero means to them.
    """
    return EXACT.divide(EXACT.multiply(onto, value), whole)


def percent(obtained: Decimal, attainable: Decimal) -> Decimal | None:
    """The index in percent, not rounded. None when nothing could be obtained.

    "Chỉ số CCHC được xác định bằng tỉ lệ (%) giữa tổng điểm đạt được và tổng điểm tối đa"
    (Quyết định Quảng Ninh 2022, mục II).
    """
    if attainable == 0:
        return None
    return rescaled(obtained, whole=attainable, onto=HUNDRED)


def printed_percent(obtained: Decimal, attainable: Decimal, places: int) -> Decimal | None:
    """The index in percent as it stands on paper: computed from exact points and rounded once."""
    index = percent(obtained, attainable)
    return None if index is None else round_half_up(index, places)


def exact_sum(values: Iterable[Decimal]) -> Decimal:
    """The sum, not rounded, whatever the caller's decimal context."""
    total = ZERO
    for value in values:
        total = EXACT.add(total, value)
    return total
