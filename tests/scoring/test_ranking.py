import pytest
from hypothesis import given
from hypothesis import strategies as st

from parindex.scoring.errors import RuleError
from parindex.scoring.ranking import (
    Band,
    Basis,
    ClassScale,
    Entry,
    Tie,
    distribution,
    mean_index,
    rank,
)
from parindex.scoring.rounding import Rounding
from tests.scoring.amounts import QUICK, d, decimals

TWO_PLACES = Rounding(places=2)
BANDS = (
    Band("Xuất sắc", d("90")),
    Band("Tốt", d("80")),
    Band("Khá", d("70")),
    Band("Trung bình", d("50")),
    Band("Kém", d("0")),
)
QUANG_NINH = ClassScale(BANDS)


def ranks(entries, tie=Tie.COMPETITION, rounding=TWO_PLACES):
    ranked = rank(entries, rounding=rounding, tie=tie, scale=QUANG_NINH)
    return [(unit.key, unit.rank) for unit in ranked]


def entry(key, obtained, attainable="100", *tie_keys):
    return Entry(key, d(obtained), d(attainable), tuple(d(tie_key) for tie_key in tie_keys))


def test_units_are_ranked_from_high_to_low():
    assert ranks([entry("A", "79.24"), entry("B", "85.77"), entry("C", "60")]) == [
        ("B", 1),
        ("A", 2),
        ("C", 3),
    ]


def test_competition_rank_leaves_a_gap_after_a_tie():
    entries = [entry("A", "80"), entry("B", "90"), entry("C", "90"), entry("D", "70")]

    assert ranks(entries) == [("B", 1), ("C", 1), ("A", 3), ("D", 4)]


def test_dense_rank_leaves_no_gap_after_a_tie():
    entries = [entry("A", "80"), entry("B", "90"), entry("C", "90"), entry("D", "70")]

    assert ranks(entries, Tie.DENSE) == [("B", 1), ("C", 1), ("A", 2), ("D", 3)]


def test_what_is_printed_equal_shares_a_rank():
    entries = [entry("A", "85.768"), entry("B", "85.7711")]

    assert ranks(entries) == [("A", 1), ("B", 1)]
    assert ranks(entries, rounding=Rounding(places=3)) == [("B", 1), ("A", 2)]


def test_the_index_decides_and_not_the_points():
    assert ranks([entry("A", "89"), entry("B", "88.46", "99")]) == [("B", 1), ("A", 2)]


def test_tie_keys_break_a_tie_in_their_order_as_printed():
    entries = [
        entry("A", "85", "100", "50", "9"),
        entry("B", "85", "100", "51", "1"),
        entry("C", "85", "100", "50.001", "9.5"),
        entry("D", "85", "100", "50", "9.001"),
    ]

    assert ranks(entries) == [("B", 1), ("C", 2), ("A", 3), ("D", 3)]


def test_a_unit_with_nothing_attainable_comes_last_without_rank():
    ranked = rank(
        [entry("A", "0", "0"), entry("B", "0"), entry("C", "0", "0")],
        rounding=TWO_PLACES,
        tie=Tie.COMPETITION,
        scale=QUANG_NINH,
    )

    assert [(unit.key, unit.rank, unit.index) for unit in ranked] == [
        ("B", 1, 0),
        ("A", None, None),
        ("C", None, None),
    ]
    assert [unit.band for unit in ranked] == [BANDS[-1], None, None]


def test_a_unit_appears_once():
    with pytest.raises(RuleError, match="bị trùng"):
        ranks([entry("A", "1"), entry("A", "2")])


@pytest.mark.parametrize(
    ("obtained", "name"),
    [
        ("100", "Xuất sắc"),
        ("90", "Xuất sắc"),
        ("89.995", "Xuất sắc"),
        ("89.9949", "Tốt"),
        ("85.77", "Tốt"),
        ("79.24", "Khá"),
        ("70", "Khá"),
        ("50", "Trung bình"),
        ("49.99", "Kém"),
        ("0", "Kém"),
    ],
)
def test_the_printed_index_decides_the_class_with_lower_bounds_inclusive(obtained, name):
    (unit,) = rank([entry("A", obtained)], rounding=TWO_PLACES, tie=Tie.DENSE, scale=QUANG_NINH)

    assert unit.band.name == name


