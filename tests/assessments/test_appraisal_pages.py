"""Pages of the appraisal: who sees what, decisions, conflicts, questions, recognition, queries."""

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from assessments.appraisal import ask
from assessments.enums import AssessmentState, ResultsShown, RoundDuty, Track, Voice
from assessments.models import Assessment, Clarification, Group, Notice, Opinion, Score
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.bench import (
    files_of,
    in_appraisal,
    leaf_of,
    say,
    substitute,
    today,
    versions,
    with_duty,
)
from tests.assessments.people import give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import RoundFactory, score

pytestmark = pytest.mark.django_db

LEAD, MEMBER, CHAIR, SECRETARY = RoundDuty
SOON = dt.timedelta(days=5)
SECRET = "Ý kiến kín 8471"
UNSEEN = "Kết luận chưa công bố 5523"
PROPOSED = "Đề xuất riêng 6610"


def work_url(group: Group) -> str:
    return f"/dot/{group.round.code}/tham-dinh/"


def leaf_url(group: Group, code: str = "1.1.1", file: Assessment | None = None, more: str = "") -> str:
    return f"{work_url(group)}{group.code}/{code}/" + (f"?don-vi={file.unit_code}{more}" if file else "")


def file_url(file: Assessment) -> str:
    return f"{work_url(file.group)}{file.group.code}/don-vi/{file.unit_code}/"


def answers_url(file: Assessment) -> str:
    return f"/giai-trinh/{file.group.round.code}/{file.group.code}/{file.unit_code}/"


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


def send(
    client: Client,
    file: Assessment,
    user: User,
    *,
    code: str = "1.1.1",
    voice: Voice = Voice.CONCLUSION,
    seen: tuple[int, int] | None = None,
    **said: Any,
) -> HttpResponse:
    """Press a button of the decision, on a page that showed the rows as they are, or as `seen`."""
    version, own = seen or versions(file, leaf_of(file.group, code), voice, user)
    data = {"voice": voice.value, "version": version, "own_version": own, **said}
    form = {f"tham-dinh-{name}": value for name, value in data.items()}
    return client.post(leaf_url(file.group, code, file), form | {"viec": "cham"})


def act_as(client: Client, duty: RoundDuty, group: Group) -> None:
    """Switch to a duty in the round, as people of several roles do in the header."""
    client.post("/tai-khoan/vai-tro/", {"role": f"{duty.value}-{group.round_id}"})


def conclusion(file: Assessment, code: str = "1.1.1") -> Score:
    return Score.objects.get(assessment=file, criterion__code=code, track=Track.CONCLUSION)


@pytest.fixture
def group() -> Group:
    return in_appraisal()


# -- the work list


def test_the_work_list_counts_what_is_done_and_leads_on(client: Client, group: Group) -> None:
    user, first = with_duty(group, SECRETARY), files_of(group)[0]
    say(first, "1.1.1", Voice.CONCLUSION, user)
    client.force_login(user)

    page = text(client.get(work_url(group)))
    assert "Kết luận: đã xong 1/12 mục" in page
    assert "Mục tiếp theo chưa chấm: 1.1.1" in page
    answer = client.get(f"{work_url(group)}{group.code}/tiep-theo/", follow=True)
    assert f"{files_of(group)[1].unit_name} · tối đa 4,00" in text(answer)


@pytest.mark.parametrize("view", ["tieu-chi", "don-vi", "ma-tran"])
@pytest.mark.parametrize("duty", RoundDuty)
def test_every_view_of_the_work_list_opens(client: Client, group: Group, duty: RoundDuty, view: str) -> None:
    client.force_login(with_duty(group, duty))

    assert client.get(f"{work_url(group)}?xem={view}").status_code == 200
    assert client.get(f"{work_url(group)}?xem={view}&xep=con-lai&loc=con-viec").status_code == 200


def test_a_lead_agency_has_the_leaves_of_its_contents_only(client: Client, group: Group) -> None:
    client.force_login(with_duty(group, LEAD))

    page = text(client.get(work_url(group)))
    assert "Đề xuất: đã xong 0/9 mục" in page
    assert "Tiêu chí 2.1" not in page
    assert client.get(leaf_url(group, "1.2")).status_code == 200
    assert client.get(leaf_url(group, "2.1")).status_code == 403


