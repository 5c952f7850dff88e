"""The sign-in form in Vietnamese."""

from typing import Any

from allauth.account.forms import LoginForm


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
        if "remember" in self.fields:
            self.fields["remember"].label = "Giữ đăng nhập trên máy này"
