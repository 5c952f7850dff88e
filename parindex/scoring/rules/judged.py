"""Rules over what a person finds: yes/no, levels, parts, deduction, knock-out, manual, survey."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar

from parindex.scoring.errors import FactsError, require_amount, require_facts, require_rule, written
from parindex.scoring.rounding import EXACT, HUNDRED, ZERO, exact_sum, rescaled
from parindex.scoring.rules.base import (
    NamedAmount,
    PointsFacts,
    Rule,
    RuleKind,
    amounts_by_name,
    check_amount,
    check_max_points,
    check_names,
)

FactsT = TypeVar("FactsT")


@dataclass(frozen=True, slots=True)
class YesNoFacts:
    """Whether the requirement was met."""

    met: bool


@dataclass(frozen=True, slots=True)
class YesNo:
    """The maximum when the requirement was met, otherwise 0."""

    kind: ClassVar[RuleKind] = RuleKind.YES_NO
    computed_last: ClassVar[bool] = False

    max_points: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)

    def points(self, facts: YesNoFacts) -> Decimal:
        """The maximum or 0."""
        return self.max_points if facts.met else ZERO


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """The name of the level that was found."""

    level: str


@dataclass(frozen=True, slots=True)
class Levels:
    """One amount for each named level (hoàn thành xuất sắc 100 %, tốt 75 %, hoàn thành 50 %)."""

    kind: ClassVar[RuleKind] = RuleKind.LEVELS
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    levels: tuple[NamedAmount, ...]

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        check_names(self.levels, "mức")
        for level in self.levels:
            check_amount(level.amount, self.max_points, level.name)

    def points(self, facts: LevelFacts) -> Decimal:
        """Points of the level. Raises FactsError when the scale has no such level."""
        amounts = amounts_by_name(self.levels, self.max_points)
        require_facts(facts.level in amounts, f"Mức “{facts.level}” không có trong thang điểm.")
        return amounts[facts.level]


@dataclass(frozen=True, slots=True)
class PartsFacts:
    """The names of the parts that were met."""

    met: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """Several conditions, each with its own amount; together never more than the maximum."""

    kind: ClassVar[RuleKind] = RuleKind.PARTS
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    parts: tuple[NamedAmount, ...]

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        check_names(self.parts, "phần")
        for part in self.parts:
            check_amount(part.amount, self.max_points, part.name)

    def points(self, facts: PartsFacts) -> Decimal:
        """The sum of the parts met, capped. Raises FactsError for a part that the rule does not have."""
        amounts = amounts_by_name(self.parts, self.max_points)
        for name in sorted(facts.met - amounts.keys()):
            raise FactsError(f"Phần “{name}” không có trong quy tắc chấm điểm.")
        return min(self.max_points, exact_sum(amounts[name] for name in facts.met))


@dataclass(frozen=True, slots=True)
class DeductionFacts:
    """How often each kind of violation was found; a kind that is not named did not occur."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Deduction:
    """The maximum less an amount per violation, never below 0 ("báo cáo chậm trừ 0,25 mỗi lần")."""

    kind: ClassVar[RuleKind] = RuleKind.DEDUCTION
    computed_last: ClassVar[bool] = False

    max_points: Decimal
    violations: tuple[NamedAmount, ...]

    def __post_init__(self) -> None:
        check_max_points(self.max_points)
        check_names(self.violations, "loại vi phạm")
        require_rule(
            all(kind.amount.value.is_finite() and kind.amount.value >= 0 for kind in self.violations),
            "Mức trừ của mỗi vi phạm phải là số không âm.",
        )

    def points(self, facts: DeductionFacts) -> Decimal:
        """What is left of the maximum. Raises FactsError for an unknown kind or a negative count."""
        amounts = amounts_by_name(self.violations, self.max_points)
        for name, count in facts.counts.items():
            require_facts(name in amounts, f"Loại vi phạm “{name}” không có trong quy tắc chấm điểm.")
            require_facts(count >= 0, f"Số lần vi phạm “{name}” là số âm ({count}).")
        lost = exact_sum(EXACT.multiply(amounts[name], Decimal(n)) for name, n in facts.counts.items())
        return max(ZERO, EXACT.subtract(self.max_points, lost))


@dataclass(frozen=True, slots=True)
class KnockOutFacts(Generic[FactsT]):
    """The facts of the inner rule, and whether something was found that voids them.

    The finding is mandatory where something was found; the inner facts may then be missing.
    """

    inner: FactsT | None
    found: bool = False
    finding: str = ""


@dataclass(frozen=True, slots=True)
class KnockOut(Generic[FactsT]):
    """Another rule whose points fall to 0 on a finding.

    Đông Triều 2022, criteria 8.5 and 8.6: one overdue file reported as on time gives 0 points.
    """

    kind: ClassVar[RuleKind] = RuleKind.KNOCK_OUT

    inner: Rule[FactsT]

    @property
    def computed_last(self) -> bool:
        """As the inner rule."""
        return self.inner.computed_last

    @property
    def max_points(self) -> Decimal:
        """The maximum of the inner rule, in points."""
        return self.inner.max_points

    def points(self, facts: KnockOutFacts[FactsT]) -> Decimal:
        """0 on a finding, otherwise the inner rule's points. Raises FactsError."""
        if facts.found:
            require_facts(bool(facts.finding.strip()), "Phải ghi rõ nội dung phát hiện khi cho 0 điểm.")
            return ZERO
        if facts.inner is None:
            raise FactsError("Chưa có số liệu để tính điểm.")
        return self.inner.points(facts.inner)


@dataclass(frozen=True, slots=True)
class Manual:
    """Points entered by a person, between 0 and the maximum (also a leader's score)."""

    kind: ClassVar[RuleKind] = RuleKind.MANUAL
    computed_last: ClassVar[bool] = False

    max_points: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)

    def points(self, facts: PointsFacts) -> Decimal:
        """The points entered. Raises FactsError when they lie outside 0..max."""
        return facts.within(self.max_points)


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """The index of a survey factor, in percent (parindex.scoring.survey)."""

    index: Decimal


@dataclass(frozen=True, slots=True)
class Survey:
    """Index of the survey × maximum, or the points that the survey's organiser announced."""

    kind: ClassVar[RuleKind] = RuleKind.SURVEY
    computed_last: ClassVar[bool] = False

    max_points: Decimal

    def __post_init__(self) -> None:
        check_max_points(self.max_points)

    def points(self, facts: IndexFacts | PointsFacts) -> Decimal:
        """Points of the survey, not rounded. Raises FactsError when index or points are off their scale."""
        if isinstance(facts, PointsFacts):
            return facts.within(self.max_points)
        require_amount(facts.index, "Chỉ số khảo sát")
        require_facts(facts.index <= HUNDRED, f"Chỉ số khảo sát {written(facts.index)} % lớn hơn 100 %.")
        return rescaled(facts.index, whole=HUNDRED, onto=self.max_points)
