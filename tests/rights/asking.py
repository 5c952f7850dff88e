"""Asking an address as a person, and what came back in the words of the table."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.forms.forms import BaseForm
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.utils.safestring import SafeString

from tests.rights.addresses import address
from tests.rights.bodies import BODIES, GROUNDS, QUERIES
from tests.rights.world import World

FORBIDDEN, CONFLICT = 403, 409
SIGN_IN = "/dang-nhap/"
DAY = re.compile(r"\d\d/\d\d/\d{4}")


def words_alone(template: Template, context: Context) -> SafeString:
    """Instead of a drawn page the words of its refusal: who may do what is no matter of looks."""
    return SafeString("\n".join(_refusals(context)))


def _refusals(context: Context) -> Iterator[str]:
    known = {name: value for layer in context.dicts for name, value in layer.items()}
    for name in ("exception", "refusal"):
        if known.get(name):
            yield str(known[name]).strip()
    for value in known.values():
        if isinstance(value, BaseForm) and value.is_bound:
            yield from map(str, value.non_field_errors())


def asked(world: World, action: str, person: str) -> str:
    """What a person gets: status, where it leads, the words of a refusal. Nothing stays changed."""
    with kept_as_it_was(world, person) as client:
        response = send(world, action, client)
        read(response)
        return told(response, reads=" GET" in action)


def send(world: World, action: str, client: Client) -> Any:
    """Ask for an action of the table: an address, a method, and a verb where the address takes one."""
    name, method, verb = parts(action)
    key = f"{name}:{verb}" if verb else name
    if key in GROUNDS:
        GROUNDS[key](world)
    url = address(world, name, variant=verb)
    if key in QUERIES:
        url += f"?{QUERIES[key](world)}"
    return client.get(url) if method == "GET" else client.post(url, BODIES[key](world))


def read(response: HttpResponse) -> bytes:
    """What an answer holds; a file that was opened for it is closed."""
    return b"".join(response)


def parts(action: str) -> tuple[str, str, str]:
    """The address, the method and the verb of an action."""
    name, method, *verb = action.split()
    return name, method, verb[0] if verb else ""


class kept_as_it_was:  # noqa: N801 — reads as a phrase
    """Undo what a request changes in the database and in the person's session."""

    def __init__(self, world: World, person: str) -> None:
        self.client = world.clients[person]

    def __enter__(self) -> Client:
        self.point = transaction.savepoint()
        self.cookies = self.client.cookies.copy()
        return self.client

    def __exit__(self, *problem: object) -> None:
        transaction.savepoint_rollback(self.point)
        self.client.cookies = self.cookies


def told(response: HttpResponse, *, reads: bool) -> str:
    """An answer as the table writes it."""
    status = response.status_code
    if response.headers.get("Location", "").startswith(SIGN_IN):
        return "login"
    if status == 302 and reads:
        return f"302 {without_ids(response.headers['Location'])}"
    if status in (FORBIDDEN, CONFLICT):
        said = DAY.sub("…", response.content.decode())
        return " ".join([str(status), *said.splitlines()[:1]])
    return str(status)


def without_ids(location: str) -> str:
    return re.sub(r"\d+", "#", location.partition("?")[0])
