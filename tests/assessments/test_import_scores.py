"""Files of scores as offices send them, through the command into a real database."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.enums import AssessmentState, Measure, Track
from assessments.models import AnnouncedResult, Assessment, Group, PaperFigure, Round, Score
from assessments.workflow import GroupSettings, add_group, open_round
from criteria.enums import FrameworkState, NotApplicableMode, Source, Standing
from criteria.models import Criterion, Decision, Framework
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event

pytestmark = pytest.mark.django_db

Rows = list[list[Any]]
Answer = dict[str, Any]
SURVEY, IMPORTED = {"source": Source.SURVEY}, {"source": Source.IMPORTED}
FULL = {"not_applicable_mode": NotApplicableMode.FULL_POINTS}
PENALTY = {"standing": Standing.PENALTY}

# Code, maximum, what is special. Content 1 has ten leaves of one point; the whole has 30 points, 8 by survey.
TREE: list[tuple[str, str, dict[str, Any]]] = [
    ("1", "10", {}),
    *((f"1.{number}", "1", {}) for number in range(1, 11)),
    ("2", "15", {}),
    ("2.1", "4", {}),
    ("2.2", "5", FULL),
    ("2.3", "3", SURVEY),
    ("2.4", "3", IMPORTED),
    ("2.5", "2", PENALTY),
    ("3", "5", {}),
    ("3.1", "5", SURVEY),
]


def _framework(
    organiser: Organiser, unit_type: UnitType, tree: list[tuple[str, str, dict[str, Any]]]
) -> Framework:
    """A framework in force, row by row as its table has them."""
    decision, _ = Decision.objects.get_or_create(
        issuer=organiser, number="05/QĐ-UBND", defaults={"issued": dt.date(2022, 1, 5)}
    )
    framework = Framework.objects.create(
        decision=decision, unit_type=unit_type, version=1, title="Bộ tiêu chí"
    )
    stored: dict[str, Criterion] = {}
    inner = {code.rpartition(".")[0] for code, _, _ in tree}
    for position, (code, points, special) in enumerate(tree, start=1):
        parent = stored.get(code.rpartition(".")[0])
        stored[code] = Criterion.objects.create(
            framework=framework,
            parent=parent,
            content=parent,
            position=position,
            code=code,
            printed_code=code,
            level=code.count(".") + 1,
            title=f"Mục {code}",
            is_leaf=code not in inner,
            max_points=Decimal(points),
            **special,
        )
    for criterion in framework.criteria.filter(parent=None):
        framework.criteria.filter(pk=criterion.pk).update(content=criterion)
    framework.state, framework.activated_at, framework.activated_by = (
        FrameworkState.IN_FORCE,
        timezone.now(),
        "Hà",
    )
    framework.save()
    return framework


def _group(
    round: Round, code: str, names: dict[str, str], *, tree: Any = None, holds_survey: bool = True
) -> Group:
    unit_type = UnitType.objects.create(code=code, name=f"Loại {code}")
    framework = _framework(round.organiser, unit_type, tree or TREE)
    units = [
        Unit.objects.create(organiser=round.organiser, code=unit, name=name, unit_type=unit_type)
        for unit, name in names.items()
    ]
    return add_group(
        round=round,
        code=code,
        name=f"Nhóm {code}",
        framework=framework,
        units=units,
        settings=GroupSettings(holds_survey=holds_survey),
        by=COMMAND_LINE,
    )


@pytest.fixture
def round() -> Round:
    organiser = Organiser.objects.create(name="UBND tỉnh Quảng Ninh")
    return open_round(code="qn", year=2022, organiser=organiser, by=COMMAND_LINE)


@pytest.fixture
def districts(round: Round) -> Group:
    return _group(
        round, "huyen", {"DT": "Thị xã Đông Triều", "HL": "Thành phố Hạ Long", "CP": "Thành phố Cẩm Phả"}
    )


Import = Callable[..., tuple[Answer, int]]


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Write rows to a file of the wanted kind and import it; returns the answer and the exit code."""

    def run_command(
        content: Rows | bytes | str, *options: str, stage: str = "appraised", name: str = ""
    ) -> Any:
        if isinstance(content, list):
            path = tmp_path / (name or "diem.xlsx")
            book = openpyxl.Workbook()
            for row in content:
                book.active.append(row)
            book.save(path)
        else:
            path = tmp_path / (name or "diem.csv")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, code = io.StringIO(), 0
        try:
            call_command(
                "import_scores", str(path), "--round", "qn", "--stage", stage, "--json", *options, stdout=out
            )
        except SystemExit as stopped:
            code = int(str(stopped.code))
        return json.loads(out.getvalue()), code

    return run_command


