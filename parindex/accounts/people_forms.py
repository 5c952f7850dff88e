"""Forms over accounts and roles."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES, Role
from parindex.accounts.models import Organiser, Unit, User
from parindex.accounts.queries import units_of
from parindex.accounts.setup_forms import read_username
from parindex.accounts.workflow.people import Grant
from parindex.days import DayField

ROLE_GROUPS = (
    ("", "Chọn vai trò"),
    ("Trong một đơn vị", [(role.value, role.label) for role in UNIT_ROLES]),
    ("Trong cơ quan tổ chức đánh giá", [(role.value, role.label) for role in ORGANISER_ROLES]),
)


def _check_days(form: forms.Form) -> None:
    first, last = form.cleaned_data.get("valid_from"), form.cleaned_data.get("valid_to")
    if first and last and first > last:
        form.add_error("valid_to", "Ngày kết thúc trước ngày bắt đầu.")


class RoleForm(forms.Form):
    """One role: which, where, from when until when."""

    role = forms.ChoiceField(
        label="Vai trò",
        choices=ROLE_GROUPS,
        error_messages={"required": "Chọn vai trò.", "invalid_choice": "Chọn vai trò trong danh sách."},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị",
        required=False,
        empty_label="Không thuộc đơn vị nào",
        error_messages={"invalid_choice": "Chọn đơn vị có trong danh mục."},
    )
    valid_from = DayField(label="Từ ngày", required=False)
    valid_to = DayField(label="Đến hết ngày", required=False)

    def __init__(self, data: Any = None, *, organiser: Organiser, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["unit"].queryset = units_of(organiser)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A unit's role names its unit, an organiser's names none."""
        _check_days(self)
        role, unit = self.cleaned_data.get("role"), self.cleaned_data.get("unit")
        if role and "unit" not in self.errors:
            label = Role(role).label
            if role in UNIT_ROLES and unit is None:
                self.add_error("unit", f"Chọn đơn vị của vai trò “{label}”.")
            elif role in ORGANISER_ROLES and unit is not None:
                self.add_error("unit", f"Vai trò “{label}” thuộc cả cơ quan: để trống đơn vị.")
        return self.cleaned_data

    def grant(self) -> Grant:
        """The role, for the verb."""
        data = self.cleaned_data
        return Grant(Role(data["role"]), data["unit"], data["valid_from"], data["valid_to"])


class AccountForm(forms.Form):
    """Who a new account is for."""

    full_name = forms.CharField(
        label="Họ và tên", max_length=120, error_messages={"required": "Ghi họ và tên."}
    )
    username = forms.CharField(
        label="Tên đăng nhập", max_length=150, error_messages={"required": "Ghi tên đăng nhập."}
    )
    email = forms.EmailField(
        label="Thư điện tử", required=False, error_messages={"invalid": "Địa chỉ thư điện tử không đúng."}
    )

    def clean_username(self) -> str:
        name = read_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(f"Tên đăng nhập “{name}” đã có người dùng. Chọn tên khác.")
        return name

    def account(self) -> dict[str, str]:
        """The person, for the verb."""
        return {name: self.cleaned_data[name] for name in ("full_name", "username", "email")}


class PersonForm(AccountForm, RoleForm):
    """A new account with its first role, or with none yet: a council's roles are given in its round."""

    field_order = ("full_name", "username", "email")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        role = self.fields["role"]
        role.required = False
        role.choices = (("", "Chưa giao, giao trong đợt"), *ROLE_GROUPS[1:])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Without a role, neither a unit nor days are given to it."""
        data = super().clean()
        given = next((name for name in ("unit", "valid_from", "valid_to") if data.get(name)), "")
        if given and not data.get("role") and "role" not in self.errors:
            self.add_error("role", "Chọn vai trò, hoặc để trống cả đơn vị và ngày.")
        return data

    def grants(self) -> list[Grant]:
        """The first role, where one was chosen."""
        return [self.grant()] if self.cleaned_data["role"] else []


class PersonChangeForm(forms.Form):
    """A person's printed name and address."""

    full_name = forms.CharField(
        label="Họ và tên", max_length=120, error_messages={"required": "Ghi họ và tên."}
    )
    email = forms.EmailField(
        label="Thư điện tử", required=False, error_messages={"invalid": "Địa chỉ thư điện tử không đúng."}
    )


class RoleDatesForm(forms.Form):
    """From when until when a role is held."""

    valid_from = DayField(label="Từ ngày", required=False)
    valid_to = DayField(label="Đến hết ngày", required=False)

    def clean(self) -> dict[str, Any]:
        _check_days(self)
        return self.cleaned_data
