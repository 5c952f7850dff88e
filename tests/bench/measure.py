"""Everything measured inside the application on one database: fills it, then answers with JSON.

Runs through tests.bench.inside, with DATABASE_URL naming a migrated, empty database.
"""

import json
import os
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
from tests.bench.processor import database_process, spent_by
from tests.bench.saving import SAVES_EACH, WRITERS, Writer, together, writer_of
from tests.bench.server import Served, serving
from tests.bench.timing import MILLISECOND, alternately, repeated

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
ROUNDS_TOGETHER = 5


@dataclass(slots=True)
class Measured:
    """What was measured on one database: times in nanoseconds, queries by the same name, notes."""

    times: dict[str, list[int]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def main(arguments: Namespace) -> Measured:
    """Fill the database and measure, the pages last, since they need a publication."""
    sizes = [int(size) for size in arguments.sizes.split(",")]
    if arguments.only_saves:
        sizes = sizes[:2]
    measured = Measured()
    _timed_note(measured, f"Filling with {' + '.join(map(str, sizes))} units", lambda: populate(sizes))
    _analyze()
    if not arguments.only_saves:
        measure_results(measured, sizes, arguments.runs)
    measure_saves(measured, sizes, arguments.runs)
    return measured


def measure_results(measured: Measured, sizes: list[int], runs: int) -> None:
    """Reading a framework, ranking, and the pages of the largest group once it is published."""
    measure_reading(measured, runs)
    for size in sizes:
        measure_ranking(measured, size, runs)
    largest = max(sizes)
    _timed_note(measured, f"Publishing {largest} units", lambda: publish_round(largest))
    _analyze()
    measure_pages(measured, largest, runs)


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
    with serving() as served:
        for name, addresses in pages.items():
            turn = count()
            measured.times[name] = repeated(
                lambda addresses=addresses, turn=turn: served.client.get(
                    addresses[next(turn) % len(addresses)]
                ),
                runs=runs,
                warm_up=WARM_UP,
            )
            browser.get(addresses[0])
            measured.queries[name] = _queries(lambda addresses=addresses: browser.get(addresses[-1]))


def measure_saves(measured: Measured, sizes: list[int], runs: int) -> None:
    """One score saved by one client, in rounds of two sizes, then by eight at once; a file's other pages."""
    with serving() as served:
        for size in sizes[:2]:
            writer = writer_of(size, 0)
            measured.times[f"save {size}"] = repeated(
                lambda writer=writer: writer.save(served.client), runs=4 * runs, warm_up=WARM_UP
            )
            measured.queries[f"save {size}"] = _queries_of_a_save(writer)
        measure_own_pages(measured, writer, served, runs)
        measure_writers(measured, [writer_of(sizes[0], one) for one in range(1, WRITERS + 1)], served)


def measure_own_pages(measured: Measured, writer: Writer, served: Served, runs: int) -> None:
    """The page of one content, that of the whole file, and a file of evidence brought."""
    browser = _browser_of(writer)
    for name, address in (("content", writer.content), ("file", writer.file)):
        measured.times[name] = repeated(
            lambda address=address: served.client.get(address, writer.headers()), runs=runs, warm_up=WARM_UP
        )
        measured.queries[name] = _queries(lambda address=address: browser.get(address))
    measured.times["evidence"] = repeated(lambda: writer.bring(served.client), runs=runs)


def measure_writers(measured: Measured, writers: list[Writer], served: Served) -> None:
    """Eight writers at once, and what a save of theirs costs the processor: other work leaves that alone."""
    parts = {"server": served.process, "database": database_process(), "clients": os.getpid()}
    before = {name: spent_by(process) for name, process in parts.items() if process}
    measured.times["save together"] = together(writers, served, ROUNDS_TOGETHER)
    saves = len(writers) * SAVES_EACH * (ROUNDS_TOGETHER + 1)
    cost = {name: (spent_by(parts[name]) - spent) // saves for name, spent in before.items()}
    told = ", ".join(f"{name} {one / MILLISECOND:.1f} ms" for name, one in cost.items())
    _note(measured, f"Processor time of one save: {told}; load {os.getloadavg()[0]:.1f}")


def _browser_of(writer: Writer) -> Client:
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies[settings.SESSION_COOKIE_NAME] = writer.session
    return browser


def _queries_of_a_save(writer: Writer) -> int:
    """The same save asked of the application itself, where its queries can be counted."""
    browser = _browser_of(writer)
    address, form = writer.form()
    browser.post(address, form)
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
    _note(
        measured, f"{what}: {seconds // 10}.{seconds % 10} s, peak memory {before} → {_peak_megabytes()} MB"
    )


def _note(measured: Measured, says: str) -> None:
    measured.notes.append(says)
    sys.stderr.write(f"{says}\n")


def _peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--only-saves", action="store_true")
    sys.stdout.write(json.dumps(asdict(main(parser.parse_args()))))
