"""How a unit's file moves: every state, role and verb; deadlines; what is recorded; what is refused."""

import datetime as dt
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from assessments.enums import AssessmentState, RoundDuty, Track, Verb, WithoutEvidence
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.management.commands.draw_workflow import PAGE, drawn
from assessments.models import Assessment, Evidence, EvidenceUse, Score
from assessments.moves import move
from assessments.permissions import can_move, open_moves
from assessments.permissions.files import PAPER_TAKEN
from assessments.states import self_scoring_deadline
from assessments.transitions import TABLE, TRANSITIONS
from assessments.words import Word
from assessments.workflow import record_words
from criteria.enums import Source
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE, record
from parindex.audit.models import Event
from tests.assessments.people import LAST_DAY, NOW, VIETNAM, file_in, give, someone
from tests.commandline import run
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

LATER = dt.date(2025, 2, 1)
STATES = {
    "draft": "Đang tự chấm",
    "unit_review": "Chờ lãnh đạo duyệt",
    "submitted": "Đã nộp",
    "in_appraisal": "Đang thẩm định",
    "concluded": "Đã kết luận",
}
ROLES = [*Role, *RoundDuty, None]

# Written by hand from the design, not from the application's table: who may, and from which state to which.
EXPECTED: dict[str, tuple[set[str], dict[str, str]]] = {
    "send_to_head": ({"unit_officer"}, {"draft": "unit_review"}),
    "approve_and_submit": ({"unit_head"}, {"unit_review": "submitted"}),
    "return_to_officer": ({"unit_head"}, {"unit_review": "draft"}),
    "submit_on_behalf": ({"publisher"}, {"draft": "submitted"}),
    "start_appraisal": ({"publisher", "council_secretary"}, {"submitted": "in_appraisal"}),
    "return_at_receipt": ({"publisher"}, {"submitted": "draft"}),
    "grant_more_time": (
        {"publisher"},
        {"draft": "draft", "unit_review": "unit_review", "submitted": "draft"},
    ),
    "conclude_file": ({"council_secretary", "council_chair"}, {"in_appraisal": "concluded"}),
    "reopen_appraisal": ({"publisher", "council_chair"}, {"concluded": "in_appraisal"}),
    "reopen_self_scoring": ({"publisher"}, {"in_appraisal": "draft", "concluded": "draft"}),
}
ONLY = {
    "send_to_head": "Chỉ cán bộ đơn vị mới làm được việc “Trình lãnh đạo duyệt”",
    "approve_and_submit": "Chỉ lãnh đạo đơn vị mới làm được việc “Duyệt và nộp”",
    "return_to_officer": "Chỉ lãnh đạo đơn vị mới làm được việc “Trả lại cán bộ”",
    "submit_on_behalf": "Chỉ cơ quan chủ trì, công bố mới làm được việc “Nộp thay đơn vị”",
    "start_appraisal": (
        "Chỉ cơ quan chủ trì, công bố hoặc thư ký Hội đồng thẩm định "
        "mới làm được việc “Tiếp nhận, bắt đầu thẩm định”"
    ),
    "return_at_receipt": "Chỉ cơ quan chủ trì, công bố mới làm được việc “Trả lại khi tiếp nhận”",
    "grant_more_time": "Chỉ cơ quan chủ trì, công bố mới làm được việc “Gia hạn tự chấm”",
    "conclude_file": (
        "Chỉ thư ký Hội đồng thẩm định hoặc chủ tịch Hội đồng thẩm định mới làm được việc “Kết luận hồ sơ”"
    ),
    "reopen_appraisal": (
        "Chỉ cơ quan chủ trì, công bố hoặc chủ tịch Hội đồng thẩm định mới làm được việc “Mở lại thẩm định”"
    ),
    "reopen_self_scoring": "Chỉ cơ quan chủ trì, công bố mới làm được việc “Mở lại tự chấm”",
}
NEEDS_REASON = {
    "return_to_officer",
    "submit_on_behalf",
    "return_at_receipt",
    "grant_more_time",
    "reopen_appraisal",
    "reopen_self_scoring",
}
NEEDS_DEADLINE = {"grant_more_time", "reopen_self_scoring"}
PATHS = [(verb, *path) for verb, (_, paths) in EXPECTED.items() for path in paths.items()]


