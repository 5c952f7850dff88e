"""The application as it is served: gunicorn with two workers, asked by one client on this machine."""

# ruff: noqa: S603 - the command is a list with full paths and nothing from outside.

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.wire import PATIENCE_SECONDS, ServerError, Wire

HOST = "127.0.0.1"
BASE_DIR = Path(__file__).resolve().parents[2]
GUNICORN = Path(sys.executable).with_name("gunicorn")


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: the process over its workers, its port, and a client of it."""

    process: int
    port: int
    client: Wire

    def another_client(self) -> Wire:
        """One more client, on a connection of its own."""
        return Wire(HOST, self.port)


@contextmanager
def serving() -> Iterator[Served]:
    """A server of our own, as gunicorn.conf.py sets it up, which is stopped afterwards."""
    port = _free_port()
    command = [str(GUNICORN), "parindex.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2"]
    process = subprocess.Popen([*command, "--log-level", "warning"], cwd=BASE_DIR)
    client = Wire(HOST, port)
    try:
        _await(process, port)
        yield Served(process.pid, port, client)
    finally:
        client.close()
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex((HOST, port)) == 0:
                return
        time.sleep(1 / 10)
    raise ServerError("gunicorn does not come up")
