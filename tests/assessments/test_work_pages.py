"""The start page says what waits for a person in each role; notices tell what has happened."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import (
    AssessmentState,
    ClarificationState,
    PreparationKind,
    RoundDuty,
    Track,
    Verb,
)
from assessments.models import Assessment, Clarification, Group, Notice, Preparation, Substitute
from assessments.moves import move
from assessments.notifications import mail_notices, notify, shortened
from assessments.progress import counts_of
from assessments.worklist import desks_of
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.bench import in_appraisal
from tests.assessments.people import LAST_DAY, NOW, file_in, give, someone
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_january")]


@pytest.fixture
def _in_january() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def titles(user: User) -> list[str]:
    return [task.title for desk in desks_of(user) for task in desk.tasks]


def test_what_ends_first_comes_first_and_roles_without_work_last() -> None:
    submitted = file_in(AssessmentState.SUBMITTED)
    organiser = OrganiserFactory()
    for year, until in ((2025, LAST_DAY + dt.timedelta(days=30)), (2024, LAST_DAY)):
        round = RoundFactory(organiser=organiser, year=year, self_scoring_until=until)
        AssessmentFactory(group__round=round)
    user = someone(Role.UNIT_OFFICER, submitted)
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=organiser)

    publishers, officers = desks_of(user)

    assert [task.until for task in publishers.tasks] == [LAST_DAY, LAST_DAY + dt.timedelta(days=30)]
    assert (officers.role, officers.tasks) == ("Cán bộ đơn vị", [])


def test_an_officer_is_told_of_the_open_file_with_the_days_left() -> None:
    file = file_in(AssessmentState.DRAFT)
    officer = someone(Role.UNIT_OFFICER, file)

    [desk] = desks_of(officer)

    assert (desk.role, desk.place) == ("Cán bộ đơn vị", file.unit.name)
    [task] = desk.tasks
    assert task.title == "Tự chấm: Chỉ số cải cách hành chính năm 2024"
    assert (task.until, task.days_left, task.tag) == (LAST_DAY, 4, "Còn 4 ngày")
    assert task.address == reverse(
        "assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code]
    )


@pytest.mark.parametrize(
    ("day", "tag", "tone"),
    [
        (dt.date(2025, 1, 6), "Còn 3 ngày", "warn"),
        (dt.date(2025, 1, 9), "Hết hạn hôm nay", "warn"),
        (dt.date(2025, 1, 11), "Quá hạn 2 ngày", "bad"),
    ],
)
def test_the_words_say_how_near_the_last_day_is(day: dt.date, tag: str, tone: str) -> None:
    officer = someone(Role.UNIT_OFFICER, file_in(AssessmentState.DRAFT))

    with time_machine.travel(dt.datetime.combine(day, dt.time(9), NOW.tzinfo), tick=False):
        [task] = desks_of(officer)[0].tasks

    assert (task.tag, task.tone) == (tag, tone)


@pytest.mark.parametrize(
    ("state", "officers", "heads"),
    [
        (AssessmentState.DRAFT, 1, 0),
        (AssessmentState.UNIT_REVIEW, 0, 1),
        (AssessmentState.SUBMITTED, 0, 0),
        (AssessmentState.CONCLUDED, 0, 0),
    ],
)
def test_a_file_waits_for_the_one_who_can_move_it(state: AssessmentState, officers: int, heads: int) -> None:
    file = file_in(state)

    assert len(titles(someone(Role.UNIT_OFFICER, file))) == officers
    assert len(titles(someone(Role.UNIT_HEAD, file))) == heads


def test_a_file_that_came_back_says_so_with_its_reason() -> None:
    file = file_in(AssessmentState.UNIT_REVIEW)
    officer, publisher = someone(Role.UNIT_OFFICER, file), someone(Role.PUBLISHER, file)
    reason = "Mục 1.2 mới có 2 trong 3 báo cáo."
    head = someone(Role.UNIT_HEAD, file)
    move(file, Verb.RETURN_TO_OFFICER, by_user=head, reason=reason)

    [task] = desks_of(officer)[0].tasks
    assert task.title == "Sửa hồ sơ bị trả lại: Chỉ số cải cách hành chính năm 2024"
    assert (task.detail, task.tag, task.tone) == (f"“{reason}” {head}", "Bị trả lại, còn 4 ngày", "bad")

    more = {"reason": "Mất điện do bão.", "new_deadline": dt.date(2025, 1, 20)}
    move(file, Verb.GRANT_MORE_TIME, by_user=publisher, **more)
    [task] = desks_of(officer)[0].tasks
    assert task.title.startswith("Được gia hạn tự chấm")
    assert (task.until, task.tone) == (dt.date(2025, 1, 20), "")

    move(file, Verb.SEND_TO_HEAD, by_user=officer)
    move(file, Verb.RETURN_TO_OFFICER, by_user=head, reason="Mục 2.1.")
    assert "Mục 2.1." in desks_of(officer)[0].tasks[0].detail


def test_a_new_installation_says_where_to_begin() -> None:
    organiser = OrganiserFactory()

    def first(role: Role) -> list[str]:
        user = UserFactory()
        Membership.objects.create(user=user, role=role, organiser=organiser)
        return titles(user)

    assert first(Role.PUBLISHER) == ["Mở đợt đánh giá đầu tiên"]
    assert first(Role.FRAMEWORK_MANAGER) == ["Đọc bộ tiêu chí từ bảng tính"]
    assert first(Role.ADMINISTRATOR) == ["Nhập danh mục đơn vị"]
    assert first(Role.AUDITOR) == []

    UnitFactory(organiser=organiser)
    whole = UnitFactory(organiser=organiser)
    for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD):
        Membership.objects.create(user=UserFactory(), role=role, unit=whole)
    RoundFactory(organiser=organiser, self_scoring_until=None)
    FrameworkInForceFactory(decision__issuer=organiser)
    assert first(Role.ADMINISTRATOR) == ["Cấp tài khoản cho 1 đơn vị"]
    assert first(Role.FRAMEWORK_MANAGER) == []
    assert first(Role.PUBLISHER) == ["Chuẩn bị Chỉ số cải cách hành chính năm 2024"]


def test_a_question_of_the_council_waits_for_the_unit(client: Client) -> None:
    file = file_in(AssessmentState.IN_APPRAISAL)
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    Clarification.objects.create(
        assessment=file,
        criterion=leaf,
        question="Đề nghị bổ sung quyết định phê duyệt kế hoạch.",
        asked_by="Trần Thị Thư Ký",
        asked_at=NOW,
        until=dt.date(2025, 1, 7),
    )

    officer = someone(Role.UNIT_OFFICER, file)

    [task] = desks_of(officer)[0].tasks
    assert task.title.startswith("Giải trình mục 1.1.1")
    assert "Trần Thị Thư Ký" not in task.detail
    client.force_login(officer)
    own_file = reverse("assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code])
    waits = "1 yêu cầu giải trình, bổ sung chờ đơn vị trả lời"
    assert waits in client.get(own_file).content.decode()
    Group.objects.update(names_appraisers=True)
    assert "Trần Thị Thư Ký" in desks_of(officer)[0].tasks[0].detail
    with time_machine.travel(dt.datetime(2025, 1, 7, 16, 59, tzinfo=dt.UTC), tick=False):
        assert "Việc gần hạn nhất hết hạn hôm nay" in client.get("/viec/").content.decode()
        assert waits in client.get(own_file).content.decode()
    # A day that is over can no longer be met: nothing waits, and the question says what came of it.
    with time_machine.travel(dt.datetime(2025, 1, 7, 17, 0, tzinfo=dt.UTC), tick=False):
        assert not [task for desk in desks_of(officer) for task in desk.tasks if "Giải trình" in task.title]
        assert waits not in client.get(own_file).content.decode()
        assert Clarification.objects.get().standing == "Không trả lời trong hạn"
    assert Clarification.objects.get().standing == "Chờ đơn vị trả lời"
    Clarification.objects.update(
        state=ClarificationState.ANSWERED, answer="Đã bổ sung.", answered_by="A", answered_at=NOW
    )
    assert titles(officer) == []
    assert waits not in client.get(own_file).content.decode()


def test_each_judge_is_told_how_much_is_left_in_the_contents_of_theirs() -> None:
    group = GroupFactory(size=2)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    first = group.assessments.order_by("pk")[0]
    leader, member = someone(RoundDuty.LEAD_AGENCY, first), someone(RoundDuty.COUNCIL_MEMBER, first)
    secretary = someone(RoundDuty.COUNCIL_SECRETARY, first)

    # Leaves 1.1.1, 1.1.2 and 1.2 are content 1, which the agency leads; 2.1 is not; 3 is the survey's.
    assert titles(leader) == ["Đề xuất điểm 6 mục của 2 hồ sơ"]
    assert titles(member) == ["Cho ý kiến 8 mục của 2 hồ sơ"]
    assert titles(secretary) == ["Kết luận 8 mục của 2 hồ sơ"]

    score(first, {"1.1.1": "4"}, track=Track.PROPOSAL)
    score(first, {"1.1.1": "4", "1.2": "3"})

    assert titles(leader) == ["Đề xuất điểm 5 mục của 2 hồ sơ"]
    assert titles(secretary) == ["Kết luận 6 mục của 2 hồ sơ"]


def test_nothing_of_the_own_unit_waits_for_a_judge() -> None:
    group = GroupFactory(size=2)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    own = group.assessments.order_by("pk")[0]
    secretary = someone(RoundDuty.COUNCIL_SECRETARY, own)
    give(secretary, Role.UNIT_OFFICER, own)

    assert "Kết luận 4 mục của 1 hồ sơ" in titles(secretary)


def test_who_stands_in_is_told_of_the_one_unit() -> None:
    group = GroupFactory(size=2)
    group.assessments.update(state=AssessmentState.IN_APPRAISAL)
    file = group.assessments.order_by("pk")[0]
    member, stand_in = someone(RoundDuty.COUNCIL_MEMBER, file), UserFactory()
    Substitute.objects.create(
        role=member.round_roles.get(),
        unit=file.unit,
        user=stand_in,
        reason="Thành viên thuộc đơn vị được thẩm định.",
        named_by="Thư ký",
        named_at=NOW,
    )

    [desk] = desks_of(stand_in)

    assert desk.role == f"Thay {member}, Thành viên Hội đồng thẩm định"
    assert desk.place == file.unit.name
    assert [task.title for task in desk.tasks] == ["Cho ý kiến 4 mục của 1 hồ sơ"]


def test_the_publisher_is_told_what_rounds_wait_for() -> None:
    group = GroupFactory(size=3, round__self_scoring_until=LAST_DAY)
    files = list(group.assessments.order_by("pk"))
    publisher = someone(Role.PUBLISHER, files[0])
    Assessment.objects.filter(pk=files[0].pk).update(state=AssessmentState.SUBMITTED)

    survey = "Ghi điểm điều tra: còn 1 ô của 1 đơn vị"
    assert titles(publisher) == ["Theo dõi 2 đơn vị chưa nộp", "Tiếp nhận 1 hồ sơ đã nộp", survey]

    with time_machine.travel(NOW + dt.timedelta(days=6), tick=False):
        assert titles(publisher) == ["2 đơn vị quá hạn chưa nộp", "Tiếp nhận 1 hồ sơ đã nộp", survey]

    # A day of its own keeps a unit out of the late ones.
    Assessment.objects.filter(pk=files[1].pk).update(self_scoring_until=dt.date(2025, 2, 1))
    with time_machine.travel(NOW + dt.timedelta(days=6), tick=False):
        assert "1 đơn vị quá hạn chưa nộp" in titles(publisher)

    # Nor is a unit late while the others have time, whatever day it was given before.
    Assessment.objects.filter(pk=files[1].pk).update(self_scoring_until=LAST_DAY - dt.timedelta(days=2))
    with time_machine.travel(NOW + dt.timedelta(days=4), tick=False):
        assert "Theo dõi 2 đơn vị chưa nộp" in titles(publisher)
        assert counts_of(group, seen=Q()).overdue == 0


def test_what_waits_for_confirmation_is_not_prepared_again() -> None:
    group = GroupFactory(size=2)
    file = group.assessments.order_by("pk")[0]
    publisher, other = someone(Role.PUBLISHER, file), someone(Role.PUBLISHER, file)
    group.assessments.update(state=AssessmentState.CONCLUDED)
    for one in group.assessments.all():
        score(one, {"2.2": "3"}, track=Track.CONCLUSION)
    title = group.round.title
    assert titles(other) == [f"Chuẩn bị công bố {title}"]

    Preparation.objects.create(
        round=group.round,
        kind=PreparationKind.PUBLISH,
        decision_number="351/QĐ-UBND",
        signed=NOW.date(),
        signer="Chủ tịch",
        prepared_by_id=publisher.pk,
        prepared_by=publisher.full_name,
        prepared_at=NOW,
    )

    assert titles(other) == [f"Xác nhận công bố: {title}"]


def test_nobody_is_told_of_other_peoples_work() -> None:
    file, other = file_in(AssessmentState.SUBMITTED), file_in(AssessmentState.DRAFT)

    assert titles(someone(Role.PUBLISHER, other)) == ["Theo dõi 1 đơn vị chưa nộp"]
    assert titles(someone(Role.UNIT_OFFICER, file)) == []
    assert desks_of(UserFactory()) == []


def test_roles_that_have_ended_have_no_desk() -> None:
    file = file_in(AssessmentState.DRAFT)

    assert desks_of(someone(Role.UNIT_OFFICER, file, valid_to=dt.date(2025, 1, 4))) == []


@pytest.mark.parametrize("units", [1, 12])
def test_the_page_costs_the_same_however_many_units(
    client: Client, units: int, django_assert_num_queries: Any
) -> None:
    group = GroupFactory(size=units, round__self_scoring_until=LAST_DAY)
    client.force_login(someone(Role.PUBLISHER, group.assessments.first()))

    with django_assert_num_queries(PUBLISHER_QUERIES):
        response = client.get(reverse("assessments:work"))

    assert response.status_code == 200


@pytest.mark.parametrize("years", [1, 6])
def test_rounds_that_are_over_cost_a_judge_nothing(years: int, django_assert_num_queries: Any) -> None:
    group = in_appraisal()
    secretary = someone(RoundDuty.COUNCIL_SECRETARY, group.assessments.first())
    for _ in range(years):
        over = GroupFactory()
        over.assessments.update(state=AssessmentState.CONCLUDED)
        give(secretary, RoundDuty.COUNCIL_SECRETARY, over.assessments.first())

    with django_assert_num_queries(JUDGE_QUERIES):
        assert [len(desk.tasks) for desk in desks_of(secretary)] == [1, *[0] * years]


def test_the_page_says_so_when_nothing_waits(client: Client) -> None:
    client.force_login(UserFactory())

    page = client.get(reverse("assessments:work")).content.decode()

    assert "Không có việc nào đang chờ" in page
    assert "chưa được giao vai trò nào" in page


@pytest.mark.parametrize("name", ["work", "notices"])
def test_nobody_else_comes_in(client: Client, name: str) -> None:
    response = client.get(reverse(f"assessments:{name}"))

    assert response.status_code == 302
    assert "/dang-nhap/" in response["Location"]


# -- notices


def test_a_returned_file_tells_the_officers_why() -> None:
    file = file_in(AssessmentState.UNIT_REVIEW)
    officer, head = someone(Role.UNIT_OFFICER, file), someone(Role.UNIT_HEAD, file)

    move(file, Verb.RETURN_TO_OFFICER, by_user=head, reason="Mục 1.1.1 thiếu báo cáo quý III.")

    [notice] = Notice.objects.all()
    assert notice.user == officer
    assert "trả lại cán bộ" in notice.text
    assert "Mục 1.1.1 thiếu báo cáo quý III." in notice.text


def test_a_file_sent_to_the_head_waits_for_the_head_alone() -> None:
    file = file_in(AssessmentState.DRAFT)
    officer, head = someone(Role.UNIT_OFFICER, file), someone(Role.UNIT_HEAD, file)
    someone(Role.UNIT_OFFICER, file)

    move(file, Verb.SEND_TO_HEAD, by_user=officer)

    assert [notice.user for notice in Notice.objects.all()] == [head]


def test_a_move_that_is_refused_tells_nobody() -> None:
    file = file_in(AssessmentState.UNIT_REVIEW)
    someone(Role.UNIT_OFFICER, file)
    head = someone(Role.UNIT_HEAD, file)

    with pytest.raises(Exception, match="lý do"):
        move(file, Verb.RETURN_TO_OFFICER, by_user=head, reason=" ")

    assert not Notice.objects.exists()


def test_a_letter_goes_to_those_with_an_address_and_only_once() -> None:
    with_mail, without = UserFactory(email="canbo@example.vn"), UserFactory(email="")
    gone = UserFactory(email="nghi@example.vn", is_active=False)

    told = notify([with_mail, without, gone], "Đã mở đợt đánh giá.", address="/viec/")

    keys = list(Notice.objects.values_list("pk", flat=True))
    assert told == len(keys) == 2
    mail_notices.call(keys)
    mail_notices.call(keys)
    [letter] = mail.outbox
    assert letter.to == ["canbo@example.vn"]
    assert "Đã mở đợt đánh giá." in letter.body
    assert "http://127.0.0.1:8000/viec/" in letter.body


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert shortened("x" * 500) == "x" * 500
    assert shortened("x" * 501) == "x" * 499 + "…"


def test_a_notice_is_read_when_it_is_followed_and_only_by_its_owner(client: Client) -> None:
    owner, other = UserFactory(), UserFactory()
    notify([owner], "Hồ sơ đã được tiếp nhận.", address="/ho-so/")
    notice = Notice.objects.get()
    address = reverse("assessments:notice", args=[notice.pk])

    client.force_login(other)
    assert client.get(address).status_code == 404
    client.force_login(owner)
    assert client.get(address)["Location"] == "/ho-so/"

    notice.refresh_from_db()
    assert notice.read_at == timezone.now()


def test_all_own_notices_are_read_at_once(client: Client) -> None:
    owner, other = UserFactory(), UserFactory()
    notify([owner, other], "Một")
    notify([owner], "Hai")
    client.force_login(owner)

    assert client.get(reverse("assessments:notices_read")).status_code == 405
    client.post(reverse("assessments:notices_read"))

    assert Notice.objects.filter(user=owner, read_at=None).count() == 0
    assert Notice.objects.filter(user=other, read_at=None).count() == 1


@pytest.mark.parametrize("count", [1, 25])
def test_the_list_of_notices_costs_the_same_however_long(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    file = AssessmentFactory()
    owner = UserFactory()
    for number in range(count):
        notify([owner], f"Thông báo thứ {number}", round=file.group.round)
    client.force_login(owner)

    with django_assert_num_queries(NOTICES_QUERIES):
        client.get(reverse("assessments:notices"))


PUBLISHER_QUERIES = 11
JUDGE_QUERIES = 9
NOTICES_QUERIES = 8


def test_a_publisher_is_told_of_survey_points_that_are_missing_and_of_the_appraisal() -> None:
    group = in_appraisal(size=2, round__appraisal_until=LAST_DAY)
    title = group.round.title

    tasks = desks_of(someone(Role.PUBLISHER, group.assessments.first()))[0].tasks

    assert [(task.title, task.detail, task.tag) for task in tasks] == [
        ("Theo dõi thẩm định 2 hồ sơ", title, "Còn 4 ngày"),
        ("Ghi điểm điều tra: còn 2 ô của 2 đơn vị", title, "Còn 4 ngày"),
    ]
    for file in group.assessments.all():
        score(file, {"2.2": "3"}, track=Track.CONCLUSION)
    assert "Ghi điểm" not in " ".join(titles(someone(Role.PUBLISHER, group.assessments.first())))


def test_an_auditor_follows_the_rounds_that_are_not_published() -> None:
    file = file_in(AssessmentState.DRAFT)

    [task] = desks_of(someone(Role.AUDITOR, file))[0].tasks

    wanted = (f"Theo dõi {file.group.round.title}", "Bước đang thực hiện: tự chấm.")
    assert (task.title, task.detail) == wanted
    assert (task.until, task.tag) == (LAST_DAY, "Còn 4 ngày")
    assert not desks_of(someone(Role.AUDITOR, file_in(AssessmentState.DRAFT)))[0].tasks[1:]


def test_who_asked_is_told_of_the_answers_and_nobody_else() -> None:
    file = file_in(AssessmentState.IN_APPRAISAL)
    asker, other = (someone(RoundDuty.COUNCIL_SECRETARY, file) for _ in range(2))
    Clarification.objects.create(
        assessment=file,
        criterion=file.group.used_framework.criteria.get(code="1.2"),
        state=ClarificationState.ANSWERED,
        question="Vì sao?",
        asked_by_id=asker.pk,
        asked_by=str(asker),
        asked_at=NOW,
        until=LAST_DAY,
        answer="Đã bổ sung.",
        answered_by="Cán bộ",
        answered_at=NOW,
    )

    assert "Xem 1 giải trình đơn vị đã trả lời" in titles(asker)
    assert "Xem 1 giải trình đơn vị đã trả lời" not in titles(other)


def test_who_runs_the_installation_is_told_of_organisers_that_nobody_administers(client: Client) -> None:
    organiser = OrganiserFactory(name="Sở Nội vụ")
    root = UserFactory(is_superuser=True)

    assert titles(root) == ["Cấp quản trị cho Sở Nội vụ"]
    client.force_login(root)
    assert "Các cơ quan" in client.get(reverse("assessments:work")).content.decode()
    Membership.objects.create(user=UserFactory(), role=Role.ADMINISTRATOR, organiser=organiser)
    assert titles(root) == []