def words_of(verb: str) -> str:
    return ONLY[verb].partition("việc ")[2]


def answer(assessment: Assessment, verb: str, role: str | None) -> str:
    """The new state, or the refusal word for word."""
    roles, paths = EXPECTED[verb]
    if role not in roles:
        return f"{ONLY[verb]} với hồ sơ của {assessment.unit_name}."
    if assessment.state not in paths:
        return (
            f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{STATES[assessment.state]}” "
            f"nên không làm được việc {words_of(verb)}."
        )
    return paths[assessment.state]


def paper(assessment: Assessment) -> None:
    """Put a signed paper of the unit on record."""
    record(by=COMMAND_LINE, verb=PAPER_TAKEN, on=assessment, reason="Nhập thay theo bản giấy số 5/BC")


def do(assessment: Assessment, verb: str, user: User, *, now: dt.datetime = NOW) -> Assessment:
    """Do a verb with whatever else it asks for."""
    if verb == "submit_on_behalf":
        paper(assessment)
    return move(
        assessment,
        Verb(verb),
        by_user=user,
        reason="Thiếu số liệu" if verb in NEEDS_REASON else "",
        new_deadline=LATER if verb in NEEDS_DEADLINE else None,
        now=now,
    )


def tried(assessment: Assessment, verb: str, user: User) -> str:
    """What a verb answers; nothing of it is kept."""
    file = Assessment.objects.select_related("group__round").get(pk=assessment.pk)
    savepoint = transaction.savepoint()
    try:
        return str(do(file, verb, user).state)
    except AssessmentError as refusal:
        return str(refusal)
    finally:
        transaction.savepoint_rollback(savepoint)


def doer(verb: str, assessment: Assessment) -> User:
    """A person who may do a verb."""
    role = min(EXPECTED[verb][0])
    return someone(Role(role) if role in set(Role) else RoundDuty(role), assessment)


def last_event() -> Event:
    event = Event.objects.order_by("-pk").first()
    assert event is not None
    return event


def test_the_expectations_cover_every_verb_and_state() -> None:
    assert list(EXPECTED) == list(Verb) == [row.verb for row in TABLE] == list(TRANSITIONS)
    assert dict(AssessmentState.choices) == STATES


@pytest.mark.parametrize("role", ROLES, ids=str)
@pytest.mark.parametrize("state", AssessmentState)
def test_every_verb_in_every_state_for_every_role(state: AssessmentState, role: Role | None) -> None:
    assessment = file_in(state)
    user = UserFactory() if role is None else someone(role, assessment)
    expected = {verb: answer(assessment, verb, role) for verb in EXPECTED}

    assert {verb: tried(assessment, verb, user) for verb in EXPECTED} == expected

    open_to = [verb for verb, found in expected.items() if found in STATES]
    assert [verb for verb in EXPECTED if can_move(user, assessment, Verb(verb), now=NOW)] == open_to
    assert [row.verb for row in open_moves(user, assessment, now=NOW)] == open_to


@pytest.mark.parametrize("state", AssessmentState)
def test_a_visitor_moves_nothing(state: AssessmentState) -> None:
    assessment = file_in(state)

    said = {verb: tried(assessment, verb, AnonymousUser()) for verb in EXPECTED}

    assert said == {verb: answer(assessment, verb, None) for verb in EXPECTED}
    assert open_moves(AnonymousUser(), assessment, now=NOW) == []


@pytest.mark.parametrize(("verb", "before", "after"), PATHS)
def test_a_move_changes_the_file_and_records_who_from_to_and_why(verb: str, before: str, after: str) -> None:
    assessment = file_in(AssessmentState(before))
    user = doer(verb, assessment)

    moved = do(assessment, verb, user)

    stored = Assessment.objects.get(pk=assessment.pk)
    assert (moved.state, assessment.state, stored.state) == (after, after, after)
    event = last_event()
    assert (event.actor_id, event.actor_name) == (user.pk, user.full_name)
    assert (event.object_type, event.object_id) == ("assessments.assessment", assessment.pk)
    assert event.object_label == assessment.unit_name
    assert (event.verb, event.before["state"], event.after["state"]) == (
        TRANSITIONS[Verb(verb)].audit,
        before,
        after,
    )
    assert event.reason == ("Thiếu số liệu" if verb in NEEDS_REASON else "")


