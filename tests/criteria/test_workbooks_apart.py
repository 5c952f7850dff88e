"""Files for calamine are read in a process of their own: whatever one does there, the server goes on."""

import datetime as dt
import os
import random
import re
import struct
import time
from contextlib import suppress
from decimal import Decimal

import pytest

from criteria.workbooks import apart
from criteria.workbooks.files import open_grids, rows_in
from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import WorkbookRefused
from tests.criteria.workbooks.makers import Row, ods, repacked, text_csv, xls, xlsb

# A small share of the thousands that were tried; DAMAGED_FILES=3000 tries them again.
COUNT = int(os.environ.get("DAMAGED_FILES", "60"))

ROWS: list[Row] = [
    ["STT", "Tiêu chí", "Điểm tối đa", "Cách chấm"],
    ["I", "Chỉ đạo", 3, None],
    [1, "Kế hoạch", "1,5", "Từ 90% trở lên: 1,5; từ 70% đến dưới 90%: 1; dưới 70%: 0"],
    [2, "Báo cáo", 1.5, "Mỗi báo cáo chậm trừ 0,25 điểm, trừ tối đa 1,5 điểm"],
    [None, "Tổng điểm", 3, None],
]
FILES = {"a.ods": ods({"Bảng": ROWS}), "a.xls": xls(ROWS), "a.csv": text_csv(ROWS), "a.xlsb": xlsb(ROWS)}
PLAIN = b'<table:table-cell office:value-type="float" office:value="3"/>'


@pytest.mark.parametrize("filename", FILES)
def test_the_same_table_in_every_format(filename: str) -> None:
    framework = read_framework(FILES[filename], filename=filename)

    assert [(c.code, c.title, c.declared, c.rule_kind) for c in framework.criteria] == [
        ("1", "Chỉ đạo", Decimal(3), "manual"),
        ("1.1", "Kế hoạch", Decimal("1.5"), "steps"),
        ("1.2", "Báo cáo", Decimal("1.5"), "deduction"),
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('office:value-type="date" office:date-value="2024-10-01"', dt.date(2024, 10, 1)),
        (
            'office:value-type="date" office:date-value="2024-10-01T07:30:00"',
            dt.datetime.fromisoformat("2024-10-01T07:30"),
        ),
        ('office:value-type="boolean" office:boolean-value="true"', True),
        ('office:value-type="percentage" office:value="0.1"', Decimal("0.1")),
        ('office:value-type="float" office:value="0.30000000000000004"', Decimal("0.30000000000000004")),
        ('office:value-type="float" office:value="1e300"', Decimal("1e300")),
    ],
)
def test_a_value_comes_over_as_it_stands(cell: str, value: object) -> None:
    content = repacked(
        FILES["a.ods"], lambda part: part.replace(PLAIN, f"<table:table-cell {cell}/>".encode(), 1)
    )

    [grid] = open_grids(content, "a.ods")

    found = grid.cell(2, 3).value
    assert (type(found), found) == (type(value), value)


def many_rows(count: int) -> bytes:
    """An .ods of this many rows."""
    row = '<table:table-row><table:table-cell office:value-type="float" office:value="{}"/></table:table-row>'
    rows = "".join(map(row.format, range(count))).encode()
    return repacked(FILES["a.ods"], lambda part: part.replace(b"</table:table>", rows + b"</table:table>"))


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = many_rows(500_000)
    monkeypatch.setattr(apart, "SECONDS", 1)

    with pytest.raises(WorkbookRefused, match="Tệp đọc quá lâu"):
        open_grids(content, "a.ods")


def test_a_reader_that_does_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0)

    with pytest.raises(WorkbookRefused, match="Tệp đọc quá lâu"):
        open_grids(FILES["a.ods"], "a.ods")


def test_a_table_that_does_not_end_is_refused_at_once() -> None:
    damaged = repacked(FILES["a.ods"], lambda part: part.replace(b"</table:table>", b"</table:tab>"))
    start = time.monotonic()

    with pytest.raises(WorkbookRefused, match="bị hỏng"):
        open_grids(damaged, "a.ods")

    assert time.monotonic() - start < 10


def moved_cell(row: int, column: int) -> bytes:
    """The .xls with its first number somewhere else."""
    first = struct.pack("<HHHHH", 0x0203, 14, 1, 2, 0)
    assert first in FILES["a.xls"]
    return FILES["a.xls"].replace(first, struct.pack("<HHHHH", 0x0203, 14, row, column, 0))


@pytest.mark.parametrize(
    ("filename", "content", "why"),
    [
        # The library would ask for 280 GB and be ended by the system.
        ("a.xls", moved_cell(65_535, 65_535), "quá lớn"),
        ("a.xls", moved_cell(40_000, 255), "quá lớn"),
        ("a.xls", moved_cell(1, 40_000), "bị hỏng"),
        (
            "a.ods",
            repacked(
                FILES["a.ods"],
                lambda part: part.replace(
                    b"<table:table-row>", b'<table:table-row table:number-rows-repeated="99999999">'
                ),
            ),
            "quá lớn",
        ),
        ("a.csv", text_csv([["STT", "Tiêu chí", "Điểm tối đa", *["x"] * 20_000], [1, "A", 1]]), "bị hỏng"),
    ],
)
def test_a_cell_far_away_fills_no_memory(filename: str, content: bytes, why: str) -> None:
    with pytest.raises(WorkbookRefused, match=why):
        read_framework(content, filename=filename)


