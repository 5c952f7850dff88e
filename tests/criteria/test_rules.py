import json
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.exceptions import CriteriaError, FactsRefused, RuleRefused
from criteria.rules import facts_of, kind_label, parameters_of, points_of, rule_of, working
from parindex.scoring.rounding import HUNDRED
from parindex.scoring.rules import (
    RULES,
    Amount,
    BestUnit,
    Boundary,
    Count,
    Deduction,
    Imported,
    KnockOut,
    Levels,
    Linear,
    Manual,
    NamedAmount,
    Parts,
    Ratio,
    RuleKind,
    SelfAccuracy,
    Step,
    Steps,
    Survey,
    Unit,
    YesNo,
)


def d(text):
    return Decimal(text)


@dataclass(frozen=True)
class Leaf:
    """What points_of needs of a criterion."""

    rule_kind: str
    max_points: Decimal
    rule_parameters: dict = field(default_factory=dict)


LEVELS = {
    "levels": [
        {"name": "Hoàn thành xuất sắc", "amount": {"percent": "100"}},
        {"name": "Hoàn thành tốt", "amount": {"percent": "75"}},
        {"name": "Hoàn thành", "amount": "1"},
    ]
}
STEPS = {
    "steps": [
        {"bound": "0", "boundary": "below", "amount": "0.5"},
        {"bound": "10", "boundary": "above", "amount": {"percent": "100"}},
    ]
}
PARTS = {"parts": [{"name": "Kế hoạch", "amount": "0.5"}, {"name": "Báo cáo", "amount": {"percent": "75"}}]}
DEDUCTION = {
    "violations": [{"name": "Báo cáo chậm", "amount": "0.25"}, {"name": "Thiếu báo cáo", "amount": "0.5"}]
}
ACCURACY = {"early_points": "0.25", "judged_points": "0.5", "accurate_points": "0.25"}
INNER_RATIO = {"inner": {"kind": "ratio", "floor": "70"}}

