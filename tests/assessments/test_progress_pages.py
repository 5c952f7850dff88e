"""Progress pages: who sees them, what they say, the verbs behind their buttons, stale pages, queries."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty, Track, Verb
from assessments.models import Assessment, Round
from assessments.moves import move
from assessments.progress import can_see_progress
from assessments.publication import publish
from assessments.transitions import JUDGES, TABLE
from assessments.views.progress import ADDRESSES
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE
from tests.assessments.people import file_in, give, someone
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundRoleFactory, score

pytestmark = pytest.mark.django_db

DRAFT, UNIT_REVIEW, SUBMITTED, IN_APPRAISAL, CONCLUDED = AssessmentState
SEE = [Role.PUBLISHER, Role.AUDITOR, RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR]
DO_NOT = [
    Role.UNIT_OFFICER,
    Role.UNIT_HEAD,
    Role.FRAMEWORK_MANAGER,
    Role.ADMINISTRATOR,
    RoundDuty.LEAD_AGENCY,
    RoundDuty.COUNCIL_MEMBER,
]
SOON = dt.timedelta(days=5)


def today() -> dt.date:
    return timezone.localdate()


def a_file(state: AssessmentState = DRAFT) -> Assessment:
    return file_in(state, until=today() + SOON)


def list_url(round: Round) -> str:
    return f"/dot/{round.code}/tien-do/"


def file_url(file: Assessment, verb: str = "") -> str:
    address = f"{list_url(file.group.round)}{file.group.code}/{file.unit_code}/"
    return f"{address}{verb}/" if verb else address


def signed_in(client: Client, role: Role | RoundDuty, file: Assessment) -> User:
    user = someone(role, file)
    client.force_login(user)
    return user


def send(client: Client, file: Assessment, verb: str, *, seen: str = "", **given: Any) -> HttpResponse:
    """Press a verb's button on a page that showed the file as it is, or as `seen`."""
    prefix = ADDRESSES[verb].value.replace("_", "-")
    data = {f"{prefix}-{name}": value for name, value in given.items()}
    return client.post(file_url(file, verb), data | {f"{prefix}-seen": seen or file.state})


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


def verbs_on(answer: HttpResponse) -> list[str]:
    return re.findall(r'/([a-z-]+)/"\s+novalidate', answer.content.decode())


def state_of(file: Assessment) -> str:
    return Assessment.objects.get(pk=file.pk).state


def announce(file: Assessment) -> None:
    """Conclude and publish the file's round."""
    round = file.group.round
    score(file, {"2.2": "3.5"})
    conclude(file.group, by=COMMAND_LINE)
    publish(round, decision_number="1/QĐ", signed=today(), signer="Chủ tịch", by=COMMAND_LINE)


# -- who


@pytest.mark.parametrize("role", SEE)
def test_those_who_run_the_round_see_the_list_and_the_file(client: Client, role: Role | RoundDuty) -> None:
    file = a_file()
    user = signed_in(client, role, file)

    assert can_see_progress(user, file.group.round)
    assert "1 trong 1 đơn vị chưa nộp hồ sơ" in text(client.get(list_url(file.group.round)))
    assert f"{file.unit_name}: đang tự chấm" in text(client.get(file_url(file)))


@pytest.mark.parametrize("role", DO_NOT)
@pytest.mark.parametrize(("announced", "answer"), [(False, 404), (True, 403)])
def test_other_roles_are_refused(
    client: Client, role: Role | RoundDuty, announced: bool, answer: int
) -> None:
    file = a_file(IN_APPRAISAL)
    if announced:
        announce(file)
    elif isinstance(role, RoundDuty):
        answer = 403  # who has a duty in a round knows of it
    user = signed_in(client, role, file)

    assert not can_see_progress(user, file.group.round)
    found = {client.get(url).status_code for url in (list_url(file.group.round), file_url(file))}
    assert found == {answer}
    assert {send(client, file, verb, reason="x").status_code for verb in ADDRESSES} == {answer}
    assert list_url(file.group.round) not in client.get(f"/dot/{file.group.round.code}/").content.decode()


