"""What every rule has in common: its kind, its shape, and amounts written in two ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from parindex.scoring.errors import require_amount, require_facts, require_rule, written
from parindex.scoring.rounding import HUNDRED, rescaled


class RuleKind(StrEnum):
    """The kinds of rules that code knows; everything else about a rule is the framework's data."""

    YES_NO = "yes_no"
    LEVELS = "levels"
    RATIO = "ratio"
    STEPS = "steps"
    LINEAR = "linear"
    COUNT = "count"
    PARTS = "parts"
    DEDUCTION = "deduction"
    KNOCK_OUT = "knock_out"
    MANUAL = "manual"
    SURVEY = "survey"
    BEST_UNIT = "best_unit"
    SELF_ACCURACY = "self_accuracy"
    IMPORTED = "imported"


FactsT_contra = TypeVar("FactsT_contra", contravariant=True)


class Rule(Protocol[FactsT_contra]):
    """Turns the facts of one unit into points between 0 and `max_points`, not rounded.

    Construction raises RuleError for parameters that make no sense; `points` raises FactsError for
    facts that cannot be used.
    """

    @property
    def kind(self) -> RuleKind:
        """Which kind of rule this is."""

    @property
    def computed_last(self) -> bool:
        """Whether the facts come from the finished scores of the unit or of its whole group."""

    @property
    def max_points(self) -> Decimal:
        """The most that this rule can give, in points."""

    def points(self, facts: FactsT_contra) -> Decimal:
        """Points for these facts, not rounded."""


class Unit(StrEnum):
    """What an amount is written in."""

    POINTS = "points"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as a decision writes it: points, or percent of the leaf's maximum."""

    value: Decimal
    unit: Unit = Unit.POINTS

    def of(self, max_points: Decimal) -> Decimal:
        """The amount in points."""
        if self.unit is Unit.PERCENT:
            return rescaled(self.value, whole=HUNDRED, onto=max_points)
        return self.value


@dataclass(frozen=True, slots=True)
class NamedAmount:
    """A level, a part or a kind of violation, by the name that the framework gives it."""

    name: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class RatioFacts:
    """b of a: the part that was achieved, out of the whole (files on time of all files)."""

    numerator: Decimal
    denominator: Decimal

    @property
    def measured(self) -> Decimal:
        """The ratio in percent. Raises FactsError when there is none."""
        require_amount(self.numerator, "Tử số")
        require_amount(self.denominator, "Mẫu số")
        require_facts(
            self.denominator != 0,
            "Mẫu số bằng 0, không tính được tỷ lệ. Nếu không phát sinh, hãy đề nghị “không áp dụng”.",
        )
        return rescaled(self.numerator, whole=self.denominator, onto=HUNDRED)


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value measured directly, in the rule's own unit; it may be negative (revenue that fell)."""

    value: Decimal

    @property
    def measured(self) -> Decimal:
        """The value. Raises FactsError when it is no number."""
        require_facts(self.value.is_finite(), "Giá trị không phải là số.")
        return self.value


@dataclass(frozen=True, slots=True)
class PointsFacts:
    """Points given directly by a person or by another system."""

    points: Decimal

    def within(self, max_points: Decimal) -> Decimal:
        """The points. Raises FactsError when they are negative or above the maximum."""
        require_amount(self.points, "Điểm")
        require_facts(
            self.points <= max_points,
            f"Điểm {written(self.points)} vượt điểm tối đa {written(max_points)}.",
        )
        return self.points


def check_max_points(max_points: Decimal) -> None:
    """Raise RuleError unless the maximum is a number and not negative."""
    require_rule(max_points.is_finite() and max_points >= 0, "Điểm tối đa phải là số không âm.")


def check_amount(amount: Amount, max_points: Decimal, name: str) -> None:
    """Raise RuleError unless the amount lies between 0 and the maximum."""
    require_rule(
        amount.value.is_finite() and 0 <= amount.of(max_points) <= max_points,
        f"Mức điểm của “{name}” phải từ 0 đến điểm tối đa {written(max_points)}.",
    )


def check_names(items: Iterable[NamedAmount], what: str) -> None:
    """Raise RuleError unless there are items, each with a name of its own."""
    items = tuple(items)
    names = {item.name.strip() for item in items}
    require_rule(bool(items), f"Quy tắc chưa có {what} nào.")
    require_rule("" not in names, f"Có {what} chưa đặt tên.")
    require_rule(len(names) == len(items), f"Tên {what} bị trùng.")


def amounts_by_name(items: Iterable[NamedAmount], max_points: Decimal) -> dict[str, Decimal]:
    """The amount of each item in points."""
    return {item.name: item.amount.of(max_points) for item in items}
