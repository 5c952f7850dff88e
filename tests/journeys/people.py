"""People in a browser of their own each, and what everybody does: sign in, press, look."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, BrowserContext, Page, Response, ViewportSize, expect

from parindex.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.journeys.accessibility import axe_finds

PASSWORD = "mat-khau-rieng-2026"
LAPTOP: ViewportSize = {"width": 1366, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Milliseconds that an answer may take on a busy machine, before what is expected has failed.
PATIENCE = 30_000
REFUSALS = ("409", "410", "422")
# Where pictures go, for whoever wants to look.
PICTURES = os.environ.get("PAR_PICTURES")
FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"


class Cast:
    """The people of a journey: a browser context for each, and what was wrong on their pages."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self.chromium, self.site = chromium, site
        self.contexts: list[BrowserContext] = []
        self.found: list[str] = []
        self.seen: set[str] = set()

    def enter(self, *, script: bool = True) -> Page:
        """Somebody sits down at a laptop of their own, not signed in."""
        context = self.chromium.new_context(
            locale="vi-VN", base_url=self.site, viewport=LAPTOP, java_script_enabled=script
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        return page

    def signed_in(self, username: str, password: str = PASSWORD, *, script: bool = True) -> Page:
        """Somebody who has signed in."""
        page = self.enter(script=script)
        sign_in(page, username, password)
        return page

    def _note(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"} and not any(status in message for status in REFUSALS):
            self.found.append(message)

    def look(self, page: Page, state: str) -> None:
        """Keep what axe finds on a laptop, and sideways scrolling there and on a phone."""
        assert state not in self.seen, f"two pictures are called {state}"
        self.seen.add(state)
        page.wait_for_load_state("load")
        # At the end of the page a bar of buttons lies over nothing.
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        self.found += axe_finds(page, state)
        page.evaluate("window.scrollTo(0, 0)")
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                self.found.append(f"{state}, {size['width']} px: scrolls sideways")
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{state}-{size['width']}.png", full_page=True)

    def leave(self) -> None:
        """Everybody closes the browser."""
        for context in self.contexts:
            context.close()


@contextmanager
def cast_of(chromium: Browser, site: str) -> Iterator[Cast]:
    """A cast whose browsers are closed at the end, however it ends."""
    cast = Cast(chromium, site)
    try:
        yield cast
    finally:
        cast.leave()


def person(username: str, full_name: str, **fields: Any) -> User:
    """Somebody with an account and the password of all journeys, without any role."""
    return UserFactory(username=username, full_name=full_name, password=make_password(PASSWORD), **fields)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in by the form, wherever that leads; whoever was signed in before has left."""
    page.context.clear_cookies()
    page.goto("/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/dang-nhap/" not in address)


def sign_in_first(page: Page, username: str, one_time: str) -> None:
    """Sign in with the password of a slip, and set one's own."""
    sign_in(page, username, one_time)
    assert "/doi-mat-khau/" in page.url
    page.get_by_label("Mật khẩu đang dùng").fill(one_time)
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    press(page, "Đổi mật khẩu")
    assert "/doi-mat-khau/" not in page.url


def press(page: Page, name: str, role: Literal["button", "link"] = "button", *, exact: bool = True) -> int:
    """Send a form or follow a link; the answer's status, once its page is there."""
    with page.expect_navigation(wait_until="load") as answer:
        page.get_by_role(role, name=name, exact=exact).first.click()
    return answer.value.status


def saved(page: Page) -> None:
    """Wait until the page of a content says that every row is saved."""
    expect(page.locator("#luu")).to_contain_text("Đã lưu")
    expect(page.locator("tr.is-unsaved")).to_have_count(0)


def opened(page: Page, address: str) -> Response:
    """Go to an address; the answer."""
    answer = page.goto(address)
    assert answer is not None
    return answer


def heading(page: Page) -> str:
    """The main heading in one line, hard spaces as plain ones."""
    return plain(page.inner_text("h1"))


def plain(text: str) -> str:
    """Text in one line, hard spaces as plain ones."""
    return " ".join(text.replace("\u00a0", " ").split())


def chosen(name: str, content: bytes) -> Any:
    """A file as a person chooses it in a form."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def points_of(file: str) -> dict[str, str]:
    """Points by leaf code from one of the papers' score files."""
    with (FIXTURES / "scores" / file).open(encoding="utf-8") as rows:
        return {row["code"]: row["points"] for row in csv.DictReader(rows)}
