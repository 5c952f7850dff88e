"""Accounts from a workbook: 170 communes at once, every problem by row and column, all or nothing."""

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.accounts.passwords import SIGNS
from parindex.audit.models import Event
from tests.accounts.staff import confirm, rows_of, sheet, staff, text, upload
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADER = ("Họ và tên", "Tên đăng nhập", "Thư điện tử", "Mã đơn vị", "Vai trò", "Từ ngày", "Đến ngày")


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory(name="Sở Nội vụ")


@pytest.fixture
def unit(organiser: Organiser) -> Unit:
    return UnitFactory(organiser=organiser, name="Phường Đại Kim", code="dai-kim")


@pytest.fixture
def page(client: Client, organiser: Organiser) -> str:
    client.force_login(staff(organiser))
    return f"/to-chuc/{organiser.pk}/tai-khoan/nhap/"


def passwords_on(answer: HttpResponse) -> list[str]:
    return re.findall(rf"\b[{SIGNS}]{{4}}(?:-[{SIGNS}]{{4}}){{2}}\b", answer.content.decode())


def test_an_officer_and_a_head_for_each_of_170_communes(
    client: Client, organiser: Organiser, page: str, django_assert_max_num_queries: Any
) -> None:
    commune = UnitTypeFactory()
    Unit.objects.bulk_create(
        Unit(organiser=organiser, unit_type=commune, code=f"xa-{n:03}", name=f"Xã {n:03}", sort_key=f"{n:03}")
        for n in range(170)
    )
    header, *rows = rows_of(client.get(f"{page}mau.xlsx").content)
    assert header == HEADER
    assert len(rows) == 340
    assert rows[1][1:5] == ("xa-000.lanh-dao", None, "xa-000", "Lãnh đạo đơn vị")
    filled = [(f"Người Thứ {number}", *row[1:]) for number, row in enumerate(rows)]

    preview = upload(client, page, sheet(header, *filled))
    assert "Sẽ tạo 340 tài khoản, giao 340 vai trò" in text(preview)
    assert User.objects.count() == 1
    with django_assert_max_num_queries(1000):
        answer = confirm(client, page, preview)

    passwords = passwords_on(answer)
    assert len(set(passwords)) == 340
    assert "340 phiếu để in" in text(answer)
    assert User.objects.filter(must_change_password=True, home=organiser).count() == 340
    assert Membership.objects.filter(unit__organiser=organiser).count() == 340
    assert Event.objects.filter(verb="tạo tài khoản").count() == 340
    assert Event.objects.filter(verb="giao vai trò").count() == 340
    signed_in = Client().post("/dang-nhap/", {"login": "xa-000.can-bo", "password": passwords[0]})
    assert signed_in.status_code == 302
    assert len(rows_of(client.get(f"{page}mau.xlsx").content)) == 1

    again = upload(client, page, sheet(header, *filled))
    assert "Cả 340 dòng đã có trong hệ thống" in text(again)


def test_known_people_get_roles_and_keep_their_passwords(
    client: Client, organiser: Organiser, unit: Unit, page: str
) -> None:
    known = UserFactory(username="hanh", full_name="Lò Thị Hạnh", home=organiser, password="giữ")
    held = Membership.objects.create(user=known, role=Role.UNIT_OFFICER, unit=unit)
    content = sheet(
        HEADER,
        ("Lò Thị Hạnh", "hanh", "", "dai-kim", "cán bộ đơn vị", "03/04/2026", dt.date(2026, 12, 31)),
        ("Lò Thị Hạnh", "Hanh", "", "", "auditor", None, None),
        ("Vũ Hải Yến", "yen", "yen@example.vn", "dai-kim", "Lãnh đạo đơn vị", None, None),
        ("Vũ Hải Yến", "yen", "yen@example.vn", "", "Cơ quan chủ trì, công bố", None, None),
    )

    preview = upload(client, page, content)
    told = text(preview)
    assert "Sẽ tạo 1 tài khoản, giao 3 vai trò" in told
    assert "1 người đã có tài khoản" in told
    assert "Sửa ngày" in told
    answer = confirm(client, page, preview)

    assert len(passwords_on(answer)) == 1
    held.refresh_from_db()
    known.refresh_from_db()
    assert (held.valid_from, held.valid_to) == (dt.date(2026, 4, 3), dt.date(2026, 12, 31))
    assert (known.password, known.must_change_password) == ("giữ", False)
    assert set(known.memberships.values_list("role", flat=True)) == {Role.UNIT_OFFICER, Role.AUDITOR}
    yen = User.objects.get(username="yen")
    assert set(yen.memberships.values_list("role", flat=True)) == {Role.UNIT_HEAD, Role.PUBLISHER}


