"""The shapes of a rule's parameters (`Criterion.rule_parameters`) and of facts (`Score.facts`) in JSON.

Keys are the names of the kernel's own dataclasses; PARAMETERS and FACTS below are the whole list.
Numbers are text, "0.25" or "0,25"; a whole number may be a JSON number; a binary float is refused. An
amount of points is such text, or {"percent": "75"} of the leaf's maximum. What equals its default may be
left out, and so may a fact that is not known: null, "" and absent are the same.

    levels      {"levels": [{"name": "Tốt", "amount": {"percent": "75"}}, …]}    {"level": "Tốt"}
    steps       {"steps": [{"bound": "10", "boundary": "above", "amount": "2"}]}    {"value": "12.5"}
    knock_out   {"inner": {"kind": "ratio", "floor": "70"}}    {"found": false, "inner": {…}}
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from parindex.notation import parse_decimal, plain
from parindex.scoring.rules import (
    Amount,
    BestUnitFacts,
    Boundary,
    CountFacts,
    DeductionFacts,
    ImportedFacts,
    IndexFacts,
    LevelFacts,
    NamedAmount,
    PartsFacts,
    PointsFacts,
    RatioFacts,
    RuleKind,
    SelfAccuracyFacts,
    Step,
    Unit,
    ValueFacts,
    YesNoFacts,
)

Json = Mapping[str, Any]


class UnreadableError(ValueError):
    """An entry is missing, unknown or of the wrong kind; `name` is its key."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a JSON object: its Vietnamese name, and how its value is read and written."""

    label: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = _same
    required: bool = True


@dataclass(frozen=True, slots=True)
class FactsShape:
    """One way to give the facts of a kind of rule."""

    build: Callable[..., Any]
    entries: Mapping[str, Entry]


def given(data: Json) -> set[str]:
    """The keys under which something stands."""
    return {name for name, value in _object(data).items() if value is not None and value != ""}


def read_entries(entries: Mapping[str, Entry], data: Json) -> dict[str, Any]:
    """Read what is given. Raises UnreadableError; a key that is not known is never passed over."""
    present = given(data)
    for name in sorted(data.keys() - entries.keys()):
        raise UnreadableError(f"Không có mục “{name}”.", name)
    for name, entry in entries.items():
        if entry.required and name not in present:
            raise UnreadableError(f"Chưa có {entry.label}.", name)
    return {name: _read(name, entry, data[name]) for name, entry in entries.items() if name in present}


def _read(name: str, entry: Entry, value: Any) -> Any:
    try:
        return entry.read(value)
    except ValueError as error:
        raise UnreadableError(f"{entry.label[0].upper()}{entry.label[1:]}: {error}", name) from error


def _object(value: Any) -> Json:
    if not isinstance(value, Mapping):
        raise UnreadableError("Phải gồm các mục có tên.")
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise UnreadableError("Phải là một danh sách.")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return parse_decimal(_text(value))