@pytest.mark.parametrize(("view", "queries"), [("tieu-chi", 14), ("don-vi", 14), ("ma-tran", 15)])
@pytest.mark.parametrize("size", [2, 9])
def test_the_work_list_asks_the_same_for_few_and_many(
    client: Client, size: int, view: str, queries: int, django_assert_num_queries: Any
) -> None:
    group = in_appraisal(size=size)
    client.force_login(with_duty(group, SECRETARY))

    with django_assert_num_queries(queries):
        client.get(f"{work_url(group)}?xem={view}")


@pytest.mark.parametrize("size", [2, 9])
def test_the_bench_asks_the_same_for_few_and_many(
    client: Client, size: int, django_assert_num_queries: Any
) -> None:
    group = in_appraisal(size=size)
    user = with_duty(group, SECRETARY)
    for file in files_of(group):
        say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1")
        say(file, "1.1.1", Voice.CONCLUSION, user)
    client.force_login(user)

    with django_assert_num_queries(18):
        client.get(leaf_url(group, "1.1.1", files_of(group)[0]))
    with django_assert_num_queries(22):
        client.get(file_url(files_of(group)[0]))
    with django_assert_num_queries(12):
        client.get(f"{work_url(group)}{group.code}/con-khac-nhau/?loc=tat-ca")


def test_the_bench_shows_what_the_leaf_got_the_year_before(client: Client) -> None:
    last = in_appraisal(size=1)
    past = files_of(last)[0]
    score(past, {"1.1.1": "3.25"})
    last.assessments.update(state=AssessmentState.CONCLUDED)
    Group.objects.filter(pk=last.pk).update(results_shown=ResultsShown.CONCLUSION)
    round = RoundFactory(organiser=last.round.organiser, previous=last.round)
    group = in_appraisal(round=round, framework=last.framework, units=[past.unit])
    client.force_login(with_duty(group, SECRETARY))

    shown = text(client.get(leaf_url(group, "1.1.1", files_of(group)[0])))
    other = text(client.get(leaf_url(group, "1.2", files_of(group)[0])))

    assert "Năm trước 3,25" in shown
    assert "Năm trước" not in other


# -- decisions


def test_keeping_adjusting_and_what_it_comes_to(client: Client, group: Group) -> None:
    user, (first, second, _) = with_duty(group, SECRETARY), files_of(group)
    client.force_login(user)

    answer = send(client, first, user, choice="keep")
    assert answer.status_code == 302
    assert answer["Location"] == leaf_url(group, "1.1.1", second)
    assert (conclusion(first).points, conclusion(first).reason) == (4, "Công nhận điểm tự chấm.")
    answer = send(client, second, user, choice="adjust", points="2,5", reason="Nộp chậm")
    shown = text(client.get(answer["Location"]))
    assert "So với tự chấm: mục 1.1.1 4,00 → 2,50; nội dung 1 9,00 → 7,50; toàn hồ sơ 15,00 → 13,50." in shown
    assert "hạng" not in shown.lower().replace("xếp hạng", "")
    answer = send(client, second, user, choice="adjust", points="4", reason="Có xác nhận nộp đúng hạn")
    assert f"cho {second.unit_name}: điểm như tự chấm, kèm lý do." in text(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"points": "2", "reason": ""}, "Nêu lý do điều chỉnh mục 1.1.1"),
        ({"points": "", "reason": "Chậm"}, "điều chỉnh thì ghi điểm"),
        ({"points": "4,5", "reason": "Chậm"}, "lớn hơn điểm tối đa 4"),
        ({"points": "hai", "reason": "Chậm"}, "hai"),
        ({"points": "0,1234567", "reason": "Chậm"}, "nhiều hơn 6 chữ số thập phân"),
        (
            {"points": "", "reason": ""},
            "còn chỗ phải sửa Mục 1.1.1: điều chỉnh thì ghi điểm hoặc số liệu thẩm định. "
            "Nêu lý do điều chỉnh mục 1.1.1.",
        ),
        (
            {"points": "hai", "reason": ""},
            "Mục 1.1.1, điểm: “hai” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng "
            "nghìn. Nêu lý do điều chỉnh mục 1.1.1.",
        ),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(
    client: Client, group: Group, said: dict[str, str], complaint: str
) -> None:
    user, first = with_duty(group, CHAIR), files_of(group)[0]
    client.force_login(user)

    answer = send(client, first, user, choice="adjust", **said)
    assert answer.status_code == 422
    assert complaint in text(answer)
    for typed in said.values():
        assert typed in answer.content.decode()
    assert conclusion(first).at is None


