"""Workbooks as other provinces lay them out, through the commands, against what a person expects.

`tree` is written by hand: each code with the points that the paper declares for it, "-" where it declares
none.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.criteria.workbooks.imports import Imported, imported
from tests.criteria.workbooks.makers import Change, Row, embolden, text_csv, xlsx

pytestmark = pytest.mark.django_db

H: Row = ["STT", "Tiêu chí", "Điểm tối đa"]
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Office:
    """One workbook, and what an expert reads in it."""

    name: str
    content: Sequence[Row] | Mapping[str, Sequence[Row]] | bytes
    tree: str
    levels: tuple[int, int, int]
    leaves: int
    total: str
    problems: Sequence[str] = ()
    declared: str | None = None
    change: Change | None = None
    file: str = "bang.xlsx"
    sheet: str = ""
    survey: Sequence[str] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    says: str = ""

    @property
    def bytes(self) -> bytes:
        """The file as it would be uploaded."""
        if isinstance(self.content, bytes):
            return self.content
        sheets = self.content if isinstance(self.content, Mapping) else {"Bảng": self.content}
        return xlsx(dict(sheets), self.change)


def merged(*places: str) -> Change:
    def draw(sheet: Worksheet) -> None:
        for place in places:
            sheet.merge_cells(place)

    return draw


def shown_as(**formats: str) -> Change:
    def draw(sheet: Worksheet) -> None:
        for place, number_format in formats.items():
            sheet[place].number_format = number_format

    return draw


def hidden_column(letter: str) -> Change:
    def draw(sheet: Worksheet) -> None:
        sheet.column_dimensions[letter].hidden = True

    return draw


def of_1258(text: str) -> bytes:
    """Windows-1258: the tone stands behind its letter."""
    content = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        content += (base + "".join(tones)).encode("cp1258")
    return content


WIDE: list[Row] = [
    ["Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần", "Điểm tối đa"],
    ["1. Chỉ đạo", "1.1. Kế hoạch", "1.1.1. Ban hành", 1],
    [None, None, "1.1.2. Hoàn thành", 2],
    [None, "1.2. Báo cáo", "1.2.1. Đủ số lượng", 1],
    ["2. Thể chế", "2.1. Rà soát", "2.1.1. Kế hoạch rà soát", 1],
    [None, None, "2.1.2. Xử lý", 1],
]
WIDE_TREE = "1=- 1.1=- 1.1.1=1 1.1.2=2 1.2=- 1.2.1=1 2=- 2.1=- 2.1.1=1 2.1.2=1"
WIDE_MERGES = merged("A2:A4", "B2:B3", "A5:A6", "B5:B6")
FILLED = [WIDE[1][:2], WIDE[1][:2], [WIDE[1][0], WIDE[3][1]], WIDE[4][:2], WIDE[4][:2]]
TWO_MAXIMA: list[Row] = [
    ["STT", "Tiêu chí", "Điểm tối đa", None],
    [None, None, "Sở, ban, ngành", "UBND cấp xã"],
    ["1", "Chỉ đạo", 3, 2],
    ["1.1", "Kế hoạch", 1, 2],
    ["1.2", "Kiểm tra cấp dưới", 2, "-"],
    [None, "Có: 2; Không: 0", None, None],
]
ONE_HEADER: list[Row] = [
    ["PHỤ LỤC I"],
    H,
    ["I", "Chỉ đạo", 3],
    [1, "Kế hoạch", 1],
    [2, "Báo cáo", 2],
    [None, "Tổng điểm", 3],
    ["PHỤ LỤC II"],
    ["BỘ TIÊU CHÍ CẤP XÃ"],
    ["I", "Thể chế", 2],
    [1, "Rà soát", 2],
    [None, "Tổng điểm", 2],
]
SIDE_BY_SIDE: list[Row] = [
    ["Cấp sở", None, None, None, "Cấp xã"],
    [*H, None, *H],
    ["1", "A", 1, None, "1", "X", 2],
    ["2", "B", 2, None, "2", "Y", 3],
]

OFFICES = [
    Office(
        "national header and title above, empty columns between, the table at C15",
        [
            *[[None]] * 3,
            [None, None, "UBND TỈNH", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            [None, None, "SỞ NỘI VỤ", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
            *[[None]] * 4,
            [None, None, "BỘ TIÊU CHÍ ĐÁNH GIÁ, XẾP HẠNG CẢI CÁCH HÀNH CHÍNH"],
            [None, None, "(Kèm theo Quyết định số 12/QĐ-UBND ngày 02 tháng 01 năm 2025)"],
            *[[None]] * 3,
            [
                None,
                None,
                "TT",
                None,
                "Nội dung, tiêu chí",
                None,
                "Điểm chuẩn",
                None,
                "Đơn vị chủ trì thẩm định",
            ],
            [None, None, "I", None, "CHỈ ĐẠO", None, "3,00", None, None],
            [None, None, "1", None, "Kế hoạch", None, "1,00", None, "Sở Nội vụ"],
            [None, None, "2", None, "Báo cáo", None, "2,00", None, "Sở Nội vụ"],
            [None, None, "Tổng cộng (I)", None, None, None, "3,00"],
        ],
        "1=3 1.1=1 1.2=2",
        (1, 2, 0),
        2,
        "3",
        declared="3",
        leads={"1.1": "Sở Nội vụ"},
    ),
    Office(
        "wide: a column for each level, parents merged over their rows",
        WIDE,
        WIDE_TREE,
        (2, 3, 5),
        5,
        "6",
        change=WIDE_MERGES,
    ),
    Office(
        "wide: the parents named again in every row, as text",
        text_csv([WIDE[0], *([*above, *row[2:]] for above, row in zip(FILLED, WIDE[1:], strict=True))]),
        WIDE_TREE,
        (2, 3, 5),
        5,
        "6",
        file="bang.csv",
    ),
    Office(
        "wide, without any number",
        [
            ["Lĩnh vực", "Tiêu chí", "Điểm tối đa"],
            ["Chỉ đạo", "Kế hoạch", 1],
            [None, "Báo cáo", 2],
            ["Thể chế", "Rà soát", 1],
        ],
        "1=- 1.1=1 1.2=2 2=- 2.1=1",
        (2, 3, 0),
        3,
        "4",
        [f"missing_code {code}" for code in ("1", "1.1", "1.2", "2", "2.1")],
    ),
    Office(
        "wide: a column of codes and one of points for each level, roman contents",
        [
            ["TT", "Lĩnh vực", "Điểm", "TT", "Tiêu chí", "Điểm"],
            ["I", "Chỉ đạo", 3, "1", "Kế hoạch", 1],
            [None, None, None, "2", "Báo cáo", 2],
            ["II", "Thể chế", 1, "1", "Rà soát", 1],
            ["Tổng cộng", None, None, None, None, 4],
        ],
        "1=3 1.1=1 1.2=2 2=1 2.1=1",
        (2, 3, 0),
        3,
        "4",
        declared="4",
    ),
    Office(
        "wide: the numbers count rows, and contents carry their points in words",
        [
            ["TT", "Lĩnh vực", "Tiêu chí", "Điểm tối đa"],
            [1, "Chỉ đạo (3 điểm)", "Kế hoạch", 1],
            [2, None, "Báo cáo", 2],
            [3, "Thể chế (3 điểm)", "Rà soát", 1],
            [4, None, "Ban hành", 1],
        ],
        "1=- 1.1=1 1.2=2 2=- 2.1=1 2.2=1",
        (2, 4, 0),
        4,
        "5",
        [f"missing_code {code}" for code in ("1", "1.1", "1.2", "2", "2.1", "2.2")],
    ),
    Office(
        "codes stepping over three columns, titles over three, each under one merged name",
        [
            ["Mã số", None, None, "Lĩnh vực/Tiêu chí", None, None, "Điểm chuẩn"],
            [1, None, None, "Chỉ đạo", None, None, 3],
            [None, 1.1, None, None, "Kế hoạch", None, 3],
            [None, None, "1.1.1", None, None, "Ban hành", 1],
            [None, None, "1.1.2", None, None, "Hoàn thành", 2],
        ],
        "1=3 1.1=3 1.1.1=1 1.1.2=2",
        (1, 1, 2),
        2,
        "3",
        change=merged("A1:C1", "D1:F1"),
    ),
    Office(
        "points in a column for each level",
        [
            ["STT", "Lĩnh vực, tiêu chí", "Điểm tối đa", None, None],
            [None, None, "Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần"],
            ["1", "Chỉ đạo", 3, None, None],
            ["1.1", "Kế hoạch", None, 3, None],
            ["1.1.1", "Ban hành", None, None, 1],
            ["1.1.2", "Hoàn thành", None, None, 2],
        ],
        "1=3 1.1=3 1.1.1=1 1.1.2=2",
        (1, 1, 2),
        2,
        "3",
        change=merged("A1:A2", "B1:B2", "C1:E1"),
    ),
    Office(
        "of two maxima that of the communes; what they are not asked is left out with its levels",
        TWO_MAXIMA,
        "1=2 1.1=2",
        (1, 1, 0),
        1,
        "2",
        ["skipped_row "],
        change=merged("A1:A2", "B1:B2", "C1:D1"),
        sheet="UBND cấp xã",
        says="Dòng 5 không có điểm ở cột “Điểm tối đa UBND cấp xã” nên không thuộc bảng này: “1.2 Kiểm tra",
    ),
    Office(
        "the maximum split into total, appraisal and survey",
        [
            ["STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", None, None],
            [None, None, "Tổng", "Thẩm định", "Điều tra XHH"],
            ["1", "Chỉ đạo", 7, 4, 3],
            ["1.1", "Kế hoạch", 3, 3, None],
            ["1.2", "Đánh giá của lãnh đạo", 2, None, 2],
            ["1.3", "Chất lượng", 2, 1, 1],
        ],
        "1=7 1.1=3 1.2=2 1.3=2",
        (1, 3, 0),
        3,
        "7",
        ["rule_unrecognised 1.3"],
        change=merged("A1:A2", "B1:B2", "C1:E1"),
        survey=["1.2"],
        says="1 điểm điều tra xã hội học trong 2 điểm tối đa",
    ),
    Office(
        "the maximum only in two parts",
        [
            ["STT", "Lĩnh vực/Tiêu chí", "Điểm thẩm định tối đa", "Điểm điều tra XHH tối đa"],
            ["1", "Chỉ đạo", 3, 2],
            ["1.1", "Kế hoạch", 3, "-"],
            ["1.2", "Chất lượng tham mưu", None, 2],
        ],
        "1=5 1.1=3 1.2=2",
        (1, 2, 0),
        2,
        "5",
        survey=["1.2"],
    ),
    Office(
        "wide, of two maxima that of the communes",
        [
            ["Lĩnh vực", "Tiêu chí", "Điểm tối đa", None],
            [None, None, "Cấp sở", "Cấp xã"],
            ["1. Chỉ đạo", "1.1. Kế hoạch", 3, 3],
            [None, "1.2. Kiểm tra cấp dưới", 2, "-"],
            [None, "1.3. Báo cáo", 1, 2],
        ],
        "1=- 1.1=3 1.3=2",
        (1, 2, 0),
        2,
        "5",
        ["skipped_row "],
        change=merged("A1:A2", "B1:B2", "C1:D1"),
        sheet="xã",
    ),
    Office(
        "a count of rows without a name, beside titles that hold their codes",
        [
            [None, "Tiêu chí", "Điểm tối đa"],
            [1, "1. Chỉ đạo", 3],
            [2, "1.1. Kế hoạch", 1],
            [3, "1.2. Báo cáo", 2],
            [4, "2. Thể chế", 1],
        ],
        "1=3 1.1=1 1.2=2 2=1",
        (2, 2, 0),
        3,
        "4",
    ),
    Office(
        "one merged name over codes and titles",
        [["Nội dung", None, "Điểm"], ["1", "Chỉ đạo", 2], ["1.1", "Kế hoạch", 2]],
        "1=2 1.1=2",
        (1, 1, 0),
        1,
        "2",
        change=merged("A1:B1"),
    ),
    Office(
        "a column says which leaves the survey scores",
        [
            ["STT", "Lĩnh vực/Tiêu chí", "Điểm tối đa", "Hình thức đánh giá"],
            ["1", "Tác động", 5, None],
            ["1.1", "Thu ngân sách", 3, "Tự đánh giá"],
            ["1.2", "Chất lượng tham mưu", 2, "Điều tra xã hội học"],
        ],
        "1=5 1.1=3 1.2=2",
        (1, 2, 0),
        2,
        "5",
        survey=["1.2"],
    ),
    Office(
        "points only in words behind the titles",
        [
            ["STT", "Nội dung tiêu chí", "Tài liệu kiểm chứng"],
            ["1", "Công tác chỉ đạo (3,0 điểm)", None],
            ["1.1", "Kế hoạch (1 điểm)", "Kế hoạch"],
            ["1.2", "Báo cáo (Tối đa: 2,0 đ)", "Báo cáo"],
        ],
        "1=3 1.1=1 1.2=2",
        (1, 2, 0),
        2,
        "3",
    ),
    Office(
        "headings merged over the row with their points in words, one of them wrong",
        [
            H,
            ["I. CHỈ ĐẠO (3 điểm)", None, None],
            ["1", "Kế hoạch", 1],
            ["2", "Báo cáo", 2],
            ["II. THỂ CHẾ (2 điểm)", None, None],
            ["1", "Rà soát", 1],
        ],
        "1=3 1.1=1 1.2=2 2=2 2.1=1",
        (2, 3, 0),
        3,
        "4",
        ["sum_mismatch 2"],
        change=merged("A2:C2", "A5:C5"),
    ),
    Office(
        "points as people type them, and what is no maximum",
        [
            H,
            ["1", "A", "(2,0 điểm)"],
            ["2", "B", "05 điểm"],
            ["3", "C", "Tối đa 1,5đ."],
            ["4", "D", "1/2"],
            ["5", "E", "0 - 2"],
            ["6", "F", 0.3],
        ],
        "1=2 2=5 3=1.5 4=- 5=- 6=-",
        (6, 0, 0),
        6,
        "8.5",
        [f"unreadable_points {code}" for code in ("4", "5", "6")],
        change=shown_as(C7="0%"),
        says="phần trăm",
    ),
    Office(
        "bonus and penalty below the total",
        [
            H,
            ["I", "Chỉ đạo", 3],
            ["1", "Kế hoạch", 3],
            [None, "Tổng điểm", 3],
            ["II", "ĐIỂM THƯỞNG", None],
            ["1", "Sáng kiến", 2],
            ["III", "ĐIỂM TRỪ", -2],
            ["1", "Chậm báo cáo", -2],
        ],
        "1=3 1.1=3 2=- 2.1=2 3=2 3.1=2",
        (3, 3, 0),
        3,
        "3",
        ["structure_mismatch 2", "structure_mismatch 3"],
        declared="3",
        says="điểm thưởng ngoài thang điểm",
    ),
    Office(
        "bonus and penalty without numbers below one of two totals",
        [
            H,
            ["I", "Chỉ đạo", 100],
            ["1", "Kế hoạch", 100],
            ["TỔNG ĐIỂM", None, 100],
            ["Điểm thưởng", None, 5],
            ["1", "Sáng kiến", 5],
            ["Điểm trừ", None, None],
            ["1", "Chậm báo cáo", -2],
            ["TỔNG CỘNG (CẢ ĐIỂM THƯỞNG)", None, 105],
        ],
        "1=100 1.1=100 2=5 2.1=5 3=- 3.1=2",
        (3, 3, 0),
        3,
        "100",
        ["missing_code 2", "missing_code 3", "structure_mismatch 2", "structure_mismatch 3"],
        declared="100",
    ),
    Office(
        "a sum below each content under the same words is no total of the table",
        [
            H,
            ["I", "A", 1],
            ["1", "B", 1],
            [None, "Cộng", 1],
            ["II", "C", 2],
            ["1", "D", 2],
            [None, "Cộng", 2],
        ],
        "1=1 1.1=1 2=2 2.1=2",
        (2, 2, 0),
        2,
        "3",
    ),
    Office(
        "parts above the contents; the survey's index without a number, told by the total",
        [
            H,
            ["Phần A", "TỰ ĐÁNH GIÁ", 2],
            ["I", "Chỉ đạo", 2],
            ["1", "Kế hoạch", 2],
            [None, "Chỉ số SIPAS", 10],
            [None, "Tổng cộng", 12],
        ],
        "1=2 1.1=2 2=10",
        (2, 1, 0),
        2,
        "12",
        ["missing_code 2", "skipped_row "],
        declared="12",
        survey=["2"],
    ),
    Office(
        "words in another column of points; last year's maximum; column numbers in brackets",
        [
            ["STT", "Tiêu chí", "Thang điểm", "Điểm chuẩn", "Điểm chuẩn năm trước"],
            ["[1]", "[2]", "[3]", "[4]", "[5]"],
            ["1", "Chỉ đạo", None, 2, 3],
            ["1.1 (mới)", "Kế hoạch", "Có: 2; Không: 0", 2, 3],
        ],
        "1=2 1.1=2",
        (1, 1, 0),
        1,
        "2",
    ),
    Office(
        "a bonus that the total counts",
        [
            H,
            ["I", "Chỉ đạo", 3],
            ["1", "A", 3],
            ["II", "ĐIỂM THƯỞNG", 2],
            ["1", "B", 2],
            [None, "Cộng điểm", 5],
        ],
        "1=3 1.1=3 2=2 2.1=2",
        (2, 2, 0),
        2,
        "5",
        declared="5",
    ),
    Office(
        "the second annex of a sheet, without a header of its own",
        ONE_HEADER,
        "1=2 1.1=2",
        (1, 1, 0),
        1,
        "2",
        declared="2",
        sheet="Phụ lục II",
    ),
    Office(
        "an annex in a sheet of its own, without a header of its own",
        {"PL1": ONE_HEADER[:6], "PL2": ONE_HEADER[6:]},
        "1=2 1.1=2",
        (1, 1, 0),
        1,
        "2",
        declared="2",
        sheet="PL2",
    ),
    Office(
        "the right one of two tables side by side",
        SIDE_BY_SIDE,
        "1=2 2=3",
        (2, 0, 0),
        2,
        "5",
        sheet="Cấp xã",
    ),
    Office(
        "the header again below the heading of each content",
        [
            ["I. CÔNG TÁC CHỈ ĐẠO"],
            H,
            [1, "Kế hoạch", 1],
            [2, "Báo cáo", 2],
            ["II. CẢI CÁCH THỂ CHẾ"],
            H,
            [1, "Rà soát", 1],
            ["Tổng điểm các lĩnh vực", None, 4],
        ],
        "1=- 1.1=1 1.2=2 2=- 2.1=1",
        (2, 3, 0),
        3,
        "4",
        declared="4",
    ),
    Office(
        "cover, guidance, units and last year's results beside the table",
        {
            "Bìa": [["UBND TỈNH"], ["BỘ TIÊU CHÍ"]],
            "Hướng dẫn": [["STT", "Nội dung hướng dẫn"], [1, "Đọc kỹ"], [2, "Chấm điểm theo từng tiêu chí"]],
            "Đơn vị": [["STT", "Tên đơn vị", "Nhóm"], [1, "Sở Nội vụ", "Sở"]],
            "Kết quả": [["STT", "Đơn vị", "Điểm tối đa", "Điểm đạt"], [1, "Sở Nội vụ", 100, 90]],
            "Danh sách": [[1, "Sở Nội vụ", "Sở"], [2, "Sở Tài chính", "Sở"]],
            "Tiêu chí": [H, ["1", "Chỉ đạo", 1], ["1.1", "A", 1]],
        },
        "1=1 1.1=1",
        (1, 1, 0),
        1,
        "1",
    ),
    Office(
        "a count of rows beside the code, another beside titles that hold their codes",
        [
            ["STT", "Mã tiêu chí", "Tên tiêu chí", "Điểm tối đa"],
            [1, "1", "Chỉ đạo", 3],
            [2, "1.1", "Kế hoạch", 1],
            [3, "1.2", "Báo cáo", 2],
            [4, "2", "Thể chế", 1],
        ],
        "1=3 1.1=1 1.2=2 2=1",
        (2, 2, 0),
        3,
        "4",
    ),
    Office(
        "a count of rows beside titles that hold their codes",
        [H, [1, "1. Chỉ đạo", 3], [2, "1.1. Kế hoạch", 1], [3, "1.2. Báo cáo", 2], [4, "2. Thể chế", 1]],
        "1=3 1.1=1 1.2=2 2=1",
        (2, 2, 0),
        3,
        "4",
    ),
    Office(
        "footnote signs on codes",
        [
            H,
            ["1.0", "Chỉ đạo", 6],
            ["1.1", "A", 1],
            ["1.2*", "B", 1],
            ["1.3 (*)", "C", 1],
            ["1.4¹", "D", 1],
            ["1.5 [2]", "E", 2],
        ],
        "1=6 1.1=1 1.2=1 1.3=1 1.4=1 1.5=2",
        (1, 5, 0),
        5,
        "6",
    ),
    Office(
        "letters before the number",
        [["Mã TC", "Nội dung", "Điểm tối đa"], ["LV1", "A", 2], ["TC1.1", "B", 2], ["TP1.1.1", "C", 2]],
        "1=2 1.1=2 1.1.1=2",
        (1, 1, 1),
        1,
        "2",
    ),
    Office(
        "numbers behind the letter or roman number of their content",
        [H, ["I", "A", 2], ["I.1", "B", 2], ["I.1.1", "C", 2], ["II", "D", 1], ["II.1", "E", 1]],
        "1=2 1.1=2 1.1.1=2 2=1 2.1=1",
        (2, 2, 1),
        2,
        "3",
    ),
    Office(
        "a slash behind the number, in one cell with the title",
        [["Nội dung tiêu chí", "Điểm"], ["I/ Chỉ đạo", 2], ["1/ Kế hoạch", 2], ["a/ Ban hành", 2]],
        "1=2 1.1=2 1.1.1=2",
        (1, 1, 1),
        1,
        "2",
    ),
    Office(
        "codes that are formulas without results",
        [H, ["1", "Chỉ đạo", 2], ['=A2&".1"', "Kế hoạch", 1], ['=A2&".2"', "Báo cáo", 1]],
        "1=2 1.1=1 1.2=1",
        (1, 2, 0),
        2,
        "2",
        ["missing_code 1.1", "missing_code 1.2"],
        says="công thức chưa có kết quả",
    ),
    Office(
        "codes that a spreadsheet took for dates, kept as text",
        text_csv([H, ["1", "A", "3"], ["1-Jan", "B", "1"], ["2-Jan", "C", "1"], ["01-Thg3", "D", "1"]], ";"),
        "1=3 1.1=1 1.2=1 1.3=1",
        (1, 3, 0),
        3,
        "3",
        [f"code_repaired 1.{n}" for n in (1, 2, 3)],
        file="bang.csv",
    ),
    Office(
        "rows and contents named again on the next page",
        [
            H,
            ["1", "Chỉ đạo", 3],
            ["1.1", "Kế hoạch", 2],
            ["PHỤ LỤC (tiếp theo)"],
            H,
            ["1", "Chỉ đạo (tiếp theo)", None],
            ["1.1", "Kế hoạch (tiếp)", None],
            ["1.2", "Báo cáo", 1],
        ],
        "1=3 1.1=2 1.2=1",
        (1, 2, 0),
        2,
        "3",
    ),
    Office(
        "page numbers, remarks and signatures without a total",
        [
            H,
            ["1", "A", 2],
            [None, "2", None],
            ["2", "B", 1],
            ["(*) Tiêu chí 2 chỉ áp dụng cho cấp xã", None, None],
            ["NGƯỜI LẬP BIỂU", None, "GIÁM ĐỐC"],
            ["(Ký, ghi rõ họ tên)", None, "(Ký tên, đóng dấu)"],
            ["Nguyễn Văn A", None, "Trần Thị B"],
        ],
        "1=2 2=1",
        (2, 0, 0),
        2,
        "3",
    ),
    Office(
        "a hidden column with an older maximum; a group line above the names",
        [
            [None, None, "Điểm", None, None],
            ["STT", "Tiêu chí", "Tối đa", "Tối đa", "Tự chấm"],
            ["1", "A", 5, 2, None],
        ],
        "1=2",
        (1, 0, 0),
        1,
        "2",
        change=hidden_column("C"),
    ),
    Office(
        "a description beside each title is kept with its levels",
        [
            ["TT", "Nội dung", "Tiêu chí đánh giá", "Điểm tối đa"],
            ["I", "Chỉ đạo", None, 2],
            ["1", "Kế hoạch", "Ban hành đúng hạn: 1 điểm; không: 0 điểm", 1],
            ["2", "Báo cáo", "Gửi báo cáo đúng hạn", 1],
        ],
        "1=2 1.1=1 1.2=1",
        (1, 2, 0),
        2,
        "2",
        rules={"1.1": "yes_no"},
    ),
    Office(
        "contents in merged bold capitals without numbers over two numbered levels",
        [
            H,
            ["CHỈ ĐẠO ĐIỀU HÀNH", None, None],
            ["1", "Kế hoạch", 2],
            ["1.1", "Ban hành", 1],
            ["1.2", "Hoàn thành", 1],
            ["CẢI CÁCH THỂ CHẾ", None, None],
            ["1", "Rà soát", 1],
        ],
        "1=- 1.1=2 1.1.1=1 1.1.2=1 2=- 2.1=1",
        (2, 2, 2),
        3,
        "3",
        ["missing_code 1", "missing_code 2"],
        change=embolden(2, 6),
    ),
    Office(
        "text in windows-1258",
        of_1258("STT,Tiêu chí,Điểm tối đa\n1,Chỉ đạo điều hành,3\n1.1,Kế hoạch,3\n"),
        "1=3 1.1=3",
        (1, 1, 0),
        1,
        "3",
        file="bang.csv",
    ),
    Office(
        "text in UTF-16 without its mark",
        "STT\tTiêu chí\tĐiểm tối đa\n1\tChỉ đạo\t2\n".encode("utf-16-le"),
        "1=2",
        (1, 0, 0),
        1,
        "2",
        file="bang.txt",
    ),
    Office(
        "many at once: capitals, two header lines, numbers as numbers, levels in rows, agency merged, NBSP",
        [
            ["UBND TỈNH", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            ["PHỤ LỤC 02"],
            [
                "Số TT",
                "LĨNH VỰC/TIÊU CHÍ/\nTIÊU CHÍ THÀNH PHẦN",
                "THANG ĐIỂM",
                None,
                "CƠ QUAN THEO DÕI, THẨM ĐỊNH",
            ],
            [None, None, "ĐIỂM CHUẨN", "ĐIỂM TỰ CHẤM", None],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            ["1", "CÔNG TÁC CHỈ ĐẠO", "4,00", None, None],
            [1.1, "Kế hoạch CCHC", "1,50 ", None, "Sở Nội vụ"],
            ["1.1.1", "Ban hành kế hoạch", "0,50"],
            [None, "- Ban hành đúng hạn: 0,5"],
            [None, "- Ban hành chậm: 0"],
            ["1.1.2", "Mức độ hoàn thành", "1,00"],
            [None, "Từ 90% trở lên: 1"],
            [None, "Dưới 90%: 0"],
            ["1,2.", "Báo cáo", "2,50", None, "Văn phòng"],
            ["2", "CẢI CÁCH THỂ CHẾ", "1,00"],
            ["2.1", "Rà soát\u00a0VBQPPL", "1,00"],
            ["Tổng điểm", None, "5,00"],
            ["Ghi chú: …"],
            ["Nơi nhận:"],
        ],
        "1=4 1.1=1.5 1.1.1=0.5 1.1.2=1 1.2=2.5 2=1 2.1=1",
        (2, 3, 2),
        4,
        "5",
        declared="5",
        change=merged("A3:A4", "B3:B4", "C3:D3", "E3:E4", "E7:E13"),
        rules={"1.1.1": "levels", "1.1.2": "steps"},
        leads={"1.1.2": "Sở Nội vụ", "1.2": "Văn phòng"},
    ),
]


def read(tmp_path: Path, office: Office) -> Imported:
    return imported(tmp_path, office.bytes, office.file, office.sheet)


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.name)
def test_workbooks_of_other_provinces(tmp_path: Path, office: Office) -> None:
    found = read(tmp_path, office)

    assert found.code == 0, found.message
    assert " ".join(f"{row['code']}={row['declared'] or '-'}" for row in found.rows) == office.tree
    assert tuple(found.answer["levels"]) == office.levels
    assert found.answer["leaves"] == office.leaves
    assert found.answer["computed_total"] == office.total
    assert found.answer["declared_total"] == office.declared
    assert sorted(map(" ".join, found.problems)) == sorted(office.problems)
    assert office.says in found.message
    assert all(problem["sheet"] and problem["cell"] for problem in found.answer["problems"])
    assert [row["code"] for row in found.rows if row["source"] == "survey"] == list(office.survey)
    assert {code: kind for code, kind in found.rules.items() if kind != "survey"} == office.rules
    leads = {row["code"]: row["lead"] for row in found.rows}
    assert {code: leads[code] for code in office.leads} == office.leads


QUESTIONS = [
    ("two maxima", TWO_MAXIMA, "“Bảng: Sở, ban, ngành”, “Bảng: UBND cấp xã”"),
    ("an annex without a header of its own", ONE_HEADER, "“Bảng: PHỤ LỤC I”, “Bảng: PHỤ LỤC II”"),
    ("… without a title either", [*ONE_HEADER[1:6], *ONE_HEADER[8:]], "“Bảng: bảng 1”, “Bảng: bảng 2”"),
    ("tables side by side", SIDE_BY_SIDE, "“Bảng: Cấp sở”, “Bảng: Cấp xã”"),
    (
        "two tables under numbered headings that name the units",
        [["I. CÁC SỞ, BAN, NGÀNH"], H, [1, "A", 1], [2, "B", 1], ["II. UBND CẤP XÃ"], H, [1, "C", 1]],
        "“Bảng: I. CÁC SỞ, BAN, NGÀNH”, “Bảng: II. UBND CẤP XÃ”",
    ),
    (
        "a content to a sheet, numbers going on",
        {"LV1": [H, ["1", "A", 2], ["1.1", "B", 2]], "LV2": [H, ["2", "C", 1], ["2.1", "D", 1]]},
        "đánh số nối tiếp nhau",
    ),
    ("TCVN3", [["STT", "Tiªu chÝ", "§iÓm tèi ®a"], ["1", "ChØ ®¹o ®iÒu hµnh", 2]], "TCVN3"),
    ("VNI", [["STT", "Tieâu chí", "Ñieåm toái ña"], ["1", "Chæ ñaïo", 2]], "VNI"),
    ("TCVN3 below a Unicode header", [H, ["1", "ChØ ®¹o ®iÒu hµnh", 2], ["1.1", "KÕ ho¹ch", 2]], "TCVN3"),
]


@pytest.mark.parametrize(("name", "content", "words"), QUESTIONS, ids=[name for name, _, _ in QUESTIONS])
def test_what_cannot_be_told_is_asked(tmp_path: Path, name: str, content: Any, words: str) -> None:
    found = read(tmp_path, Office(name, content, "", (0, 0, 0), 0, ""))

    assert (found.code, found.answer["framework"]) == (1, None)
    assert words in found.message


NAMES = [
    ("Mã TC", "Tên lĩnh vực/tiêu chí/TCTP", "Điểm số tối đa"),
    ("TT/Mã", "Chỉ số thành phần", "Biểu điểm"),
    ("Ký hiệu", "Nội dung công việc", "Barem điểm"),
    ("STT/Mã số", "Nhóm tiêu chí", "Điểm (100)"),
    ("Số thứ tự", "Hạng mục đánh giá", "Điểm giao"),
    ("#", "Lĩnh vực, tiêu chí, tiêu chí thành phần", "Mức điểm tối đa"),
    ("S\nTT", "Mô tả tiêu chí", "Điểm tối đa/năm"),
    ("Mã chỉ số", "Thành phần", "Max điểm"),
    ("Thứ tự", "Vấn đề được xem xét", "Tổng điểm"),
    ("Mã hóa", "Tiêu chuẩn", "Trọng số điểm"),
    ("TT", "Mục tiêu, nhiệm vụ", "Điểm đánh giá tối đa"),
    ("TT", "Nội dung chấm điểm", "Điểm quy chuẩn"),
]


@pytest.mark.parametrize("names", NAMES, ids=" | ".join)
def test_names_of_columns(tmp_path: Path, names: Row) -> None:
    office = Office("", [names, ["1", "Chỉ đạo", 2], ["1.1", "Kế hoạch", 2]], "", (0, 0, 0), 0, "")

    answer = read(tmp_path, office).answer

    assert (answer["levels"], answer["computed_total"], answer["problems"]) == ([1, 1, 0], "2", [])


TOTALS = [
    *(
        "TỔNG ĐIỂM (1+2)",
        "Tổng cộng điểm",
        "CỘNG (A+B)",
        "Tổng điểm toàn bộ 8 lĩnh vực",
        "Tổng số",
        "Cộng điểm",
    ),
    *("Điểm tổng cộng", "Tổng điểm tối đa (I+II+...+VIII)", "TỔNG ĐIỂM CÁC LĨNH VỰC", "Tổng điểm đánh giá"),
    *("Tổng điểm của Bộ tiêu chí", "Tổng điểm Chỉ số CCHC", "TỔNG CỘNG: 3 điểm", "Tổng số điểm tối đa"),
]


def test_names_of_the_total(tmp_path: Path) -> None:
    for words in TOTALS:
        rows: list[Row] = [H, ["1", "Chỉ đạo", 2], ["1.1", "Kế hoạch", 2], ["2", "B", 1], [None, words, 3]]
        answer = read(tmp_path, Office(words, rows, "", (0, 0, 0), 0, "")).answer

        assert (answer["declared_total"], answer["levels"], answer["problems"]) == ("3", [2, 1, 0], []), words
