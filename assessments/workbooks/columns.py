"""The header of a file of scores: which row it is, and which columns name units, codes and points."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from assessments.enums import Stage
from assessments.workbooks.report import Place
from criteria.workbooks.codes import Style, split_leading, token_of, token_of_text
from criteria.workbooks.files import open_grids
from criteria.workbooks.grid import Cell, Grid
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.words import fold

MAX_LINES = 3


class Role(Enum):
    """What a column holds."""

    UNIT = "unit"
    UNIT_CODE = "unit_code"
    CODE = "code"
    ORDINAL = "ordinal"
    POINTS = "points"
    REASON = "reason"
    TOTAL = "total"
    ATTAINABLE = "attainable"
    INDEX = "index"
    RANK = "rank"
    CLASS = "class"
    OTHER = "other"


_NAMES: Mapping[Role, frozenset[str]] = {
    Role.UNIT: frozenset(
        (
            *("unit", "unit name", "name", "ten", "don vi", "ten don vi", "co quan", "co quan don vi"),
            *("ten co quan", "ten co quan don vi", "don vi duoc danh gia", "ten don vi duoc danh gia"),
            *("dia phuong", "ten dia phuong"),
        )
    ),
    Role.UNIT_CODE: frozenset(("unit code", "ma don vi", "ma dv")),
    Role.CODE: frozenset(("code", "ma", "ma so", "ma tieu chi", "ma chi so", "ma muc", "muc", "tieu chi")),
    Role.ORDINAL: frozenset(("stt", "tt", "s t t", "so tt", "so thu tu")),
    Role.POINTS: frozenset(("points", "diem", "diem so", "so diem", "diem dat", "diem dat duoc")),
    Role.REASON: frozenset(
        (
            "reason",
            "note",
            "ly do",
            "ghi chu",
            "giai trinh",
            "thuyet minh",
            "ly do giai trinh",
            "ly do ghi chu",
        )
    ),
    Role.TOTAL: frozenset(("total", "tong", "tong cong", "tong so", "tong diem", "tong so diem", "cong")),
    Role.ATTAINABLE: frozenset(("attainable", "diem toi da", "tong diem toi da", "diem chuan", "thang diem")),
    Role.INDEX: frozenset(
        (
            "index",
            "par index",
            "chi so",
            "chi so %",
            "chi so cchc",
            "chi so cchc %",
            "chi so cai cach hanh chinh",
        )
    ),
    Role.RANK: frozenset(("rank", "hang", "xep hang", "thu hang", "vi tri xep hang", "xep thu")),
    Role.CLASS: frozenset(("class", "loai", "xep loai")),
}
_OWN_POINTS: Mapping[Stage, frozenset[str]] = {
    Stage.SELF: frozenset(("tu cham", "diem tu cham", "tu danh gia", "diem tu danh gia")),
    Stage.APPRAISED: frozenset(("tham dinh", "diem tham dinh", "ket luan", "diem ket luan")),
    Stage.SURVEY: frozenset(("diem xhh", "diem dieu tra", "diem dieu tra xhh", "diem dieu tra xa hoi hoc")),
    Stage.TARGET: frozenset(("target", "muc tieu", "diem muc tieu", "muc tieu nam sau")),
    Stage.PUBLISHED: frozenset(
        ("obtained", "diem cong bo", "tong", "tong diem", "tong cong", "tong so diem", "tong diem dat duoc")
    ),
}


def plain_name(text: str) -> str:
    """A column's name without case, diacritics and punctuation."""
    return re.sub(r"[^a-z0-9%]+", " ", fold(text)).strip()


def is_total(text: str) -> bool:
    """Whether the text is the name of a grand total."""
    return plain_name(text) in _NAMES[Role.TOTAL]


def role_of(text: str, stage: Stage) -> Role:
    """What a column of this name holds in a file of this stage."""
    name = plain_name(text)
    if name in _OWN_POINTS[stage]:
        return Role.POINTS
    return next((role for role, names in _NAMES.items() if name in names), Role.OTHER)


def holds_code(cell: Cell) -> bool:
    """Whether a heading is a code with or without its title, so that the row is a header."""
    if not isinstance(cell.value, str):
        return token_of(cell) is not None
    split = split_leading(cell.text)
    token = token_of_text(cell.text) or (split[0] if split else None)
    return token is not None and token.style in {Style.ARABIC, Style.ROMAN}


