"""Facts in place of points: rules give the points, the system completes the rules computed last."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.appraisal import Decision
from assessments.appraisal.reviews import answer, send, write
from assessments.enums import AssessmentState, ResultsShown, RoundDuty, RoundingStage, Track, Voice
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group, Round, Score
from assessments.words import Word
from assessments.workflow import GroupSettings, conclude, record_words
from assessments.workflow.conclusions import require_conclusions
from criteria.enums import Source
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from parindex.audit.events import Actor
from parindex.audit.models import Event
from parindex.refusals import Refusal
from tests.assessments.people import someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

SECRETARY = Actor(id=3, name="Phạm Lan Anh")
ON_TIME = {"max_points": "1.5", "rule_kind": "ratio"}
FOUND = {
    "max_points": "2",
    "rule_kind": "knock_out",
    "rule_parameters": {"inner": {"kind": "ratio", "floor": "70"}},
}
BEST = {"max_points": "4", "rule_kind": "best_unit"}
# Đông Triều's 9.4; how its one point divides over the three parts is made up.
ACCURATE = {
    "max_points": "1",
    "source": Source.COMPUTED,
    "rule_kind": "self_accuracy",
    "rule_parameters": {"early_points": "0.25", "judged_points": "0.5", "accurate_points": "0.25"},
}


def group_with(rows: Mapping[str, Any], **settings: Any) -> Group:
    return GroupFactory(framework=FrameworkInForceFactory(rows=rows), **settings)


def file_with(rows: Mapping[str, Any], **settings: Any) -> Assessment:
    return group_with(rows, size=1, **settings).assessments.get()


def say(
    file: Assessment, code: str, facts: Mapping[str, Any], track: Track = Track.SELF, **more: Any
) -> None:
    leaf = file.group.used_framework.criteria.get(code=code)
    word = Word(file, leaf, facts=facts, **more)
    record_words(file.group, [word], track=track, by=SECRETARY, because="")


def kept(file: Assessment, code: str, track: Track = Track.CONCLUSION) -> Score:
    return file.scores.get(criterion__code=code, track=track)


def test_facts_give_the_points_and_are_kept_with_them() -> None:
    file = file_with({"1.1": ON_TIME})

    say(file, "1.1", {"numerator": "41", "denominator": 50})

    own = kept(file, "1.1", Track.SELF)
    assert (own.points, own.obtained, own.attainable) == (Decimal("1.23"), Decimal("1.23"), Decimal("1.5"))
    assert own.facts == {"numerator": "41", "denominator": 50}
    event = Event.objects.order_by("-pk").first()
    assert event is not None
    assert event.before == {"1.1": None}
    assert event.after == {"1.1": "1.23", "facts": {"1.1": {"numerator": "41", "denominator": 50}}}


def test_points_that_follow_from_facts_are_rounded_once() -> None:
    """0.49999998 is stored as 0.500000, which a second rounding would make 1."""
    settings = GroupSettings(rounding_places=0, rounding_stage=RoundingStage.LEAF)
    file = file_with({"1.1": {"max_points": "1", "rule_kind": "ratio"}}, settings=settings)

    say(file, "1.1", {"numerator": "49999998", "denominator": "100000000"})

    own = kept(file, "1.1", Track.SELF)
    assert (own.points, own.obtained) == (Decimal("0.5"), Decimal(0))


def test_a_recognised_self_score_keeps_the_unit_s_facts() -> None:
    file = file_with({"1.1": {"max_points": "1", "rule_kind": "ratio"}})
    say(file, "1.1", {"numerator": "1", "denominator": "3"})

    conclude(file.group, by=SECRETARY)

    concluded = kept(file, "1.1")
    assert (concluded.points, concluded.facts) == (
        Decimal("0.333333"),
        {"numerator": "1", "denominator": "3"},
    )


def test_points_may_be_entered_beside_a_rule_and_take_the_place_of_facts() -> None:
    file = file_with({"1.1": ON_TIME})
    say(file, "1.1", {"numerator": "41", "denominator": "50"}, Track.CONCLUSION)

    score(file, {"1.1": "0.75"})

    assert (kept(file, "1.1").points, kept(file, "1.1").facts) == (Decimal("0.75"), {})


def test_points_beside_facts_must_be_those_that_the_facts_give() -> None:
    file = file_with({"1.1": ON_TIME})
    facts = {"numerator": "41", "denominator": "50"}

    with pytest.raises(AssessmentError, match=r"Mục 1\.1: số liệu cho 1,23 điểm, khác điểm ghi kèm là 1,2\."):
        say(file, "1.1", facts, points=Decimal("1.2"))
    say(file, "1.1", facts, points=Decimal("1.230"))

    assert kept(file, "1.1", Track.SELF).points == Decimal("1.23")


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("1.1", {"numerator": "41"}, "Chưa có mẫu số"),
        ("1.1", {"numerator": "41", "denominator": "x"}, "Mẫu số: .*không phải là số"),
        ("1.1", {"numerator": "41", "denominator": "0"}, "Mẫu số bằng 0"),
        ("1.1", {"percent": "82"}, "percent"),
        ("1.2", {"value": "9", "percent": "1"}, "percent"),
        ("1.2", {"value": "-1"}, "Giá trị"),
        ("1.3", {"judged": "0.75"}, "Điểm chất lượng báo cáo 0,75 vượt mức 0,5"),
        ("1.4", {"points": "3"}, "Không có cách chấm “may_mắn”"),
    ],
)
def test_facts_that_a_rule_cannot_take_are_refused_with_unit_leaf_and_entry(
    code: str, facts: Mapping[str, Any], words: str
) -> None:
    unknown = {"max_points": "1", "rule_kind": "may_mắn"}
    file = file_with({"1.1": ON_TIME, "1.2": BEST, "1.3": ACCURATE, "1.4": unknown})

    with pytest.raises(Refusal, match=f"^{file.unit_name}: Mục {code}: .*{words}"):
        say(file, code, facts)

    assert not file.scores.filter(track=Track.SELF).exists()


def test_a_leaf_that_does_not_apply_has_no_facts() -> None:
    file = file_with({"1.1": ON_TIME})

    with pytest.raises(AssessmentError, match="không áp dụng thì không có số liệu"):
        say(file, "1.1", {"numerator": "1", "denominator": "2"}, not_applicable=True)


def page(client: Client, file: Assessment) -> str:
    publisher = UserFactory()
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=file.group.round.organiser)
    client.force_login(publisher)
    answer = client.get(f"/dot/{file.group.round.code}/{file.group.code}/{file.unit_code}/?ban=du-kien")
    return answer.content.decode()


def test_the_unit_s_page_shows_the_rule_and_how_the_points_come_about(client: Client) -> None:
    file = file_with({"1.1": ON_TIME, "1.2": FOUND, "1.3": "2"})
    say(file, "1.1", {"numerator": "45", "denominator": "50"})
    say(file, "1.1", {"numerator": "41", "denominator": "50"}, Track.CONCLUSION)
    say(file, "1.2", {"found": True, "finding": "Một hồ sơ quá hạn"}, Track.CONCLUSION)
    score(file, {"1.3": "2"})

    shown = page(client, file)

    assert '<span class="sub">Tỷ lệ</span>' in shown
    assert '<span class="lost__why">41/50 = 82 %; 41/50 × 1,50 = 1,23</span>' in shown
    assert "Đơn vị tính: 45/50 = 90 %; 45/50 × 1,50 = 1,35" in shown
    assert "Phát hiện: Một hồ sơ quá hạn: 0 điểm" in shown
    assert "Chấm trực tiếp" not in shown


def test_the_greatest_value_is_the_group_s_and_a_unit_without_value_is_named(client: Client) -> None:
    group = group_with({"1.1": BEST, "1.2": "6"})
    first, second, third = group.assessments.order_by("pk")
    for file in (first, second, third):
        score(file, {"1.2": "6"}, track=Track.SELF)
    say(first, "1.1", {"value": "50"})
    say(second, "1.1", {"value": "90"})
    say(second, "1.1", {"value": "80,0"}, Track.CONCLUSION)

    waiting = kept(second, "1.1")
    assert (waiting.points, waiting.obtained, waiting.attainable) == (None, None, Decimal(4))
    with pytest.raises(AssessmentError, match=rf"\(1\): {third.unit_name}, mục 1\.1\."):
        conclude(group, by=SECRETARY)
    assert kept(first, "1.2").obtained is None
    score(third, {"1.1": None}, track=Track.SELF)
    conclude(group, by=SECRETARY)

    assert [kept(file, "1.1").points for file in (first, second, third)] == [Decimal("2.5"), Decimal(4), None]
    assert kept(first, "1.1").facts == {"value": "50", "greatest": "80"}
    assert (kept(first, "1.1").reason, kept(first, "1.1").author_name) == ("Hệ thống tính.", "Phạm Lan Anh")
    assert (kept(third, "1.1").not_applicable, kept(third, "1.1").attainable) == (True, 0)
    assert "50/80 × 4,00 = 2,50" in page(client, first)


def test_points_of_one_s_own_are_not_recognised_on_a_leaf_computed_last() -> None:
    file = file_with({"1.1": BEST})
    score(file, {"1.1": "4"}, track=Track.SELF)

    with pytest.raises(AssessmentError, match=r"mục 1\.1"):
        conclude(file.group, by=SECRETARY)


# Self 40 + 20 of 62; the survey's and the other result's points stand on one side only.
ROWS = {
    "9.1": "40",
    "9.2": "22",
    "9.3": {"max_points": "15", "source": Source.IMPORTED},
    "9.4": ACCURATE,
    "10": {"max_points": "22", "source": Source.SURVEY},
}


def submitted(
    *, early: int = 2, appraised: str = "37.2", until: dt.date | None = dt.date(2023, 1, 9)
) -> Assessment:
    """A file that scored itself 60 and was appraised at 20 + `appraised`, sent late in the evening."""
    file = file_with(ROWS)
    round = file.group.round
    round.self_scoring_until = until
    round.save()
    evening = dt.datetime(2023, 1, 9, 23, 30, tzinfo=timezone.get_default_timezone())
    file.submitted_at = evening - dt.timedelta(days=early)
    file.state = AssessmentState.SUBMITTED
    file.save()
    score(file, {"9.1": "40", "9.2": "20"}, track=Track.SELF)
    score(file, {"9.1": appraised, "9.3": "15", "10": "20"})
    return file


@pytest.mark.parametrize(
    ("early", "appraised", "judged", "points", "total"),
    [
        (2, "37.2", True, "1", "57.2"),  # 2,8 of 57,2 is 4,9 %
        (1, "37.2", True, "0.75", "57.2"),
        (-1, "37.2", True, "0.75", "57.2"),
        (2, "37", True, "0.75", "57"),  # 3 of 57 is 5,3 %
        (2, "37.2", False, "0.5", "57.2"),
        (1, "37", "0.25", "0.25", "57"),
    ],
)
def test_accuracy_of_the_self_score_is_computed_at_the_conclusion(
    early: int, appraised: str, judged: object, points: str, total: str
) -> None:
    file = submitted(early=early, appraised=appraised)
    say(file, "9.4", {"judged": judged}, Track.CONCLUSION, reason="Báo cáo đủ nội dung.")

    conclude(file.group, by=SECRETARY)

    computed = kept(file, "9.4")
    assert computed.points == Decimal(points)
    assert computed.facts == {
        "judged": judged,
        "days_early": early,
        "self_total": "60",
        "appraised_total": total,
    }
    assert computed.reason == "Báo cáo đủ nội dung. Hệ thống tính."


def test_accuracy_follows_when_a_conclusion_changes_after_it_was_computed() -> None:
    file = submitted(appraised="37")
    say(file, "9.4", {"judged": True}, Track.CONCLUSION, reason="Báo cáo đủ nội dung.")
    conclude(file.group, by=SECRETARY)
    assert kept(file, "9.4").points == Decimal("0.75")
    Group.objects.update(results_shown=ResultsShown.CONCLUSION)
    Round.objects.update(review_until=timezone.localdate())
    file = Assessment.objects.select_related("group__round", "group__framework").get(pk=file.pk)

    leaf = file.group.used_framework.criteria.get(code="9.1")
    asked = write(file, leaf, text="Đủ báo cáo", seen=0, by=someone(Role.UNIT_OFFICER, file))
    send(asked, seen=1, by=someone(Role.UNIT_HEAD, file))
    versions = [kept(file, "9.1", track).version for track in (Track.CONCLUSION, Track.SELF)]
    said = Decision(Voice.CONCLUSION, *versions, keeps=True)
    answer(asked, reason="Đúng", said=said, by=someone(RoundDuty.COUNCIL_SECRETARY, file))

    after = kept(file, "9.4")
    assert (after.points, after.facts["appraised_total"]) == (Decimal(1), "60")
    assert after.reason == "Báo cáo đủ nội dung. Hệ thống tính."
    # So it is when the whole file was opened again.
    Assessment.objects.update(state=AssessmentState.IN_APPRAISAL)
    file.refresh_from_db()
    score(file, {"9.1": "37"})
    require_conclusions(file, by=SECRETARY)
    assert (kept(file, "9.4").points, kept(file, "9.1").points) == (Decimal("0.75"), 37)


def test_the_lead_agency_s_judgement_counts_and_the_page_shows_the_three_parts(client: Client) -> None:
    file = submitted()
    say(file, "9.4", {"judged": True}, Track.PROPOSAL)

    conclude(file.group, by=SECRETARY)

    assert "Nộp sớm 2 ngày 0,25 + chất lượng 0,50 + sai số 4,9 % 0,25 = 1,00" in page(client, file)


@pytest.mark.parametrize("missing", ["deadline", "submission", "judgement", "self-scores"])
def test_what_cannot_be_computed_stays_open_and_is_named(missing: str) -> None:
    file = submitted(until=None if missing == "deadline" else dt.date(2023, 1, 9))
    say(file, "9.4", {"judged": True}, Track.SELF if missing == "judgement" else Track.CONCLUSION)
    if missing == "submission":
        Assessment.objects.update(submitted_at=None)
    if missing == "self-scores":
        score(file, {"9.2": "20"})
        Score.objects.filter(track=Track.SELF).delete()

    with pytest.raises(AssessmentError, match=rf"\(1\): {file.unit_name}, mục 9\.4\."):
        conclude(file.group, by=SECRETARY)

    assert kept(file, "9.4").obtained is None


def test_points_printed_for_a_computed_leaf_are_left_as_they_are() -> None:
    file = submitted(until=None)
    score(file, {"9.4": "0.75"})

    conclude(file.group, by=SECRETARY)

    assert (kept(file, "9.4").points, kept(file, "9.4").facts) == (Decimal("0.75"), {})
