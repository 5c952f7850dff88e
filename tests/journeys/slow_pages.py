"""Pages that arrive in pieces, as on a busy machine: a journey that reads too early fails each time.

For whoever writes a journey, not part of the suite: `pytest -p tests.journeys.slow_pages tests/journeys`.
"""

import time
from itertools import pairwise

from django.core.servers.basehttp import ServerHandler

PAUSE = 0.4
at_once = ServerHandler.write


def in_pieces(handler: ServerHandler, data: bytes) -> None:
    """Write the head of a page, half of it, and the rest, with a pause between."""
    kind = handler.headers.get("Content-Type", "")
    cuts = [0, len(data) // 10, len(data) // 2] if "html" in kind else [0]
    for start, end in pairwise([*cuts, len(data)]):
        if start:
            handler._flush()
            time.sleep(PAUSE)
        at_once(handler, data[start:end])


ServerHandler.write = in_pieces
