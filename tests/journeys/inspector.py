"""Looking at pages in a browser: axe, sideways scrolling, the console, and pictures to look at."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.accessibility import axe_finds

# Answers that a page gives on purpose; the browser writes them on its console.
REFUSALS = ("409", "410", "422")
# What stays at the bottom of the window.
BAR = ".action-bar"
# Where pictures go.
PICTURES = os.environ.get("PAR_PICTURES")


class Inspector:
    """Looks at the page in each of its states, and keeps what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        page.on("console", lambda message: self.note(message.type, message.text))

    def note(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"} and not any(status in message for status in REFUSALS):
            self.found.append(message)

    def look(self, state: str) -> None:
        self.page.wait_for_load_state("load")
        if PICTURES:
            width = (self.page.viewport_size or {"width": 0})["width"]
            self.page.screenshot(path=Path(PICTURES) / f"{state}-{width}.png", full_page=True)
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.found.append(f"{state}: scrolls sideways")
        # At the end of the page a bar of buttons lies over nothing, at its top the head of a table does.
        bars = self.page.locator(BAR).count()
        self.page.evaluate("end => window.scrollTo(0, end ? document.body.scrollHeight : 0)", bars > 0)
        self.found += axe_finds(self.page, state)
