"""From answers of a survey to the index of a factor, to points, and to the margin that follows.

How an index is made is a setting of the survey: decisions differ. Counts are of valid answers only.
An index is in percent; without a valid answer there is none (None, not 0).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parindex.scoring.errors import FactsError, require_amount, require_facts, require_rule
from parindex.scoring.rounding import EXACT, HUNDRED, ZERO, exact_sum, percent, rescaled

Z_95 = Decimal("1.96")


@dataclass(frozen=True, slots=True)
class SatisfiedShare:
    """The share of satisfied answers ("hài lòng" and "rất hài lòng") over all valid answers."""

    satisfied: frozenset[str]

    def __post_init__(self) -> None:
        require_rule(bool(self.satisfied), "Chưa chọn phương án trả lời nào được tính là hài lòng.")

    def index(self, counts: Mapping[str, int]) -> Decimal | None:
        """The index in percent. Raises FactsError for a negative count."""
        answers = sum(n for option, n in _checked(counts).items() if option in self.satisfied)
        return percent(Decimal(answers), Decimal(sum(counts.values())))


@dataclass(frozen=True, slots=True)
class MeanWeight:
    """The mean of the weights of the chosen options, in percent (100/60/20/0 is one real set)."""

    weights: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        require_rule(bool(self.weights), "Chưa có trọng số của phương án trả lời nào.")
        require_rule(
            all(weight.is_finite() and 0 <= weight <= HUNDRED for weight in self.weights.values()),
            "Trọng số của phương án trả lời phải từ 0 đến 100.",
        )

    def index(self, counts: Mapping[str, int]) -> Decimal | None:
        """The index in percent. Raises FactsError for a negative count or an option without a weight."""
        return _mean(counts, self.weights, full=HUNDRED)


@dataclass(frozen=True, slots=True)
class MeanLevel:
    """The mean level over the highest level of the scale (mean of 1..5, divided by 5)."""

    levels: Mapping[str, Decimal]
    scale_max: Decimal

    def __post_init__(self) -> None:
        require_rule(self.scale_max.is_finite() and self.scale_max > 0, "Mức cao nhất phải là số dương.")
        require_rule(bool(self.levels), "Chưa có mức của phương án trả lời nào.")
        require_rule(
            all(level.is_finite() and 0 <= level <= self.scale_max for level in self.levels.values()),
            "Mức của phương án trả lời phải từ 0 đến mức cao nhất của thang.",
        )

    def index(self, counts: Mapping[str, int]) -> Decimal | None:
        """The index in percent. Raises FactsError for a negative count or an option without a level."""
        return _mean(counts, self.levels, full=self.scale_max)


IndexMethod = SatisfiedShare | MeanWeight | MeanLevel


@dataclass(frozen=True, slots=True)
class GroupIndex:
    """The index of one group of respondents, in percent, and the weight the survey gives the group."""

    index: Decimal | None
    weight: Decimal


def weighted_index(groups: Iterable[GroupIndex]) -> Decimal | None:
    """The weighted mean over respondent groups, in percent; weights need not add up to anything.

    None when any group with a weight has no index: leaving a group out shifts the weights, so it must
    be somebody's decision. Raises FactsError when no group has a weight, or a weight is negative.
    """
    groups = tuple(groups)
    for group in groups:
        require_amount(group.weight, "Trọng số của nhóm đối tượng")
    weighted = [group for group in groups if group.weight > 0]
    require_facts(bool(weighted), "Không có nhóm đối tượng nào có trọng số.")
    products = [EXACT.multiply(group.index, group.weight) for group in weighted if group.index is not None]
    if len(products) < len(weighted):
        return None
    return EXACT.divide(exact_sum(products), exact_sum(group.weight for group in weighted))


def index_points(index: Decimal, max_points: Decimal) -> Decimal:
    """Points of a factor: maximum × index, not rounded."""
    return rescaled(index, whole=HUNDRED, onto=max_points)


def margin_of_error(share: Decimal, valid: int, population: int | None = None) -> Decimal | None:
    """The margin of a share at 95 % confidence, in percentage points, not rounded.

    `share` is in percent, `valid` the number of valid forms; with `population` the margin is corrected
    for a finite population. None without a valid form. Raises FactsError for a share off 0..100, and for
    a population smaller than the sample.
    """
    require_amount(share, "Tỷ lệ")
    require_facts(share <= HUNDRED, "Tỷ lệ lớn hơn 100 %.")
    require_facts(valid >= 0, "Số phiếu hợp lệ là số âm.")
    if valid == 0:
        return None
    variance = EXACT.divide(EXACT.multiply(share, EXACT.subtract(HUNDRED, share)), Decimal(valid))
    if population is not None:
        require_facts(population >= valid, "Tổng thể nhỏ hơn số phiếu hợp lệ.")
        variance = rescaled(variance, whole=Decimal(max(1, population - 1)), onto=Decimal(population - valid))
    return EXACT.multiply(Z_95, EXACT.sqrt(variance))


def _checked(counts: Mapping[str, int]) -> Mapping[str, int]:
    for option, count in counts.items():
        require_facts(count >= 0, f"Số câu trả lời “{option}” là số âm ({count}).")
    return counts


def _mean(counts: Mapping[str, int], values: Mapping[str, Decimal], *, full: Decimal) -> Decimal | None:
    total = ZERO
    for option, count in _checked(counts).items():
        if option not in values:
            raise FactsError(f"Phương án “{option}” không có trong thang đo của câu hỏi.")
        total = EXACT.add(total, EXACT.multiply(values[option], Decimal(count)))
    return percent(total, EXACT.multiply(full, Decimal(sum(counts.values()))))
