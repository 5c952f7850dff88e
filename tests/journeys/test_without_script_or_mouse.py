"""A unit's whole way to publication by plain forms without script, and self-scoring by the keyboard alone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import AssessmentState, RoundDuty, Track
from assessments.models import Assessment, Group, Score
from parindex.accounts.enums import Role
from tests.assessments.evidence_files import pdf
from tests.assessments.people import give
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.assessments import GroupFactory, RoundFactory
from tests.journeys.people import PASSWORD, Cast, chosen, heading, opened, plain, press, saved

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUND = "/dot/cchc-2026/"
PEOPLE = {
    "hanh": Role.UNIT_OFFICER,
    "tuan": Role.UNIT_HEAD,
    "noivu": Role.PUBLISHER,
    "noivu2": Role.PUBLISHER,
    "thuky": RoundDuty.COUNCIL_SECRETARY,
}
# As many steps as the keyboard may need from the top of a page to what it looks for.
TABS = 60


@pytest.fixture
def group(live_server: LiveServer) -> Group:
    """One unit in self-scoring, with everybody whom it needs on its way to publication."""
    until = timezone.localdate() + dt.timedelta(days=3)
    round = RoundFactory(
        code="cchc-2026", title="Chỉ số cải cách hành chính năm 2026", self_scoring_until=until
    )
    made = GroupFactory(
        round=round, code="xa", name="Các xã", units=[UnitFactory(code="ban-lang", name="Xã Bản Lang")]
    )
    for username, role in PEOPLE.items():
        user = UserFactory(username=username, password=make_password(PASSWORD))
        give(user, role, made.assessments.get())
    return made


def own(group: Group) -> str:
    return f"/ho-so/cchc-2026/xa/{file_of(group).unit_code}/"


def file_of(group: Group) -> Assessment:
    return group.assessments.select_related("unit").get()


def self_score(group: Group, code: str) -> Score:
    return Score.objects.get(assessment__group=group, track=Track.SELF, criterion__code=code)


def test_from_signing_in_to_a_public_ranking_without_script(cast: Cast, group: Group) -> None:
    officer, head, first, second, secretary = (cast.signed_in(name, script=False) for name in PEOPLE)
    unit, file = file_of(group).unit_code, own(group)

    for content, points in (("1", {"1.1.1": "4", "1.1.2": "2", "1.2": "3,5"}), ("2", {"2.1": "6"})):
        opened(officer, f"{file}{content}/")
        for code, typed in points.items():
            officer.locator(f"tr[data-code='{code}'] input[inputmode=decimal]").fill(typed)
        press(officer, f"Lưu nội dung {content}")
    opened(officer, f"{file}muc/1.2/tai-lieu/")
    officer.get_by_label("Đưa tệp lên").set_input_files([chosen("Báo cáo quý I.pdf", pdf("quý I"))])
    press(officer, "Đưa lên")
    for code in ("1.1.1", "1.1.2", "2.1"):
        opened(officer, f"{file}muc/{code}/tai-lieu/")
        officer.locator("#kho > summary").click()
        officer.get_by_label("Báo cáo quý I").check()
        press(officer, f"Gắn vào mục {code}")
    opened(officer, f"{file}kiem-tra/")
    press(officer, "Trình lãnh đạo duyệt")
    opened(head, f"{file}kiem-tra/")
    press(head, "Duyệt và nộp")
    opened(first, f"{ROUND}tien-do/xa/{unit}/")
    press(first, "Tiếp nhận, bắt đầu thẩm định")

    bench = f"{ROUND}tham-dinh/xa/1.2/?don-vi={unit}"
    opened(secretary, bench)
    secretary.locator("summary", has_text="Yêu cầu đơn vị").click()
    secretary.get_by_label("Nội dung cần giải trình").fill("Gửi báo cáo quý II.")
    secretary.get_by_label("Trả lời đến hết ngày").fill(f"{timezone.localdate():%d/%m/%Y}")
    press(secretary, "Gửi yêu cầu")
    opened(officer, f"/giai-trinh/cchc-2026/xa/{unit}/")
    officer.get_by_label("Nội dung trả lời").fill("Quý II không phát sinh.")
    press(officer, "Gửi trả lời", exact=False)
    opened(secretary, bench)
    assert "Quý II không phát sinh." in secretary.inner_text("main")
    press(secretary, "Kết thúc yêu cầu này")
    secretary.locator("#quyet-dinh input[inputmode=decimal]").first.fill("3")
    secretary.get_by_label("Lý do", exact=True).fill("Thiếu báo cáo quý II.")
    press(secretary, "Điều chỉnh")
    opened(secretary, f"{ROUND}tham-dinh/xa/don-vi/{unit}/cong-nhan/")
    press(secretary, "Công nhận", exact=False)
    opened(secretary, f"{ROUND}tien-do/xa/{unit}/")
    press(secretary, "Kết luận hồ sơ")

    opened(first, f"{ROUND}khao-sat/xa/muc/2.2/")
    first.locator("table input[inputmode=decimal]").first.fill("3,2")
    press(first, "Ghi mục 2.2")
    opened(first, f"{ROUND}cong-bo/")
    first.get_by_label("Số quyết định").fill("351/QĐ-UBND")
    first.get_by_label("Ngày ký").fill(f"{timezone.localdate():%d/%m/%Y}")
    first.get_by_label("Người ký").fill("Chủ tịch Lê Văn Lương")
    press(first, "Chuẩn bị để người khác xác nhận")
    opened(second, f"{ROUND}cong-bo/")
    press(second, "Xác nhận và công bố")

    public = cast.enter(script=False)
    opened(public, f"{ROUND}xa/{unit}/")
    # 4 + 2 + 3 + 6 and 3,2 of the survey, of 20.
    assert "đạt 91,00 %" in heading(public)
    assert "Thiếu báo cáo quý II." in plain(public.inner_text("main"))
    assert cast.found == []


def reach(page: Page, target: str) -> None:
    """Press Tab until the focus is on what matches, and stands clear of bars."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            break
    else:
        pytest.fail(f"the keyboard does not reach {target}")
    # The middle of what has the focus is what one sees there: no bar lies over it.
    assert page.evaluate(
        """() => {
            const focused = document.activeElement, box = focused.getBoundingClientRect();
            const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return focused.contains(seen) || seen.contains(focused);
        }"""
    ), f"{target} is hidden"


