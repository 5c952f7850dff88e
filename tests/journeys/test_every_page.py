"""Every page of the site in a real browser: axe, sideways scrolling, the console, its language.

Every address is opened in each main state of a round, by the first of ORDER to whom it shows a page, and by
the people of ALSO, whose page is another one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from parindex.access import public
from parindex.urls import handler400
from parindex.urls import urlpatterns as own_patterns
from tests.factories.accounts import UserFactory
from tests.journeys.inspector import REFUSALS, Inspector
from tests.journeys.people import PASSWORD, heading, press, sign_in
from tests.language import english_in
from tests.rights.addresses import address, names
from tests.rights.asking import read
from tests.rights.cast import APPRAISAL, CONCLUDED, DRAFT, PUBLISHED
from tests.rights.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Who is asked first, by the part of the site that an address belongs to.
ORDER = {
    "assessments": ("visitor", "officer", "publisher", "secretary"),
    "criteria": ("visitor", "manager"),
    "accounts": ("administrator", "officer", "superuser"),
}
ANYBODY = ("visitor", "officer")
# Pages that are others for these people, by state.
ALSO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    DRAFT: {
        "assessments:work": ("publisher", "head", "administrator", "manager", "stranger"),
        "assessments:own_file": ("head",),
        "assessments:own_content": ("head",),
        "assessments:own_files": ("publisher",),
        "criteria:framework": ("manager",),
    },
    APPRAISAL: {
        "assessments:work": ("secretary", "lead", "member"),
        "assessments:appraisal": ("member", "lead"),
        "assessments:appraisal_leaf": ("secretary", "member", "lead", "recused"),
        "assessments:appraisal_file": ("secretary", "member"),
        "assessments:own_clarifications": ("head",),
    },
    CONCLUDED: {
        "assessments:work": ("publisher", "publisher2"),
        "assessments:publishing": ("publisher2", "auditor"),
    },
    PUBLISHED: {"assessments:ranking": ("publisher",), "assessments:unit": ("publisher",)},
}
# Only these pages change with the state of a round.
OF_ROUNDS = "assessments:"
# Addresses that answer with no page of their own, and why; those for forms and files tell it themselves.
LEFT_OUT = {
    "assessments:notice": "leads on to what the notice is about",
    "assessments:appraisal_next": "leads on to the next criterion",
    "assessments:setup_version_export": "a file for its own roles",
    "assessments:ranking_pdf_document": "a file",
    "assessments:ranking_workbook_document": "a file",
    "assessments:publication_manifest": "a file",
    "assessments:review": "the world has no request for review: test_review_browser",
    "accounts:first_run": "in an empty installation only, below",
    "mfa_authenticate": "between two steps of signing in: test_two_factor_browser",
    "mfa_reauthenticate": "needs a second factor: test_two_factor_browser",
    "mfa_activate_totp": "after the password was asked again: test_two_factor_browser",
    "mfa_deactivate_totp": "needs a second factor: test_two_factor_browser",
    "mfa_view_recovery_codes": "needs a second factor: test_two_factor_browser",
    "mfa_generate_recovery_codes": "needs a second factor: test_two_factor_browser",
    "mfa_download_recovery_codes": "a file",
    "data:rounds": "data",
    "data:round": "data",
    "data:ranking": "data",
    "data:unit": "data",
    "data:differences": "data",
    "api-schema": "data",
    "criteria:activation": "a draft without open problems: test_framework_browser",
}
# States in which nobody has the page.
NOT_IN: Mapping[str, tuple[str, ...]] = {
    "assessments:appraisal_file": (DRAFT,),
    "assessments:appraisal_recognise_file": (DRAFT, CONCLUDED, PUBLISHED),
    "assessments:publication_verification": (DRAFT, APPRAISAL, CONCLUDED),
    "assessments:setup_add_group": (PUBLISHED,),
    "assessments:setup_version": (PUBLISHED,),
}
# Pages of errors, which the browser reports too.
ERRORS = ("400", "403", "404", "405", "413", "429", "500")
WORDS = """() => {
    const body = document.body.cloneNode(true);
    body.querySelectorAll("script, style, code, pre, kbd").forEach((part) => part.remove());
    const named = [...body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")];
    const kinds = ["aria-label", "title", "placeholder", "alt"];
    const names = named.flatMap((part) => kinds.map((kind) => part.getAttribute(kind)));
    return [document.title, body.textContent, ...names].join(" ");
}"""


class Visit:
    """People in browsers of their own, and what is wrong with the pages that they open."""

    def __init__(self, chromium: Browser, site: str, world: World | None = None) -> None:
        self.chromium, self.site, self.world = chromium, site, world
        self.seats: dict[str, Inspector] = {}

    def seat(self, person: str) -> Inspector:
        """The browser of a person, who is signed in already."""
        if person not in self.seats:
            context = self.chromium.new_context(
                locale="vi-VN", base_url=self.site, viewport={"width": 1366, "height": 900}
            )
            session = self.world.clients[person].cookies.get("sessionid") if self.world else None
            if session:
                context.add_cookies([{"name": "sessionid", "value": session.value, "url": self.site}])
            self.seats[person] = Inspector(context.new_page(), (*REFUSALS, *ERRORS))
        return self.seats[person]

    def open(self, person: str, url: str, state: str, status: int = 200) -> Page:
        """Open an address and look at its page."""
        seat = self.seat(person)
        answer = seat.page.goto(url)
        assert answer is not None
        if answer.status != status:
            seat.found.append(f"{state}: {answer.status} instead of {status}")
        self.look(person, state)
        return seat.page

    def look(self, person: str, state: str) -> None:
        """Look at the page that a person has open."""
        seat = self.seat(person)
        seat.look(state, phone_too=True)
        english = english_in(seat.page.evaluate(WORDS))
        if english:
            seat.found.append(f"{state}: English: {', '.join(english)}")

    def found(self) -> list[str]:
        return [fault for seat in self.seats.values() for fault in seat.found]

    def close(self) -> None:
        for seat in self.seats.values():
            seat.page.context.close()


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Nobody has come yet; everybody leaves at the end."""
    visit = Visit(chromium, live_server.url)
    yield visit
    visit.close()


@pytest.mark.parametrize("state", [DRAFT, APPRAISAL, CONCLUDED, PUBLISHED])
def test_every_page_of_a_round_in_each_of_its_states(visit: Visit, state: str) -> None:
    world = visit.world = build(state)
    missing = set()

    for name in names():
        if name in LEFT_OUT or not (state == DRAFT or name.startswith(OF_ROUNDS)):
            continue
        person = first_reader(world, name)
        if person == "nobody":
            missing.add(name)
            continue
        for reader in dict.fromkeys([person, *ALSO[state].get(name, ())]):
            if reader:
                visit.open(reader, address(world, name), f"{state}-{name.replace(':', '.')}-{reader}")

    assert visit.found() == []
    assert missing == {name for name, states in NOT_IN.items() if state in states}


def first_reader(world: World, name: str) -> str:
    """Who of ORDER gets a page first; "" where the address takes forms or sends files, else "nobody"."""
    if name == "assessments:progress_move":
        return ""
    for person in ORDER.get(name.partition(":")[0], ANYBODY):
        answer: Any = world.clients[person].get(address(world, name))
        read(answer)
        page = answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 405 or (answer.status_code == 200 and not page):
            return ""
        if answer.status_code == 200:
            return person
    return "nobody"


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def unreadable(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("on purpose")


urlpatterns = [*own_patterns, path("hong/", public(broken)), path("la/", public(unreadable))]
__all__ = ["handler400"]
# A form without its token, or with more fields than any page has, as another site or a program sends it.
SEND = """([address, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    for (let place = 0; place < fields; place++) {
        const field = form.appendChild(document.createElement("input"));
        field.type = "hidden";
        field.name = `o-${place}`;
    }
    document.body.appendChild(form).submit();
}"""


def send(page: Page, url: str, fields: int) -> None:
    with page.expect_navigation():
        page.evaluate(SEND, [url, fields])


def test_an_empty_installation_and_the_pages_of_errors(visit: Visit, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    for name in ("assessments:rounds", "criteria:frameworks", "assessments:open_data", "accounts:first_run"):
        visit.open("visitor", reverse(name), f"empty-{name.replace(':', '.')}")

    visit.open("visitor", "/khong-co/", "error-404", 404)
    visit.open("visitor", "/hong/", "error-500", 500)
    visit.open("visitor", "/la/", "error-400", 400)
    for name in ("413", "503"):
        visit.open("visitor", f"/static/errors/{name}.html", f"error-{name}-proxy")
    page = visit.open("visitor", "/dang-nhap/", "empty-sign-in")
    send(page, "/dang-nhap/", 1)
    visit.look("visitor", "error-403-csrf")
    page.goto("/dang-nhap/")
    send(page, "/dang-nhap/", settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    visit.look("visitor", "error-413")

    person = UserFactory(username="hanh", password=make_password(PASSWORD))
    page = visit.seat("hanh").page
    sign_in(page, person.username)
    visit.look("hanh", "empty-work")
    visit.open("hanh", reverse("assessments:open_round"), "error-403", 403)
    visit.open("hanh", reverse("assessments:notices_read"), "error-405", 405)
    visit.open("hanh", "/khong-co/", "error-404-signed-in", 404)

    page = visit.seat("visitor").page
    for attempt in range(settings.AXES_FAILURE_LIMIT + 1):
        page.goto("/dang-nhap/")
        page.get_by_label("Tên đăng nhập").fill("hanh")
        page.get_by_label("Mật khẩu", exact=True).fill("sai")
        press(page, "Đăng nhập")
        if attempt == 0:
            visit.look("visitor", "error-sign-in")
            assert "Tên đăng nhập hoặc mật khẩu không đúng" in page.inner_text("main")
    visit.look("visitor", "error-429-locked")
    assert heading(page).startswith("Tài khoản tạm khóa")
    assert visit.found() == []
