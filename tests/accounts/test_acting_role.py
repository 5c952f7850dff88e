"""A person sees by all roles and does things in the one chosen at the head of the page."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssessmentState, RoundDuty, Verb
from assessments.exceptions import NotPermitted
from assessments.models import Assessment
from assessments.moves import move
from assessments.permissions import (
    can_edit_self_scores,
    can_move,
    can_view_file,
    check_edit_self_scores,
    check_move,
    open_moves,
)
from assessments.permissions.evidence import can_keep_library, can_view_library, check_keep_library
from assessments.permissions.publishing import check_publish
from assessments.permissions.rounds import check_acting
from criteria.permissions import can_read_workbooks, check_read_workbooks, issuers_managed
from parindex.accounts.acting import SESSION_KEY, Standing, held_roles, key_of
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.people import file_in, give, someone
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory
from tests.factories.assessments import RoundRoleFactory

pytestmark = pytest.mark.django_db

SWITCH = "/tai-khoan/vai-tro/"


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


@pytest.fixture
def file() -> Assessment:
    return file_in(AssessmentState.DRAFT, until=days(5))


@pytest.fixture
def both(file: Assessment) -> User:
    """Officer and head of one unit."""
    return give(someone(Role.UNIT_OFFICER, file), Role.UNIT_HEAD, file)


def acting_as(user: User, role: str, place_id: int) -> User:
    """The person as a request brings them, with this role chosen."""
    person = User.objects.get(pk=user.pk)
    person.standing = Standing(person, key_of(role, place_id))
    return person


# Which roles, which of them


def test_roles_of_units_organisers_and_rounds_are_held_together(file: Assessment) -> None:
    user = give(someone(Role.UNIT_OFFICER, file), Role.AUDITOR, file)
    RoundRoleFactory(round=file.group.round, user=user, role=RoundDuty.COUNCIL_MEMBER)

    titles = [held.title for held in held_roles(user, timezone.localdate())]

    assert titles == [
        f"{file.unit} · Cán bộ đơn vị",
        f"{file.group.round.organiser} · Kiểm tra, giám sát",
        f"{file.group.round.title} · Thành viên Hội đồng thẩm định",
    ]


def test_a_duty_over_several_groups_is_one_role(file: Assessment) -> None:
    user = UserFactory()
    RoundRoleFactory(round=file.group.round, user=user)
    RoundRoleFactory(round=file.group.round, user=user, group=file.group)

    assert len(held_roles(user, timezone.localdate())) == 1


def test_all_roles_take_two_queries(
    file: Assessment, both: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = acting_as(both, Role.UNIT_HEAD, file.unit_id)

    with django_assert_num_queries(2):
        assert person.standing is not None
        assert person.standing.acting in person.standing.roles


def test_a_role_that_has_ended_is_never_acted_in(file: Assessment) -> None:
    user = someone(Role.UNIT_OFFICER, file)
    give(user, Role.UNIT_HEAD, file, valid_to=days(-1))

    person = acting_as(user, Role.UNIT_HEAD, file.unit_id)

    assert person.standing is not None
    assert [held.role for held in person.standing.roles] == [Role.UNIT_OFFICER]
    assert person.standing.acting == person.standing.roles[0]


def test_an_own_role_comes_before_a_delegated_one(file: Assessment) -> None:
    head, officer = someone(Role.UNIT_HEAD, file), someone(Role.UNIT_OFFICER, file)
    give(officer, Role.UNIT_HEAD, file, on_behalf_of=head, valid_from=days(0), valid_to=days(3))

    roles = held_roles(officer, timezone.localdate())

    assert [held.role for held in roles] == [Role.UNIT_OFFICER, Role.UNIT_HEAD]
    assert roles[1].title == f"{file.unit} · Lãnh đạo đơn vị (ủy quyền của {head})"


# Doing


def test_doing_goes_by_the_acting_role(file: Assessment, both: User) -> None:
    officer = acting_as(both, Role.UNIT_OFFICER, file.unit_id)
    head = acting_as(both, Role.UNIT_HEAD, file.unit_id)

    assert can_edit_self_scores(officer, file)
    assert not can_edit_self_scores(head, file)
    assert can_move(officer, file, Verb.SEND_TO_HEAD)
    assert not can_move(head, file, Verb.SEND_TO_HEAD)
    assert [row.verb for row in open_moves(officer, file)] == [Verb.SEND_TO_HEAD]
    assert open_moves(head, file) == []


def test_the_refusal_names_the_role_to_switch_to(file: Assessment, both: User) -> None:
    head = acting_as(both, Role.UNIT_HEAD, file.unit_id)
    expected = (
        f"Bạn đang làm việc với vai trò {file.unit} · Lãnh đạo đơn vị; chuyển sang vai trò "
        f"{file.unit} · Cán bộ đơn vị ở đầu trang rồi làm lại."
    )

    for check in (
        lambda: check_edit_self_scores(head, file),
        lambda: check_move(head, file, Verb.SEND_TO_HEAD),
        lambda: move(file, Verb.SEND_TO_HEAD, by_user=head),
    ):
        with pytest.raises(NotPermitted) as refusal:
            check()
        assert str(refusal.value) == expected


def test_a_file_that_another_role_opens_for_writing_names_that_role(
    client: Client, file: Assessment, both: User
) -> None:
    codes = (file.group.round.code, file.group.code, file.unit_code)
    own_file = reverse("assessments:own_file", args=codes)
    client.force_login(both)

    for role, told in ((Role.UNIT_HEAD, 1), (Role.UNIT_OFFICER, 0)):
        client.post(SWITCH, {"role": key_of(role, file.unit_id)})
        for page in (own_file, f"{own_file}1/"):
            shown = client.get(page).content.decode()
            assert shown.count(f"chuyển sang vai trò {file.unit} · Cán bộ đơn vị ở đầu trang") == told
            assert "do cán bộ của đơn vị nhập" not in shown


def test_a_role_in_another_place_is_not_the_same_role(file: Assessment) -> None:
    other = file_in(AssessmentState.DRAFT, until=days(5))
    user = give(someone(Role.UNIT_OFFICER, file), Role.UNIT_OFFICER, other)

    person = acting_as(user, Role.UNIT_OFFICER, other.unit_id)

    assert can_edit_self_scores(person, other)
    assert not can_edit_self_scores(person, file)


def test_whoever_never_held_the_role_is_not_told_to_switch(file: Assessment) -> None:
    user = someone(Role.UNIT_HEAD, file)
    person = acting_as(user, Role.UNIT_HEAD, file.unit_id)

    with pytest.raises(NotPermitted, match="Chỉ cán bộ đơn vị"):
        check_edit_self_scores(person, file)


def test_people_of_commands_act_in_all_their_roles(file: Assessment, both: User) -> None:
    assert can_edit_self_scores(both, file)
    assert {row.verb for row in open_moves(both, file)} == {Verb.SEND_TO_HEAD}


def test_nobody_judges_their_own_unit_in_any_role() -> None:
    file = file_in(AssessmentState.SUBMITTED, until=days(5))
    user = give(someone(Role.UNIT_OFFICER, file), Role.PUBLISHER, file)
    person = acting_as(user, Role.PUBLISHER, file.group.round.organiser_id)

    with pytest.raises(NotPermitted, match="hồ sơ của chính đơn vị mình"):
        check_move(person, file, Verb.START_APPRAISAL)


def test_the_rights_of_an_organiser_go_by_the_acting_role(file: Assessment) -> None:
    user = give(someone(Role.FRAMEWORK_MANAGER, file), Role.PUBLISHER, file)
    round = file.group.round
    publisher = acting_as(user, Role.PUBLISHER, round.organiser_id)
    manager = acting_as(user, Role.FRAMEWORK_MANAGER, round.organiser_id)

    assert can_read_workbooks(manager)
    assert not can_read_workbooks(publisher)
    with pytest.raises(Exception, match="chuyển sang vai trò .* · Quản lý bộ tiêu chí"):
        check_read_workbooks(publisher)
    check_acting(publisher, (Role.PUBLISHER,), round)
    with pytest.raises(NotPermitted, match="chuyển sang vai trò .* · Cơ quan chủ trì, công bố"):
        check_acting(manager, (Role.PUBLISHER,), round)


# Seeing


def test_seeing_goes_by_all_roles() -> None:
    file = file_in(AssessmentState.DRAFT, until=days(5))
    user = give(someone(Role.UNIT_OFFICER, file_in(AssessmentState.DRAFT, until=days(5))), Role.AUDITOR, file)
    elsewhere = Membership.objects.get(user=user, role=Role.UNIT_OFFICER)

    assert can_view_file(acting_as(user, Role.UNIT_OFFICER, elsewhere.unit_id or 0), file)


# Pages


def test_the_head_of_a_page_names_person_place_and_role(client: Client, file: Assessment) -> None:
    client.force_login(someone(Role.UNIT_OFFICER, file))

    page = client.get("/phuong-phap/").content.decode()

    assert f"{file.unit} · Cán bộ đơn vị" in page
    assert "Chuyển sang vai trò" not in page


def test_a_person_with_several_roles_switches_and_comes_back(
    client: Client, file: Assessment, both: User
) -> None:
    client.force_login(both)
    assert "Chuyển sang vai trò" in client.get("/phuong-phap/").content.decode()

    response = client.post(
        SWITCH, {"role": key_of(Role.UNIT_HEAD, file.unit_id), "next": "/phuong-phap/"}, follow=True
    )

    page = response.content.decode()
    assert response.redirect_chain == [("/phuong-phap/", 302)]
    assert f"Từ giờ bạn làm việc với vai trò {file.unit} · Lãnh đạo đơn vị." in page
    assert f'<span class="who__role">{file.unit} · Lãnh đạo đơn vị</span>' in page


def test_a_refused_page_offers_the_role_that_opens_it_and_leads_back(client: Client) -> None:
    organiser = OrganiserFactory(name="Sở Nội vụ tỉnh Lai Châu")
    user = UserFactory()
    for role in (Role.ADMINISTRATOR, Role.FRAMEWORK_MANAGER):
        Membership.objects.create(user=user, organiser=organiser, role=role)
    client.force_login(user)
    asked = "/bo-tieu-chi/doc-tu-bang-tinh/?tu=1"

    refused = client.get(asked)

    manager = key_of(Role.FRAMEWORK_MANAGER, organiser.pk)
    assert refused.status_code == 403
    assert f'name="role" value="{manager}"' in " ".join(refused.content.decode().split())
    assert f'value="{asked}"' in refused.content.decode()
    switched = client.post(SWITCH, {"role": manager, "next": asked})
    assert switched["Location"] == asked
    assert client.get(asked).status_code == 200


def test_nobody_switches_to_a_role_they_do_not_hold(client: Client, file: Assessment, both: User) -> None:
    client.force_login(both)

    page = client.post(SWITCH, {"role": key_of(Role.PUBLISHER, 1)}, follow=True).content.decode()

    assert "Bạn không còn giữ vai trò vừa chọn" in page
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("next_page", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_switching_never_leads_off_the_site(
    client: Client, file: Assessment, both: User, next_page: str
) -> None:
    client.force_login(both)
    data = {"role": key_of(Role.UNIT_HEAD, file.unit_id), "next": next_page}

    assert client.post(SWITCH, data)["Location"] == "/tai-khoan/"


def test_switching_takes_a_post_and_an_account(client: Client, both: User) -> None:
    assert client.post(SWITCH)["Location"].startswith("/dang-nhap/")
    client.force_login(both)
    answer = client.get(SWITCH)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Trang này không nhận cách gửi đó" in answer.content.decode()


def test_a_verb_sent_in_the_wrong_role_changes_nothing(client: Client, file: Assessment, both: User) -> None:
    client.force_login(both)
    client.post(SWITCH, {"role": key_of(Role.UNIT_HEAD, file.unit_id)})
    address = f"/ho-so/{file.group.round.code}/{file.group.code}/{file.unit_code}/"

    client.post(address, {"verb": Verb.SEND_TO_HEAD, "seen": "draft"})

    file.refresh_from_db()
    assert file.state == AssessmentState.DRAFT


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.UNIT_OFFICER, "Hồ sơ tự chấm", "Đợt đánh giá"),
        (Role.PUBLISHER, "Đợt đánh giá", "Hồ sơ tự chấm"),
        (RoundDuty.COUNCIL_MEMBER, "Xếp hạng", "Hồ sơ tự chấm"),
    ],
)
def test_the_menu_follows_the_acting_role(
    client: Client, file: Assessment, role: Role | RoundDuty, shown: str, hidden: str
) -> None:
    client.force_login(someone(role, file))

    page = client.get("/phuong-phap/").content.decode()
    menu = page[page.index("site-nav") : page.index("</nav>")]

    assert "Việc của tôi" in menu
    assert shown in menu
    assert hidden not in menu


def test_a_visitor_gets_the_public_menu(client: Client) -> None:
    page = client.get("/phuong-phap/").content.decode()

    assert "Việc của tôi" not in page
    assert "Thông báo" not in page
    assert "Xếp hạng" in page


def test_the_head_of_a_page_costs_three_queries(
    client: Client, both: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Besides session and person: roles, duties in rounds, unread notices."""
    for _ in range(3):
        Membership.objects.create(user=both, role=Role.UNIT_OFFICER, unit=UnitFactory())
    Membership.objects.create(user=both, role=Role.AUDITOR, organiser=OrganiserFactory())
    client.force_login(both)

    with django_assert_num_queries(5):
        client.get("/phuong-phap/")