@dataclass(frozen=True)
class Header:
    """The header's rows; the columns by role, and the place of the name of every column."""

    first: int
    last: int
    names: Mapping[int, Place]
    roles: Mapping[int, Role]
    stage: Stage
    lines: frozenset[tuple[tuple[int, str], ...]]
    own_points: int | None = None
    codes: tuple[int, ...] = field(default=())

    def column(self, *roles: Role) -> int | None:
        """The first column of the first of these roles that there is."""
        for role in roles:
            for column, held in self.roles.items():
                if held is role:
                    return column
        return None

    def repeated_in(self, grid: Grid, row: int) -> bool:
        """Whether the row is a line of the header again, as on each printed page."""
        return tuple(grid.texts(row)) in self.lines

    @property
    def points(self) -> int | None:
        """The points of this very stage win over a column called only "Điểm"."""
        return self.own_points or self.column(Role.POINTS)

    @property
    def is_long(self) -> bool:
        """Whether every row names one code and its points."""
        if self.stage is Stage.PUBLISHED or self.codes:
            return False
        return self.points is not None and self.column(Role.CODE, Role.ORDINAL) is not None

    @property
    def unit_columns(self) -> tuple[int | None, int | None]:
        """Columns of the unit's code and name; beside a name, a bare "Mã" is the unit's, but in long form."""
        code = self.column(Role.UNIT_CODE)
        if code is None and not self.is_long and self.column(Role.UNIT):
            code = self.column(Role.CODE)
        return code, self.column(Role.UNIT)


def open_table(content: bytes, filename: str, stage: Stage) -> tuple[Grid, Header | None, list[str]]:
    """The first visible sheet with a header, its header, and the names of further sheets that have one.

    Without any header the first sheet that holds anything is returned. Raises WorkbookRefused.
    """
    grids = [grid for grid in open_grids(content, filename) if grid.rows and not grid.hidden]
    if not grids:
        raise WorkbookRefused("Tệp không có ô nào có nội dung.")
    found = [(grid, header) for grid in grids if (header := find_header(grid, stage))]
    if not found:
        return grids[0], None, []
    (grid, first), *others = found
    return grid, first, [other.name for other, _ in others]


def find_header(grid: Grid, stage: Stage) -> Header | None:
    """The first row that names a unit and codes or points; else the first that at least names a unit."""
    fallback = None
    for row in grid.rows:
        roles = {role_of(text, stage) for _, text in grid.texts(row)}
        if len(grid.columns(row)) < 2 or not roles & {Role.UNIT, Role.UNIT_CODE}:
            continue
        header = _assemble(grid, row, stage)
        if header.codes or (header.points and (header.is_long or stage is Stage.PUBLISHED)):
            return header
        fallback = fallback or header
    return fallback


def _assemble(grid: Grid, row: int, stage: Stage) -> Header:
    """The header with up to two further lines, where the unit's name spans them or codes stand below it."""
    header = _of_lines(grid, row, row, stage)
    while header.last - row + 1 < MAX_LINES:
        below = header.last + 1
        unit = header.column(Role.UNIT, Role.UNIT_CODE)
        if unit is None or grid.cell(below, unit).text or not any(grid.texts(below)):
            break
        spanned = bool(grid.covering(below, unit).text)
        if not spanned and (header.codes or header.points):
            break
        longer = _of_lines(grid, row, below, stage)
        if not spanned and not longer.codes:
            break
        header = longer
    return header


def _of_lines(grid: Grid, first: int, last: int, stage: Stage) -> Header:
    names: dict[int, Place] = {}
    for row in range(first, last + 1):
        names |= {column: Place(row, column) for column, _ in grid.texts(row)}
    names = dict(sorted(names.items()))
    texts = {column: grid.cell(place.row, column).text for column, place in names.items()}
    roles = {column: role_of(text, stage) for column, text in texts.items()}
    own = [column for column, text in texts.items() if plain_name(text) in _OWN_POINTS[stage]]
    return Header(
        first=first,
        last=last,
        names=names,
        roles=roles,
        stage=stage,
        lines=frozenset(tuple(grid.texts(row)) for row in range(first, last + 1)),
        own_points=own[0] if own else None,
        codes=tuple(
            column
            for column, place in names.items()
            if roles[column] is Role.OTHER and holds_code(grid.cell(place.row, column))
        ),
    )
