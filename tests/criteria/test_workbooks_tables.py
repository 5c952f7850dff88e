"""Shapes of tables: headers, columns, broken rows, notes, points, sums, other file formats."""

import io
import unicodedata
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.sources import measured_by_survey
from tests.criteria.workbook_files import (
    HEADER,
    Row,
    codes,
    criterion,
    kinds,
    read_rows,
    read_table,
    workbook,
)


def test_two_line_merged_header_under_title_lines() -> None:
    def merged(sheet: Worksheet) -> None:
        for place in ("A1:F1", "A3:A4", "B3:B4", "C3:E3", "F3:F4"):
            sheet.merge_cells(place)

    framework = read_rows(
        [
            ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            ["KHUNG CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", None, None, None, "Đơn vị tính: điểm"],
            ["TT", "Lĩnh vực/Tiêu chí", "Điểm", None, None, "Cơ quan chủ trì"],
            [None, None, "Năm 2022", "Tối đa", "Mục tiêu", None],
            [1, "Nội dung", 1, 2, 1.5, "Phòng Nội vụ"],
        ],
        merged,
    )
    only = criterion(framework, "1")
    assert only.declared == 2
    assert only.lead == "Phòng Nội vụ"
    assert only.extra == {"Điểm Năm 2022": "1", "Điểm Mục tiêu": "1.5"}


def test_columns_in_another_order_under_other_names() -> None:
    framework = read_rows(
        [
            [
                "Cơ quan phối hợp",
                "Thang điểm",
                "Tài liệu kiểm chứng",
                "Tiêu chí",
                "Mã số",
                "Cách chấm",
                "Ghi chú",
            ],
            ["Các phòng", "5 điểm", "Kế hoạch", "Ban hành kế hoạch", "1", "Ban hành: 5 điểm", "Hằng năm"],
        ]
    )
    only = criterion(framework, "1")
    assert (only.supporting, only.declared, only.evidence) == ("Các phòng", Decimal(5), "Kế hoạch")
    assert only.guidance == "Ban hành: 5 điểm\nHằng năm"
    assert kinds(framework) == [("rule_unrecognised", "1")]


@pytest.mark.parametrize(
    ("code", "title", "points"),
    [
        ("Số TT", "Các tiêu chí đánh giá", "Điểm tối đa (điểm)"),
        ("Mã tiêu chí", "Tên tiêu chí", "Điểm"),
        ("STT", "Tiêu chí chấm điểm", "Thang điểm đánh giá"),
        ("TT", "LĨNH VỰC / TIÊU CHÍ / TIÊU CHÍ THÀNH PHẦN", "ĐIỂM CHUẨN"),
    ],
)
def test_usual_names_of_columns(code: str, title: str, points: str) -> None:
    framework = read_rows([["Điểm tự chấm", code, title, points], [1, "2", "Nội dung", 5]])
    assert [(c.code, c.title, c.declared) for c in framework.criteria] == [("2", "Nội dung", Decimal(5))]


def test_a_title_column_for_each_level() -> None:
    framework = read_rows(
        [
            ["TT", "Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần", "Thang điểm"],
            ["I", "Chỉ đạo", None, None, 3],
            [1, None, "Kế hoạch", None, 3],
            ["1.1", None, None, "Ban hành", 3],
        ]
    )
    assert [(c.code, c.title) for c in framework.criteria] == [
        ("1", "Chỉ đạo"),
        ("1.1", "Kế hoạch"),
        ("1.1.1", "Ban hành"),
    ]


