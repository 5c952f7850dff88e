"""Codes: every way they are written, and the digits that spreadsheets lose."""

import datetime as dt
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from criteria.workbooks.codes import normalised
from tests.criteria.workbook_files import HEADER, Row, codes, criterion, kinds, read_rows, read_table


def ten_rows(last: Any) -> list[Row]:
    """A content with 1.1 to 1.9 as numbers and a tenth criterion under the code given."""
    return [
        [1, "Nội dung", 10],
        *([float(f"1.{n}"), f"Tiêu chí {n}", 1] for n in range(1, 10)),
        [last, "Mười", 1],
    ]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1,10", "1.10"),
        ("8.8.", "8.8"),
        (" 1 . 2 ", "1.2"),
        ("(3)", "3"),
        ("01.02", "1.2"),
        ("VIII.10", "8.10"),
    ],
)
def test_typed_codes_are_normalised(typed: str, code: str) -> None:
    assert normalised(typed) == code


@pytest.mark.parametrize("code", ["1.10", "1,10", "1.10.", "1.\u00a010"])
def test_text_codes_are_normalised_silently(code: str) -> None:
    framework = read_table(*ten_rows(code))
    assert codes(framework)[-1] == "1.10"
    assert kinds(framework) == []


def test_number_with_a_telling_format_is_silent() -> None:
    def two_places(sheet: Worksheet) -> None:
        sheet["A12"].number_format = "0.00"

    framework = read_rows([HEADER, *ten_rows(1.1)], two_places)
    assert codes(framework)[-1] == "1.10"
    assert framework.criteria[-1].printed_code == "1.10"
    assert kinds(framework) == []


def test_a_whole_column_of_two_places_does_not_make_1_1_into_1_10() -> None:
    def two_places(sheet: Worksheet) -> None:
        for row in range(2, 13):
            sheet.cell(row, 1).number_format = "0.00"

    framework = read_rows([HEADER, *ten_rows(1.1)], two_places)
    assert codes(framework) == ["1", *(f"1.{n}" for n in range(1, 11))]
    assert kinds(framework) == []


@pytest.mark.parametrize("code", [1.1, "1.1", "1,1"])
def test_a_lost_zero_is_given_back_and_reported(code: float | str) -> None:
    framework = read_table(*ten_rows(code))
    assert codes(framework)[-1] == "1.10"
    assert kinds(framework) == [("code_repaired", "1.10")]


def test_twenty_criteria() -> None:
    rows = [[1, "Nội dung", 20], *([float(f"1.{n}"), f"Tiêu chí {n}", 1] for n in range(1, 21))]
    framework = read_table(*rows)
    assert codes(framework)[1:] == [f"1.{n}" for n in range(1, 21)]
    assert kinds(framework) == [("code_repaired", "1.10"), ("code_repaired", "1.20")]


def test_lost_zero_after_components() -> None:
    rows = [*ten_rows(1.1)[:-1], ["1.9.1", "Thành phần", 1], [1.1, "Mười", 1]]
    assert codes(read_table(*rows))[-2:] == ["1.9.1", "1.10"]


def test_code_taken_for_a_date_is_read_by_its_format() -> None:
    def as_date(sheet: Worksheet) -> None:
        sheet["A12"].number_format = "d.m"

    framework = read_rows([HEADER, *ten_rows(dt.datetime(2024, 10, 1, tzinfo=None))], as_date)  # noqa: DTZ001
    assert codes(framework)[-1] == "1.10"
    assert kinds(framework) == []


