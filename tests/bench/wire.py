"""A client that costs next to nothing: it runs on the cores of the server that is measured."""

import socket
from collections.abc import Mapping
from urllib.parse import urlencode

PATIENCE_SECONDS = 30
LINE, END_OF_HEAD = b"\r\n", b"\r\n\r\n"
OK, FOUND = 200, 302
FORM = "application/x-www-form-urlencoded"


class ServerError(Exception):
    """The server does not come up, or a page is not what it should be."""


class Wire:
    """A connection that is kept, as browsers keep it, and opened anew where the server hangs up."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._kept: socket.socket | None = None

    def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The body of a page that opens. Raises ServerError for any other answer."""
        return self._ask("GET", address, headers or {}, b"", OK)

    def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
        """The body of the answer to a form that is taken. Raises ServerError for any other answer."""
        return self._ask("POST", address, {**headers, "Content-Type": FORM}, urlencode(form).encode(), OK)

    def upload(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Send a body that is ready, and be led to the next page. Raises ServerError for any other answer."""
        self._ask("POST", address, headers, body, FOUND)

    def _ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes, status: int) -> bytes:
        lines = [f"{method} {address} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
        head, said = self._exchange(request)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        if not head.startswith(f"HTTP/1.1 {status} ".encode()):
            raise ServerError(f"{address}: {head.partition(LINE)[0].decode()}")
        return said

    def _exchange(self, request: bytes) -> tuple[bytes, bytes]:
        if self._kept is not None:
            try:
                self._kept.sendall(request)
                return self._answer(self._kept)
            except (BrokenPipeError, ConnectionResetError):  # kept too long: the server has hung up
                self._kept.close()
        self._kept = socket.create_connection((self.host, self.port), PATIENCE_SECONDS)
        self._kept.sendall(request)
        return self._answer(self._kept)

    def _answer(self, kept: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while END_OF_HEAD not in received:
            received += _some(kept)
        head, _, said = received.partition(END_OF_HEAD)
        length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(LINE)[0]
        while len(said) < int(length):
            said += _some(kept)
        return head, said


def _some(kept: socket.socket) -> bytes:
    received = kept.recv(65536)
    if not received:
        raise ConnectionResetError
    return received