def points(track: Track = Track.CONCLUSION) -> dict[tuple[str, str], Decimal | None]:
    """What is stored of one track, by unit and code."""
    rows = Score.objects.filter(track=track, at__isnull=False).select_related("assessment", "criterion")
    return {(row.assessment.unit_code, row.criterion.code): row.points for row in rows}


def found(answer: Answer) -> list[tuple[str, str]]:
    """Kind and cell of every problem, each of which must name its row and cell."""
    for item in answer["problems"]:
        if item["cell"]:
            assert item["message"].startswith(f"Dòng {item['row']}, ô {item['cell']}: ")
    return [(item["kind"], item["cell"]) for item in answer["problems"]]


def assert_refused(done: tuple[Answer, int], *expected: tuple[str, str]) -> None:
    answer, code = done
    assert found(answer) == list(expected)
    assert code == 1
    assert answer["stored"] == 0
    assert {"round", "stage", "stored", "problems"} == set(answer)
    assert points() == {}
    assert points(Track.SELF) == {}
    assert not PaperFigure.objects.exists()
    assert not AnnouncedResult.objects.exists()


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


class TestNotApplicable:
    """KAD, in any case, by the mode of the leaf."""

    def test_out_of_the_denominator_or_full_points(self, districts: Group, run: Import) -> None:
        _, code = run([["Đơn vị", "2.1", "2.2"], ["DT", "kad", "Không áp dụng"]])
        assert code == 0
        stored = Score.objects.filter(track=Track.CONCLUSION, assessment__unit_code="DT", not_applicable=True)
        outcome = {score.criterion.code: (score.points, score.obtained, score.attainable) for score in stored}
        assert outcome == {"2.1": (None, 0, 0), "2.2": (None, 5, 5)}

    def test_a_sum_cannot_be_not_applicable(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "2", "2.1"], ["DT", "KAD", 1]]), ("not_leaf", "B2"))


class TestUnits:
    """Which unit a row is about."""

    @pytest.fixture
    def wards(self, round: Round) -> Group:
        return _group(round, "xa", {"P2": "Phường 2", "P7": "Thành phố Hạ Long"}, holds_survey=False)

    def test_a_name_in_two_groups_needs_the_group(self, districts: Group, wards: Group, run: Import) -> None:
        rows = [["Đơn vị", "1.1"], ["Thành phố Hạ Long", 1], ["Phường 2", 1]]
        answer, code = run(rows)
        assert (found(answer), code) == ([("ambiguous_unit", "A2")], 1)
        assert points() == {}
        answer, code = run(rows, "--group", "xa")
        assert (answer["problems"], code) == ([], 0)
        assert Score.objects.filter(at__isnull=False, assessment__group=wards).count() == 2

    def test_a_unit_of_another_group_is_unknown(self, districts: Group, wards: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "1.1"], ["Phường 2", 1]], "--group", "huyen"), ("unknown_unit", "A2"))

    def test_diacritics_are_exact(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "1.1"], ["Thi xa Dong Trieu", 1]]), ("unknown_unit", "A2"))

    def test_a_unit_twice(self, districts: Group, run: Import) -> None:
        rows = [["Đơn vị", "1.1"], ["DT", 1], ["Thị xã Đông Triều", None]]
        assert_refused(run(rows), ("duplicate", "A3"))

    def test_a_code_and_a_name_of_two_units(self, districts: Group, run: Import) -> None:
        rows = [["Mã", "Tên đơn vị", "1.1"], ["DT", "Thành phố Hạ Long", 1], ["CP", "Cẩm Phả", 1]]
        assert_refused(run(rows), ("ambiguous_unit", "B2"))

    def test_groups_with_frameworks_of_their_own(self, districts: Group, round: Round, run: Import) -> None:
        other = [("1", "4", {}), ("1.1", "2", {}), ("1.20", "2", {})]
        _group(round, "so", {"NV": "Sở Nội vụ"}, tree=other)
        answer, code = run([["Đơn vị", "1.1", "1.2", "1.20"], ["DT", 1, 0.5, None], ["NV", 2, None, 1.5]])
        assert (answer["problems"], code, answer["units"]) == ([], 0, 2)
        assert points()["NV", "1.20"] == Decimal("1.5")
        answer, code = run([["Đơn vị", "1.1", "1.2", "1.20"], ["DT", 1, 0.5, 1], ["NV", 2, None, 1.5]])
        assert (found(answer), code) == ([("unknown_code", "D1")], 1)

    def test_unknown_round_and_group(self, districts: Group, run: Import) -> None:
        answer, code = run([["Đơn vị", "1.1"], ["DT", 1]], "--group", "khác")
        assert (answer["stored"], answer["problems"][0]["kind"], code) == (0, "unknown_group", 1)