@pytest.mark.parametrize("role", SEE)
def test_another_organisers_people_find_nothing(client: Client, role: Role | RoundDuty) -> None:
    file, other = a_file(SUBMITTED), a_file()
    signed_in(client, role, other)

    assert client.get(list_url(file.group.round)).status_code == 404
    assert client.get(file_url(file)).status_code == 404
    assert send(client, file, "tiep-nhan").status_code == 404
    assert state_of(file) == SUBMITTED


@pytest.mark.parametrize("role", SEE)
def test_a_role_that_has_ended_opens_nothing(client: Client, role: Role | RoundDuty) -> None:
    file = a_file()
    client.force_login(someone(role, file, valid_to=dt.date(2020, 1, 1)))

    assert client.get(list_url(file.group.round)).status_code == 404


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    file = a_file(SUBMITTED)

    for answer in (
        client.get(list_url(file.group.round)),
        client.get(file_url(file)),
        send(client, file, "tiep-nhan"),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/dang-nhap/")
    assert state_of(file) == SUBMITTED


def test_a_secretary_of_one_group_sees_that_group_alone(client: Client) -> None:
    file = a_file()
    round = file.group.round
    other = GroupFactory(round=round, code="so", name="Các sở", framework=file.group.framework, size=1)
    role = RoundRoleFactory(round=round, group=file.group, role=RoundDuty.COUNCIL_SECRETARY)
    client.force_login(role.user)

    assert "Các sở" not in text(client.get(list_url(round)))
    assert client.get(f"{list_url(round)}?nhom=so").status_code == 404
    assert client.get(file_url(file)).status_code == 200
    assert client.get(file_url(other.assessments.get())).status_code == 404


def test_a_council_of_one_group_that_is_another_does_not_open_the_list(client: Client) -> None:
    file = a_file()
    elsewhere = RoundRoleFactory(role=RoundDuty.COUNCIL_SECRETARY)
    client.force_login(elsewhere.user)

    assert client.get(list_url(file.group.round)).status_code == 404


def test_addresses_that_only_take_a_post(client: Client) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)

    for verb in ADDRESSES:
        answer = client.get(file_url(file, verb))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert client.post(file_url(file, "khong-co")).status_code == 404
    assert client.post(file_url(file, "send_to_head")).status_code == 404


def test_a_post_from_elsewhere_is_refused() -> None:
    client, file = Client(enforce_csrf_checks=True), a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)

    assert send(client, file, "tiep-nhan").status_code == 403
    assert state_of(file) == SUBMITTED


def test_the_verbs_of_judges_all_have_an_address() -> None:
    judged = {row.verb for row in TABLE if JUDGES.intersection(row.roles)}

    assert set(ADDRESSES.values()) == judged


# -- the round page's link


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_the_round_page_links_to_the_progress(client: Client, role: Role) -> None:
    file = a_file()
    signed_in(client, role, file)
    page = client.get(f"/dot/{file.group.round.code}/").content.decode()

    assert f'<a href="{list_url(file.group.round)}">Tiến độ hồ sơ</a>' in page


def test_the_secretary_is_led_to_the_round_page_and_back(client: Client) -> None:
    file = a_file(IN_APPRAISAL)
    round = file.group.round
    signed_in(client, RoundDuty.COUNCIL_SECRETARY, file)

    assert f'href="/dot/{round.code}/"' in client.get(list_url(round)).content.decode()
    assert list_url(round) in client.get(f"/dot/{round.code}/").content.decode()


# -- the list


def big_round(client: Client, size: int) -> list[Assessment]:
    """A group of this size whose publisher has signed in; names count down."""
    group = GroupFactory(size=size)
    group.round.self_scoring_until = today() + SOON
    group.round.save()
    files = list(group.assessments.order_by("unit_sort_key"))
    signed_in(client, Role.PUBLISHER, files[0])
    return files


def put(file: Assessment, **fields: Any) -> None:
    Assessment.objects.filter(pk=file.pk).update(**fields)


