"""Self-scoring by the unit's own people: who, when, which fields, conflicts, refusals, queries."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.enums import AssessmentState, Track, Verb
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Score
from assessments.moves import move
from assessments.self_scoring import Edit, StaleScores, save_own_words
from criteria.enums import Source
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.models import Event
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

EVERY_KIND = {
    "1.1.1": {"max_points": "4"},
    "1.1.2": {"max_points": "2", "rule_kind": "yes_no"},
    "1.2": {
        "max_points": "1",
        "rule_kind": "levels",
        "rule_parameters": {
            "levels": [{"name": "Tốt", "amount": {"percent": "75"}}, {"name": "Kém", "amount": "0"}]
        },
    },
    "1.3": {"max_points": "1.5", "rule_kind": "ratio", "rule_parameters": {"floor": "50"}},
    "1.4": {"max_points": "1", "rule_kind": "count", "rule_parameters": {"unit_points": "0.1"}},
    "1.5": {
        "max_points": "2",
        "rule_kind": "deduction",
        "rule_parameters": {"violations": [{"name": "Báo cáo chậm", "amount": "0.25"}]},
    },
    "1.6": {
        "max_points": "1",
        "rule_kind": "parts",
        "rule_parameters": {
            "parts": [{"name": "Bảng niêm yết", "amount": "0.5"}, {"name": "Mã QR", "amount": "0.5"}]
        },
    },
    "1.7": {
        "max_points": "2",
        "rule_kind": "steps",
        "rule_parameters": {"steps": [{"bound": "10", "amount": "2"}]},
    },
    "1.8": {
        "max_points": "2",
        "rule_kind": "knock_out",
        "rule_parameters": {"inner": {"kind": "ratio"}},
    },
    "1.9": {"max_points": "1", "rule_kind": "best_unit"},
    "2.1": {"max_points": "6"},
    "2.2": {"max_points": "4", "source": Source.SURVEY},
    "2.3": {"max_points": "1", "source": Source.COMPUTED},
    "2.4": {"max_points": "1", "source": Source.IMPORTED},
}
CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


def new_file(rows: Mapping[str, Any] = EVERY_KIND, **round_dates: dt.date) -> Assessment:
    group = GroupFactory(framework=FrameworkInForceFactory(rows=rows), size=2)
    for name, day in round_dates.items():
        setattr(group.round, name, day)
    group.round.save()
    return group.assessments.order_by("pk").first()


def staff(role: Role, place: Organiser | Unit) -> User:
    user = UserFactory()
    where = {"unit": place} if isinstance(place, Unit) else {"organiser": place}
    Membership.objects.create(user=user, role=role, **where)
    return user


def officer(file: Assessment) -> User:
    return staff(Role.UNIT_OFFICER, file.unit)


def file_url(file: Assessment) -> str:
    return f"/ho-so/{file.group.round.code}/{file.group.code}/{file.unit_code}/"


def content_url(file: Assessment, code: str = "1") -> str:
    return f"{file_url(file)}{code}/"


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the page as it stands."""
    form = page[page.index('id="tu-cham"') :]
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]*)"', tag)
        if name is None or kind is None:
            continue
        if kind[1] in {"radio", "checkbox"} and not re.search(r"\bchecked\b", tag):
            continue
        sent = value[1] if value else "on"
        if kind[1] == "checkbox" and name[1].endswith("-met"):
            data.setdefault(name[1], []).append(sent)
        else:
            data[name[1]] = sent
    for tag, text in re.findall(r"(<textarea\b[^>]*>)(.*?)</textarea>", form, flags=re.S):
        found = re.search(r'name="([^"]*)"', tag)
        assert found
        data[found[1]] = text
    data.pop("csrfmiddlewaretoken", None)
    return data


def typed(client: Client, file: Assessment, entries: Mapping[str, Any], code: str = "1") -> dict[str, Any]:
    """The page's fields with entries by "leaf code/field"."""
    data = fields_of(client.get(content_url(file, code)).content.decode())
    return data | named(file, entries)


