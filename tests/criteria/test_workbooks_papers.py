"""The papers' own tables, read from the workbooks in fixtures/."""

import time
from decimal import Decimal
from pathlib import Path

import pytest

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadFramework, WorkbookRefused

FIXTURES = Path(__file__).parents[2] / "fixtures"
PHONG_THO_SURVEY = ["8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.10"]


def read(name: str, **options: object) -> ReadFramework:
    return read_framework((FIXTURES / name).read_bytes(), filename=name, **options)  # type: ignore[arg-type]


def kinds(framework: ReadFramework) -> list[tuple[str, str]]:
    return [(problem.kind, problem.code) for problem in framework.problems]


def survey_codes(framework: ReadFramework) -> list[str]:
    return [c.code for c in framework.criteria if c.source == "survey"]


class TestPhongTho:
    def test_structure_and_totals(self) -> None:
        framework = read("phong-tho-2023.xlsx")
        assert framework.levels == (8, 44, 62)
        assert len(framework.criteria) == 114
        assert framework.leaves == 87
        assert framework.declared_total == framework.computed_total == Decimal(100)
        assert framework.problems == ()

    def test_survey_leaves_named_by_the_caller(self) -> None:
        framework = read("phong-tho-2023.xlsx", survey_leaves=PHONG_THO_SURVEY)
        assert survey_codes(framework) == [
            *(f"8.{n}" for n in range(1, 7)),
            *(f"8.10.{n}" for n in range(1, 6)),
        ]

    def test_survey_leaves_by_the_papers_own_words(self) -> None:
        assert survey_codes(read("phong-tho-2023.xlsx")) == [f"8.10.{n}" for n in range(1, 6)]

    def test_survey_leaves_in_printed_forms(self) -> None:
        framework = read("phong-tho-2023.xlsx", survey_leaves=["8,1", "8.2.", " 8.10 "])
        assert survey_codes(framework)[:2] == ["8.1", "8.2"]

    def test_unknown_survey_leaf_is_refused_by_name(self) -> None:
        with pytest.raises(WorkbookRefused, match="9.9"):
            read("phong-tho-2023.xlsx", survey_leaves=["9.9"])

    def test_other_columns_are_kept_as_data(self) -> None:
        first = read("phong-tho-2023.xlsx").criteria[0]
        assert first.extra == {"ĐIỂM THẨM ĐỊNH": "9,28"}
        assert first.declared == Decimal("13.50")

    def test_reading_is_fast(self) -> None:
        read("phong-tho-2023.xlsx")
        start = time.process_time()
        read("phong-tho-2023.xlsx")
        assert time.process_time() - start < 0.3


class TestDongTrieu:
    def test_structure_and_problems(self) -> None:
        framework = read("dong-trieu-2023.xlsx")
        assert framework.levels == (10, 52, 0)
        assert framework.declared_total == framework.computed_total == Decimal(100)
        assert kinds(framework) == [("code_repaired", "1.10"), ("missing_code", "10.1")]

    def test_codes_as_printed_and_as_meant(self) -> None:
        by_code = {c.code: c for c in read("dong-trieu-2023.xlsx").criteria}
        assert by_code["8.8"].printed_code == "8.8."
        assert by_code["10.1"].printed_code == ""
        assert by_code["10.1"].parent == "10"
        assert by_code["1.10"].title == "Thực hiện các nhiệm vụ được UBND tỉnh giao"

    def test_only_sipas_is_a_survey_leaf_by_words(self) -> None:
        assert survey_codes(read("dong-trieu-2023.xlsx")) == ["10.1"]

    def test_agencies_in_merged_cells_reach_every_row(self) -> None:
        by_code = {c.code: c for c in read("dong-trieu-2023.xlsx").criteria}
        assert {by_code[f"2.{n}"].lead for n in range(1, 6)} == {"Phòng Tư pháp"}
        assert by_code["1.2"].supporting == "Các cơ quan, đơn vị, các xã, phường"
        assert by_code["2"].lead == ""

    def test_last_years_points_and_targets_are_kept(self) -> None:
        by_code = {c.code: c for c in read("dong-trieu-2023.xlsx").criteria}
        assert by_code["5.5"].extra == {"Điểm Năm 2022": "-", "Điểm Mục tiêu năm 2023": "2"}


class TestHoangMai:
    def test_departments_report_their_one_slip_once(self) -> None:
        framework = read("hoang-mai-2024.xlsx", sheet="Phụ lục 1")
        assert framework.levels == (8, 28, 13)
        assert framework.leaves == 37
        assert (framework.declared_total, framework.computed_total) == (Decimal(70), Decimal(69))
        problem, question = framework.problems
        assert (question.kind, question.code) == ("rule_unrecognised", "7.1.5")
        assert (problem.kind, problem.severity, problem.code) == ("sum_mismatch", "error", "3")
        assert (problem.declared, problem.computed) == (Decimal(14), Decimal(13))
        assert "14" in problem.message
        assert problem.cell in problem.message

    def test_a_row_cut_by_the_page_end_is_whole_again(self) -> None:
        framework = read("hoang-mai-2024.xlsx", sheet="Phụ lục 1")
        title = next(c.title for c in framework.criteria if c.code == "6.1")
        assert title.endswith(
            "tiết kiệm kinh phí, tăng thu nhập cho công chức, hợp đồng theo Nghị định của Chính phủ"
        )

    def test_wards_are_consistent(self) -> None:
        framework = read("hoang-mai-2024.xlsx", sheet="Phụ lục 2")
        assert framework.levels == (8, 35, 48)
        assert framework.leaves == 67
        assert framework.declared_total == framework.computed_total == Decimal(70)
        assert framework.problems == ()
        assert "1.10.2" in {c.code for c in framework.criteria}

    @pytest.mark.parametrize(("sheet", "leaves"), [("Phụ lục 1", 37), ("Phụ lục 2", 67)])
    def test_activities_that_mention_sipas_are_self_scored(self, sheet: str, leaves: int) -> None:
        framework = read("hoang-mai-2024.xlsx", sheet=sheet)
        assert [c.source for c in framework.criteria if c.is_leaf] == ["self"] * leaves

    def test_two_tables_and_no_choice(self) -> None:
        with pytest.raises(WorkbookRefused, match="“Phụ lục 1”, “Phụ lục 2”"):
            read("hoang-mai-2024.xlsx")


def test_phuong_2_has_contents_as_leaves() -> None:
    framework = read("phuong-2-2022.xlsx")
    assert framework.levels == (7, 0, 0)
    assert framework.leaves == 7
    assert framework.declared_total == framework.computed_total == Decimal(100)
    assert framework.problems == ()
