"""The verbs of a unit's file by hand from docs/workflow.md: who, in which states, and nobody else."""

import pytest

from tests.rights.cast import (
    APPRAISAL,
    CLOSED,
    CONCLUDED,
    DRAFT,
    LATE,
    PEOPLE,
    PUBLISHED,
    REVIEW,
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
)
from tests.rights.table import rows

# Publishers of the organiser who belong to no unit of the group and act as publishers.
PUBLISHERS = {"publisher", "publisher2", "delegate"}
# The secretary who heads the unit is recused; the substitute acts for this unit.
SECRETARIES = {"secretary", "substitute"}
MEMBERS = {"member", "member2", "watching_member"}
OPEN = {DRAFT}
FILE = "assessments:own_file POST"
MOVE = "assessments:progress_move POST"
LEAF = "assessments:appraisal_leaf POST"
ANSWER = "assessments:review POST"
# action: who may, and when it is done
MAY: dict[str, tuple[set[str], set[str]]] = {
    f"{FILE} send_to_head": ({"officer"}, OPEN),
    f"{FILE} approve_and_submit": ({"head"}, {REVIEW}),
    f"{FILE} return_to_officer": ({"head"}, {REVIEW}),
    f"{MOVE} nop-thay": (PUBLISHERS, OPEN),
    f"{MOVE} tiep-nhan": (PUBLISHERS | SECRETARIES, {SUBMITTED}),
    f"{MOVE} tra-lai": (PUBLISHERS, {SUBMITTED}),
    f"{MOVE} gia-han": (PUBLISHERS, {DRAFT, LATE, REVIEW, SUBMITTED}),
    f"{MOVE} ket-luan": (SECRETARIES | {"chair"}, {APPRAISAL}),
    f"{MOVE} mo-lai-tham-dinh": (PUBLISHERS | {"chair"}, set(CLOSED)),
    f"{MOVE} mo-lai-tu-cham": (PUBLISHERS, {APPRAISAL, *CLOSED}),
    "assessments:save_row POST": ({"officer"}, OPEN),
    # With a signed paper on record the organiser enters what it says.
    "assessments:save_row POST ban-giay": ({"officer"} | PUBLISHERS, OPEN),
    "assessments:own_content POST": ({"officer"}, OPEN),
    "assessments:progress_paper POST": (PUBLISHERS, OPEN),
    "assessments:leaf_evidence POST": ({"officer"}, OPEN),
    "assessments:leaf_reference POST": ({"officer"}, OPEN),
    "assessments:leaf_reuse POST": ({"officer"}, OPEN),
    "assessments:evidence_pointer POST": ({"officer"}, OPEN),
    "assessments:evidence_detach POST": ({"officer"}, OPEN),
    f"{LEAF} hoi": (SECRETARIES | MEMBERS | {"chair", "lead"}, {APPRAISAL}),
    f"{LEAF} cham-ket-luan": (SECRETARIES | {"chair"}, {APPRAISAL}),
    f"{LEAF} cham-y-kien": (MEMBERS, {APPRAISAL}),
    f"{LEAF} cham-de-xuat": ({"lead"}, {APPRAISAL}),
    "assessments:appraisal_recognise_file POST": (SECRETARIES | {"chair"}, {APPRAISAL}),
    "assessments:own_clarifications POST": ({"officer", "head"}, {APPRAISAL}),
    "assessments:leaf_evidence POST de-nghi": ({"officer"}, OPEN | set(CLOSED)),
    # A leaf of a concluded file, and requests about others of them: written, sent, answered.
    "assessments:own_reviews POST": ({"officer"}, set(CLOSED)),
    "assessments:review_send POST": ({"head"}, set(CLOSED)),
    "assessments:review_send POST da-gui": (set(), set()),
    "assessments:review_drop POST": ({"officer", "head"}, set(CLOSED)),
    "assessments:review_drop POST da-gui": (set(), set()),
    f"{ANSWER} chua-gui": (set(), set()),
    f"{ANSWER} giu-nguyen": (SECRETARIES | {"chair"}, set(CLOSED)),
    f"{ANSWER} dieu-chinh": (SECRETARIES | {"chair"}, set(CLOSED)),
    f"{ANSWER} da-tra-loi": (set(), set()),
    "assessments:publishing_withdrawal POST": (PUBLISHERS | {"insider"}, {PUBLISHED, SUPERSEDED}),
    # Prepared by “publisher” in the state concluded: confirmed by anybody else of them.
    "assessments:publishing_confirmation POST": ((PUBLISHERS | {"insider"}) - {"publisher"}, {CONCLUDED}),
    # While a request for review waits nothing is published.
    "assessments:publishing_confirmation POST con-de-nghi": (set(), set()),
    "assessments:publishing POST": (PUBLISHERS | {"insider"}, {PUBLISHED, SUPERSEDED, WITHDRAWN}),
}


@pytest.mark.parametrize("action", MAY)
def test_a_verb_is_done_by_these_in_these_states_and_by_nobody_else(action: str) -> None:
    people, states = MAY[action]

    done = {
        (person, state)
        for row in rows()
        if row.action == action and row.answer in ("200", "302")
        for person in row.people
        for state in row.states
    }

    assert done == {(person, state) for person in people for state in states}


@pytest.mark.parametrize("person", ["visitor", "stranger", "auditor", "administrator"])
def test_who_only_reads_never_changes_a_file_or_a_round(person: str) -> None:
    """Beyond what is their own: notices, a round's library of documents."""
    own = ("assessments:notices_read POST",)

    changed = [
        row.action
        for row in rows()
        if person in row.people
        and row.action.startswith("assessments:")
        and " POST" in row.action
        and row.answer in ("200", "302")
        and row.action not in own
    ]

    assert changed == []


def test_the_other_organisers_people_see_of_a_round_what_a_visitor_sees() -> None:
    """A page of the round that opens for them opens for everybody; nothing else is even known to be there."""
    elsewhere = ("assessments:open_round", "assessments:own_libraries")
    answers: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows():
        if row.action.startswith(("assessments:", "data:")) and not row.action.startswith(elsewhere):
            for state in row.states:
                answers.setdefault((row.action, state), {}).update(dict.fromkeys(row.people, row.answer))

    wrong = [
        (action, state, person, told[person])
        for (action, state), told in answers.items()
        for person in told
        if person.startswith("foreign_") and told[person] not in ("404", told["visitor"], told["stranger"])
    ]

    assert wrong == []


@pytest.mark.parametrize("state", ["dang-dung", "het-hieu-luc"])
def test_a_framework_in_force_or_retired_is_everybodys_to_read_and_nobodys_to_change(state: str) -> None:
    """A correction is a new version, which its manager starts."""
    asked = [row for row in rows() if row.action.endswith(state)]
    opened = {
        row.action.split()[0] for row in asked if row.answer == "200" and set(row.people) == set(PEOPLE)
    }
    done = {
        (row.action, row.people) for row in asked if " POST" in row.action and row.answer in ("200", "302")
    }

    assert opened == {f"criteria:{name}" for name in ("framework", "export", "comparison", "trial")}
    assert done == {(f"criteria:new_version POST {state}", ("manager",))}
