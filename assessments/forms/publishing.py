"""Forms of publishing: the decision, a reason, and the name of a kept ranking."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from criteria.forms import required
from parindex.days import DayField
from parindex.notation import paper_number, vietnamese_date

LONGEST_REASON = 2000


class PrepareForm(forms.Form):
    """The decision under which results are published, and why where another publication is superseded."""

    decision_number = forms.CharField(
        label="Số quyết định", max_length=100, error_messages=required("Ghi số quyết định.")
    )
    signed = DayField(label="Ngày ký", error_messages=required("Ghi ngày ký quyết định."))
    signer = forms.CharField(
        label="Người ký", max_length=200, error_messages=required("Ghi họ tên, chức vụ người ký.")
    )
    reason = forms.CharField(
        label="Lý do thay bản đang công bố",
        max_length=LONGEST_REASON,
        error_messages=required("Ghi lý do thay bản đang công bố."),
    )

    def __init__(self, *args: Any, supersedes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not supersedes:
            del self.fields["reason"]

    def clean_decision_number(self) -> str:
        """The number alone."""
        return paper_number(self.cleaned_data["decision_number"])

    def clean_signed(self) -> dt.date:
        """A decision is signed before its results are published."""
        day: dt.date = self.cleaned_data["signed"]
        if day > timezone.localdate():
            raise ValidationError(f"Ngày ký {vietnamese_date(day)} chưa đến.")
        return day


class ReasonForm(forms.Form):
    """Why a publication is withdrawn, or what was prepared is not confirmed."""

    reason = forms.CharField(
        label="Lý do",
        max_length=LONGEST_REASON,
        error_messages=required("Ghi lý do thu hồi, hoặc lý do không xác nhận."),
    )


class KeepForm(forms.Form):
    """The name under which the provisional ranking is kept."""

    name = forms.CharField(
        label="Tên bản lưu",
        max_length=200,
        error_messages=required("Ghi tên bản lưu, ví dụ “Trước phiên họp 05/02”."),
    )
