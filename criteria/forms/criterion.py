"""Changing one criterion of a draft: its words and points, rows below it, its place."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from criteria.editing import Content
from criteria.enums import NotApplicableMode, Source, Standing
from criteria.forms.drafts import required
from criteria.models import Criterion
from parindex.fields import PointsFormField
from parindex.titles import sentence_case

LONGEST = 5000
SHOWN_TITLE = 90


class CriterionForm(forms.Form):
    """What a person may change of one criterion; a sum has neither points nor source of its own."""

    code = forms.CharField(label="Mã", max_length=40, error_messages=required("Ghi mã của mục."))
    title = forms.CharField(
        label="Tên mục", max_length=2000, widget=forms.Textarea, error_messages=required("Ghi tên mục.")
    )
    max_points = PointsFormField(
        label="Điểm tối đa", required=True, error_messages=required("Ghi điểm tối đa của mục.")
    )
    source = forms.ChoiceField(
        label="Nguồn điểm", choices=Source, error_messages=required("Chọn nguồn điểm của mục.")
    )
    standing = forms.ChoiceField(
        label="Cách tính vào tổng", choices=Standing, error_messages=required("Chọn cách tính vào tổng.")
    )
    not_applicable_mode = forms.ChoiceField(
        label="Khi không áp dụng",
        choices=NotApplicableMode,
        error_messages=required("Chọn cách tính khi mục không áp dụng."),
    )
    evidence_required = forms.BooleanField(label="Cần tài liệu kiểm chứng", required=False)
    lead = forms.CharField(label="Cơ quan chủ trì", required=False, max_length=500)
    supporting = forms.CharField(label="Cơ quan phối hợp", required=False, max_length=500)
    guidance = forms.CharField(
        label="Hướng dẫn chấm theo văn bản", required=False, max_length=LONGEST, widget=forms.Textarea
    )
    evidence = forms.CharField(
        label="Tài liệu kiểm chứng theo văn bản", required=False, max_length=LONGEST, widget=forms.Textarea
    )

    LEAF_ONLY = ("max_points", "source", "standing", "not_applicable_mode", "evidence_required")

    def __init__(self, data: Any = None, *, row: Criterion) -> None:
        initial = {name: getattr(row, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self.row = row
        if not row.is_leaf:
            for name in self.LEAF_ONLY:
                del self.fields[name]

    def content(self) -> Content:
        """What was typed, with what a sum keeps."""
        said = {name: getattr(self.row, name) for name in self.LEAF_ONLY} | self.cleaned_data
        return Content(**said)


class AddForm(forms.Form):
    """A new leaf below a criterion, or a new content."""

    new_title = forms.CharField(
        label="Tên mục mới", max_length=2000, error_messages=required("Ghi tên mục mới.")
    )
    new_points = PointsFormField(
        label="Điểm tối đa", required=True, error_messages=required("Ghi điểm tối đa của mục mới.")
    )

    @property
    def points(self) -> Decimal:
        """The new leaf's maximum."""
        points: Decimal = self.cleaned_data["new_points"]
        return points


class MoveForm(forms.Form):
    """Where a criterion is to stand: under which parent, and before which of its rows."""

    place = forms.ChoiceField(label="Chuyển đến", error_messages=required("Chọn chỗ mới."))

    def __init__(self, data: Any = None, *, row: Criterion, tree: Sequence[Criterion]) -> None:
        super().__init__(data)
        self.tree = {one.pk: one for one in tree}
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn chỗ mới"),
            *_places(row, [one for one in tree if not one.is_survey_block]),
        ]

    @property
    def chosen(self) -> tuple[Criterion | None, Criterion | None]:
        """The parent, and the row before which it is to stand (None: last)."""
        kind, _, key = self.cleaned_data["place"].partition("-")
        if kind == "cuoi":
            return self.tree.get(int(key)), None
        before = self.tree[int(key)]
        return (self.tree.get(before.parent_id) if before.parent_id else None), before


def _places(row: Criterion, tree: Sequence[Criterion]) -> list[tuple[str, str]]:
    """Before each other row of the same level, and behind the last row of each possible parent."""
    parents: list[Criterion | None] = [one for one in tree if one.level == row.level - 1]
    offered = []
    for parent in parents or [None]:
        below = [one for one in tree if one.level == row.level and one.parent_id == (parent and parent.pk)]
        offered += [(f"truoc-{one.pk}", f"trước mục {_named(one)}") for one in below if one.pk != row.pk]
        where = f"cuối mục {_named(parent)}" if parent else "cuối bảng"
        offered.append((f"cuoi-{parent.pk if parent else 0}", where))
    return offered


def _named(one: Criterion) -> str:
    title = sentence_case(one.title)
    return f"{one.code}. {title if len(title) <= SHOWN_TITLE else title[:SHOWN_TITLE] + '…'}"