def named(file: Assessment, entries: Mapping[str, Any]) -> dict[str, Any]:
    keys = dict(file.group.used_framework.criteria.values_list("code", "pk"))
    return {f"m{keys[place.split('/')[0]]}-{place.split('/')[1]}": value for place, value in entries.items()}


def own(file: Assessment, code: str) -> Score | None:
    return file.scores.filter(criterion__code=code, track=Track.SELF).first()


def points(file: Assessment, code: str) -> Decimal | None:
    found = own(file, code)
    return found.points if found else None


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


# -- saving


def test_every_kind_of_rule_is_entered_in_its_own_fields_and_saved_together(client: Client) -> None:
    file = new_file()
    person = officer(file)
    signed_in(client, person)
    data = typed(
        client,
        file,
        {
            "1.1.1/points": "3,5",
            "1.1.1/reason": "Chậm 2 ngày.\r\nĐã nhắc.",
            "1.1.2/met": "yes",
            "1.2/level": "0",
            "1.3/numerator": "41",
            "1.3/denominator": "50",
            "1.4/count": "7",
            "1.5/count_0": "2",
            "1.6/met": ["1"],
            "1.7/value": "12,5",
            "1.8/numerator": "9",
            "1.8/denominator": "10",
            "1.9/value": "33",
        },
    )

    answer = client.post(content_url(file), data)

    assert (answer.status_code, answer["Location"]) == (302, content_url(file))
    assert {code: points(file, code) for code in EVERY_KIND if code.startswith("1")} == {
        "1.1.1": Decimal("3.5"),
        "1.1.2": Decimal(2),
        "1.2": Decimal("0.75"),
        "1.3": Decimal("1.23"),
        "1.4": Decimal("0.7"),
        "1.5": Decimal("1.5"),
        "1.6": Decimal("0.5"),
        "1.7": Decimal(2),
        "1.8": Decimal("1.8"),
        "1.9": None,
    }
    first = own(file, "1.1.1")
    assert first is not None
    assert (first.reason, first.author_name, first.version) == ("Chậm 2 ngày.\nĐã nhắc.", str(person), 1)
    assert Event.objects.filter(verb="ghi điểm: Tự chấm", actor_name=str(person)).count() == 1
    page = client.get(content_url(file)).content.decode()
    assert "Đã lưu 10 mục" in page
    assert str(person) in page
    assert "10/10 mục" in page
    assert "41/50 = 82 %" in page


def test_only_changed_rows_are_written(client: Client) -> None:
    file = new_file()
    score(file, {"1.1.1": "4", "2.1": "6"}, track=Track.SELF)
    signed_in(client, officer(file))

    client.post(content_url(file), typed(client, file, {"1.1.2/met": "no"}))

    assert points(file, "1.1.2") == 0
    assert own(file, "1.1.1").version == 1  # type: ignore[union-attr]
    assert file.scores.filter(track=Track.SELF).count() == 3


@pytest.mark.parametrize("code", ["1", "2"])
def test_a_page_sent_back_untouched_changes_nothing(client: Client, code: str) -> None:
    file = new_file()
    signed_in(client, officer(file))
    everything = {
        "1.1.1/points": "3,5",
        "1.2/level": "1",
        "1.3/numerator": "41,5",
        "1.3/denominator": "50",
        "1.5/count_0": "0",
        "1.6/met": ["none"],
        "1.8/found": "on",
        "1.8/finding": "Lộ  thông tin",
        "1.4/not_applicable": "on",
        "1.4/reason": "Không phát sinh",
    }
    client.post(content_url(file), typed(client, file, everything))
    client.post(content_url(file, "2"), typed(client, file, {"2.1/points": "6"}, "2"))
    before = list(file.scores.filter(track=Track.SELF).values())

    answer = client.post(content_url(file, code), typed(client, file, {}, code))

    assert answer.status_code == 302
    assert list(file.scores.filter(track=Track.SELF).values()) == before
    assert len(before) == 8


