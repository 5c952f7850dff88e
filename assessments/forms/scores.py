"""Self-scoring as a plain form: one small form for each leaf, with the fields that its rule asks for."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import cached_property

from assessments.models import AnyScore, EvidenceUse
from assessments.self_scoring import WHY_LOCKED, Content, Edit, Line
from assessments.words import points_out_of_range, points_refused
from criteria.enums import Source
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.forms.controls import LONGEST_REASON, NO_PART, Control, Json, Shown, control_for, say_where
from criteria.models import Criterion
from criteria.rules import facts_of, points_known, rule_of, working
from parindex.notation import vietnamese

KEEP_MINE, TAKE_THEIRS = "mine", "theirs"


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
        self, leaf: Criterion, control: Control, score: AnyScore | None, data: QueryDict | None = None
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
            say_where(self, (*self.control.fields, "reason"), self.leaf.code)
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
        return said

    @property
    def keeps_points(self) -> bool:
        """Whether the row holds points that no field shows."""
        return bool(self["beside"].value())

    def _check(self, facts: Json) -> None:
        code = self.leaf.code
        try:
            if "points" in facts:
                refusal = points_refused(self.leaf, Decimal(facts["points"]))
                field = "points"
            else:
                points = points_known(self.leaf, facts)
                refusal = "" if points is None else points_out_of_range(self.leaf, points)
                field = ""
        except FactsRefused as error:
            refusal, field = str(error), error.field
        if refusal:
            said = refusal if refusal.endswith(f"mục {code}.") else f"Mục {code}: {refusal}"
            self.add_error(self._field_of(field), said)

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
        return Edit(
            self.leaf,
            said["version"],
            facts=facts,
            reason=reason,
            keeps_points=not facts and self.keeps_points,
        )


def _stands_beside(score: AnyScore | None) -> bool:
    return score is not None and score.points is not None and not score.facts


def shown_of(control: Control, score: AnyScore | None) -> Shown:
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
    evidence: Sequence[EvidenceUse] = ()
    # What somebody else saved after this row was read.
    theirs: AnyScore | None = None
    theirs_shown: str = ""

    @property
    def key(self) -> str:
        """What the ids of its parts begin with."""
        return _prefix(self.line.criterion)

    @property
    def working(self) -> str:
        """How the points come about, on one line."""
        return written(self.line.criterion, self.line.score)

    @property
    def theirs_working(self) -> str:
        """How somebody else's points come about."""
        return written(self.line.criterion, self.theirs)


def written(leaf: Criterion, score: AnyScore | None) -> str:
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

    def take_stale(self, stale: Mapping[int, AnyScore | None]) -> None:
        """Keep what was typed, show what stands beside it, and let the next save know of it."""
        for row in self.rows:
            form = row.form
            if form is None or not form.is_bound or form.leaf.pk not in stale:
                continue
            row.theirs = stale[form.leaf.pk]
            row.theirs_shown = summary(row.theirs)
            data = QueryDict(mutable=True)
            data.update(form.data)
            data[form.add_prefix("version")] = str(row.theirs.version if row.theirs else 0)
            data[form.add_prefix("read")] = digest(shown_of(form.control, row.theirs))
            data[form.add_prefix("keep")] = KEEP_MINE
            form.data = data


def _anchor(bound: BoundField) -> str:
    """The id that an error links to: choices have one each, and the first takes the focus."""
    return f"{bound.auto_id}_0" if isinstance(bound.field, forms.ChoiceField) else str(bound.auto_id)


def summary(score: AnyScore | None) -> str:
    """A row's word in one phrase."""
    if score is None or score.at is None:
        return "chưa có gì"
    if not score.is_entered:
        return "chỉ có giải trình, chưa có điểm"
    if score.not_applicable:
        return "không áp dụng"
    return "đã nhập số liệu" if score.points is None else f"{vietnamese(score.points, 2)} điểm"


def edit_summary(edit: Edit) -> str:
    """What a person typed, in one phrase."""
    if edit.not_applicable:
        return "không áp dụng"
    points = points_known(edit.criterion, edit.facts) if edit.facts else edit.points
    if points is None:
        return "đã nhập số liệu" if edit.facts else "chưa có điểm"
    return f"{vietnamese(points, 2)} điểm"


def _row(line: Line, data: QueryDict | None, *, only_changed: bool) -> Row:
    leaf = line.criterion
    if not leaf.is_leaf:
        return Row(line)
    if not line.is_own:
        return Row(line, why_locked=WHY_LOCKED.get(Source(leaf.source), ""))
    try:
        control = control_of(leaf)
    except RuleRefused as refusal:
        return Row(line, why_locked=f"{refusal} Báo cơ quan tổ chức đánh giá.")
    changed = data if data is not None and is_changed(leaf, control, data) else None
    if only_changed and changed is None:
        return Row(line)
    return Row(line, LeafForm(leaf, control, line.score, changed))


def control_of(leaf: Criterion) -> Control:
    """The fields that a leaf's rule asks for. Raises RuleRefused for a rule that cannot be read."""
    return control_for(rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points))


def filled_row(line: Line) -> Row:
    """One row of the unit's own as it is stored."""
    return _row(line, None, only_changed=False)


def _prefix(leaf: Criterion) -> str:
    return f"m{leaf.pk}"


# How the fields that every leaf has are sent.
COMMON = {name: LeafForm.base_fields[name] for name in ("not_applicable", "reason")}


def is_changed(leaf: Criterion, control: Control, data: QueryDict) -> bool:
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
