"""Forms of the council, the assignments and the substitutes of a round."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from assessments.enums import RoundDuty
from assessments.models import RoundRole
from criteria.forms import required
from parindex.accounts.models import User
from parindex.days import DayField
from parindex.notation import vietnamese_date
from parindex.titles import sentence_case

LONGEST_REASON = 2000


class PersonField(forms.ModelChoiceField):
    """An account: the person's name and what tells namesakes apart."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.username})"


class TermForm(forms.Form):
    """Contents and dates of a role."""

    contents = forms.MultipleChoiceField(
        label="Nội dung chủ trì",
        required=False,
        error_messages={"invalid_choice": "Bộ tiêu chí không có nội dung %(value)s."},
    )
    valid_from = DayField(label="Từ ngày", required=False)
    valid_to = DayField(label="Đến hết ngày", required=False)

    def __init__(self, *args: Any, contents: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contents"].choices = [  # type: ignore[attr-defined]
            (code, f"{code}. {sentence_case(title)}") for code, title in contents.items()
        ]

    @property
    def duty(self) -> str:
        """The role that the form is about: the one chosen in it, if any."""
        return str(self.cleaned_data.get("role", ""))

    def clean(self) -> dict[str, Any]:
        """A lead agency has contents, nobody else; the end does not come before the beginning."""
        cleaned = super().clean() or self.cleaned_data
        if self.duty == RoundDuty.LEAD_AGENCY:
            if not cleaned.get("contents") and "contents" not in self.errors:
                self.add_error("contents", "Đánh dấu ít nhất một nội dung mà cơ quan này chủ trì.")
        elif self.duty:
            cleaned["contents"] = []
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", f"Ngày kết thúc trước ngày bắt đầu {vietnamese_date(start)}.")
        return cleaned


class NewRoleForm(TermForm):
    """A person and a role."""

    role = forms.ChoiceField(label="Vai trò", choices=RoundDuty, error_messages=required("Chọn vai trò."))
    user = PersonField(
        User.objects.none(),
        label="Người",
        empty_label="Chọn người",
        error_messages={
            "required": "Chọn người.",
            "invalid_choice": "Chọn người có tài khoản do cơ quan tổ chức đánh giá quản lý.",
        },
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class RoleForm(TermForm):
    """A role that somebody has."""

    def __init__(self, held: RoundRole, *args: Any, **kwargs: Any) -> None:
        days = {name: getattr(held, name) for name in ("valid_from", "valid_to")}
        shown = {name: vietnamese_date(day) if day else "" for name, day in days.items()}
        super().__init__(*args, initial={"contents": held.contents, **shown}, **kwargs)
        self.held = held

    @property
    def duty(self) -> str:
        """The role that the person has."""
        return self.held.role


class SubstituteForm(forms.Form):
    """Who stands in for a recused person, and why."""

    user = PersonField(
        User.objects.none(),
        label="Người thay",
        empty_label="Chọn người thay",
        error_messages={
            "required": "Chọn người thay.",
            "invalid_choice": "Chọn người có trong danh sách: người của chính đơn vị không thay được.",
        },
    )
    reason = forms.CharField(
        label="Lý do", max_length=LONGEST_REASON, error_messages=required("Ghi lý do cử người thay.")
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
