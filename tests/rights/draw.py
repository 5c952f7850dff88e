"""Draws docs/rights.md from the expected table: `python -m tests.rights.draw`."""

from collections.abc import Iterator
from pathlib import Path

from tests.rights.table import Row, rows

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
HEAD = """# Who may do what

Drawn from `tests/rights/expected.txt` by `python -m tests.rights.draw`; change the table, not this page. A
test asks every address as every person in every state named here and compares.

People are of one organiser unless they begin with “foreign”. The file asked for is the first unit's:
`officer` and `head` are its people, `neighbour_…` those of another unit. `insider` is a publisher who is also
its officer; `elsewhere` a publisher who acts as officer of another unit; `recused` a secretary of the council
who is also its head, for whom `substitute` stands in. “login” leads to the sign-in; 404 is the answer about
what a person may not even know of.

"""


def drawn() -> str:
    """The whole page."""
    return HEAD + "\n".join(_lines(rows()))


def _lines(table: list[Row]) -> Iterator[str]:
    action = ""
    for row in table:
        if row.action != action:
            action = row.action
            yield from ("", f"## {action}", "", "| State | Answer | Who |", "|---|---|---|")
        for answer in dict.fromkeys(row.answers.values()):
            people = ", ".join(person for person, one in row.answers.items() if one == answer)
            yield f"| {', '.join(row.states)} | {answer} | {people} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(drawn(), encoding="utf-8")
