"""Moving a group to the next version of its framework: what follows, what opens again, what is kept aside."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.enums import AssessmentState, ClarificationState, Kept, RoundDuty, Track
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import (
    Assessment,
    Clarification,
    Evidence,
    EvidenceUse,
    Group,
    Notice,
    Opinion,
    ReviewRequest,
    Score,
    SetAside,
    SurveySample,
)
from assessments.publication import publish
from assessments.scorecard import rank_group
from assessments.words import Word
from assessments.workflow import GroupSettings, conclude, moving, record_words
from assessments.workflow.moving import StalePlan, move_group
from assessments.workflow.moving_plan import plan_of
from assessments.workflow.settings import has_begun
from criteria.enums import NotApplicableMode, Source
from criteria.models import Criterion
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from parindex.notation import plain
from tests.assessments.people import someone
from tests.assessments.versions import Rows, add, moved, next_version, put
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

OWN = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}
ALL = OWN | {"2.2": "3.5"}


def group_of(size: int = 1, **given: Any) -> Group:
    group = GroupFactory(size=size, **given)
    for file in group.assessments.all():
        score(file, OWN, track=Track.SELF)
    return group


def file_of(group: Group) -> Assessment:
    return group.assessments.select_related("group__round").get()


def publisher(group: Group) -> User:
    return someone(Role.PUBLISHER, group.assessments.first())  # type: ignore[arg-type]


def words(group: Group, track: Track = Track.SELF) -> dict[str, str]:
    """Points by the leaf's code of now."""
    rows = Score.objects.filter(assessment__group=group, track=track, obtained__isnull=False)
    return {row.criterion.code: plain(row.points or Decimal(0)) for row in rows.select_related("criterion")}


def ruled(**rules: Any) -> dict[str, Any]:
    """A small tree whose leaf 1.1 has a rule."""
    return {"1.1": {"max_points": "4", **rules}, "1.2": "6"}


def levels(**points: str) -> dict[str, Any]:
    return {"levels": [{"name": name.replace("_", " "), "amount": amount} for name, amount in points.items()]}


LEVELS = {"rule_kind": "levels", "rule_parameters": levels(Đủ="4", Một_phần="2", Không="0")}
ACCURATE = {
    "max_points": "1",
    "source": Source.COMPUTED,
    "rule_kind": "self_accuracy",
    "rule_parameters": {"early_points": "0.25", "judged_points": "0.5", "accurate_points": "0.25"},
}


# -- what follows


def test_every_score_goes_to_the_leaf_that_carries_its_own_on() -> None:
    group = group_of()
    to = next_version(group.used_framework)

    plan = moved(group, to, publisher(group))

    group.refresh_from_db()
    assert group.framework == to
    assert words(group) == {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}
    assert set(Score.objects.values_list("criterion__framework", flat=True)) == {to.pk}
    assert (plan.total("kept"), plan.total("opened"), plan.total("aside")) == (4, 0, 0)
    assert not SetAside.objects.exists()


def test_a_score_follows_its_leaf_to_another_name_and_place() -> None:
    def change(rows: Rows) -> None:
        put(rows["1.2"], code="2.9", title="Tên khác", parent=rows["2"], content=rows["2"])
        put(rows["1.1.2"], code="1.1.7")

    group = group_of()

    moved(group, next_version(group.used_framework, change), publisher(group))

    assert words(group) == {"1.1.1": "4", "1.1.7": "2", "2.9": "3", "2.1": "6"}


def test_a_lower_maximum_opens_what_is_above_it_and_keeps_it_aside() -> None:
    group = group_of()
    file = file_of(group)
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))

    moved(group, to, publisher(group))

    assert "1.1.1" not in words(group)
    kept = SetAside.objects.get()
    assert (kept.assessment, kept.kind, kept.criterion.code) == (file, Kept.SELF, "1.1.1")
    assert kept.content["points"] == "4"
    assert "lớn hơn điểm tối đa 3" in kept.why
    assert not Score.objects.filter(track=Track.SELF, criterion__code="1.1.1").exists()


