"""The form of a delegation."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from parindex.accounts.delegation import delegable, delegate, people_beside
from parindex.accounts.exceptions import AccountsError
from parindex.accounts.models import Membership, User
from parindex.days import DayField

LONGEST_REASON = 1000


class RoleChoice(forms.ModelChoiceField):
    """A role with its holder and place: “Lãnh đạo đơn vị · Phường Đại Kim (Ngô Đức Thịnh)”."""

    def label_from_instance(self, held: Membership) -> str:
        return f"{held.get_role_display()} · {held.unit or held.organiser} ({held.user})"


class DelegationForm(forms.Form):
    """Whose role, to whom, from when to when, and why."""

    held = RoleChoice(
        Membership.objects.none(),
        label="Vai trò",
        empty_label="Chọn vai trò",
        error_messages={
            "required": "Chọn vai trò để ủy quyền.",
            "invalid_choice": "Vai trò này không ủy quyền được.",
        },
    )
    to = forms.ModelChoiceField(
        User.objects.none(),
        label="Người được ủy quyền",
        empty_label="Chọn người",
        error_messages={
            "required": "Chọn người được ủy quyền.",
            "invalid_choice": "Chọn người của cùng đơn vị, cơ quan.",
        },
    )
    valid_from = DayField(label="Từ ngày", error_messages={"required": "Ghi ngày bắt đầu, ví dụ 05/01/2026."})
    valid_to = DayField(
        label="Đến hết ngày", error_messages={"required": "Ghi ngày kết thúc, ví dụ 09/01/2026."}
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Ghi lý do ủy quyền.",
            "max_length": f"Lý do dài quá {LONGEST_REASON} ký tự. Ghi ngắn hơn.",
        },
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, initial={"valid_from": timezone.localdate()})
        self.user = user
        held = delegable(user)
        self.fields["held"].queryset = held  # type: ignore[attr-defined]
        self.fields["to"].queryset = people_beside(held.order_by())  # type: ignore[attr-defined]

    def save(self) -> Membership | None:
        """Delegate; a role, a day or a person that does not fit becomes an error of the form."""
        given = self.cleaned_data
        first: dt.date = given["valid_from"]
        try:
            return delegate(
                given["held"],
                given["to"],
                valid_from=first,
                valid_to=given["valid_to"],
                reason=given["reason"],
                by_user=self.user,
            )
        except AccountsError as refusal:
            self.add_error(None, str(refusal))
            return None
