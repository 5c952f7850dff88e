"""Measures on both databases and prints the table. A limit missed fails only under --strict."""

# ruff: noqa: S603 - commands are lists with full paths and nothing from outside.

import json
import os
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from tests.bench.databases import DATABASES, Fresh
from tests.bench.table import Column, rows, table
from tests.bench.timing import once
from tests.postgres import NoPostgresError

BASE_DIR = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]
MIGRATIONS = 3
FOOTNOTE = """\
One client, gunicorn with 2 workers, warm; p50 and p95 of {runs} runs, migrate of {migrations}.
A time keeps its limit when p95 does; a multiple of the plain SQL, timed in turns with it, when p50 and
p95 both do. PostgreSQL is durable, as one in use: each commit waits for the disk. Eight writers save at once,
each in a file of its own: the median and the best rate of a few rounds."""


def main(arguments: Namespace) -> int:
    """Measure, print, and say what is over."""
    sizes = [int(size) for size in arguments.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="par-index-bench-") as name:
        folder = Path(name)
        environment = _environment(folder)
        subprocess.run(
            [*MANAGE, "collectstatic", "--noinput", "--verbosity", "0"], check=True, env=environment
        )
        columns = []
        for database in arguments.database or DATABASES:
            with DATABASES[database](folder) as fresh:
                columns.append(_column(database, fresh, environment, arguments))
    measured = {key for column in columns for key in column.times}
    text, over = table([row for row in rows(sizes) if row.key in measured], columns)
    footnote = FOOTNOTE.format(runs=arguments.runs, migrations=MIGRATIONS)
    sys.stdout.write(f"\n{text}\n\n{footnote}\n")
    sys.stdout.write("".join(f"OVER {item}\n" for item in over) or "Nothing is over its limit.\n")
    return 1 if over and arguments.strict else 0


def _environment(folder: Path) -> dict[str, str]:
    """An installation of its own in a folder, on plain http."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "parindex.settings",
        "DJANGO_VAR_DIR": str(folder / "var"),
        "DJANGO_SECRET_KEY": "only-for-the-bench",
        "DJANGO_HTTPS": "false",
        "DJANGO_DEBUG": "false",
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": "sqlite://:memory:",
    }


def _column(name: str, fresh: Fresh, environment: Mapping[str, str], arguments: Namespace) -> Column:
    """Everything on one database, the migrations first: the last one migrated is then filled."""
    sys.stderr.write(f"== {name}\n")
    migrate = [*MANAGE, "migrate", "--verbosity", "0"]
    times = []
    for _ in range(1 if arguments.only_saves else MIGRATIONS):
        env = {**environment, "DATABASE_URL": fresh()}
        times.append(once(lambda env=env: subprocess.run(migrate, check=True, env=env)))
    command = ["-m", "tests.bench.inside", "--sizes", arguments.sizes, "--runs", str(arguments.runs)]
    command += ["--only-saves"] * arguments.only_saves
    finished = subprocess.run(
        [sys.executable, *command], check=True, env=env, cwd=BASE_DIR, stdout=subprocess.PIPE
    )
    measured = json.loads(finished.stdout)
    return Column(name=name, times={**measured["times"], "migrate": times}, queries=measured["queries"])


if __name__ == "__main__":
    parser = ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--sizes", default="51,700,3321", help="units of the groups that are ranked")
    parser.add_argument("--runs", type=int, default=30, help="how often each thing is timed")
    parser.add_argument("--only-saves", action="store_true", help="only what units' officers do, in minutes")
    parser.add_argument("--database", action="append", choices=list(DATABASES), help="only this one")
    parser.add_argument("--strict", action="store_true", help="fail when something is over its limit")
    # Being told to stop must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        sys.exit(main(parser.parse_args()))
    except (NoPostgresError, subprocess.CalledProcessError) as error:
        sys.exit(f"script/bench: {error}")
