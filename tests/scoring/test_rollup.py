import pytest
from hypothesis import given
from hypothesis import strategies as st

from parindex.scoring.errors import RuleError
from parindex.scoring.rollup import (
    LeafResult,
    LeafScore,
    Node,
    NotApplicable,
    Standing,
    Totals,
    roll_up,
    score_leaf,
)
from parindex.scoring.rounding import percent, printed_percent
from tests.scoring.amounts import QUICK, d, decimals


def leaf(key, maximum, obtained, **settings):
    points = None if obtained is None else d(obtained)
    return Node(key, leaf=score_leaf(LeafScore(d(maximum), points, **settings)))


def framework(*children, unallocated="0"):
    return Node("", children=children, unallocated=d(unallocated))


# Phong Thổ 2023, the eight contents; 8 is split into its survey leaves (8.1–8.6, 8.10) and the rest.
PHONG_THO = framework(
    leaf("1", "13.50", "9.28"),
    leaf("2", "5.00", "5"),
    leaf("3", "13.50", "13"),
    leaf("4", "7.50", "7.50"),
    leaf("5", "8.00", "5.50"),
    Node(
        "6",
        children=(
            leaf("6.1", "1.00", "0"),
            Node("6.2", children=(leaf("6.2.1", "1.00", "0"), leaf("6.2.2", "1.50", "0"))),
            leaf("6.3", "1.50", "1.23"),
            leaf("6.4", "1.00", "0.95"),
            leaf("6.5", "1.00", "1"),
        ),
    ),
    leaf("7", "12.50", "11.40"),
    Node(
        "8",
        children=(
            leaf("8.1", "4.00", "2.55", is_survey=True),
            leaf("8.2", "3.00", "1.91", is_survey=True),
            leaf("8.3", "3.00", "2.45", is_survey=True),
            leaf("8.4", "3.00", "2.15", is_survey=True),
            leaf("8.5", "3.00", "2.07", is_survey=True),
            leaf("8.6", "4.00", "2.48", is_survey=True),
            leaf("8.7", "1.00", "0"),
            leaf("8.8", "1.00", "1"),
            leaf("8.9", "1.00", "0.50"),
            leaf("8.10", "10.00", "9.27", is_survey=True),
        ),
    ),
)


def test_phong_tho_2023_comes_out_as_printed():
    total = roll_up(PHONG_THO).total

    assert total == Totals(
        obtained=d("79.24"),
        attainable=d("100"),
        appraised_obtained=d("56.36"),
        survey_obtained=d("22.88"),
        appraised_attainable=d("70"),
        survey_attainable=d("30"),
    )


def test_content_6_of_phong_tho_has_its_own_index():
    finance = roll_up(PHONG_THO).nodes["6"]

    assert (finance.obtained, finance.attainable) == (d("3.18"), d("7"))
    assert printed_percent(finance.obtained, finance.attainable, 2) == d("45.43")


def test_a_leaf_with_full_points_when_not_applicable_gets_its_maximum():
    settings = {"not_applicable": True, "not_applicable_mode": NotApplicable.FULL_POINTS}

    result = score_leaf(LeafScore(d("2"), None, **settings))

    assert (result.obtained, result.attainable, result.scored) == (d("2"), d("2"), True)


def test_a_leaf_excluded_when_not_applicable_leaves_both_sides():
    settings = {"not_applicable": True, "not_applicable_mode": NotApplicable.EXCLUDED}

    result = score_leaf(LeafScore(d("2"), d("1"), **settings))

    assert (result.obtained, result.attainable, result.scored) == (0, 0, True)


def test_a_point_taken_out_of_the_hundred_gives_the_announced_index():
    ward = framework(leaf("1", "99", "88.46"), leaf("2", "1", None, not_applicable=True))

    total = roll_up(ward).total

    assert (total.obtained, total.attainable) == (d("88.46"), d("99"))
    assert printed_percent(total.obtained, total.attainable, 2) == d("89.35")


