"""What is too large to read is answered with 413, the limit and what to do, never with a bare 400."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from parindex.access import public
from parindex.urls import handler400
from parindex.urls import urlpatterns as own_patterns
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("on purpose")


urlpatterns = [*own_patterns, path("la/", public(odd))]
__all__ = ["handler400"]


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_form_with_too_many_fields(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1500

    answer = client.post("/dang-nhap/", {f"o-{place}": "" for place in range(1501)})

    assert answer.status_code == 413
    assert "Gửi quá nhiều ô trong một lần, chưa có gì được ghi" in words(answer)
    assert "không quá 1500 ô" in words(answer)


def test_a_form_with_too_long_a_text(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024 // 2

    answer = client.post("/dang-nhap/", {"login": "a" * 1_600_000})

    assert answer.status_code == 413
    assert "Nội dung gửi lên quá dài, chưa có gì được ghi" in words(answer)
    assert "không quá 1,5 MB" in words(answer)


def test_too_many_files(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    client.force_login(UserFactory(full_name="Lò Thị Hạnh"))

    answer = client.post(
        "/tai-khoan/vai-tro/", {f"t-{n}": SimpleUploadedFile(f"{n}.txt", b"x") for n in range(3)}
    )

    assert answer.status_code == 413
    assert "Gửi quá nhiều tệp trong một lần, chưa có gì được ghi" in words(answer)
    assert "không quá 2 tệp" in words(answer)
    assert "Lò Thị Hạnh" in words(answer)


@pytest.mark.urls(__name__)
def test_other_unreadable_requests_stay_400(client: Client) -> None:
    answer = client.get("/la/")

    assert answer.status_code == 400
    assert "không đọc được" in words(answer)


@pytest.mark.parametrize(("page", "says"), [("413", "lớn hơn mức máy chủ nhận"), ("503", "đang bảo trì")])
def test_pages_for_the_proxy_need_nothing_but_themselves_and_two_sheets(page: str, says: str) -> None:
    found = finders.find(f"errors/{page}.html")
    assert isinstance(found, str)
    text = Path(found).read_text(encoding="utf-8")

    assert says in text
    assert '<html lang="vi">' in text
    assert "{%" not in text
    assert "<script" not in text
    for sheet in ("tokens", "alone"):
        assert f"/static/css/{sheet}.css" in text
