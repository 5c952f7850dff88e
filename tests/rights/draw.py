"""Draws docs/rights.md from the expected table: `python -m tests.rights.draw`."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
from django.urls import get_resolver

from tests.rights.cast import GROUPS, STATES
from tests.rights.table import Row, rows, together

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
# In the order of the site: a heading, and how the names of its addresses begin.
AREAS = (
    ("Public pages", ("assessments:rounds", "assessments:open_data", "method", "components")),
    ("Signing in and one's own account", ("account", "mfa_", "switch_role", "delegations", "end_delegation")),
    ("Start page, notices, histories", ("assessments:work", "assessments:notice", "assessments:own_history")),
    ("Opening and setting up a round", ("assessments:open_round", "assessments:setup")),
    (
        "A unit's own file",
        ("assessments:own_file", "assessments:own_content", "assessments:save_row", "assessments:check_file"),
    ),
    (
        "Evidence",
        (
            "assessments:leaf_",
            "assessments:evidence_",
            "assessments:own_libraries",
            "assessments:library",
            "assessments:piece",
        ),
    ),
    ("Progress, and moving a file", ("assessments:progress",)),
    ("Appraisal, questions and answers", ("assessments:appraisal", "assessments:own_clarifications")),
    ("Requests for review", ("assessments:own_reviews", "assessments:review")),
    ("Survey points", ("assessments:survey",)),
    ("Publication", ("assessments:publi",)),
    ("Rankings, results and their documents", ("assessments:",)),
    ("Data interface", ("data:", "api-")),
    ("Frameworks", ("criteria:",)),
    ("Organisers, units, accounts", ("accounts:",)),
)
HEAD = """# Who may do what

Drawn from `tests/rights/expected.txt` by `python -m tests.rights.draw`; change the table, not this page. A
test asks the application and compares; another compares the verbs of a file with a table written by hand.

## People

All are of one organiser, except those who begin with “foreign”. The file asked for is that of the unit A1.

| Name | Who |
|---|---|
| visitor | nobody: without an account |
| stranger | an account without any role |
| superuser | runs the installation, without any role in an organiser |
| officer, head | officer and head of the unit A1 |
| neighbour_officer, neighbour_head | officer and head of another unit of the same group |
| publisher, publisher2 | publishers of the organiser |
| delegate | a framework manager who acts as publisher for `publisher`, by delegation |
| insider | a publisher who is also officer of A1, and acts as publisher |
| elsewhere | a publisher who is also officer of another unit, and acts as that officer |
| manager | framework manager of the organiser |
| administrator | administrator of the organiser |
| auditor | auditor of the organiser |
| lead | a lead agency in the round, of content 1 |
| member, member2 | members of the council |
| watching_member | a member of the council who is also the organiser's auditor |
| chair, secretary | chair and secretary of the council |
| recused | a secretary of the council who also heads A1, so does not appraise it |
| substitute | stands in for `recused` in the appraisal of A1 |
| foreign_… | people of another organiser: officer, head, publisher, manager and so on |

## States

| Name | Of the round |
|---|---|
| draft | files are being self-scored |
| late | the same, and the last day of self-scoring has passed |
| review | files wait for the heads of the units |
| submitted | files are submitted |
| appraisal | files are being appraised: proposals, opinions, one conclusion, a question to the unit |
| concluded | concluded, the publication prepared by `publisher`; reviews asked for: written, sent, answered |
| published | published, and then asked for reviews as above, which a later publication waits for |
| superseded | published, and then published anew |
| withdrawn | published, and then withdrawn |

## Of what kind

