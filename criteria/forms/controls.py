"""Fields that a leaf's rule asks for, one kind of control for each kind of rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from criteria.rules import RuleKind
from parindex.notation import NotationError, parse_decimal, plain, vietnamese

LONGEST_NUMBER = 30
LONGEST_REASON = 5000
YES_NO = [("yes", "Có"), ("no", "Không")]
NO_PART = "none"

Json = dict[str, Any]
Shown = dict[str, Any]


class NumberField(forms.CharField):
    """A number as people type it, kept as plain text: "41,50" becomes "41.5"."""

    def __init__(self, label: str, note: str = "") -> None:
        super().__init__(label=label, required=False, max_length=LONGEST_NUMBER, help_text=note)

    def clean(self, value: Any) -> str:
        """Plain notation, or nothing. Raises ValidationError for text that is no number."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return plain(parse_decimal(text))
        except NotationError as error:
            raise ValidationError(str(error)) from error


class CountField(NumberField):
    """How many there are of something."""

    def clean(self, value: Any) -> str:
        """A whole number, or nothing. Raises ValidationError for halves and for less than none."""
        text = super().clean(value)
        number = Decimal(text or 0)
        if number < 0:
            raise ValidationError(f"“{vietnamese(number)}” là số âm.")
        if number != number.to_integral_value():
            raise ValidationError(f"“{vietnamese(number)}” không phải là số nguyên.")
        return text


def say_where(form: forms.Form, names: Iterable[str], code: str) -> None:
    """Begin what is wrong with these fields with row and field, where it does not name the row yet."""
    for name in names:
        if name in form.errors:
            form.errors[name] = form.error_class(
                [
                    said if f"ục {code}" in said else f"Mục {code}, {form.fields[name].label}: {said}"
                    for said in map(str, form.errors[name])
                ]
            )


def _written(value: Any) -> str:
    """A number of stored facts as it is shown in a field."""
    return "" if value is None else vietnamese(Decimal(str(value).replace(",", ".")))


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


@dataclass(frozen=True, slots=True)
class Control:
    """How one kind of rule is asked: its fields, how facts fill them, and which facts they give.

    `facts` gives nothing at all where nothing was entered.
    """

    fields: Mapping[str, forms.Field]
    shown: Callable[[Json], Shown]
    facts: Callable[[Shown], Json]
    note: str = ""
    # Under which field an entry of the facts stands, where the names differ.
    fields_of: Mapping[str, str] = field(default_factory=dict)


def _numbers(labels: Mapping[str, str], note: str) -> Control:
    """Facts that are numbers under their own names."""
    return Control(
        fields={name: NumberField(label) for name, label in labels.items()},
        shown=lambda facts: {name: _written(facts.get(name)) for name in labels},
        facts=lambda said: {name: said[name] for name in labels if said[name]},
        note=note,
    )


def _truth(name: str, label: str) -> Control:
    return Control(
        fields={name: _choice(label, YES_NO)},
        shown=lambda facts: {name: {True: "yes", False: "no"}.get(facts.get(name), "")},  # type: ignore[arg-type]
        facts=lambda said: {name: said[name] == "yes"} if said[name] else {},
    )


def _yes_no(rule: Any, most: str) -> Control:
    return _truth("met", "Có hay không")


def _levels(rule: Any, most: str) -> Control:
    names = [level.name for level in rule.levels]
    choices = [
        (str(place), f"{level.name}: {_points(level.amount, rule)}")
        for place, level in enumerate(rule.levels)
    ]
    return Control(
        fields={"level": _choice("Mức", choices)},
        shown=lambda facts: {
            "level": str(names.index(facts["level"])) if facts.get("level") in names else ""
        },
        facts=lambda said: {"level": names[int(said["level"])]} if said["level"] else {},
    )


def _points(amount: Any, rule: Any) -> str:
    return vietnamese(amount.of(rule.max_points), 2)


def _ratio(rule: Any, most: str) -> Control:
    floor = f"; dưới {vietnamese(rule.floor)} % không có điểm" if rule.floor else ""
    note = f"tử số / mẫu số × {most}{floor}"
    return _numbers({"numerator": "tử số", "denominator": "mẫu số"}, note)


def _measured(rule: Any, most: str) -> Control:
    labels = {"value": "giá trị", "numerator": "hoặc tử số", "denominator": "trên mẫu số"}
    return _numbers(labels, f"Ghi giá trị, hoặc ghi tử số và mẫu số; tối đa {most}")


