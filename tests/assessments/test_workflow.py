"""Verbs over rounds and files: what they change, what they record, what they refuse."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.appraisal import answer, ask, close
from assessments.enums import AssessmentState, ClarificationState, RoundDuty, Track, Voice
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Clarification, Score
from assessments.scorecard import rank_group
from assessments.words import Word, points_out_of_range
from assessments.workflow import GroupSettings, add_group, conclude, open_round, record_words
from parindex.accounts.enums import Role
from parindex.audit.events import Actor
from parindex.audit.models import Event
from tests.assessments.bench import files_of, in_appraisal, leaf_of, say, with_duty
from tests.assessments.people import someone
from tests.commandline import done, run
from tests.factories.accounts import OrganiserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkFactory, FrameworkInForceFactory

pytestmark = pytest.mark.django_db

SECRETARY = Actor(id=3, name="Phạm Lan Anh")
APPRAISED = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}


def word(assessment, code: str, points: str, reason: str = "") -> Word:  # type: ignore[no-untyped-def]
    leaf = assessment.group.framework.criteria.get(code=code)
    return Word(assessment=assessment, criterion=leaf, points=Decimal(points), reason=reason)


def test_a_round_is_opened_once_under_its_code() -> None:
    organiser = OrganiserFactory()
    open_round(code="dot-2024", year=2024, organiser=organiser, by=SECRETARY)

    with pytest.raises(AssessmentError, match="dot-2024.*đã có"):
        open_round(code="dot-2024", year=2025, organiser=organiser, by=SECRETARY)

    assert Event.objects.get(verb="mở đợt đánh giá").actor_name == "Phạm Lan Anh"


def test_a_draft_framework_cannot_be_used() -> None:
    with pytest.raises(AssessmentError, match="chưa đưa vào sử dụng"):
        add_group(
            round=RoundFactory(), code="g", name="Nhóm", framework=FrameworkFactory(), units=[],
            settings=GroupSettings(), by=SECRETARY,
        )  # fmt: skip


def test_every_leaf_waits_for_its_conclusion_from_the_start() -> None:
    assessment = AssessmentFactory()

    waiting = assessment.scores.filter(track=Track.CONCLUSION, obtained=None)
    assert sorted(waiting.values_list("criterion__code", "attainable")) == [
        ("1.1.1", Decimal(4)),
        ("1.1.2", Decimal(2)),
        ("1.2", Decimal(4)),
        ("2.1", Decimal(6)),
        ("2.2", Decimal(4)),
    ]


def test_survey_leaves_are_left_out_where_no_survey_is_held() -> None:
    group = GroupFactory(size=1, settings=GroupSettings(holds_survey=False))

    assert not Score.objects.filter(assessment__group=group, criterion__code="2.2").exists()
    assert rank_group(group).units[0].attainable == 16


def test_words_of_one_track_never_touch_another() -> None:
    assessment = AssessmentFactory()
    score(assessment, {"1.2": "4"}, track=Track.SELF)
    score(assessment, {"1.2": "3"}, track=Track.CONCLUSION)

    points = dict(assessment.scores.filter(criterion__code="1.2").values_list("track", "points"))
    assert points == {"self": Decimal(4), "conclusion": Decimal(3)}


def test_a_change_of_score_leaves_who_from_to_and_why() -> None:
    assessment = AssessmentFactory()
    score(assessment, {"1.2": "4"})

    adjusted = [word(assessment, "1.2", "3.25", "Báo cáo chậm")]
    record_words(assessment.group, adjusted, track=Track.CONCLUSION, by=SECRETARY, because="Họp Hội đồng")

    event = Event.objects.order_by("-pk").first()
    assert event is not None
    assert (event.actor_id, event.actor_name, event.object_label) == (3, "Phạm Lan Anh", assessment.unit_name)
    after = {"1.2": "3.25", "reasons": {"1.2": "Báo cáo chậm"}}
    assert (event.before, event.after, event.reason) == ({"1.2": "4"}, after, "Họp Hội đồng")
    kept = assessment.scores.get(criterion__code="1.2", track=Track.CONCLUSION)
    assert (kept.author_name, kept.reason, kept.version) == ("Phạm Lan Anh", "Báo cáo chậm", 2)


def test_concluding_recognises_self_scores_that_nobody_adjusted() -> None:
    assessment = AssessmentFactory()
    score(assessment, APPRAISED | {"1.2": "4"}, track=Track.SELF)
    score(assessment, {"1.2": "3"})

    assert conclude(assessment.group, by=SECRETARY) == 1

    assessment.refresh_from_db()
    kept = assessment.scores.filter(track=Track.CONCLUSION, obtained__isnull=False)
    assert dict(kept.values_list("criterion__code", "points")) == {
        code: Decimal(points) for code, points in APPRAISED.items()
    }
    assert kept.get(criterion__code="1.1.1").reason == "Công nhận điểm tự chấm."
    assert assessment.state == AssessmentState.CONCLUDED


def test_concluding_names_the_leaves_that_nobody_scored_and_changes_nothing() -> None:
    assessment = AssessmentFactory()
    score(assessment, {"1.1.1": "4"}, track=Track.SELF)

    with pytest.raises(AssessmentError, match=r"mục 1\.1\.2.*mục 1\.2.*mục 2\.1"):
        conclude(assessment.group, by=SECRETARY)

    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.DRAFT
    assert not assessment.scores.filter(track=Track.CONCLUSION, obtained__isnull=False).exists()


def test_concluding_by_command_waits_for_what_units_were_asked() -> None:
    group = in_appraisal(size=2)
    first, second = files_of(group)
    secretary = with_duty(group, RoundDuty.COUNCIL_SECRETARY)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    ask(first, leaf_of(group, "1.2"), question="Thiếu báo cáo", until=tomorrow, by=secretary)
    answered = ask(second, leaf_of(group, "2.1"), question="Thiếu biên bản", until=tomorrow, by=secretary)
    answer(answered, text="Đã bổ sung", by=someone(Role.UNIT_HEAD, second))

    code, refused = run("conclude", "--round", group.round.code)

    assert code == 1
    assert [(one["kind"], one["unit"], one["code"], one["state"]) for one in refused["problems"]] == [
        ("open_question", first.unit_code, "1.2", "asked"),
        ("open_question", second.unit_code, "2.1", "answered"),
    ]
    assert f"{first.unit_name}, mục 1.2: chờ đơn vị giải trình đến hết ngày" in str(refused["problems"][0])
    assert set(group.assessments.values_list("state", flat=True)) == {AssessmentState.IN_APPRAISAL}
    assert not Score.objects.filter(track=Track.CONCLUSION, obtained__isnull=False).exists()

    # A person who concludes the leaf has read the answer; a question that is closed is no longer waited for.
    say(second, "2.1", Voice.CONCLUSION, secretary)
    question = Clarification.objects.get(assessment=first)
    close(question, by=secretary, seen=ClarificationState.ASKED)
    assert done("conclude", "--round", group.round.code)["groups"][0]["concluded"] == 2


def test_a_concluded_file_takes_no_new_conclusion() -> None:
    assessment = AssessmentFactory()
    score(assessment, APPRAISED)
    conclude(assessment.group, by=SECRETARY)
    assessment.refresh_from_db()

    with pytest.raises(WrongState, match="đã kết luận"):
        record_words(
            assessment.group, [word(assessment, "1.2", "1")], track=Track.CONCLUSION, by=SECRETARY, because=""
        )


def test_survey_points_may_come_after_the_conclusion() -> None:
    assessment = AssessmentFactory()
    score(assessment, APPRAISED)
    conclude(assessment.group, by=SECRETARY)
    assessment.refresh_from_db()

    record_words(
        assessment.group,
        [word(assessment, "2.2", "3.5")],
        track=Track.CONCLUSION,
        by=SECRETARY,
        because="Khảo sát",
    )

    assert rank_group(assessment.group).units[0].provisional is False


@pytest.mark.parametrize(
    ("code", "points", "words"),
    [
        ("1.2", "4.5", "lớn hơn điểm tối đa 4"),
        ("1.2", "-1", "số âm"),
        ("1", "1", "Mục 1 không chấm điểm"),
    ],
)
def test_a_word_off_its_leaf_is_refused_with_the_unit_and_the_leaf(
    code: str, points: str, words: str
) -> None:
    assessment = AssessmentFactory()

    with pytest.raises(AssessmentError, match=f"{assessment.unit_name}: .*{words}"):
        record_words(
            assessment.group, [word(assessment, code, points)], track=Track.SELF, by=SECRETARY, because=""
        )

    assert not assessment.scores.filter(track=Track.SELF).exists()


def test_a_word_without_points_must_say_that_the_leaf_does_not_apply() -> None:
    assessment = AssessmentFactory()
    leaf = assessment.group.used_framework.criteria.get(code="1.2")

    with pytest.raises(AssessmentError, match=r"Mục 1\.2 chưa có điểm"):
        record_words(
            assessment.group,
            [Word(assessment, leaf, points=None)],
            track=Track.SELF,
            by=SECRETARY,
            because="",
        )


def test_a_survey_leaf_takes_no_points_where_no_survey_is_held() -> None:
    group = GroupFactory(size=1, settings=GroupSettings(holds_survey=False))
    assessment = group.assessments.get()

    with pytest.raises(AssessmentError, match=r"Mục 2\.2 không chấm điểm"):
        record_words(group, [word(assessment, "2.2", "1")], track=Track.CONCLUSION, by=SECRETARY, because="")


def test_a_scale_without_a_lowest_class_is_refused() -> None:
    framework = FrameworkInForceFactory()

    with pytest.raises(ValueError, match="thấp nhất"):
        add_group(
            round=RoundFactory(), code="g", name="Nhóm", framework=framework, units=[],
            settings=GroupSettings(scale=(("Tốt", Decimal(80)), ("Khá", Decimal(70)))), by=SECRETARY,
        )  # fmt: skip


def test_the_database_refuses_a_second_row_for_the_same_word() -> None:
    assessment = AssessmentFactory()
    held = assessment.scores.filter(track=Track.CONCLUSION).first()
    assert held is not None

    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(assessment=assessment, criterion=held.criterion, track=Track.CONCLUSION)


@pytest.mark.parametrize(
    ("points", "words"), [("-0.01", "số âm"), ("4.01", "lớn hơn điểm tối đa 4 của mục 1.2"), ("4", "")]
)
def test_points_outside_their_leaf_are_named(points: str, words: str) -> None:
    leaf = FrameworkInForceFactory().criteria.get(code="1.2")

    said = points_out_of_range(leaf, Decimal(points))

    assert (words in said) if words else said == ""
