"""Scoring words of decisions: which typed rule they state, and which words are left to a person."""

from decimal import Decimal
from typing import Any

import pytest

from criteria.rules import points_of
from criteria.workbooks.wording import Line, has_amounts, recognise
from tests.criteria.workbook_files import HEADER, Row, codes, criterion, kinds, read_rows, read_table

Rule = tuple[str, dict[str, Any]]

HALF = {"percent": "50"}
WHOLE = {"percent": "100"}


def rule(words: str, most: str) -> Rule | None:
    found = recognise([Line(words)], Decimal(most))
    return (found.kind, dict(found.parameters)) if found else None


def levels(**amounts: str) -> Rule:
    names = [name.replace("_", " ") for name in amounts]
    return "levels", {
        "levels": [
            {"name": name, "amount": amount} for name, amount in zip(names, amounts.values(), strict=True)
        ]
    }


def steps(*bounds: tuple[Any, ...], base: Any = None) -> Rule:
    """Bounds with amounts from the lowest up; a third member is "below" where the bound is left out."""
    written = [
        {"bound": bound, "amount": amount} | ({"boundary": side[0]} if side else {})
        for bound, amount, *side in bounds
    ]
    return "steps", {"steps": written} | ({"base": base} if base else {})


def deduction(**amounts: str) -> Rule:
    names = [name.replace("_", " ") for name in amounts]
    return "deduction", {
        "violations": [{"name": n, "amount": a} for n, a in zip(names, amounts.values(), strict=True)]
    }


RATIO: Rule = ("ratio", {})
YES_NO: Rule = ("yes_no", {})


@pytest.mark.parametrize(
    ("most", "words", "expected"),
    [
        (
            "1",
            "Ban hành đúng hạn: 1\nChậm dưới 10 ngày: 0,5\nKhông ban hành: 0",
            levels(Ban_hành_đúng_hạn="1", Chậm_dưới_10_ngày="0.5", Không_ban_hành="0"),
        ),
        (
            "1",
            "Ban hành đúng hạn 1 điểm, chậm dưới 10 ngày 0,5 điểm, không ban hành 0 điểm",
            levels(Ban_hành_đúng_hạn="1", chậm_dưới_10_ngày="0.5", không_ban_hành="0"),
        ),
        (
            "1",
            "Trước ngày 15: 1 điểm; từ ngày 16 đến ngày 20: 0,5 điểm; sau ngày 20: 0 điểm",
            levels(Trước_ngày_15="1", từ_ngày_16_đến_ngày_20="0.5", sau_ngày_20="0"),
        ),
        (
            "1",
            "Đúng hạn: 1\nChậm từ 1 đến 5 ngày: 0,5\nChậm trên 5 ngày: 0",
            levels(Đúng_hạn="1", Chậm_từ_1_đến_5_ngày="0.5", Chậm_trên_5_ngày="0"),
        ),
        (
            "1",
            "Không có văn bản trái pháp luật: 1; có văn bản trái pháp luật: 0",
            levels(Không_có_văn_bản_trái_pháp_luật="1", có_văn_bản_trái_pháp_luật="0"),
        ),
        ("1", "Tốt: 1, Khá: 0,75, Yếu: 0", levels(Tốt="1", Khá="0.75", Yếu="0")),
        (
            "1",
            "Thực hiện tốt (1 điểm); thực hiện chưa tốt (0,5 điểm); không thực hiện (0 điểm)",
            levels(Thực_hiện_tốt="1", thực_hiện_chưa_tốt="0.5", không_thực_hiện="0"),
        ),
        (
            "2",
            "Đầy đủ: điểm tối đa; một phần: 1/2 × điểm tối đa; không thực hiện: không tính điểm",
            levels(Đầy_đủ=WHOLE, một_phần=HALF, không_thực_hiện="0"),  # type: ignore[arg-type]
        ),
        (
            "2",
            "Hoàn thành xuất sắc: 100% điểm tối đa; tốt: ½ điểm tối đa",
            levels(Hoàn_thành_xuất_sắc=WHOLE, tốt=HALF),  # type: ignore[arg-type]
        ),
        ("1", "Có: 1; Không: 0", YES_NO),
        ("1", "Có ban hành: 1 điểm, không ban hành: 0 điểm", YES_NO),
        ("1", "- Đạt yêu cầu: 1,0 điểm.\n- Không đạt yêu cầu: 0 điểm.", YES_NO),
        ("2", "Ban hành: điểm tối đa; không: 0", YES_NO),
        (
            "1",
            "0,5 điểm nếu ban hành đúng hạn; 0,5 điểm nếu đủ nội dung",
            (
                "parts",
                {
                    "parts": [
                        {"name": "ban hành đúng hạn", "amount": "0.5"},
                        {"name": "đủ nội dung", "amount": "0.5"},
                    ]
                },
            ),
        ),
    ],
)
def test_lines_with_points_are_levels(most: str, words: str, expected: Rule) -> None:
    assert rule(words, most) == expected


