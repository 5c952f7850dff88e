"""One round in which every list of the site has as many rows as asked for, and nothing else.

Names stand in an order that no byte order gives; one of them would be a formula in a spreadsheet.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from assessments.enums import AssessmentState, Kept, ResultsShown, ReviewState, RoundDuty, Track
from assessments.models import (
    AnnouncedResult,
    Assessment,
    Clarification,
    Evidence,
    Group,
    Notice,
    Opinion,
    Publication,
    PublishedGroup,
    ReviewRequest,
    Round,
    SetAside,
)
from assessments.transitions import TABLE
from criteria.enums import FrameworkState, Source
from criteria.models import Framework
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import COMMAND_LINE, record
from tests.assessments.bench import files_of
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory, UserFactory
from tests.factories.assessments import GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import DecisionFactory, FrameworkFactory, FrameworkInForceFactory

FORMULA = "=1+1"
# In the order of a Vietnamese list: ă after a, đ after d, 2 before 10.
NAMES = [FORMULA, "An Thi", "Ân Thi", "Đông Hồ", "Phường 2", "Phường 10"]


def name(place: int) -> str:
    """The name of a row: the telling ones first, then as many as are wanted."""
    return NAMES[place] if place < len(NAMES) else f"Xã {place:03}"


@dataclass
class World:
    """What the lists are about, and who looks at them."""

    size: int
    organiser: Organiser
    framework: Framework
    round: Round
    group: Group
    file: Assessment
    people: dict[str, User]

    def client(self, person: str) -> Client:
        """The browser of a person; "visitor" is nobody."""
        client = Client()
        if person != "visitor":
            client.force_login(self.people[person])
        return client


def build(size: int) -> World:
    """Everything, `size` times."""
    organiser = OrganiserFactory(name="Ủy ban nhân dân tỉnh Lai Châu", parent_name="Chính phủ")
    kind, other_kind = UnitTypeFactory(code="xa"), UnitTypeFactory(code="so", name="Sở")
    leaves = {f"1.{place:03}": str(place % 4 + 1) for place in range(1, size + 1)}
    rows = {**leaves, "2.1": {"max_points": "4", "source": Source.SURVEY}}
    framework = FrameworkInForceFactory(
        decision=DecisionFactory(issuer=organiser, number="1/QĐ"), unit_type=kind, rows=rows
    )
    round = RoundFactory(
        code="dot", organiser=organiser, title="Chỉ số cải cách hành chính", year=2026, **_dates()
    )
    units = UnitFactory.create_batch(size, organiser=organiser, unit_type=kind)
    today = timezone.localdate()
    for place, unit in enumerate(units):
        unit.code, unit.name = f"u{place:03}", name(place)
        unit.unit_type = other_kind if place == 1 else kind
        unit.valid_from = today - dt.timedelta(days=900 + place % 3)
        unit.save()
    group = GroupFactory(round=round, code="xa", name="Các xã", framework=framework, units=units)
    Group.objects.update(results_shown=ResultsShown.CONCLUSION)
    world = World(size, organiser, framework, round, group, files_of(group)[0], {})
    for fill in (_people, _words, _asked, _log, _kept, _other_rounds, _frameworks, _organisers, _ended):
        fill(world)
    return world


def _dates() -> dict[str, dt.date]:
    names = ("self_scoring_until", "appraisal_until", "review_until")
    return {name: timezone.localdate() + dt.timedelta(days=20) for name in names}


def _ago(place: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=place + 1)


def _people(world: World) -> None:
    """Somebody with every role of the organiser, a unit's officer, the superuser; and many who do nothing."""
    staff = UserFactory(username="noi-vu", full_name="Vàng Thị Mai", home=world.organiser)
    for role in (Role.PUBLISHER, Role.FRAMEWORK_MANAGER, Role.ADMINISTRATOR):
        Membership.objects.create(user=staff, role=role, organiser=world.organiser)
    RoundRoleFactory(round=world.round, user=staff, role=RoundDuty.COUNCIL_SECRETARY)
    officer = UserFactory(username="can-bo", full_name="Lò Thị Hạnh", home=world.organiser)
    Membership.objects.create(user=officer, role=Role.UNIT_OFFICER, unit=world.file.unit)
    neighbour = UserFactory(username="ban-ben", full_name="Mào Văn Páo", home=world.organiser)
    units = [file.unit for file in files_of(world.group)]
    Membership.objects.create(user=neighbour, role=Role.UNIT_OFFICER, unit=units[1])
    world.people = {
        "staff": staff,
        "officer": officer,
        "neighbour": neighbour,
        "superuser": UserFactory(username="goc", full_name="Quản trị", is_superuser=True),
    }
    for place in range(world.size):
        user = UserFactory(username=f"nguoi-{place:03}", full_name=name(place), home=world.organiser)
        Membership.objects.create(user=user, role=Role.UNIT_HEAD, unit=units[place])
        if place % 2:
            User.objects.filter(pk=user.pk).update(last_login=_ago(place))
        RoundRoleFactory(
            round=world.round,
            user=user,
            group=world.group if place % 2 else None,
            valid_to=timezone.localdate() + dt.timedelta(days=place) if place % 3 else None,
        )


