"""Self-scoring as a plain form: one small form for each leaf, with the fields that its rule asks for."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property

from assessments.models import Score
from assessments.self_scoring import WHY_LOCKED, Content, Edit, Line
from assessments.words import points_out_of_range
from criteria.enums import Source
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.models import Criterion
from criteria.rules import RuleKind, facts_of, points_known, rule_of, working
from parindex.fields import millionths
from parindex.notation import NotationError, parse_decimal, plain, vietnamese

LONGEST_NUMBER = 30
LONGEST_REASON = 5000
YES_NO = [("yes", "Có"), ("no", "Không")]
NO_PART = "none"
KEEP_MINE, TAKE_THEIRS = "mine", "theirs"

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
    return _numbers(
        {"count": "số lượng"}, f"mỗi đơn vị {vietnamese(rule.unit_points, 2)} điểm; tối đa {most}"
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
        f"count_{place}": NumberField(kind.name, f"mỗi lần trừ {_points(kind.amount, rule)}")
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
    inner = _control(rule.inner)
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


def _control(rule: Any) -> Control:
    """The control of a rule; whatever people judge directly is asked as points."""
    most = vietnamese(rule.max_points, 2)
    build = CONTROLS.get(rule.kind)
    return build(rule, most) if build else _numbers({"points": "điểm"}, f"từ 0 đến {most}")


class LeafForm(forms.Form):
    """What the unit says of one leaf: points or facts, or "không áp dụng", and the explanation.

    `version` is that of the row that was read, `read` a digest of what stood in the fields: only what the
    person changed is saved. `beside` says that the row holds points that no field shows. So nothing has
    to be read before a save.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    read = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    beside = forms.BooleanField(required=False, widget=forms.HiddenInput)
    keep = forms.ChoiceField(
        choices=[(KEEP_MINE, ""), (TAKE_THEIRS, "")], required=False, widget=forms.RadioSelect
    )
    not_applicable = forms.BooleanField(label="Không áp dụng", required=False)
    reason = forms.CharField(label="Giải trình", required=False, max_length=LONGEST_REASON)

    def __init__(
        self, leaf: Criterion, control: Control, score: Score | None, data: QueryDict | None = None
    ) -> None:
        self.leaf, self.control = leaf, control
        shown = shown_of(self.control, score)
        hidden = {
            "version": score.version if score else 0,
            "read": digest(shown),
            "beside": "1" if _stands_beside(score) and "points" not in self.control.fields else "",
            "keep": KEEP_MINE,
        }
        super().__init__(data, prefix=_prefix(leaf), initial=shown | hidden)
        self.fields.update(self.control.fields)

    @property
    def inputs(self) -> list[BoundField]:
        """The fields of the rule."""
        return [self[name] for name in self.control.fields]

    def clean(self) -> Json:
        """Check what was entered against the rule, so that each refusal stands at its field."""
        said = self.cleaned_data
        if self.errors:
            return said
        if said["not_applicable"]:
            if not said["reason"]:
                self.add_error("reason", f"Mục {self.leaf.code}: nêu lý do không áp dụng.")
            return said
        facts = self.control.facts(said)
        if NO_PART in said.get("met", ()) and len(said["met"]) > 1:
            self.add_error("met", f"Mục {self.leaf.code}: đã chọn phần đạt thì bỏ “không đạt phần nào”.")
        elif facts:
            self._check(facts)
        else:
            self._refuse_nothing()
        return said

    def _refuse_nothing(self) -> None:
        """Points stand without facts where a paper gave them: the explanation may then change alone."""
        if self.keeps_points:
            return
        self.add_error(
            next(iter(self.control.fields)),
            f"Mục {self.leaf.code}: đã nhập giải trình hoặc bỏ trống thì cần điểm, số liệu, "
            "hoặc chọn “không áp dụng”.",
        )

    @property
    def keeps_points(self) -> bool:
        """Whether the row holds points that no field shows."""
        return bool(self["beside"].value())

    def _check(self, facts: Json) -> None:
        code = self.leaf.code
        try:
            if "points" in facts:
                refusal = _points_refused(self.leaf, Decimal(facts["points"]))
                field = "points"
            else:
                points = points_known(self.leaf, facts)
                refusal = "" if points is None else points_out_of_range(self.leaf, points)
                field = ""
        except FactsRefused as error:
            refusal, field = str(error), error.field
        if refusal:
            self.add_error(self._field_of(field), f"Mục {code}: {refusal}")

    def _field_of(self, entry: str) -> str:
        name = self.control.fields_of.get(entry, entry)
        return name if name in self.control.fields else next(iter(self.control.fields))

    def edit(self) -> Edit:
        """What is to be saved, of a form that is valid."""
        said = self.cleaned_data
        reason = str(canonical(said["reason"]))
        if said["not_applicable"]:
            return Edit(self.leaf, said["version"], not_applicable=True, reason=reason)
        facts = self.control.facts(said)
        if "points" in facts:
            return Edit(self.leaf, said["version"], points=Decimal(facts["points"]), reason=reason)
        return Edit(self.leaf, said["version"], facts=facts, reason=reason, keeps_points=not facts)


def _points_refused(leaf: Criterion, points: Decimal) -> str:
    """Why these points cannot be stored or stand on this leaf, or an empty string."""
    try:
        millionths(points)
    except ValidationError as error:
        return str(error.messages[0])
    return points_out_of_range(leaf, points)


def _stands_beside(score: Score | None) -> bool:
    return score is not None and score.points is not None and not score.facts