A framework is asked for as a draft; in parentheses `dang-dung` is one in force, `het-hieu-luc` a retired
one. An account is asked for in use and of the organiser; `da-ngung` is closed, `co-quan-khac` another
organiser's with a role in this one. A request for review is `chua-gui` (written), `da-gui` (sent) or `da-
tra-loi` (answered). Who held a role until yesterday, or whose account is closed, gets what a stranger or a
visitor gets (tests/rights/test_attacks.py).

## Answers

“Allowed”: the page opens, or the thing is done. “Sign-in”: led there. “Not found” (404) is the answer about
what a person may not even know of. “Refused” (403) gives the words that the person reads; “not now” (409) is
for a person who may, at another time. “Asks again” (422): the form comes back with what is missing. Several
people at once: {groups}; FOREIGN: everybody of the other organiser.

## Rules behind the table

- People see by all the roles that they hold and do things in the one in which they act: the refusal names the
  role to switch to.
- Nobody judges a unit that they belong to. A publisher of a unit of the group does not open the group's
  provisional ranking with its mean, its documents and its unpublished results either: another publisher does.
  What judges no unit stays open to them: setting up, reminding, preparing and confirming a publication. The
  department that publishes is ranked itself as a rule, so its people are not shut out: two persons are
  needed, what they publish is what the council concluded, and that one of them belongs to a ranked unit is
  on record and stands beside the name (ADR 0012).
- A publication holds each unit's whole scorecard: what it claimed with its explanations, and the conclusions
  with their reasons. Proposals, opinions, questions and evidence are never published.
- Survey points are no appraisal: they come in one file for all units from whoever held the survey, so the
  publishers who load and check that file read the row of their own unit too; they do not write it.
- A unit's request for review is its own until its head sends it. Then whoever sees to the answer reads it and
  the answer; of the staff not those of a unit in the same group.
- Pages of a round's organiser are 404 to people who have nothing to do with the round and 403 to those who
  have a duty in it but not this right.
- Addresses that know nothing of rounds (frameworks, organisers, accounts) answer the same in every state.

"""
WORDS = {"login": "sign-in", "404": "not found", "410": "withdrawn, with its reason"}


def drawn() -> str:
    """The whole page."""
    groups = "; ".join(f"{name}: {', '.join(people)}" for name, people in GROUPS.items() if name != "FOREIGN")
    return HEAD.replace("{groups}", groups) + "\n".join(_lines(rows()))


def area_of(action: str) -> str:
    """The heading under which an action stands: that with the longest beginning of its name."""
    starts = [(len(start), heading) for heading, all_ in AREAS for start in all_ if action.startswith(start)]
    return max(starts)[1]


def _lines(table: list[Row]) -> Iterator[str]:
    """Area by area; actions with the same answers share a table."""
    of_action: dict[str, list[Row]] = {}
    for row in table:
        of_action.setdefault(row.action, []).append(row)
    for area, _ in AREAS:
        alike: dict[tuple[str, ...], list[str]] = {}
        for action, found in of_action.items():
            if area_of(action) == area:
                alike.setdefault(tuple(map(_line, found)), []).append(action)
        yield from ("", f"## {area}")
        for lines, actions in alike.items():
            yield ""
            yield from (f"- {_title(action)}" for action in actions)
            yield from ("", "| State | Answer | Who |", "|---|---|---|", *lines)
    yield ""


def _line(row: Row) -> str:
    return f"| {_states(row.states)} | {_answer(row)} | {', '.join(together(row.people))} |"


def _states(states: Iterable[str]) -> str:
    named = tuple(states)
    left = [state for state in STATES if state not in named]
    return "all" if not left else f"all but {', '.join(left)}" if len(left) < 4 else ", ".join(named)


def _answer(row: Row) -> str:
    status, _, said = row.answer.partition(" ")
    if row.answer in WORDS:
        return WORDS[row.answer]
    if status == "200" or (status == "302" and not said):
        return "allowed"
    if status == "302":
        return f"leads to {said}"
    word = {"403": "refused", "409": "not now", "422": "asks again"}[status]
    return f"{word}: {said}" if said else word


def _title(action: str) -> str:
    """“Read `/dot/…/tien-do/` (progress)”: with the name of the address, and its verb."""
    name, method, *verb = action.split()
    does = "Read" if method == "GET" else "Send"
    return f"{does} `/{_route(name)}` ({' '.join([name.rpartition(':')[2], *verb])})"


def _route(name: str) -> str:
    """The pattern of an address, its parameters as dots."""
    space, _, bare = name.rpartition(":")
    resolver: Any = get_resolver()
    prefix = ""
    if space:
        prefix, resolver = resolver.namespace_dict[space]
    found = [pattern for possible, *_ in resolver.reverse_dict.getlist(bare) for pattern, _ in possible]
    return re.sub(r"%\(\w+\)s", "…", prefix + max(found, key=len)).replace("\\", "")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PAGE.write_text(drawn(), encoding="utf-8")
