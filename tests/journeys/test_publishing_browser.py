"""Survey points, the provisional ranking and publication by two persons in a real browser."""

import io

import openpyxl
import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import Track
from assessments.models import Group
from assessments.workflow import conclude
from criteria.enums import Source
from criteria.rules import RuleKind
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import heading, person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NAMES = ("Xã Mường So", "Thị trấn Phong Thổ", "Xã Bản Lang", "Xã Sin Suối Hồ")
TREE = {
    "1.1": "30",
    "1.2": "10",
    "2.1": {
        "max_points": "40",
        "source": Source.SURVEY,
        "rule_kind": RuleKind.SURVEY,
    },
    "2.2": {
        "max_points": "20",
        "source": Source.SURVEY,
    },
}


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """Four communes whose files are concluded; the survey's points are still missing."""
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân huyện Phong Thổ"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser, code="phong-tho-2026", title="Chỉ số cải cách hành chính các xã năm 2026"
    )
    units = [UnitFactory(name=name, organiser=organiser, unit_type=unit_type) for name in NAMES]
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser, rows=TREE)
    made = GroupFactory(round=round, code="xa", name="Các xã, thị trấn", framework=framework, units=units)
    files = list(made.assessments.order_by("pk"))
    for place, file in enumerate(files):
        score(file, {"1.1": "30", "1.2": "9"}, track=Track.SELF)
        score(file, {"1.1": str(30 - place), "1.2": "8.5"})
    for file in files:
        file.scores.filter(track=Track.CONCLUSION, criterion__code="1.2").update(
            reason="Nộp báo cáo chậm 02 ngày so với thời hạn."
        )
    conclude(made, by=COMMAND_LINE)
    give(person("noivu", "Phạm Lan Anh"), Role.PUBLISHER, files[0])
    give(person("noivu2", "Trần Quốc Bảo"), Role.PUBLISHER, files[0])
    give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, files[2])
    return made


def fill_by_workbook(page: Page, group: Group) -> None:
    """Download the template, fill in the second leaf, send it back."""
    page.locator("summary", has_text="Ghi cả bảng bằng Excel").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp mẫu").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 6).value, sheet.cell(row, 8).value = 20 - row, 150
    stream = io.BytesIO()
    book.save(stream)
    page.get_by_label("2. Tệp điểm điều tra").set_input_files(
        files=[{"name": "dieu-tra.xlsx", "mimeType": "application/octet-stream", "buffer": stream.getvalue()}]
    )
    press(page, "Đọc tệp và xem trước")