# kind, maximum, parameters, facts, points, the line that explains them
CASES = [
    ("yes_no", "1.5", {}, {"met": True}, "1.5", "Có: 1,50"),
    ("yes_no", "1.5", {}, {"met": False}, "0", "Không: 0,00"),
    (
        "levels",
        "2",
        LEVELS,
        {"level": "Hoàn thành tốt"},
        "1.5",
        "Mức “Hoàn thành tốt”: 75 % × 2,00 = 1,50",
    ),
    ("levels", "2", LEVELS, {"level": "Hoàn thành"}, "1", "Mức “Hoàn thành”: 1,00"),
    (
        "ratio",
        "1.5",
        {},
        {"numerator": "41", "denominator": "50"},
        "1.23",
        "41/50 = 82 %; 41/50 × 1,50 = 1,23",
    ),
    (
        "ratio",
        "1.5",
        {"floor": "90"},
        {"numerator": "41", "denominator": "50"},
        "0",
        "41/50 = 82 %, dưới ngưỡng 90 %: 0,00",
    ),
    (
        "ratio",
        "1.5",
        {"may_exceed": True},
        {"numerator": "60", "denominator": "50"},
        "1.5",
        "60/50 = 120 %, vượt 100 %: 1,50",
    ),
    ("steps", "2", STEPS, {"value": "10"}, "2", "10, thuộc bậc “từ 10 trở lên”: 100 % × 2,00 = 2,00"),
    ("steps", "2", STEPS, {"value": "9,9"}, "0.5", "9,9, thuộc bậc “trên 0”: 0,50"),
    ("steps", "2", STEPS, {"value": "0"}, "0", "0, chưa tới bậc “trên 0”: 0,00"),
    (
        "steps",
        "2",
        STEPS,
        {"numerator": "1", "denominator": "3"},
        "2",
        "1/3 ≈ 33,33 %, thuộc bậc “từ 10 trở lên”: 100 % × 2,00 = 2,00",
    ),
    (
        "linear",
        "1.5",
        {"zero_at": "70", "full_at": "90"},
        {"value": "82"},
        "0.9",
        "(82 − 70)/(90 − 70) × 1,50 = 0,90",
    ),
    (
        "linear",
        "1.5",
        {"zero_at": "70", "full_at": "90"},
        {"numerator": "41", "denominator": "50"},
        "0.9",
        "41/50 = 82 %; (82 − 70)/(90 − 70) × 1,50 = 0,90",
    ),
    (
        "linear",
        "1.5",
        {"zero_at": "70", "full_at": "90"},
        {"value": "95.5"},
        "1.5",
        "95,5, đã tới ngưỡng 90: 1,50",
    ),
    (
        "linear",
        "1.5",
        {"zero_at": "10", "full_at": "-10"},
        {"value": "12"},
        "0",
        "12, chưa qua ngưỡng 10: 0,00",
    ),
    (
        "linear",
        "1",
        {"zero_at": "-10", "full_at": "10"},
        {"value": "5"},
        "0.75",
        "(5 − (−10))/(10 − (−10)) × 1,00 = 0,75",
    ),
    ("count", "2", {"unit_points": "0.5"}, {"count": 3}, "1.5", "3 × 0,50 = 1,50"),
    ("count", "2", {"unit_points": "0.5"}, {"count": "9"}, "2", "9 × 0,50 = 4,50, không quá 2,00"),
    (
        "parts",
        "2",
        PARTS,
        {"met": ["Báo cáo", "Kế hoạch"]},
        "2",
        "Kế hoạch 0,50 + Báo cáo 1,50 = 2,00",
    ),
    ("parts", "2", PARTS, {"met": []}, "0", "Không phần nào đạt: 0,00"),
    (
        "deduction",
        "2",
        DEDUCTION,
        {"counts": {"Báo cáo chậm": 3, "Thiếu báo cáo": 1}},
        "0.75",
        "2,00 − 3 × 0,25 (Báo cáo chậm) − 1 × 0,50 (Thiếu báo cáo) = 0,75",
    ),
    (
        "deduction",
        "0.5",
        DEDUCTION,
        {"counts": {"Báo cáo chậm": 3}},
        "0",
        "0,50 − 3 × 0,25 (Báo cáo chậm) = −0,25, không dưới 0,00",
    ),
    ("deduction", "2", DEDUCTION, {"counts": {}}, "2", "Không có vi phạm: 2,00"),
    (
        "knock_out",
        "1",
        INNER_RATIO,
        {"found": True, "finding": "01 hồ sơ quá hạn báo cáo đúng hạn."},
        "0",
        "Phát hiện: 01 hồ sơ quá hạn báo cáo đúng hạn: 0 điểm",
    ),
    (
        "knock_out",
        "1",
        INNER_RATIO,
        {"found": False, "inner": {"numerator": "9", "denominator": "10"}},
        "0.9",
        "9/10 = 90 %; 9/10 × 1,00 = 0,90",
    ),
    ("manual", "2", {}, {"points": "1,25"}, "1.25", "Chấm trực tiếp 1,25 trên 2,00"),
    ("survey", "2.5", {}, {"index": "89.5"}, "2.2375", "89,5 % × 2,50 = 2,2375"),
    ("survey", "2.5", {}, {"points": "2.2"}, "2.2", "Điểm khảo sát đã công bố 2,20 trên 2,50"),
    ("best_unit", "2", {}, {"value": "40", "greatest": "80"}, "1", "40/80 × 2,00 = 1,00"),
    ("best_unit", "2", {}, {"value": "0", "greatest": "0"}, "0", "Giá trị lớn nhất của nhóm là 0: 0,00"),
    (
        "self_accuracy",
        "1",
        ACCURACY,
        {"days_early": 2, "self_total": "84", "appraised_total": "80", "judged": "0.25"},
        "0.75",
        "Nộp sớm 2 ngày 0,25 + chất lượng 0,25 + sai số 5 % 0,25 = 0,75",
    ),
    (
        "self_accuracy",
        "1",
        ACCURACY,
        {"days_early": -1, "self_total": "90", "appraised_total": "80", "judged": "0.5"},
        "0.5",
        "Nộp muộn 1 ngày 0,00 + chất lượng 0,50 + sai số 12,5 % 0,00 = 0,50",
    ),
    ("imported", "2", {}, {"result": "85"}, "1.7", "85/100 × 2,00 = 1,70"),
    ("imported", "2", {"scale_max": "1"}, {"result": "0.6"}, "1.2", "0,6/1 × 2,00 = 1,20"),
]


@pytest.mark.parametrize(("kind", "maximum", "parameters", "facts", "points", "line"), CASES)
def test_facts_give_points_and_the_line_that_explains_them(kind, maximum, parameters, facts, points, line):
    leaf = Leaf(kind, d(maximum), parameters)
    rule = rule_of(kind, parameters, d(maximum))

    assert points_of(leaf, facts) == d(points)
    assert working(rule, facts_of(rule, facts)) == line


def test_every_kind_has_a_case_and_a_name():
    assert {case[0] for case in CASES} == set(RULES)
    assert len({kind_label(kind) for kind in RuleKind}) == 14


