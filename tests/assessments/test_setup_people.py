"""Council, assignments and substitutes of a round: who names whom, what is refused, what is on record."""

import datetime as dt
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.models import Assessment, Notice, Round, RoundRole, Substitute
from assessments.permissions import acting_in
from assessments.workflow.people import eligible_people, recusals
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.models import Event
from tests.assessments.people import give, someone
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundRoleFactory

pytestmark = pytest.mark.django_db


def people_url(round: Round) -> str:
    return f"/dot/{round.code}/thiet-lap/nguoi/"


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def signed_in(client: Client, role: Role | RoundDuty, file: Assessment) -> User:
    user = someone(role, file)
    client.force_login(user)
    return user


def account(file: Assessment, name: str = "Trần Văn Bình") -> User:
    return UserFactory(full_name=name, home=file.group.round.organiser)


# -- roles


def test_a_publisher_gives_a_role_and_the_person_is_told(client: Client) -> None:
    file = AssessmentFactory()
    round = file.group.round
    publisher, member = signed_in(client, Role.PUBLISHER, file), account(file)
    data = {"role": "council_member", "user": member.pk, "valid_from": "05/02/2025", "valid_to": "15/02/2025"}

    assert client.post(f"{people_url(round)}them/", data).status_code == 302

    role = round.roles.get()
    assert (role.user, role.group, role.contents) == (member, None, [])
    assert (role.valid_from, role.valid_to) == (dt.date(2025, 2, 5), dt.date(2025, 2, 15))
    event = Event.objects.get(verb="giao vai trò trong đợt đánh giá")
    assert (event.actor_id, event.after["role"]) == (publisher.pk, "council_member")
    assert "Thành viên Hội đồng thẩm định" in Notice.objects.get(user=member).text