def test_submitting_sets_the_time_of_submission() -> None:
    assessment = file_in(AssessmentState.UNIT_REVIEW)

    do(assessment, "approve_and_submit", doer("approve_and_submit", assessment))

    assert Assessment.objects.get(pk=assessment.pk).submitted_at == NOW
    assert last_event().before == {"state": "unit_review", "submitted_at": None}
    assert last_event().after == {"state": "submitted", "submitted_at": "2025-01-05T08:00:00+07:00"}


def test_a_file_sent_back_to_its_unit_is_no_longer_submitted_and_has_its_new_deadline() -> None:
    assessment = file_in(AssessmentState.CONCLUDED)

    do(assessment, "reopen_self_scoring", doer("reopen_self_scoring", assessment))

    stored = Assessment.objects.get(pk=assessment.pk)
    assert (stored.submitted_at, stored.self_scoring_until) == (None, LATER)
    event = last_event()
    assert event.before == {
        "state": "concluded",
        "submitted_at": "2025-01-04T16:30:00+07:00",
        "self_scoring_until": None,
    }
    assert event.after == {"state": "draft", "submitted_at": None, "self_scoring_until": "2025-02-01"}


def test_a_file_reopened_for_appraisal_stays_submitted() -> None:
    assessment = file_in(AssessmentState.CONCLUDED)

    do(assessment, "reopen_appraisal", doer("reopen_appraisal", assessment))

    assert Assessment.objects.get(pk=assessment.pk).submitted_at is not None
    assert last_event().after == {"state": "in_appraisal"}


@pytest.mark.parametrize("said", ["", "  \n"])
@pytest.mark.parametrize("verb", sorted(NEEDS_REASON))
def test_a_step_back_without_a_reason_is_refused(verb: str, said: str) -> None:
    assessment = file_in(AssessmentState(next(iter(EXPECTED[verb][1]))))
    user, events = doer(verb, assessment), Event.objects.count()

    with pytest.raises(AssessmentError) as refusal:
        move(assessment, Verb(verb), by_user=user, reason=said, new_deadline=LATER, now=NOW)

    assert str(refusal.value) == f"Nêu lý do của việc {words_of(verb)}."
    assert Event.objects.count() == events


# What has to be there before a file is handed in


@pytest.mark.parametrize(
    ("rule", "reason", "has_evidence", "opens"),
    [
        (WithoutEvidence.ANYTHING, "", False, True),
        (WithoutEvidence.EXPLANATION, "", False, False),
        (WithoutEvidence.EXPLANATION, "Văn bản mật", False, True),
        (WithoutEvidence.EXPLANATION, "", True, True),
        (WithoutEvidence.NOTHING, "Văn bản mật", False, False),
        (WithoutEvidence.NOTHING, "", True, True),
    ],
)
@pytest.mark.parametrize(
    ("verb", "state"), [("send_to_head", "draft"), ("approve_and_submit", "unit_review")]
)
def test_points_without_evidence_are_handed_in_as_the_group_allows(
    verb: str, state: str, rule: WithoutEvidence, reason: str, *, has_evidence: bool, opens: bool
) -> None:
    assessment = file_in(AssessmentState(state))
    assessment.group.without_evidence = rule
    assessment.group.save()
    score(assessment, {"1.1.1": "4", "1.2": "0"}, track=Track.SELF)
    assessment.scores.filter(track=Track.SELF).update(reason=reason)
    if has_evidence:
        offer(assessment, "1.1.1")

    if opens:
        do(assessment, verb, doer(verb, assessment))
    else:
        with pytest.raises(AssessmentError, match=r"\(1\.1\.1\)"):
            do(assessment, verb, doer(verb, assessment))

    assert (Assessment.objects.get(pk=assessment.pk).state != state) is opens


