"""Reading a criteria table from the workbook that an office has."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from types import MappingProxyType

from criteria.workbooks.encodings import in_old_fonts
from criteria.workbooks.files import open_grids
from criteria.workbooks.grid import Grid, address
from criteria.workbooks.header import Header, names_titles_only
from criteria.workbooks.headings import number_headings, report_headings
from criteria.workbooks.leaf_rules import read_rules
from criteria.workbooks.numbering import name, number
from criteria.workbooks.option_rows import join_lettered_levels
from criteria.workbooks.own_columns import own_header
from criteria.workbooks.own_reader import read_own
from criteria.workbooks.report import (
    INFO,
    ORDINARY,
    SKIPPED_ROW,
    SUM_MISMATCH,
    Findings,
    ReadCriterion,
    ReadFramework,
    WorkbookRefused,
)
from criteria.workbooks.rows import read_rows
from criteria.workbooks.standing import mark_standing
from criteria.workbooks.tables import opens_with, tables_of
from criteria.workbooks.tree import Node, add_up, build, check_points, check_sums, check_total, mark_survey
from criteria.workbooks.uncoded import place_uncoded
from criteria.workbooks.words import fold

MOST_NAMES = 20
OLD_FONTS = (
    "Chữ trong tệp dùng phông chữ và bảng mã cũ (TCVN3 hoặc VNI), không phải Unicode. Hãy chuyển tệp sang "
    "Unicode rồi gửi lại."
)


def read_framework(
    content: bytes, *, filename: str, sheet: str | None = None, survey_leaves: Collection[str] = ()
) -> ReadFramework:
    """Read the criteria table of a workbook: what the paper says, and what does not add up in it.

    Without `sheet` the file has to hold one table; it is the name of a sheet, or the title of one of
    several tables in a sheet. `survey_leaves` are codes, in any printed form, of leaves that the survey
    scores where the paper's words do not say so; a code of an inner node stands for all leaves below it.
    Raises WorkbookRefused, and nothing else, for a file that holds no readable table.
    """
    return read_table(open_grids(content, filename), sheet=sheet, survey_leaves=survey_leaves)


def read_table(
    grids: Sequence[Grid], *, sheet: str | None = None, survey_leaves: Collection[str] = ()
) -> ReadFramework:
    """As `read_framework`, for a file that is open already."""
    if in_old_fonts(text for grid in grids for row in grid.rows for _, text in grid.texts(row)):
        raise WorkbookRefused(OLD_FONTS)
    grid, header = _choose(grids, sheet)
    if own := own_header(grid):
        return read_own(grid, own, survey_leaves)
    read, slips = _read(grid, header, survey_leaves)
    if slips and grid.hidden_rows:
        shown, fewer = _read(grid.shown(), header, survey_leaves, left_out=sorted(grid.hidden_rows))
        return shown if fewer < slips else read
    return read


def _read(
    grid: Grid, header: Header, survey_leaves: Collection[str], left_out: Sequence[int] = ()
) -> tuple[ReadFramework, int]:
    """The table as read, and how many of its figures do not add up."""
    findings = Findings(grid.sheet)
    table = read_rows(grid, header)
    for skipped in table.skipped:
        findings.add(SKIPPED_ROW, INFO, skipped.message, row=skipped.row, cell=skipped.cell)
    _report_hidden(grid, left_out, findings)
    entries = (
        number_headings(join_lettered_levels(table.entries), table.totals, findings) if table.entries else []
    )
    numbered = number(entries, findings)
    report_headings(numbered, findings)
    last = table.total()
    entries = place_uncoded(numbered, last.points if last else None, findings)
    if not entries:
        raise WorkbookRefused(f"Trang tính “{grid.name}” có dòng tiêu đề bảng nhưng không có tiêu chí nào.")
    name(entries, findings)
    nodes = build(entries, findings)
    total = mark_standing(nodes, table, findings)
    computed = add_up(nodes)
    mark_survey(nodes, survey_leaves, findings)
    check_points(nodes, findings)
    check_sums(nodes, findings)
    check_total(nodes, total, findings)
    read_rules(nodes, findings)
    problems = findings.in_order()
    read = ReadFramework(
        criteria=tuple(_criterion(node, grid.sheet) for node in nodes),
        problems=problems,
        declared_total=total.points if total else None,
        computed_total=computed,
        sheet=grid.name,
    )
    return read, sum(problem.kind == SUM_MISMATCH for problem in problems)


def _report_hidden(grid: Grid, left_out: Sequence[int], findings: Findings) -> None:
    """Hidden rows are part of the file; they are left out only where the paper's figures are without them."""
    for row in left_out or sorted(grid.hidden_rows):
        done = (
            "nên không được đọc: các điểm ghi trong bảng chỉ cộng khớp khi bỏ những dòng ẩn"
            if left_out
            else "nhưng vẫn được đọc như các dòng khác"
        )
        findings.add(
            SKIPPED_ROW, INFO, f"Dòng {row} bị ẩn trong tệp {done}.", row=row, cell=address(row, None)
        )


def _choose(grids: Sequence[Grid], sheet: str | None) -> tuple[Grid, Header]:
    """The table asked for by its sheet or title, or the only one there is."""
    visible = [grid for grid in grids if not grid.hidden or sheet is not None]
    found = tables_of(visible)
    if sheet is not None:
        found = [(grid, header) for grid, header in found if _is_called(grid, sheet)]
        if not found:
            visible = [grid for grid in grids if fold(grid.name) == fold(sheet)]
            if not visible:
                raise WorkbookRefused(f"Không có trang tính “{sheet}”. Tệp có: {_names(grids)}.")
        exact = [(grid, header) for grid, header in found if grid.name == sheet]
        found = exact or found
    if len(found) > 1:
        raise WorkbookRefused(_which(found))
    if not found:
        raise WorkbookRefused(_why_no_table(visible))
    return found[0]


def _which(found: Sequence[tuple[Grid, Header]]) -> str:
    """The question which of several tables is meant."""
    names = _names([grid for grid, _ in found])
    question = f"Tệp có nhiều bảng tiêu chí. Hãy chọn một bảng: {names}."
    ends = [opens_with(grid, header) for grid, header in found]
    if all(
        last and first and first.parts[0] == last.parts[0] + 1 for (_, last), (first, _) in pairwise(ends)
    ):
        question += (
            " Các bảng này đánh số nối tiếp nhau: nếu là các phần của một bộ tiêu chí, hãy chép chúng "
            "vào một trang tính, bảng nọ dưới bảng kia, rồi gửi lại."
        )
    return question


def _is_called(grid: Grid, words: str) -> bool:
    """Whether the words name the table: its sheet, its title, or both."""
    title = grid.name.removeprefix(f"{grid.sheet}: ")
    return fold(words) in {fold(grid.name), fold(grid.sheet), fold(title)}


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
    more = f" và {len(grids) - MOST_NAMES} bảng khác" if len(grids) > MOST_NAMES else ""
    return ", ".join(f"“{grid.name}”" for grid in grids[:MOST_NAMES]) + more


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
        standing=node.standing if node.is_leaf else ORDINARY,
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
