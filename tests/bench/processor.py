"""How much processor time server and database take, which other work on the machine changes less."""

import os
from pathlib import Path

from django.db import connection

PROCESSES = Path("/proc")
# Of the fields of a process's stat after its name: the parent; its own time and that of ended children.
PARENT, TIMES = 1, slice(11, 15)
NANOSECONDS_A_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def spent_by(process: int) -> int:
    """Nanoseconds of processor time of a process and its children so far; nothing where no /proc tells."""
    ticks = 0
    for folder in PROCESSES.glob("[0-9]*"):
        stat = _stat(folder.name)
        if stat and (folder.name == str(process) or stat[PARENT] == str(process)):
            ticks += sum(map(int, stat[TIMES]))
    return ticks * NANOSECONDS_A_TICK


def database_process() -> int:
    """The process over those of a PostgreSQL on this machine; 0 for any other database."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    stat = _stat(own)
    return int(stat[PARENT]) if stat else 0


def _stat(process: int | str) -> list[str]:
    try:
        return (PROCESSES / str(process) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:  # ended meanwhile, or another system
        return []
