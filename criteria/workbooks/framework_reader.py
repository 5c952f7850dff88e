"""Reading a criteria table from the workbook that an office has."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from types import MappingProxyType

from criteria.workbooks.files import open_grids
from criteria.workbooks.grid import Grid
from criteria.workbooks.header import Header, find_header, names_titles_only
from criteria.workbooks.leaf_rules import read_rules
from criteria.workbooks.numbering import name, number
from criteria.workbooks.option_rows import join_lettered_levels
from criteria.workbooks.report import (
    INFO,
    SKIPPED_ROW,
    Findings,
    ReadCriterion,
    ReadFramework,
    WorkbookRefused,
)
from criteria.workbooks.rows import read_rows
from criteria.workbooks.tree import Node, build, check_points, check_sums, check_total, mark_survey
from criteria.workbooks.uncoded import place_uncoded
from criteria.workbooks.words import fold

ZERO = Decimal(0)


def read_framework(
    content: bytes, *, filename: str, sheet: str | None = None, survey_leaves: Collection[str] = ()
) -> ReadFramework:
    """Read the criteria table of a workbook: what the paper says, and what does not add up in it.

    Without `sheet` the file has to hold one table. `survey_leaves` are codes, in any printed form,
    of leaves that the survey scores where the paper's words do not say so; a code of an inner node
    stands for all leaves below it. Raises WorkbookRefused, and nothing else, for a file that holds
    no readable table.
    """
    grid, header = _choose(open_grids(content, filename), sheet)
    findings = Findings(grid.name)
    table = read_rows(grid, header)
    for skipped in table.skipped:
        findings.add(SKIPPED_ROW, INFO, skipped.message, row=skipped.row, cell=skipped.cell)
    entries = place_uncoded(number(join_lettered_levels(table.entries), findings), findings)
    if not entries:
        raise WorkbookRefused(f"Trang tính “{grid.name}” có dòng tiêu đề bảng nhưng không có tiêu chí nào.")
    name(entries, findings)
    nodes = build(entries, findings)
    mark_survey(nodes, survey_leaves)
    check_points(nodes, findings)
    check_sums(nodes, findings)
    check_total(nodes, table.total, findings)
    read_rules(nodes, findings)
    return ReadFramework(
        criteria=tuple(_criterion(node, grid.name) for node in nodes),
        problems=findings.in_order(),
        declared_total=table.total.points if table.total else None,
        computed_total=sum((node.computed for node in nodes if node.parent is None), ZERO),
        sheet=grid.name,
    )


def _choose(grids: Sequence[Grid], sheet: str | None) -> tuple[Grid, Header]:
    """The sheet asked for, or the only one with a criteria table."""
    if sheet is not None:
        wanted = [grid for grid in grids if grid.name == sheet] or [
            grid for grid in grids if fold(grid.name) == fold(sheet)
        ]
        if not wanted:
            raise WorkbookRefused(f"Không có trang tính “{sheet}”. Tệp có: {_names(grids)}.")
        grids = wanted[:1]
    visible = [grid for grid in grids if not grid.hidden or sheet is not None]
    found = [(grid, header) for grid in visible if (header := find_header(grid))]
    if len(found) > 1:
        names = _names([grid for grid, _ in found])
        raise WorkbookRefused(f"Tệp có nhiều bảng tiêu chí. Hãy chọn một trang tính: {names}.")
    if not found:
        raise WorkbookRefused(_why_no_table(visible))
    return found[0]


def _why_no_table(grids: Sequence[Grid]) -> str:
    if all(not grid.rows for grid in grids):
        return "Bảng tính không có nội dung."
    if any(names_titles_only(grid) for grid in grids):
        return "Bảng không có cột điểm tối đa (“Điểm tối đa”, “Điểm chuẩn” hoặc “Thang điểm”)."
    return (
        f"Không tìm thấy bảng tiêu chí trong {_names(grids)}: cần một dòng tiêu đề có cột “Tiêu chí” "
        "và cột “Điểm tối đa”."
    )


def _names(grids: Sequence[Grid]) -> str:
    return ", ".join(f"“{grid.name}”" for grid in grids)


def _criterion(node: Node, sheet: str) -> ReadCriterion:
    entry = node.entry
    return ReadCriterion(
        code=entry.code,
        printed_code=entry.token.printed if entry.token else "",
        level=node.level,
        parent=node.parent.entry.code if node.parent else None,
        title=entry.title,
        declared=entry.points,
        is_leaf=node.is_leaf,
        computed=node.computed,
        source="survey" if node.is_leaf and node.survey else "self",
        full_points_if_not_applicable=node.full_points,
        lead=entry.lead,
        supporting=entry.supporting,
        guidance="\n".join(filter(None, [entry.scoring, *entry.notes])),
        evidence=entry.evidence,
        sheet=sheet,
        row=entry.row,
        extra=MappingProxyType(entry.extra),
        rule_kind=node.rule.kind,
        rule_parameters=MappingProxyType(dict(node.rule.parameters)),
    )
