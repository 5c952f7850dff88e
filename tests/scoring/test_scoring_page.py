"""The figures in docs/scoring.md are what the arithmetic gives."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from parindex.scoring.ranking import Entry, Tie, rank
from parindex.scoring.rollup import LeafScore, Node, Standing, roll_up, score_leaf
from parindex.scoring.rounding import (
    Rounding,
    Stage,
    exact_sum,
    leaf_points,
    printed,
    printed_percent,
    round_half_up,
)
from parindex.scoring.rules import SelfAccuracyFacts
from parindex.scoring.survey import margin_of_error
from tests.scoring.amounts import d
from tests.scoring.test_ranking import QUANG_NINH
from tests.scoring.test_rollup import PHONG_THO, framework, leaf

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
TWO_PLACES = Rounding(places=2)


def on_paper(value: Decimal | None) -> str:
    assert value is not None
    return str(round_half_up(value, 2)).replace(".", ",")


def test_the_worked_example_lists_every_leaf_of_content_6():
    (content,) = [node for node in PHONG_THO.children if node.key == "6"]
    nodes = [node for child in content.children for node in (child, *child.children) if node.leaf]

    assert len(nodes) == 6
    for node in nodes:
        assert f"| {node.key} | {on_paper(node.leaf.attainable)} | {on_paper(node.leaf.obtained)} |" in TEXT


def test_the_worked_example_gives_content_6_its_points_and_index():
    totals = roll_up(PHONG_THO).nodes["6"]
    obtained, attainable = on_paper(totals.obtained), on_paper(totals.attainable)
    index = on_paper(printed_percent(totals.obtained, totals.attainable, 2))

    assert f"**Nội dung 6** | **{attainable}** | **{obtained}**" in TEXT
    assert f"{obtained} ÷ {attainable} = **{index} %**" in TEXT
    assert f"mất {on_paper(totals.attainable - totals.obtained)} điểm" in TEXT


@pytest.mark.parametrize("key", [str(number) for number in range(1, 9)])
def test_the_worked_example_gives_every_content_its_row(key):
    totals = roll_up(PHONG_THO).nodes[key]
    index = on_paper(printed_percent(totals.obtained, totals.attainable, 2))

    row = rf"\| {key}\. [^|]+ \| {on_paper(totals.attainable)} \| {on_paper(totals.obtained)} \| {index} % \|"
    assert re.search(row, TEXT)


def test_the_worked_example_adds_up():
    total = roll_up(PHONG_THO).total
    (unit,) = rank(
        [Entry("Phong Thổ", total.obtained, total.attainable)],
        rounding=TWO_PLACES,
        tie=Tie.COMPETITION,
        scale=QUANG_NINH,
    )
    appraised, survey = on_paper(total.appraised_obtained), on_paper(total.survey_obtained)

    assert f"**Tổng** | **{on_paper(total.attainable)}** | **{on_paper(total.obtained)}** |" in TEXT
    assert f"{appraised} + {survey} = **{on_paper(total.obtained)}**" in TEXT
    assert f"tối đa {on_paper(total.survey_attainable)} điểm, đạt {survey} điểm" in TEXT
    assert f"tối đa {on_paper(total.appraised_attainable)} điểm, đạt {appraised} điểm" in TEXT
    assert f"{on_paper(unit.index)} thuộc loại **{unit.band.name}**" in TEXT


def test_the_two_stages_of_rounding_are_as_the_page_says():
    totals = {}
    for stage in Stage:
        rounding = Rounding(places=2, stage=stage)
        totals[stage] = on_paper(printed(exact_sum([leaf_points(d("0.335"), rounding)] * 3), rounding))

    assert f"| Ở từng tiêu chí | 0,34 + 0,34 + 0,34 | {totals[Stage.LEAF]} |" in TEXT
    assert f"| Ở tổng | 0,335 + 0,335 + 0,335 = 1,005 | {totals[Stage.TOTAL]} |" in TEXT


def test_the_denominators_are_as_the_page_says():
    assert f"88,46 ÷ 99 = {on_paper(printed_percent(d('88.46'), d('99'), 2))} %" in TEXT
    assert f"68,32 điểm trên điểm tối đa 84 là {on_paper(printed_percent(d('68.32'), d('84'), 2))} %" in TEXT
    assert f"63 ÷ 70 = {on_paper(printed_percent(d('63'), d('70'), 2))} %" in TEXT


def test_bonus_and_penalty_are_as_the_page_says():
    bonus = Node("b", leaf=score_leaf(LeafScore(d("5"), d("4.5"), standing=Standing.BONUS)))
    penalty = Node("p", leaf=score_leaf(LeafScore(d("5"), d("1.25"), standing=Standing.PENALTY)))
    with_bonus = roll_up(framework(leaf("1", "100", "80"), bonus), bonus_cap=d("4")).total
    with_penalty = roll_up(framework(leaf("1", "100", "80"), penalty)).total

    assert f"thưởng 4,5 điểm, mức trần 4 điểm: tổng là {on_paper(with_bonus.obtained)} điểm" in TEXT
    assert f"bị trừ 1,25 điểm: còn {on_paper(with_penalty.obtained)} điểm" in TEXT


@pytest.mark.parametrize(("tie", "name"), [(Tie.COMPETITION, "Bỏ cách hạng"), (Tie.DENSE, "Liền hạng")])
def test_ties_are_as_the_page_says(tie, name):
    entries = [Entry(str(i), d(value), d("100")) for i, value in enumerate(("90", "90", "80", "70"))]

    ranked = rank(entries, rounding=TWO_PLACES, tie=tie, scale=QUANG_NINH)

    assert f"| {name} | {' | '.join(str(unit.rank) for unit in ranked)} |" in TEXT


def test_the_class_at_the_bound_is_as_the_page_says():
    (unit,) = rank(
        [Entry("A", d("89.995"), d("100"))], rounding=TWO_PLACES, tie=Tie.COMPETITION, scale=QUANG_NINH
    )

    assert f"89,995 in ra là {on_paper(unit.index)} nên được xếp loại {unit.band.name}" in TEXT


def test_the_error_and_the_margin_are_as_the_page_says():
    facts = SelfAccuracyFacts(days_early=2, self_total=d("84"), appraised_total=d("80"), judged=d("0"))

    assert f"Tự chấm 84 điểm, thẩm định 80 điểm: sai số {on_paper(facts.error)} %" in TEXT
    assert f"±{on_paper(margin_of_error(d('89'), 100))} điểm phần trăm" in TEXT


def test_the_differences_from_the_papers_are_as_the_page_says():
    contents = exact_sum(d(points) for points in ("18", "12", "20.16", "7", "11.07", "7", "13"))

    assert f"chênh lệch {on_paper(d('79.27') - roll_up(PHONG_THO).total.obtained)} điểm" in TEXT
    assert f"cộng bảy nội dung được {on_paper(contents)} điểm" in TEXT
    assert f"chênh lệch {on_paper(d('88.46') - contents)} điểm" in TEXT
