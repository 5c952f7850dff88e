"""Accounts of an organiser: the list, one person, roles, slips, closing; who may."""

import datetime as dt
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.accounts.passwords import SIGNS, hash_one_time, one_time_password
from parindex.audit.models import Event
from tests.accounts.staff import rows_of, staff, text
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "mat-khau-cu-2026"


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory(name="Sở Nội vụ")


@pytest.fixture
def unit(organiser: Organiser) -> Unit:
    return UnitFactory(organiser=organiser, name="Phường Đại Kim", code="dai-kim")


@pytest.fixture
def administrator(client: Client, organiser: Organiser) -> User:
    user = staff(organiser)
    user.full_name, user.username = "Trần Quản Trị", "quan.tri"
    user.save()
    client.force_login(user)
    return user


def url(organiser: Organiser, rest: object = "") -> str:
    return f"/to-chuc/{organiser.pk}/tai-khoan/{rest}"


def officer(unit: Unit, full_name: str = "Lò Thị Hạnh", **fields: Any) -> User:
    user = UserFactory(full_name=full_name, home=unit.organiser, password=make_password(PASSWORD), **fields)
    Membership.objects.create(user=user, role=Role.UNIT_OFFICER, unit=unit)
    return user


def passwords_on(answer: HttpResponse) -> list[str]:
    return re.findall(rf"\b[{SIGNS}]{{4}}(?:-[{SIGNS}]{{4}}){{2}}\b", answer.content.decode())


def signs_in(username: str, password: str) -> bool:
    answer = Client().post("/dang-nhap/", {"login": username, "password": password})
    return answer.status_code == 302


# -- the list


