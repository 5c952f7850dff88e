"""A member of the council belongs to a unit: kept out of it, with somebody else in the place."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from assessments.enums import RoundDuty, Voice
from assessments.models import Group, Opinion
from parindex.accounts.enums import Role
from tests.assessments.bench import files_of, in_appraisal, say
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import RoundFactory, RoundRoleFactory
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.people import Cast, opened, person, plain, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BENCH = "/dot/lai-chau-2026/tham-dinh/"
PEOPLE = "/dot/lai-chau-2026/thiet-lap/nguoi/"


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Two districts in appraisal; a member of the council leads one of them, another has spoken on both."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="lai-chau-2026",
        title="Chỉ số cải cách hành chính cấp huyện năm 2026",
        appraisal_until=timezone.localdate() + dt.timedelta(days=12),
    )
    units = [
        UnitFactory(code=code, name=name, organiser=organiser, unit_type=unit_type)
        for code, name in (("sin-ho", "Huyện Sìn Hồ"), ("tam-duong", "Huyện Tam Đường"))
    ]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    made = in_appraisal(round=round, code="huyen", name="UBND cấp huyện", framework=framework, units=units)
    own, other = files_of(made)
    member = person("pao", "Mào Văn Páo")
    give(member, Role.UNIT_HEAD, own)
    RoundRoleFactory(round=round, user=member, role=RoundDuty.COUNCIL_MEMBER)
    RoundRoleFactory(round=round, user=person("ha", "Nguyễn Thu Hà"), role=RoundDuty.COUNCIL_SECRETARY)
    speaker = RoundRoleFactory(round=round, user=person("yen", "Vũ Hải Yến")).user
    person("mai", "Vàng Thị Mai", home=organiser)
    for file in (own, other):
        say(file, "1.2", Voice.OPINION, speaker, points="1.5", reason="Thiếu báo cáo kết quả.")
    return made


def test_a_member_is_kept_from_the_own_unit_and_somebody_stands_in(cast: Cast, group: Group) -> None:
    member, secretary, substitute = (cast.signed_in(name) for name in ("pao", "ha", "mai"))
    opened(member, "/tai-khoan/")
    member.get_by_role("button", name="Thành viên Hội đồng thẩm định").or_(
        member.get_by_role("radio", name="Thành viên Hội đồng thẩm định")
    ).first.click()
    opened(member, f"{BENCH}huyen/1.2/?don-vi=sin-ho")
    assert "Bạn thuộc đơn vị này nên không thẩm định" in member.inner_text("main")
    assert "Thiếu báo cáo kết quả." not in member.content()
    assert member.locator("#quyet-dinh").count() == 0
    cast.look(member, "hoi-ty-1-don-vi-minh")

    opened(secretary, PEOPLE)
    cast.look(secretary, "hoi-ty-2-chua-co-nguoi-thay")
    press(secretary, "Cử người thay", "link", exact=False)
    secretary.get_by_label("Người thay", exact=True).select_option(label="Vàng Thị Mai (mai)")
    secretary.get_by_label("Lý do").fill("Ông Páo là Chủ tịch huyện Sìn Hồ.")
    press(secretary, "Cử người thay")
    secretary.get_by_text("Đã cử Vàng Thị Mai thay Mào Văn Páo").wait_for()

    opened(substitute, "/viec/")
    desk = plain(substitute.inner_text("main"))
    assert "Thay Mào Văn Páo" in desk
    assert "Huyện Sìn Hồ" in desk
    cast.look(substitute, "hoi-ty-3-viec-cua-nguoi-thay")
    assert substitute.request.get(f"{BENCH}huyen/1.2/?don-vi=tam-duong").status == 404
    opened(substitute, f"{BENCH}huyen/1.2/?don-vi=sin-ho")
    substitute.locator("#quyet-dinh input[inputmode=decimal]").first.fill("2")
    substitute.get_by_label("Lý do", exact=True).fill("Thiếu một trong ba báo cáo.")
    press(substitute, "Điều chỉnh")
    opened(substitute, f"{BENCH}huyen/1.2/?don-vi=sin-ho")
    cast.look(substitute, "hoi-ty-4-nguoi-thay-da-ghi")

    opened(secretary, f"{BENCH}huyen/1.2/?don-vi=sin-ho")
    assert "Thiếu một trong ba báo cáo." in secretary.inner_text("main")
    said = Opinion.objects.get(member__username="mai")
    assert (said.assessment.unit_code, said.criterion.code) == ("sin-ho", "1.2")
    assert cast.found == []