def offer(assessment: Assessment, code: str) -> None:
    leaf = assessment.group.used_framework.criteria.get(code=code)
    by = {"added_by": "Hạnh", "added_at": NOW}
    piece = Evidence.objects.create(unit=assessment.unit, title="Kế hoạch", number="12/KH", **by)
    EvidenceUse.objects.create(evidence=piece, assessment=assessment, criterion=leaf, **by)


def test_nothing_is_handed_in_for_a_unit_without_its_signed_paper() -> None:
    assessment = file_in(AssessmentState.DRAFT)
    user = someone(Role.PUBLISHER, assessment)

    with pytest.raises(AssessmentError, match="bản giấy đã ký"):
        move(assessment, Verb.SUBMIT_ON_BEHALF, by_user=user, reason="Theo bản giấy", now=NOW)


# The deadline


@pytest.mark.parametrize(
    ("verb", "state"),
    [("send_to_head", AssessmentState.DRAFT), ("approve_and_submit", AssessmentState.UNIT_REVIEW)],
)
@pytest.mark.parametrize(
    ("moment", "own", "is_open"),
    [
        (dt.datetime(2025, 1, 9, 23, 59, 59, tzinfo=VIETNAM), None, True),
        (dt.datetime(2025, 1, 10, 0, 0, tzinfo=VIETNAM), None, False),
        # Still 9 January in London.
        (dt.datetime(2025, 1, 9, 17, 0, tzinfo=dt.UTC), None, False),
        (dt.datetime(2025, 1, 9, 16, 59, tzinfo=dt.UTC), None, True),
        (dt.datetime(2025, 1, 10, 0, 0, tzinfo=VIETNAM), dt.date(2025, 1, 15), True),
        (dt.datetime(2025, 1, 15, 23, 59, tzinfo=VIETNAM), dt.date(2025, 1, 15), True),
        (dt.datetime(2025, 1, 16, 0, 0, tzinfo=VIETNAM), dt.date(2025, 1, 15), False),
    ],
)
def test_the_last_day_belongs_to_the_unit_to_its_end(
    verb: str, state: AssessmentState, moment: dt.datetime, own: dt.date | None, *, is_open: bool
) -> None:
    assessment = file_in(state)
    assessment.self_scoring_until = own
    assessment.save()
    user = doer(verb, assessment)

    with time_machine.travel(moment, tick=False):
        assert can_move(user, assessment, Verb(verb)) is is_open
        if is_open:
            move(assessment, Verb(verb), by_user=user)
        else:
            with pytest.raises(WrongState) as refusal:
                move(assessment, Verb(verb), by_user=user)
            assert str(refusal.value) == (
                f"Hạn tự chấm của {assessment.unit_name} đã hết từ cuối ngày {own or LAST_DAY:%d/%m/%Y}. "
                "Đề nghị cơ quan tổ chức đánh giá gia hạn."
            )

    assert (Assessment.objects.get(pk=assessment.pk).state != state) is is_open


def test_a_round_without_dates_is_always_open() -> None:
    assessment = file_in(AssessmentState.DRAFT, until=None)

    assert can_move(doer("send_to_head", assessment), assessment, Verb.SEND_TO_HEAD)
    assert self_scoring_deadline(assessment) is None


def test_other_steps_do_not_ask_for_the_deadline() -> None:
    assessment = file_in(AssessmentState.UNIT_REVIEW)
    user = doer("return_to_officer", assessment)

    do(assessment, "return_to_officer", user, now=dt.datetime(2025, 6, 1, tzinfo=VIETNAM))

    assert assessment.state == AssessmentState.DRAFT


def test_more_time_for_one_unit_opens_it_alone() -> None:
    group = GroupFactory(size=2, round__self_scoring_until=LAST_DAY)
    first, second = group.assessments.order_by("pk")
    publisher = someone(Role.PUBLISHER, first)
    late = dt.datetime(2025, 1, 12, 9, 0, tzinfo=VIETNAM)

    move(
        first,
        Verb.GRANT_MORE_TIME,
        by_user=publisher,
        reason="Mất điện",
        new_deadline=dt.date(2025, 1, 14),
        now=late,
    )

    officers = [someone(Role.UNIT_OFFICER, file) for file in (first, second)]
    files = Assessment.objects.order_by("pk")
    opened = [can_move(*pair, Verb.SEND_TO_HEAD, now=late) for pair in zip(officers, files, strict=True)]
    assert opened == [True, False]
    assert last_event().after == {"state": "draft", "self_scoring_until": "2025-01-14"}