def test_a_higher_maximum_keeps_the_points_and_counts_in_full() -> None:
    group = group_of()
    score(file_of(group), {"1.2": "3"})
    to = next_version(group.used_framework, lambda rows: put(rows["1.2"], max_points=Decimal(5)))

    plan = moved(group, to, publisher(group))

    concluded = Score.objects.get(track=Track.CONCLUSION, criterion__code="1.2")
    assert (concluded.points, concluded.obtained, concluded.attainable) == (3, 3, 5)
    assert {(line.before, line.after) for line in plan.units[0].lines} == {("3 / 4", "3 / 5")}
    assert concluded.author_name == COMMAND_LINE.name


def test_a_leaf_that_is_gone_is_listed_and_kept() -> None:
    def change(rows: Rows) -> None:
        rows["1.2"].delete()

    group = group_of()
    score(file_of(group), {"1.2": "3"})

    plan = moved(group, next_version(group.used_framework, change), publisher(group))

    kept = SetAside.objects.select_related("criterion")
    kinds = [(one.kind, one.criterion.code, one.content["points"]) for one in kept]
    assert sorted(kinds) == [("conclusion", "1.2", "3"), ("self", "1.2", "3")]
    assert plan.total("aside") == 2
    assert not Score.objects.filter(criterion__framework=plan.framework).exists()


def test_an_added_leaf_waits_for_its_points() -> None:
    group = group_of(size=2)

    moved(
        group,
        next_version(group.used_framework, lambda rows: _ignore(add(rows, "1.3", "2"))),
        publisher(group),
    )

    fresh = Score.objects.filter(criterion__code="1.3")
    assert [(row.track, row.obtained, row.attainable) for row in fresh] == [("conclusion", None, 2)] * 2
    group = Group.objects.select_related("framework", "survey").get(pk=group.pk)
    assert {unit.attainable for unit in rank_group(group).units} == {22}


def test_a_leaf_that_is_divided_has_no_counterpart() -> None:
    def change(rows: Rows) -> None:
        add(rows, "1.2.1", "1")
        add(rows, "1.2.2", "3")

    group = group_of()

    moved(group, next_version(group.used_framework, change), publisher(group))

    kept = SetAside.objects.get()
    assert (kept.criterion.code, "chia" in kept.why) == ("1.2", True)
    waiting = Score.objects.filter(criterion__code__startswith="1.2.", track=Track.CONCLUSION)
    assert {row.criterion.code: row.attainable for row in waiting} == {"1.2.1": 1, "1.2.2": 3}


# -- rules


def test_facts_are_worked_out_anew_by_the_new_rule() -> None:
    framework = FrameworkInForceFactory(rows=ruled(**LEVELS))
    group = GroupFactory(size=1, framework=framework)
    _say(group, "1.1", {"level": "Một phần"})
    richer = levels(Đủ="4", Một_phần="3", Không="0")
    to = next_version(framework, lambda rows: put(rows["1.1"], rule_parameters=richer))

    plan = moved(group, to, publisher(group))

    own = Score.objects.get(track=Track.SELF)
    assert (own.points, own.obtained, own.facts) == (3, 3, {"level": "Một phần"})
    assert own.version == 2
    (line,) = plan.units[0].lines
    assert (line.before, line.after, line.why) == ("2 / 4", "3 / 4", "Cách chấm đổi.")


def test_a_level_that_is_gone_opens_the_leaf() -> None:
    framework = FrameworkInForceFactory(rows=ruled(**LEVELS))
    group = GroupFactory(size=1, framework=framework)
    _say(group, "1.1", {"level": "Một phần"}, reason="Còn hai đơn vị chưa làm")
    fewer = levels(Đủ="4", Không="0")
    to = next_version(framework, lambda rows: put(rows["1.1"], rule_parameters=fewer))

    moved(group, to, publisher(group))

    own = Score.objects.get(track=Track.SELF)
    assert (own.facts, own.points, own.obtained, own.is_entered) == ({}, None, None, False)
    assert own.reason == "Còn hai đơn vị chưa làm"
    kept = SetAside.objects.get()
    assert kept.content["facts"] == {"level": "Một phần"}
    assert kept.content["points"] == "2"


