"""Fixtures of journeys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.journeys.people import Cast, cast_of


@pytest.fixture
def cast(chromium: Browser, live_server: LiveServer) -> Iterator[Cast]:
    """People who each open a browser of their own; all leave at the end."""
    with cast_of(chromium, live_server.url) as people:
        yield people
