"""A rule's parameters line by line, as a person types and reads them.

Levels, parts and violations are "Đúng hạn: 1" or "Đúng hạn: 50 %" (of the maximum); steps are "từ 90: 1"
(90 belongs to it) or "trên 70: 0,5" (70 does not); anything else is "ngưỡng tối thiểu: 70". A knock-out is
the rule inside it with one more line, "điểm liệt: có".
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from criteria.rules.shapes import PARAMETERS, Json
from parindex.notation import NotationError, parse_decimal, plain, vietnamese
from parindex.scoring.rules import RuleKind

AT_LEAST, MORE_THAN = "từ", "trên"
BOUNDARIES = {AT_LEAST: "above", MORE_THAN: "below"}
KNOCKS_OUT = "điểm liệt: có"
YES, NO = "có", "không"
LISTS = {
    RuleKind.LEVELS: "levels",
    RuleKind.PARTS: "parts",
    RuleKind.DEDUCTION: "violations",
    RuleKind.STEPS: "steps",
}

_STEP = re.compile(rf"({AT_LEAST}|{MORE_THAN})\s+(.+)", re.IGNORECASE)


class LineError(ValueError):
    """A line that cannot be read; the message is Vietnamese and fit to show."""


def number_in(text: str) -> str:
    """A number as rules keep it. Raises LineError."""
    try:
        return plain(parse_decimal(text.strip()))
    except NotationError as error:
        raise LineError(str(error)) from error


def amount_in(text: str) -> Any:
    """Points, "0,5" or "0,5 điểm", or a share of the maximum, "50 %". Raises LineError."""
    text = text.strip().removesuffix("điểm").strip()
    return {"percent": number_in(text[:-1])} if text.endswith("%") else number_in(text)


def written(amount: Any) -> str:
    """Points or a share of the maximum, as `amount_in` reads them."""
    if isinstance(amount, Mapping):
        return f"{vietnamese(parse_decimal(str(amount['percent'])))} %"
    return vietnamese(parse_decimal(str(amount)))


def named_in(line: str) -> Json:
    """A level, part or violation: "Đúng hạn: 1". Raises LineError."""
    words, amount = _halves(line)
    return {"name": words, "amount": amount_in(amount)}


def step_in(line: str) -> Json:
    """A step: "từ 90: 1", "trên 70: 0,5". Raises LineError."""
    words, amount = _halves(line)
    found = _STEP.fullmatch(words)
    if found is None:
        raise LineError("bắt đầu bằng “từ” (gồm cả mốc) hoặc “trên” (không gồm mốc), ví dụ “từ 90: 1”.")
    bound = number_in(found[2].strip().removesuffix("%"))
    return {"bound": bound, "boundary": BOUNDARIES[found[1].lower()], "amount": amount_in(amount)}


def _halves(line: str) -> tuple[str, str]:
    words, colon, amount = line.rpartition(":")
    if not colon or not words.strip():
        raise LineError(f"ghi theo mẫu “tên: điểm”. Đang ghi “{line}”.")
    return words.strip(), amount


def item_line(item: Json) -> str:
    """One level, part, violation or step."""
    if "bound" in item:
        words = MORE_THAN if item.get("boundary") == "below" else AT_LEAST
        return f"{words} {written(item['bound'])}: {written(item['amount'])}"
    return f"{item['name']}: {written(item['amount'])}"


def in_order(steps: Sequence[Json]) -> list[Json]:
    """Steps as the kernel takes them, from the lowest bound: papers begin with the best."""
    return sorted(steps, key=lambda step: Decimal(step["bound"]))


def lines_of(kind: RuleKind, parameters: Json) -> list[str]:
    """The parameters of a rule, one a line."""
    if kind is RuleKind.KNOCK_OUT:
        inner = dict(parameters["inner"])
        return [*lines_of(RuleKind(inner.pop("kind")), inner), KNOCKS_OUT]
    lines = []
    for name, value in parameters.items():
        if isinstance(value, list):
            lines += [item_line(item) for item in value]
        elif isinstance(value, bool):
            lines.append(f"{PARAMETERS[kind][name].label}: {YES if value else NO}")
        else:
            lines.append(f"{PARAMETERS[kind][name].label}: {written(value)}")
    return lines


def rule_in(kind: RuleKind, lines: Sequence[str]) -> tuple[RuleKind, dict[str, Any]]:
    """A kind, wrapped where a line says so, and its parameters. Raises LineError naming the line."""
    parameters: dict[str, Any] = {}
    knocks_out = False
    for place, line in enumerate(lines, start=1):
        if line.strip().casefold() == KNOCKS_OUT:
            knocks_out = True
            continue
        try:
            _read_line(kind, line.strip(), parameters)
        except LineError as error:
            raise LineError(f"dòng {place}: {error}") from error
    if "steps" in parameters:
        parameters["steps"] = in_order(parameters["steps"])
    if not knocks_out:
        return kind, parameters
    return RuleKind.KNOCK_OUT, {"inner": {"kind": kind.value} | parameters}


def _read_line(kind: RuleKind, line: str, parameters: dict[str, Any]) -> None:
    words, _, value = line.partition(":")
    scalars = {entry.label: name for name, entry in PARAMETERS[kind].items() if name != LISTS.get(kind)}
    if name := scalars.get(words.strip().casefold()):
        answer = value.strip().casefold()
        parameters[name] = answer == YES if answer in {YES, NO} else amount_in(value)
    elif kind in LISTS:
        read = step_in if kind is RuleKind.STEPS else named_in
        parameters.setdefault(LISTS[kind], []).append(read(line))
    else:
        raise LineError(f"cách chấm này không có “{line}”.")