def test_typed_points_do_not_stand_where_the_rule_now_asks_for_facts() -> None:
    framework = FrameworkInForceFactory(rows=ruled())
    group = GroupFactory(size=1, framework=framework)
    score(file_of(group), {"1.1": "3.5"}, track=Track.SELF)
    to = next_version(framework, lambda rows: put(rows["1.1"], **LEVELS))

    plan = moved(group, to, publisher(group))

    assert plan.units[0].opened == 1
    assert "Theo mức" in SetAside.objects.get().why


def test_what_does_not_apply_follows_with_the_new_mode() -> None:
    group = GroupFactory(size=1)
    score(file_of(group), {"1.2": None})
    to = next_version(
        group.used_framework,
        lambda rows: put(rows["1.2"], not_applicable_mode=NotApplicableMode.FULL_POINTS),
    )

    plan = moved(group, to, publisher(group))

    concluded = Score.objects.get(track=Track.CONCLUSION, criterion__code="1.2")
    assert (concluded.not_applicable, concluded.obtained, concluded.attainable) == (True, 4, 4)
    (line,) = plan.units[0].lines
    assert (line.before, line.after) == ("không áp dụng", "không áp dụng, tính trọn 4")


def test_a_leaf_from_another_source_takes_no_earlier_word() -> None:
    group = group_of()
    to = next_version(group.used_framework, lambda rows: put(rows["1.2"], source=Source.IMPORTED))

    moved(group, to, publisher(group))

    assert "Nguồn điểm đổi" in SetAside.objects.get().why


def test_survey_leaves_stay_out_where_no_survey_is_held() -> None:
    group = group_of(settings=GroupSettings(holds_survey=False))
    to = next_version(group.used_framework, lambda rows: _ignore(add(rows, "2.3", "2", source=Source.SURVEY)))

    plan = moved(group, to, publisher(group))

    assert not Score.objects.filter(criterion__source=Source.SURVEY).exists()
    assert any("không điều tra" in note for note in plan.notes)


def test_points_of_the_unit_that_are_compared_later_are_computed_again() -> None:
    framework = FrameworkInForceFactory(rows={"1.1": "4", "9.4": ACCURATE})
    round = RoundFactory(self_scoring_until=dt.date(2025, 1, 9))
    group = GroupFactory(size=1, framework=framework, round=round)
    group.assessments.update(submitted_at=dt.datetime(2025, 1, 8, 3, tzinfo=dt.UTC))
    score(file_of(group), {"1.1": "3"}, track=Track.SELF)
    _say(group, "9.4", {"judged": True}, track=Track.PROPOSAL)
    conclude(group, by=COMMAND_LINE)
    before = Score.objects.get(criterion__code="9.4", track=Track.CONCLUSION)
    to = next_version(framework, lambda rows: put(rows["1.1"], max_points=Decimal(8)))

    moved(group, to, publisher(group))

    now = Score.objects.get(criterion__code="9.4", track=Track.CONCLUSION)
    assert before.obtained is not None
    assert (now.obtained, now.points, now.facts) == (None, None, {"judged": True})
    assert file_of(group).state == AssessmentState.IN_APPRAISAL
    conclude(group, by=COMMAND_LINE)
    now.refresh_from_db()
    assert now.obtained is not None


# -- what stands beside the scores


def test_opinions_questions_and_evidence_follow_their_leaf() -> None:
    group = group_of()
    file = file_of(group)
    _beside(file, "1.2")
    to = next_version(group.used_framework, lambda rows: put(rows["1.2"], code="1.9"))

    moved(group, to, publisher(group))

    for model in (Opinion, Clarification, ReviewRequest, EvidenceUse):
        row: Any = model._default_manager.get()
        assert (row.criterion.code, row.criterion.framework) == ("1.9", to)