def test_decomposed_letters_and_other_spaces() -> None:
    header = [unicodedata.normalize("NFD", name) for name in ("STT", "Tiêu\u00a0chí", "ĐIỂM  TỐI\u00a0ĐA")]
    title = unicodedata.normalize("NFD", "Ban\u00a0hành kế hoạch")
    framework = read_rows([header, ["1", title, "13,50\u00a0"]])
    assert framework.criteria[0].title == "Ban hành kế hoạch"
    assert framework.criteria[0].declared == Decimal("13.50")


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("13,50", "13.5"),
        ("0.5", "0.5"),
        ("5 điểm", "5"),
        ("0,5đ", "0.5"),
        ("1 đ", "1"),
        (2, "2"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_points_as_offices_write_them(typed: Any, points: str) -> None:
    framework = read_table([1, "N", typed])
    assert framework.criteria[0].declared == Decimal(points)
    assert kinds(framework) == []


@pytest.mark.parametrize("typed", ["-", "tối đa", "1.250,5", "1,2,3", "1e3", "-2", -2, True, None, "#REF!"])
def test_points_of_a_leaf_that_are_no_maximum(typed: Any) -> None:
    framework = read_table([1, "N", 3], ["1.1", "A", typed], ["1.2", "B", 1])
    assert [(p.kind, p.severity, p.code, p.cell) for p in framework.problems] == [
        ("unreadable_points", "error", "1.1", "C3")
    ]
    assert criterion(framework, "1.1").declared is None
    assert framework.computed_total == 1


def test_formula_without_a_kept_result_is_named_by_its_cell() -> None:
    framework = read_table([1, "N", "=SUM(C3:C4)"], ["1.1", "A", 1], ["1.2", "B", "=1+1"])
    assert [(p.kind, p.severity, p.cell) for p in framework.problems] == [
        ("unreadable_points", "warning", "C2"),
        ("unreadable_points", "error", "C4"),
    ]
    assert "công thức" in framework.problems[1].message


def test_repeated_header_column_numbers_notes_and_signatures_are_understood() -> None:
    framework = read_table(
        ["(1)", "(2)", "(3)"],
        [1, "Nội dung", 2],
        ["1.1", "Kế hoạch", 1],
        HEADER,
        ["1.2", "Báo cáo", 1],
        [None, "TỔNG CỘNG", "2 điểm"],
        [None, "Ghi chú: điểm thưởng không tính", None],
        [None, "Hà Nội, ngày 10 tháng 7 năm 2024", None],
        [None, "TM. ỦY BAN NHÂN DÂN", None],
        [None, "Người ký", None],
    )
    assert codes(framework) == ["1", "1.1", "1.2"]
    assert framework.declared_total == 2
    assert kinds(framework) == []


@pytest.mark.parametrize(
    "words", ["Tổng điểm", "Tổng cộng", "TỔNG", "Cộng", "Tổng số điểm:", "Tổng cộng (I+II)"]
)
def test_names_of_the_total_line(words: str) -> None:
    assert read_table([1, "N", 2], [None, words, 2]).declared_total == 2


def test_total_written_in_one_cell() -> None:
    assert read_table([1, "N", 100], [None, "Tổng điểm: 100 điểm", None]).declared_total == 100


def test_total_in_the_first_row_does_not_close_the_table() -> None:
    framework = read_table(
        [None, "TỔNG ĐIỂM", 1], [1, "N", None], ["1.1", "A", 1], [None, "- Đúng hạn: 1", None]
    )
    assert framework.declared_total == 1
    assert codes(framework) == ["1", "1.1"]
    assert criterion(framework, "1.1").guidance == "- Đúng hạn: 1"


def test_total_of_a_part_is_not_the_total() -> None:
    framework = read_table([1, "N", 2], [None, "Tổng điểm thẩm định", 1], [None, "Tổng điểm", 2])
    assert framework.declared_total == 2
    assert codes(framework) == ["1"]


def test_a_wrong_total_is_reported_without_a_code() -> None:
    framework = read_table([1, "N", 2], [2, "M", 1], [None, "Tổng điểm", 4])
    [problem] = framework.problems
    assert (problem.kind, problem.code) == ("sum_mismatch", "")
    assert (problem.declared, problem.computed) == (Decimal(4), Decimal(3))


def test_each_slip_is_reported_where_it_is() -> None:
    framework = read_table(
        [1, "N", 5],
        ["1.1", "A", 3],
        ["1.1.1", "A1", 1],
        ["1.1.2", "A2", 1],
        ["1.2", "B", 2],
        [None, "Tổng điểm", 5],
    )
    assert kinds(framework) == [("sum_mismatch", "1.1")]
    assert (framework.declared_total, framework.computed_total) == (Decimal(5), Decimal(4))


def test_a_parent_that_equals_its_leaves_and_not_a_wrong_middle_is_right() -> None:
    framework = read_table([1, "N", 4], ["1.1", "A", 3], ["1.1.1", "A1", 2], ["1.2", "B", 2])
    assert kinds(framework) == [("sum_mismatch", "1.1")]


def test_row_cut_by_the_page_end_and_the_repeated_header() -> None:
    framework = read_table(
        [1, "N", 1], ["1.1", "Thực hiện chế độ của", 1], HEADER, [None, "Chính phủ về tự chủ", None]
    )
    assert criterion(framework, "1.1").title == "Thực hiện chế độ của Chính phủ về tự chủ"
    assert kinds(framework) == []


def test_points_that_stand_in_the_second_half_of_a_cut_row() -> None:
    framework = read_table([1, "Thực hiện chế độ", None], [None, "tự chủ", 2])
    assert framework.criteria[0].declared == 2
    assert kinds(framework) == []


def test_option_lines_are_guidance_of_their_leaf() -> None:
    framework = read_table([1, "Kế hoạch", 1], [None, "- Đúng hạn: 1", None], [None, "+ Chậm", 0.5])
    assert framework.criteria[0].guidance == "- Đúng hạn: 1\n+ Chậm: 0.5"
    assert kinds(framework) == []


def test_text_that_is_not_understood_is_reported_with_its_cell() -> None:
    framework = read_table([1, "Kế hoạch", 1], [None, "Xem thêm hướng dẫn của Sở", None], [2, "Báo cáo", 1])
    assert [(p.kind, p.severity, p.cell) for p in framework.problems] == [("skipped_row", "info", "B3")]
    assert "Xem thêm" in framework.criteria[0].guidance


def test_several_lines_of_evidence_go_on_below() -> None:
    rows: list[Row] = [
        [*HEADER, "Tài liệu kiểm chứng"],
        [1, "A", 1, "Kế hoạch"],
        [None, None, None, "Báo cáo"],
        [2, "B", 1, "C"],
    ]
    assert read_rows(rows).criteria[0].evidence == "Kế hoạch\nBáo cáo"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(separator: str) -> None:
    rows = [
        ["STT", "Tiêu chí", "Điểm tối đa"],
        ["1", "Kế hoạch; báo cáo, kiểm tra", "1,5"],
        ["", "Tổng điểm", "1,5"],
    ]
    text = "\r\n".join(separator.join(f'"{value}"' for value in row) for row in rows)
    framework = read_framework(text.encode("utf-8-sig"), filename="bang.csv")
    assert framework.criteria[0].declared == framework.declared_total == Decimal("1.5")
    assert framework.sheet == "bang"


def test_csv_with_a_two_line_header() -> None:
    text = "STT,Tiêu chí,Điểm,,Ghi chú\n,,Năm 2022,Tối đa,\n1,Kế hoạch,1,2,x\n"
    only = read_framework(text.encode(), filename="bang.csv").criteria[0]
    assert (only.declared, only.extra) == (Decimal(2), {"Điểm Năm 2022": "1"})


def test_ods() -> None:
    rows: list[Row] = [HEADER, ["1.10", "Kế hoạch", 1.5], ["", "Tổng điểm", 1.5]]
    table = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Bảng">{table}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    framework = read_framework(target.getvalue(), filename="bang.ods")
    assert codes(framework) == ["1.10"]
    assert framework.criteria[0].declared == framework.declared_total == Decimal("1.5")
    assert framework.sheet == "Bảng"


def ods_cell(value: Any) -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "a.xlsx", "rỗng"),
        (b"not a workbook", "a.xlsx", "không phải là bảng tính"),
        (b"PK\x03\x04 not a zip", "a.xlsx", "không phải là bảng tính"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", "không phải là bảng tính"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "mật khẩu"),
        (b"\xff\x00\xfe", "a.csv", "CSV UTF-8"),
        (bytes(21 * 1024 * 1024), "a.xlsx", "20 MB"),
        (workbook([]), "a.xlsx", "không có nội dung"),
        (workbook([["Chào"], ["1", "2"]]), "a.xlsx", "Không tìm thấy bảng tiêu chí"),
        (workbook([["STT", "Tiêu chí", "Ghi chú"], [1, "A", "b"]]), "a.xlsx", "không có cột điểm"),
        (workbook([HEADER]), "a.xlsx", "không có tiêu chí nào"),
    ],
)
def test_refusals_say_why(content: bytes, filename: str, words: str) -> None:
    with pytest.raises(WorkbookRefused, match=words):
        read_framework(content, filename=filename)


