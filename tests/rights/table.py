"""The expected table, read from `expected.txt`: what each person gets for each action in each state.

An action is an address, a method and, where the address takes one, a verb. Below it stand its states and
under them the answers, each with its people; a visitor who is sent to sign in is not written. Nothing here
asks the application: the table is checked against docs/workflow.md and the guide by reading it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
EXPECTED, SENTENCES = HERE / "expected.txt", HERE / "sentences.txt"


@dataclass(frozen=True, slots=True)
class Row:
    """One action in one state (or several) with what each person gets."""

    action: str
    states: tuple[str, ...]
    answers: dict[str, str] = field(default_factory=dict)


def sentences() -> dict[str, str]:
    """The words of every refusal by their key."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line)


def rows() -> list[Row]:
    """The whole table."""
    return list(_rows(EXPECTED.read_text(encoding="utf-8").splitlines()))


def _rows(lines: list[str]) -> Iterator[Row]:
    words, action, row = sentences(), "", None
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            action = line.strip()
        elif not line.startswith("    "):
            row = Row(action, tuple(line.split()))
            yield row
        elif row is not None:
            answer, _, people = line.strip().partition(": ")
            status, _, key = answer.partition(" ")
            said = f"{status} {words.get(key, key)}" if key else status
            row.answers.update(dict.fromkeys(people.split(), said))
