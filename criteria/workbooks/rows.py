"""Row by row through the table: what each row is, and the entries that the criteria come from."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from criteria.workbooks.codes import Style, Token, split_leading, token_of
from criteria.workbooks.grid import Cell, Grid, address
from criteria.workbooks.header import Header, is_column_numbers
from criteria.workbooks.points import points_in_words, points_of
from criteria.workbooks.report import INFO
from criteria.workbooks.wording import LONGEST_TEXT, Line, has_amounts
from criteria.workbooks.words import fold, tidy, tidy_lines
from parindex.notation import NotationError, vietnamese

OPTION_MARKS = ("-", "+", "–", "—", "•", "*", "·", "●", "\uf02d", "\uf0b7")

_TOTAL = re.compile(
    r"(tong( so)?( diem)?( cong)?|cong|tong cong( so)? diem)( chung| toan bo| toi da| cac noi dung| chuan)*"
    r"\s*(\([^)]*\))?\s*[:.=]?\s*(\d+([.,]\d+)?\s*(diem|d)?)?"
)
_SUBTOTAL = re.compile(r"(tong diem|tong cong|cong (muc|noi dung|phan|linh vuc))\b.*")
_NOTE = re.compile(
    r"\(?(ghi chu|luu y|chu thich|noi nhan|nguoi (lap|ky|tong hop)|tm\.|kt\.|tl\.|tuq\.|q\.|chu tich"
    r"|pho chu tich|truong phong|giam doc|thu truong|chanh van phong|cong hoa xa hoi|doc lap\b"
    r"|phu luc|phu bieu|kem theo|ban hanh kem|uy ban nhan dan|hoi dong nhan dan|ky ten|da ky"
    r"|don vi tinh|trang \d+|\.{3,}|_{3,})"
    r"|.{0,40}\bngay\b.{0,12}\bthang\b.{0,12}\bnam\b.{0,12}$"
)


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


_SCORING_WORDS = re.compile(r"\b(diem|tru|cong thuc|ty le|toi da|khong phat sinh)\b|\d+\s*%|\bmoi\b.*\d")


def _telling(remark: str) -> list[str]:
    """A remark that may change how points are given; any other is only kept."""
    return [remark] if _SCORING_WORDS.search(fold(remark[:LONGEST_TEXT])) else []


def _without_levels(text: str, points: Decimal | None) -> tuple[str, list[str]]:
    """The title on one line, and the lines of scoring that stand below it in the same cell."""
    lines = text.split("\n")
    levels = [line for line in lines[1:] if points is not None and has_amounts(line, points)]
    if not levels:
        return tidy(text), []
    first = next(n for n, line in enumerate(lines) if n and (line.startswith(OPTION_MARKS) or line in levels))
    return tidy(" ".join(lines[:first])), lines[first:]


@dataclass
class Entry:
    """One criterion in the making: a row of the table with what later rows add to it.

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


