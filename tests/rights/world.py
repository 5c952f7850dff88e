"""Two organisers side by side, everybody who may ever ask, and a unit's file in one of its states.

Every word and number that not everybody may read is distinctive, so that a leak is found as text.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from assessments.appraisal import Decision, ask, decide
from assessments.appraisal.reviews import answer, drop, send, write
from assessments.enums import (
    AssessmentState,
    PublicationState,
    ResultsShown,
    ReviewState,
    RoundDuty,
    Track,
    Voice,
)
from assessments.evidence import Leaf, add_files
from assessments.models import (
    Assessment,
    Clarification,
    EvidenceUse,
    Group,
    Notice,
    Preparation,
    Publication,
    ReviewRequest,
    Round,
    RoundRole,
    Score,
    Substitute,
)
from assessments.publication import publish, withdraw
from assessments.publishing import prepare
from assessments.results.rankings import keep_ranking
from assessments.workflow import GroupSettings, conclude
from criteria.enums import FrameworkState
from criteria.models import Criterion, Framework, Problem
from parindex.accounts.acting import SESSION_KEY, key_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import COMMAND_LINE, record
from tests.assessments.evidence_files import read
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory
from tests.factories.assessments import GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import DecisionFactory, FrameworkFactory, FrameworkInForceFactory, grow
from tests.rights.cast import (
    ACTS_AS,
    APPRAISAL,
    APPRAISED,
    CLOSED,
    CONCLUDED,
    DRAFT,
    DUTIES,
    FOREIGN,
    LATE,
    REVIEW,
    ROLES,
    SUBMITTED,
    SUPERSEDED,
    WITHDRAWN,
)

FILE_STATES = {
    DRAFT: AssessmentState.DRAFT,
    LATE: AssessmentState.DRAFT,
    REVIEW: AssessmentState.UNIT_REVIEW,
    SUBMITTED: AssessmentState.SUBMITTED,
    APPRAISAL: AssessmentState.IN_APPRAISAL,
}
SOON, PAST = dt.timedelta(days=5), dt.timedelta(days=3)
SURVEYED = "2.2"
# What the council concludes of leaves about which units then ask: less than the 2, 3 and 6 that they claim.
LOWERED = {"1.1.2": "1", "1.2": "2", "2.1": "5"}
# Who has nothing to do with a round before it is published.
OUTSIDERS = ("stranger", "superuser", "manager", "administrator")


@dataclass
class Side:
    """One organiser with its round, its units, its files and what was said of them."""

    tag: str
    organiser: Organiser
    round: Round
    groups: list[Group]
    units: list[Unit]
    retired: Framework
    draft: Framework
    problem: Problem
    people: dict[str, User] = field(default_factory=dict)
    uses: dict[str, EvidenceUse] = field(default_factory=dict)

    def file(self, place: int = 0) -> Assessment:
        return Assessment.objects.select_related("group__round", "group__framework", "unit").get(
            unit=self.units[place]
        )

    def leaf(self, code: str, place: int = 0) -> Criterion:
        return self.file(place).group.used_framework.criteria.select_related("content").get(code=code)


@dataclass
class World:
    """Both sides in one state, and the signed-in clients of everybody; "visitor" is nobody."""

    state: str
    side: Side
    other: Side
    clients: dict[str, Client]
    users: dict[str, User]
    duties: dict[str, RoundRole]


def secret(tag: str, what: str) -> str:
    """A text of its own that shows where it comes from; safe in HTML, JSON, sheets and PDF."""
    return f"Kin-{tag}-{what}"


def amount(tag: str, place: int, what: int) -> Decimal:
    """Points below 2 that no sum or share comes to by chance."""
    return Decimal(f"1.{'127' if tag == 'A' else '251'}{place + 1}{what}9")


def build(state: str) -> World:
    """Everything, with the files of the first organiser in this state; the other's are in appraisal."""
    side, other = _side("A"), _side("B")
    duties = _people(side)
    _people(other)
    _say_everything(side, state)
    _say_everything(other, APPRAISAL)
    _finish(side, state)
    users = side.people | {f"foreign_{name}": other.people[name] for name in FOREIGN}
    clients = {"visitor": Client()} | {
        name: _client(user, ACTS_AS.get(name), side) for name, user in users.items()
    }
    return World(state, side, other, clients, users, duties)


# -- what there is