def _words(world: World) -> None:
    """Self-scores, some proposals and conclusions, opinions that differ, survey points, announced results."""
    files, size = files_of(world.group), world.size
    codes = [f"1.{place:03}" for place in range(1, size + 1)]
    score(files[0], dict.fromkeys(codes, "1"), track=Track.SELF)
    score(files[0], {code: f"0.{place % 9}" for place, code in enumerate(codes)})
    leaf, second = (world.framework.criteria.get(code=code) for code in codes[:2])
    opinions = []
    for place, file in enumerate(files):
        points = f"0.{place + 100}"
        if place:
            score(file, {codes[0]: points}, track=Track.SELF)
        if place % 3 == 1:
            score(file, {codes[0]: points, codes[1]: "0.25"})
        if place % 3 == 2:
            score(file, {codes[0]: points}, track=Track.PROPOSAL)
        score(file, {"2.1": f"1.{place + 100}"})
        file.state, file.submitted_at = AssessmentState.IN_APPRAISAL, _ago(place)
        file.self_scoring_until = timezone.localdate() + dt.timedelta(days=20 + place) if place % 2 else None
        file.save()
        opinions.append((file, leaf if place % 2 else second))
    files[0].state = AssessmentState.CONCLUDED
    files[0].save()
    member = world.people["staff"]
    Opinion.objects.bulk_create(
        Opinion(
            assessment=file,
            criterion=of,
            member=member,
            member_name=str(member),
            points="0.99",
            at=_ago(0),
            reason="Thiếu",
        )
        for file, of in opinions
    )
    AnnouncedResult.objects.bulk_create(
        AnnouncedResult(assessment=file, obtained=f"{place + 1}", note="Theo báo cáo")
        for place, file in enumerate(files)
    )


def _asked(world: World) -> None:
    """Questions to one unit, its own requests for review, and one request of each unit in the queue."""
    files = files_of(world.group)
    leaves = list(world.framework.criteria.filter(is_leaf=True, source=Source.SELF).order_by("position"))
    today, states = timezone.localdate(), ("asked", "closed", "answered")
    Clarification.objects.bulk_create(
        Clarification(
            assessment=files[0],
            criterion=leaf,
            state=states[place % 3],
            question=f"{name(place)} hỏi",
            asked_by="Thư ký",
            asked_at=_ago(place),
            until=today + dt.timedelta(days=place),
            **({"answer": "Đã gửi", "answered_by": "Hạnh", "answered_at": _ago(0)} if place % 3 == 2 else {}),
        )
        for place, leaf in enumerate(leaves)
    )
    Clarification.objects.create(
        assessment=files[1],
        criterion=leaves[0],
        question="Hỏi lại",
        asked_by="Thư ký",
        asked_at=_ago(0),
        until=today,
    )
    own = [(files[0], leaf) for leaf in leaves]
    others = [(file, leaves[place]) for place, file in enumerate(files) if place]
    ReviewRequest.objects.bulk_create(
        ReviewRequest(
            assessment=file,
            criterion=leaf,
            contested="0.5",
            request=f"{name(place)} đề nghị",
            written_by="Hạnh",
            written_at=_ago(place),
            **_review_state(place),
        )
        for place, (file, leaf) in enumerate([*own, *others])
    )


def _review_state(place: int) -> dict[str, Any]:
    sent = {"sent_by": "Páo", "sent_at": _ago(place)}
    answered = {"answer": "Đã xem lại", "answered_by": "Hà", "answered_at": _ago(place)}
    return [
        {"state": ReviewState.SENT, **sent},
        {"state": ReviewState.KEPT, **sent, **answered},
        {"state": ReviewState.CHANGED, **sent, **answered, "became": "0.75"},
    ][place % 3]


