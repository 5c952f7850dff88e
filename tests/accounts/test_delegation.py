"""Delegation: who hands on which role to whom, for which days, and what it opens."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssessmentState, Verb
from assessments.models import Assessment
from assessments.moves import move
from assessments.permissions import can_move
from parindex.accounts.acting import Standing, held_roles, key_of
from parindex.accounts.delegation import BEGIN, END, delegable, delegate, end_delegation
from parindex.accounts.enums import Role
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Membership, User
from parindex.audit.models import Event
from parindex.notation import vietnamese_date
from tests.assessments.people import file_in, give, someone
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/tai-khoan/uy-quyen/"
REASON = "Đi công tác theo Giấy cử số 12"


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


@pytest.fixture
def file() -> Assessment:
    return file_in(AssessmentState.UNIT_REVIEW, until=days(30))


@pytest.fixture
def head(file: Assessment) -> User:
    return give(UserFactory(full_name="Ngô Đức Thịnh"), Role.UNIT_HEAD, file)


@pytest.fixture
def officer(file: Assessment) -> User:
    return give(UserFactory(full_name="Lê Thu Hà"), Role.UNIT_OFFICER, file)


@pytest.fixture
def publisher(file: Assessment) -> User:
    return give(UserFactory(full_name="Phạm Lan Anh"), Role.PUBLISHER, file)


def held(user: User) -> Membership:
    return Membership.objects.get(user=user, on_behalf_of=None)


def given(
    role: Membership, to: User, by: User, *, first: int = 0, last: int = 4, reason: str = REASON
) -> Membership:
    return delegate(role, to, valid_from=days(first), valid_to=days(last), reason=reason, by_user=by)


def acting(user: User, role: Role, place_id: int) -> User:
    person = User.objects.get(pk=user.pk)
    person.standing = Standing(person, key_of(role, place_id))
    return person


# Who may delegate what, to whom


def test_a_head_delegates_their_role_to_a_person_of_the_unit(head: User, officer: User) -> None:
    delegation = given(held(head), officer, head)

    assert (delegation.role, delegation.unit, delegation.on_behalf_of) == (
        Role.UNIT_HEAD,
        held(head).unit,
        head,
    )
    event = Event.objects.get(verb=BEGIN)
    assert (event.actor_id, event.reason) == (head.pk, REASON)
    assert event.after["on_behalf_of"] == "Ngô Đức Thịnh"


def test_a_head_names_a_substitute_for_an_officer(file: Assessment, head: User, officer: User) -> None:
    other = someone(Role.UNIT_HEAD, file)

    delegation = given(held(officer), other, head)

    assert (delegation.user, delegation.role, delegation.on_behalf_of) == (other, Role.UNIT_OFFICER, officer)


def test_a_publisher_delegates_to_staff_of_the_same_organiser(file: Assessment, publisher: User) -> None:
    auditor = someone(Role.AUDITOR, file)

    delegation = given(held(publisher), auditor, publisher)

    assert (delegation.role, delegation.organiser) == (Role.PUBLISHER, file.group.round.organiser)


@pytest.mark.parametrize(
    "role", [Role.UNIT_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.FRAMEWORK_MANAGER]
)
def test_other_roles_delegate_nothing(file: Assessment, officer: User, role: Role) -> None:
    user = someone(role, file)

    assert not delegable(user).exists()
    with pytest.raises(NotPermitted, match="Chỉ lãnh đạo đơn vị"):
        given(held(user), officer, user)


def test_nobody_delegates_the_role_of_another_head_unit_or_organiser(
    file: Assessment, head: User, officer: User, publisher: User
) -> None:
    second, elsewhere = someone(Role.UNIT_HEAD, file), file_in(AssessmentState.DRAFT)
    there, staff = someone(Role.UNIT_OFFICER, elsewhere), someone(Role.PUBLISHER, elsewhere)

    for role in (held(second), held(there), held(staff), held(publisher)):
        with pytest.raises(NotPermitted):
            given(role, officer, head)


def test_nobody_takes_on_a_role_of_a_place_they_do_not_belong_to(
    head: User, publisher: User, officer: User
) -> None:
    stranger = someone(Role.UNIT_OFFICER, file_in(AssessmentState.DRAFT))

    for to in (stranger, publisher, head, UserFactory()):
        with pytest.raises(AccountsError, match="Chỉ ủy quyền cho người khác của"):
            given(held(head), to, head)
    with pytest.raises(AccountsError):
        given(held(publisher), officer, publisher)


def test_a_delegated_role_is_not_delegated_on(file: Assessment, head: User, officer: User) -> None:
    delegation, third = given(held(head), officer, head), someone(Role.UNIT_OFFICER, file)

    with pytest.raises(NotPermitted, match="không ủy quyền tiếp được"):
        given(delegation, third, officer)
    with pytest.raises(NotPermitted, match="không ủy quyền tiếp được"):
        given(delegation, third, head)
    with pytest.raises(NotPermitted):
        given(held(third), officer, officer)
    assert list(delegable(officer)) == []


def test_an_account_that_is_closed_takes_nothing_on(head: User, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)

    with pytest.raises(AccountsError):
        given(held(head), officer, head)


def test_a_head_who_acts_in_another_role_is_told_to_switch(
    file: Assessment, head: User, officer: User
) -> None:
    give(head, Role.AUDITOR, file)
    role = Membership.objects.get(user=head, role=Role.UNIT_HEAD)
    person = acting(head, Role.AUDITOR, file.group.round.organiser_id)

    with pytest.raises(NotPermitted, match="chuyển sang vai trò .* · Lãnh đạo đơn vị ở đầu trang"):
        given(role, officer, person)


# Days


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(-1, 4, "Ngày bắt đầu đã qua"), (3, 2, "Ngày kết thúc phải từ ngày bắt đầu")],
)
def test_days_that_do_not_fit_are_refused(head: User, officer: User, first: int, last: int, why: str) -> None:
    with pytest.raises(AccountsError, match=why):
        given(held(head), officer, head, first=first, last=last)
    assert not Membership.objects.filter(on_behalf_of__isnull=False).exists()


def test_a_delegation_does_not_outlast_the_role(head: User, officer: User) -> None:
    Membership.objects.filter(user=head).update(valid_to=days(2))

    with pytest.raises(AccountsError, match=vietnamese_date(days(2))):
        given(held(head), officer, head)


def test_the_same_role_is_not_held_twice_on_a_day(file: Assessment, head: User, officer: User) -> None:
    given(held(head), officer, head, first=0, last=4)

    with pytest.raises(AccountsError, match="đã giữ vai trò Lãnh đạo đơn vị"):
        given(held(head), officer, head, first=4, last=9)
    given(held(head), officer, head, first=5, last=9)
    second = someone(Role.UNIT_HEAD, file)
    with pytest.raises(AccountsError, match="đã giữ vai trò"):
        given(held(head), second, head)


# What it opens


def test_it_opens_the_role_during_its_days_only(file: Assessment, head: User, officer: User) -> None:
    given(held(head), officer, head, first=2, last=4)
    now = timezone.now()

    may = [can_move(officer, file, Verb.RETURN_TO_OFFICER, now=now + dt.timedelta(days=n)) for n in range(6)]

    assert may == [False, False, True, True, True, False]


def test_the_log_says_on_whose_behalf(file: Assessment, head: User, officer: User) -> None:
    given(held(head), officer, head)
    person = acting(officer, Role.UNIT_HEAD, file.unit_id)

    move(file, Verb.RETURN_TO_OFFICER, by_user=person, reason="Bổ sung mục 1.2")

    event = Event.objects.filter(object_type="assessments.assessment").latest("pk")
    assert event.actor_id == officer.pk
    assert event.actor_name == "Lê Thu Hà (ủy quyền của Ngô Đức Thịnh)"


def test_it_ends_with_the_role_of_its_giver(file: Assessment, head: User, officer: User) -> None:
    given(held(head), officer, head)
    assert can_move(officer, file, Verb.RETURN_TO_OFFICER)

    User.objects.filter(pk=head.pk).update(is_active=False)
    assert not can_move(officer, file, Verb.RETURN_TO_OFFICER)
    User.objects.filter(pk=head.pk).update(is_active=True)
    Membership.objects.filter(user=head).update(valid_to=days(-1))
    assert not can_move(officer, file, Verb.RETURN_TO_OFFICER)
    Membership.objects.filter(user=head).delete()
    assert not can_move(officer, file, Verb.RETURN_TO_OFFICER)
    assert [one.role for one in held_roles(officer, timezone.localdate())] == [Role.UNIT_OFFICER]


# Ending it


def test_the_head_takes_it_back_at_once(file: Assessment, head: User, officer: User) -> None:
    delegation = given(held(head), officer, head)

    end_delegation(delegation, by_user=head)

    assert not can_move(officer, file, Verb.RETURN_TO_OFFICER)
    assert Event.objects.get(verb=END).before["valid_to"] == days(4).isoformat()


def test_one_that_has_run_stays_in_the_list_until_yesterday(head: User, officer: User) -> None:
    delegation = given(held(head), officer, head)
    Membership.objects.filter(pk=delegation.pk).update(valid_from=days(-3))
    delegation.refresh_from_db()

    end_delegation(delegation, by_user=head)

    delegation.refresh_from_db()
    assert delegation.valid_to == days(-1)
    with pytest.raises(AccountsError, match="đã kết thúc"):
        end_delegation(delegation, by_user=head)


def test_only_its_giver_and_the_head_end_it(
    file: Assessment, head: User, officer: User, publisher: User
) -> None:
    stand_in = someone(Role.UNIT_OFFICER, file)
    delegation = given(held(head), officer, head)

    for user in (officer, stand_in, publisher, UserFactory()):
        with pytest.raises(NotPermitted):
            end_delegation(delegation, by_user=user)
    end_delegation(delegation, by_user=someone(Role.UNIT_HEAD, file))


def test_an_own_role_is_not_ended_this_way(head: User) -> None:
    with pytest.raises(AccountsError, match="không phải vai trò được ủy quyền"):
        end_delegation(held(head), by_user=head)


def test_both_are_told_and_both_accounts_keep_what_one_day_leaves(
    client: Client, file: Assessment, head: User, officer: User
) -> None:
    other = someone(Role.UNIT_HEAD, file)
    delegation = given(held(officer), other, head)
    ends = vietnamese_date(days(4))
    words = (
        f"{other} được ủy quyền làm thay {officer}: Cán bộ đơn vị, {file.unit}, từ {vietnamese_date(days(0))}"
    )

    assert [one.text for one in other.notices.all()] == [f"{words} đến hết {ends}."]
    assert officer.notices.count() == 1
    assert head.notices.count() == 0

    end_delegation(delegation, by_user=head)

    assert not Membership.objects.filter(on_behalf_of__isnull=False).exists()
    assert "trước hạn" in other.notices.latest("pk").text
    client.force_login(other)
    page = client.get(PAGE).content.decode()
    assert "Ủy quyền vai trò" in page
    assert "Kết thúc ủy quyền" in page
    client.force_login(someone(Role.ADMINISTRATOR, file))
    for person in (other, officer):
        page = client.get(f"/to-chuc/{file.unit.organiser_id}/tai-khoan/{person.pk}/").content.decode()
        assert REASON in page
        assert "Kết thúc ủy quyền" in page


# Pages


def typed(role: Membership, taker: User, **changes: str) -> dict[str, str]:
    data = {
        "held": str(role.pk),
        "to": str(taker.pk),
        "valid_from": vietnamese_date(days(0)),
        "valid_to": vietnamese_date(days(4)),
        "reason": REASON,
    }
    return data | changes


def test_a_head_delegates_on_the_page_and_ends_it(client: Client, head: User, officer: User) -> None:
    client.force_login(head)

    page = client.post(PAGE, typed(held(head), officer), follow=True).content.decode()

    assert f"Đã ủy quyền cho Lê Thu Hà đến hết ngày {vietnamese_date(days(4))}." in page
    delegation = Membership.objects.get(on_behalf_of=head)
    assert f"{PAGE}{delegation.pk}/ket-thuc/" in page

    page = client.post(f"{PAGE}{delegation.pk}/ket-thuc/", follow=True).content.decode()

    assert "Đã kết thúc ủy quyền cho Lê Thu Hà." in page
    assert not Membership.objects.filter(on_behalf_of=head).exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"valid_from": "31/02/2026"}, "31/02/2026"),
        ({"valid_from": "01/01/2020"}, "Ngày bắt đầu đã qua"),
        ({"valid_to": ""}, "Ghi ngày kết thúc"),
        ({"reason": " "}, "Ghi lý do ủy quyền."),
        ({"to": ""}, "Chọn người được ủy quyền."),
        ({"to": "999999"}, "Chọn người của cùng đơn vị, cơ quan."),
        ({"held": "999999"}, "Vai trò này không ủy quyền được."),
    ],
)
def test_what_does_not_fit_comes_back_as_typed(
    client: Client, head: User, officer: User, changes: dict[str, str], why: str
) -> None:
    client.force_login(head)

    response = client.post(PAGE, typed(held(head), officer, **changes))

    page = response.content.decode()
    assert response.status_code == 422
    assert why in page
    assert vietnamese_date(days(4)) in page or "valid_to" in changes
    assert not Membership.objects.filter(on_behalf_of__isnull=False).exists()


def test_the_person_who_acts_for_the_head_sees_it_in_the_header(
    client: Client, file: Assessment, head: User, officer: User
) -> None:
    given(held(head), officer, head)
    client.force_login(officer)
    client.post("/tai-khoan/vai-tro/", {"role": key_of(Role.UNIT_HEAD, file.unit_id)})

    page = client.get(PAGE).content.decode()

    assert f"{file.unit} · Lãnh đạo đơn vị (ủy quyền của Ngô Đức Thịnh)" in page
    assert "ket-thuc" not in page
    assert "Ủy quyền mới" not in page


def test_what_concerns_others_is_not_found(
    client: Client, file: Assessment, head: User, officer: User
) -> None:
    delegation = given(held(head), officer, head)
    client.force_login(someone(Role.UNIT_HEAD, file_in(AssessmentState.DRAFT)))

    assert "Lê Thu Hà" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{delegation.pk}/ket-thuc/").status_code == 404


def test_whoever_took_it_on_may_not_end_it(client: Client, head: User, officer: User) -> None:
    delegation = given(held(head), officer, head)
    client.force_login(officer)

    assert client.post(f"{PAGE}{delegation.pk}/ket-thuc/").status_code == 403
    assert client.post(PAGE, typed(held(head), officer)).status_code == 422


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(PAGE)["Location"].startswith("/dang-nhap/")
    assert client.post(f"{PAGE}1/ket-thuc/")["Location"].startswith("/dang-nhap/")


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_costs_the_same_for_few_and_many(
    client: Client,
    file: Assessment,
    head: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        given(held(head), someone(Role.UNIT_OFFICER, file), head, first=number, last=number)
    client.force_login(head)

    with django_assert_num_queries(12):
        client.get(PAGE)


def test_the_page_tells_what_has_happened_to_the_delegations_of_the_person_and_no_others(
    client: Client, file: Assessment, head: User
) -> None:
    taker = someone(Role.UNIT_OFFICER, file)
    given(held(head), taker, head)
    client.force_login(head)
    assert f"{BEGIN.capitalize()}" in client.get(PAGE).content.decode()
    client.force_login(someone(Role.UNIT_OFFICER, file_in(AssessmentState.DRAFT)))
    assert str(taker) not in client.get(PAGE).content.decode()


# The account page


def test_the_account_page_shows_roles_with_their_days(
    client: Client, file: Assessment, head: User, officer: User
) -> None:
    given(held(head), officer, head)
    client.force_login(officer)

    page = client.get("/tai-khoan/").content.decode()

    assert "Lê Thu Hà" in page
    assert f"đến hết {vietnamese_date(days(4))}" in page
    assert "ủy quyền của Ngô Đức Thịnh" in page
    assert "Chuyển sang vai trò này" in page
    assert "Bật xác thực hai lớp" in page


def test_the_account_page_of_a_person_without_roles(client: Client) -> None:
    client.force_login(UserFactory())

    assert "chưa được giao vai trò nào" in client.get("/tai-khoan/").content.decode()


def test_the_account_page_costs_the_same_for_any_number_of_roles(
    client: Client, file: Assessment, officer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        give(officer, Role.UNIT_OFFICER, file_in(AssessmentState.DRAFT))
    client.force_login(officer)

    with django_assert_num_queries(7):
        client.get("/tai-khoan/")
