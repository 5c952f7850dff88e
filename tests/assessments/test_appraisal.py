"""Verbs of the appraisal: rules, versions, events, questions before a conclusion, effects."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assessments.appraisal import Decision, StaleDecision, answer, ask, close, decide, effect_of, recognisable
from assessments.enums import AssessmentState, ClarificationState, RoundDuty, Track, Verb, Voice
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Clarification, Group, Opinion, Score
from assessments.moves import move
from assessments.workflow import conclude
from criteria.enums import Source, Standing
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.bench import files_of, in_appraisal, leaf_of, say, today, versions, with_duty
from tests.assessments.people import someone
from tests.factories.assessments import score

pytestmark = pytest.mark.django_db

LEAD, MEMBER, CHAIR, SECRETARY = RoundDuty
DAY = dt.timedelta(days=1)
LEVELS = {"levels": [{"name": "Đủ", "amount": {"percent": "100"}}, {"name": "Thiếu", "amount": "1"}]}
ROWS: dict[str, Any] = {
    "1.1": {"max_points": "4", "rule_kind": "levels", "rule_parameters": LEVELS},
    "1.2": {"max_points": "2", "standing": Standing.BONUS},
    "2.1": {"max_points": "6", "source": Source.IMPORTED},
    "2.2": "6",
}


@pytest.fixture
def group() -> Group:
    return in_appraisal()


def refused(kind: type[AssessmentError], words: str) -> Any:
    return pytest.raises(kind, match=words)


# -- decisions


@pytest.mark.parametrize(
    ("voice", "duty"), [(Voice.PROPOSAL, LEAD), (Voice.OPINION, MEMBER), (Voice.CONCLUSION, CHAIR)]
)
def test_a_leaf_with_a_rule_takes_facts_and_gives_their_points(voice: Voice, duty: RoundDuty) -> None:
    group = in_appraisal(framework__rows=ROWS, own={"2.2": "6"})
    file, leaf, user = files_of(group)[0], leaf_of(group, "1.1"), with_duty(group, duty)

    decide(
        file, leaf, Decision(voice, 0, 0, False, facts={"level": "Thiếu"}, reason="Thiếu 1 báo cáo"), by=user
    )

    said: Any = Opinion.objects.get() if voice == Voice.OPINION else None
    said = said or Score.objects.get(assessment=file, criterion=leaf, track=voice.value)
    assert (said.points, said.facts) == (1, {"level": "Thiếu"})
    with refused(AssessmentError, "Khá"):
        decide(file, leaf, Decision(voice, 1, 0, False, facts={"level": "Khá"}, reason="Sai"), by=user)


def test_what_nobody_appraises_is_refused() -> None:
    group = in_appraisal(framework__rows=ROWS, own={"2.2": "6"})
    file, user = files_of(group)[0], with_duty(group, SECRETARY)

    for code in ("2.1", "2"):
        with refused(AssessmentError, f"Mục {code} không thẩm định"):
            say(file, code, Voice.CONCLUSION, user, points="1")


def test_nothing_to_keep_and_no_reason_are_refused(group: Group) -> None:
    file, leaf, user = files_of(group)[0], leaf_of(group, "1.1.1"), with_duty(group, SECRETARY)
    Score.objects.filter(assessment=file, criterion=leaf, track=Track.SELF).delete()

    with refused(AssessmentError, "chưa tự chấm mục 1.1.1"):
        say(file, "1.1.1", Voice.CONCLUSION, user)
    with refused(AssessmentError, "Nêu lý do điều chỉnh mục 1.1.1"):
        say(file, "1.1.1", Voice.CONCLUSION, user, points="1", reason="")
    assert not Event.objects.filter(verb="ghi điểm: Kết luận").exists()


def test_a_self_score_written_anew_makes_the_decision_stale(group: Group) -> None:
    file, leaf, user = files_of(group)[0], leaf_of(group, "1.1.1"), with_duty(group, SECRETARY)
    version, own = versions(file, leaf, Voice.CONCLUSION, user)
    score(file, {"1.1.1": "2"}, track=Track.SELF)

    with pytest.raises(StaleDecision) as stale:
        decide(file, leaf, Decision(Voice.CONCLUSION, version, own, True), by=user)
    assert stale.value.own is not None
    assert stale.value.own.points == 2


def test_members_do_not_make_one_another_stale(group: Group) -> None:
    file, leaf = files_of(group)[0], leaf_of(group, "1.1.1")
    first, second = with_duty(group, MEMBER), with_duty(group, MEMBER)
    seen = versions(file, leaf, Voice.OPINION, second)
    say(file, "1.1.1", Voice.OPINION, first, points="1")

    decide(file, leaf, Decision(Voice.OPINION, *seen, True), by=second)

    assert Opinion.objects.count() == 2


def test_an_opinion_is_on_record_but_not_in_the_files_history(group: Group) -> None:
    file, user = files_of(group)[0], with_duty(group, MEMBER)
    say(file, "1.1.1", Voice.OPINION, user, points="1", reason="Thiếu")
    say(file, "1.1.1", Voice.OPINION, user, points="2", reason="Đã đủ")

    events = Event.objects.filter(verb="ghi ý kiến thành viên").order_by("pk")
    assert [event.after["points"] for event in events] == ["1", "2"]
    assert events[1].before["points"] == "1"
    on_file = Event.objects.filter(object_type="assessments.assessment", object_id=file.pk)
    assert not on_file.filter(actor_id=user.pk).exists()


def test_tracks_stand_beside_one_another(group: Group) -> None:
    file = files_of(group)[0]
    say(file, "1.1.1", Voice.PROPOSAL, with_duty(group, LEAD), points="1")
    say(file, "1.1.1", Voice.OPINION, with_duty(group, MEMBER), points="2")
    say(file, "1.1.1", Voice.CONCLUSION, with_duty(group, CHAIR), points="3")

    rows = Score.objects.filter(assessment=file, criterion__code="1.1.1")
    assert dict(rows.values_list("track", "points")) == {"self": 4, "proposal": 1, "conclusion": 3}
    assert Opinion.objects.get().points == 2


# -- effects


def test_an_effect_counts_the_leaf_its_content_and_the_whole(group: Group) -> None:
    file, user = files_of(group)[0], with_duty(group, SECRETARY)
    score(file, {"2.2": "3"})
    say(file, "1.1.1", Voice.CONCLUSION, user, points="1.5")

    effect = effect_of(file, leaf_of(group, "1.1.1"), Voice.CONCLUSION, user)

    assert effect.leaf == (4, Decimal("1.5"))
    assert effect.content == (9, Decimal("6.5"))
    assert effect.total == (18, Decimal("15.5"))


def test_an_effect_adds_up_only_what_its_part_may_see() -> None:
    """Another agency's proposals and the survey's points could be told from a total."""
    group = in_appraisal()
    file, lead, member = files_of(group)[0], with_duty(group, LEAD), with_duty(group, MEMBER)
    other = with_duty(group, LEAD, contents=["2"])
    score(file, {"2.2": "3.5"})
    say(file, "2.1", Voice.PROPOSAL, other, points="1")
    say(file, "1.1.1", Voice.PROPOSAL, lead, points="3")

    leaf = leaf_of(group, "1.1.1")
    assert effect_of(file, leaf, Voice.PROPOSAL, lead, led={"1"}).total == (15, 14)
    assert effect_of(file, leaf, Voice.PROPOSAL, lead, led={"1", "2"}).total == (15, 9)
    assert effect_of(file, leaf_of(group, "1.1.1"), Voice.OPINION, member).total == (15, 15)


def test_a_leaf_that_does_not_apply_has_no_points_and_the_maximum_of_the_file_falls(group: Group) -> None:
    file, leaf, user = files_of(group)[0], leaf_of(group, "1.1.1"), with_duty(group, MEMBER)
    decide(
        file,
        leaf,
        Decision(
            Voice.OPINION,
            *versions(file, leaf, Voice.OPINION, user),
            keeps=False,
            not_applicable=True,
            reason="Không có thủ tục",
        ),
        by=user,
    )

    effect = effect_of(file, leaf, Voice.OPINION, user)

    assert (effect.leaf, effect.total, effect.base) == ((4, None), (15, 11), -4)
    assert effect.base_in_words == "điểm tối đa của hồ sơ giảm 4,00"


def test_bonus_points_count_up_to_their_cap_in_an_effect() -> None:
    group = in_appraisal(framework__rows=ROWS, framework__bonus_cap=Decimal(1), own={"1.2": "2", "2.2": "6"})
    file, user = files_of(group)[0], with_duty(group, MEMBER)
    say(file, "2.2", Voice.OPINION, user, points="5")

    assert effect_of(file, leaf_of(group, "2.2"), Voice.OPINION, user).total == (7, 6)
    # A bonus has points of its own, though it is no part of the denominator.
    assert effect_of(file, leaf_of(group, "1.2"), Voice.OPINION, user).leaf == (2, 2)


# -- questions


def asked(group: Group, **given: Any) -> Clarification:
    file = files_of(group)[0]
    said = {"question": "Thiếu biên bản", "until": today(), "by": with_duty(group, SECRETARY)} | given
    return ask(file, leaf_of(group, "1.1.1"), **said)


def test_bad_questions_are_refused(group: Group) -> None:
    with refused(AssessmentError, "Ghi nội dung yêu cầu"):
        asked(group, question="  ")
    with refused(AssessmentError, "đã qua"):
        asked(group, until=today() - DAY)
    asked(group)
    with refused(WrongState, "chưa kết thúc"):
        asked(group)
    with refused(NotPermitted, "không được giao chủ trì nội dung 2"):
        file, lead = files_of(group)[0], with_duty(group, LEAD)
        ask(file, leaf_of(group, "2.1"), question="Vì sao", until=today(), by=lead)
    assert Clarification.objects.count() == 1


def test_an_answer_comes_from_the_unit_until_the_day_is_over(group: Group) -> None:
    question = asked(group)
    own, other = files_of(group)[:2]
    officer = someone(Role.UNIT_OFFICER, own)

    for stranger in (someone(Role.UNIT_OFFICER, other), with_duty(group, SECRETARY)):
        with refused(NotPermitted, "mới trả lời giải trình được"):
            answer(question, text="Có", by=stranger)
    Clarification.objects.update(until=today() - DAY)
    with refused(WrongState, "Hạn trả lời mục 1.1.1 đã hết"):
        answer(question, text="Có", by=officer)
    Clarification.objects.update(until=today())
    answer(question, text="Có, trang 3", by=officer)
    with refused(WrongState, "Đơn vị đã trả lời"):
        answer(question, text="Thêm", by=officer)
    verbs = Event.objects.filter(object_type="assessments.clarification").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["yêu cầu giải trình", "trả lời giải trình"]


def test_a_closed_question_is_closed_once(group: Group) -> None:
    question, user = asked(group), with_duty(group, CHAIR)

    close(question, by=user, seen=ClarificationState.ASKED)
    with refused(WrongState, "đã kết thúc"):
        close(question, by=user, seen=ClarificationState.ASKED)


def test_a_file_waits_for_the_answer_until_the_day_is_over(group: Group) -> None:
    question, user = asked(group), with_duty(group, SECRETARY)
    file = files_of(group)[0]
    for code in ("1.1.1", "1.1.2", "1.2", "2.1"):
        say(file, code, Voice.CONCLUSION, user)

    with refused(AssessmentError, "chờ đơn vị giải trình"):
        move(file, Verb.CONCLUDE_FILE, by_user=user)
    Clarification.objects.filter(pk=question.pk).update(until=today() - DAY)
    move(file, Verb.CONCLUDE_FILE, by_user=user)
    assert Assessment.objects.get(pk=file.pk).state == AssessmentState.CONCLUDED
    with refused(WrongState, "đã kết luận|Đã kết luận"):
        say(file, "1.1.1", Voice.CONCLUSION, user, points="1")


# -- recognising


def test_what_is_questioned_is_not_recognised(group: Group) -> None:
    file = files_of(group)[0]
    say(file, "1.1.2", Voice.OPINION, with_duty(group, MEMBER), points="1")
    asked(group)

    assert [word.criterion.code for word in recognisable([file])] == ["1.2", "2.1"]


def test_a_group_concluded_by_command_recognises_the_same_words(group: Group) -> None:
    conclude(group, by=COMMAND_LINE)

    assert recognisable(files_of(group)) == []