class TestStages:
    """Which leaves take points of which stage."""

    def test_units_do_not_score_survey_and_imported_leaves(self, districts: Group, run: Import) -> None:
        done = run([["Đơn vị", "1.1", "2.3", "2.4"], ["DT", 1, 2, 2], ["HL", 1, 2, 2]], stage="self")
        assert_refused(done, ("wrong_source", "C1"), ("wrong_source", "D1"))

    def test_survey_points_on_survey_leaves_only(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "1.1", "3.1"], ["DT", 1, 4]], stage="survey"), ("wrong_source", "B1"))
        answer, code = run([["Đơn vị", "2.3", "3.1"], ["DT", "1,125", 4.5]], stage="survey")
        assert (answer["problems"], code) == ([], 0)
        assert points() == {("DT", "2.3"): Decimal("1.125"), ("DT", "3.1"): Decimal("4.5")}

    @pytest.mark.parametrize("stage", ["survey", "appraised", "target"])
    def test_survey_points_where_no_survey_is_held(self, round: Round, run: Import, stage: str) -> None:
        _group(round, "xa", {"P2": "Phường 2"}, holds_survey=False)
        assert_refused(run([["Đơn vị", "3.1"], ["P2", 4]], stage=stage), ("no_survey", "B1"))

    def test_targets_stand_beside(self, districts: Group, run: Import) -> None:
        run([["Đơn vị", "1.1", "2.3"], ["DT", 0.5, 2]])
        answer, code = run([["Đơn vị", "1.1", "2.3"], ["DT", 1, 3]], stage="target")
        assert (code, answer["stored"]) == (0, 2)
        assert points(Track.TARGET) == {("DT", "1.1"): 1, ("DT", "2.3"): 3}
        assert points() == {("DT", "1.1"): Decimal("0.5"), ("DT", "2.3"): 2}

    def test_a_deduction_is_a_positive_number(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "2.5"], ["DT", -0.5]]), ("out_of_range", "B2"))
        run([["Đơn vị", "2.5"], ["DT", 0.5]])
        score = Score.objects.get(criterion__code="2.5", at__isnull=False)
        assert (score.points, score.obtained, score.attainable) == (Decimal("0.5"), Decimal("-0.5"), 0)

    @pytest.mark.parametrize("stage", ["appraised", "survey"])
    def test_a_concluded_file_refuses(self, districts: Group, run: Import, stage: str) -> None:
        districts.assessments.filter(unit_code="HL").update(state=AssessmentState.CONCLUDED)
        rows = [["Đơn vị", "2.3"], ["DT", 1], ["HL", 1]]
        assert_refused(run(rows, stage=stage), ("concluded", "B3"))