def test_not_applicable_needs_a_reason_and_takes_the_leaf_out_of_the_sum(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))

    refused = client.post(content_url(file), typed(client, file, {"1.3/not_applicable": "on"}))
    saved = client.post(
        content_url(file),
        typed(client, file, {"1.3/not_applicable": "on", "1.3/reason": "Không phát sinh"}),
    )

    assert refused.status_code == 422
    assert "nêu lý do không áp dụng" in refused.content.decode()
    assert saved.status_code == 302
    found = own(file, "1.3")
    assert found is not None
    assert (found.not_applicable, found.attainable, found.obtained) == (True, 0, 0)


@pytest.mark.parametrize(
    ("entries", "field", "message"),
    [
        ({"1.1.1/points": "4,01"}, "points", "lớn hơn điểm tối đa 4 "),
        ({"1.1.1/points": "-1"}, "points", "số âm"),
        ({"1.1.1/points": "ba"}, "points", "không phải là số"),
        ({"1.1.1/points": "1,0000001"}, "points", "nhiều hơn 6 chữ số"),
        ({"1.1.1/points": "9" * 31}, "points", "30"),
        ({"1.3/numerator": "5"}, "denominator", "Chưa có mẫu số"),
        ({"1.3/numerator": "5", "1.3/denominator": "0"}, "numerator", "Mẫu số bằng 0"),
        ({"1.4/count": "1,5"}, "count", "Mục 1.4, số lượng: “1,5” không phải là số nguyên."),
        ({"1.3/numerator": "a"}, "numerator", "Mục 1.3, tử số: “a” không phải là số."),
        ({"1.5/count_0": "-2"}, "count_0", "số âm"),
        ({"1.6/met": ["0", "none"]}, "met_0", "không đạt phần nào"),
        ({"1.2/level": "9"}, "level_0", "1.2"),
        ({"1.8/found": "on"}, "numerator", "Mục 1.8"),
    ],
)
def test_bad_entries_are_refused_at_their_field_and_nothing_is_saved(
    client: Client, entries: dict[str, Any], field: str, message: str
) -> None:
    file = new_file()
    signed_in(client, officer(file))
    place = next(iter(entries)).split("/")[0]
    good = {"1.1.2/met": "yes", "1.1.2/reason": "Câu chữ phải còn"}
    target = next(iter(named(file, {f"{place}/{field}": ""})))

    answer = client.post(content_url(file), typed(client, file, good | entries))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.index("<title>Lỗi: ") > 0
    assert message in page
    assert f'href="#id_{target}"' in page
    assert f'id="id_{target}"' in page
    assert "Câu chữ phải còn" in page
    for value in entries.values():
        assert value == "on" or isinstance(value, list) or value in page or len(value) == 1
    assert not file.scores.filter(track=Track.SELF).exists()


