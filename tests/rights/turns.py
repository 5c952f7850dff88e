"""Which questions are asked in a run: all of them would take many minutes on each database.

Where the table has one answer for several states, a person is asked in one of them and another person in
another: every action is asked in every state by somebody. What does not change anything (refusals, pages) is
asked on one of the two databases. RIGHTS=all asks everything; RIGHTS=write does, and writes the answers down:
for a new address, or a rule changed on purpose (RIGHTS_ONLY=part of an action). What it writes is what is,
not what should: read the difference against docs/workflow.md before it is committed.
"""

import os
from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

from django.db import connection

T = TypeVar("T")
MODE, ONLY = os.environ.get("RIGHTS", ""), os.environ.get("RIGHTS_ONLY", "")
WRITES = MODE == "write"
ASKS_ALL = MODE in ("all", "write")


def falls_on(question: str, choice: T, choices: Sequence[T], *, shared: bool = False) -> bool:
    """Whether a question is asked for this one of several choices; `shared`: on this one of the databases."""
    turn, second = crc32(question.encode()), connection.vendor == "postgresql"
    if ASKS_ALL:
        return True
    if shared and turn % 2 != second:
        return False
    return choices[(turn // 2 + second) % len(choices)] == choice
