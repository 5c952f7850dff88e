"""What decisions declare in words, read from pasted text and held against the table."""

from decimal import Decimal
from pathlib import Path

import pytest

from criteria.models import Problem
from criteria.workbooks.declared import Declared, check_declared, declared_in
from criteria.workbooks.framework_reader import read_framework
from tests.commandline import done
from tests.criteria.workbook_files import read_table

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("9 nội dung, 41 tiêu chí, 49 tiêu chí thành phần", Declared(9, 41, 49)),
        ("gồm 10 lĩnh vực, 51 tiêu chí và 59 tiêu chí thành phần.", Declared(10, 51, 59)),
        ("Bộ tiêu chí gồm 08 (tám) nội dung,\n35 tiêu chí, 48 tiêu chí thành phần", Declared(8, 35, 48)),
        (
            "Thang điểm đánh giá là 100 điểm. Điểm thẩm định tối đa là 60 điểm; "
            "điểm điều tra xã hội học tối đa là 40 điểm (trong đó SIPAS 23 điểm).",
            Declared(total=Decimal(100), appraised=Decimal(60), survey=Decimal(40), sipas=Decimal(23)),
        ),
        (
            "- Tổng điểm thẩm định tối đa là 70 điểm.\n- Tổng điểm điều tra xã hội học tối đa là 30 điểm.",
            Declared(appraised=Decimal(70), survey=Decimal(30)),
        ),
        (
            "60,5 điểm thẩm định và 39,5 điểm điều tra XHH",
            Declared(appraised=Decimal("60.5"), survey=Decimal("39.5")),
        ),
        ("Nhóm I: 9 nội dung, 41 tiêu chí; nhóm II: 10 nội dung, 51 tiêu chí", Declared()),
        ("Quyết định này có hiệu lực từ ngày ký", Declared()),
        ("", Declared()),
    ],
)
def test_figures_in_the_words_of_decisions(text: str, declared: Declared) -> None:
    assert declared_in(text) == declared
    assert declared.says_anything == (declared != Declared())


def test_dong_trieus_table_lacks_the_components_that_the_province_declares() -> None:
    name = "dong-trieu-2023.xlsx"
    read = read_framework(
        (FIXTURES / name).read_bytes(),
        filename=name,
        survey_leaves=["2.5", "4.4", "5.9", "6.5", "7.3", "8.8"],
    )
    text = (
        "10 nội dung, 51 tiêu chí, 59 tiêu chí thành phần. Thang điểm 100; thẩm định 60,5 điểm; "
        "điều tra xã hội học 39,5 điểm; SIPAS 23 điểm"
    )

    messages = [problem.message for problem in check_declared(read, declared_in(text))]

    assert messages == [
        "Quyết định ghi 51 tiêu chí, bảng đọc được có 52.",
        "Quyết định ghi 59 tiêu chí thành phần, bảng đọc được có 0.",
    ]


def test_a_table_that_keeps_what_is_declared_has_no_problem() -> None:
    read = read_table([1, "Chỉ đạo", 3], ["1.1", "Kế hoạch", 1], ["1.2", "Báo cáo", 2])

    assert check_declared(read, declared_in("1 nội dung, 2 tiêu chí; thang điểm 3")) == ()
    assert check_declared(read, Declared()) == ()


@pytest.mark.django_db
def test_the_command_stores_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "bang.csv"
    path.write_text("STT,Tiêu chí,Điểm tối đa\n1,Chỉ đạo,5\n", encoding="utf-8")

    answer = done(
        "import_framework", path, "--decision", "1", "--issued", "5/1/2024", "--issuer", "UBND",
        "--unit-type", "xa", "--create", "--declared", "2 nội dung; thang điểm 5",
    )  # fmt: skip

    [problem] = answer["problems"]
    assert (problem["kind"], problem["severity"]) == ("structure_mismatch", "warning")
    assert (problem["declared"], problem["computed"]) == ("2", "1")
    assert problem["message"] == "Quyết định ghi 2 nội dung, bảng đọc được có 1."
    assert Problem.objects.get().get_kind_display() == "Khác cấu trúc quyết định ghi"
