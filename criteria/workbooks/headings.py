"""Levels that no number tells: headings without numbers over criteria, and tables without any number."""

from collections.abc import Sequence
from dataclasses import replace

from criteria.workbooks.codes import Style, Token, dotted
from criteria.workbooks.entries import Entry, Look, TotalLine
from criteria.workbooks.numbering import DEPTH, Path
from criteria.workbooks.outside import outside_of_scale
from criteria.workbooks.report import INFO, MISSING_CODE, SKIPPED_ROW, WARNING, Findings


def number_headings(entries: Sequence[Entry], totals: Sequence[TotalLine], findings: Findings) -> list[Entry]:
    """Number what stands out where the numbers below start again; drop the other rows without points.

    In a wide table the columns give the levels, where not every code is there. In a table without any number
    the look of the rows gives them: each look that is new opens a level below the one before it.
    """
    if any(entry.depth for entry in entries):
        if not all(entry.token for entry in entries):
            _number_by_depth(entries, [entry.depth or DEPTH for entry in entries])
        return list(entries)
    if not any(entry.token for entry in entries):
        _number_by_look(entries)
        return list(entries)
    _number_contents(entries)
    _number_below_total(entries, totals)
    kept = []
    for entry in entries:
        if entry.token or entry.points is not None or entry.points_fault:
            kept.append(entry)
        else:
            _report_heading(entry, findings)
    return kept


def report_headings(entries: Sequence[Entry], findings: Findings) -> None:
    """Say which headings got a number that the paper does not print."""
    for entry in entries:
        if entry.path and (entry.token is None or not entry.token.printed):
            findings.add(
                MISSING_CODE,
                WARNING,
                f"Dòng {entry.row} {entry.why_uncoded}: “{entry.title[:200]}”. "
                f"Tạm đánh số {dotted(entry.path)} theo vị trí và cách trình bày.",
                row=entry.row,
                cell=entry.code_cell,
                code=dotted(entry.path),
            )


def _number_contents(entries: Sequence[Entry]) -> None:
    """Contents without numbers, each followed by a criterion 1: they count as I, II, III."""
    first = entries[0]
    if first.token or not first.look.stands_out:
        return
    opening = [
        entry
        for entry, below in zip(entries, entries[1:], strict=False)
        if entry.token is None and _same(entry.look, first.look) and below.token is not None
    ]
    if opening[:1] != [first] or not all(_is_arabic(entry) for entry in entries if entry.token):
        return
    for count, entry in enumerate(opening, start=1):
        entry.token = Token(Style.ROMAN, (count,), "")


def _number_below_total(entries: Sequence[Entry], totals: Sequence[TotalLine]) -> None:
    """Bonus and penalty below a total are contents of their own, numbered on from those above it."""
    end = min((line.row for line in totals), default=0)
    codes = [entry.token for entry in entries if entry.token]
    tops = [token.parts[0] for token in codes if token.style is codes[0].style and len(token.parts) == 1]
    for entry in entries:
        if entry.token is None and end and entry.row > end and outside_of_scale(entry.title):
            tops.append(tops[-1] + 1 if tops else 1)
            entry.token = Token(codes[0].style, (tops[-1],), "")


def _same(look: Look, other: Look) -> bool:
    return replace(look, indent=0) == replace(other, indent=0)


def _is_arabic(entry: Entry) -> bool:
    return entry.token is not None and entry.token.style is Style.ARABIC


def _number_by_look(entries: Sequence[Entry]) -> None:
    """Paths by look, where there is more than one look; rows of one look are left to their sums."""
    depths: dict[Look, int] = {}
    above = 0
    for entry in entries:
        above = depths.setdefault(entry.look, min(above + 1, DEPTH))
    if len(depths) < 2:
        return
    _number_by_depth(entries, [depths[entry.look] for entry in entries])


def _number_by_depth(entries: Sequence[Entry], depths: Sequence[int]) -> None:
    """Paths that count on in each level; a code that is there has the last word on its own number."""
    path: Path = ()
    for entry, depth in zip(entries, depths, strict=True):
        count = path[depth - 1] + 1 if len(path) >= depth else 1
        if entry.token:
            count = entry.token.parts[-1]
        entry.path = path = (*path[: depth - 1], count)


def _report_heading(entry: Entry, findings: Findings) -> None:
    findings.add(
        SKIPPED_ROW,
        INFO,
        f"Dòng {entry.row} không có số thứ tự và điểm nên bị bỏ qua: “{entry.title[:200]}”.",
        row=entry.row,
        cell=entry.code_cell,
    )
