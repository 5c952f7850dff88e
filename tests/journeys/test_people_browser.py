"""From an empty installation to a unit officer's first sign-in, in a real browser: laptop, phone, axe."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from parindex.accounts.models import User
from parindex.accounts.passwords import SIGNS, setup_code
from tests.accounts.staff import sheet
from tests.journeys.inspector import Inspector
from tests.journeys.people import PASSWORD, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HEADER = ("Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Từ ngày")


def set_up(page: Page, inspector: Inspector, folder: Path) -> None:
    page.goto("/to-chuc/bat-dau/")
    inspector.look("1-thiet-lap")
    assert press(page, "Thiết lập và tạo tài khoản") == 422
    page.locator(".error-summary:focus").wait_for()
    inspector.look("2-thiet-lap-loi")
    page.get_by_label("Mã thiết lập").fill(setup_code(folder))
    page.get_by_label("Tên cơ quan").fill("Sở Nội vụ tỉnh Quảng Ninh")
    page.get_by_label("Họ và tên").fill("Phạm Lan Anh")
    page.get_by_label("Tên đăng nhập").fill("lan.anh")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Mật khẩu, ghi lần nữa").fill(PASSWORD)
    press(page, "Thiết lập và tạo tài khoản")
    page.get_by_text("Đã thiết lập hệ thống").wait_for()


def send_file(page: Page, path: Path, content: bytes) -> int:
    path.write_bytes(content)
    page.set_input_files("input[type=file]", path)
    return press(page, "Đọc tệp và xem trước")


def units(page: Page, inspector: Inspector, home: str, folder: Path) -> None:
    page.goto(f"{home}don-vi/")
    inspector.look("3-chua-co-don-vi")
    press(page, "Nhập cả danh mục từ tệp Excel", "link", exact=False)
    inspector.look("4-nhap-don-vi")
    faulty = sheet(HEADER, ("a", "Xã A", "Quận", "31/02/2025"))
    assert send_file(page, folder / "sai.xlsx", faulty) == 422
    page.get_by_text("Dòng 2, cột D (Từ ngày)").wait_for()
    inspector.look("5-tep-sai")
    press(page, "chọn tệp lần nữa", "link", exact=False)
    rows = [(f"p{number}", f"Phường {number}", "cap-xa", "01/07/2025") for number in range(1, 13)]
    assert send_file(page, folder / "don-vi.xlsx", sheet(HEADER, *rows)) == 200
    inspector.look("6-xem-truoc-don-vi")
    press(page, "Xác nhận nhập 12 đơn vị")
    page.get_by_text("Đã thêm 12 đơn vị").wait_for()
    inspector.look("7-don-vi")
    press(page, "Sáp nhập đơn vị", "link", exact=False)
    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Phường {number} p{number}", exact=True).check()
    assert press(page, "Sáp nhập các đơn vị đã chọn") == 422
    inspector.look("8-sap-nhap-loi")
    page.get_by_label("Sáp nhập từ ngày").fill("03/04/2026")
    page.get_by_label("Tên đơn vị mới").fill("Phường Mới")
    page.get_by_label("Mã đơn vị mới").fill("moi")
    page.get_by_label("Loại đơn vị").select_option(label="Xã, phường, đặc khu")
    press(page, "Sáp nhập các đơn vị đã chọn")
    assert page.inner_text("h1") == "Phường Mới"
    inspector.look("9-don-vi-moi")
    press(page, "Phường 1", "link")
    assert "hết hiệu lực sau ngày 02/04/2026" in page.inner_text("h1")
    inspector.look("10-da-sap-nhap")
    press(page, "Sửa thông tin đơn vị", "link", exact=False)
    inspector.look("11-sua-don-vi")


def slips(page: Page, inspector: Inspector, home: str, folder: Path) -> list[str]:
    page.goto(f"{home}tai-khoan/nhap/")
    inspector.look("12-nhap-tai-khoan")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp mẫu").click()
    template = folder / "mau.xlsx"
    download.value.save_as(template)
    assert send_file(page, folder / "chua-dien.xlsx", template.read_bytes()) == 422
    inspector.look("13-chua-dien")
    press(page, "chọn tệp lần nữa", "link", exact=False)
    book = load_workbook(template)
    for number, row in enumerate(book.worksheets[0].iter_rows(min_row=2), 1):
        row[0].value = f"Nguyễn Thị Thứ {number}"
    book.save(template)
    assert send_file(page, folder / "da-dien.xlsx", template.read_bytes()) == 200
    assert "Sẽ tạo 22 tài khoản" in page.inner_text("h1")
    inspector.look("14-xem-truoc-tai-khoan")
    press(page, "Xác nhận, tạo 22 tài khoản và hiện phiếu")
    assert page.locator(".slip").count() == 22
    inspector.look("15-phieu")
    return re.findall(rf"\b[{SIGNS}]{{4}}(?:-[{SIGNS}]{{4}}){{2}}\b", page.inner_text("main"))


def person(page: Page, inspector: Inspector, home: str) -> str:
    page.goto(f"{home}tai-khoan/?tinh-trang=chua-dang-nhap")
    inspector.look("16-tai-khoan")
    page.get_by_label("Họ tên hoặc tên đăng nhập").fill("p3.can")
    press(page, "Tìm")
    with page.expect_navigation():
        page.locator("tbody a").click()
    for summary in page.locator("main summary").all():
        summary.click()
    inspector.look("17-mot-nguoi")
    page.locator("details", has_text="Giao thêm vai trò").get_by_label("Vai trò").select_option("publisher")
    page.locator("details", has_text="Giao thêm vai trò").get_by_label("Đơn vị").select_option(index=1)
    assert press(page, "Giao vai trò") == 422
    inspector.look("18-vai-tro-loi")
    page.locator("summary", has_text="Cấp lại mật khẩu").click()
    press(page, "Cấp lại và hiện phiếu")
    inspector.look("19-mot-phieu")
    (password,) = page.locator(".slip__typed").last.all_inner_texts()
    return password


def test_from_an_empty_installation_to_a_first_sign_in(screen: Page, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    page, inspector = screen, Inspector(screen)
    set_up(page, inspector, tmp_path)
    sign_in(page, "lan.anh", PASSWORD)
    page.goto("/to-chuc/")
    home = page.url
    inspector.look("0-co-quan")
    units(page, inspector, home, tmp_path)
    assert len(set(slips(page, inspector, home, tmp_path))) == 22
    page.goto(f"{home}tai-khoan/them/")
    inspector.look("20-them-nguoi")
    password = person(page, inspector, home)

    page.context.clear_cookies()
    page.goto("/dang-nhap/")
    press(page, "Quên mật khẩu", "link", exact=False)
    assert press(page, "Gửi thư đặt lại mật khẩu") == 422
    inspector.look("21-quen-mat-khau")
    sign_in(page, "p3.can-bo", password)

    assert User.objects.get(username="p3.can-bo").last_login
    assert inspector.found == []
