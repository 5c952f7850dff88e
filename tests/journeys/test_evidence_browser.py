"""An officer proves a leaf with evidence in a real browser: laptop, phone, axe."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import AssessmentState, Track
from assessments.evidence import About, Leaf, add_files, add_reference, attach
from assessments.models import Assessment, Clarification, Evidence
from criteria.models import Criterion
from parindex.accounts.enums import Role
from tests.assessments.evidence_files import WHOLE, keep_files_in, pdf, read
from tests.assessments.people import give
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory
from tests.journeys.inspector import Inspector
from tests.journeys.people import person, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def leaf(live_server: LiveServer, settings: Any, tmp_path: Path) -> Leaf:
    """A commune that is self-scoring; one leaf asks for a plan and a report, and the library has papers."""
    keep_files_in(settings, tmp_path)
    organiser, unit_type = OrganiserFactory(name="Ủy ban nhân dân huyện Phong Thổ"), UnitTypeFactory()
    round = RoundFactory(
        organiser=organiser,
        code="phong-tho-2026",
        year=2026,
        title="Chỉ số cải cách hành chính các xã năm 2026",
        self_scoring_until=timezone.localdate() + dt.timedelta(days=5),
    )
    unit = UnitFactory(name="Xã Bản Lang", organiser=organiser, unit_type=unit_type)
    rows = {
        "3.1.1": {
            "max_points": "1",
            "evidence": "Kế hoạch rà soát; báo cáo kết quả rà soát có phụ lục phương án đơn giản hóa",
            "guidance": "Rà soát từ 2 thủ tục trở lên theo kế hoạch: 1 điểm; 1 thủ tục: 0,5 điểm.",
        },
        "3.1.2": "1",
        "3.2": "0.5",
    }
    framework = FrameworkInForceFactory(unit_type=unit_type, decision__issuer=organiser, rows=rows)
    group = GroupFactory(round=round, code="xa", name="Các xã", framework=framework, units=[unit])
    file = group.assessments.get()
    score(file, {"3.1.1": "1"}, track=Track.SELF)
    hanh = give(person("hanh", "Lò Thị Hạnh"), Role.UNIT_OFFICER, file)
    give(person("tuan", "Vàng A Tuấn"), Role.UNIT_HEAD, file)
    made = Leaf(file, Criterion.objects.get(framework=framework, code="3.1.1"))
    add_files(unit, read("phụ lục phương án đơn giản hóa", "báo cáo quý II"), by=hanh)
    paper = About(
        title="Kế hoạch cải cách hành chính năm 2026",
        number="18/KH-UBND",
        issued=dt.date(2026, 1, 31),
        issuer="Ủy ban nhân dân xã Bản Lang",
        link="https://vanban.example.vn/18-kh-ubnd",
    )
    piece = add_reference(unit, paper, by=hanh, leaf=made)
    attach(Leaf(file, Criterion.objects.get(framework=framework, code="3.2")), [piece], by=hanh)
    return made


def chosen(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def leaf_address(leaf: Leaf) -> str:
    return f"/ho-so/phong-tho-2026/xa/{leaf.file.unit_code}/muc/{leaf.criterion.code}/tai-lieu/"


def test_an_officer_proves_a_leaf(leaf: Leaf, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "hanh")
    page.goto(leaf_address(leaf))
    inspector.look("1-muc")

    page.get_by_label("Đưa tệp lên").set_input_files(
        [
            chosen("Kế hoạch rà soát TTHC năm 2026.pdf", pdf("kế hoạch")),
            chosen("Báo cáo kết quả rà soát.docx", WHOLE["Báo cáo.docx"]),
            chosen("Tờ trình.pdf", b"<html>"),
        ]
    )
    assert press(page, "Đưa lên") == 422
    page.locator(".error-summary:focus").wait_for()
    assert "Tờ trình.pdf: nội dung không phải là tệp .pdf" in page.inner_text(".error-summary")
    assert page.locator("li.file").count() == 3
    inspector.look("2-mot-tep-hong")

    page.locator("summary", has_text="trong “Kế hoạch rà soát TTHC năm 2026”").click()
    page.get_by_label("Trang, mục cần xem trong “Kế hoạch rà soát TTHC năm 2026”").fill("mục II.2, trang 3")
    press(page, "Ghi")
    assert "Xem mục II.2, trang 3" in page.inner_text("main")

    page.locator("summary", has_text="Dùng tài liệu đã có").click()
    page.get_by_label("phụ lục phương án").check()
    inspector.look("3-dung-lai")
    press(page, "Gắn vào mục 3.1.1")
    assert page.locator("li.file").count() == 4

    page.locator("summary", has_text="Dẫn chiếu văn bản").click()
    page.get_by_label("Tên, trích yếu văn bản").fill("Quyết định ban hành quy chế")
    assert press(page, "Lưu văn bản") == 422
    page.locator(".error-summary:focus").wait_for()
    inspector.look("4-thieu-so")
    page.get_by_label("Số, ký hiệu").fill("25/QĐ-UBND")
    page.get_by_label("Ngày ban hành").fill("15/02/2026")
    press(page, "Lưu văn bản")
    assert "Số 25/QĐ-UBND · ngày 15/02/2026" in page.inner_text("main")
    inspector.look("5-du-tai-lieu")

    page.get_by_role("button", name="Bỏ “Kế hoạch cải cách hành chính năm 2026” khỏi mục 3.1.1").click()
    page.get_by_text("Tài liệu còn dùng ở mục 3.2 (2026).").wait_for()
    inspector.look("6-da-bo")
    assert inspector.found == []


def test_an_officer_keeps_the_library_in_order(leaf: Leaf, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    sign_in(page, "hanh")
    page.goto("/ho-so/")
    press(page, "Tài liệu kiểm chứng", "link")
    inspector.look("7-kho")
    page.locator("summary", has_text="Đưa tệp vào kho").click()
    page.get_by_label("Đưa tệp lên").set_input_files([chosen("Quy chế.pdf", pdf("quy chế"))])
    inspector.look("8-dua-len")
    press(page, "Đưa lên")
    page.get_by_text("Đã lưu 1 tệp.").wait_for()
    press(page, "Chưa gắn mục nào", "link", exact=False)
    assert page.locator("tbody tr").count() == 3
    page.get_by_label("Tên, số, cơ quan ban hành, tên tệp").fill("không có")
    press(page, "Tìm")
    inspector.look("9-khong-thay")
    press(page, "Xem cả kho", "link", exact=False)
    press(page, "Quy chế", "link")
    inspector.look("10-tai-lieu")
    page.get_by_label("Số, ký hiệu").fill("3/QC-UBND")
    page.get_by_label("Ngày ban hành").fill("30/02/2026")
    assert press(page, "Lưu thông tin") == 422
    inspector.look("11-sai-ngay")
    page.get_by_label("Ngày ban hành").fill("28/02/2026")
    press(page, "Lưu thông tin")
    page.get_by_text("Đã lưu thông tin tài liệu.").wait_for()
    press(page, "Xóa tài liệu")
    page.get_by_text("Đã xóa “Quy chế”.").wait_for()
    assert inspector.found == []


def test_a_question_is_answered_with_evidence_and_the_head_only_reads(leaf: Leaf, screen: Page) -> None:
    page, inspector = screen, Inspector(screen)
    Assessment.objects.filter(pk=leaf.file.pk).update(state=AssessmentState.IN_APPRAISAL)
    Clarification.objects.create(
        assessment=leaf.file,
        criterion=leaf.criterion,
        question="Báo cáo rà soát mới có 1 trong 2 thủ tục theo kế hoạch. Bổ sung phụ lục.",
        asked_by="Vũ Hải Yến",
        asked_at=timezone.now(),
        until=timezone.localdate() + dt.timedelta(days=3),
    )
    sign_in(page, "hanh")
    page.goto(leaf_address(leaf))
    page.get_by_text("Người thẩm định yêu cầu bổ sung").wait_for()
    inspector.look("12-bo-sung")
    piece = Evidence.objects.get(number="18/KH-UBND")
    page.goto(f"/tai-lieu/{piece.unit_id}/{piece.pk}/")
    page.get_by_text("đang dùng trong hồ sơ đã trình hoặc đã nộp").wait_for()
    inspector.look("13-khoa")

    page.context.clear_cookies()
    sign_in(page, "tuan")
    page.goto(leaf_address(leaf))
    assert page.locator("main form").count() == 0
    inspector.look("14-lanh-dao")
    assert inspector.found == []
