"""A framework as a workbook: to read and print, and to be read again without losing anything."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment

from criteria.enums import NotApplicableMode
from criteria.models import Criterion, Framework
from criteria.rules import LABELS, RuleKind
from criteria.rules.lines import lines_of
from criteria.workbooks import own_columns as own
from criteria.workbooks.drawing import Page, add_styles

WIDTHS = {
    own.CODE: 9,
    own.LEVEL: 6,
    own.TITLE: 52,
    own.POINTS: 10,
    own.GUIDANCE: 52,
    own.EVIDENCE: 36,
    own.LEAD: 22,
    own.SUPPORTING: 22,
    own.SOURCE: 20,
    own.RULE: 22,
    own.PARAMETERS: 34,
    own.STANDING: 20,
    own.MODE: 22,
    own.ASKED: 14,
    own.UNALLOCATED: 12,
    own.DECLARED: 12,
    own.PRINTED: 12,
}
EXTRA_WIDTH = 20
Values = dict[str, str | Decimal | None]


def framework_workbook(framework: Framework, rows: Sequence[Criterion]) -> bytes:
    """The bytes of an .xlsx with these rows in document order; `own_reader` gives the same tree again."""
    book = Workbook()
    add_styles(book)
    extra = list(dict.fromkeys(name for row in rows for name in row.extra))
    sheet = book.active
    sheet.title = "Bộ tiêu chí"
    page = Page(sheet)
    page.write(1, 1, framework.title, "ten")
    page.write(
        2, 1, f"{framework.unit_type}. Theo {framework.decision}. Phiên bản {framework.version}.", "loi"
    )
    page.header(
        4, [*own.COLUMNS, *extra], [*(WIDTHS[name] for name in own.COLUMNS), *(EXTRA_WIDTH for _ in extra)]
    )
    table = [row for row in rows if not row.is_survey_block]
    for line, row in enumerate(table, start=5):
        _write(page, line, row, extra)
    last = 5 + len(table)
    page.row(last, [_total(framework, table).get(name) for name in own.COLUMNS], bold=True)
    for row in rows:
        if row.is_survey_block:
            last += 1
            _write(page, last, row, extra)
    if framework.bonus_cap is not None:
        cap: Values = {own.TITLE: own.BONUS_CAP, own.POINTS: framework.bonus_cap}
        page.row(last + 1, [cap.get(name) for name in own.COLUMNS])
    sheet.freeze_panes = "D5"
    page.print_on_a4(4)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _write(page: Page, line: int, row: Criterion, extra: Sequence[str]) -> None:
    values = _values(row)
    cells = [*(values.get(name) for name in own.COLUMNS), *(row.extra.get(name) for name in extra)]
    page.row(line, cells, bold=row.level == 1 or not row.is_leaf)
    title = page.sheet.cell(line, own.COLUMNS.index(own.TITLE) + 1)
    title.alignment = Alignment(vertical="center", wrap_text=True, indent=row.level - 1)


def _values(row: Criterion) -> Values:
    """What each of our columns says of one criterion; a sum says no more than differs from the usual."""
    kind = RuleKind(row.rule_kind)
    inner = RuleKind(row.rule_parameters["inner"]["kind"]) if kind is RuleKind.KNOCK_OUT else kind
    usual = Criterion()
    said: Values = {
        own.CODE: row.code,
        own.LEVEL: Decimal(row.level),
        own.TITLE: row.title,
        own.POINTS: row.max_points,
        own.GUIDANCE: row.guidance,
        own.EVIDENCE: row.evidence,
        own.LEAD: row.lead,
        own.SUPPORTING: row.supporting,
        own.UNALLOCATED: row.unallocated or None,
        own.DECLARED: _declared(row.declared_points, row.max_points),
        own.PRINTED: row.printed_code,
    }
    if row.is_leaf:
        said |= {own.RULE: LABELS[inner], own.PARAMETERS: "\n".join(lines_of(kind, row.rule_parameters))}
    if row.is_leaf or row.source != usual.source:
        said[own.SOURCE] = row.get_source_display()
    if row.is_survey_block:
        said[own.STANDING] = own.OUTSIDE
    elif row.is_leaf or row.standing != usual.standing:
        said[own.STANDING] = row.get_standing_display()
    if row.is_leaf or row.not_applicable_mode != NotApplicableMode.EXCLUDED:
        said[own.MODE] = row.get_not_applicable_mode_display()
    if row.is_leaf or not row.evidence_required:
        said[own.ASKED] = own.YES if row.evidence_required else own.NO
    return said


def _total(framework: Framework, table: Sequence[Criterion]) -> Values:
    total = sum((row.max_points for row in table if row.level == 1), framework.unallocated)
    return {
        own.TITLE: own.TOTAL,
        own.POINTS: total,
        own.UNALLOCATED: framework.unallocated or None,
        own.DECLARED: _declared(framework.declared_total, total),
    }


def _declared(declared: Decimal | None, applied: Decimal) -> str | Decimal | None:
    """The paper's own figure where it is not the one applied."""
    if declared is None:
        return own.NOT_DECLARED
    return None if declared == applied else declared