def test_missing_sheet_names_the_sheets_there_are() -> None:
    with pytest.raises(WorkbookRefused, match="Không có trang tính “Phụ lục 9”. Tệp có: “Bảng”"):
        read_framework(workbook([HEADER]), filename="a.xlsx", sheet="Phụ lục 9")


def test_a_merge_over_the_whole_sheet_is_refused() -> None:
    """openpyxl would make seventeen thousand million cells of it."""
    merged = workbook([HEADER, [1, "A", 1]], lambda sheet: sheet.merge_cells("E1:F1"))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(merged)) as source, zipfile.ZipFile(target, "w") as hostile:
        for name in source.namelist():
            hostile.writestr(name, source.read(name).replace(b"E1:F1", b"E1:XFD1048576"))
    with pytest.raises(WorkbookRefused, match="quá lớn"):
        read_framework(target.getvalue(), filename="a.xlsx")


def test_a_zip_bomb_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"")
        for n in range(11):
            bomb.writestr(f"xl/worksheets/sheet{n}.xml", bytes(20 * 1024 * 1024))
    with pytest.raises(WorkbookRefused, match="quá lớn"):
        read_framework(target.getvalue(), filename="a.xlsx")


def test_a_stray_cell_far_below_costs_nothing() -> None:
    framework = read_rows([HEADER, [1, "A", 1]], lambda sheet: sheet.cell(1_048_576, 16_000, " "))
    assert codes(framework) == ["1"]