def test_every_problem_names_its_row_and_column_and_nobody_is_made(
    client: Client, organiser: Organiser, unit: Unit, page: str
) -> None:
    UserFactory(username="noi-khac", home=OrganiserFactory())
    UserFactory(username="hanh", full_name="Lò Thị Hạnh", home=organiser)
    UnitFactory(code="cua-noi-khac")
    content = sheet(
        HEADER,
        ("Vũ Hải Yến", "yen", "", "dai-kim", "Cán bộ đơn vị", None, None),
        (None, "b.b", "", "dai-kim", "Cán bộ đơn vị", None, None),
        ("C", "lò hạnh", "khong", "cua-noi-khac", "Trưởng phòng", "31/02/2026", None),
        ("D", "noi-khac", "", "", "Cán bộ đơn vị", "02/01/2026", "01/01/2026"),
        ("E", "ee.ee", "", "dai-kim", "Quản trị", None, None),
        ("Vũ Hải Yến", "YEN", "", "dai-kim", "unit_officer", None, None),
        ("Người Khác", "yen", "", "dai-kim", "Lãnh đạo đơn vị", None, None),
        ("Không Phải Hạnh", "hanh", "", "dai-kim", "Lãnh đạo đơn vị", None, None),
        ("G", None, "", "dai-kim", None, None, None),
    )
    before = User.objects.count()

    answer = upload(client, page, content)

    told = text(answer)
    assert answer.status_code == 422
    for words in (
        "Dòng 3, cột A (Họ và tên): Ghi họ và tên.",
        "Dòng 4, cột B (Tên đăng nhập): Tên đăng nhập có ít nhất 3 ký tự",
        "Dòng 4, cột C (Thư điện tử): Địa chỉ “khong” không đúng.",
        "Dòng 4, cột D (Mã đơn vị): Không có đơn vị mã “cua-noi-khac” trong danh mục.",
        "Dòng 4, cột E (Vai trò): Không có vai trò “Trưởng phòng”",
        "Dòng 4, cột F (Từ ngày): “31/02/2026” không phải là ngày",
        "Dòng 5, cột B (Tên đăng nhập): Tên đăng nhập “noi-khac” đã có người dùng.",
        "Dòng 5, cột D (Mã đơn vị): Ghi mã đơn vị của vai trò “Cán bộ đơn vị”.",
        "Dòng 5, cột G (Đến ngày): Ngày kết thúc trước ngày bắt đầu.",
        "Dòng 6, cột D (Mã đơn vị): Vai trò “Quản trị” thuộc cả cơ quan: để trống mã đơn vị.",
        "Dòng 7, cột E (Vai trò): Trùng vai trò đã ghi ở dòng 2.",
        "Dòng 8, cột A (Họ và tên): Tên đăng nhập “yen” ở dòng 2 là của Vũ Hải Yến.",
        "Dòng 9, cột A (Họ và tên): Tên đăng nhập “hanh” đã có là của Lò Thị Hạnh.",
        "Dòng 10, cột B (Tên đăng nhập): Ghi tên đăng nhập.",
        "Dòng 10, cột E (Vai trò): Ghi vai trò.",
    ):
        assert words in told
    assert User.objects.count() == before
    assert not Event.objects.exists()


def test_a_name_taken_after_the_preview_stores_nothing(client: Client, unit: Unit, page: str) -> None:
    content = sheet(
        HEADER,
        ("Vũ Hải Yến", "yen", "", "dai-kim", "Cán bộ đơn vị", None, None),
        ("Đỗ Minh Châu", "chau", "", "dai-kim", "Lãnh đạo đơn vị", None, None),
    )
    preview = upload(client, page, content)
    UserFactory(username="chau", home=OrganiserFactory())

    answer = confirm(client, page, preview)

    assert answer.status_code == 422
    assert "Dòng 3, cột B" in text(answer)
    assert not User.objects.filter(username="yen").exists()
    assert not passwords_on(answer)


def test_confirming_twice_makes_nobody_twice_and_shows_no_password(
    client: Client, unit: Unit, page: str
) -> None:
    content = sheet(HEADER, ("Vũ Hải Yến", "yen", "", "dai-kim", "Cán bộ đơn vị", None, None))
    preview = upload(client, page, content)
    confirm(client, page, preview)
    hashed = User.objects.get(username="yen").password

    again = confirm(client, page, preview)

    assert again.status_code == 302
    assert User.objects.get(username="yen").password == hashed


def test_accounts_from_csv(client: Client, unit: Unit, page: str) -> None:
    lines = "Họ tên;Tài khoản;Đơn vị;Vai trò;Từ ngày\nVũ Hải Yến;yen;dai-kim;Cán bộ đơn vị;03/04/2026\n"

    preview = upload(client, page, lines.encode("utf-8-sig"), "ds.csv")
    confirm(client, page, preview)

    assert Membership.objects.get(user__username="yen").valid_from == dt.date(2026, 4, 3)
