"""Files of scores as offices send them, through the command into a real database."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessments.enums import AssessmentState, Track
from assessments.models import Assessment, Group, Round, Score
from assessments.workflow import open_round
from parindex.accounts.models import Organiser
from parindex.audit.events import COMMAND_LINE
from tests.assessments.score_files import Answer, Import, assert_refused, found, group_of, importer, points

pytestmark = pytest.mark.django_db


@pytest.fixture
def round() -> Round:
    organiser = Organiser.objects.create(name="UBND tỉnh Quảng Ninh")
    return open_round(code="qn", year=2022, organiser=organiser, by=COMMAND_LINE)


@pytest.fixture
def districts(round: Round) -> Group:
    return group_of(
        round, "huyen", {"DT": "Thị xã Đông Triều", "HL": "Thành phố Hạ Long", "CP": "Thành phố Cẩm Phả"}
    )


@pytest.fixture
def run(tmp_path: Path) -> Import:
    return importer(tmp_path)


class TestWide:
    """One row per unit, one column per code."""

    def test_units_by_code_or_name_under_title_lines(self, districts: Group, run: Import) -> None:
        answer, code = run(
            [
                ["UBND TỈNH QUẢNG NINH", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
                ["BẢNG ĐIỂM THẨM ĐỊNH"],
                [],
                ["STT", "Tên đơn vị", "1.1", "2.1", "2.3"],
                [1, "thị xã  ĐÔNG TRIỀU", 0.75, "3,25", 2],
                [2, "HL", 1, "3.5", None],
            ]
        )
        assert code == 0
        assert answer == {
            "round": "qn",
            "stage": "appraised",
            "units": 2,
            "stored": 5,
            "figures": 0,
            "dry_run": False,
            "problems": [],
        }
        assert points() == {
            ("DT", "1.1"): Decimal("0.75"),
            ("DT", "2.1"): Decimal("3.25"),
            ("DT", "2.3"): Decimal(2),
            ("HL", "1.1"): Decimal(1),
            ("HL", "2.1"): Decimal("3.5"),
        }
        assert set(Assessment.objects.values_list("state", flat=True)) == {AssessmentState.DRAFT}

    def test_an_empty_cell_says_nothing_and_keeps_what_was_said(self, districts: Group, run: Import) -> None:
        run([["unit", "1.1", "1.2"], ["DT", 0.5, 0.5]])
        answer, _ = run([["unit", "1.1", "1.2"], ["DT", None, 0]])
        assert answer["stored"] == 1
        assert points() == {("DT", "1.1"): Decimal("0.5"), ("DT", "1.2"): Decimal(0)}

    @pytest.mark.parametrize("separator", [",", ";"])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    def test_csv(self, districts: Group, run: Import, separator: str, mark: str) -> None:
        lines = [["Đơn vị", "1.1", "1.10", "2.1"], ["DT", '"0,25"', "0.5", "kad"]]
        text = mark + "\r\n".join(separator.join(line) for line in lines)
        answer, code = run(text, stage="self")
        assert (code, answer["stored"]) == (0, 3)
        assert points(Track.SELF) == {
            ("DT", "1.1"): Decimal("0.25"),
            ("DT", "1.10"): Decimal("0.5"),
            ("DT", "2.1"): None,
        }

    def test_semicolons_with_bare_decimal_commas(self, districts: Group, run: Import) -> None:
        _, code = run("Đơn vị;Mã;Điểm\nDT;1.1;0,25\nHL;1.10;0,5\n")
        assert code == 0
        assert points() == {("DT", "1.1"): Decimal("0.25"), ("HL", "1.10"): Decimal("0.5")}

    def test_two_lines_of_header_and_column_numbers(
        self, districts: Group, run: Import, tmp_path: Path
    ) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (
            ["TT", "Đơn vị", "Nội dung 1", None, "Nội dung 2"],
            [None, None, "1.1", "1.2", "2.1"],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [1, "Thành phố Hạ Long", 1, 0.5, 2],
        ):
            sheet.append(row)
        for merged in ("A1:A2", "B1:B2", "C1:D1"):
            sheet.merge_cells(merged)
        book.save(tmp_path / "hai-dong.xlsx")
        answer, code = run((tmp_path / "hai-dong.xlsx").read_bytes(), name="hai-dong.xlsx")
        assert (answer["problems"], code) == ([], 0)
        assert points() == {("HL", "1.1"): 1, ("HL", "1.2"): Decimal("0.5"), ("HL", "2.1"): 2}

    def test_lines_that_are_no_units_are_passed_over(self, districts: Group, run: Import) -> None:
        answer, code = run(
            [
                ["Đơn vị", "1.1", "Ghi chú"],
                ["Điểm tối đa", 1, None],
                ["Khối thành phố", None, None],
                ["HL", 1, "đã nộp đủ"],
                ["Tổng cộng", 1, None],
                [None, "NGƯỜI LẬP BIỂU", None],
            ]
        )
        assert code == 0
        assert found(answer) == [
            ("skipped_column", "C1"),
            ("skipped_row", "A2"),
            ("skipped_row", "A3"),
            ("skipped_row", "A5"),
            ("skipped_row", ""),
        ]
        assert points() == {("HL", "1.1"): 1}

    def test_a_second_table_in_the_file_is_named(self, districts: Group, run: Import, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for sheet in (book.active, book.create_sheet("Sở")):
            sheet.append(["Đơn vị", "1.1"])
            sheet.append(["HL", 1])
        book.save(tmp_path / "hai-trang.xlsx")
        answer, code = run((tmp_path / "hai-trang.xlsx").read_bytes(), name="hai-trang.xlsx")
        assert (code, found(answer)) == (0, [("skipped_sheet", "")])


class TestHeadings:
    """Codes as text and as numbers; a spreadsheet drops the zero of 1.10."""

    @pytest.mark.parametrize(
        ("heading", "code"),
        [
            ("1.10", "1.10"),
            ("1,10", "1.10"),
            ("1.1", "1.1"),
            ("1.8.", "1.8"),
            ("1.9. Đối thoại", "1.9"),
            (2.1, "2.1"),
        ],
    )
    def test_a_code_of_its_own(self, districts: Group, run: Import, heading: Any, code: str) -> None:
        answer, exit_code = run([["Đơn vị", heading], ["DT", 1]])
        assert (answer["problems"], exit_code) == ([], 0)
        assert points() == {("DT", code): 1}

    def _numbers(self, run: Import, tmp_path: Path, headings: list[tuple[Any, str]]) -> tuple[Answer, int]:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Đơn vị", *(value for value, _ in headings)])
        for column, (_, number_format) in enumerate(headings, start=2):
            sheet.cell(1, column).number_format = number_format
        sheet.append(["DT", *(Decimal(place) / 10 for place in range(len(headings)))])
        book.save(tmp_path / "so.xlsx")
        return run((tmp_path / "so.xlsx").read_bytes(), name="so.xlsx")

    def test_the_number_format_shows_the_zero(self, districts: Group, run: Import, tmp_path: Path) -> None:
        answer, code = self._numbers(run, tmp_path, [(1.2, "General"), (1.1, "0.00")])
        assert (answer["problems"], code) == ([], 0)
        assert points() == {("DT", "1.2"): 0, ("DT", "1.10"): Decimal("0.1")}

    def test_the_order_of_columns_tells_one_from_ten(
        self, districts: Group, run: Import, tmp_path: Path
    ) -> None:
        numbers = [Decimal("1.1"), *(Decimal(place) / 10 for place in range(12, 20)), Decimal("1.1")]
        answer, code = self._numbers(run, tmp_path, [(number, "General") for number in numbers])
        assert (answer["problems"], code) == ([], 0)
        assert points()["DT", "1.1"] == 0
        assert points()["DT", "1.10"] == Decimal("0.9")

    def test_a_number_that_may_be_two_codes_is_refused(
        self, districts: Group, run: Import, tmp_path: Path
    ) -> None:
        assert_refused(self._numbers(run, tmp_path, [(1.1, "General")]), ("ambiguous_code", "B1"))

    def test_unknown_and_repeated_headings(self, districts: Group, run: Import) -> None:
        done = run([["Đơn vị", "1.1", "9.9", "1.1", "Ý kiến"], ["DT", 1, None, None, None]])
        assert_refused(done, ("unknown_code", "C1"), ("duplicate", "D1"), ("unknown_code", "E1"))

    def test_points_without_a_heading_are_not_lost(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "1.1"], ["DT", 1, 0.5]]), ("unknown_code", "C2"))


class TestLong:
    """One row per unit and code."""

    def test_rows_with_reasons(self, districts: Group, run: Import) -> None:
        answer, code = run(
            "unit,code,points,reason\n"
            'DT,1.1,"0,5",Nộp chậm\n'
            "DT,1.10,1,\n"
            "Thành phố Hạ Long,2.1,KAD,Không có thủ tục hành chính\n"
        )
        assert (code, answer["units"], answer["stored"], answer["problems"]) == (0, 2, 3, [])
        late = Score.objects.get(assessment__unit_code="DT", criterion__code="1.1", track=Track.CONCLUSION)
        assert (late.points, late.reason, late.author_name) == (Decimal("0.5"), "Nộp chậm", "dòng lệnh")

    def test_vietnamese_names_of_columns(self, districts: Group, run: Import) -> None:
        answer, code = run(
            [
                ["TT", "Mã đơn vị", "Tên đơn vị", "Mã tiêu chí", "Điểm thẩm định", "Ghi chú"],
                [1, "DT", "Đông Triều", "1.1", 1, None],
                [2, None, "Thành phố Hạ Long", "1.2", "0,5 điểm", "một nửa"],
            ]
        )
        assert (answer["problems"], code) == ([], 0)
        assert points() == {("DT", "1.1"): 1, ("HL", "1.2"): Decimal("0.5")}

    def test_reasons_that_lead_nowhere(self, districts: Group, run: Import) -> None:
        answer, code = run("unit,code,points,reason\nDT,1.1,KAD,\nDT,1.2,,chưa có tài liệu\nHL,1.2,1,\n")
        assert code == 0
        assert found(answer) == [("no_reason", "C2"), ("skipped_row", "D3")]
        assert points() == {("DT", "1.1"): None, ("HL", "1.2"): 1}

    def test_refusals_name_their_cells(self, districts: Group, run: Import) -> None:
        done = run(
            "unit,code,points\n"
            "XX,1.1,1\n"
            "DT,7.7,1\n"
            "DT,1.1,1\n"
            "DT,1.1,0.5\n"
            "DT,1.2,-\n"
            "DT,1.3,một\n"
            'DT,1.4,"1.250,5"\n'
            "DT,1.5,-0.5\n"
            "DT,1.6,1.01\n"
            ",1.7,1\n"
            "DT,,1\n"
        )
        assert_refused(
            done,
            ("unknown_unit", "A2"),
            ("unknown_code", "B3"),
            ("duplicate", "B5"),
            ("unreadable_points", "C6"),
            ("unreadable_points", "C7"),
            ("unreadable_points", "C8"),
            ("out_of_range", "C9"),
            ("out_of_range", "C10"),
            ("unknown_unit", "C11"),
            ("unknown_code", "B12"),
        )
        messages = {item["cell"]: item["message"] for item in done[0]["problems"]}
        assert "“XX”" in messages["A2"]
        assert "KAD" in messages["C6"]
        assert "1,01" in messages["C10"]

    @pytest.mark.parametrize(
        "text", ["unit,points\nDT,1\n", "unit,code\nDT,1.1\n", "code,points\n1.1,1\n", "a,b\nDT,1\n"]
    )
    def test_a_missing_column(self, districts: Group, run: Import, text: str) -> None:
        answer, code = run(text)
        assert code == 1
        assert "missing_column" in {item["kind"] for item in answer["problems"]}

    @pytest.mark.parametrize(
        ("content", "name"), [(b"", "x.csv"), (b"PK\x03\x04junk", "x.xlsx"), (b"abc", "x.doc")]
    )
    def test_a_file_that_is_no_table(self, districts: Group, run: Import, content: bytes, name: str) -> None:
        assert_refused(run(content, name=name), ("file_refused", ""))

    def test_a_file_without_any_value(self, districts: Group, run: Import) -> None:
        assert_refused(run("unit,1.1\nDT,\n"), ("no_values", ""))


MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def ods(rows: list[list[str]]) -> bytes:
    """A smallest OpenDocument sheet of texts."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Điểm">{cells}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return made.getvalue()


def test_an_opendocument_sheet(districts: Group, run: Import) -> None:
    answer, code = run(ods([["Đơn vị", "1.10", "2.1"], ["DT", "0,5", "KAD"]]), name="diem.ods")
    assert (answer["problems"], code) == ([], 0)
    assert points() == {("DT", "1.10"): Decimal("0.5"), ("DT", "2.1"): None}
