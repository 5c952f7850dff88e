"""A second factor from an app, recovery codes, required roles; one-time passwords give way first."""

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.test.utils import override_settings

from parindex.accounts.apps import AccountsConfig
from parindex.accounts.enums import Role
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Membership, Organiser, User
from parindex.accounts.second_factor import FORGOTTEN, forget_second_factor, has_second_factor
from parindex.audit.models import Event
from tests.factories.accounts import OrganiserFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "mật-khẩu-dài-2026"
NEW = "một-câu-khác-2027"
SET_UP, TURN_OFF = "/tai-khoan/xac-thuc/bat/", "/tai-khoan/xac-thuc/tat/"
CODES = "/tai-khoan/ma-du-phong/"
# "Google Authenticator" and "Microsoft Authenticator" are names of programs.
ENGLISH = re.compile(
    r"\b((?<!Google )(?<!Microsoft )Authenticator|Recovery|Incorrect|Please|You|Code|Activate|Deactivate"
    r"|two-factor|Error|required)\b"
)


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory()


@pytest.fixture
def person(organiser: Organiser) -> User:
    user = UserFactory(
        username="lan.anh", full_name="Phạm Lan Anh", password=make_password(PASSWORD), home=organiser
    )
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=organiser)
    return user


@pytest.fixture
def needed() -> Iterator[None]:
    with override_settings(MFA_REQUIRED_ROLES=["publisher"]):
        yield


def sign_in(client: Client, password: str = PASSWORD) -> str:
    """Send name and password; where it led."""
    response = client.post("/dang-nhap/", {"login": "lan.anh", "password": password})
    return str(response.headers.get("Location", ""))


def confirm(client: Client) -> None:
    client.post("/xac-nhan/", {"password": PASSWORD})


