"""Row by row through the table: what each row is, and the entries that the criteria come from."""

import re
from dataclasses import replace
from decimal import Decimal

from criteria.workbooks.closing import goes_on, is_note, is_signature, is_subtotal, is_total, without_going_on
from criteria.workbooks.codes import Style, Token, split_leading, token_of
from criteria.workbooks.entries import Entry, Look, Skipped, Table, TotalLine
from criteria.workbooks.grid import Cell, Grid, address
from criteria.workbooks.header import Header, is_column_numbers
from criteria.workbooks.outside import outside_of_scale
from criteria.workbooks.places import Place, places_of
from criteria.workbooks.points import points_behind, points_in_words, points_of, signed_points_of
from criteria.workbooks.wording import LONGEST_TEXT, Line, has_amounts, recognise
from criteria.workbooks.words import fold, tidy, tidy_lines
from parindex.notation import NotationError, vietnamese

OPTION_MARKS = ("-", "+", "–", "—", "•", "*", "·", "●", "\uf02d", "\uf0b7")
NO_FIGURE = {"-", "–", "—", "x", "/"}

_SCORING_WORDS = re.compile(r"\b(diem|tru|cong thuc|ty le|toi da|khong phat sinh)\b|\d+\s*%|\bmoi\b.*\d")


def _telling(remark: str) -> list[str]:
    """A remark that may change how points are given; any other is only kept."""
    return [remark] if _SCORING_WORDS.search(fold(remark[:LONGEST_TEXT])) else []


def _is_amount(text: str) -> bool:
    return re.fullmatch(r"\d+(?:[.,]\d+)?\s*(?:điểm|đ)?", text.strip()) is not None


def _without_levels(text: str, points: Decimal | None) -> tuple[str, list[str]]:
    """The title on one line, and the lines of scoring that stand below it in the same cell."""
    lines = text.split("\n")
    levels = [line for line in lines[1:] if points is not None and has_amounts(line, points)]
    if not levels:
        return tidy(text), []
    first = next(n for n, line in enumerate(lines) if n and (line.startswith(OPTION_MARKS) or line in levels))
    return tidy(" ".join(lines[:first])), lines[first:]


def read_rows(grid: Grid, header: Header) -> Table:
    """Read every row below the header. A row is understood, joined to the one above, or reported."""
    table = Table()
    broken_page = False
    rows = [row for row in grid.below(header.last) if not _is_blank(grid, header, row)]
    if header.opening:
        rows = [header.opening, *rows]
    tokens = [_token(grid, header, row) for row in rows]
    table.last_figure = max((row for row in rows if _has_figure(grid, header, row)), default=0)
    open_titles: dict[int, str] = {}
    for place, row in enumerate(rows):
        if header.repeated_in(grid, row) or is_column_numbers(grid, row):
            broken_page = True
            continue
        opens = not any(tokens) or _starts_anew(next(iter(tokens[place + 1 : place + 2]), None))
        for where in places_of(grid, header, row, open_titles):
            _Row(grid, header, row, where, broken_page=broken_page, opens=opens).read_into(table)
        broken_page = False
    return table


def _token(grid: Grid, header: Header, row: int) -> Token | None:
    return next((token for column in header.codes if (token := token_of(grid.cell(row, column)))), None)


def _has_figure(grid: Grid, header: Header, row: int) -> bool:
    cells = [grid.cell(row, column) for column in header.points]
    return any(any(sign.isdigit() for sign in cell.text) or cell.uncached for cell in cells)


def _starts_anew(token: Token | None) -> bool:
    return token is not None and token.style is Style.ARABIC and token.parts == (1,)


def _is_blank(grid: Grid, header: Header, row: int) -> bool:
    return not any(grid.texts(row)) and not any(grid.cell(row, column).uncached for column in header.points)


