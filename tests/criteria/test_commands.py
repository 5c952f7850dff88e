"""The framework commands as operators and scripts meet them: answers, exit codes, refusals."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from criteria.models import Decision, Framework
from parindex.accounts.models import Organiser, UnitType
from parindex.audit.models import Event
from tests.commandline import done, run

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = "STT,Tiêu chí,Điểm tối đa\n1,Chỉ đạo,5\n1.1,Kế hoạch,2\n1.2,Báo cáo,3\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "bang.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


COMMON = ("--decision", "1/QĐ", "--issued", "5/1/2024", "--issuer", "UBND", "--unit-type", "xa")


def test_dry_run_reads_everything_and_stores_nothing(table: Path) -> None:
    answer = done("import_framework", table, *COMMON, "--create", "--dry-run")

    assert (answer["framework"], answer["levels"], answer["leaves"]) == (None, [1, 2, 0], 2)
    assert not Framework.objects.exists()
    assert not Decision.objects.exists()
    assert not Organiser.objects.exists()
    assert not UnitType.objects.exists()
    assert not Event.objects.exists()


def test_an_unknown_issuer_is_refused_without_create(table: Path) -> None:
    code, answer = run("import_framework", table, *COMMON)

    assert code == 1
    assert answer["framework"] is None
    assert answer["problems"][0]["kind"] == "unknown_issuer"
    assert "“UBND”" in answer["problems"][0]["message"]


def test_an_unknown_unit_type_is_refused_without_create(table: Path) -> None:
    Organiser.objects.create(name="UBND")

    code, answer = run("import_framework", table, *COMMON)

    assert (code, answer["problems"][0]["kind"]) == (1, "unknown_unit_type")


def test_the_date_is_day_month_year(table: Path) -> None:
    done("import_framework", table, *COMMON, "--create")

    assert str(Decision.objects.get().issued) == "2024-01-05"


def test_a_decision_with_another_date_is_refused(table: Path) -> None:
    done("import_framework", table, *COMMON, "--create")

    code, answer = run("import_framework", table, *COMMON[:2], "--issued", "06/01/2024", *COMMON[4:])

    assert (code, answer["problems"][0]["kind"]) == (1, "decision_date")
    assert Framework.objects.count() == 1


def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "hong.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")

    code, answer = run("import_framework", path, *COMMON, "--create")

    assert code == 1
    assert answer["problems"][0]["severity"] == "error"
    assert answer["problems"][0]["message"]
    assert not Organiser.objects.exists()


def test_the_acting_person_is_named_in_the_audit(table: Path) -> None:
    done("import_framework", table, *COMMON, "--create", "--by", "Phạm Lan Anh")

    assert Event.objects.get().actor_name == "Phạm Lan Anh"


def test_an_unknown_framework_is_refused_by_activate_and_show() -> None:
    for command in ("activate_framework", "show_framework"):
        code, answer = run(command, 99)
        assert code == 1
        assert "99" in answer["problems"][0]["message"]


def test_show_framework_gives_the_tree_in_document_order(table: Path) -> None:
    framework = done("import_framework", table, *COMMON, "--create")["framework"]

    rows = done("show_framework", framework)["criteria"]

    assert [(row["code"], row["level"], row["parent"], row["max_points"]) for row in rows] == [
        ("1", 1, None, "5"),
        ("1.1", 2, "1", "2"),
        ("1.2", 2, "1", "3"),
    ]
    assert rows[1] == {
        "code": "1.1",
        "printed_code": "1.1",
        "level": 2,
        "parent": "1",
        "title": "Kế hoạch",
        "declared": "2",
        "max_points": "2",
        "source": "self",
        "rule": {"kind": "manual"},
        "lead": "",
        "supporting": "",
    }


def test_rules_read_from_words_stand_beside_the_words(tmp_path: Path) -> None:
    path = tmp_path / "cach-cham.csv"
    path.write_text(
        "STT,Tiêu chí,Điểm tối đa,Cách chấm\n"
        "1,Chỉ đạo,4,\n"
        '1.1,Kế hoạch,1,"Đúng hạn: 1; chậm: 0,5; không: 0"\n'
        '1.2,Hồ sơ,1,"Từ 90% trở lên: b/a x điểm tối đa; dưới 90%: 0. '
        'Không phát sinh thì đạt điểm tối đa"\n'
        '1.3,Sáng kiến,2,"Hội đồng thẩm định xem xét"\n',
        encoding="utf-8",
    )
    answer = done("import_framework", path, *COMMON, "--create")

    rows = {row["code"]: row for row in done("show_framework", answer["framework"])["criteria"]}
    assert rows["1.1"]["rule"] == {
        "kind": "levels",
        "levels": [
            {"name": "Đúng hạn", "amount": "1"},
            {"name": "chậm", "amount": "0.5"},
            {"name": "không", "amount": "0"},
        ],
    }
    assert (rows["1.2"]["rule"], rows["1.2"]["not_applicable"]) == (
        {"kind": "ratio", "floor": "90"},
        "full_points",
    )
    assert (rows["1.3"]["rule"], rows["1.3"]["guidance"]) == (
        {"kind": "manual"},
        "Hội đồng thẩm định xem xét",
    )
    assert "not_applicable" not in rows["1.1"]
    assert [(p["kind"], p["code"]) for p in answer["problems"]] == [("rule_unrecognised", "1.3")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["import_framework"],
        ["import_framework", "khong-co.xlsx", *COMMON],
        [
            "import_framework",
            "x.csv",
            "--decision",
            "1",
            "--issued",
            "31/02/2024",
            "--issuer",
            "A",
            "--unit-type",
            "x",
        ],
        ["activate_framework", "1", "--resolve", "1=khac"],
        ["rank"],
        [
            "add_group",
            "--round",
            "x",
            "--code",
            "g",
            "--framework",
            "1",
            "--units",
            "u.csv",
            "--scale",
            "Tốt=80",
        ],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    command = [sys.executable, "manage.py", *arguments]

    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2  # noqa: S603


def test_a_table_of_114_rows_takes_at_most_25_queries_and_a_second(
    django_assert_max_num_queries: Any,
) -> None:
    long = ROOT / "fixtures" / "phong-tho-2023.xlsx"
    start = time.process_time()
    with django_assert_max_num_queries(25):
        answer = done("import_framework", long, *COMMON, "--create")

    assert sum(answer["levels"]) == 114
    assert time.process_time() - start < 1
