"""Reading our own workbook word for word, and checking it as every paper is checked."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from criteria.enums import NotApplicableMode, Source, Standing
from criteria.exceptions import RuleRefused
from criteria.rules import RuleKind, rule_of
from criteria.rules.lines import LineError, rule_in
from criteria.workbooks.codes import Style, dotted, normalised, token_of
from criteria.workbooks.grid import Cell, Grid, address
from criteria.workbooks.own_columns import (
    ASKED,
    BONUS_CAP,
    CODE,
    DECLARED,
    EVIDENCE,
    GUIDANCE,
    LEAD,
    LEVEL,
    MODE,
    MODES,
    NO,
    NOT_DECLARED,
    OUTSIDE,
    PARAMETERS,
    POINTS,
    PRINTED,
    RULE,
    RULES,
    SOURCE,
    SOURCES,
    STANDING,
    STANDINGS,
    SUPPORTING,
    TITLE,
    TOTAL,
    UNALLOCATED,
    OwnHeader,
    text_of,
)
from criteria.workbooks.points import points_of
from criteria.workbooks.report import (
    DUPLICATE_CODE,
    ERROR,
    MANUAL,
    MISSING_PARENT,
    RULE_UNRECOGNISED,
    SKIPPED_ROW,
    SUM_MISMATCH,
    UNREADABLE_POINTS,
    WARNING,
    ZERO,
    Findings,
    LeafUnknown,
    ReadCriterion,
    ReadFramework,
    WorkbookRefused,
)
from criteria.workbooks.sources import measured_by_survey
from criteria.workbooks.wording import Line, recognise
from criteria.workbooks.words import fold, tidy
from parindex.notation import NotationError, vietnamese

DEPTH = 3

_CODE = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)


def read_own(grid: Grid, header: OwnHeader, survey_leaves: Collection[str] = ()) -> ReadFramework:
    """Read our own table. Raises WorkbookRefused where it holds no criterion."""
    return _Reader(grid, header).read(survey_leaves)


@dataclass
class _Row:
    """A criterion in the making."""

    row: int
    code: str
    level: int
    parent: "_Row | None"
    points: Decimal | None
    formula: bool
    fault: str
    unallocated: Decimal
    children: list["_Row"] = field(default_factory=list)
    survey: bool = False
    computed: Decimal = ZERO
    whole: bool = True

    def add_up(self) -> None:
        """Sums from the leaves up; `whole` is false where a leaf has no readable figure."""
        for child in self.children:
            child.add_up()
        if self.children:
            self.computed = sum((child.computed for child in self.children), self.unallocated)
            self.whole = all(child.whole for child in self.children)
        else:
            self.computed, self.whole = self.points or ZERO, self.points is not None

    def leaves(self) -> list["_Row"]:
        return [leaf for child in self.children for leaf in child.leaves()] if self.children else [self]


class _Reader:
    """One reading of one table."""

    def __init__(self, grid: Grid, header: OwnHeader) -> None:
        self.grid, self.header = grid, header
        self.findings = Findings(grid.sheet)
        self.rows: list[_Row] = []
        self.taken: dict[str, int] = {}
        self.block: _Row | None = None
        self.total: int | None = None
        self.bonus_cap: Decimal | None = None

    def read(self, survey_leaves: Collection[str]) -> ReadFramework:
        for row in self.grid.rows:
            if row > self.header.row:
                self._read_row(row)
        if not self.rows:
            raise WorkbookRefused(f"Trang tính “{self.grid.name}” chưa có tiêu chí nào.")
        for one in self.rows:
            if one.parent is None:
                one.add_up()
        self._mark_survey(survey_leaves)
        for one in self.rows:
            self._check(one)
        unallocated = self._amount(self.total, UNALLOCATED) or ZERO if self.total else ZERO
        computed = sum((one.computed for one in self.rows if one.parent is None), unallocated)
        declared = self._declared_total(computed, unallocated)
        rows = [*self.rows, *([self.block] if self.block else [])]
        criteria = tuple(self._criterion(one) for one in rows)
        return ReadFramework(
            criteria=criteria,
            problems=self.findings.in_order(),
            declared_total=declared,
            computed_total=computed,
            sheet=self.grid.name,
            unallocated=unallocated,
            bonus_cap=self.bonus_cap,
        )

    def _cell(self, row: int, name: str) -> Cell:
        return self.grid.cell(row, self.header.columns.get(name))

    def _said(self, row: int, name: str) -> str:
        return text_of(self._cell(row, name))

    def _place(self, row: int, name: str) -> str:
        return address(row, self.header.columns.get(name))

    def _read_row(self, row: int) -> None:
        code, title = self._code(row), self._said(row, TITLE)
        if not code:
            self._read_line(row, title)
            return
        points, fault = self._points(row, code)
        survey_block = fold(self._said(row, STANDING)) == fold(OUTSIDE)
        level = 1 if survey_block else self._level(row, code)
        if level is None:
            return
        above = None if survey_block else self._above(level)
        one = _Row(
            row=row,
            code=self._free(row, code),
            level=level,
            parent=above,
            points=points,
            formula=self._cell(row, POINTS).uncached,
            fault=fault,
            unallocated=self._amount(row, UNALLOCATED) or ZERO,
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
            self.bonus_cap = self._amount(row, POINTS)
        elif title and not self._closed():
            self._report(
                SKIPPED_ROW, WARNING, row, CODE, f"Dòng {row} không có mã nên bị bỏ qua: “{title[:200]}”."
            )

    def _closed(self) -> bool:
        """Whether the table has ended with its total: words below it are notes and signatures."""
        return self.total is not None and bool(self.rows) and self.total > self.rows[-1].row

    def _code(self, row: int) -> str:
        cell = self._cell(row, CODE)
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
        self._report(DUPLICATE_CODE, ERROR, row, CODE, message, code)
        count = 2
        while f"{code}-{count}" in self.taken:
            count += 1
        self.taken[f"{code}-{count}"] = row
        return f"{code}-{count}"

    def _level(self, row: int, code: str) -> int | None:
        """The level that the row says, else that of its code; a row below the third level is left out."""
        said = self._said(row, LEVEL)
        level = int(said) if said in {"1", "2", "3"} else code.count(".") + 1
        if level > DEPTH:
            message = f"Dòng {row}: mục {code} ở dưới cấp tiêu chí thành phần nên bị bỏ qua."
            self._report(SKIPPED_ROW, WARNING, row, CODE, message, code)
            return None
        deepest = self.rows[-1].level + 1 if self.rows else 1
        if level > deepest:
            message = f"Mục {code} ở dòng {row} không có mục cấp trên ngay phía trên."
            self._report(MISSING_PARENT, ERROR, row, CODE, message, code)
        return min(level, deepest)

    def _above(self, level: int) -> _Row | None:
        return next((one for one in reversed(self.rows) if one.level == level - 1), None)

    def _points(self, row: int, code: str) -> tuple[Decimal | None, str]:
        cell = self._cell(row, POINTS)
        if cell.uncached:
            return None, ""
        try:
            return points_of(cell), ""
        except NotationError as error:
            return None, str(error)

    def _amount(self, row: int, name: str) -> Decimal | None:
        """A figure that may be absent; one that cannot be read is reported."""
        cell = self._cell(row, name)
        try:
            return None if cell.uncached else points_of(cell)
        except NotationError as error:
            message = f"Không đọc được cột “{name}” ở dòng {row}: {error}."
            self._report(UNREADABLE_POINTS, ERROR, row, name, message)
            return None

    def _mark_survey(self, named: Collection[str]) -> None:
        for one in self.rows:
            said = fold(self._said(one.row, SOURCE))
            survey = said == fold(Source.SURVEY.label)
            one.survey = survey or (not said and measured_by_survey(self._said(one.row, TITLE)))
        for code in named:
            found = [one for one in self.rows if one.code == normalised(code)]
            if not found:
                raise LeafUnknown(f"Không có mục nào mang số “{code}” để tính là điểm điều tra xã hội học.")
            for leaf in found[0].leaves():
                leaf.survey = True

    def _check(self, one: _Row) -> None:
        """A leaf without a readable figure; a sum that is not what it says."""
        where = f"(dòng {one.row}, ô {self._place(one.row, POINTS)})"
        if one.fault or (not one.children and one.points is None):
            fault = one.fault or ("ô là công thức chưa có kết quả" if one.formula else "ô điểm để trống")
            severity = WARNING if one.children else ERROR
            message = f"Không đọc được điểm của mục {one.code} {where}: {fault}."
            self._report(UNREADABLE_POINTS, severity, one.row, POINTS, message, one.code)
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
        below: Sequence[_Row],
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

    def _declared(self, one: _Row) -> Decimal | None:
        """The paper's own figure, which is the maximum unless a column says otherwise."""
        applied = one.computed if one.formula and one.children else one.points
        return self._figure(one.row, applied)

    def _figure(self, row: int, applied: Decimal | None) -> Decimal | None:
        said = self._said(row, DECLARED)
        if fold(said) == fold(NOT_DECLARED):
            return None
        return self._amount(row, DECLARED) if said else applied

    def _declared_total(self, computed: Decimal, unallocated: Decimal) -> Decimal | None:
        if self.total is None:
            return None
        formula = self._cell(self.total, POINTS).uncached
        applied = computed if formula else self._amount(self.total, POINTS)
        declared = self._figure(self.total, applied)
        tops = [one for one in self.rows if one.parent is None]
        off = self._off(applied, declared, computed, tops, unallocated)
        if off is not None and all(one.whole for one in tops):
            self._report_sum(f"Dòng tổng điểm (dòng {self.total})", self.total, "", off, computed)
        return declared

    def _criterion(self, one: _Row) -> ReadCriterion:
        leaf = not one.children
        kind, parameters = self._rule(one) if leaf else (MANUAL, {})
        source = self._choice(one, SOURCE, SOURCES, Source.SELF.value)
        standing = self._choice(one, STANDING, STANDINGS | {OUTSIDE: "ordinary"}, Standing.ORDINARY.value)
        mode = self._choice(one, MODE, MODES, NotApplicableMode.EXCLUDED.value)
        extra = {
            name: text
            for column, name in self.header.extra
            if (text := text_of(self.grid.cell(one.row, column)))
        }
        return ReadCriterion(
            code=one.code,
            printed_code=self._said(one.row, PRINTED),
            level=one.level,
            parent=one.parent.code if one.parent else None,
            title=self._said(one.row, TITLE),
            declared=self._declared(one),
            is_leaf=leaf,
            computed=one.computed,
            source=Source.SURVEY.value if one.survey and leaf else source,
            full_points_if_not_applicable=mode == NotApplicableMode.FULL_POINTS,
            lead=self._said(one.row, LEAD),
            supporting=self._said(one.row, SUPPORTING),
            guidance=self._said(one.row, GUIDANCE),
            evidence=self._said(one.row, EVIDENCE),
            sheet=self.grid.sheet,
            row=one.row,
            extra=extra,
            rule_kind=kind,
            rule_parameters=parameters,
            standing=standing,
            evidence_required=fold(self._said(one.row, ASKED)) != fold(NO),
            unallocated=one.unallocated,
            is_survey_block=one is self.block,
        )

    def _choice(self, one: _Row, name: str, known: Mapping[str, str], otherwise: str) -> str:
        """What stands in a column of words to choose from; other words are reported."""
        said = self._said(one.row, name)
        found = {fold(label): value for label, value in known.items()}
        if said and fold(said) not in found:
            offered = ", ".join(f"“{label}”" for label in known)
            message = f"Mục {one.code} (dòng {one.row}): cột “{name}” ghi “{said}”. Ghi một trong {offered}."
            self._report(RULE_UNRECOGNISED, WARNING, one.row, name, message, one.code)
        return found.get(fold(said), otherwise)

    def _rule(self, one: _Row) -> tuple[str, Mapping[str, Any]]:
        """The rule that the columns say; where they say none, the one that the guidance states."""
        label, points = self._said(one.row, RULE), one.points or ZERO
        if not label:
            said = recognise([Line(self._said(one.row, GUIDANCE))], points)
            if said:
                return said.kind, dict(said.parameters)
            return (RuleKind.SURVEY.value if one.survey else MANUAL), {}
        found = {fold(name): kind for name, kind in RULES.items()}
        lines = [line for line in self._said(one.row, PARAMETERS).splitlines() if line.strip()]
        try:
            if fold(label) not in found:
                raise LineError(f"không có cách chấm “{label}”")
            kind, parameters = rule_in(found[fold(label)], lines)
            rule_of(kind, parameters, points)
        except (LineError, RuleRefused) as error:
            message = (
                f"Cách chấm của mục {one.code} (dòng {one.row}) không dùng được, để chấm trực tiếp: {error}"
            )
            self._report(RULE_UNRECOGNISED, WARNING, one.row, PARAMETERS, message, one.code)
            return MANUAL, {}
        return kind.value, parameters

    def _report_sum(self, what: str, row: int, code: str, said: Decimal, computed: Decimal) -> None:
        self.findings.add(
            SUM_MISMATCH,
            ERROR,
            f"{what} ghi {vietnamese(said)} điểm, các mục bên trong cộng lại được "
            f"{vietnamese(computed)} điểm.",
            row=row,
            cell=self._place(row, POINTS),
            code=code,
            declared=said,
            computed=computed,
        )

    def _report(self, kind: str, severity: str, row: int, name: str, message: str, code: str = "") -> None:
        self.findings.add(kind, severity, message, row=row, cell=self._place(row, name), code=code)