def code_for(secret: str, *, step: int = 0) -> str:
    """What the app shows now, or some steps of half a minute from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def shown_secret(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert found
    return found[1]


def set_up(client: Client) -> str:
    """Set the factor up on the pages; its secret."""
    confirm(client)
    secret = shown_secret(client.get(SET_UP).content.decode())
    client.post(SET_UP, {"code": code_for(secret)})
    cache.clear()
    return secret


def with_factor(client: Client) -> str:
    """A person with a second factor who has signed out."""
    sign_in(client)
    secret = set_up(client)
    client.post("/dang-xuat/")
    return secret


def own_text(page: str) -> str:
    """What people read, without markup."""
    return re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])


# Setting it up


def test_setting_up_asks_for_the_password_again_and_ends_at_the_recovery_codes(
    client: Client, person: User
) -> None:
    sign_in(client)
    assert client.get(SET_UP)["Location"].startswith("/xac-nhan/")
    confirm(client)
    page = client.get(SET_UP).content.decode()

    response = client.post(SET_UP, {"code": code_for(shown_secret(page))}, follow=True)

    codes = re.findall(r"<li>\s*(\d{8})\s*</li>", response.content.decode())
    assert has_second_factor(person)
    assert response.redirect_chain == [(CODES, 302)]
    assert len(codes) == 10
    assert Event.objects.get(verb="bật xác thực hai lớp").actor_id == person.pk


def test_the_picture_stands_in_the_page_within_the_policy(client: Client, person: User) -> None:
    sign_in(client)
    confirm(client)

    page = client.get(SET_UP).content.decode()

    scan = page[page.index('class="scan"') : page.index('class="secret"')]
    assert "<svg" in scan
    assert "data:" not in page
    assert "style=" not in scan
    assert "<?xml" not in page


def test_a_wrong_code_is_refused_in_vietnamese_and_sets_nothing_up(client: Client, person: User) -> None:
    sign_in(client)
    confirm(client)
    client.get(SET_UP)

    for typed in ("000000", ""):
        page = client.post(SET_UP, {"code": typed}).content.decode()
        assert not ENGLISH.search(own_text(page)), ENGLISH.search(own_text(page))
        assert "Mã không đúng" in page or "Nhập mã 6 chữ số đang hiện" in page

    assert not has_second_factor(person)


def test_every_page_of_the_second_factor_is_vietnamese(client: Client, person: User) -> None:
    sign_in(client)
    again = client.get("/xac-nhan/").content.decode()
    secret = set_up(client)
    pages = [again, *(client.get(page).content.decode() for page in (TURN_OFF, CODES, f"{CODES}tao-lai/"))]
    pages.append(client.get("/xac-nhan/ma/").content.decode())
    pages.append(client.post("/xac-nhan/ma/", {"code": "1"}).content.decode())
    client.post("/dang-xuat/")
    sign_in(client)
    pages.append(client.get("/dang-nhap/ma/").content.decode())
    pages.append(client.post("/dang-nhap/ma/", {"code": "1"}).content.decode())

    assert secret
    for page in pages:
        assert not ENGLISH.search(own_text(page)), ENGLISH.search(own_text(page))


# Signing in


def test_signing_in_then_asks_for_the_code(client: Client, person: User) -> None:
    secret = with_factor(client)

    assert sign_in(client) == "/dang-nhap/ma/"
    assert client.get("/tai-khoan/").status_code == 302
    client.post("/dang-nhap/ma/", {"code": code_for(secret)})

    assert "Phạm Lan Anh" in client.get("/tai-khoan/").content.decode()


def test_a_code_of_the_last_half_minute_still_counts_and_none_counts_twice(
    client: Client, person: User
) -> None:
    secret = with_factor(client)
    sign_in(client)
    code = code_for(secret, step=-1)
    assert client.post("/dang-nhap/ma/", {"code": code}).status_code == 302
    client.post("/dang-xuat/")

    sign_in(client)

    assert client.post("/dang-nhap/ma/", {"code": code}).status_code == 200


def test_a_recovery_code_signs_in_once(client: Client, person: User) -> None:
    with_factor(client)
    held = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    code = held.wrap().get_unused_codes()[0]
    sign_in(client)
    assert client.post("/dang-nhap/ma/", {"code": code}).status_code == 302
    client.post("/dang-xuat/")

    sign_in(client)
    page = client.post("/dang-nhap/ma/", {"code": code}).content.decode()

    assert "Mã không đúng" in page


def test_wrong_codes_lock_the_account_like_wrong_passwords(client: Client, person: User) -> None:
    secret = with_factor(client)
    sign_in(client)

    statuses = [client.post("/dang-nhap/ma/", {"code": "000000"}).status_code for _ in range(8)]
    after = client.post("/dang-nhap/ma/", {"code": code_for(secret)})

    assert statuses[:7] == [200] * 7
    assert statuses[7] == 429
    assert after.status_code != 302
    assert Client().post("/dang-nhap/", {"login": "lan.anh", "password": PASSWORD}).status_code == 429


def test_a_right_password_does_not_forgive_wrong_codes(client: Client, person: User) -> None:
    with_factor(client)
    for _ in range(7):
        sign_in(client)
        client.post("/dang-nhap/ma/", {"code": "000000"})
    sign_in(client)

    assert client.post("/dang-nhap/ma/", {"code": "000000"}).status_code == 429


def test_another_account_can_sign_in_instead(client: Client, person: User) -> None:
    with_factor(client)
    sign_in(client)

    assert client.post("/dang-xuat/", {"next": "/dang-nhap/"})["Location"] == "/dang-nhap/"

    assert client.get("/dang-nhap/").status_code == 200


def test_the_code_page_is_not_open_without_the_password(client: Client, person: User) -> None:
    assert client.get("/dang-nhap/ma/")["Location"] == "/dang-nhap/"


def test_the_administration_has_no_way_round_the_code(client: Client, person: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    with_factor(client)

    response = client.post("/quan-tri/login/", {"username": "lan.anh", "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"].startswith("/dang-nhap/")
    assert client.get("/quan-tri/").status_code == 302


# Turning it off, new codes


def test_a_person_turns_it_off(client: Client, person: User) -> None:
    sign_in(client)
    set_up(client)

    response = client.post(TURN_OFF, follow=True)

    assert response.redirect_chain == [("/tai-khoan/", 302)]
    assert "Đã tắt xác thực hai lớp." in response.content.decode()
    assert not Authenticator.objects.filter(user=person).exists()
    assert Event.objects.filter(verb="tắt xác thực hai lớp").count() == 1


def test_new_codes_take_the_place_of_the_old(client: Client, person: User) -> None:
    sign_in(client)
    set_up(client)
    before = client.get(f"{CODES}tai-ve/").content.decode().split()

    client.post(f"{CODES}tao-lai/")

    after = client.get(f"{CODES}tai-ve/").content.decode().split()
    assert len(after) == 10
    assert not set(before) & set(after)
    assert Event.objects.filter(verb="tạo mã dự phòng mới").count() == 1


@pytest.mark.parametrize("page", [SET_UP, TURN_OFF, CODES, f"{CODES}tai-ve/", f"{CODES}tao-lai/"])
def test_a_visitor_is_sent_to_sign_in(client: Client, page: str) -> None:
    assert client.get(page)["Location"].startswith("/dang-nhap/")


# Required


@pytest.mark.usefixtures("needed")
def test_a_role_that_needs_it_opens_nothing_before(client: Client, person: User) -> None:
    sign_in(client)

    for page in ("/", "/viec/", "/tai-khoan/", "/quan-tri/"):
        assert client.get(page)["Location"].startswith(SET_UP), page
    confirm(client)
    assert "bắt buộc xác thực hai lớp" in client.get(SET_UP).content.decode()
    set_up(client)

    assert client.get("/tai-khoan/").status_code == 200


@pytest.mark.usefixtures("needed")
def test_a_required_factor_cannot_be_turned_off(client: Client, person: User) -> None:
    sign_in(client)
    set_up(client)

    page = client.post(TURN_OFF).content.decode()

    assert "Vai trò của bạn bắt buộc xác thực hai lớp" in page
    assert has_second_factor(person)


@pytest.mark.usefixtures("needed")
def test_other_roles_are_not_asked(client: Client, person: User) -> None:
    Membership.objects.update(role=Role.AUDITOR)
    sign_in(client)

    assert client.get("/tai-khoan/").status_code == 200


@pytest.mark.parametrize("may", ["is_superuser", "is_staff"])
def test_who_runs_the_installation_is_asked_as_soon_as_any_role_is(
    client: Client, person: User, may: str
) -> None:
    Membership.objects.all().delete()
    User.objects.filter(pk=person.pk).update(**{may: True})
    sign_in(client)
    assert client.get("/tai-khoan/").status_code == 200

    with override_settings(MFA_REQUIRED_ROLES=["publisher"]):
        for page in ("/tai-khoan/", "/quan-tri/", "/to-chuc/"):
            assert client.get(page)["Location"].startswith(SET_UP)


@pytest.mark.usefixtures("needed")
def test_a_fragment_asked_for_by_script_leads_the_whole_page(client: Client, person: User) -> None:
    sign_in(client)

    response = client.get("/viec/", headers={"HX-Request": "true"})

    assert response["HX-Redirect"].startswith(SET_UP)


def test_a_required_role_that_does_not_exist_stops_the_start() -> None:
    with (
        override_settings(MFA_REQUIRED_ROLES=["publishr"]),
        pytest.raises(ImproperlyConfigured, match="publishr"),
    ):
        AccountsConfig.ready(AccountsConfig.create("parindex.accounts"))  # type: ignore[arg-type]


# Forgotten by an administrator


@pytest.fixture
def administrator(organiser: Organiser) -> User:
    user: User = UserFactory(full_name="Hà Quản Trị")
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR, organiser=organiser)
    return user


def test_an_administrator_forgets_a_lost_factor(
    client: Client, person: User, organiser: Organiser, administrator: User
) -> None:
    with_factor(client)

    forget_second_factor(organiser, person, by_user=administrator)

    event = Event.objects.get(verb=FORGOTTEN)
    assert (event.actor_name, event.object_label) == ("Hà Quản Trị", "Phạm Lan Anh")
    assert sign_in(client) != "/dang-nhap/ma/"
    with pytest.raises(AccountsError, match="chưa bật"):
        forget_second_factor(organiser, person, by_user=administrator)


def test_nobody_else_forgets_it(client: Client, person: User, organiser: Organiser) -> None:
    with_factor(client)
    stranger, elsewhere = UserFactory(), OrganiserFactory()
    Membership.objects.create(user=stranger, role=Role.ADMINISTRATOR, organiser=elsewhere)

    for by, place in ((person, organiser), (stranger, organiser), (stranger, elsewhere)):
        with pytest.raises(NotPermitted):
            forget_second_factor(place, person, by_user=by)
    assert has_second_factor(person)


# One-time passwords


@pytest.fixture
def newcomer(person: User) -> User:
    person.must_change_password = True
    person.save()
    return person


def change(client: Client, new: str, again: str | None = None, page: str = "/doi-mat-khau/") -> str:
    data = {"oldpassword": PASSWORD, "password1": new, "password2": again or new, "next": "/tai-khoan/"}
    return client.post(page, data, follow=True).content.decode()


def test_a_one_time_password_opens_nothing_but_its_change(client: Client, newcomer: User) -> None:
    sign_in(client)

    for page in ("/", "/viec/", "/tai-khoan/", SET_UP):
        assert client.get(page)["Location"].startswith("/doi-mat-khau/?next="), page
    assert client.post("/tai-khoan/vai-tro/")["Location"].startswith("/doi-mat-khau/")
    assert "mật khẩu dùng một lần" in client.get("/doi-mat-khau/").content.decode()


def test_once_changed_the_pages_open(client: Client, newcomer: User) -> None:
    sign_in(client)

    page = change(client, NEW)

    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW)
    assert not newcomer.must_change_password
    assert "Đã đổi mật khẩu." in page
    assert "Tài khoản của tôi" in page
    event = Event.objects.get(verb="đổi mật khẩu")
    assert (event.before, event.after) == ({"must_change_password": True}, {"must_change_password": False})


@pytest.mark.parametrize(
    ("new", "again", "why"),
    [
        (PASSWORD, None, "Mật khẩu mới phải khác mật khẩu đang dùng."),
        (NEW, "khác-hẳn-2027", "Hai lần nhập mật khẩu mới chưa giống nhau."),
        ("ngắn", None, "10 ký tự"),
    ],
)
def test_a_change_that_does_not_do_keeps_the_flag(
    client: Client, newcomer: User, new: str, again: str | None, why: str
) -> None:
    sign_in(client)

    page = change(client, new, again)

    newcomer.refresh_from_db()
    assert why in page
    assert not ENGLISH.search(own_text(page))
    assert newcomer.must_change_password
    assert not Event.objects.filter(verb="đổi mật khẩu").exists()


def test_signing_out_stays_open(client: Client, newcomer: User) -> None:
    sign_in(client)

    client.post("/dang-xuat/")

    assert "Phạm Lan Anh" not in client.get("/").content.decode()


@pytest.mark.usefixtures("needed")
def test_the_password_comes_before_the_second_factor(client: Client, newcomer: User) -> None:
    sign_in(client)
    assert client.get("/viec/")["Location"].startswith("/doi-mat-khau/")

    change(client, NEW)

    assert client.get("/viec/")["Location"].startswith(SET_UP)