def _log(world: World) -> None:
    """Moves of one file, and what was done with a framework."""
    for place in range(world.size):
        for thing in (world.file, world.framework):
            record(
                by=COMMAND_LINE,
                verb=TABLE[0].audit,
                on=thing,
                after={"state": "in_appraisal"},
                reason=f"{name(place)}, lý do",
            )


def _kept(world: World) -> None:
    """Notices, pieces of evidence, and what a move set aside."""
    files, officer = files_of(world.group), world.people["officer"]
    leaves = list(world.framework.criteria.filter(is_leaf=True).order_by("position"))
    Notice.objects.bulk_create(
        Notice(user=officer, round=world.round, text=f"{name(place)}: tin", address="/viec/", at=_ago(place))
        for place in range(world.size)
    )
    Evidence.objects.bulk_create(
        Evidence(
            unit=world.file.unit,
            title=name(place),
            number=f"{place}/KH",
            issued=timezone.localdate() - dt.timedelta(days=place),
            added_by="Hạnh",
            added_at=_ago(place),
        )
        for place in range(world.size)
    )
    piece = world.file.unit.evidence.get(title=FORMULA)
    piece.uses.create(assessment=world.file, criterion=leaves[0], added_by="Hạnh", added_at=_ago(0))
    SetAside.objects.bulk_create(
        SetAside(
            assessment=file,
            criterion=leaves[-1 - place % 2],
            kind=Kept.SELF,
            content={"points": "1"},
            why="Không có mục nối tiếp",
            moved_by="Mai",
            moved_at=_ago(place),
        )
        for place, file in enumerate(files)
    )


def _other_rounds(world: World) -> None:
    """Rounds of earlier years, each published with one group."""
    for place in range(world.size):
        round = RoundFactory(
            organiser=world.organiser if place % 2 else OrganiserFactory(),
            code=f"cu-{place:03}",
            title=name(place),
            year=2000 + place % 20,
        )
        publication = Publication.objects.create(
            round=round,
            decision_number=f"{place:03}/QĐ-CB",
            signed=timezone.localdate(),
            signer="Chủ tịch",
            published_at=_ago(place),
            published_by="Mai",
            manifest={},
            digest="0" * 64,
        )
        group = Group.objects.create(
            round=round, code="xa", name="Các xã", position=1, framework=world.framework
        )
        PublishedGroup.objects.create(
            publication=publication,
            group=group,
            code="xa",
            name="Các xã",
            position=1,
            units_count=3,
            mean_index=None,
            is_illustrative=False,
            header={},
        )


def _frameworks(world: World) -> None:
    """A draft of each of many decisions."""
    for place in range(world.size):
        decision = DecisionFactory(
            issuer=world.organiser,
            number=f"{place:03}/QĐ-BTC",
            issued=dt.date(2010 + place % 12, 1, 1 + place % 28),
        )
        FrameworkFactory(
            decision=decision,
            unit_type=world.framework.unit_type,
            title=name(place),
            state=FrameworkState.DRAFT,
        )


def _organisers(world: World) -> None:
    for place in range(world.size):
        OrganiserFactory(name=name(place), parent_name=name(world.size - place))


def _ended(world: World) -> None:
    """Units of which some have ended."""
    for place, file in enumerate(files_of(world.group)[1:]):
        ends = timezone.localdate() + dt.timedelta(days=place % 3 - 1)
        Unit.objects.filter(pk=file.unit_id).update(valid_to=ends if place % 2 else None)


ARGUMENTS: dict[str, Callable[[World], Any]] = {
    "round_code": lambda world: world.round.code,
    "group_code": lambda world: world.group.code,
    "unit_code": lambda world: world.file.unit_code,
    "content_code": lambda world: "1",
    "leaf_code": lambda world: "1.001",
    "unit_id": lambda world: world.file.unit_id,
    "evidence_id": lambda world: world.file.unit.evidence.earliest("pk").pk,
    "organiser_id": lambda world: world.organiser.pk,
    "user_id": lambda world: world.people["officer"].pk,
    "framework_id": lambda world: world.framework.pk,
    "criterion_id": lambda world: world.framework.criteria.get(code="1.001").pk,
    "review_id": lambda world: ReviewRequest.objects.filter(state=ReviewState.SENT).earliest("pk").pk,
    "role_id": lambda world: world.round.roles.earliest("pk").pk,
    "verb_code": lambda world: "tiep-nhan",
    "kind": lambda world: "csv",
}
