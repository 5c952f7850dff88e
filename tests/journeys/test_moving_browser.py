"""A publisher moves a running round to the next version of its framework in a browser: laptop, phone, axe."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import Track
from assessments.models import Group
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from tests.assessments.people import give
from tests.assessments.versions import Rows, add, next_version, put
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = ("Xã Mường So", "Thị trấn Phong Thổ", "Xã Bản Lang")


def change(rows: Rows) -> None:
    put(rows["1.1.1"], max_points=Decimal(3), title="Kế hoạch cải cách hành chính năm, ban hành đúng hạn")
    put(rows["1.2"], max_points=Decimal(6), code="1.9")
    rows["1.1.2"].delete()
    add(rows, "2.3", "2")


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Three communes, concluded, whose framework has a next version."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân huyện Phong Thổ"), UnitTypeFactory()
    round = RoundFactory(organiser=organiser, code="phong-tho", title="Chỉ số cải cách hành chính các xã")
    units = [UnitFactory(name=name, organiser=organiser, unit_type=unit_type) for name in NAMES]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    made = GroupFactory(round=round, code="xa", name="Các xã", framework=framework, units=units)
    for file in made.assessments.all():
        score(file, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}, track=Track.SELF)
        score(file, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3"})
    conclude(made, by=COMMAND_LINE)
    next_version(framework, change)
    user = person("noivu", "Phạm Lan Anh")
    give(user, Role.PUBLISHER, made.assessments.all()[0])
    return made


def test_a_running_round_is_moved_after_a_look_at_what_changes(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "noivu")
    page.goto("/dot/phong-tho/thiet-lap/nhom/xa/")
    press(page, "xem trước khi chuyển sang phiên bản mới", "link", exact=False)
    page.get_by_text("3 hồ sơ đã kết luận có mục chưa có điểm").wait_for()
    page.locator("summary", has_text="của Xã Bản Lang").click()
    page.locator("summary", has_text="chỗ khác giữa hai phiên bản").click()
    inspector.look("1-xem-truoc")
    confirm = page.get_by_role("button", name="Chuyển 3 hồ sơ sang phiên bản mới")
    confirm.click()
    page.get_by_text("Ghi lý do chuyển phiên bản.").first.wait_for()
    inspector.look("2-thieu-ly-do")
    page.get_by_label("Lý do chuyển").fill("Quyết định sửa đổi bộ tiêu chí")
    confirm.click()
    page.get_by_text("Đã chuyển nhóm Các xã").wait_for()
    inspector.look("3-da-chuyen")
    press(page, "Nội dung để riêng", "link", exact=False)
    page.get_by_text("lớn hơn điểm tối đa 3").first.wait_for()
    inspector.look("4-de-rieng")
    assert inspector.found == []
