"""The door from a framework's data to the arithmetic: a leaf's rule, a unit's facts, and the points.

Parameters and facts are JSON, in the shapes that `criteria.rules.shapes` lists.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol, cast

from criteria.exceptions import FactsRefused, RuleRefused
from criteria.rules.last import (
    COMPUTED_LAST,
    is_computed_last,
    is_entered_part,
    value_of,
    with_judged_points,
    with_stand_ins,
)
from criteria.rules.shapes import (
    FACTS,
    KNOCK_OUT,
    KNOCK_OUT_FACTS,
    PARAMETERS,
    Json,
    UnreadableError,
    given,
    read_entries,
)
from criteria.rules.telling import in_words
from criteria.rules.writing import WORKINGS
from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rounding import stored
from parindex.scoring.rules import RULES, KnockOut, KnockOutFacts, Rule, RuleKind, SelfAccuracy

__all__ = [
    "COMPUTED_LAST",
    "LABELS",
    "RuleKind",
    "Ruled",
    "facts_of",
    "in_words",
    "is_computed_last",
    "kind_label",
    "parameters_of",
    "points_known",
    "points_of",
    "rule_of",
    "stored",
    "value_of",
    "working",
]

LABELS: Mapping[RuleKind, str] = MappingProxyType(
    {
        RuleKind.YES_NO: "Có/không",
        RuleKind.LEVELS: "Theo mức",
        RuleKind.RATIO: "Tỷ lệ",
        RuleKind.STEPS: "Bậc",
        RuleKind.LINEAR: "Nội suy giữa hai ngưỡng",
        RuleKind.COUNT: "Đếm số lượng",
        RuleKind.PARTS: "Cộng các phần",
        RuleKind.DEDUCTION: "Trừ theo lỗi",
        RuleKind.KNOCK_OUT: "Điểm liệt: phát hiện thì 0 điểm",
        RuleKind.MANUAL: "Chấm trực tiếp",
        RuleKind.SURVEY: "Điều tra xã hội học",
        RuleKind.BEST_UNIT: "So với đơn vị cao nhất",
        RuleKind.SELF_ACCURACY: "Tự chấm chính xác, đúng hạn",
        RuleKind.IMPORTED: "Kết quả khác quy đổi",
    }
)


class Ruled(Protocol):
    """Anything with a rule: a criterion, or a row frozen from one."""

    @property
    def rule_kind(self) -> str:
        """Which kind of rule."""

    @property
    def rule_parameters(self) -> Json:
        """Its parameters."""

    @property
    def max_points(self) -> Decimal:
        """The leaf's maximum, in points."""


def rule_of(kind: str, parameters: Json, max_points: Decimal) -> Rule[Any]:
    """The rule of a leaf. Raises RuleRefused naming the parameter that cannot be used."""
    known = _kind(kind)
    try:
        if known is RuleKind.KNOCK_OUT:
            inner = dict(read_entries(KNOCK_OUT, parameters)["inner"])
            return KnockOut(inner=rule_of(inner.pop("kind", ""), inner, max_points))
        build = cast("Callable[..., Rule[Any]]", RULES[known])
        return build(max_points=max_points, **read_entries(PARAMETERS[known], parameters))
    except (UnreadableError, RuleError) as error:
        raise RuleRefused(f"Cách chấm “{LABELS[known]}”: {error}") from error


def parameters_of(rule: Rule[Any]) -> dict[str, Any]:
    """The parameters of a rule as JSON, so that `rule_of` gives the same rule again."""
    if isinstance(rule, KnockOut):
        return {"inner": {"kind": rule.inner.kind.value} | parameters_of(rule.inner)}
    defaults = {field.name: field.default for field in fields(cast("Any", rule))}
    values = {name: getattr(rule, name) for name in PARAMETERS[rule.kind]}
    return {
        name: PARAMETERS[rule.kind][name].write(value)
        for name, value in values.items()
        if defaults[name] is MISSING or value != defaults[name]
    }


def facts_of(rule: Rule[Any], data: Json) -> Any:
    """The facts of one unit as its rule takes them. Raises FactsRefused naming the entry at fault."""
    try:
        if isinstance(rule, KnockOut):
            return _knock_out_facts(rule, data)
        shapes, names = FACTS[rule.kind], given(data)
        started = [shape for shape in shapes if shape.entries.keys() & names]
        if len(started) > 1:
            ways = (", ".join(entry.label for entry in shape.entries.values()) for shape in started)
            raise FactsRefused(f"Chỉ ghi một cách: {'; hoặc '.join(ways)}.", next(iter(started[0].entries)))
        shape = next(iter(started), shapes[0])
        if isinstance(rule, SelfAccuracy):
            data = with_judged_points(rule, data)
        return shape.build(**read_entries(shape.entries, data))
    except UnreadableError as error:
        raise FactsRefused(str(error), error.name) from error


def points_of(criterion: Ruled, facts: Json) -> Decimal:
    """What the facts of one unit give on a leaf, not rounded. Raises RuleRefused or FactsRefused."""
    rule = rule_of(criterion.rule_kind, criterion.rule_parameters, criterion.max_points)
    return _points(rule, facts_of(rule, facts))


def points_known(criterion: Ruled, facts: Json) -> Decimal | None:
    """As `points_of`; None where the system has yet to add its part to the facts of a rule computed last."""
    if is_entered_part(criterion.rule_kind, facts):
        points_of(criterion, with_stand_ins(criterion.rule_kind, facts))
        return None
    return points_of(criterion, facts)


def kind_label(kind: str) -> str:
    """The name of a kind of rule. Raises RuleRefused for a kind that does not exist."""
    return LABELS[_kind(kind)]


def working(rule: Rule[Any], facts: Any) -> str:
    """How the points of `facts_of` come about, written out on one line. Raises FactsRefused."""
    points = _points(rule, facts)
    if not isinstance(rule, KnockOut):
        return WORKINGS[rule.kind](rule, facts, points)
    if facts.found:
        return f"Phát hiện: {facts.finding.strip().rstrip('.')}: 0 điểm"
    return working(rule.inner, facts.inner)


def _points(rule: Rule[Any], facts: Any) -> Decimal:
    try:
        return rule.points(facts)
    except FactsError as error:
        raise FactsRefused(str(error)) from error


def _kind(kind: str) -> RuleKind:
    if kind not in set(RuleKind):
        raise RuleRefused(f"Không có cách chấm “{kind}”.")
    return RuleKind(kind)


def _knock_out_facts(rule: KnockOut[Any], data: Json) -> KnockOutFacts[Any]:
    """With a finding the inner facts may be missing, and whatever stands there does not count."""
    read = read_entries(KNOCK_OUT_FACTS, data)
    inner = read.pop("inner", None)
    if read.get("found"):
        inner = None
    elif inner is not None:
        inner = facts_of(rule.inner, inner)
    return KnockOutFacts(inner=inner, **read)
