"""What files of scores may say of whom, and what is kept of them, in a real database."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.enums import AssessmentState, Measure, Track
from assessments.models import AnnouncedResult, Group, PaperFigure, Round, Score
from assessments.workflow import open_round
from parindex.accounts.models import Organiser
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.score_files import (
    PENALTY,
    TREE,
    Import,
    assert_refused,
    found,
    group_of,
    importer,
    points,
)

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
        return group_of(round, "xa", {"P2": "Phường 2", "P7": "Thành phố Hạ Long"}, holds_survey=False)

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
        group_of(round, "so", {"NV": "Sở Nội vụ"}, tree=other)
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
        group_of(round, "xa", {"P2": "Phường 2"}, holds_survey=False)
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

    def test_a_concluded_file_refuses(self, districts: Group, run: Import) -> None:
        districts.assessments.filter(unit_code="HL").update(state=AssessmentState.CONCLUDED)
        rows = [["Đơn vị", "1.1", "2.3"], ["DT", 1, 1], ["HL", 1, 1]]
        assert_refused(run(rows), ("concluded", "B3"))

    @pytest.mark.parametrize("stage", ["appraised", "survey"])
    def test_survey_points_may_come_after_the_conclusion(
        self, districts: Group, run: Import, stage: str
    ) -> None:
        districts.assessments.update(state=AssessmentState.CONCLUDED)
        answer, code = run([["Đơn vị", "2.3"], ["HL", 1]], stage=stage)
        assert (answer["problems"], code) == ([], 0)
        assert points() == {("HL", "2.3"): 1}


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

    @pytest.mark.parametrize(("stage", "queries"), [("appraised", 15), ("published", 12)])
    @pytest.mark.parametrize("units", [3, 30])
    def test_queries_do_not_grow_with_units(
        self, round: Round, run: Import, stage: str, queries: int, units: int
    ) -> None:
        names = {f"U{number}": f"Đơn vị {number}" for number in range(units)}
        group_of(round, "huyen", names, tree=[("1", "4", {}), ("1.1", "4", {})])
        headings = ["Đơn vị", "Điểm", "Hạng"] if stage == "published" else ["Đơn vị", "1.1", "1"]
        rows = [headings, *([code, 1, 1] for code in names)]
        with CaptureQueriesContext(connection) as asked:
            _, code = run(rows, stage=stage)
        assert code == 0
        assert len(asked) == queries
