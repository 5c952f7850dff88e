"""From an empty installation to a public ranking in the browser, each step by the right person.

The unit in the middle is Huyện Phong Thổ of 2023 with the points of its paper: the public reads what the
pipeline of commands computes from the same workbook, 79.24 = 56.36 + 22.88.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page

from parindex.accounts.passwords import setup_code
from tests.accounts.staff import sheet
from tests.assessments.evidence_files import pdf
from tests.commandline import done
from tests.journeys.people import (
    FIXTURES,
    PASSWORD,
    Cast,
    chosen,
    heading,
    opened,
    plain,
    points_of,
    press,
    saved,
    sign_in,
    sign_in_first,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

UNITS = {"phong-tho": "Huyện Phong Thổ", "tam-duong": "Huyện Tam Đường", "sin-ho": "Huyện Sìn Hồ"}
APPRAISED = points_of("phong-tho-2023-appraised.csv")
SURVEY = points_of("phong-tho-2023-survey.csv")
SURVEY_LEAVES = "8.1, 8.2, 8.3, 8.4, 8.5, 8.6, 8.10"
# What Phong Thổ claims and does not get, with the reason that it reads.
CLAIMED = {"1.2.1": "0.5", "1.3.2": "1.5", "1.7": "2", "5.5.1": "0.5", "7.2.1": "1"}
REASONS = {
    "1.2.1": "Thiếu báo cáo quý I; báo cáo quý III nộp chậm 05 ngày.",
    "1.3.2": "Xử lý xong 12/14 vấn đề phát hiện qua kiểm tra.",
    "1.7": "Kế hoạch không gắn với kết quả Chỉ số năm trước.",
    "5.5.1": "Chưa gửi báo cáo kết quả đánh giá, xếp loại.",
    "7.2.1": "92 % văn bản điện tử có ký số.",
}
CONTENTS = [str(number) for number in range(1, 9)]
ROUND = "/dot/cchc-2023/"
FILE = "/ho-so/cchc-2023/huyen/{}/"
RANKED = [("Huyện Phong Thổ", "79,24"), ("Huyện Tam Đường", "75,50"), ("Huyện Sìn Hồ", "40,50")]
PEOPLE_HEADER = ("Họ và tên", "Tên đăng nhập", "Mã đơn vị", "Vai trò")
STAFF = [
    ("Đỗ Minh Châu", "minh.chau", "", "Quản lý bộ tiêu chí"),
    ("Phạm Lan Anh", "lan.anh", "", "Cơ quan chủ trì, công bố"),
    ("Trần Quốc Bảo", "quoc.bao", "", "Cơ quan chủ trì, công bố"),
    ("Lò Thị Hạnh", "phong-tho.can-bo", "phong-tho", "Cán bộ đơn vị"),
    ("Vừ A Tủa", "phong-tho.lanh-dao", "phong-tho", "Lãnh đạo đơn vị"),
    ("Vàng Thị Mai", "tam-duong.can-bo", "tam-duong", "Cán bộ đơn vị"),
    ("Sùng A Chống", "tam-duong.lanh-dao", "tam-duong", "Lãnh đạo đơn vị"),
    ("Giàng Thị Xuân", "sin-ho.can-bo", "sin-ho", "Cán bộ đơn vị"),
    ("Mào Văn Páo", "sin-ho.lanh-dao", "sin-ho", "Lãnh đạo đơn vị"),
]
COUNCIL = [
    ("Tống Thanh Hải", "thanh.hai", "Chủ tịch Hội đồng thẩm định"),
    ("Nguyễn Thu Hà", "thu.ha", "Thư ký Hội đồng thẩm định"),
    ("Vũ Hải Yến", "hai.yen", "Thành viên Hội đồng thẩm định"),
    ("Trần Đức Long", "duc.long", "Cơ quan chủ trì nội dung"),
]


def day(days: int) -> str:
    return f"{timezone.localdate() + dt.timedelta(days=days):%d/%m/%Y}"


# -- the installation and its people


def install(cast: Cast, folder: Path) -> Page:
    """The first run: the organiser, what it assesses, and its administrator."""
    page = cast.enter()
    opened(page, "/to-chuc/bat-dau/")
    page.get_by_label("Mã thiết lập").fill(setup_code(folder))
    page.get_by_label("Tên cơ quan").fill("Ủy ban nhân dân tỉnh Lai Châu")
    page.get_by_label("Địa danh ghi trên văn bản").fill("Lai Châu")
    page.get_by_label("Tên loại đơn vị 1").fill("Ủy ban nhân dân cấp huyện")
    page.get_by_label("Mã loại đơn vị 1").fill("huyen")
    page.get_by_label("Họ và tên").fill("Lê Quang Huy")
    page.get_by_label("Tên đăng nhập").fill("quang.huy")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Mật khẩu, ghi lần nữa").fill(PASSWORD)
    cast.look(page, "01-thiet-lap")
    press(page, "Thiết lập và tạo tài khoản")
    sign_in(page, "quang.huy")
    cast.look(page, "02-viec-cua-quan-tri")
    return page


def send_list(page: Page, content: bytes, confirm: str) -> None:
    page.set_input_files("input[type=file]", files=[chosen("danh-sach.xlsx", content)])
    assert press(page, "Đọc tệp và xem trước") == 200
    press(page, confirm, exact=False)


def slips(page: Page) -> dict[str, str]:
    """One-time passwords by user name, as printed."""
    typed = [text.strip() for text in page.locator(".slip__typed").all_inner_texts()]
    return dict(zip(typed[::2], typed[1::2], strict=True))


def people(cast: Cast, page: Page) -> dict[str, str]:
    """The administrator brings units and accounts; the answer is what the slips say."""
    press(page, "Nhập danh mục đơn vị", "link")
    home = page.url.removesuffix("don-vi/nhap/")
    rows = [(code, name, "huyen", "01/01/2004") for code, name in UNITS.items()]
    units = sheet(("Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Từ ngày"), *rows)
    send_list(page, units, "Xác nhận nhập 3 đơn vị")
    cast.look(page, "03-don-vi")
    opened(page, "/viec/")
    press(page, "Cấp tài khoản cho 3 đơn vị", "link")
    send_list(page, sheet(PEOPLE_HEADER, *STAFF), "Xác nhận, tạo 9 tài khoản và hiện phiếu")
    cast.look(page, "04-phieu")
    found = slips(page)
    for full_name, username, _ in COUNCIL:
        opened(page, f"{home}tai-khoan/them/")
        page.get_by_label("Họ và tên").fill(full_name)
        page.get_by_label("Tên đăng nhập").fill(username)
        press(page, "Tạo tài khoản và hiện phiếu")
        found |= slips(page)
    assert len(found) == len(STAFF) + len(COUNCIL)
    return found


def first_signs_in(cast: Cast, passwords: dict[str, str], username: str, *, script: bool = True) -> Page:
    page = cast.enter(script=script)
    sign_in_first(page, username, passwords[username])
    return page


# -- step 0 and 1: the framework, the round


def framework(cast: Cast, page: Page) -> None:
    """The office's own workbook, read, looked at and put into force."""
    cast.look(page, "05-viec-cua-quan-ly-bo-tieu-chi")
    press(page, "Đọc bộ tiêu chí từ bảng tính", "link")
    page.get_by_label("Tệp bảng tính").set_input_files(FIXTURES / "phong-tho-2023.xlsx")
    page.get_by_text("Bảng không nói rõ mục nào do điều tra xã hội học chấm").click()
    page.get_by_label("Mục do điều tra xã hội học chấm").fill(SURVEY_LEAVES)
    page.get_by_label("Số quyết định").fill("1535/QĐ-UBND")
    page.get_by_label("Ngày ban hành").fill("15/11/2022")
    page.get_by_label("Loại đơn vị", exact=True).select_option(label="Ủy ban nhân dân cấp huyện")
    page.get_by_label("Tên bộ tiêu chí").fill("Bộ Chỉ số cải cách hành chính cấp huyện")
    press(page, "Đọc tệp")
    cast.look(page, "06-doc-thu")
    press(page, "Lưu thành bản nháp")
    cast.look(page, "07-ban-nhap")
    press(page, "Đưa vào sử dụng", "link", exact=False)
    press(page, "Xác nhận, đưa vào sử dụng")
    assert heading(page) == "Bộ Chỉ số cải cách hành chính cấp huyện: 100 điểm"


