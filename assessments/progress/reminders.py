"""Reminding units that have not submitted, and entering for one from its signed paper."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, Group
from assessments.notifications import notify
from assessments.permissions import NOT_SUBMITTED, Person
from assessments.permissions.acting import acting_over, only_for
from assessments.permissions.files import PAPER_TAKEN, check_take_paper
from assessments.progress.lists import files_to_list
from assessments.progress.seen import seen_files
from assessments.states import self_scoring_deadline
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User
from parindex.audit.events import Change, record, record_each
from parindex.audit.models import Event

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
        notify(people[file.unit_id], _reminder(file), address=_own(file), round=group.round)
    state = [{"state": str(file.state)} for file in reached]
    changes = [Change(file, same, same) for file, same in zip(reached, state, strict=True)]
    record_each(changes, verb=REMINDED, by=by.actor)
    nobody = tuple(file.unit_name for file in waiting if not people[file.unit_id])
    return Reminded(tuple(reached), len(done), nobody)


def _own(file: Assessment) -> str:
    return reverse("assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code])


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
    """Put on record the signed paper from which the organiser enters a unit's points; it is told.

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
    paper = f"bản giấy số {number.strip()} ngày {signed:%d/%m/%Y}"
    round = file.group.round
    told = f"{round.organiser} nhận {paper} và nhập thay hồ sơ tự chấm của {file.unit_name}, {round}."
    notify(_people_of([file])[file.unit_id], told, address=_own(file), round=round)
    reason = f"Nhập thay theo {paper}"
    return record(by=by.actor, verb=PAPER_TAKEN, on=file, before=state, after=state, reason=reason)