def test_opinions_questions_and_evidence_of_a_leaf_that_is_gone_are_kept_aside() -> None:
    group = group_of()
    file = file_of(group)
    _beside(file, "1.2")
    SurveySample.objects.create(assessment=file, criterion=_leaf(group, "2.2"), forms_valid=30)

    def change(rows: Rows) -> None:
        rows["1.2"].delete()
        put(rows["2.2"], source=Source.SELF)

    moved(group, next_version(group.used_framework, change), publisher(group))

    kept = {row.kind: row.content for row in SetAside.objects.all()}
    assert kept.keys() == {"self", "opinion", "clarification", "review", "evidence", "sample"}
    assert kept["review"]["request"] == "Có công văn bổ sung"
    assert kept["clarification"]["question"] == "Số liệu lấy từ đâu?"
    assert (kept["opinion"]["points"], kept["sample"]["forms_valid"]) == ("2.5", 30)
    assert kept["evidence"]["title"] == "Kế hoạch"
    assert Evidence.objects.count() == 1
    for model in (Opinion, Clarification, ReviewRequest, EvidenceUse, SurveySample):
        assert not model._default_manager.exists()


def test_an_opinion_above_the_new_maximum_is_kept_aside() -> None:
    group = group_of()
    _beside(file_of(group), "1.2")
    to = next_version(group.used_framework, lambda rows: put(rows["1.2"], max_points=Decimal(2)))

    moved(group, to, publisher(group))

    assert not Opinion.objects.exists()
    assert SetAside.objects.filter(kind=Kept.OPINION).exists()


# -- files, settings, people


def test_a_concluded_file_with_an_open_leaf_returns_to_the_appraisal() -> None:
    group = group_of(size=2)
    for file in group.assessments.all():
        score(file, ALL)
    first, second = group.assessments.order_by("unit_sort_key")
    score(first, {"1.1.1": "2"})
    conclude(group, by=COMMAND_LINE)
    by = publisher(group)
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))

    plan = moved(group, to, by)

    states = dict(group.assessments.values_list("pk", "state"))
    assert states == {first.pk: "concluded", second.pk: "in_appraisal"}
    assert [unit.reopens for unit in plan.units] == [False, True]
    event = Event.objects.get(verb="mở lại thẩm định")
    assert (event.object_id, event.before, event.after) == (
        second.pk,
        {"state": "concluded"},
        {"state": "in_appraisal"},
    )
    emptied = Score.objects.get(assessment=second, track=Track.CONCLUSION, criterion__code="1.1.1")
    assert (emptied.obtained, emptied.author_name, emptied.reason, emptied.attainable) == (None, "", "", 3)


def test_a_concluded_file_in_which_nothing_opens_stays_concluded_and_can_be_published() -> None:
    group = group_of()
    score(file_of(group), ALL)
    conclude(group, by=COMMAND_LINE)

    moved(group, next_version(group.used_framework), publisher(group))

    assert file_of(group).state == AssessmentState.CONCLUDED
    publish(
        group.round, decision_number="1/QĐ", signed=dt.date(2025, 3, 30), signer="Chủ tịch", by=COMMAND_LINE
    )


def test_lead_agencies_and_tie_breakers_follow_their_contents() -> None:
    group = GroupFactory(size=1, settings=GroupSettings(tie_breakers=("2", "appraised", "1")))
    lead = RoundRoleFactory(round=group.round, role=RoundDuty.LEAD_AGENCY, contents=["1", "2"])

    def change(rows: Rows) -> None:
        put(rows["1"], code="3")

    moved(group, next_version(group.used_framework, change), publisher(group))

    lead.refresh_from_db()
    group.refresh_from_db()
    assert lead.contents == ["3", "2"]
    assert group.tie_breakers == ["2", "appraised", "3"]
    assert Event.objects.filter(object_type="assessments.roundrole", object_id=lead.pk).exists()