def open_round(cast: Cast, page: Page) -> None:
    """A publisher opens the round with its dates and its group of three units."""
    cast.look(page, "08-viec-cua-co-quan-cong-bo")
    press(page, "Mở đợt đánh giá đầu tiên", "link")
    page.get_by_label("Năm đánh giá").fill("2023")
    page.get_by_label("Mã đợt").fill("cchc-2023")
    page.get_by_label("Tên đợt").fill("Chỉ số cải cách hành chính cấp huyện năm 2023")
    press(page, "Mở đợt đánh giá")
    cast.look(page, "09-dot-trong")
    press(page, "Sửa tên, năm, hạn các bước", "link")
    for place, step in enumerate(("Tự chấm", "Tổng hợp", "Thẩm định", "Công bố"), 1):
        page.get_by_label(f"{step}, đến hết ngày").fill(day(10 * place))
    press(page, "Lưu")
    press(page, "Thêm nhóm", "link")
    press(page, "Tiếp tục")
    page.get_by_label("Tên nhóm").fill("Ủy ban nhân dân cấp huyện")
    page.get_by_label("Mã nhóm").fill("huyen")
    for name in UNITS.values():
        page.get_by_role("checkbox", name=name).check()
    page.get_by_label("Có điều tra xã hội học").check()
    page.get_by_label("Nhắc đơn vị, không chặn nộp").check()
    cast.look(page, "10-them-nhom")
    press(page, "Thêm nhóm")


