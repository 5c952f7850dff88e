"""Reading our own workbook word for word, and checking it as every paper is checked."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from criteria.enums import Source
from criteria.workbooks.codes import Style, dotted, normalised, token_of
from criteria.workbooks.grid import Grid
from criteria.workbooks.own_columns import (
    BONUS_CAP,
    CODE,
    DECLARED,
    LEVEL,
    NOT_DECLARED,
    OUTSIDE,
    POINTS,
    SOURCE,
    STANDING,
    TITLE,
    TOTAL,
    UNALLOCATED,
    OwnHeader,
    text_of,
)
from criteria.workbooks.own_criteria import criterion_of
from criteria.workbooks.own_table import OwnRow, OwnTable
from criteria.workbooks.points import points_of
from criteria.workbooks.report import (
    DUPLICATE_CODE,
    ERROR,
    MISSING_PARENT,
    SKIPPED_ROW,
    SUM_MISMATCH,
    UNREADABLE_POINTS,
    WARNING,
    ZERO,
    LeafUnknown,
    ReadFramework,
    WorkbookRefused,
)
from criteria.workbooks.sources import measured_by_survey
from criteria.workbooks.words import fold, tidy
from parindex.notation import NotationError, vietnamese

DEPTH = 3

_CODE = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)


def read_own(grid: Grid, header: OwnHeader, survey_leaves: Collection[str] = ()) -> ReadFramework:
    """Read our own table. Raises WorkbookRefused where it holds no criterion."""
    return _Reader(grid, header).read(survey_leaves)


class _Reader:
    """One reading of one table."""

    def __init__(self, grid: Grid, header: OwnHeader) -> None:
        self.table = OwnTable(grid, header)
        self.rows: list[OwnRow] = []
        self.taken: dict[str, int] = {}
        self.block: OwnRow | None = None
        self.total: int | None = None
        self.bonus_cap: Decimal | None = None

    def read(self, survey_leaves: Collection[str]) -> ReadFramework:
        for row in self.table.grid.rows:
            if row > self.table.header.row:
                self._read_row(row)
        if not self.rows:
            raise WorkbookRefused(f"Trang tính “{self.table.grid.name}” chưa có tiêu chí nào.")
        for one in self.rows:
            if one.parent is None:
                one.add_up()
        self._mark_survey(survey_leaves)
        for one in self.rows:
            self._check(one)
        unallocated = self.table.amount(self.total, UNALLOCATED) or ZERO if self.total else ZERO
        computed = sum((one.computed for one in self.rows if one.parent is None), unallocated)
        declared = self._declared_total(computed, unallocated)
        rows = [*self.rows, *([self.block] if self.block else [])]
        criteria = tuple(
            criterion_of(self.table, one, self._declared(one), is_block=one is self.block) for one in rows
        )
        return ReadFramework(
            criteria=criteria,
            problems=self.table.findings.in_order(),
            declared_total=declared,
            computed_total=computed,
            sheet=self.table.grid.name,
            unallocated=unallocated,
            bonus_cap=self.bonus_cap,
        )

    def _read_row(self, row: int) -> None:
        code, title = self._code(row), self.table.said(row, TITLE)
        if not code:
            self._read_line(row, title)
            return
        points, fault = self._points(row, code)
        survey_block = fold(self.table.said(row, STANDING)) == fold(OUTSIDE)
        level = 1 if survey_block else self._level(row, code)
        if level is None:
            return
        above = None if survey_block else self._above(level)
        one = OwnRow(
            row=row,
            code=self._free(row, code),
            level=level,
            parent=above,
            points=points,
            formula=self.table.cell(row, POINTS).uncached,
            fault=fault,
            unallocated=self.table.amount(row, UNALLOCATED) or ZERO,
        )
        if survey_block:
            one.computed, self.block = points or ZERO, one
            return
        if above is not None:
            above.children.append(one)
        self.rows.append(one)

    def _read_line(self, row: int, title: str) -> None:
        """A row without a code: the total, the cap of bonus points, or words that are no criterion."""
        if fold(title) == fold(TOTAL):
            self.total = row
        elif fold(title) == fold(BONUS_CAP):
            self.bonus_cap = self.table.amount(row, POINTS)
        elif title and not self._closed():
            self.table.report(
                SKIPPED_ROW, WARNING, row, CODE, f"Dòng {row} không có mã nên bị bỏ qua: “{title[:200]}”."
            )

    def _closed(self) -> bool:
        """Whether the table has ended with its total: words below it are notes and signatures."""
        return self.total is not None and bool(self.rows) and self.total > self.rows[-1].row

    def _code(self, row: int) -> str:
        cell = self.table.cell(row, CODE)
        text = tidy(text_of(cell))
        if isinstance(cell.value, str) and _CODE.fullmatch(text):
            return text
        token = token_of(cell)
        return dotted(token.parts) if token and token.style is Style.ARABIC else text

    def _free(self, row: int, code: str) -> str:
        """The code, marked where another row has it already."""
        if code not in self.taken:
            self.taken[code] = row
            return code
        message = f"Mã {code} ở dòng {row} trùng với dòng {self.taken[code]}."
        self.table.report(DUPLICATE_CODE, ERROR, row, CODE, message, code)
        count = 2
        while f"{code}-{count}" in self.taken:
            count += 1
        self.taken[f"{code}-{count}"] = row
        return f"{code}-{count}"

    def _level(self, row: int, code: str) -> int | None:
        """The level that the row says, else that of its code; a row below the third level is left out."""
        said = self.table.said(row, LEVEL)
        level = int(said) if said in {"1", "2", "3"} else code.count(".") + 1
        if level > DEPTH:
            message = f"Dòng {row}: mục {code} ở dưới cấp tiêu chí thành phần nên bị bỏ qua."
            self.table.report(SKIPPED_ROW, WARNING, row, CODE, message, code)
            return None
        deepest = self.rows[-1].level + 1 if self.rows else 1
        if level > deepest:
            message = f"Mục {code} ở dòng {row} không có mục cấp trên ngay phía trên."
            self.table.report(MISSING_PARENT, ERROR, row, CODE, message, code)
        return min(level, deepest)

    def _above(self, level: int) -> OwnRow | None:
        return next((one for one in reversed(self.rows) if one.level == level - 1), None)

    def _points(self, row: int, code: str) -> tuple[Decimal | None, str]:
        cell = self.table.cell(row, POINTS)
        if cell.uncached:
            return None, ""
        try:
            return points_of(cell), ""
        except NotationError as error:
            return None, str(error)

    def _mark_survey(self, named: Collection[str]) -> None:
        for one in self.rows:
            said = fold(self.table.said(one.row, SOURCE))
            survey = said == fold(Source.SURVEY.label)
            one.survey = survey or (not said and measured_by_survey(self.table.said(one.row, TITLE)))
        for code in named:
            found = [one for one in self.rows if one.code == normalised(code)]
            if not found:
                raise LeafUnknown(f"Không có mục nào mang số “{code}” để tính là điểm điều tra xã hội học.")
            for leaf in found[0].leaves():
                leaf.survey = True

    def _check(self, one: OwnRow) -> None:
        """A leaf without a readable figure; a sum that is not what it says."""
        where = f"(dòng {one.row}, ô {self.table.place(one.row, POINTS)})"
        if one.fault or (not one.children and one.points is None):
            fault = one.fault or ("ô là công thức chưa có kết quả" if one.formula else "ô điểm để trống")
            severity = WARNING if one.children else ERROR
            message = f"Không đọc được điểm của mục {one.code} {where}: {fault}."
            self.table.report(UNREADABLE_POINTS, severity, one.row, POINTS, message, one.code)
        if not one.children or not one.whole:
            return
        off = self._off(one.points, self._declared(one), one.computed, one.children, one.unallocated)
        if off is not None:
            self._report_sum(f"Mục {one.code} {where}", one.row, one.code, off, one.computed)

    def _off(
        self,
        applied: Decimal | None,
        declared: Decimal | None,
        computed: Decimal,
        below: Sequence[OwnRow],
        unallocated: Decimal,
    ) -> Decimal | None:
        """A figure that is neither the sum of the leaves nor that of the figures right below it."""
        typed = sum((one.computed if one.points is None else one.points for one in below), unallocated)
        said = [self._declared(one) for one in below]
        paper = sum(
            (one.computed if figure is None else figure for one, figure in zip(below, said, strict=True)),
            unallocated,
        )
        for figure, figures in ((applied, typed), (declared, paper)):
            if figure not in {None, computed, figures}:
                return figure
        return None

    def _declared(self, one: OwnRow) -> Decimal | None:
        """The paper's own figure, which is the maximum unless a column says otherwise."""
        applied = one.computed if one.formula and one.children else one.points
        return self._figure(one.row, applied)

    def _figure(self, row: int, applied: Decimal | None) -> Decimal | None:
        said = self.table.said(row, DECLARED)
        if fold(said) == fold(NOT_DECLARED):
            return None
        return self.table.amount(row, DECLARED) if said else applied

    def _declared_total(self, computed: Decimal, unallocated: Decimal) -> Decimal | None:
        if self.total is None:
            return None
        formula = self.table.cell(self.total, POINTS).uncached
        applied = computed if formula else self.table.amount(self.total, POINTS)
        declared = self._figure(self.total, applied)
        tops = [one for one in self.rows if one.parent is None]
        off = self._off(applied, declared, computed, tops, unallocated)
        if off is not None and all(one.whole for one in tops):
            self._report_sum(f"Dòng tổng điểm (dòng {self.total})", self.total, "", off, computed)
        return declared

    def _report_sum(self, what: str, row: int, code: str, said: Decimal, computed: Decimal) -> None:
        self.table.findings.add(
            SUM_MISMATCH,
            ERROR,
            f"{what} ghi {vietnamese(said)} điểm, các mục bên trong cộng lại được "
            f"{vietnamese(computed)} điểm.",
            row=row,
            cell=self.table.place(row, POINTS),
            code=code,
            declared=said,
            computed=computed,
        )
