"""Storing drafts, resolving what papers leave open, putting into force."""

from decimal import Decimal

import pytest

from criteria.enums import FrameworkState, Resolution, Source
from criteria.exceptions import CriteriaError, FrameworkImmutable, FrameworkNotReady
from criteria.models import Framework, Problem
from criteria.workbooks.framework_reader import read_framework
from criteria.workflow import activate, resolve_problem, set_source, set_survey_block, store_draft
from parindex.audit.events import Actor
from parindex.audit.models import Event
from tests.factories.accounts import UnitTypeFactory
from tests.factories.criteria import DecisionFactory

pytestmark = pytest.mark.django_db

MANAGER = Actor(id=5, name="Đỗ Minh Châu")
TABLE = """STT,Tiêu chí,Điểm tối đa
1,Chỉ đạo điều hành,10
1.1,Kế hoạch,4
1.2,Báo cáo,6
2,Thủ tục hành chính,14
2.1,Rà soát,5
2.2,Công khai,8
,Tổng điểm,24
"""


def draft(table: str = TABLE, **given: object) -> Framework:
    read = read_framework(table.encode(), filename="bang.csv")
    parties = {"decision": DecisionFactory(), "unit_type": UnitTypeFactory()} | given
    return store_draft(read, title="Bộ tiêu chí", file_name="bang.csv", by=MANAGER, **parties)  # type: ignore[arg-type]


def mismatch(framework: Framework) -> Problem:
    return framework.problems.get(kind="sum_mismatch")


def maxima(framework: Framework) -> dict[str, Decimal]:
    return dict(framework.criteria.values_list("code", "max_points"))


def test_a_draft_keeps_the_papers_figure_beside_the_sum() -> None:
    framework = draft()

    content = framework.criteria.get(code="2")
    assert (content.declared_points, content.max_points) == (14, 13)
    problem = mismatch(framework)
    assert (problem.code, problem.declared, problem.computed, problem.is_open) == ("2", 14, 13, True)
    assert framework.declared_total == 24


def test_a_draft_with_an_open_discrepancy_cannot_go_into_force() -> None:
    framework = draft()

    with pytest.raises(FrameworkNotReady, match="Còn 1 chỗ phải chọn"):
        activate(framework, by=MANAGER)

    framework.refresh_from_db()
    assert framework.state == FrameworkState.DRAFT


def test_the_sum_holds() -> None:
    framework = draft()
    resolve_problem(mismatch(framework), choice=Resolution.SUM, reason="Cộng nhầm", by=MANAGER)
    activate(framework, by=MANAGER)

    assert maxima(framework)["2"] == 13
    problem = mismatch(framework)
    assert (problem.resolution, problem.resolved_by, problem.resolved_reason) == (
        "sum",
        "Đỗ Minh Châu",
        "Cộng nhầm",
    )
    event = Event.objects.get(verb="xử lý chênh lệch trong bộ tiêu chí")
    assert (event.actor_id, event.after, event.reason) == (
        5,
        {"leaf": "2", "declared": "14", "computed": "13", "choice": "Theo tổng các mục"},
        "Cộng nhầm",
    )


def test_the_difference_may_be_points_that_nobody_can_earn() -> None:
    framework = draft()
    resolve_problem(mismatch(framework), choice=Resolution.UNALLOCATED, reason="Chờ đính chính", by=MANAGER)

    content = framework.criteria.get(code="2")
    assert (content.max_points, content.unallocated) == (14, 1)


def test_a_named_leaf_may_take_the_difference() -> None:
    framework = draft()
    leaf = framework.criteria.get(code="2.1")
    resolve_problem(mismatch(framework), choice=Resolution.LEAF, leaf=leaf, reason="In thiếu 1", by=MANAGER)

    assert maxima(framework) == {"1": 10, "1.1": 4, "1.2": 6, "2": 14, "2.1": 6, "2.2": 8}


def test_a_leaf_of_another_content_cannot_take_the_difference() -> None:
    framework = draft()
    leaf = framework.criteria.get(code="1.1")

    with pytest.raises(CriteriaError, match=r"1\.1 không nằm trong mục 2"):
        resolve_problem(mismatch(framework), choice=Resolution.LEAF, leaf=leaf, reason="Thử", by=MANAGER)


def test_a_choice_needs_a_reason() -> None:
    with pytest.raises(CriteriaError, match="lý do"):
        resolve_problem(mismatch(draft()), choice=Resolution.SUM, reason=" ", by=MANAGER)


def test_less_declared_than_computed_leaves_nothing_unallocated() -> None:
    framework = draft(TABLE.replace("hành chính,14", "hành chính,12").replace("điểm,24", "điểm,22"))

    with pytest.raises(CriteriaError, match="không có điểm chưa phân bổ"):
        resolve_problem(mismatch(framework), choice=Resolution.UNALLOCATED, reason="Thử", by=MANAGER)


def test_a_total_line_may_differ_on_its_own() -> None:
    framework = draft(TABLE.replace("hành chính,14", "hành chính,13"))
    problem = mismatch(framework)
    assert (problem.code, problem.declared, problem.computed) == ("", 24, 23)

    resolve_problem(problem, choice=Resolution.UNALLOCATED, reason="Thử", by=MANAGER)

    framework.refresh_from_db()
    assert framework.unallocated == 1


def test_a_framework_in_force_takes_no_verb() -> None:
    framework = draft(TABLE.replace("14", "13").replace("24", "23"))
    activate(framework, by=MANAGER)

    with pytest.raises(FrameworkImmutable, match="lập phiên bản mới"):
        set_source(framework, codes=["1.1"], source=Source.IMPORTED, by=MANAGER)
    with pytest.raises(FrameworkImmutable):
        set_survey_block(framework, title="Điều tra", points=Decimal(30), by=MANAGER)
    with pytest.raises(FrameworkImmutable):
        activate(framework, by=MANAGER)


def test_a_later_version_retires_the_earlier_and_keeps_the_lineage_of_what_stayed() -> None:
    sound = TABLE.replace("14", "13").replace("24", "23")
    first = draft(sound)
    activate(first, by=MANAGER)
    second = draft(
        sound.replace("Công khai", "Công khai thủ tục"), decision=first.decision, unit_type=first.unit_type
    )
    activate(second, by=MANAGER)

    first.refresh_from_db()
    assert (first.state, second.version) == (FrameworkState.RETIRED, 2)
    before, after = (dict(one.criteria.values_list("code", "lineage")) for one in (first, second))
    assert before["2.1"] == after["2.1"]
    assert before["2.2"] != after["2.2"]


def test_the_survey_block_is_one_leaf_outside_the_papers_table() -> None:
    framework = draft(TABLE.replace("14", "13").replace("24", "23"))

    block = set_survey_block(framework, title="Điều tra xã hội học", points=Decimal(30), by=MANAGER)

    block.refresh_from_db()
    assert (block.is_leaf, block.source, block.max_points, block.content_id) == (True, "survey", 30, block.pk)


def test_a_source_is_set_on_leaves_only() -> None:
    framework = draft()

    with pytest.raises(CriteriaError, match="Mục 1 không phải"):
        set_source(framework, codes=["1"], source=Source.IMPORTED, by=MANAGER)
