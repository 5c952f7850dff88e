from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import RoundingStage, ScaleBasis, TieRule, Track
from assessments.models import Group
from assessments.scorecard import rank_group, share_of
from assessments.words import Word
from assessments.workflow import GroupSettings, record_words
from criteria.enums import NotApplicableMode, Source, Standing
from parindex.audit.events import COMMAND_LINE
from parindex.scoring.rollup import LeafScore, Node, NotApplicable, roll_up, score_leaf
from parindex.scoring.rollup import Standing as KernelStanding
from parindex.scoring.rounding import Rounding, Stage, leaf_points, printed, printed_percent
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

ZERO = Decimal(0)


def d(text):
    return Decimal(text)


def ranked(*points, rows=None, tie_breakers=(), **group_settings):
    """A ranking of units with these points each, on one leaf of 100 or on the leaves of `rows`."""
    framework = FrameworkInForceFactory(rows=rows or {"1": "100"})
    group = GroupFactory(framework=framework, size=len(points), settings=GroupSettings(**group_settings))
    group.tie_breakers = list(tie_breakers)
    group.save()
    for assessment, given_points in zip(group.assessments.order_by("pk"), points, strict=True):
        score(assessment, given_points if isinstance(given_points, dict) else {"1": given_points})
    return rank_group(group)


def column(result, name):
    return [getattr(unit, name) for unit in result.units]


# SQL and kernel agree on any tree ---------------------------------------------------------------------------


@dataclass(frozen=True)
class RandomLeaf:
    """A leaf, and what is said of it for one unit: points, None for nothing, "KAD" for not applicable."""

    maximum: Decimal
    source: Source
    standing: Standing
    mode: NotApplicableMode
    said: object


@dataclass(frozen=True)
class RandomBranch:
    """A node with children, and declared points that no child has."""

    children: tuple
    unallocated: Decimal


def amounts(high, places):
    return st.decimals(0, high, places=places)


# Strategies of decimals prefer zero, which hides caps, floors and rounding.
full_or_odd = st.sampled_from([d("0"), d("0.25"), d("0.333333"), d("0.5"), d("0.987654"), d("1")])
maxima = st.sampled_from([d("0"), d("0.25"), d("1"), d("1.5"), d("4"), d("10")]) | amounts(10, 2)


@st.composite
def leaves(draw):
    maximum = draw(maxima)
    points = (maximum * draw(full_or_odd)).quantize(d("0.000001"))
    return RandomLeaf(
        maximum=maximum,
        source=draw(st.sampled_from([Source.SELF, Source.SELF, Source.SURVEY])),
        standing=draw(
            st.sampled_from([Standing.ORDINARY, Standing.ORDINARY, Standing.BONUS, Standing.PENALTY])
        ),
        mode=draw(st.sampled_from(NotApplicableMode)),
        said=draw(st.sampled_from([points, points, points, points, None, "KAD"])),
    )


unallocated_points = st.one_of(st.just(ZERO), amounts(3, 2))


def branches(children):
    return st.builds(RandomBranch, st.lists(children, min_size=1, max_size=3).map(tuple), unallocated_points)


components = leaves()
criteria = st.one_of(leaves(), branches(components))
contents = st.one_of(leaves(), branches(criteria))


def rows_of(nodes, above=""):
    """The tree as the factory of frameworks takes it."""
    rows = {}
    for number, node in enumerate(nodes, start=1):
        code = f"{above}{number}"
        if isinstance(node, RandomBranch):
            rows[code] = {"unallocated": node.unallocated}
            rows |= rows_of(node.children, f"{code}.")
        else:
            rows[code] = {
                "max_points": node.maximum,
                "source": node.source,
                "standing": node.standing,
                "not_applicable_mode": node.mode,
            }
    return rows


def leaves_of(nodes, above=""):
    """Leaves by code."""
    found = {}
    for number, node in enumerate(nodes, start=1):
        code = f"{above}{number}"
        found |= leaves_of(node.children, f"{code}.") if isinstance(node, RandomBranch) else {code: node}
    return found


def kernel_node(node, key, rounding, holds_survey):
    if isinstance(node, RandomBranch):
        children = tuple(
            kernel_node(child, f"{key}.{number}", rounding, holds_survey)
            for number, child in enumerate(node.children, start=1)
        )
        return Node(key, children=children, unallocated=node.unallocated)
    leaf = LeafScore(
        max_points=node.maximum,
        obtained=leaf_points(node.said, rounding) if isinstance(node.said, Decimal) else None,
        not_applicable=node.said == "KAD",
        not_applicable_mode=NotApplicable(node.mode.value),
        is_survey=node.source == Source.SURVEY,
        standing=KernelStanding(node.standing.value),
        left_out=node.source == Source.SURVEY and not holds_survey,
    )
    return Node(key, leaf=score_leaf(leaf))


