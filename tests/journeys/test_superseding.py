"""A published result is corrected, superseded and at last withdrawn: each time by two persons."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.enums import RoundDuty, Track
from assessments.models import Publication
from parindex.accounts.enums import Role
from tests.assessments.people import give
from tests.assessments.small_round import Built, publish_round, small_round
from tests.commandline import done
from tests.factories.assessments import score
from tests.journeys.people import Cast, heading, opened, person, plain, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUND = "/dot/thu-2024/"
RANKING = f"{ROUND}cap-xa/"
UNIT = f"{RANKING}A/"
SELF = {"1.1.1": "5", "1.1.2": "10", "1.10": "20.25", "2.1": "25"}


@pytest.fixture
def published(live_server: LiveServer) -> Built:
    """Three communes with a published ranking, two publishers and the council's secretary."""
    built = small_round()
    file = built.group.assessments.get(unit_code="A")
    score(file, SELF, track=Track.SELF)
    publish_round(built)
    give(person("noivu", "Phạm Lan Anh"), Role.PUBLISHER, file)
    give(person("noivu2", "Trần Quốc Bảo"), Role.PUBLISHER, file)
    give(person("thuky", "Nguyễn Thu Hà"), RoundDuty.COUNCIL_SECRETARY, file)
    return built


def index_in_public(page: Page) -> str:
    """The first unit's index as somebody without an account reads it."""
    opened(page, UNIT)
    return heading(page).split(" đạt ")[1].split(" %")[0]


def open_again(page: Page) -> None:
    """The publisher opens one file for the council once more, with a reason."""
    opened(page, f"{ROUND}tien-do/cap-xa/A/")
    again = page.locator("details", has_text="Mở lại thẩm định")
    if again.get_attribute("open") is None:
        again.locator("summary").click()
    again.get_by_label("Lý do").fill("Đơn vị khiếu nại mục 1.1.2 và có văn bản bổ sung.")
    press(page, "Mở lại thẩm định")


def conclude_otherwise(page: Page) -> None:
    """The secretary keeps what the unit claims of the leaf, and concludes the file."""
    opened(page, f"{ROUND}tham-dinh/cap-xa/1.1.2/?don-vi=A")
    press(page, "Giữ nguyên", exact=False)
    opened(page, f"{ROUND}tien-do/cap-xa/A/")
    press(page, "Kết luận hồ sơ")


def test_a_result_is_superseded_and_withdrawn_by_two_persons(cast: Cast, published: Built) -> None:
    first, second, secretary = (cast.signed_in(name) for name in ("noivu", "noivu2", "thuky"))
    public = cast.enter()
    assert index_in_public(public) == "82,63"

    open_again(first)
    cast.look(first, "thay-the-1-da-mo-lai")
    assert index_in_public(public) == "82,63"
    conclude_otherwise(secretary)
    assert index_in_public(public) == "82,63"

    opened(first, f"{ROUND}cong-bo/")
    first.locator("summary", has_text="Chuẩn bị bản thay thế").click()
    cast.look(first, "thay-the-2-chuan-bi")
    form = first.locator("details", has_text="Chuẩn bị bản thay thế")
    form.get_by_label("Số quyết định").fill("456/QĐ-UBND")
    form.get_by_label("Ngày ký").fill("20/05/2025")
    form.get_by_label("Người ký").fill("Chủ tịch Nguyễn Văn Mẫu")
    form.get_by_label("Lý do").fill("Sửa điểm mục 1.1.2 của Phường Đông Hồ theo khiếu nại.")
    press(first, "Chuẩn bị để người khác xác nhận")
    assert first.get_by_role("button", name="Xác nhận và công bố").count() == 0
    assert index_in_public(public) == "82,63"
    opened(second, f"{ROUND}cong-bo/")
    cast.look(second, "thay-the-3-cho-xac-nhan")
    press(second, "Xác nhận và công bố")
    cast.look(second, "thay-the-4-da-thay")

    assert index_in_public(public) == "83,13"
    opened(public, RANKING)
    told = plain(public.inner_text("main"))
    assert "Thay bản công bố theo Quyết định số 123/QĐ-UBND" in told
    assert "Sửa điểm mục 1.1.2 của Phường Đông Hồ theo khiếu nại." in told
    cast.look(public, "thay-the-5-cong-khai")
    (group,) = done("rank", "--round", "thu-2024")["groups"]
    assert next(row["index"] for row in group["units"] if row["unit"] == "A") == "83.13"

    opened(second, f"{ROUND}cong-bo/")
    withdrawn = second.locator("details", has_text="Thu hồi bản công bố này").last
    withdrawn.locator("summary").click()
    withdrawn.get_by_label("Lý do").fill("Thanh tra yêu cầu xem lại số liệu điều tra.")
    press(second, "Chuẩn bị thu hồi")
    assert index_in_public(public) == "83,13"
    opened(first, f"{ROUND}cong-bo/")
    cast.look(first, "thay-the-6-cho-thu-hoi")
    press(first, "Xác nhận thu hồi")
    assert opened(public, RANKING).status == 410
    assert "Thanh tra yêu cầu xem lại số liệu điều tra." in public.inner_text("main")
    cast.look(public, "thay-the-7-da-thu-hoi")
    assert not Publication.objects.filter(state="current").exists()
    assert cast.found == []
