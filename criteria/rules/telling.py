"""A rule's parameters in words, as a person compares them: "Đúng hạn: 1; chậm: 0,5"."""

from collections.abc import Mapping
from typing import Any

from criteria.rules.shapes import PARAMETERS, Json
from parindex.notation import parse_decimal, vietnamese
from parindex.scoring.rules import RuleKind


def in_words(kind: RuleKind, parameters: Json) -> str:
    """What a rule of this kind asks, without its name; empty where it has no parameters."""
    if kind is RuleKind.KNOCK_OUT:
        inner = dict(parameters["inner"])
        return in_words(RuleKind(inner.pop("kind")), inner)
    said = []
    for name, value in parameters.items():
        if isinstance(value, list):
            said += [_item(item) for item in value]
        else:
            said.append(f"{PARAMETERS[kind][name].label}: {_value(value)}")
    return "; ".join(said)


def _item(item: Mapping[str, Any]) -> str:
    """One level, part, violation or step."""
    if "bound" in item:
        words = "trên" if item.get("boundary") == "below" else "từ"
        return f"{words} {_value(item['bound'])}: {_value(item['amount'])}"
    return f"{item['name']}: {_value(item['amount'])}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, Mapping):
        return f"{_value(value['percent'])} %"
    return vietnamese(parse_decimal(str(value)))
