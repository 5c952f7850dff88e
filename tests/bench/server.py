"""The application as it is served: gunicorn with two workers, asked by one client on this machine."""

# ruff: noqa: S603 - the command is a list with full paths and nothing from outside.

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

HOST = "127.0.0.1"
GUNICORN = Path(sys.executable).with_name("gunicorn")
PATIENCE_SECONDS = 30


class ServerError(Exception):
    """The server does not come up, or a page is not what it should be."""


@contextmanager
def serving() -> Iterator[HTTPConnection]:
    """A client of a server of our own, which is stopped afterwards."""
    port = _free_port()
    command = [str(GUNICORN), "parindex.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2"]
    process = subprocess.Popen([*command, "--log-level", "warning"])
    try:
        _await(process, port)
        client = HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def get(client: HTTPConnection, address: str) -> bytes:
    """The body of a page that opens; http.client connects anew where the server hung up."""
    client.request("GET", address)
    response = client.getresponse()
    body = response.read()
    if response.status != 200:
        raise ServerError(f"{address}: {response.status}")
    return body


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
