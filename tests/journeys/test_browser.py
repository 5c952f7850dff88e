"""Pages with the papers of the sample: long titles, whole tables, charts; reading them by keyboard."""

import io

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from assessments.sample.people import PASSWORD
from tests.journeys.inspector import Inspector
from tests.journeys.people import LAPTOP, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Every page as such is opened in test_every_page; these are the ones that real papers make large.
PUBLIC = [
    "/",
    "/dot/quang-ninh-2022/",
    "/dot/quang-ninh-2022/ubnd-cap-huyen/",
    "/dot/quang-ninh-2022/ubnd-cap-huyen/dong-trieu/",
    "/dot/phong-tho-2023/huyen/phong-tho/",
    "/dot/hoang-mai-phong-2024/phong-chuyen-mon/",
    "/dot/phuong-2-2022/doi-chieu/",
]
STAFF = [
    "/dot/minh-hoa-tham-dinh/ubnd-phuong/",
    "/dot/minh-hoa-tham-dinh/ubnd-phuong/dai-kim/",
    "/dot/minh-hoa-tham-dinh/tham-dinh/",
    "/dot/minh-hoa-tu-cham/tien-do/",
]
OWN = [f"/ho-so/minh-hoa-tu-cham/ubnd-phuong/dai-kim/{part}" for part in ("", "1/", "kiem-tra/")]

# What a printed page shows too much or too little of: its sheet is A4 less the margins of base.css.
PAPER = """() => {
    const wide = getComputedStyle(document.body).page === "wide", width = wide ? 1009 : 624;
    document.body.style.width = `${width}px`;
    const seen = (name) => [...document.querySelectorAll(name)].some((part) => part.checkVisibility());
    const past = [...document.querySelectorAll("main *")]
        .filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > width + 1)
        .filter((part) => getComputedStyle(part).position !== "absolute" && !part.closest("svg"));
    document.body.style.width = "";
    return [
        ...(past.length ? [`past the edge: ${past[0].outerHTML.slice(0, 80)}`] : []),
        ...[".site-nav", ".btn", ".filters", ".downloads"].filter(seen),
        ...(seen(".masthead__printed") ? [] : ["no date"]),
    ];
}"""


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """The site with its sample."""
    call_command("load_sample", verbosity=0, stdout=io.StringIO())
    return str(live_server.url)


def test_pages_with_real_papers_are_sound_on_laptop_and_phone(site: str, chromium: Browser) -> None:
    found = []
    for username, addresses in (("", PUBLIC), ("noivu.hoangmai", STAFF), ("daikim", OWN)):
        context = chromium.new_context(locale="vi-VN", base_url=site, viewport=LAPTOP)
        eye = Inspector(context.new_page())
        if username:
            sign_in(eye.page, username, PASSWORD)
        for address in addresses:
            eye.page.goto(address)
            eye.look(f"sample{address.replace('/', '.')}", phone_too=True)
            eye.found += on_paper(eye.page, address)
        found += eye.found
        context.close()

    assert found == []


def on_paper(page: Page, address: str) -> list[str]:
    """What is wrong with a page when it is printed, A4."""
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    found = [f"{address} on paper: {fault}" for fault in page.evaluate(PAPER)]
    page.emulate_media(media="screen")
    page.set_viewport_size(LAPTOP)
    return found


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
