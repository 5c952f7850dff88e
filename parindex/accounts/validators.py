"""What a password has to be, in Vietnamese: the framework's own words are not translated."""

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)


class LongEnough(MinimumLengthValidator):
    """A password of a least length."""

    def get_error_message(self) -> str:
        return f"Mật khẩu cần ít nhất {self.min_length} ký tự."


class NotTheName(UserAttributeSimilarityValidator):
    """A password that is not the person's name or address."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "full_name", "email"))

    def get_error_message(self) -> str:
        return "Mật khẩu quá giống họ tên, tên đăng nhập hoặc thư điện tử."


class NotCommon(CommonPasswordValidator):
    """A password that others do not use."""

    def get_error_message(self) -> str:
        return "Mật khẩu này quá phổ biến, dễ đoán."
