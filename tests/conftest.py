"""Fixtures for every test."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseOperations
from django.dispatch import receiver
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, sync_playwright

# The first is the same browser without windows: half the processor time for a page.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")

# On a busy machine time says nothing about the code. CI draws the same examples each time; new ones are for
# people.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("local", PATIENT)
settings.register_profile("ci", PATIENT, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session", autouse=True)
def _flush_past_guards() -> Iterator[None]:
    """Let the flush after a transactional test empty guarded tables on SQLite.

    PostgreSQL truncates, which guards on rows do not see. The guards leave and return in the flush's own
    transaction, so every test meets them.
    """
    flush = DatabaseOperations.execute_sql_flush

    def flush_past_guards(operations: DatabaseOperations, statements: list[str]) -> None:
        with operations.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        drops = [f"DROP TRIGGER {name}" for name, _ in guards]
        flush(operations, [*drops, *statements, *(sql for _, sql in guards)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_past_guards)
        yield


@receiver(connection_created)
def _rows_without_an_order_come_backwards(connection: BaseDatabaseWrapper, **_: object) -> None:
    """SQLite tells rows as written, PostgreSQL as they happen to lie: what needs an order must ask for it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA reverse_unordered_selects = ON")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Pages kept from one test are not shown in the next."""
    cache.clear()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own browser; a missing one is a failure, never a skip."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.fail("Browser tests need Chromium: script/setup dev")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
        # With Playwright's loop, this thread has connections of its own: nobody else would close them.
        connections.close_all()


@pytest.fixture
def chromium_page(chromium: Browser) -> Iterator[Page]:
    """An empty page of a visitor who has not been here before, on a laptop's screen."""
    context = chromium.new_context(locale="vi-VN", viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()
