"""The appraisal in a real browser: laptop, phone, axe, keyboard; five people on one round."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from assessments.enums import AssessmentState, RoundDuty, Track, Voice
from assessments.models import Assessment, Group, Score
from parindex.accounts.enums import Role
from tests.assessments.bench import say
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = (
    "Thành phố Lai Châu",
    "Huyện Mường Tè",
    "Huyện Nậm Nhùn",
    "Huyện Phong Thổ",
    "Huyện Sìn Hồ",
    "Huyện Tam Đường",
    "Huyện Tân Uyên",
    "Huyện Than Uyên",
)
LEVELS = {
    "levels": [
        {"name": "Đủ, đúng hạn", "amount": {"percent": "100"}},
        {"name": "Thiếu hoặc chậm", "amount": "0"},
    ]
}
TREE = {
    "1.1": {
        "max_points": "0.5",
        "guidance": "Đủ 7 báo cáo, đúng hạn, đúng nội dung: 0,50.\nThiếu hoặc chậm từ 1 báo cáo: 0.",
        "rule_kind": "levels",
        "rule_parameters": LEVELS,
    },
    "1.2": "3",
    "1.3": "4",
    "2.1": "6",
}
OWN = {"1.2": "2.75", "1.3": "4", "2.1": "5.5"}


def put(group: Group) -> None:
    """Every file in appraisal with self-scores; one with a proposal, one with opinions."""
    for file in group.assessments.all():
        score(file, OWN, track=Track.SELF)
        file.scores.create(
            criterion=group.used_framework.criteria.get(code="1.1"),
            track=Track.SELF,
            facts={"level": "Đủ, đúng hạn"},
            points="0.5",
            obtained="0.5",
            attainable="0.5",
            author_name="Lò Thị Hạnh",
            at=timezone.now(),
            version=1,
            reason="Báo cáo 6 tháng gửi bản giấy ngày 14/6, ký số bổ sung sau khi sửa phụ lục.",
        )
    group.assessments.update(state=AssessmentState.IN_APPRAISAL, submitted_at=timezone.now())


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="lai-chau-2026",
        title="Chỉ số cải cách hành chính cấp huyện năm 2026",
        appraisal_until=timezone.localdate() + dt.timedelta(days=12),
    )
    units = [UnitFactory(name=name, organiser=organiser, unit_type=unit_type) for name in NAMES]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser, rows=TREE)
    made = GroupFactory(round=round, code="huyen", name="UBND cấp huyện", framework=framework, units=units)
    put(made)
    files = {file.unit_name: file for file in made.assessments.select_related("group")}
    lead = person("noivu", "Trần Đức Long")
    RoundRoleFactory(round=round, user=lead, role=RoundDuty.LEAD_AGENCY, contents=["1"])
    member = RoundRoleFactory(round=round, user=person("thanhvien", "Vũ Hải Yến")).user
    RoundRoleFactory(round=round, user=person("thuky", "Nguyễn Thu Hà"), role=RoundDuty.COUNCIL_SECRETARY)
    give(person("canbo", "Lò Thị Hạnh"), Role.UNIT_OFFICER, files["Huyện Tân Uyên"])
    own = RoundRoleFactory(round=round, user=person("rieng", "Mào Văn Páo")).user
    give(own, Role.UNIT_HEAD, files["Huyện Sìn Hồ"])
    say(files["Huyện Mường Tè"], "1.2", Voice.PROPOSAL, lead, points="1", reason="Hoàn thành 12/32 nhiệm vụ.")
    say(files["Huyện Mường Tè"], "1.2", Voice.OPINION, member, points="1.5", reason="Thiếu báo cáo kết quả.")
    return made


def concluded(file: Assessment, code: str) -> Score:
    return Score.objects.get(assessment=file, criterion__code=code, track=Track.CONCLUSION)


def test_a_secretary_concludes_asks_and_recognises(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    files = {file.unit_name: file for file in group.assessments.all()}
    work = f"/dot/{group.round.code}/tham-dinh/"
    sign_in(page, "thuky")
    page.goto(work)
    assert "Kết luận: đã xong 0/32 mục" in page.inner_text("h1")
    inspector.look("1-cong-viec")
    page.goto(f"{work}?xem=ma-tran")
    inspector.look("2-ma-tran")
    page.goto(work)
    press(page, "Mục tiếp theo chưa chấm", "link", exact=False)
    inspector.look("3-ban-tham-dinh")

    first = page.locator(".decide h2").first.inner_text()
    assert press(page, "Điều chỉnh") == 422
    page.locator(".error-summary:focus").wait_for()
    inspector.look("4-loi")
    page.get_by_label("Thiếu hoặc chậm").check()
    page.get_by_label("Lý do", exact=True).fill("Báo cáo 6 tháng ký số muộn 4 ngày so với hạn.")
    page.get_by_label("Lý do", exact=True).press("Tab")
    press(page, "Điều chỉnh")
    assert "0,50 → 0,00" in page.locator(".messages").inner_text()
    assert page.locator(".decide h2").first.inner_text() != first
    inspector.look("5-da-ghi-sang-don-vi-sau")
    press(page, "Giữ nguyên", exact=False)

    tan_uyen = files["Huyện Tân Uyên"]
    page.goto(f"{work}huyen/1.2/?don-vi={tan_uyen.unit_code}")
    page.locator("summary", has_text="Yêu cầu đơn vị").click()
    page.get_by_label("Nội dung cần giải trình").fill("Gửi biên bản kiểm tra của 3 phòng.")
    until = timezone.localdate() + dt.timedelta(days=2)
    page.get_by_label("Trả lời đến hết ngày").fill(f"{until:%d/%m/%Y}")
    press(page, "Gửi yêu cầu", exact=False)
    page.get_by_text("Chờ trả lời, còn 2 ngày").first.wait_for()
    inspector.look("6-da-hoi")

    # Points and reason come back together: one without the other would be written as it stands.
    page.get_by_label("điểm").fill("1,5")
    page.get_by_label("Lý do", exact=True).fill("Đang viết dở thì xem cả hồ sơ")
    press(page, "Theo đơn vị", "link")
    page.go_back(wait_until="load")
    expect(page.get_by_label("Lý do", exact=True)).to_have_value("Đang viết dở thì xem cả hồ sơ")
    expect(page.get_by_label("điểm")).to_have_value("1,5")
    page.goto(f"{work}huyen/don-vi/{tan_uyen.unit_code}/")
    inspector.look("7-theo-don-vi")
    press(page, "Công nhận điểm tự chấm", "link", exact=False)
    inspector.look("8-cong-nhan")
    press(page, "Công nhận", exact=False)
    assert concluded(tan_uyen, "2.1").author_name == "Nguyễn Thu Hà"
    page.goto(f"{work}huyen/con-khac-nhau/")
    assert "1 mục còn khác nhau" in page.inner_text("h1")
    inspector.look("9-con-khac-nhau")
    page.goto(f"{work}huyen/bien-ban/")
    inspector.look("10-bien-ban")

    sign_in(page, "canbo")
    page.goto(f"/giai-trinh/{group.round.code}/huyen/{tan_uyen.unit_code}/")
    inspector.look("11-don-vi-tra-loi")
    page.get_by_label("Nội dung trả lời").fill("Biên bản ở trang 3 của Báo cáo 245.")
    press(page, "Gửi trả lời", exact=False)
    inspector.look("12-da-tra-loi")
    sign_in(page, "thuky")
    page.goto(f"{work}huyen/1.2/?don-vi={tan_uyen.unit_code}")
    page.get_by_text("Biên bản ở trang 3").wait_for()
    inspector.look("13-co-tra-loi")

    assert inspector.found == []


def test_a_member_is_blind_and_kept_from_the_own_unit(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    files = {file.unit_name: file for file in group.assessments.all()}
    muong_te, own = files["Huyện Mường Tè"], files["Huyện Sìn Hồ"]
    work = f"/dot/{group.round.code}/tham-dinh/"
    sign_in(page, "rieng")
    page.request.get("/")
    page.goto(f"{work}huyen/1.2/?don-vi={muong_te.unit_code}")
    assert "Thiếu báo cáo kết quả" not in page.content()
    inspector.look("20-phai-chuyen-vai-tro")
    page.goto(f"{work}huyen/1.2/?don-vi={own.unit_code}")
    assert "Bạn thuộc đơn vị này nên không thẩm định" in page.inner_text("main")
    inspector.look("21-don-vi-minh")

    assert inspector.found == []


def test_what_the_keyboard_reaches_is_not_hidden(group: Group, screen: Page) -> None:
    page = screen
    sign_in(page, "thuky")
    page.goto(f"/dot/{group.round.code}/tham-dinh/huyen/1.1/")
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (!focused || focused === document.body || focused.closest(".action-bar")) return "";
                const bar = document.querySelector(".action-bar").getBoundingClientRect();
                const box = focused.getBoundingClientRect();
                return box.top >= bar.top && box.bottom <= bar.bottom && box.height ? focused.outerHTML : "";
            }"""
        )
        assert hidden == ""