def _count(rule: Any, most: str) -> Control:
    return Control(
        fields={"count": CountField("số lượng")},
        shown=lambda facts: {"count": _written(facts.get("count"))},
        facts=lambda said: {"count": said["count"]} if said["count"] else {},
        note=f"mỗi đơn vị {vietnamese(rule.unit_points, 2)} điểm; tối đa {most}",
    )


def _parts(rule: Any, most: str) -> Control:
    names = [part.name for part in rule.parts]
    choices = [
        (str(place), f"{part.name}: +{_points(part.amount, rule)}") for place, part in enumerate(rule.parts)
    ]
    choices.append((NO_PART, "Không đạt phần nào"))

    def shown(facts: Json) -> Shown:
        if "met" not in facts:
            return {"met": []}
        return {"met": [str(names.index(name)) for name in facts["met"] if name in names] or [NO_PART]}

    def given(said: Shown) -> Json:
        if not said["met"]:
            return {}
        return {"met": [names[int(place)] for place in said["met"] if place != NO_PART]}

    box = forms.MultipleChoiceField(
        label="Các phần đạt", choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    return Control(fields={"met": box}, shown=shown, facts=given, note=f"cộng các phần đạt; tối đa {most}")


def _deduction(rule: Any, most: str) -> Control:
    names = {f"count_{place}": kind.name for place, kind in enumerate(rule.violations)}
    fields = {
        f"count_{place}": CountField(kind.name, f"mỗi lần trừ {_points(kind.amount, rule)}")
        for place, kind in enumerate(rule.violations)
    }

    def shown(facts: Json) -> Shown:
        counts = facts.get("counts", {})
        return {key: _written(counts.get(name)) for key, name in names.items()}

    def given(said: Shown) -> Json:
        counts = {name: said[key] for key, name in names.items() if said[key]}
        return {"counts": counts} if counts else {}

    note = f"{most} trừ số lần vi phạm; ghi số dương, không vi phạm thì ghi 0"
    return Control(fields, shown, given, note, fields_of={"counts": next(iter(names), "")})


def _knock_out(rule: Any, most: str) -> Control:
    inner = control_for(rule.inner)
    fields: dict[str, forms.Field] = {
        **inner.fields,
        "found": forms.BooleanField(label="Có phát hiện làm mất toàn bộ điểm", required=False),
        "finding": forms.CharField(label="Nội dung phát hiện", required=False, max_length=LONGEST_REASON),
    }

    def shown(facts: Json) -> Shown:
        found = {"found": bool(facts.get("found")), "finding": facts.get("finding", "")}
        return inner.shown(facts.get("inner") or {}) | found

    def given(said: Shown) -> Json:
        if said["found"]:
            return {"found": True, "finding": said["finding"]}
        facts = inner.facts(said)
        return {"found": False, "inner": facts} if facts else {}

    return Control(fields, shown, given, inner.note, inner.fields_of)


def _judged(rule: Any, most: str) -> Control:
    return _truth("judged", "Báo cáo đạt chất lượng")


def _own_value(rule: Any, most: str) -> Control:
    return _numbers({"value": "giá trị"}, "Hệ thống tính điểm khi có giá trị của cả nhóm")


def _result(rule: Any, most: str) -> Control:
    return _numbers({"result": "kết quả"}, f"quy đổi về {most} điểm")


CONTROLS: Mapping[RuleKind, Callable[[Any, str], Control]] = MappingProxyType(
    {
        RuleKind.YES_NO: _yes_no,
        RuleKind.LEVELS: _levels,
        RuleKind.RATIO: _ratio,
        RuleKind.STEPS: _measured,
        RuleKind.LINEAR: _measured,
        RuleKind.COUNT: _count,
        RuleKind.PARTS: _parts,
        RuleKind.DEDUCTION: _deduction,
        RuleKind.KNOCK_OUT: _knock_out,
        RuleKind.BEST_UNIT: _own_value,
        RuleKind.SELF_ACCURACY: _judged,
        RuleKind.IMPORTED: _result,
    }
)


def control_for(rule: Any) -> Control:
    """The control of a rule; whatever people judge directly is asked as points."""
    most = vietnamese(rule.max_points, 2)
    build = CONTROLS.get(rule.kind)
    return build(rule, most) if build else _numbers({"points": "điểm"}, "")
