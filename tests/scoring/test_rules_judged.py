"""Yes/no, levels, parts, deduction, knock-out, manual, survey."""

import pytest

from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rules import (
    Amount,
    Deduction,
    DeductionFacts,
    IndexFacts,
    KnockOut,
    KnockOutFacts,
    LevelFacts,
    Levels,
    Manual,
    NamedAmount,
    Parts,
    PartsFacts,
    PointsFacts,
    Ratio,
    RatioFacts,
    Survey,
    Unit,
    YesNo,
    YesNoFacts,
)
from tests.scoring.amounts import d


def points(name: str, amount: str) -> NamedAmount:
    return NamedAmount(name, Amount(d(amount)))


def percent(name: str, amount: str) -> NamedAmount:
    return NamedAmount(name, Amount(d(amount), Unit.PERCENT))


COMPLETION = Levels(
    d("3"),
    (percent("Hoàn thành xuất sắc", "100"), percent("Hoàn thành tốt", "75"), percent("Hoàn thành", "50")),
)
LATE_REPORTS = Deduction(d("1"), (points("Báo cáo chậm", "0.25"), points("Báo cáo thiếu nội dung", "0.5")))


def test_yes_gives_the_maximum_and_no_gives_nothing():
    assert YesNo(d("1.5")).points(YesNoFacts(met=True)) == d("1.5")
    assert YesNo(d("1.5")).points(YesNoFacts(met=False)) == 0


@pytest.mark.parametrize("maximum", ["-1", "NaN", "Infinity"])
def test_a_maximum_must_be_a_number_and_not_negative(maximum):
    for rule in (YesNo, Manual, Survey, Ratio):
        with pytest.raises(RuleError, match="Điểm tối đa"):
            rule(d(maximum))


@pytest.mark.parametrize(
    ("level", "expected"), [("Hoàn thành xuất sắc", "3"), ("Hoàn thành tốt", "2.25"), ("Hoàn thành", "1.5")]
)
def test_a_level_gives_its_percentage_of_the_maximum(level, expected):
    assert COMPLETION.points(LevelFacts(level)) == d(expected)


def test_a_level_may_be_written_in_points():
    rule = Levels(d("3"), (points("Tốt", "3"), points("Đạt", "1.75"), points("Không đạt", "0")))

    assert rule.points(LevelFacts("Đạt")) == d("1.75")


def test_a_level_that_the_scale_does_not_have_is_refused():
    with pytest.raises(FactsError, match="Mức “Khá” không có trong thang điểm"):
        COMPLETION.points(LevelFacts("Khá"))


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ((), "chưa có mức nào"),
        ((points(" ", "1"),), "chưa đặt tên"),
        ((points("Tốt", "1"), points("Tốt", "2")), "bị trùng"),
        ((points("Tốt", "3.5"),), "Mức điểm của “Tốt”"),
        ((percent("Tốt", "101"),), "Mức điểm của “Tốt”"),
        ((points("Tốt", "-1"),), "Mức điểm của “Tốt”"),
        ((points("Tốt", "NaN"),), "Mức điểm của “Tốt”"),
    ],
)
def test_levels_that_make_no_scale_are_refused(levels, message):
    with pytest.raises(RuleError, match=message):
        Levels(d("3"), levels)


def test_two_conditions_bring_half_of_the_maximum_each():
    rule = Parts(d("1.5"), (percent("Ban hành kế hoạch", "50"), percent("Đúng thời hạn", "50")))

    assert rule.points(PartsFacts(frozenset())) == 0
    assert rule.points(PartsFacts(frozenset({"Ban hành kế hoạch"}))) == d("0.75")
    assert rule.points(PartsFacts(frozenset({"Ban hành kế hoạch", "Đúng thời hạn"}))) == d("1.5")


def test_parts_together_never_exceed_the_maximum():
    rule = Parts(d("2"), (points("Cấp tỉnh", "1.5"), points("Cấp huyện", "1")))

    assert rule.points(PartsFacts(frozenset({"Cấp tỉnh", "Cấp huyện"}))) == 2