def _side(tag: str) -> Side:
    organiser = OrganiserFactory(name=f"Ủy ban nhân dân tỉnh {tag}")
    kind = UnitTypeFactory(code=f"xa-{tag.lower()}", name=f"Cấp xã {tag}")
    decision = DecisionFactory(number=f"{tag}1/QĐ-UBND", issuer=organiser)
    framework = FrameworkInForceFactory(decision=decision, unit_type=kind, title=f"Bộ tiêu chí {tag}")
    old = DecisionFactory(number=f"{tag}0/QĐ-UBND", issuer=organiser)
    retired = FrameworkInForceFactory(decision=old, unit_type=kind, title=f"Bộ tiêu chí {tag} cũ")
    Framework.objects.filter(pk=retired.pk).update(state=FrameworkState.RETIRED)
    draft = FrameworkFactory(decision=decision, unit_type=kind, version=2, title=secret(tag, "khung-nhap"))
    grow(draft, {"1.1": "4", "1.2": "6"})
    draft.criteria.filter(code="1.2").update(title=secret(tag, "tieu-chi-nhap"))
    problem = Problem.objects.create(
        framework=draft,
        position=1,
        kind="sum_mismatch",
        severity="error",
        code="1",
        declared=Decimal(9),
        computed=Decimal(10),
        message=secret(tag, "cho-lech"),
    )
    until = timezone.localdate() + SOON
    round = RoundFactory(
        code=f"dot-{tag.lower()}",
        title=secret(tag, "dot"),
        year=timezone.localdate().year,
        organiser=organiser,
        self_scoring_until=until,
        appraisal_until=until + SOON,
        review_until=until + SOON + SOON,
    )
    codes = [f"{tag.lower()}{place}" for place in (1, 2, 3)]
    units = [
        UnitFactory(organiser=organiser, unit_type=kind, code=code, name=f"Đơn vị {code.upper()}")
        for code in codes
    ]
    shown = GroupSettings(results_shown=ResultsShown.CONCLUSION)
    given = {"round": round, "framework": framework, "settings": shown}
    groups = [
        GroupFactory(code="xa", name=f"Các xã {tag}", units=units[:2], **given),
        GroupFactory(code="so", name=f"Các sở {tag}", units=units[2:], **given),
    ]
    return Side(tag, organiser, round, groups, units, retired, draft, problem)


# -- who there is


def _people(side: Side) -> dict[str, RoundRole]:
    for name, roles in ROLES.items():
        user = User.objects.create(
            username=f"{side.tag}-{name}".lower(),
            full_name=secret(side.tag, f"ten-{name}"),
            email=f"kin-{side.tag}-{name}@vidu.vn".lower(),
            home=side.organiser,
            is_superuser=name == "superuser",
            is_staff=name == "superuser",
        )
        side.people[name] = user
        for role, place in roles:
            held = {"unit": side.units[place or 0]} if role in UNIT_ROLES else {"organiser": side.organiser}
            Membership.objects.create(user=user, role=role, **held)
    today = timezone.localdate()
    Membership.objects.create(
        user=side.people["delegate"],
        role=Role.PUBLISHER,
        organiser=side.organiser,
        on_behalf_of=side.people["publisher"],
        valid_from=today,
        valid_to=today + SOON,
    )
    duties = {
        name: RoundRoleFactory(
            round=side.round,
            user=side.people[name],
            role=duty,
            contents=["1"] if duty == RoundDuty.LEAD_AGENCY else [],
        )
        for name, duty in DUTIES.items()
    }
    Substitute.objects.create(
        role=duties["recused"],
        unit=side.units[0],
        user=side.people["substitute"],
        reason=secret(side.tag, "ly-do-thay"),
        named_by="Nội vụ",
        named_at=timezone.now(),
    )
    for name, user in side.people.items():
        Notice.objects.create(
            user=user,
            round=None if name in OUTSIDERS else side.round,
            text=secret(side.tag, f"bao-{name}!"),
            address="/viec/",
            at=timezone.now(),
        )
    return duties


def _client(user: User, role: Role | RoundDuty | None, side: Side) -> Client:
    client = Client()
    client.force_login(user)
    if role is not None:
        place = side.round.pk if isinstance(role, RoundDuty) else side.organiser.pk
        if role in UNIT_ROLES:
            place = side.units[1].pk
        session = SessionStore(client.cookies["sessionid"].value)
        session[SESSION_KEY] = key_of(role, place)
        session.save()
    return client


# -- what was said


def _say_everything(side: Side, state: str) -> None:
    """Scores with explanations and evidence of every unit; in appraisal, what is said of the first two."""
    for place in range(3):
        _score_self(side, place)
    if state == LATE:
        side.round.self_scoring_until = timezone.localdate() - PAST
        side.round.save()
    if state not in APPRAISED:
        for place in range(3):
            _put(side.file(place), FILE_STATES[state])
        return
    for place in range(3):
        _put(side.file(place), AssessmentState.IN_APPRAISAL)
    for place in range(2):
        _appraise(side, place)


def _put(file: Assessment, state: AssessmentState) -> None:
    file.state = state
    early = (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)
    file.submitted_at = None if state in early else timezone.now()
    file.save()