def _whole(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise UnreadableError(f"“{value}” không phải là số nguyên.")
    return int(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnreadableError(f"“{value}” phải ghi dưới dạng chữ.")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(f"“{value}” phải là có hoặc không (true, false).")
    return value


def _names(value: Any) -> frozenset[str]:
    return frozenset(_text(name) for name in _list(value))


def _counts(value: Any) -> dict[str, int]:
    return {name: _whole(count) for name, count in _object(value).items()}


def _amount(value: Any) -> Amount:
    if isinstance(value, Mapping):
        return Amount(read_entries(_PERCENT, value)["percent"], Unit.PERCENT)
    return Amount(_number(value))


def _written_amount(amount: Amount) -> Any:
    text = plain(amount.value)
    return {"percent": text} if amount.unit is Unit.PERCENT else text


def _named(value: Any) -> tuple[NamedAmount, ...]:
    return tuple(NamedAmount(**read_entries(_NAMED_AMOUNT, item)) for item in _list(value))


def _written_named(items: Sequence[NamedAmount]) -> list[Json]:
    return [{"name": item.name, "amount": _written_amount(item.amount)} for item in items]


def _boundary(value: Any) -> Boundary:
    if value not in set(Boundary):
        raise UnreadableError(f"“{value}” phải là above (từ mốc trở lên) hoặc below (trên mốc).")
    return Boundary(value)


def _steps(value: Any) -> tuple[Step, ...]:
    return tuple(Step(**read_entries(_STEP, item)) for item in _list(value))


def _written_steps(steps: Sequence[Step]) -> list[Json]:
    return [
        {"bound": plain(step.bound), "boundary": step.boundary.value, "amount": _written_amount(step.amount)}
        for step in steps
    ]


def _numeric(label: str, *, required: bool = True) -> Entry:
    """An entry that holds a number."""
    return Entry(label, _number, plain, required)


_PERCENT = {"percent": _numeric("tỷ lệ % của điểm tối đa")}
_NAMED_AMOUNT = {"name": Entry("tên", _text), "amount": Entry("mức điểm", _amount)}
_STEP = {
    "bound": _numeric("mốc"),
    "boundary": Entry("cách tính mốc", _boundary, required=False),
    "amount": Entry("mức điểm", _amount),
}
KNOCK_OUT: Mapping[str, Entry] = {"inner": Entry("cách chấm khi không có phát hiện", _object)}
KNOCK_OUT_FACTS: Mapping[str, Entry] = {
    "found": Entry("có phát hiện hay không", _truth, required=False),
    "finding": Entry("nội dung phát hiện", _text, required=False),
    "inner": Entry("số liệu", _object, required=False),
}

PARAMETERS: Mapping[RuleKind, Mapping[str, Entry]] = MappingProxyType(
    {
        RuleKind.YES_NO: {},
        RuleKind.LEVELS: {"levels": Entry("các mức", _named, _written_named)},
        RuleKind.RATIO: {
            "floor": _numeric("ngưỡng tối thiểu", required=False),
            "may_exceed": Entry("cho phép vượt 100 %", _truth, required=False),
        },
        RuleKind.STEPS: {
            "steps": Entry("các bậc", _steps, _written_steps),
            "base": Entry("điểm dưới mốc thấp nhất", _amount, _written_amount, required=False),
        },
        RuleKind.LINEAR: {"zero_at": _numeric("ngưỡng 0 điểm"), "full_at": _numeric("ngưỡng điểm tối đa")},
        RuleKind.COUNT: {"unit_points": _numeric("điểm cho mỗi đơn vị đếm")},
        RuleKind.PARTS: {"parts": Entry("các phần", _named, _written_named)},
        RuleKind.DEDUCTION: {"violations": Entry("các loại vi phạm", _named, _written_named)},
        RuleKind.MANUAL: {},
        RuleKind.SURVEY: {},
        RuleKind.BEST_UNIT: {},
        RuleKind.SELF_ACCURACY: {
            "early_points": _numeric("điểm nộp sớm"),
            "judged_points": _numeric("điểm chất lượng báo cáo"),
            "accurate_points": _numeric("điểm tự chấm sát"),
            "min_days_early": Entry("số ngày nộp sớm", _whole, required=False),
            "tolerance": _numeric("sai số cho phép", required=False),
        },
        RuleKind.IMPORTED: {"scale_max": _numeric("thang điểm của kết quả", required=False)},
    }
)

_RATIO = FactsShape(RatioFacts, {"numerator": _numeric("tử số"), "denominator": _numeric("mẫu số")})
_VALUE = FactsShape(ValueFacts, {"value": _numeric("giá trị")})
_POINTS = FactsShape(PointsFacts, {"points": _numeric("điểm")})
_INDEX = FactsShape(IndexFacts, {"index": _numeric("chỉ số khảo sát")})

# The first shape is the one asked for where nothing is given yet.
FACTS: Mapping[RuleKind, Sequence[FactsShape]] = MappingProxyType(
    {
        RuleKind.YES_NO: [FactsShape(YesNoFacts, {"met": Entry("câu trả lời có hay không", _truth)})],
        RuleKind.LEVELS: [FactsShape(LevelFacts, {"level": Entry("mức", _text)})],
        RuleKind.RATIO: [_RATIO],
        RuleKind.STEPS: [_VALUE, _RATIO],
        RuleKind.LINEAR: [_VALUE, _RATIO],
        RuleKind.COUNT: [FactsShape(CountFacts, {"count": Entry("số lượng", _whole)})],
        RuleKind.PARTS: [FactsShape(PartsFacts, {"met": Entry("các phần đạt", _names)})],
        RuleKind.DEDUCTION: [FactsShape(DeductionFacts, {"counts": Entry("số lần vi phạm", _counts)})],
        RuleKind.MANUAL: [_POINTS],
        RuleKind.SURVEY: [_INDEX, _POINTS],
        RuleKind.BEST_UNIT: [
            FactsShape(
                BestUnitFacts,
                {"value": _numeric("giá trị của đơn vị"), "greatest": _numeric("giá trị lớn nhất của nhóm")},
            )
        ],
        RuleKind.SELF_ACCURACY: [
            FactsShape(
                SelfAccuracyFacts,
                {
                    "days_early": Entry("số ngày nộp sớm", _whole),
                    "self_total": _numeric("tổng điểm tự chấm"),
                    "appraised_total": _numeric("tổng điểm thẩm định"),
                    "judged": _numeric("điểm chất lượng báo cáo"),
                },
            )
        ],
        RuleKind.IMPORTED: [FactsShape(ImportedFacts, {"result": _numeric("kết quả")})],
    }
)
