"""A forgotten password by e-mail: a letter to the account's own address, a link that works once."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from parindex.accounts.models import User
from parindex.audit.models import Event
from tests.accounts.staff import text
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/quen-mat-khau/"
NEW = "mot-cau-moi-2027"


@pytest.fixture
def person() -> User:
    return UserFactory(
        username="hanh",
        full_name="Lò Thị Hạnh",
        email="hanh@example.vn",
        password=make_password("cũ-và-dài-1"),
    )


def link_sent(client: Client, settings: Any) -> str:
    settings.SITE_URL = "https://cchc.example.vn"
    client.post(PAGE, {"email": "HANH@example.vn"})
    (letter,) = mail.outbox
    found = re.search(r"https://cchc\.example\.vn(/\S+)", str(letter.body))
    assert found
    return found[1]


def test_a_letter_leads_to_a_new_password_once(client: Client, person: User, settings: Any) -> None:
    User.objects.update(must_change_password=True)
    link = link_sent(client, settings)
    assert "Kính gửi Lò Thị Hạnh" in str(mail.outbox[0].body)
    assert mail.outbox[0].subject == "Đặt lại mật khẩu, Chỉ số cải cách hành chính"
    form = client.get(link, follow=True).redirect_chain[-1][0]

    weak = client.post(form, {"new_password1": "ngan", "new_password2": "ngan"})
    unlike = client.post(form, {"new_password1": NEW, "new_password2": "khác"})
    done = client.post(form, {"new_password1": NEW, "new_password2": NEW})

    assert (weak.status_code, unlike.status_code, done.status_code) == (422, 422, 302)
    assert "Mật khẩu cần ít nhất 10 ký tự." in text(weak)
    assert "chưa giống nhau" in text(unlike)
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert not person.must_change_password
    assert Event.objects.get().verb == "đặt lại mật khẩu qua thư điện tử"
    assert "đã dùng rồi hoặc đã hết hạn" in text(Client().get(link, follow=True))


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client: Client, person: User) -> None:
    known = client.post(PAGE, {"email": "hanh@example.vn"}, follow=True)
    unknown = Client().post(PAGE, {"email": "khong@example.vn"}, follow=True)

    assert text(known).split("Đăng nhập")[0] == text(unknown).split("Đăng nhập")[0]
    assert len(mail.outbox) == 1


def test_nobody_fills_a_letter_box_from_here(client: Client, person: User) -> None:
    known = [client.post(PAGE, {"email": "HANH@example.vn"}) for _ in range(6)]
    unknown = [client.post(PAGE, {"email": "khong@example.vn"}) for _ in range(6)]

    assert [one.status_code for one in known] == [one.status_code for one in unknown] == [302] * 5 + [429]
    assert "vừa được yêu cầu nhiều lần" in text(known[-1])
    assert len(mail.outbox) == 5


def test_a_closed_account_gets_no_letter(client: Client, person: User) -> None:
    User.objects.update(is_active=False)

    client.post(PAGE, {"email": "hanh@example.vn"})

    assert not mail.outbox


def test_the_link_of_an_account_that_was_closed_meanwhile_leads_nowhere(
    client: Client, person: User, settings: Any
) -> None:
    link = link_sent(client, settings)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    User.objects.update(is_active=False)

    sent = client.post(form, {"new_password1": NEW, "new_password2": NEW})

    assert "đã dùng rồi hoặc đã hết hạn" in text(sent)
    assert "đã dùng rồi hoặc đã hết hạn" in text(Client().get(link, follow=True))
    person.refresh_from_db()
    assert not person.check_password(NEW)


def test_a_bad_address_is_named(client: Client) -> None:
    answer = client.post(PAGE, {"email": "hanh"})

    assert answer.status_code == 422
    assert "Địa chỉ thư điện tử không đúng." in text(answer)


def test_without_mail_the_page_says_whom_to_ask(client: Client, person: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    page = client.get(PAGE)

    assert "Quản trị của cơ quan tổ chức đánh giá cấp lại" in text(page)
    assert "Gửi thư" not in text(page)
    assert client.post(PAGE, {"email": "hanh@example.vn"}).status_code == 302
    assert "Quên mật khẩu" in text(client.get("/dang-nhap/"))