@pytest.mark.parametrize(
    ("verb", "state", "new", "now", "words"),
    [
        ("grant_more_time", "draft", None, NOW, "Nêu hạn tự chấm mới của {unit}."),
        ("reopen_self_scoring", "concluded", None, NOW, "Nêu hạn tự chấm mới của {unit}."),
        (
            "grant_more_time",
            "submitted",
            LAST_DAY,
            NOW,
            "Hạn tự chấm mới 09/01/2025 phải sau hạn đang áp dụng, 09/01/2025.",
        ),
        (
            "reopen_self_scoring",
            "in_appraisal",
            dt.date(2025, 1, 8),
            NOW,
            "Hạn tự chấm mới 08/01/2025 phải sau hạn đang áp dụng, 09/01/2025.",
        ),
        ("grant_more_time", "draft", dt.date(2025, 1, 4), NOW, "Hạn tự chấm mới 04/01/2025 đã qua."),
        ("start_appraisal", "submitted", LATER, NOW, "Việc {verb} không kèm hạn tự chấm mới."),
        (
            "return_at_receipt",
            "submitted",
            None,
            dt.datetime(2025, 1, 10, tzinfo=VIETNAM),
            "Nêu hạn tự chấm mới của {unit}.",
        ),
    ],
)
def test_a_new_deadline_that_does_not_fit_is_refused(
    verb: str, state: str, new: dt.date | None, now: dt.datetime, words: str
) -> None:
    assessment = file_in(AssessmentState(state))
    user = someone(Role.PUBLISHER, assessment)

    with pytest.raises(AssessmentError) as refusal:
        move(assessment, Verb(verb), by_user=user, reason="Bổ sung", new_deadline=new, now=now)

    assert str(refusal.value) == words.format(unit=assessment.unit_name, verb=words_of(verb))
    stored = Assessment.objects.get(pk=assessment.pk)
    assert (stored.state, stored.self_scoring_until) == (state, None)


@pytest.mark.parametrize(
    ("now", "new"), [(NOW, None), (NOW, LATER), (dt.datetime(2025, 1, 10, tzinfo=VIETNAM), LATER)]
)
def test_a_file_returned_at_receipt_can_always_come_back(now: dt.datetime, new: dt.date | None) -> None:
    assessment = file_in(AssessmentState.SUBMITTED)
    publisher = someone(Role.PUBLISHER, assessment)

    move(
        assessment,
        Verb.RETURN_AT_RECEIPT,
        by_user=publisher,
        reason="Thiếu phụ lục",
        new_deadline=new,
        now=now,
    )

    assert can_move(someone(Role.UNIT_OFFICER, assessment), assessment, Verb.SEND_TO_HEAD, now=now)
    assert self_scoring_deadline(assessment) == (new or LAST_DAY)


# Conclusions


def test_a_file_with_leaves_without_a_conclusion_is_not_concluded_and_they_are_named() -> None:
    assessment = file_in(AssessmentState.IN_APPRAISAL)
    Score.objects.filter(assessment=assessment, criterion__code__in=["1.2", "2.1"]).update(
        obtained=None, points=None, at=None, author_name=""
    )

    with pytest.raises(AssessmentError) as refusal:
        do(assessment, "conclude_file", doer("conclude_file", assessment))

    assert str(refusal.value) == (
        f"Chưa kết luận được {assessment.unit_name} vì còn mục chưa có điểm thẩm định (2): mục 1.2; mục 2.1."
    )
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.IN_APPRAISAL


