"""Workbooks for calamine, read in a process of its own that ends: its time and its memory are limited."""

import datetime as dt
import io
import json
import signal
import subprocess
import sys
from typing import Any

from criteria.workbooks import calamine_program
from criteria.workbooks.grid import Cell, Grid, Merge, Value, value_of
from criteria.workbooks.refusals import BOMB, BROKEN, LOCKED, TOO_SLOW
from criteria.workbooks.report import WorkbookRefused
from criteria.workbooks.sheets import MAX_CELLS

# Of the processor's time, and of the clock's on a busy server.
SECONDS = 20
PATIENCE = 60
MAX_MEMORY = 1024 * 1024 * 1024
MAX_WRITTEN = 200 * 1024 * 1024

# By how the process ended; any other way is a damaged file. Rust aborts where it gets no memory.
_REFUSALS = {
    calamine_program.LOCKED: LOCKED,
    calamine_program.TOO_LARGE: BOMB,
    -signal.SIGABRT: BOMB,
    -signal.SIGXCPU: TOO_SLOW,
    -signal.SIGKILL: TOO_SLOW,
}


def open_apart(content: bytes) -> list[Grid]:
    """All sheets of an .xls, .xlsb or .ods; calamine gives no number formats.

    Raises WorkbookRefused for what is damaged, locked, too large, or not read in time.
    """
    limits = map(str, (SECONDS, MAX_MEMORY, MAX_CELLS, MAX_WRITTEN))
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", calamine_program.__file__, *limits],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookRefused(TOO_SLOW) from error
    if done.returncode:
        raise WorkbookRefused(_REFUSALS.get(done.returncode, BROKEN))
    return _grids(done.stdout)


def _grids(written: bytes) -> list[Grid]:
    sheets: list[tuple[dict[str, Any], dict[tuple[int, int], Cell]]] = []
    for line in map(json.loads, io.BytesIO(written)):
        if isinstance(line, dict):
            sheets.append((line, {}))
        else:
            row, values = line
            sheets[-1][1].update({(row, column): Cell(_value(value)) for column, value in values})
    return [Grid(looks["name"], cells, _merges(looks), hidden=looks["hidden"]) for looks, cells in sheets]


def _merges(looks: dict[str, Any]) -> list[Merge]:
    return [
        Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in looks["merges"]
    ]


def _value(value: Any) -> Value:
    if not isinstance(value, dict):
        return value_of(value)
    day = value["day"]
    return dt.datetime.fromisoformat(day) if "T" in day else dt.date.fromisoformat(day)
