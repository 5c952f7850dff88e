"""Forms of signing in: allauth's, in Vietnamese, with wrong codes counted like wrong passwords."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as AskPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction

from parindex.accounts.models import User
from parindex.audit.events import record

MISSING = {
    "oldpassword": "Nhập mật khẩu đang dùng.",
    "password1": "Nhập mật khẩu mới.",
    "password2": "Nhập lại mật khẩu mới.",
}


class SignInForm(LoginForm):
    """allauth's form; the library has no Vietnamese strings of its own."""

    def user_credentials(self) -> dict[str, Any]:
        """Name the account as django-axes looks for it, so that a lock also holds for the right password."""
        credentials: dict[str, Any] = super().user_credentials()
        return credentials | {"login": credentials.get("username")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Tên đăng nhập"
        self.fields["password"].label = "Mật khẩu"
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].error_messages["required"] = f"Nhập {self.fields[name].label.lower()}."
        if "remember" in self.fields:
            self.fields["remember"].label = "Giữ đăng nhập trên máy này"


class OwnPasswordForm(ChangePasswordForm):
    """A person's own change of the password; a one-time password has to give way to another one."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, message in MISSING.items():
            self.fields[name].error_messages["required"] = message

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        old, new, again = cleaned.get("oldpassword"), cleaned.get("password1"), self.data.get("password2")
        if new and again and new != again:
            # In the place of the library's own words.
            self._errors["password2"] = self.error_class(["Hai lần nhập mật khẩu mới chưa giống nhau."])
        elif new and new == old:
            self.add_error("password1", "Mật khẩu mới phải khác mật khẩu đang dùng.")
        return cleaned

    @transaction.atomic
    def save(self) -> None:
        super().save()
        was_one_time = self.user.must_change_password
        self.user.must_change_password = False
        self.user.save(update_fields=["must_change_password"])
        before, after = {"must_change_password": was_one_time}, {"must_change_password": False}
        record(by=self.user.actor, verb="đổi mật khẩu", on=self.user, before=before, after=after)


class _CountedCode(BaseAuthenticateForm):
    """A wrong code counts towards the lock of the account as a wrong password does."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = "Nhập mã xác thực hoặc mã dự phòng."

    def clean_code(self) -> str:
        name = self.user.get_username()
        credentials = {"login": name, "username": name}
        if not AxesProxyHandler.is_allowed(context.request, credentials):
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()
        except ValidationError:
            user_login_failed.send(__name__, credentials=credentials, request=context.request)
            raise
        return code


class CodeForm(_CountedCode, AuthenticateForm):
    """The code that signing in asks for after the password."""


class CodeAgainForm(_CountedCode, ReauthenticateForm):
    """The code that is asked for again before the account's protection changes."""


class PasswordAgainForm(AskPasswordForm):
    """The password that is asked for again before the account's protection changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Nhập mật khẩu."


class FirstCodeForm(ActivateTOTPForm):
    """The first code of an app, which turns the second factor on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = "Nhập mã 6 chữ số đang hiện trong ứng dụng."
