"""A new version starts as a copy or from a workbook; a person confirms the threads between criteria."""

from decimal import Decimal

import pytest

from criteria.comparison import Kind, compared, differences, unmatched
from criteria.editing import Content, add, change, remove, set_rule
from criteria.enums import Resolution
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable
from criteria.models import Criterion, Framework
from criteria.rules import RuleKind
from criteria.versions import carry_on, copy_as_draft, version_before
from criteria.workflow import activate, resolve_problem
from parindex.audit.events import COMMAND_LINE as BY
from parindex.audit.models import Event
from tests.factories.criteria import DecisionFactory, FrameworkFactory, FrameworkInForceFactory, grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def first() -> Framework:
    return FrameworkInForceFactory()


def rows(framework: Framework) -> list[Criterion]:
    return list(framework.criteria.select_related("parent").order_by("position"))


def row(framework: Framework, code: str) -> Criterion:
    return framework.criteria.select_related("parent", "framework").get(code=code)


def copy(framework: Framework) -> Framework:
    return copy_as_draft(framework, decision=framework.decision, title="", by=BY)


def titled(one: Criterion, title: str) -> Content:
    fields = {name: getattr(one, name) for name in Content.__dataclass_fields__}
    return Content(**fields | {"title": title})


def test_a_copy_is_the_next_version_with_the_same_tree_on_the_same_threads(first: Framework) -> None:
    draft = copy(first)

    assert (draft.version, draft.state) == (first.version + 1, "draft")
    assert [(one.code, one.title, one.max_points, one.source, one.lineage) for one in rows(draft)] == [
        (one.code, one.title, one.max_points, one.source, one.lineage) for one in rows(first)
    ]
    assert {one.content.code for one in rows(draft) if one.content} == {"1", "2"}
    assert all(one.parent is None or one.parent.framework_id == draft.pk for one in rows(draft))
    assert differences(first, draft) == []
    assert Event.objects.filter(verb="lập phiên bản mới của bộ tiêu chí", object_id=draft.pk).exists()


def test_what_was_chosen_for_a_figure_goes_with_the_copy() -> None:
    framework = FrameworkFactory(declared_total=Decimal(25))
    grow(framework, {"1.1": "10", "2.1": "14"})
    one = framework.criteria.get(code="1.1")
    change(row(framework, "1.1"), titled(one, "Tên khác"), by=BY)
    problem = framework.problems.get()
    resolve_problem(problem, choice=Resolution.UNALLOCATED, reason="Theo công văn.", by=BY)
    framework.refresh_from_db()
    activate(framework, by=BY)

    draft = copy(framework)

    copied = draft.problems.get()
    assert (copied.resolution, copied.resolved_reason) == ("unallocated", "Theo công văn.")
    assert draft.unallocated == 1
    activate(draft, by=BY)


def test_a_copy_under_a_new_decision_starts_its_own_count(first: Framework) -> None:
    decision = DecisionFactory(issuer=first.decision.issuer)

    draft = copy_as_draft(first, decision=decision, title="Bộ tiêu chí năm 2025", by=BY)

    assert (draft.version, draft.title) == (1, "Bộ tiêu chí năm 2025")
    assert version_before(draft) == first


def test_the_version_before_is_the_newest_of_the_issuer_for_the_unit_type(first: Framework) -> None:
    second = copy(first)
    activate(second, by=BY)
    FrameworkInForceFactory(unit_type=first.unit_type)
    second.refresh_from_db()

    assert version_before(second) == first
    assert version_before(copy(second)) == second
    assert version_before(first) is None


