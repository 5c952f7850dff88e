"""A forgotten password: by e-mail where letters go out, else from the administrator."""

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from parindex.access import public
from parindex.accounts.models import User
from parindex.accounts.reset_forms import ForgottenForm, NewPasswordForm

UNPROCESSABLE, TOO_MANY = 422, 429
ASKED_OFTEN = (
    "Địa chỉ này vừa được yêu cầu nhiều lần. Xem lại hộp thư; chưa có thì một giờ sau hãy yêu cầu lại."
)


def letters_go_out() -> bool:
    """Whether the installation sends e-mail, and does not only print it."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


class Forgotten(PasswordResetView):
    """Ask for a letter with a link; the answer is the same whether the address is known or not."""

    form_class = ForgottenForm
    template_name = "account/forgotten.html"
    email_template_name = "account/email/forgotten.txt"
    subject_template_name = "account/email/forgotten_subject.txt"
    success_url = reverse_lazy("account_login")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.extra_context = {"letters_go_out": letters_go_out()}
        self.extra_email_context = {"site": settings.SITE_URL}
        if request.method == "POST" and not letters_go_out():
            return redirect("account_forgotten")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        if not ratelimit.consume(
            self.request, action="reset_password", key=form.cleaned_data["email"].lower()
        ):
            form.add_error("email", ASKED_OFTEN)
            return self.render_to_response(self.get_context_data(form=form), status=TOO_MANY)
        messages.success(
            self.request,
            "Nếu địa chỉ này là của một tài khoản, thư có đường dẫn đặt lại mật khẩu đang được gửi đến.",
        )
        return super().form_valid(form)

    def form_invalid(self, form: PasswordResetForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)


class NewPassword(PasswordResetConfirmView):
    """Set a new password through the link of a letter, once."""

    form_class = NewPasswordForm
    template_name = "account/new_password.html"
    success_url = reverse_lazy("account_login")

    def get_user(self, uidb64: str) -> User | None:
        """Whose link it is; nobody's once the account is closed."""
        user: User | None = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        messages.success(self.request, "Đã đặt mật khẩu mới. Đăng nhập bằng mật khẩu này.")
        return super().form_valid(form)

    def form_invalid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)


forgotten = public(Forgotten.as_view())
new_password = public(NewPassword.as_view())
