"""Forms of evidence: what is known of a paper. Files are read by assessments.evidence, not by a form."""

import datetime as dt
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from assessments.evidence import About
from assessments.exceptions import AssessmentError
from assessments.models import Evidence
from parindex.days import DayField
from parindex.notation import paper_number, vietnamese_date


class ReferenceForm(forms.Form):
    """A paper by its title, number, date and issuer, and where the e-office system keeps it."""

    title = forms.CharField(
        label="Tên, trích yếu văn bản",
        max_length=300,
        error_messages={"required": "Ghi tên hoặc trích yếu văn bản."},
    )
    number = forms.CharField(label="Số, ký hiệu", max_length=100, required=False)
    issued = DayField(label="Ngày ban hành", required=False)
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200, required=False)
    link = forms.CharField(
        label="Liên kết trên hệ thống văn bản",
        max_length=500,
        required=False,
        validators=[
            URLValidator(schemes=["https"], message="Liên kết phải đầy đủ và bắt đầu bằng https://.")
        ],
    )

    @property
    def about(self) -> About:
        """What a valid form says of the paper."""
        return About(**self.cleaned_data)

    def clean_issued(self) -> dt.date | None:
        """A paper that proves something has been issued."""
        day: dt.date | None = self.cleaned_data["issued"]
        if day is not None and day > timezone.localdate():
            raise ValidationError(f"Ngày ban hành {vietnamese_date(day)} chưa đến.")
        return day

    def clean_number(self) -> str:
        """The number alone."""
        return paper_number(self.cleaned_data["number"])

    def take(self, refusal: AssessmentError) -> None:
        """Show what the verb refused beside the number, which is what is missing."""
        self.add_error("number", str(refusal))


class EditForm(ReferenceForm):
    """The same of a piece that is kept, and what the person's page showed of it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, piece: Evidence, data: Any = None) -> None:
        held = About.of(piece)
        values = {name: getattr(held, name) for name in held.told}
        super().__init__(data, initial=values | {"seen": json.dumps(held.told)})
        self.piece = piece

    @property
    def about(self) -> About:
        """What a valid form says of the paper."""
        return About(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})

    @property
    def was_seen(self) -> dict[str, str]:
        """What the page showed; nothing where it was tampered with, so that the verb refuses."""
        try:
            told = json.loads(self.cleaned_data["seen"])
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