def test_the_list_says_state_deadline_and_how_far_each_unit_is(client: Client) -> None:
    ahead, late, granted, submitted, last = big_round(client, 5)
    score(ahead, {"1.1.1": "4", "1.2": None}, track=Track.SELF)
    Round.objects.update(self_scoring_until=today() - dt.timedelta(days=3))
    put(ahead, self_scoring_until=today() + SOON)
    put(late, self_scoring_until=today() - dt.timedelta(days=5))
    put(granted, self_scoring_until=today() + dt.timedelta(days=9), state=UNIT_REVIEW)
    put(submitted, state=SUBMITTED, submitted_at=timezone.now(), self_scoring_until=dt.date(2020, 1, 1))
    put(last, self_scoring_until=today())
    page = text(client.get(list_url(ahead.group.round)))

    assert "4 trong 5 đơn vị chưa nộp hồ sơ, 1 đơn vị quá hạn" in page
    own = f"hạn riêng, đến hết {today() + SOON:%d/%m/%Y}"
    assert f"{ahead.unit_name} Đang tự chấm Còn 5 ngày {own} Đã tự chấm 2/4 mục" in page
    assert f"{late.unit_name} Đang tự chấm Quá hạn 3 ngày đến hết" in page
    assert f"{granted.unit_name} Chờ lãnh đạo duyệt Còn 9 ngày hạn riêng" in page
    assert f"{submitted.unit_name} Đã nộp Nộp " in page
    assert f"{last.unit_name} Đang tự chấm Hôm nay là ngày cuối" in page


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("", [0, 1, 2, 3]),
        ("dang-tu-cham", [0, 1]),
        ("da-nop", [2]),
        ("dang-tham-dinh", [3]),
        ("qua-han", [1]),
        ("da-ket-luan", []),
        ("linh-tinh", [0, 1, 2, 3]),
    ],
)
def test_the_list_filters_by_state(client: Client, chosen: str, shown: list[int]) -> None:
    files = big_round(client, 4)
    Round.objects.update(self_scoring_until=today() - SOON)
    put(files[0], self_scoring_until=today() + SOON)
    put(files[2], state=SUBMITTED)
    put(files[3], state=IN_APPRAISAL)
    answer = client.get(list_url(files[0].group.round), {"loc": chosen})

    assert [line.file.pk for line in answer.context.get("lines")] == [files[place].pk for place in shown]
    counts = "Tất cả 4 Quá hạn, chưa nộp 1 Đang tự chấm 2 Chờ lãnh đạo duyệt 0 Đã nộp 1 Đang thẩm định 1"
    assert counts in text(answer)
    assert ("Không có đơn vị nào theo điều kiện đang chọn" in text(answer)) == (shown == [])


def test_a_round_without_dates_or_with_all_submitted(client: Client) -> None:
    first, second = big_round(client, 2)
    Round.objects.update(self_scoring_until=None)
    assert "Chưa ấn định hạn" in text(client.get(list_url(first.group.round)))

    Assessment.objects.update(state=SUBMITTED)
    assert "Cả 2 đơn vị đã nộp hồ sơ" in text(client.get(list_url(second.group.round)))


def test_a_round_without_groups_says_so(client: Client) -> None:
    file = a_file()
    signed_in(client, Role.PUBLISHER, file)
    file.group.assessments.all().delete()
    file.group.delete()

    assert "chưa có nhóm đơn vị nào tự chấm" in text(client.get(list_url(file.group.round)))


def test_names_stand_in_vietnamese_order_fifty_to_a_page(client: Client) -> None:
    file = a_file()
    group, unit = file.group, file.unit
    names = ["Đông Hồ", "Ân Thi", "An Thi", "Phường 10", "Phường 2", *(f"Xã {n}" for n in range(46))]
    round = group.round
    units = [UnitFactory(name=name, organiser=round.organiser, unit_type=unit.unit_type) for name in names]
    GroupFactory(round=round, code="xa", name="Các xã", framework=group.framework, units=units)
    signed_in(client, Role.PUBLISHER, file)
    first, second = (client.get(list_url(round), {"nhom": "xa", "trang": page}) for page in (1, 2))

    shown = [line.file.unit_name for line in first.context["lines"]]
    assert shown[:6] == ["An Thi", "Ân Thi", "Đông Hồ", "Phường 2", "Phường 10", "Xã 0"]
    assert (len(shown), [line.file.unit_name for line in second.context["lines"]]) == (50, ["Xã 45"])
    assert "51–51 trong 51" in text(second)


