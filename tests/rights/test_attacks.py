"""Valid accounts that try what is not theirs: others' things under their own address or in their own forms,
words that tell that something is there, roles that have ended."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import ResultsShown
from assessments.models import Clarification, Group, RoundRole
from parindex.accounts.models import Membership, User
from tests.assessments.evidence_files import keep_files_in
from tests.rights.addresses import address, arguments, names
from tests.rights.asking import asked, kept_as_it_was, parts, read, told, words_alone
from tests.rights.bodies import BODIES, GROUNDS, QUERIES
from tests.rights.cast import APPRAISAL, CONCLUDED
from tests.rights.reading import of_second_unit, words
from tests.rights.secrets import readers
from tests.rights.table import rows
from tests.rights.turns import falls_on
from tests.rights.world import Side, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What stands in an address below what: a thing of another must not be found there.
BELOW = {
    "unit_code": ("round_code",),
    "unit_id": ("organiser_id",),
    "user_id": ("organiser_id",),
    "role_id": ("organiser_id", "round_code"),
    "criterion_id": ("framework_id",),
    "problem_id": ("framework_id",),
    "evidence_id": ("unit_id",),
    "review_id": ("unit_code",),
}
OF_A_UNIT = ("evidence_id", "review_id")
REFUSED = ("403", "404", "422")
# What differs between two answers that say the same.
ASKED = re.compile(rb'(nonce|value|content)="[^"]*"')


@pytest.fixture
def _files(settings: Any, tmp_path: Any) -> None:
    keep_files_in(settings, tmp_path)


def drawn_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "_render", words_alone)


# -- others' things


@pytest.mark.usefixtures("_files")
def test_nothing_of_others_is_reached_from_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(CONCLUDED)
    wrong = list(_results_before_they_are_shown(world))
    drawn_no_more(monkeypatch)

    wrong += [*_others_things(world), *_others_things_in_forms(world)]

    assert not wrong, "\n".join(wrong)


def _others_things(world: World) -> Iterator[str]:
    for row in rows():
        if world.state not in row.states or row.answer[:3] not in ("200", "302") or "visitor" in row.people:
            continue
        name, method, verb = parts(row.action)
        person = row.people[0]
        for path in _swapped(world, name, verb):
            with kept_as_it_was(world, person) as client:
                answer = _ask(world, client, method, path, f"{name}:{verb}" if verb else name)
            if not answer.startswith(REFUSED):
                yield f"{person} {method} {path}: {answer}"


def _swapped(world: World, name: str, verb: str) -> Iterator[str]:
    """The address with one key of another organiser's, or of another unit's."""
    own = arguments(world, name, side=world.side, variant=verb)
    neighbour = of_second_unit(world.side)
    for inner, above in BELOW.items():
        if inner not in own or not own.keys() & set(above):
            continue
        for side in (world.other, *([neighbour] if inner in OF_A_UNIT else [])):
            key = arguments(world, name, side=side, variant=verb)[inner]
            if key and key != own[inner]:
                yield reverse(name, kwargs=own | {inner: key})


def _ask(world: World, client: Client, method: str, path: str, key: str) -> str:
    if method == "GET":
        return told(client.get(path), reads=True)
    if key in GROUNDS:
        GROUNDS[key](world)
    return told(client.post(path, BODIES[key](world)), reads=False)


def _others_things_in_forms(world: World) -> Iterator[str]:
    for person, key, sent in _forms(world.other, of_second_unit(world.side), world):
        with kept_as_it_was(world, person) as client:
            body = BODIES[key](world) | sent
            answer = told(client.post(_path(world, key), body), reads=False)
        if not answer.startswith(REFUSED):
            yield f"{person} {key} {sent}: {answer}"


def _path(world: World, key: str) -> str:
    # About a leaf to which a document may be added now.
    leaf = {"leaf_code": "1.1.2"} if key == "assessments:leaf_reuse" else {}
    path = reverse(key, kwargs=arguments(world, key, side=world.side) | leaf)
    return f"{path}?{QUERIES[key](world)}" if key in QUERIES else path


def _forms(other: Side, neighbour: Side, world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    unit, person = other.units[0].pk, other.people["officer"].pk
    yield "publisher", "assessments:setup_units", {"units": [unit]}
    yield "publisher", "assessments:setup_add_group", {"units": [unit]}
    yield "publisher", "assessments:setup_group", {"framework": other.draft.pk}
    yield "publisher", "assessments:open_round", {"organiser": other.organiser.pk}
    yield "publisher", "accounts:units_merge", {"merged": [unit, other.units[1].pk]}
    yield "manager", "criteria:new_version", {"decision": other.draft.decision_id}
    yield "head", "delegations", {"held": Membership.objects.get(user=other.people["head"], unit=unit).pk}
    yield "head", "delegations", {"held": Membership.objects.get(user=person, unit=unit).pk}
    for side in (other, neighbour):
        question = Clarification.objects.filter(assessment=side.file()).latest("pk").pk
        said = {"yeu-cau": question, f"tra-loi-{question}-answer": "Đã bổ sung"}
        yield "officer", "assessments:own_clarifications", said
    for of in (other.uses["B1"], world.side.uses["A2"]):
        yield "officer", "assessments:leaf_reuse", {"tai_lieu": [of.evidence_id]}


OWN = ("officer", "head")


def _results_before_they_are_shown(world: World) -> Iterator[str]:
    """Where units see their points from the publication on, nothing of a conclusion shows before."""
    Group.objects.filter(round=world.side.round).update(results_shown=ResultsShown.PUBLICATION)
    hidden = [text for text, _ in readers(APPRAISAL) if "conclusion" in text or text.endswith("09")]
    hidden += ["Kin-A1-tra-loi"]
    for row in rows():
        name = parts(row.action)[0]
        if world.state not in row.states or row.answer != "200" or " GET" not in row.action:
            continue
        for person in {"officer", "head"} & set(row.people):
            if not name.startswith(("assessments:", "data:")) or not falls_on(
                name, person, ("officer", "head")
            ):
                continue
            with kept_as_it_was(world, person) as client:
                found = words(client.get(address(world, name)))
            if shown := [text for text in hidden if text in found]:
                yield f"{person} {name}: {shown}"
    Group.objects.filter(round=world.side.round).update(results_shown=ResultsShown.CONCLUSION)


# -- what a refusal tells, and roles that have ended


@pytest.mark.usefixtures("_files")
def test_what_is_hidden_answers_like_what_is_not_there_and_ended_roles_open_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = build(APPRAISAL)
    wrong = list(_telling(world))
    drawn_no_more(monkeypatch)

    wrong += _after_the_end(world)

    assert not wrong, "\n".join(wrong)


FIRST = ("round_code", "organiser_id", "framework_id")
OUTSIDE = ("stranger", "foreign_publisher", "foreign_officer", "officer", "administrator")


def _telling(world: World) -> Iterator[str]:
    """Addresses whose “not found” looks otherwise about what is there than about what is not."""
    answers = {
        (row.action, person): row.answer for row in rows() if APPRAISAL in row.states for person in row.people
    }
    for name in names():
        action = f"{name} GET"
        for person in OUTSIDE:
            if answers.get((action, person)) != "404" or not falls_on(name, person, OUTSIDE):
                continue
            own = arguments(world, name, side=world.side)
            gone = {key: _gone(key, value) for key, value in own.items()}
            # In turn about another round, organiser or framework, and about nothing that there is.
            first = next((key for key in FIRST if key in own), None)
            if first and falls_on(f"{name} gone", "first", ("first", "all")):
                gone = own | {first: gone[first]}
            with kept_as_it_was(world, person) as client:
                there, nothing = (_shown(client, reverse(name, kwargs=kept)) for kept in (own, gone))
            if there != nothing:
                yield f"{person} {name}: {there!r}, {nothing!r}"


def _shown(client: Client, path: str) -> tuple[int, bytes]:
    answer = client.get(path)
    return answer.status_code, ASKED.sub(b"", read(answer).replace(path.encode(), b""))


def _gone(key: str, value: Any) -> Any:
    if key == "kind":
        return value
    return 987654 if isinstance(value, int) else "khong-co"


ENDED = ("officer", "publisher2", "auditor", "manager", "lead", "member", "chair", "substitute")


def _after_the_end(world: World) -> Iterator[str]:
    """Who held a role until yesterday, or whose account is closed."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    stranger = {
        row.action: row.answer for row in rows() if APPRAISAL in row.states and "stranger" in row.people
    }
    users = [world.side.people[name].pk for name in ENDED]
    Membership.objects.filter(user__in=users).update(valid_to=yesterday)
    duties = RoundRole.objects.filter(user__in=[*users, world.side.people["recused"].pk])
    duties.update(valid_to=yesterday)
    # The publisher for whom “delegate” acts; who stands in does so as long as the other has the duty.
    Membership.objects.filter(user=world.side.people["publisher"]).update(valid_to=yesterday)
    people = (*ENDED, "publisher")
    for action, answer in stranger.items():
        name, _, verb = parts(action)
        if action in PERSONAL or (f"{name}:{verb}" if verb else name) in GROUNDS:
            continue
        for person in people:
            if falls_on(action, person, people):
                found = asked(world, action, person)
                if found != answer:
                    yield f"{person}, whose role has ended, {action}: {found} instead of {answer}"
    yield from _by_delegation(world)
    User.objects.filter(pk=world.side.people["head"].pk).update(is_active=False)
    for action in (
        "assessments:own_file GET",
        "assessments:work GET",
        "assessments:own_file POST send_to_head",
    ):
        if (found := asked(world, action, "head")) != "login":
            yield f"closed account, {action}: {found}"


# The person's own notice and reading of a workbook stay theirs, and what they delegated stays theirs to end.
PERSONAL = ("assessments:notice GET", "criteria:reading GET", "end_delegation POST")


def _by_delegation(world: World) -> Iterator[str]:
    """A delegation ends with the role that was delegated."""
    for action in ("assessments:publishing GET", "assessments:setup GET", "assessments:round_history GET"):
        if (found := asked(world, action, "delegate")) != "404":
            yield f"delegate of an ended role, {action}: {found}"
