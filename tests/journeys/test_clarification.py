"""The council asks a unit about one leaf; the unit answers with evidence while the rest goes on."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from assessments.enums import RoundDuty
from assessments.models import Group
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from tests.assessments.bench import files_of, in_appraisal
from tests.assessments.evidence_files import pdf
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory, UserFactory
from tests.factories.assessments import RoundFactory, RoundRoleFactory
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.people import PASSWORD, Cast, cast_of, chosen, heading, opened, plain, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BENCH = "/dot/lai-chau-2026/tham-dinh/huyen/"
FILE = "/ho-so/lai-chau-2026/huyen/tan-uyen/"
ANSWERS = "/giai-trinh/lai-chau-2026/huyen/tan-uyen/"


@pytest.fixture
def cast(chromium: Browser, live_server: LiveServer) -> Iterator[Cast]:
    with cast_of(chromium, live_server.url) as people:
        yield people


def person(username: str, full_name: str) -> User:
    return UserFactory(username=username, full_name=full_name, password=make_password(PASSWORD))


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """One district in appraisal, with its officer and the council's secretary."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="lai-chau-2026",
        title="Chỉ số cải cách hành chính cấp huyện năm 2026",
        appraisal_until=timezone.localdate() + dt.timedelta(days=12),
    )
    unit = UnitFactory(code="tan-uyen", name="Huyện Tân Uyên", organiser=organiser, unit_type=unit_type)
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser)
    made = in_appraisal(round=round, code="huyen", name="UBND cấp huyện", framework=framework, units=[unit])
    give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, files_of(made)[0])
    RoundRoleFactory(round=round, user=person("ha", "Nguyễn Thu Hà"), role=RoundDuty.COUNCIL_SECRETARY)
    return made


def test_a_question_is_answered_with_evidence_while_other_leaves_go_on(cast: Cast, group: Group) -> None:
    secretary, officer = cast.signed_in("ha"), cast.signed_in("hanh")
    until = timezone.localdate() + dt.timedelta(days=2)
    opened(secretary, f"{BENCH}1.2/?don-vi=tan-uyen")
    secretary.locator("summary", has_text="Yêu cầu đơn vị").click()
    secretary.get_by_label("Nội dung cần giải trình").fill("Gửi biên bản kiểm tra của 3 phòng.")
    secretary.get_by_label("Trả lời đến hết ngày").fill(f"{until:%d/%m/%Y}")
    press(secretary, "Gửi yêu cầu")
    cast.look(secretary, "giai-trinh-1-da-hoi")

    opened(officer, "/viec/")
    assert heading(officer) == "Còn 2 ngày cho việc gần hạn nhất"
    assert "Gửi biên bản kiểm tra của 3 phòng." in plain(officer.locator(".task").first.inner_text())
    cast.look(officer, "giai-trinh-2-viec-cua-can-bo")

    # Another leaf is concluded meanwhile.
    opened(secretary, f"{BENCH}2.1/?don-vi=tan-uyen")
    press(secretary, "Giữ nguyên", exact=False)

    opened(officer, f"{FILE}1/")
    assert officer.locator("tr[data-code]").count() == 0
    opened(officer, ANSWERS)
    press(officer, "Xem mục này, bổ sung tài liệu", "link")
    files = [chosen("Biên bản kiểm tra ba phòng.pdf", pdf("biên bản"))]
    officer.get_by_label("Đưa tệp lên").set_input_files(files)
    press(officer, "Đưa lên")
    cast.look(officer, "giai-trinh-3-bo-sung-tai-lieu")
    other = opened(officer, f"{FILE}muc/2.1/tai-lieu/")
    assert other.status == 200
    assert officer.get_by_label("Đưa tệp lên").count() == 0
    opened(officer, ANSWERS)
    cast.look(officer, "giai-trinh-4-tra-loi")
    officer.get_by_label("Nội dung trả lời").fill("Biên bản của cả ba phòng ở tệp vừa gửi, trang 2 đến 4.")
    press(officer, "Gửi trả lời", exact=False)
    cast.look(officer, "giai-trinh-5-da-tra-loi")

    opened(secretary, f"{BENCH}1.2/?don-vi=tan-uyen")
    main = secretary.inner_text("main")
    for words in ("Biên bản của cả ba phòng", "Biên bản kiểm tra ba phòng"):
        assert words in main
    cast.look(secretary, "giai-trinh-6-co-tra-loi")
    press(secretary, "Kết thúc yêu cầu này")
    press(secretary, "Giữ nguyên", exact=False)
    opened(secretary, f"{BENCH}don-vi/tan-uyen/")
    assert "đã xong 2/" in heading(secretary)
    cast.look(secretary, "giai-trinh-7-theo-don-vi")
    assert cast.found == []