@pytest.mark.parametrize(
    ("number_format", "day"),
    [("yyyy-mm-dd h:mm:ss", (2024, 2, 1)), ("d-mmm", (2024, 1, 2)), ("d-mmm", (2024, 2, 1))],
)
def test_day_and_month_of_a_code_stand_in_the_order_that_goes_on(number_format: str, day: Any) -> None:
    def as_date(sheet: Worksheet) -> None:
        sheet["A4"].number_format = number_format

    typed = dt.datetime(*day, tzinfo=None)  # noqa: DTZ001
    framework = read_rows([HEADER, [1, "N", 2], ["1.1", "A", 1], [typed, "B", 1]], as_date)
    assert codes(framework) == ["1", "1.1", "1.2"]
    assert kinds(framework) == [("code_repaired", "1.2")]


def test_dots_lost_to_a_thousands_mark_are_given_back() -> None:
    inner = [[int(f"1{n}"), "A", 1] for n in range(1, 12)]
    framework = read_table([1, "N", 11], *inner, [2, "M", 1], [21, "B", 1])
    assert codes(framework) == ["1", *(f"1.{n}" for n in range(1, 12)), "2", "2.1"]
    assert {kind for kind, _ in kinds(framework)} == {"code_repaired"}


def test_twelve_contents_are_no_lost_dots() -> None:
    framework = read_table(*[[n, "N", 1] for n in range(1, 13)])
    assert codes(framework) == [str(n) for n in range(1, 13)]


def test_small_roman_numbers_below_numbers() -> None:
    framework = read_table([1, "N", 3], ["1.1", "A", 3], ["i", "x", 1], ["ii", "y", 1], ["iii", "z", 1])
    assert codes(framework) == ["1", "1.1", "1.1.1", "1.1.2", "1.1.3"]
    assert kinds(framework) == []


def test_roman_contents_with_numbers_that_start_again() -> None:
    framework = read_table(
        ["I", "Một", 3],
        [1, "A", 2],
        ["1.1", "A1", 1],
        ["1.2", "A2", 1],
        [2, "B", 1],
        ["II", "Hai", 1],
        [1, "C", 1],
    )
    assert codes(framework) == ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"]
    assert framework.criteria[0].printed_code == "I"
    assert framework.levels == (2, 3, 2)
    assert kinds(framework) == []


def test_roman_contents_with_numbers_that_carry_the_content() -> None:
    framework = read_table(
        ["I", "Một", 1], ["1.1", "A", 1], ["1.1.1", "A1", 1], ["II", "Hai", 1], ["2.1", "B", 1]
    )
    assert codes(framework) == ["1", "1.1", "1.1.1", "2", "2.1"]
    assert kinds(framework) == []


def test_letters_below_numbers() -> None:
    framework = read_table(["I", "Một", 2], [1, "A", 2], ["a)", "x", 1], ["b)", "y", 1], ["II", "Hai", 1])
    assert codes(framework) == ["1", "1.1", "1.1.1", "1.1.2", "2"]


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        (["I", "1", "①", "②", "2", "①", "II"], ["1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1", "2"]),
        (["1", "1.1", "①", "⑳", "2", "2.1"], ["1", "1.1", "1.1.1", "1.1.20", "2", "2.1"]),
        (["I", "①", "a)", "b)", "②", "a)"], ["1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1"]),
        (["I", "a)", "❶", "❷", "b)", "❶"], ["1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1"]),
        (["①", "1", "2", "②", "1"], ["1", "1.1", "1.2", "2", "2.1"]),
    ],
)
def test_circled_numbers_count_below_what_stands_above_them(printed: list[str], read: list[str]) -> None:
    framework = read_table(*([code, f"Mục {n}", None] for n, code in enumerate(printed)))

    assert codes(framework) == read
    assert [c.printed_code for c in framework.criteria] == printed
    assert not {"duplicate_code", "skipped_row"} & {kind for kind, _ in kinds(framework)}


def test_a_code_and_a_title_in_one_merged_cell() -> None:
    framework = read_rows(
        [HEADER, ["I. CÔNG TÁC CHỈ ĐẠO", None, 1], [1, "Kế hoạch", 1]], lambda s: s.merge_cells("A2:B2")
    )
    assert codes(framework) == ["1", "1.1"]
    assert framework.criteria[0].title == "CÔNG TÁC CHỈ ĐẠO"