class TestSums:
    """A paper's own sums are kept for comparing, not scored."""

    def test_kept_once_and_replaced(self, districts: Group, run: Import) -> None:
        wide = [
            ["Đơn vị", "1", "1.1", "2", "Tổng điểm"],
            ["DT", 9.5, 1, "12,25", 21.75],
            ["HL", None, 1, 3, None],
        ]
        answer, code = run(wide)
        assert (code, answer["stored"], answer["figures"], answer["units"]) == (0, 2, 4, 2)
        assert set(points()) == {("DT", "1.1"), ("HL", "1.1")}
        answer, code = run("unit,code,points\nDT,1,9\nDT,Tổng,22\n")
        assert (code, answer["stored"], answer["figures"]) == (0, 0, 2)
        kept = {
            (row.assessment.unit_code, row.criterion.code if row.criterion else None): row.value
            for row in PaperFigure.objects.filter(track=Track.CONCLUSION, measure=Measure.OBTAINED)
        }
        assert kept == {("DT", "1"): 9, ("DT", "2"): Decimal("12.25"), ("DT", None): 22, ("HL", "2"): 3}
        assert PaperFigure.objects.count() == 4
        event = Event.objects.filter(verb="ghi số in trong văn bản: Kết luận").latest("pk")
        assert (event.before, event.after) == ({"1": "9.5", "tổng": "21.75"}, {"1": "9", "tổng": "22"})

    def test_of_their_own_track(self, districts: Group, run: Import) -> None:
        run([["Đơn vị", "1"], ["DT", 9.5]], stage="self")
        run([["Đơn vị", "1"], ["DT", 9]], stage="target")
        assert set(PaperFigure.objects.values_list("track", "value")) == {
            ("self", Decimal("9.5")),
            ("target", 9),
        }

    def test_repeated_totals_are_refused(self, districts: Group, run: Import) -> None:
        rows = [["Đơn vị", "1.1", "Tổng", "Tổng cộng"], ["DT", 1, 1, 1]]
        assert_refused(run(rows), ("duplicate", "D2"))

    def test_sums_of_survey_points_are_no_sums_of_mixed_nodes(self, districts: Group, run: Import) -> None:
        rows = [["Đơn vị", "2", "2.3", "3", "3.1", "Tổng"], ["DT", 2, 2, 4, 4, 6]]
        answer, code = run(rows, stage="survey")
        assert (code, found(answer)) == (0, [("figure_skipped", "B1"), ("figure_skipped", "F1")])
        assert [figure.criterion.code for figure in PaperFigure.objects.all() if figure.criterion] == ["3"]


