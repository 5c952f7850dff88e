"""Every role × state × action: what is allowed, the words of what is refused, and what must not be read."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Template

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import names
from tests.rights.asking import asked, parts, words_alone
from tests.rights.bodies import actions
from tests.rights.cast import GROUPS, PEOPLE, STATES
from tests.rights.draw import PAGE, drawn
from tests.rights.reading import leaks
from tests.rights.secrets import readers
from tests.rights.table import Row, cells, rows, write
from tests.rights.turns import ONLY, WRITES, falls_on
from tests.rights.world import World, build

FEW = 3


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
def test_everybody_gets_what_the_table_says_and_reads_only_what_is_theirs(
    state: str, settings: Any, tmp_path: Any
) -> None:
    keep_files_in(settings, tmp_path)
    world = build(state)
    with pytest.MonkeyPatch.context() as undrawn:
        undrawn.setattr(Template, "_render", words_alone)
        if WRITES:
            _write(world)
        wrong = list(_wrong(world, [row for row in rows() if state in row.states]))

    if not ONLY:
        wrong += leaks(world)

    assert not wrong, "\n".join(wrong)


def _wrong(world: World, wanted: list[Row]) -> Iterator[str]:
    for row in wanted:
        for person in row.people:
            if ONLY in row.action and is_due(row, person, world.state):
                found = asked(world, row.action, person)
                if found != row.answer:
                    yield f"{row.action}, {person}, {world.state}: {found!r} instead of {row.answer!r}"


def is_due(row: Row, person: str, state: str) -> bool:
    """Whether this run asks: what changes something, and a refusal of a few, on both databases."""
    question = f"{row.action} {person}"
    shared = " GET" in row.action or (row.is_refusal and len(row.people) > FEW)
    if shared:
        # Where a group of people is answered alike, one of them asks.
        group = next((group for group in GROUPS.values() if person in group), (person,))
        if set(group) <= set(row.people) and not falls_on(row.action, person, group):
            return False
    return falls_on(question, state, row.states, shared=shared)


def _write(world: World) -> None:
    """Put into the table what the application answers; an address that takes no such method gets no row."""
    table = cells()
    for action in actions():
        if ONLY in action:
            told = {person: asked(world, action, person) for person in PEOPLE}
            if set(told.values()) - {"login", "405"}:
                table.setdefault(action, {})[world.state] = told
    write({action: table[action] for action in actions() if action in table})


def test_every_action_stands_in_the_table_for_everybody_in_every_state() -> None:
    told = Counter(
        (row.action, state, person) for row in rows() for state in row.states for person in row.people
    )
    wanted = {(row.action, state, person) for row in rows() for state in STATES for person in PEOPLE}

    assert sorted(wanted - told.keys()) == []
    assert [cell for cell, times in told.items() if times > 1] == []


def test_no_refusal_tells_what_is_not_theirs() -> None:
    """The words of every refusal stand in the table."""
    table = [row for row in rows() if "Kin-" in row.answer]
    wrong = [
        (row.action, state, person, text)
        for state in STATES
        for text, people in readers(state)
        for row in table
        if state in row.states and text in row.answer
        for person in row.people
        if person not in people
    ]

    assert wrong == []


def test_every_address_stands_in_the_table() -> None:
    told = {parts(row.action)[0] for row in rows()}

    assert sorted(told ^ set(names())) == []


def test_the_page_for_readers_is_drawn_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawn(), "python -m tests.rights.draw"
