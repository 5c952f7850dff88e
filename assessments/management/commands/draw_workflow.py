"""Draw docs/workflow.md from the table of transitions."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

from assessments.enums import AssessmentState, ReviewState
from assessments.management.lookup import refusal
from assessments.transitions import JUDGES, REVIEWS, TABLE, NewDeadline, Transition
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand

PAGE = "docs/workflow.md"
NEW_DEADLINES = {
    NewDeadline.NONE: "",
    NewDeadline.IF_PASSED: "a new last day, needed where the one that holds has passed",
    NewDeadline.REQUIRED: "a new last day",
    NewDeadline.LATER: "a new last day, later than the one that holds",
}
TOP = """\
# Workflow of a unit's file

Drawn from `assessments/transitions.py` by `python manage.py draw_workflow`; change the table, not this page.
"""
OPEN = "the file is concluded, the unit sees its points, the round's last day for requests is not over"
RECORDS = """\
## Records on a score

The file goes on, or stays concluded, while these move. A clarification is asked by whoever appraises the
leaf (`asked`), answered by the unit until its last day (`answered`), and closed by an appraiser (`closed`);
a file is not concluded while a unit has time to answer.

A request for review is about one leaf whose conclusion gives less than the self-score, once a leaf, in a
round that names a last day for requests. A change is a new conclusion, on record like any other. Nothing is
published while a request that was sent waits for its answer.
"""
RULES = """\
## Rules

- `assessments.moves.move` is the only way through this table: it checks the person, then the state, changes
  the file and writes the audit event in one transaction. A file that moved since the person read it is
  refused, so a button pressed twice acts once.
- The last day of self-scoring is the later of the unit's own and the round's; where neither is set there is
  none. The day belongs to the unit to its end, in Vietnam's time. It is compared with the clock whenever it
  is asked, so it locks without any job.
- A new last day is never past and never earlier than the one that holds.
- `submitted_at` is set when the file is submitted and emptied when it goes back to self-scoring.
- Nobody acts on a unit that they belong to, as any of these; their rights inside their own unit stay:
  {judges}.
- A role counts within its dates, both ends included. A role in a round may be narrowed to one of its
  groups.
- `conclude` on the command line acts for the organiser and stands outside this table: it recognises
  self-scores and concludes whole groups, from any state. It too waits for units that have time to answer a
  question, and takes over no self-score about which a question stands open.
- Who stands in for a recused person has that person's role about that unit's file, and about no other.

## Rights that move nothing

| Right | Who | When |
|---|---|---|
| see a file | the unit's people, the organiser's publisher and auditor | always |
| see a file | the round's council and lead agencies | once it is submitted |
| write self-scores | the unit's officer | in self-scoring, to the end of its last day |
| write self-scores for a unit | the organiser's publisher | the same, with a signed paper on record |
| appraise a leaf | the council; a lead agency on its own contents; not the survey's leaves | in appraisal |
"""


def drawn() -> str:
    """The whole page."""
    judges = "; ".join(sorted(str(role.label) for role in JUDGES))
    records = f"{RECORDS}{reviews()}"
    parts = [TOP, "## States", diagram(), "## Verbs", table(), records, RULES.format(judges=judges)]
    return "\n".join(parts)


def diagram() -> str:
    """The states and the moves between them, for Mermaid."""
    names = [f'    state "{state.label}" as {state.value}' for state in AssessmentState]
    arrows = [
        f"    {before.value} --> {after.value}: {row.verb.label}"
        for row in TABLE
        for before, after in row.moves.items()
    ]
    first = f"    [*] --> {AssessmentState.DRAFT.value}"
    return "\n".join(["\n```mermaid", "stateDiagram-v2", *names, first, *arrows, "```\n"])


def table() -> str:
    """One line per move: verb, from, to, who, and what it asks for."""
    head = ["\n| Verb | From | To | Who | Reason | Deadline and conditions |", "|---|---|---|---|---|---|"]
    lines = [
        f"| `{row.verb.value}` {row.verb.label} | {before.label} | {after.label} "
        f"| {'; '.join(str(role.label) for role in row.roles)} "
        f"| {'required' if row.needs_reason else '–'} | {'; '.join(_conditions(row)) or '–'} |"
        for row in TABLE
        for before, after in row.moves.items()
    ]
    return "\n".join([*head, *lines, ""])


def reviews() -> str:
    """One line per step of a request for review."""
    head = ["\n| Verb | From | To | Who | Reason | Conditions |", "|---|---|---|---|---|---|"]
    lines = [
        f"| `{step.verb.value}` {step.verb.label} | {_label(before)} | {_label(after)} "
        f"| {'; '.join(str(role.label) for role in step.roles)} "
        f"| {'required' if step.needs_reason else '–'} "
        f"| {OPEN if step.until_last_day else '–'} |"
        for step in REVIEWS.values()
        for before, after in step.moves.items()
    ]
    return "\n".join([*head, *lines, ""])


def _label(state: ReviewState | None) -> str:
    return str(state.label) if state is not None else "–"


def _conditions(row: Transition) -> Iterator[str]:
    if row.needs_open_deadline:
        yield "the last day of self-scoring is not over"
    if row.new_deadline != NewDeadline.NONE:
        yield NEW_DEADLINES[row.new_deadline]
    if row.needs_paper:
        yield "a signed paper of the unit is on record"
    if row.needs_evidence:
        yield "no leaf lacks evidence against the group's rule"
    if row.needs_conclusions:
        yield "every leaf but the survey's has a conclusion"


class Command(JsonCommand):
    help = "Vẽ lại docs/workflow.md từ bảng chuyển trạng thái."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="chỉ so sánh, không ghi")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        page = settings.BASE_DIR / PAGE
        changed = not page.exists() or page.read_text(encoding="utf-8") != drawn()
        if changed and options["check"]:
            raise refusal(f"{PAGE} không còn khớp với bảng chuyển trạng thái.", kind="stale_page", page=PAGE)
        if changed:
            page.write_text(drawn(), encoding="utf-8")
        return {"page": PAGE, "changed": changed, "problems": []}
