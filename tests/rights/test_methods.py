"""Looking changes nothing; a page that takes no form changes nothing when one is sent to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import address, names
from tests.rights.asking import kept_as_it_was, parts, read, words_alone
from tests.rights.bodies import actions
from tests.rights.cast import APPRAISAL
from tests.rights.table import rows
from tests.rights.world import World, build

# Who may do most in each part of the site.
PEOPLE = {"criteria:": ("manager",), "accounts:": ("administrator",), "": ("officer", "publisher")}
WRITES = ("INSERT", "UPDATE", "DELETE")
# Reading a notice marks it as read; signing in and asking for a new password are counted.
CHANGES = ("assessments:notice", "account_login", "account_forgotten")
SESSION = "django_session"


@pytest.fixture
def world(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    keep_files_in(settings, tmp_path)
    world = build(APPRAISAL)
    monkeypatch.setattr(Template, "_render", words_alone)
    return world


@pytest.mark.django_db
@pytest.mark.slow
def test_pages_change_nothing(world: World) -> None:
    readable = _names("GET")

    wrong = [
        *_writing(world, readable, Client.get),
        *_writing(world, set(names()) - _names("POST"), Client.post),
    ]

    assert wrong == []


def _names(method: str) -> set[str]:
    return {parts(action)[0] for action in actions() if f" {method}" in action} & {
        parts(row.action)[0] for row in rows() if f" {method}" in row.action
    }


def _writing(world: World, chosen: set[str], ask: Any) -> Iterator[str]:
    for name in sorted(chosen - set(CHANGES)):
        url = address(world, name)
        for person in next(people for start, people in PEOPLE.items() if name.startswith(start)):
            with kept_as_it_was(world, person) as client, CaptureQueriesContext(connection) as asked:
                read(ask(client, url))
            written = [
                one["sql"] for one in asked if one["sql"].startswith(WRITES) and SESSION not in one["sql"]
            ]
            if written:
                yield f"{ask.__name__} {url}, {person}: {written[0][:120]}"


@pytest.mark.django_db
@pytest.mark.slow
def test_what_only_takes_a_form_does_nothing_when_it_is_opened(world: World) -> None:
    only_sent = set(names()) - {parts(row.action)[0] for row in rows() if " GET" in row.action}

    answers = {name: world.clients["publisher"].get(address(world, name)).status_code for name in only_sent}

    assert set(answers.values()) == {405}, answers
    assert len(answers) > 20


def test_what_knows_nothing_of_rounds_answers_the_same_in_every_state() -> None:
    """It cannot: the layers below `assessments` do not know it (see .importlinter); the table asks anyway."""
    split = {
        row.action
        for row in rows()
        if not row.action.startswith(("assessments:", "data:")) and len(row.states) < 9
    }

    assert split == set()
