"""Delegation (ủy quyền): a person acts in another's role for some days, in the same unit or organiser.

A unit's head hands on their own role, and gives an officer of the unit a substitute. A publisher hands on
their own role to staff of the same organiser. Nobody hands on a role that was delegated to them.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from parindex.accounts.acting import elsewhere
from parindex.accounts.enums import Role
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Membership, User
from parindex.audit.events import record
from parindex.audit.models import Event
from parindex.notation import vietnamese_date

# Roles that their holders may delegate.
OWN_TO_GIVE = (Role.UNIT_HEAD, Role.PUBLISHER)
BEGIN, END = "ủy quyền vai trò", "kết thúc ủy quyền"


class Teller(Protocol):
    """How an app above tells people: whom, what, and the page about it."""

    def __call__(self, users: Iterable[User], text: str, *, address: str) -> object: ...


tellers: list[Teller] = []


# -- who may


def delegable(user: User, *, now: dt.datetime | None = None) -> QuerySet[Membership]:
    """The roles that the person may delegate: their own, and those of the officers of a unit they head."""
    own = Membership.objects.on(timezone.localdate(now)).filter(on_behalf_of=None)
    headed = own.filter(user=user, role=Role.UNIT_HEAD).values("unit")
    return (
        own.filter(Q(user=user, role__in=OWN_TO_GIVE) | Q(role=Role.UNIT_OFFICER, unit__in=headed))
        .select_related("user", "unit", "organiser")
        .order_by("unit__sort_key", "organiser__name", "role", "user__full_name", "pk")
    )


def may_delegate(user: User) -> bool:
    """Whether there is a role that the person may delegate."""
    return delegable(user).exists()


def check_delegate(user: User, held: Membership, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted unless the person may delegate this role now."""
    if held.on_behalf_of_id is not None:
        raise NotPermitted("Vai trò được ủy quyền không ủy quyền tiếp được.")
    if not delegable(user, now=now).filter(pk=held.pk).exists():
        raise NotPermitted(
            "Chỉ lãnh đạo đơn vị ủy quyền vai trò của mình, cử người làm thay cán bộ trong đơn vị; "
            "người của cơ quan chủ trì, công bố ủy quyền vai trò của mình."
        )
    decides = Role.UNIT_HEAD if held.unit_id else Role.PUBLISHER
    switch = elsewhere(user, [decides], held.unit_id or held.organiser_id)
    if switch:
        raise NotPermitted(switch)


def people_beside(held: QuerySet[Membership], *, now: dt.datetime | None = None) -> QuerySet[User]:
    """The people who belong, in their own right, to the units and organisers of these roles."""
    beside = Membership.objects.on(timezone.localdate(now)).filter(
        Q(unit__in=held.values("unit")) | Q(organiser__in=held.values("organiser")), on_behalf_of=None
    )
    return User.objects.filter(pk__in=beside.values("user"), is_active=True).order_by("full_name", "pk")


def headed_units(user: User) -> set[int]:
    """Units that the person heads today in their own right."""
    own = Membership.objects.on(timezone.localdate()).filter(user=user, on_behalf_of=None)
    headed = own.filter(role=Role.UNIT_HEAD, unit__isnull=False)
    return {key for key in headed.values_list("unit_id", flat=True) if key is not None}


def delegations_of(user: User, headed: set[int]) -> QuerySet[Membership]:
    """Delegations that the person, who heads these units, decides on or takes part in; the latest first."""
    concerned = Q(user=user) | Q(on_behalf_of=user) | Q(unit__in=headed)
    found = Membership.objects.filter(concerned, on_behalf_of__isnull=False)
    return found.select_related("user", "on_behalf_of", "unit", "organiser").order_by("-valid_to", "-pk")


def events_about(user: User, listed: Collection[Membership] = ()) -> QuerySet[Event]:
    """What was delegated to and by a person, and what became of `listed`; the newest first.

    A delegation taken back on its first day is no row any more, yet somebody may have acted by it.
    """
    keys = [f"{side}__{who}" for side in ("before", "after") for who in ("giver", "taker")]
    concerned = Q(object_id__in=[one.pk for one in listed])
    for key in keys:
        concerned |= Q(**{key: user.pk})
    found = Event.objects.filter(concerned, object_type=Membership._meta.label_lower, verb__in=(BEGIN, END))
    return found.order_by("-pk")


def may_end(user: User, delegation: Membership, headed: set[int]) -> bool:
    """Whether the person, who heads these units, may take a delegated role back."""
    return delegation.on_behalf_of_id == user.pk or delegation.unit_id in headed


# -- verbs