def council(cast: Cast, page: Page) -> None:
    """The secretary, a member and a lead agency for two contents."""
    for full_name, username, role in COUNCIL:
        opened(page, f"{ROUND}thiet-lap/nguoi/them/")
        page.get_by_label(role, exact=True).check()
        page.get_by_label("Người", exact=True).select_option(label=f"{full_name} ({username})")
        if role == "Cơ quan chủ trì nội dung":
            for code in ("1", "2"):
                page.get_by_label(re.compile(rf"^{code}\. ")).check()
        press(page, "Giao vai trò")
    cast.look(page, "11-hoi-dong")
    opened(page, f"{ROUND}thiet-lap/")
    assert page.get_by_text("Còn thiếu").count() == 0
    cast.look(page, "12-san-sang")


# -- step 2: self-scoring


def rows_of(page: Page) -> Iterator[tuple[str, Any]]:
    """Code and field of each leaf that the unit scores on this page."""
    for row in page.locator("tr[data-code]").all():
        yield row.get_attribute("data-code") or "", row.locator("input[inputmode=decimal]").first


def score_in_the_page(cast: Cast, page: Page) -> None:
    """The officer of Phong Thổ: rows saved one by one, evidence on some, then content by content."""
    own = FILE.format("phong-tho")
    cast.look(page, "13-viec-cua-can-bo")
    opened(page, f"{own}1/")
    for code, field in rows_of(page):
        field.fill(CLAIMED.get(code, APPRAISED[code]).replace(".", ","))
        field.blur()
    saved(page)
    cast.look(page, "14-noi-dung-1")
    for code in ("1.1", "1.2.1"):
        opened(page, f"{own}muc/{code}/tai-lieu/")
        files = [chosen(f"Báo cáo {code}.pdf", pdf(code)), chosen(f"Kế hoạch {code}.pdf", pdf(f"k {code}"))]
        page.get_by_label("Đưa tệp lên").set_input_files(files)
        press(page, "Đưa lên")
        assert page.locator("li.file").count() == 2
    cast.look(page, "15-tai-lieu")
    for content in CONTENTS[1:]:
        opened(page, f"{own}{content}/")
        for code, field in rows_of(page):
            field.fill(CLAIMED.get(code, APPRAISED[code]).replace(".", ","))
        page.get_by_role("button", name=f"Lưu nội dung {content}").click()
        saved(page)
    opened(page, f"{own}kiem-tra/")
    cast.look(page, "16-kiem-tra")
    press(page, "Trình lãnh đạo duyệt")


def score_by_form(page: Page, unit: str, share: int) -> None:
    """Another officer, without script: this share of every maximum, a whole content at once."""
    for content in CONTENTS:
        opened(page, f"{FILE.format(unit)}{content}/")
        for row in page.locator("tr[data-code]").all():
            most = row.locator("td[data-label='Tối đa']").inner_text().replace(",", ".")
            points = Decimal(most.split()[0]) * share / 100
            row.locator("input[inputmode=decimal]").first.fill(str(points).replace(".", ","))
        press(page, f"Lưu nội dung {content}")
    opened(page, f"{FILE.format(unit)}kiem-tra/")
    press(page, "Trình lãnh đạo duyệt")


