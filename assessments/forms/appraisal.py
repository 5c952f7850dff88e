"""Forms of the appraisal: a decision on one leaf, a question to the unit, its answer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from assessments.appraisal import Decision
from assessments.enums import ClarificationState, Voice
from assessments.exceptions import AssessmentError
from assessments.models import Clarification, Opinion, ReviewRequest, Score
from assessments.words import points_out_of_range, points_refused
from assessments.workflow.conclusions import ACCEPTED
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.forms import required
from criteria.forms.controls import LONGEST_REASON, NO_PART, Control, Json, control_for, say_where
from criteria.models import Criterion
from criteria.rules import RuleKind, points_known, rule_of
from parindex.days import DayField

KEEP, ADJUST, STAND = "keep", "adjust", "stand"
# No person leaves these empty: the page sends them, or one that is no longer as it was.
LOST = required("Trang gửi lên thiếu dữ liệu. Tải lại trang rồi làm lại.")


def control_of(leaf: Criterion) -> Control:
    """The fields that the leaf's rule asks for; points alone where its stored rule cannot be read."""
    try:
        return control_for(rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points))
    except RuleRefused:
        return control_for(rule_of(RuleKind.MANUAL, {}, leaf.max_points))


class DecisionForm(forms.Form):
    """One word on one leaf of one unit: the self-score kept, or another with its reason.

    The versions are those of the rows that the page showed. A reason picked from those already used comes
    before what the person adds to it.
    """

    choice = forms.ChoiceField(
        choices=[(KEEP, ""), (ADJUST, "")], error_messages=required("Chọn giữ nguyên hay điều chỉnh.")
    )
    voice = forms.ChoiceField(choices=Voice.choices, widget=forms.HiddenInput, error_messages=LOST)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=LOST)
    own_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=LOST)
    not_applicable = forms.BooleanField(label="Không áp dụng", required=False)
    picked = forms.CharField(label="Lý do đã dùng ở tiêu chí này", required=False, max_length=LONGEST_REASON)
    reason = forms.CharField(label="Lý do", required=False, max_length=LONGEST_REASON)

    def __init__(
        self,
        leaf: Criterion,
        voice: Voice,
        *,
        own: Score | None,
        mine: Score | Opinion | None,
        version: int,
        data: QueryDict | None = None,
    ) -> None:
        self.leaf, self.control = leaf, control_of(leaf)
        initial: Json = {
            "voice": voice.value,
            "version": version,
            "own_version": own.version if own else 0,
            "reason": mine.reason if mine and mine.reason != ACCEPTED else "",
        }
        shown = mine or own
        if shown is not None:
            initial["not_applicable"] = shown.not_applicable
            facts = dict(shown.facts) or ({} if shown.points is None else {"points": shown.points})
            initial |= self.control.shown(facts)
        super().__init__(data, prefix="tham-dinh", initial=initial)
        self.fields.update(self.control.fields)
        # As on the page, so that what is wrong is listed from top to bottom.
        self.order_fields([*self.control.fields, "not_applicable", "picked", "reason"])

    @property
    def inputs(self) -> list[forms.BoundField]:
        """The fields of the rule."""
        return [self[name] for name in self.control.fields]

    def clean(self) -> dict[str, Any]:
        """A change needs a reason and something that the rule can take; keeping needs nothing."""
        said = self.cleaned_data
        if said.get("choice") in (KEEP, STAND):
            # What stands in the fields of the rule is not meant.
            for name in (*self.control.fields, "reason"):
                self.errors.pop(name, None)
            return said
        if not self.full_reason and not self.errors.keys() & {"picked", "reason"}:
            self.add_error("reason", f"Nêu lý do điều chỉnh mục {self.leaf.code}.")
        if not said["not_applicable"] and not self.errors.keys() & self.control.fields.keys():
            self._check_change(said)
        say_where(self, (*self.control.fields, "reason"), self.leaf.code)
        return said

    def _check_change(self, said: dict[str, Any]) -> None:
        facts = self.control.facts(said)
        if NO_PART in said.get("met", ()) and len(said["met"]) > 1:
            self.add_error("met", f"Mục {self.leaf.code}: đã chọn phần đạt thì bỏ “không đạt phần nào”.")
        elif facts:
            self._check_facts(facts)
        else:
            first = next(iter(self.control.fields))
            self.add_error(first, f"Mục {self.leaf.code}: điều chỉnh thì ghi điểm hoặc số liệu thẩm định.")

    def _check_facts(self, facts: Json) -> None:
        refusal, field = "", ""
        try:
            if "points" in facts:
                refusal = points_refused(self.leaf, Decimal(facts["points"]))
            else:
                points = points_known(self.leaf, facts)
                refusal = "" if points is None else points_out_of_range(self.leaf, points)
        except FactsRefused as error:
            refusal, field = str(error), error.field
        if refusal:
            name = self.control.fields_of.get(field, field)
            target = name if name in self.control.fields else next(iter(self.control.fields))
            code = self.leaf.code
            said = refusal if refusal.endswith(f"mục {code}.") else f"Mục {code}: {refusal}"
            self.add_error(target, said)

    @property
    def full_reason(self) -> str:
        """The reason picked, then the one written."""
        said = self.cleaned_data
        parts = (said.get("picked", ""), said.get("reason", ""))
        return " ".join(part.replace("\r\n", "\n").strip() for part in parts if part.strip())

    def decision(self) -> Decision:
        """What is to be written, of a form that is valid."""
        said = self.cleaned_data
        keeps = said["choice"] == KEEP
        given: Json = {}
        if not keeps and not said["not_applicable"]:
            given = self.control.facts(said)
        points = Decimal(given.pop("points")) if "points" in given else None
        return Decision(
            voice=Voice(said["voice"]),
            version=said["version"],
            own_version=said["own_version"],
            keeps=keeps,
            points=points,
            facts=given,
            not_applicable=not keeps and said["not_applicable"],
            reason=self.full_reason,
        )

    def take_stale(self, *, version: int, own_version: int) -> None:
        """Keep what was typed, and let the next save know of what stands there now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("version")] = str(version)
        data[self.add_prefix("own_version")] = str(own_version)
        self.data = data

    def refuse(self, refusal: AssessmentError) -> None:
        """Show what the verb refused above the form."""
        self.add_error(None, str(refusal))


class ReviewForm(DecisionForm):
    """The answer to a request for review: the conclusion stands, or another takes its place."""

    choice = forms.ChoiceField(
        choices=[(STAND, ""), (KEEP, ""), (ADJUST, "")],
        error_messages=required("Chọn giữ kết luận hay điều chỉnh."),
    )

    def __init__(
        self, leaf: Criterion, *, own: Score | None, mine: Score | None, data: QueryDict | None = None
    ) -> None:
        version = mine.version if mine else 0
        super().__init__(leaf, Voice.CONCLUSION, own=own, mine=mine, version=version, data=data)
        self.initial["reason"] = ""

    def clean(self) -> dict[str, Any]:
        """Every answer needs a reason that the unit reads."""
        said = super().clean()
        if said.get("choice") in (KEEP, STAND) and not self.full_reason:
            self.add_error("reason", f"Ghi lý do trả lời mục {self.leaf.code} để đơn vị biết.")
        return said

    @property
    def changes(self) -> bool:
        """Whether a valid form gives another conclusion."""
        return self.cleaned_data["choice"] != STAND


class RequestForm(forms.Form):
    """What a unit asks to be looked at again on one leaf; `seen` is the version that the page showed."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=LOST)
    request = forms.CharField(
        label="Nội dung đề nghị",
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
    )

    def __init__(self, leaf: Criterion, held: ReviewRequest | None, data: QueryDict | None = None) -> None:
        initial = {"seen": held.version if held else 0, "request": held.request if held else ""}
        super().__init__(data, prefix=f"de-nghi-{leaf.pk}", initial=initial)
        wanted = f"Ghi vì sao đề nghị xem xét lại mục {leaf.code}."
        self.fields["request"].error_messages["required"] = wanted


