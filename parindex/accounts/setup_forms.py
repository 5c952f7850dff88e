"""The form of the first run."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from parindex.accounts.enums import Role
from parindex.accounts.models import Organiser, User
from parindex.accounts.passwords import is_setup_code
from parindex.accounts.workflow.setup import FirstPerson

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,149}")
UNIT_TYPE_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What most provinces assess since 1 July 2025.
PROPOSED_TYPES = (("so-ban-nganh", "Sở, ban, ngành"), ("cap-xa", "Xã, phường, đặc khu"), ("", ""), ("", ""))


def read_username(text: str) -> str:
    """A name to sign in with, in lower case. Raises ValidationError with a sentence to show."""
    name = text.strip().lower()
    if not USERNAME.fullmatch(name):
        raise ValidationError(
            "Tên đăng nhập có ít nhất 3 ký tự, chỉ gồm chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; "
            "ví dụ nguyen.thi.lan."
        )
    return name


def read_unit_type_code(text: str) -> str:
    """A unit type's code. Raises ValidationError with a sentence to show."""
    code = text.strip().lower()
    if not UNIT_TYPE_CODE.fullmatch(code):
        raise ValidationError(
            f"Mã “{text.strip()}” chỉ được gồm chữ không dấu, chữ số, gạch nối; ví dụ cap-xa."
        )
    return code


class SetupForm(forms.Form):
    """The code of the installation, the organiser, the types of units, the first person."""

    code = forms.CharField(
        label="Mã thiết lập", max_length=40, error_messages={"required": "Ghi mã thiết lập máy chủ in ra."}
    )
    organiser = forms.CharField(
        label="Tên cơ quan", max_length=200, error_messages={"required": "Ghi tên cơ quan tổ chức đánh giá."}
    )
    parent_name = forms.CharField(label="Cơ quan chủ quản", max_length=200, required=False)
    place = forms.CharField(label="Địa danh ghi trên văn bản", max_length=100, required=False)
    full_name = forms.CharField(
        label="Họ và tên", max_length=120, error_messages={"required": "Ghi họ và tên của quản trị đầu tiên."}
    )
    username = forms.CharField(
        label="Tên đăng nhập", max_length=150, error_messages={"required": "Ghi tên đăng nhập."}
    )
    email = forms.EmailField(
        label="Thư điện tử", required=False, error_messages={"invalid": "Địa chỉ thư điện tử không đúng."}
    )
    password = forms.CharField(
        label="Mật khẩu", strip=False, error_messages={"required": "Ghi mật khẩu cho tài khoản này."}
    )
    password_again = forms.CharField(
        label="Mật khẩu, ghi lần nữa", strip=False, error_messages={"required": "Ghi lại mật khẩu."}
    )
    is_publisher = forms.BooleanField(label=Role.PUBLISHER.label, required=False)
    is_framework_manager = forms.BooleanField(label=Role.FRAMEWORK_MANAGER.label, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for row, (code, name) in enumerate(PROPOSED_TYPES, 1):
            self.fields[f"type_name_{row}"] = forms.CharField(
                label=f"Tên loại đơn vị {row}", max_length=200, required=False, initial=name
            )
            self.fields[f"type_code_{row}"] = forms.CharField(
                label=f"Mã loại đơn vị {row}", max_length=60, required=False, initial=code
            )

    @property
    def type_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and code of each type, as fields."""
        rows = range(1, len(PROPOSED_TYPES) + 1)
        return [(self[f"type_name_{row}"], self[f"type_code_{row}"]) for row in rows]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not is_setup_code(settings.VAR_DIR, code):
            raise ValidationError("Mã thiết lập không đúng. Xem lại mã máy chủ in ra.")
        return code

    def clean_username(self) -> str:
        return read_username(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        """Both passwords alike and good enough; each type with name and code, at least one."""
        cleaned = self.cleaned_data
        person = User(username=cleaned.get("username", ""), full_name=cleaned.get("full_name", ""))
        if password := cleaned.get("password"):
            if cleaned.get("password_again") not in {None, password}:
                self.add_error("password_again", "Hai lần ghi mật khẩu không giống nhau.")
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        self.unit_types = self._clean_types()
        if not self.unit_types and not self.errors:
            self.add_error("type_name_1", "Ghi ít nhất một loại đơn vị được đánh giá.")
        return cleaned

    def _clean_types(self) -> list[tuple[str, str]]:
        found: dict[str, str] = {}
        for row in range(1, len(PROPOSED_TYPES) + 1):
            name = self.cleaned_data.get(f"type_name_{row}", "")
            code = self.cleaned_data.get(f"type_code_{row}", "")
            if not name and not code:
                continue
            if not name or not code:
                missing = "name" if not name else "code"
                self.add_error(f"type_{missing}_{row}", f"Loại đơn vị {row} cần cả tên và mã.")
                continue
            try:
                code = read_unit_type_code(code)
            except ValidationError as error:
                self.add_error(f"type_code_{row}", error)
                continue
            if code in found:
                self.add_error(f"type_code_{row}", f"Mã “{code}” ghi hai lần.")
            found[code] = name
        return list(found.items())

    def organiser_to_save(self) -> Organiser:
        """The organiser, not saved yet."""
        return Organiser(
            name=self.cleaned_data["organiser"],
            parent_name=self.cleaned_data["parent_name"],
            place=self.cleaned_data["place"],
        )

    def first_person(self) -> FirstPerson:
        """The first person with the roles ticked."""
        ticked = {"is_publisher": Role.PUBLISHER, "is_framework_manager": Role.FRAMEWORK_MANAGER}
        more = [role for field, role in ticked.items() if self.cleaned_data[field]]
        return FirstPerson(
            full_name=self.cleaned_data["full_name"],
            username=self.cleaned_data["username"],
            password=self.cleaned_data["password"],
            email=self.cleaned_data["email"],
            roles=(Role.ADMINISTRATOR, *more),
        )