def test_rows_are_filled_proved_and_sent_by_the_keyboard_alone(cast: Cast, group: Group) -> None:
    page, file = cast.signed_in("hanh"), own(group)
    opened(page, f"{file}1/")
    reach(page, "tr[data-code='1.1.1'] input[inputmode=decimal]")
    for typed in ("4", "1,5", "3"):
        page.keyboard.press("Control+a")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    saved(page)
    reach(page, "a[href$='/muc/1.2/tai-lieu/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    reach(page, "input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([chosen("Báo cáo quý I.pdf", pdf("quý I"))])
    reach(page, "button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("li.file").count() == 1

    opened(page, f"{file}2/")
    reach(page, "tr[data-code='2.1'] input[inputmode=decimal]")
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    saved(page)
    for content, code in (("1", "1.1.1"), ("1", "1.1.2"), ("2", "2.1")):
        opened(page, f"{file}{content}/")
        reach(page, f"tr[data-code='{code}'] textarea")
        page.keyboard.type("Có trong báo cáo năm.")
        page.keyboard.press("Tab")
        saved(page)
    opened(page, f"{file}kiem-tra/")
    reach(page, "form[method=post] button[type=submit].btn--lg")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert file_of(group).state == AssessmentState.UNIT_REVIEW
    assert [self_score(group, code).points for code in ("1.1.1", "1.1.2", "1.2", "2.1")] == [
        4,
        Decimal("1.5"),
        3,
        6,
    ]
    assert cast.found == []
