"""A unit's own result: from when, for whom, and nothing of others in it."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import AssessmentState, ResultsShown, RoundDuty, Track
from assessments.models import Assessment, Group, Opinion, Score
from assessments.publication import publish, withdraw
from assessments.results.own_results import own_result
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from tests.assessments.people import someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import GroupFactory, score

pytestmark = pytest.mark.django_db

OWN = {"1.1.1": "4", "1.1.2": "2", "1.2": "4", "2.1": "6"}
CONCLUDED = {"1.1.1": "4", "1.1.2": "2", "1.2": "3.25", "2.1": "6", "2.2": "3.5"}
REASON = "Nộp chậm 02 ngày."
SECRET = "Ý kiến kín của thành viên"


def url(file: Assessment, query: str = "") -> str:
    return f"/ho-so/{file.group.round.code}/{file.group.code}/{file.unit_code}/ket-qua/{query}"


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


def a_group(shown: ResultsShown, *, size: int = 2, names: bool = False) -> list[Assessment]:
    """Files with own scores and conclusions, one leaf lowered; concluded."""
    group = GroupFactory(size=size)
    Group.objects.filter(pk=group.pk).update(results_shown=shown, names_appraisers=names)
    files = list(group.assessments.order_by("unit_sort_key", "pk"))
    for place, file in enumerate(files):
        score(file, OWN, track=Track.SELF)
        score(file, CONCLUDED | ({"2.1": "1.37"} if place else {}))
        conclusions = file.scores.filter(track=Track.CONCLUSION)
        conclusions.filter(criterion__code="1.2").update(reason=REASON, author_name="Đỗ Minh Châu")
        leaf = group.framework.criteria.get(code="1.2")
        score(file, {"1.2": "2.22"}, track=Track.PROPOSAL)
        Opinion.objects.create(
            assessment=file,
            criterion=leaf,
            member=UserFactory(),
            member_name="Thành viên Kín",
            points="1.11",
            reason=SECRET,
            at=timezone.now(),
        )
    conclude(group, by=COMMAND_LINE)
    return list(group.assessments.order_by("unit_sort_key", "pk").select_related("group__round"))


def announce(file: Assessment) -> None:
    publish(
        file.group.round, decision_number="1/QĐ", signed=timezone.localdate(), signer="x", by=COMMAND_LINE
    )


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_a_units_people_see_its_result_from_the_conclusion_where_the_group_says_so(
    client: Client, role: Role
) -> None:
    file, _ = a_group(ResultsShown.CONCLUSION)
    client.force_login(someone(role, file))

    page = text(client.get(url(file)))

    assert "1 mục bị giảm điểm so với tự chấm" in page
    assert "1.2 Tiêu chí 1.2 4,00 4,00 3,25 −0,75" in page
    assert REASON in page
    assert "Theo kết luận hồ sơ, chưa công bố" in page
    assert "Trung vị" not in page


def test_otherwise_it_opens_with_the_publication(client: Client) -> None:
    file, _ = a_group(ResultsShown.PUBLICATION)
    client.force_login(someone(Role.UNIT_OFFICER, file))

    page = text(client.get(url(file)))
    assert "chưa mở" in page
    assert REASON not in page
    assert "3,25" not in page
    announce(file)
    page = text(client.get(url(file)))
    assert REASON in page
    assert "Trung vị của nhóm" in page
    assert "Quyết định số 1/QĐ" in page


def test_a_reopened_file_is_closed_again_and_a_withdrawn_publication_too(client: Client) -> None:
    early, _ = a_group(ResultsShown.CONCLUSION)
    Assessment.objects.filter(pk=early.pk).update(state=AssessmentState.IN_APPRAISAL)
    assert own_result(Assessment.objects.get(pk=early.pk)) is None
    late, _ = a_group(ResultsShown.PUBLICATION)
    announce(late)
    assert own_result(late) is not None
    withdraw(late.group.round.publications.get(), reason="Sai số liệu", by=COMMAND_LINE)
    assert own_result(late) is None
    client.force_login(someone(Role.UNIT_OFFICER, late))
    page = text(client.get(url(late)))
    assert "Kết quả đã được thu hồi" in page
    assert "Lý do thu hồi: Sai số liệu" in page


def test_what_was_published_is_shown_not_what_was_written_later(client: Client) -> None:
    file, _ = a_group(ResultsShown.CONCLUSION)
    announce(file)
    Score.objects.filter(assessment=file, track="conclusion", criterion__code="1.2").update(
        points="1", obtained="1", reason="Sửa sau công bố"
    )
    client.force_login(someone(Role.UNIT_OFFICER, file))

    page = text(client.get(url(file)))
    assert "Sửa sau công bố" not in page
    assert "3,25" in page


@pytest.mark.parametrize("shown", list(ResultsShown))
def test_no_opinion_no_proposal_and_nothing_of_others_is_in_it(client: Client, shown: ResultsShown) -> None:
    file, other = a_group(shown)
    if shown == ResultsShown.PUBLICATION:
        announce(file)
    client.force_login(someone(Role.UNIT_OFFICER, file))

    body = client.get(url(file)).content.decode()

    for secret in (SECRET, "Thành viên Kín", "1,11", "2,22", "1,37", other.unit_code, "Đỗ Minh Châu"):
        assert secret not in body


def test_appraisers_are_named_only_where_the_group_says_so(client: Client) -> None:
    file, _ = a_group(ResultsShown.CONCLUSION, names=True)
    client.force_login(someone(Role.UNIT_OFFICER, file))

    assert "Đỗ Minh Châu" in text(client.get(url(file)))


def test_the_filter_keeps_lowered_leaves_only(client: Client) -> None:
    file, _ = a_group(ResultsShown.CONCLUSION)
    client.force_login(someone(Role.UNIT_OFFICER, file))

    page = text(client.get(url(file, "?loc=bi-giam")))
    assert "Tiêu chí 1.2" in page
    assert "Tiêu chí 1.1.1" not in page
    assert "Tiêu chí 2.1" not in page


@pytest.mark.parametrize(
    "role",
    [Role.PUBLISHER, Role.AUDITOR, Role.ADMINISTRATOR, RoundDuty.COUNCIL_MEMBER, RoundDuty.LEAD_AGENCY],
)
def test_it_is_the_units_own_page(client: Client, role: Role | RoundDuty) -> None:
    file, other = a_group(ResultsShown.CONCLUSION)
    assert client.get(url(file)).status_code == 302
    client.force_login(someone(role, file))
    assert client.get(url(file)).status_code == 404
    client.force_login(someone(Role.UNIT_OFFICER, other))
    assert client.get(url(file)).status_code == 404


@pytest.mark.parametrize("size", [2, 20])
def test_the_page_takes_the_same_queries_for_small_and_large_groups(
    client: Client, size: int, django_assert_num_queries: Any
) -> None:
    early = a_group(ResultsShown.CONCLUSION, size=size)[0]
    client.force_login(someone(Role.UNIT_OFFICER, early))
    with django_assert_num_queries(23):
        client.get(url(early))
    announce(early)
    with django_assert_num_queries(7):
        client.get(url(early))