def test_points_are_not_rounded_and_their_line_says_so():
    rule = rule_of("ratio", {}, d("1"))
    facts = facts_of(rule, {"numerator": "1", "denominator": "3"})

    assert rule.points(facts) > d("0.333333333333333333333333333333")
    assert working(rule, facts) == "1/3 ≈ 33,33 %; 1/3 × 1,00 ≈ 0,333333"


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("lucky", {}, "Không có cách chấm “lucky”."),
        ("ratio", {"flor": "70"}, "Cách chấm “Tỷ lệ”: Không có mục “flor”."),
        (
            "ratio",
            {"floor": "1e1"},
            "Cách chấm “Tỷ lệ”: Ngưỡng tối thiểu: “1e1” không phải là số."
            " Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn.",
        ),
        ("ratio", {"floor": 0.5}, "Cách chấm “Tỷ lệ”: Ngưỡng tối thiểu: “0.5” phải ghi dưới dạng chữ."),
        ("ratio", {"floor": "101"}, "Cách chấm “Tỷ lệ”: Ngưỡng tối thiểu của tỷ lệ phải từ 0 đến 100 %."),
        (
            "ratio",
            {"may_exceed": "yes"},
            "Cách chấm “Tỷ lệ”: Cho phép vượt 100 %: “yes” phải là có hoặc không (true, false).",
        ),
        ("count", {}, "Cách chấm “Đếm số lượng”: Chưa có điểm cho mỗi đơn vị đếm."),
        ("levels", {"levels": "Tốt"}, "Cách chấm “Theo mức”: Các mức: Phải là một danh sách."),
        ("levels", {"levels": []}, "Cách chấm “Theo mức”: Quy tắc chưa có mức nào."),
        ("levels", {"levels": [{"name": "Tốt"}]}, "Cách chấm “Theo mức”: Các mức: Chưa có mức điểm."),
        (
            "levels",
            {"levels": [{"name": "Tốt", "amount": {"percent": "150"}}]},
            "Cách chấm “Theo mức”: Mức điểm của “Tốt” phải từ 0 đến điểm tối đa 2.",
        ),
        (
            "steps",
            {"steps": [{"bound": "1", "amount": "1", "boundary": "at"}]},
            "Cách chấm “Bậc”: Các bậc: Cách tính mốc: “at” phải là above (từ mốc trở lên)"
            " hoặc below (trên mốc).",
        ),
        ("steps", {"steps": ["1"]}, "Cách chấm “Bậc”: Các bậc: Phải gồm các mục có tên."),
        (
            "self_accuracy",
            ACCURACY | {"min_days_early": "1.5"},
            "Cách chấm “Tự chấm chính xác, đúng hạn”: Số ngày nộp sớm: “1.5” không phải là số nguyên.",
        ),
        (
            "knock_out",
            {},
            "Cách chấm “Điểm liệt: phát hiện thì 0 điểm”: Chưa có cách chấm khi không có phát hiện.",
        ),
        ("knock_out", {"inner": {"floor": "70"}}, "Không có cách chấm “”."),
        (
            "knock_out",
            {"inner": {"kind": "count"}},
            "Cách chấm “Đếm số lượng”: Chưa có điểm cho mỗi đơn vị đếm.",
        ),
        ("manual", [], "Cách chấm “Chấm trực tiếp”: Phải gồm các mục có tên."),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_and_says_why(kind, parameters, message):
    with pytest.raises(RuleRefused) as refusal:
        rule_of(kind, parameters, d("2"))

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("kind", "parameters", "facts", "message", "name"),
    [
        ("ratio", {}, {}, "Chưa có tử số.", "numerator"),
        ("ratio", {}, {"numerator": "1", "denominator": ""}, "Chưa có mẫu số.", "denominator"),
        (
            "ratio",
            {},
            {"numerator": "1.250,5", "denominator": "2"},
            "Tử số: “1.250,5” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn.",
            "numerator",
        ),
        ("ratio", {}, {"numerator": "3", "denominator": "2"}, "Tử số 3 lớn hơn mẫu số 2.", ""),
        ("manual", {}, {"points": 1.5}, "Điểm: “1.5” phải ghi dưới dạng chữ.", "points"),
        ("manual", {}, {"points": True}, "Điểm: “True” phải ghi dưới dạng chữ.", "points"),
        ("manual", {}, {"points": "2.5"}, "Điểm 2,5 vượt điểm tối đa 2.", ""),
        ("manual", {}, {"point": "1"}, "Không có mục “point”.", "point"),
        (
            "yes_no",
            {},
            {"met": "có"},
            "Câu trả lời có hay không: “có” phải là có hoặc không (true, false).",
            "met",
        ),
        (
            "count",
            {"unit_points": "1"},
            {"count": "1.5"},
            "Số lượng: “1.5” không phải là số nguyên.",
            "count",
        ),
        (
            "linear",
            {"zero_at": "70", "full_at": "90"},
            {"value": "80", "numerator": "3", "denominator": "4"},
            "Chỉ ghi một cách: giá trị; hoặc tử số, mẫu số.",
            "value",
        ),
        ("levels", LEVELS, {"level": 3}, "Mức: “3” phải ghi dưới dạng chữ.", "level"),
        ("levels", LEVELS, {"level": "Khá"}, "Mức “Khá” không có trong thang điểm.", ""),
        (
            "survey",
            {},
            {"index": "80", "points": "1"},
            "Chỉ ghi một cách: chỉ số khảo sát; hoặc điểm.",
            "index",
        ),
        ("knock_out", INNER_RATIO, {"found": False}, "Chưa có số liệu để tính điểm.", ""),
        ("knock_out", INNER_RATIO, {"found": True}, "Phải ghi rõ nội dung phát hiện khi cho 0 điểm.", ""),
        ("knock_out", INNER_RATIO, {"inner": {"numerator": "1"}}, "Chưa có mẫu số.", "denominator"),
        ("manual", {}, ["1"], "Phải gồm các mục có tên.", ""),
    ],
)
def test_facts_that_cannot_be_used_are_refused_and_name_the_entry(kind, parameters, facts, message, name):
    with pytest.raises(FactsRefused) as refusal:
        points_of(Leaf(kind, d("2"), parameters), facts)

    assert str(refusal.value) == message
    assert refusal.value.field == name