def test_a_leaf_not_scored_yet_counts_as_zero_and_is_counted():
    totals = roll_up(framework(leaf("1", "2", "1.5"), leaf("2", "3", None))).total

    assert (totals.obtained, totals.attainable, totals.unscored) == (d("1.5"), d("5"), 1)


def test_without_a_survey_the_seventy_points_alone_make_the_index():
    office = framework(leaf("1", "70", "63"), leaf("survey", "30", None, is_survey=True, left_out=True))

    total = roll_up(office).total

    assert (total.obtained, total.attainable, total.unscored) == (d("63"), d("70"), 0)
    assert percent(total.obtained, total.attainable) == 90


def test_with_a_survey_appraised_and_survey_points_are_kept_apart():
    office = framework(leaf("1", "70", "63"), leaf("survey", "30", "24", is_survey=True))

    total = roll_up(office).total

    assert (total.appraised_obtained, total.survey_obtained, total.obtained) == (d("63"), d("24"), d("87"))
    assert (total.appraised_attainable, total.survey_attainable) == (d("70"), d("30"))


def test_unallocated_points_count_in_the_denominator_and_cannot_be_earned():
    content = Node("3", children=(leaf("3.1", "7", "7"), leaf("3.2", "6", "6")), unallocated=d("1"))

    rolled = roll_up(framework(content))

    assert (rolled.nodes["3"].obtained, rolled.nodes["3"].attainable) == (d("13"), d("14"))
    assert rolled.total.appraised_attainable == d("14")


def test_unallocated_points_of_the_whole_framework_count_too():
    assert roll_up(framework(leaf("1", "69", "69"), unallocated="1")).total.attainable == d("70")


def test_bonus_inside_the_hundred_is_an_ordinary_leaf():
    total = roll_up(framework(leaf("1", "95.75", "83.12"), leaf("9", "4.25", "2.65"))).total

    assert (total.obtained, total.attainable, total.bonus) == (d("85.77"), d("100"), 0)


def test_bonus_outside_the_hundred_is_capped_at_the_total():
    unit = framework(
        leaf("1", "100", "80"),
        leaf("b1", "3", "3", standing=Standing.BONUS),
        leaf("b2", "3", "1.5", standing=Standing.BONUS),
    )

    assert roll_up(unit).total.obtained == d("84.5")
    capped = roll_up(unit, bonus_cap=d("4"))
    assert (capped.total.obtained, capped.total.attainable, capped.total.bonus) == (d("84"), d("100"), d("4"))
    assert capped.nodes[""].obtained == d("84.5")
    assert capped.nodes["b1"].obtained == d("3")


def test_a_bonus_under_its_cap_counts_whole():
    unit = framework(leaf("1", "100", "80"), leaf("b1", "3", "1", standing=Standing.BONUS))

    assert roll_up(unit, bonus_cap=d("4")).total.obtained == d("81")


def test_a_penalty_is_taken_off_and_shown():
    unit = framework(leaf("1", "100", "80"), leaf("p", "5", "1.25", standing=Standing.PENALTY))

    rolled = roll_up(unit)

    assert rolled.nodes["p"].obtained == d("-1.25")
    assert (rolled.total.obtained, rolled.total.attainable, rolled.total.penalty) == (
        d("78.75"),
        d("100"),
        d("1.25"),
    )


def test_a_total_never_falls_below_zero():
    unit = framework(leaf("1", "10", "1"), leaf("p", "5", "5", standing=Standing.PENALTY))

    assert roll_up(unit).total.obtained == 0


def test_the_cap_falls_on_the_bonus_before_penalties():
    unit = framework(
        leaf("1", "100", "80"),
        leaf("b", "5", "5", standing=Standing.BONUS),
        leaf("p", "5", "1", standing=Standing.PENALTY),
    )

    assert roll_up(unit, bonus_cap=d("2")).total.obtained == d("81")


