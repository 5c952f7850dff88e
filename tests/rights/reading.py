"""Reading every page, file and data that opens for a person, for what is not theirs to read."""

import html
import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse
from openpyxl import load_workbook

from assessments.models import Notice
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
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
)
from tests.rights.secrets import PUBLIC, readers
from tests.rights.table import rows
from tests.rights.turns import ASKS_ALL, falls_on
from tests.rights.world import Side, World

# What a page shows more of where it is asked for.
VARIANTS = {
    "assessments:round_history": ["", "?dang=csv"],
    "assessments:own_history": ["", "?dang=csv"],
    "assessments:own_clarifications": ["", "?dang=csv"],
    "assessments:own_reviews": ["", "?dang=csv"],
    "assessments:reviews": ["", "?dang=csv"],
    "assessments:notices": ["", "?dang=csv"],
    "assessments:rounds": ["", "?dang=csv"],
    "assessments:library": ["", "?dang=csv"],
    "assessments:progress": ["", "?nhom=xa&dang=csv"],
    "accounts:organisers": ["", "?dang=csv"],
    "accounts:units": ["", "?dang=csv"],
    "criteria:frameworks": ["", "?dang=csv"],
    "criteria:history": ["", "?dang=csv"],
    "assessments:open_data": ["", "?dang=csv"],
    "assessments:setup_units": ["", "?dang=csv"],
    "accounts:people": ["", "?dang=csv"],
    "assessments:setup_people": ["", "?dang=csv"],
    "assessments:setup_set_aside": ["", "?dang=csv"],
    "assessments:survey_points": ["", "?dang=csv"],
    "assessments:progress_file": ["?lich_su=tat-ca"],
    "assessments:appraisal": ["", "?xem=don-vi", "?xem=ma-tran", "?dang=csv"],
    "assessments:appraisal_leaf": ["?don-vi={unit}", "?don-vi={unit}&vai=y-kien", "?dang=csv"],
    "assessments:appraisal_meeting": ["?loc=tat-ca", "?loc=tat-ca&dang=csv"],
    "assessments:ranking": ["", "?ban=du-kien", "?ban=du-kien&dang=csv"],
    "assessments:unit": ["?mo=1", "?ban=du-kien&mo=1"],
    "assessments:unit_pdf": ["?ban=du-kien"],
    "assessments:ranking_workbook": ["", "?ban=du-kien"],
    "assessments:reconciliation": ["", "?ban=du-kien", "?ban=du-kien&dang=csv"],
}
# The same is secret in these states: each person reads each page in one of them, on one of the databases.
ALIKE = ((DRAFT, LATE, REVIEW), (SUBMITTED,), (APPRAISAL,), (CONCLUDED, WITHDRAWN), (PUBLISHED, SUPERSEDED))
# These see the same: one of them reads a page. Members of the council do not: opinions are blind.
ALTERNATE = ("PUBLISHERS", "UNIT", "NEIGHBOURS")
# Whose own unit is the second one: they read its pages where the first unit's people read theirs.
SECOND = {"neighbour_officer": "officer", "neighbour_head": "head", "elsewhere": "insider"}
ABOUT_A_UNIT = {"unit_code", "unit_id", "use_id", "evidence_id", "review_id"}
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
    side, other = world.side, of_second_unit(world.side)
    found = list(dict.fromkeys(openings(world.state)))
    public = {name for name, person, _ in found if person == "visitor"}
    for name, person, second in found:
        about = other if second else side
        path = address(world, name, side=about)
        for variant in VARIANTS.get(name, [""]):
            page = path + variant.format(unit=about.units[0].code)
            others = PEOPLE if name in public and person != "visitor" else like(person)
            if falls_on(page, person, others) and is_turn(f"{page} {person}", world.state):
                yield person, page


def is_turn(question: str, state: str) -> bool:
    alike = next(states for states in ALIKE if state in states)
    return falls_on(question, state, alike, shared=True)


def like(person: str) -> tuple[str, ...]:
    return next((GROUPS[name] for name in ALTERNATE if person in GROUPS[name]), (person,))


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


def told(world: World) -> Iterator[str]:
    """Notices, whose words are also those of letters, that tell their reader what is not theirs."""
    names = {user.pk: name for name, user in world.users.items()}
    for notice in Notice.objects.filter(user__in=names).order_by("pk"):
        for text, people in readers(world.state):
            if text in notice.text and names[notice.user_id] not in people:
                yield f"{names[notice.user_id]}, notice: {text}"


def leaks(world: World) -> Iterator[str]:
    """Who reads what, and where."""
    yield from told(world)
    secrets = dict(readers(world.state))
    seen: set[str] = set()
    for person, page in readings(world):
        # A document takes a third of a second and holds what its page holds: one person's in two states.
        if "pdf" in page and not ASKS_ALL and (page in seen or world.state not in (CONCLUDED, PUBLISHED)):
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
