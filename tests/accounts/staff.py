"""People of an organiser with one role each, and files as offices make them."""

import io
import re
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import Workbook, load_workbook

from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from tests.factories.accounts import UserFactory


def staff(organiser: Organiser, role: Role = Role.ADMINISTRATOR, *, unit: Unit | None = None) -> User:
    """A new person with one role in an organiser, or in a unit of it."""
    user = UserFactory(home=organiser)
    place = {"unit": unit} if role in UNIT_ROLES else {"organiser": organiser}
    Membership.objects.create(user=user, role=role, **place)
    return user


def sheet(*rows: Sequence[object]) -> bytes:
    """A workbook with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    """The rows of a workbook's first sheet."""
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def upload(client: Client, url: str, content: bytes, name: str = "danh-sach.xlsx") -> HttpResponse:
    """Send a file to a page that shows its preview."""
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, url: str, preview: HttpResponse) -> HttpResponse:
    """Confirm what a preview showed."""
    return client.post(url, {"rows": preview.context["rows"]})


def text(answer: HttpResponse) -> str:
    """What a page says, in one line."""
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())