def _score_self(side: Side, place: int) -> None:
    file, tag = side.file(place), f"{side.tag}{place + 1}"
    given = {"1.1.1": str(amount(side.tag, place, 1)), "1.1.2": "2", "1.2": "3", "2.1": "6"}
    score(file, given, track=Track.SELF)
    own = file.scores.filter(track=Track.SELF)
    own.update(reason="Không có văn bản riêng")
    own.filter(criterion__code="1.1.1").update(reason=secret(tag, "giai-trinh"))
    owner = side.people["officer" if place == 0 else "neighbour_officer"]
    unit = side.units[place]
    lent = Membership.objects.get_or_create(user=owner, role=Role.UNIT_OFFICER, unit=unit)
    piece = add_files(
        unit, read(secret(tag, "tai-lieu")), by=owner, leaf=Leaf(file, side.leaf("1.1.1", place))
    )
    if place == 2:
        lent[0].delete()
    side.uses[tag] = EvidenceUse.objects.get(evidence=piece.new[0])
    record(by=owner.actor, verb="tự chấm", on=file, after={"reasons": {"1.1.1": secret(tag, "nhat-ky")}})


def _appraise(side: Side, place: int) -> None:
    """A question, a proposal, opinions and a conclusion about one file, each in words of its own."""
    file, tag = side.file(place), f"{side.tag}{place + 1}"
    concluder = side.people["chair"]
    said = {
        ("lead", Voice.PROPOSAL, "1.1.1"): 2,
        ("member", Voice.OPINION, "1.1.1"): 3,
        ("member2", Voice.OPINION, "1.2"): 4,
        # Less than what the unit gives itself, so that it may ask for a review.
        ("chair", Voice.CONCLUSION, "1.1.1"): 0,
    }
    for (name, voice, code), what in said.items():
        own = Score.objects.get(assessment=file, criterion__code=code, track=Track.SELF)
        before = Score.objects.filter(assessment=file, criterion__code=code, track=voice.value).first()
        version = before.version if before and voice != Voice.OPINION else 0
        points, reason = amount(side.tag, place, what), secret(tag, f"{voice.value}-{name}")
        decision = Decision(voice, version, own.version, False, points, reason=reason)
        decide(file, side.leaf(code, place), decision, by=side.people[name])
    until = timezone.localdate() + SOON
    ask(file, side.leaf("2.1", place), question=secret(tag, "cau-hoi"), until=until, by=concluder)


def _finish(side: Side, state: str) -> None:
    """Conclude, publish, supersede or withdraw; keep a ranking, leave something to confirm and to answer."""
    if state not in CLOSED:
        return
    _conclude(side)
    _end(side, state)
    for place in range(2):
        _ask_for_review(side, place)


def _conclude(side: Side) -> None:
    Clarification.objects.filter(assessment__group__round=side.round).update(
        state="closed", closed_by="Thư ký", closed_at=timezone.now()
    )
    for place in range(3):
        score(side.file(place), {SURVEYED: "3.5"} | (LOWERED if place < 2 else {}))
    for group in side.groups:
        conclude(group, by=COMMAND_LINE)


def _end(side: Side, state: str) -> None:
    publisher = side.people["publisher"]
    keep_ranking(side.groups[0], name=secret(side.tag, "ban-luu"), by=publisher)
    if state == CONCLUDED:
        prepare(
            side.round,
            decision_number=secret(side.tag, "chuan-bi"),
            signed=timezone.localdate(),
            signer="Chủ tịch",
            by=publisher,
        )
        return
    first = _publish(side, "Số 1")
    if state == SUPERSEDED:
        _publish(side, "Số 2", reason="Sửa điểm")
    if state == WITHDRAWN:
        withdraw(first, reason="Sai số liệu", by=COMMAND_LINE)


def _ask_for_review(side: Side, place: int) -> None:
    """A request of one unit in each of its states, and one that was taken back before it was sent."""
    names = ("officer", "head") if place == 0 else ("neighbour_officer", "neighbour_head")
    officer, head = (side.people[name] for name in names)
    file, tag = side.file(place), f"{side.tag}{place + 1}"

    def written(code: str, what: str) -> ReviewRequest:
        return write(file, side.leaf(code, place), text=secret(tag, what), seen=0, by=officer)

    drop(written("1.1.1", "de-nghi-bo"), seen=1, by=head)
    written("1.1.2", "de-nghi-viet")
    send(written("1.2", "de-nghi-gui"), seen=1, by=head)
    answered = send(written("2.1", "de-nghi-xong"), seen=1, by=head)
    answer(answered, reason=secret(tag, "tra-loi"), said=None, by=side.people["chair"])


def _publish(side: Side, number: str, reason: str = "") -> Publication:
    return publish(
        side.round,
        decision_number=number,
        signed=timezone.localdate(),
        signer="Chủ tịch",
        by=COMMAND_LINE,
        reason=reason,
    )


def review_of(side: Side, *states: ReviewState) -> ReviewRequest | None:
    """The first unit's request in one of these states."""
    return side.file().reviews.filter(state__in=states).first()


def preparation_of(side: Side) -> Preparation | None:
    return side.round.preparations.first()


def publication_of(side: Side) -> Publication | None:
    """The publication that holds, else the last one that did."""
    found = side.round.publications.order_by("pk")
    return found.filter(state=PublicationState.CURRENT).first() or found.last()
