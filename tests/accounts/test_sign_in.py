"""Signing in: right, wrong, locked out, signed out; everything in Vietnamese."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from parindex.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "mật-khẩu-dài-2026"


@pytest.fixture
def person() -> User:
    return UserFactory(username="lan.anh", full_name="Phạm Lan Anh", password=make_password(PASSWORD))


def attempt(client: Client, password: str) -> tuple[int, str]:
    response = client.post("/dang-nhap/", {"login": "lan.anh", "password": password})
    return response.status_code, response.content.decode()


def test_the_right_password_signs_in(client: Client, person: User) -> None:
    status, _ = attempt(client, PASSWORD)

    assert status == 302
    assert "Phạm Lan Anh" in client.get("/").content.decode()


def test_a_wrong_password_is_refused_in_vietnamese(client: Client, person: User) -> None:
    status, page = attempt(client, "sai")

    assert status == 200
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in page
    assert "incorrect" not in page


def test_an_unknown_name_is_refused_in_the_same_words(client: Client) -> None:
    _, page = attempt(client, "sai")

    assert "Tên đăng nhập hoặc mật khẩu không đúng" in page


def test_an_account_no_longer_used_does_not_sign_in(client: Client, person: User) -> None:
    User.objects.update(is_active=False)

    attempt(client, PASSWORD)

    assert "Phạm Lan Anh" not in client.get("/").content.decode()


def test_repeated_failures_lock_the_account_for_a_while(client: Client, person: User) -> None:
    statuses = [attempt(client, "sai")[0] for _ in range(8)]
    status, page = attempt(client, PASSWORD)

    assert statuses[:7] == [200] * 7
    assert status == 429
    assert "tạm khóa" in page.lower()


def test_signing_out_takes_a_post(client: Client, person: User) -> None:
    client.force_login(person)
    client.get("/dang-xuat/")
    assert "Phạm Lan Anh" in client.get("/").content.decode()

    left = client.post("/dang-xuat/")
    # Nobody goes back on a shared computer to what the browser kept.
    assert left["Clear-Site-Data"] == '"cache"'

    assert "Phạm Lan Anh" not in client.get("/").content.decode()


def test_a_person_can_change_the_password(client: Client, person: User) -> None:
    client.force_login(person)
    new = "một-câu-khác-2027"

    page = client.post(
        "/doi-mat-khau/", {"oldpassword": "sai", "password1": new, "password2": new}
    ).content.decode()
    assert "Please" not in page
    client.post("/doi-mat-khau/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    person.refresh_from_db()
    assert person.check_password(new)


def test_a_form_sent_after_the_session_ended_is_given_back_to_be_sent_again(person: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/dang-nhap/")
    said = {"a": ["1", "2"], "ly-do": "Thiếu <b>biên bản</b>\nngày 14/6", "diem": "4,25"}

    def send(address: str, form: dict[str, Any], origin: str = "http://testserver") -> str:
        token = browser.cookies["csrftoken"].value
        answer = browser.post(address, form | {"csrfmiddlewaretoken": token}, HTTP_ORIGIN=origin)
        assert answer.status_code == 403
        return answer.content.decode()

    page = send("/tai-khoan/uy-quyen/1/ket-thuc/?xep=ten", said)
    assert "chưa được ghi" in page
    assert 'action="/tai-khoan/uy-quyen/1/ket-thuc/?xep=ten"' in page
    for name, value in (("a", "1"), ("a", "2"), ("diem", "4,25")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert "Thiếu &lt;b&gt;biên bản&lt;/b&gt;<br>ngày 14/6" in page
    assert "Tiếp tục" in page

    # Signed in from another tab: the token of the page that waits is no longer that of the session.
    browser.cookies["csrftoken"] = "x" * 32
    browser.force_login(person)
    page = browser.post("/tai-khoan/uy-quyen/", said, HTTP_ORIGIN="http://testserver").content.decode()
    assert "với tên Phạm Lan Anh" in page
    assert "Gửi lại" in page
    # What another site sent is not offered, nor is a password.
    for form, origin in ((said, "https://example.org"), ({"password": "bí mật"}, "http://testserver")):
        answer = browser.post("/dang-nhap/", form, HTTP_ORIGIN=origin)
        assert answer.status_code == 403
        assert "Gửi lại" not in answer.content.decode()
        assert "bí mật" not in answer.content.decode()


def test_a_form_sent_after_the_session_ended_is_told_as_not_written(client: Client, person: User) -> None:
    page = "http://testserver/tai-khoan/uy-quyen/?xep=ten"
    answer = client.post("/tai-khoan/uy-quyen/1/ket-thuc/", HTTP_REFERER=page)
    sign_in = client.get(answer.url)

    assert answer.url == "/dang-nhap/?next=/tai-khoan/uy-quyen/%3Fxep%3Dten"
    assert "Phiên đã hết hạn nên việc vừa gửi chưa được ghi" in sign_in.content.decode()
    assert "Phiên đã hết hạn" not in client.get("/dang-nhap/").content.decode()
    elsewhere = client.post("/tai-khoan/vai-tro/", HTTP_REFERER="https://example.org/dot/")
    assert elsewhere.url == "/dang-nhap/?next=/viec/"
    back = client.post(answer.url, {"login": "lan.anh", "password": PASSWORD})
    assert back.url == "/tai-khoan/uy-quyen/?xep=ten"