def test_a_lead_agency_gets_contents_of_its_group_in_their_order(client: Client) -> None:
    file = AssessmentFactory()
    group = file.group
    signed_in(client, Role.PUBLISHER, file)
    lead = account(file)
    address = f"{people_url(group.round)}them/?nhom={group.code}"
    assert "1. Tiêu chí 1" in text(client.get(address))

    data = {"role": "lead_agency", "user": lead.pk, "contents": ["2", "1"]}
    assert client.post(address, data).status_code == 302

    assert (group.roles.get().contents, group.roles.get().group) == (["1", "2"], group)
    assert acting_in(lead, file).led == {"1", "2"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"role": "lead_agency"}, "Đánh dấu ít nhất một nội dung"),
        ({"role": "lead_agency", "contents": ["9"]}, "Bộ tiêu chí không có nội dung 9."),
        ({"role": ""}, "Chọn vai trò."),
        ({"user": ""}, "Chọn người."),
        ({"valid_from": "15/02/2025", "valid_to": "05/02/2025"}, "Ngày kết thúc trước ngày bắt đầu"),
        ({"valid_to": "khi xong"}, "không phải là ngày"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused_by_field(
    client: Client, given: dict[str, Any], words: str
) -> None:
    file = AssessmentFactory()
    signed_in(client, Role.PUBLISHER, file)
    data = {"role": "council_member", "user": account(file).pk} | given

    answer = client.post(f"{people_url(file.group.round)}them/", data)

    assert answer.status_code == 422
    assert words in text(answer)
    assert not RoundRole.objects.exists()


def test_only_accounts_of_the_organiser_can_be_chosen(client: Client) -> None:
    file = AssessmentFactory()
    round = file.group.round
    publisher, own = signed_in(client, Role.PUBLISHER, file), account(file)
    officer = someone(Role.UNIT_OFFICER, file)
    gone = UserFactory(home=round.organiser, is_active=False)
    stranger = UserFactory(home=OrganiserFactory())

    assert set(eligible_people(round.organiser)) == {publisher, own, officer}
    for user in (gone, stranger):
        answer = client.post(f"{people_url(round)}them/", {"role": "council_member", "user": user.pk})
        assert answer.status_code == 422
        assert "Chọn người có tài khoản do cơ quan tổ chức đánh giá quản lý." in text(answer)


def test_a_role_is_given_once(client: Client) -> None:
    file = AssessmentFactory()
    signed_in(client, Role.PUBLISHER, file)
    data = {"role": "council_member", "user": account(file).pk}
    assert client.post(f"{people_url(file.group.round)}them/", data).status_code == 302

    answer = client.post(f"{people_url(file.group.round)}them/", data)

    assert answer.status_code == 422
    assert "đã có vai trò “Thành viên Hội đồng thẩm định” ở phạm vi này" in text(answer)


def test_contents_and_dates_are_changed_with_old_and_new_on_record(client: Client) -> None:
    file = AssessmentFactory()
    round = file.group.round
    signed_in(client, Role.PUBLISHER, file)
    role = RoundRoleFactory(round=round, role=RoundDuty.LEAD_AGENCY, contents=["1"])

    data = {"contents": ["2"], "valid_to": "31/12/2030"}
    assert client.post(f"{people_url(round)}{role.pk}/", data).status_code == 302

    role.refresh_from_db()
    assert (role.contents, role.valid_to) == (["2"], dt.date(2030, 12, 31))
    event = Event.objects.get(verb="sửa vai trò trong đợt đánh giá")
    assert (event.before["contents"], event.after["contents"]) == (["1"], ["2"])


def test_a_role_ends_today_and_opens_nothing_tomorrow(client: Client) -> None:
    file = AssessmentFactory()
    round = file.group.round
    signed_in(client, Role.PUBLISHER, file)
    role = RoundRoleFactory(round=round, role=RoundDuty.COUNCIL_SECRETARY)

    assert client.post(f"{people_url(round)}{role.pk}/ket-thuc/").status_code == 302

    role.refresh_from_db()
    assert role.valid_to == timezone.localdate()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    assert acting_in(role.user, file, now=tomorrow).roles == frozenset()


@pytest.mark.parametrize("who", [Role.AUDITOR, RoundDuty.COUNCIL_CHAIR, RoundDuty.COUNCIL_SECRETARY])
def test_those_who_read_the_people_do_not_change_them(client: Client, who: Role | RoundDuty) -> None:
    file = AssessmentFactory()
    round = file.group.round
    role = RoundRoleFactory(round=round)
    signed_in(client, who, file)

    assert client.get(people_url(round)).status_code == 200
    assert "Giao vai trò cho cả đợt" not in text(client.get(people_url(round)))
    posts = [
        f"{people_url(round)}them/",
        f"{people_url(round)}{role.pk}/",
        f"{people_url(round)}{role.pk}/ket-thuc/",
    ]
    assert {client.post(address, {}).status_code for address in posts} == {403}
    role.refresh_from_db()
    assert role.valid_to is None


def test_another_organisers_publisher_finds_no_people(client: Client) -> None:
    file, other = AssessmentFactory(), AssessmentFactory()
    role = RoundRoleFactory(round=file.group.round)
    signed_in(client, Role.PUBLISHER, other)

    asked = [people_url(file.group.round), f"{people_url(file.group.round)}{role.pk}/"]
    assert {client.get(address).status_code for address in asked} == {404}
    # A role of another round under the own round's address is not found either.
    assert client.get(f"{people_url(other.group.round)}{role.pk}/").status_code == 404


# -- substitutes


def recused(file: Assessment, duty: RoundDuty = RoundDuty.COUNCIL_MEMBER) -> RoundRole:
    """A council member who belongs to the unit of the file."""
    user = give(someone(Role.UNIT_HEAD, file), duty, file)
    return RoundRole.objects.get(user=user)


def acting_key(who: Role | RoundDuty, file: Assessment) -> str:
    """What the header's form sends to act in a role of the organiser or of the round."""
    round = file.group.round
    return f"{who.value}-{round.pk if isinstance(who, RoundDuty) else round.organiser_id}"


def stand_in_url(role: RoundRole, file: Assessment, end: str = "") -> str:
    return f"{people_url(role.round)}{role.pk}/thay/{file.unit_id}/{end}"


@pytest.mark.parametrize("who", [Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY])
def test_a_substitute_is_named_and_may_appraise_that_unit(client: Client, who: Role | RoundDuty) -> None:
    group = GroupFactory(size=2)
    file, other = group.assessments.order_by("pk")
    role, substitute = recused(file), account(file)
    namer = signed_in(client, who, file)
    page = text(client.get(people_url(group.round)))
    assert stand_in_url(role, file) in page
    assert stand_in_url(role, other) not in page

    data = {"user": substitute.pk, "reason": "Ông Bình là Chủ tịch UBND phường"}
    assert client.post(stand_in_url(role, file), data).status_code == 302

    assert RoundDuty.COUNCIL_MEMBER in acting_in(substitute, file).roles
    client.force_login(substitute)
    assert "Thẩm định" in text(client.get(f"/dot/{group.round.code}/"))
    client.force_login(namer)
    assert acting_in(substitute, other).roles == frozenset()
    event = Event.objects.get(verb="cử người thay trong thẩm định")
    assert (event.actor_id, event.reason) == (namer.pk, "Ông Bình là Chủ tịch UBND phường")
    assert "Bạn được cử thay" in Notice.objects.get(user=substitute).text
    assert str(substitute) in text(client.get(people_url(group.round)))

    assert client.post(stand_in_url(role, file, "thoi/")).status_code == 302
    assert acting_in(substitute, file).roles == frozenset()
    assert Event.objects.filter(verb="thôi cử người thay trong thẩm định").exists()


@pytest.mark.parametrize("who", [Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY])
def test_nobody_names_who_stands_in_at_their_own_unit(client: Client, who: Role | RoundDuty) -> None:
    file = GroupFactory(size=1).assessments.get()
    role, namer = recused(file), give(someone(who, file), Role.UNIT_HEAD, file)
    substitute = account(file)
    client.force_login(namer)
    client.post("/tai-khoan/vai-tro/", {"role": acting_key(who, file)})

    assert "Người khác cử" in text(client.get(people_url(file.group.round)))
    for end in ("", "thoi/"):
        answer = client.post(stand_in_url(role, file, end), {"user": substitute.pk, "reason": "Thay"})
        assert answer.status_code == 403
        assert f"Bạn thuộc {file.unit_name} nên không cử người thay" in answer.content.decode()
    assert acting_in(substitute, file).roles == frozenset()


def test_a_substitute_may_be_replaced(client: Client) -> None:
    file = AssessmentFactory()
    role = recused(file)
    signed_in(client, Role.PUBLISHER, file)
    first, second = account(file, "Người thứ nhất"), account(file, "Người thứ hai")

    for user in (first, second):
        client.post(stand_in_url(role, file), {"user": user.pk, "reason": "Trùng đơn vị"})

    assert Substitute.objects.get().user == second
    last = Event.objects.filter(verb="cử người thay trong thẩm định").latest("pk")
    assert last.before == {"user": "Người thứ nhất"}


def test_nobody_of_the_unit_and_no_stranger_stands_in(client: Client) -> None:
    file = AssessmentFactory()
    role = recused(file)
    signed_in(client, Role.PUBLISHER, file)
    officer = someone(Role.UNIT_OFFICER, file)

    for user in (officer, role.user, UserFactory()):
        answer = client.post(stand_in_url(role, file), {"user": user.pk, "reason": "Trùng đơn vị"})
        assert answer.status_code == 422
        assert "người của chính đơn vị không thay được" in text(answer)
    no_reason = client.post(stand_in_url(role, file), {"user": account(file).pk, "reason": " "})
    assert no_reason.status_code == 422
    assert "Ghi lý do cử người thay." in text(no_reason)
    assert not Substitute.objects.exists()


def test_a_person_who_is_not_recused_needs_no_substitute(client: Client) -> None:
    file = AssessmentFactory()
    signed_in(client, Role.PUBLISHER, file)
    role = RoundRoleFactory(round=file.group.round)

    answer = client.post(stand_in_url(role, file), {"user": account(file).pk, "reason": "Bận"})

    assert answer.status_code == 422
    assert "nên không cần người thay" in text(answer)


@pytest.mark.parametrize("who", [Role.AUDITOR, RoundDuty.COUNCIL_CHAIR])
def test_others_name_no_substitute(client: Client, who: Role | RoundDuty) -> None:
    file = AssessmentFactory()
    role = recused(file)
    signed_in(client, who, file)

    data = {"user": account(file).pk, "reason": "Trùng đơn vị"}
    assert client.post(stand_in_url(role, file), data).status_code == 403
    assert not Substitute.objects.exists()


def test_pairs_follow_the_scope_and_the_dates_of_the_role() -> None:
    group = GroupFactory(size=1)
    other = GroupFactory(round=group.round, code="khac", size=1)
    file = group.assessments.get()
    user = someone(Role.UNIT_OFFICER, file)
    RoundRoleFactory(round=group.round, group=other, user=user)
    RoundRoleFactory(round=group.round, user=user, role=RoundDuty.COUNCIL_CHAIR, valid_to=dt.date(2020, 1, 1))
    assert recusals(group.round) == []

    held = RoundRoleFactory(round=group.round, group=group, user=user)

    (pair,) = recusals(group.round)
    assert (pair.role, pair.unit, pair.substitute) == (held, file.unit, None)
