"""The superuser of an installation lists, opens and renames organisers; nobody else does."""

from typing import Any

import pytest
from django.test import Client

from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES, Role
from parindex.accounts.exceptions import NotPermitted
from parindex.accounts.models import Membership, Organiser, User
from parindex.accounts.workflow.organisers import add_administrator, open_organiser
from parindex.audit.models import Event
from tests.accounts.staff import rows_of, staff, text
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

ALL, OPEN = "/to-chuc/", "/to-chuc/mo/"
NEW = {
    "name": "Bộ Thử nghiệm",
    "parent_name": "Chính phủ",
    "place": "Hà Nội",
    "full_name": "Lý Thị Bông",
    "username": "Bong.bo",
    "email": "",
}
# Queries of the list: session, person, roles in units and rounds, notices, organisers.
LIST_QUERIES = 6


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(UserFactory(is_superuser=True, full_name="Quản trị hệ thống"))
    return client


def test_an_organiser_is_opened_with_its_first_administrator_who_can_begin(root: Client) -> None:
    OrganiserFactory(name="Sở Nội vụ")
    assert "Mở cơ quan mới" in text(root.get(ALL))

    slip = root.post(OPEN, NEW)

    organiser = Organiser.objects.get(name="Bộ Thử nghiệm")
    password = slip.context["slips"][0][0].password
    assert "1 phiếu để in" in text(slip)
    assert password in text(slip)
    assert "no-store" in slip.headers["Cache-Control"]
    assert [event.verb for event in Event.objects.order_by("pk")] == [
        "mở cơ quan tổ chức đánh giá",
        "tạo tài khoản",
        "giao vai trò",
    ]
    first = Client()
    signed = first.post("/dang-nhap/", {"login": "bong.bo", "password": password}, follow=True)
    assert signed.redirect_chain[-1][0].startswith("/doi-mat-khau/")
    user = User.objects.get(username="bong.bo")
    assert (user.home, user.must_change_password, user.is_superuser) == (organiser, True, False)
    user.must_change_password = False
    user.save()
    first.force_login(user)
    assert first.get(f"/to-chuc/{organiser.pk}/tai-khoan/").status_code == 200


def test_what_is_wrong_is_said_and_nothing_is_stored(root: Client) -> None:
    OrganiserFactory(name="Bộ Thử nghiệm")
    UserFactory(username="bong")

    answer = root.post(OPEN, NEW | {"username": "bong", "full_name": ""})

    assert answer.status_code == 422
    for words in ("Cơ quan khác trong hệ thống đã có tên này.", "“bong” đã có người dùng", "Ghi họ và tên."):
        assert words in text(answer)
    assert Organiser.objects.count() == 1
    assert not Event.objects.exists()


def test_an_organiser_gets_a_new_name_and_a_further_administrator(root: Client) -> None:
    organiser = OrganiserFactory(name="Sở Nội vụ")
    page = f"/to-chuc/{organiser.pk}/"

    root.post(f"{page}sua/", {"name": "Sở Nội vụ mới", "parent_name": "", "place": ""})
    slip = root.post(f"{page}quan-tri/", {"full_name": "Trần Hai", "username": "hai.tran", "email": ""})

    assert "hai.tran" in text(slip)
    shown = text(root.get(page))
    assert "Sở Nội vụ mới" in shown
    assert "Trần Hai" in shown
    assert root.get(f"{page}don-vi/").status_code == 404  # what is the organiser's stays the organiser's
    assert root.get(f"{page}tai-khoan/").status_code == 404
    taken = root.post(f"{page}quan-tri/", {"full_name": "Hai", "username": "hai.tran"})
    assert taken.status_code == 422


@pytest.mark.parametrize("role", [*ORGANISER_ROLES, *UNIT_ROLES, None])
def test_nobody_else_sees_other_organisers(client: Client, role: Role | None) -> None:
    own, other = OrganiserFactory(name="Sở A"), OrganiserFactory(name="Sở B")
    user = staff(own, role, unit=UnitFactory(organiser=own)) if role else UserFactory(is_staff=True)
    client.force_login(user)

    assert "Sở B" not in client.get(ALL, follow=True).content.decode()
    assert client.get(OPEN).status_code == 403
    assert client.post(OPEN, NEW).status_code == 403
    for page in ("", "sua/"):
        assert client.get(f"/to-chuc/{other.pk}/{page}").status_code == 404
    assert client.post(f"/to-chuc/{other.pk}/sua/", {"name": "Sở C"}).status_code == 404
    person = {"full_name": "Hai", "username": "hai.tran"}
    for organiser in (own, other):
        assert client.post(f"/to-chuc/{organiser.pk}/quan-tri/", person).status_code == 403
    with pytest.raises(NotPermitted):
        open_organiser(Organiser(name="Sở C"), full_name="Hai", username="hai.tran", email="", by_user=user)
    with pytest.raises(NotPermitted):
        add_administrator(own, full_name="Hai", username="hai.tran", email="", by_user=user)
    assert Organiser.objects.count() == 2
    assert not User.objects.filter(username="hai.tran").exists()


def test_a_visitor_is_led_to_the_sign_in() -> None:
    for page in (ALL, OPEN, f"/to-chuc/{OrganiserFactory().pk}/quan-tri/"):
        assert Client().get(page).headers["Location"].startswith("/dang-nhap/")


def test_a_closed_superuser_opens_nothing() -> None:
    closed = UserFactory(is_superuser=True, is_active=False)
    with pytest.raises(NotPermitted):
        open_organiser(Organiser(name="Sở C"), full_name="Hai", username="hai", email="", by_user=closed)


def test_the_list_is_found_in_sorted_and_taken_away(root: Client) -> None:
    first = OrganiserFactory(name="Sở Nội vụ Đắk Lắk", parent_name="Tỉnh Đắk Lắk")
    OrganiserFactory(name="Bộ Nội vụ")
    for _ in range(2):
        UnitFactory(organiser=first)
    Membership.objects.create(user=UserFactory(), role=Role.ADMINISTRATOR, organiser=first)

    def names(query: str) -> list[str]:
        return [one.name for one in root.get(ALL + query).context["page"]]

    assert names("") == ["Bộ Nội vụ", "Sở Nội vụ Đắk Lắk"]
    assert names("?xep=-ten") == ["Sở Nội vụ Đắk Lắk", "Bộ Nội vụ"]
    assert names("?xep=-so-don-vi") == ["Sở Nội vụ Đắk Lắk", "Bộ Nội vụ"]
    assert names("?tim=dak+lak") == ["Sở Nội vụ Đắk Lắk"]
    assert "Không có cơ quan nào theo điều kiện" in text(root.get(f"{ALL}?tim=zzz"))
    assert "Chưa có quản trị" in text(root.get(ALL))
    sheet = rows_of(root.get(f"{ALL}?tim=dak&dang=xlsx").content)
    assert sheet[1:] == [("Sở Nội vụ Đắk Lắk", "Tỉnh Đắk Lắk", first.place or None, 2, 1)]
    assert root.get(f"{ALL}?dang=pdf").status_code == 404


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (3, 3), (53, 50)])
def test_the_list_takes_the_same_queries_for_any_number(
    root: Client, count: int, shown: int, django_assert_num_queries: Any
) -> None:
    OrganiserFactory.create_batch(count)

    with django_assert_num_queries(LIST_QUERIES):
        page = root.get(ALL)

    assert len(page.context["page"]) == shown
    assert (f"1–50 trong {count}" in text(page)) == (count > 50)
