"""A file goes back and comes again, and one unit alone gets more time: in the browser, step by step."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import Track, WithoutEvidence
from assessments.models import Group
from assessments.workflow import GroupSettings
from parindex.accounts.enums import Role
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.people import Cast, heading, opened, person, plain, press, saved

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OWN = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}
ROUND = "/dot/phong-tho-2026/"
FILE = "/ho-so/phong-tho-2026/xa/{}/"


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Two communes that have scored themselves, with an officer and a head each, and a publisher."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân huyện Phong Thổ"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="phong-tho-2026",
        title="Chỉ số cải cách hành chính các xã năm 2026",
        self_scoring_until=in_days(3),
    )
    units = [
        UnitFactory(code=code, name=name, organiser=organiser, unit_type=unit_type)
        for code, name in (("ban-lang", "Xã Bản Lang"), ("muong-so", "Xã Mường So"))
    ]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    settings = GroupSettings(without_evidence=WithoutEvidence.ANYTHING)
    made = GroupFactory(
        round=round, code="xa", name="Các xã", framework=framework, units=units, settings=settings
    )
    first, second = made.assessments.order_by("unit_code")
    for file in (first, second):
        score(file, OWN, track=Track.SELF)
    give(person("noivu", "Phạm Lan Anh"), Role.PUBLISHER, first)
    give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, first)
    give(person("tuan", "Vàng A Tuấn"), Role.UNIT_HEAD, first)
    give(person("mai", "Vàng Thị Mai"), Role.UNIT_OFFICER, second)
    return made


def first_task(page: Page) -> str:
    """What the start page puts first."""
    opened(page, "/viec/")
    return plain(page.locator(".task").first.inner_text())


def correct(page: Page, leaf: str, points: str, reason: str) -> None:
    """The officer changes one row of content 1, which is saved by itself."""
    opened(page, f"{FILE.format('ban-lang')}1/")
    row = page.locator(f"tr[data-code='{leaf}']")
    row.locator("input[inputmode=decimal]").first.fill(points)
    row.locator("textarea").fill(reason)
    row.locator("textarea").blur()
    saved(page)


def test_a_file_goes_back_twice_and_each_reason_comes_first(cast: Cast, group: Group) -> None:
    officer, head, publisher = (cast.signed_in(name) for name in ("hanh", "tuan", "noivu"))
    own = FILE.format("ban-lang")
    opened(officer, f"{own}kiem-tra/")
    press(officer, "Trình lãnh đạo duyệt")

    assert first_task(head).startswith("Duyệt hồ sơ tự chấm")
    press(head, "Duyệt hồ sơ tự chấm", "link", exact=False)
    head.get_by_label("Lý do trả lại").fill("Mục 1.2 mới có 2 trong 3 báo cáo: chấm lại.")
    press(head, "Trả lại cán bộ")
    cast.look(head, "tra-lai-1-lanh-dao-da-tra")

    task = first_task(officer)
    assert "Mục 1.2 mới có 2 trong 3 báo cáo: chấm lại." in task
    assert "Bị trả lại" in task
    cast.look(officer, "tra-lai-2-viec-cua-can-bo")
    correct(officer, "1.2", "2", "Quý III chưa có báo cáo.")
    assert "Mục 1.2 mới có 2 trong 3 báo cáo: chấm lại." in officer.inner_text("main")
    cast.look(officer, "tra-lai-3-sua-lai")
    opened(officer, f"{own}kiem-tra/")
    press(officer, "Trình lãnh đạo duyệt")
    opened(head, f"{own}kiem-tra/")
    press(head, "Duyệt và nộp")

    opened(publisher, f"{ROUND}tien-do/xa/ban-lang/")
    publisher.locator("summary", has_text="Trả lại khi tiếp nhận").click()
    back = publisher.locator("details", has_text="Trả lại khi tiếp nhận")
    back.get_by_label("Lý do").fill("Thiếu phụ lục số liệu của mục 1.1.1.")
    press(publisher, "Trả lại khi tiếp nhận")
    cast.look(publisher, "tra-lai-4-co-quan-da-tra")
    assert "Thiếu phụ lục số liệu của mục 1.1.1." in first_task(officer)
    correct(officer, "1.1.1", "3,5", "Đã gửi phụ lục.")
    opened(officer, f"{own}kiem-tra/")
    press(officer, "Trình lãnh đạo duyệt")
    opened(head, f"{own}kiem-tra/")
    press(head, "Duyệt và nộp")

    opened(publisher, f"{ROUND}tien-do/xa/ban-lang/")
    assert heading(publisher) == "Xã Bản Lang: đã nộp"
    told = publisher.locator(".history").inner_text()
    for reason in ("Mục 1.2 mới có 2 trong 3", "Thiếu phụ lục số liệu"):
        assert reason in told
    cast.look(publisher, "tra-lai-5-lich-su")
    assert cast.found == []


def test_one_unit_gets_more_time_after_the_last_day(cast: Cast, group: Group) -> None:
    group.round.self_scoring_until = in_days(-1)
    group.round.save()
    officer, other, publisher = (cast.signed_in(name) for name in ("hanh", "mai", "noivu"))
    opened(officer, f"{FILE.format('ban-lang')}1/")
    assert officer.locator("tr[data-code]").count() == 0
    cast.look(officer, "gia-han-1-het-han")

    opened(publisher, f"{ROUND}tien-do/xa/ban-lang/")
    more = publisher.locator("details", has_text="Gia hạn tự chấm")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    more.get_by_label("Hạn tự chấm mới").fill(f"{in_days(5):%d/%m/%Y}")
    more.get_by_label("Lý do").fill("Xã mất điện ba ngày do bão.")
    press(publisher, "Gia hạn tự chấm")
    cast.look(publisher, "gia-han-2-da-gia-han")

    task = first_task(officer)
    assert task.startswith("Được gia hạn tự chấm")
    assert f"đến hết {in_days(5):%d/%m/%Y}" in task
    assert heading(officer) == "Còn 5 ngày cho việc gần hạn nhất"
    cast.look(officer, "gia-han-3-viec-cua-can-bo")
    opened(officer, "/thong-bao/")
    assert "Xã mất điện ba ngày do bão." in officer.inner_text("main")
    correct(officer, "1.2", "2,5", "Ghi thêm sau bão.")
    opened(other, f"{FILE.format('muong-so')}1/")
    assert other.locator("tr[data-code]").count() == 0
    cast.look(other, "gia-han-4-don-vi-khac-van-khoa")
    assert cast.found == []
