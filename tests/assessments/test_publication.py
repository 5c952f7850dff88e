"""Publishing, superseding, withdrawing and verifying."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from assessments.enums import PublicationState
from assessments.exceptions import AssessmentError, StillProvisional
from assessments.models import Assessment, Publication, Score
from assessments.publication import broken_rows, changed_since, publish, withdraw
from assessments.workflow import conclude
from parindex.audit.events import Actor
from parindex.audit.models import Event
from tests.commandline import done, run
from tests.factories.assessments import AssessmentFactory, GroupFactory, score

pytestmark = pytest.mark.django_db

PUBLISHER = Actor(id=7, name="Phạm Lan Anh")
ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}


def announce(assessment: Assessment, reason: str = "") -> Publication:
    return publish(
        assessment.group.round,
        decision_number="12/QĐ-UBND",
        signed=dt.date(2025, 3, 30),
        signer="Chủ tịch UBND",
        reason=reason,
        by=PUBLISHER,
    )


def finished() -> Assessment:
    assessment = AssessmentFactory()
    score(assessment, ALL)
    conclude(assessment.group, by=PUBLISHER)
    return assessment


def test_a_publication_freezes_the_row_and_every_leaf() -> None:
    publication = announce(finished())

    (unit,) = publication.groups.get().units.all()
    assert (unit.row["obtained"], unit.row["attainable"], unit.row["index"]) == ("18.5", "20", "92.5")
    assert (unit.row["appraised"], unit.row["survey"]) == ("15", "3.5")
    assert (unit.row["rank"], unit.row["class"], unit.row["step"]) == (1, "Xuất sắc", 1)
    assert unit.scorecard["nodes"]["1"] == ["9", "10"]
    assert unit.scorecard["leaves"]["1.2"]["conclusion"]["points"] == "3"


def test_publishing_leaves_an_event_in_the_publishers_name() -> None:
    publication = announce(finished())

    event = Event.objects.get(verb="công bố kết quả")
    assert (event.actor_id, event.actor_name, event.object_id) == (7, "Phạm Lan Anh", publication.pk)
    assert event.after["digest"] == publication.digest


def test_nothing_is_published_while_a_leaf_has_no_points() -> None:
    assessment = AssessmentFactory()
    score(assessment, {code: points for code, points in ALL.items() if code != "1.2"})

    with pytest.raises(StillProvisional, match="1 mục chưa có điểm"):
        announce(assessment)

    assert not Publication.objects.exists()


def test_nothing_is_published_before_the_conclusion() -> None:
    assessment = AssessmentFactory()
    score(assessment, ALL)

    with pytest.raises(StillProvisional, match="chưa kết luận"):
        announce(assessment)


def test_later_changes_of_rows_do_not_touch_a_publication_and_are_found_by_verifying() -> None:
    assessment = finished()
    publication = announce(assessment)
    Score.objects.filter(criterion__code="1.2", track="conclusion").update(
        points=Decimal(4), obtained=Decimal(4)
    )

    assert publication.groups.get().units.get().row["obtained"] == "18.5"
    assert broken_rows(publication) == []
    assert changed_since(publication) == [f"Các phường: {assessment.unit_name}"]


def test_a_second_publication_needs_a_reason_and_supersedes_the_first() -> None:
    assessment = finished()
    first = announce(assessment)

    with pytest.raises(AssessmentError, match="lý do"):
        announce(assessment)
    second = announce(assessment, reason="Đính chính tên đơn vị")

    first.refresh_from_db()
    assert (first.state, first.superseded_by, first.end_reason) == (
        PublicationState.SUPERSEDED,
        second,
        "Đính chính tên đơn vị",
    )
    assert second.state == PublicationState.CURRENT


def test_withdrawing_needs_a_reason_and_happens_once() -> None:
    publication = announce(finished())

    with pytest.raises(AssessmentError, match="lý do"):
        withdraw(publication, reason=" ", by=PUBLISHER)
    withdraw(publication, reason="Sai số liệu khảo sát", by=PUBLISHER)

    publication.refresh_from_db()
    assert publication.state == PublicationState.WITHDRAWN
    with pytest.raises(AssessmentError, match="không còn hiệu lực"):
        withdraw(publication, reason="Lần nữa", by=PUBLISHER)


def test_verify_publication_finds_a_row_changed_behind_the_guards() -> None:
    publication = announce(finished())
    table = "assessments_publishedunit"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER guard_{table}_update")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER guard_{table}_update")
    unit = publication.groups.get().units.get()
    unit.row["obtained"] = "20"
    unit.save()

    code, answer = run("verify_publication", publication.pk)

    assert code == 1
    assert answer["intact"] is False
    assert answer["publications"][0]["broken"] == [f"Các phường: {unit.unit_code}"]


def test_verify_publication_finds_nothing_in_a_sound_one() -> None:
    publication = announce(finished())

    answer = done("verify_publication")

    assert answer["intact"] is True
    assert answer["publications"][0]["publication"] == publication.pk
    assert answer["publications"][0]["changed_since"] == []


@pytest.mark.parametrize("size", [3, 30])
def test_publishing_takes_the_same_number_of_queries_for_3_and_30_units(
    size: int, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    group = GroupFactory(size=size)
    for assessment in group.assessments.all():
        score(assessment, ALL)
    conclude(group, by=PUBLISHER)

    with django_assert_num_queries(28):
        publish(group.round, decision_number="1", signed=dt.date(2025, 3, 1), signer="Chủ tịch", by=PUBLISHER)
