"""Self-scoring in a real browser: laptop and phone, accessibility, two people on one row."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from assessments.enums import Track
from assessments.models import Assessment, Score
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.test_self_scoring import EVERY_KIND, content_url, file_url, new_file
from tests.factories.assessments import score
from tests.journeys.accessibility import axe_finds
from tests.journeys.people import PASSWORD, person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SIZES = [(1366, 768), (390, 844)]
# Where pictures go, for whoever wants to look.
PICTURES = os.environ.get("PAR_PICTURES")


def officer(file: Assessment, name: str, full_name: str, role: Role) -> User:
    user = person(name, full_name)
    Membership.objects.create(user=user, role=role, unit=file.unit)
    return user


@pytest.fixture
def file(live_server: LiveServer) -> Assessment:
    """An open file with four days left and some points."""
    found = new_file(EVERY_KIND, self_scoring_until=timezone.localdate() + dt.timedelta(days=4))
    score(found, {"1.1.1": "4", "1.4": None}, track=Track.SELF)
    officer(found, "hanh", "Lò Thị Hạnh", Role.UNIT_OFFICER)
    officer(found, "tuan", "Nguyễn Văn Tuấn", Role.UNIT_OFFICER)
    officer(found, "xuan", "Giàng Thị Xuân", Role.UNIT_HEAD)
    return found


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}px")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def people(chromium: Browser, size: tuple[int, int], live_server: LiveServer) -> Iterator[Any]:
    """Opens a browser of its own for each person who signs in."""
    contexts = []

    def signed_in(username: str) -> Page:
        width, height = size
        context = chromium.new_context(
            locale="vi-VN", base_url=live_server.url, viewport={"width": width, "height": height}
        )
        contexts.append(context)
        page = context.new_page()
        sign_in(page, username)
        return page

    yield signed_in
    for context in contexts:
        context.close()


def faults(page: Page, state: str) -> list[str]:
    """What axe finds, and sideways scrolling."""
    if PICTURES:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(PICTURES) / f"{state}-{width}.png", full_page=True)
    # At the end of the page the bar of buttons lies over nothing.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    found = axe_finds(page, state)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{state}: scrolls sideways")
    return found


def entry(file: Assessment, code: str, name: str) -> str:
    leaf = file.group.used_framework.criteria.get(code=code)
    return f'[name="m{leaf.pk}-{name}"]:not([type="hidden"])'


def state_of(page: Page, words: str) -> None:
    """Wait until the page says this of its saving."""
    expect(page.locator("#luu")).to_contain_text(words)


def typed(page: Page, place: str, text: str) -> None:
    """Type into a field and leave it."""
    page.fill(place, text)
    page.locator(place).blur()


def test_a_file_from_the_work_list_to_submission(file: Assessment, people: Any) -> None:
    found: list[str] = []
    hanh = people("hanh")
    blocked: list[str] = []
    hanh.on("console", lambda message: blocked.append(message.text) if "Policy" in message.text else None)
    hanh.goto("/ho-so/")
    found += faults(hanh, "list")
    press(hanh, file.group.round.title, "link", exact=False)
    assert "Còn 4 ngày" in hanh.inner_text("h1")
    found += faults(hanh, "file")
    press(hanh, "Tiêu chí 1", "link")
    hanh.wait_for_url(f"**{content_url(file)}")
    found += faults(hanh, "content")

    hanh.fill(entry(file, "1.1.1", "reason"), "Ban hành trước hạn.")
    typed(hanh, entry(file, "1.1.1", "points"), "5")
    state_of(hanh, "bị từ chối")
    field = hanh.locator(entry(file, "1.1.1", "points"))
    expect(field).to_have_attribute("aria-invalid", "true")
    assert "lớn hơn điểm tối đa 4" in hanh.inner_text("main")
    assert hanh.input_value(entry(file, "1.1.1", "reason")) == "Ban hành trước hạn."
    found += faults(hanh, "errors")

    typed(hanh, entry(file, "1.1.1", "points"), "3,5")
    state_of(hanh, "Đã lưu")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    hanh.get_by_label("Có", exact=True).first.check()
    expect(hanh.locator("#tien-do")).to_contain_text("đã nhập 3/10")
    hanh.get_by_label("Tốt: 0,75").check()
    expect(hanh.locator("#tien-do")).to_contain_text("đã nhập 4/10")
    expect(hanh.locator("#tong-noi-dung")).to_contain_text("6,25")
    found += faults(hanh, "saved")

    hanh.goto(f"{file_url(file)}kiem-tra/")
    assert "Còn 2 mục phải sửa" in hanh.inner_text("h1")
    found += faults(hanh, "check")
    assert press(hanh, "Trình lãnh đạo duyệt") == 409
    hanh.goto(content_url(file))
    for code in ("1.1.2", "1.2"):
        typed(hanh, entry(file, code, "reason"), "Tài liệu mật, lưu tại đơn vị.")
        state_of(hanh, "Đã lưu")
        expect(hanh.locator("tr.is-unsaved")).to_have_count(0)
    hanh.goto(f"{file_url(file)}kiem-tra/")
    press(hanh, "Trình lãnh đạo duyệt")
    hanh.goto(content_url(file))
    assert hanh.locator("textarea").count() == 0
    found += faults(hanh, "read-only")

    xuan = people("xuan")
    xuan.goto(f"{file_url(file)}kiem-tra/?loc=can-chu-y")
    assert "Hồ sơ chờ lãnh đạo duyệt" in xuan.inner_text("h1")
    found += faults(xuan, "head")
    assert press(xuan, "Trả lại cán bộ") == 422
    found += faults(xuan, "return-errors")
    xuan.get_by_label("Lý do trả lại").fill("Mục 1.3 chưa có số liệu.")
    press(xuan, "Trả lại cán bộ")
    hanh.goto(content_url(file))
    assert "Mục 1.3 chưa có số liệu." in hanh.inner_text("main")
    assert "Bị trả lại" in hanh.inner_text("#muc-1\\.3")
    found += faults(hanh, "returned")
    hanh.goto(file_url(file))
    press(hanh, "Trình lãnh đạo duyệt")
    xuan.goto(file_url(file))
    press(xuan, "Duyệt và nộp")
    assert "Hồ sơ đã nộp" in xuan.inner_text("main")
    found += faults(xuan, "submitted")

    assert (found, blocked) == ([], [])


def test_numbers_go_down_with_enter_and_what_is_typed_meanwhile_stays(file: Assessment, people: Any) -> None:
    hanh = people("hanh")
    hanh.goto(content_url(file))

    hanh.fill(entry(file, "1.1.1", "points"), "2")
    hanh.keyboard.press("Enter")
    assert hanh.evaluate("document.activeElement.name") in entry(file, "1.3", "numerator")
    hanh.keyboard.type("41")
    hanh.keyboard.press("Tab")
    hanh.keyboard.type("50")
    state_of(hanh, "Đã lưu")
    assert hanh.evaluate("document.activeElement.name") in entry(file, "1.3", "denominator")
    hanh.keyboard.press("Tab")
    expect(hanh.locator("#muc-1\\.3")).to_contain_text("41/50 = 82 %")

    hanh.fill(entry(file, "1.3", "reason"), "Theo báo cáo")
    expect(hanh.locator("#muc-1\\.3 [data-save]")).to_contain_text("Đã lưu")
    assert hanh.evaluate("document.activeElement.name") in entry(file, "1.3", "reason")


def test_two_people_on_one_row_lose_nothing(file: Assessment, people: Any) -> None:
    hanh, tuan = people("hanh"), people("tuan")
    for page in (hanh, tuan):
        page.goto(content_url(file))
    tuan.fill(entry(file, "1.1.1", "reason"), "Theo báo cáo quý III.")
    typed(tuan, entry(file, "1.1.1", "points"), "2,5")
    state_of(tuan, "Đã lưu")

    hanh.fill(entry(file, "1.1.1", "reason"), "Theo báo cáo năm.")
    typed(hanh, entry(file, "1.1.1", "points"), "3,75")

    dialog = hanh.get_by_role("dialog")
    for text in ("Nguyễn Văn Tuấn", "2,50 điểm", "Theo báo cáo quý III.", "3,75 điểm"):
        expect(dialog).to_contain_text(text)
    expect(dialog.locator(".quote del")).to_have_text("quý III.")
    expect(dialog.locator(".quote ins")).to_have_text("năm.")
    assert faults(hanh, "conflict") == []
    dialog.get_by_role("button", name="Để sau").click()
    state_of(hanh, "Xung đột")
    assert hanh.input_value(entry(file, "1.1.1", "points")) == "3,75"
    assert hanh.input_value(entry(file, "1.1.1", "reason")) == "Theo báo cáo năm."
    hanh.get_by_role("button", name="Lưu nội dung 1").click()
    dialog.get_by_label("Giải trình khi giữ").fill("Theo báo cáo năm và quý III.")
    dialog.get_by_role("button", name="Lưu bản đang chọn").click()
    state_of(hanh, "Đã lưu")
    assert hanh.input_value(entry(file, "1.1.1", "reason")) == "Theo báo cáo năm và quý III."
    tuan.reload()
    assert tuan.input_value(entry(file, "1.1.1", "points")) == "3,75"


def test_a_conflict_waits_until_the_row_is_left_or_asked_about(file: Assessment, people: Any) -> None:
    hanh, tuan = people("hanh"), people("tuan")
    for page in (hanh, tuan):
        page.goto(content_url(file))
    typed(tuan, entry(file, "1.1.1", "points"), "2,5")
    state_of(tuan, "Đã lưu")
    dialog = hanh.get_by_role("dialog")

    hanh.fill(entry(file, "1.1.1", "reason"), "Theo báo cáo năm.")
    hanh.locator(entry(file, "1.1.1", "points")).focus()
    state_of(hanh, "Xung đột")
    expect(dialog).to_be_hidden()
    hanh.keyboard.press("Control+A")
    hanh.keyboard.type("3,75")
    hanh.keyboard.press("Control+S")
    expect(dialog).to_contain_text("3,75 điểm")
    dialog.get_by_role("button", name="Để sau").click()
    hanh.locator(entry(file, "1.1.2", "reason")).focus()
    expect(dialog).to_contain_text("3,75 điểm")


def test_a_lost_network_keeps_what_was_typed_and_sends_it_later(file: Assessment, people: Any) -> None:
    hanh = people("hanh")
    hanh.goto(content_url(file))
    hanh.context.set_offline(True)
    typed(hanh, entry(file, "1.1.1", "points"), "2,25")
    state_of(hanh, "mất mạng")

    hanh.context.set_offline(False)
    state_of(hanh, "Đã lưu")
    hanh.reload()
    assert hanh.input_value(entry(file, "1.1.1", "points")) == "2,25"


@pytest.mark.parametrize("size", SIZES[:1])
def test_who_goes_back_sees_what_is_saved(file: Assessment, people: Any) -> None:
    hanh = people("hanh")
    hanh.goto(content_url(file))
    points, reason = entry(file, "1.1.1", "points"), entry(file, "1.1.1", "reason")
    hanh.fill(reason, "Câu của Hạnh")
    typed(hanh, points, "2,25")
    state_of(hanh, "Đã lưu")
    hanh.goto("/viec/")
    # A colleague writes meanwhile.
    Score.objects.filter(criterion__code="1.1.1", track=Track.SELF).update(
        points="2.5", reason="Câu của Tuấn"
    )

    hanh.go_back()

    expect(hanh.locator(points)).to_have_value("2,5")
    expect(hanh.locator(reason)).to_have_value("Câu của Tuấn")


@pytest.mark.parametrize("size", SIZES[:1])
def test_a_session_that_ended_keeps_what_was_typed_until_the_same_person_is_back(
    file: Assessment, people: Any
) -> None:
    hanh = people("hanh")
    hanh.goto(content_url(file))
    points = entry(file, "1.1.1", "points")

    def signs_in(username: str) -> None:
        tab = hanh.context.new_page()
        tab.goto("/dang-nhap/")
        tab.get_by_label("Tên đăng nhập").fill(username)
        tab.get_by_label("Mật khẩu").fill(PASSWORD)
        tab.keyboard.press("Enter")
        tab.wait_for_url(lambda address: "/dang-nhap/" not in address)
        tab.close()
        hanh.bring_to_front()
        hanh.evaluate("window.dispatchEvent(new Event('focus'))")

    hanh.context.clear_cookies(name="sessionid")
    typed(hanh, points, "2,25")
    state_of(hanh, "phiên đã hết hạn")
    expect(hanh.locator("#luu a")).to_have_attribute("target", "_blank")
    assert faults(hanh, "signed-out") == []
    signs_in("tuan")
    state_of(hanh, "tài khoản khác")
    assert not Score.objects.filter(criterion__code="1.1.1", track=Track.SELF, points="2.25").exists()
    hanh.context.clear_cookies(name="sessionid")
    signs_in("hanh")
    state_of(hanh, "Đã lưu")

    Membership.objects.filter(user__username="hanh").delete()
    typed(hanh, points, "2,5")
    state_of(hanh, "Mục 1.1.1: bị từ chối. ")
    assert hanh.input_value(points) == "2,5"
    assert Score.objects.get(criterion__code="1.1.1", track=Track.SELF).author_name == "Lò Thị Hạnh"


def test_a_file_closed_meanwhile_turns_read_only_and_keeps_the_text(file: Assessment, people: Any) -> None:
    hanh = people("hanh")
    hanh.goto(content_url(file))
    Assessment.objects.filter(pk=file.pk).update(state="unit_review")
    hanh.fill(entry(file, "1.1.1", "reason"), "Câu dài đã gõ")
    typed(hanh, entry(file, "1.1.1", "points"), "3")

    expect(hanh.locator("#khoa")).to_contain_text("chờ lãnh đạo đơn vị duyệt")
    assert hanh.input_value(entry(file, "1.1.1", "reason")) == "Câu dài đã gõ"
    expect(hanh.locator(entry(file, "1.1.1", "points"))).to_have_attribute("readonly", "")
    assert faults(hanh, "closed") == []


def test_without_script_the_form_saves_as_a_whole(
    file: Assessment, chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "hanh")
    page.goto(content_url(file))
    page.fill(entry(file, "1.1.1", "points"), "5")
    assert press(page, "Lưu nội dung 1") == 422
    page.fill(entry(file, "1.1.1", "points"), "3")
    press(page, "Lưu nội dung 1")
    assert "Đã lưu 1 mục" in page.inner_text("main")
    page.fill(entry(file, "1.1.1", "points"), "2")
    page.fill(entry(file, "1.1.1", "reason"), "Chưa lưu mà đã xem trang khác")
    page.goto("/viec/")
    page.go_back()
    expect(page.locator(entry(file, "1.1.1", "reason"))).to_have_value("Chưa lưu mà đã xem trang khác")
    expect(page.locator(entry(file, "1.1.1", "points"))).to_have_value("2")
    context.close()


def test_a_person_without_open_files_reads_why(file: Assessment, people: Any) -> None:
    Membership.objects.filter(user__username="hanh").delete()
    hanh = people("hanh")
    hanh.goto("/ho-so/")

    assert "chưa được giao vai trò" in hanh.inner_text("main")
    assert faults(hanh, "empty") == []
