"""Our own table by the names of its columns, one of its rows, and reporting what is wrong in a cell."""

from dataclasses import dataclass, field
from decimal import Decimal

from criteria.workbooks.grid import Cell, Grid, address
from criteria.workbooks.own_columns import (
    OwnHeader,
    text_of,
)
from criteria.workbooks.points import points_of
from criteria.workbooks.report import (
    ERROR,
    UNREADABLE_POINTS,
    ZERO,
    Findings,
)
from parindex.notation import NotationError


@dataclass
class OwnRow:
    """A criterion in the making."""

    row: int
    code: str
    level: int
    parent: "OwnRow | None"
    points: Decimal | None
    formula: bool
    fault: str
    unallocated: Decimal
    children: list["OwnRow"] = field(default_factory=list)
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

    def leaves(self) -> list["OwnRow"]:
        return [leaf for child in self.children for leaf in child.leaves()] if self.children else [self]


class OwnTable:
    """The cells of our own table by the names of their columns, and what is found wrong in them."""

    def __init__(self, grid: Grid, header: OwnHeader) -> None:
        self.grid, self.header = grid, header
        self.findings = Findings(grid.sheet)

    def cell(self, row: int, name: str) -> Cell:
        """The cell of a row in this column; an empty one where the table has no such column."""
        return self.grid.cell(row, self.header.columns.get(name))

    def said(self, row: int, name: str) -> str:
        """What stands there, as text."""
        return text_of(self.cell(row, name))

    def place(self, row: int, name: str) -> str:
        """The cell's address."""
        return address(row, self.header.columns.get(name))

    def amount(self, row: int, name: str) -> Decimal | None:
        """A figure that may be absent; one that cannot be read is reported."""
        cell = self.cell(row, name)
        try:
            return None if cell.uncached else points_of(cell)
        except NotationError as error:
            message = f"Không đọc được cột “{name}” ở dòng {row}: {error}."
            self.report(UNREADABLE_POINTS, ERROR, row, name, message)
            return None

    def report(self, kind: str, severity: str, row: int, name: str, message: str, code: str = "") -> None:
        """Note what is wrong in a cell."""
        self.findings.add(kind, severity, message, row=row, cell=self.place(row, name), code=code)
