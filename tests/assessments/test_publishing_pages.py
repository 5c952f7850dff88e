"""Publishing by two persons: who may, what is refused, superseding, withdrawing, jobs, queries."""

import datetime as dt
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import PreparationKind, PreparationState, PublicationState, RoundDuty
from assessments.exceptions import NotPermitted, StillProvisional, WrongState
from assessments.models import Assessment, Notice, Preparation, Publication, Round, Score
from assessments.permissions.publishing import can_confirm, can_publish, can_see_publishing
from assessments.publication import ResultsChanged
from assessments.publishing import (
    confirm,
    decline,
    prepare,
    prepare_withdrawal,
    publish_confirmed,
    work_out_manifest,
)
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.people import give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, score

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}
SIGNED = dt.date(2025, 3, 28)
SENT = {"decision_number": "12/QĐ-UBND", "signed": "28/03/2025", "signer": "Chủ tịch Nguyễn Văn Mẫu"}
OTHERS = [
    Role.UNIT_OFFICER,
    Role.UNIT_HEAD,
    Role.FRAMEWORK_MANAGER,
    Role.ADMINISTRATOR,
    RoundDuty.LEAD_AGENCY,
    RoundDuty.COUNCIL_MEMBER,
    RoundDuty.COUNCIL_SECRETARY,
    RoundDuty.COUNCIL_CHAIR,
]


def finished(size: int = 1) -> Assessment:
    group = GroupFactory(size=size)
    files = list(group.assessments.all())
    for file in files:
        score(file, ALL)
    conclude(group, by=COMMAND_LINE)
    return group.assessments.first()


def prepared(file: Assessment, by: User, *, reason: str = "", number: str = "12/QĐ-UBND") -> Preparation:
    return prepare(
        file.group.round, decision_number=number, signed=SIGNED, signer="Chủ tịch", reason=reason, by=by
    )


def two(file: Assessment) -> tuple[User, User]:
    return someone(Role.PUBLISHER, file), someone(Role.PUBLISHER, file)


def announced(file: Assessment) -> Publication:
    first, second = two(file)
    publication = confirm(prepared(file, first), by=second).publication
    assert publication is not None
    return publication


def url(round: Round, rest: str = "") -> str:
    return f"/dot/{round.code}/cong-bo/{rest}"


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


def change_a_point(file: Assessment) -> None:
    """A survey point is corrected after the conclusion."""
    score(Assessment.objects.get(pk=file.pk), {"2.2": "2.5"})


# -- the verbs


def test_two_persons_publish_and_both_are_on_record() -> None:
    file = finished()
    first, second = two(file)

    preparation = prepared(file, first)
    assert (preparation.state, len(preparation.digest)) == (PreparationState.OPEN, 64)
    assert not Publication.objects.exists()
    confirm(preparation, by=second)

    preparation.refresh_from_db()
    publication = Publication.objects.get()
    assert preparation.publication == publication
    assert (preparation.state, preparation.ended_by) == (PreparationState.CONFIRMED, str(second))
    assert preparation.manifest == publication.manifest
    assert publication.published_by == str(second)
    verbs = list(
        Event.objects.filter(object_type__contains="pr").order_by("pk").values_list("verb", "actor_id")
    )
    assert ("chuẩn bị công bố", first.pk) in verbs
    assert ("xác nhận công bố", second.pk) in verbs
    assert Event.objects.filter(verb="công bố kết quả", actor_id=second.pk).count() == 1