def test_a_lead_agencys_total_counts_its_proposals_on_every_content_that_it_leads(
    client: Client, group: Group
) -> None:
    lead, first = with_duty(group, LEAD, contents=["1", "2"]), files_of(group)[0]
    say(first, "2.1", Voice.PROPOSAL, lead, points="5")
    client.force_login(lead)

    answer = send(client, first, lead, voice=Voice.PROPOSAL, choice="adjust", points="3", reason="Chậm")
    told = "mục 1.1.1 4,00 → 3,00; nội dung 1 9,00 → 8,00; toàn hồ sơ 15,00 → 13,00."
    assert told in text(client.get(answer["Location"]))
    assert "Toàn hồ sơ 15,00 → 13,00" in text(client.get(leaf_url(group, "1.1.1", first)))


def test_a_stale_decision_shows_both_and_can_be_sent_again(client: Client, group: Group) -> None:
    one, other, first = with_duty(group, SECRETARY), with_duty(group, CHAIR), files_of(group)[0]
    seen = versions(first, leaf_of(group, "1.1.1"), Voice.CONCLUSION, one)
    say(first, "1.1.1", Voice.CONCLUSION, other, points="1", reason="Thiếu phụ lục")
    client.force_login(one)

    answer = send(client, first, one, seen=seen, choice="adjust", points="3", reason="Nộp chậm")
    assert answer.status_code == 409
    page = text(answer)
    assert "Bản đang có" in page
    assert "Thiếu phụ lục" in page
    assert "Nộp chậm" in page
    assert conclusion(first).points == 1
    fields = dict(re.findall(r'name="tham-dinh-((?:own_)?version)" value="(\d+)"', answer.content.decode()))
    again = send(
        client,
        first,
        one,
        seen=(int(fields["version"]), int(fields["own_version"])),
        choice="adjust",
        points="3",
        reason="Nộp chậm",
    )
    assert again.status_code == 302
    assert conclusion(first).points == 3


def test_a_reason_is_picked_again_and_other_points_for_it_are_pointed_out(
    client: Client, group: Group
) -> None:
    user, (first, second, _) = with_duty(group, SECRETARY), files_of(group)
    say(first, "1.1.1", Voice.CONCLUSION, user, points="1", reason="Báo cáo nộp chậm")
    client.force_login(user)

    assert "Báo cáo nộp chậm (dùng 1 lần)" in text(client.get(leaf_url(group, "1.1.1", second)))
    send(client, second, user, choice="adjust", points="2", picked="Báo cáo nộp chậm")
    assert conclusion(second).reason == "Báo cáo nộp chậm"
    shown = text(client.get(leaf_url(group, "1.1.1", second)))
    assert f"Cùng lý do, khác điểm: {first.unit_name} được 1,00" in shown


# -- who


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_the_organisers_readers_read_everything_and_write_nothing(
    client: Client, group: Group, role: Role
) -> None:
    file, secretary = files_of(group)[0], with_duty(group, SECRETARY)
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason=SECRET)
    say(file, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="2", reason=PROPOSED)
    say(file, "1.1.1", Voice.CONCLUSION, secretary, points="3", reason=UNSEEN)
    user = someone(role, file)
    client.force_login(user)

    page = client.get(leaf_url(group, "1.1.1", file)).content.decode()
    assert SECRET in page
    assert PROPOSED in page
    assert UNSEEN in page
    assert 'id="quyet-dinh"' not in page
    for voice in Voice:
        assert send(client, file, user, voice=voice, choice="keep").status_code == 403


