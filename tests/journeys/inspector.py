"""Looking at pages in a browser: axe, sideways scrolling, the console, and pictures to look at."""

import os
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.journeys.accessibility import axe_finds

# Answers that a page gives on purpose; the browser writes them on its console.
REFUSALS = ("409", "410", "422")
# What stays at the bottom of the window.
BAR = ".action-bar"
# Where pictures go.
PICTURES = os.environ.get("PAR_PICTURES")
PHONE: ViewportSize = {"width": 390, "height": 844}


class Inspector:
    """Looks at the page in each of its states, and keeps what is wrong."""

    def __init__(self, page: Page, refusals: tuple[str, ...] = REFUSALS) -> None:
        self.page, self.refusals = page, refusals
        self.found: list[str] = []
        page.on("console", lambda message: self.note(message.type, message.text))
        page.on("pageerror", lambda error: self.found.append(str(error)))

    def note(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"} and not any(status in message for status in self.refusals):
            self.found.append(f"{self.page.url}: {message}")

    def look(self, state: str, *, phone_too: bool = False) -> None:
        """Look at the window as wide as it is, and at what a phone makes of the same page."""
        self.page.wait_for_load_state("load")
        self._fits(state)
        # At the end of the page a bar of buttons lies over nothing, at its top the head of a table does.
        bars = self.page.locator(BAR).count()
        self.page.evaluate("end => window.scrollTo(0, end ? document.body.scrollHeight : 0)", bars > 0)
        self.found += axe_finds(self.page, state)
        size = self.page.viewport_size
        if phone_too and size:
            self.page.set_viewport_size(PHONE)
            self._fits(state)
            self.page.set_viewport_size(size)

    def _fits(self, state: str) -> None:
        width = (self.page.viewport_size or {"width": 0})["width"]
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{state}__{width}.png", full_page=True)
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.found.append(f"{state}, {width} px: scrolls sideways")
