"""How far the units of a round are: who may see it, the list of a group's files, one file and its history."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty, Track
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Group, Round, RoundRole, Score, Substitute
from assessments.notifications import notify
from assessments.permissions import NOT_SUBMITTED, Person, can_see_provisional
from assessments.permissions.acting import acting_over, only_for
from assessments.permissions.files import PAPER_TAKEN, check_take_paper
from assessments.scorecard import counts_in
from assessments.states import self_scoring_deadline
from assessments.transitions import TABLE
from criteria.enums import NOT_SELF_SCORED
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User
from parindex.audit.events import Change, record, record_each
from parindex.audit.models import Event
from parindex.sorting import sort_key

# Members and lead agencies appraise what is theirs; these two see to it that the round gets on.
RUNS_COUNCIL = (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR)


def _council_duties(round: Round) -> QuerySet[RoundRole]:
    return RoundRole.objects.on(timezone.localdate()).filter(round=round, role__in=RUNS_COUNCIL)


def can_see_progress(user: Person, round: Round) -> bool:
    """Whether the person may see how far the units of a round are."""
    if not isinstance(user, User):
        return False
    duties = _council_duties(round).filter(Q(user=user) | Q(substitutes__user=user))
    return can_see_provisional(user, round) or duties.exists()


def check_see_progress(user: Person, round: Round) -> None:
    """Raise NotPermitted unless the person may see how far the units of a round are."""
    if not can_see_progress(user, round):
        raise NotPermitted(
            "Tiến độ hồ sơ chỉ dành cho cơ quan tổ chức đánh giá, cơ quan kiểm tra, giám sát, "
            "Chủ tịch và Thư ký Hội đồng thẩm định của đợt này, hoặc người thay họ."
        )


def seen_files(user: Person, round: Round) -> Q:
    """Which files of a round the person follows: whole groups, or the units in which they stand in."""
    if not isinstance(user, User):
        return Q(pk=None)
    return Q() if can_see_provisional(user, round) else council_files(user, round)


def council_files(user: User, round: Round) -> Q:
    """Which files the person follows as chair or secretary of the council, or in the place of one."""
    reaching = _council_duties(round).filter(Q(group=None) | Q(group=OuterRef("group")))
    stands_in = reaching.filter(substitutes__user=user, substitutes__unit=OuterRef("unit"))
    return Q(Exists(reaching.filter(user=user))) | Q(Exists(stands_in))


def seen_groups(round: Round, *, seen: Q) -> QuerySet[Group]:
    """The groups with files that a person follows (`seen_files`); who follows all, also those without any."""
    groups = round.groups.filter(framework__isnull=False).order_by("position")
    return groups.filter(Exists(Assessment.objects.filter(seen, group=OuterRef("pk")))) if seen else groups


# -- the list of a group


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files of a group stand where."""

    by_state: dict[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All files."""
        return sum(self.by_state.values())

    @property
    def not_submitted(self) -> int:
        """Files that are still with their units."""
        return sum(self.by_state.get(state, 0) for state in NOT_SUBMITTED)


def _overdue(day: dt.date) -> Q:
    return Q(deadline__lt=day, state__in=NOT_SUBMITTED)


def _files(group: Group, seen: Q) -> QuerySet[Assessment]:
    """The files of a group that a person sees, each with the last day that holds for it."""
    return group.assessments.filter(seen).annotate(
        deadline=Coalesce("self_scoring_until", "group__round__self_scoring_until")
    )


def counts_of(group: Group, *, seen: Q) -> Counts:
    """How many files that a person sees stand in each state, and how many are late; in one query."""
    late = Count("pk", filter=_overdue(timezone.localdate()))
    rows = _files(group, seen).values("state").annotate(files=Count("pk"), late=late).order_by()
    found = list(rows.values_list("state", "files", "late"))
    return Counts({state: files for state, files, _ in found}, sum(late for _, _, late in found))


# By which fields a list may stand; files without a deadline or not yet submitted come last.
ORDERS: Mapping[str, Sequence[str]] = {
    "ten": ("unit_sort_key", "pk"),
    "nop": ("submitted_at", "unit_sort_key", "pk"),
    "han": ("deadline", "unit_sort_key", "pk"),
    "da-nhap": ("entered", "unit_sort_key", "pk"),
}


def files_to_list(
    group: Group,
    *,
    seen: Q,
    state: AssessmentState | None = None,
    overdue: bool = False,
    named: str = "",
) -> QuerySet[Assessment]:
    """The files of a group that a person sees: all, in one state, late, or with these words in the name.

    They stand by name; `deadline` and `entered`, the leaves that the unit has scored, are there to order by.
    """
    files = _files(group, seen).alias(entered=_entered()).select_related("group__round")
    files = files.filter(unit_named(named)).order_by("unit_sort_key", "pk")
    if state is not None:
        files = files.filter(state=state)
    return files.filter(_overdue(timezone.localdate())) if overdue else files


def unit_named(words: str, path: str = "") -> Q:
    """Rows whose unit's frozen name holds every word; `path` leads to the file."""
    found = Q()
    for word in words.split():
        # The key knows capitals with their signs, which SQLite does not.
        letters = sort_key(word).partition("000")[0]
        found &= Q((f"{path}unit_name__icontains", word)) | Q((f"{path}unit_sort_key__contains", letters))
    return found


def _entered() -> Coalesce:
    own = Score.objects.filter(Score.ENTERED, assessment=OuterRef("pk"), track=Track.SELF)
    counted = own.exclude(criterion__source__in=NOT_SELF_SCORED).order_by().values("assessment")
    return Coalesce(Subquery(counted.annotate(leaves=Count("pk")).values("leaves")), 0)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: its deadline and how many of the unit's own leaves have been entered."""

    file: Assessment
    entered: int
    total: int

    @property
    def until(self) -> dt.date | None:
        """The last day of self-scoring, the unit's own or the round's."""
        return self_scoring_deadline(self.file)

    @property
    def is_with_unit(self) -> bool:
        """Whether the unit has not submitted yet."""
        return self.file.state in NOT_SUBMITTED

    @property
    def days_left(self) -> int | None:
        """Days to the last one; below nought where it has passed, None where there is none to wait for."""
        until = self.until
        return (until - timezone.localdate()).days if until and self.is_with_unit else None

    @property
    def days_over(self) -> int:
        """By how many days an unsubmitted file is late."""
        return max(-(self.days_left or 0), 0)

    @property
    def percent(self) -> Decimal:
        """What has been entered, for a bar."""
        return Decimal(self.entered * 100) / self.total if self.total else Decimal(0)


def lines_of(group: Group, files: Sequence[Assessment]) -> list[FileLine]:
    """Files of one group with what has been entered of them; in two queries."""
    leaves = group.used_framework.criteria.filter(is_leaf=True).exclude(source__in=NOT_SELF_SCORED)
    total = sum(counts_in(leaf, group) for leaf in leaves.only("source", "framework_id"))
    entered = dict(
        Score.objects.filter(Score.ENTERED, assessment__in=files, track=Track.SELF)
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .values_list("assessment")
        .annotate(Count("pk"))
        .order_by()
    )
    return [FileLine(file, entered.get(file.pk, 0), total) for file in files]


# -- reminding units, entering for them

REMINDED = "nhắc nộp hồ sơ"
REMINDS = (Role.PUBLISHER, RoundDuty.COUNCIL_SECRETARY)


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a reminder reached: files, those reminded today already, and units where nobody has an account."""

    files: tuple[Assessment, ...]
    already: int
    nobody: tuple[str, ...]


def can_remind(user: Person, group: Group) -> bool:
    """Whether the person may remind the units of a group that they follow."""
    acting = acting_over(user, group.pk)
    roles = acting.over_all.roles.union(*(lent.roles for lent in acting.standing_in.values()))
    return bool(roles.intersection(REMINDS))


@transaction.atomic
def remind(group: Group, *, by: User, unit_code: str = "") -> Reminded:
    """Tell the people of every unit that has not submitted, or of one, until when they have; once a day each.

    Who stands in reaches their one unit. Raises NotPermitted for the wrong person or the wrong acting role,
    WrongState where nobody is to remind.
    """
    acting = acting_over(by, group.pk)
    if not can_remind(by, group):
        raise NotPermitted(f"{only_for(REMINDS)} mới nhắc các đơn vị nộp hồ sơ được.")
    seen = seen_files(by, group.round)
    files = list(
        files_to_list(group, seen=seen).filter(state__in=NOT_SUBMITTED).select_for_update(of=("self",))
    )
    if unit_code:
        files = [file for file in files if file.unit_code == unit_code]
    if not files:
        raise WrongState("Không còn đơn vị nào chưa nộp hồ sơ để nhắc.")
    for file in files:
        acting.of(file.unit_id).require(REMINDS)
    done = _reminded_today(files)
    waiting = [file for file in files if file.pk not in done]
    people = _people_of(waiting)
    reached = [file for file in waiting if people[file.unit_id]]
    for file in reached:
        address = reverse("assessments:own_file", args=[group.round.code, group.code, file.unit_code])
        notify(people[file.unit_id], _reminder(file), address=address, round=group.round)
    state = [{"state": str(file.state)} for file in reached]
    changes = [Change(file, same, same) for file, same in zip(reached, state, strict=True)]
    record_each(changes, verb=REMINDED, by=by.actor)
    nobody = tuple(file.unit_name for file in waiting if not people[file.unit_id])
    return Reminded(tuple(reached), len(done), nobody)


def _reminder(file: Assessment) -> str:
    until = self_scoring_deadline(file)
    text = f"{file.unit_name} chưa nộp hồ sơ {file.group.round.title}."
    if until is None:
        return text
    passed = until < timezone.localdate()
    return f"{text} Hạn tự chấm {'đã hết từ cuối ngày' if passed else 'đến hết ngày'} {until:%d/%m/%Y}."


def _reminded_today(files: Sequence[Assessment]) -> set[int]:
    """Which files were reminded on this day, in Vietnam's time."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Event.objects.filter(
        object_type=Assessment._meta.label_lower,
        verb=REMINDED,
        at__gte=start,
        object_id__in=[file.pk for file in files],
    )
    return set(found.values_list("object_id", flat=True))