def test_a_table_without_a_column_of_codes() -> None:
    rows: list[Row] = [["Nội dung", "Điểm tối đa"], ["I. Chỉ đạo", 3], ["1. Kế hoạch", 1], ["2. Báo cáo", 2]]
    assert codes(read_rows(rows)) == ["1", "1.1", "1.2"]


def test_duplicate_code_is_reported_and_both_rows_kept() -> None:
    framework = read_table([1, "N", 3], ["1.1", "A", 1], ["1.2", "B", 1], ["1.2", "C", 1])
    assert kinds(framework) == [("duplicate_code", "1.2")]
    assert len(set(codes(framework))) == 4
    assert framework.computed_total == 3


def test_missing_parent_is_reported_once_and_the_points_still_count() -> None:
    framework = read_table([1, "N", 2], ["1.2.1", "A", 1], ["1.2.2", "B", 1])
    assert kinds(framework) == [("missing_parent", "1.2.1")]
    assert criterion(framework, "1.2.2").parent == "1"
    assert framework.computed_total == 2


def test_every_criterion_has_a_parent_exactly_when_its_level_is_above_one() -> None:
    framework = read_table(["2.1", "A", 1], ["2.1.1", "B", 1], [3, "C", 1])
    assert [(c.level, c.parent) for c in framework.criteria] == [(1, None), (2, "2.1"), (1, None)]


def test_missing_code_where_the_declared_sum_tells_the_place() -> None:
    framework = read_table([1, "N", 3], ["1.1", "A", 1], ["1.2", "B", 1], [None, "C", 1], [2, "M", 1])
    assert codes(framework) == ["1", "1.1", "1.2", "1.3", "2"]
    assert kinds(framework) == [("missing_code", "1.3")]


def test_missing_code_in_a_gap() -> None:
    framework = read_table([1, "N", None], ["1.1", "A", 1], [None, "B", 2], ["1.3", "C", 1])
    assert codes(framework) == ["1", "1.1", "1.2", "1.3"]


def test_a_table_without_any_code() -> None:
    framework = read_table([None, "Một", 1], [None, "Hai", 2])
    assert codes(framework) == ["1", "2"]
    assert kinds(framework) == [("missing_code", "1"), ("missing_code", "2")]


def test_levels_of_scoring_with_points_are_not_counted() -> None:
    framework = read_table([1, "N", 1], ["1.1", "A", 1], [None, "Đúng hạn", 1], [None, "Không", 0])
    assert framework.computed_total == 1
    assert criterion(framework, "1.1").guidance == "Đúng hạn: 1\nKhông: 0"
    assert kinds(framework) == [("skipped_row", "1.1"), ("skipped_row", "1.1")]


def test_a_fourth_level_is_kept_as_guidance_and_reported() -> None:
    framework = read_table([1, "N", 1], ["1.1", "A", 1], ["1.1.1", "B", 1], ["1.1.1.1", "C", 1])
    assert framework.levels == (1, 1, 1)
    assert [problem.kind for problem in framework.problems] == ["skipped_row"]
    assert "C: 1" in criterion(framework, "1.1.1").guidance


def test_parts_above_three_levels_are_reported_and_not_counted() -> None:
    framework = read_table(
        ["A", "BÊN TRONG", 3],
        ["I", "Chỉ đạo", 3],
        [1, "Kế hoạch", 3],
        ["1.1", "Ban hành", 1],
        ["1.2", "Hoàn thành", 2],
        ["B", "BÊN NGOÀI", 5],
        ["II", "SIPAS", 5],
    )
    assert codes(framework) == ["1", "1.1", "1.1.1", "1.1.2", "2"]
    assert framework.computed_total == 8
    assert kinds(framework) == [("skipped_row", ""), ("skipped_row", "")]
    assert not any(c.guidance for c in framework.criteria)