def test_the_first_person_does_not_confirm_and_neither_does_the_database() -> None:
    file = finished()
    first, _ = two(file)
    preparation = prepared(file, first)

    with pytest.raises(NotPermitted, match="Bạn là người chuẩn bị"):
        confirm(preparation, by=first)
    for state in (PreparationState.CONFIRMED, PreparationState.RUNNING):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preparation.objects.filter(pk=preparation.pk).update(state=state, ended_by_id=first.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            Preparation.objects.filter(pk=preparation.pk).update(state=state)
    assert not Publication.objects.exists()


def test_results_that_changed_since_are_not_published_and_are_named() -> None:
    file = finished(2)
    first, second = two(file)
    preparation = prepared(file, first)
    change_a_point(file)

    with pytest.raises(ResultsChanged) as refusal:
        confirm(preparation, by=second)

    # The other unit now stands before this one, so its row has changed as well.
    assert len(refusal.value.changed) == 2
    assert f"Các phường: {file.unit_name}" in refusal.value.changed
    assert not Publication.objects.exists()
    preparation.refresh_from_db()
    assert preparation.state == PreparationState.OPEN


def test_a_changed_reason_alone_changes_the_results() -> None:
    file = finished()
    first, second = two(file)
    preparation = prepared(file, first)
    Score.objects.filter(track="conclusion", criterion__code="1.2").update(reason="Nộp chậm.")

    with pytest.raises(ResultsChanged):
        confirm(preparation, by=second)


def test_what_is_not_final_is_not_prepared() -> None:
    file = AssessmentFactory()
    score(file, {code: points for code, points in ALL.items() if code != "2.2"})

    with pytest.raises(StillProvisional, match="1 mục chưa có điểm"):
        prepared(file, someone(Role.PUBLISHER, file))

    assert not Preparation.objects.exists()


def test_one_preparation_waits_at_a_time() -> None:
    file = finished()
    first, second = two(file)
    prepared(file, first)

    with pytest.raises(WrongState, match="chưa ai xác nhận"):
        prepared(file, second)


def test_declining_needs_a_reason_and_makes_room() -> None:
    file = finished()
    first, second = two(file)
    preparation = prepared(file, first)

    with pytest.raises(Exception, match="lý do"):
        decline(preparation, reason=" ", by=second)
    decline(preparation, reason="Sai ngày ký", by=second)
    with pytest.raises(WrongState, match="đã được"):
        confirm(preparation, by=second)

    prepared(file, second)
    assert Notice.objects.filter(user=first, text__contains="Sai ngày ký").exists()


def test_superseding_takes_two_persons_and_a_reason() -> None:
    file = finished()
    old = announced(file)
    first, second = two(file)

    with pytest.raises(Exception, match="lý do thay"):
        prepared(file, first)
    change_a_point(file)
    confirm(prepared(file, first, reason="Sửa điểm điều tra", number="15/QĐ-UBND"), by=second)

    old.refresh_from_db()
    assert (old.state, old.end_reason) == (PublicationState.SUPERSEDED, "Sửa điểm điều tra")
    assert old.superseded_by == Publication.objects.get(state=PublicationState.CURRENT)


def test_withdrawing_takes_two_persons_too() -> None:
    file = finished()
    publication = announced(file)
    first, second = two(file)

    preparation = prepare_withdrawal(publication, reason="Sai số liệu khảo sát", by=first)
    publication.refresh_from_db()
    assert (preparation.kind, publication.state) == (PreparationKind.WITHDRAW, PublicationState.CURRENT)
    with pytest.raises(NotPermitted):
        confirm(preparation, by=first)
    confirm(preparation, by=second)

    publication.refresh_from_db()
    assert (publication.state, publication.end_reason) == (PublicationState.WITHDRAWN, "Sai số liệu khảo sát")
    with pytest.raises(WrongState):
        prepare_withdrawal(publication, reason="Lần nữa", by=first)


def test_a_publication_that_came_in_between_keeps_the_preparation_from_being_carried_out() -> None:
    file = finished()
    publication = announced(file)
    first, second = two(file)
    preparation = prepared(file, first, reason="Đính chính")
    Publication.objects.filter(pk=publication.pk).update(
        state=PublicationState.WITHDRAWN, ended_at=timezone.now(), ended_by="x", end_reason="x"
    )

    with pytest.raises(WrongState, match="Bản đang công bố đã khác"):
        confirm(preparation, by=second)


@pytest.mark.django_db(transaction=True)
def test_of_persons_who_confirm_at_the_same_time_one_succeeds() -> None:
    file = finished()
    preparation = prepared(file, someone(Role.PUBLISHER, file))
    seconds = [someone(Role.PUBLISHER, file) for _ in range(3)]
    barrier = threading.Barrier(len(seconds))

    def press(user: User) -> str:
        try:
            barrier.wait()
            return confirm(Preparation.objects.get(pk=preparation.pk), by=user).state
        except WrongState:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(seconds)) as people:
        answers = list(people.map(press, seconds))

    assert sorted(answers) == ["confirmed", "refused", "refused"]
    assert Publication.objects.count() == 1


# -- jobs of a large round