def test_a_lead_agency_is_not_left_without_a_content() -> None:
    group = GroupFactory(size=1)
    RoundRoleFactory(round=group.round, role=RoundDuty.LEAD_AGENCY, contents=["2"])
    to = next_version(group.used_framework, lambda rows: put(rows["2"], lineage="0" * 32))

    with pytest.raises(AssessmentError, match="chủ trì nội dung 2"):
        moved(group, to, publisher(group))


def test_every_unit_has_its_events_and_the_unit_reads_those_of_its_own_words() -> None:
    group = group_of(size=2)
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))

    moved(group, to, publisher(group), reason="Quyết định sửa điểm mục 1.1.1")

    own = Event.objects.filter(verb="ghi điểm: Tự chấm", reason="Quyết định sửa điểm mục 1.1.1")
    assert [(event.before, event.after) for event in own] == [({"1.1.1": "4 / 4"}, {"1.1.1": "chưa ghi"})] * 2
    assert Event.objects.filter(verb=moving.MOVED, object_type="assessments.assessment").count() == 2
    event = Event.objects.get(verb=moving.MOVED, object_type="assessments.group")
    assert event.after["framework"] == str(to)


def test_people_of_units_whose_words_open_again_are_told_once() -> None:
    group = group_of(size=2)
    first, second = group.assessments.order_by("unit_sort_key")
    Score.objects.filter(assessment=second, track=Track.SELF).delete()
    officer, other = someone(Role.UNIT_OFFICER, first), someone(Role.UNIT_OFFICER, second)
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))

    moved(group, to, publisher(group))

    assert Notice.objects.filter(user=officer).count() == 1
    assert not Notice.objects.filter(user=other).exists()


# -- who, and when


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PUBLISHER])
def test_nobody_but_the_publisher_moves_a_group(role: Role) -> None:
    group = group_of()
    person = someone(role, file_of(group))

    with pytest.raises(NotPermitted):
        moved(group, next_version(group.used_framework), person)


def test_another_organisers_publisher_does_not_move_it() -> None:
    group = group_of()

    with pytest.raises(NotPermitted):
        moved(group, next_version(group.used_framework), publisher(GroupFactory(size=1)))


def test_a_published_round_is_not_moved() -> None:
    group = group_of()
    score(file_of(group), ALL)
    conclude(group, by=COMMAND_LINE)
    publish(
        group.round, decision_number="1/QĐ", signed=dt.date(2025, 3, 30), signer="Chủ tịch", by=COMMAND_LINE
    )

    with pytest.raises(WrongState, match="công bố"):
        moved(group, next_version(group.used_framework), publisher(group))


def test_only_a_later_version_in_force_of_the_same_issuer_and_type_can_follow() -> None:
    group = group_of()
    old = group.used_framework
    to = next_version(old)
    old.refresh_from_db()
    strange = FrameworkInForceFactory(unit_type=old.unit_type, decision__issuer=OrganiserFactory())
    other_type = FrameworkInForceFactory(decision=old.decision)
    unconnected = FrameworkInForceFactory(
        unit_type=old.unit_type, decision__issuer=old.decision.issuer, decision__issued=dt.date(2025, 1, 1)
    )
    for framework, why in (
        (old, "chưa đưa vào sử dụng"),
        (strange, "cơ quan khác"),
        (other_type, "loại đơn vị khác"),
        (unconnected, "không có mục nào nối"),
    ):
        with pytest.raises(AssessmentError, match=why):
            plan_of(group, framework)
    moved(group, to, publisher(group))
    group = Group.objects.get(pk=group.pk)
    with pytest.raises(AssessmentError, match="đang dùng"):
        plan_of(group, to)


def test_a_preview_that_is_no_longer_true_is_not_confirmed() -> None:
    group = group_of()
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))
    seen = plan_of(group, to).digest
    score(file_of(group), {"1.1.1": "2"}, track=Track.SELF)

    with pytest.raises(StalePlan):
        move_group(group, to=to, reason="Sửa", seen=seen, by_user=publisher(group))

    group.refresh_from_db()
    assert group.framework != to


