"""The council asks a unit about one leaf; the unit answers with evidence while the rest goes on."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from assessments.models import Group
from tests.assessments.evidence_files import pdf
from tests.journeys.district import one_district
from tests.journeys.people import Cast, chosen, heading, opened, plain, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BENCH = "/dot/lai-chau-2026/tham-dinh/huyen/"
FILE = "/ho-so/lai-chau-2026/huyen/tan-uyen/"
ANSWERS = "/giai-trinh/lai-chau-2026/huyen/tan-uyen/"


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    return one_district(appraisal_until=timezone.localdate() + dt.timedelta(days=12))


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
