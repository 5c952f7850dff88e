"""Who sees what before and after publication: the right person, the wrong role, another organiser, nobody."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from assessments.models import Assessment
from assessments.permissions import can_see_provisional
from assessments.publication import publish, withdraw
from assessments.visibility import visible_rounds
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import COMMAND_LINE
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, score

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}
SECRET = "Lý do chưa công bố"


def unpublished() -> Assessment:
    """A concluded file with something in it that could leak."""
    assessment = AssessmentFactory()
    score(assessment, ALL)
    conclude(assessment.group, by=COMMAND_LINE)
    assessment.scores.filter(criterion__code="1.2").update(reason=SECRET)
    return assessment


def staff(role: Role, place: Organiser | Unit, **dates: dt.date) -> User:
    user = UserFactory()
    where = {"unit": place} if isinstance(place, Unit) else {"organiser": place}
    Membership.objects.create(user=user, role=role, **where, **dates)
    return user


def addresses(assessment: Assessment) -> list[str]:
    group, round = assessment.group, assessment.group.round
    base = f"/dot/{round.code}/"
    return [
        base,
        f"{base}doi-chieu/",
        f"{base}{group.code}/",
        f"{base}{group.code}/?ban=du-kien",
        f"{base}{group.code}/xep-hang.pdf",
        f"{base}{group.code}/xep-hang.xlsx",
        f"{base}{group.code}/{assessment.unit_code}/",
        f"{base}{group.code}/{assessment.unit_code}/?ban=du-kien",
        f"{base}{group.code}/{assessment.unit_code}/phieu.pdf",
        f"/api/v1/rounds/{round.code}/",
        f"/api/v1/rounds/{round.code}/groups/{group.code}/ranking/",
        f"/api/v1/rounds/{round.code}/groups/{group.code}/units/{assessment.unit_code}/",
    ]


def announce(assessment: Assessment) -> None:
    publish(
        assessment.group.round,
        decision_number="1/QĐ-UBND",
        signed=dt.date(2025, 3, 30),
        signer="Chủ tịch",
        by=COMMAND_LINE,
    )


def test_a_visitor_finds_nothing_of_an_unpublished_round(client: Client) -> None:
    assessment = unpublished()

    answers = {address: client.get(address) for address in addresses(assessment)}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert assessment.group.round.title not in client.get("/").content.decode()


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_a_units_own_people_do_not_see_a_ranking_before_publication(client: Client, role: Role) -> None:
    assessment = unpublished()
    client.force_login(staff(role, assessment.unit))

    assert {client.get(address).status_code for address in addresses(assessment)} == {404}


@pytest.mark.parametrize("role", [Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR])
def test_roles_without_scores_do_not_see_a_ranking_before_publication(client: Client, role: Role) -> None:
    assessment = unpublished()
    client.force_login(staff(role, assessment.group.round.organiser))

    assert {client.get(address).status_code for address in addresses(assessment)} == {404}


def test_another_organisers_publisher_sees_nothing(client: Client) -> None:
    assessment = unpublished()
    client.force_login(staff(Role.PUBLISHER, OrganiserFactory()))

    assert {client.get(address).status_code for address in addresses(assessment)} == {404}
    assert assessment.group.round.title not in client.get("/").content.decode()


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_the_organisers_publisher_and_auditor_see_the_provisional_ranking(client: Client, role: Role) -> None:
    assessment = unpublished()
    client.force_login(staff(role, assessment.group.round.organiser))
    pages = [address for address in addresses(assessment) if not address.startswith("/api/")]

    assert {client.get(address).status_code for address in pages} == {200}
    page = client.get(f"/dot/{assessment.group.round.code}/{assessment.group.code}/{assessment.unit_code}/")
    assert SECRET in page.content.decode()


def test_the_data_interface_shows_no_unpublished_round_even_to_its_publisher(client: Client) -> None:
    assessment = unpublished()
    client.force_login(staff(Role.PUBLISHER, assessment.group.round.organiser))

    found = {
        client.get(address).status_code for address in addresses(assessment) if address.startswith("/api/")
    }

    assert found == {404}


def test_a_membership_that_has_ended_opens_nothing(client: Client) -> None:
    assessment = unpublished()
    client.force_login(staff(Role.PUBLISHER, assessment.group.round.organiser, valid_to=dt.date(2020, 1, 1)))

    assert {client.get(address).status_code for address in addresses(assessment)} == {404}


def test_everybody_sees_a_published_round_but_not_its_provisional_state(client: Client) -> None:
    assessment = unpublished()
    announce(assessment)
    live = [address for address in addresses(assessment) if "du-kien" in address]
    public = [address for address in addresses(assessment) if "du-kien" not in address]

    assert {client.get(address).status_code for address in public} == {200}
    assert {client.get(address).status_code for address in live} == {403}
    assert "Xếp hạng dự kiến chỉ dành cho" in client.get(live[0]).content.decode()


def test_scores_changed_after_publication_do_not_show_to_visitors(client: Client) -> None:
    assessment = unpublished()
    announce(assessment)
    assessment.scores.filter(criterion__code="1.2").update(reason="Sửa sau công bố", points=0, obtained=0)

    page = client.get(f"/dot/{assessment.group.round.code}/{assessment.group.code}/{assessment.unit_code}/")

    assert "92,50" in page.content.decode()
    assert "Sửa sau công bố" not in page.content.decode()


def test_a_withdrawn_publication_is_no_longer_public(client: Client) -> None:
    assessment = unpublished()
    announce(assessment)
    withdraw(assessment.group.round.publications.get(), reason="Sai số liệu", by=COMMAND_LINE)

    answers = [client.get(address) for address in addresses(assessment)]
    # Pages say that the results were withdrawn; documents and data are not found.
    assert {answer.status_code for answer in answers} == {404, 410}
    assert not any("92,50" in answer.content.decode() for answer in answers)


def test_permission_pairs_agree_for_visitors() -> None:
    assessment = unpublished()

    assert can_see_provisional(AnonymousUser(), assessment.group.round) is False
    assert list(visible_rounds(AnonymousUser())) == []