def test_a_row_is_emptied_again_and_the_event_keeps_what_it_held(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    client.post(content_url(file), typed(client, file, {"1.1.1/points": "4", "1.1.1/reason": "Câu cũ"}))

    client.post(content_url(file), typed(client, file, {"1.1.1/points": "", "1.1.1/reason": ""}))

    found = own(file, "1.1.1")
    assert found is not None
    assert (found.points, found.obtained, found.at, found.author_name) == (None, None, None, "")
    assert (found.attainable, found.version, found.is_entered) == (4, 2, False)
    event = Event.objects.filter(verb="ghi điểm: Tự chấm").latest("pk")
    assert (event.before, event.after) == (
        {"1.1.1": "4", "reasons": {"1.1.1": "Câu cũ"}},
        {"1.1.1": None},
    )
    assert "0/11" in client.get("/ho-so/").content.decode()


def test_what_a_row_says_already_is_not_written_again(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    said = {"1.1.1/points": "3,5", "1.3/numerator": "5", "1.3/denominator": "8"}
    client.post(content_url(file), typed(client, file, said))
    written = Event.objects.count()

    page = client.post(
        content_url(file), typed(client, file, {"1.1.1/points": "3.50", "1.3/numerator": "5,0"}), follow=True
    )

    assert "Không có gì thay đổi nên không ghi thêm." in page.content.decode()
    assert Event.objects.count() == written
    assert own(file, "1.1.1").version == own(file, "1.3").version == 1


def test_an_explanation_stands_before_the_points_and_is_not_taken_for_an_answer(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))

    client.post(content_url(file), typed(client, file, {"1.3/reason": "Chờ số liệu quý IV"}))

    found = own(file, "1.3")
    assert found is not None
    assert (found.reason, found.obtained, found.is_entered) == ("Chờ số liệu quý IV", None, False)
    assert found.author_name
    page = client.get(content_url(file)).content.decode()
    assert "Đang làm" in page
    assert "0/11" in client.get("/ho-so/").content.decode()
    client.post(
        content_url(file),
        typed(client, file, {"1.3/numerator": "5", "1.3/denominator": "10", "1.3/reason": "Đủ"}),
    )
    event = Event.objects.filter(verb="ghi điểm: Tự chấm").latest("pk")
    assert (event.before["reasons"], event.after["reasons"]) == ({"1.3": "Chờ số liệu quý IV"}, {"1.3": "Đủ"})


def test_points_that_a_paper_gave_without_facts_stay_when_the_explanation_changes(client: Client) -> None:
    file = new_file()
    score(file, {"1.3": "1.2"}, track=Track.SELF)
    signed_in(client, officer(file))
    assert "Đang ghi 1,20 điểm" in client.get(content_url(file)).content.decode()

    client.post(content_url(file), typed(client, file, {"1.3/reason": "Theo báo cáo số 12"}))

    found = own(file, "1.3")
    assert found is not None
    assert (found.points, found.facts, found.reason) == (Decimal("1.2"), {}, "Theo báo cáo số 12")


def test_rows_of_other_sources_are_locked_with_the_reason_and_cannot_be_sent(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    page = client.get(content_url(file, "2")).content.decode()

    client.post(content_url(file, "2"), typed(client, file, {"2.2/points": "4", "2.2/version": "0"}, "2"))

    assert "Lấy từ điều tra xã hội học" in page
    assert "Hệ thống tính khi kết luận" in page
    assert "đưa kết quả vào" in page
    assert own(file, "2.2") is None
    leaf = file.group.used_framework.criteria.get(code="2.2")
    with pytest.raises(AssessmentError, match=r"2\.2 không do đơn vị tự chấm"):
        save_own_words(file, [Edit(leaf, 0, points=Decimal(4))], by=officer(file))


def test_a_leaf_of_another_framework_is_refused() -> None:
    file, other = new_file(), new_file()
    leaf = other.group.used_framework.criteria.get(code="1.1.1")

    with pytest.raises(AssessmentError):
        save_own_words(file, [Edit(leaf, 0, points=Decimal(1))], by=officer(file))


# -- conflicts


def test_a_stale_row_keeps_both_versions_and_saves_nothing(client: Client) -> None:
    file = new_file()
    first, second = officer(file), officer(file)
    signed_in(client, first)
    data = typed(client, file, {"1.1.1/points": "4", "1.1.1/reason": "Chữ của tôi", "1.1.2/met": "yes"})
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal("2.5"), reason="Chữ của người kia")], by=second)

    answer = client.post(content_url(file), data)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<title>Lỗi: " in page
    for text in ("Chữ của tôi", "Chữ của người kia", str(second), "2,50 điểm", 'value="4"'):
        assert text in page
    assert points(file, "1.1.1") == Decimal("2.5")
    assert own(file, "1.1.2") is None

    mine = client.post(content_url(file), fields_of(page))

    assert mine.status_code == 302
    assert (points(file, "1.1.1"), points(file, "1.1.2")) == (4, 2)


def test_taking_the_other_version_saves_the_rest(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    data = typed(client, file, {"1.1.1/points": "4", "1.1.2/met": "yes"})
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal("2.5"))], by=officer(file))
    page = client.post(content_url(file), data).content.decode()

    client.post(content_url(file), fields_of(page) | named(file, {"1.1.1/keep": "theirs"}))

    assert (points(file, "1.1.1"), points(file, "1.1.2")) == (Decimal("2.5"), 2)


def test_somebody_elses_row_that_i_did_not_touch_is_no_conflict(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    data = typed(client, file, {"1.1.2/met": "yes"})
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal("2.5"))], by=officer(file))

    answer = client.post(content_url(file), data)

    assert answer.status_code == 302
    assert (points(file, "1.1.1"), points(file, "1.1.2")) == (Decimal("2.5"), 2)


