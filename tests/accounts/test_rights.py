"""Who opens which page of an organiser: every role, another organiser, nobody."""

import pytest
from django.test import Client

from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES, Role
from parindex.accounts.models import Organiser, Unit, User
from tests.accounts.staff import staff, text
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

ADMINISTRATOR, PUBLISHER, AUDITOR = Role.ADMINISTRATOR, Role.PUBLISHER, Role.AUDITOR
SEE = {ADMINISTRATOR, PUBLISHER, AUDITOR}
EDIT = {ADMINISTRATOR, PUBLISHER}
# Page, whom it lets through, which verb of HTTP.
PAGES = [
    ("", SEE, "get"),
    ("sua/", {ADMINISTRATOR}, "get"),
    ("don-vi/", SEE, "get"),
    ("don-vi/?dang=xlsx", SEE, "get"),
    ("don-vi/?dang=csv", SEE, "get"),
    ("don-vi/{unit}/", SEE, "get"),
    ("don-vi/them/", EDIT, "get"),
    ("don-vi/{unit}/sua/", EDIT, "get"),
    ("don-vi/sap-nhap/", EDIT, "get"),
    ("don-vi/nhap/", EDIT, "get"),
    ("don-vi/nhap/mau.xlsx", EDIT, "get"),
    ("don-vi/loai/them/", EDIT, "get"),
    ("tai-khoan/", {ADMINISTRATOR}, "get"),
    ("tai-khoan/?dang=xlsx", {ADMINISTRATOR}, "get"),
    ("tai-khoan/them/", {ADMINISTRATOR}, "get"),
    ("tai-khoan/nhap/", {ADMINISTRATOR}, "get"),
    ("tai-khoan/nhap/mau.xlsx", {ADMINISTRATOR}, "get"),
    ("tai-khoan/{person}/", {ADMINISTRATOR}, "get"),
    ("tai-khoan/{person}/sua/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/tinh-trang/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/mat-khau/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/hai-lop/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/vai-tro/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/vai-tro/{role}/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/{person}/vai-tro/{role}/thu-hoi/", {ADMINISTRATOR}, "post"),
    ("tai-khoan/phieu/", {ADMINISTRATOR}, "post"),
]


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory(name="Sở Nội vụ")


@pytest.fixture
def unit(organiser: Organiser) -> Unit:
    return UnitFactory(organiser=organiser, name="Phường Đại Kim")


@pytest.fixture
def officer(organiser: Organiser, unit: Unit) -> User:
    return staff(organiser, Role.UNIT_OFFICER, unit=unit)


def address(page: str, organiser: Organiser, officer: User) -> str:
    role = officer.memberships.first()
    if role is None:  # withdrawn by the page before
        return f"/to-chuc/{organiser.pk}/{page}"
    return f"/to-chuc/{organiser.pk}/" + page.format(unit=role.unit_id, person=officer.pk, role=role.pk)


def ask(client: Client, page: str, verb: str, organiser: Organiser, officer: User) -> int:
    send = client.post if verb == "post" else client.get
    return send(address(page, organiser, officer)).status_code


@pytest.mark.parametrize("role", [*ORGANISER_ROLES, *UNIT_ROLES])
def test_each_role_opens_its_pages_and_no_other(
    client: Client, organiser: Organiser, unit: Unit, officer: User, role: Role
) -> None:
    client.force_login(staff(organiser, role, unit=unit))

    for page, allowed, verb in PAGES:
        answer = ask(client, page, verb, organiser, officer)
        assert (answer != 403) == (role in allowed), (page, answer)
        assert answer in {200, 302, 403, 409, 422}, (page, answer)


@pytest.mark.parametrize("role", [*ORGANISER_ROLES, *UNIT_ROLES])
def test_another_organisers_people_find_nothing(
    client: Client, organiser: Organiser, officer: User, role: Role
) -> None:
    other = OrganiserFactory()
    client.force_login(staff(other, role, unit=UnitFactory(organiser=other)))

    found = {ask(client, page, verb, organiser, officer) for page, _, verb in PAGES}

    assert found == {404}


def test_nobody_and_people_without_roles_find_nothing(
    client: Client, organiser: Organiser, officer: User
) -> None:
    assert {ask(client, page, verb, organiser, officer) for page, _, verb in PAGES} == {302}
    assert client.get("/to-chuc/").status_code == 302

    client.force_login(UserFactory(home=organiser))
    assert {ask(client, page, verb, organiser, officer) for page, _, verb in PAGES} == {404}
    assert "chưa có vai trò ở cơ quan" in text(client.get("/to-chuc/"))


def test_a_role_that_has_ended_opens_nothing(client: Client, organiser: Organiser) -> None:
    user = staff(organiser)
    user.memberships.update(valid_to="2020-01-01")
    client.force_login(user)

    assert client.get(f"/to-chuc/{organiser.pk}/").status_code == 404


def test_pages_offer_only_what_the_role_may_do(client: Client, organiser: Organiser, unit: Unit) -> None:
    client.force_login(staff(organiser, AUDITOR))
    units = client.get(f"/to-chuc/{organiser.pk}/don-vi/").content.decode()
    page = client.get(f"/to-chuc/{organiser.pk}/don-vi/{unit.pk}/").content.decode()

    for words in ("Thêm đơn vị", "Nhập từ tệp", "Sáp nhập đơn vị", f"{organiser.pk}/tai-khoan/"):
        assert words not in units
        assert words not in page


def test_the_only_organiser_opens_at_once(client: Client, organiser: Organiser) -> None:
    user = staff(organiser, PUBLISHER)
    client.force_login(user)
    assert client.get("/to-chuc/")["Location"] == f"/to-chuc/{organiser.pk}/"

    other = OrganiserFactory(name="Sở Y tế")
    user.memberships.create(role=AUDITOR, organiser=other)
    page = text(client.get("/to-chuc/"))
    assert "Sở Nội vụ" in page
    assert "Sở Y tế" in page


def test_an_administrator_changes_how_the_organiser_is_named(client: Client, organiser: Organiser) -> None:
    client.force_login(staff(organiser))
    OrganiserFactory(name="Sở Y tế")
    page = f"/to-chuc/{organiser.pk}/sua/"

    assert "đã có tên này" in text(client.post(page, {"name": "Sở Y tế"}))
    client.post(page, {"name": "Sở Nội vụ tỉnh", "parent_name": "UBND tỉnh", "place": "Hạ Long"})

    shown = text(client.get(f"/to-chuc/{organiser.pk}/"))
    assert "Sở Nội vụ tỉnh" in shown
    assert "Tên: Sở Nội vụ → Sở Nội vụ tỉnh" in shown


def test_a_person_of_several_roles_sees_by_all_and_changes_in_the_one_they_act_in(
    client: Client, organiser: Organiser, unit: Unit
) -> None:
    user = staff(organiser, Role.UNIT_OFFICER, unit=unit)
    user.memberships.create(role=ADMINISTRATOR, organiser=organiser)
    client.force_login(user)
    pages = f"/to-chuc/{organiser.pk}/tai-khoan/"

    assert "Thêm người" not in text(client.get(pages))
    refused = client.get(f"{pages}them/")

    assert refused.status_code == 403
    assert "chuyển sang vai trò Sở Nội vụ · Quản trị" in text(refused)
