"""Requests for review: who asks once about a lowered leaf, who answers, and what waits for it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assessments.appraisal import Decision, StaleDecision
from assessments.appraisal.reviews import answer, drop, reviewables, send, write
from assessments.enums import AssessmentState, ResultsShown, ReviewState, ReviewVerb, RoundDuty, Track, Voice
from assessments.exceptions import AssessmentError, NotPermitted, StillProvisional, WrongState
from assessments.models import Assessment, Group, Publication, ReviewRequest, Round
from assessments.permissions.evidence import can_add_evidence
from assessments.permissions.reviews import can_review
from assessments.publication import publish
from assessments.publishing import readiness
from assessments.workflow import conclude
from assessments.worklist import desks_of
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.bench import leaf_of, substitute, today, with_duty
from tests.assessments.people import give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import GroupFactory, score

pytestmark = pytest.mark.django_db

OWN = {"1.1.1": "4", "1.1.2": "2", "1.2": "4", "2.1": "6"}
CONCLUDED = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "5", "2.2": "3.5"}
SECRETARY, CHAIR = RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR
WRITTEN, SENT, KEPT, CHANGED = ReviewState


@pytest.fixture
def files() -> list[Assessment]:
    """Two concluded files, leaves 1.2 and 2.1 lowered; requests are taken for three more days."""
    group = GroupFactory(size=2)
    Group.objects.update(results_shown=ResultsShown.CONCLUSION)
    Round.objects.update(review_until=today() + dt.timedelta(days=3))
    for file in group.assessments.all():
        score(file, OWN, track=Track.SELF)
        score(file, CONCLUDED)
    conclude(group, by=COMMAND_LINE)
    return fresh(group)


def fresh(group: Group) -> list[Assessment]:
    found = group.assessments.select_related("group__round", "group__framework").order_by("unit_sort_key")
    return list(found)


def asked(file: Assessment, code: str = "1.2", *, sent: bool = True) -> ReviewRequest:
    leaf = leaf_of(file.group, code)
    made = write(file, leaf, text="Có công văn bổ sung", seen=0, by=someone(Role.UNIT_OFFICER, file))
    return send(made, seen=1, by=someone(Role.UNIT_HEAD, file)) if sent else made


def another(request: ReviewRequest, *, points: str | None = None) -> Decision:
    """Take the self-score, or these points, on the rows as they stand."""
    rows = request.assessment.scores.filter(criterion=request.criterion)
    versions = [rows.get(track=track).version for track in (Track.CONCLUSION, Track.SELF)]
    given = None if points is None else Decimal(points)
    return Decision(Voice.CONCLUSION, *versions, keeps=points is None, points=given)


def titles(user: User) -> list[str]:
    return [task.title for desk in desks_of(user) for task in desk.tasks]


def concluded(file: Assessment, code: str) -> Any:
    return file.scores.get(track=Track.CONCLUSION, criterion__code=code)


def test_a_unit_asks_once_and_the_council_keeps_or_changes_with_a_reason(files: list[Assessment]) -> None:
    file, _ = files
    officer, head = someone(Role.UNIT_OFFICER, file), someone(Role.UNIT_HEAD, file)
    secretary = with_duty(file.group, SECRETARY)
    leaf = leaf_of(file.group, "1.2")
    assert [one.leaf.code for one in reviewables(file)] == ["1.2", "2.1"]
    assert f"Xem kết luận giảm điểm ở 2 mục: {file.group.round}" in titles(officer)

    made = write(file, leaf, text="Có công văn bổ sung", seen=0, by=officer)
    assert (made.state, made.contested, made.written_by) == (WRITTEN, 3, officer.actor.name)
    assert can_add_evidence(officer, file, leaf)
    assert not can_add_evidence(officer, file, leaf_of(file.group, "2.1"))
    with pytest.raises(WrongState, match="vừa viết lại"):
        write(file, leaf, text="Người khác", seen=0, by=officer)
    made = write(file, leaf, text="Có công văn số 12", seen=1, by=officer)
    assert titles(head) == [f"Gửi đề nghị xem xét lại 1 mục: {file.group.round}"]
    assert head.notices.count() == 1

    send(made, seen=2, by=head)
    assert not can_add_evidence(officer, file, leaf)
    assert titles(secretary) == ["Trả lời 1 đề nghị xem xét lại"]
    assert secretary.notices.get().text.startswith(f"{file.unit_name} đề nghị xem xét lại mục 1.2")
    with pytest.raises(WrongState, match="Chờ Hội đồng trả lời"):
        write(file, leaf, text="Sửa sau khi gửi", seen=2, by=officer)

    with pytest.raises(AssessmentError, match="Ghi lý do"):
        answer(made, reason=" ", said=None, by=secretary)
    done = answer(made, reason="Công văn đến sau hạn.", said=None, by=secretary)
    assert (done.state, done.answer, done.became) == (KEPT, "Công văn đến sau hạn.", None)
    assert concluded(file, "1.2").points == 3
    assert "đã có trả lời, giữ nguyên kết luận" in officer.notices.latest("pk").text
    with pytest.raises(WrongState):
        answer(made, reason="Lần nữa", said=None, by=secretary)
    verbs = Event.objects.filter(object_type="assessments.reviewrequest", object_id=made.pk).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "viết đề nghị xem xét lại",
        "viết đề nghị xem xét lại",
        "gửi đề nghị xem xét lại",
        "trả lời đề nghị xem xét lại: giữ nguyên",
    ]


def test_a_change_is_a_new_conclusion_on_a_file_that_stays_concluded(files: list[Assessment]) -> None:
    file, _ = files
    chair = with_duty(file.group, CHAIR)
    request, other = asked(file), asked(file, "2.1")
    stale = another(request)
    score_again = another(other, points="5")

    done = answer(request, reason="Công văn hợp lệ.", said=stale, by=chair)

    row = concluded(file, "1.2")
    assert (done.state, done.contested, done.became) == (CHANGED, 3, 4)
    assert (row.points, row.reason, row.author_name) == (4, "Công văn hợp lệ.", chair.actor.name)
    assert Assessment.objects.get(pk=file.pk).state == AssessmentState.CONCLUDED
    told = Event.objects.filter(object_id=file.pk, verb="ghi điểm: Kết luận").latest("pk")
    assert (told.before["1.2"], told.after["1.2"], told.reason) == ("3", "4", "Công văn hợp lệ.")
    with pytest.raises(AssessmentError, match="vẫn như cũ"):
        answer(other, reason="Không đổi gì", said=score_again, by=chair)
    with pytest.raises(StaleDecision):
        answer(other, reason="Trang cũ", said=Decision(Voice.CONCLUSION, 0, 0, keeps=True), by=chair)
    with pytest.raises(AssessmentError, match="2.1"):
        answer(other, reason="Quá thang điểm", said=another(other, points="7"), by=chair)
    assert ReviewRequest.objects.get(pk=other.pk).state == SENT
    assert concluded(file, "2.1").points == 5


def test_what_is_not_sent_may_be_taken_back_and_written_again(files: list[Assessment]) -> None:
    file, _ = files
    made = asked(file, sent=False)
    head = someone(Role.UNIT_HEAD, file)

    drop(made, seen=1, by=head)

    assert not file.reviews.exists()
    event = Event.objects.get(verb="bỏ đề nghị xem xét lại")
    assert event.before["request"] == "Có công văn bổ sung"
    with pytest.raises(WrongState, match="đã được bỏ"):
        send(made, seen=1, by=head)
    sent = asked(file)
    with pytest.raises(WrongState):
        drop(sent, seen=1, by=head)


def test_nothing_is_asked_when_it_is_not_offered(files: list[Assessment]) -> None:
    file, _ = files
    officer = someone(Role.UNIT_OFFICER, file)
    lowered, same = leaf_of(file.group, "1.2"), leaf_of(file.group, "1.1.1")

    def refused(words: str, leaf: Any = lowered, now: dt.datetime | None = None) -> None:
        with pytest.raises(AssessmentError, match=words):
            write(fresh(file.group)[0], leaf, text="Đề nghị", seen=0, by=officer, now=now)

    refused("không bị giảm điểm", same)
    refused("không do Hội đồng thẩm định", leaf_of(file.group, "2.2"))
    refused("đã hết từ cuối ngày", now=timezone.now() + dt.timedelta(days=4))
    with pytest.raises(AssessmentError, match="Ghi nội dung"):
        write(file, lowered, text="  ", seen=0, by=officer)
    Group.objects.update(results_shown=ResultsShown.PUBLICATION)
    refused("chưa được xem điểm thẩm định")
    assert reviewables(fresh(file.group)[0]) == []
    Group.objects.update(results_shown=ResultsShown.CONCLUSION)
    Assessment.objects.update(state=AssessmentState.IN_APPRAISAL)
    refused("Đang thẩm định")
    Assessment.objects.update(state=AssessmentState.CONCLUDED)
    Round.objects.update(review_until=None)
    refused("không nhận đề nghị xem xét lại")
    assert not ReviewRequest.objects.exists()


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        (Role.UNIT_OFFICER, "write drop"),
        (Role.UNIT_HEAD, "send drop"),
        (Role.PUBLISHER, ""),
        (Role.AUDITOR, ""),
        (SECRETARY, "keep change"),
        (CHAIR, "keep change"),
        (RoundDuty.COUNCIL_MEMBER, ""),
        (RoundDuty.LEAD_AGENCY, ""),
    ],
)
def test_who_does_what(files: list[Assessment], role: Role | RoundDuty, verbs: str) -> None:
    file, neighbour = files
    states = {ReviewVerb.WRITE: WRITTEN, ReviewVerb.SEND: WRITTEN, ReviewVerb.DROP: WRITTEN}
    user = someone(role, file)

    found = [
        verb
        for verb in ReviewVerb
        if can_review(user, file, verb, ReviewRequest(state=states.get(verb, SENT)))
    ]

    assert found == verbs.split()
    own = isinstance(role, Role)
    assert own is not any(
        can_review(user, neighbour, verb, ReviewRequest(state=states.get(verb, SENT))) for verb in found
    ) or (not own and not found)


def test_of_the_own_unit_who_stands_in_answers(files: list[Assessment], client: Client) -> None:
    file, neighbour = files
    person = UserFactory()
    recused = substitute(file.group, SECRETARY, person, file).role.user
    give(recused, Role.UNIT_HEAD, file)
    request, other = asked(file), asked(neighbour)

    with pytest.raises(NotPermitted, match="Bạn thuộc"):
        answer(request, reason="Tự trả lời", said=None, by=recused)
    told = [
        set(user.notices.filter(address__startswith="/dot/").values_list("text", flat=True))
        for user in (recused, person)
    ]
    assert [len(texts) for texts in told] == [1, 1]
    assert (neighbour.unit_name in told[0].pop(), file.unit_name in told[1].pop()) == (True, True)
    with pytest.raises(NotPermitted):
        answer(other, reason="Đơn vị khác", said=None, by=person)
    client.force_login(person)
    base = f"/dot/{file.group.round.code}/xem-xet-lai/"
    listed = client.get(base).content.decode()
    assert file.unit_name in listed
    assert neighbour.unit_name not in listed
    assert client.get(f"{base}{other.pk}/").status_code == 404
    done = client.post(
        f"{base}{request.pk}/",
        {
            "tham-dinh-choice": "stand",
            "tham-dinh-voice": "conclusion",
            "tham-dinh-version": 1,
            "tham-dinh-own_version": 1,
            "tham-dinh-reason": "Đã xem xét",
        },
    )
    assert done.status_code == 302
    assert ReviewRequest.objects.get(pk=request.pk).state == KEPT


def test_nothing_is_published_while_a_request_waits(files: list[Assessment]) -> None:
    file, _ = files
    request = asked(file)
    asked(file, "2.1", sent=False)
    given: dict[str, Any] = {"decision_number": "1/QĐ", "signed": today(), "signer": "Chủ tịch"}

    (group,) = readiness(file.group.round)
    assert (group.reviews, group.is_ready) == (1, False)
    with pytest.raises(StillProvisional, match=f"1 đề nghị.*{file.unit_name}: mục 1.2"):
        publish(file.group.round, **given, by=COMMAND_LINE)

    answer(request, reason="Đúng.", said=another(request), by=with_duty(file.group, SECRETARY))
    (group,) = readiness(file.group.round)
    assert (group.reviews, group.is_ready) == (0, True)
    made = publish(file.group.round, **given, by=COMMAND_LINE)
    frozen = made.groups.get().units.get(unit_code=file.unit_code)
    assert frozen.scorecard["leaves"]["1.2"]["conclusion"]["points"] == "4"
    assert Publication.objects.count() == 1


def test_the_pages_of_the_unit_and_of_the_council(
    files: list[Assessment], client: Client, django_assert_num_queries: Any
) -> None:
    file, neighbour = files
    officer, head = someone(Role.UNIT_OFFICER, file), someone(Role.UNIT_HEAD, file)
    round, group = file.group.round, file.group
    own = f"/xem-xet-lai/{round.code}/{group.code}/{file.unit_code}/"
    field = f"de-nghi-{leaf_of(group, '1.2').pk}"

    client.force_login(officer)
    with django_assert_num_queries(17):
        page = client.get(own).content.decode()
    assert "2 mục bị giảm điểm" in page
    assert client.get(own.replace(file.unit_code, neighbour.unit_code)).status_code == 404
    empty = client.post(own, {"muc": "1.2", f"{field}-seen": 0, f"{field}-request": ""})
    assert empty.status_code == 422
    assert "Ghi vì sao đề nghị xem xét lại mục " in empty.content.decode()
    said = {"muc": "1.2", f"{field}-seen": 0, f"{field}-request": "Có công văn 12"}
    assert client.post(own, said).status_code == 302
    again = client.post(own, said | {f"{field}-request": "Chữ không được mất"})
    assert again.status_code == 409
    assert "Chữ không được mất" in again.content.decode()
    request = file.reviews.get()
    assert client.post(f"{own}{request.pk}/gui/", {"seen": 1}).status_code == 403

    client.force_login(head)
    assert "1 đề nghị chờ lãnh đạo đơn vị gửi" in client.get(own).content.decode()
    assert client.post(f"{own}{request.pk}/gui/", {"seen": 9}).status_code == 409
    assert client.post(f"{own}{request.pk}/gui/", {"seen": 1}).status_code == 302

    queue = f"/dot/{round.code}/xem-xet-lai/"
    client.force_login(someone(Role.PUBLISHER, file))
    assert "1 đề nghị xem xét lại chờ trả lời" in client.get(queue).content.decode()
    assert "Trả lời</h2>" not in client.get(f"{queue}{request.pk}/").content.decode()
    assert client.post(f"{queue}{request.pk}/", {}).status_code == 403
    client.force_login(with_duty(group, CHAIR))
    assert "Trả lời</h2>" in client.get(f"{queue}{request.pk}/").content.decode()
    data = {
        "tham-dinh-choice": "adjust",
        "tham-dinh-voice": "conclusion",
        "tham-dinh-version": concluded(file, "1.2").version,
        "tham-dinh-own_version": 1,
        "tham-dinh-points": "3,5",
        "tham-dinh-reason": "",
    }
    assert client.post(f"{queue}{request.pk}/", data).status_code == 422
    old = client.post(f"{queue}{request.pk}/", data | {"tham-dinh-reason": "Lý do", "tham-dinh-version": 0})
    assert old.status_code == 409
    assert (
        client.post(f"{queue}{request.pk}/", data | {"tham-dinh-reason": "Đúng một nửa"}).status_code == 302
    )
    with django_assert_num_queries(10):
        listed = client.get(f"{queue}?trang-thai=changed").content.decode()
    assert "3,00 → 3,50" in listed
    log = client.get(f"/lich-su/dot/{round.code}/?loc=xem-xet-lai")
    assert log.status_code in (403, 404)

    client.force_login(head)
    page = client.get(own).content.decode()
    assert "Đúng một nửa" in page
    assert "Điều chỉnh từ 3,00 thành 3,50 điểm" in page
    assert str(with_duty(group, CHAIR)) not in page


def test_the_database_keeps_a_request_whole(files: list[Assessment]) -> None:
    file, _ = files
    request = asked(file)
    wrong: list[dict[str, Any]] = [
        {"sent_by": ""},
        {"state": WRITTEN},
        {"state": KEPT},
        {"state": CHANGED, "answer": "x", "answered_by": "y", "answered_at": timezone.now()},
        {"answer": "x"},
        {"request": ""},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewRequest.objects.filter(pk=request.pk).update(**fields)
    twice = ReviewRequest.objects.get(pk=request.pk)
    twice.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(force_insert=True)