@given(
    tree=st.lists(contents, min_size=1, max_size=3),
    unallocated=unallocated_points,
    bonus_cap=st.sampled_from([None, d("0"), d("0.75"), d("3")]),
    holds_survey=st.booleans(),
    places=st.sampled_from([0, 1, 2, 3, 6]),
    stage=st.sampled_from(RoundingStage),
)
@settings(max_examples=100)
def test_sums_of_rows_equal_the_kernel_on_any_tree(tree, unallocated, bonus_cap, holds_survey, places, stage):
    rounding = Rounding(places=places, stage=Stage(stage.value))
    root = Node(
        "",
        children=tuple(
            kernel_node(node, f"{number}", rounding, holds_survey)
            for number, node in enumerate(tree, start=1)
        ),
        unallocated=unallocated,
    )
    expected = roll_up(root, bonus_cap=bonus_cap)

    with transaction.atomic():
        framework = FrameworkInForceFactory(rows=rows_of(tree), unallocated=unallocated, bonus_cap=bonus_cap)
        group = GroupFactory(
            framework=framework,
            size=1,
            settings=GroupSettings(rounding_places=places, rounding_stage=stage, holds_survey=holds_survey),
        )
        record_words(group, words_of(group, tree), track=Track.CONCLUSION, by=COMMAND_LINE, because="")
        (unit,) = rank_group(group).units
        transaction.set_rollback(True)

    total = expected.total
    assert unit.obtained == printed(total.obtained, rounding)
    assert unit.appraised == printed(total.appraised_obtained, rounding)
    assert unit.survey == printed(total.survey_obtained, rounding)
    assert unit.attainable == total.attainable
    assert unit.survey_attainable == total.survey_attainable
    assert unit.unscored == total.unscored
    assert unit.index == printed_percent(total.obtained, total.attainable, places)
    for content in unit.contents:
        node = expected.nodes[content.code]
        assert content.obtained == printed(node.obtained, rounding)
        assert content.attainable == node.attainable
        assert content.index == printed_percent(node.obtained, node.attainable, places)
    assert [content.code for content in unit.contents] == [str(n) for n in range(1, len(tree) + 1)]


def words_of(group, tree):
    """Words for every leaf that counts and of which something is said."""
    said = {code: leaf.said for code, leaf in leaves_of(tree).items() if leaf.said is not None}
    rows = group.assessments.get().scores.select_related("assessment", "criterion")
    return [
        Word(
            assessment=row.assessment,
            criterion=row.criterion,
            points=None if said[row.criterion.code] == "KAD" else said[row.criterion.code],
            not_applicable=said[row.criterion.code] == "KAD",
        )
        for row in rows
        if row.criterion.code in said
    ]


# Ranks and classes ------------------------------------------------------------------------------------------


def test_equal_units_share_a_rank_and_leave_the_next_one_out():
    result = ranked("90", "90", "80", "70", tie_rule=TieRule.COMPETITION)

    assert column(result, "rank") == [1, 1, 3, 4]
    assert column(result, "shared") == [True, True, False, False]


def test_equal_units_share_a_rank_and_the_next_one_follows():
    result = ranked("90", "90", "80", "70", tie_rule=TieRule.DENSE)

    assert column(result, "rank") == [1, 1, 2, 3]


def test_units_that_print_alike_are_equal():
    result = ranked("89.994", "89.986", "89.995")

    assert column(result, "index") == [d("90.00"), d("89.99"), d("89.99")]
    assert column(result, "rank") == [1, 2, 2]
    assert column(result, "class_name") == ["Xuất sắc", "Tốt", "Tốt"]


def test_equal_units_stand_in_vietnamese_order_of_their_names():
    result = ranked(*["50"] * 12)
    numbers = [int(name.removeprefix("Phường ")) for name in column(result, "unit_name")]

    assert numbers == sorted(numbers)
    assert len(numbers) == 12


@pytest.mark.parametrize(
    ("basis", "classes"),
    [(ScaleBasis.PERCENT, ["Tốt", "Kém"]), (ScaleBasis.POINTS, ["Khá", "Kém"])],
)
def test_a_class_follows_from_the_percentage_or_from_the_points(basis, classes):
    scale = [("Tốt", d("80")), ("Khá", d("70")), ("Kém", d("0"))]
    result = ranked(
        {"1": "79", "2": None},
        {"1": "50", "2": None},
        rows={"1": "95", "2": "5"},
        scale=scale,
        scale_basis=basis,
    )

    assert column(result, "index") == [d("83.16"), d("52.63")]
    assert column(result, "class_name") == classes


def test_classes_count_units_and_the_mean_is_that_of_the_printed_indices():
    result = ranked("95", "85", "85", "10.01")

    assert result.classes == {"Xuất sắc": 1, "Tốt": 2, "Khá": 0, "Trung bình": 0, "Kém": 1}
    assert result.mean_index == d("68.75")
    assert share_of(2, 3) == d("66.7")


