"""A sheet as a sparse grid of cells, the same for every file format."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from openpyxl.utils import get_column_letter

from criteria.workbooks.words import storable, tidy_lines
from parindex.notation import NotationError, decimal_of_cell, plain, vietnamese_date

Value = str | int | Decimal | dt.date | bool | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value and what the office saw. `uncached` is a formula whose result was not kept."""

    value: Value = None
    number_format: str = "General"
    bold: bool = False
    uncached: bool = False
    italic: bool = False
    indent: int = 0

    @property
    def text(self) -> str:
        """The value as text, tidied; numbers plainly, dates as day/month/year."""
        if self.value is None:
            return ""
        if isinstance(self.value, str):
            return tidy_lines(self.value)
        if isinstance(self.value, dt.date):
            return vietnamese_date(self.value)
        if isinstance(self.value, bool):
            return "đúng" if self.value else "sai"
        return plain(Decimal(self.value))


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; the value stands in its first cell."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Grid:
    """The cells of one sheet by row and column (from 1), with its merged ranges.

    `name` is what a person chooses it by: the sheet's own name, or that of one table in the sheet.
    """

    def __init__(
        self,
        name: str,
        cells: dict[tuple[int, int], Cell],
        merges: Iterable[Merge] = (),
        *,
        hidden: bool = False,
        hidden_rows: Iterable[int] = (),
        hidden_columns: Iterable[int] = (),
        sheet: str = "",
    ) -> None:
        self.name = storable(name)
        self.sheet = sheet or self.name
        self.hidden = hidden
        self.hidden_columns = frozenset(hidden_columns)
        self._cells = cells
        self._columns: dict[int, list[int]] = {}
        for row, column in sorted(cells):
            self._columns.setdefault(row, []).append(column)
        self.hidden_rows = frozenset(row for row in hidden_rows if row in self._columns)
        self._merges: dict[int, list[Merge]] = {}
        self._all_merges = tuple(merges)
        for merge in self._all_merges:
            self._register(merge)

    def part(self, name: str, first: int, last: int, left: int = 1, right: int | None = None) -> "Grid":
        """Rows `first` to `last` as a grid of their own, cut to columns too; cells keep their addresses."""
        rows = {row for row in self._columns if first <= row <= last}
        return self._having(rows, name, range(left, (right or self.width) + 1))

    def shown(self) -> "Grid":
        """The grid without its hidden rows."""
        shown = {row for row in self._columns if row not in self.hidden_rows}
        return self._having(shown, self.name, range(1, self.width + 1))

    def _having(self, rows: set[int], name: str, columns: range) -> "Grid":
        return Grid(
            name,
            {place: cell for place, cell in self._cells.items() if place[0] in rows and place[1] in columns},
            self._all_merges,
            hidden=self.hidden,
            hidden_rows=self.hidden_rows & rows,
            hidden_columns=self.hidden_columns,
            sheet=self.sheet,
        )

    def _register(self, merge: Merge) -> None:
        """Note a merge in the rows that hold something: a range over a whole column is one of few rows."""
        if (merge.top, merge.left) in self._cells:
            for row in self.rows[bisect_left(self.rows, merge.top) : bisect_right(self.rows, merge.bottom)]:
                self._merges.setdefault(row, []).append(merge)

    @cached_property
    def rows(self) -> Sequence[int]:
        """Numbers of the rows that hold anything, in order."""
        return tuple(self._columns)

    def below(self, row: int, end: int | None = None) -> Sequence[int]:
        """The rows that hold anything after this one, and before `end`."""
        last = len(self.rows) if end is None else bisect_left(self.rows, end)
        return self.rows[bisect_right(self.rows, row) : last]

    @cached_property
    def width(self) -> int:
        """The last column that holds anything."""
        return max((columns[-1] for columns in self._columns.values()), default=0)

    def columns(self, row: int) -> list[int]:
        """Columns of the row that hold anything, in order."""
        return self._columns.get(row, [])

    def cell(self, row: int, column: int | None) -> Cell:
        """The cell itself; inside a merged range only the first cell holds the value."""
        return EMPTY if column is None else self._cells.get((row, column), EMPTY)

    def covering(self, row: int, column: int) -> Cell:
        """The cell, or the value of the merged range that covers it."""
        own = self.cell(row, column)
        if own is not EMPTY:
            return own
        for merge in self._merges.get(row, ()):
            if merge.holds(row, column):
                return self.cell(merge.top, merge.left)
        return EMPTY

    def texts(self, row: int) -> Iterator[tuple[int, str]]:
        """Columns and texts of the cells of a row that hold any text."""
        for column in self.columns(row):
            if text := self.cell(row, column).text:
                yield column, text


def value_of(value: object) -> Value:
    """A library's value in our own types: no binary fraction goes further than this line."""
    if value is None or isinstance(value, str | bool | int | dt.date):
        return value
    try:
        number = decimal_of_cell(value)
    except NotationError:
        return str(value)
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number


def address(row: int, column: int | None) -> str:
    """The cell's name in the workbook: "C12"."""
    return f"{get_column_letter(column or 1)}{row}"