@pytest.mark.parametrize(
    ("most", "words", "expected"),
    [
        (
            "1",
            "Từ 90 % trở lên: 1; từ 70 % đến dưới 90 %: 0,5; dưới 70 %: 0",
            steps(("70", "0.5"), ("90", "1")),
        ),
        (
            "1",
            "Đạt 100% kế hoạch: 1\nTừ 80% - dưới 100% kế hoạch: 0,5\nDưới 80% kế hoạch: 0",
            steps(("80", "0.5"), ("100", "1")),
        ),
        (
            "1",
            "Trên 95%: 1\nTừ 90% đến 95%: 0,75\nTừ 80% đến dưới 90%: 0,5\nCòn lại: 0",
            steps(("80", "0.5"), ("90", "0.75"), ("95", "1", "below")),
        ),
        ("2", "Từ 95%-100%: 2đ; 90%-<95%: 1đ; <90%: 0đ", steps(("90", "1"), ("95", "2"))),
        (
            "1",
            "95% ≤ tỷ lệ ≤ 100%: 1; 90% ≤ tỷ lệ < 95%: 0,5; < 90%: 0",
            steps(("90", "0.5"), ("95", "1")),
        ),
        ("2", "Tăng từ 10 % trở lên: 2; dưới: 0", steps(("10", "2"))),
        (
            "1",
            "Dưới 5 hồ sơ trễ hạn: 1; từ 5 đến 10 hồ sơ trễ hạn: 0,5; trên 10 hồ sơ trễ hạn: 0",
            steps(("5", "0.5"), ("10", "0", "below"), base="1"),
        ),
        (
            "2",
            "Từ 3 sáng kiến trở lên: 2; 2 sáng kiến: 1,5; 1 sáng kiến: 1; không có: 0",
            steps(("1", "1"), ("2", "1.5"), ("3", "2")),
        ),
        (
            "1",
            "Từ 80% trở lên: điểm tối đa; từ 50% đến dưới 80%: 1/2 × điểm tối đa; dưới 50%: 0 điểm",
            steps(("50", HALF), ("80", WHOLE)),
        ),
    ],
)
def test_thresholds_that_cover_every_value_are_steps(most: str, words: str, expected: Rule) -> None:
    assert rule(words, most) == expected


@pytest.mark.parametrize(
    ("most", "words", "expected"),
    [
        ("1", "Tính điểm theo công thức b/a × điểm tối đa", RATIO),
        ("1", "(b/a) x Điểm tối đa", RATIO),
        ("1", "b*điểm tối đa/a", RATIO),
        ("2", "Điểm = (b/a) * 2", RATIO),
        ("1", "Tính theo tỷ lệ hồ sơ: b/a x điểm tối đa (a: tổng số hồ sơ; b: số đúng hạn)", RATIO),
        ("1", "tỷ lệ % × điểm chuẩn/100%", RATIO),
        ("1.5", "(Số hồ sơ đúng hạn : Tổng số hồ sơ) × 1,5", RATIO),
        ("1", "Số văn bản đã xử lý / Tổng số văn bản phải xử lý x điểm tối đa", RATIO),
        (
            "1",
            "Tính tỷ lệ % số nhiệm vụ hoàn thành so với kế hoạch.\n"
            "Điểm đánh giá được tính theo công thức: b/a x 1,00\n"
            "Trong đó: a là tổng số nhiệm vụ; b là số nhiệm vụ đã hoàn thành.\n"
            "Nếu tỷ lệ b/a < 0,8 thì điểm đánh giá là 0",
            ("ratio", {"floor": "80"}),
        ),
        (
            "1",
            "Nếu đạt tỷ lệ từ 80% - 100% thì điểm đánh giá được tính theo công thức: "
            "(Tỷ lệ % hoàn thành x điểm tối đa)/100%. Nếu đạt tỷ lệ dưới 80% thì điểm đánh giá là 0",
            ("ratio", {"floor": "80"}),
        ),
        (
            "1",
            "- Từ 70% trở lên: Tính theo công thức:\nTỷ lệ hoàn thành x Điểm tối đa\n- Dưới 70%: 0",
            ("ratio", {"floor": "70"}),
        ),
        (
            "1",
            "Tỷ lệ đúng hạn b/a × điểm tối đa. Phát hiện 01 hồ sơ quá hạn nhưng báo cáo đúng hạn thì 0 điểm",
            ("knock_out", {"inner": {"kind": "ratio"}}),
        ),
        ("2", "Số sáng kiến/số sáng kiến của đơn vị cao nhất × điểm tối đa", ("best_unit", {})),
        ("10", "điểm quy đổi từ Chỉ số SIPAS", ("survey", {})),
        ("10", "Chỉ số SIPAS × điểm tối đa", ("survey", {})),
        (
            "3",
            "Điểm quy đổi từ kết quả Chỉ số chuyển đổi số (thang điểm 1000)",
            ("imported", {"scale_max": "1000"}),
        ),
    ],
)
def test_formulas(most: str, words: str, expected: Rule) -> None:
    assert rule(words, most) == expected


