"""The four criteria tables of the papers, drawn in shapes that their own offices did not choose."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.criteria.workbooks.makers import Row

PAPERS = Path(__file__).parents[3] / "fixtures" / "papers"
ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]


@dataclass(frozen=True)
class Line:
    """One row of a paper; `code` is empty where the paper has none."""

    code: str
    title: str
    points: Decimal
    lead: str = ""
    supporting: str = ""

    @property
    def parts(self) -> list[int]:
        """The numbers of the code."""
        return [int(part) for part in self.code.split(".")] if self.code else []


def paper(name: str) -> list[Line]:
    """The rows of a paper as typed out in fixtures/papers."""
    with (PAPERS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    column = "diem_chuan" if "diem_chuan" in rows[0] else "diem_toi_da"
    return [
        Line(
            row["stt"],
            row["tieu_chi"],
            Decimal(row[column].replace(",", ".")),
            row.get("co_quan_chu_tri") or "",
            row.get("co_quan_phoi_hop") or "",
        )
        for row in rows
    ]


def comma(points: Decimal) -> str:
    """Points as text: "13,50"."""
    return f"{points:.2f}".replace(".", ",")


def roman_restarting(lines: Sequence[Line]) -> list[Row]:
    """I / 1 / 1.1, starting again in each content; national header, points as text with their unit."""
    rows: list[Row] = [
        ["ỦY BAN NHÂN DÂN", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        [None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        ["BỘ TIÊU CHÍ ĐÁNH GIÁ CẢI CÁCH HÀNH CHÍNH"],
        ["TT", "Lĩnh vực, tiêu chí", "Cơ quan theo dõi, thẩm định", "Thang điểm"],
        ["(1)", "(2)", "(3)", "(4)"],
    ]
    for line in lines:
        first, *rest = line.parts or [0]
        code = ".".join(map(str, rest)) if rest else ROMAN[first]
        rows.append([code or None, line.title, line.lead or None, f"{comma(line.points)} điểm"])
    total = sum((line.points for line in lines if len(line.parts) == 1), Decimal(0))
    return [*rows, ["Tổng cộng", None, None, comma(total)], [None, "Nơi nhận: - Như trên;", None, None]]


def one_column(lines: Sequence[Line], page: int = 25) -> list[Row]:
    """Code and title in one cell, the maximum first, the header again on every page."""
    header = ["Điểm chuẩn", "Nội dung đánh giá", "Ghi chú"]
    rows: list[Row] = []
    for count, line in enumerate(lines):
        if count % page == 0:
            rows.append(header)
        rows.append([comma(line.points), f"{line.code}. {line.title}" if line.code else line.title, None])
    return rows


def column_for_each_level(lines: Sequence[Line]) -> list[Row]:
    """A title column for each level, codes as a spreadsheet takes typed numbers, a two-line header."""
    rows: list[Row] = [
        ["STT", "Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần", "Điểm", None],
        [None, None, None, None, "Năm trước", "Tối đa"],
    ]
    for line in lines:
        titles: list[Any] = [None, None, None]
        titles[max(len(line.parts), 1) - 1 if line.code else 1] = line.title
        rows.append([_typed(line.code), *titles, Decimal(0), line.points])
    return rows


def wide(lines: Sequence[Line]) -> list[Row]:
    """A column of titles and one of points for each level: a row opens as many levels as are new in it."""
    rows: list[Row] = [
        ["Lĩnh vực", "Điểm tối đa", "Tiêu chí", "Điểm tối đa", "Tiêu chí thành phần", "Điểm tối đa"]
    ]
    row: list[Any] = [None] * 6
    for line in lines:
        place = 2 * (max(len(line.parts), 1) - 1) if line.code else 2
        if any(cell is not None for cell in row[place:]):
            rows.append(row)
            row = [None] * 6
        row[place : place + 2] = [f"{line.code}. {line.title}" if line.code else line.title, line.points]
    return [*rows, row]


def _typed(code: str) -> Any:
    if code.count(".") > 1 or not code:
        return code or None
    return Decimal(code).normalize() if "." in code else int(code)