def test_the_list_searches_filters_sorts(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    hanh = officer(unit, last_login=timezone.now())
    other_unit = UnitFactory(organiser=organiser, name="Phường Định Công")
    minh = officer(other_unit, "Đỗ Minh Châu", username="minh.chau")
    Membership.objects.create(user=minh, role=Role.UNIT_HEAD, unit=unit)
    closed = officer(other_unit, "Vũ Hải Yến", is_active=False)
    officer(UnitFactory(), "Người Nơi Khác")

    def names(query: str = "") -> list[str]:
        return [line.user.full_name for line in client.get(url(organiser) + query).context["page"]]

    assert names() == ["Đỗ Minh Châu", "Lò Thị Hạnh", "Trần Quản Trị", "Vũ Hải Yến"]
    assert names("?q=do minh") == ["Đỗ Minh Châu"]
    assert names("?q=MINH.CHAU") == ["Đỗ Minh Châu"]
    assert names("?vai-tro=unit_head") == ["Đỗ Minh Châu"]
    assert names(f"?don-vi={unit.pk}") == ["Đỗ Minh Châu", "Lò Thị Hạnh"]
    assert names("?tinh-trang=da-ngung") == [closed.full_name]
    assert hanh.full_name not in names("?tinh-trang=chua-dang-nhap")
    assert names("?xep=-ten")[0] == "Vũ Hải Yến"
    assert names("?xep=-lan-cuoi")[0] in {"Lò Thị Hạnh", "Trần Quản Trị"}
    assert "Cấp lại phiếu cho người chưa đăng nhập" in text(
        client.get(url(organiser) + "?tinh-trang=chua-dang-nhap")
    )


LIST_QUERIES = 12


@pytest.mark.parametrize("size", [3, 120])
def test_the_list_takes_the_same_queries_for_any_size(
    client: Client,
    organiser: Organiser,
    unit: Unit,
    administrator: User,
    size: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(size):
        officer(unit, f"Người {number}")
    client.get(url(organiser))

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url(organiser))


def test_the_list_is_taken_away(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    officer(unit, username="hanh")

    header, *rows = rows_of(client.get(url(organiser, "?dang=xlsx&q=hanh")).content)
    lines = client.get(url(organiser, "?dang=csv")).content.decode("utf-8-sig").splitlines()

    assert header[:2] == ("Họ và tên", "Tên đăng nhập")
    assert [row[:6] for row in rows] == [
        ("Lò Thị Hạnh", "hanh", None, "dai-kim", "Phường Đại Kim", "Cán bộ đơn vị")
    ]
    assert len(lines) == 3
    assert "password" not in " ".join(lines)


# -- one person


def given(place: Unit | None, /, **other: object) -> dict[str, object]:
    return {
        "full_name": "Lò Thị Hạnh",
        "username": "Hanh.DaiKim",
        "role": "unit_officer",
        "unit": place.pk if place else "",
        "valid_from": "03/04/2026",
        "valid_to": "31/12/2026",
    } | other


def test_a_person_is_added_and_the_slip_signs_in_once_shown(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    answer = client.post(url(organiser, "them/"), given(unit))

    user = User.objects.get(username="hanh.daikim")
    role = user.memberships.get()
    (password,) = passwords_on(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (user.home, user.must_change_password, user.is_staff) == (organiser, True, False)
    assert (role.role, role.unit) == (Role.UNIT_OFFICER, unit)
    assert (role.valid_from, role.valid_to) == (dt.date(2026, 4, 3), dt.date(2026, 12, 31))
    assert "Phường Đại Kim" in text(answer)
    assert signs_in("hanh.daikim", password)
    assert password not in str(list(Event.objects.values()))
    assert password not in client.get(url(organiser, f"{user.pk}/")).content.decode()
    assert set(Event.objects.values_list("verb", flat=True)) == {"tạo tài khoản", "giao vai trò"}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"full_name": ""}, "Ghi họ và tên"),
        ({"username": "QUAN.TRI"}, "Tên đăng nhập “quan.tri” đã có người dùng"),
        ({"username": "lò hạnh"}, "chữ không dấu"),
        ({"role": ""}, "Chọn vai trò"),
        ({"role": "superuser"}, "Chọn vai trò trong danh sách"),
        ({"unit": ""}, "Chọn đơn vị của vai trò “Cán bộ đơn vị”"),
        ({"role": "publisher"}, "để trống đơn vị"),
        ({"valid_from": "04/31/2026"}, "không phải là ngày"),
        ({"valid_to": "01/01/2026"}, "Ngày kết thúc trước ngày bắt đầu"),
        ({"email": "abc"}, "thư điện tử không đúng"),
    ],
)
def test_bad_fields_are_named_and_nobody_is_made(
    client: Client, organiser: Organiser, unit: Unit, administrator: User, other: dict[str, Any], words: str
) -> None:
    answer = client.post(url(organiser, "them/"), given(unit, **other))

    assert answer.status_code == 422
    assert words in text(answer)
    assert User.objects.count() == 1
    assert not Event.objects.exists()


