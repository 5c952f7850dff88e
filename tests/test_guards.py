"""The database itself refuses to change what may never change."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from assessments.models import Publication
from assessments.publication import publish, withdraw
from assessments.workflow import conclude
from parindex.audit.events import COMMAND_LINE, record
from tests.factories.assessments import AssessmentFactory, score
from tests.factories.criteria import FrameworkFactory, FrameworkInForceFactory, grow

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}


def refused(sql: str) -> str:
    """The database's words when it refuses a statement."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refusal.value)


def allowed(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def published() -> Publication:
    assessment = AssessmentFactory()
    score(assessment, ALL)
    conclude(assessment.group, by=COMMAND_LINE)
    return publish(
        assessment.group.round,
        decision_number="1/QĐ-UBND",
        signed=dt.date(2025, 3, 30),
        signer="Chủ tịch",
        by=COMMAND_LINE,
    )


@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_event SET actor_name = 'ai khác'", "DELETE FROM audit_event"],
)
def test_an_audit_event_cannot_be_changed_or_deleted(sql: str) -> None:
    record(by=COMMAND_LINE, verb="thử", on=FrameworkFactory())

    assert "append-only" in refused(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE criteria_criterion SET max_points = 1",
        "UPDATE criteria_criterion SET title = 'khác'",
        "DELETE FROM criteria_criterion WHERE is_leaf",
        "UPDATE criteria_framework SET title = 'khác'",
        "UPDATE criteria_framework SET state = 'draft'",
        "UPDATE criteria_framework SET bonus_cap = 5000000",
        "DELETE FROM criteria_framework",
    ],
)
def test_a_framework_in_force_cannot_be_changed(sql: str) -> None:
    FrameworkInForceFactory()

    assert "immutable" in refused(sql)


def test_no_criterion_can_be_added_to_a_framework_in_force() -> None:
    framework = FrameworkInForceFactory()

    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        grow(framework, {"9": "1"})


def test_a_draft_can_be_changed() -> None:
    grow(FrameworkFactory(), {"1": "5"})

    allowed("UPDATE criteria_criterion SET title = 'khác'")
    allowed("UPDATE criteria_framework SET title = 'khác'")


def test_a_framework_in_force_can_retire() -> None:
    FrameworkInForceFactory()

    allowed("UPDATE criteria_framework SET state = 'retired'")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE assessments_publishedunit SET unit_name = 'khác'",
        "UPDATE assessments_publishedunit SET scorecard = '{}'",
        "DELETE FROM assessments_publishedunit",
        "UPDATE assessments_publishedgroup SET mean_index = 1",
        "DELETE FROM assessments_publishedgroup",
        "UPDATE assessments_publication SET signer = 'khác'",
        "UPDATE assessments_publication SET digest = 'khác'",
        "UPDATE assessments_publication SET manifest = '{}'",
        "DELETE FROM assessments_publication",
    ],
)
def test_a_publication_cannot_be_changed_or_deleted(sql: str) -> None:
    published()

    assert "never changes" in refused(sql)


def test_a_withdrawn_publication_cannot_come_back() -> None:
    publication = published()
    withdraw(publication, reason="Sai số liệu", by=COMMAND_LINE)

    again = "state = 'current', ended_at = NULL, ended_by = '', end_reason = ''"

    assert refused(f"UPDATE assessments_publication SET {again}")  # noqa: S608 - a constant
