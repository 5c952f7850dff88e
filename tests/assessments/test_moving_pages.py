"""Moving a group to another version in the browser: who, the preview, confirming, the list, what was kept."""

import datetime as dt
import io
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from assessments.enums import DocumentState, RoundDuty, Track
from assessments.models import Group, MoveJob, SetAside
from assessments.workflow import conclude
from assessments.workflow.moving_job import move_asked
from criteria.models import Framework
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.people import someone
from tests.assessments.test_moving import ALL, group_of, publisher
from tests.assessments.versions import Rows, moved, next_version, put
from tests.bench.population import populate
from tests.factories.accounts import UserFactory
from tests.factories.assessments import GroupFactory, score

pytestmark = pytest.mark.django_db


def address(group: Group, page: str = "") -> str:
    return f"/dot/{group.round.code}/thiet-lap/nhom/{group.code}/phien-ban/{page}"


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def lower(rows: Rows) -> None:
    put(rows["1.1.1"], max_points=Decimal(3))


def ready(size: int = 2) -> tuple[Group, Framework]:
    """A group with self-scores, and the next version, in which 1.1.1 is worth less."""
    group = group_of(size=size)
    return group, next_version(group.used_framework, lower)


def seen(client: Client, group: Group) -> str:
    """The mark of the preview as its form sends it."""
    form = client.get(address(group)).context["form"]
    return str(form["seen"].value())


def test_the_publisher_reads_what_changes_for_each_unit(client: Client) -> None:
    group, to = ready()
    client.force_login(publisher(group))

    page = text(client.get(address(group)))

    for file in group.assessments.all():
        assert f"<h3>{file.unit_name}</h3>" in page
    assert str(to) in page
    assert "4 / 4" in page
    assert "lớn hơn điểm tối đa 3 của mục 1.1.1" in page
    assert "Đổi điểm tối đa" in page
    group.refresh_from_db()
    assert group.framework != to


def test_the_move_is_confirmed_with_a_reason(client: Client) -> None:
    group, to = ready()
    client.force_login(publisher(group))

    answer = client.post(
        address(group), {"seen": seen(client, group), "reason": "Quyết định mới"}, follow=True
    )

    group.refresh_from_db()
    assert group.framework == to
    assert "Đã chuyển nhóm" in text(answer)
    assert "phải ghi lại 2" in text(answer)
    assert "de-rieng/" in text(answer)


def test_without_a_reason_nothing_is_moved_and_the_preview_is_there(client: Client) -> None:
    group, to = ready()
    client.force_login(publisher(group))

    answer = client.post(address(group), {"seen": seen(client, group), "reason": " "})

    assert answer.status_code == 422
    assert "Ghi lý do chuyển phiên bản." in text(answer)
    group.refresh_from_db()
    assert group.framework != to


def test_a_preview_that_is_no_longer_true_is_shown_anew(client: Client) -> None:
    group, to = ready()
    client.force_login(publisher(group))
    old = seen(client, group)
    score(group.assessments.all()[0], {"1.1.1": "2"}, track=Track.SELF)

    answer = client.post(address(group), {"seen": old, "reason": "Quyết định mới"})

    assert answer.status_code == 409
    assert "vừa thay đổi sau khi lập bản xem trước" in text(answer)
    assert "Quyết định mới" in text(answer)
    again = answer.context["form"]["seen"].value()
    assert client.post(address(group), {"seen": again, "reason": "Quyết định mới"}).status_code == 302
    group.refresh_from_db()
    assert group.framework == to


def test_a_version_is_chosen_where_there_are_several(client: Client) -> None:
    group, to = ready()
    old = Framework.objects.get(pk=group.framework_id)
    later = Framework.objects.create(
        decision=GroupFactory(size=1).used_framework.decision,
        unit_type=old.unit_type,
        version=9,
        title="Bộ khác",
    )
    client.force_login(publisher(group))

    assert client.get(address(group), {"den": later.pk}).status_code == 404
    assert client.get(address(group), {"den": to.pk}).context["plan"].to == to


def test_a_group_without_a_later_version_says_so(client: Client) -> None:
    group = group_of()
    client.force_login(publisher(group))

    assert "Chưa có phiên bản nào mới hơn" in text(client.get(address(group)))


def test_the_settings_of_the_group_lead_there(client: Client) -> None:
    group, _ = ready()
    client.force_login(publisher(group))

    page = text(client.get(f"/dot/{group.round.code}/thiet-lap/nhom/{group.code}/"))

    assert address(group) in page


def test_all_changes_are_taken_away_as_a_workbook(client: Client) -> None:
    group, _ = ready(size=30)
    client.force_login(publisher(group))

    answer = client.get(address(group, "tai-ve/"))

    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(rows) == 2 + 30
    assert rows[2][2:8] == ("1.1.1", "Tiêu chí 1.1.1", "Điểm tự chấm", "Phải ghi lại", "4 / 4", "chưa ghi")


