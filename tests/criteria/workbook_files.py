"""Small workbooks for tests, written as an office would."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadCriterion, ReadFramework

HEADER = ["STT", "Tiêu chí", "Điểm tối đa"]
Row = Sequence[Any]


def workbook(rows: Sequence[Row], change: Callable[[Worksheet], object] | None = None) -> bytes:
    """The rows as an .xlsx; `change` draws what rows cannot say: merges, formats, formulas."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Bảng"
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read_rows(rows: Sequence[Row], change: Callable[[Worksheet], object] | None = None) -> ReadFramework:
    return read_framework(workbook(rows, change), filename="bang.xlsx")


def read_table(*rows: Row) -> ReadFramework:
    """A table under the simplest header."""
    return read_rows([HEADER, *rows])


def codes(framework: ReadFramework) -> list[str]:
    return [c.code for c in framework.criteria]


def kinds(framework: ReadFramework) -> list[tuple[str, str]]:
    return [(problem.kind, problem.code) for problem in framework.problems]


def criterion(framework: ReadFramework, code: str) -> ReadCriterion:
    return next(c for c in framework.criteria if c.code == code)