def test_a_person_of_a_council_gets_an_account_without_a_role(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    bare = given(unit, role="", unit="", valid_from="", valid_to="")

    answer = client.post(url(organiser, "them/"), bare)

    user = User.objects.get(username="hanh.daikim")
    assert passwords_on(answer)
    assert (user.home, user.memberships.count()) == (organiser, 0)
    assert "Hạnh" in text(client.get(url(organiser)))


def test_another_organisers_unit_is_not_offered(
    client: Client, organiser: Organiser, administrator: User
) -> None:
    answer = client.post(url(organiser, "them/"), given(UnitFactory()))

    assert answer.status_code == 422
    assert "Chọn đơn vị có trong danh mục" in text(answer)


def test_roles_are_given_changed_withdrawn_with_events(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user = officer(unit)
    page = url(organiser, f"{user.pk}/")

    assert client.post(f"{page}vai-tro/", {"role": "auditor"}).status_code == 302
    auditor = user.memberships.get(role=Role.AUDITOR)
    days = {f"r{auditor.pk}-valid_from": "03/04/2026", f"r{auditor.pk}-valid_to": ""}
    assert client.post(f"{page}vai-tro/{auditor.pk}/", days).status_code == 302
    auditor.refresh_from_db()
    assert auditor.valid_from == dt.date(2026, 4, 3)
    assert client.post(f"{page}vai-tro/{auditor.pk}/thu-hoi/").status_code == 302

    assert [role.role for role in user.memberships.all()] == [Role.UNIT_OFFICER]
    told = text(client.get(page))
    assert "Giao vai trò" in told
    assert "Sửa ngày của vai trò" in told
    assert "Vai trò: Kiểm tra, giám sát (bỏ)" in told
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["giao vai trò", "sửa ngày của vai trò", "thu hồi vai trò"]


def test_a_role_held_already_is_not_given_twice(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user = officer(unit)

    answer = client.post(
        url(organiser, f"{user.pk}/vai-tro/"), {"role": "unit_officer", "unit": unit.pk, "valid_from": "x"}
    )
    assert answer.status_code == 422
    answer = client.post(url(organiser, f"{user.pk}/vai-tro/"), {"role": "unit_officer", "unit": unit.pk})

    assert answer.status_code == 422
    assert "đã có vai trò “Cán bộ đơn vị” ở đây" in text(answer)


def test_the_last_administrator_stays(client: Client, organiser: Organiser, administrator: User) -> None:
    own = administrator.memberships.get()
    page = url(organiser, f"{administrator.pk}/")

    withdrawn = client.post(f"{page}vai-tro/{own.pk}/thu-hoi/")
    ended = client.post(f"{page}vai-tro/{own.pk}/", {f"r{own.pk}-valid_to": "31/12/2030"})
    closed = client.post(f"{page}tinh-trang/", {"active": "0"})

    assert (withdrawn.status_code, ended.status_code, closed.status_code) == (409, 422, 409)
    assert "phải còn ít nhất một quản trị" in text(withdrawn)
    assert "phải còn ít nhất một quản trị" in text(ended)
    own.refresh_from_db()
    administrator.refresh_from_db()
    assert own.valid_to is None
    assert administrator.is_active
    assert not Event.objects.exists()

    second = staff(organiser)
    assert client.post(f"{page}vai-tro/{own.pk}/thu-hoi/").status_code == 302
    assert list(Membership.objects.filter(role=Role.ADMINISTRATOR).values_list("user", flat=True)) == [
        second.pk
    ]


def test_a_closed_account_is_signed_out_and_can_be_opened_again(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user, theirs = officer(unit, username="hanh"), Client()
    theirs.post("/dang-nhap/", {"login": "hanh", "password": PASSWORD})
    page = url(organiser, f"{user.pk}/tinh-trang/")

    client.post(page, {"active": "0"})
    assert "Lò Thị Hạnh" not in theirs.get("/").content.decode()
    assert not signs_in("hanh", PASSWORD)
    client.post(page, {"active": "1"})

    assert signs_in("hanh", PASSWORD)
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "ngừng tài khoản",
        "mở lại tài khoản",
    ]


def test_a_reset_ends_sessions_lifts_the_lock_and_shows_a_new_slip(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user, theirs = officer(unit, username="hanh"), Client()
    theirs.post("/dang-nhap/", {"login": "hanh", "password": PASSWORD})
    assert "Lò Thị Hạnh" in theirs.get("/").content.decode()
    attempts = [Client().post("/dang-nhap/", {"login": "hanh", "password": "sai"}) for _ in range(8)]
    assert attempts[-1].status_code == 429

    answer = client.post(url(organiser, f"{user.pk}/mat-khau/"))

    (password,) = passwords_on(answer)
    assert "Lò Thị Hạnh" not in theirs.get("/").content.decode()
    assert not AccessAttempt.objects.filter(username="hanh").exists()
    assert not signs_in("hanh", PASSWORD)
    assert signs_in("hanh", password)
    user.refresh_from_db()
    assert user.must_change_password
    assert Event.objects.get().verb == "cấp lại mật khẩu dùng một lần"


def test_slips_are_made_anew_for_all_who_never_signed_in(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    officer(unit, username="hanh")
    officer(unit, username="da-vao", last_login=timezone.now())
    stranger = UserFactory(username="noi-khac", home=OrganiserFactory())
    Membership.objects.create(user=stranger, role=Role.UNIT_HEAD, unit=unit)

    answer = client.post(url(organiser, "phieu/"))

    (password,) = passwords_on(answer)
    assert signs_in("hanh", password)


def test_a_lost_second_factor_is_removed_with_an_event(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user = officer(unit)
    page = url(organiser, f"{user.pk}/")
    assert "Xóa xác thực hai lớp" not in text(client.get(page))
    assert client.post(f"{page}hai-lop/").status_code == 409
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "Xóa xác thực hai lớp" in text(client.get(page))

    client.post(f"{page}hai-lop/")

    assert not Authenticator.objects.exists()
    assert Event.objects.get().verb == "xóa xác thực hai lớp"
    stranger = UserFactory(home=OrganiserFactory())
    Membership.objects.create(user=stranger, role=Role.UNIT_HEAD, unit=unit)
    Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.post(url(organiser, f"{stranger.pk}/hai-lop/")).status_code == 403


def test_name_and_address_are_changed(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user = officer(unit)
    page = url(organiser, f"{user.pk}/sua/")

    assert client.post(page, {"full_name": ""}).status_code == 422
    client.post(page, {"full_name": "Lò Thị Hạnh Nguyên", "email": "hanh@example.vn"})

    user.refresh_from_db()
    assert (user.full_name, user.email) == ("Lò Thị Hạnh Nguyên", "hanh@example.vn")
    assert Event.objects.get().before["full_name"] == "Lò Thị Hạnh"


# -- people who belong to others


def test_an_account_of_another_organiser_keeps_its_password_and_its_use(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    theirs = UserFactory(username="noi-khac", home=OrganiserFactory(), password=make_password(PASSWORD))
    role = Membership.objects.create(user=theirs, role=Role.UNIT_HEAD, unit=unit)
    page = url(organiser, f"{theirs.pk}/")

    assert "do cơ quan khác quản trị" in text(client.get(page))
    assert client.post(f"{page}mat-khau/").status_code == 403
    assert client.post(f"{page}tinh-trang/", {"active": "0"}).status_code == 403
    assert client.post(f"{page}sua/", {"full_name": "X"}).status_code == 403
    assert signs_in("noi-khac", PASSWORD)
    assert client.post(f"{page}vai-tro/{role.pk}/thu-hoi/").status_code == 302
    assert client.get(page).status_code == 404


def test_whoever_runs_the_installation_is_out_of_reach(
    client: Client, organiser: Organiser, administrator: User
) -> None:
    root = UserFactory(home=organiser, is_superuser=True, is_staff=True)

    assert client.post(url(organiser, f"{root.pk}/mat-khau/")).status_code == 403


def test_roles_held_elsewhere_are_neither_shown_nor_touched(
    client: Client, organiser: Organiser, unit: Unit, administrator: User
) -> None:
    user, elsewhere = officer(unit), UnitFactory(name="Phường Nơi Khác")
    other = Membership.objects.create(user=user, role=Role.UNIT_HEAD, unit=elsewhere)
    page = url(organiser, f"{user.pk}/")

    assert "Phường Nơi Khác" not in text(client.get(page))
    assert client.post(f"{page}vai-tro/{other.pk}/thu-hoi/").status_code == 404
    assert client.post(f"{page}vai-tro/{other.pk}/").status_code == 404
    assert Membership.objects.filter(pk=other.pk).exists()


# -- passwords


def test_one_time_passwords_are_readable_and_differ() -> None:
    made = {one_time_password() for _ in range(200)}

    assert len(made) == 200
    assert not set("".join(made)) & set("loi01auewyds")


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
def test_a_one_time_hash_is_made_anew_at_sign_in() -> None:
    user = UserFactory(password=hash_one_time("bcdf-ghjk-mnpr"))
    assert "$20000$" in user.password

    assert user.check_password("bcdf-ghjk-mnpr")
    user.refresh_from_db()
    assert "$20000$" not in user.password