def test_parts_refuse_an_unknown_part_and_a_part_above_the_maximum():
    with pytest.raises(FactsError, match="Phần “Khác” không có"):
        Parts(d("2"), (points("Cấp tỉnh", "1"),)).points(PartsFacts(frozenset({"Khác"})))
    with pytest.raises(RuleError, match="Cấp tỉnh"):
        Parts(d("2"), (points("Cấp tỉnh", "2.5"),))


def test_each_late_report_costs_a_quarter_of_a_point_down_to_zero():
    assert LATE_REPORTS.points(DeductionFacts({})) == 1
    assert LATE_REPORTS.points(DeductionFacts({"Báo cáo chậm": 3})) == d("0.25")
    assert LATE_REPORTS.points(DeductionFacts({"Báo cáo chậm": 1, "Báo cáo thiếu nội dung": 1})) == d("0.25")
    assert LATE_REPORTS.points(DeductionFacts({"Báo cáo chậm": 9})) == 0


def test_deduction_refuses_an_unknown_violation_and_a_negative_count():
    with pytest.raises(FactsError, match="“Nộp nhầm” không có"):
        LATE_REPORTS.points(DeductionFacts({"Nộp nhầm": 1}))
    with pytest.raises(FactsError, match="Số lần vi phạm “Báo cáo chậm” là số âm"):
        LATE_REPORTS.points(DeductionFacts({"Báo cáo chậm": -1}))


def test_one_violation_may_cost_more_than_the_maximum_but_not_less_than_nothing():
    grave = Deduction(d("1"), (points("Vi phạm nghiêm trọng", "2"),))

    assert grave.points(DeductionFacts({"Vi phạm nghiêm trọng": 1})) == 0
    with pytest.raises(RuleError, match="không âm"):
        Deduction(d("1"), (points("Báo cáo chậm", "-0.25"),))


def test_one_overdue_file_reported_as_on_time_gives_nothing():
    on_time = KnockOut(Ratio(d("2")))
    facts = RatioFacts(d("99"), d("100"))
    finding = "Biên bản kiểm tra ngày 12/9/2022: 01 hồ sơ quá hạn báo cáo là đúng hạn"

    assert on_time.max_points == 2
    assert on_time.points(KnockOutFacts(facts)) == d("1.98")
    assert on_time.points(KnockOutFacts(facts, found=True, finding=finding)) == 0
    assert on_time.points(KnockOutFacts(None, found=True, finding=finding)) == 0


def test_a_knock_out_needs_its_finding_on_record():
    with pytest.raises(FactsError, match="Phải ghi rõ nội dung phát hiện"):
        KnockOut(YesNo(d("2"))).points(KnockOutFacts(YesNoFacts(met=True), found=True, finding="  "))


def test_a_knock_out_without_finding_needs_the_inner_facts():
    with pytest.raises(FactsError, match="Chưa có số liệu"):
        KnockOut(YesNo(d("2"))).points(KnockOutFacts(None))


def test_points_entered_by_hand_stand_as_entered():
    assert Manual(d("2")).points(PointsFacts(d("1.375"))) == d("1.375")


@pytest.mark.parametrize(
    ("entered", "message"),
    [("2.01", "Điểm 2,01 vượt điểm tối đa 2"), ("-0.5", "Điểm là số âm"), ("NaN", "không phải là số")],
)
def test_points_outside_zero_and_the_maximum_are_refused(entered, message):
    for rule in (Manual(d("2")), Survey(d("2"))):
        with pytest.raises(FactsError, match=message):
            rule.points(PointsFacts(d(entered)))


def test_a_survey_leaf_takes_an_index_or_announced_points():
    assert Survey(d("2.5")).points(IndexFacts(d("93.6"))) == d("2.34")
    assert Survey(d("10")).points(PointsFacts(d("9.27"))) == d("9.27")


@pytest.mark.parametrize(("index", "message"), [("100.1", "lớn hơn 100 %"), ("-1", "là số âm")])
def test_a_survey_index_off_the_percent_scale_is_refused(index, message):
    with pytest.raises(FactsError, match=message):
        Survey(d("2.5")).points(IndexFacts(d(index)))
