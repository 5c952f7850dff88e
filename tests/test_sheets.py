"""Lists as files: a moment, an amount and a risky name come out the same in Excel and in CSV."""

import csv
import datetime as dt
import io
from decimal import Decimal

from openpyxl import load_workbook

from parindex.sheets import Column, csv_file, xlsx_file

COLUMNS = [Column("at", "Thời điểm"), Column("day", "Ngày"), Column("points", "Điểm"), Column("name", "Tên")]
# Half past midnight of the 29th in Hanoi.
ROW = [dt.datetime(2026, 11, 28, 17, 30, tzinfo=dt.UTC), dt.date(2026, 11, 28), Decimal("13.50"), "=1+1"]


def test_a_moment_keeps_its_time_and_its_local_day_in_csv() -> None:
    written = csv_file(COLUMNS, [ROW]).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(written))) == [
        ["Thời điểm", "Ngày", "Điểm", "Tên"],
        ["00:30 29/11/2026", "28/11/2026", "13,5", "'=1+1"],
    ]


def test_a_moment_keeps_its_time_and_its_local_day_in_excel() -> None:
    sheet = load_workbook(io.BytesIO(xlsx_file("Danh sách", COLUMNS, [ROW]))).active

    at, day, points, name = sheet[2]
    assert (at.value.isoformat(), at.number_format) == ("2026-11-29T00:30:00", "hh:mm dd/mm/yyyy")
    assert day.value.date() == dt.date(2026, 11, 28)
    assert (points.value, name.value, name.data_type) == (13.5, "=1+1", "s")
