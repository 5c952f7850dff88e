"""Every role × state × action: what is allowed, and the exact words of what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import names
from tests.rights.asking import asked, parts
from tests.rights.draw import PAGE, drawn
from tests.rights.table import Row, rows
from tests.rights.world import World, build

# Came while the table was written; each still wants its rows.
WITHOUT_ROWS = [
    "assessments:setup_set_aside",
    "assessments:setup_version",
    "assessments:setup_version_export",
    "components",
    "criteria:export",
    "criteria:sources",
    "criteria:survey_block",
    "criteria:template",
]


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("state", sorted({state for row in rows() for state in row.states}))
def test_everybody_gets_what_the_table_says(state: str, settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)
    world = build(state)

    wrong = list(_wrong(world, [row for row in rows() if state in row.states]))

    assert not wrong, "\n".join(wrong)


def _wrong(world: World, wanted: list[Row]) -> Iterator[str]:
    for row in wanted:
        for person, expected in row.answers.items():
            found = asked(world, row.action, person)
            if found != expected:
                yield f"{row.action}, {person}, {world.state}: {found!r} instead of {expected!r}"


def test_every_address_stands_in_the_table() -> None:
    told = {parts(row.action)[0] for row in rows()}

    assert sorted(set(names()) - told) == WITHOUT_ROWS
    assert sorted(told - set(names())) == []


def test_the_page_for_readers_is_drawn_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawn(), "python -m tests.rights.draw"
