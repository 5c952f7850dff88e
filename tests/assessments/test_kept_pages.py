"""Published pages are rendered once and kept; nothing that may change is."""

import datetime as dt

import pytest
from django.test import Client

from assessments.models import Assessment
from assessments.publication import publish, withdraw
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from parindex.audit.events import COMMAND_LINE
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, score

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}


@pytest.fixture
def file() -> Assessment:
    assessment = AssessmentFactory()
    score(assessment, ALL)
    conclude(assessment.group, by=COMMAND_LINE)
    announce(assessment)
    return assessment


def announce(assessment: Assessment, reason: str = "") -> None:
    publish(
        assessment.group.round,
        decision_number="1/QĐ-UBND",
        signed=dt.date(2025, 3, 30),
        signer="Chủ tịch",
        reason=reason,
        by=COMMAND_LINE,
    )


def pages(assessment: Assessment) -> tuple[str, str]:
    base = f"/dot/{assessment.group.round.code}/{assessment.group.code}/"
    return base, f"{base}{assessment.unit_code}/"


def test_a_kept_page_reads_the_same_and_asks_less_of_the_database(
    client: Client, file: Assessment, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for address in pages(file):
        first = client.get(address).content
        with django_assert_max_num_queries(4):
            again = client.get(address).content
        assert again == first


def test_a_corrected_publication_shows_at_once(client: Client, file: Assessment) -> None:
    ranking, unit = pages(file)
    assert "92,50" in client.get(ranking).content.decode()
    file.scores.filter(criterion__code="1.2", track="conclusion").update(points=4, obtained=4)
    announce(file, reason="Đính chính điểm mục 1.2")

    assert "97,50" in client.get(ranking).content.decode()
    assert "97,50" in client.get(unit).content.decode()


def test_a_withdrawn_publication_is_gone_at_once(client: Client, file: Assessment) -> None:
    statuses = [client.get(address).status_code for address in pages(file)]
    withdraw(file.group.round.publications.get(), reason="Sai số liệu", by=COMMAND_LINE)

    assert statuses == [200, 200]
    assert [client.get(address).status_code for address in pages(file)] == [410, 410]


def test_what_staff_see_is_not_kept_for_visitors(client: Client, file: Assessment) -> None:
    ranking, _ = pages(file)
    publisher = UserFactory()
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=file.group.round.organiser)
    client.force_login(publisher)
    assert "ban=du-kien" in client.get(ranking).content.decode()
    client.logout()

    assert "ban=du-kien" not in client.get(ranking).content.decode()


def test_words_a_visitor_adds_to_an_address_are_not_kept_for_others(client: Client, file: Assessment) -> None:
    ranking, unit = pages(file)
    client.get(f"{ranking}?nguon=quang-cao")
    client.get(f"{unit}?mo=quang-cao")

    assert "quang-cao" not in client.get(ranking).content.decode()
    assert "quang-cao" not in client.get(unit).content.decode()


def test_a_provisional_page_is_never_kept(client: Client, file: Assessment) -> None:
    publisher = UserFactory()
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=file.group.round.organiser)
    client.force_login(publisher)
    address = f"{pages(file)[0]}?ban=du-kien"
    assert "92,50" in client.get(address).content.decode()
    file.scores.filter(criterion__code="1.2", track="conclusion").update(points=4, obtained=4)

    assert "97,50" in client.get(address).content.decode()
