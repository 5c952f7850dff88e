"""Workbooks of many shapes: levels, leaves, totals, rules and problems against what a person expects."""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import WorkbookRefused
from tests.criteria.workbook_files import codes, criterion, kinds
from tests.criteria.workbooks.imports import imported
from tests.criteria.workbooks.makers import Change, Row, embolden, ods, text_csv, xls, xlsx
from tests.criteria.workbooks.papers import (
    column_for_each_level,
    one_column,
    paper,
    roman_restarting,
    wide,
)

pytestmark = pytest.mark.django_db

PAPERS = {
    "phong-tho-2023": ((8, 44, 62), 87, "100", {}),
    "dong-trieu-2023": ((10, 52, 0), 52, "100", {"missing_code": 1}),
    "hoang-mai-phong-2024": ((8, 28, 13), 37, "69", {"sum_mismatch": 1, "rule_unrecognised": 1}),
    "hoang-mai-phuong-2024": ((8, 35, 48), 67, "70", {}),
}


def written(name: str, shape: str) -> tuple[bytes, str]:
    lines = paper(name)
    if shape == "roman, .xlsx":
        return xlsx({"Bảng": roman_restarting(lines)}), "a.xlsx"
    if shape == "wide, .xlsx":
        return xlsx({"Bảng": wide(lines)}), "a.xlsx"
    if shape == "one column, .csv":
        return text_csv(one_column(lines), ";"), "a.csv"
    return ods({"Bảng": column_for_each_level(lines)}), "a.ods"


@pytest.mark.parametrize(
    "shape", ["roman, .xlsx", "one column, .csv", "wide, .xlsx", "column for each level, .ods"]
)
@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_tables_in_other_shapes(tmp_path: Path, name: str, shape: str) -> None:
    levels, leaves, total, problems = PAPERS[name]

    found = imported(tmp_path, *written(name, shape))

    assert tuple(found.answer["levels"]) == levels
    assert found.answer["leaves"] == leaves
    assert found.answer["computed_total"] == total
    numbers_lost = {"column for each level, .ods": {"code_repaired": LOST[name]}}.get(shape, {})
    kinds_found = Counter(kind for kind, _ in found.problems)
    assert kinds_found == {k: v for k, v in (problems | numbers_lost).items() if v}
    assert [row["title"] for row in found.rows] == [" ".join(line.title.split()) for line in paper(name)]
    assert [Decimal(row["declared"]) for row in found.rows] == [line.points for line in paper(name)]
    assert found.rules == RULES[name]


# Only these leaves name the survey as what is measured; the papers' tables have no words on scoring.
RULES = {
    "phong-tho-2023": {f"8.10.{n}": "survey" for n in range(1, 6)},
    "dong-trieu-2023": {"10.1": "survey"},
    "hoang-mai-phong-2024": {},
    "hoang-mai-phuong-2024": {},
}
# How many codes ".10" a typed number loses: 1.10 and 8.10; 1.10; none; 1.10.
LOST = {"phong-tho-2023": 1, "dong-trieu-2023": 1, "hoang-mai-phong-2024": 0, "hoang-mai-phuong-2024": 1}


def test_hoang_mai_departments_in_an_old_workbook() -> None:
    framework = read_framework(xls(roman_restarting(paper("hoang-mai-phong-2024"))), filename="bang.xls")

    assert (framework.levels, framework.leaves) == ((8, 28, 13), 37)
    assert kinds(framework) == [("sum_mismatch", "3"), ("rule_unrecognised", "7.1.5")]
    assert (framework.declared_total, framework.computed_total) == (Decimal(70), Decimal(69))


@dataclass(frozen=True)
class Shape:
    """A table as an office draws it, and what has to come out of it."""

    name: str
    rows: Sequence[Row]
    codes: Sequence[str]
    total: str
    levels: tuple[int, int, int]
    problems: Sequence[tuple[str, str]] = ()
    rules: dict[str, str] | None = None
    change: Change | None = None


def bold_and_indented(sheet: Worksheet) -> None:
    embolden(2, 4, 7)(sheet)
    for row in (3, 5, 6, 8):
        sheet.cell(row, 1).alignment = Alignment(indent=1)


def merged(*places: str) -> Change:
    def draw(sheet: Worksheet) -> None:
        for place in places:
            sheet.merge_cells(place)

    return draw


def dated(sheet: Worksheet) -> None:
    sheet["A3"].number_format = "d.m"
    sheet["A4"].number_format = "d-mmm"