class TestPublished:
    """What a paper announced, beside what the rows give."""

    def _score_all(self, run: Import) -> None:
        leaves = [code for code, _, special in TREE if "." in code and special != PENALTY]
        tops = {code: Decimal(points) for code, points, _ in TREE}
        rows = [["Đơn vị", *leaves, "2.5"], ["DT", *(tops[code] for code in leaves), 1]]
        rows.append(["HL", *(tops[code] / 2 for code in leaves), 0])
        _, code = run(rows)
        assert code == 0

    def test_kept_and_compared(self, districts: Group, run: Import) -> None:
        self._score_all(run)
        before = points()
        answer, code = run(
            [
                ["KẾT QUẢ XẾP HẠNG"],
                ["STT", "Tên đơn vị", "Tổng điểm", "Điểm tối đa", "Chỉ số (%)", "Xếp hạng", "Xếp loại"],
                [1, "Thị xã Đông Triều", "29,04", 30, "96,67%", 1, "Xuất sắc"],
                [2, "Thành phố Hạ Long", 15, None, None, 3, "tốt"],
            ],
            stage="published",
        )
        assert code == 0
        assert answer == {
            "round": "qn",
            "stage": "published",
            "units": 2,
            "stored": 2,
            "figures": 0,
            "dry_run": False,
            "problems": [],
            "differences": [
                {"unit": "DT", "field": "obtained", "published": "29.04", "computed": "29"},
                {"unit": "HL", "field": "rank", "published": 3, "computed": 2},
                {"unit": "HL", "field": "class", "published": "tốt", "computed": "Trung bình"},
            ],
        }
        assert points() == before
        kept = AnnouncedResult.objects.get(assessment__unit_code="DT")
        assert (kept.obtained, kept.attainable, kept.index) == (Decimal("29.04"), 30, Decimal("96.67"))
        assert (kept.rank, kept.class_name) == (1, "Xuất sắc")

    def test_replaced_with_an_event(self, districts: Group, run: Import) -> None:
        run("unit,obtained,rank\nDT,79.27,1\nHL,70,2\n", "--by", "Nguyễn Thu Hà", stage="published")
        run("unit,obtained,rank\nDT,79.24,1\nHL,70,2\n", "--by", "Nguyễn Thu Hà", stage="published")
        assert AnnouncedResult.objects.count() == 2
        events = Event.objects.filter(verb="ghi kết quả văn bản công bố").order_by("pk")
        assert [event.object_label for event in events] == [
            "Thị xã Đông Triều",
            "Thành phố Hạ Long",
            "Thị xã Đông Triều",
        ]
        last = events.latest("pk")
        assert (last.actor_name, last.before["obtained"], last.after["obtained"]) == (
            "Nguyễn Thu Hà",
            "79.27",
            "79.24",
        )

    def test_a_share_shown_as_percent(self, districts: Group, run: Import, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(["Đơn vị", "Điểm", "Chỉ số"])
        book.active.append(["DT", 88.46, 0.8935])
        book.active.cell(2, 3).number_format = "0.00%"
        book.save(tmp_path / "phan-tram.xlsx")
        run((tmp_path / "phan-tram.xlsx").read_bytes(), stage="published", name="phan-tram.xlsx")
        assert AnnouncedResult.objects.get().index == Decimal("89.35")

    def test_refusals(self, districts: Group, run: Import) -> None:
        done = run(
            "unit,obtained,rank,class\nXX,1,1,\nDT,tám,,\nHL,70,1.5,\nHL,71,,\nCP,,,\n,70,,\n",
            stage="published",
        )
        assert_refused(
            done,
            ("unknown_unit", "A2"),
            ("unreadable_points", "B3"),
            ("unreadable_points", "C4"),
            ("duplicate", "A5"),
            ("unknown_unit", "B7"),
        )
        assert_refused(run("unit,rank\nDT,1\n", stage="published"), ("missing_column", ""))


class TestStoring:
    """All of a file or nothing, on record."""

    @pytest.mark.parametrize("stage", ["appraised", "published"])
    def test_dry_run(self, districts: Group, run: Import, stage: str) -> None:
        heading = "obtained" if stage == "published" else "1.1"
        events = Event.objects.count()
        answer, code = run(f"unit,{heading},Tổng\nDT,1,1\n", "--dry-run", stage=stage)
        assert (code, answer["dry_run"], answer["units"], answer["stored"]) == (0, True, 1, 1)
        assert (points(), Event.objects.count()) == ({}, events)
        assert not PaperFigure.objects.exists()
        assert not AnnouncedResult.objects.exists()

    def test_one_error_keeps_everything_out(self, districts: Group, run: Import) -> None:
        assert_refused(run([["Đơn vị", "1.1", "1"], ["DT", 1, 1], ["HL", 2, 1]]), ("out_of_range", "B3"))

    def test_events_say_before_and_after(self, districts: Group, run: Import) -> None:
        run([["Đơn vị", "1.1", "2.1"], ["DT", 0.5, 2]], "--by", "Nguyễn Thu Hà", name="lan-1.xlsx")
        run([["Đơn vị", "1.1", "2.1"], ["DT", "0,75", "KAD"]], "--by", "Nguyễn Thu Hà", name="lan-2.xlsx")
        event = Event.objects.latest("pk")
        assert (event.actor_name, event.object_label) == ("Nguyễn Thu Hà", "Thị xã Đông Triều")
        assert (event.before, event.after) == ({"1.1": "0.5", "2.1": "2"}, {"1.1": "0.75", "2.1": "KAD"})
        assert "lan-2.xlsx" in event.reason

    def test_in_words(self, districts: Group, tmp_path: Path) -> None:
        (tmp_path / "diem.csv").write_text("unit,1.1\nDT,1\n")
        out = io.StringIO()
        call_command(
            "import_scores", str(tmp_path / "diem.csv"), "--round", "qn", "--stage", "appraised", stdout=out
        )
        assert out.getvalue() == "Đã ghi 1 điểm và 0 số tổng của 1 đơn vị.\n"

    @pytest.mark.parametrize(("stage", "queries"), [("appraised", 14), ("published", 12)])
    @pytest.mark.parametrize("units", [3, 30])
    def test_queries_do_not_grow_with_units(
        self, round: Round, run: Import, stage: str, queries: int, units: int
    ) -> None:
        names = {f"U{number}": f"Đơn vị {number}" for number in range(units)}
        _group(round, "huyen", names, tree=[("1", "4", {}), ("1.1", "4", {})])
        headings = ["Đơn vị", "Điểm", "Hạng"] if stage == "published" else ["Đơn vị", "1.1", "1"]
        rows = [headings, *([code, 1, 1] for code in names)]
        with CaptureQueriesContext(connection) as asked:
            _, code = run(rows, stage=stage)
        assert code == 0
        assert len(asked) == queries