@transaction.atomic
def delegate(
    held: Membership,
    to: User,
    *,
    valid_from: dt.date,
    valid_to: dt.date,
    reason: str,
    by_user: User,
    now: dt.datetime | None = None,
) -> Membership:
    """Let another person of the same place act in a role, from one day to another, both included.

    Raises NotPermitted for the wrong person or role; AccountsError for days or a person that do not fit.
    """
    check_delegate(by_user, held, now=now)
    _check_days(held, valid_from, valid_to, now)
    _check_taker(held, to, valid_from, valid_to, now)
    given = Membership.objects.create(
        user=to,
        role=held.role,
        unit=held.unit,
        organiser=held.organiser,
        valid_from=valid_from,
        valid_to=valid_to,
        on_behalf_of=held.user,
    )
    record(by=by_user.actor, verb=BEGIN, on=given, after=_described(given), reason=reason)
    days = f"từ {vietnamese_date(valid_from)} đến hết {vietnamese_date(valid_to)}"
    _tell(given, by_user, f"{to} được ủy quyền làm thay {held.user}: {_role_of(given)}, {days}.")
    return given


@transaction.atomic
def end_delegation(delegation: Membership, *, by_user: User, now: dt.datetime | None = None) -> None:
    """Take a delegated role back from now on.

    Raises NotPermitted unless the person gave it or heads the unit; AccountsError where it is over.
    """
    if delegation.on_behalf_of_id is None:
        raise AccountsError("Vai trò này không phải vai trò được ủy quyền.")
    today = timezone.localdate(now)
    if delegation.valid_to is None or delegation.valid_to < today:
        raise AccountsError("Ủy quyền này đã kết thúc.")
    if not may_end(by_user, delegation, headed_units(by_user)):
        raise NotPermitted("Chỉ người ủy quyền hoặc lãnh đạo đơn vị kết thúc ủy quyền trước hạn.")
    before = _described(delegation)
    _tell(
        delegation,
        by_user,
        f"Ủy quyền vai trò {_role_of(delegation)} cho {delegation.user} kết thúc từ hôm nay, trước hạn.",
    )
    # The last day that is over; a delegation that has had no whole day leaves its events only.
    last_day = today - dt.timedelta(days=1)
    record(
        by=by_user.actor,
        verb=END,
        on=delegation,
        before=before,
        after=before | {"valid_to": last_day.isoformat()},
    )
    if delegation.valid_from is None or delegation.valid_from > last_day:
        delegation.delete()
        return
    delegation.valid_to = last_day
    delegation.save(update_fields=["valid_to"])


def _check_days(held: Membership, first: dt.date, last: dt.date, now: dt.datetime | None) -> None:
    if first < timezone.localdate(now):
        raise AccountsError("Ngày bắt đầu đã qua. Ủy quyền từ hôm nay hoặc một ngày sau đó.")
    if last < first:
        raise AccountsError("Ngày kết thúc phải từ ngày bắt đầu trở đi.")
    if held.valid_to is not None and last > held.valid_to:
        raise AccountsError(
            f"{held.user} chỉ giữ vai trò này đến hết ngày {vietnamese_date(held.valid_to)}. "
            "Ủy quyền không dài hơn."
        )


def _check_taker(held: Membership, to: User, first: dt.date, last: dt.date, now: dt.datetime | None) -> None:
    beside = people_beside(Membership.objects.filter(pk=held.pk), now=now)
    if to.pk == held.user_id or not beside.filter(pk=to.pk).exists():
        place = held.unit or held.organiser
        raise AccountsError(f"Chỉ ủy quyền cho người khác của {place}.")
    same = Membership.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=last),
        Q(valid_to=None) | Q(valid_to__gte=first),
        user=to,
        role=held.role,
        unit=held.unit_id,
        organiser=held.organiser_id,
    )
    if same.exists():
        label = Role(held.role).label
        raise AccountsError(
            f"{to} đã giữ vai trò {label} trong những ngày này. Chọn người khác hoặc ngày khác."
        )


def _role_of(delegation: Membership) -> str:
    return f"{Role(delegation.role).label}, {delegation.unit or delegation.organiser}"


def _tell(delegation: Membership, by_user: User, text: str) -> None:
    """Tell the two people of a delegation, but for the one who does it."""
    people = {one for one in (delegation.user, delegation.on_behalf_of) if one and one.pk != by_user.pk}
    for tell in tellers:
        tell(people, text, address=reverse("delegations"))


def _described(delegation: Membership) -> dict[str, Any]:
    return {
        "user": str(delegation.user),
        "taker": delegation.user_id,
        "giver": delegation.on_behalf_of_id,
        "role": str(Role(delegation.role).label),
        "where": str(delegation.unit or delegation.organiser),
        "on_behalf_of": str(delegation.on_behalf_of),
        "valid_from": delegation.valid_from and delegation.valid_from.isoformat(),
        "valid_to": delegation.valid_to and delegation.valid_to.isoformat(),
    }