def appraised(rows: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]) -> Assessment:
    """A file in appraisal, submitted three days early, with facts that wait for the end."""
    framework = FrameworkInForceFactory(rows=rows)
    assessment = AssessmentFactory(group__framework=framework, group__round__self_scoring_until=LAST_DAY)
    assessment.state = AssessmentState.IN_APPRAISAL
    assessment.submitted_at = dt.datetime(2025, 1, 6, 8, 0, tzinfo=VIETNAM)
    assessment.save()
    for code, said in facts.items():
        word = Word(assessment, framework.criteria.get(code=code), facts=said)
        record_words(assessment.group, [word], track=Track.PROPOSAL, by=COMMAND_LINE, because="")
    return assessment


def test_a_leaf_that_compares_units_waits_for_the_whole_group() -> None:
    best = {"max_points": "4", "rule_kind": "best_unit"}
    assessment = appraised({"1.1": best}, {"1.1": {"value": "50"}})

    with pytest.raises(AssessmentError, match=r"\(1\): mục 1\.1\."):
        do(assessment, "conclude_file", doer("conclude_file", assessment))

    assert assessment.scores.get(track=Track.CONCLUSION).obtained is None


def test_a_leaf_computed_from_the_file_itself_is_computed_as_the_file_is_concluded() -> None:
    accurate = {
        "max_points": "1",
        "source": Source.COMPUTED,
        "rule_kind": "self_accuracy",
        "rule_parameters": {"early_points": "0.25", "judged_points": "0.5", "accurate_points": "0.25"},
    }
    assessment = appraised({"1.1": "10", "1.2": accurate}, {"1.2": {"judged": True}})
    score(assessment, {"1.1": "10"}, track=Track.SELF)
    score(assessment, {"1.1": "9"})

    do(assessment, "conclude_file", doer("conclude_file", assessment))

    kept = assessment.scores.get(track=Track.CONCLUSION, criterion__code="1.2")
    assert (assessment.state, kept.points) == (AssessmentState.CONCLUDED, Decimal("0.75"))


# Two at once


def test_a_button_pressed_twice_acts_once() -> None:
    assessment = file_in(AssessmentState.UNIT_REVIEW)
    again = Assessment.objects.get(pk=assessment.pk)
    head = doer("approve_and_submit", assessment)
    do(assessment, "approve_and_submit", head)
    events = Event.objects.count()

    with pytest.raises(WrongState) as refusal:
        do(again, "approve_and_submit", head)

    assert str(refusal.value) == (
        f"Hồ sơ của {assessment.unit_name} vừa chuyển từ “Chờ lãnh đạo duyệt” sang “Đã nộp”. "
        "Tải lại trang rồi quyết định."
    )
    assert Event.objects.count() == events


def test_more_time_granted_on_an_old_page_does_not_pull_back_a_file_just_submitted() -> None:
    old = file_in(AssessmentState.UNIT_REVIEW)
    now = Assessment.objects.get(pk=old.pk)
    do(now, "approve_and_submit", doer("approve_and_submit", now))

    with pytest.raises(WrongState, match="vừa chuyển từ"):
        do(old, "grant_more_time", doer("grant_more_time", old))

    assert Assessment.objects.get(pk=old.pk).state == AssessmentState.SUBMITTED


def test_the_state_that_the_page_showed_counts_where_it_is_given() -> None:
    assessment = file_in(AssessmentState.DRAFT)
    publisher = doer("grant_more_time", assessment)

    more = {"by_user": publisher, "reason": "Mất điện", "new_deadline": LATER, "now": NOW}
    with pytest.raises(WrongState, match="vừa chuyển từ “Đã nộp” sang “Đang tự chấm”"):
        move(assessment, Verb.GRANT_MORE_TIME, seen=AssessmentState.SUBMITTED, **more)
    move(assessment, Verb.GRANT_MORE_TIME, seen=AssessmentState.DRAFT, **more)

    assert Event.objects.filter(verb="gia hạn tự chấm").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_heads_who_approve_at_the_same_time_one_succeeds() -> None:
    assessment = file_in(AssessmentState.UNIT_REVIEW)
    heads = [someone(Role.UNIT_HEAD, assessment) for _ in range(4)]
    files = [Assessment.objects.get(pk=assessment.pk) for _ in heads]
    barrier = threading.Barrier(len(heads))

    def approve(head: User, file: Assessment) -> str:
        try:
            barrier.wait()
            return do(file, "approve_and_submit", head).state
        except WrongState:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(heads)) as people:
        answers = list(people.map(approve, heads, files))

    assert sorted(answers) == ["refused", "refused", "refused", "submitted"]
    assert Event.objects.filter(verb="duyệt và nộp hồ sơ").count() == 1


