"""Every change can be read by those who answer for it, in words; nobody reads what is not theirs."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assessments.enums import AssessmentState, RoundDuty, Track, Verb, Voice, WithoutEvidence
from assessments.evidence import About, add_reference, edit
from assessments.models import Assessment, Group
from assessments.moves import move
from assessments.results.rankings import keep_ranking
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE, record
from parindex.audit.history import told
from parindex.audit.models import Event
from tests.assessments.bench import files_of, in_appraisal, say, with_duty
from tests.assessments.people import NOW, file_in, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import GroupFactory, score

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_january")]


@pytest.fixture
def _in_january() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def log_of(file: Assessment) -> str:
    return reverse("assessments:round_history", args=[file.group.round.code])


def own_log_of(file: Assessment) -> str:
    return reverse("assessments:own_history", args=[file.group.round.code, file.group.code, file.unit_code])


def test_changes_are_told_in_words() -> None:
    file = file_in(AssessmentState.DRAFT)
    record(
        by=COMMAND_LINE,
        verb="gia hạn tự chấm",
        on=file,
        before={"state": "draft", "self_scoring_until": None, "1.1.1": "0.5", "1.2": None},
        after={"state": "submitted", "self_scoring_until": "2025-01-20", "1.1.1": "KAD", "1.2": "13.25"},
    )

    [past] = told(Event.objects.filter(verb="gia hạn tự chấm"))

    assert [(one.name, one.before, one.after) for one in past.changes] == [
        ("trạng thái", "Đang tự chấm", "Đã nộp"),
        ("hạn tự chấm riêng, đến hết ngày", "–", "20/01/2025"),
        ("mục 1.1.1", "0,50", "không áp dụng"),
        ("mục 1.2", "–", "13,25"),
    ]


def test_facts_are_told_as_their_form_asks_for_them() -> None:
    file = file_in(AssessmentState.DRAFT)
    facts: dict[str, Any] = {
        "1.1": {"numerator": "97.5", "denominator": "113"},
        "1.2": {"found": False, "inner": {"numerator": "5", "denominator": "7"}},
        "1.3": {"counts": {"Báo cáo chậm": 1, "Thiếu ký số": "2"}},
        "1.4": {"met": ["Mã QR", "Bảng niêm yết"]},
        "1.5": {"met": True},
        "1.6": {"level": "0.5"},
        "1.7": {"found": True, "finding": "01 hồ sơ quá hạn"},
    }
    record(by=COMMAND_LINE, verb="ghi điểm: Tự chấm", on=file, before={}, after={"facts": facts})

    [past] = told(Event.objects.filter(verb="ghi điểm: Tự chấm"))

    assert [(one.name, one.after) for one in past.changes] == [
        ("số liệu mục 1.1", "tử số: 97,5; mẫu số: 113"),
        ("số liệu mục 1.2", "có phát hiện: không; tử số: 5; mẫu số: 7"),
        ("số liệu mục 1.3", "Báo cáo chậm: 1; Thiếu ký số: 2"),
        ("số liệu mục 1.4", "đạt: Mã QR, Bảng niêm yết"),
        ("số liệu mục 1.5", "đạt: có"),
        ("số liệu mục 1.6", "mức: 0.5"),
        ("số liệu mục 1.7", "có phát hiện: có; nội dung phát hiện: 01 hồ sơ quá hạn"),
    ]


def test_who_judges_gives_a_reason_not_an_explanation() -> None:
    group = in_appraisal()
    file, user = files_of(group)[0], with_duty(group, RoundDuty.COUNCIL_SECRETARY)
    for points in ("3", "2"):
        say(file, "1.1.1", Voice.CONCLUSION, user, points=points, reason=f"Chỉ đạt {points}")

    first, second = told(Event.objects.filter(verb="ghi điểm: Kết luận").order_by("pk"))

    assert [(one.name, one.before, one.after) for one in first.changes] == [("mục 1.1.1", "–", "3,00")]
    assert [(one.name, one.before, one.after) for one in second.changes] == [
        ("lý do mục 1.1.1", "Chỉ đạt 3", "Chỉ đạt 2"),
        ("mục 1.1.1", "3,00", "2,00"),
    ]


def test_what_stayed_is_told_only_where_nothing_else_was() -> None:
    file = file_in(AssessmentState.DRAFT)
    record(by=COMMAND_LINE, verb="thử", on=file, before={"1.1.1": "1"}, after={"1.1.1": "1"})
    record(by=COMMAND_LINE, verb="thử", on=file, before={"1.1.1": "1"}, after={"1.1.1": "1", "1.2": "2"})

    confirmed, changed = told(Event.objects.filter(verb="thử").order_by("pk"))

    assert [(one.name, one.before, one.after) for one in confirmed.changes] == [("mục 1.1.1", "1,00", "1,00")]
    assert [(one.name, one.before, one.after) for one in changed.changes] == [("mục 1.2", "–", "2,00")]


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_staff_of_the_organiser_read_the_whole_log(client: Client, role: Role) -> None:
    file = file_in(AssessmentState.UNIT_REVIEW)
    move(file, Verb.RETURN_TO_OFFICER, by_user=someone(Role.UNIT_HEAD, file), reason="Thiếu báo cáo quý III.")
    client.force_login(someone(role, file))

    page = client.get(log_of(file)).content.decode()

    assert "Trả lại cán bộ đơn vị" in page
    assert "Thiếu báo cáo quý III." in page
    assert "Thêm nhóm đơn vị" in page


def test_the_log_is_narrowed_by_kind_and_by_words(client: Client) -> None:
    file = file_in(AssessmentState.UNIT_REVIEW)
    head = someone(Role.UNIT_HEAD, file)
    move(file, Verb.RETURN_TO_OFFICER, by_user=head, reason="Thiếu báo cáo.")
    client.force_login(someone(Role.PUBLISHER, file))

    groups = client.get(log_of(file), {"loc": "nhom"}).content.decode()
    by_head = client.get(log_of(file), {"tim": head.full_name}).content.decode()

    assert "Thêm nhóm đơn vị" in groups
    assert "Trả lại cán bộ đơn vị" not in groups
    assert "Trả lại cán bộ đơn vị" in by_head
    assert "Thêm nhóm đơn vị" not in by_head


def test_nothing_of_another_round_is_in_the_log(client: Client) -> None:
    file, other = file_in(AssessmentState.UNIT_REVIEW), file_in(AssessmentState.UNIT_REVIEW)
    move(other, Verb.RETURN_TO_OFFICER, by_user=someone(Role.UNIT_HEAD, other), reason="Việc của nơi khác.")
    client.force_login(someone(Role.PUBLISHER, file))

    assert "Việc của nơi khác." not in client.get(log_of(file)).content.decode()


@pytest.mark.parametrize(
    "role", [Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR]
)
def test_others_do_not_read_the_log_of_the_round(client: Client, role: Role) -> None:
    file = file_in(AssessmentState.DRAFT)
    client.force_login(someone(role, file))

    assert client.get(log_of(file)).status_code in (403, 404)


def test_the_staff_of_another_organiser_do_not_find_the_log(client: Client) -> None:
    file, other = file_in(AssessmentState.DRAFT), file_in(AssessmentState.DRAFT)
    client.force_login(someone(Role.PUBLISHER, other))

    assert client.get(log_of(file)).status_code == 404
    client.logout()
    assert client.get(log_of(file)).status_code == 302


def test_a_unit_reads_its_moves_and_own_words_and_nobody_elses(client: Client) -> None:
    file = file_in(AssessmentState.DRAFT)
    Group.objects.update(without_evidence=WithoutEvidence.ANYTHING)
    score(file, {"1.1.1": "3.75"}, track=Track.SELF)
    score(file, {"1.1.2": "1.875"}, track=Track.PROPOSAL)
    officer = someone(Role.UNIT_OFFICER, file)
    move(file, Verb.SEND_TO_HEAD, by_user=officer)
    client.force_login(officer)

    page = client.get(own_log_of(file)).content.decode()

    assert "3,75" in page
    assert "Trình lãnh đạo duyệt" in page
    assert "1,875" not in page
    assert "đề xuất" not in page
    assert "ghi điểm: Kết luận" not in page.replace("Ghi", "ghi")


@pytest.mark.parametrize("role", [Role.PUBLISHER, RoundDuty.COUNCIL_MEMBER])
def test_the_units_own_page_is_for_the_unit(client: Client, role: Role | RoundDuty) -> None:
    file, other = file_in(AssessmentState.DRAFT), file_in(AssessmentState.DRAFT)
    for person in (someone(role, file), someone(Role.UNIT_OFFICER, other), UserFactory()):
        client.force_login(person)
        assert client.get(own_log_of(file)).status_code == 404


def test_the_log_is_narrowed_to_a_group_a_leaf_and_kept_rankings(client: Client) -> None:
    file = file_in(AssessmentState.IN_APPRAISAL)
    other = GroupFactory(round=file.group.round, code="so", name="Các sở", framework=file.group.framework)
    score(file, {"1.1.1": "1.5", "1.2": "2.5"}, track=Track.CONCLUSION)
    client.force_login(publisher := someone(Role.PUBLISHER, file))
    keep_ranking(file.group, name="Trước họp", by=publisher)
    record(by=COMMAND_LINE, verb="sửa nhóm", on=other, after={"name": "Các sở, ngành"})
    record(by=COMMAND_LINE, verb="ghi giải trình", on=file, after={"reasons": {"1.2": "Đã bổ sung"}})

    def shown(**asked: str) -> str:
        return client.get(log_of(file), asked).content.decode().split("<tbody>")[-1]

    assert "Các sở, ngành" in shown(nhom="so")
    assert "Các sở, ngành" not in shown(nhom=file.group.code)
    assert "Đã bổ sung" in shown(muc="1.2")
    assert "Đã bổ sung" not in shown(muc="1.1.1")
    assert "1,5" in shown(muc="1.1.1", nhom=file.group.code)
    assert "Trước họp" in shown(loc="ban-luu")
    assert "Trước họp" not in shown(loc="ban-luu", nhom="so")


def test_a_unit_finds_one_leaf_in_its_own_log(client: Client) -> None:
    file = file_in(AssessmentState.DRAFT)
    score(file, {"1.1.1": "3.75", "1.2": "1.25"}, track=Track.SELF)
    client.force_login(someone(Role.UNIT_OFFICER, file))

    first, second = (client.get(own_log_of(file), {"muc": code}).content.decode() for code in ("1.2", "9.9"))

    assert "1,25" in first
    assert "Không có việc nào theo điều kiện đang chọn" in second


def test_a_piece_of_evidence_tells_its_history_to_its_own_unit_alone(client: Client) -> None:
    file = file_in(AssessmentState.DRAFT, until=dt.date(2030, 1, 1))
    officer = someone(Role.UNIT_OFFICER, file)
    [piece] = [add_reference(file.unit, About("Kế hoạch", number="5"), by=officer)]
    edit(piece, About("Kế hoạch năm", number="5/KH"), seen=About.of(piece).told, by=officer)
    page = reverse("assessments:piece", args=[file.unit_id, piece.pk])

    client.force_login(officer)
    shown = client.get(page).content.decode()
    assert "Lịch sử" in shown
    assert "Kế hoạch → Kế hoạch năm" in shown
    record(
        by=COMMAND_LINE,
        verb="bỏ khỏi mục",
        on=piece,
        before={"file": 12, "leaf": "1.2", "pointer": "tr. 3"},
    )
    [past] = told(Event.objects.filter(verb="bỏ khỏi mục"))
    assert [one.name for one in past.changes] == ["mục", "trang, mục cần xem"]
    client.force_login(someone(Role.PUBLISHER, file))
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("times", [1, 30])
def test_the_log_costs_the_same_however_long(
    client: Client, times: int, django_assert_num_queries: Any
) -> None:
    file = file_in(AssessmentState.DRAFT)
    for number in range(times):
        record(by=COMMAND_LINE, verb="thử", on=file, after={"1.1.1": str(number)})
    client.force_login(someone(Role.PUBLISHER, file))

    with django_assert_num_queries(12):
        assert client.get(log_of(file)).status_code == 200
