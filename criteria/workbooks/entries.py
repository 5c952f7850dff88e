"""What reading the rows gives: the entries that the criteria come from, the total, what was left out."""

from dataclasses import dataclass, field
from decimal import Decimal

from criteria.workbooks.codes import Token
from criteria.workbooks.report import INFO
from criteria.workbooks.wording import Line


@dataclass(frozen=True)
class Look:
    """How a title is drawn: in a table without numbers the only sign of its level."""

    capitals: bool = False
    bold: bool = False
    italic: bool = False
    indent: int = 0

    @property
    def stands_out(self) -> bool:
        """Whether it may be a heading."""
        return self.capitals or self.bold


@dataclass
class Entry:
    """One criterion in the making: a row of the table with what later rows add to it.

    `depth` is the level that a column tells, 0 where only the code does; `uncomputed_code` marks a code that
    is a formula without its result. `survey_points` are the part of the maximum that the survey gives.
    `notes` keep every word of the rows below it; `lines` are those of them that may say how it is scored,
    and `unsure` are reported where no rule is made of these.
    """

    row: int
    token: Token | None
    title: str
    points: Decimal | None
    points_fault: str
    code_cell: str
    points_cell: str
    scoring_cell: str = ""
    level_points: Decimal | None = None
    survey_points: Decimal | None = None
    depth: int = 0
    uncomputed_code: bool = False
    look: Look = Look()
    lead: str = ""
    supporting: str = ""
    scoring: str = ""
    evidence: str = ""
    notes: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    unsure: list["Skipped"] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    path: tuple[int, ...] = ()
    code: str = ""
    parent_code: str = ""

    @property
    def why_uncoded(self) -> str:
        """What the row lacks for a code, in words."""
        if self.uncomputed_code:
            return "có số thứ tự là công thức chưa có kết quả (hãy mở tệp, tính lại rồi lưu)"
        return "không có số thứ tự"


@dataclass(frozen=True)
class TotalLine:
    """The line "Tổng điểm" and its figure."""

    row: int
    cell: str
    points: Decimal | None
    fault: str = ""
    words: str = ""


@dataclass(frozen=True)
class Skipped:
    """A row whose text was not understood as a criterion, and what was done with it.

    Words that a rule was made of are not reported, unless `always`: a row with points may be a criterion.
    """

    row: int
    cell: str
    message: str
    severity: str = INFO
    always: bool = False


@dataclass
class Table:
    """All that the rows below the header hold.

    `last_figure` is the last row with points: text below it and below the total, or below the first signature
    (`signed`), is no part of the table. `left_out` tells that the row just read belongs to other units.
    """

    entries: list[Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    totals: list[TotalLine] = field(default_factory=list)
    last_figure: int = 0
    signed: bool = False
    left_out: bool = False

    def total(self) -> TotalLine | None:
        """The last line that gives the total of the whole table.

        The same words with other figures are sums of parts, as below each content.
        """
        figures: dict[str, set[Decimal | None]] = {}
        for line in self.totals:
            figures.setdefault(line.words, set()).add(line.points)
        whole = [line for line in self.totals if len(figures[line.words]) == 1]
        said = [line for line in whole if line.points is not None or line.fault]
        return next(iter(said[-1:] or whole[:1]), None)

    @property
    def is_closed(self) -> bool:
        """Whether a total or a signature stands below the last criterion."""
        last = self.entries[-1].row if self.entries else None
        return last is not None and (self.signed or any(line.row > last for line in self.totals))
