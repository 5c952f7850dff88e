"""Finding the header of the table: which row it is, and what each column holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from criteria.workbooks.codes import looks_like_code
from criteria.workbooks.grid import Grid
from criteria.workbooks.words import fold, tidy

MAX_LINES = 3
LONGEST_NAME = 100


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
    (Role.CODE, r"^(s\.?t\.?t|t\.?t|so tt|so thu tu|ma|ma so|ma hieu|so hieu|ma (tieu chi|chi so)|muc)\.?$"),
    (Role.SUPPORTING, r"phoi hop"),
    (Role.LEAD, rf"\bchu tri\b|{_AGENCY}(theo doi|tham dinh|phu trach|tham muu)"),
    (Role.EVIDENCE, r"kiem chung|minh chung|bang chung|tai lieu chung minh"),
    (Role.SCORING, r"\bcach (cham|tinh|danh gia|xac dinh)|phuong phap|huong dan|cong thuc|can cu cham"),
    (Role.NOTES, r"ghi chu|chu thich|chu giai"),
    (Role.POINTS, r"\btoi da\b|diem chuan|thang diem|diem quy dinh|khung diem|muc diem|diem cao nhat"),
    (Role.EXTRA, r"tu cham|tu danh gia|diem dat|dat duoc|diem tham dinh|muc tieu|\bnam (truoc|20\d\d)\b"),
    (Role.POINTS, r"^(so )?diem( so)?$"),
    (
        Role.TITLE,
        r"^(cac |ten |danh muc )*(noi dung|linh vuc|tieu chi|chi so|chi tieu|nhiem vu)\b",
    ),
)
_PATTERNS = [(role, re.compile(pattern)) for role, pattern in _ROLES]
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2}|[a-h])\)?(?:\s*=.*)?")


def role_of(name: str) -> Role:
    """What a column of this name holds; EXTRA when the name is none of the usual ones."""
    folded = fold(name)
    if len(folded) <= LONGEST_NAME:
        for role, pattern in _PATTERNS:
            if pattern.search(folded):
                return role
    return Role.EXTRA


@dataclass(frozen=True)
class Header:
    """The header's rows and the columns by role; `extra` are columns kept as data, with their names."""

    first: int
    last: int
    code: int | None
    titles: tuple[int, ...]
    points: int
    level_points: int | None
    scoring: tuple[int, ...]
    evidence: tuple[int, ...]
    lead: tuple[int, ...]
    supporting: tuple[int, ...]
    notes: tuple[int, ...]
    extra: tuple[tuple[int, str], ...]
    words: frozenset[str]

    def repeated_in(self, grid: Grid, row: int) -> bool:
        """Whether the row repeats the header, or a line of it, as on each printed page."""
        texts = dict(grid.texts(row))
        named = [column for column in self.titles if column in texts]
        if any(fold(texts[column]) in self.words for column in named):
            return not looks_like_code(grid.cell(row, self.code))
        return (
            not named
            and len(texts) > 0
            and all(fold(text) in self.words and column != self.code for column, text in texts.items())
        )


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
    for row in grid.rows:
        roles = {column: role_of(text) for column, text in grid.texts(row)}
        titles = tuple(column for column, role in roles.items() if role is Role.TITLE)
        if not titles or len(roles) < 2:
            continue
        code = next((column for column, role in roles.items() if role is Role.CODE), None)
        last = _last_line(grid, row, (*titles, *([code] if code else [])))
        header = _assemble(grid, row, last, titles)
        if header:
            yield header


def names_titles_only(grid: Grid) -> bool:
    """Whether some row names titles and codes, so that only the points are missing."""
    wanted = {Role.CODE, Role.TITLE}
    return any(wanted <= {role_of(text) for _, text in grid.texts(row)} for row in grid.rows)


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
    names = {column: _name(grid, first, last, column) for column in range(1, grid.width + 1)}
    names = {column: name for column, name in names.items() if name}
    roles = {column: Role.TITLE if column in titles else role_of(name) for column, name in names.items()}
    points = _best_points(names, roles)
    if points is None:
        return None

    def having(role: Role) -> tuple[int, ...]:
        return tuple(column for column, held in roles.items() if held is role)

    codes = having(Role.CODE)
    plain_title = {column for column in having(Role.TITLE) if column not in titles}
    others = {*having(Role.EXTRA), *having(Role.POINTS), *codes[1:], *plain_title} - {points}
    words = {fold(text) for row in range(first, last + 1) for _, text in grid.texts(row)}
    return Header(
        first=first,
        last=last,
        code=codes[0] if codes else None,
        titles=titles,
        points=points,
        level_points=_level_points(roles, points),
        scoring=having(Role.SCORING),
        evidence=having(Role.EVIDENCE),
        lead=having(Role.LEAD),
        supporting=having(Role.SUPPORTING),
        notes=having(Role.NOTES),
        extra=_distinct(names, sorted(others)),
        words=frozenset(words),
    )


def _best_points(names: dict[int, str], roles: dict[int, Role]) -> int | None:
    """ "Điểm tối đa" wins over other names of the maximum; then the latest year; then the leftmost."""
    columns = [column for column, role in roles.items() if role is Role.POINTS]

    def rank(column: int) -> tuple[bool, int, int]:
        name = fold(names[column])
        years = [int(year) for year in _YEAR.findall(name)]
        return "toi da" not in name, -max(years, default=0), column

    return min(columns, key=rank, default=None)


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


def _distinct(names: dict[int, str], columns: list[int]) -> tuple[tuple[int, str], ...]:
    """Names of the columns kept as data, made different where two columns are called the same."""
    named: list[tuple[int, str]] = []
    for column in columns:
        name, count = names[column], 1
        while any(name == taken for _, taken in named):
            count += 1
            name = f"{names[column]} ({count})"
        named.append((column, name))
    return tuple(named)