def test_opinions_are_blind(client: Client, group: Group) -> None:
    file, first, second = files_of(group)[0], with_duty(group, MEMBER), with_duty(group, MEMBER)
    say(file, "1.1.1", Voice.OPINION, first, points="1", reason=SECRET)
    say(file, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="2", reason=PROPOSED)
    say(file, "1.1.1", Voice.CONCLUSION, with_duty(group, SECRETARY), points="3", reason=UNSEEN)
    client.force_login(second)

    for url in (
        leaf_url(group, "1.1.1", file),
        file_url(file),
        work_url(group),
        f"{work_url(group)}?xem=ma-tran",
    ):
        page = client.get(url).content.decode()
        assert SECRET not in page
        assert UNSEEN not in page
        assert first.full_name not in page
    assert PROPOSED in client.get(leaf_url(group, "1.1.1", file)).content.decode()
    for name in ("con-khac-nhau", "bien-ban"):
        assert client.get(f"{work_url(group)}{group.code}/{name}/").status_code == 403
    send(client, file, second, voice=Voice.OPINION, choice="keep")
    page = client.get(leaf_url(group, "1.1.1", file)).content.decode()
    assert SECRET in page
    assert UNSEEN in page


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_a_member_who_also_works_for_the_organiser_is_blind_all_the_same(
    client: Client, group: Group, role: Role
) -> None:
    file = files_of(group)[0]
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason=SECRET)
    user = give(with_duty(group, MEMBER), role, file)
    client.force_login(user)

    for url in (leaf_url(group, "1.1.1", file), file_url(file)):
        assert SECRET not in client.get(url).content.decode()
    assert client.get(f"{work_url(group)}{group.code}/con-khac-nhau/").status_code == 403


def test_a_lead_agency_never_sees_opinions(client: Client, group: Group) -> None:
    file, user = files_of(group)[0], with_duty(group, LEAD)
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason=SECRET)
    say(file, "1.1.1", Voice.PROPOSAL, user, points="2")
    client.force_login(user)

    for url in (leaf_url(group, "1.1.1", file), file_url(file), work_url(group)):
        assert SECRET not in client.get(url).content.decode()
    assert client.get(f"{work_url(group)}{group.code}/con-khac-nhau/").status_code == 403


@pytest.mark.parametrize("role", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_a_units_people_see_nothing_of_the_appraisal(client: Client, group: Group, role: Role) -> None:
    file = files_of(group)[0]
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason=SECRET)
    say(file, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="2", reason=PROPOSED)
    say(file, "1.1.1", Voice.CONCLUSION, with_duty(group, SECRETARY), points="3", reason=UNSEEN)
    client.force_login(someone(role, file))

    own = f"/ho-so/{group.round.code}/{group.code}/{file.unit_code}/"
    urls = [leaf_url(group, "1.1.1", file), file_url(file), work_url(group)]
    assert {client.get(url).status_code for url in urls} == {404}
    for url in (own, f"{own}1/", answers_url(file)):
        page = client.get(url)
        assert page.status_code == 200
        for secret in (SECRET, PROPOSED, UNSEEN):
            assert secret not in page.content.decode()


@pytest.mark.parametrize("role", [*RoundDuty, Role.PUBLISHER, Role.AUDITOR])
def test_people_of_another_round_find_nothing(client: Client, group: Group, role: Role | RoundDuty) -> None:
    file, other = files_of(group)[0], in_appraisal(size=1, code="khac")
    user = someone(role, files_of(other)[0])
    client.force_login(user)

    for url in (work_url(group), leaf_url(group, "1.1.1", file), file_url(file)):
        assert client.get(url).status_code == 404
    assert send(client, file, user, choice="keep").status_code == 404
    assert conclusion(file).at is None


def test_nobody_without_an_account_gets_in(client: Client, group: Group) -> None:
    for url in (
        work_url(group),
        leaf_url(group),
        file_url(files_of(group)[0]),
        answers_url(files_of(group)[0]),
    ):
        assert client.get(url)["Location"].startswith("/dang-nhap/")


SPEAKS = {
    LEAD: {Voice.PROPOSAL},
    MEMBER: {Voice.OPINION},
    CHAIR: {Voice.CONCLUSION},
    SECRETARY: {Voice.CONCLUSION},
}


@pytest.mark.parametrize("state", AssessmentState)
@pytest.mark.parametrize("duty", RoundDuty)
@pytest.mark.parametrize("voice", Voice)
def test_who_may_say_what_in_which_state(
    client: Client, group: Group, duty: RoundDuty, voice: Voice, state: AssessmentState
) -> None:
    file, user = files_of(group)[0], with_duty(group, duty)
    Assessment.objects.filter(pk=file.pk).update(state=state)
    client.force_login(user)

    expected = 403
    if voice in SPEAKS[duty]:
        expected = 302 if state == AssessmentState.IN_APPRAISAL else 409
    assert send(client, file, user, voice=voice, choice="keep").status_code == expected


# -- own unit and substitutes