def test_a_large_round_is_prepared_and_published_by_jobs(settings: Any) -> None:
    settings.PUBLISH_INLINE_UNITS = 0
    file = finished()
    first, second = two(file)

    preparation = prepared(file, first)
    assert preparation.is_under_way
    with pytest.raises(WrongState, match="chưa tính xong"):
        confirm(preparation, by=second)
    work_out_manifest.call(preparation.pk)
    preparation.refresh_from_db()
    assert preparation.digest
    running = confirm(preparation, by=second)
    assert (running.state, Publication.objects.count()) == (PreparationState.RUNNING, 0)
    with pytest.raises(WrongState, match="đang công bố"):
        confirm(preparation, by=someone(Role.PUBLISHER, file))
    publish_confirmed.call(preparation.pk)
    publish_confirmed.call(preparation.pk)

    preparation.refresh_from_db()
    assert preparation.state == PreparationState.CONFIRMED
    assert Publication.objects.get().published_by == str(second)


def test_a_job_that_is_refused_gives_the_preparation_back(settings: Any) -> None:
    settings.PUBLISH_INLINE_UNITS = 0
    file = finished()
    first, second = two(file)
    preparation = prepared(file, first)
    work_out_manifest.call(preparation.pk)
    confirm(Preparation.objects.get(pk=preparation.pk), by=second)
    change_a_point(file)

    publish_confirmed.call(preparation.pk)

    preparation.refresh_from_db()
    assert (preparation.state, preparation.ended_by_id) == (PreparationState.OPEN, None)
    assert file.unit_name in preparation.error
    assert not Publication.objects.exists()


def test_a_job_that_was_lost_can_be_confirmed_again(settings: Any) -> None:
    settings.PUBLISH_INLINE_UNITS = 0
    file = finished()
    first, second = two(file)
    preparation = prepared(file, first)
    work_out_manifest.call(preparation.pk)
    confirm(Preparation.objects.get(pk=preparation.pk), by=second)
    Preparation.objects.update(ended_at=timezone.now() - dt.timedelta(hours=1))

    assert confirm(Preparation.objects.get(pk=preparation.pk), by=second).is_under_way


# -- the pages: who


