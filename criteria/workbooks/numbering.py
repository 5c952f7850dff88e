"""Which place each coded row has in the tree, whatever way the paper numbers its levels.

Codes become dotted arabic numbers: I / 1 / 1.1, 1 / 1.1 / 1.1.1 and 1 / 1.1 / a) all give
1, 1.1, 1.1.1. A row is never moved: its place follows from its code and the codes before it.
"""

from collections.abc import Sequence

from criteria.workbooks.codes import Style, Token, dotted
from criteria.workbooks.entries import Entry, Skipped
from criteria.workbooks.option_rows import join_level
from criteria.workbooks.report import (
    CODE_REPAIRED,
    DUPLICATE_CODE,
    ERROR,
    SKIPPED_ROW,
    WARNING,
    Findings,
)
from criteria.workbooks.words import fold

DEPTH = 3
UPPERS = frozenset((Style.UPPER, Style.ROMAN))
# Styles that count anew below whatever stands above them.
BELOW = frozenset((Style.LETTER, Style.CIRCLED))

Path = tuple[int, ...]


class Scheme:
    """How the levels above the arabic numbers are numbered, learnt from all codes of the table."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        styles = {token.style for token in tokens}
        first = tokens[0].style if tokens else None
        above: list[Style] = [
            style for style in (Style.UPPER, Style.ROMAN) if style in styles and first in UPPERS
        ]
        if first is Style.CIRCLED:
            above = [first]
        arabic = {len(token.parts) for token in tokens if token.style is Style.ARABIC}
        self.carries_prefix = bool(above) and bool(arabic) and 1 not in arabic
        depth = len(above) + max(arabic, default=0) - self.carries_prefix
        is_part = fold(tokens[0].printed).startswith("phan ") if tokens else False
        self.dropped = above[0] if len(above) > 1 and (depth > DEPTH or is_part) else None
        self.above = [style for style in above if style is not self.dropped]
        # At which level the letters and circled numbers of the open branch stand.
        self._levels: dict[Style, int] = {}

    def path(self, token: Token, parts: Path, last: Path) -> Path | None:
        """The place of a code after the place `last`; None when the scheme has no such level."""
        if token.style in BELOW and token.style not in self.above:
            base = last[: self._levels.get(token.style, len(last) + 1) - 1]
            return (*base, *parts) if base else None
        if token.style is Style.ARABIC:
            prefix = last[: len(self.above)]
            return (*prefix, *(parts[1:] if self.carries_prefix and prefix else parts))
        if token.style not in self.above:
            return None
        return (*last[: self.above.index(token.style)], *parts)

    def moved_to(self, token: Token, path: Path) -> None:
        """Note the place of a code that was given one: what stood at its level or below is closed."""
        self._levels = {style: level for style, level in self._levels.items() if level < len(path)}
        self._levels[token.style] = len(path)


def number(entries: Sequence[Entry], findings: Findings) -> list[Entry]:
    """Give every coded entry its path; entries that cannot have one are reported and left out.

    Entries without a code stay in the list with an empty path.
    """
    scheme = Scheme([entry.token for entry in entries if entry.token])
    kept: list[Entry] = []
    last: Path = ()
    latest: dict[Path, int] = {}
    for entry in entries:
        if entry.token is None or entry.path:
            kept.append(entry)
            continue
        path = _path_of(entry, entry.token, scheme, last, latest, findings)
        if path is None or len(path) > DEPTH:
            is_part = entry.token.style is scheme.dropped
            _leave_out(entry, None if is_part or not kept else kept[-1], findings)
            continue
        scheme.moved_to(entry.token, path)
        entry.path = last = path
        latest[path[:-1]] = path[-1]
        kept.append(entry)
    return kept


def _path_of(
    entry: Entry, token: Token, scheme: Scheme, last: Path, latest: dict[Path, int], findings: Findings
) -> Path | None:
    """The place of the entry, with the zero given back that a spreadsheet dropped from its code."""
    path = scheme.path(token, token.parts, last)
    if path is None:
        return None
    repaired = _of_day_and_month(token, path, scheme, last, latest) or _with_its_dot(
        token, path, last, latest
    )
    if repaired:
        _report_repair(entry, repaired, findings)
        return repaired
    if token.padded is None:
        return path
    padded = scheme.path(token, token.padded, last)
    before = latest.get(path[:-1], 0)
    if padded is None or path[-1] == before + 1:
        return path
    if token.told:
        return padded
    if padded[-1] == before + 1:
        _report_repair(entry, padded, findings)
        return padded
    return path


def _of_day_and_month(
    token: Token, path: Path, scheme: Scheme, last: Path, latest: dict[Path, int]
) -> Path | None:
    """A code that became a date: day and month stood in the order that goes on counting."""
    if not token.guessed:
        return None
    for parts in (token.parts, token.parts[::-1]):
        place = scheme.path(token, parts, last)
        if place and place[-1] == latest.get(place[:-1], 0) + 1 and place[:1] == last[:1]:
            return place
    return path


def _with_its_dot(token: Token, path: Path, last: Path, latest: dict[Path, int]) -> Path | None:
    """1.1 typed with a comma, where the comma parts thousands, arrives as 11: told by 11 right after 1."""
    if token.style is not Style.ARABIC or len(token.parts) > 1 or path[-1] == latest.get(path[:-1], 0) + 1:
        return None
    for depth in range(len(last), 0, -1):
        above, digits = last[:depth], "".join(map(str, last[len(path) - 1 : depth]))
        rest = str(latest.get(above, 0) + 1)
        if digits and str(path[-1]) == digits + rest:
            return (*above, int(rest))
    return None


def _report_repair(entry: Entry, path: Path, findings: Findings) -> None:
    printed = entry.token.printed if entry.token else ""
    findings.add(
        CODE_REPAIRED,
        WARNING,
        f"Dòng {entry.row} ghi số thứ tự “{printed}”; theo thứ tự các dòng thì đây là mục {dotted(path)} "
        "(bảng tính đã đổi cách ghi số).",
        row=entry.row,
        cell=entry.code_cell,
        code=dotted(path),
    )


def _leave_out(entry: Entry, above: Entry | None, findings: Findings) -> None:
    """A row below the third level, or of a numbering that fits nowhere, is no criterion of its own."""
    short = entry.title[:200]
    printed = entry.token.printed if entry.token else ""
    message = (
        f"Dòng {entry.row} (“{printed}” {short}) nằm ngoài ba cấp nội dung, tiêu chí, tiêu chí thành phần"
    )
    if above is None:
        findings.add(SKIPPED_ROW, WARNING, f"{message}.", row=entry.row, cell=entry.code_cell)
        return
    join_level(entry, above)
    message += f"; được giữ làm hướng dẫn chấm của mục ở dòng {above.row}."
    above.unsure.append(Skipped(entry.row, entry.code_cell, message, WARNING, always=True))


def name(entries: Sequence[Entry], findings: Findings) -> None:
    """Give every entry a code of its own; a second row of the same code is reported and marked.

    Rows below the second one belong to it: "1.2-2" holds the 1.2.1 that follows it.
    """
    current: dict[Path, str] = {}
    taken: dict[str, int] = {}
    for entry in entries:
        above = current.get(entry.path[:-1])
        code = f"{above}.{entry.path[-1]}" if above else dotted(entry.path)
        if code in taken:
            _report_duplicate(entry, code, taken[code], findings)
            count = 2
            while f"{code}-{count}" in taken:
                count += 1
            code = f"{code}-{count}"
        taken[code] = entry.row
        current[entry.path] = entry.code = code
        entry.parent_code = above or dotted(entry.path[:-1])


def _report_duplicate(entry: Entry, code: str, first_row: int, findings: Findings) -> None:
    findings.add(
        DUPLICATE_CODE,
        ERROR,
        f"Số thứ tự {code} ở dòng {entry.row} trùng với dòng {first_row}.",
        row=entry.row,
        cell=entry.code_cell,
        code=code,
    )
