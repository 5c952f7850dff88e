"""How sign-in behaves here: accounts are given, never taken. The library has no Vietnamese messages."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse

from parindex.accounts.models import User
from parindex.accounts.second_factor import needs_second_factor

LOCKED = "Sai quá nhiều lần. Chờ 15 phút rồi thử lại."


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """Administrators create accounts; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra lại rồi thử lần nữa.",
        "account_inactive": "Tài khoản này đã ngừng sử dụng. Liên hệ quản trị của cơ quan tổ chức đánh giá.",
        "incorrect_password": "Mật khẩu không đúng.",
        "enter_current_password": "Mật khẩu đang dùng không đúng.",
        "too_many_login_attempts": LOCKED,
        "rate_limited": "Thao tác quá nhanh. Chờ một lát rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes from an app on the person's phone, and recovery codes on paper."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Vai trò của bạn bắt buộc xác thực hai lớp nên không tắt được.",
        "cannot_generate_recovery_codes": "Bật xác thực hai lớp trước rồi mới tạo mã dự phòng.",
        "incorrect_code": "Mã không đúng hoặc đã hết hạn. Nhập mã mới đang hiện trong ứng dụng.",
    }

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        """Draw the picture to stand within the page: our policy lets no picture in from a data: address."""
        drawn: str = super().build_totp_svg(url)
        return drawn[drawn.index("<svg") :]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        owner: User = authenticator.user
        return not needs_second_factor(owner)