def test_both_refusals_are_errors_of_this_app():
    assert issubclass(RuleRefused, CriteriaError)
    assert issubclass(FactsRefused, CriteriaError)


def test_a_finding_makes_the_inner_facts_irrelevant():
    leaf = Leaf("knock_out", d("1"), INNER_RATIO)
    facts = {"found": True, "finding": "Báo cáo sai", "inner": {"numerator": "chưa rõ"}}

    assert points_of(leaf, facts) == 0


# Any rule that the kernel accepts comes back from its JSON -------------------------------------------------

maxima = st.decimals("0.25", "40", places=2)
shares = st.decimals("0", "100", places=3)
values = st.decimals("-1000", "1000", places=3)
names = st.lists(
    st.text(min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=4, unique_by=str.strip
)


@st.composite
def amounts(draw, maximum):
    share = draw(shares)
    if draw(st.booleans()):
        return Amount(share, Unit.PERCENT)
    return Amount((maximum * share / HUNDRED).quantize(d("0.000001")))


@st.composite
def named_amounts(draw, maximum):
    return tuple(NamedAmount(name, draw(amounts(maximum))) for name in draw(names))


@st.composite
def steps(draw, maximum):
    bounds = sorted(draw(st.sets(values, min_size=1, max_size=4)))
    return tuple(Step(bound, draw(amounts(maximum)), draw(st.sampled_from(Boundary))) for bound in bounds)


@st.composite
def self_accuracies(draw):
    parts = draw(st.tuples(maxima, maxima, maxima))
    return SelfAccuracy(sum(parts), *parts, min_days_early=draw(st.integers(0, 9)), tolerance=draw(shares))


@st.composite
def lines(draw, maximum):
    zero_at, full_at = draw(st.lists(values, min_size=2, max_size=2, unique=True))
    return Linear(maximum, zero_at, full_at)


def ordinary_rules(maximum):
    return st.one_of(
        st.sampled_from([YesNo(maximum), Manual(maximum), Survey(maximum), BestUnit(maximum)]),
        st.builds(Levels, st.just(maximum), named_amounts(maximum)),
        st.builds(Ratio, st.just(maximum), st.none() | shares, st.booleans()),
        st.builds(Steps, st.just(maximum), steps(maximum), amounts(maximum)),
        lines(maximum),
        st.builds(Count, st.just(maximum), maxima),
        st.builds(Parts, st.just(maximum), named_amounts(maximum)),
        st.builds(Deduction, st.just(maximum), named_amounts(maximum)),
        st.builds(Imported, st.just(maximum), maxima),
        self_accuracies(),
    )


rules = maxima.flatmap(ordinary_rules).flatmap(lambda rule: st.sampled_from([rule, KnockOut(rule)]))


@given(rule=rules)
@settings(max_examples=200)
def test_a_rule_comes_back_from_its_parameters(rule):
    written = json.loads(json.dumps(parameters_of(rule)))

    assert rule_of(rule.kind.value, written, rule.max_points) == rule


def test_what_equals_its_default_is_not_written():
    assert parameters_of(Ratio(d("1"))) == {}
    assert parameters_of(KnockOut(Ratio(d("1"), floor=d("70.00")))) == {
        "inner": {"kind": "ratio", "floor": "70"}
    }
