"""What holds for every rule: points lie between 0 and the maximum, and better never scores less."""

from hypothesis import given
from hypothesis import strategies as st

from parindex.scoring.rules import (
    Amount,
    BestUnit,
    BestUnitFacts,
    Boundary,
    Count,
    CountFacts,
    Deduction,
    DeductionFacts,
    Imported,
    ImportedFacts,
    IndexFacts,
    KnockOut,
    KnockOutFacts,
    LevelFacts,
    Levels,
    Linear,
    Manual,
    NamedAmount,
    Parts,
    PartsFacts,
    PointsFacts,
    Ratio,
    RatioFacts,
    SelfAccuracy,
    SelfAccuracyFacts,
    Step,
    Steps,
    Survey,
    Unit,
    ValueFacts,
    YesNo,
    YesNoFacts,
)
from tests.scoring.amounts import QUICK, d, decimals, maxima

HALF = Amount(d("50"), Unit.PERCENT)
WHOLE = Amount(d("100"), Unit.PERCENT)
NAMES = ("một", "hai", "ba")
shares = decimals("0", "100")


def assert_better_never_scores_less(rule, worse, better):
    """Both facts give points between 0 and the maximum, and the better facts at least as many."""
    low, high = rule.points(worse), rule.points(better)

    assert 0 <= low <= high <= rule.max_points


@given(maximum=maxima)
@QUICK
def test_yes_is_never_less_than_no(maximum):
    assert_better_never_scores_less(YesNo(maximum), YesNoFacts(met=False), YesNoFacts(met=True))


@given(maximum=maxima, amounts=st.tuples(shares, shares).map(sorted))
@QUICK
def test_a_higher_level_never_scores_less(maximum, amounts):
    levels = (
        NamedAmount("thấp", Amount(amounts[0], Unit.PERCENT)),
        NamedAmount("cao", Amount(amounts[1], Unit.PERCENT)),
    )

    assert_better_never_scores_less(Levels(maximum, levels), LevelFacts("thấp"), LevelFacts("cao"))


@given(
    maximum=maxima, whole=decimals("100", "900", 0), parts=st.tuples(shares, shares).map(sorted), floor=shares
)
@QUICK
def test_a_higher_ratio_never_scores_less(maximum, whole, parts, floor):
    facts = [RatioFacts(part, whole) for part in parts]

    assert_better_never_scores_less(Ratio(maximum, floor=floor), *facts)


@given(maximum=maxima, parts=st.tuples(decimals("0", "300"), decimals("0", "300")).map(sorted))
@QUICK
def test_a_ratio_that_may_exceed_stays_under_the_maximum(maximum, parts):
    facts = [RatioFacts(part, d("100")) for part in parts]

    assert_better_never_scores_less(Ratio(maximum, may_exceed=True), *facts)


@given(maximum=maxima, values=st.tuples(decimals("-50", "150"), decimals("-50", "150")).map(sorted))
@QUICK
def test_a_higher_value_never_scores_less_on_rising_steps(maximum, values):
    rule = Steps(maximum, (Step(d("0"), HALF, Boundary.BELOW), Step(d("10"), WHOLE)))

    assert_better_never_scores_less(rule, *(ValueFacts(value) for value in values))


@given(maximum=maxima, values=st.tuples(decimals("-50", "150"), decimals("-50", "150")).map(sorted))
@QUICK
def test_a_value_nearer_to_full_never_scores_less_on_a_line(maximum, values):
    facts = [ValueFacts(value) for value in values]

    assert_better_never_scores_less(Linear(maximum, d("33.3"), d("90")), *facts)
    assert_better_never_scores_less(Linear(maximum, d("90"), d("33.3")), *reversed(facts))


@given(maximum=maxima, unit=decimals("0.05", "3", 2), counts=st.tuples(*[st.integers(0, 60)] * 2).map(sorted))
@QUICK
def test_one_more_never_scores_less(maximum, unit, counts):
    assert_better_never_scores_less(Count(maximum, unit), *(CountFacts(count) for count in counts))


@given(maximum=maxima, met=st.frozensets(st.sampled_from(NAMES)), more=st.frozensets(st.sampled_from(NAMES)))
@QUICK
def test_more_parts_never_score_less(maximum, met, more):
    rule = Parts(maximum, tuple(NamedAmount(name, HALF) for name in NAMES))

    assert_better_never_scores_less(rule, PartsFacts(met), PartsFacts(met | more))


@given(maximum=maxima, violations=st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9)))
@QUICK
def test_fewer_violations_never_score_less(maximum, violations):
    rule = Deduction(maximum, tuple(NamedAmount(name, Amount(d("0.25"))) for name in NAMES))
    fewer = {name: count // 2 for name, count in violations.items()}

    assert_better_never_scores_less(rule, DeductionFacts(violations), DeductionFacts(fewer))


@given(maximum=maxima, part=shares)
@QUICK
def test_no_finding_never_scores_less_than_a_finding(maximum, part):
    facts = RatioFacts(part, d("100"))

    assert_better_never_scores_less(
        KnockOut(Ratio(maximum)),
        KnockOutFacts(facts, found=True, finding="Sai số liệu"),
        KnockOutFacts(facts),
    )


@given(maximum=maxima, given_shares=st.tuples(shares, shares).map(sorted))
@QUICK
def test_more_points_or_a_higher_result_never_score_less(maximum, given_shares):
    by_hand = [PointsFacts(maximum * share / 100) for share in given_shares]

    assert_better_never_scores_less(Manual(maximum), *by_hand)
    assert_better_never_scores_less(Survey(maximum), *by_hand)
    assert_better_never_scores_less(Survey(maximum), *(IndexFacts(share) for share in given_shares))
    assert_better_never_scores_less(Imported(maximum), *(ImportedFacts(share) for share in given_shares))
    assert_better_never_scores_less(
        BestUnit(maximum), *(BestUnitFacts(share, d("100")) for share in given_shares)
    )


@given(
    days=st.tuples(*[st.integers(-9, 9)] * 2).map(sorted),
    judged=st.tuples(*[decimals("0", "0.5")] * 2).map(sorted),
    errors=st.tuples(shares, shares).map(sorted),
)
@QUICK
def test_earlier_better_and_more_accurate_never_scores_less(days, judged, errors):
    rule = SelfAccuracy(d("1"), d("0.25"), d("0.5"), d("0.25"))
    worse = SelfAccuracyFacts(days[0], d("80") + errors[1], d("80"), judged[0])
    better = SelfAccuracyFacts(days[1], d("80") + errors[0], d("80"), judged[1])

    assert_better_never_scores_less(rule, worse, better)
