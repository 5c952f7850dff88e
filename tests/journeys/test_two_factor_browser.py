"""A one-time password, a second factor, a delegated role: a head and an officer in a real browser."""

import datetime as dt
import os
import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from assessments.enums import AssessmentState
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from parindex.notation import vietnamese_date
from tests.assessments.people import file_in, give
from tests.factories.accounts import UserFactory
from tests.journeys.accessibility import axe_finds
from tests.journeys.people import press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ONE_TIME, PASSWORD = "mot-lan-bcfg-2345", "cau-rieng-cua-toi-9"
SIZES = [(1366, 768), (390, 844)]
# Where pictures go, for whoever wants to look.
PICTURES = os.environ.get("PAR_PICTURES")


@pytest.fixture
def people(live_server: LiveServer) -> None:
    """A head with a one-time password, and an officer of the same commune."""
    file = file_in(AssessmentState.UNIT_REVIEW, until=timezone.localdate() + dt.timedelta(days=9))
    head = UserFactory(
        username="thinh",
        full_name="Ngô Đức Thịnh",
        password=make_password(ONE_TIME),
        must_change_password=True,
    )
    give(head, Role.UNIT_HEAD, file)
    officer = UserFactory(username="ha", full_name="Lê Thu Hà", password=make_password(PASSWORD))
    give(officer, Role.UNIT_OFFICER, file)


def look(page: Page, name: str) -> None:
    """Nothing scrolls sideways and axe finds nothing, on a laptop and on a phone."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), name
        assert axe_finds(page, name) == []


def sign_in(page: Page, site: str, name: str, password: str) -> None:
    page.goto(f"{site}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: address != f"{site}/dang-nhap/")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.usefixtures("people")
def test_from_a_one_time_password_to_a_second_factor(chromium_page: Page, live_server: LiveServer) -> None:
    page, site = chromium_page, live_server.url
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)

    sign_in(page, site, "thinh", ONE_TIME)
    heading(page, "Đổi mật khẩu")
    look(page, "one-time")
    page.get_by_label("Mật khẩu đang dùng").fill(ONE_TIME)
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã đổi mật khẩu.")

    page.goto(f"{site}/tai-khoan/")
    look(page, "account")
    press(page, "Bật xác thực hai lớp", "link", exact=False)
    heading(page, "Nhập lại mật khẩu để làm việc này")
    look(page, "again")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Xác nhận mật khẩu").click()
    heading(page, "Bật xác thực hai lớp")
    look(page, "set-up")
    expect(page.locator(".scan svg")).to_be_visible()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Mã trong ứng dụng").fill(code_of(secret))
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    heading(page, "Mã dự phòng")
    expect(page.get_by_role("status")).to_contain_text("Đã bật xác thực hai lớp.")
    expect(page.get_by_role("status")).to_contain_text("Đã tạo mã dự phòng mới.")
    look(page, "codes")
    first = page.locator(".codes li").first.inner_text()
    assert re.fullmatch(r"\d{8}", first)

    page.get_by_role("button", name="Đăng xuất").click()
    sign_in(page, site, "thinh", PASSWORD)
    heading(page, "Nhập mã xác thực")
    look(page, "code")
    page.get_by_label("Mã xác thực").fill("000000")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng hoặc đã hết hạn.")
    look(page, "code-wrong")
    page.get_by_label("Mã xác thực").fill(first)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator(".who__name")).to_have_text("Ngô Đức Thịnh")

    page.goto(f"{site}/tai-khoan/xac-thuc/tat/")
    page.get_by_label("Mã xác thực").or_(page.get_by_label("Mật khẩu")).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Xác nhận")).click()
    heading(page, "Tắt xác thực hai lớp?")
    look(page, "turn-off")
    page.get_by_role("button", name="Tắt xác thực hai lớp").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tắt xác thực hai lớp.")
    assert faults == []


@pytest.mark.usefixtures("people")
def test_a_delegated_role_is_taken_up_with_the_keyboard_and_without_script(
    chromium: Browser, live_server: LiveServer
) -> None:
    site = live_server.url
    User.objects.update(must_change_password=False, password=make_password(PASSWORD))
    context = chromium.new_context(locale="vi-VN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, site, "thinh", PASSWORD)
    page.goto(f"{site}/tai-khoan/uy-quyen/")
    look(page, "delegations")
    page.get_by_label("Vai trò").select_option(index=1)
    page.get_by_label("Người được ủy quyền").select_option(label="Lê Thu Hà")
    until = vietnamese_date(timezone.localdate() + dt.timedelta(days=3))
    page.get_by_label("Đến hết ngày").fill(until)
    page.get_by_role("button", name="Ủy quyền", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi lý do ủy quyền.")
    look(page, "delegations-refused")
    page.get_by_label("Lý do").fill("Đi công tác")
    page.get_by_role("button", name="Ủy quyền", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"Đã ủy quyền cho Lê Thu Hà đến hết ngày {until}.")
    look(page, "delegated")
    context.close()

    context = chromium.new_context(
        locale="vi-VN", viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, site, "ha", PASSWORD)
    page.goto(f"{site}/phuong-phap/")
    page.locator(".who__open").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name=re.compile("Lãnh đạo đơn vị"))
    expect(choice).to_be_visible()
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".who__role")).to_contain_text("Lãnh đạo đơn vị (ủy quyền của Ngô Đức Thịnh)")
    assert page.url == f"{site}/phuong-phap/"
    context.close()


@pytest.mark.usefixtures("people")
def test_the_open_list_of_roles_fits_and_axe_finds_nothing(
    chromium_page: Page, live_server: LiveServer
) -> None:
    held = Membership.objects.get(role=Role.UNIT_OFFICER)
    Membership.objects.create(user=held.user, role=Role.UNIT_HEAD, unit=held.unit)
    sign_in(chromium_page, live_server.url, "ha", PASSWORD)
    chromium_page.goto(f"{live_server.url}/tai-khoan/")
    chromium_page.locator(".who__open").click()
    expect(chromium_page.get_by_text("Chuyển sang vai trò", exact=True)).to_be_visible()

    look(chromium_page, "roles")