def test_every_kind_of_difference_is_told_in_words(first: Framework) -> None:
    draft = copy(first)
    add(draft, parent=row(draft, "2"), title="Mục mới", points=Decimal("1.5"), by=BY)
    remove(row(draft, "1.1.2"), by=BY)
    change(row(draft, "1.2"), titled(row(draft, "1.2"), "Tên mới"), by=BY)
    levels = [{"name": "Đúng hạn", "amount": "6"}, {"name": "Chậm", "amount": {"percent": "50"}}]
    set_rule(row(draft, "2.1"), RuleKind.LEVELS, {"levels": levels}, by=BY)

    found = {(one.kind, one.code): (one.before, one.after) for one in differences(first, draft)}

    assert found == {
        (Kind.POINTS, "1"): ("10 điểm", "8 điểm"),
        (Kind.POINTS, "1.1"): ("6 điểm", "4 điểm"),
        (Kind.RENAMED, "1.2"): ("Tiêu chí 1.2", "Tên mới"),
        (Kind.POINTS, "2"): ("10 điểm", "11,5 điểm"),
        (Kind.RULE, "2.1"): ("Chấm trực tiếp", "Theo mức (Đúng hạn: 6; Chậm: 50 %)"),
        (Kind.ADDED, "2.3"): ("", "1,5 điểm"),
        (Kind.REMOVED, "1.1.2"): ("2 điểm", ""),
    }


def with_titles(*titles: str) -> Framework:
    framework = FrameworkFactory()
    leaves = {f"1.{number}": title for number, title in enumerate(titles, start=1)}
    grow(framework, dict.fromkeys(leaves, "2"))
    for code, title in leaves.items():
        framework.criteria.filter(code=code).update(title=title)
    return framework


def test_likely_counterparts_are_proposed_by_code_and_title() -> None:
    first = with_titles(
        "Ban hành kế hoạch cải cách hành chính năm",
        "Thực hiện chế độ báo cáo định kỳ",
        "Sáng kiến trong cải cách hành chính",
    )
    later = with_titles(
        "Ban hành Kế hoạch cải cách hành chính hằng năm",
        "Sáng kiến trong cải cách hành chính",
        "Mức độ chuyển đổi số",
    )

    matches = unmatched(rows(first), rows(later))

    proposed = {one.row.code: one.proposed and one.proposed.code for one in matches}
    assert proposed == {"1": "1", "1.1": "1.1", "1.2": "1.3", "1.3": None}


def test_a_person_confirms_what_carries_on_what(first: Framework) -> None:
    draft = FrameworkFactory(decision=first.decision, unit_type=first.unit_type, version=2)
    grow(draft, {"1.1.1": "4", "1.2": "4"})
    pairs = {row(draft, "1.1.1").pk: row(first, "1.2").pk}

    assert carry_on(draft, pairs, earlier=first, by=BY) == 1

    assert row(draft, "1.1.1").lineage == row(first, "1.2").lineage
    event = Event.objects.get(verb="ghép mục với phiên bản trước")
    assert event.after == {"1.1.1": "1.2 Tiêu chí 1.2"}
    assert carry_on(draft, {row(draft, "1.1.1").pk: None}, earlier=first, by=BY) == 1
    assert row(draft, "1.1.1").lineage != row(first, "1.2").lineage


def test_two_criteria_do_not_carry_on_the_same_one(first: Framework) -> None:
    draft = FrameworkFactory(decision=first.decision, unit_type=first.unit_type, version=2)
    grow(draft, {"1.1.1": "4", "1.1.2": "4"})
    pairs = {row(draft, code).pk: row(first, "1.2").pk for code in ("1.1.1", "1.1.2")}

    with pytest.raises(CriteriaError, match=r"Mục 1\.1\.1 và mục 1\.1\.2 cùng ghép"):
        carry_on(draft, pairs, earlier=first, by=BY)

    assert compared(rows(first), rows(draft))
    assert not draft.steps.exists()


def test_threads_of_what_is_in_force_or_gone_do_not_change(first: Framework) -> None:
    second = copy(first)
    with pytest.raises(DraftChanged):
        carry_on(second, {0: None}, earlier=first, by=BY)
    activate(second, by=BY)

    with pytest.raises(FrameworkImmutable):
        carry_on(second, {}, earlier=first, by=BY)
