"""Where points come from: the source of several leaves, the survey block outside the table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from criteria.enums import Source
from criteria.forms.drafts import required
from criteria.models import Criterion
from parindex.fields import PointsFormField


class SourcesForm(forms.Form):
    """One source for the leaves that are ticked."""

    leaves = forms.MultipleChoiceField(
        label="Mục chấm điểm",
        error_messages={
            "required": "Chọn ít nhất một mục chấm điểm.",
            "invalid_choice": "Cây tiêu chí vừa đổi. Tải lại trang rồi chọn lại.",
        },
    )
    source = forms.ChoiceField(
        label="Nguồn điểm của các mục đã chọn",
        choices=[("", "Chọn nguồn điểm"), *Source.choices],
        error_messages=required("Chọn nguồn điểm."),
    )

    def __init__(self, data: Any = None, *, leaves: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.fields["leaves"].choices = [(leaf.code, leaf.code) for leaf in leaves]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> list[str]:
        """Codes that were sent, right or wrong."""
        return self["leaves"].value() or []


class BlockForm(forms.Form):
    """The survey points that a decision grants outside its table."""

    block_title = forms.CharField(
        label="Tên khối",
        max_length=300,
        initial="Điều tra xã hội học",
        error_messages=required("Ghi tên khối."),
    )
    block_points = PointsFormField(
        label="Điểm tối đa", required=True, error_messages=required("Ghi điểm tối đa của khối.")
    )

    @property
    def points(self) -> Decimal:
        """The block's maximum."""
        points: Decimal = self.cleaned_data["block_points"]
        return points
