"""A leaf's rule as a form: one set of fields for each kind, lists typed line by line."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from criteria.rules import LABELS, RuleKind
from parindex.notation import NotationError, parse_decimal, plain, vietnamese

LONGEST = 5000
AT_LEAST, MORE_THAN = "từ", "trên"
STEP = re.compile(rf"({AT_LEAST}|{MORE_THAN})\s+(.+)", re.IGNORECASE)
# A knock-out is offered beside the kind that it wraps, as one more question.
OFFERED = tuple(kind for kind in RuleKind if kind is not RuleKind.KNOCK_OUT)
Json = dict[str, Any]


def _number(text: str) -> str:
    try:
        return plain(parse_decimal(text.strip()))
    except NotationError as error:
        raise ValidationError(str(error)) from error


def _amount(text: str) -> Any:
    """Points, "0,5", or a share of the maximum, "50 %"."""
    text = text.strip().removesuffix("điểm").strip()
    return {"percent": _number(text[:-1])} if text.endswith("%") else _number(text)


def _written(amount: Any) -> str:
    if isinstance(amount, Mapping):
        return f"{vietnamese(parse_decimal(amount['percent']))} %"
    return vietnamese(parse_decimal(str(amount)))


class NumberField(forms.CharField):
    """A number of a rule, kept as plain text."""

    def __init__(self, label: str, *, required: bool = True, hint: str = "") -> None:
        super().__init__(label=label, required=required, max_length=30, help_text=hint)
        self.error_messages["required"] = f"Ghi {label[0].lower()}{label[1:]}."

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return _number(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return value


class AmountField(NumberField):
    """Points or a share of the maximum."""

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value)
        return _amount(text) if text else None


class LinesField(forms.CharField):
    """Lines "words: amount"; a line that cannot be read is named by its number."""

    def __init__(self, label: str, hint: str, read: Callable[[str, str], Json]) -> None:
        super().__init__(label=label, max_length=LONGEST, widget=forms.Textarea, help_text=hint)
        self.error_messages["required"] = "Ghi ít nhất một dòng."
        self.read_line = read

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [self._read(number, line) for number, line in enumerate(lines, start=1) if line]

    def _read(self, number: int, line: str) -> Json:
        words, colon, amount = line.rpartition(":")
        if not colon or not words.strip():
            raise ValidationError(f"Dòng {number}: ghi theo mẫu “tên: điểm”. Đang ghi “{line}”.")
        try:
            return self.read_line(words.strip(), amount)
        except ValidationError as error:
            raise ValidationError(f"Dòng {number}: {error.messages[0]}") from error


def _named(words: str, amount: str) -> Json:
    return {"name": words, "amount": _amount(amount)}


def _step(words: str, amount: str) -> Json:
    found = STEP.fullmatch(words)
    if found is None:
        raise ValidationError("bắt đầu bằng “từ” (gồm cả mốc) hoặc “trên” (không gồm mốc), ví dụ “từ 90: 1”.")
    boundary = "above" if found[1].lower() == AT_LEAST else "below"
    bound = found[2].strip().removesuffix("%").strip()
    return {"bound": _number(bound), "boundary": boundary, "amount": _amount(amount)}


def _named_lines(items: Sequence[Json]) -> str:
    return "\n".join(f"{item['name']}: {_written(item['amount'])}" for item in items)


def _step_lines(items: Sequence[Json]) -> str:
    words = {"above": AT_LEAST, "below": MORE_THAN}
    return "\n".join(
        f"{words[item.get('boundary', 'above')]} {_written(item['bound'])}: {_written(item['amount'])}"
        for item in items
    )


LINES = "Mỗi dòng một mục, ghi “tên: điểm”; điểm có thể là tỷ lệ của điểm tối đa, ví dụ “50 %”."


def fields_of(kind: RuleKind) -> dict[str, forms.Field]:
    """The fields of one kind of rule, by the name of its parameter."""
    makers: dict[RuleKind, Callable[[], dict[str, forms.Field]]] = {
        RuleKind.LEVELS: lambda: {"levels": LinesField("Các mức", LINES, _named)},
        RuleKind.PARTS: lambda: {"parts": LinesField("Các phần", LINES, _named)},
        RuleKind.DEDUCTION: lambda: {"violations": LinesField("Các loại vi phạm, điểm trừ", LINES, _named)},
        RuleKind.STEPS: lambda: {
            "steps": LinesField(
                "Các bậc",
                "Mỗi dòng một bậc: “từ 90: 1” (gồm cả 90) hoặc “trên 70: 0,5” (không gồm 70).",
                _step,
            ),
            "base": AmountField("Điểm dưới mốc thấp nhất", required=False),
        },
        RuleKind.RATIO: lambda: {
            "floor": NumberField("Ngưỡng tối thiểu, %", required=False, hint="Dưới ngưỡng thì 0 điểm."),
            "may_exceed": forms.BooleanField(label="Tỷ lệ có thể vượt 100 %", required=False),
        },
        RuleKind.LINEAR: lambda: {
            "zero_at": NumberField("Ngưỡng 0 điểm"),
            "full_at": NumberField("Ngưỡng điểm tối đa"),
        },
        RuleKind.COUNT: lambda: {"unit_points": NumberField("Điểm cho mỗi đơn vị đếm")},
        RuleKind.SELF_ACCURACY: lambda: {
            "early_points": NumberField("Điểm nộp sớm"),
            "judged_points": NumberField("Điểm chất lượng báo cáo"),
            "accurate_points": NumberField("Điểm tự chấm sát"),
            "min_days_early": NumberField("Số ngày nộp sớm", required=False),
            "tolerance": NumberField("Sai số cho phép, điểm", required=False),
        },
        RuleKind.IMPORTED: lambda: {"scale_max": NumberField("Thang điểm của kết quả", required=False)},
    }
    return makers[kind]() if kind in makers else {}


class RuleForm(forms.Form):
    """The parameters of one kind of rule, with "điểm liệt" beside them."""

    knocks_out = forms.BooleanField(label="Phát hiện vi phạm thì cả mục 0 điểm (điểm liệt)", required=False)

    def __init__(self, data: Any = None, *, kind: RuleKind, stored: tuple[str, Json]) -> None:
        held, parameters = stored
        wraps = held == RuleKind.KNOCK_OUT
        if wraps:
            inner = dict(parameters.get("inner", {}))
            held, parameters = inner.pop("kind", ""), inner
        initial = _shown(kind, parameters) if held == kind else {}
        super().__init__(data, initial=initial | {"knocks_out": wraps})
        self.kind = kind
        own = fields_of(kind)
        self.fields = own | {"knocks_out": self.fields["knocks_out"]}

    @property
    def rule(self) -> tuple[RuleKind, Json]:
        """The kind and its parameters as they are stored."""
        said = dict(self.cleaned_data)
        wraps = said.pop("knocks_out")
        parameters = {name: value for name, value in said.items() if value not in (None, "", False)}
        if "steps" in parameters:
            # Papers begin with the best step, the kernel with the lowest bound.
            parameters["steps"] = sorted(parameters["steps"], key=lambda step: Decimal(step["bound"]))
        if not wraps:
            return self.kind, parameters
        return RuleKind.KNOCK_OUT, {"inner": {"kind": self.kind.value} | parameters}


def _shown(kind: RuleKind, parameters: Json) -> Json:
    """What stored parameters put into the fields."""
    shown: Json = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            shown[name] = _step_lines(value) if kind is RuleKind.STEPS else _named_lines(value)
        elif isinstance(value, bool):
            shown[name] = value
        else:
            shown[name] = _written(value)
    return shown


def kinds() -> list[tuple[str, str]]:
    """The kinds of rules to choose from."""
    return [(kind.value, LABELS[kind]) for kind in OFFERED]
