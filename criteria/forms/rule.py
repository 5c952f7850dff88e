"""A leaf's rule as a form: one set of fields for each kind, lists typed line by line."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from criteria.rules import LABELS, RuleKind
from criteria.rules.lines import (
    LineError,
    amount_in,
    in_order,
    item_line,
    named_in,
    number_in,
    step_in,
    written,
)

LONGEST = 5000
# A knock-out is offered beside the kind that it wraps, as one more question.
OFFERED = tuple(kind for kind in RuleKind if kind is not RuleKind.KNOCK_OUT)
Json = Mapping[str, Any]


def _read(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text) if text else None
    except LineError as error:
        raise ValidationError(str(error)) from error


class NumberField(forms.CharField):
    """A number of a rule, kept as plain text."""

    def __init__(self, label: str, *, required: bool = True, hint: str = "") -> None:
        super().__init__(label=label, required=required, max_length=30, help_text=hint)
        self.error_messages["required"] = f"Ghi {label[0].lower()}{label[1:]}."

    def clean(self, value: Any) -> Any:
        return _read(number_in, super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value


class AmountField(NumberField):
    """Points or a share of the maximum."""

    def clean(self, value: Any) -> Any:
        return _read(amount_in, forms.CharField.clean(self, value))


class LinesField(forms.CharField):
    """Lines "words: amount"; a line that cannot be read is named by its number."""

    def __init__(self, label: str, hint: str, read: Callable[[str], Json]) -> None:
        super().__init__(label=label, max_length=LONGEST, widget=forms.Textarea, help_text=hint)
        self.error_messages["required"] = "Ghi ít nhất một dòng."
        self.read_line = read

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        return [self._read(number, line) for number, line in enumerate(lines, start=1) if line]

    def _read(self, number: int, line: str) -> Json:
        try:
            return self.read_line(line)
        except LineError as error:
            raise ValidationError(f"Dòng {number}: {error}") from error


LINES = "Mỗi dòng một mục, ghi “tên: điểm”; điểm có thể là tỷ lệ của điểm tối đa, ví dụ “50 %”."


def fields_of(kind: RuleKind) -> dict[str, forms.Field]:
    """The fields of one kind of rule, by the name of its parameter."""
    makers: dict[RuleKind, Callable[[], dict[str, forms.Field]]] = {
        RuleKind.LEVELS: lambda: {"levels": LinesField("Các mức", LINES, named_in)},
        RuleKind.PARTS: lambda: {"parts": LinesField("Các phần", LINES, named_in)},
        RuleKind.DEDUCTION: lambda: {"violations": LinesField("Các loại vi phạm, điểm trừ", LINES, named_in)},
        RuleKind.STEPS: lambda: {
            "steps": LinesField(
                "Các bậc",
                "Mỗi dòng một bậc: “từ 90: 1” (gồm cả 90) hoặc “trên 70: 0,5” (không gồm 70).",
                step_in,
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
        initial = _shown(parameters) if held == kind else {}
        super().__init__(data, initial=initial | {"knocks_out": wraps})
        self.kind = kind
        own = fields_of(kind)
        self.fields = own | {"knocks_out": self.fields["knocks_out"]}

    @property
    def rule(self) -> tuple[RuleKind, dict[str, Any]]:
        """The kind and its parameters as they are stored."""
        said = dict(self.cleaned_data)
        wraps = said.pop("knocks_out")
        parameters = {name: value for name, value in said.items() if value not in (None, "", False)}
        if "steps" in parameters:
            parameters["steps"] = in_order(parameters["steps"])
        if not wraps:
            return self.kind, parameters
        return RuleKind.KNOCK_OUT, {"inner": {"kind": self.kind.value} | parameters}


def _shown(parameters: Json) -> dict[str, Any]:
    """What stored parameters put into the fields."""
    shown: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            shown[name] = "\n".join(item_line(item) for item in value)
        elif isinstance(value, bool):
            shown[name] = value
        else:
            shown[name] = written(value)
    return shown


def kinds() -> list[tuple[str, str]]:
    """The kinds of rules to choose from."""
    return [(kind.value, LABELS[kind]) for kind in OFFERED]
