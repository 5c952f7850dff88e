"""Reading a file of scores: one row per unit and one column per code, or one row per unit and code."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from assessments.enums import Stage
from assessments.workbooks.columns import Header, Role, is_total, open_table
from assessments.workbooks.report import (
    MISSING_COLUMN,
    SKIPPED_COLUMN,
    SKIPPED_ROW,
    SKIPPED_SHEET,
    UNKNOWN_CODE,
    UNKNOWN_UNIT,
    UNREADABLE_POINTS,
    WARNING,
    FileProblem,
    Heading,
    Place,
    ReadRow,
    ReadScores,
    ReadUnit,
    ReadValue,
    problem,
)
from criteria.workbooks.codes import Style, Token, dotted, split_leading, token_of
from criteria.workbooks.grid import Cell, Grid
from criteria.workbooks.header import is_column_numbers
from criteria.workbooks.points import LIMIT, points_of
from criteria.workbooks.words import fold, tidy
from parindex.notation import NotationError, decimal_of_cell

NOT_APPLICABLE = frozenset(("kad", "k.a.d", "khong ap dung"))
DASHES = frozenset("-–—−")
DASH = "dấu “-” không phải là điểm. Không đạt thì ghi 0 kèm lý do; không áp dụng thì ghi KAD."
NO_UNIT_COLUMN = "không thấy cột đơn vị (đặt tên là “Đơn vị”, “Mã đơn vị” hoặc “unit”) cùng các cột điểm."
_NOT_A_UNIT = frozenset(("diem toi da", "diem chuan", "thang diem", "trung binh", "trung binh chung"))


def read_scores(content: bytes, *, filename: str, stage: Stage) -> ReadScores:
    """Read the file as it stands, without knowing rounds or frameworks. Raises WorkbookRefused."""
    grid, header, others = open_table(content, filename, stage)
    found = list(skipped_sheets(grid, others))
    if header is None:
        found.append(problem(MISSING_COLUMN, Place(grid.rows[0]), NO_UNIT_COLUMN))
        return ReadScores(grid.name, False, (), (), tuple(found))
    if header.is_long:
        rows = tuple(_long_rows(grid, header, found))
        return ReadScores(grid.name, False, (), rows, tuple(found))
    headings = _headings(grid, header, found)
    rows = tuple(_wide_rows(grid, header, headings, found))
    return ReadScores(grid.name, True, tuple(headings.values()), rows, tuple(found))


def skipped_sheets(grid: Grid, others: list[str]) -> Iterator[FileProblem]:
    """One sheet is read; a further one that looks like a table of scores is named, never dropped silently."""
    for name in others:
        message = f"Chỉ đọc trang tính “{grid.name}”; trang “{name}” cũng có bảng điểm nhưng chưa được đọc."
        yield FileProblem(SKIPPED_SHEET, WARNING, message)


def heading_of(cell: Cell, place: Place) -> Heading:
    """A code as text or as a number, with everything it may stand for."""
    text = tidy(cell.text)
    if is_total(text):
        return Heading(place, text, is_total=True)
    split = split_leading(text) if isinstance(cell.value, str) else None
    token: Token | None = token_of(cell) or (split[0] if split else None)
    if token is None or token.style is not Style.ARABIC:
        return Heading(place, text)
    readings = [dotted(token.parts)]
    if not isinstance(cell.value, str) and token.padded:
        readings.append(dotted(token.padded))
    return Heading(place, text, tuple(readings), told=token.told, guessed=token.guessed)


def number_of(cell: Cell) -> Decimal:
    """The number in a cell, also one that is out of any range. Raises NotationError."""
    if "%" in cell.number_format and not isinstance(cell.value, str):
        raise NotationError("ô hiện số dưới dạng phần trăm, không phải điểm")
    if not cell.uncached:
        with suppress(NotationError):
            number = decimal_of_cell(cell.value)
            if not 0 <= number <= LIMIT:
                return number
    points = points_of(cell)
    if points is None:
        raise NotationError("ô trống")
    return points


def is_not_applicable(cell: Cell) -> bool:
    """Whether the cell says KAD, in any case."""
    return isinstance(cell.value, str) and fold(cell.text) in NOT_APPLICABLE


def is_filled(cell: Cell) -> bool:
    """Whether the cell says anything; spaces say nothing."""
    if isinstance(cell.value, str):
        return bool(cell.text)
    return cell.uncached or cell.value is not None


def unit_of(grid: Grid, header: Header, row: int) -> ReadUnit | None:
    """How the row names its unit; a name merged over several rows holds for all of them."""
    code_column, name_column = header.unit_columns
    code = tidy(grid.covering(row, code_column).text) if code_column else ""
    name = tidy(grid.covering(row, name_column).text) if name_column else ""
    if not code and not name:
        return None
    place = Place(row, name_column if name else code_column)
    numbering = row == header.last + 1 and is_column_numbers(grid, row)
    return ReadUnit(place, code, name, numbering)


def is_no_unit(unit: ReadUnit) -> bool:
    """Whether the row sums or bounds all units, as a table's first or last line does."""
    return is_total(unit.text) or fold(unit.text).strip(" .:") in _NOT_A_UNIT


def skipped(row: int, unit: ReadUnit) -> FileProblem:
    """A line that is no unit's."""
    message = f"“{unit.text}” không phải là đơn vị nên dòng này được bỏ qua."
    return problem(SKIPPED_ROW, unit.place, message, severity=WARNING)


