"""One sheet of an .xlsx as a grid, row by row: no more is held than the filled cells and their looks.

openpyxl's own sheets keep every styled cell, pictures and charts, and tell a formula without a kept result
only in a second loading; its parser, asked for rows, needs none of that.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from criteria.workbooks.grid import Cell, Grid, Merge, value_of

MAX_CELLS = 2_000_000
MAX_COLUMNS = 16_384
HIDDEN = frozenset(("1", "true"))


class TooManyCells(Exception):  # noqa: N818
    """A sheet holds more cells than any table of an office."""


class Look(NamedTuple):
    """What a style says of how a cell is shown."""

    number_format: str
    bold: bool
    italic: bool
    indent: int


class _Parser(WorkSheetParser):
    """Rows with the kept results of formulas; remembers which formulas have none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uncached: set[tuple[int, int]] = set()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            self.uncached.add((cell["row"], cell["column"]))
        return cell


def grid_of(sheet: ReadOnlyWorksheet, on_row: Callable[[], None]) -> Grid:
    """The filled cells only: a stray cell in the last row must not make a million empty rows.

    `on_row` is called for every row. Raises TooManyCells, and whatever openpyxl raises for damaged parts.
    """
    book = sheet.parent
    with sheet._get_source() as source:
        parser = _Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        cells = _filled(sheet, parser, on_row)
    merges = _merges(parser)
    for merge in merges:
        _empty_but_first(cells, merge)
    return Grid(
        sheet.title,
        cells,
        merges,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=[int(row) for row, drawn in parser.row_dimensions.items() if _is_hidden(drawn)],
        hidden_columns=_hidden_columns(parser),
    )


def _is_hidden(drawn: Mapping[str, str]) -> bool:
    return drawn.get("hidden") in HIDDEN


def _hidden_columns(parser: _Parser) -> list[int]:
    hidden = [drawn for drawn in parser.column_dimensions.values() if _is_hidden(drawn)]
    return [
        column
        for drawn in hidden
        for column in range(int(drawn["min"]), min(int(drawn["max"]), MAX_COLUMNS) + 1)
    ]


def _filled(
    sheet: ReadOnlyWorksheet, parser: _Parser, on_row: Callable[[], None]
) -> dict[tuple[int, int], Cell]:
    cells: dict[tuple[int, int], Cell] = {}
    looks: dict[int, Look] = {}
    count = 0
    for _, row in parser.parse():
        on_row()
        count += len(row)
        if count > MAX_CELLS:
            raise TooManyCells
        for found in row:
            place = found["row"], found["column"]
            if found["value"] is None and place not in parser.uncached:
                continue
            style = found["style_id"]
            if style not in looks:
                looks[style] = _look(ReadOnlyCell(sheet, **found))
            look = looks[style]
            cells[place] = Cell(
                value_of(found["value"]),
                look.number_format,
                look.bold,
                place in parser.uncached,
                look.italic,
                look.indent,
            )
    return cells


def _look(cell: ReadOnlyCell) -> Look:
    font, alignment = cell.font, cell.alignment
    return Look(str(cell.number_format), bool(font.b), bool(font.i), int(alignment.indent or 0))


def _merges(parser: _Parser) -> list[Merge]:
    if not parser.merged_cells:
        return []
    bounds = [range_boundaries(one.ref) for one in parser.merged_cells.mergeCell]
    return [Merge(top, left, bottom, right) for left, top, right, bottom in bounds]


def _empty_but_first(cells: dict[tuple[int, int], Cell], merge: Merge) -> None:
    """Only the first cell of a merged range holds a value; what is left over in the others is not shown."""
    for row in range(merge.top, merge.bottom + 1):
        for column in range(merge.left, merge.right + 1):
            if (row, column) != (merge.top, merge.left):
                cells.pop((row, column), None)
