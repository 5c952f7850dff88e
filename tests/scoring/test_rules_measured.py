"""Ratio, steps, linear, count, imported: examples from the papers, and the facts they refuse."""

import pytest

from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rounding import stored
from parindex.scoring.rules import (
    Amount,
    Boundary,
    Count,
    CountFacts,
    Imported,
    ImportedFacts,
    Linear,
    Ratio,
    RatioFacts,
    Step,
    Steps,
    Unit,
    ValueFacts,
)
from tests.scoring.amounts import d


def ratio(numerator: str, denominator: str) -> RatioFacts:
    return RatioFacts(d(numerator), d(denominator))


def value(text: str) -> ValueFacts:
    return ValueFacts(d(text))


def test_ratio_gives_its_share_of_the_maximum():
    assert Ratio(d("2")).points(ratio("45", "60")) == d("1.5")
    assert stored(Ratio(d("1")).points(ratio("6", "7"))) == d("0.857143")


def test_ratio_below_its_floor_gives_nothing_and_at_the_floor_counts():
    rule = Ratio(d("2"), floor=d("70"))

    assert rule.points(ratio("69", "100")) == 0
    assert rule.points(ratio("70", "100")) == d("1.4")


def test_ratio_above_one_gives_the_maximum_only_where_the_rule_allows_it():
    assert Ratio(d("2"), may_exceed=True).points(ratio("11", "10")) == d("2")
    with pytest.raises(FactsError, match="Tử số 11 lớn hơn mẫu số 10"):
        Ratio(d("2")).points(ratio("11", "10"))


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (ratio("0", "0"), "Mẫu số bằng 0"),
        (ratio("-1", "5"), "Tử số là số âm"),
        (ratio("1", "-5"), "Mẫu số là số âm"),
        (ratio("NaN", "5"), "Tử số không phải là số"),
        (ratio("1", "Infinity"), "Mẫu số không phải là số"),
    ],
)
def test_a_ratio_that_cannot_be_computed_is_refused(facts, message):
    for rule in (
        Ratio(d("2")),
        Linear(d("2"), d("0"), d("100")),
        Steps(d("2"), (Step(d("1"), Amount(d("2"))),)),
    ):
        with pytest.raises(FactsError, match=message):
            rule.points(facts)


@pytest.mark.parametrize("floor", ["-1", "100.01", "NaN"])
def test_a_floor_off_the_percent_scale_is_refused(floor):
    with pytest.raises(RuleError, match="Ngưỡng tối thiểu"):
        Ratio(d("2"), floor=d(floor))


def test_revenue_grown_by_ten_percent_or_more_gives_two_points_and_less_gives_none():
    revenue = Steps(d("2"), (Step(d("10"), Amount(d("2"))),))

    assert [revenue.points(value(v)) for v in ("-3", "9.99", "10", "25")] == [0, 0, 2, 2]


def test_the_stored_side_decides_where_a_boundary_value_falls():
    from_95 = Steps(d("1"), (Step(d("95"), Amount(d("1")), Boundary.ABOVE),))
    over_95 = Steps(d("1"), (Step(d("95"), Amount(d("1")), Boundary.BELOW),))

    assert from_95.points(ratio("19", "20")) == 1
    assert over_95.points(ratio("19", "20")) == 0
    assert over_95.points(value("95.01")) == 1


def test_steps_may_fall_and_may_be_percent_of_the_maximum():
    late_days = Steps(
        d("2"),
        (
            Step(d("0"), Amount(d("50"), Unit.PERCENT), Boundary.BELOW),
            Step(d("5"), Amount(d("0")), Boundary.BELOW),
        ),
        base=Amount(d("100"), Unit.PERCENT),
    )

    assert [late_days.points(value(v)) for v in ("0", "1", "5", "6")] == [2, 1, 1, 0]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((), "chưa có bậc điểm"),
        ((Step(d("NaN"), Amount(d("1"))),), "không phải là số"),
        ((Step(d("5"), Amount(d("1"))), Step(d("5"), Amount(d("2")))), "tăng dần"),
        ((Step(d("5"), Amount(d("2.5"))),), "“mốc 5” phải từ 0 đến điểm tối đa 2"),
    ],
)
def test_steps_that_make_no_scale_are_refused(steps, message):
    with pytest.raises(RuleError, match=message):
        Steps(d("2"), steps)


def test_steps_refuse_a_base_above_the_maximum():
    with pytest.raises(RuleError, match="dưới mốc thấp nhất"):
        Steps(d("2"), (Step(d("5"), Amount(d("1"))),), base=Amount(d("3")))


def test_linear_rises_between_its_thresholds_and_is_clipped_outside():
    rule = Linear(d("2"), zero_at=d("50"), full_at=d("90"))

    assert [rule.points(value(v)) for v in ("40", "50", "70", "90", "99")] == [0, 0, 1, 2, 2]


def test_linear_falls_where_less_is_better():
    rule = Linear(d("1"), zero_at=d("20"), full_at=d("0"))

    assert [rule.points(value(v)) for v in ("0", "5", "20", "30")] == [1, d("0.75"), 0, 0]


def test_linear_needs_two_different_thresholds():
    with pytest.raises(RuleError, match="hai số khác nhau"):
        Linear(d("1"), d("50"), d("50"))


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(FactsError, match="Giá trị không phải là số"):
        Linear(d("1"), d("0"), d("50")).points(value("NaN"))


def test_each_initiative_counts_up_to_the_maximum():
    rule = Count(d("2"), unit_points=d("0.5"))

    assert [rule.points(CountFacts(n)) for n in (0, 3, 4, 9)] == [0, d("1.5"), 2, 2]


def test_count_refuses_a_negative_number_and_a_worthless_unit():
    with pytest.raises(FactsError, match="số âm"):
        Count(d("2"), d("0.5")).points(CountFacts(-1))
    with pytest.raises(RuleError, match="số dương"):
        Count(d("2"), d("0"))


def test_an_imported_result_is_carried_onto_the_maximum():
    assert Imported(d("5")).points(ImportedFacts(d("82"))) == d("4.1")
    assert Imported(d("4"), scale_max=d("1")).points(ImportedFacts(d("0.655"))) == d("2.62")


@pytest.mark.parametrize(
    ("result", "message"), [("101", "vượt thang điểm 100"), ("-1", "Kết quả là số âm"), ("NaN", "không phải")]
)
def test_an_imported_result_off_its_scale_is_refused(result, message):
    with pytest.raises(FactsError, match=message):
        Imported(d("5")).points(ImportedFacts(d(result)))


def test_an_imported_scale_must_be_positive():
    with pytest.raises(RuleError, match="Thang điểm"):
        Imported(d("5"), scale_max=d("0"))
