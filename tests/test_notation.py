import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from parindex.notation import (
    NotationError,
    decimal_of_cell,
    paper_number,
    parse_date,
    parse_decimal,
    plain,
    vietnamese,
    vietnamese_date,
)
from parindex.templatetags.notation import recent_vi

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def d(text):
    return Decimal(text)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,25", "1.25"),
        ("1.25", "1.25"),
        ("70", "70"),
        ("0,5", "0.5"),
        ("-0.5", "-0.5"),
        ("−0,5", "-0.5"),
        ("+2", "2"),
        (" 13,50 ", "13.50"),
        ("1.250", "1.250"),
        ("1,250", "1.250"),
        ("\uff11\uff0c\uff15", "1.5"),
        ("\u00a09,28", "9.28"),
    ],
)
def test_a_comma_and_a_point_are_the_decimal_mark(typed, read):
    assert parse_decimal(typed) == d(read)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "1.250,5",
        "1,2,3",
        "1e3",
        "1 250",
        ",5",
        "5,",
        "1'250",
        "0x10",
        "NaN",
        "inf",
        "--1",
        "½",
        "٣",
        "1%",
    ],
)
def test_what_could_be_misread_is_no_number(typed):
    with pytest.raises(NotationError) as refusal:
        parse_decimal(typed)

    assert str(refusal.value) == (
        f"“{typed.strip()}” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn."
    )


@pytest.mark.parametrize(
    ("cell", "read"),
    [(0.1, "0.1"), (1.1, "1.1"), (13.5, "13.5"), (7, "7"), (d("1.5"), "1.5"), ("0,75", "0.75")],
)
def test_a_cell_holds_what_the_office_typed(cell, read):
    assert decimal_of_cell(cell) == d(read)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (True, "Ô chứa giá trị đúng/sai, không phải số."),
        (None, "Ô không chứa số."),
        (float("nan"), "Ô không chứa số."),
        (float("inf"), "Ô không chứa số."),
        (dt.date(2024, 1, 5), "Ô không chứa số."),
        ([1], "Ô không chứa số."),
    ],
)
def test_a_cell_without_a_number_is_refused(cell, message):
    with pytest.raises(NotationError) as refusal:
        decimal_of_cell(cell)

    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("value", "machine", "person"),
    [
        ("79.24", "79.24", "79,24"),
        ("70", "70", "70"),
        ("70.00", "70", "70"),
        ("1E+2", "100", "100"),
        ("0.000001", "0.000001", "0,000001"),
        ("-0", "0", "0"),
        ("-0.00", "0", "0"),
        ("-1.50", "-1.5", "−1,5"),
        ("1234567.5", "1234567.5", "1234567,5"),
    ],
)
def test_a_number_is_written_for_machines_and_for_people(value, machine, person):
    assert plain(d(value)) == machine
    assert vietnamese(d(value)) == person


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [("70", 2, "70,00"), ("79.2", 2, "79,20"), ("-2", 2, "−2,00"), ("1.005", 2, "1,005"), ("5", 0, "5")],
)
def test_places_are_filled_up_and_never_rounded_away(value, places, written):
    assert vietnamese(d(value), places) == written


@given(value=st.decimals("-1e9", "1e9", places=6))
def test_what_is_written_is_read_as_the_same_number(value):
    assert parse_decimal(plain(value)) == value
    assert parse_decimal(vietnamese(value)) == value
    assert parse_decimal(vietnamese(value, 2)) == value


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("03/04/2026", dt.date(2026, 4, 3)),
        ("3/4/2026", dt.date(2026, 4, 3)),
        ("03-04-2026", dt.date(2026, 4, 3)),
        ("03.04.2026", dt.date(2026, 4, 3)),
        (" 2026-04-03 ", dt.date(2026, 4, 3)),
        ("29/02/2024", dt.date(2024, 2, 29)),
    ],
)
def test_a_date_is_day_month_year(typed, day):
    assert parse_date(typed) == day


@pytest.mark.parametrize("typed", ["", "29/02/2023", "04/13/2026", "3/4/26", "20260403", "2026-4-3"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(NotationError) as refusal:
        parse_date(typed)

    assert str(refusal.value) == (f"“{typed}” không phải là ngày. Ghi theo ngày/tháng/năm, ví dụ 10/01/2024.")


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31)))
def test_a_date_that_is_written_is_read_as_the_same_day(day):
    assert parse_date(vietnamese_date(day)) == day


def test_a_moment_is_written_as_short_as_it_is_clear():
    with time_machine.travel(dt.datetime(2026, 1, 5, 9, 0, tzinfo=VIETNAM), tick=False):
        written = [
            recent_vi(dt.datetime(*moment, tzinfo=VIETNAM))
            for moment in ((2026, 1, 5, 8, 42), (2026, 1, 4, 23, 59), (2025, 12, 31, 10, 0))
        ]

    assert written == ["08:42", "04/01", "31/12/2025"]
    assert recent_vi(None) == "–"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("Số 351/QĐ-UBND", "351/QĐ-UBND"),
        ("số: 18/KH-UBND", "18/KH-UBND"),
        ("351/QĐ-UBND", "351/QĐ-UBND"),
        ("Sống khỏe", "Sống khỏe"),
        ("Số:", "Số:"),
    ],
)
def test_a_papers_number_stands_without_the_word_that_pages_write(typed: str, number: str) -> None:
    assert paper_number(typed) == number