@pytest.mark.parametrize(
    ("most", "words", "expected"),
    [
        ("2", "mỗi sáng kiến được 0,5 điểm, tối đa 2", ("count", {"unit_points": "0.5"})),
        ("2", "Mỗi sáng kiến được 0,5 điểm; tối đa không quá 2 điểm.", ("count", {"unit_points": "0.5"})),
        ("1", "0,5đ/sáng kiến, tối đa 1đ", ("count", {"unit_points": "0.5"})),
        ("1", "mỗi văn bản 0,2 điểm nhưng không quá 1 điểm", ("count", {"unit_points": "0.2"})),
        ("1", "mỗi báo cáo chậm trừ 0,25", deduction(Báo_cáo_chậm="0.25")),
        ("1", "Mỗi báo cáo chậm trừ 0,25 điểm, trừ tối đa 1 điểm", deduction(Báo_cáo_chậm="0.25")),
        ("1", "Mỗi báo cáo chậm bị trừ 0,25 điểm (tối đa trừ 1 điểm)", deduction(Báo_cáo_chậm="0.25")),
        ("1", "Trừ 0,25 điểm/báo cáo chậm", deduction(Báo_cáo_chậm="0.25")),
        ("1", "Báo cáo chậm trừ 0,25 điểm mỗi lần", deduction(Báo_cáo_chậm="0.25")),
        ("1", "Mỗi lần chậm trừ 0,2 điểm cho đến hết số điểm", deduction(Chậm="0.2")),
        (
            "1",
            "Đủ, đúng hạn: 1 điểm; chậm 01 báo cáo trừ 0,25 điểm; thiếu 01 báo cáo trừ 0,5 điểm",
            deduction(Chậm_01_báo_cáo="0.25", Thiếu_01_báo_cáo="0.5"),
        ),
        ("1", "Điểm tối đa: 1 điểm. Mỗi lỗi trừ 0,1 điểm", deduction(Lỗi="0.1")),
    ],
)
def test_counts_and_deductions(most: str, words: str, expected: Rule) -> None:
    assert rule(words, most) == expected