def test_the_publisher_prepares_and_confirms_in_the_browser(client: Client) -> None:
    file = finished()
    round = file.group.round
    first, second = two(file)
    client.force_login(first)
    assert "Kết quả đã đủ, chưa công bố" in text(client.get(url(round)))
    assert client.post(url(round), SENT | {"decision_number": "Số 12/QĐ-UBND"}).status_code == 302
    page = text(client.get(url(round)))
    preparation = Preparation.objects.get()
    assert preparation.decision_number == "12/QĐ-UBND"
    assert preparation.digest in page
    assert "Bạn đã chuẩn bị bản này" in page
    assert "Xác nhận và công bố" not in page
    assert client.post(url(round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/")).status_code == 403

    client.force_login(second)
    assert "Xác nhận và công bố" in text(client.get(url(round)))
    assert client.post(url(round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/")).status_code == 302
    page = text(client.get(url(round)))
    assert "Đang công bố theo Quyết định số 12/QĐ-UBND ngày 28/03/2025" in page
    assert Publication.objects.get().digest in page
    assert client.post(url(round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/")).status_code == 409

    client.post(url(round, "thu-hoi/"), {"thu-hoi-reason": "Sai số liệu điều tra"})
    assert "xác nhận xong thì kết quả không còn công khai" in text(client.get(url(round)))


def test_the_auditor_reads_and_does_nothing(client: Client) -> None:
    file = finished()
    round = file.group.round
    preparation = prepared(file, someone(Role.PUBLISHER, file))
    user = someone(Role.AUDITOR, file)
    client.force_login(user)

    answer = client.get(url(round))
    assert preparation.digest in text(answer)
    assert answer.content.decode().split("<main")[1].count("<form") == 0
    assert (can_see_publishing(user, round), can_publish(user, round)) == (True, False)
    assert not can_confirm(user, preparation)
    posts = [url(round), url(round, "thu-hoi/")]
    posts += [url(round, f"ban-chuan-bi/{preparation.pk}/{verb}/") for verb in ("xac-nhan", "tu-choi")]
    assert {client.post(address, SENT | {"tu-choi-reason": "x"}).status_code for address in posts} == {403}
    assert not Publication.objects.exists()


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("public", [False, True])
def test_other_roles_neither_see_nor_do(client: Client, role: Role | RoundDuty, public: bool) -> None:
    file = finished()
    round = file.group.round
    publication = announced(file) if public else None
    reason = "Đính chính" if public else ""
    preparation = prepared(file, someone(Role.PUBLISHER, file), reason=reason)
    client.force_login(someone(role, file))

    known = public or isinstance(role, RoundDuty)
    expected = {403} if known else {404}
    gets = [url(round)]
    if publication is not None:
        gets += [url(round, f"{publication.pk}/{rest}") for rest in ("kiem-tra/", "ma-kiem-tra.json")]
    posts = [url(round), url(round, "thu-hoi/")]
    posts += [url(round, f"ban-chuan-bi/{preparation.pk}/{verb}/") for verb in ("xac-nhan", "tu-choi")]
    found = {client.get(address).status_code for address in gets}
    found |= {client.post(address, SENT).status_code for address in posts}
    assert found == expected


def test_another_organisers_publisher_finds_nothing_and_a_visitor_signs_in(client: Client) -> None:
    file, other = finished(), finished()
    round = file.group.round
    preparation = prepared(file, someone(Role.PUBLISHER, file))
    assert client.get(url(round)).status_code == 302
    client.force_login(someone(Role.PUBLISHER, other))

    assert client.get(url(round)).status_code == 404
    assert client.post(url(round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/")).status_code == 404
    own = url(other.group.round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/")
    assert client.post(own).status_code == 404


def test_a_role_that_ended_publishes_nothing(client: Client) -> None:
    file = finished()
    preparation = prepared(file, someone(Role.PUBLISHER, file))
    former = give(UserFactory(), Role.PUBLISHER, file, valid_to=dt.date(2020, 1, 1))

    with pytest.raises(NotPermitted):
        confirm(preparation, by=former)


# -- the pages: what


def test_what_is_missing_is_said_group_by_group(client: Client) -> None:
    file = AssessmentFactory()
    score(file, {"1.1.1": "4"})
    client.force_login(someone(Role.PUBLISHER, file))

    page = text(client.get(url(file.group.round)))
    assert "Chưa công bố được: kết quả còn thiếu" in page
    assert "4 mục, 1 đơn vị" in page
    assert "1 hồ sơ" in page
    answer = client.post(url(file.group.round), SENT)
    assert answer.status_code == 409
    assert "còn là dự kiến" in text(answer)
    assert 'value="12/QĐ-UBND"' in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision_number": ""}, "Ghi số quyết định."),
        ({"signed": "30/02/2025"}, "không phải là ngày"),
        ({"signed": "01/01/2099"}, "chưa đến"),
        ({"signer": " "}, "Ghi họ tên, chức vụ người ký."),
    ],
)
def test_bad_input_is_shown_again_at_its_field(client: Client, sent: dict[str, str], said: str) -> None:
    file = finished()
    client.force_login(someone(Role.PUBLISHER, file))

    answer = client.post(url(file.group.round), SENT | sent)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Preparation.objects.exists()


def test_changed_results_are_listed_to_the_second_person(client: Client) -> None:
    file = finished(3)
    first, second = two(file)
    preparation = prepared(file, first)
    change_a_point(file)
    client.force_login(second)
    Assessment.objects.filter(pk=file.pk).update(state="in_appraisal")
    page = text(client.get(url(file.group.round)))
    assert "Kết quả không còn đủ để công bố" in page
    assert "Xác nhận và công bố" not in page
    Assessment.objects.filter(pk=file.pk).update(state="concluded")

    answer = client.post(url(file.group.round, f"ban-chuan-bi/{preparation.pk}/xac-nhan/"))
    assert answer.status_code == 409
    assert "Chưa công bố: kết quả đã thay đổi từ lúc chuẩn bị" in text(answer)
    assert f"Các phường: {file.unit_name}" in text(answer)


def test_superseding_and_its_reason_are_public(client: Client) -> None:
    file = finished()
    round = file.group.round
    announced(file)
    first, second = two(file)
    change_a_point(file)
    client.force_login(first)
    assert client.post(url(round), SENT).status_code == 422
    assert client.post(url(round), SENT | {"reason": "Sửa điểm điều tra"}).status_code == 302
    confirm(Preparation.objects.get(state=PreparationState.OPEN), by=second)
    assert "Đã được thay thế" in text(client.get(url(round)))
    client.logout()

    page = text(client.get(f"/dot/{round.code}/phuong/"))
    assert "Thay bản công bố theo Quyết định số 12/QĐ-UBND" in page
    assert "Sửa điểm điều tra" in page


def test_a_page_that_showed_another_publication_neither_replaces_nor_withdraws(client: Client) -> None:
    file = finished()
    round = file.group.round
    first, second = two(file)
    client.force_login(first)
    before = re.search(r'name="seen"\s+value="([^"]*)"', client.get(url(round)).content.decode())
    assert before is not None
    old = announced(file)
    seen = client.get(url(round)).content.decode()
    assert seen.count(f'value="{old.pk}"') == 2
    change_a_point(file)
    confirm(prepared(file, first, reason="Sửa điểm điều tra"), by=second)

    for page, sent in (
        ("", SENT | {"reason": "Sửa nữa", "seen": before[1]}),
        ("", SENT | {"reason": "Sửa nữa", "seen": str(old.pk)}),
        ("thu-hoi/", {"thu-hoi-reason": "Sai điểm", "seen": str(old.pk)}),
    ):
        answer = client.post(url(round, page), sent)
        assert answer.status_code == 409
        assert "Bản đang công bố đã khác so với lúc bạn mở trang" in text(answer)
    assert not Preparation.objects.filter(state=PreparationState.OPEN).exists()


def test_both_persons_read_that_a_decisions_number_is_used_already(client: Client) -> None:
    file = finished()
    round = file.group.round
    announced(file)
    first, second = two(file)
    change_a_point(file)
    prepared(file, first, reason="Sửa điểm điều tra", number="12/qđ-ubnd")

    for person in (first, second):
        client.force_login(person)
        assert "Số quyết định này đã dùng" in text(client.get(url(round)))
    Preparation.objects.filter(state=PreparationState.OPEN).update(decision_number="13/QĐ-UBND")
    assert "Số quyết định này đã dùng" not in text(client.get(url(round)))


def test_withdrawing_is_told_at_the_public_addresses(client: Client) -> None:
    file = finished()
    round = file.group.round
    publication = announced(file)
    first, second = two(file)
    client.force_login(first)
    assert client.post(url(round, "thu-hoi/"), {"thu-hoi-reason": ""}).status_code == 422
    assert client.post(url(round, "thu-hoi/"), {"thu-hoi-reason": "Sai số liệu khảo sát"}).status_code == 302
    client.logout()
    assert client.get(f"/dot/{round.code}/phuong/").status_code == 200
    confirm(Preparation.objects.get(state=PreparationState.OPEN), by=second)

    for address in ("", "phuong/", f"phuong/{file.unit_code}/"):
        answer = client.get(f"/dot/{round.code}/{address}")
        assert answer.status_code == 410
        assert "Kết quả này đã được thu hồi" in text(answer)
        assert "Sai số liệu khảo sát" in text(answer)
        assert file.unit_name not in text(answer)
    assert client.get(f"/dot/{round.code}/phuong/xep-hang.xlsx").status_code in {302, 403, 404}
    assert publication.digest not in client.get("/api/v1/rounds/").content.decode()


def test_hashes_are_handed_out_and_checked(client: Client) -> None:
    file = finished()
    publication = announced(file)
    client.force_login(someone(Role.AUDITOR, file))

    answer = client.get(url(file.group.round, f"{publication.pk}/ma-kiem-tra.json"))
    assert answer.json()["manifest"] == publication.manifest
    page = text(client.get(url(file.group.round, f"{publication.pk}/kiem-tra/")))
    assert "Bản công bố nguyên vẹn" in page
    assert "đúng như bản công bố" in page
    Score.objects.filter(track="conclusion", criterion__code="1.2").update(
        points=Decimal(4), obtained=Decimal(4)
    )
    page = text(client.get(url(file.group.round, f"{publication.pk}/kiem-tra/")))
    assert "1 đơn vị khác bản công bố" in page


@pytest.mark.parametrize("size", [2, 30])
def test_the_page_takes_the_same_queries_for_few_and_many_units(
    client: Client, size: int, django_assert_num_queries: Any
) -> None:
    file = finished(size)
    prepared(file, someone(Role.PUBLISHER, file))
    client.force_login(someone(Role.PUBLISHER, file))

    with django_assert_num_queries(25):
        assert client.get(url(file.group.round)).status_code == 200
