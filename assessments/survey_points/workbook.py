"""The survey's table as a workbook: a filled-in template goes out, the file comes back cell by cell."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook

from assessments.documents.sheets import Sheet, add_styles
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group
from assessments.survey_points.cells import (
    NOT_APPLICABLE,
    CellRefused,
    Entry,
    Mode,
    SurveyCell,
    Typed,
    entry_of,
    mode_of_column,
    modes_of,
)
from assessments.survey_points.saving import Cells, cells_of
from assessments.workbooks.report import Place, problem
from criteria.models import Criterion
from criteria.workbooks.files import open_grids
from criteria.workbooks.grid import Cell, Grid
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.words import fold, tidy
from parindex.notation import parse_decimal, plain, vietnamese

UNIT_CODE, UNIT_NAME = "Mã đơn vị", "Đơn vị"
BETWEEN = " · "
ISSUED, VALID = "phiếu phát ra", "phiếu hợp lệ"
FIRST_ROWS = 10
GUIDE = (
    "Một dòng một đơn vị, mỗi mục ba cột: điểm (hoặc chỉ số %), số phiếu phát ra, số phiếu hợp lệ.",
    "Ô để trống giữ nguyên số đang có. Không đạt thì ghi 0; không áp dụng thì ghi KAD.",
    "Mục chấm theo chỉ số: đổi “điểm” ở đầu cột thành “chỉ số %” hoặc ngược lại để chọn cách nhập.",
    "Không đổi mã đơn vị và mã mục. Bỏ bớt dòng, bỏ bớt cột được; dòng và cột còn lại mới được ghi.",
)


class FileRefused(AssessmentError):
    """A file was read and refused; `problems` name each row and cell. Nothing was stored."""

    status = 422

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Tệp có chỗ phải sửa nên chưa ghi gì.")
        self.problems = problems


# -- out


def template(group: Group, files: Sequence[Assessment], leaves: Sequence[Criterion]) -> bytes:
    """The table of a group as an Excel file, with what stands in it."""
    cells = cells_of(files, leaves)
    modes = {leaf.pk: mode_of_column(leaf, cells.values()) for leaf in leaves}
    book = Workbook(write_only=True)
    add_styles(book)
    widths = [14, 34, *(12 for _ in leaves for _ in range(3))]
    sheet = Sheet(
        book, "Điểm điều tra", places=group.rounding_places, widths=widths, freeze="C2", heading_rows=1
    )
    sheet.append([sheet.text(name, "cot") for name in _headings(leaves, modes)])
    for file in files:
        row = [sheet.text(file.unit_code), sheet.text(file.unit_name)]
        for leaf in leaves:
            typed = cells[file.pk, leaf.pk].typed(modes[leaf.pk])
            row += [sheet.value(_number(text)) for text in (typed.value, typed.issued, typed.valid)]
        sheet.append(row)
    _guide(book, leaves)
    book.properties.title = f"Điểm điều tra xã hội học: {group.name}"
    book.properties.language = "vi"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _headings(leaves: Sequence[Criterion], modes: Mapping[int, Mode]) -> Iterator[str]:
    yield from (UNIT_CODE, UNIT_NAME)
    for leaf in leaves:
        for what in (modes[leaf.pk].label, ISSUED, VALID):
            yield f"{leaf.code}{BETWEEN}{what}"


def _number(text: str) -> Decimal | str | None:
    if not text or text == NOT_APPLICABLE:
        return text or None
    return parse_decimal(text)


def _guide(book: Workbook, leaves: Sequence[Criterion]) -> None:
    sheet = Sheet(book, "Hướng dẫn", places=2, widths=[12, 70, 12, 24], freeze="A1", heading_rows=1)
    for line in GUIDE:
        sheet.append([sheet.text(line, "loi")])
    sheet.append([sheet.text(name, "cot") for name in ("Mã", "Mục", "Tối đa", "Nhập theo")])
    for leaf in leaves:
        allowed = " hoặc ".join(mode.label for mode in modes_of(leaf))
        cells = [sheet.text(leaf.code), sheet.text(leaf.title)]
        sheet.append([*cells, sheet.amount(leaf.max_points), sheet.text(allowed)])


# -- in


@dataclass(frozen=True, slots=True)
class _Column:
    leaf: Criterion
    # "value" with its mode, or "issued", "valid".
    field: str
    mode: Mode | None = None


def read_workbook(
    content: bytes,
    filename: str,
    *,
    files: Sequence[Assessment],
    leaves: Sequence[Criterion],
) -> list[Entry]:
    """What a file changes, cell by cell. Raises FileRefused with every problem in it."""
    try:
        grids = open_grids(content, filename)
    except WorkbookRefused as error:
        raise FileRefused([str(error)]) from error
    found = next(((grid, row) for grid in grids if (row := _heading_row(grid))), None)
    if found is None:
        raise FileRefused([f"Không thấy cột “{UNIT_CODE}”. Dùng tệp mẫu tải từ trang này."])
    grid, heading = found
    reader = _Reader(grid, heading, files, leaves)
    entries = reader.read()
    if reader.problems:
        raise FileRefused(reader.problems)
    return entries


def _heading_row(grid: Grid) -> int | None:
    rows = [row for row in grid.rows if row <= FIRST_ROWS]
    return next(
        (row for row in rows if any(fold(text) == fold(UNIT_CODE) for _, text in grid.texts(row))), None
    )


class _Reader:
    """Puts the rows of a sheet onto cells; what does not fit becomes a problem with its place."""

    def __init__(
        self, grid: Grid, heading: int, files: Sequence[Assessment], leaves: Sequence[Criterion]
    ) -> None:
        self._grid, self._heading = grid, heading
        self._files = {file.unit_code.casefold(): file for file in files}
        self._leaves = {leaf.code.casefold(): leaf for leaf in leaves}
        self._cells: Cells = cells_of(files, leaves)
        self.problems: list[str] = []

    def read(self) -> list[Entry]:
        """Every changed cell, in the order of the file."""
        unit_column, columns = self._columns()
        entries: list[Entry] = []
        seen: dict[int, int] = {}
        for row in self._grid.rows:
            if row <= self._heading or not any(text for _, text in self._grid.texts(row)):
                continue
            file = self._file(row, unit_column, columns)
            if file is None:
                continue
            if file.pk in seen:
                self._say(row, unit_column, f"đơn vị {file.unit_name} đã có ở dòng {seen[file.pk]}.")
                continue
            seen[file.pk] = row
            entries += self._entries(row, file, columns)
        return entries

    def _columns(self) -> tuple[int, dict[int, _Column]]:
        unit_column, columns = 0, {}
        taken: dict[tuple[int, str], int] = {}
        for column, text in self._grid.texts(self._heading):
            name = tidy(text)
            if fold(name) == fold(UNIT_CODE):
                unit_column = column
            elif fold(name) != fold(UNIT_NAME):
                found = self._column(column, name)
                if found is not None and (key := (found.leaf.pk, found.field)) in taken:
                    self._say(self._heading, column, f"cột “{name}” có hai lần.")
                elif found is not None:
                    taken[key], columns[column] = column, found
        return unit_column, columns

    def _column(self, column: int, name: str) -> _Column | None:
        code, _, what = name.partition(BETWEEN.strip())
        leaf = self._leaves.get(code.strip().casefold())
        if leaf is None:
            self._say(self._heading, column, f"“{name}” không phải là mục do điều tra chấm của nhóm này.")
            return None
        kind = fold(what.strip())
        if kind in {fold(ISSUED), fold(VALID)}:
            return _Column(leaf, "issued" if kind == fold(ISSUED) else "valid")
        mode = next((mode for mode in modes_of(leaf) if fold(mode.label) == kind), None)
        if mode is None:
            allowed = ", ".join([mode.label for mode in modes_of(leaf)] + [ISSUED, VALID])
            self._say(self._heading, column, f"“{name}” không đọc được. Sau mã mục ghi một trong: {allowed}.")
            return None
        return _Column(leaf, "value", mode)

    def _file(self, row: int, unit_column: int, columns: Mapping[int, _Column]) -> Assessment | None:
        code = tidy(self._grid.cell(row, unit_column).text)
        file = self._files.get(code.casefold())
        if file is None and (code or any(self._grid.cell(row, column).text for column in columns)):
            said = f"nhóm không có đơn vị mã “{code}”." if code else "dòng có số nhưng không ghi mã đơn vị."
            self._say(row, unit_column, said)
        return file

    def _entries(self, row: int, file: Assessment, columns: Mapping[int, _Column]) -> Iterator[Entry]:
        places: dict[int, dict[str, int]] = {}
        modes: dict[int, Mode] = {}
        for column, meant in columns.items():
            places.setdefault(meant.leaf.pk, {})[meant.field] = column
            if meant.mode is not None:
                modes[meant.leaf.pk] = meant.mode
        leaves = {meant.leaf.pk: meant.leaf for meant in columns.values()}
        for key, leaf in leaves.items():
            cell = self._cells[file.pk, key]
            mode = modes.get(key) or mode_of_column(leaf, [cell])
            try:
                entry = entry_of(cell, mode, self._typed(row, cell, mode, places[key]), read=cell.token)
            except CellRefused as refusal:
                self._say(
                    row, places[key].get(refusal.field), f"{file.unit_name}, mục {leaf.code}: {refusal}"
                )
                continue
            if entry is not None:
                yield entry

    def _typed(self, row: int, cell: SurveyCell, mode: Mode, places: Mapping[str, int]) -> Typed:
        """An empty cell of the file keeps what stands."""
        stands = cell.typed(mode)
        said = {
            field: _text(self._grid.cell(row, column), mode if field == "value" else None)
            for field, column in places.items()
        }
        return Typed(
            said.get("value") or stands.value,
            said.get("issued") or stands.issued,
            said.get("valid") or stands.valid,
        )

    def _say(self, row: int, column: int | None, message: str) -> None:
        self.problems.append(problem("survey", Place(row, column), message).message)


def _text(cell: Cell, mode: Mode | None) -> str:
    """What a cell says. A number shown as a percentage is kept by spreadsheets as a share of one."""
    if cell.uncached:
        return "công thức chưa có kết quả"
    if isinstance(cell.value, Decimal | int) and not isinstance(cell.value, bool):
        number = Decimal(cell.value)
        if "%" in cell.number_format:
            return vietnamese(number * 100) + ("" if mode is Mode.INDEX else " %")
        return plain(number)
    return tidy(cell.text)