HEADER = ["STT", "Tiêu chí", "Điểm tối đa"]
DAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)

SHAPES = [
    Shape(
        "three header lines, groups merged over their columns",
        [
            ["KHUNG CHỈ SỐ"],
            ["TT", "Lĩnh vực, tiêu chí", "Điểm", None, None, "Cơ quan", None],
            [None, None, "Tự đánh giá", None, "Điểm tối đa", "Chủ trì", "Phối hợp"],
            [None, None, "Năm 2023", "Năm 2024", None, None, None],
            ["I", "Chỉ đạo", 1, 1, 2, "Sở Nội vụ", "Các sở"],
            [1, "Kế hoạch", 1, 1, 2, "Sở Nội vụ", "Các sở"],
        ],
        ["1", "1.1"],
        "2",
        (1, 1, 0),
        change=merged("A2:A4", "B2:B4", "C2:E2", "F2:G2", "C3:D3", "E3:E4", "F3:F4", "G3:G4"),
    ),
    Shape(
        "letters A and B for parts, roman contents, restarting numbers",
        [
            HEADER,
            ["I", "Chỉ đạo", 3],
            [1, "Kế hoạch", 2],
            ["a)", "Ban hành", 1],
            ["b)", "Hoàn thành", 1],
            [2, "Báo cáo", 1],
            ["II", "Thể chế", 1],
            [1, "Rà soát", 1],
            [None, "Tổng điểm", 4],
        ],
        ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"],
        "4",
        (2, 3, 2),
    ),
    Shape(
        "numbers with commas and last full stops",
        [HEADER, ["1.", "Chỉ đạo", "2đ"], ["1,1.", "Kế hoạch", "1,50đ"], ["1,2.", "Báo cáo", "0,5 đ"]],
        ["1", "1.1", "1.2"],
        "2",
        (1, 2, 0),
    ),
    Shape(
        "codes that a spreadsheet took for dates",
        [HEADER, [1, "Chỉ đạo", 2], [DAY, "Kế hoạch", 1], [DAY.replace(day=1, month=2), "Báo cáo", 1]],
        ["1", "1.1", "1.2"],
        "2",
        (1, 2, 0),
        problems=[("code_repaired", "1.2")],
        change=dated,
    ),
    Shape(
        "contents in bold capitals without numbers, criteria numbered from 1 in each",
        [
            HEADER,
            [None, "CÔNG TÁC CHỈ ĐẠO", 3],
            [1, "Kế hoạch", 1],
            [2, "Báo cáo", 2],
            [None, "CẢI CÁCH THỂ CHẾ", 1],
            [1, "Rà soát", 1],
        ],
        ["1", "1.1", "1.2", "2", "2.1"],
        "4",
        (2, 3, 0),
        problems=[("missing_code", "1"), ("missing_code", "2")],
        change=embolden(2, 5),
    ),
    Shape(
        "contents in capitals without numbers and without points",
        [
            HEADER,
            [None, "CÔNG TÁC CHỈ ĐẠO", None],
            [1, "Kế hoạch", 1],
            [2, "Báo cáo", 2],
            [None, "CẢI CÁCH THỂ CHẾ", None],
            [1, "Rà soát", 1],
        ],
        ["1", "1.1", "1.2", "2", "2.1"],
        "4",
        (2, 3, 0),
        problems=[("missing_code", "1"), ("missing_code", "2")],
    ),
    Shape(
        "no numbers at all: capitals, bold and plain rows",
        [
            ["Nội dung", "Điểm chuẩn"],
            ["CHỈ ĐẠO, ĐIỀU HÀNH", 3],
            ["Kế hoạch", 2],
            ["Ban hành", 1],
            ["Hoàn thành", 1],
            ["Báo cáo", 1],
            ["THỂ CHẾ", 1],
            ["Rà soát", 1],
        ],
        ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"],
        "4",
        (2, 3, 2),
        problems=[("missing_code", code) for code in ("1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1")],
        change=embolden(2, 3, 6, 7, 8),
    ),
    Shape(
        "no numbers at all: indents",
        [
            ["Nội dung", "Điểm chuẩn"],
            ["Chỉ đạo", 3],
            ["  Kế hoạch", 2],
            ["    Ban hành", 2],
            ["  Báo cáo", 1],
        ],
        ["1", "1.1", "1.1.1", "1.2"],
        "3",
        (1, 2, 1),
        problems=[("missing_code", code) for code in ("1", "1.1", "1.1.1", "1.2")],
    ),
    Shape(
        "title and code merged over the row, agencies merged over several rows",
        [
            ["TT", "Tiêu chí", "Điểm", "Cơ quan chủ trì theo dõi"],
            ["I. CHỈ ĐẠO", None, 2, None],
            ["1", "Kế hoạch", 1, "Sở Nội vụ"],
            ["2", "Báo cáo", 1, None],
        ],
        ["1", "1.1", "1.2"],
        "2",
        (1, 2, 0),
        change=merged("A2:B2", "D3:D4"),
    ),
    Shape(
        "scoring, evidence and agency columns before the title",
        [
            [
                "Tài liệu kiểm chứng",
                "Phương pháp đánh giá",
                "Thang điểm",
                "Tiêu chí/Tiêu chí thành phần",
                "Mã",
            ],
            [None, None, "3,0", "Chỉ đạo", "1"],
            ["Kế hoạch", "Có: 1; Không: 0", "1,0", "Ban hành", "1.1"],
            ["Báo cáo", "b/a × điểm tối đa", "2,0", "Hoàn thành", "1.2"],
        ],
        ["1", "1.1", "1.2"],
        "3",
        (1, 2, 0),
        rules={"1.1": "yes_no", "1.2": "ratio"},
    ),
    Shape(
        "levels of scoring in rows of their own, some with points in the column, some in words",
        [
            HEADER,
            ["1", "Chỉ đạo", 3],
            ["1.1", "Kế hoạch", 1],
            [None, "Đúng hạn", 1],
            [None, "Chậm", 0.5],
            [None, "Không", 0],
            ["1.2", "Tỷ lệ", 2],
            ["-", "Từ 90% trở lên: 2", None],
            ["-", "Từ 70% đến dưới 90%: 1", None],
            ["-", "Dưới 70%: 0", None],
        ],
        ["1", "1.1", "1.2"],
        "3",
        (1, 2, 0),
        problems=[("skipped_row", "1.1")] * 3,
        rules={"1.1": "levels", "1.2": "steps"},
    ),
    Shape(
        "ministry style: formula with its letters below the leaf",
        [
            HEADER,
            ["1", "Chỉ đạo", 2],
            ["1.1", "Mức độ hoàn thành kế hoạch", 2],
            [None, "Tính tỷ lệ % số nhiệm vụ hoàn thành so với kế hoạch.", None],
            [None, "Điểm đánh giá được tính theo công thức: b/a x 2,00", None],
            [None, "Trong đó:", None],
            [None, "a là tổng số nhiệm vụ trong kế hoạch", None],
            [None, "b là số nhiệm vụ đã hoàn thành", None],
            [None, "Nếu tỷ lệ b/a < 0,8 thì điểm đánh giá là 0", None],
        ],
        ["1", "1.1"],
        "2",
        (1, 1, 0),
        rules={"1.1": "ratio"},
    ),
    Shape(
        "NFD text, non-breaking spaces and a lone dash for no points",
        [
            [
                unicodedata.normalize("NFD", cell)
                for cell in ("Số\u00a0TT", "Tiêu\u00a0chí", "ĐIỂM\u00a0TỐI ĐA")
            ],
            ["1", unicodedata.normalize("NFD", "Chỉ\u00a0đạo"), "1,50\u00a0"],
            ["2", "Thể chế", "-"],
        ],
        ["1", "2"],
        "1.5",
        (2, 0, 0),
        problems=[("unreadable_points", "2")],
    ),
    Shape(
        "totals of parts, notes and signatures among and below the rows",
        [
            HEADER,
            ["I", "Chỉ đạo", 1],
            [1, "Kế hoạch", 1],
            [None, "Cộng mục I", 1],
            ["II", "Thể chế", 2],
            [1, "Rà soát", 2],
            [None, "Cộng mục II", 2],
            [None, "TỔNG CỘNG (I + II)", 3],
            [None, "Ghi chú: điểm thưởng xét riêng", None],
            [None, "TM. ỦY BAN NHÂN DÂN", None],
            [None, "KT. CHỦ TỊCH", None],
            [None, "Nguyễn Văn A", None],
        ],
        ["1", "1.1", "2", "2.1"],
        "3",
        (2, 2, 0),
    ),
    Shape(
        "columns of other years and of the unit's own score are kept",
        [
            ["STT", "Tiêu chí", "Điểm năm 2023", "Điểm tối đa", "Điểm tự chấm", "Ghi chú"],
            [1, "Chỉ đạo", "1,5", 2, None, None],
            ["1.1", "Kế hoạch", "1,5", 2, None, "Mẫu 1"],
        ],
        ["1", "1.1"],
        "2",
        (1, 1, 0),
    ),
    Shape(
        "a row cut by the page's end and the header again",
        [
            HEADER,
            [1, "Chỉ đạo", 2],
            ["1.1", "Thực hiện chế độ báo cáo của", 2],
            HEADER,
            ["(1)", "(2)", "(3)"],
            [None, "Chính phủ", None],
        ],
        ["1", "1.1"],
        "2",
        (1, 1, 0),
    ),
    Shape(
        "survey by the paper's own words, imported points by its formula",
        [
            [*HEADER, "Cách tính điểm"],
            [1, "Tác động", 13, None],
            ["1.1", "Chỉ số hài lòng của người dân", 10, "Điểm quy đổi từ Chỉ số SIPAS"],
            ["1.2", "Chuyển đổi số", 3, "Điểm quy đổi từ kết quả Chỉ số chuyển đổi số (thang điểm 100)"],
        ],
        ["1", "1.1", "1.2"],
        "13",
        (1, 2, 0),
        rules={"1.1": "survey", "1.2": "imported"},
    ),
    Shape(
        "four levels: the last one is kept as words",
        [HEADER, ["1", "A", 1], ["1.1", "B", 1], ["1.1.1", "C", 1], ["1.1.1.1", "D", 1]],
        ["1", "1.1", "1.1.1"],
        "1",
        (1, 1, 1),
        problems=[("skipped_row", "1.1.1")],
    ),
    Shape(
        "a slip of the paper, a code twice and a row without its parent",
        [HEADER, ["1", "A", 3], ["1.1", "B", 1], ["1.1", "C", 1], ["2", "D", 1], ["2.3.1", "E", 1]],
        ["1", "1.1", "1.1-2", "2", "2.3.1"],
        "3",
        (2, 3, 0),
        problems=[("sum_mismatch", "1"), ("duplicate_code", "1.1"), ("missing_parent", "2.3.1")],
    ),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shapes_of_offices(tmp_path: Path, shape: Shape) -> None:
    found = imported(tmp_path, xlsx({"Bảng": shape.rows}, shape.change), "bang.xlsx")

    assert [row["code"] for row in found.rows] == list(shape.codes)
    assert found.answer["computed_total"] == shape.total
    assert tuple(found.answer["levels"]) == shape.levels
    assert found.answer["leaves"] == len({*shape.codes} - {row["parent"] for row in found.rows})
    assert found.problems == list(shape.problems)
    assert found.rules == (shape.rules or {})
    assert all(problem["sheet"] == "Bảng" and problem["cell"] for problem in found.answer["problems"])


def annex(number: str, *rows: Row) -> list[Row]:
    return [[f"Phụ lục {number}"], ["BỘ TIÊU CHÍ ĐÁNH GIÁ"], HEADER, *rows, [None, "Tổng điểm", 2]]


TWO_ANNEXES = [
    *annex("I", ["I", "Chỉ đạo", 2], [1, "Kế hoạch", 1], HEADER, [2, "Báo cáo", 1]),
    *annex("II", ["I", "Thể chế", 2], [1, "Rà soát", 2]),
]


def test_two_annexes_in_one_sheet_are_two_tables() -> None:
    content = xlsx({"Sheet1": TWO_ANNEXES})

    with pytest.raises(WorkbookRefused, match="“Sheet1: Phụ lục I”, “Sheet1: Phụ lục II”"):
        read_framework(content, filename="a.xlsx")
    first = read_framework(content, filename="a.xlsx", sheet="Phụ lục I")
    second = read_framework(content, filename="a.xlsx", sheet="Sheet1: Phụ lục II")
    assert [c.title for c in first.criteria] == ["Chỉ đạo", "Kế hoạch", "Báo cáo"]
    assert [(c.title, c.row) for c in second.criteria] == [("Thể chế", 12), ("Rà soát", 13)]
    assert first.problems == second.problems == ()
    assert (first.declared_total, second.declared_total) == (Decimal(2), Decimal(2))


def test_the_name_of_a_sheet_with_two_annexes_does_not_choose() -> None:
    with pytest.raises(WorkbookRefused, match="Phụ lục II"):
        read_framework(xlsx({"Sheet1": TWO_ANNEXES}), filename="a.xlsx", sheet="Sheet1")


def test_an_annex_a_sheet_in_an_opendocument_file() -> None:
    content = ods({"Phụ lục 1": [HEADER, [1, "A", 1]], "Phụ lục 2": [HEADER, [1, "B", 2]], "Mẫu": [["x"]]})

    assert read_framework(content, filename="a.ods", sheet="phụ lục 2").computed_total == 2
    with pytest.raises(WorkbookRefused, match="“Phụ lục 1”, “Phụ lục 2”"):
        read_framework(content, filename="a.ods")


def hide(*rows: int) -> Change:
    def draw(sheet: Worksheet) -> None:
        for row in rows:
            sheet.row_dimensions[row].hidden = True

    return draw


def test_hidden_rows_are_read_and_named() -> None:
    rows: list[Row] = [HEADER, [1, "Chỉ đạo", 2], ["1.1", "Kế hoạch", 1], ["1.2", "Báo cáo", 1]]
    framework = read_framework(xlsx({"Bảng": rows}, hide(4)), filename="a.xlsx")

    assert codes(framework) == ["1", "1.1", "1.2"]
    [problem] = framework.problems
    assert (problem.kind, problem.severity, problem.cell) == ("skipped_row", "info", "A4")
    assert "bị ẩn" in problem.message


def test_hidden_rows_that_the_figures_leave_out_are_left_out() -> None:
    rows: list[Row] = [HEADER, [1, "Chỉ đạo", 1], ["1.1", "Kế hoạch", 1], ["1.2", "Đã bỏ", 1]]
    framework = read_framework(xlsx({"Bảng": rows}, hide(4)), filename="a.xlsx")

    assert codes(framework) == ["1", "1.1"]
    [problem] = framework.problems
    assert (problem.kind, problem.cell) == ("skipped_row", "A4")
    assert "không được đọc" in problem.message


def test_hidden_columns_are_columns_like_others() -> None:
    def draw(sheet: Worksheet) -> None:
        sheet.column_dimensions["C"].hidden = True

    rows: list[Row] = [["STT", "Tiêu chí", "Điểm năm 2023", "Điểm tối đa"], [1, "Chỉ đạo", 1, 2]]
    [only] = read_framework(xlsx({"Bảng": rows}, draw), filename="a.xlsx").criteria

    assert (only.declared, only.extra) == (Decimal(2), {"Điểm năm 2023": "1"})


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("a.csv", text_csv([HEADER, ["1", "Kế hoạch", "1,5"]], ";")),
        ("a.csv", text_csv([HEADER, ["1", "Kế hoạch", "1,5"]], "\t", "utf-16")),
        ("a.ods", ods({"Bảng": [HEADER, ["1", "Kế hoạch", Decimal("1.5")]]})),
        ("a.xls", xls([HEADER, ["1", "Kế hoạch", Decimal("1.5")]])),
        ("a.xlsx", xlsx({"Bảng": [HEADER, ["1", "Kế hoạch", Decimal("1.5")]]})),
    ],
)
def test_every_format_gives_the_same(filename: str, content: bytes) -> None:
    [only] = read_framework(content, filename=filename).criteria

    assert (only.code, only.title, only.declared) == ("1", "Kế hoạch", Decimal("1.5"))


