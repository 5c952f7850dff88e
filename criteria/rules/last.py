"""Rules computed last: what people enter of their facts, and what the system adds at the end.

    best_unit       {"value": "12.5"}      added: "greatest", the greatest value of the group
    self_accuracy   {"judged": true}       added: "days_early", "self_total", "appraised_total"

The judged part is an amount of points, or true for all of them and false for none.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from criteria.rules.shapes import FACTS, Json, given, read_entries
from parindex.notation import plain
from parindex.scoring.rules import RuleKind, SelfAccuracy

ADDED: Mapping[RuleKind, frozenset[str]] = MappingProxyType(
    {
        RuleKind.BEST_UNIT: frozenset({"greatest"}),
        RuleKind.SELF_ACCURACY: frozenset({"days_early", "self_total", "appraised_total"}),
    }
)
COMPUTED_LAST = frozenset(kind.value for kind in ADDED)


def is_computed_last(kind: str) -> bool:
    """Whether the facts of this kind are complete only when the rest of a file or group is scored."""
    return kind in COMPUTED_LAST


def is_entered_part(kind: str, facts: Json) -> bool:
    """Whether these are facts as people enter them, to which the system still has to add."""
    return is_computed_last(kind) and not ADDED[RuleKind(kind)] & given(facts)


def with_stand_ins(kind: str, facts: Json) -> Json:
    """Facts with something in place of what the system will add, so that what was entered can be checked."""
    if kind == RuleKind.BEST_UNIT:
        return {**facts, "greatest": facts.get("value")}
    return {**facts, "days_early": 0, "self_total": 0, "appraised_total": 0}


def value_of(facts: Json) -> Decimal:
    """The unit's own value under `best_unit`, from facts that were checked when they were entered."""
    entries = FACTS[RuleKind.BEST_UNIT][0].entries
    value: Decimal = read_entries({"value": entries["value"]}, {"value": facts["value"]})["value"]
    return value


def with_judged_points(rule: SelfAccuracy, facts: Json) -> Json:
    """Facts with the judged part in points where it was given as true or false."""
    judged = facts.get("judged")
    if not isinstance(judged, bool):
        return facts
    return {**facts, "judged": plain(rule.judged_points) if judged else "0"}
