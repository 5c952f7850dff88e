"""A publisher sets up a round in a real browser: from last year's, its settings, groups and people; axe."""

import datetime as dt

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import RoundDuty, Track
from assessments.models import Group, Round
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = ("Xã Mường So", "Thị trấn Phong Thổ", "Xã Bản Lang", "Xã Đào San", "Xã Khổng Lào", "Xã Nậm Xe")


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Last year's round: six communes, one merged since, and a council with one commune's chairman."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu"), UnitTypeFactory(name="Xã")
    round = RoundFactory(
        organiser=organiser,
        code="cchc-2024",
        title="Chỉ số cải cách hành chính cấp xã năm 2024",
        self_scoring_until=dt.date(2025, 1, 9),
        compiling_until=dt.date(2025, 1, 31),
        appraisal_until=dt.date(2025, 2, 15),
        publication_until=dt.date(2025, 3, 30),
    )
    units = [UnitFactory(name=name, organiser=organiser, unit_type=unit_type) for name in NAMES]
    framework = FrameworkInForceFactory(
        unit_type=unit_type, decision__issuer=organiser, title="Bộ tiêu chí cấp xã"
    )
    made = GroupFactory(
        round=round, code="xa", name="Ủy ban nhân dân cấp xã", framework=framework, units=units
    )
    ended = units[-1]
    ended.valid_to = dt.date(2025, 6, 30)
    ended.save()
    merged = UnitFactory(
        name="Xã Sin Suối Hồ", organiser=organiser, unit_type=unit_type, valid_from=dt.date(2025, 7, 1)
    )
    merged.predecessors.add(ended)
    publisher = person("noivu", "Phạm Lan Anh")
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=organiser)
    chairman = person("chutich", "Lò Văn Sơn")
    Membership.objects.create(user=chairman, role=Role.UNIT_HEAD, unit=units[0])
    RoundRoleFactory(round=round, user=chairman, role=RoundDuty.COUNCIL_MEMBER)
    secretary = person("thuky", "Đỗ Minh Châu", home=organiser)
    RoundRoleFactory(round=round, user=secretary, role=RoundDuty.COUNCIL_SECRETARY)
    person("tuphap", "Vàng Thị Mai", home=organiser)
    return made


def test_a_round_is_opened_from_last_years_and_set_up(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "noivu")
    page.goto("/")
    press(page, "Mở đợt đánh giá", "link", exact=False)
    page.get_by_label("Mã đợt").fill("mo-dot")
    assert press(page, "Mở đợt đánh giá") == 422
    inspector.look("1-mo-dot-loi")
    page.get_by_label("Mã đợt").fill("cchc-2025")
    press(page, "Mở đợt đánh giá")
    page.get_by_text("Đã mở Chỉ số cải cách hành chính cấp xã năm 2025").wait_for()
    assert "Xã Nậm Xe" in page.inner_text("main")
    assert "1 đơn vị mới so với đợt trước: Xã Sin Suối Hồ." in page.inner_text("main")
    inspector.look("2-thiet-lap")

    press(page, "Sửa tên, năm, hạn các bước", "link", exact=False)
    page.get_by_label("Tổng hợp, đến hết ngày").fill("05/01/2026")
    assert press(page, "Lưu") == 422
    inspector.look("3-han-loi")
    page.get_by_label("Tổng hợp, đến hết ngày").fill("28/01/2026")
    Round.objects.filter(code="cchc-2025").update(note="Người khác vừa ghi")
    assert press(page, "Lưu") == 409
    inspector.look("4-han-da-doi")
    press(page, "Lưu")
    page.get_by_text("Đã lưu thiết lập đợt đánh giá.").wait_for()

    press(page, "Sửa thiết lập nhóm Ủy ban nhân dân cấp xã", "link", exact=False)
    inspector.look("5-nhom")
    page.get_by_label("Loại 5: từ").fill("10")
    assert press(page, "Lưu thiết lập nhóm") == 422
    page.get_by_role("link", name="Loại thấp nhất (“Kém”) phải từ 0, để kết quả nào cũng có loại.").click()
    inspector.look("6-nhom-loi")
    page.get_by_label("Loại 5: từ").fill("0")
    page.get_by_label("Tiêu chí phụ 1").select_option("appraised")
    press(page, "Lưu thiết lập nhóm")
    page.get_by_text("Đã lưu thiết lập nhóm").wait_for()

    press(page, "đơn vị trong nhóm", "link", exact=False)
    press(page, "Bỏ Xã Bản Lang khỏi nhóm")
    page.locator("summary", has_text="Thêm đơn vị").click()
    inspector.look("7-don-vi")
    page.get_by_label("Xã Bản Lang").check()
    press(page, "Thêm vào nhóm")
    page.get_by_text("Đã thêm 1 đơn vị").wait_for()

    page.goto("/dot/cchc-2025/")
    inspector.look("8-dot")
    assert inspector.found == []


def test_people_are_given_roles_and_substitutes(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "noivu")
    page.goto(f"/dot/{group.round.code}/thiet-lap/nguoi/")
    inspector.look("11-nguoi")
    press(page, "Chỉ cho nhóm Ủy ban nhân dân cấp xã", "link", exact=False)
    page.get_by_label("Cơ quan chủ trì nội dung").check()
    page.get_by_label("Người", exact=True).select_option(label="Vàng Thị Mai (tuphap)")
    assert press(page, "Giao vai trò") == 422
    inspector.look("12-vai-tro-loi")
    page.get_by_label("2. Tiêu chí 2").check()
    press(page, "Giao vai trò")
    page.get_by_text("Đã giao vai trò “Cơ quan chủ trì nội dung” cho Vàng Thị Mai.").wait_for()
    press(page, "Sửa vai trò của Vàng Thị Mai", "link", exact=False)
    inspector.look("13-sua-vai-tro")

    page.context.clear_cookies()
    sign_in(page, "thuky")
    page.goto(f"/dot/{group.round.code}/")
    inspector.look("14-dot-cua-thu-ky")
    press(page, "Hội đồng và phân công", "link", exact=False)
    press(page, "Cử người thay", "link", exact=False)
    page.get_by_label("Người thay", exact=True).select_option(label="Vàng Thị Mai (tuphap)")
    page.get_by_label("Lý do").fill("Ông Sơn là Chủ tịch xã")
    inspector.look("15-nguoi-thay")
    press(page, "Cử người thay")
    page.get_by_text("Đã cử Vàng Thị Mai thay Lò Văn Sơn khi thẩm định Xã Mường So.").wait_for()
    inspector.look("16-nguoi-cua-thu-ky")
    assert inspector.found == []


def test_a_group_with_scores_says_what_stays(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    score(group.assessments.get(unit_name="Xã Mường So"), {"1.2": "3"}, track=Track.SELF)
    sign_in(page, "noivu")
    page.goto(f"/dot/{group.round.code}/thiet-lap/nhom/xa/")
    assert "cách làm tròn đã dùng để tính điểm nên giữ nguyên" in page.inner_text("main")
    inspector.look("21-nhom-da-cham")
    page.goto(f"/dot/{group.round.code}/thiet-lap/them-nhom/")
    inspector.look("22-chon-bo")
    page.get_by_role("button", name="Tiếp tục").click()
    inspector.look("23-nhom-moi")
    assert press(page, "Thêm nhóm") == 422
    inspector.look("24-nhom-moi-loi")
    assert inspector.found == []
