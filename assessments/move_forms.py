"""The small form behind each verb on a file: a reason and a last day, where the table asks for them."""

from typing import Any

from django import forms

from assessments.enums import AssessmentState
from assessments.exceptions import AssessmentError
from assessments.models import Assessment
from assessments.states import is_deadline_open, self_scoring_deadline
from assessments.transitions import NewDeadline, Transition
from parindex.days import DayField
from parindex.notation import vietnamese_date

LONGEST_REASON = 5000


class FileMoveForm(forms.Form):
    """One verb on one file: the state that the page showed, the reason and the new last day."""

    seen = forms.ChoiceField(choices=AssessmentState.choices, widget=forms.HiddenInput)

    def __init__(self, row: Transition, file: Assessment, data: Any = None) -> None:
        super().__init__(data, prefix=row.verb.value.replace("_", "-"), initial={"seen": file.state})
        self.row = row
        if row.new_deadline != NewDeadline.NONE:
            needed = row.new_deadline != NewDeadline.IF_PASSED or not is_deadline_open(file)
            self.fields["new_deadline"] = DayField(
                label="Hạn tự chấm mới, đến hết ngày",
                required=needed,
                help_text=_about_deadline(file, needed=needed),
                error_messages={"required": "Ghi hạn tự chấm mới của đơn vị."},
            )
        if row.needs_reason:
            self.fields["reason"] = forms.CharField(
                label="Lý do",
                max_length=LONGEST_REASON,
                error_messages={"required": f"Nêu lý do của việc “{row.verb.label}”."},
            )

    @property
    def has_fields(self) -> bool:
        """Whether the person has anything to write."""
        return len(self.fields) > 1

    @property
    def written(self) -> str:
        """The reason as it was typed, to give back."""
        return str(self.data.get(self.add_prefix("reason"), ""))

    def take(self, refusal: AssessmentError) -> None:
        """Show what the verb refused: beside the last day where there is one, else above the form."""
        self.add_error("new_deadline" if "new_deadline" in self.fields else None, str(refusal))


class PaperForm(forms.Form):
    """The signed paper from which the organiser enters a unit's points."""

    number = forms.CharField(
        label="Số của bản giấy", max_length=100, error_messages={"required": "Ghi số của bản giấy đã ký."}
    )
    signed = DayField(
        label="Ngày ký",
        help_text="Ghi ngày/tháng/năm.",
        error_messages={"required": "Ghi ngày ký bản giấy."},
    )


def _about_deadline(file: Assessment, *, needed: bool) -> str:
    """How to write the day, which one holds, and what an empty field means."""
    held = self_scoring_deadline(file)
    parts = ["Ghi ngày/tháng/năm."]
    if held is not None:
        parts.append(f"Hạn đang áp dụng: đến hết {vietnamese_date(held)}.")
    if not needed:
        parts.append("Để trống thì giữ nguyên.")
    return " ".join(parts)