@pytest.mark.parametrize(
    ("most", "words"),
    [
        ("1", "Từ 90% trở lên: 1; từ 70% đến dưới 90%: 0,5"),
        ("1", "Từ 90%: 1; từ 70% đến 89%: 0,5; dưới 70%: 0"),
        ("1", "Từ 80% đến 90%: 0,5; từ 90% đến 100%: 1; dưới 80%: 0"),
        ("2", "Từ 90% trở lên: 1; từ 70% đến dưới 90%: 0,5; dưới 70%: 0"),
        ("1", "Từ 90% trở lên và có báo cáo: 1; từ 70% đến dưới 90%: 0,5; dưới 70%: 0"),
        ("1", "Từ 90% trở lên: 1; từ 70% đến dưới 90%: 0,5; không báo cáo: 0"),
        ("1", "Đạt từ 80% trở lên: 1; dưới 80%: tính theo công thức b/a × điểm tối đa"),
        ("1", "Mỗi báo cáo chậm trừ 0,25 điểm, trừ tối đa 0,5 điểm"),
        ("1", "Mỗi báo cáo chậm -0,25 điểm"),
        ("1", "Đúng hạn: 1; chậm: - 0,25 điểm; không: 0"),
        ("1", "Trừ 0,5 điểm nếu không báo cáo"),
        ("1", "Mỗi 1% giảm trừ 0,05 điểm"),
        ("1", "Cứ 05 báo cáo chậm trừ 0,25 điểm"),
        ("2", "Cứ 02 sáng kiến được 1 điểm, tối đa 2 điểm"),
        ("3", "Mỗi sáng kiến được 0,5 điểm, tối đa 2"),
        ("1", "Ban hành kế hoạch: 1 điểm; có sáng kiến: cộng 0,5 điểm"),
        ("1", "b/a × 0,5 + c/d × 0,5"),
        ("1", "(1 - b/a) × điểm tối đa"),
        ("1", "điểm tối đa - b/a × điểm tối đa"),
        ("2", "b/a × 1"),
        ("1", "1/2 × điểm tối đa"),
        ("1", "Ban hành: 1 điểm"),
        ("1", "Ban hành: 1 điểm; không: 0; Hội đồng quyết định trường hợp khác"),
        ("1", "Hội đồng thẩm định xem xét, quyết định"),
        ("1", "Chậm 01 báo cáo trừ 0,25; không báo cáo: 0"),
        ("1", "Điểm quy đổi từ kết quả Chỉ số chuyển đổi số"),
        ("0", "Có: 0; Không: 0"),
        ("1", ""),
    ],
)
def test_what_is_not_certain_is_not_recognised(most: str, words: str) -> None:
    assert rule(words, most) is None


def test_nothing_occurred_gives_full_points_or_takes_the_leaf_out() -> None:
    full = recognise([Line("b/a × điểm tối đa; không phát sinh thì đạt điểm tối đa")], Decimal(1))
    out = recognise([Line("b/a × điểm tối đa; không phát sinh thì không đánh giá")], Decimal(1))

    assert full is not None
    assert (full.kind, full.full_points) == ("ratio", True)
    assert out is not None
    assert (out.kind, out.full_points) == ("ratio", False)


def test_words_that_only_say_what_nothing_gives_are_understood() -> None:
    words = "Nếu không phát sinh nhiệm vụ thì đạt điểm tối đa"
    framework = read_rows([SCORED, ["1", "A", 1, words]])

    assert framework.criteria[0].full_points_if_not_applicable
    assert (framework.criteria[0].rule_kind, kinds(framework)) == ("manual", [])


def test_a_title_is_no_line_of_scoring() -> None:
    assert has_amounts("Không ban hành: 0", Decimal(1))
    assert not has_amounts("Ban hành kế hoạch cải cách hành chính năm 2024", Decimal(1))


SCORED = [*HEADER, "Cách chấm"]
LEVELS = [
    {"name": "Ban hành đúng hạn", "amount": "1"},
    {"name": "Chậm dưới 10 ngày", "amount": "0.5"},
    {"name": "Không ban hành", "amount": "0"},
]
BELOW_THE_LEAF: list[list[Row]] = [
    [
        [None, "Ban hành đúng hạn: 1", None],
        [None, "Chậm dưới 10 ngày: 0,5", None],
        [None, "Không ban hành: 0", None],
    ],
    [[None, "Ban hành đúng hạn", 1], [None, "Chậm dưới 10 ngày", "0,5"], [None, "Không ban hành", 0]],
    [[None, "- Ban hành đúng hạn", 1], [None, "- Chậm dưới 10 ngày", 0.5], [None, "- Không ban hành", 0]],
    [["-", "Ban hành đúng hạn", 1], ["-", "Chậm dưới 10 ngày", 0.5], ["-", "Không ban hành", 0]],
    [
        ["+", "Ban hành đúng hạn: 1đ", None],
        ["+", "Chậm dưới 10 ngày: 0,5đ", None],
        ["+", "Không ban hành: 0đ", None],
    ],
    [["a)", "Ban hành đúng hạn", 1], ["b)", "Chậm dưới 10 ngày", 0.5], ["c)", "Không ban hành", 0]],
    [[None, "• Ban hành đúng hạn: 1 điểm\n• Chậm dưới 10 ngày: 0,5 điểm\n• Không ban hành: 0 điểm", None]],
]


