import pytest
from hypothesis import given
from hypothesis import strategies as st

from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rounding import round_half_up
from parindex.scoring.survey import (
    GroupIndex,
    MeanLevel,
    MeanWeight,
    SatisfiedShare,
    index_points,
    margin_of_error,
    weighted_index,
)
from tests.scoring.amounts import QUICK, d, decimals

SATISFIED = SatisfiedShare(frozenset({"hài lòng", "rất hài lòng"}))
WEIGHTS = MeanWeight({"tốt": d("100"), "khá": d("60"), "trung bình": d("20"), "kém": d("0")})
LEVELS = MeanLevel({str(level): d(str(level)) for level in range(1, 6)}, scale_max=d("5"))


def test_share_of_satisfied_and_very_satisfied_over_valid_answers():
    counts = {"rất hài lòng": 50, "hài lòng": 39, "bình thường": 9, "không hài lòng": 2}

    assert SATISFIED.index(counts) == 89


def test_mean_of_the_weights_of_the_options():
    assert WEIGHTS.index({"tốt": 5, "khá": 3, "trung bình": 1, "kém": 1}) == 70


def test_mean_level_over_the_highest_level():
    assert LEVELS.index({"5": 6, "4": 3, "3": 1}) == 90


@pytest.mark.parametrize("method", [SATISFIED, WEIGHTS, LEVELS])
def test_without_a_valid_answer_there_is_no_index(method):
    assert method.index({}) is None


@pytest.mark.parametrize(("method", "option"), [(SATISFIED, "hài lòng"), (WEIGHTS, "tốt"), (LEVELS, "5")])
def test_a_negative_count_is_refused(method, option):
    with pytest.raises(FactsError, match="số âm"):
        method.index({option: -1})


@pytest.mark.parametrize("method", [WEIGHTS, LEVELS])
def test_an_option_without_a_value_is_refused(method):
    with pytest.raises(FactsError, match="“không rõ” không có trong thang đo"):
        method.index({"không rõ": 1})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: SatisfiedShare(frozenset()), "hài lòng"),
        (lambda: MeanWeight({}), "Chưa có trọng số"),
        (lambda: MeanWeight({"tốt": d("101")}), "từ 0 đến 100"),
        (lambda: MeanLevel({"1": d("1")}, d("0")), "số dương"),
        (lambda: MeanLevel({}, d("5")), "Chưa có mức"),
        (lambda: MeanLevel({"6": d("6")}, d("5")), "mức cao nhất"),
    ],
)
def test_a_method_that_makes_no_sense_is_refused(build, message):
    with pytest.raises(RuleError, match=message):
        build()


def test_groups_of_respondents_count_by_their_weight():
    leaders, citizens = GroupIndex(d("95"), d("1")), GroupIndex(d("80"), d("2"))

    assert weighted_index([leaders, citizens]) == 85


def test_a_weighted_group_without_index_leaves_the_whole_without_index():
    assert weighted_index([GroupIndex(d("95"), d("1")), GroupIndex(None, d("2"))]) is None
    assert weighted_index([GroupIndex(d("95"), d("1")), GroupIndex(None, d("0"))]) == 95


def test_groups_need_a_weight():
    with pytest.raises(FactsError, match="Không có nhóm"):
        weighted_index([GroupIndex(d("95"), d("0"))])
    with pytest.raises(FactsError, match="số âm"):
        weighted_index([GroupIndex(d("95"), d("-1"))])


@pytest.mark.parametrize(
    ("index", "maximum", "points"),
    [("89", "1.00", "0.89"), ("94.8", "2.50", "2.37"), ("93.6", "2.50", "2.34"), ("92.7", "10", "9.27")],
)
def test_points_of_a_factor_are_its_maximum_times_its_index(index, maximum, points):
    assert index_points(d(index), d(maximum)) == d(points)


@pytest.mark.parametrize(
    ("share", "valid", "population", "margin"),
    [
        ("50", 384, None, "5.00"),
        ("89", 100, None, "6.13"),
        ("89", 100, 400, "5.32"),
        ("89", 400, 400, "0.00"),
        ("100", 30, None, "0.00"),
        ("50", 1, 1, "0.00"),
    ],
)
def test_margin_of_a_share_at_95_percent(share, valid, population, margin):
    assert round_half_up(margin_of_error(d(share), valid, population), 2) == d(margin)


def test_without_a_valid_form_there_is_no_margin():
    assert margin_of_error(d("0"), 0) is None


@pytest.mark.parametrize(
    ("share", "valid", "population", "message"),
    [
        ("101", 10, None, "lớn hơn 100"),
        ("-1", 10, None, "âm"),
        ("50", -1, None, "âm"),
        ("50", 10, 9, "Tổng thể"),
    ],
)
def test_a_margin_of_nonsense_is_refused(share, valid, population, message):
    with pytest.raises(FactsError, match=message):
        margin_of_error(d(share), valid, population)


@given(counts=st.dictionaries(st.sampled_from(list("12345")), st.integers(1, 500), min_size=1))
@QUICK
def test_an_index_lies_between_0_and_100(counts):
    assert 0 <= LEVELS.index(counts) <= 100


@given(share=decimals("0", "100"), valid=st.integers(1, 5000))
@QUICK
def test_more_valid_forms_never_widen_the_margin(share, valid):
    assert margin_of_error(share, valid + 1) <= margin_of_error(share, valid)