def _headings(grid: Grid, header: Header, found: list[FileProblem]) -> dict[int, Heading]:
    """Every column that is none of the unit's, with what its heading may stand for."""
    headings: dict[int, Heading] = {}
    for column, place in header.names.items():
        role, cell = header.roles[column], grid.cell(place.row, column)
        if column in header.unit_columns or role is Role.ORDINAL:
            continue
        if role is Role.OTHER or is_total(cell.text):
            headings[column] = heading_of(cell, place)
        elif role in {Role.CODE, Role.POINTS}:
            found.append(_half_long(role, place, tidy(cell.text)))
        else:
            message = f"cột “{tidy(cell.text)}” không phải là mã tiêu chí nên không đọc."
            found.append(problem(SKIPPED_COLUMN, place, message, severity=WARNING))
    if not headings and not any(item.kind == MISSING_COLUMN for item in found):
        found.append(problem(MISSING_COLUMN, Place(header.last), "không thấy cột mã tiêu chí nào."))
    return headings


def _half_long(role: Role, place: Place, name: str) -> FileProblem:
    missing = "mã tiêu chí (“Mã” hoặc “code”)" if role is Role.POINTS else "điểm (“Điểm” hoặc “points”)"
    return problem(MISSING_COLUMN, place, f"có cột “{name}” nhưng không thấy cột {missing}.")


def _wide_rows(
    grid: Grid, header: Header, headings: dict[int, Heading], found: list[FileProblem]
) -> Iterator[ReadRow]:
    for row in grid.rows:
        if row <= header.last or header.repeated_in(grid, row):
            continue
        unit = unit_of(grid, header, row)
        filled = {column: grid.cell(row, column) for column in headings if is_filled(grid.cell(row, column))}
        if unit is None:
            found.extend(_without_unit(row, filled))
        elif is_no_unit(unit):
            found.append(skipped(row, unit))
        elif unit.numbering:
            yield ReadRow(unit, tuple(_values(row, filled, headings, [])))
        else:
            yield ReadRow(unit, tuple(_values(row, filled, headings, found)))
            found.extend(_under_no_heading(grid, header, row))


def _values(
    row: int, filled: dict[int, Cell], headings: dict[int, Heading], found: list[FileProblem]
) -> Iterator[ReadValue]:
    for column, cell in filled.items():
        value = _value(cell, headings[column], Place(row, column), "", found)
        if value:
            yield value


def _value(
    cell: Cell, heading: Heading, place: Place, reason: str, found: list[FileProblem]
) -> ReadValue | None:
    """What a filled cell says; nothing, with a problem, where it cannot be read."""
    if is_not_applicable(cell):
        return ReadValue(heading, place, None, not_applicable=True, reason=reason)
    if isinstance(cell.value, str) and cell.text in DASHES:
        found.append(problem(UNREADABLE_POINTS, place, DASH))
        return None
    try:
        return ReadValue(heading, place, number_of(cell), reason=reason)
    except NotationError as error:
        found.append(problem(UNREADABLE_POINTS, place, f"{str(error).rstrip('.')}."))
        return None


def _says_points(cell: Cell) -> bool:
    if is_not_applicable(cell):
        return True
    with suppress(NotationError):
        number_of(cell)
        return True
    return False


def _without_unit(row: int, filled: dict[int, Cell]) -> Iterator[FileProblem]:
    """Points that belong to nobody are an error; words below the table are only passed over."""
    numbers = [column for column, cell in filled.items() if _says_points(cell)]
    if numbers:
        yield problem(UNKNOWN_UNIT, Place(row, numbers[0]), "có điểm nhưng dòng không ghi đơn vị.")
    elif filled:
        message = "dòng không ghi đơn vị và không có điểm nên được bỏ qua."
        yield problem(SKIPPED_ROW, Place(row), message, severity=WARNING)


def _under_no_heading(grid: Grid, header: Header, row: int) -> Iterator[FileProblem]:
    """Points right of the unit in a column without a heading must not be lost unseen."""
    start = max(column for column in header.unit_columns if column)
    for column in grid.columns(row):
        if column > start and column not in header.names and _says_points(grid.cell(row, column)):
            yield problem(UNKNOWN_CODE, Place(row, column), "có điểm nhưng cột không có mã tiêu chí.")


def _long_rows(grid: Grid, header: Header, found: list[FileProblem]) -> Iterator[ReadRow]:
    code_column, points_column = header.column(Role.CODE, Role.ORDINAL), header.points
    if code_column is None or points_column is None:
        return
    for row in grid.rows:
        if row <= header.last or header.repeated_in(grid, row):
            continue
        unit, cell = unit_of(grid, header, row), grid.cell(row, points_column)
        code = grid.cell(row, code_column)
        reason = grid.cell(row, header.column(Role.REASON)).text
        if unit is None:
            found.extend(_without_unit(row, {points_column: cell} if is_filled(cell) else {}))
        elif not is_filled(cell):
            found.extend(_reason_alone(row, header, reason))
        elif not is_filled(code):
            found.append(
                problem(UNKNOWN_CODE, Place(row, code_column), "có điểm nhưng không ghi mã tiêu chí.")
            )
        else:
            heading = heading_of(code, Place(row, code_column))
            value = _value(cell, heading, Place(row, points_column), reason, [] if unit.numbering else found)
            yield ReadRow(unit, (value,) if value else ())


def _reason_alone(row: int, header: Header, reason: str) -> Iterator[FileProblem]:
    if reason:
        message = "có lý do nhưng không có điểm nên không ghi; ô trống không phải là 0."
        yield problem(SKIPPED_ROW, Place(row, header.column(Role.REASON)), message, severity=WARNING)