@pytest.mark.parametrize("rows", BELOW_THE_LEAF)
def test_rows_with_points_below_a_leaf_are_levels_of_its_rule(rows: list[Row]) -> None:
    framework = read_table([1, "Chỉ đạo", 2], ["1.1", "Kế hoạch", 1], *rows, ["1.2", "Báo cáo", 1])

    plan = criterion(framework, "1.1")
    assert codes(framework) == ["1", "1.1", "1.2"]
    assert framework.computed_total == 2
    assert (plan.rule_kind, plan.rule_parameters) == ("levels", {"levels": LEVELS})
    assert all(level["name"] in plan.guidance for level in LEVELS)
    assert {problem.severity for problem in framework.problems} <= {"info"}


def test_levels_in_the_cell_of_the_title() -> None:
    title = "Kế hoạch\n- Ban hành đúng hạn: 1\n- Chậm dưới 10 ngày: 0,5\n- Không ban hành: 0"
    plan = read_table([1, title, 1]).criteria[0]

    assert plan.title == "Kế hoạch"
    assert plan.rule_parameters == {"levels": LEVELS}
    assert plan.guidance == "- Ban hành đúng hạn: 1\n- Chậm dưới 10 ngày: 0,5\n- Không ban hành: 0"


def test_levels_beside_a_merged_leaf() -> None:
    framework = read_rows(
        [
            ["STT", "Tiêu chí", "Cách chấm", "Điểm", "Điểm tối đa"],
            ["1", "Kế hoạch", "Ban hành đúng hạn", 1, 1],
            [None, None, "Chậm dưới 10 ngày", 0.5, None],
            [None, None, "Không ban hành", 0, None],
        ],
        lambda sheet: [sheet.merge_cells(place) for place in ("A2:A4", "B2:B4", "E2:E4")],
    )

    assert codes(framework) == ["1"]
    assert framework.criteria[0].rule_parameters == {"levels": LEVELS}
    assert kinds(framework) == []


def test_levels_beside_a_leaf_in_the_one_column_of_points() -> None:
    framework = read_rows(
        [
            ["STT", "Tiêu chí", "Cách chấm", "Điểm chuẩn"],
            ["1", "Kế hoạch", "Ban hành đúng hạn", 1],
            [None, None, "Chậm dưới 10 ngày", 0.5],
            [None, None, "Không ban hành", 0],
            ["2", "Báo cáo", None, 1],
        ]
    )

    assert framework.criteria[0].rule_parameters == {"levels": LEVELS}
    assert framework.computed_total == 2


def test_rows_that_add_up_to_the_leaf_are_its_children() -> None:
    framework = read_table([1, "N", 2], ["1.1", "A", 2], [None, "Kế hoạch", 1.5], [None, "Báo cáo", 0.5])

    assert codes(framework) == ["1", "1.1", "1.1.1", "1.1.2"]


def test_formula_lines_below_a_leaf() -> None:
    framework = read_table(
        [1, "Tỷ lệ hồ sơ đúng hạn", 2],
        [None, "Tính điểm theo công thức: b/a × điểm tối đa", None],
        [None, "Trong đó: a là tổng số hồ sơ; b là số hồ sơ đúng hạn", None],
    )

    assert framework.criteria[0].rule_kind == "ratio"
    assert "Trong đó: a là tổng số hồ sơ" in framework.criteria[0].guidance
    assert kinds(framework) == []


def test_words_that_are_not_certain_stay_with_a_manual_rule_and_are_listed_with_their_cell() -> None:
    framework = read_rows(
        [SCORED, ["1", "Kế hoạch", 1, "Từ 90%: 1; dưới 70%: 0"], ["2", "Báo cáo", 1, "Có: 1; Không: 0"]]
    )

    first, second = framework.criteria
    assert (first.rule_kind, first.guidance) == ("manual", "Từ 90%: 1; dưới 70%: 0")
    assert (second.rule_kind, second.guidance) == ("yes_no", "Có: 1; Không: 0")
    [problem] = framework.problems
    assert (problem.kind, problem.severity, problem.code, problem.cell) == (
        "rule_unrecognised",
        "warning",
        "1",
        "D2",
    )
    assert "D2" in problem.message


def test_a_rule_in_brackets_behind_the_title() -> None:
    framework = read_table([1, "Sáng kiến (mỗi sáng kiến được 0,5 điểm, tối đa 2 điểm)", 2])

    assert (framework.criteria[0].rule_kind, kinds(framework)) == ("count", [])