def test_the_verb_names_the_stale_rows_and_writes_nothing() -> None:
    file = new_file()
    person = officer(file)
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal(1))], by=person)

    with pytest.raises(StaleScores) as refusal:
        save_own_words(file, [Edit(leaf, 0, points=Decimal(2))], by=person)

    assert refusal.value.status == 409
    assert [found.points for found in refusal.value.stale.values() if found] == [1]
    assert points(file, "1.1.1") == 1


# -- state and deadline


def test_the_last_day_is_open_and_the_day_after_is_not() -> None:
    file = new_file(self_scoring_until=dt.date(2025, 1, 10))
    person = officer(file)
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    last_minute = dt.datetime(2025, 1, 10, 16, 59, tzinfo=dt.UTC)

    save_own_words(file, [Edit(leaf, 0, points=Decimal(1))], by=person, now=last_minute)
    with pytest.raises(WrongState, match="đã hết"):
        save_own_words(
            file, [Edit(leaf, 1, points=Decimal(2))], by=person, now=last_minute + dt.timedelta(minutes=1)
        )

    assert points(file, "1.1.1") == 1


def test_a_file_that_closes_while_somebody_types_loses_no_text(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    data = typed(client, file, {"1.1.1/points": "4", "1.1.1/reason": "Câu dài đã gõ"})
    Assessment.objects.filter(pk=file.pk).update(state=AssessmentState.UNIT_REVIEW)

    answer = client.post(content_url(file), data)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Câu dài đã gõ" in page
    assert "Chưa ghi" in page
    assert 'type="submit">Lưu nội dung' not in page
    assert own(file, "1.1.1") is None


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AssessmentState.UNIT_REVIEW, "lãnh đạo đơn vị trả lại"),
        (AssessmentState.SUBMITTED, "trả lại khi tiếp nhận"),
        (AssessmentState.IN_APPRAISAL, "mở lại tự chấm"),
        (AssessmentState.CONCLUDED, "mở lại tự chấm"),
    ],
)
def test_a_file_out_of_the_officers_hands_is_read_only_and_says_who_opens_it(
    client: Client, state: AssessmentState, words: str
) -> None:
    file = new_file()
    score(file, {"1.1.1": "4"}, track=Track.SELF)
    Assessment.objects.filter(pk=file.pk).update(state=state)
    signed_in(client, officer(file))

    for address in (file_url(file), content_url(file)):
        page = client.get(address).content.decode()
        assert words in page
        assert "<textarea" not in page
        assert "Lưu nội dung" not in page


def test_after_the_deadline_the_page_is_read_only(client: Client) -> None:
    file = new_file(self_scoring_until=dt.date(2025, 1, 10))
    signed_in(client, officer(file))

    page = client.get(content_url(file)).content.decode()

    assert "đã hết từ cuối ngày 10/01/2025" in page
    assert "gia hạn cho đơn vị" in page
    assert "<textarea" not in page


# -- the file's way to the head and out


def test_the_officer_sends_the_head_returns_with_a_reason_and_then_submits(client: Client) -> None:
    file = new_file()
    person, head = officer(file), staff(Role.UNIT_HEAD, file.unit)
    signed_in(client, person)
    assert "Trình lãnh đạo duyệt" in client.get(file_url(file)).content.decode()
    send = {"verb": Verb.SEND_TO_HEAD, "seen": "draft"}
    client.post(file_url(file), send)
    assert "Trình lãnh đạo duyệt</button>" not in client.get(file_url(file)).content.decode()

    signed_in(client, head)
    back = {"verb": Verb.RETURN_TO_OFFICER, "seen": "unit_review"}
    refused = client.post(file_url(file), back | {"reason": "  "})
    client.post(file_url(file), back | {"reason": "Mục 1.3 thiếu phụ lục"})
    assert refused.status_code == 422
    assert "Nêu lý do trả lại" in refused.content.decode()

    signed_in(client, person)
    page = client.get(file_url(file)).content.decode()
    assert "Mục 1.3 thiếu phụ lục" in page
    assert str(head) in page
    client.post(file_url(file), send)
    signed_in(client, head)
    client.post(file_url(file), {"verb": Verb.APPROVE_AND_SUBMIT, "seen": "unit_review"})

    file.refresh_from_db()
    assert file.state == AssessmentState.SUBMITTED
    assert file.submitted_at is not None


