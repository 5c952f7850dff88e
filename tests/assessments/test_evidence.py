"""Evidence verbs: who, when, once per unit, kept with a submitted file, nothing half done, what lacks."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection

from assessments.enums import AssessmentState, ClarificationState, RoundDuty, Track, Verb, WithoutEvidence
from assessments.evidence import (
    About,
    Leaf,
    add_files,
    add_reference,
    attach,
    delete,
    detach,
    edit,
    lacking_evidence,
    places_of,
    set_pointer,
    uses_by_leaf,
    verbs,
)
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Clarification, Evidence, EvidenceUse, Group
from assessments.moves import move
from assessments.permissions.evidence import can_add_evidence, can_keep_library, can_view_library
from criteria.models import Criterion
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.models import Event
from tests.assessments.evidence_files import keep_files_in, pdf, read, stored
from tests.assessments.people import LAST_DAY, NOW, file_in, give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, score

pytestmark = pytest.mark.django_db

DRAFT, UNIT_REVIEW, SUBMITTED, IN_APPRAISAL, CONCLUDED = AssessmentState
NOT_OFFICERS = [role for role in (*Role, *RoundDuty) if role != Role.UNIT_OFFICER]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)


def leaf_of(file: Assessment, code: str = "1.1.1") -> Leaf:
    return Leaf(file, file.group.used_framework.criteria.get(code=code))


def officer_of(file: Assessment) -> User:
    return someone(Role.UNIT_OFFICER, file)


def ask(leaf: Leaf, *, until: dt.date = LAST_DAY, at: dt.datetime = NOW, **fields: Any) -> Clarification:
    """A question of the appraisal about a leaf."""
    given = {"question": "Bổ sung phụ lục", "asked_by": "Vũ Hải Yến", "asked_at": at, "until": until}
    return Clarification.objects.create(assessment=leaf.file, criterion=leaf.criterion, **given | fields)


def put(file: Assessment, state: AssessmentState) -> None:
    Assessment.objects.filter(pk=file.pk).update(state=state)
    file.refresh_from_db()


def offered(leaf: Leaf) -> list[str]:
    return [use.evidence.title for use in uses_by_leaf(leaf.file).get(leaf.criterion.pk, [])]


def events(piece: Evidence) -> list[str]:
    found = Event.objects.filter(object_type="assessments.evidence", object_id=piece.pk)
    return list(found.order_by("pk").values_list("verb", flat=True))


# -- putting in


def test_an_officer_brings_files_for_a_leaf_with_an_event_for_each_step() -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer = officer_of(leaf.file)
    added = add_files(leaf.file.unit, read("a", "b"), by=officer, leaf=leaf, now=NOW)

    assert [piece.title for piece in added.new] == ["Tệp a", "Tệp b"]
    assert offered(leaf) == ["Tệp a", "Tệp b"]
    first = Evidence.objects.get(pk=added.new[0].pk)
    with first.file.open() as content:
        assert content.read() == pdf("a")
    assert first.file.name == f"evidence/{leaf.file.unit_id}/{first.sha256[:2]}/{first.sha256}"
    assert (first.added_by, first.added_at, first.file_name) == (str(officer), NOW, "Tệp a.pdf")
    assert events(first) == [verbs.ADDED, verbs.ATTACHED]
    told = Event.objects.get(object_id=first.pk, verb=verbs.ATTACHED)
    assert told.actor_id == officer.pk
    assert told.after == {"file": leaf.file.pk, "round": leaf.file.group.round.title, "leaf": "1.1.1"}


def test_papers_go_into_the_library_at_any_time_without_a_leaf() -> None:
    file = file_in(AssessmentState.CONCLUDED)
    added = add_files(file.unit, read("a"), by=officer_of(file), now=NOW)

    assert added.new[0].uses.count() == 0


def test_the_same_content_is_kept_once_in_a_unit_and_serves_again() -> None:
    leaf, other = leaf_of(file := file_in(DRAFT)), leaf_of(file, "1.2")
    officer = officer_of(file)
    (first,) = add_files(file.unit, read("a"), by=officer, leaf=leaf, now=NOW).new
    before = stored()
    again = add_files(file.unit, [*read("a"), *read("b")], by=officer, leaf=other, now=NOW)

    assert again.held == [first]
    assert offered(leaf) == ["Tệp a"]
    assert sorted(offered(other)) == ["Tệp a", "Tệp b"]
    assert len(stored() - before) == 1
    repeated = add_files(file.unit, [*read("c"), *read("c")], by=officer, leaf=leaf, now=NOW)
    assert len(repeated.new) == 1


def test_another_units_equal_file_is_neither_seen_nor_reused() -> None:
    one, other = file_in(DRAFT), file_in(DRAFT)
    (theirs,) = add_files(other.unit, read("a"), by=officer_of(other), now=NOW).new
    officer = officer_of(one)
    added = add_files(one.unit, read("a"), by=officer, leaf=leaf_of(one), now=NOW)

    assert added.held == []
    assert added.new[0].pk != theirs.pk
    assert added.new[0].file.name != theirs.file.name
    with pytest.raises(AssessmentError, match="không có trong kho"):
        attach(leaf_of(one), [theirs], by=officer, now=NOW)
    with pytest.raises(NotPermitted):
        delete(theirs, by=officer, now=NOW)


def test_a_reference_needs_a_number_or_a_link() -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer = officer_of(leaf.file)
    about = About(title="Kế hoạch CCHC", number="18/KH-UBND", issued=dt.date(2024, 1, 31))
    piece = add_reference(leaf.file.unit, about, by=officer, leaf=leaf, now=NOW)

    assert piece.facts == ["Số 18/KH-UBND", "ngày 31/01/2024"]
    assert events(piece) == [verbs.ADDED, verbs.ATTACHED]
    with pytest.raises(AssessmentError, match="Ghi số, ký hiệu hoặc liên kết"):
        add_reference(leaf.file.unit, About(title="Kế hoạch"), by=officer, leaf=leaf, now=NOW)


def test_a_piece_serves_another_leaf_and_a_later_round() -> None:
    file = file_in(DRAFT)
    officer, leaf = officer_of(file), leaf_of(file)
    (piece,) = add_files(file.unit, read("a"), by=officer, leaf=leaf, now=NOW).new
    later = GroupFactory(
        round=RoundFactory(organiser=file.group.round.organiser, year=2025),
        framework=file.group.framework,
        units=[file.unit],
    ).assessments.get()

    assert attach(leaf_of(file, "1.2"), [piece], by=officer, now=NOW) == 1
    assert attach(leaf_of(later), [piece], by=officer, now=NOW) == 1
    assert attach(leaf_of(later), [piece], by=officer, now=NOW) == 0
    places = places_of([piece.pk])[piece.pk]
    assert [(use.assessment.group.round.year, use.criterion.code) for use in places] == [
        (2025, "1.1.1"),
        (2024, "1.1.1"),
        (2024, "1.2"),
    ]


# -- who and when


def every_verb(leaf: Leaf, use: EvidenceUse, by: User, *, now: dt.datetime = NOW) -> dict[str, Any]:
    unit, piece = leaf.file.unit, use.evidence
    return {
        "files": lambda: add_files(unit, read("x"), by=by, leaf=leaf, now=now),
        "reference": lambda: add_reference(unit, About("T", number="1"), by=by, leaf=leaf, now=now),
        "attach": lambda: attach(leaf, [piece], by=by, now=now),
        "pointer": lambda: set_pointer(use, "tr. 1", seen="", by=by, now=now),
        "detach": lambda: detach(use, by=by, now=now),
    }


def every_library_verb(piece: Evidence, by: User) -> dict[str, Any]:
    about = About.of(piece)
    return {
        "files": lambda: add_files(piece.unit, read("x"), by=by, now=NOW),
        "reference": lambda: add_reference(piece.unit, About("T", number="1"), by=by, now=NOW),
        "edit": lambda: edit(piece, about, seen=about.told, by=by, now=NOW),
        "delete": lambda: delete(piece, by=by, now=NOW),
    }


def with_use(state: AssessmentState = DRAFT) -> tuple[Leaf, EvidenceUse]:
    """A leaf with one piece, its file then in this state."""
    leaf = leaf_of(file_in(DRAFT))
    add_files(leaf.file.unit, read("a"), by=officer_of(leaf.file), leaf=leaf, now=NOW - dt.timedelta(days=1))
    put(leaf.file, state)
    return leaf, leaf.file.evidence_uses.get()


@pytest.mark.parametrize("role", NOT_OFFICERS)
def test_nobody_but_the_units_officer_does_any_of_it(role: Role | RoundDuty) -> None:
    leaf, use = with_use()
    user = someone(role, leaf.file)
    before = stored()

    for verb in (*every_verb(leaf, use, user).values(), *every_library_verb(use.evidence, user).values()):
        with pytest.raises(NotPermitted):
            verb()
    assert not can_add_evidence(user, leaf.file, leaf.criterion, now=NOW)
    assert not can_keep_library(user, leaf.file.unit, now=NOW)
    assert can_view_library(user, leaf.file.unit, now=NOW) == (role == Role.UNIT_HEAD)
    assert (stored(), EvidenceUse.objects.count(), Evidence.objects.count()) == (before, 1, 1)


@pytest.mark.parametrize(
    "stranger",
    [
        lambda file: UserFactory(),
        lambda file: officer_of(file_in(DRAFT)),
        lambda file: officer_of(GroupFactory(round=file.group.round, code="khac").assessments.first()),
        lambda file: someone(Role.UNIT_OFFICER, file, valid_to=dt.date(2024, 12, 31)),
    ],
    ids=["nobody", "another organiser", "another unit", "an officer of last year"],
)
def test_strangers_do_nothing(stranger: Any) -> None:
    leaf, use = with_use()
    user = stranger(leaf.file)

    for verb in (*every_verb(leaf, use, user).values(), *every_library_verb(use.evidence, user).values()):
        with pytest.raises(NotPermitted):
            verb()


@pytest.mark.parametrize("state", [UNIT_REVIEW, SUBMITTED, IN_APPRAISAL, CONCLUDED])
def test_a_file_that_is_not_being_self_scored_is_closed(state: AssessmentState) -> None:
    leaf, use = with_use(state)
    officer = officer_of(leaf.file)

    for verb in every_verb(leaf, use, officer).values():
        with pytest.raises(WrongState):
            verb()
    with pytest.raises(WrongState, match="đã trình hoặc đã nộp"):
        edit(use.evidence, About("Khác"), seen=About.of(use.evidence).told, by=officer, now=NOW)


def test_after_the_last_day_all_is_closed() -> None:
    leaf, use = with_use()
    late = NOW + dt.timedelta(days=5)

    for verb in every_verb(leaf, use, officer_of(leaf.file), now=late).values():
        with pytest.raises(WrongState, match="đã hết từ cuối ngày 09/01/2025"):
            verb()


def test_a_file_that_moved_since_it_was_read_is_closed() -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer, files = officer_of(leaf.file), read("a")
    before = stored()
    Assessment.objects.filter(pk=leaf.file.pk).update(state=UNIT_REVIEW)

    with pytest.raises(WrongState, match="Chờ lãnh đạo duyệt"):
        add_files(leaf.file.unit, files, by=officer, leaf=leaf, now=NOW)
    assert (stored(), Evidence.objects.count()) == (before, 0)


# -- an open question of the appraisal


def test_an_open_question_opens_its_leaf_and_no_other() -> None:
    leaf, use = with_use(IN_APPRAISAL)
    officer, other = officer_of(leaf.file), leaf_of(leaf.file, "1.2")
    ask(leaf)
    add_files(leaf.file.unit, read("b"), by=officer, leaf=leaf, now=NOW)

    assert offered(leaf) == ["Tệp a", "Tệp b"]
    assert can_add_evidence(officer, leaf.file, leaf.criterion, now=NOW)
    assert not can_add_evidence(officer, other.file, other.criterion, now=NOW)
    assert not can_add_evidence(someone(Role.UNIT_HEAD, leaf.file), leaf.file, leaf.criterion, now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"until": dt.date(2025, 1, 4)},
        {"state": ClarificationState.ANSWERED},
        {"state": ClarificationState.CLOSED},
    ],
)
def test_a_question_that_is_answered_closed_or_late_opens_nothing(fields: dict[str, Any]) -> None:
    leaf, _ = with_use(IN_APPRAISAL)
    ask(leaf, **fields)

    assert not can_add_evidence(officer_of(leaf.file), leaf.file, leaf.criterion, now=NOW)


def test_under_a_question_what_was_handed_in_stays_and_what_came_since_may_go() -> None:
    leaf, first = with_use(IN_APPRAISAL)
    officer = officer_of(leaf.file)
    ask(leaf)
    add_files(leaf.file.unit, read("b"), by=officer, leaf=leaf, now=NOW)
    since = leaf.file.evidence_uses.latest("pk")

    with pytest.raises(WrongState, match="đã nộp cùng hồ sơ"):
        detach(first, by=officer, now=NOW)
    assert detach(since, by=officer, now=NOW) == []
    assert offered(leaf) == ["Tệp a"]


def test_a_question_that_was_left_open_changes_nothing_once_the_file_is_a_draft_again() -> None:
    leaf, use = with_use()
    ask(leaf)

    assert detach(use, by=officer_of(leaf.file), now=NOW) == []


# -- pointing, taking back, putting in order, deleting


def test_where_to_look_is_written_with_its_event() -> None:
    leaf, use = with_use()
    officer = officer_of(leaf.file)
    set_pointer(use, "tr. 3–5", seen="", by=officer, now=NOW)
    use.refresh_from_db()

    assert use.pointer == "tr. 3–5"
    told = Event.objects.get(verb=verbs.POINTED)
    assert (told.before["pointer"], told.after["pointer"]) == ("", "tr. 3–5")
    set_pointer(use, "tr. 3–5", seen="tr. 3–5", by=officer, now=NOW)
    assert Event.objects.filter(verb=verbs.POINTED).count() == 1
    with pytest.raises(WrongState, match=r"là “tr. 3–5”. Bạn đã ghi “mục II”"):
        set_pointer(use, "mục II", seen="", by=officer, now=NOW)


def test_taking_a_piece_back_keeps_it_in_the_library_and_says_where_else_it_is() -> None:
    leaf, use = with_use()
    officer = officer_of(leaf.file)
    attach(leaf_of(leaf.file, "1.2"), [use.evidence], by=officer, now=NOW)
    elsewhere = detach(use, by=officer, now=NOW)

    assert [other.criterion.code for other in elsewhere] == ["1.2"]
    assert Evidence.objects.filter(pk=use.evidence_id).exists()
    with pytest.raises(WrongState, match="vừa bỏ tài liệu này"):
        detach(use, by=officer, now=NOW)


def test_a_piece_that_is_used_is_not_deleted_and_the_refusal_says_where() -> None:
    leaf, use = with_use()

    with pytest.raises(WrongState, match=r"đang dùng ở mục 1\.1\.1, Chỉ số"):
        delete(use.evidence, by=officer_of(leaf.file), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_an_unused_piece_is_deleted_with_its_file_and_an_event() -> None:
    leaf, use = with_use()
    officer, piece = officer_of(leaf.file), use.evidence
    before = stored()
    detach(use, by=officer, now=NOW)
    delete(piece, by=officer, now=NOW)

    assert not Evidence.objects.exists()
    assert len(before - stored()) == 1
    told = Event.objects.get(verb=verbs.DELETED)
    assert told.before["file_name"] == "Tệp a.pdf"
    assert told.before["sha256"] == piece.sha256


def test_what_was_once_handed_in_is_not_deleted_even_after_the_file_came_back() -> None:
    leaf, use = with_use()
    file, officer, head = leaf.file, officer_of(leaf.file), someone(Role.UNIT_HEAD, leaf.file)
    score(file, {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6"}, track=Track.SELF)
    Group.objects.update(without_evidence=WithoutEvidence.ANYTHING)
    move(file, Verb.SEND_TO_HEAD, by_user=officer, now=NOW)
    move(file, Verb.APPROVE_AND_SUBMIT, by_user=head, now=NOW)
    publisher = someone(Role.PUBLISHER, file)
    move(file, Verb.RETURN_AT_RECEIPT, by_user=publisher, reason="Thiếu", now=NOW, new_deadline=LAST_DAY)
    detach(use, by=officer, now=NOW)

    with pytest.raises(WrongState, match="đã nộp cùng một hồ sơ"):
        delete(use.evidence, by=officer, now=NOW)


def test_what_is_known_of_a_paper_is_changed_once_by_each_reader() -> None:
    leaf, use = with_use()
    officer, piece = officer_of(leaf.file), use.evidence
    seen = About.of(piece).told
    about = About("Kế hoạch", number="18/KH-UBND", issued=dt.date(2024, 1, 31), issuer="UBND phường")
    edit(piece, about, seen=seen, by=officer, now=NOW)
    piece.refresh_from_db()

    assert About.of(piece) == about
    told = Event.objects.get(verb=verbs.EDITED)
    assert (told.before["title"], told.after["issued"]) == ("Tệp a", "2024-01-31")
    with pytest.raises(WrongState, match="người khác vừa sửa"):
        edit(piece, About("Khác"), seen=seen, by=officer, now=NOW)


# -- nothing half done


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_neither_row_nor_file(monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer, before = officer_of(leaf.file), stored()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("mất điện")

    monkeypatch.setattr(verbs, "record_each", fail)
    with pytest.raises(RuntimeError):
        add_files(leaf.file.unit, read("a", "b"), by=officer, leaf=leaf, now=NOW)

    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (0, 0)
    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fails_at_the_second_file_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer, before = officer_of(leaf.file), stored()
    whole = FileSystemStorage.save

    def full(self: Any, name: str, content: Any, **kwargs: Any) -> str:
        if content.name == "Tệp b.pdf":
            raise OSError("No space left on device")
        return whole(self, name, content, **kwargs)

    monkeypatch.setattr(FileSystemStorage, "save", full)
    with pytest.raises(OSError, match="No space"):
        add_files(leaf.file.unit, read("a", "b"), by=officer, leaf=leaf, now=NOW)

    assert (Evidence.objects.count(), stored()) == (0, before)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_deleted_while_it_is_brought_again_is_not_lost_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer = officer_of(leaf.file)
    (piece,) = add_files(leaf.file.unit, read("a"), by=officer, now=NOW).new
    before, lock = stored(), verbs._lock

    def deleted_before(*args: Any) -> None:
        lock(*args)
        piece.delete()

    monkeypatch.setattr(verbs, "_lock", deleted_before)
    with pytest.raises(WrongState, match="“Tệp a.pdf” vừa bị xóa khỏi kho"):
        add_files(leaf.file.unit, read("a", "b"), by=officer, leaf=leaf, now=NOW)

    assert stored() == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_file_brought_ten_times_at_once_is_kept_once() -> None:
    leaf = leaf_of(file_in(DRAFT))
    officer, before = officer_of(leaf.file), stored()
    together = threading.Barrier(10)

    def bring(number: int) -> int:
        try:
            files = read("a")
            own = Leaf(
                Assessment.objects.select_related("unit", "group__round").get(pk=leaf.file.pk), leaf.criterion
            )
            together.wait()
            return len(add_files(own.file.unit, files, by=officer, leaf=own, now=NOW).new)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as people:
        brought = list(people.map(bring, range(10)))

    assert sum(brought) == 1
    assert (Evidence.objects.count(), EvidenceUse.objects.count()) == (1, 1)
    assert len(stored() - before) == 1


# -- what is missing


def claimed(rule: WithoutEvidence, reason: str = "") -> Assessment:
    """A file that claims points on 1.1.1 and 1.2, nothing on 1.1.2, with evidence for 1.2."""
    file = file_in(DRAFT)
    file.group.without_evidence = rule
    file.group.save()
    score(file, {"1.1.1": "4", "1.1.2": "0", "1.2": "3"}, track=Track.SELF)
    file.scores.filter(track=Track.SELF, criterion__code="1.1.1").update(reason=reason)
    add_files(file.unit, read("a"), by=officer_of(file), leaf=leaf_of(file, "1.2"), now=NOW)
    return file


@pytest.mark.parametrize(
    ("rule", "reason", "blocks", "says"),
    [
        (WithoutEvidence.ANYTHING, "", False, "Mục 1.1.1 có điểm nhưng chưa có tài liệu kiểm chứng."),
        (WithoutEvidence.EXPLANATION, "", True, "bổ sung tài liệu hoặc giải trình."),
        (WithoutEvidence.EXPLANATION, " \n", True, "bổ sung tài liệu hoặc giải trình."),
        (WithoutEvidence.EXPLANATION, "Đã gửi bản giấy", False, "có giải trình thay tài liệu."),
        (WithoutEvidence.NOTHING, "Đã gửi bản giấy", True, "bổ sung tài liệu hoặc chấm 0 điểm."),
    ],
)
def test_points_without_evidence_by_the_rule_of_the_group(
    django_assert_num_queries: Any, rule: WithoutEvidence, reason: str, blocks: bool, says: str
) -> None:
    file = claimed(rule, reason)

    with django_assert_num_queries(1):
        (lacking,) = lacking_evidence(file)
    assert (lacking.criterion.code, lacking.blocks) == ("1.1.1", blocks)
    assert lacking.says.endswith(says)


def test_a_reference_is_evidence() -> None:
    file = claimed(WithoutEvidence.NOTHING)
    add_reference(file.unit, About("T", number="1"), by=officer_of(file), leaf=leaf_of(file), now=NOW)

    assert lacking_evidence(file) == []


@pytest.mark.parametrize("size", [1, 12])
def test_a_files_evidence_is_read_in_one_query(django_assert_num_queries: Any, size: int) -> None:
    file = file_in(DRAFT)
    officer = officer_of(file)
    for code in ("1.1.1", "1.2"):
        add_files(file.unit, read(*map(str, range(size))), by=officer, leaf=leaf_of(file, code), now=NOW)

    with django_assert_num_queries(1):
        found = uses_by_leaf(file)
        assert [[use.evidence.title for use in uses] for uses in found.values()] == [
            [f"Tệp {number}" for number in range(size)]
        ] * 2


def test_a_leaf_of_another_framework_or_a_parent_takes_nothing() -> None:
    file, other = file_in(DRAFT), AssessmentFactory()
    officer = officer_of(file)
    parent = Criterion.objects.get(framework=file.group.framework, code="1.1")

    for criterion in (leaf_of(other).criterion, parent):
        with pytest.raises(AssessmentError, match="không thuộc hồ sơ"):
            add_files(file.unit, read("a"), by=officer, leaf=Leaf(file, criterion), now=NOW)


def test_files_of_a_unit_do_not_prove_another_units_leaf() -> None:
    file, other = file_in(DRAFT), file_in(DRAFT)
    officer = give(officer_of(file), Role.UNIT_OFFICER, other)

    with pytest.raises(AssessmentError, match="không thuộc hồ sơ"):
        add_files(file.unit, read("a"), by=officer, leaf=leaf_of(other), now=NOW)