def test_a_word_on_a_leaf_that_stays_as_it_is_does_not_spoil_the_preview() -> None:
    group = group_of()
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))
    seen = plan_of(group, to).digest
    score(file_of(group), {"1.2": "2"}, track=Track.SELF)

    move_group(group, to=to, reason="Sửa", seen=seen, by_user=publisher(group))

    assert words(group)["1.2"] == "2"


def test_a_move_needs_a_reason() -> None:
    group = group_of()

    with pytest.raises(AssessmentError, match="lý do"):
        moved(group, next_version(group.used_framework), publisher(group), reason=" ")


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    group = group_of()
    to = next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3)))
    by, before = publisher(group), (words(group), Event.objects.count())

    def fail(*_: object) -> None:
        raise RuntimeError("mất điện")

    monkeypatch.setattr(moving, "_tell_people", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        moved(group, to, by)

    group.refresh_from_db()
    assert group.framework != to
    assert (words(group), Event.objects.count()) == before
    assert not SetAside.objects.exists()


def test_what_is_set_aside_cannot_be_changed_or_deleted() -> None:
    group = group_of()
    Score.objects.filter(track=Track.SELF).exclude(criterion__code="1.1.1").delete()
    moved(
        group,
        next_version(group.used_framework, lambda rows: put(rows["1.1.1"], max_points=Decimal(3))),
        publisher(group),
    )

    for sql in ("UPDATE assessments_setaside SET why = ''", "DELETE FROM assessments_setaside"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert has_begun(group.assessments.all())


@pytest.mark.parametrize("size", [2, 20])
def test_the_number_of_queries_does_not_depend_on_the_number_of_units(size: int) -> None:
    group = group_of(size=size)
    for file in group.assessments.all():
        score(file, ALL)
        someone(Role.UNIT_OFFICER, file)
    conclude(group, by=COMMAND_LINE)

    def change(rows: Rows) -> None:
        put(rows["1.1.1"], max_points=Decimal(3))
        put(rows["1.2"], max_points=Decimal(6))
        rows["1.1.2"].delete()

    to, by = next_version(group.used_framework, change), publisher(group)

    with CaptureQueriesContext(connection) as asked:
        moved(group, to, by)

    assert len(asked) == 62


# -- shared


def _ignore(_: object) -> None:
    """A change whose result nobody needs."""


def _leaf(group: Group, code: str) -> Criterion:
    return group.used_framework.criteria.get(code=code)


def _say(group: Group, code: str, facts: dict[str, Any], reason: str = "", track: Track = Track.SELF) -> None:
    word = Word(file_of(group), _leaf(group, code), facts=facts, reason=reason)
    record_words(group, [word], track=track, by=COMMAND_LINE, because="")


def _beside(file: Assessment, code: str) -> None:
    """An opinion, a question and a file about one leaf."""
    leaf, now = _leaf(file.group, code), timezone.now()
    member = UserFactory()
    Opinion.objects.create(
        assessment=file, criterion=leaf, member=member, member_name="An", points=Decimal("2.5"), at=now
    )
    Clarification.objects.create(
        assessment=file,
        criterion=leaf,
        state=ClarificationState.ASKED,
        question="Số liệu lấy từ đâu?",
        asked_by="An",
        asked_at=now,
        until=timezone.localdate(),
    )
    ReviewRequest.objects.create(
        assessment=file,
        criterion=leaf,
        contested=Decimal("2.5"),
        request="Có công văn bổ sung",
        written_by="Hà",
        written_at=now,
    )
    piece = Evidence.objects.create(
        unit=file.unit, title="Kế hoạch", number="12/KH", added_by="Hà", added_at=now
    )
    EvidenceUse.objects.create(
        assessment=file, criterion=leaf, evidence=piece, pointer="tr. 3", added_by="Hà", added_at=now
    )