# The right person in the wrong place


@pytest.mark.parametrize("duty", [Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY])
@pytest.mark.parametrize("own", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_nobody_receives_the_file_of_their_own_unit(duty: Role | RoundDuty, own: Role) -> None:
    assessment = file_in(AssessmentState.SUBMITTED)
    user = give(someone(duty, assessment), own, assessment)

    with pytest.raises(NotPermitted) as refusal:
        do(assessment, "start_appraisal", user)

    assert str(refusal.value) == (
        f"Bạn thuộc {assessment.unit_name} nên không tiếp nhận, thẩm định hồ sơ của chính đơn vị mình. "
        "Đề nghị người khác thay."
    )
    assert open_moves(user, assessment, now=NOW) == []


@pytest.mark.parametrize(("verb", "before", "after"), PATHS)
def test_recusal_stops_every_verb_of_publisher_and_council_and_none_of_the_unit(
    verb: str, before: str, after: str
) -> None:
    assessment = file_in(AssessmentState(before))
    user = UserFactory()
    for role in (Role.PUBLISHER, *RoundDuty, Role.UNIT_OFFICER, Role.UNIT_HEAD):
        give(user, role, assessment)

    said = tried(assessment, verb, user)

    of_the_unit = verb in {"send_to_head", "approve_and_submit", "return_to_officer"}
    assert (said == after) is of_the_unit
    assert said.startswith("Bạn thuộc ") is not of_the_unit


def test_a_publisher_from_one_unit_acts_on_the_others() -> None:
    group = GroupFactory(size=2)
    first, second = group.assessments.order_by("pk")
    group.assessments.update(state=AssessmentState.SUBMITTED)
    user = give(someone(Role.PUBLISHER, first), Role.UNIT_OFFICER, first)

    found = [can_move(user, file, Verb.START_APPRAISAL) for file in group.assessments.order_by("pk")]

    assert found == [False, True]
    assert second.group == first.group


@pytest.mark.parametrize(("verb", "before", "after"), PATHS)
def test_the_same_roles_elsewhere_open_nothing(verb: str, before: str, after: str) -> None:
    assessment = file_in(AssessmentState(before))
    elsewhere = AssessmentFactory(group__round=RoundFactory(organiser=OrganiserFactory()))
    user = UserFactory()
    for role in (*Role, *RoundDuty):
        give(user, role, elsewhere)

    assert tried(assessment, verb, user) == f"{ONLY[verb]} với hồ sơ của {assessment.unit_name}."


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        ({"valid_to": NOW.date()}, True),
        ({"valid_to": NOW.date() - dt.timedelta(days=1)}, False),
        ({"valid_from": NOW.date()}, True),
        ({"valid_from": NOW.date() + dt.timedelta(days=1)}, False),
    ],
)
@pytest.mark.parametrize("role", [Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY])
def test_a_role_holds_within_its_dates(
    role: Role | RoundDuty, dates: dict[str, dt.date], *, holds: bool
) -> None:
    assessment = file_in(AssessmentState.SUBMITTED)
    user = someone(role, assessment, **dates)

    assert can_move(user, assessment, Verb.START_APPRAISAL, now=NOW) is holds


# The drawn page


def test_the_page_about_the_workflow_fits_the_table() -> None:
    page = Path(__file__).resolve().parents[2] / PAGE

    assert page.read_text(encoding="utf-8") == drawn(), "python manage.py draw_workflow"


def test_the_command_tells_whether_the_page_is_current(settings: object, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]

    stale = run("draw_workflow", "--check")
    answers = [run("draw_workflow"), run("draw_workflow"), run("draw_workflow", "--check")]

    assert (stale[0], stale[1]["problems"][0]["kind"]) == (1, "stale_page")
    assert [(code, found["changed"]) for code, found in answers] == [(0, True), (0, False), (0, False)]
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == drawn()
