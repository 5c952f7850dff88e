"""What a reading of scores hands over: rows, values with their cells, and problems. Data only."""

from dataclasses import dataclass
from decimal import Decimal

from criteria.workbooks.grid import address

ERROR = "error"
WARNING = "warning"

MISSING_COLUMN = "missing_column"
UNREADABLE_POINTS = "unreadable_points"
UNKNOWN_CODE = "unknown_code"
UNKNOWN_UNIT = "unknown_unit"
SKIPPED_ROW = "skipped_row"
SKIPPED_COLUMN = "skipped_column"
SKIPPED_SHEET = "skipped_sheet"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file: a row, and a column of it where that is known."""

    row: int
    column: int | None = None

    @property
    def cell(self) -> str:
        """The cell's name in the workbook ("C12"), or nothing for a whole row."""
        return address(self.row, self.column) if self.column else ""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something in the file that a person must or should look at; the message names row and cell."""

    kind: str
    severity: str
    message: str
    place: Place | None = None


def problem(kind: str, place: Place, message: str, *, severity: str = ERROR) -> FileProblem:
    """A problem at a place, with the place written at the head of the message."""
    cell = f", ô {place.cell}" if place.cell else ""
    return FileProblem(kind, severity, f"Dòng {place.row}{cell}: {message}", place)


@dataclass(frozen=True, slots=True)
class Heading:
    """A code as it stands in a column heading or a cell.

    `readings` are the codes it may stand for: a number 1.1 may have been 1.10. `told` says that the
    number format shows the zero, `guessed` that the spreadsheet made a date of the code.
    """

    place: Place
    text: str
    readings: tuple[str, ...] = ()
    told: bool = False
    guessed: bool = False
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class ReadValue:
    """Points, or "không áp dụng", for one code of one unit."""

    heading: Heading
    place: Place
    points: Decimal | None
    not_applicable: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """How a row names its unit. `numbering` says that the row may only number the columns."""

    place: Place
    code: str
    name: str
    numbering: bool = False

    @property
    def text(self) -> str:
        """The unit as a message names it."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of the file: its unit and its values (exactly one in long form)."""

    unit: ReadUnit
    values: tuple[ReadValue, ...]


@dataclass(frozen=True, slots=True)
class ReadScores:
    """A whole file of scores; `headings` are the code columns of a wide one, empty in long form."""

    sheet: str
    is_wide: bool
    headings: tuple[Heading, ...]
    rows: tuple[ReadRow, ...]
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a paper announced for one unit; what it does not say is None or empty."""

    unit: ReadUnit
    obtained: Decimal | None = None
    attainable: Decimal | None = None
    index: Decimal | None = None
    rank: int | None = None
    class_name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadResults:
    """A whole file of announced results."""

    sheet: str
    results: tuple[ReadResult, ...]
    problems: tuple[FileProblem, ...]