def test_89_995_is_printed_as_90():
    (unit,) = rank([entry("A", "89.995")], rounding=TWO_PLACES, tie=Tie.DENSE, scale=QUANG_NINH)

    assert (str(unit.obtained_printed), str(unit.index)) == ("90.00", "90.00")


def test_a_scale_of_points_reads_the_printed_points():
    by_points = ClassScale(BANDS, Basis.POINTS)

    (unit,) = rank([entry("A", "69.996", "70")], rounding=TWO_PLACES, tie=Tie.DENSE, scale=by_points)

    assert (unit.index, unit.band.name) == (d("99.99"), "Khá")


def test_a_value_below_every_bound_is_in_the_lowest_class():
    assert QUANG_NINH.classify(d("-1")).name == "Kém"


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((), "chưa có loại"),
        ((Band(" ", d("0")),), "chưa đặt tên"),
        ((Band("Tốt", d("50")), Band("Tốt", d("0"))), "bị trùng"),
        ((Band("Tốt", d("NaN")),), "không phải là số"),
        ((Band("Khá", d("50")), Band("Tốt", d("80")), Band("Kém", d("0"))), "giảm dần"),
        ((Band("Tốt", d("80")), Band("Khá", d("80")), Band("Kém", d("0"))), "giảm dần"),
        ((Band("Tốt", d("80")), Band("Khá", d("50"))), "bắt đầu từ 0"),
    ],
)
def test_a_scale_that_leaves_doubt_is_refused(bands, message):
    with pytest.raises(RuleError, match=message):
        ClassScale(bands)


def test_the_mean_of_a_group_is_the_mean_of_the_printed_indices():
    entries = [entry("A", "79.2449"), entry("B", "85.7749"), entry("C", "0", "0")]
    ranked = rank(entries, rounding=TWO_PLACES, tie=Tie.COMPETITION, scale=QUANG_NINH)

    assert mean_index(ranked, 2) == d("82.51")
    assert mean_index([], 2) is None


def test_the_distribution_names_every_class_in_the_order_of_the_scale():
    entries = [entry("A", "91"), entry("B", "72"), entry("C", "71"), entry("D", "0", "0")]
    ranked = rank(entries, rounding=TWO_PLACES, tie=Tie.COMPETITION, scale=QUANG_NINH)

    counts = distribution(ranked, QUANG_NINH)

    assert list(counts.items()) == [("Xuất sắc", 1), ("Tốt", 0), ("Khá", 2), ("Trung bình", 0), ("Kém", 0)]


@given(totals=st.lists(decimals("0", "100"), min_size=1, max_size=12))
@QUICK
def test_rank_and_printed_index_say_the_same(totals):
    entries = [Entry(str(number), total, d("100")) for number, total in enumerate(totals)]

    for tie in Tie:
        ranked = rank(entries, rounding=TWO_PLACES, tie=tie, scale=QUANG_NINH)
        for one in ranked:
            for other in ranked:
                assert (one.rank < other.rank) == (one.index > other.index)


@given(totals=st.lists(st.integers(0, 6), min_size=1, max_size=12))
@QUICK
def test_a_competition_rank_is_one_more_than_the_units_ahead(totals):
    entries = [Entry(str(number), d(str(total)), d("10")) for number, total in enumerate(totals)]

    for unit in rank(entries, rounding=TWO_PLACES, tie=Tie.COMPETITION, scale=QUANG_NINH):
        assert unit.rank == 1 + sum(total > totals[int(unit.key)] for total in totals)
    for unit in rank(entries, rounding=TWO_PLACES, tie=Tie.DENSE, scale=QUANG_NINH):
        assert unit.rank == 1 + len({total for total in totals if total > totals[int(unit.key)]})