def test_survey_ranking_and_publication_by_two_persons(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    home = f"/dot/{group.round.code}"
    sign_in(page, "noivu")
    page.goto(f"{home}/cong-bo/")
    assert heading(page) == "Chưa công bố được: kết quả còn thiếu"
    inspector.look("1-con-thieu")

    page.goto(f"{home}/khao-sat/")
    inspector.look("2-khao-sat-trong")
    press(page, "Ghi mục 2.1", "link", exact=False)
    values = page.get_by_label(": chỉ số %")
    values.first.fill("một trăm")
    assert press(page, "Ghi mục 2.1") == 422
    page.locator(".error-summary:focus").wait_for()
    inspector.look("3-khao-sat-loi")
    for place, value in enumerate(("85,5", "90", "78,25", "81")):
        values.nth(place).fill(value)
        page.get_by_label(": phiếu phát ra").nth(place).fill("400")
        page.get_by_label(": phiếu hợp lệ").nth(place).fill(str(300 + place))
    press(page, "Ghi mục 2.1")
    page.get_by_text("Đã ghi điểm điều tra của 4 đơn vị.").wait_for()
    inspector.look("4-khao-sat-muc")
    press(page, "Về bảng điểm điều tra", "link", exact=False)
    fill_by_workbook(page, group)
    assert heading(page) == "Tệp đổi 4 ô, chưa ghi"
    inspector.look("5-xem-truoc")
    press(page, "Ghi 4 ô")
    page.get_by_text("Đã ghi 4 ô từ tệp dieu-tra.xlsx.").wait_for()
    inspector.look("6-khao-sat-du")

    page.goto(f"{home}/xa/?ban=du-kien")
    page.get_by_label("Tên bản lưu").fill("Trước phiên họp 05/02")
    press(page, "Lưu bản xếp hạng này để so sánh")
    last = group.assessments.order_by("pk")[3]
    score(last, {"2.2": "20"})
    page.goto(f"{home}/xa/?ban=du-kien")
    page.locator(".changes summary").first.click()
    inspector.look("7-thay-doi")

    page.goto(f"{home}/cong-bo/")
    assert heading(page) == "Kết quả đã đủ, chưa công bố"
    page.get_by_label("Số quyết định").fill("351/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("30/02/2026")
    page.get_by_label("Người ký").fill("Chủ tịch Vừ A Tủa")
    assert press(page, "Chuẩn bị để người khác xác nhận") == 422
    inspector.look("8-chuan-bi-loi")
    page.get_by_label("Ngày ký").fill("28/02/2026")
    press(page, "Chuẩn bị để người khác xác nhận")
    assert page.get_by_role("button", name="Xác nhận và công bố").count() == 0
    inspector.look("9-da-chuan-bi")

    sign_in(page, "noivu2")
    page.goto(f"{home}/cong-bo/")
    inspector.look("10-cho-xac-nhan")
    score(last, {"2.2": "19"})
    assert press(page, "Xác nhận và công bố") == 409
    assert "Xã Sin Suối Hồ" in page.locator(".error-summary").inner_text()
    inspector.look("11-da-doi")
    page.locator("summary", has_text="Không xác nhận").click()
    page.get_by_label("Lý do").last.fill("Điểm điều tra vừa sửa")
    press(page, "Không xác nhận bản này")
    page.get_by_label("Số quyết định").fill("351/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("28/02/2026")
    page.get_by_label("Người ký").fill("Chủ tịch Vừ A Tủa")
    press(page, "Chuẩn bị để người khác xác nhận")

    sign_in(page, "noivu")
    page.goto(f"{home}/cong-bo/")
    press(page, "Xác nhận và công bố")
    assert heading(page) == "Đang công bố theo Quyết định số 351/QĐ-UBND ngày 28/02/2026"
    inspector.look("12-da-cong-bo")
    press(page, "Kiểm tra bản công bố", "link", exact=False)
    assert heading(page) == "Bản công bố nguyên vẹn"
    inspector.look("13-kiem-tra")
    assert inspector.found == []


def test_a_unit_reads_its_result_and_the_public_reads_of_a_withdrawal(group: Group, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    for file in group.assessments.all():
        score(file, {"2.1": "30", "2.2": "15"})
    file = group.assessments.get(unit_name="Xã Bản Lang")
    address = f"/ho-so/{group.round.code}/xa/{file.unit_code}/ket-qua/"
    sign_in(page, "hanh")
    page.goto(address)
    assert heading(page) == "Kết quả của Xã Bản Lang chưa mở"
    inspector.look("20-chua-mo")

    sign_in(page, "noivu")
    home = f"/dot/{group.round.code}"
    page.goto(f"{home}/cong-bo/")
    page.get_by_label("Số quyết định").fill("351/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("28/02/2026")
    page.get_by_label("Người ký").fill("Chủ tịch Vừ A Tủa")
    press(page, "Chuẩn bị để người khác xác nhận")
    sign_in(page, "noivu2")
    page.goto(f"{home}/cong-bo/")
    press(page, "Xác nhận và công bố")
    page.locator("summary", has_text="Thu hồi bản công bố này").click()
    page.get_by_label("Lý do").last.fill("Sai số liệu điều tra xã hội học")
    inspector.look("21-thu-hoi")

    sign_in(page, "hanh")
    page.goto(address)
    assert heading(page) == "2 mục bị giảm điểm so với tự chấm"
    inspector.look("22-ket-qua")
    press(page, "Mục bị giảm điểm", "link", exact=False)
    assert page.locator("tbody tr.is-leaf, tbody tr.is-component").count() == 2

    sign_in(page, "noivu2")
    page.goto(f"{home}/cong-bo/")
    page.locator("summary", has_text="Thu hồi bản công bố này").click()
    page.get_by_label("Lý do").last.fill("Sai số liệu điều tra xã hội học")
    press(page, "Chuẩn bị thu hồi")
    inspector.look("23-cho-thu-hoi")
    sign_in(page, "noivu")
    page.goto(f"{home}/cong-bo/")
    press(page, "Xác nhận thu hồi")
    inspector.look("24-da-thu-hoi")
    page.context.clear_cookies()
    answer = page.goto(f"{home}/xa/")
    assert answer is not None
    assert answer.status == 410
    assert heading(page).startswith("Kết quả này đã được thu hồi ngày")
    inspector.look("25-cong-khai")
    assert inspector.found == []