def test_a_remark_that_changes_the_points_is_part_of_the_rule() -> None:
    header = [*SCORED, "Ghi chú"]
    harmless = read_rows([header, ["1", "A", 1, "Có: 1; Không: 0", "Theo mẫu số 2"]])
    telling = read_rows([header, ["1", "A", 1, "Có: 1; Không: 0", "Nộp chậm trừ một nửa số điểm"]])

    assert harmless.criteria[0].rule_kind == "yes_no"
    assert telling.criteria[0].rule_kind == "manual"


def test_words_of_the_survey_make_a_survey_leaf() -> None:
    framework = read_rows([SCORED, ["1", "Tác động đến người dân", 10, "Điểm quy đổi từ Chỉ số SIPAS"]])

    assert (framework.criteria[0].source, framework.criteria[0].rule_kind) == ("survey", "survey")


def test_nothing_occurred_is_the_mode_of_the_leaf() -> None:
    words = "b/a × điểm tối đa. Trường hợp không phát sinh hồ sơ thì đạt điểm tối đa"
    [leaf] = read_rows([SCORED, ["1", "Hồ sơ đúng hạn", 1, words]]).criteria

    assert (leaf.rule_kind, leaf.full_points_if_not_applicable) == ("ratio", True)


@pytest.mark.parametrize(
    ("words", "most", "facts", "points"),
    [
        ("Từ 90 % trở lên: 1; từ 70 % đến dưới 90 %: 0,5; dưới 70 %: 0", "1", {"value": "89,99"}, "0.5"),
        ("Từ 90 % trở lên: 1; từ 70 % đến dưới 90 %: 0,5; dưới 70 %: 0", "1", {"value": "90"}, "1"),
        ("Trên 95%: 1; từ 80% đến 95%: 0,5; dưới 80%: 0", "1", {"value": "95"}, "0.5"),
        ("Tính điểm theo công thức b/a × điểm tối đa", "2", {"numerator": 3, "denominator": 4}, "1.5"),
        ("Từ 70% trở lên: b/a × điểm tối đa; dưới 70%: 0", "2", {"numerator": 6, "denominator": 10}, "0"),
        ("Mỗi sáng kiến được 0,5 điểm, tối đa 2", "2", {"count": 5}, "2"),
        ("Mỗi báo cáo chậm trừ 0,25", "1", {"counts": {"Báo cáo chậm": 3}}, "0.25"),
        ("Tốt: 1; một phần: 1/2 × điểm tối đa; không: 0", "3", {"level": "một phần"}, None),
        ("Tốt: 3; một phần: 1/2 × điểm tối đa; không: 0", "3", {"level": "một phần"}, "1.5"),
    ],
)
def test_what_was_read_computes_what_the_paper_says(
    words: str, most: str, facts: dict[str, Any], points: str | None
) -> None:
    framework = read_rows([SCORED, ["1", "A", most, words]])
    leaf = framework.criteria[0]
    if points is None:
        assert leaf.rule_kind == "manual"
        return

    class Ruled:
        rule_kind, rule_parameters, max_points = leaf.rule_kind, leaf.rule_parameters, leaf.computed

    assert points_of(Ruled(), facts) == Decimal(points)


def test_levels_counted_off_in_brackets_and_formulas_on_rows_of_their_own() -> None:
    framework = read_table(
        [1, "Chỉ đạo", 4],
        ["1.1", "Kế hoạch", 1],
        ["(1)", "Ban hành đúng hạn", 1],
        ["(2)", "Chậm dưới 10 ngày", 0.5],
        ["(3)", "Không ban hành", 0],
        ["1.2", "Mức độ hoàn thành kế hoạch", 1],
        [None, "Tính tỷ lệ % số nhiệm vụ hoàn thành so với kế hoạch.", None],
        [None, "Từ 80% - 100% kế hoạch thì điểm đánh giá được tính theo công thức:", None],
        [None, "(Tỷ lệ % hoàn thành x điểm tối đa)/100%", None],
        [None, "Dưới 80% kế hoạch: 0", None],
        ["1.3", "Tỷ lệ hồ sơ đúng hạn", 1],
        [None, "b/a x điểm tối đa", None],
        [None, "trong đó a là tổng số hồ sơ, b là số hồ sơ đúng hạn", None],
        ["1.4", "Báo cáo", 1],
        [None, "- Đủ số lượng: 0,5", None],
        [None, "- Đúng thời hạn: 0,5", None],
    )

    rules = {c.code: (c.title, c.rule_kind, c.rule_parameters) for c in framework.criteria if c.code != "1"}
    assert rules == {
        "1.1": ("Kế hoạch", "levels", {"levels": LEVELS}),
        "1.2": ("Mức độ hoàn thành kế hoạch", "ratio", {"floor": "80"}),
        "1.3": ("Tỷ lệ hồ sơ đúng hạn", "ratio", {}),
        "1.4": (
            "Báo cáo",
            "parts",
            {
                "parts": [
                    {"name": "Đủ số lượng", "amount": "0.5"},
                    {"name": "Đúng thời hạn", "amount": "0.5"},
                ]
            },
        ),
    }
    assert "b/a x điểm tối đa" in criterion(framework, "1.3").guidance
    assert {problem.severity for problem in framework.problems} <= {"info"}


