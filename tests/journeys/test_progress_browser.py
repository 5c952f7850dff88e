"""A publisher runs the files of a round in a real browser: laptop, phone, axe."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import AssessmentState, RoundDuty, Track, Verb
from assessments.models import Assessment, Group
from assessments.moves import move
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = (
    "Xã Mường So",
    "Thị trấn Phong Thổ",
    "Xã Bản Lang",
    "Xã Đào San",
    "Xã Khổng Lào",
    "Xã Nậm Xe",
    "Xã Sin Suối Hồ",
)


def today() -> dt.date:
    return timezone.localdate()


def put(file: Assessment, **fields: object) -> None:
    Assessment.objects.filter(pk=file.pk).update(**fields)


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Seven communes in every state: one late, one with time of its own, one submitted."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân huyện Phong Thổ"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="phong-tho-2026",
        title="Chỉ số cải cách hành chính các xã năm 2026",
        self_scoring_until=today() - dt.timedelta(days=3),
        appraisal_until=today() + dt.timedelta(days=30),
    )
    units = [UnitFactory(name=name, organiser=organiser, unit_type=unit_type) for name in NAMES]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    made = GroupFactory(round=round, code="xa", name="Các xã, thị trấn", framework=framework, units=units)
    files = {file.unit_name: file for file in made.assessments.all()}
    first = files["Xã Mường So"]
    score(first, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}, track=Track.SELF)
    score(first, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"})
    score(files["Xã Nậm Xe"], {"1.1.1": "4", "1.2": "3"}, track=Track.SELF)
    put(first, state=AssessmentState.SUBMITTED, submitted_at=timezone.now())
    for name in NAMES:
        put(files[name], self_scoring_until=None if name == "Xã Bản Lang" else today() + dt.timedelta(days=5))
    put(files["Xã Đào San"], self_scoring_until=today() + dt.timedelta(days=12))
    put(files["Xã Khổng Lào"], state=AssessmentState.UNIT_REVIEW)
    put(files["Xã Sin Suối Hồ"], state=AssessmentState.CONCLUDED, submitted_at=timezone.now())
    give(person("noivu", "Phạm Lan Anh"), Role.PUBLISHER, first)
    give(person("giamsat", "Vũ Hải Yến"), Role.AUDITOR, first)
    give(person("thuky", "Đỗ Minh Châu"), RoundDuty.COUNCIL_SECRETARY, first)
    give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, files["Xã Bản Lang"])
    return made


def test_a_publisher_gives_time_receives_and_meets_another_person(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "noivu")
    page.goto(f"/dot/{group.round.code}/")
    inspector.look("0-dot")
    press(page, "Tiến độ hồ sơ", "link", exact=False)
    assert "5 trong 7 đơn vị chưa nộp hồ sơ, 1 đơn vị quá hạn" in page.inner_text("h1")
    inspector.look("1-danh-sach")
    press(page, "Đã kết luận 1", "link", exact=False)
    press(page, "Đang thẩm định 0", "link", exact=False)
    page.get_by_text("Không có đơn vị nào theo điều kiện đang chọn").wait_for()
    inspector.look("2-trong")
    press(page, "Quá hạn, chưa nộp 1", "link", exact=False)
    press(page, "Xã Bản Lang", "link", exact=False)
    inspector.look("3-qua-han")

    page.get_by_label("Lý do").fill("Xã bị mất điện do bão")
    assert press(page, "Gia hạn tự chấm") == 422
    assert page.title().startswith("Lỗi: ")
    page.locator(".error-summary:focus").wait_for()
    assert page.get_by_label("Lý do").input_value() == "Xã bị mất điện do bão"
    inspector.look("4-loi")
    new = today() + dt.timedelta(days=9)
    page.get_by_label("Hạn tự chấm mới").fill(f"{new:%d/%m/%Y}")
    press(page, "Gia hạn tự chấm")
    page.get_by_text("Đã gia hạn tự chấm cho Xã Bản Lang").wait_for()
    assert "Xã bị mất điện do bão" in page.locator(".history").inner_text()
    inspector.look("5-da-gia-han")

    file = group.assessments.get(unit_name="Xã Mường So")
    page.goto(f"/dot/{group.round.code}/tien-do/xa/{file.unit_code}/")
    inspector.look("6-da-nop")
    page.locator("summary", has_text="Trả lại khi tiếp nhận").focus()
    page.keyboard.press("Enter")
    returns = page.locator("details", has_text="Trả lại khi tiếp nhận")
    returns.get_by_label("Lý do").fill("Thiếu phụ lục 2")
    move(file, Verb.START_APPRAISAL, by_user=User.objects.get(username="thuky"))
    assert press(page, "Trả lại khi tiếp nhận") == 409
    assert "Đỗ Minh Châu đã tiếp nhận, bắt đầu thẩm định" in page.inner_text("main")
    assert "Thiếu phụ lục 2" in page.inner_text("main")
    inspector.look("7-da-doi")
    press(page, "Mở bản mới nhất", "link", exact=False)
    assert page.inner_text("h1") == "Xã Mường So: đang thẩm định"
    inspector.look("8-dang-tham-dinh")

    assert inspector.found == []


def test_the_secretary_concludes_and_the_auditor_only_reads(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    file = group.assessments.get(unit_name="Xã Mường So")
    put(file, state=AssessmentState.IN_APPRAISAL)
    address = f"/dot/{group.round.code}/tien-do/xa/{file.unit_code}/"
    sign_in(page, "thuky")
    page.goto(address)
    press(page, "Kết luận hồ sơ")
    page.get_by_text("Đã kết luận hồ sơ của Xã Mường So.").wait_for()
    inspector.look("9-thu-ky")

    page.context.clear_cookies()
    sign_in(page, "giamsat")
    page.goto(address)
    assert page.locator("main form:not(.filters)").count() == 0
    press(page, "Cả các lần ghi điểm", "link", exact=False)
    assert "Ghi điểm: Tự chấm" in page.locator(".history").inner_text()
    inspector.look("10-giam-sat")

    assert inspector.found == []