@pytest.mark.parametrize("size", [2, 20])
@pytest.mark.parametrize(("role", "queries"), [(Role.PUBLISHER, 18), (RoundDuty.COUNCIL_SECRETARY, 19)])
def test_the_list_asks_the_same_queries_for_few_and_many(
    client: Client, django_assert_num_queries: Any, size: int, role: Role | RoundDuty, queries: int
) -> None:
    files = big_round(client, size)
    signed_in(client, role, files[0])

    with django_assert_num_queries(queries):
        client.get(list_url(files[0].group.round))


# -- one file


@pytest.mark.parametrize(
    ("role", "state", "verbs"),
    [
        (Role.PUBLISHER, DRAFT, ["ban-giay", "gia-han"]),
        (Role.PUBLISHER, UNIT_REVIEW, ["gia-han"]),
        (Role.PUBLISHER, SUBMITTED, ["tiep-nhan", "tra-lai", "gia-han"]),
        (Role.PUBLISHER, IN_APPRAISAL, ["mo-lai-tu-cham"]),
        (Role.PUBLISHER, CONCLUDED, ["mo-lai-tham-dinh", "mo-lai-tu-cham"]),
        (Role.AUDITOR, SUBMITTED, []),
        (Role.AUDITOR, CONCLUDED, []),
        (RoundDuty.COUNCIL_SECRETARY, DRAFT, []),
        (RoundDuty.COUNCIL_SECRETARY, SUBMITTED, ["tiep-nhan"]),
        (RoundDuty.COUNCIL_SECRETARY, IN_APPRAISAL, ["ket-luan"]),
        (RoundDuty.COUNCIL_CHAIR, IN_APPRAISAL, ["ket-luan"]),
        (RoundDuty.COUNCIL_CHAIR, CONCLUDED, ["mo-lai-tham-dinh"]),
    ],
)
def test_the_buttons_are_the_verbs_that_are_open(
    client: Client, role: Role | RoundDuty, state: AssessmentState, verbs: list[str]
) -> None:
    file = a_file(state)
    signed_in(client, role, file)

    assert verbs_on(client.get(file_url(file))) == verbs


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DRAFT, "Cán bộ đơn vị (Lò Thị Hạnh)"),
        (UNIT_REVIEW, "Lãnh đạo đơn vị (Giàng Thị Xuân)"),
        (SUBMITTED, "Thư ký Hội đồng thẩm định tiếp nhận (thư ký Vũ Hà)"),
        (IN_APPRAISAL, "Hội đồng thẩm định (thư ký Vũ Hà)"),
        (CONCLUDED, "Đã xong thẩm định, không chờ ai"),
    ],
)
def test_the_page_names_who_holds_the_file(client: Client, state: AssessmentState, words: str) -> None:
    file = a_file(state)
    give(UserFactory(full_name="Lò Thị Hạnh"), Role.UNIT_OFFICER, file)
    give(UserFactory(full_name="Giàng Thị Xuân"), Role.UNIT_HEAD, file)
    give(UserFactory(full_name="Vũ Hà"), RoundDuty.COUNCIL_SECRETARY, file)
    signed_in(client, Role.PUBLISHER, file)

    assert words in text(client.get(file_url(file)))