def test_words_of_scoring_under_a_name_that_does_not_say_so() -> None:
    """ "Thang điểm chi tiết" holds words, not points; elsewhere levels stand beside the points they give."""
    words = "Ban hành đúng hạn: 1; chậm: 0,5; không ban hành: 0"
    detailed = read_rows(
        [
            ["STT", "Tiêu chí", "Thang điểm chi tiết", "Điểm tối đa"],
            ["1", "Chỉ đạo", None, 2],
            ["1.1", "Kế hoạch", words, 1],
            ["1.2", "Báo cáo", "Từ 90% trở lên: 1; dưới 90%: 0", 1],
        ]
    )
    beside = read_rows(
        [
            ["STT", "Tiêu chí", "Mức đánh giá", "Điểm tối đa"],
            ["1", "Kế hoạch", "Ban hành đúng hạn", 1],
            [None, None, "Chậm dưới 10 ngày", 0.5],
            [None, None, "Không ban hành", 0],
            ["2", "Báo cáo", "Đúng hạn", 1],
            [None, None, "Chậm", 0],
        ]
    )

    assert [c.rule_kind for c in detailed.criteria] == ["manual", "levels", "steps"]
    assert detailed.criteria[1].guidance == words
    assert [c.rule_kind for c in beside.criteria] == ["levels", "levels"]
    assert beside.criteria[0].rule_parameters == {"levels": LEVELS}


def test_levels_and_their_points_line_by_line_in_two_cells() -> None:
    framework = read_rows(
        [
            ["STT", "Tiêu chí", "Cách chấm", "Thang điểm chi tiết", "Điểm tối đa"],
            ["1", "Kế hoạch", "Ban hành đúng hạn\nChậm dưới 10 ngày\nKhông ban hành", "1\n0,5\n0", 1],
            ["2", "Báo cáo", "Đúng hạn\nChậm", "1", 1],
        ]
    )

    plan, report = framework.criteria
    assert plan.rule_parameters == {"levels": LEVELS}
    assert plan.guidance == "Ban hành đúng hạn: 1\nChậm dưới 10 ngày: 0,5\nKhông ban hành: 0"
    assert (report.rule_kind, kinds(framework)) == ("manual", [("rule_unrecognised", "2")])


def test_what_a_unit_wrote_of_itself_is_no_rule() -> None:
    framework = read_rows(
        [
            ["STT", "Tiêu chí", "Điểm tối đa", "Điểm đạt được", "Thuyết minh"],
            ["1", "Kế hoạch", 1, 0.5, "Ban hành: 1 điểm; chậm: 0,5 điểm"],
            ["2", "Báo cáo", 1, 1, "Đúng hạn: 1 điểm; chậm: 0 điểm"],
        ]
    )

    assert [(c.rule_kind, c.guidance) for c in framework.criteria] == [("manual", "")] * 2


@pytest.mark.parametrize(
    ("words", "full"),
    [
        ("Không có sai phạm thì đạt điểm tối đa; có sai phạm: 0", False),
        ("Không có sai phạm thì đạt điểm tối đa", False),
        ("Đơn vị không có TTHC thì đạt điểm tối đa. Hội đồng xem xét", True),
        ("b/a × điểm tối đa. Không có TTHC thì được điểm tối đa", True),
        ("b/a × điểm tối đa. Không có TTHC thì không đánh giá tiêu chí này", False),
    ],
)
def test_without_a_fault_is_no_case_of_not_applicable(words: str, full: bool) -> None:
    [leaf] = read_rows([SCORED, ["1", "A", 1, words]]).criteria

    assert leaf.full_points_if_not_applicable == full