def test_rows_of_an_ods_are_counted_before_it_is_read() -> None:
    """So that a long one is left to a job."""
    assert [rows_in(FILES[name], name) for name in FILES] == [5, 0, 5, 0]


# -- damaged files


def survives(content: bytes, filename: str) -> None:
    """Reading gives a whole framework or a refusal in words; any other exception fails the test."""
    with suppress(WorkbookRefused):
        assert read_framework(content, filename=filename).criteria


NUMBERS = [
    b"0",
    b"-1",
    b"16384",
    b"1048576",
    b"4294967295",
    b"18446744073709551615",
    b"1e308",
    b"NaN",
    b"",
    b"x",
]
KINDS = [b"float", b"string", b"date", b"time", b"boolean", b"percentage", b"void"]
DAYS = [b"2024-13-45", b"99999-01-01", b"2024-01-10T25:61:61", b"PT99999999999H", b"P", b"-2024-01-01"]
LOOKS = [
    *(b"table:number-columns-repeated", b"table:number-rows-repeated", b"table:number-columns-spanned"),
    *(b"office:value", b"office:value-type", b"office:date-value", b"office:time-value", b"table:visibility"),
]
RECORDS = [
    b"\x04\x02",
    b"\x03\x02",
    b"\xe5\x00",
    b"\xfc\x00",
    b"\xfd\x00",
    b"\x06\x00",
    b"\x85\x00",
    b"\x09\x08",
]
SIGNS = [
    b'"',
    b'""',
    b"\r",
    b"\n",
    b"\0",
    b";",
    b",",
    b"\t",
    b"\xff\xfe",
    b"\x1a",
    "٣".encode(),
    b"1e999",
    b"=",
]


def damaged_xml(part: bytes, chance: random.Random) -> bytes:
    """A tag that says something else, is gone or stands twice; or bytes that are gone."""
    tag = chance.choice(list(re.finditer(rb"<[^>]+>", part)))
    match chance.randrange(5):
        case 0 | 1:
            look = b' %s="%s"' % (chance.choice(LOOKS), chance.choice(NUMBERS + KINDS + DAYS))
            end = tag.end() - 1 - tag.group().endswith(b"/>")
            return part[:end] + look + part[end:]
        case 2:
            return part[: tag.start()] + part[tag.end() :]
        case 3:
            return part[: tag.end()] + tag.group() + part[tag.end() :]
        case _:
            return part[: tag.start()] + part[tag.start() + chance.choice([1, 10, 100]) :]


def damaged_bytes(whole: bytes, chance: random.Random) -> bytes:
    """Numbers, lengths and kinds of records that are others."""
    damaged = bytearray(whole)
    for _ in range(chance.choice([1, 2, 4, 12])):
        place = chance.choice([chance.randrange(len(damaged)), chance.randrange(1536, 2336)]) % len(damaged)
        if chance.random() < 0.5:
            damaged[place] ^= 1 << chance.randrange(8)
        else:
            other = chance.choice(
                [b"\0", b"\x7f", b"\xff", bytes(4), b"\xff" * 4, b"\xff\xff\xff\x7f", *RECORDS]
            )
            damaged[place : place + len(other)] = other
    return bytes(damaged)


def damaged_text(whole: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(whole)
    for _ in range(chance.choice([1, 3, 12])):
        place = chance.randrange(len(damaged))
        damaged[place : place + chance.choice([0, 0, 1, 5])] = chance.choice(SIGNS)
    return bytes(damaged)


def test_a_damaged_ods_is_refused_or_read() -> None:
    chance = random.Random("ods")
    for _ in range(COUNT):
        survives(repacked(FILES["a.ods"], lambda part: damaged_xml(part, chance)), "a.ods")


@pytest.mark.parametrize("part", ["xl/workbook.bin", "xl/worksheets/sheet1.bin"])
def test_a_damaged_xlsb_is_refused_or_read(part: str) -> None:
    chance = random.Random(part)
    for _ in range(COUNT // 4):
        survives(repacked(FILES["a.xlsb"], lambda whole: damaged_bytes(whole, chance), part), "a.xlsb")


def test_a_damaged_xls_is_refused_or_read() -> None:
    chance = random.Random("xls")
    for _ in range(COUNT):
        survives(damaged_bytes(FILES["a.xls"], chance), "a.xls")


def test_a_damaged_csv_is_refused_or_read() -> None:
    chance = random.Random("csv")
    for _ in range(10 * COUNT):
        survives(damaged_text(FILES["a.csv"], chance), "a.csv")
