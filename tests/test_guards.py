"""The database itself refuses to change what may never change."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from assessments.models import Publication
from assessments.publication import publish, withdraw
from assessments.workflow import conclude
from criteria.editing import add
from criteria.workflow import activate
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


# Every table of the tree, every kind of change, in plain SQL.
IN_FORCE = [
    "UPDATE criteria_criterion SET max_points = 1",
    "UPDATE criteria_criterion SET title = 'khác'",
    "UPDATE criteria_criterion SET rule_kind = 'yes_no', rule_parameters = '{}'",
    "UPDATE criteria_criterion SET source = 'survey', not_applicable_mode = 'full_points'",
    "DELETE FROM criteria_criterion WHERE is_leaf",
    "INSERT INTO criteria_criterion (framework_id, position, code, printed_code, level, title, is_leaf,"
    " is_survey_block, max_points, unallocated, source, standing, rule_kind, rule_parameters,"
    " not_applicable_mode, evidence_required, lead, supporting, guidance, evidence, extra, lineage)"
    " SELECT framework_id, 99, '99', '', 1, title, is_leaf, is_survey_block, max_points, unallocated,"
    " source, standing, rule_kind, rule_parameters, not_applicable_mode, evidence_required, lead,"
    " supporting, guidance, evidence, extra, lineage FROM criteria_criterion WHERE code = '1'",
    "UPDATE criteria_problem SET message = 'khác'",
    "UPDATE criteria_problem SET resolution = 'unallocated'",
    "DELETE FROM criteria_problem",
    "INSERT INTO criteria_problem (framework_id, position, kind, severity, code, sheet, cell, message,"
    " resolution, resolved_reason, resolved_by)"
    " SELECT id, 99, 'skipped_row', 'info', '', '', '', 'x', '', '', '' FROM criteria_framework",
    "UPDATE criteria_draftstep SET what = 'khác'",
    "DELETE FROM criteria_draftstep",
    "INSERT INTO criteria_draftstep (framework_id, at, by_name, what, tree)"
    " SELECT framework_id, at, by_name, what, tree FROM criteria_draftstep",
    "UPDATE criteria_framework SET title = 'khác'",
    "UPDATE criteria_framework SET unallocated = 1",
    "UPDATE criteria_framework SET state = 'draft'",
    "UPDATE criteria_framework SET bonus_cap = 5000000",
    "DELETE FROM criteria_framework",
    "INSERT INTO criteria_framework (decision_id, unit_type_id, version, title, state, unallocated,"
    " file_name, sheet, created_at, activated_at, activated_by)"
    " SELECT decision_id, unit_type_id, 2, title, state, unallocated, file_name, sheet, created_at,"
    " activated_at, activated_by FROM criteria_framework",
    "UPDATE criteria_decision SET number = 'khác'",
    "UPDATE criteria_decision SET title = 'khác'",
    "UPDATE criteria_decision SET issued = '2020-01-01'",
    "DELETE FROM criteria_decision",
]


@pytest.mark.parametrize("sql", IN_FORCE)
@pytest.mark.parametrize("state", ["in_force", "retired"])
def test_nothing_of_a_framework_in_force_or_retired_can_be_changed(sql: str, state: str) -> None:
    framework = FrameworkFactory()
    grow(framework, {"1": "5"})
    add(framework, parent=None, title="Thêm", points=Decimal(1), by=COMMAND_LINE)
    framework.problems.create(position=1, kind="skipped_row", severity="info", message="Dòng 3")
    activate(framework, by=COMMAND_LINE)
    allowed(f"UPDATE criteria_framework SET state = '{state}'")  # noqa: S608 - one of two words

    assert "immutable" in refused(sql)


def test_no_criterion_can_be_added_to_a_framework_in_force() -> None:
    framework = FrameworkInForceFactory()

    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        grow(framework, {"9": "1"})


def test_a_draft_can_be_changed() -> None:
    grow(FrameworkFactory(), {"1": "5"})

    allowed("UPDATE criteria_criterion SET title = 'khác'")
    allowed("UPDATE criteria_framework SET title = 'khác'")
    allowed("UPDATE criteria_decision SET title = 'khác'")


def test_a_framework_in_force_can_retire() -> None:
    FrameworkInForceFactory()

    allowed("UPDATE criteria_framework SET state = 'retired'")


@pytest.mark.parametrize("state", ["in_force", "draft"])
def test_a_retired_framework_stays_retired(state: str) -> None:
    FrameworkInForceFactory()
    allowed("UPDATE criteria_framework SET state = 'retired'")

    assert "immutable" in refused(f"UPDATE criteria_framework SET state = '{state}'")  # noqa: S608 - one of two words


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
