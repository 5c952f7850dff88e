"""The measurements of both databases as one table, each row beside its limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.timing import MILLISECOND, percentile

ENOUGH_RUNS = 30
HEADER = ("what", "limit", "queries", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: at most so many milliseconds, or so many times the floor of the same size; and queries.

    Or at least so many a second, by the median of rounds in which a time is that of one of many together.

    A database that has no times under the key makes no such promise.
    """

    what: str
    key: str
    milliseconds: int | None = None
    median: int | None = None
    floor: str | None = None
    times_floor: int = 3
    most_queries: int | None = None
    per_second: int | None = None

    @property
    def limit(self) -> str:
        """The limit in words."""
        limits = []
        if self.milliseconds is not None:
            limits.append(f"{self.milliseconds:,} ms")
        if self.median is not None:
            limits.append(f"p50 {self.median:,} ms")
        if self.floor is not None:
            limits.append(f"{self.times_floor} × SQL")
        if self.most_queries is not None:
            limits.append(f"{self.most_queries} queries")
        if self.per_second is not None:
            limits.append(f"{self.per_second} a second")
        return ", ".join(limits)


def rows(sizes: Sequence[int]) -> list[Row]:
    """The limits of the brief, for groups of these sizes."""
    largest = max(sizes)
    ranking = []
    for size in sizes:
        ranking.append(Row(f"ranking with contents, {size:,} units", f"rank {size}", floor=f"sql {size}"))
        ranking.append(Row(f"  plain SQL of the same, {size:,} units", f"sql {size}"))
    saving = [
        Row(f"save one score, {size:,} units", f"save {size}", milliseconds=150, median=30, most_queries=12)
        for size in sizes[:2]
    ]
    return [
        Row("read a 114-row workbook", "read", milliseconds=1000, most_queries=25),
        *ranking,
        Row(f"published ranking page, {largest:,} units", "ranking again", milliseconds=30, most_queries=8),
        Row("  the same, each page for the first time", "ranking"),
        Row("unit page with all contents", "unit again", milliseconds=60, most_queries=8),
        Row("  the same, each unit for the first time", "unit"),
        *saving,
        Row("eight writers together, saves", "save together", per_second=100),
        Row("page of one content, a file's own", "content", milliseconds=200, most_queries=10),
        Row("page of a whole file, its own", "file", milliseconds=400, most_queries=13),
        Row("5 MB of evidence brought", "evidence", milliseconds=105),
        Row("migrate an empty database", "migrate", milliseconds=30_000),
    ]


Times = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Column:
    """What one database gave."""

    name: str
    times: Times
    queries: Mapping[str, int]


def table(rows: Sequence[Row], columns: Sequence[Column]) -> tuple[str, list[str]]:
    """The table as text, and what is over its limit."""
    heads = [head for column in columns for head in (f"{column.name} p50", "p95")]
    lines = [[HEADER[0], HEADER[1], *heads, *HEADER[2:]]]
    over = []
    for row in rows:
        missed = [reason for column in columns for reason in _missed(row, column)]
        over += [f"{row.what.strip()}: {reason}" for reason in missed]
        cells = [cell for column in columns for cell in _cells(row, column)]
        asked = dict.fromkeys(str(column.queries[row.key]) for column in columns if row.key in column.queries)
        verdict = "" if not row.limit else "OVER" if missed else "ok"
        lines.append([row.what, row.limit, *cells, " / ".join(asked), verdict])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines), over


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    left = (0, 1, len(widths) - 1)
    return [
        cell.ljust(width) if place in left else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def _cells(row: Row, column: Column) -> list[str]:
    times = column.times.get(row.key, ())
    if not times:
        return ["–", "–"]
    if row.per_second is not None:
        return [f"{_rate(percentile(times, 50))}/s", f"best {_rate(min(times))}/s"]
    return [
        _written(row, column, share) + (f" (n={len(times)})" if len(times) < 30 else "") for share in (50, 95)
    ]


def _rate(time: int) -> int:
    return 1000 * MILLISECOND // time


def _written(row: Row, column: Column, share: int) -> str:
    time = percentile(column.times[row.key], share)
    text = f"{time / MILLISECOND:,.1f} ms"
    if row.floor is None:
        return text
    return f"{text} = {time / percentile(column.times[row.floor], share):.2f} ×"


def _missed(row: Row, column: Column) -> list[str]:
    """What is over: the 95th percentile counts, and for a multiple of the floor the median too."""
    missed = []
    times = column.times.get(row.key, ())
    if not times:
        return []
    if row.median is not None and percentile(times, 50) > row.median * MILLISECOND:
        missed.append(f"{column.name} p50")
    if row.milliseconds is not None and percentile(times, 95) > row.milliseconds * MILLISECOND:
        missed.append(f"{column.name} p95")
    if row.per_second is not None and _rate(percentile(times, 50)) < row.per_second:
        missed.append(f"{column.name} rate")
    if row.floor is not None:
        floor = column.times[row.floor]
        missed += [
            f"{column.name} p{share}"
            for share in (50, 95)
            if percentile(times, share) > row.times_floor * percentile(floor, share)
        ]
    if row.most_queries is not None and column.queries[row.key] > row.most_queries:
        missed.append(f"{column.name} queries")
    return missed