def shown_of(control: Control, score: Score | None) -> Shown:
    """What a stored row puts into the fields."""
    facts: Json = {}
    if score is not None:
        points = {} if score.points is None else {"points": score.points}
        facts = dict(score.facts) or points
    shown = control.shown(facts)
    shown["not_applicable"] = score is not None and score.not_applicable
    shown["reason"] = score.reason if score is not None else ""
    return {name: canonical(value) for name, value in shown.items()}


def canonical(value: Any) -> Any:
    """A value of a field however it travelled: browsers send line ends as two characters."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return sorted(value) if isinstance(value, list) else value


def digest(shown: Shown) -> str:
    """A short mark of what stands in the fields of a row."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Row:
    """One line of the content's table, with its form where the unit enters it."""

    line: Line
    form: LeafForm | None = None
    why_locked: str = ""
    # What somebody else saved after this row was read.
    theirs: Score | None = None
    theirs_shown: str = ""

    @property
    def working(self) -> str:
        """How the points come about, on one line."""
        return written(self.line.criterion, self.line.score)

    @property
    def theirs_working(self) -> str:
        """How somebody else's points come about."""
        return written(self.line.criterion, self.theirs)


def written(leaf: Criterion, score: Score | None) -> str:
    """How a row's points follow from its facts; nothing where points were entered directly or come later."""
    if score is None or not score.facts or score.points is None:
        return ""
    rule = rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points)
    return working(rule, facts_of(rule, score.facts))


class ContentForm:
    """All rows of one content as one form: what the person changed is saved together or not at all.

    `only_changed` leaves out the forms of the other rows, where nothing will be shown.
    """

    def __init__(
        self, content: Content, data: QueryDict | None = None, *, only_changed: bool = False
    ) -> None:
        self.rows = [_row(line, data, only_changed=only_changed) for line in content.rows]

    @property
    def forms(self) -> list[LeafForm]:
        """The forms of the rows that the unit enters."""
        return [row.form for row in self.rows if row.form is not None]

    @cached_property
    def changed(self) -> list[LeafForm]:
        """The rows in which the person changed something; the others are shown as they stand now."""
        return [form for form in self.forms if form.is_bound]

    def is_valid(self) -> bool:
        """Whether every changed row can be saved."""
        return not [form for form in self.changed if not form.is_valid()]

    def edits(self) -> list[Edit]:
        """What is to be saved."""
        return [form.edit() for form in self.changed]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every refusal with the id of its field."""
        return list(self._errors())

    def _errors(self) -> Iterator[tuple[str, str]]:
        for form in self.changed:
            for name, messages in form.errors.items():
                for message in messages:
                    code, said = form.leaf.code, str(message)
                    text = said if code in said else f"Mục {code}: {said}"
                    yield _anchor(form[name if name in form.fields else "reason"]), text

    def take_stale(self, stale: Mapping[int, Score | None]) -> None:
        """Keep what was typed, show what stands beside it, and let the next save know of it."""
        for row in self.rows:
            form = row.form
            if form is None or not form.is_bound or form.leaf.pk not in stale:
                continue
            row.theirs = stale[form.leaf.pk]
            row.theirs_shown = _summary(row.theirs)
            data = QueryDict(mutable=True)
            data.update(form.data)
            data[form.add_prefix("version")] = str(row.theirs.version if row.theirs else 0)
            data[form.add_prefix("read")] = digest(shown_of(form.control, row.theirs))
            data[form.add_prefix("keep")] = KEEP_MINE
            form.data = data


def _anchor(bound: BoundField) -> str:
    """The id that an error links to: choices have one each, and the first takes the focus."""
    return f"{bound.auto_id}_0" if isinstance(bound.field, forms.ChoiceField) else str(bound.auto_id)


def _summary(score: Score | None) -> str:
    """A row's word in one phrase."""
    if score is None or score.at is None:
        return "chưa có gì"
    if score.not_applicable:
        return "không áp dụng"
    return "đã nhập số liệu" if score.points is None else f"{vietnamese(score.points, 2)} điểm"


def _row(line: Line, data: QueryDict | None, *, only_changed: bool) -> Row:
    leaf = line.criterion
    if not leaf.is_leaf:
        return Row(line)
    if not line.is_own:
        return Row(line, why_locked=WHY_LOCKED.get(Source(leaf.source), ""))
    try:
        control = _control(rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points))
    except RuleRefused as refusal:
        return Row(line, why_locked=f"{refusal} Báo cơ quan tổ chức đánh giá.")
    changed = data if data is not None and _is_changed(leaf, control, data) else None
    if only_changed and changed is None:
        return Row(line)
    return Row(line, LeafForm(leaf, control, line.score, changed))


def _prefix(leaf: Criterion) -> str:
    return f"m{leaf.pk}"


# How the fields that every leaf has are sent.
COMMON = {name: LeafForm.base_fields[name] for name in ("not_applicable", "reason")}


def _is_changed(leaf: Criterion, control: Control, data: QueryDict) -> bool:
    """Whether the person changed anything since the fields of this leaf were shown."""
    prefix = _prefix(leaf)
    if data.get(f"{prefix}-keep") == TAKE_THEIRS:
        return False
    # A row that was not sent at all says nothing.
    if f"{prefix}-version" not in data:
        return False
    sent = {
        name: canonical(asked.widget.value_from_datadict(data, {}, f"{prefix}-{name}"))
        for name, asked in (*control.fields.items(), *COMMON.items())
    }
    return digest(sent) != data.get(f"{prefix}-read")


class MoveForm(forms.Form):
    """A verb on the whole file, the state in which the person saw it, and the reason where one is needed."""

    verb = forms.CharField(max_length=30)
    seen = forms.CharField(max_length=20)
    reason = forms.CharField(
        label="Lý do trả lại", required=False, max_length=LONGEST_REASON, widget=forms.Textarea
    )