def approve(page: Page, unit: str) -> None:
    opened(page, f"{FILE.format(unit)}kiem-tra/")
    press(page, "Duyệt và nộp")
    page.get_by_text("Hồ sơ đã nộp").first.wait_for()


# -- step 3: appraisal


def bench(page: Page, code: str) -> None:
    opened(page, f"{ROUND}tham-dinh/huyen/{code}/?don-vi=phong-tho")


def say(page: Page, points: str, reason: str) -> None:
    page.locator("#quyet-dinh input[inputmode=decimal]").first.fill(points)
    page.get_by_label("Lý do", exact=True).fill(reason)
    press(page, "Điều chỉnh")


def receive(page: Page) -> None:
    for unit in UNITS:
        opened(page, f"{ROUND}tien-do/huyen/{unit}/")
        press(page, "Tiếp nhận, bắt đầu thẩm định")


def appraise(cast: Cast, lead: Page, member: Page, secretary: Page, chair: Page) -> None:
    """A proposal, an opinion, two conclusions that differ; the rest is recognised and the files concluded."""
    cast.look(lead, "19-viec-cua-co-quan-chu-tri")
    bench(lead, "1.2.1")
    say(lead, "0,25", "Thiếu báo cáo quý I.")
    bench(member, "1.2.1")
    cast.look(member, "20-thanh-vien")
    say(member, "0", "Thiếu báo cáo quý I; báo cáo quý III nộp chậm 05 ngày.")
    cast.look(secretary, "21-viec-cua-thu-ky")
    for code, reason in REASONS.items():
        bench(secretary, code)
        if code == "1.2.1":
            assert "Thiếu báo cáo quý I." in secretary.inner_text("main")
            cast.look(secretary, "22-ban-tham-dinh")
        say(secretary, APPRAISED[code].replace(".", ","), reason)
    for unit in UNITS:
        opened(secretary, f"{ROUND}tham-dinh/huyen/don-vi/{unit}/cong-nhan/")
        press(secretary, "Công nhận", exact=False)
        opened(chair, f"{ROUND}tien-do/huyen/{unit}/")
        press(chair, "Kết luận hồ sơ")
    cast.look(chair, "23-da-ket-luan")


# -- steps 4 to 6: survey, ranking, publication


def survey(cast: Cast, page: Page) -> None:
    """Survey points by the template in Excel: those of the paper, and 8 of 10 points for the others."""
    opened(page, f"{ROUND}khao-sat/")
    page.locator("summary", has_text="Ghi cả bảng bằng Excel").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp mẫu").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    table = book.worksheets[0]
    for column in range(3, table.max_column + 1, 3):
        code = str(table.cell(1, column).value).split(" ")[0]
        table.cell(1, column).value = f"{code} · điểm"
        for row in range(2, table.max_row + 1):
            own = table.cell(row, 1).value == "phong-tho"
            table.cell(row, column).value = Decimal(SURVEY[code] if own else "0.5")
            table.cell(row, column + 1).value, table.cell(row, column + 2).value = 400, 385
    stream = io.BytesIO()
    book.save(stream)
    page.get_by_label("2. Tệp điểm điều tra").set_input_files(
        files=[chosen("dieu-tra.xlsx", stream.getvalue())]
    )
    press(page, "Đọc tệp và xem trước")
    cast.look(page, "24-xem-truoc-khao-sat")
    press(page, "Ghi ", exact=False)
    cast.look(page, "25-khao-sat")


def publish(cast: Cast, first: Page, second: Page) -> None:
    """One publisher looks at the ranking and prepares, the other confirms."""
    opened(first, f"{ROUND}huyen/?ban=du-kien")
    assert "79,24" in first.inner_text("main")
    cast.look(first, "26-du-kien")
    opened(first, f"{ROUND}cong-bo/")
    first.get_by_label("Số quyết định").fill("351/QĐ-UBND")
    first.get_by_label("Ngày ký").fill(day(0))
    first.get_by_label("Người ký").fill("Chủ tịch Lê Văn Lương")
    press(first, "Chuẩn bị để người khác xác nhận")
    opened(second, "/viec/")
    cast.look(second, "27-viec-cua-nguoi-xac-nhan")
    opened(second, f"{ROUND}cong-bo/")
    cast.look(second, "28-cho-xac-nhan")
    press(second, "Xác nhận và công bố")
    assert heading(second).startswith("Đang công bố theo Quyết định số 351/QĐ-UBND")
    cast.look(second, "29-da-cong-bo")


