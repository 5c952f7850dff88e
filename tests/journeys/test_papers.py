"""The numbers that must come out, from the papers' workbooks through the commands."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assessments.models import Group
from assessments.reconciliation import differences
from assessments.scorecard import rank_group
from tests.commandline import done, run

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
PHONG_THO_SURVEY = "8.1,8.2,8.3,8.4,8.5,8.6,8.10"
DONG_TRIEU_SURVEY = "2.5,4.4,5.9,6.5,7.3,8.8"

pytestmark = pytest.mark.django_db


def read(
    file: str, unit_type: str, *more: str, issued: str = "15/11/2022", number: str = "1/QĐ-UBND"
) -> dict[str, Any]:
    arguments = [
        "--decision",
        number,
        "--issued",
        issued,
        "--issuer",
        "UBND",
        "--unit-type",
        unit_type,
        "--create",
    ]
    return done("import_framework", FIXTURES / file, *arguments, *more)


def in_force(answer: dict[str, Any], *resolve: str) -> int:
    return int(done("activate_framework", answer["framework"], *resolve)["framework"])


def in_round(framework: int, units: str, *more: str, year: int = 2023) -> None:
    done("open_round", "--code", "dot", "--year", year, "--organiser", "Sở Nội vụ")
    done(
        "add_group", "--round", "dot", "--code", "nhom", "--framework", framework,
        "--units", FIXTURES / "units" / units, *more,
    )  # fmt: skip


def scores(file: str, stage: str) -> dict[str, Any]:
    return done("import_scores", FIXTURES / "scores" / file, "--round", "dot", "--stage", stage)


def ranked() -> dict[str, Any]:
    (group,) = done("rank", "--round", "dot")["groups"]
    return dict(group)


def test_phong_tho_2023_is_7924_of_100_beside_the_announced_7927() -> None:
    answer = read("phong-tho-2023.xlsx", "huyen", "--survey-leaves", PHONG_THO_SURVEY)
    assert answer["levels"] == [8, 44, 62]
    assert answer["leaves"] == 87
    assert (answer["declared_total"], answer["computed_total"]) == ("100", "100")
    assert [problem for problem in answer["problems"] if problem["severity"] == "error"] == []
    in_round(in_force(answer), "phong-tho.csv")
    scores("phong-tho-2023-appraised.csv", "appraised")
    scores("phong-tho-2023-survey.csv", "survey")
    scores("phong-tho-2023-published.csv", "published")
    done("conclude", "--round", "dot")

    group = ranked()

    (unit,) = group["units"]
    assert group["provisional"] is False
    assert group["classes"] == {"Khá": 1}
    assert unit["appraised"] == "56.36"
    assert unit["survey"] == "22.88"
    assert unit["obtained"] == "79.24"
    assert unit["attainable"] == "100"
    assert unit["index"] == "79.24"
    assert (unit["rank"], unit["class"], unit["provisional"]) == (1, "Khá", False)
    assert unit["published"]["obtained"] == "79.27"
    contents = {row["code"]: (row["obtained"], row["attainable"]) for row in unit["contents"]}
    assert contents == {
        "1": ("9.28", "13.5"),
        "2": ("5", "5"),
        "3": ("13", "13.5"),
        "4": ("7.5", "7.5"),
        "5": ("5.5", "8"),
        "6": ("3.18", "7"),
        "7": ("11.4", "12.5"),
        "8": ("24.38", "33"),
    }


@pytest.mark.parametrize("stage", ["leaf", "total"])
def test_phong_tho_gives_7924_at_both_stages_of_rounding(stage: str) -> None:
    answer = read("phong-tho-2023.xlsx", "huyen", "--survey-leaves", PHONG_THO_SURVEY)
    in_round(in_force(answer), "phong-tho.csv", "--rounding-stage", stage)
    scores("phong-tho-2023-appraised.csv", "appraised")
    scores("phong-tho-2023-survey.csv", "survey")

    assert ranked()["units"][0]["obtained"] == "79.24"


def dong_trieu() -> int:
    answer = read("dong-trieu-2023.xlsx", "huyen", "--survey-leaves", DONG_TRIEU_SURVEY)
    assert answer["levels"] == [10, 52, 0]
    assert answer["leaves"] == 52
    assert (answer["declared_total"], answer["computed_total"]) == ("100", "100")
    kinds = [(problem["kind"], problem["code"]) for problem in answer["problems"]]
    assert kinds == [("code_repaired", "1.10"), ("missing_code", "10.1")]
    return in_force(answer)


def test_dong_trieu_2022_is_8577_with_a_survey_of_3510() -> None:
    in_round(dong_trieu(), "quang-ninh-huyen.csv", year=2022)
    scores("dong-trieu-2022-appraised.csv", "appraised")
    scores("dong-trieu-2022-survey.csv", "survey")

    unit = next(row for row in ranked()["units"] if row["unit"] == "dong-trieu")

    assert unit["obtained"] == "85.77"
    assert unit["survey"] == "35.1"
    assert unit["appraised"] == "50.67"
    assert unit["class"] == "Tốt"
    assert unit["provisional"] is False


def test_other_districts_without_points_are_provisional_and_keep_the_round_from_publication() -> None:
    in_round(dong_trieu(), "quang-ninh-huyen.csv", year=2022)
    scores("dong-trieu-2022-appraised.csv", "appraised")
    scores("dong-trieu-2022-survey.csv", "survey")

    group = ranked()
    code, answer = run(
        "publish",
        "--round",
        "dot",
        "--decision",
        "9/QĐ-UBND",
        "--signed",
        "28/03/2023",
        "--signer",
        "Chủ tịch",
    )

    assert group["provisional"] is True
    assert sum(unit["provisional"] for unit in group["units"]) == 12
    assert code == 1
    assert "chưa có điểm" in answer["problems"][0]["message"]


def test_dong_trieu_target_printed_9188_while_its_rows_add_up_to_9208() -> None:
    in_round(dong_trieu(), "quang-ninh-huyen.csv", year=2022)
    scores("dong-trieu-2022-appraised.csv", "appraised")
    scores("dong-trieu-2022-survey.csv", "survey")
    scores("dong-trieu-2023-target.csv", "target")

    group = Group.objects.get(code="nhom")
    found = {
        row["where"]: (row["declared"], row["computed"], row["gap"])
        for row in differences(group, rank_group(group))
    }

    assert found["Mục 10, điểm đạt, mục tiêu năm sau"] == ("22,56", "22,76", "-0.2")
    assert found["Toàn bộ, điểm đạt, mục tiêu năm sau"] == ("91,88", "92,08", "-0.2")
    assert not any("Mục 5" in where for where in found)


def test_hoang_mai_departments_declare_70_and_add_up_to_69() -> None:
    answer = read("hoang-mai-2024.xlsx", "phong", "--sheet", "Phụ lục 1")

    assert answer["levels"] == [8, 28, 13]
    assert answer["leaves"] == 37
    assert (answer["declared_total"], answer["computed_total"]) == ("70", "69")
    problem, question = answer["problems"]
    assert (problem["kind"], problem["code"], problem["severity"]) == ("sum_mismatch", "3", "error")
    assert (problem["declared"], problem["computed"]) == ("14", "13")
    assert (question["kind"], question["code"], question["severity"]) == (
        "rule_unrecognised",
        "7.1.5",
        "warning",
    )

    code, refused = run("activate_framework", answer["framework"])
    assert code == 1
    assert [row["id"] for row in refused["problems"]] == [problem["id"]]


@pytest.mark.parametrize(("choice", "total"), [("sum", "69"), ("unallocated", "70")])
def test_hoang_mai_departments_total_follows_the_choice(choice: str, total: str) -> None:
    answer = read("hoang-mai-2024.xlsx", "phong", "--sheet", "Phụ lục 1")
    framework = in_force(
        answer, "--resolve", f"{answer['problems'][0]['id']}={choice}", "--reason", "theo phụ lục"
    )
    in_round(framework, "hoang-mai-phong.csv", "--no-survey", year=2024)

    units = ranked()["units"]

    assert len(units) == 12
    assert {unit["attainable"] for unit in units} == {total}


def test_hoang_mai_wards_add_up_to_70_without_any_problem() -> None:
    answer = read("hoang-mai-2024.xlsx", "phuong", "--sheet", "Phụ lục 2")

    assert answer["levels"] == [8, 35, 48]
    assert answer["leaves"] == 67
    assert (answer["declared_total"], answer["computed_total"]) == ("70", "70")
    assert answer["problems"] == []
    tree = done("show_framework", answer["framework"])["criteria"]
    assert {row["source"] for row in tree} == {"self"}
    assert [row["code"] for row in tree if row["parent"] == "1"][-2:] == ["1.10", "1.11"]


def test_phuong_2_gives_8823_of_100_beside_the_announced_8846_of_99() -> None:
    answer = read("phuong-2-2022.xlsx", "phuong")
    assert answer["levels"] == [7, 0, 0]
    in_round(in_force(answer), "phuong-2.csv", "--no-survey", year=2022)
    scores("phuong-2-2022-appraised.csv", "appraised")
    compared = scores("phuong-2-2022-published.csv", "published")

    (unit,) = ranked()["units"]

    assert (unit["obtained"], unit["attainable"], unit["index"]) == ("88.23", "100", "88.23")
    assert unit["published"] == {
        "obtained": "88.46", "attainable": "99", "index": "89.35", "rank": None, "class": "Tốt",
    }  # fmt: skip
    fields = {row["field"]: (row["published"], row["computed"]) for row in compared["differences"]}
    assert fields["obtained"] == ("88.46", "88.23")
    assert fields["attainable"] == ("99", "100")
    assert fields["index"] == ("89.35", "88.23")


def test_three_decimals_change_the_total_with_the_stage_of_rounding(tmp_path: Path) -> None:
    table = "STT,Tiêu chí,Điểm tối đa\n1,Nội dung một,3\n1.1,Một,1\n1.2,Hai,1\n1.3,Ba,1\n"
    (tmp_path / "bang.csv").write_text(table, encoding="utf-8")
    (tmp_path / "don-vi.csv").write_text("code,name\na,Đơn vị A\n", encoding="utf-8")
    (tmp_path / "diem.csv").write_text('unit,1.1,1.2,1.3\na,"0,335","0,335","0,335"\n', encoding="utf-8")
    common = (
        "--decision",
        "1",
        "--issued",
        "01/01/2024",
        "--issuer",
        "UBND",
        "--unit-type",
        "xa",
        "--create",
    )
    framework = in_force(done("import_framework", tmp_path / "bang.csv", *common))
    done("open_round", "--code", "dot", "--year", 2024, "--organiser", "Sở Nội vụ")
    obtained = {}
    for stage in ("leaf", "total"):
        done("add_group", "--round", "dot", "--code", stage, "--framework", framework,
             "--units", tmp_path / "don-vi.csv", "--rounding-stage", stage)  # fmt: skip
        done(
            "import_scores", tmp_path / "diem.csv", "--round", "dot", "--group", stage, "--stage", "appraised"
        )
    for group in done("rank", "--round", "dot")["groups"]:
        obtained[group["group"]] = Decimal(group["units"][0]["obtained"])

    assert obtained == {"leaf": Decimal("1.02"), "total": Decimal("1.01")}


def test_hoang_mai_offices_without_procedures_get_full_points_where_the_paper_says_so(tmp_path: Path) -> None:
    answer = read("hoang-mai-2024.xlsx", "phong", "--sheet", "Phụ lục 1")
    in_round(in_force(answer, "--resolve-all", "sum"), "hoang-mai-phong.csv", "--no-survey", year=2024)
    rows = "unit,code,points,reason\n" + "".join(
        f"noi-vu,{code},KAD,Phòng không có TTHC\n" for code in ("5.5", "7.1.4", "7.1.5")
    )
    (tmp_path / "kad.csv").write_text(rows, encoding="utf-8")

    done("import_scores", tmp_path / "kad.csv", "--round", "dot", "--stage", "appraised")

    unit = next(row for row in ranked()["units"] if row["unit"] == "noi-vu")
    assert (unit["obtained"], unit["attainable"]) == ("4", "68")