def test_a_second_press_and_a_verb_of_others_are_refused(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    send = {"verb": Verb.SEND_TO_HEAD, "seen": "draft"}
    client.post(file_url(file), send)

    assert client.post(file_url(file), send).status_code == 409
    assert client.post(file_url(file), {"verb": Verb.GRANT_MORE_TIME, "seen": "draft"}).status_code == 409
    assert client.post(file_url(file), {}).status_code == 409
    head_only = {"verb": Verb.APPROVE_AND_SUBMIT, "seen": "unit_review"}
    assert client.post(file_url(file), head_only).status_code == 403


# -- who


def test_a_head_reads_the_content_but_does_not_write(client: Client) -> None:
    file = new_file()
    signed_in(client, staff(Role.UNIT_HEAD, file.unit))

    page = client.get(content_url(file)).content.decode()
    answer = client.post(content_url(file), named(file, {"1.1.1/points": "4", "1.1.1/version": "0"}))

    assert "do cán bộ của đơn vị nhập" in page
    assert "<textarea" not in page
    assert answer.status_code == 403
    assert own(file, "1.1.1") is None


def outsiders(file: Assessment) -> list[User]:
    neighbour = file.group.assessments.exclude(pk=file.pk).get().unit
    past = UserFactory()
    Membership.objects.create(user=past, role=Role.UNIT_OFFICER, unit=file.unit, valid_to=dt.date(2020, 1, 1))
    return [
        staff(Role.UNIT_OFFICER, neighbour),
        staff(Role.UNIT_HEAD, neighbour),
        staff(Role.UNIT_OFFICER, UnitFactory()),
        staff(Role.PUBLISHER, file.group.round.organiser),
        staff(Role.ADMINISTRATOR, file.group.round.organiser),
        staff(Role.PUBLISHER, OrganiserFactory()),
        past,
        UserFactory(is_superuser=True, is_staff=True),
        UserFactory(),
    ]


def test_nobody_else_finds_the_file_or_writes_into_it(client: Client) -> None:
    file = new_file()
    score(file, {"1.1.1": "1"}, track=Track.SELF)
    leaf = file.group.used_framework.criteria.get(code="1.1.1")

    for person in outsiders(file):
        signed_in(client, person)
        entries = named(file, {"1.1.1/points": "4", "1.1.1/version": "1"})
        answers = [
            client.get(file_url(file)),
            client.get(content_url(file)),
            client.post(content_url(file), entries),
            client.post(file_url(file), {"verb": Verb.SEND_TO_HEAD, "seen": "draft"}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert file.unit_name not in client.get("/ho-so/").content.decode()
        with pytest.raises(NotPermitted):
            save_own_words(file, [Edit(leaf, 1, points=Decimal(4))], by=person)

    assert points(file, "1.1.1") == 1


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    file = new_file()

    for address in ("/ho-so/", file_url(file), content_url(file)):
        assert client.get(address)["Location"].startswith("/dang-nhap/")
        assert client.post(address)["Location"].startswith("/dang-nhap/")


def test_a_post_without_its_token_is_refused() -> None:
    file = new_file()
    client = signed_in(Client(enforce_csrf_checks=True), officer(file))

    entries = named(file, {"1.1.1/points": "4", "1.1.1/version": "0"})
    assert client.post(content_url(file), entries).status_code == 403
    assert client.post(file_url(file), {"verb": Verb.SEND_TO_HEAD, "seen": "draft"}).status_code == 403
    assert own(file, "1.1.1") is None


def test_a_unit_sees_nothing_of_conclusions_proposals_or_other_units(client: Client) -> None:
    file = new_file()
    other = file.group.assessments.exclude(pk=file.pk).get()
    for where, track in ((file, Track.CONCLUSION), (file, Track.PROPOSAL), (other, Track.SELF)):
        score(where, {"1.1.1": "3.21", "2.1": "5.43"}, track=track)
        where.scores.filter(track=track, at__isnull=False).update(
            reason="LỜI CỦA HỘI ĐỒNG", author_name="NGƯỜI THẨM ĐỊNH"
        )
    score(file, {"1.1.1": "2"}, track=Track.SELF)
    signed_in(client, officer(file))

    for state in AssessmentState:
        Assessment.objects.filter(pk=file.pk).update(state=state)
        for address in ("/ho-so/", file_url(file), content_url(file), content_url(file, "2")):
            page = client.get(address).content.decode()
            for secret in ("LỜI CỦA HỘI ĐỒNG", "NGƯỜI THẨM ĐỊNH", "3,21", "5,43", other.unit_name):
                assert secret not in page


# -- the work list


def test_the_work_list_shows_open_files_with_days_left_and_progress(client: Client) -> None:
    file = new_file()
    Assessment.objects.filter(pk=file.pk).update(
        self_scoring_until=timezone.localdate() + dt.timedelta(days=400)
    )
    score(file, {"1.1.1": "4", "2.1": "6"}, track=Track.SELF)
    signed_in(client, officer(file))

    page = client.get("/ho-so/").content.decode()

    assert "1 hồ sơ đang chờ" in page
    assert "2/11" in page
    assert re.search(r"Còn (399|400|401) ngày", page)
    assert file.get_state_display() in page


def test_the_work_list_is_empty_with_words_and_the_menu_shows_it_to_units_only(client: Client) -> None:
    file = new_file()
    menu = 'href="/ho-so/"'

    assert menu not in client.get("/").content.decode()
    signed_in(client, UserFactory())
    assert menu not in client.get("/").content.decode()
    assert "chưa được giao vai trò ở đơn vị nào" in client.get("/ho-so/").content.decode()
    signed_in(client, staff(Role.UNIT_OFFICER, UnitFactory()))
    assert "Khi cơ quan tổ chức đánh giá mở đợt mới" in client.get("/ho-so/").content.decode()
    signed_in(client, officer(file))
    assert menu in client.get("/").content.decode()


def test_a_wrong_address_is_not_found(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))

    assert client.get(content_url(file, "9")).status_code == 404
    assert client.post(content_url(file, "9")).status_code == 404
    assert client.post(content_url(file, "1.1")).status_code == 404
    assert client.get(content_url(file, "1.1")).status_code == 404
    assert client.get(file_url(file).replace(file.unit_code, "khong-co")).status_code == 404


# -- queries


def many(leaves: int) -> dict[str, Any]:
    return {f"{content}.{leaf}": "1" for content in (1, 2) for leaf in range(1, leaves + 1)}


@pytest.mark.parametrize("leaves", [2, 60])
def test_pages_ask_the_same_few_queries_for_few_rows_and_many(
    client: Client, django_assert_num_queries: Any, leaves: int
) -> None:
    file = new_file(many(leaves))
    score(file, {f"1.{leaf}": "1" for leaf in range(1, leaves + 1)}, track=Track.SELF)
    signed_in(client, officer(file))
    client.get(file_url(file))  # the first page in a server process reads the framework's criteria too

    with django_assert_num_queries(9):
        client.get("/ho-so/")
    with django_assert_num_queries(13):
        client.get(file_url(file))
    with django_assert_num_queries(10):
        client.get(content_url(file))


@pytest.mark.parametrize("leaves", [2, 60])
def test_one_save_of_the_plain_form_asks_nine_queries(client: Client, leaves: int) -> None:
    file = new_file(many(leaves))
    signed_in(client, officer(file))
    data = typed(client, file, {"1.1/points": "0,5"})

    with CaptureQueriesContext(connection) as asked:
        client.post(content_url(file), data)

    queries = [query["sql"] for query in asked if not query["sql"].startswith(CONTROL)]
    assert len(queries) == 9, "\n".join(queries)
    assert points(file, "1.1") == Decimal("0.5")


def test_the_head_of_the_unit_moves_what_the_verbs_allow() -> None:
    file = new_file()
    move(file, Verb.SEND_TO_HEAD, by_user=officer(file))

    assert file.state == AssessmentState.UNIT_REVIEW
