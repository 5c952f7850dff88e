"""Nothing that is not a person's to read is in any page, file, data or error that they can ask for."""

import html
import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from openpyxl import load_workbook

from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import address, keys_of
from tests.rights.asking import kept_as_it_was, parts, read
from tests.rights.cast import (
    APPRAISAL,
    CONCLUDED,
    DRAFT,
    GROUPS,
    LATE,
    PEOPLE,
    PUBLISHED,
    REVIEW,
    STATES,
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
)
from tests.rights.secrets import PUBLIC, readers
from tests.rights.table import rows
from tests.rights.turns import ASKS_ALL, falls_on
from tests.rights.world import Side, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What a page shows more of where it is asked for.
VARIANTS = {
    "assessments:round_history": ["", "?dang=csv"],
    "assessments:own_history": ["", "?dang=csv"],
    "assessments:setup_people": ["", "?dang=csv"],
    "assessments:setup_set_aside": ["", "?dang=csv"],
    "assessments:survey_points": ["", "?dang=csv"],
    "assessments:progress_file": ["?lich_su=tat-ca"],
    "assessments:progress_export": ["?nhom=xa"],
    "assessments:appraisal": ["", "?xem=don-vi", "?xem=ma-tran", "?dang=csv"],
    "assessments:appraisal_leaf": ["?don-vi={unit}", "?don-vi={unit}&vai=y-kien"],
    "assessments:appraisal_meeting": ["?loc=tat-ca", "?loc=tat-ca&dang=csv"],
    "assessments:ranking": ["", "?ban=du-kien"],
    "assessments:unit": ["?mo=1", "?ban=du-kien&mo=1"],
    "assessments:unit_pdf": ["?ban=du-kien"],
    "assessments:ranking_workbook": ["", "?ban=du-kien"],
    "assessments:reconciliation": ["", "?ban=du-kien"],
}
# The same is secret in these states: each person reads each page in one of them (see `turns`).
ALIKE = ((DRAFT, LATE, REVIEW), (SUBMITTED,), (APPRAISAL,), (CONCLUDED, WITHDRAWN), (PUBLISHED, SUPERSEDED))
# These see the same: one of them reads a page.
INSTEAD = ("PUBLISHERS", "UNIT", "NEIGHBOURS")
# Whose own unit is the second one: they read its pages where the first unit's people read theirs.
SECOND = {"neighbour_officer": "officer", "neighbour_head": "head", "elsewhere": "insider"}
ABOUT_A_UNIT = {"unit_code", "unit_id", "use_id", "evidence_id"}
# Nothing of the organisers stands there.
LEFT_OUT = (
    "mfa_",
    "account_",
    "api-",
    "method",
    "components",
    "accounts:units_template",
    "criteria:template",
)


def openings(state: str) -> Iterator[tuple[str, str, bool]]:
    """Each address with who may read it in a state, and whether of the second unit."""
    for row in rows():
        name, method, _ = parts(row.action)
        if method != "GET" or row.answer != "200" or state not in row.states or name.startswith(LEFT_OUT):
            continue
        for person in row.people:
            yield name, person, False
            if is_about_a_unit(name):
                yield name, person, True
        if is_about_a_unit(name):
            yield from ((name, person, True) for person, like in SECOND.items() if like in row.people)


def is_about_a_unit(name: str) -> bool:
    return any(keys & ABOUT_A_UNIT for keys in keys_of(name))


def readings(world: World) -> Iterator[tuple[str, str]]:
    """Who reads which page in a run."""
    alike = next(states for states in ALIKE if world.state in states)
    side, other = world.side, of_second_unit(world.side)
    found = list(dict.fromkeys(openings(world.state)))
    public = {name for name, person, _ in found if person == "visitor"}
    for name, person, second in found:
        about = other if second else side
        path = address(world, name, side=about)
        for variant in VARIANTS.get(name, [""]):
            page = path + variant.format(unit=about.units[0].code)
            instead = PEOPLE if name in public and person != "visitor" else like(person)
            if falls_on(page, person, instead) and falls_on(f"{page} {person}", world.state, alike):
                yield person, page


def like(person: str) -> tuple[str, ...]:
    return next((GROUPS[name] for name in INSTEAD if person in GROUPS[name]), (person,))


def of_second_unit(side: Side) -> Side:
    """The same side with its second unit first."""
    first, second, *others = side.units
    uses = {**side.uses, f"{side.tag}1": side.uses[f"{side.tag}2"]}
    return replace(side, units=[second, first, *others], uses=uses)


def words(response: HttpResponse) -> str:
    """All text of an answer, of whatever kind it is."""
    content, kind = read(response), response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        sheets = load_workbook(io.BytesIO(content)).worksheets
        return " ".join(
            str(value) for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row
        )
    if "pdf" in kind and content.count(b"obj") > 4:
        shown = subprocess.run(  # noqa: S603
            ["/usr/bin/pdftotext", "-", "-"], input=content, capture_output=True, check=False
        )
        return shown.stdout.decode()
    text = content.decode("utf-8", "replace")
    if "json" in kind:
        text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    heads = " ".join(map(str, response.headers.values()))
    return html.unescape(f"{text} {heads}")


def leaks(world: World) -> Iterator[str]:
    secrets = dict(readers(world.state))
    seen: set[str] = set()
    for person, page in readings(world):
        # A document takes a third of a second: one person's is like the next one's.
        if "pdf" in page and page in seen and not ASKS_ALL:
            continue
        seen.add(page)
        forbidden = {text for text, people in secrets.items() if person not in people}
        if not person.startswith("foreign_"):
            forbidden.add("Kin-B")
        elif world.state not in PUBLIC:
            forbidden.add("Kin-A")
        with kept_as_it_was(world, person) as client:
            found = words(client.get(page))
        shown = sorted(one for one in forbidden if one in found)
        if shown:
            yield f"{person} {page}: {', '.join(shown)}"


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("state", STATES)
def test_nobody_reads_what_is_not_theirs(state: str) -> None:
    found = list(leaks(build(state)))

    assert not found, "\n".join(found)


def test_no_refusal_tells_what_is_not_theirs() -> None:
    """The words of every refusal stand in the table."""
    wrong = [
        (row.action, state, person, text)
        for state in STATES
        for text, people in readers(state)
        for row in rows()
        if state in row.states and text in row.answer
        for person in row.people
        if person not in people
    ]

    assert wrong == []