def test_what_is_seen_in_any_role_is_written_in_one(file: Assessment) -> None:
    """The unit's library: seen in any role, kept by its officer."""
    user = give(someone(Role.UNIT_OFFICER, file), Role.UNIT_HEAD, file)
    officer = acting_as(user, Role.UNIT_OFFICER, file.unit_id)
    head = acting_as(user, Role.UNIT_HEAD, file.unit_id)

    assert can_view_library(head, file.unit)
    assert can_keep_library(officer, file.unit)
    with pytest.raises(NotPermitted, match="chuyển sang vai trò .* · Cán bộ đơn vị ở đầu trang"):
        check_keep_library(head, file.unit)


def test_publishing_goes_by_the_acting_role(file: Assessment) -> None:
    round = file.group.round
    user = give(someone(Role.PUBLISHER, file), Role.AUDITOR, file)

    check_publish(acting_as(user, Role.PUBLISHER, round.organiser_id), round)
    with pytest.raises(NotPermitted, match="chuyển sang vai trò .* · Cơ quan chủ trì, công bố ở đầu trang"):
        check_publish(acting_as(user, Role.AUDITOR, round.organiser_id), round)


def test_a_framework_manager_of_two_organisers_acts_for_both(file: Assessment) -> None:
    second = OrganiserFactory()
    user = give(someone(Role.FRAMEWORK_MANAGER, file), Role.PUBLISHER, file)
    Membership.objects.create(user=user, role=Role.FRAMEWORK_MANAGER, organiser=second)

    person = acting_as(user, Role.FRAMEWORK_MANAGER, second.pk)

    assert set(issuers_managed(person)) == {second.pk, file.group.round.organiser_id}
