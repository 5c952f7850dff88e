"""Forms of opening a round and of its settings."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import resolve, reverse

from assessments.models import Round
from assessments.workflow.settings import ROUND_COLUMNS, RoundSettings, dates_out_of_order
from criteria.forms import required
from parindex.accounts.models import Organiser
from parindex.days import DayField

YEARS = (2000, 2100)
CODE_MESSAGE = "Mã chỉ gồm chữ không dấu, chữ số, gạch nối và gạch dưới; ví dụ cchc-2026."


def checked_round_code(code: str) -> str:
    """A code whose address is a round's page. Raises ValidationError for a word that pages use."""
    if resolve(reverse("assessments:round", args=[code])).url_name != "round":
        raise ValidationError(f"Mã “{code}” trùng với địa chỉ của một trang. Chọn mã khác.")
    return code


class CodeField(forms.SlugField):
    """A code that stands in addresses."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "invalid": CODE_MESSAGE,
            "required": "Ghi mã: chữ không dấu, chữ số, gạch nối.",
            "max_length": "Mã dài quá 60 ký tự.",
        }
        super().__init__(max_length=60, error_messages=messages, **kwargs)


class YearField(forms.IntegerField):
    """The year that is assessed."""

    def __init__(self, **kwargs: Any) -> None:
        first, last = YEARS
        message = f"Năm phải từ {first} đến {last}."
        super().__init__(
            min_value=first,
            max_value=last,
            widget=forms.TextInput,
            error_messages={
                "required": "Ghi năm đánh giá.",
                "invalid": "Ghi năm bằng bốn chữ số, ví dụ 2026.",
                "min_value": message,
                "max_value": message,
            },
            **kwargs,
        )


class OpenRoundForm(forms.Form):
    """A new round: empty, or set up as an earlier one was."""

    organiser = forms.ModelChoiceField(
        Organiser.objects.none(),
        label="Cơ quan tổ chức đánh giá",
        empty_label=None,
        error_messages=required("Chọn cơ quan tổ chức đánh giá."),
    )
    previous = forms.ModelChoiceField(
        Round.objects.none(),
        label="Bắt đầu từ",
        required=False,
        empty_label="Đợt trống, tự thiết lập từ đầu",
        error_messages={"invalid_choice": "Chọn một đợt có trong danh sách."},
    )
    year = YearField(label="Năm đánh giá")
    code = CodeField(label="Mã đợt")
    title = forms.CharField(label="Tên đợt", max_length=300, required=False)
    with_council = forms.BooleanField(label="Hội đồng thẩm định", required=False)
    with_leads = forms.BooleanField(label="Phân công cơ quan chủ trì nội dung", required=False)

    def __init__(
        self, *args: Any, organisers: QuerySet[Organiser], rounds: QuerySet[Round], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].queryset = organisers  # type: ignore[attr-defined]
        self.fields["previous"].queryset = rounds  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """A code that is free and no word of an address."""
        code = checked_round_code(self.cleaned_data["code"])
        if Round.objects.filter(code=code).exists():
            raise ValidationError(f"Mã đợt đánh giá “{code}” đã có. Chọn mã khác.")
        return code

    def clean(self) -> dict[str, Any]:
        """An earlier round is one of the same organiser, and of an earlier year."""
        cleaned = super().clean() or self.cleaned_data
        previous, organiser, year = (cleaned.get(name) for name in ("previous", "organiser", "year"))
        if previous and organiser and previous.organiser_id != organiser.pk:
            self.add_error("previous", f"“{previous}” là đợt của cơ quan khác.")
        elif previous and year and year <= previous.year:
            self.add_error("year", f"Đợt bắt đầu từ đợt năm {previous.year} phải là của năm sau đó.")
        return cleaned


class RoundForm(forms.Form):
    """What a person sets for a round."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="Tên đợt", max_length=300, error_messages=required("Ghi tên đợt đánh giá."))
    code = CodeField(label="Mã đợt")
    year = YearField(label="Năm đánh giá")
    self_scoring_until = DayField(label="Tự chấm, đến hết ngày", required=False)
    compiling_until = DayField(label="Tổng hợp, đến hết ngày", required=False)
    appraisal_until = DayField(label="Thẩm định, đến hết ngày", required=False)
    publication_until = DayField(label="Công bố, đến hết ngày", required=False)
    review_until = DayField(label="Nhận đề nghị xem xét lại, đến hết ngày", required=False)
    note = forms.CharField(label="Ghi chú", max_length=5000, required=False)

    def __init__(self, round: Round, data: Any = None, *, seen: str) -> None:
        initial = {name: _shown(getattr(round, name)) for name in ROUND_COLUMNS} | {"seen": seen}
        super().__init__(data, initial=initial)
        self.round = round

    def clean_code(self) -> str:
        """A code that is free, or the round's own, and no word of an address."""
        code = checked_round_code(self.cleaned_data["code"])
        if Round.objects.filter(code=code).exclude(pk=self.round.pk).exists():
            raise ValidationError(f"Mã đợt đánh giá “{code}” đã có. Chọn mã khác.")
        return code

    def clean(self) -> dict[str, Any]:
        """Steps end one after another."""
        cleaned = super().clean() or self.cleaned_data
        if wrong := dates_out_of_order(cleaned):
            self.add_error(*wrong)
        return cleaned

    @property
    def settings(self) -> RoundSettings:
        """What a valid form says."""
        return RoundSettings(**{name: self.cleaned_data[name] for name in ROUND_COLUMNS})


def _shown(value: Any) -> Any:
    """A value as a text field shows it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value
