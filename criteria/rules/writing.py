"""How points come about, written out on one line for the page "vì sao?": 41/50 = 82 %; 41/50 × 1,50 = 1,23.

A result that does not end within the places that are stored is written rounded, behind "≈".
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from parindex.notation import MINUS, vietnamese
from parindex.scoring.rounding import STORED_PLACES, ZERO, round_half_up
from parindex.scoring.rules import (
    Amount,
    BestUnit,
    BestUnitFacts,
    Boundary,
    Count,
    CountFacts,
    Deduction,
    DeductionFacts,
    Imported,
    ImportedFacts,
    IndexFacts,
    LevelFacts,
    Levels,
    Linear,
    Manual,
    Measured,
    Parts,
    PartsFacts,
    PointsFacts,
    Ratio,
    RatioFacts,
    RuleKind,
    SelfAccuracy,
    SelfAccuracyFacts,
    Step,
    Steps,
    Survey,
    Unit,
    YesNo,
    YesNoFacts,
)

PRINTED_PLACES = 2


def _points(value: Decimal) -> str:
    return vietnamese(round_half_up(value, STORED_PLACES), PRINTED_PLACES)


def _is(value: Decimal, places: int = STORED_PLACES) -> str:
    return "=" if round_half_up(value, places) == value else "≈"


def _gives(value: Decimal) -> str:
    return f"{_is(value)} {_points(value)}"


def _percentage(value: Decimal) -> str:
    return f"{vietnamese(round_half_up(value, PRINTED_PLACES))} %"


def _fraction(facts: RatioFacts) -> str:
    return f"{vietnamese(facts.numerator)}/{vietnamese(facts.denominator)}"


def _measured(facts: Measured) -> str:
    if isinstance(facts, RatioFacts):
        return f"{_fraction(facts)} {_is(facts.measured, PRINTED_PLACES)} {_percentage(facts.measured)}"
    return vietnamese(facts.measured)


def _amount(amount: Amount, maximum: Decimal) -> str:
    points = amount.of(maximum)
    if amount.unit is Unit.PERCENT:
        return f"{vietnamese(amount.value)} % × {_points(maximum)} {_gives(points)}"
    return _points(points)


def _yes_no(rule: YesNo, facts: YesNoFacts, points: Decimal) -> str:
    return f"{'Có' if facts.met else 'Không'}: {_points(points)}"


def _levels(rule: Levels, facts: LevelFacts, points: Decimal) -> str:
    amount = next(level.amount for level in rule.levels if level.name == facts.level)
    return f"Mức “{facts.level}”: {_amount(amount, rule.max_points)}"


def _ratio(rule: Ratio, facts: RatioFacts, points: Decimal) -> str:
    if rule.floor is not None and facts.measured < rule.floor:
        return f"{_measured(facts)}, dưới ngưỡng {vietnamese(rule.floor)} %: {_points(points)}"
    if facts.numerator > facts.denominator:
        return f"{_measured(facts)}, vượt 100 %: {_points(points)}"
    return f"{_measured(facts)}; {_fraction(facts)} × {_points(rule.max_points)} {_gives(points)}"


def _steps(rule: Steps, facts: Measured, points: Decimal) -> str:
    reached = [step for step in rule.steps if step.reached_by(facts.measured)]
    if not reached:
        return (
            f"{_measured(facts)}, chưa tới bậc {_step(rule.steps[0])}: {_amount(rule.base, rule.max_points)}"
        )
    return (
        f"{_measured(facts)}, thuộc bậc {_step(reached[-1])}: {_amount(reached[-1].amount, rule.max_points)}"
    )


def _step(step: Step) -> str:
    bound = vietnamese(step.bound)
    return f"“từ {bound} trở lên”" if step.boundary is Boundary.ABOVE else f"“trên {bound}”"


def _linear(rule: Linear, facts: Measured, points: Decimal) -> str:
    zero, full = vietnamese(rule.zero_at), vietnamese(rule.full_at)
    towards_full = 1 if rule.full_at > rule.zero_at else -1
    if (facts.measured - rule.zero_at) * towards_full <= 0:
        return f"{_measured(facts)}, chưa qua ngưỡng {zero}: {_points(points)}"
    if (facts.measured - rule.full_at) * towards_full >= 0:
        return f"{_measured(facts)}, đã tới ngưỡng {full}: {_points(points)}"
    shown = round_half_up(facts.measured, PRINTED_PLACES)
    result = _gives(points) if shown == facts.measured else f"≈ {_points(points)}"
    opening = f"{_measured(facts)}; " if isinstance(facts, RatioFacts) else ""
    above, length = (f"({number} − {_bracketed(zero)})" for number in (vietnamese(shown), full))
    return f"{opening}{above}/{length} × {_points(rule.max_points)} {result}"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith(MINUS) else number


def _capped(sum_text: str, total: Decimal, points: Decimal) -> str:
    if total > points:
        return f"{sum_text} = {_points(total)}, không quá {_points(points)}"
    return f"{sum_text} {_gives(points)}"


def _count(rule: Count, facts: CountFacts, points: Decimal) -> str:
    return _capped(f"{facts.count} × {_points(rule.unit_points)}", rule.unit_points * facts.count, points)


def _parts(rule: Parts, facts: PartsFacts, points: Decimal) -> str:
    met = [part for part in rule.parts if part.name in facts.met]
    amounts = [part.amount.of(rule.max_points) for part in met]
    if not met:
        return f"Không phần nào đạt: {_points(points)}"
    texts = [f"{part.name} {_points(amount)}" for part, amount in zip(met, amounts, strict=True)]
    return _capped(" + ".join(texts), sum(amounts, ZERO), points)


def _deduction(rule: Deduction, facts: DeductionFacts, points: Decimal) -> str:
    found = [kind for kind in rule.violations if facts.counts.get(kind.name)]
    if not found:
        return f"Không có vi phạm: {_points(points)}"
    amounts = {kind.name: kind.amount.of(rule.max_points) for kind in found}
    lost = " − ".join(f"{facts.counts[name]} × {_points(each)} ({name})" for name, each in amounts.items())
    left = rule.max_points - sum((facts.counts[name] * each for name, each in amounts.items()), ZERO)
    floor = f", không dưới {_points(points)}" if left < 0 else ""
    return f"{_points(rule.max_points)} − {lost} {_gives(left)}{floor}"


def _manual(rule: Manual, facts: PointsFacts, points: Decimal) -> str:
    return f"Chấm trực tiếp {_points(points)} trên {_points(rule.max_points)}"


def _survey(rule: Survey, facts: IndexFacts | PointsFacts, points: Decimal) -> str:
    if isinstance(facts, PointsFacts):
        return f"Điểm khảo sát đã công bố {_points(points)} trên {_points(rule.max_points)}"
    return f"{vietnamese(facts.index)} % × {_points(rule.max_points)} {_gives(points)}"


def _best_unit(rule: BestUnit, facts: BestUnitFacts, points: Decimal) -> str:
    if facts.greatest == 0:
        return f"Giá trị lớn nhất của nhóm là 0: {_points(points)}"
    value, greatest = vietnamese(facts.value), vietnamese(facts.greatest)
    return f"{value}/{greatest} × {_points(rule.max_points)} {_gives(points)}"


def _self_accuracy(rule: SelfAccuracy, facts: SelfAccuracyFacts, points: Decimal) -> str:
    early = rule.early_points if facts.days_early >= rule.min_days_early else ZERO
    accurate = points - early - facts.judged
    error = "không tính được" if facts.error is None else _percentage(facts.error)
    when = f"sớm {facts.days_early} ngày" if facts.days_early >= 0 else f"muộn {-facts.days_early} ngày"
    return (
        f"Nộp {when} {_points(early)} + chất lượng {_points(facts.judged)}"
        f" + sai số {error} {_points(accurate)} {_gives(points)}"
    )


def _imported(rule: Imported, facts: ImportedFacts, points: Decimal) -> str:
    result, scale = vietnamese(facts.result), vietnamese(rule.scale_max)
    return f"{result}/{scale} × {_points(rule.max_points)} {_gives(points)}"


# A knock-out writes its own finding, or what the rule inside it writes (`working` of criteria.rules).
WORKINGS: Mapping[RuleKind, Callable[[Any, Any, Decimal], str]] = MappingProxyType(
    {
        RuleKind.YES_NO: _yes_no,
        RuleKind.LEVELS: _levels,
        RuleKind.RATIO: _ratio,
        RuleKind.STEPS: _steps,
        RuleKind.LINEAR: _linear,
        RuleKind.COUNT: _count,
        RuleKind.PARTS: _parts,
        RuleKind.DEDUCTION: _deduction,
        RuleKind.MANUAL: _manual,
        RuleKind.SURVEY: _survey,
        RuleKind.BEST_UNIT: _best_unit,
        RuleKind.SELF_ACCURACY: _self_accuracy,
        RuleKind.IMPORTED: _imported,
    }
)