def test_what_was_set_aside_is_found_again(client: Client) -> None:
    group, to = ready()
    by = publisher(group)
    moved(group, to, by)
    client.force_login(by)

    page = text(client.get(address(group, "de-rieng/")))

    assert SetAside.objects.count() == 2
    assert page.count("4 điểm") == 2
    assert by.actor.name in page


@pytest.mark.parametrize("page", ["", "tai-ve/", "de-rieng/"])
def test_nobody_else_opens_the_pages(client: Client, page: str) -> None:
    group, _ = ready()
    file = group.assessments.all()[0]
    assert client.get(address(group, page)).status_code == 302
    others = [someone(role, file) for role in (Role.UNIT_OFFICER, Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR)]
    others += [someone(RoundDuty.COUNCIL_SECRETARY, file), UserFactory(), publisher(GroupFactory(size=1))]
    for person in others:
        client.force_login(person)
        assert client.get(address(group, page)).status_code in (403, 404), person


def test_the_auditor_reads_what_was_set_aside_and_moves_nothing(client: Client) -> None:
    group, _ = ready()
    client.force_login(someone(Role.AUDITOR, group.assessments.all()[0]))

    assert client.get(address(group, "de-rieng/")).status_code == 200
    assert client.get(address(group)).status_code == 403
    assert client.post(address(group), {"seen": "", "reason": "x"}).status_code == 403


@pytest.mark.parametrize("size", [3, 30])
def test_the_preview_asks_the_same_for_few_units_and_for_many(client: Client, size: int) -> None:
    group = group_of(size=size)
    for file in group.assessments.all():
        score(file, ALL)
    conclude(group, by=COMMAND_LINE)
    next_version(group.used_framework, lower)
    client.force_login(publisher(group))
    client.get(address(group))

    with CaptureQueriesContext(connection) as asked:
        page = client.get(address(group))

    assert "trở lại “Đang thẩm định”" in text(page)
    assert len(asked) == 23


def test_the_preview_of_hundreds_of_units_is_there_at_once(client: Client) -> None:
    """30,000 scores, each on a leaf that is worth something else now."""
    populate([200])
    group = Group.objects.select_related("framework", "round").get()

    def change(rows: Rows) -> None:
        for row in rows.values():
            if row.is_leaf:
                put(row, max_points=row.max_points / 2)

    next_version(group.used_framework, change)
    client.force_login(publisher(group))
    start = time.process_time()

    page = client.get(address(group))

    assert time.process_time() - start < 1
    assert sum(page.context["counts"][name] for name in ("kept", "recomputed", "opened")) == 30_000


def test_a_large_group_is_moved_by_a_job_whole_or_not_at_all(client: Client, settings: Any) -> None:
    settings.MOVE_INLINE_SCORES = 0
    group, to = ready()
    user = publisher(group)
    client.force_login(user)
    sent = {"seen": seen(client, group), "reason": "Quyết định mới"}

    assert client.post(address(group), sent).status_code == 302
    page = client.get(address(group))
    assert "Đang chờ chuyển nhóm sang" in text(page)
    assert page.headers["Refresh"] == "5"
    assert "Refresh" not in client.get(f"{address(group)}?dung").headers
    assert client.post(address(group), sent).status_code == 409
    first = MoveJob.objects.get()
    # Somebody writes before the worker comes: nothing of it is moved, and the page says why.
    score(group.assessments.all()[0], {"1.1.1": "2"}, track=Track.SELF)
    move_asked.call(first.pk)
    first.refresh_from_db()
    group.refresh_from_db()
    assert (first.state, group.framework == to) == (DocumentState.FAILED, False)
    assert not SetAside.objects.exists()
    page = client.get(address(group))
    assert "chưa có gì thay đổi" in text(page)
    assert "vừa thay đổi sau khi lập bản xem trước" in text(page)

    assert client.post(address(group), sent | {"seen": seen(client, group)}).status_code == 302
    job = MoveJob.objects.latest("pk")
    move_asked.call(job.pk)
    move_asked.call(job.pk)  # a second worker finds nothing to do
    group.refresh_from_db()
    job.refresh_from_db()
    assert (group.framework, job.state, job.told["opened"]) == (to, DocumentState.READY, 1)
    assert "Đã chuyển nhóm sang" in text(client.get(address(group)))
    moved_by = Event.objects.get(object_type=group._meta.label_lower, reason="Quyết định mới")
    assert moved_by.actor_name == user.actor.name


def test_a_move_that_was_lost_is_confirmed_again(client: Client, settings: Any) -> None:
    settings.MOVE_INLINE_SCORES = 0
    group, _ = ready()
    client.force_login(publisher(group))
    sent = {"seen": seen(client, group), "reason": "Quyết định mới"}
    client.post(address(group), sent)
    MoveJob.objects.update(asked_at=timezone.now() - dt.timedelta(hours=1))

    assert client.post(address(group), sent).status_code == 302

    lost, again = MoveJob.objects.order_by("pk")
    assert (lost.state, again.state) == (DocumentState.FAILED, DocumentState.WAITING)
