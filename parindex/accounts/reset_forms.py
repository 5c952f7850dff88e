"""A forgotten password by e-mail."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.db import transaction

from parindex.accounts.models import User
from parindex.audit.events import record


class ForgottenForm(PasswordResetForm):
    """The address of an account; whether there is one is not told."""

    email = forms.EmailField(
        label="Thư điện tử",
        max_length=254,
        error_messages={
            "required": "Ghi địa chỉ thư điện tử của tài khoản.",
            "invalid": "Địa chỉ thư điện tử không đúng.",
        },
    )


class NewPasswordForm(SetPasswordForm):
    """A new password through the link of a letter; it is nobody's one-time password any more."""

    error_messages = {"password_mismatch": "Hai lần nhập mật khẩu mới chưa giống nhau."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].error_messages["required"] = "Nhập mật khẩu mới."
        self.fields["new_password2"].error_messages["required"] = "Nhập lại mật khẩu mới."

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Store the password, with an event."""
        user: User = self.user
        user.must_change_password = False
        super().save(commit)
        record(by=user.actor, verb="đặt lại mật khẩu qua thư điện tử", on=user)
        return user
