"""Fixtures of journeys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from tests.journeys.people import PATIENCE, Cast, cast_of

expect.set_options(timeout=PATIENCE)

SCREENS: list[ViewportSize] = [{"width": 1366, "height": 768}, {"width": 390, "height": 844}]


@pytest.fixture
def cast(chromium: Browser, live_server: LiveServer) -> Iterator[Cast]:
    """People who each open a browser of their own; all leave at the end."""
    with cast_of(chromium, live_server.url) as people:
        yield people


@pytest.fixture(params=SCREENS, ids=lambda size: f"{size['width']}px")
def screen(chromium: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A laptop and a phone."""
    context = chromium.new_context(locale="vi-VN", base_url=live_server.url, viewport=request.param)
    yield context.new_page()
    context.close()