@pytest.mark.parametrize("duty", RoundDuty)
def test_nobody_appraises_their_own_unit(client: Client, group: Group, duty: RoundDuty) -> None:
    own, other = files_of(group)[:2]
    user = give(with_duty(group, duty), Role.UNIT_OFFICER, own)
    say(own, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason=SECRET)
    client.force_login(user)
    assert "chuyển sang vai trò" in text(client.get(leaf_url(group, "1.1.1", other)))
    act_as(client, duty, group)

    page = client.get(leaf_url(group, "1.1.1", own))
    assert "Bạn thuộc đơn vị này nên không thẩm định" in text(page)
    assert SECRET not in page.content.decode()
    assert client.get(file_url(own)).status_code == 403
    (voice,) = SPEAKS[duty]
    assert send(client, own, user, voice=voice, choice="keep").status_code == 403
    assert send(client, other, user, voice=voice, choice="keep").status_code == 302


@pytest.mark.parametrize("duty", RoundDuty)
def test_a_substitute_acts_for_that_unit_only(client: Client, group: Group, duty: RoundDuty) -> None:
    first, second, _ = files_of(group)
    user = UserFactory()
    substitute(group, duty, user, first)
    client.force_login(user)
    (voice,) = SPEAKS[duty]

    assert client.get(work_url(group)).status_code == 200
    assert second.unit_name not in text(client.get(leaf_url(group, "1.1.1", first)))
    assert send(client, first, user, voice=voice, choice="keep").status_code == 302
    assert send(client, second, user, voice=voice, choice="keep").status_code == 404
    assert client.get(file_url(second)).status_code == 403


def test_a_substitute_who_belongs_to_the_unit_is_refused(client: Client, group: Group) -> None:
    file = files_of(group)[0]
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.UNIT_HEAD, unit=file.unit)
    substitute(group, SECRETARY, user, file)
    client.force_login(user)

    assert send(client, file, user, choice="keep").status_code == 403
    assert client.get(file_url(file)).status_code == 403


# -- questions to the unit


def test_a_question_is_asked_answered_and_closed(client: Client, group: Group) -> None:
    file, user = files_of(group)[0], with_duty(group, SECRETARY)
    officer = someone(Role.UNIT_OFFICER, file)
    client.force_login(user)
    url = leaf_url(group, "1.1.1", file)

    bad = client.post(
        url, {"viec": "hoi", "giai-trinh-question": "Thiếu biên bản", "giai-trinh-until": "32/1"}
    )
    assert bad.status_code == 422
    assert "Thiếu biên bản" in bad.content.decode()
    until = f"{today() + SOON:%d/%m/%Y}"
    client.post(url, {"viec": "hoi", "giai-trinh-question": "Thiếu biên bản", "giai-trinh-until": until})
    assert "Chờ trả lời, còn 5 ngày" in text(client.get(url))
    told = Notice.objects.get(user=officer)
    assert told.address == answers_url(file)

    client.force_login(officer)
    asked = Clarification.objects.get()
    page = client.get(told.address)
    assert "Thiếu biên bản" in text(page)
    assert user.full_name not in page.content.decode()
    data = {"yeu-cau": asked.pk, f"tra-loi-{asked.pk}-answer": ""}
    empty = client.post(told.address, data)
    assert empty.status_code == 422
    assert "Ghi nội dung trả lời cho mục 1.1.1." in text(empty)
    data[f"tra-loi-{asked.pk}-answer"] = "Biên bản ở trang 3"
    assert client.post(told.address, data).status_code == 302
    assert client.post(told.address, data).status_code == 409

    client.force_login(user)
    assert Notice.objects.get(user=user).address == url
    assert "Biên bản ở trang 3" in text(client.get(url))
    assert "Đơn vị đã trả lời" in text(client.get(url))
    close = {"viec": "ket-thuc", "question": asked.pk, "seen": "asked"}
    assert client.post(url, close).status_code == 409
    assert client.post(url, close | {"seen": "answered"}).status_code == 302
    assert Clarification.objects.get().closed_by == user.actor.name


def test_another_units_people_do_not_find_the_questions(client: Client, group: Group) -> None:
    first, second, _ = files_of(group)
    asked = ask(
        first, leaf_of(group, "1.1.1"), question=SECRET, until=today(), by=with_duty(group, SECRETARY)
    )
    client.force_login(someone(Role.UNIT_HEAD, second))

    assert client.get(answers_url(first)).status_code == 404
    assert client.post(answers_url(second), {"yeu-cau": asked.pk}).status_code == 404
    assert SECRET not in client.get(answers_url(second)).content.decode()


