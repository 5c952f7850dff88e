"""Many people write at once: nothing fails, nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from assessments.enums import Track
from assessments.models import Assessment, Group, Score
from assessments.words import Word
from assessments.workflow import record_words
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from parindex.audit.events import Actor
from parindex.audit.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, score
from tests.factories.criteria import FrameworkInForceFactory

WRITERS = 20
WRITES = 5
STEP = Decimal("0.01")
LEAVES = [f"1.{number}" for number in range(1, WRITERS + 1)]


def start_at_zero():
    """One file with a leaf for each writer, all of them scored 0."""
    assessment = AssessmentFactory(group__framework=FrameworkInForceFactory(rows=dict.fromkeys(LEAVES, "1")))
    score(assessment, dict.fromkeys(LEAVES, "0"))
    return assessment


def add_step(pk, code, name, *, lock):
    """Read a score, add to it and write it back with its event, in one transaction."""
    with transaction.atomic():
        files = Assessment.objects.select_for_update() if lock else Assessment.objects
        assessment = files.get(pk=pk)
        held = assessment.scores.select_related("criterion").get(track=Track.CONCLUSION, criterion__code=code)
        word = Word(assessment=assessment, criterion=held.criterion, points=held.points + STEP)
        group = Group.objects.get(pk=assessment.group_id)
        record_words(group, [word], track=Track.CONCLUSION, by=Actor(id=None, name=name), because="Cộng thêm")


def write_all_at_once(pk, codes, *, lock):
    """Let every writer write to its leaf, all starting together; return what went wrong."""
    barrier = threading.Barrier(WRITERS)

    def write(number, code):
        try:
            barrier.wait()
            for _ in range(WRITES):
                add_step(pk, code, f"Người ghi {number}", lock=lock)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as people:
        work = [people.submit(write, number, code) for number, code in enumerate(codes)]
    return [done.exception() for done in work if done.exception()]


def events_of(number):
    return Event.objects.filter(actor_name=f"Người ghi {number}").order_by("pk")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_writers_on_leaves_of_their_own_lose_nothing():
    assessment = start_at_zero()

    errors = write_all_at_once(assessment.pk, LEAVES, lock=False)

    assert errors == []
    for number, code in enumerate(LEAVES):
        written = Score.objects.get(criterion__code=code)
        assert (written.points, written.obtained, written.version) == (Decimal("0.05"), Decimal("0.05"), 6)
        told = [(event.before[code], event.after[code]) for event in events_of(number)]
        assert told == [
            ("0", "0.01"),
            ("0.01", "0.02"),
            ("0.02", "0.03"),
            ("0.03", "0.04"),
            ("0.04", "0.05"),
        ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_writers_on_one_leaf_lose_nothing():
    assessment = start_at_zero()

    errors = write_all_at_once(assessment.pk, ["1.1"] * WRITERS, lock=True)

    assert errors == []
    written = Score.objects.get(criterion__code="1.1")
    assert (written.points, written.obtained, written.version) == (Decimal(1), Decimal(1), 101)
    assert [events_of(number).count() for number in range(WRITERS)] == [5] * WRITERS
    told = Event.objects.filter(actor_name__startswith="Người ghi").values_list("after", flat=True)
    assert sorted(Decimal(after["1.1"]) for after in told) == [STEP * count for count in range(1, 101)]


OFFICERS = 8
SAVES = 3


def save_over_http_at_once(file, codes):
    """Let eight officers of one unit save a row each over HTTP, again and again; the answers' statuses."""
    where = (file.group.round.code, file.group.code, file.unit_code, "1")
    leaves = {leaf.code: leaf for leaf in file.group.framework.criteria.filter(is_leaf=True)}
    barrier = threading.Barrier(len(codes))
    browsers = [Client() for _ in codes]
    for browser in browsers:
        person = UserFactory()
        Membership.objects.create(user=person, role=Role.UNIT_OFFICER, unit=file.unit)
        browser.force_login(person)

    def save(browser, code):
        prefix, address = f"m{leaves[code].pk}", reverse("assessments:save_row", args=[*where, code])
        try:
            barrier.wait()
            return [
                browser.post(
                    address, {f"{prefix}-version": version, f"{prefix}-points": f"0,{version}"}
                ).status_code
                for version in range(SAVES)
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(codes)) as people:
        return list(people.map(save, browsers, codes))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_officers_of_one_unit_save_their_rows_at_once_and_lose_nothing():
    file = AssessmentFactory(group__framework=FrameworkInForceFactory(rows=dict.fromkeys(LEAVES, "1")))

    answers = save_over_http_at_once(file, LEAVES[:OFFICERS])

    assert answers == [[200] * SAVES] * OFFICERS
    own = file.scores.filter(track=Track.SELF).order_by("criterion__position")
    assert [(score.points, score.version) for score in own] == [(Decimal("0.2"), SAVES)] * OFFICERS
    for code in LEAVES[:OFFICERS]:
        told = Event.objects.filter(after__has_key=code, verb="ghi điểm: Tự chấm").order_by("pk")
        assert [(event.before[code], event.after[code]) for event in told] == [
            (None, "0"),
            ("0", "0.1"),
            ("0.1", "0.2"),
        ]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_officers_who_save_one_row_at_once_one_is_first_and_the_others_are_told():
    file = AssessmentFactory(group__framework=FrameworkInForceFactory(rows=dict.fromkeys(LEAVES, "1")))

    answers = save_over_http_at_once(file, ["1.1"] * OFFICERS)

    for version in range(SAVES):
        assert sorted(one[version] for one in answers) == [200] + [409] * (OFFICERS - 1)
    written = file.scores.get(track=Track.SELF)
    assert (written.points, written.version) == (Decimal("0.2"), SAVES)
    assert Event.objects.filter(verb="ghi điểm: Tự chấm").count() == SAVES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "after a flush"])
def test_guards_are_there_before_and_after_a_flush(time):
    FrameworkInForceFactory()

    assert Event.objects.count() == 1
    with pytest.raises(DatabaseError, match="audit event"):
        Event.objects.all().delete()
