"""Everything measured inside the application on one database: fills it, then answers with JSON.

Runs through tests.bench.inside, with DATABASE_URL naming a migrated, empty database.
"""

import json
import resource
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import StringIO
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Group, PublishedUnit
from assessments.scorecard import rank_group
from assessments.views.rankings import PAGE_SIZE
from tests.bench.plain_sql import sums_and_ranks
from tests.bench.population import GROUP_CODE, populate, publish_round, round_code
from tests.bench.saving import WRITERS, Writer, together, writer_of
from tests.bench.server import get, serving
from tests.bench.timing import alternately, repeated

WORKBOOK = Path(settings.BASE_DIR) / "fixtures" / "phong-tho-2023.xlsx"
READ_WORKBOOK = (
    "import_framework",
    str(WORKBOOK),
    "--decision=1/QĐ-ĐO",
    "--issued=05/01/2024",
    "--issuer=Ủy ban nhân dân tỉnh Đo Tốc Độ",
    "--unit-type=cap-huyen-do",
    "--create",
    "--json",
)
PAGES_KNOWN = 3
# Each of two server processes meets each known page.
WARM_UP = 8 * PAGES_KNOWN


@dataclass(slots=True)
class Measured:
    """What was measured on one database: times in nanoseconds, queries by the same name, notes."""

    times: dict[str, list[int]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def main(arguments: Namespace) -> Measured:
    """Fill the database and measure, the pages last, since they need a publication."""
    sizes = [int(size) for size in arguments.sizes.split(",")]
    measured = Measured()
    _timed_note(measured, f"Filling with {' + '.join(map(str, sizes))} units", lambda: populate(sizes))
    _analyze()
    measure_reading(measured, arguments.runs)
    for size in sizes:
        measure_ranking(measured, size, arguments.runs)
    largest = max(sizes)
    _timed_note(measured, f"Publishing {largest} units", lambda: publish_round(largest))
    _analyze()
    measure_pages(measured, largest, arguments.runs)
    measure_saves(measured, sizes, arguments.runs)
    return measured


def measure_reading(measured: Measured, runs: int) -> None:
    """The whole command, from the file's bytes to the stored draft, taken back each time."""
    measured.times["read"] = repeated(_read_workbook, runs=runs)
    measured.queries["read"] = _queries(_read_workbook)


def measure_ranking(measured: Measured, size: int, runs: int) -> None:
    """The ranking of a group beside the plain statement, in turns."""
    group = Group.objects.select_related("framework").get(round__code=round_code(size))
    ours, floor = alternately(lambda: rank_group(group), lambda: sums_and_ranks(group), runs=runs)
    measured.times[f"rank {size}"] = ours
    measured.times[f"sql {size}"] = floor
    measured.queries[f"rank {size}"] = _queries(lambda: rank_group(group))


def measure_pages(measured: Measured, size: int, runs: int) -> None:
    """Published pages over HTTP: some visited again and again, and each of many for the first time."""
    ranking = reverse("assessments:ranking", args=[round_code(size), GROUP_CODE])
    codes = list(PublishedUnit.objects.order_by("position").values_list("unit_code", flat=True))
    pages = {
        "ranking": [f"{ranking}?trang={page}" for page in range(1, -(-size // PAGE_SIZE) + 1)],
        "unit": [reverse("assessments:unit", args=[round_code(size), GROUP_CODE, code]) for code in codes],
    }
    pages |= {f"{name} again": addresses[:PAGES_KNOWN] for name, addresses in pages.items()}
    browser = Client(SERVER_NAME="127.0.0.1")
    with serving() as client:
        for name, addresses in pages.items():
            turn = count()
            measured.times[name] = repeated(
                lambda addresses=addresses, turn=turn: get(client, addresses[next(turn) % len(addresses)]),
                runs=runs,
                warm_up=WARM_UP,
            )
            browser.get(addresses[0])
            measured.queries[name] = _queries(lambda addresses=addresses: browser.get(addresses[-1]))


def measure_saves(measured: Measured, sizes: list[int], runs: int) -> None:
    """One score saved over HTTP by one client, in rounds of two sizes, and by eight clients at once."""
    with serving() as client:
        for size in sizes[:2]:
            writer = writer_of(size, 0)
            measured.times[f"save {size}"] = repeated(
                lambda writer=writer: writer.save(client), runs=4 * runs, warm_up=WARM_UP
            )
            measured.queries[f"save {size}"] = _queries_of_a_save(writer)
        if connection.vendor == "postgresql":
            writers = [writer_of(sizes[0], number) for number in range(1, WRITERS + 1)]
            measured.times["save together"] = together(writers, client)


def _queries_of_a_save(writer: Writer) -> int:
    """The same save asked of the application itself, where its queries can be counted."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies[settings.SESSION_COOKIE_NAME] = writer.session
    address, form = writer.form()
    return _queries(lambda: browser.post(address, form))


def _read_workbook() -> None:
    with transaction.atomic():
        call_command(*READ_WORKBOOK, stdout=StringIO())
        transaction.set_rollback(True)


def _queries(work: Callable[[], object]) -> int:
    """How many queries a call asks, begin and commit of its transactions not counted."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(
        [query for query in captured.captured_queries if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    )


def _analyze() -> None:
    """Let the database know its rows, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _timed_note(measured: Measured, what: str, work: Callable[[], object]) -> None:
    """Do something once and note how long it took and how much memory the process has had at most."""
    before = _peak_megabytes()
    start = time.monotonic_ns()
    work()
    seconds = (time.monotonic_ns() - start) // 100_000_000
    measured.notes.append(
        f"{what}: {seconds // 10}.{seconds % 10} s, peak memory {before} → {_peak_megabytes()} MB"
    )
    sys.stderr.write(f"{measured.notes[-1]}\n")


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--runs", type=int, required=True)
    sys.stdout.write(json.dumps(asdict(main(parser.parse_args()))))
