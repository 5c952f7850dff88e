from decimal import Decimal, localcontext

import pytest
from hypothesis import given

from parindex.scoring.errors import RuleError
from parindex.scoring.rounding import (
    Rounding,
    Stage,
    exact_sum,
    leaf_points,
    percent,
    printed,
    printed_percent,
    rescaled,
    round_half_up,
    stored,
)
from tests.scoring.amounts import QUICK, d, decimals

AT_LEAF = Rounding(places=2, stage=Stage.LEAF)
AT_TOTAL = Rounding(places=2, stage=Stage.TOTAL)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("1.005", 2, "1.01"),
        ("1.0049999", 2, "1.00"),
        ("0.125", 2, "0.13"),
        ("2.5", 0, "3"),
        ("-1.005", 2, "-1.01"),
        ("79.24", 3, "79.240"),
        ("-0.004", 2, "0.00"),
    ],
)
def test_a_half_goes_away_from_zero(value, places, expected):
    rounded = round_half_up(d(value), places)

    assert str(rounded) == expected


def test_points_are_stored_to_a_millionth():
    assert stored(d("0.3333334999")) == d("0.333333")
    assert stored(d("0.3333335")) == d("0.333334")


def test_three_places_show_that_the_stage_of_rounding_changes_the_total():
    at_leaf = exact_sum([leaf_points(d("0.335"), AT_LEAF)] * 3)
    at_total = exact_sum([leaf_points(d("0.335"), AT_TOTAL)] * 3)

    assert printed(at_leaf, AT_LEAF) == d("1.02")
    assert at_total == d("1.005")
    assert printed(at_total, AT_TOTAL) == d("1.01")


def test_two_places_give_the_same_total_at_both_stages():
    leaves = [d("1.28"), d("0.95"), d("1.23")]

    for rounding in (AT_LEAF, AT_TOTAL):
        assert printed(exact_sum(leaf_points(leaf, rounding) for leaf in leaves), rounding) == d("3.46")


@pytest.mark.parametrize(
    ("obtained", "attainable", "index"),
    [
        ("88.46", "99", "89.35"),
        ("68.32", "84", "81.33"),
        ("3.18", "7.00", "45.43"),
        ("79.24", "100", "79.24"),
        ("89.995", "100", "90.00"),
        ("0", "100", "0.00"),
    ],
)
def test_index_is_obtained_over_attainable_rounded_once(obtained, attainable, index):
    assert printed_percent(d(obtained), d(attainable), 2) == d(index)


def test_nothing_attainable_has_no_index():
    assert percent(d("0"), d("0")) is None
    assert printed_percent(d("0"), d("0"), 2) is None


def test_index_comes_from_exact_points_and_not_from_printed_ones():
    assert printed(d("1.005"), AT_TOTAL) == d("1.01")

    assert printed_percent(d("1.005"), d("3"), 2) == d("33.50")
    assert printed_percent(d("1.01"), d("3"), 2) == d("33.67")


def test_results_do_not_depend_on_the_callers_decimal_context():
    with localcontext() as context:
        context.prec = 3

        assert exact_sum([d("79.24"), d("0.0001")]) == Decimal("79.2401")
        assert printed_percent(d("88.46"), d("99"), 2) == d("89.35")
        assert rescaled(d("12.3456"), whole=d("100"), onto=d("100")) == d("12.3456")


@pytest.mark.parametrize("places", [-1, 7])
def test_places_outside_the_stored_places_are_refused(places):
    with pytest.raises(RuleError, match="Số chữ số thập phân"):
        Rounding(places=places)


@given(value=decimals("-100", "100", places=6))
@QUICK
def test_rounding_moves_a_value_by_at_most_half_a_unit(value):
    assert abs(round_half_up(value, 2) - value) <= d("0.005")