def test_a_second_key_decides_between_equal_units():
    rows = {"1": "50", "2": "30", "3": {"max_points": "20", "source": Source.SURVEY}}
    points = [
        {"1": "40", "2": "20", "3": "10"},
        {"1": "30", "2": "30", "3": "10"},
        {"1": "40", "2": "10", "3": "20"},
    ]

    by_content = ranked(*points, rows=rows, tie_breakers=["1", "appraised"])
    by_survey = ranked(*points, rows=rows, tie_breakers=["survey"])

    assert column(by_content, "rank") == [1, 2, 3]
    assert [unit.contents[0].obtained for unit in by_content.units] == [40, 40, 30]
    assert column(by_content, "appraised") == [60, 50, 60]
    assert column(by_survey, "rank") == [1, 2, 2]
    assert column(by_survey, "survey") == [20, 10, 10]


def test_without_a_survey_the_rest_is_carried_onto_a_hundred():
    rows = {"1": "70", "2": {"max_points": "30", "source": Source.SURVEY}}

    without = ranked({"1": "63"}, rows=rows, holds_survey=False).units[0]
    with_survey = ranked({"1": "63", "2": "15"}, rows=rows).units[0]

    assert (without.attainable, without.index, without.survey_attainable) == (70, d("90.00"), 0)
    assert (with_survey.attainable, with_survey.index, with_survey.survey_attainable) == (100, d("78.00"), 30)


def test_a_survey_block_without_a_survey_is_no_content():
    rows = {"1": "70", "XHH": {"max_points": "30", "source": Source.SURVEY, "is_survey_block": True}}

    without = ranked({"1": "63"}, rows=rows, holds_survey=False)
    with_survey = ranked({"1": "63", "XHH": "15"}, rows=rows)

    assert [content.code for content in without.units[0].contents] == ["1"]
    assert [content.code for content in with_survey.units[0].contents] == ["1", "XHH"]


def test_a_unit_is_provisional_until_its_last_leaf_is_scored():
    rows = {"1.1": "60", "1.2": "40"}

    result = ranked({"1.1": "60"}, {"1.1": "60", "1.2": "0"}, rows=rows)

    assert column(result, "unscored") == [1, 0]
    assert column(result, "obtained") == [d("60.00"), d("60.00")]
    assert column(result, "index") == [d("60.00"), d("60.00")]
    assert column(result, "provisional") == [True, False]
    assert result.provisional


def test_a_unit_to_which_nothing_applies_has_no_index_and_stands_last():
    result = ranked(None, "0")

    assert column(result, "index") == [d("0.00"), None]
    assert column(result, "rank") == [1, None]
    assert column(result, "class_name") == ["Kém", ""]


def test_points_that_nobody_can_earn_stay_in_the_denominator():
    rows = {"3": {"unallocated": "1"}, "3.1": "13"}

    (unit,) = ranked({"3.1": "13"}, rows=rows).units

    assert (unit.obtained, unit.attainable, unit.index) == (d("13.00"), 14, d("92.86"))


@pytest.mark.parametrize(
    ("stage", "obtained"), [(RoundingStage.LEAF, d("1.02")), (RoundingStage.TOTAL, d("1.01"))]
)
def test_the_stage_of_rounding_changes_a_total_of_three_places(stage, obtained):
    leaves_of_one = {"1.1": "1", "1.2": "1", "1.3": "1"}

    (unit,) = ranked(dict.fromkeys(leaves_of_one, "0.335"), rows=leaves_of_one, rounding_stage=stage).units

    assert unit.obtained == obtained


def test_bonus_is_capped_and_a_penalty_is_taken_off():
    rows = {
        "1": "100",
        "2": {"max_points": "6", "standing": Standing.BONUS},
        "3": {"max_points": "5", "standing": Standing.PENALTY},
    }
    framework = FrameworkInForceFactory(rows=rows, bonus_cap=d("4"))
    group = GroupFactory(framework=framework, size=1)
    score(group.assessments.get(), {"1": "80", "2": "4.5", "3": "1.25"})

    (unit,) = rank_group(group).units

    assert (unit.obtained, unit.attainable, unit.index) == (d("82.75"), 100, d("82.75"))


def test_spreads_show_how_units_lie_on_a_content():
    (spread,) = ranked("90", "80", "70", "50").spreads

    assert (spread.mean, spread.median, spread.low, spread.high) == (d("72.50"), 75, 50, 90)


def test_another_track_has_its_own_ranking():
    group = GroupFactory(framework=FrameworkInForceFactory(rows={"1": "100"}), size=2)
    first, second = group.assessments.order_by("pk")
    score(first, {"1": "90"}, track=Track.SELF)
    score(first, {"1": "60"})
    score(second, {"1": "70"})

    assert column(rank_group(group), "obtained") == [d("70.00"), d("60.00")]
    assert column(rank_group(group, Track.SELF), "obtained") == [d("90.00"), d("0.00")]


@pytest.mark.parametrize("size", [3, 30])
def test_a_ranking_takes_the_same_queries_however_many_units(django_assert_num_queries, size):
    group = GroupFactory(size=size)
    for assessment in group.assessments.all():
        score(assessment, {"1.1.1": "4", "2.2": "3.5"})
    group = Group.objects.get(pk=group.pk)

    with django_assert_num_queries(5):
        result = rank_group(group)

    assert column(result, "obtained") == [d("7.50")] * size
