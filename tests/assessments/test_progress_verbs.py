"""Reminding units, entering and handing in for them from a signed paper, the list as a workbook."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from assessments.enums import AssessmentState, RoundDuty, Track, Verb
from assessments.models import Assessment, Notice
from assessments.moves import move
from assessments.progress import REMINDED, remind, take_paper
from assessments.self_scoring import Edit, save_own_words
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from parindex.audit.models import Event
from tests.assessments.people import file_in, give, someone
from tests.assessments.test_progress_pages import DO_NOT, SOON, file_url, list_url
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import GroupFactory

pytestmark = pytest.mark.django_db

SUBMITTED = AssessmentState.SUBMITTED
PAPER = {"number": "12/BC-UBND", "signed": "03/01/2025"}


def a_file(state: AssessmentState = AssessmentState.DRAFT) -> Assessment:
    return file_in(state, until=timezone.localdate() + SOON)


def signed_in(client: Client, role: Role | RoundDuty, file: Assessment) -> User:
    user = someone(role, file)
    client.force_login(user)
    return user


def remind_url(file: Assessment) -> str:
    return f"/dot/{file.group.round.code}/nhac-nop/{file.group.code}/"


# -- reminding


def test_reminding_tells_the_people_of_each_unit_that_has_not_submitted_once_a_day(client: Client) -> None:
    group = GroupFactory(size=3)
    first, second, done = group.assessments.order_by("pk")
    Assessment.objects.filter(pk=done.pk).update(state=SUBMITTED)
    officer, head = someone(Role.UNIT_OFFICER, first), someone(Role.UNIT_HEAD, first)
    someone(Role.UNIT_OFFICER, done)
    user = signed_in(client, Role.PUBLISHER, first)
    assert "Nhắc 2 đơn vị chưa nộp" in client.get(list_url(group.round)).content.decode()

    page = client.post(remind_url(first), follow=True).content.decode()
    again = client.post(remind_url(first), follow=True).content.decode()

    assert "Đã nhắc 1 đơn vị." in page
    assert f"Chưa có tài khoản để nhắc: {second.unit_name}" in page
    assert "1 đơn vị đã được nhắc trong hôm nay" in again
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, head.pk}
    notice = Notice.objects.filter(user=officer).get()
    assert first.unit_name in notice.text
    assert notice.address == f"/ho-so/{group.round.code}/{group.code}/{first.unit_code}/"
    event = Event.objects.get(verb=REMINDED)
    assert (event.actor_name, event.object_id) == (str(user), first.pk)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert len(remind(group, by=user).files) == 1


def test_one_unit_is_reminded_from_its_own_page(client: Client) -> None:
    group = GroupFactory(size=2)
    first, second = group.assessments.order_by("pk")
    someone(Role.UNIT_OFFICER, first)
    someone(Role.UNIT_OFFICER, second)
    signed_in(client, RoundDuty.COUNCIL_SECRETARY, first)
    assert "Nhắc đơn vị nộp hồ sơ" in client.get(file_url(first)).content.decode()

    client.post(remind_url(first), {"don-vi": first.unit_code})

    assert [event.object_id for event in Event.objects.filter(verb=REMINDED)] == [first.pk]
    assert "Nhắc nộp hồ sơ" in client.get(file_url(first)).content.decode()


def test_nobody_is_reminded_when_all_have_submitted(client: Client) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)

    assert "Nhắc" not in client.get(list_url(file.group.round)).content.decode()
    assert client.post(remind_url(file)).status_code == 409


@pytest.mark.parametrize("role", [*DO_NOT, Role.AUDITOR, RoundDuty.COUNCIL_CHAIR])
def test_others_remind_nobody(client: Client, role: Role | RoundDuty) -> None:
    file = a_file()
    someone(Role.UNIT_OFFICER, file)
    signed_in(client, role, file)

    assert client.post(remind_url(file)).status_code in {403, 404}
    client.force_login(give_other_organiser(file))
    assert client.post(remind_url(file)).status_code == 404
    assert client.get(remind_url(file)).status_code == 405
    assert not Event.objects.filter(verb=REMINDED).exists()


def give_other_organiser(file: Assessment) -> User:
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=OrganiserFactory())
    return user


# -- entering for a unit


def own_url(file: Assessment, rest: str = "") -> str:
    return f"/ho-so/{file.group.round.code}/{file.group.code}/{file.unit_code}/{rest}"


def test_the_publisher_enters_and_hands_in_from_the_signed_paper(client: Client) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    officer = someone(Role.UNIT_OFFICER, file)
    entry = {f"m{leaf.pk}-points": "3", f"m{leaf.pk}-version": "0", f"m{leaf.pk}-reason": "Theo bản giấy"}
    assert client.get(own_url(file)).status_code == 404
    assert client.post(own_url(file, "1/1.1.1/luu/"), entry).status_code == 404

    answer = client.post(file_url(file, "ban-giay"), PAPER)
    page = client.get(own_url(file, "1/")).content.decode()
    saved = client.post(own_url(file, "1/1.1.1/luu/"), entry)

    assert (answer.status_code, answer["Location"]) == (302, own_url(file))
    assert "Bạn đang nhập thay" in page
    assert [(one.text, one.address) for one in officer.notices.all()] == [
        (
            f"{file.group.round.organiser} nhận bản giấy số 12/BC-UBND ngày 03/01/2025 và nhập thay hồ sơ tự "
            f"chấm của {file.unit_name}, {file.group.round}.",
            own_url(file),
        )
    ]
    assert "Nhập thay theo bản giấy số 12/BC-UBND ngày 03/01/2025" in page
    assert saved.status_code == 200
    score = file.scores.get(criterion=leaf, track=Track.SELF)
    assert (score.points, score.author_name) == (Decimal(3), str(user))
    event = Event.objects.filter(verb="ghi điểm: Tự chấm").latest("pk")
    assert (event.actor_name, event.reason) == (
        str(user),
        "Nhập thay theo bản giấy số 12/BC-UBND ngày 03/01/2025",
    )

    data = {"submit-on-behalf-seen": "draft", "submit-on-behalf-reason": "Bản giấy số 12/BC-UBND"}
    client.post(file_url(file, "nop-thay"), data)

    file.refresh_from_db()
    assert file.state == SUBMITTED
    assert "Nộp thay đơn vị" in client.get(file_url(file)).content.decode()
    again = entry | {f"m{leaf.pk}-version": "1", f"m{leaf.pk}-points": "2"}
    assert client.post(own_url(file, "1/1.1.1/luu/"), again).status_code == 409

    # Back with the unit: what the organiser enters now stands in another signed paper.
    move(file, Verb.RETURN_AT_RECEIPT, by_user=user, reason="Thiếu phụ lục")
    assert client.post(own_url(file, "1/1.1.1/luu/"), again).status_code == 403
    client.post(file_url(file, "ban-giay"), PAPER | {"number": "15/BC-UBND"})
    assert client.post(own_url(file, "1/1.1.1/luu/"), again).status_code == 200


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"number": "", "signed": "03/01/2025"}, "Ghi số của bản giấy"),
        ({"number": "5/BC", "signed": ""}, "Ghi ngày ký"),
        ({"number": "5/BC", "signed": "31/02/2025"}, "ngày"),
        ({"number": "5/BC", "signed": "01/01/2090"}, "chưa đến"),
    ],
)
def test_a_paper_without_number_or_day_is_refused(
    client: Client, given: dict[str, Any], message: str
) -> None:
    file = a_file()
    signed_in(client, Role.PUBLISHER, file)

    answer = client.post(file_url(file, "ban-giay"), given)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert client.get(own_url(file)).status_code == 404


@pytest.mark.parametrize(
    "role", [*DO_NOT, Role.AUDITOR, RoundDuty.COUNCIL_CHAIR, RoundDuty.COUNCIL_SECRETARY]
)
def test_others_neither_take_papers_nor_enter(client: Client, role: Role | RoundDuty) -> None:
    file = a_file()
    publisher = someone(Role.PUBLISHER, file)
    user = signed_in(client, role, file)

    assert client.post(file_url(file, "ban-giay"), PAPER).status_code in {403, 404}

    take_paper(file, number="5/BC", signed=dt.date(2025, 1, 3), by=publisher)
    if role not in (Role.UNIT_OFFICER, Role.UNIT_HEAD):
        assert client.get(own_url(file)).status_code == 404
    if role != Role.UNIT_OFFICER:
        leaf = file.group.used_framework.criteria.get(code="1.1.1")
        with pytest.raises(Exception, match="tự chấm được|nhập thay"):
            save_own_words(file, [Edit(leaf, 0, points=Decimal(1))], by=user)


def test_a_publisher_does_not_enter_for_a_unit_of_their_own_or_another_organiser(client: Client) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    give(user, Role.UNIT_HEAD, file)

    assert client.post(file_url(file, "ban-giay"), PAPER).status_code == 403
    client.force_login(give_other_organiser(file))
    assert client.post(file_url(file, "ban-giay"), PAPER).status_code == 404
    assert client.get(own_url(file)).status_code == 404


def test_a_paper_is_taken_only_while_self_scoring_is_open(client: Client) -> None:
    file = file_in(AssessmentState.DRAFT, until=timezone.localdate() - SOON)
    signed_in(client, Role.PUBLISHER, file)

    assert client.post(file_url(file, "ban-giay"), PAPER).status_code == 409
    assert "Ghi nhận bản giấy" not in client.get(file_url(file)).content.decode()


# -- the list


def test_the_list_is_searched_sorted_and_taken_away_as_it_stands(client: Client) -> None:
    group = GroupFactory(size=3)
    first, second, third = group.assessments.order_by("pk")
    for file, name in ((first, "Phường Đại Kim"), (second, "Phường Định Công"), (third, "Phường Yên Sở")):
        file.unit.name = name
        file.unit.save()
        Assessment.objects.filter(pk=file.pk).update(unit_name=name, unit_sort_key=file.unit.sort_key)
    Assessment.objects.filter(pk=third.pk).update(self_scoring_until=dt.date(2025, 1, 1))
    signed_in(client, Role.PUBLISHER, first)

    found = client.get(f"{list_url(group.round)}?tim=ĐỊNH").content.decode()
    late = client.get(f"{list_url(group.round)}?xep=han").content.decode()
    answer = client.get(f"/dot/{group.round.code}/tien-do/?dang=xlsx&nhom={group.code}&xep=han")

    assert "Phường Định Công" in found
    assert "Phường Đại Kim" not in found
    assert late.index("Phường Yên Sở") < late.index("Phường Đại Kim")
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.iter_rows()]
    assert rows[0][:3] == ["Đơn vị", "Mã đơn vị", "Trạng thái"]
    assert [row[0] for row in rows[1:]] == ["Phường Yên Sở", "Phường Đại Kim", "Phường Định Công"]
    assert f"{rows[1][3]:%d/%m/%Y}" == "01/01/2025"


@pytest.mark.parametrize("role", DO_NOT)
def test_others_do_not_take_the_list_away(client: Client, role: Role | RoundDuty) -> None:
    file = a_file()
    signed_in(client, role, file)

    answer = client.get(f"/dot/{file.group.round.code}/tien-do/?dang=xlsx&nhom={file.group.code}")
    assert answer.status_code in {403, 404}