class _Row:
    """One row of the table, read by the header's columns."""

    def __init__(
        self, grid: Grid, header: Header, row: int, place: Place, *, broken_page: bool, opens: bool
    ) -> None:
        """`opens`: a heading here may open a content, since no number says otherwise."""
        self.grid, self.header, self.row, self.place = grid, header, row, place
        self.broken_page, self.opens = broken_page, opens
        self.token, self.title, self.title_column = self._code_and_title()
        self.points, self.fault = self._points()
        self.points_column = next(iter(place.points), self.title_column)
        if self.token and not self.has_points and (behind := points_behind(self.title)) is not None:
            self.points, self.points_column = behind, self.title_column

    def read_into(self, table: Table) -> None:
        if self._is_total():
            self._read_total(table)
        elif self._is_below(table) or self._is_left_out(table):
            return
        elif again := self._repeated(table):
            self._add_to(again)
        elif self._opens_a_level():
            table.entries.append(self._entry())
        elif not self.title:
            self._add_columns(table)
        elif not self._belongs_above(table):
            if self.has_points or self.place.depth or self._is_heading(table):
                table.entries.append(self._entry())
            else:
                self._skip(table)

    def _opens_a_level(self) -> bool:
        """Whether a code, or the place in a wide table, makes the row a criterion whatever else it holds."""
        return not self.place.whole or (self.token is not None and bool(self.title or self.has_points))

    def _is_heading(self, table: Table) -> bool:
        """Whether the words may open a content without a code."""
        below_total = bool(table.totals) and outside_of_scale(self.title) is not None
        return below_total or (self.opens and self._look().stands_out)

    def _is_below(self, table: Table) -> bool:
        """Whether the row is a note or a signature line: text below the table, or in a note's usual words."""
        if self.points is not None or (self.fault and any(sign.isdigit() for sign in self._printed_points())):
            return False
        if self.row > table.last_figure and table.is_closed:
            return True
        if self.token or not is_note(self.title):
            return False
        table.signed = table.signed or is_signature(self.title)
        return True

    def _is_left_out(self, table: Table) -> bool:
        """Whether another column of maxima has the row's points: it is a criterion of other units."""
        if not self.token or not self.place.whole:
            return table.left_out and self.place.whole
        others = [self.grid.cell(self.row, column).text for column in self.header.alike]
        blank = not self.has_points or self._printed_points() in NO_FIGURE
        table.left_out = blank and any(any(sign.isdigit() for sign in text) for text in others)
        if table.left_out:
            name = self.header.names[self.points_column]
            words = tidy(f"{self.token.printed} {self.title}")[:200]
            self._report(
                table, f"Dòng {self.row} không có điểm ở cột “{name}” nên không thuộc bảng này: “{words}”."
            )
        return table.left_out

    def _repeated(self, table: Table) -> Entry | None:
        """The criterion that a new page only names again: "1.1 Kế hoạch (tiếp theo)"."""
        if self.token is None or self.has_points or not (self.broken_page or goes_on(self.title)):
            return None
        title = without_going_on(self.title)
        for above in reversed(table.entries):
            if above.token and (above.token.style, above.token.parts) == (self.token.style, self.token.parts):
                return above if fold(above.title).startswith(title) else None
        return None

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
        codes, titles = self.place.codes, self.place.titles
        code = next((c for c in codes if self.grid.cell(self.row, c).text), next(iter(codes), None))
        code_cell = self.grid.cell(self.row, code)
        column = next((c for c in titles if self.grid.cell(self.row, c).text), titles[0])
        title = self.grid.cell(self.row, column).text
        if token := token_of(code_cell):
            return token, title, column
        if code_cell.text and not title:
            both = split_leading(code_cell.text)
            return (*both, code or column) if both else (None, code_cell.text, code or column)
        both = split_leading(title)
        if both and (code is None or both[0].certain):
            return *both, column
        return None, tidy_lines(title), column

    def _points(self) -> tuple[Decimal | None, str]:
        """What the columns of points add up to; a dash among several of them is nothing."""
        cells = [self.grid.cell(self.row, column) for column in self.place.points]
        if len(cells) > 1:
            cells = [cell for cell in cells if cell.text not in NO_FIGURE]
        try:
            figures = [value for cell in cells if (value := signed_points_of(cell)) is not None]
        except NotationError as error:
            return None, str(error)
        return (sum(figures, Decimal(0)), "") if figures else (None, "")

    def _printed_points(self) -> str:
        return " ".join(self.grid.cell(self.row, column).text for column in self.place.points).strip()

    def _cell(self, column: int | None) -> str:
        return address(self.row, column)

    def _texts(self, columns: tuple[int, ...]) -> str:
        """Texts of columns that a merged cell may share among several rows."""
        texts = (self.grid.covering(self.row, column).text for column in columns)
        return "\n".join(dict.fromkeys(text for text in texts if text))

    def _entry(self) -> Entry:
        title, levels = _without_levels(self.title, self.points)
        entry = Entry(
            row=self.row,
            token=self.token,
            title=title,
            points=self.points,
            points_fault=self.fault,
            code_cell=self._cell(next(iter(self.place.codes), self.title_column)),
            points_cell=self._cell(self.points_column),
            depth=self.place.depth,
            uncomputed_code=any(self.grid.cell(self.row, column).uncached for column in self.place.codes),
            look=self._look(),
            notes=levels,
            lines=[Line(text) for text in levels],
        )
        return self._with_columns(entry) if self.place.whole else entry

    def _with_columns(self, entry: Entry) -> Entry:
        """The entry with all other columns of its row."""
        header = self.header
        remarks = [text for text in [*self._descriptions(), self._texts(header.notes)] if text]
        telling = [text for remark in remarks for text in _telling(remark)]
        return replace(
            entry,
            scoring_cell=self._cell(header.scoring[0]) if header.scoring else self._cell(self.title_column),
            level_points=self._level_points(),
            survey_points=self._survey_points(),
            lead=self._texts(header.lead),
            supporting=self._texts(header.supporting),
            scoring=self._scoring(),
            evidence=self._texts(header.evidence),
            notes=[*remarks, *entry.notes],
            lines=[*(Line(text) for text in telling), *entry.lines],
            extra={
                name: text for column, name in header.named(header.extra) if (text := self._extra(column))
            },
        )

    def _scoring(self) -> str:
        """The scoring words, each line with its points where these stand line by line in the cell beside."""
        words = self._texts(self.header.scoring)
        lines, beside = words.split("\n"), self.grid.cell(self.row, self.header.level_points).text.split("\n")
        if len(lines) != len(beside) or len(lines) < 2 or not all(map(_is_amount, beside)):
            return words
        return "\n".join(f"{line.rstrip(' :')}: {points}" for line, points in zip(lines, beside, strict=True))

    def _descriptions(self) -> list[str]:
        """Words in a second column of titles, beside the title."""
        others = [column for column in self.place.titles if column != self.title_column]
        return [text for column in others if (text := self.grid.cell(self.row, column).text)]

    def _extra(self, column: int) -> str:
        own = self.grid.cell(self.row, column)
        shared: Cell = self.grid.covering(self.row, column)
        return shared.text if isinstance(shared.value, str) else own.text

    def _is_total(self) -> bool:
        """Whether this is the total line, or one of a part: understood, though only the first kind counts."""
        return not self.token and (is_total(self.title) or is_subtotal(self.title))

    def _read_total(self, table: Table) -> None:
        if not is_total(self.title):
            return
        points = points_in_words(self.title) if not self.has_points else self.points
        words = "".join(letter for letter in fold(self.title) if letter.isalpha())
        table.totals.append(TotalLine(self.row, self._cell(self.points_column), points, self.fault, words))

    def _continues(self, above: Entry) -> bool:
        """A page break may cut a row in two: the rest has no code, and points only if they were missing."""
        if self.has_points and (above.points is not None or above.points_fault):
            return False
        if above.lines or (above.points and recognise([Line(self.title)], above.points)):
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
            above.points_cell = self._cell(self.points_column)
        self._add_to(above)

    def _keep_as_option(self, leaf: Entry) -> None:
        printed = self._printed_points()
        leaf.notes.append(f"{self.title}: {printed}" if printed else self.title)
        leaf.lines.append(Line(self.title, self.points))
        self._add_to(leaf)

    def _level_points(self) -> Decimal | None:
        """Points in a column of their own beside the scoring words, apart from the maximum."""
        try:
            return points_of(self.grid.cell(self.row, self.header.level_points))
        except NotationError:
            return None

    def _survey_points(self) -> Decimal | None:
        """What the survey gives of the maximum, where the table has a column for it."""
        try:
            return points_of(self.grid.cell(self.row, self.header.survey))
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
        for column, name in header.named(header.extra):
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
