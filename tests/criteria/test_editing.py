"""A draft is changed by hand: sums follow, figures that no longer fit open, every step undoes."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.editing import Content, add, change, move, remove, set_rule, sums_above, undo
from criteria.editing.figures import settle
from criteria.enums import ProblemKind, Resolution, Source
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable, RuleRefused
from criteria.models import Criterion, Framework
from criteria.rules import RuleKind
from criteria.workflow import activate, resolve_problem
from parindex.audit.events import COMMAND_LINE as BY
from parindex.audit.models import Event
from tests.factories.criteria import SMALL_TREE, FrameworkFactory, FrameworkInForceFactory, grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Framework:
    framework = FrameworkFactory()
    grow(framework, SMALL_TREE)
    return framework


def row(framework: Framework, code: str) -> Criterion:
    return framework.criteria.select_related("parent", "framework").get(code=code)


def content(one: Criterion, **changes: Any) -> Content:
    return Content(**{name: getattr(one, name) for name in Content.__dataclass_fields__} | changes)


def shape(framework: Framework) -> list[tuple[Any, ...]]:
    rows = framework.criteria.order_by("position").select_related("parent")
    return [
        (one.code, one.parent and one.parent.code, one.title, one.max_points, one.is_leaf, one.rule_kind)
        for one in rows
    ]


def open_places(framework: Framework) -> list[tuple[str, Decimal, Decimal]]:
    problems = framework.problems.filter(kind=ProblemKind.SUM_MISMATCH, resolution="").order_by("code")
    return [(one.code, one.declared, one.computed) for one in problems]


def test_a_leaf_with_other_points_changes_every_sum_above_it(draft: Framework) -> None:
    before = {one.code: one.max_points for one in draft.criteria.all()}
    leaf = row(draft, "1.1.1")

    change(leaf, content(leaf, max_points=leaf.max_points + 1), by=BY)

    after = {one.code: one.max_points for one in draft.criteria.all()}
    grown = {code for code in after if after[code] == before[code] + 1}
    assert grown == {"1.1.1", "1.1", "1"}
    assert {code for code in after if after[code] != before[code]} == grown


def test_a_figure_that_no_longer_fits_is_a_place_to_choose(draft: Framework) -> None:
    head, leaf = row(draft, "1"), row(draft, "1.1.1")
    draft.criteria.filter(pk=head.pk).update(declared_points=head.max_points)

    change(leaf, content(leaf, max_points=leaf.max_points + 1), by=BY)
    assert open_places(draft) == [("1", head.max_points, head.max_points + 1)]
    leaf = row(draft, "1.1.1")
    change(leaf, content(leaf, max_points=leaf.max_points - 1), by=BY)

    assert open_places(draft) == []


def test_a_choice_made_for_other_figures_is_open_again(draft: Framework) -> None:
    head, leaf = row(draft, "1"), row(draft, "1.1.1")
    draft.criteria.filter(pk=head.pk).update(declared_points=head.max_points + 2)
    change(leaf, content(leaf, title="Tên khác"), by=BY)
    problem = draft.problems.get(code="1")
    resolve_problem(problem, choice=Resolution.UNALLOCATED, reason="Theo công văn.", by=BY)
    assert row(draft, "1").max_points == head.max_points + 2

    leaf = row(draft, "1.1.1")
    change(leaf, content(leaf, max_points=leaf.max_points + 1), by=BY)

    assert row(draft, "1").max_points == head.max_points + 1
    assert row(draft, "1").unallocated == 0
    assert open_places(draft) == [("1", head.max_points + 2, head.max_points + 1)]


def test_a_choice_stands_while_its_figures_do(draft: Framework) -> None:
    head, leaf = row(draft, "1"), row(draft, "1.1.1")
    draft.criteria.filter(pk=head.pk).update(declared_points=head.max_points + 2)
    change(leaf, content(leaf, title="Tên khác"), by=BY)
    resolve_problem(draft.problems.get(code="1"), choice=Resolution.SUM, reason="Theo công văn.", by=BY)

    leaf = row(draft, "2.1")
    change(leaf, content(leaf, title="Tên khác nữa"), by=BY)

    assert draft.problems.get(code="1").resolution == Resolution.SUM


def test_a_leaf_is_split_into_components(draft: Framework) -> None:
    leaf = row(draft, "1.2")
    set_rule(leaf, RuleKind.YES_NO, {}, by=BY)

    first = add(draft, parent=row(draft, "1.2"), title="Đúng hạn", points=Decimal("0.5"), by=BY)
    second = add(draft, parent=row(draft, "1.2"), title="Đủ nội dung", points=Decimal("1.25"), by=BY)

    split = row(draft, "1.2")
    assert (first.code, second.code) == ("1.2.1", "1.2.2")
    assert not split.is_leaf
    assert split.rule_kind == RuleKind.MANUAL
    assert split.max_points == Decimal("1.75")
    order = [one.code for one in draft.criteria.order_by("position")]
    assert order.index("1.2.1") == order.index("1.2") + 1
    assert order.index("2") > order.index("1.2.2")


def test_a_component_is_not_split_further(draft: Framework) -> None:
    with pytest.raises(CriteriaError, match="cấp thành phần"):
        add(draft, parent=row(draft, "1.1.1"), title="Nhỏ hơn", points=Decimal(1), by=BY)


def test_what_is_taken_out_is_gone_with_all_below_it(draft: Framework) -> None:
    remove(row(draft, "1.1"), by=BY)

    assert not draft.criteria.filter(code__startswith="1.1").exists()
    assert row(draft, "1").max_points == row(draft, "1.2").max_points


def test_a_parent_whose_last_row_goes_is_a_leaf_without_points(draft: Framework) -> None:
    remove(row(draft, "1.1.1"), by=BY)
    remove(row(draft, "1.1.2"), by=BY)

    left = row(draft, "1.1")
    assert left.is_leaf
    assert left.max_points == 0


def test_a_criterion_moves_under_another_content_with_all_below_it(draft: Framework) -> None:
    points = row(draft, "1.1").max_points
    before = row(draft, "2").max_points

    move(row(draft, "1.1"), parent=row(draft, "2"), before=row(draft, "2.1"), by=BY)

    assert row(draft, "1.1").parent == row(draft, "2")
    assert row(draft, "1.1.1").content == row(draft, "2")
    assert row(draft, "2").max_points == before + points
    order = [one.code for one in draft.criteria.order_by("position")]
    assert order.index("2") + 1 == order.index("1.1")
    assert order.index("1.1.2") + 1 == order.index("2.1")


def test_a_criterion_stays_on_its_level(draft: Framework) -> None:
    with pytest.raises(CriteriaError, match="cùng cấp"):
        move(row(draft, "1.1.1"), parent=row(draft, "2"), before=None, by=BY)


def test_a_code_changes_with_those_below_it(draft: Framework) -> None:
    one = row(draft, "1.1")

    change(one, content(one, code="1.9"), by=BY)

    assert {found.code for found in draft.criteria.all()} >= {"1.9", "1.9.1", "1.9.2"}
    assert not draft.criteria.filter(code__startswith="1.1").exists()


@pytest.mark.parametrize(
    ("code", "message"), [("1.2", "đã có"), ("a) 1", "không dùng được"), ("", "không dùng")]
)
def test_a_code_that_cannot_be_is_refused_and_nothing_changes(
    draft: Framework, code: str, message: str
) -> None:
    before, one = shape(draft), row(draft, "1.1")

    with pytest.raises(CriteriaError, match=message):
        change(one, content(one, code=code), by=BY)

    assert shape(draft) == before
    assert not draft.steps.exists()


def test_a_rule_that_does_not_fit_is_refused_by_name(draft: Framework) -> None:
    leaf = row(draft, "1.1.1")
    levels = [{"name": "Tốt", "amount": str(leaf.max_points + 1)}, {"name": "Kém", "amount": "0"}]

    with pytest.raises(RuleRefused):
        set_rule(leaf, RuleKind.LEVELS, {"levels": levels}, by=BY)

    assert row(draft, "1.1.1").rule_kind == RuleKind.MANUAL


def test_a_maximum_under_the_top_level_is_refused(draft: Framework) -> None:
    leaf = row(draft, "1.1.1")
    levels = [{"name": "Tốt", "amount": "1"}, {"name": "Kém", "amount": "0"}]
    change(leaf, content(leaf, max_points=Decimal(1)), by=BY)
    set_rule(row(draft, "1.1.1"), RuleKind.LEVELS, {"levels": levels}, by=BY)
    leaf = row(draft, "1.1.1")

    with pytest.raises(RuleRefused):
        change(leaf, content(leaf, max_points=Decimal("0.5")), by=BY)


def test_a_change_is_on_record_with_before_and_after(draft: Framework) -> None:
    leaf = row(draft, "1.1.1")

    title = leaf.title
    change(leaf, content(leaf, title="Tên mới", source=Source.IMPORTED), by=BY)

    event = Event.objects.filter(verb="sửa mục").get()
    assert event.before == {"title": title, "source": "self"}
    assert event.after == {"title": "Tên mới", "source": "imported"}


def test_saving_nothing_new_leaves_no_step_and_no_event(draft: Framework) -> None:
    for code in ("1", "1.1.1"):
        one = row(draft, code)
        assert change(one, content(one), by=BY) is False

    assert not draft.steps.exists()
    assert not Event.objects.filter(verb="sửa mục").exists()


def test_a_step_is_undone_with_those_after_it(draft: Framework) -> None:
    whole = shape(draft)
    leaf = row(draft, "1.1.1")
    change(leaf, content(leaf, max_points=Decimal(9)), by=BY)
    changed = shape(draft)
    remove(row(draft, "2"), by=BY)
    first, second = draft.steps.order_by("pk")

    undo(second, by=BY)
    assert shape(draft) == changed
    undo(first, by=BY)
    assert shape(draft) == whole

    with pytest.raises(DraftChanged):
        undo(first, by=BY)


def test_nothing_in_force_changes() -> None:
    framework = FrameworkInForceFactory()
    leaf = row(framework, "1.1.1")

    with pytest.raises(FrameworkImmutable):
        change(leaf, content(leaf, title="Khác"), by=BY)
    with pytest.raises(FrameworkImmutable):
        remove(leaf, by=BY)


def test_a_draft_put_back_can_still_come_into_force(draft: Framework) -> None:
    remove(row(draft, "1.1"), by=BY)
    undo(draft.steps.get(), by=BY)

    activate(draft, by=BY)


def change_something(draft: Framework, data: st.DataObject) -> None:
    codes = sorted(draft.criteria.values_list("code", flat=True))
    one = row(draft, data.draw(st.sampled_from(codes)))
    points = Decimal(data.draw(st.integers(0, 4000))) / 100
    what = data.draw(st.sampled_from(["points", "add", "remove"]))
    if what == "points":
        change(one, content(one, max_points=points), by=BY)
    elif what == "add" and one.level < 3:
        add(draft, parent=one, title="Thêm", points=points, by=BY)
    elif what == "remove" and draft.criteria.count() > 3:
        remove(one, by=BY)


def assert_adds_up(rows: list[Criterion]) -> None:
    for inner in rows:
        below = [found for found in rows if found.parent_id == inner.pk]
        assert inner.is_leaf == (not below)
        if below:
            assert inner.max_points == sum(found.max_points for found in below) + inner.unallocated
    assert len({found.position for found in rows}) == len(rows)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_run_of_changes_adds_up_and_undoes(draft: Framework, data: st.DataObject) -> None:
    for step in list(draft.steps.order_by("pk"))[:1]:
        undo(step, by=BY)
    start = shape(draft)
    for _ in range(data.draw(st.integers(1, 4))):
        change_something(draft, data)
        assert_adds_up(list(draft.criteria.order_by("position")))
    first = draft.steps.order_by("pk").first()
    if first is not None:
        undo(first, by=BY)
    assert shape(draft) == start


@pytest.mark.parametrize("points", ["4", "5", "3.5", "0"])
@pytest.mark.parametrize("declared", [{}, {"1": 11}, {"": 21}])
@pytest.mark.parametrize("is_chosen", [False, True])
def test_the_sums_told_before_a_change_are_those_after_it(
    points: str, declared: dict[str, int], is_chosen: bool
) -> None:
    framework = FrameworkFactory(declared_total=declared.get(""))
    grow(framework, SMALL_TREE)
    framework.criteria.filter(code="1").update(declared_points=declared.get("1"))
    settle(framework)
    for problem in framework.problems.all() if is_chosen else ():
        resolve_problem(problem, choice=Resolution.UNALLOCATED, reason="Theo văn bản.", by=BY)
    framework.refresh_from_db()
    leaf = row(framework, "1.1.1")

    told = {
        one.code: one.points
        for one in sums_above(framework, [*framework.criteria.all()], leaf, Decimal(points))
    }
    change(leaf, content(leaf, max_points=Decimal(points)), by=BY)

    framework.refresh_from_db()
    contents = framework.criteria.filter(level=1)
    after = {code: row(framework, code).max_points for code in ("1.1", "1")}
    assert told == after | {"": sum((one.max_points for one in contents), framework.unallocated)}