# -- recognising and the meeting


def test_the_rest_is_recognised_after_a_preview(client: Client, group: Group) -> None:
    file, user = files_of(group)[0], with_duty(group, SECRETARY)
    say(file, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="1")
    say(file, "1.2", Voice.PROPOSAL, with_duty(group, LEAD))
    client.force_login(user)
    url = f"{file_url(file)}cong-nhan/"

    assert "Công nhận điểm tự chấm của 3 mục" in text(client.get(url))
    assert client.post(url, {"seen": 4}).status_code == 409
    assert conclusion(file, "2.1").at is None
    assert client.post(url, {"seen": 3}).status_code == 302
    assert conclusion(file, "2.1").author_name == user.actor.name
    assert conclusion(file, "1.1.1").at is None
    leaf = f"{leaf_url(group, '2.1')}cong-nhan/"
    assert "Công nhận điểm tự chấm của 2 mục" in text(client.get(leaf))
    assert client.post(leaf, {"seen": 2}).status_code == 302


@pytest.mark.parametrize("duty", [LEAD, MEMBER])
def test_only_those_who_conclude_recognise(client: Client, group: Group, duty: RoundDuty) -> None:
    file = files_of(group)[0]
    client.force_login(with_duty(group, duty))

    for url in (f"{file_url(file)}cong-nhan/", f"{leaf_url(group)}cong-nhan/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {"seen": 1}).status_code == 403


def test_recognising_a_criterion_leaves_the_own_unit_out(client: Client, group: Group) -> None:
    own = files_of(group)[0]
    user = give(with_duty(group, SECRETARY), Role.UNIT_HEAD, own)
    client.force_login(user)
    assert client.get(f"{leaf_url(group)}cong-nhan/").status_code == 403
    act_as(client, SECRETARY, group)

    assert client.post(f"{leaf_url(group)}cong-nhan/", {"seen": 2}).status_code == 302
    assert conclusion(own).at is None


def test_the_meeting_list_holds_what_differs_and_the_minutes_what_was_concluded(
    client: Client, group: Group
) -> None:
    first, second, third = files_of(group)
    user = with_duty(group, SECRETARY)
    say(first, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="1", reason="Thiếu")
    say(second, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="2", reason="Chậm")
    say(third, "1.1.1", Voice.OPINION, with_duty(group, MEMBER))
    client.force_login(user)
    url = f"{work_url(group)}{group.code}/con-khac-nhau/"

    page = text(client.get(url))
    assert "2 mục còn khác nhau, chưa kết luận" in page
    assert third.unit_name not in page
    say(first, "1.1.1", Voice.CONCLUSION, user, points="3", reason="Đã họp")
    assert "1 mục còn khác nhau" in text(client.get(url))
    minutes = text(client.get(f"{work_url(group)}{group.code}/bien-ban/"))
    assert "Biên bản: 2 mục" in minutes
    assert "Đã họp" in minutes


def test_opinions_are_written_for_each_member(group: Group) -> None:
    file = files_of(group)[0]
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER))
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="0")

    assert sorted(Opinion.objects.values_list("points", flat=True)) == [0, 4]


def test_a_long_list_of_units_opens_at_the_page_of_the_chosen_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parindex.listing.PAGE_SIZE", 4)
    group = in_appraisal(size=9)
    client.force_login(with_duty(group, SECRETARY))
    files = files_of(group)

    page = text(client.get(leaf_url(group, "1.1.1", files[5])))
    assert "5–8 trong 9" in page
    assert files[0].unit_name not in page
    assert "9–9 trong 9" in text(client.get(leaf_url(group, "1.1.1", files[5], "&trang=3")))


def test_the_rounds_of_a_person_lead_to_the_only_one(client: Client, group: Group) -> None:
    user = with_duty(group, MEMBER)
    client.force_login(user)

    assert client.get("/tham-dinh/")["Location"] == work_url(group)
    other = in_appraisal(size=1, code="khac")
    give(user, LEAD, files_of(other)[0])
    assert "Bạn thẩm định trong 2 đợt đánh giá" in text(client.get("/tham-dinh/"))
    client.force_login(UserFactory())
    assert "Bạn chưa được giao thẩm định" in text(client.get("/tham-dinh/"))
