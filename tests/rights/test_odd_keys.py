"""Keys that no row can have, in addresses and forms, are answered like keys of rows that are not there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.template import Template
from django.test import Client
from django.urls import reverse

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import arguments
from tests.rights.asking import kept_as_it_was, parts, read, words_alone
from tests.rights.bodies import BODIES, GROUNDS, QUERIES
from tests.rights.cast import APPRAISAL
from tests.rights.table import Row, rows
from tests.rights.world import World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# More than 64 bits; more digits than Python reads as a number; digits that are none in a key.
ODD = (str(2**70), "9" * 5000, "²")


class Change(NamedTuple):
    """What is asked otherwise than by a person."""

    path: dict[str, int] = {}
    query: str = ""
    body: dict[str, Any] = {}


@pytest.fixture
def world(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    keep_files_in(settings, tmp_path)
    world = build(APPRAISAL)
    monkeypatch.setattr(Template, "_render", words_alone)
    return world


def test_no_key_of_a_form_or_an_address_is_too_much(world: World) -> None:
    asked = 0
    for row in _allowed(world):
        name, method, verb = parts(row.action)
        key, person = f"{name}:{verb}" if verb else name, row.people[0]
        for change in _changes(world, name, key, method, verb):
            with kept_as_it_was(world, person) as client:
                status = _asked(world, client, name, key, method, verb, change)
            assert status in (200, 302, 403, 404, 409, 422), (person, row.action, str(change)[:99])
            asked += 1
    assert asked > 150


def test_a_nul_is_taken_nowhere(client: Client) -> None:
    sent = client.post("/dang-nhap/", {"login": "a\0", "password": "b"})
    assert (sent.status_code, "ký tự không hiện được" in sent.content.decode()) == (422, True)
    for path in ("/?tim=%00", "/dot/mo-dot/?tu=a%00b", "/dot/a/b/c%00d/", "/dang-nhap/?next=%00"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Không" in answer.content.decode()
    assert client.get("/?tim=%2500").status_code == 200


def _allowed(world: World) -> Iterator[Row]:
    """Every action that somebody may do, once."""
    known = set()
    for row in rows():
        if row.action not in known and world.state in row.states and row.answer[:3] in ("200", "302", "422"):
            known.add(row.action)
            yield row


def _changes(world: World, name: str, key: str, method: str, verb: str) -> list[Change]:
    """Each of the keys in an address, its query and its form in turn one that cannot be."""
    own = arguments(world, name, side=world.side, variant=verb)
    found = [Change(path={one: int(ODD[0])}) for one, value in own.items() if isinstance(value, int)]
    if method == "GET" and key in QUERIES:
        found += [Change(query=f"bo={odd}") for odd in ODD]
    if method == "POST":
        point = transaction.savepoint()
        body = BODIES[key](world) if key not in GROUNDS else {}
        transaction.savepoint_rollback(point)
        for field, value in body.items():
            if isinstance(value[0] if isinstance(value, list) and value else value, int):
                found += [Change(body={field: [odd] if isinstance(value, list) else odd}) for odd in ODD]
    return found


def _asked(world: World, client: Client, name: str, key: str, method: str, verb: str, change: Change) -> int:
    if key in GROUNDS:
        GROUNDS[key](world)
    path = reverse(name, kwargs=arguments(world, name, side=world.side, variant=verb) | change.path)
    query = change.query or (QUERIES[key](world) if key in QUERIES else "")
    url = f"{path}?{query}"
    answer = client.get(url) if method == "GET" else client.post(url, BODIES[key](world) | change.body)
    read(answer)
    return answer.status_code