@pytest.mark.parametrize("standing", [Standing.BONUS, Standing.PENALTY])
@pytest.mark.parametrize("mode", list(NotApplicable))
def test_a_bonus_or_penalty_that_does_not_apply_gives_nothing(standing, mode):
    score = LeafScore(d("3"), None, not_applicable=True, not_applicable_mode=mode, standing=standing)

    result = score_leaf(score)

    assert (result.obtained, result.attainable) == (0, 0)


def test_a_bonus_or_penalty_not_scored_yet_stays_unscored():
    for standing in (Standing.BONUS, Standing.PENALTY):
        result = score_leaf(LeafScore(d("3"), None, standing=standing))

        assert (result.obtained, result.attainable, result.scored) == (None, 0, False)


def test_bonus_and_penalty_are_on_the_appraised_side():
    unit = framework(
        leaf("1", "70", "60"),
        leaf("s", "30", "20", is_survey=True),
        leaf("b", "5", "5", standing=Standing.BONUS, is_survey=True),
    )

    total = roll_up(unit, bonus_cap=d("2")).total

    assert (total.appraised_obtained, total.survey_obtained, total.obtained) == (d("62"), d("20"), d("82"))


def test_a_leaf_has_no_children_and_a_key_stands_once():
    one = leaf("1", "1", "1")

    with pytest.raises(RuleError, match="vừa có điểm vừa có tiêu chí con"):
        Node("2", children=(one,), leaf=LeafResult(d("1"), d("1")))
    with pytest.raises(RuleError, match="Mã tiêu chí 1 bị trùng"):
        roll_up(framework(one, one))
    with pytest.raises(RuleError, match="chưa phân bổ"):
        Node("3", unallocated=d("-1"))


scores = st.builds(
    LeafScore,
    max_points=decimals("0", "10"),
    obtained=st.none() | decimals("0", "10"),
    not_applicable=st.booleans(),
    not_applicable_mode=st.sampled_from(NotApplicable),
    is_survey=st.booleans(),
)
contents = st.lists(st.lists(scores, min_size=1, max_size=3), min_size=1, max_size=3)


def tree(drawn):
    return framework(
        *(
            Node(
                str(i),
                children=tuple(Node(f"{i}.{j}", leaf=score_leaf(score)) for j, score in enumerate(content)),
            )
            for i, content in enumerate(drawn)
        )
    )


@given(drawn=contents)
@QUICK
def test_a_total_is_the_sum_of_its_parts(drawn):
    root = tree(drawn)
    rolled = roll_up(root)

    for node in (root, *root.children):
        below = [rolled.nodes[child.key] for child in node.children]
        for figure in ("obtained", "attainable", "appraised_obtained", "survey_obtained", "unscored"):
            assert getattr(rolled.nodes[node.key], figure) == sum(getattr(part, figure) for part in below)
    assert rolled.total == rolled.nodes[""]
    assert rolled.total.appraised_obtained + rolled.total.survey_obtained == rolled.total.obtained
    assert rolled.total.appraised_attainable + rolled.total.survey_attainable == rolled.total.attainable


@given(drawn=contents, random=st.randoms(use_true_random=False))
@QUICK
def test_the_order_of_siblings_is_irrelevant(drawn, random):
    root = tree(drawn)
    shuffled = framework(*random.sample(root.children, len(root.children)))

    assert roll_up(shuffled).total == roll_up(root).total


@given(drawn=contents, maximum=decimals("0", "10"))
@QUICK
def test_a_leaf_out_of_the_denominator_leaves_the_percentage_of_the_rest_alone(drawn, maximum):
    root = tree(drawn)
    excluded = Node("extra", leaf=score_leaf(LeafScore(maximum, None, not_applicable=True)))

    before = roll_up(root).total
    after = roll_up(framework(*root.children, excluded)).total

    assert percent(after.obtained, after.attainable) == percent(before.obtained, before.attainable)
    assert after.unscored == before.unscored
