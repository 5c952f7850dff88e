"""Asking an address as a person, and what came back in the words of the table."""

import html
import re
from collections.abc import Iterator

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.rights.addresses import BODIES, address
from tests.rights.world import World

FORBIDDEN, CONFLICT = 403, 409
SIGN_IN = "/dang-nhap/"
# The page of a refusal: its heading is one of two.
REFUSAL = re.compile(
    r"<h1>\s*(?:Tài khoản này chưa có quyền|Dữ liệu đã đổi từ lúc mở trang)[^<]*</h1>"
    r"\s*<p class=\"page-head__lead\">(?P<words>[^<]*)</p>"
)


def asked(world: World, action: str, person: str) -> str:
    """What a person gets: status, where it leads, the words of a refusal. Nothing stays changed."""
    with kept_as_it_was(world, person) as client:
        response = send(world, action, client)
        read(response)
        return told(response, reads=" GET" in action)


def send(world: World, action: str, client: Client) -> HttpResponse:
    """Ask for an action of the table: an address, a method, and a verb where the address takes one."""
    name, method, verb = parts(action)
    url = address(world, name, variant=verb)
    if method == "GET":
        return client.get(url)
    return client.post(url, BODIES[f"{name}:{verb}" if verb else name](world))


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
        self.cookies = self.client.cookies.output()
        return self.client

    def __exit__(self, *problem: object) -> None:
        transaction.savepoint_rollback(self.point)
        self.client.cookies.pop("messages", None)


def told(response: HttpResponse, *, reads: bool) -> str:
    """An answer as the table writes it."""
    status = response.status_code
    if response.headers.get("Location", "").startswith(SIGN_IN):
        return "login"
    if status == 302 and reads:
        return f"302 {without_ids(response.headers['Location'])}"
    return " ".join([str(status), *sentence(response)])


def without_ids(location: str) -> str:
    return re.sub(r"\d+", "#", location.partition("?")[0])


def sentence(response: HttpResponse) -> Iterator[str]:
    """The words of a refusal, as its page shows them."""
    if response.status_code not in (FORBIDDEN, CONFLICT):
        return
    shown = html.unescape(response.content.decode())
    found = REFUSAL.search(shown)
    if found:
        yield found["words"].strip()
