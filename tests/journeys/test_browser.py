"""The pages in a real browser: laptop and phone, accessibility rules, keyboard, no blocked resource."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from assessments.sample.people import PASSWORD
from tests.journeys.accessibility import axe_finds

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/dot/quang-ninh-2022/",
    "/dot/quang-ninh-2022/doi-chieu/",
    "/dot/quang-ninh-2022/ubnd-cap-huyen/",
    "/dot/quang-ninh-2022/ubnd-cap-huyen/dong-trieu/",
    "/dot/phong-tho-2023/huyen/",
    "/dot/phong-tho-2023/huyen/phong-tho/",
    "/dot/hoang-mai-phong-2024/phong-chuyen-mon/",
    "/dot/phuong-2-2022/doi-chieu/",
    "/dot/phuong-2-2022/phuong-xa/phuong-2/",
    "/bo-tieu-chi/",
    "/phuong-phap/",
    "/thanh-phan/",
    "/du-lieu-mo/",
    "/dang-nhap/",
    "/khong-co-trang-nay/",
]
STAFF_PAGES = [
    "/",
    "/dot/minh-hoa-tham-dinh/",
    "/dot/minh-hoa-tham-dinh/ubnd-phuong/",
    "/dot/minh-hoa-tham-dinh/ubnd-phuong/dai-kim/",
    "/dot/minh-hoa-tham-dinh/doi-chieu/",
    "/doi-mat-khau/",
]
SIZES = [(1366, 768), (390, 844)]


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """The site with its sample."""
    call_command("load_sample", verbosity=0, stdout=io.StringIO())
    return str(live_server.url)


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}px")
def screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A laptop's and a phone's screen."""
    width, height = request.param
    context = chromium.new_context(locale="vi-VN", viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def faults(page: Page, site: str, address: str) -> list[str]:
    """What is wrong with one page: blocked or failing resources, sideways scrolling, axe's findings."""
    found: list[str] = []

    def note(message: Any) -> None:
        if message.type in {"error", "warning"} and "404" not in message.text:
            found.append(f"{address}: {message.text}")

    page.on("console", note)
    page.goto(f"{site}{address}")
    page.remove_listener("console", note)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{address}: scrolls sideways")
    return found + axe_finds(page, address)


def sign_in(page: Page, site: str, username: str) -> None:
    page.goto(f"{site}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/viec/")


def test_public_and_staff_pages_are_sound_on_laptop_and_phone(site: str, screen: Page) -> None:
    found = [fault for address in PAGES for fault in faults(screen, site, address)]
    sign_in(screen, site, "noivu.hoangmai")
    found += [fault for address in STAFF_PAGES for fault in faults(screen, site, address)]

    assert found == []


def test_a_reader_goes_from_the_list_to_the_reason_behind_a_number_by_keyboard(
    site: str, chromium_page: Page
) -> None:
    page = chromium_page
    page.goto(f"{site}/dot/phong-tho-2023/huyen/")
    assert "79,24" in page.inner_text("h1")

    page.get_by_role("link", name="Huyện Phong Thổ").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/phong-tho/")
    assert page.inner_text("h1").replace("\u00a0", " ") == "Huyện Phong Thổ đạt 79,24 %, xếp loại Khá"
    finance = page.locator("details", has_text="6. Cải cách tài chính công").first
    if not finance.get_attribute("open"):
        finance.locator("summary").first.focus()
        page.keyboard.press("Enter")

    shown = finance.inner_text().replace("\u00a0", " ")
    assert "1,23" in shown
    assert "= 3,18" in shown.replace("=\n", "= ")


def test_signing_in_shows_the_person_and_wrong_passwords_get_a_vietnamese_answer(
    site: str, chromium_page: Page
) -> None:
    page = chromium_page
    page.goto(f"{site}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill("noivu.hoangmai")
    page.get_by_label("Mật khẩu").fill("sai")
    page.keyboard.press("Enter")
    page.get_by_text("Tên đăng nhập hoặc mật khẩu không đúng").first.wait_for()

    sign_in(page, site, "noivu.hoangmai")

    assert "Phạm Lan Anh" in page.inner_text("header")


def test_axe_finds_what_is_broken(chromium_page: Page) -> None:
    chromium_page.set_content(
        "<html lang='vi'><title>Trang</title><main><h1>Trang</h1><img src='data:,'></main>"
    )

    assert axe_finds(chromium_page, "trang") == ['trang: image-alt <img src="data:,">']