class SeenForm(forms.Form):
    """The version of a request that the page showed."""

    seen = forms.IntegerField(min_value=1, error_messages=LOST)


class AskForm(forms.Form):
    """A question to the unit, and the last day of its answer."""

    question = forms.CharField(
        label="Nội dung cần giải trình, bổ sung",
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
        error_messages={"required": "Ghi rõ đơn vị cần giải trình, bổ sung những gì."},
    )
    until = DayField(
        label="Trả lời đến hết ngày",
        help_text="Ghi ngày/tháng/năm.",
        error_messages={"required": "Ghi ngày cuối để đơn vị trả lời."},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="giai-trinh")


class CloseForm(forms.Form):
    """Ending a question: which one, and the state in which the page showed it."""

    question = forms.IntegerField(error_messages=LOST)
    seen = forms.ChoiceField(choices=ClarificationState.choices, error_messages=LOST)


class AnswerForm(forms.Form):
    """A unit's answer to one question."""

    answer = forms.CharField(
        label="Nội dung trả lời",
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
    )

    def __init__(self, asked: Clarification, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"tra-loi-{asked.pk}")
        wanted = f"Ghi nội dung trả lời cho mục {asked.criterion.code}."
        self.fields["answer"].error_messages["required"] = wanted


class RecogniseForm(forms.Form):
    """How many self-scores the preview showed."""

    seen = forms.IntegerField(min_value=1, error_messages=LOST)


def picked_reasons(reasons: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """Reasons to pick from, each with how often it was used, cut where it is long."""
    return [(reason, f"{_cut(reason)} (dùng {count} lần)") for reason, count in reasons]


def _cut(reason: str, longest: int = 70) -> str:
    one_line = " ".join(reason.split())
    return one_line if len(one_line) <= longest else f"{one_line[:longest].rstrip()}…"
