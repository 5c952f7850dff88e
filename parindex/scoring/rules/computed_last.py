"""Rules computed at the end from the system's own data: best unit, accuracy of the self-score."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from parindex.scoring.errors import require_amount, require_facts, require_rule, written
from parindex.scoring.rounding import EXACT, HUNDRED, ZERO, exact_sum, percent, rescaled
from parindex.scoring.rules.base import RuleKind, check_max_points


@dataclass(frozen=True, slots=True)
class BestUnitFacts:
    """The unit's value, and the greatest value over all units of its group."""

    value: Decimal
    greatest: Decimal


@dataclass(frozen=True, slots=True)
class BestUnit:
    """max × value / greatest value of the group; all units get 0 when the greatest value is 0."""

    kind: ClassVar[RuleKind] = RuleKind.BEST_UNIT
    computed_last: ClassVar[bool] = True

    max_points: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)

    def points(self, facts: BestUnitFacts) -> Decimal:
        """Points relative to the best unit, not rounded. Raises FactsError."""
        require_amount(facts.value, "Giá trị của đơn vị")
        require_amount(facts.greatest, "Giá trị lớn nhất của nhóm")
        require_facts(
            facts.value <= facts.greatest,
            f"Giá trị {written(facts.value)} lớn hơn giá trị lớn nhất của nhóm {written(facts.greatest)}.",
        )
        if facts.greatest == 0:
            return ZERO
        return rescaled(facts.value, whole=facts.greatest, onto=self.max_points)


@dataclass(frozen=True, slots=True)
class SelfAccuracyFacts:
    """What is known when the rest of the unit's file is concluded.

    `days_early`: whole days between submission and deadline, negative when late. The totals leave
    this leaf itself out. `judged`: points the council gives for content, accuracy and quality.
    """

    days_early: int
    self_total: Decimal
    appraised_total: Decimal
    judged: Decimal

    @property
    def error(self) -> Decimal | None:
        """How far the self-score is off, in percent of the appraised total; None when that is 0."""
        return percent(abs(EXACT.subtract(self.self_total, self.appraised_total)), self.appraised_total)


@dataclass(frozen=True, slots=True)
class SelfAccuracy:
    """Early submission + a judged part + a self-score close to the appraised one.

    Đông Triều 2022, criterion 9.4 (0.75 of 1 point): submitted at least 2 days early; content
    complete, accurate, of quality; self-score off by at most 5 % of the appraised score. How the
    point divides over the three is the framework's data. That the leaf is left out of the totals it
    is measured by is our reading: the paper does not say so, and any other reading is circular.
    """

    kind: ClassVar[RuleKind] = RuleKind.SELF_ACCURACY
    computed_last: ClassVar[bool] = True

    max_points: Decimal
    early_points: Decimal
    judged_points: Decimal
    accurate_points: Decimal
    min_days_early: int = 2
    tolerance: Decimal = Decimal(5)

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        parts = (self.early_points, self.judged_points, self.accurate_points)
        require_rule(
            all(part.is_finite() and part >= 0 for part in parts),
            "Điểm của từng phần phải là số không âm.",
        )
        require_rule(
            exact_sum(parts) == self.max_points,
            f"Tổng điểm ba phần phải bằng điểm tối đa {written(self.max_points)}.",
        )
        require_rule(self.min_days_early >= 0, "Số ngày nộp sớm không được âm.")
        require_rule(
            self.tolerance.is_finite() and 0 <= self.tolerance <= HUNDRED,
            "Sai số cho phép phải từ 0 đến 100 %.",
        )

    def points(self, facts: SelfAccuracyFacts) -> Decimal:
        """The sum of the three parts. Raises FactsError."""
        require_amount(facts.self_total, "Tổng điểm tự chấm")
        require_amount(facts.appraised_total, "Tổng điểm thẩm định")
        require_amount(facts.judged, "Điểm chất lượng báo cáo")
        require_facts(
            facts.judged <= self.judged_points,
            f"Điểm chất lượng báo cáo {written(facts.judged)} vượt mức {written(self.judged_points)}.",
        )
        early = self.early_points if facts.days_early >= self.min_days_early else ZERO
        accurate = self.accurate_points if self._is_accurate(facts) else ZERO
        return exact_sum((early, facts.judged, accurate))

    def _is_accurate(self, facts: SelfAccuracyFacts) -> bool:
        if facts.error is None:
            return facts.self_total == 0
        return facts.error <= self.tolerance