def read_in_public(cast: Cast) -> None:
    """Somebody without an account: list, ranking, unit, documents."""
    page = cast.enter()
    opened(page, "/")
    cast.look(page, "30-trang-dau")
    opened(page, f"{ROUND}huyen/")
    table = [plain(row.inner_text()) for row in page.locator("table.rank tr:has(.rank__place)").all()]
    for row, (name, index) in zip(table, RANKED, strict=True):
        assert name in row
        assert index in row
    cast.look(page, "31-xep-hang")
    opened(page, f"{ROUND}huyen/phong-tho/")
    assert heading(page) == "Huyện Phong Thổ đạt 79,24 %, xếp loại Khá"
    figures = plain(page.inner_text(".figures"))
    assert "56,36 /" in figures
    assert "22,88 /" in figures
    cast.look(page, "32-don-vi")
    for address, kind in (
        ("xep-hang.pdf", b"%PDF"),
        ("xep-hang.xlsx", b"PK"),
        ("phong-tho/phieu.pdf", b"%PDF"),
    ):
        answer = page.request.get(f"{ROUND}huyen/{address}")
        assert (answer.status, answer.body()[: len(kind)]) == (200, kind)


def read_own_result(cast: Cast, page: Page) -> None:
    """The unit reads which leaves lost points, and why."""
    opened(page, f"{FILE.format('phong-tho')}ket-qua/")
    assert heading(page) == f"{len(REASONS)} mục bị giảm điểm so với tự chấm"
    for reason in REASONS.values():
        assert reason in page.inner_text("main")
    cast.look(page, "33-ket-qua-cua-don-vi")


def test_a_province_runs_its_whole_round(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    administrator = install(cast, tmp_path)
    passwords = people(cast, administrator)
    framework(cast, first_signs_in(cast, passwords, "minh.chau"))
    publisher = first_signs_in(cast, passwords, "lan.anh")
    open_round(cast, publisher)
    council(cast, publisher)

    officer = first_signs_in(cast, passwords, "phong-tho.can-bo")
    score_in_the_page(cast, officer)
    for unit, share in (("tam-duong", 100), ("sin-ho", 50)):
        score_by_form(first_signs_in(cast, passwords, f"{unit}.can-bo", script=False), unit, share)
    for unit in UNITS:
        head = first_signs_in(cast, passwords, f"{unit}.lanh-dao")
        if unit == "phong-tho":
            cast.look(head, "17-viec-cua-lanh-dao")
        approve(head, unit)
    opened(publisher, f"{ROUND}tien-do/")
    cast.look(publisher, "18-tien-do")
    receive(publisher)
    chair, secretary, member, lead = (first_signs_in(cast, passwords, username) for _, username, _ in COUNCIL)
    appraise(cast, lead, member, secretary, chair)

    survey(cast, publisher)
    publish(cast, publisher, first_signs_in(cast, passwords, "quoc.bao"))
    read_in_public(cast)
    read_own_result(cast, officer)

    check_against_commands()
    assert cast.found == []


def check_against_commands() -> None:
    """The command line ranks the same round to the same numbers as the pipeline of the paper."""
    (group,) = done("rank", "--round", "cchc-2023")["groups"]
    ranked = {row["unit"]: row for row in group["units"]}
    found = ranked["phong-tho"]
    assert (found["appraised"], found["survey"], found["obtained"]) == ("56.36", "22.88", "79.24")
    assert (found["rank"], found["class"], group["provisional"]) == (1, "Khá", False)
    for content in found["contents"]:
        assert Decimal(content["obtained"]) == Decimal(APPRAISED[content["code"]])
    others = [(ranked[unit]["rank"], ranked[unit]["obtained"]) for unit in ("tam-duong", "sin-ho")]
    assert others == [(2, "75.5"), (3, "40.5")]
