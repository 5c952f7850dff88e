"""Rules over a measured value: ratio, steps, linear, count, imported.

A ratio and a value are both facts of steps and linear rules: a ratio is measured in percent.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar

from parindex.scoring.errors import require_amount, require_facts, require_rule, written
from parindex.scoring.rounding import EXACT, HUNDRED, ZERO, rescaled
from parindex.scoring.rules.base import (
    Amount,
    RatioFacts,
    RuleKind,
    ValueFacts,
    check_amount,
    check_max_points,
)

Measured = RatioFacts | ValueFacts


@dataclass(frozen=True, slots=True)
class Ratio:
    """max × b/a, and 0 below the floor.

    `floor` is in percent; a ratio equal to it counts. `may_exceed` says that b may be larger than a
    (achieved more than planned), which gives the maximum; otherwise such facts are refused.
    """

    kind: ClassVar[RuleKind] = RuleKind.RATIO
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    floor: Decimal | None = None
    may_exceed: bool = False

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        require_rule(
            self.floor is None or (self.floor.is_finite() and 0 <= self.floor <= HUNDRED),
            "Ngưỡng tối thiểu của tỷ lệ phải từ 0 đến 100 %.",
        )

    def points(self, facts: RatioFacts) -> Decimal:
        """Points of the ratio, not rounded. Raises FactsError."""
        measured = facts.measured
        require_facts(
            self.may_exceed or facts.numerator <= facts.denominator,
            f"Tử số {written(facts.numerator)} lớn hơn mẫu số {written(facts.denominator)}.",
        )
        if self.floor is not None and measured < self.floor:
            return ZERO
        earned = rescaled(facts.numerator, whole=facts.denominator, onto=self.max_points)
        return min(self.max_points, earned)


class Boundary(StrEnum):
    """Which step the boundary value itself belongs to."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Step:
    """From this bound upwards: this amount.

    Boundary ABOVE is "từ 10 % trở lên" (the bound belongs to this step), BELOW is "trên 10 %".
    """

    bound: Decimal
    amount: Amount
    boundary: Boundary = Boundary.ABOVE

    def reached_by(self, value: Decimal) -> bool:
        """Whether the value lies on this step or higher."""
        return value > self.bound or (value == self.bound and self.boundary is Boundary.ABOVE)


@dataclass(frozen=True, slots=True)
class Steps:
    """Piecewise constant: the highest step that the value reaches, `base` below all steps.

    "Thu ngân sách tăng từ 10 % trở lên: 2 điểm" (Phường 2, 2022). Amounts may fall from step to
    step where less is better.
    """

    kind: ClassVar[RuleKind] = RuleKind.STEPS
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    steps: tuple[Step, ...]
    base: Amount = Amount(ZERO)

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        require_rule(bool(self.steps), "Quy tắc chưa có bậc điểm nào.")
        require_rule(all(step.bound.is_finite() for step in self.steps), "Mốc của bậc điểm không phải là số.")
        require_rule(
            all(lower.bound < upper.bound for lower, upper in pairwise(self.steps)),
            "Các mốc của bậc điểm phải tăng dần và không trùng nhau.",
        )
        check_amount(self.base, self.max_points, "dưới mốc thấp nhất")
        for step in self.steps:
            check_amount(step.amount, self.max_points, f"mốc {written(step.bound)}")

    def points(self, facts: Measured) -> Decimal:
        """Points of the step reached. Raises FactsError."""
        value = facts.measured
        reached = [step.amount for step in self.steps if step.reached_by(value)]
        return (reached[-1] if reached else self.base).of(self.max_points)


@dataclass(frozen=True, slots=True)
class Linear:
    """0 at `zero_at`, the maximum at `full_at`, a straight line between, clipped outside.

    When full_at is smaller than zero_at, less is better.
    """

    kind: ClassVar[RuleKind] = RuleKind.LINEAR
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    zero_at: Decimal
    full_at: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        require_rule(
            self.zero_at.is_finite() and self.full_at.is_finite() and self.zero_at != self.full_at,
            "Hai ngưỡng của quy tắc tuyến tính phải là hai số khác nhau.",
        )

    def points(self, facts: Measured) -> Decimal:
        """Points on the line, not rounded. Raises FactsError."""
        above = EXACT.subtract(facts.measured, self.zero_at)
        length = EXACT.subtract(self.full_at, self.zero_at)
        return min(self.max_points, max(ZERO, rescaled(above, whole=length, onto=self.max_points)))


@dataclass(frozen=True, slots=True)
class CountFacts:
    """How many there were."""

    count: int


@dataclass(frozen=True, slots=True)
class Count:
    """So many points for each one, up to the maximum ("mỗi sáng kiến 0,5 điểm, tối đa 2 điểm")."""

    kind: ClassVar[RuleKind] = RuleKind.COUNT
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    unit_points: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        require_rule(
            self.unit_points.is_finite() and self.unit_points > 0,
            "Điểm cho mỗi đơn vị đếm phải là số dương.",
        )

    def points(self, facts: CountFacts) -> Decimal:
        """Count × unit value, capped. Raises FactsError for a negative count."""
        require_facts(facts.count >= 0, f"Số lượng là số âm ({facts.count}).")
        return min(self.max_points, EXACT.multiply(Decimal(facts.count), self.unit_points))


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """The result of another official assessment, on its own scale."""

    result: Decimal


@dataclass(frozen=True, slots=True)
class Imported:
    """Another official result (digital government index, ISO) carried from 0..scale_max to 0..max."""

    kind: ClassVar[RuleKind] = RuleKind.IMPORTED
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    scale_max: Decimal = HUNDRED

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        require_rule(
            self.scale_max.is_finite() and self.scale_max > 0,
            "Thang điểm của kết quả nhập từ nơi khác phải là số dương.",
        )

    def points(self, facts: ImportedFacts) -> Decimal:
        """The result on this leaf's scale, not rounded. Raises FactsError when it is off its scale."""
        require_amount(facts.result, "Kết quả")
        require_facts(
            facts.result <= self.scale_max,
            f"Kết quả {written(facts.result)} vượt thang điểm {written(self.scale_max)}.",
        )
        return rescaled(facts.result, whole=self.scale_max, onto=self.max_points)