def _people_of(files: Sequence[Assessment]) -> dict[int, list[User]]:
    held = Membership.objects.on(timezone.localdate()).filter(
        unit__in=[file.unit_id for file in files], role__in=UNIT_ROLES, user__is_active=True
    )
    people: dict[int, list[User]] = defaultdict(list)
    for membership in held.select_related("user").order_by("pk"):
        people[membership.unit_id or 0].append(membership.user)
    return people


@transaction.atomic
def take_paper(file: Assessment, *, number: str, signed: dt.date, by: User) -> Event:
    """Put on record the signed paper from which the organiser enters a unit's own points.

    Raises NotPermitted, WrongState for a file that is not being self-scored, AssessmentError for a paper
    without a number or of a day to come.
    """
    Assessment.objects.select_for_update().get(pk=file.pk)
    check_take_paper(by, file)
    if not number.strip():
        raise AssessmentError("Ghi số của bản giấy đã ký.")
    if signed > timezone.localdate():
        raise AssessmentError(f"Ngày ký {signed:%d/%m/%Y} chưa đến.")
    state = {"state": str(file.state)}
    reason = f"Nhập thay theo bản giấy số {number.strip()} ngày {signed:%d/%m/%Y}"
    return record(by=by.actor, verb=PAPER_TAKEN, on=file, before=state, after=state, reason=reason)