def test_more_time_for_one_unit(client: Client) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    new = today() + dt.timedelta(days=12)
    answer = send(client, file, "gia-han", new_deadline=f"{new:%d/%m/%Y}", reason="Bão số 3\nmất điện")

    assert (answer.status_code, answer["Location"]) == (302, file_url(file))
    page = text(client.get(answer["Location"]))
    assert f"Đã gia hạn tự chấm cho {file.unit_name} đến hết ngày {new:%d/%m/%Y}." in page
    assert f"Còn 12 ngày hạn riêng, đến hết {new:%d/%m/%Y}" in page
    line = f"{user} Gia hạn tự chấm giữ “Đang tự chấm” hạn riêng: đến hết {new:%d/%m/%Y} Bão số 3 mất điện"
    assert line in page


@pytest.mark.parametrize(
    ("role", "start", "verb", "given", "end"),
    [
        (Role.PUBLISHER, SUBMITTED, "tiep-nhan", {}, IN_APPRAISAL),
        (RoundDuty.COUNCIL_SECRETARY, SUBMITTED, "tiep-nhan", {}, IN_APPRAISAL),
        (Role.PUBLISHER, SUBMITTED, "tra-lai", {"reason": "Thiếu phụ lục", "new_deadline": ""}, DRAFT),
        (RoundDuty.COUNCIL_CHAIR, IN_APPRAISAL, "ket-luan", {}, CONCLUDED),
        (RoundDuty.COUNCIL_CHAIR, CONCLUDED, "mo-lai-tham-dinh", {"reason": "Có khiếu nại"}, IN_APPRAISAL),
        (Role.PUBLISHER, CONCLUDED, "mo-lai-tu-cham", {"reason": "Sai mẫu", "new_deadline": "+9"}, DRAFT),
    ],
)
def test_each_verb_moves_the_file_and_says_so(
    client: Client,
    role: Role | RoundDuty,
    start: AssessmentState,
    verb: str,
    given: dict[str, str],
    end: AssessmentState,
) -> None:
    file = a_file(start)
    user = signed_in(client, role, file)
    if given.get("new_deadline"):
        given = given | {"new_deadline": f"{today() + dt.timedelta(days=9):%d/%m/%Y}"}
    answer = send(client, file, verb, **given)

    assert answer.status_code == 302
    assert state_of(file) == end
    page = text(client.get(answer["Location"]))
    assert file.unit_name in page.split("Đường dẫn")[0]
    assert f"{user}" in page
    assert f"{start.label} → {end.label}" in page
    assert given.get("reason", "") in page


@pytest.mark.parametrize(
    ("given", "message", "field"),
    [
        ({"reason": "", "new_deadline": "+9"}, "Nêu lý do của việc “Gia hạn tự chấm”.", "reason"),
        ({"reason": "   ", "new_deadline": "+9"}, "Nêu lý do của việc “Gia hạn tự chấm”.", "reason"),
        ({"reason": "Bão", "new_deadline": ""}, "Ghi hạn tự chấm mới của đơn vị.", "new_deadline"),
        ({"reason": "Bão", "new_deadline": "31/02/2027"}, "không phải là ngày", "new_deadline"),
        ({"reason": "Bão", "new_deadline": "01/01/2020"}, "đã qua.", "new_deadline"),
        ({"reason": "Bão", "new_deadline": "+1"}, "phải sau hạn đang áp dụng", "new_deadline"),
    ],
)
def test_what_is_wrong_stands_in_a_summary_and_nothing_typed_is_lost(
    client: Client, given: dict[str, str], message: str, field: str
) -> None:
    file = a_file()
    signed_in(client, Role.PUBLISHER, file)
    if given["new_deadline"].startswith("+"):
        days = dt.timedelta(days=int(given["new_deadline"]))
        given = given | {"new_deadline": f"{today() + days:%d/%m/%Y}"}
    answer = send(client, file, "gia-han", **given)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<title>Lỗi: " in page
    summary = page.split('class="error-summary"')[1].split("</div>")[0]
    assert f'href="#id_grant-more-time-{field}"' in summary
    assert message in summary
    assert f'value="{given["new_deadline"]}"' in page
    assert f">{given['reason']}</textarea>" in page
    assert Assessment.objects.get(pk=file.pk).self_scoring_until is None


