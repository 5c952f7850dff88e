"""Reading what papers announced for units: points, maximum, index, rank and class."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from assessments.enums import Stage
from assessments.workbooks.columns import Header, Role, open_table
from assessments.workbooks.report import (
    MISSING_COLUMN,
    UNKNOWN_UNIT,
    UNREADABLE_POINTS,
    FileProblem,
    Place,
    ReadResult,
    ReadResults,
    ReadUnit,
    problem,
)
from assessments.workbooks.scores import (
    NO_UNIT_COLUMN,
    is_filled,
    is_no_unit,
    number_of,
    skipped,
    skipped_sheets,
    unit_of,
)
from criteria.workbooks.grid import Cell, Grid
from criteria.workbooks.points import LIMIT
from criteria.workbooks.words import tidy
from parindex.notation import NotationError, decimal_of_cell

HUNDRED = 100
MAX_RANK = 100_000


def read_announced(content: bytes, *, filename: str) -> ReadResults:
    """Read the file as it stands. Raises WorkbookRefused."""
    grid, header, others = open_table(content, filename, Stage.PUBLISHED)
    found = list(skipped_sheets(grid, others))
    if header is None:
        found.append(problem(MISSING_COLUMN, Place(grid.rows[0]), NO_UNIT_COLUMN))
        return ReadResults(grid.name, (), tuple(found))
    if header.points is None:
        message = "không thấy cột điểm công bố (“Điểm”, “Tổng điểm” hoặc “obtained”)."
        found.append(problem(MISSING_COLUMN, Place(header.last), message))
        return ReadResults(grid.name, (), tuple(found))
    results = tuple(_results(grid, header, found))
    return ReadResults(grid.name, results, tuple(found))


def _results(grid: Grid, header: Header, found: list[FileProblem]) -> Iterator[ReadResult]:
    for row in grid.rows:
        if row <= header.last or header.repeated_in(grid, row):
            continue
        unit = unit_of(grid, header, row)
        if unit is None:
            found.extend(_without_unit(grid, header, row))
        elif is_no_unit(unit):
            found.append(skipped(row, unit))
        else:
            yield _result(grid, header, unit, [] if unit.numbering else found)


def _without_unit(grid: Grid, header: Header, row: int) -> Iterator[FileProblem]:
    place = Place(row, header.points)
    unread: list[FileProblem] = []
    if _read(grid, place, _points, unread) is not None:
        yield problem(UNKNOWN_UNIT, place, "có điểm nhưng dòng không ghi đơn vị.")


def _result(grid: Grid, header: Header, unit: ReadUnit, found: list[FileProblem]) -> ReadResult:
    row = unit.place.row

    def place(role: Role) -> Place:
        return Place(row, header.column(role))

    rank = _read(grid, place(Role.RANK), _rank, found)
    return ReadResult(
        unit=unit,
        obtained=_read(grid, Place(row, header.points), _points, found),
        attainable=_read(grid, place(Role.ATTAINABLE), _points, found),
        index=_read(grid, place(Role.INDEX), _percent, found),
        rank=None if rank is None else int(rank),
        class_name=tidy(grid.cell(row, header.column(Role.CLASS)).text),
        note=grid.cell(row, header.column(Role.REASON)).text,
    )


def _read(
    grid: Grid, place: Place, reading: Callable[[Cell], Decimal], found: list[FileProblem]
) -> Decimal | None:
    cell = grid.cell(place.row, place.column)
    if not is_filled(cell):
        return None
    try:
        return reading(cell)
    except NotationError as error:
        found.append(problem(UNREADABLE_POINTS, place, f"{str(error).rstrip('.')}."))
        return None


def _points(cell: Cell) -> Decimal:
    number = number_of(cell)
    if not 0 <= number <= LIMIT:
        raise NotationError(f"điểm công bố không thể là “{cell.text}”")
    return number


def _percent(cell: Cell) -> Decimal:
    """ "89,35", "89,35%", or a number that the workbook shows as a percentage (0.8935)."""
    if isinstance(cell.value, str):
        return _points(Cell(tidy(cell.value).removesuffix("%").rstrip()))
    if "%" in cell.number_format:
        return _points(Cell(decimal_of_cell(cell.value) * HUNDRED))
    return _points(cell)


def _rank(cell: Cell) -> Decimal:
    number = number_of(cell)
    if number != number.to_integral_value() or not 1 <= number <= MAX_RANK:
        raise NotationError(f"“{cell.text}” không phải là thứ hạng")
    return number
