"""How sign-in behaves here: accounts are given, never taken."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """Administrators create accounts; nobody signs up. The library has no Vietnamese messages."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra lại rồi thử lần nữa.",
        "account_inactive": "Tài khoản này đã ngừng sử dụng. Liên hệ quản trị của cơ quan tổ chức đánh giá.",
        "incorrect_password": "Mật khẩu không đúng.",
        "enter_current_password": "Nhập mật khẩu đang dùng.",
        "too_many_login_attempts": "Đăng nhập sai quá nhiều lần. Chờ 15 phút rồi thử lại.",
        "rate_limited": "Thao tác quá nhanh. Chờ một lát rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