@dataclass(frozen=True)
class TotalLine:
    """The line "Tổng điểm" and its figure."""

    row: int
    cell: str
    points: Decimal | None
    fault: str = ""


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
    """All that the rows below the header hold."""

    entries: list[Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    total: TotalLine | None = None


def read_rows(grid: Grid, header: Header) -> Table:
    """Read every row below the header. A row is understood, joined to the one above, or reported."""
    table = Table()
    broken_page = False
    rows = [row for row in grid.rows if row > header.last and not _is_blank(grid, header, row)]
    coded = any(token_of(grid.cell(row, header.code)) for row in rows)
    for place, row in enumerate(rows):
        if header.repeated_in(grid, row) or is_column_numbers(grid, row):
            broken_page = True
            continue
        below = rows[place + 1] if place + 1 < len(rows) else None
        opens = not coded or (below is not None and _starts_anew(token_of(grid.cell(below, header.code))))
        _Row(grid, header, row, broken_page, opens=opens).read_into(table)
        broken_page = False
    return table


def _starts_anew(token: Token | None) -> bool:
    return token is not None and token.style is Style.ARABIC and token.parts == (1,)


def _is_blank(grid: Grid, header: Header, row: int) -> bool:
    return not any(grid.texts(row)) and not grid.cell(row, header.points).uncached


class _Row:
    """One row of the table, read by the header's columns."""

    def __init__(self, grid: Grid, header: Header, row: int, broken_page: bool, *, opens: bool) -> None:
        """`opens`: a heading here may open a content, since no number says otherwise."""
        self.grid, self.header, self.row, self.broken_page = grid, header, row, broken_page
        self.opens = opens
        self.token, self.title, self.title_column = self._code_and_title()
        self.points, self.fault = self._points()

    def read_into(self, table: Table) -> None:
        if self._is_total():
            self._read_total(table)
        elif self._is_below(table):
            return
        elif self.token and (self.title or self.has_points):
            table.entries.append(self._entry())
        elif not self.title:
            self._add_columns(table)
        elif not self._belongs_above(table):
            if self.has_points or (self.opens and self._look().stands_out):
                table.entries.append(self._entry())
            else:
                self._skip(table)

    def _is_below(self, table: Table) -> bool:
        """Whether the row is a note or a signature line: text below the table, or in a note's usual words."""
        if self.has_points:
            return False
        closed = table.total and table.entries and table.total.row > table.entries[-1].row
        return bool(closed) or (not self.token and _NOTE.match(fold(self.title)) is not None)

    def _belongs_above(self, table: Table) -> bool:
        """Take the row into the criterion above, where it is a line of scoring or the rest of its title."""
        if not table.entries:
            return False
        above = table.entries[-1]
        if self.title.startswith(OPTION_MARKS) or self._has_amounts(above):
            self._keep_as_option(above)
        elif self._continues(above):
            self._join(above)
        else:
            return False
        return True

    def _has_amounts(self, above: Entry) -> bool:
        """Whether the words themselves give points: "Không ban hành: 0"."""
        if self.has_points or self.title.isupper() or above.points is None:
            return False
        return has_amounts(self.title, above.points)

    @property
    def has_points(self) -> bool:
        return self.points is not None or bool(self.fault)

    def _code_and_title(self) -> tuple[Token | None, str, int]:
        """The code and the title, also where one cell holds both ("I. CÔNG TÁC …" merged over the row)."""
        header = self.header
        code_cell = self.grid.cell(self.row, header.code)
        column = next((c for c in header.titles if self.grid.cell(self.row, c).text), header.titles[0])
        title = self.grid.cell(self.row, column).text
        if token := token_of(code_cell):
            return token, title, column
        if code_cell.text and not title:
            both = split_leading(code_cell.text)
            return (*both, header.code or column) if both else (None, code_cell.text, header.code or column)
        both = split_leading(title)
        if both and (header.code is None or both[0].certain):
            return *both, column
        return None, tidy_lines(title), column

    def _points(self) -> tuple[Decimal | None, str]:
        try:
            return points_of(self.grid.cell(self.row, self.header.points)), ""
        except NotationError as error:
            return None, str(error)

    def _cell(self, column: int | None) -> str:
        return address(self.row, column)

    def _texts(self, columns: tuple[int, ...]) -> str:
        """Texts of columns that a merged cell may share among several rows."""
        texts = (self.grid.covering(self.row, column).text for column in columns)
        return "\n".join(dict.fromkeys(text for text in texts if text))

    def _entry(self) -> Entry:
        header = self.header
        code_column = header.code if header.code is not None else self.title_column
        remarks = self._texts(header.notes)
        title, levels = _without_levels(self.title, self.points)
        return Entry(
            row=self.row,
            token=self.token,
            title=title,
            points=self.points,
            points_fault=self.fault,
            code_cell=self._cell(code_column),
            points_cell=self._cell(header.points),
            scoring_cell=self._cell(header.scoring[0]) if header.scoring else self._cell(self.title_column),
            level_points=self._level_points(),
            look=self._look(),
            lead=self._texts(header.lead),
            supporting=self._texts(header.supporting),
            scoring=self._texts(header.scoring),
            evidence=self._texts(header.evidence),
            notes=[*([remarks] if remarks else []), *levels],
            lines=[Line(text) for text in [*_telling(remarks), *levels]],
            extra={name: text for column, name in header.extra if (text := self._extra(column))},
        )

    def _extra(self, column: int) -> str:
        own = self.grid.cell(self.row, column)
        shared: Cell = self.grid.covering(self.row, column)
        return shared.text if isinstance(shared.value, str) else own.text

    def _is_total(self) -> bool:
        """Whether this is the total line, or one of a part: understood, though only the first kind counts."""
        words = fold(self.title)
        return not self.token and any(pattern.fullmatch(words) for pattern in (_TOTAL, _SUBTOTAL))

    def _read_total(self, table: Table) -> None:
        if _TOTAL.fullmatch(fold(self.title)) is None:
            return
        points = points_in_words(self.title) if not self.has_points else self.points
        if points is not None or self.fault or table.total is None:
            table.total = TotalLine(self.row, self._cell(self.header.points), points, self.fault)

    def _continues(self, above: Entry) -> bool:
        """A page break may cut a row in two: the rest has no code, and points only if they were missing."""
        if self.has_points and (above.points is not None or above.points_fault):
            return False
        first = self.title[0]
        ended = above.title.endswith((".", ":", ";"))
        if split_leading(self.title):
            return False
        if first.islower() or first in "(,;…":
            return True
        return self.broken_page and not ended and not self.title.isupper()

    def _join(self, above: Entry) -> None:
        above.title = f"{above.title} {tidy(self.title)}".strip()
        if self.has_points:
            above.points, above.points_fault = self.points, self.fault
            above.points_cell = self._cell(self.header.points)
        self._add_to(above)

    def _keep_as_option(self, leaf: Entry) -> None:
        printed = self.grid.cell(self.row, self.header.points).text
        leaf.notes.append(f"{self.title}: {printed}" if printed else self.title)
        leaf.lines.append(Line(self.title, self.points))
        self._add_to(leaf)

    def _level_points(self) -> Decimal | None:
        """Points in a column of their own beside the scoring words, apart from the maximum."""
        try:
            return points_of(self.grid.cell(self.row, self.header.level_points))
        except NotationError:
            return None

    def _look(self) -> Look:
        cell = self.grid.cell(self.row, self.title_column)
        lead = cell.value if isinstance(cell.value, str) else ""
        spaces = len(lead) - len(lead.lstrip(" \u00a0\t"))
        letters = "".join(letter for letter in self.title if letter.isalpha())
        return Look(len(letters) > 1 and letters.isupper(), cell.bold, cell.italic, cell.indent or spaces)

    def _level_beside(self) -> Line | None:
        """A level that stands in the columns of scoring and points of a merged row."""
        words = "\n".join(self.grid.cell(self.row, column).text for column in self.header.scoring).strip()
        points = self.points if self._level_points() is None else self._level_points()
        return Line(words, points) if words and points is not None else None

    def _add_columns(self, table: Table) -> None:
        """A row with neither code nor title: its other columns go on from the row above."""
        if table.entries and (level := self._level_beside()):
            above = table.entries[-1]
            above.notes.append(f"{level.text}: {vietnamese(level.points or Decimal(0))}")
            above.lines.append(level)
            above.level_points = above.points if above.level_points is None else above.level_points
            self._add_to(above, but=("scoring",))
            return
        if self.has_points or not table.entries:
            texts = " | ".join(tidy(text) for _, text in self.grid.texts(self.row))
            self._report(table, f"Dòng {self.row} không có số thứ tự và tên nên bị bỏ qua: “{texts[:200]}”.")
        else:
            self._add_to(table.entries[-1])

    def _add_to(self, above: Entry, but: tuple[str, ...] = ()) -> None:
        """Own texts of this row only: a cell merged with the row above is already there."""
        header = self.header
        for name in {"lead", "supporting", "scoring", "evidence"} - {*but}:
            texts = [self.grid.cell(self.row, column).text for column in getattr(header, name)]
            joined = "\n".join(text for text in [getattr(above, name), *texts] if text)
            setattr(above, name, joined)
        remarks = [text for column in header.notes if (text := self.grid.cell(self.row, column).text)]
        above.notes += remarks
        above.lines += [Line(text) for remark in remarks for text in _telling(remark)]
        for column, name in header.extra:
            if text := self.grid.cell(self.row, column).text:
                above.extra[name] = "\n".join(filter(None, [above.extra.get(name, ""), text]))

    def _skip(self, table: Table) -> None:
        """Text without code and points: a heading is only reported; other words stay with the row above."""
        short = tidy(self.title)[:200]
        bold = self.grid.cell(self.row, self.title_column).bold
        if not table.entries or bold or self.title.isupper():
            self._report(table, f"Dòng {self.row} không có số thứ tự và điểm nên bị bỏ qua: “{short}”.")
            return
        above = table.entries[-1]
        above.notes.append(self.title)
        above.lines.append(Line(self.title))
        message = (
            f"Dòng {self.row} không có số thứ tự và điểm; được giữ làm hướng dẫn chấm của mục ở "
            f"dòng {above.row}: “{short}”."
        )
        above.unsure.append(Skipped(self.row, self._cell(self.title_column), message))

    def _report(self, table: Table, message: str) -> None:
        table.skipped.append(Skipped(self.row, self._cell(self.title_column), message))