def test_a_file_that_returns_after_its_deadline_needs_a_new_one(client: Client) -> None:
    file = file_in(SUBMITTED, until=today() - SOON)
    signed_in(client, Role.PUBLISHER, file)

    answer = send(client, file, "tra-lai", reason="Thiếu phụ lục")

    assert answer.status_code == 422
    assert "Ghi hạn tự chấm mới của đơn vị." in text(answer)
    assert state_of(file) == SUBMITTED


def test_a_file_with_leaves_not_yet_concluded_says_which(client: Client) -> None:
    file = AssessmentFactory()
    put(file, state=IN_APPRAISAL)
    file.refresh_from_db()
    signed_in(client, RoundDuty.COUNCIL_SECRETARY, file)
    answer = send(client, file, "ket-luan")

    assert answer.status_code == 422
    assert "Việc vừa gửi chưa được ghi" in text(answer)
    assert "vì còn mục chưa có điểm thẩm định" in text(answer)
    assert state_of(file) == IN_APPRAISAL


@pytest.mark.parametrize("role", [Role.AUDITOR, RoundDuty.COUNCIL_CHAIR, RoundDuty.COUNCIL_SECRETARY])
def test_those_who_only_read_are_refused_the_publishers_verbs(client: Client, role: Role | RoundDuty) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, role, file)
    answer = send(client, file, "tra-lai", reason="x")

    assert answer.status_code == 403
    assert "Chỉ cơ quan chủ trì, công bố mới làm được việc “Trả lại khi tiếp nhận”" in text(answer)
    assert state_of(file) == SUBMITTED


@pytest.mark.parametrize("state", AssessmentState)
def test_nobody_runs_the_file_of_a_unit_of_their_own(client: Client, state: AssessmentState) -> None:
    file = a_file(state)
    user = signed_in(client, Role.PUBLISHER, file)
    for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD, RoundDuty.COUNCIL_CHAIR):
        give(user, role, file)
    page = client.get(file_url(file))

    assert verbs_on(page) == []
    assert f"Bạn thuộc {file.unit_name} nên không tiếp nhận" in text(page)
    refused = [send(client, file, verb, reason="x") for verb in ADDRESSES]
    assert {answer.status_code for answer in refused} == {403}
    assert state_of(file) == state


def test_a_verb_that_does_not_belong_to_the_state_is_refused(client: Client) -> None:
    file = a_file(DRAFT)
    signed_in(client, Role.PUBLISHER, file)
    answer = send(client, file, "tiep-nhan")

    assert answer.status_code == 409
    assert "nên không làm được việc “Tiếp nhận, bắt đầu thẩm định”" in text(answer)


# -- stale pages


def test_a_page_that_is_no_longer_true_says_who_moved_the_file_and_when(client: Client) -> None:
    file = a_file(SUBMITTED)
    other = give(UserFactory(full_name="Vũ Hải Yến"), RoundDuty.COUNCIL_SECRETARY, file)
    signed_in(client, Role.PUBLISHER, file)
    move(Assessment.objects.get(pk=file.pk), Verb.START_APPRAISAL, by_user=other)
    answer = send(client, file, "tra-lai", seen=SUBMITTED, reason="Thiếu phụ lục 2")
    page = text(answer)

    assert answer.status_code == 409
    assert re.search(r"Vũ Hải Yến đã tiếp nhận, bắt đầu thẩm định lúc \d\d:\d\d \d\d/\d\d/\d{4}\.", page)
    assert "hiện ở trạng thái “Đang thẩm định”" in page
    assert "Thiếu phụ lục 2" in page
    assert state_of(file) == IN_APPRAISAL


def test_a_button_pressed_twice_acts_once(client: Client) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)

    assert [send(client, file, "tiep-nhan").status_code for _ in range(2)] == [302, 409]


def test_a_file_moved_between_the_look_and_the_write(client: Client, monkeypatch: Any) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)

    def late(*args: Any, **kwargs: Any) -> Assessment:
        put(file, state=IN_APPRAISAL)
        return move(*args, **kwargs)

    monkeypatch.setattr("assessments.views.progress.move", late)
    answer = send(client, file, "tiep-nhan")

    assert answer.status_code == 409
    assert "Hồ sơ đã chuyển trạng thái từ lúc mở trang" in text(answer)


