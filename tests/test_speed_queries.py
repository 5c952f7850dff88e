"""How many queries each read and page asks: a literal number, the same for few rows and for many."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.models import Group, Publication, Round
from assessments.publication import publish
from assessments.scorecard import rank_group
from assessments.workflow import conclude
from parindex.audit.events import COMMAND_LINE
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

WORKBOOK = Path(settings.BASE_DIR) / "fixtures" / "phong-tho-2023.xlsx"
sizes = pytest.mark.parametrize("size", [3, 30])


def scored_group(size: int) -> Group:
    """A group of this size in which every leaf has points."""
    group = GroupFactory(size=size)
    for assessment in group.assessments.all():
        score(assessment, {"1.1.1": "4", "1.1.2": "1", "1.2": "4", "2.1": "6", "2.2": "3"})
    return group


def published(group: Group) -> Publication:
    """The publication of the group's round."""
    conclude(group, by=COMMAND_LINE)
    return publish(
        group.round,
        decision_number="123/QĐ-UBND",
        signed=dt.date(2025, 3, 28),
        signer="Người ký mẫu",
        by=COMMAND_LINE,
    )


def live(group: Group) -> Group:
    """The group as a page loads it."""
    return Group.objects.select_related("framework").get(pk=group.pk)


def test_reading_a_workbook_of_114_rows(django_assert_num_queries, capsys) -> None:
    organiser, unit_type = OrganiserFactory(), UnitTypeFactory()
    # SQLite takes fewer values in one statement, so the criteria go in with two more.
    queries = {"sqlite": 21, "postgresql": 19}[connection.vendor]

    with django_assert_num_queries(queries):
        call_command(
            "import_framework",
            str(WORKBOOK),
            decision="1/QĐ-UBND",
            issued=dt.date(2024, 1, 5),
            issuer=organiser.name,
            unit_type=unit_type.code,
            json=True,
        )


@sizes
def test_ranking_a_group(django_assert_num_queries, size) -> None:
    group = live(scored_group(size))

    with django_assert_num_queries(4):
        result = rank_group(group)

    assert len(result.units) == size


@sizes
def test_the_published_ranking_page(client: Client, django_assert_num_queries, size) -> None:
    group = scored_group(size)
    published(group)
    address = reverse("assessments:ranking", args=[group.round.code, group.code])

    with django_assert_num_queries(6):
        response = client.get(address)

    assert response.status_code == 200


@sizes
def test_a_published_unit_page(client: Client, django_assert_num_queries, size) -> None:
    group = scored_group(size)
    published(group)
    unit = group.assessments.order_by("pk").first()
    address = reverse("assessments:unit", args=[group.round.code, group.code, unit.unit_code])

    with django_assert_num_queries(5):
        response = client.get(address)

    assert response.status_code == 200


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_list_of_rounds(client: Client, django_assert_num_queries, rounds) -> None:
    for _ in range(rounds):
        published(scored_group(3))

    with django_assert_num_queries(4):
        response = client.get(reverse("assessments:rounds"))

    assert response.content.decode().count('class="groups__item"') == Round.objects.count() == rounds


@pytest.mark.parametrize("frameworks", [1, 3])
def test_the_list_of_frameworks(client: Client, django_assert_num_queries, frameworks) -> None:
    for _ in range(frameworks):
        FrameworkInForceFactory()

    with django_assert_num_queries(3):
        response = client.get(reverse("criteria:frameworks"))

    assert response.status_code == 200


@pytest.mark.parametrize("leaves", [3, 30])
def test_the_page_of_a_framework(client: Client, django_assert_num_queries, leaves) -> None:
    framework = FrameworkInForceFactory(rows={f"1.{place}": "1" for place in range(1, leaves + 1)})

    with django_assert_num_queries(5):
        response = client.get(reverse("criteria:framework", args=[framework.pk]))

    assert response.status_code == 200
