"""A unit asks once that a lowered leaf be looked at again; the council answers; then it can be published."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from assessments.enums import ResultsShown, Track
from assessments.models import Group
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from tests.assessments.bench import files_of
from tests.assessments.evidence_files import pdf
from tests.assessments.people import give
from tests.factories.assessments import score
from tests.journeys.district import one_district
from tests.journeys.people import Cast, chosen, heading, opened, person, plain, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OWN = "/xem-xet-lai/lai-chau-2026/huyen/tan-uyen/"
QUEUE = "/dot/lai-chau-2026/xem-xet-lai/"


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """One district concluded below its self-score on two leaves, and everybody who has to do with it."""
    made = one_district(review_until=timezone.localdate() + dt.timedelta(days=5))
    Group.objects.update(results_shown=ResultsShown.CONCLUSION)
    (file,) = files_of(made)
    score(file, {"1.2": "1.5", "2.1": "5", "2.2": "3.5"})
    file.scores.filter(track=Track.CONCLUSION, criterion__code="1.2").update(reason="Thiếu báo cáo quý IV.")
    conclude(made, by=COMMAND_LINE)
    give(person("pao", "Mào Văn Páo"), Role.UNIT_HEAD, file)
    give(person("mai", "Vàng Thị Mai"), Role.PUBLISHER, file)
    return made


def test_a_lowered_leaf_is_looked_at_again(cast: Cast, group: Group) -> None:
    officer, head, secretary, publisher = (cast.signed_in(name) for name in ("hanh", "pao", "ha", "mai"))

    opened(officer, "/viec/")
    press(officer, "Xem kết luận giảm điểm ở 2 mục", "link", exact=False)
    assert heading(officer) == "2 mục bị giảm điểm hoặc đã đề nghị xem xét lại"
    assert "Thiếu báo cáo quý IV." in officer.inner_text("main")
    cast.look(officer, "xem-xet-lai-1-muc-bi-giam")
    officer.get_by_label("Nội dung đề nghị").first.fill("Báo cáo quý IV đã gửi ngày 28/12, kèm phiếu chuyển.")
    press(officer, "Lưu đề nghị mục 1.2")
    press(officer, "Bổ sung tài liệu cho mục 1.2", "link")
    officer.get_by_label("Đưa tệp lên").set_input_files([chosen("Báo cáo quý IV.pdf", pdf("báo cáo"))])
    press(officer, "Đưa lên")
    assert "Báo cáo quý IV" in officer.inner_text("main")

    opened(head, OWN)
    assert heading(head) == "1 đề nghị chờ lãnh đạo đơn vị gửi"
    cast.look(head, "xem-xet-lai-2-cho-gui")
    press(head, "Gửi đề nghị mục 1.2")

    opened(publisher, "/dot/lai-chau-2026/cong-bo/")
    assert "1 đề nghị" in publisher.inner_text("main")
    cast.look(publisher, "xem-xet-lai-3-chua-cong-bo-duoc")

    opened(secretary, "/viec/")
    press(secretary, "Trả lời 1 đề nghị xem xét lại", "link")
    cast.look(secretary, "xem-xet-lai-4-hang-doi")
    press(secretary, "Huyện Tân Uyên, mục 1.2", "link")
    cast.look(secretary, "xem-xet-lai-5-tra-loi")
    assert press(secretary, "Ghi điểm khác") == 422
    cast.look(secretary, "xem-xet-lai-6-thieu-ly-do")
    secretary.locator("fieldset.score input[inputmode=decimal]").first.fill("2,5")
    secretary.get_by_label("Lý do", exact=True).fill("Báo cáo hợp lệ, chậm hai ngày.")
    press(secretary, "Ghi điểm khác")
    assert heading(secretary) == "Mọi đề nghị xem xét lại đã được trả lời"
    assert "1,50 → 2,50" in plain(secretary.inner_text("main"))

    opened(head, OWN)
    assert "Báo cáo hợp lệ, chậm hai ngày." in head.inner_text("main")
    assert "Nguyễn Thu Hà" not in head.inner_text("main")
    cast.look(head, "xem-xet-lai-7-da-tra-loi")
    opened(publisher, "/dot/lai-chau-2026/cong-bo/")
    assert heading(publisher) == "Kết quả đã đủ, chưa công bố"
    assert cast.found == []