def test_extra_columns_and_remarks_are_kept() -> None:
    shape = next(shape for shape in SHAPES if shape.name.startswith("columns of other years"))
    leaf: Any = criterion(read_framework(xlsx({"Bảng": shape.rows}), filename="a.xlsx"), "1.1")

    assert leaf.extra == {"Điểm năm 2023": "1,5"}
    assert leaf.guidance == "Mẫu 1"


def test_agencies_merged_over_rows_reach_each_row() -> None:
    shape = next(shape for shape in SHAPES if shape.name.startswith("title and code merged"))
    framework = read_framework(xlsx({"Bảng": shape.rows}, shape.change), filename="a.xlsx")

    assert [c.lead for c in framework.criteria] == ["", "Sở Nội vụ", "Sở Nội vụ"]


def test_of_two_maxima_the_latest_year_counts_and_the_other_is_kept() -> None:
    rows: list[Row] = [
        ["STT", "Tiêu chí", "Điểm tối đa năm 2023", "Điểm tối đa năm 2024"],
        ["1", "Kế hoạch", 1, "Tối đa 2 điểm"],
    ]
    [only] = read_framework(xlsx({"Bảng": rows}), filename="a.xlsx").criteria

    assert (only.declared, only.extra) == (Decimal(2), {"Điểm tối đa năm 2023": "1"})