@pytest.mark.parametrize("seen", ["", "nonsense"])
def test_a_form_that_does_not_say_what_it_showed_moves_nothing(client: Client, seen: str) -> None:
    file = a_file(SUBMITTED)
    signed_in(client, Role.PUBLISHER, file)
    data = {"start-appraisal-seen": seen} if seen else {}

    assert client.post(file_url(file, "tiep-nhan"), data).status_code == 409
    assert state_of(file) == SUBMITTED


# -- history


def test_history_stands_newest_first_fifty_to_a_page(client: Client) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    for day in range(1, 53):
        move(
            file,
            Verb.GRANT_MORE_TIME,
            by_user=user,
            reason=f"Lần {day}.",
            new_deadline=today() + SOON + dt.timedelta(days=day),
        )
    other = a_file()
    move(
        other,
        Verb.GRANT_MORE_TIME,
        by_user=someone(Role.PUBLISHER, other),
        reason="Của đơn vị khác",
        new_deadline=today() + SOON * 9,
    )
    first, second = text(client.get(file_url(file))), text(client.get(file_url(file), {"trang": 2}))

    assert first.index("Lần 52.") < first.index("Lần 51.") < first.index("Lần 3.")
    assert "Lần 2." not in first
    assert "Lần 2." in second
    assert "Lần 1." in second
    assert "Của đơn vị khác" not in first + second


def test_a_reason_is_shown_as_text(client: Client) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    given = {"reason": "<script>alert(1)</script>", "new_deadline": today() + SOON * 2}
    move(file, Verb.GRANT_MORE_TIME, by_user=user, **given)
    page = client.get(file_url(file)).content.decode()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_file_without_history_says_so(client: Client) -> None:
    file = a_file()
    signed_in(client, Role.AUDITOR, file)

    assert "Hồ sơ chưa chuyển trạng thái, chưa gia hạn lần nào." in text(client.get(file_url(file)))


def test_saves_of_scores_are_told_apart_from_moves_and_without_their_points(client: Client) -> None:
    file = a_file()
    score(file, {"1.1.1": "3.75", "1.2": "1.25"}, track=Track.SELF)
    signed_in(client, Role.PUBLISHER, file)

    assert "Ghi điểm: Tự chấm" not in text(client.get(file_url(file)))
    page = text(client.get(file_url(file), {"lich_su": "tat-ca"}))
    assert "dòng lệnh Ghi điểm: Tự chấm 2 mục" in page
    assert "3,75" not in page
    assert "3.75" not in page


def test_who_reads_the_log_of_the_round_is_led_to_the_points_of_each_leaf(client: Client) -> None:
    file = a_file()
    score(file, {"1.1.1": "3.75"}, track=Track.SELF)
    words = "Điểm cũ, điểm mới của từng mục"
    signed_in(client, Role.PUBLISHER, file)

    page = client.get(file_url(file), {"lich_su": "tat-ca"}).content.decode()
    address = html.unescape(re.findall(rf'href="([^"]*)">{words}', page)[0])
    assert "Mục 1.1.1: – → 3,75" in text(client.get(address))
    assert words not in client.get(file_url(file)).content.decode()
    signed_in(client, RoundDuty.COUNCIL_SECRETARY, file)
    assert words not in client.get(file_url(file), {"lich_su": "tat-ca"}).content.decode()


@pytest.mark.parametrize("moves", [1, 12])
def test_one_file_asks_the_same_queries_however_long_its_history(
    client: Client, django_assert_num_queries: Any, moves: int
) -> None:
    file = a_file()
    user = signed_in(client, Role.PUBLISHER, file)
    for day in range(1, moves + 1):
        new = today() + SOON + dt.timedelta(days=day)
        move(file, Verb.GRANT_MORE_TIME, by_user=user, reason="Bão", new_deadline=new)

    with django_assert_num_queries(23):
        client.get(file_url(file))
