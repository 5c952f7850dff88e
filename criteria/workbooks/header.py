"""Finding the header of the table: which row it is, and what each column is called."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from criteria.workbooks.codes import looks_like_code
from criteria.workbooks.grid import Grid
from criteria.workbooks.points import points_behind
from criteria.workbooks.words import fold, tidy

MAX_LINES = 3
LONGEST_NAME = 100
LOOKED_AT = 60


class Role(Enum):
    """What a column holds."""

    CODE = "code"
    TITLE = "title"
    POINTS = "points"
    SCORING = "scoring"
    EVIDENCE = "evidence"
    LEAD = "lead"
    SUPPORTING = "supporting"
    NOTES = "notes"
    EXTRA = "extra"


_AGENCY = r"(co quan|don vi|phong|so|ban|bo phan|nguoi)\b.*"
_ROLES = (
    (
        Role.CODE,
        r"^(s\.? ?t\.?t|t\.?t|so tt|(so )?thu tu|ky hieu|so hieu|muc"
        r"|ma( (so|hieu|tc|tctp|tieu chi|chi so))?)\.?(\s*[/,(-]\s*(ma( so)?|tt|stt|1|a)\)?)?$",
    ),
    (Role.SUPPORTING, r"phoi hop"),
    (
        Role.LEAD,
        r"\bchu tri\b|dau moi|"
        rf"^(?!.*\bdiem\b).*{_AGENCY}(theo doi|tham dinh|phu trach|tham muu|chiu trach nhiem)",
    ),
    (Role.EVIDENCE, r"kiem chung|minh chung|bang chung|(tai lieu|ho so|van ban) chung minh|^tlkc$"),
    (
        Role.SCORING,
        r"\bcach (cham|cho diem|tinh|thuc|danh gia|xac dinh)|phuong phap|huong dan|cong thuc|can cu cham",
    ),
    (Role.NOTES, r"ghi chu|chu thich|chu giai|dien giai"),
    (Role.POINTS, r"\btoi da\b|diem chuan|thang diem|diem quy dinh|khung diem|muc diem|diem cao nhat"),
    (
        Role.EXTRA,
        r"tu cham|tu danh gia|diem dat|dat duoc|diem tham dinh|muc tieu\b.*20|\bnam (truoc|20\d\d)\b",
    ),
    (Role.POINTS, r"^(so )?diem( so)?$"),
    (
        Role.TITLE,
        r"^(cac |ten |danh muc |nhom |mo ta |muc tieu,? )*"
        r"(noi dung|linh vuc|(bo )?tieu chi|tieu chuan|chi so|chi tieu|nhiem vu|thanh phan|tctp|yeu cau"
        r"|hang muc)\b",
    ),
)
_PATTERNS = [(role, re.compile(pattern)) for role, pattern in _ROLES]
_POINTS_WORD = re.compile(r"\bdiem\b")
_OTHER_POINTS = re.compile(
    r"\b(dat|duoc|20\d\d|tru|thuong|cham|tham dinh|danh gia|nam|ket qua|quy doi|tang|giam|muc tieu|xhh"
    r"|dieu tra)\b"
)
_UNITS = re.compile(
    r"\b(don vi|co quan|dia phuong|to chuc|ho va ten|ho ten|xa|phuong|huyen|tinh|xep (hang|loai))\b"
)
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,2}|[a-h])[)\]]?(?:\s*=.*)?")


def role_of(name: str) -> Role:
    """What a column of this name holds; EXTRA when the name is none of the usual ones."""
    folded = fold(name)
    if len(folded) <= LONGEST_NAME:
        for role, pattern in _PATTERNS:
            if pattern.search(folded):
                return role
    return Role.EXTRA


class Level(NamedTuple):
    """The columns of one level of a wide table; without `points` of its own only the last level has any."""

    code: int | None
    title: int
    points: int | None = None


@dataclass(frozen=True)
class Header:
    """The header's rows and the columns by role; `extra` are columns kept as data, with their names.

    A row's code stands in the first of `codes` that is filled, its maximum is what `points` add up to;
    without columns of points it stands in brackets behind the title. In a wide table, where one row opens
    several levels, `levels` has a pair for each level: its column of codes, if any, and its column of titles.
    `alike` are columns that may hold the maximum as well as the one chosen. `opening` is a content's heading
    above the header.
    """

    first: int
    last: int
    names: dict[int, str]
    codes: tuple[int, ...]
    titles: tuple[int, ...]
    points: tuple[int, ...]
    level_points: int | None
    scoring: tuple[int, ...]
    evidence: tuple[int, ...]
    lead: tuple[int, ...]
    supporting: tuple[int, ...]
    notes: tuple[int, ...]
    extra: tuple[int, ...]
    words: frozenset[str]
    alike: tuple[int, ...] = ()
    levels: tuple[Level, ...] = ()
    survey: int | None = None
    opening: int | None = None

    def repeated_in(self, grid: Grid, row: int) -> bool:
        """Whether the row repeats the header, or a line of it, as on each printed page."""
        texts = dict(grid.texts(row))
        named = [column for column in self.titles if column in texts]
        if any(fold(texts[column]) in self.words for column in named):
            return not any(looks_like_code(grid.cell(row, column)) for column in self.codes)
        return (
            not named
            and len(texts) > 0
            and all(fold(text) in self.words and column not in self.codes for column, text in texts.items())
        )

    def named(self, columns: Iterable[int]) -> tuple[tuple[int, str], ...]:
        """Columns kept as data with their names, made different where two are called the same."""
        named: list[tuple[int, str]] = []
        for column in columns:
            name, count = self.names[column], 1
            while any(name == taken for _, taken in named):
                count += 1
                name = f"{self.names[column]} ({count})"
            named.append((column, name))
        return tuple(named)


def is_column_numbers(grid: Grid, row: int) -> bool:
    """Whether the row only numbers the columns: (1), (2), (3) … or A, B, 1, 2, 3 = 1 + 2 …"""
    marks = [_COLUMN_NUMBER.fullmatch(fold(text)) for _, text in grid.texts(row)]
    names = [mark[1] for mark in marks if mark]
    letters = [name for name in names if name.isalpha()]
    counted = [*"abcdefgh"[: len(letters)], *(str(n) for n in range(1, len(names) - len(letters) + 1))]
    return len(names) == len(marks) >= 3 and names == counted


def find_header(grid: Grid) -> Header | None:
    """The first header of the sheet: a row that names a column of titles and, with up to two
    lines below it, a column of points."""
    return next(headers(grid), None)


def headers(grid: Grid) -> Iterator[Header]:
    """Every row that may be a header: a table's own, the same repeated on a page, or another table's."""
    last = 0
    for row in grid.rows:
        roles = {column: role_of(text) for column, text in grid.texts(row)}
        if row <= last or len(roles) < 2:
            continue
        titles = tuple(column for column, role in roles.items() if role is Role.TITLE)
        codes = tuple(column for column, role in roles.items() if role is Role.CODE)
        if not titles and codes:
            titles = _titles_by_content(grid, row, roles)
        if titles and (header := _at(grid, row, titles, codes)):
            last = header.last
            yield header


def names_titles_only(grid: Grid) -> bool:
    """Whether some row names titles and codes, so that only the points are missing."""
    wanted = {Role.CODE, Role.TITLE}
    return any(wanted <= {role_of(text) for _, text in grid.texts(row)} for row in grid.rows)


def _at(grid: Grid, row: int, titles: tuple[int, ...], codes: tuple[int, ...]) -> Header | None:
    """The header with its first line in this row, or one line above, where only groups are named."""
    last = _last_line(grid, row, (*titles, *codes))
    if header := _assemble(grid, row, last, titles):
        return header
    above = dict(grid.texts(row - 1))
    if above and not any(column in above for column in (*titles, *codes)):
        return _assemble(grid, row - 1, last, titles)
    return None


def _titles_by_content(grid: Grid, row: int, roles: dict[int, Role]) -> tuple[int, ...]:
    """The column of an unusual name that holds the longest words, where codes are named too.

    A list of units with their points is no table of criteria.
    """
    below = grid.below(row)[:LOOKED_AT]

    def length(column: int) -> int:
        return sum(len(text) for other in below if isinstance(text := grid.cell(other, column).value, str))

    named = dict(grid.texts(row))
    unnamed = [c for c, role in roles.items() if role is Role.EXTRA and not _UNITS.search(fold(named[c]))]
    longest = max(unnamed, key=length, default=None)
    return (longest,) if longest is not None and length(longest) else ()


def _last_line(grid: Grid, first: int, main: tuple[int, ...]) -> int:
    """The header goes on below while the main columns are empty there and the rest is short text."""
    last = first
    while last - first + 1 < MAX_LINES:
        texts = dict(grid.texts(last + 1))
        if not texts or any(column in texts for column in main):
            break
        if any(looks_like_number(text) or len(text) > LONGEST_NAME for text in texts.values()):
            break
        last += 1
    return last


def looks_like_number(text: str) -> bool:
    return re.fullmatch(r"[\d.,\s%()-]+", text) is not None


def _assemble(grid: Grid, first: int, last: int, titles: tuple[int, ...]) -> Header | None:
    named = {column: _name(grid, first, last, column) for column in range(1, grid.width + 1)}
    names = {column: name for column, name in named.items() if name}
    roles = {column: Role.TITLE if column in titles else role_of(name) for column, name in names.items()}

    def having(role: Role) -> tuple[int, ...]:
        return tuple(column for column, held in roles.items() if held is role)

    points = _columns_of_points(grid, names, having(Role.POINTS)) or _only_points(names, having(Role.EXTRA))
    telling = {*roles.values()} - {Role.TITLE, Role.EXTRA}
    if not points and not (telling and _points_in_titles(grid, last, titles)):
        return None
    stepping = tuple(c for c in having(Role.TITLE) if c not in titles and _covered(grid, first, titles, c))
    others = {column for role in (Role.EXTRA, Role.POINTS, Role.TITLE) for column in having(role)}
    return Header(
        first=first,
        last=last,
        names=names,
        codes=having(Role.CODE),
        titles=(*titles, *stepping),
        points=points[:1],
        level_points=_level_points(roles, points[0]) if points else None,
        scoring=having(Role.SCORING),
        evidence=having(Role.EVIDENCE),
        lead=having(Role.LEAD),
        supporting=having(Role.SUPPORTING),
        notes=having(Role.NOTES),
        extra=tuple(sorted(others - {*points[:1], *titles, *stepping})),
        words=frozenset(fold(text) for row in range(first, last + 1) for _, text in grid.texts(row)),
        alike=points[1:],
    )


def _covered(grid: Grid, row: int, titles: tuple[int, ...], column: int) -> bool:
    """Whether the name of a column of titles is merged over this column too."""
    name = grid.covering(row, column)
    return any(name is grid.cell(row, title) for title in titles)


def _columns_of_points(grid: Grid, names: dict[int, str], columns: tuple[int, ...]) -> tuple[int, ...]:
    """The columns that may hold the maximum, the most likely first, and no other of less claim.

    A shown column wins over a hidden one, this year's over last year's, "Điểm tối đa" over other names, the
    latest year over others.
    """

    def claim(column: int) -> tuple[bool, bool, bool, int]:
        name = fold(names[column])
        years = [int(year) for year in _YEAR.findall(name)]
        return (
            column in grid.hidden_columns,
            "nam truoc" in name,
            "toi da" not in name,
            -max(years, default=0),
        )

    best = min(map(claim, columns), default=None)
    return tuple(column for column in columns if claim(column) == best)


def _only_points(names: dict[int, str], columns: tuple[int, ...]) -> tuple[int, ...]:
    """The one column whose name speaks of points, and not of points that somebody got."""
    folded = {column: fold(names[column]) for column in columns}
    found = [c for c, name in folded.items() if _POINTS_WORD.search(name) and not _OTHER_POINTS.search(name)]
    return tuple(found) if len(found) == 1 else ()


def _points_in_titles(grid: Grid, last: int, titles: tuple[int, ...]) -> bool:
    """Whether the titles carry their maximum in brackets: "Kế hoạch (2 điểm)"."""
    texts = [grid.cell(row, titles[0]).text for row in grid.below(last)[:LOOKED_AT]]
    found = [text for text in texts if points_behind(text) is not None]
    return len(found) >= 2 and len(found) * 2 >= len([text for text in texts if text])


def _level_points(roles: dict[int, Role], maximum: int) -> int | None:
    """A second column of points, beside the scoring words: what each level gives."""
    scoring = [column for column, role in roles.items() if role is Role.SCORING]
    others = [column for column, role in roles.items() if role is Role.POINTS and column != maximum]
    return next((column for column in others if scoring and column == max(scoring) + 1), None)


def _name(grid: Grid, first: int, last: int, column: int) -> str:
    """All lines of the column's name, a group's name ("Điểm") before its own ("Tối đa")."""
    parts: list[str] = []
    for row in range(first, last + 1):
        text = tidy(grid.covering(row, column).text)
        if not text and row < last and grid.cell(last, column).text:
            text = _group_to_the_left(grid, row, column)
        if text and text not in parts:
            parts.append(text)
    return " ".join(parts)


def _group_to_the_left(grid: Grid, row: int, column: int) -> str:
    """Formats without merged cells leave the group's name in its first column only."""
    left = [text for other, text in grid.texts(row) if other < column]
    return tidy(left[-1]) if left else ""
