"""Who stands in for a recused secretary or chair does for that unit all that they would, and no more."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from assessments.enums import AssessmentState, RoundDuty, Voice
from assessments.models import Assessment, Group, Substitute
from assessments.progress import can_see_progress
from assessments.worklist import desks_of
from parindex.accounts.acting import SESSION_KEY, key_of
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from tests.assessments.bench import files_of, in_appraisal, say, with_duty
from tests.assessments.bench import substitute as stands_in
from tests.assessments.people import give
from tests.factories.accounts import UserFactory
from tests.factories.assessments import RoundRoleFactory, score

pytestmark = pytest.mark.django_db

SECRETARY, CHAIR = RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR
PREFIXES = {
    "tiep-nhan": "start-appraisal",
    "ket-luan": "conclude-file",
    "mo-lai-tham-dinh": "reopen-appraisal",
}


def setting(duty: RoundDuty) -> tuple[Group, User, Assessment, Assessment]:
    """Two submitted files, the holder of the duty in the first one's unit, and who stands in there."""
    group = in_appraisal(size=2)
    group.assessments.update(state=AssessmentState.SUBMITTED)
    own, other = files_of(group)
    person = UserFactory()
    give(stands_in(group, duty, person, own).role.user, Role.UNIT_HEAD, own)
    return group, person, own, other


def page_of(file: Assessment) -> str:
    return f"/dot/{file.group.round.code}/tien-do/{file.group.code}/{file.unit_code}/"


def press(client: Client, file: Assessment, verb: str, **given: str) -> HttpResponse:
    file.refresh_from_db()
    prefix = PREFIXES[verb]
    data = {f"{prefix}-{name}": value for name, value in given.items()} | {f"{prefix}-seen": file.state}
    return client.post(f"{page_of(file)}{verb}/", data)


def state_of(file: Assessment) -> str:
    return Assessment.objects.get(pk=file.pk).state


def titles(user: User) -> list[str]:
    return [task.title for desk in desks_of(user) for task in desk.tasks]


def text(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1]).split())


