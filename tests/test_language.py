"""What the site answers to forms that are sent empty is in Vietnamese: libraries bring words of their own."""

import html
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.language import english_in
from tests.rights.addresses import address
from tests.rights.asking import read
from tests.rights.bodies import BODIES
from tests.rights.cast import APPRAISAL, DRAFT
from tests.rights.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Who sends the forms, by state and part of the site.
PEOPLE = {
    DRAFT: {
        "assessments": ("officer", "publisher"),
        "criteria": ("manager",),
        "accounts": ("administrator",),
        "": ("head",),
    },
    APPRAISAL: {"assessments": ("publisher", "secretary")},
}
UNSEEN = re.compile(r"<(script|style|code|symbol)\b.*?</\1>|<[^>]*>", re.DOTALL)


def said(answer: Any) -> str:
    """What a page says, and what its fields are called."""
    page = read(answer).decode()
    names = re.findall(r' (?:aria-label|title|placeholder|alt)="([^"]*)"', page)
    return html.unescape(" ".join([UNSEEN.sub(" ", page), *names]))


def untold(page: str) -> list[str]:
    """What a page with mistakes lacks: a word in its title, their summary's focus and place, field names."""
    summary = re.search(r'<div[^>]*class="error-summary"[^>]*>', page)
    if summary is None or "<title>" not in page:
        return []
    title = re.search(r"<title>\s*(.*?)</title>", page, re.DOTALL)
    return [
        *(["title"] if title is None or not title[1].startswith("Lỗi:") else []),
        *(["focus"] if "autofocus" not in summary[0] else []),
        *(["place"] if not page.index('id="noi-dung"') < summary.start() < page.index("<h1") else []),
        *(["which field"] if "Trường này là bắt buộc" in page else []),
    ]


@pytest.mark.parametrize("state", [DRAFT, APPRAISAL])
def test_empty_forms_are_answered_in_vietnamese(state: str) -> None:
    world = build(state)
    found, answered, summed_up = {}, 0, 0
    for key in BODIES:
        name, _, verb = key.rpartition(":") if key.count(":") > 1 else (key, "", "")
        part = key.partition(":")[0] if ":" in key else ""
        for person in PEOPLE[state].get(part, ()):
            with transaction.atomic():
                answer = world.clients[person].post(address(world, name, variant=verb), {})
                transaction.set_rollback(True)
            if answer.status_code in (200, 409, 422):
                answered += 1
                english = english_in(said(answer))
                if english:
                    found[f"{key} {person}"] = english
                page = read(answer).decode()
                summed_up += 'class="error-summary"' in page
                quiet = untold(page)
                if quiet:
                    found[f"{key} {person}: untold"] = quiet

    assert found == {}
    assert answered > 25
    assert summed_up > 10


def test_forms_of_libraries_are_answered_in_vietnamese(client: Client) -> None:
    user, found = UserFactory(username="hanh"), {}
    pages = ("account_login", "account_forgotten", "account_reauthenticate", "account_change_password")
    wrong = {
        "oldpassword": "sai",
        "password": "sai",
        "password1": "12345678",
        "password2": "khac",
        "code": "1",
    }
    for sent in (
        {},
        wrong,
        {"login": "hanh", "password": "sai", "password1": "12345678", "password2": "12345678"},
    ):
        for name in pages:
            if name != "account_login":
                client.force_login(user)
            answer = client.post(reverse(name), sent)
            words = said(answer)
            wrong_words = [*english_in(words), *re.findall("Trường này là bắt buộc", words)]
            if wrong_words:
                found[f"{name} {sorted(sent)}"] = wrong_words
            client.logout()

    assert found == {}
