"""The expected table, read from `expected.txt`: what each person gets for each action in each state.

An action is an address, a method and, where the address takes one, a verb. Below it stand states (“all” are
the nine) and under them the answers, each with its people (in capitals: several, see `cast.GROUPS`). A person
stands once for each state. Nothing here asks the application: the table is checked against docs/workflow.md
and the guide by reading it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rights.cast import GROUPS, PEOPLE, STATES

HERE = Path(__file__).parent
EXPECTED, SENTENCES = HERE / "expected.txt", HERE / "sentences.txt"
ALL = "all"
SENTENCED = ("403", "409")
Cells = dict[str, dict[str, dict[str, str]]]
HEAD = (
    "# What each person gets for each action (address, method, verb): below it states, then the answers.\n"
    "# “login” is the way to the sign-in; a word after a status is a key of sentences.txt.\n"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One answer to one action: in which states, to whom."""

    action: str
    states: tuple[str, ...]
    answer: str
    people: tuple[str, ...]

    @property
    def is_refusal(self) -> bool:
        """Whether it is the answer to somebody who may not."""
        return self.answer.startswith(("login", "403", "404"))


def sentences() -> dict[str, str]:
    """The words of every refusal by their key."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines if " = " in line)


def rows() -> list[Row]:
    """The whole table."""
    return list(_rows(EXPECTED.read_text(encoding="utf-8").splitlines()))


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    words, action = sentences(), ""
    states: tuple[str, ...] = ()
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            action = line.strip()
        elif not line.startswith("    "):
            states = STATES if line.strip() == ALL else tuple(line.split())
        else:
            answer, _, people = line.strip().partition(": ")
            status, _, key = answer.partition(" ")
            said = f"{status} {words.get(key, key)}" if key else status
            yield Row(action, states, said, tuple(_one_by_one(people.split())))


def _one_by_one(people: Iterable[str]) -> Iterator[str]:
    for name in people:
        yield from GROUPS.get(name, (name,))


# -- writing it


def cells() -> Cells:
    """For each action, state and person the answer."""
    found: Cells = {}
    for row in rows():
        for state in row.states:
            found.setdefault(row.action, {}).setdefault(state, {}).update(
                dict.fromkeys(row.people, row.answer)
            )
    return found


def write(found: Cells) -> None:
    """Write the table, equal answers together; a sentence that is new gets a key to be renamed by hand."""
    words = {said: key for key, said in sentences().items()}
    said = {told for by_state in found.values() for answers in by_state.values() for told in answers.values()}
    new = {told.partition(" ")[2] for told in said if told.startswith(SENTENCED)} - words.keys() - {""}
    with SENTENCES.open("a", encoding="utf-8") as kept:
        for number, sentence in enumerate(sorted(new), start=len(words) + 1):
            words[sentence] = f"sentence_{number}"
            kept.write(f"sentence_{number} = {sentence}\n")
    lines = (line for action in found for line in _written(action, found[action], words))
    EXPECTED.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def _written(
    action: str, by_state: Mapping[str, Mapping[str, str]], words: Mapping[str, str]
) -> Iterator[str]:
    blocks: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for person in PEOPLE:
        answers = {state: told[person] for state, told in by_state.items() if person in told}
        for answer in dict.fromkeys(answers.values()):
            states = tuple(state for state in STATES if answers.get(state) == answer)
            blocks.setdefault(states, {}).setdefault(answer, []).append(person)
    yield action
    for states in sorted(blocks, key=lambda states: (-len(states), [STATES.index(one) for one in states])):
        yield f"  {ALL if states == STATES else ' '.join(states)}"
        for answer, people in blocks[states].items():
            status, _, said = answer.partition(" ")
            key = f" {words.get(said, said)}" if said else ""
            yield f"    {status}{key}: {' '.join(together(people))}"


def together(people: Sequence[str]) -> Iterator[str]:
    """People with those of a group under its name."""
    whole = {name: group for name, group in GROUPS.items() if set(group) <= set(people)}
    for person in people:
        name = next((name for name, group in whole.items() if person in group), None)
        if name is None:
            yield person
        elif whole[name][0] == person:
            yield name