@pytest.mark.parametrize(
    "title",
    [
        "ĐIỀU TRA XÃ HỘI HỌC",
        "Chỉ số hài lòng về tiếp cận dịch vụ",
        "Mức độ hài lòng của người dân, tổ chức",
        "Kết quả khảo sát sự hài lòng của người dân",
        "Điểm quy đổi từ điều tra sự hài lòng của người dân (Chỉ số SIPAS)",
        "TÁC ĐỘNG CỦA CCHC ĐẾN NGƯỜI DÂN (Kết quả khảo sát sự hài lòng của người dân)",
        "Đánh giá qua điều tra XHH",
    ],
)
def test_titles_that_name_the_survey_as_the_measure(title: str) -> None:
    assert measured_by_survey(title)


@pytest.mark.parametrize(
    "title",
    [
        "Ban hành và triển khai kế hoạch SIPAS năm",
        "Công tác kiểm tra, giám sát về CCHC, SIPAS, PAPI",
        "Mức độ hoàn thành kế hoạch tuyên truyền CCHC, các chỉ số PAR-Index, SIPAS, PAPI",
        "Mức độ đa dạng trong tuyên truyền (chỉ số SIPAS)",
        "Tổ chức khảo sát sự hài lòng của người dân",
        "Tác động của cải cách đến tổ chức bộ máy hành chính",
    ],
)
def test_activities_are_no_survey(title: str) -> None:
    assert not measured_by_survey(title)


def test_a_wrong_separator_does_not_win_by_the_lines_inside_cells() -> None:
    scoring = '"Đúng hạn: 0,5\nChậm: 0,25\nChậm quá 10 ngày: 0,1"'
    rows = ["TT;Cách chấm;Điểm tối đa;Tiêu chí", "1;;1;Chỉ đạo, điều hành"]
    rows += [f"1.{number};{scoring};0,5;Kế hoạch" for number in (1, 2)]

    framework = read_framework("\n".join(rows).encode(), filename="a.csv")

    assert [row.code for row in framework.criteria] == ["1", "1.1", "1.2"]