# -- one file


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose turn it is, and the names of the people where they are known."""

    role: str
    names: tuple[str, ...] = ()


def holder_of(file: Assessment) -> Holder:
    """Who has to do the next thing with a file."""
    day = timezone.localdate()
    if file.state in NOT_SUBMITTED:
        role = Role.UNIT_OFFICER if file.state == AssessmentState.DRAFT else Role.UNIT_HEAD
        held = Membership.objects.on(day).filter(unit=file.unit_id, role=role).select_related("user")
        return Holder(str(role.label), tuple(str(one.user) for one in held.order_by("pk")))
    names = tuple(f"thư ký {name}" for name in _secretaries_of(file, day))
    if file.state == AssessmentState.SUBMITTED:
        return Holder("Chờ cơ quan chủ trì hoặc Thư ký Hội đồng thẩm định tiếp nhận", names)
    if file.state == AssessmentState.IN_APPRAISAL:
        return Holder("Hội đồng thẩm định", names)
    return Holder("Đã xong thẩm định, không chờ ai")


def _secretaries_of(file: Assessment, day: dt.date) -> Iterator[str]:
    """The secretaries who deal with a file; in the place of its unit's own people, who stands in."""
    duties = RoundRole.objects.on(day).over(file.group_id).filter(role=RoundDuty.COUNCIL_SECRETARY)
    recused = Membership.objects.on(day).filter(unit=file.unit_id, role__in=UNIT_ROLES).values("user")
    for duty in duties.exclude(user__in=recused).select_related("user").order_by("pk"):
        yield str(duty.user)
    named = Substitute.objects.filter(unit=file.unit_id, role__in=duties).select_related("user", "role__user")
    for one in named.order_by("pk"):
        yield f"{one.user} (thay {one.role.user})"


def events_of(file: Assessment, *, with_scores: bool = True) -> QuerySet[Event]:
    """What has happened to a file, newest first: all, or its moves alone."""
    events = Event.objects.filter(object_type=file._meta.label_lower, object_id=file.pk).order_by("-pk")
    return events if with_scores else events.filter(after__has_key="state")


def last_move(file: Assessment) -> Event | None:
    """What brought the file into the state in which it is."""
    verbs = [row.audit for row in TABLE]
    return events_of(file).filter(after__state=file.state, verb__in=verbs).first()


@dataclass(frozen=True, slots=True)
class PastMove:
    """One line of a file's history, with what changed in the words of the pages."""

    event: Event

    @property
    def states(self) -> tuple[str, str] | None:
        """From which state to which; the same twice where only the deadline moved."""
        before, after = self.event.before.get("state"), self.event.after.get("state")
        return (_label(before), _label(after)) if before and after else None

    @property
    def stays(self) -> bool:
        """Whether the file stayed in its state."""
        states = self.states
        return states is not None and states[0] == states[1]

    @property
    def scored(self) -> int:
        """How many leaves were scored, where that is what was done; what they got is not told here."""
        return 0 if self.states else len(self.event.after.keys() - {"facts", "reasons"})

    @property
    def new_deadline(self) -> dt.date | None:
        """The last day that the unit was given."""
        return _day(self.event.after.get("self_scoring_until"))


def _label(state: Any) -> str:
    return str(AssessmentState(state).label) if state in AssessmentState.values else str(state)


def _day(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def history(events: Sequence[Event]) -> Iterator[PastMove]:
    """Events as lines of a history."""
    return (PastMove(event) for event in events)