@pytest.mark.parametrize("duty", [SECRETARY, CHAIR])
def test_a_file_is_received_and_concluded_by_who_stands_in(client: Client, duty: RoundDuty) -> None:
    group, person, own, other = setting(duty)
    client.force_login(person)

    assert can_see_progress(person, group.round)
    listed = text(client.get(f"/dot/{group.round.code}/tien-do/"))
    assert own.unit_name in listed
    assert other.unit_name not in listed
    assert "Cả 1 đơn vị đã nộp hồ sơ" in listed
    sheet = client.get(f"/dot/{group.round.code}/tien-do/", {"nhom": group.code, "dang": "xlsx"})
    assert sheet.status_code == 200
    assert client.get(page_of(other)).status_code == 404
    assert f"{own.unit_name}: đã nộp" in text(client.get(page_of(own)))

    if duty == SECRETARY:
        assert "Tiếp nhận 1 hồ sơ đã nộp" in titles(person)
        assert press(client, own, "tiep-nhan").status_code == 302
        assert press(client, other, "tiep-nhan").status_code == 404
        assert state_of(other) == AssessmentState.SUBMITTED
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    for code in ("1.1.1", "1.1.2", "1.2", "2.1"):
        own.refresh_from_db()
        say(own, code, Voice.CONCLUSION, person)
    score(other, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"})
    assert "Kết luận 1 hồ sơ đã đủ kết luận từng mục" in titles(person)
    assert press(client, own, "ket-luan").status_code == 302
    assert press(client, other, "ket-luan").status_code == 404
    assert (state_of(own), state_of(other)) == (AssessmentState.CONCLUDED, AssessmentState.IN_APPRAISAL)
    if duty == CHAIR:
        assert press(client, own, "mo-lai-tham-dinh", reason="Sót tài liệu").status_code == 302
        assert state_of(own) == AssessmentState.IN_APPRAISAL


def test_the_recused_person_does_nothing_of_it(client: Client) -> None:
    _, person, own, other = setting(SECRETARY)
    recused = Substitute.objects.get(user=person).role.user
    client.force_login(recused)
    session = client.session
    session[SESSION_KEY] = key_of(SECRETARY, own.group.round_id)
    session.save()

    assert press(client, own, "tiep-nhan").status_code == 403
    assert press(client, other, "tiep-nhan").status_code == 302
    assert (state_of(own), state_of(other)) == (AssessmentState.SUBMITTED, AssessmentState.IN_APPRAISAL)


def test_who_stands_in_is_named_as_the_one_who_is_waited_for(client: Client) -> None:
    group, person, own, other = setting(SECRETARY)
    client.force_login(with_duty(group, CHAIR))

    assert f"thư ký {person} (thay {Substitute.objects.get().role.user})" in text(client.get(page_of(own)))
    assert str(person) not in text(client.get(page_of(other)))


def test_a_secretary_in_place_reminds_the_one_unit(client: Client) -> None:
    group, person, own, other = setting(SECRETARY)
    group.assessments.update(state=AssessmentState.DRAFT)
    officers = {file.pk: give(UserFactory(), Role.UNIT_OFFICER, file) for file in (own, other)}
    client.force_login(person)

    assert "Nhắc" in text(client.get(page_of(own)))
    address = f"/dot/{group.round.code}/nhac-nop/{group.code}/"
    assert client.post(address, {"don-vi": other.unit_code}).status_code in (403, 409)
    assert client.post(address).status_code == 302
    assert officers[own.pk].notices.count() == 1
    assert officers[other.pk].notices.count() == 0


@pytest.mark.parametrize("duty", [SECRETARY, CHAIR])
def test_the_meeting_list_holds_the_one_unit(client: Client, duty: RoundDuty) -> None:
    group, person, own, other = setting(duty)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    member = with_duty(group, RoundDuty.COUNCIL_MEMBER)
    for file in files_of(group):
        say(file, "1.2", Voice.OPINION, member, points="1.5", reason="Thiếu báo cáo")
    client.force_login(person)

    for page in ("con-khac-nhau", "bien-ban"):
        answer = client.get(f"/dot/{group.round.code}/tham-dinh/{group.code}/{page}/")
        assert answer.status_code == 200
        assert own.unit_name in text(answer)
        assert other.unit_name not in text(answer)
        assert f"Chỉ gồm {own.unit_name}, là hồ sơ bạn thẩm định thay." in text(answer)


def test_minutes_say_whose_files_they_leave_out(client: Client) -> None:
    group, person, own, other = setting(SECRETARY)
    recused = Substitute.objects.get().role.user
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    minutes = f"/dot/{group.round.code}/tham-dinh/{group.code}/bien-ban/"

    client.force_login(recused)
    switch(client, SECRETARY, group)
    assert f"Không gồm {own.unit_name}, vì bạn thuộc đơn vị này" in text(client.get(minutes))
    client.force_login(with_duty(group, CHAIR))
    assert "Không gồm" not in text(client.get(minutes))


def switch(client: Client, duty: RoundDuty, group: Group) -> None:
    client.post("/tai-khoan/vai-tro/", {"role": key_of(duty, group.round_id)})


def test_a_head_names_a_role_held_in_anothers_place_as_such(client: Client) -> None:
    group, person, own, _ = setting(CHAIR)
    recused = Substitute.objects.get().role.user
    role = f"Chủ tịch Hội đồng thẩm định (thay {recused}, {own.unit_name})"
    client.force_login(person)
    assert f"{group.round} · {role}" in head(client)

    RoundRoleFactory(round=group.round, role=RoundDuty.COUNCIL_MEMBER, user=person)
    assert f"{group.round} · Thành viên Hội đồng thẩm định" in head(client)
    switch(client, CHAIR, group)
    assert f"{group.round} · {role}" in head(client)

    RoundRoleFactory(round=group.round, role=CHAIR, user=person)
    assert f"{group.round} · Chủ tịch Hội đồng thẩm định" in head(client)
    assert "(thay" not in head(client)


def test_the_bench_tells_units_that_wait_in_another_role_from_none(client: Client) -> None:
    group, person, own, _ = setting(CHAIR)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    RoundRoleFactory(round=group.round, role=RoundDuty.COUNCIL_MEMBER, user=person)
    client.force_login(person)
    switch(client, CHAIR, group)
    bench = f"/dot/{group.round.code}/tham-dinh/{group.code}/1.1.1/"

    opinions = text(client.get(bench, {"vai": "y-kien"}))
    assert "2 đơn vị chờ bạn ở vai trò khác" in opinions
    assert "Không có đơn vị nào chờ bạn" not in opinions
    say(own, "1.1.1", Voice.OPINION, person)
    assert "1 đơn vị chờ bạn ở vai trò khác" in text(client.get(bench, {"vai": "y-kien"}))


def head(client: Client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get("/viec/").content.decode().split("<main")[0]).split())


@pytest.mark.parametrize("duty", [RoundDuty.COUNCIL_MEMBER, RoundDuty.LEAD_AGENCY])
def test_other_substitutes_run_nothing(client: Client, duty: RoundDuty) -> None:
    group, person, own, _ = setting(duty)
    client.force_login(person)

    assert not can_see_progress(person, group.round)
    assert client.get(page_of(own)).status_code in (403, 404)
    assert press(client, own, "tiep-nhan").status_code in (403, 404)
    assert client.get(f"/dot/{group.round.code}/tham-dinh/{group.code}/con-khac-nhau/").status_code == 403
