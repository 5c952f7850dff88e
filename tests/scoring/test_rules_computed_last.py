"""Best unit and accuracy of the self-score; which kinds have to wait for the rest."""

import pytest

from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rules import (
    RULES,
    BestUnit,
    BestUnitFacts,
    KnockOut,
    RuleKind,
    SelfAccuracy,
    SelfAccuracyFacts,
    YesNo,
)
from tests.scoring.amounts import d

# Đông Triều 2022, criterion 9.4: how its one point divides is not printed; a quarter, a half, a quarter.
ACCURACY = SelfAccuracy(d("1"), early_points=d("0.25"), judged_points=d("0.5"), accurate_points=d("0.25"))


def facts(
    days_early: int = 2, own: str = "84", appraised: str = "80", judged: str = "0.5"
) -> SelfAccuracyFacts:
    return SelfAccuracyFacts(days_early, d(own), d(appraised), d(judged))


def test_every_kind_has_its_rule():
    assert set(RULES) == set(RuleKind)


def test_only_best_unit_and_self_accuracy_are_computed_last():
    last = {RULES[kind].kind for kind in RuleKind if RULES[kind].computed_last is True}

    assert last == {RuleKind.BEST_UNIT, RuleKind.SELF_ACCURACY}


def test_a_knock_out_is_computed_when_its_inner_rule_is():
    assert KnockOut(BestUnit(d("2"))).computed_last is True
    assert KnockOut(YesNo(d("2"))).computed_last is False


def test_the_best_unit_gets_the_maximum_and_others_their_share():
    values = [d("40"), d("30"), d("0")]

    assert [BestUnit(d("2")).points(BestUnitFacts(v, d("40"))) for v in values] == [2, d("1.5"), 0]


def test_where_the_best_has_nothing_everybody_gets_nothing():
    assert BestUnit(d("2")).points(BestUnitFacts(d("0"), d("0"))) == 0


@pytest.mark.parametrize(
    ("value", "greatest", "message"),
    [("41", "40", "lớn hơn giá trị lớn nhất"), ("-1", "40", "số âm"), ("1", "-40", "số âm")],
)
def test_best_unit_refuses_values_that_cannot_be_compared(value, greatest, message):
    with pytest.raises(FactsError, match=message):
        BestUnit(d("2")).points(BestUnitFacts(d(value), d(greatest)))


def test_early_good_and_accurate_gives_the_whole_point():
    assert ACCURACY.points(facts()) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(days_early=1), "0.75"),
        (facts(days_early=-3), "0.75"),
        (facts(judged="0.25"), "0.75"),
        (facts(own="84.01"), "0.75"),
        (facts(own="76"), "1"),
        (facts(own="75.99"), "0.75"),
        (facts(days_early=0, own="90", judged="0"), "0"),
    ],
)
def test_each_part_is_lost_alone(given, expected):
    assert ACCURACY.points(given) == d(expected)


def test_the_error_is_in_percent_of_the_appraised_total():
    assert facts(own="84", appraised="80").error == 5
    assert facts(own="0", appraised="0").error is None


def test_with_nothing_appraised_only_a_self_score_of_nothing_is_accurate():
    assert ACCURACY.points(facts(own="0", appraised="0")) == 1
    assert ACCURACY.points(facts(own="1", appraised="0")) == d("0.75")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (facts(own="-1"), "Tổng điểm tự chấm"),
        (facts(appraised="-1"), "Tổng điểm thẩm định"),
        (facts(judged="-0.1"), "Điểm chất lượng báo cáo là số âm"),
        (facts(judged="0.51"), "vượt mức 0,5"),
    ],
)
def test_self_accuracy_refuses_facts_off_their_scale(given, message):
    with pytest.raises(FactsError, match=message):
        ACCURACY.points(given)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"early_points": d("0.5")}, "Tổng điểm ba phần"),
        ({"early_points": d("-0.25")}, "không âm"),
        ({"min_days_early": -1}, "Số ngày nộp sớm"),
        ({"tolerance": d("101")}, "Sai số cho phép"),
    ],
)
def test_self_accuracy_refuses_settings_that_make_no_sense(changed, message):
    settings = {"early_points": d("0.25"), "judged_points": d("0.5"), "accurate_points": d("0.25")}

    with pytest.raises(RuleError, match=message):
        SelfAccuracy(d("1"), **(settings | changed))
