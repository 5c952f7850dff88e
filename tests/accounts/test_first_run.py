"""The first run: only while nobody has an account, only with the code, whole or not at all."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, UnitType, User
from parindex.accounts.passwords import setup_code
from parindex.audit.models import Event
from tests.factories.accounts import OrganiserFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/to-chuc/bat-dau/"
PASSWORD = "một-câu-khó-đoán-2026"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def filled(folder: Path, **other: str) -> dict[str, str]:
    return {
        "code": setup_code(folder),
        "organiser": "Sở Nội vụ tỉnh Quảng Ninh",
        "parent_name": "Ủy ban nhân dân tỉnh Quảng Ninh",
        "place": "Quảng Ninh",
        "type_name_1": "Sở, ban, ngành",
        "type_code_1": "so-ban-nganh",
        "type_name_2": "Xã, phường, đặc khu",
        "type_code_2": "cap-xa",
        "full_name": "Phạm Lan Anh",
        "username": "Pham.Lan.Anh",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "is_publisher": "on",
    } | other


def test_the_start_page_leads_to_the_first_run_only_while_there_is_one(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/").content.decode()

    UserFactory()

    assert f'href="{PAGE}"' not in client.get("/").content.decode()


def test_an_empty_installation_is_set_up_and_the_person_signs_in(client: Client, folder: Path) -> None:
    assert "Thiết lập hệ thống cho cơ quan đầu tiên" in client.get(PAGE).content.decode()

    answer = client.post(PAGE, filled(folder))

    assert answer.status_code == 302
    user, organiser = User.objects.get(), Organiser.objects.get()
    assert (user.username, user.home, user.must_change_password) == ("pham.lan.anh", organiser, False)
    roles = set(Membership.objects.values_list("role", "organiser"))
    assert roles == {(Role.ADMINISTRATOR, organiser.pk), (Role.PUBLISHER, organiser.pk)}
    assert set(UnitType.objects.values_list("code", flat=True)) == {"so-ban-nganh", "cap-xa"}
    assert set(Event.objects.values_list("verb", flat=True)) == {
        "thiết lập hệ thống",
        "tạo tài khoản",
        "thêm loại đơn vị",
    }
    assert client.post("/dang-nhap/", {"login": "pham.lan.anh", "password": PASSWORD}).status_code == 302
    assert not (folder / "setup-code").exists()
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, filled(folder, username="nguoi.khac")).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"code": "sai"}, "Mã thiết lập không đúng"),
        ({"code": ""}, "Ghi mã thiết lập"),
        ({"password_again": "khác"}, "Hai lần ghi mật khẩu không giống nhau"),
        ({"username": "Lan Anh"}, "chữ không dấu"),
        ({"type_code_1": ""}, "Loại đơn vị 1 cần cả tên và mã"),
        ({"type_code_2": "so-ban-nganh"}, "ghi hai lần"),
        ({"type_code_1": "Sở"}, "Mã “Sở” chỉ được gồm"),
        (
            {f"type_{part}_{row}": "" for part in ("name", "code") for row in (1, 2)},
            "ít nhất một loại đơn vị",
        ),
        ({"full_name": " "}, "Ghi họ và tên"),
        ({"email": "khong"}, "Địa chỉ thư điện tử không đúng"),
    ],
)
def test_bad_input_stores_nothing_and_keeps_what_was_typed(
    client: Client, folder: Path, other: dict[str, str], words: str
) -> None:
    answer = client.post(PAGE, filled(folder, **other))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "Sở Nội vụ tỉnh Quảng Ninh" in page
    assert PASSWORD not in page
    assert not User.objects.exists()
    assert not Organiser.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("password", ["ngan", "12345678901", "phamlananh"])
def test_a_weak_password_is_refused_in_vietnamese(client: Client, folder: Path, password: str) -> None:
    answer = client.post(PAGE, filled(folder, password=password, password_again=password))

    assert answer.status_code == 422
    assert "This password" not in answer.content.decode()


def test_an_organiser_that_is_known_is_named(client: Client, folder: Path) -> None:
    OrganiserFactory(name="Sở Nội vụ tỉnh Quảng Ninh")

    answer = client.post(PAGE, filled(folder))

    assert "Cơ quan này đã có trong hệ thống" in answer.content.decode()
    assert not User.objects.exists()


def test_the_command_prints_the_code_until_there_is_an_account(folder: Path) -> None:
    out = io.StringIO()
    call_command("setup_code", "--json", stdout=out)
    assert json.loads(out.getvalue())["code"] == setup_code(folder)
    assert (folder / "setup-code").stat().st_mode & 0o077 == 0

    UserFactory()
    with pytest.raises(SystemExit):
        call_command("setup_code", stdout=out)
