"""Who does what in a round: council, lead agencies, and substitutes for those who are recused."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group, Round, RoundRole, Substitute
from assessments.notifications import notify
from assessments.permissions.setup import check_name_substitute, check_set_up
from criteria.models import Criterion
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import record


def eligible_people(organiser: Organiser) -> QuerySet[User]:
    """Accounts in use that the organiser administers: its own, and those of its staff and its units."""
    day = timezone.localdate()
    here = Membership.objects.on(day).filter(Q(organiser=organiser) | Q(unit__organiser=organiser))
    held = Q(home=organiser) | Q(pk__in=here.values("user"))
    return User.objects.filter(held, is_active=True).order_by("full_name", "username")


def contents_of(round: Round, group: Group | None) -> dict[str, str]:
    """Codes and titles of the contents that a lead agency may have, of one group or of the whole round.

    Where two frameworks of a round give one code different titles, both stand beside it.
    """
    scope = round.groups.all() if group is None else round.groups.filter(pk=group.pk)
    rows = Criterion.objects.filter(
        framework__in=scope.values("framework"), level=1, is_survey_block=False
    ).order_by("framework_id", "position")
    titles: dict[str, list[str]] = {}
    for code, title in rows.values_list("code", "title"):
        known = titles.setdefault(code, [])
        if title not in known:
            known.append(title)
    return {code: " / ".join(known) for code, known in titles.items()}


# -- roles


@transaction.atomic
def name_role(
    round: Round,
    *,
    user: User,
    role: RoundDuty,
    group: Group | None = None,
    contents: Sequence[str] = (),
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    by_user: User,
) -> RoundRole:
    """Give a person a role in a round, or in one of its groups.

    Raises AssessmentError for a person of another organiser, a role that the person has already, a lead
    agency without contents, contents that no framework here has, and dates in the wrong order.
    """
    check_set_up(by_user, round)
    Round.objects.select_for_update().get(pk=round.pk)
    if not eligible_people(round.organiser).filter(pk=user.pk).exists():
        raise AssessmentError(f"{user} không có tài khoản do {round.organiser} quản lý.")
    if group is not None and group.round_id != round.pk:
        raise AssessmentError("Nhóm đơn vị này thuộc đợt đánh giá khác.")
    if round.roles.filter(user=user, role=role, group=group).exists():
        raise AssessmentError(f"{user} đã có vai trò “{role.label}” ở phạm vi này. Sửa vai trò đang có.")
    _check_dates(valid_from, valid_to)
    named = RoundRole.objects.create(
        round=round,
        group=group,
        user=user,
        role=role,
        contents=_checked_contents(round, group, role, contents),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record(by=by_user.actor, verb="giao vai trò trong đợt đánh giá", on=named, after=role_facts(named))
    text = f"Bạn được giao vai trò “{role.label}” của {round}."
    notify([user], text, address=f"/dot/{round.code}/", round=round)
    return named


@transaction.atomic
def change_role(
    held: RoundRole,
    *,
    contents: Sequence[str],
    valid_from: dt.date | None,
    valid_to: dt.date | None,
    by_user: User,
) -> RoundRole:
    """Change the contents and dates of a role. Raises AssessmentError as `name_role` does."""
    check_set_up(by_user, held.round)
    held = (
        RoundRole.objects.select_for_update(of=("self",))
        .select_related("round", "group", "user")
        .get(pk=held.pk)
    )
    _check_dates(valid_from, valid_to)
    before = role_facts(held)
    held.contents = _checked_contents(held.round, held.group, RoundDuty(held.role), contents)
    held.valid_from, held.valid_to = valid_from, valid_to
    held.save(update_fields=["contents", "valid_from", "valid_to"])
    after = role_facts(held)
    if after != before:
        record(by=by_user.actor, verb="sửa vai trò trong đợt đánh giá", on=held, before=before, after=after)
    return held


def role_facts(held: RoundRole) -> dict[str, Any]:
    """A role as an event tells it."""
    days = {name: getattr(held, name) for name in ("valid_from", "valid_to")}
    return {
        "role": held.role,
        "group": held.group.code if held.group else None,
        "contents": list(held.contents),
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _check_dates(valid_from: dt.date | None, valid_to: dt.date | None) -> None:
    if valid_from and valid_to and valid_to < valid_from:
        raise AssessmentError(
            f"Vai trò hết ngày {valid_to:%d/%m/%Y}, trước ngày bắt đầu {valid_from:%d/%m/%Y}."
        )


def _checked_contents(
    round: Round, group: Group | None, role: RoundDuty, contents: Sequence[str]
) -> list[str]:
    """The contents of a lead agency in the order of the framework; nobody else has any."""
    if role != RoundDuty.LEAD_AGENCY:
        return []
    known = contents_of(round, group)
    if unknown := [code for code in contents if code not in known]:
        raise AssessmentError(f"Bộ tiêu chí không có nội dung {', '.join(unknown)}.")
    if not contents:
        raise AssessmentError("Cơ quan chủ trì phải có ít nhất một nội dung. Đánh dấu nội dung được giao.")
    return [code for code in known if code in contents]


# -- substitutes


@dataclass(frozen=True, slots=True)
class Recusal:
    """A person with a role who belongs to a unit of the round, and who stands in there, if anybody."""

    role: RoundRole
    unit: Unit
    substitute: Substitute | None


def recusals(round: Round, *, day: dt.date | None = None) -> list[Recusal]:
    """Every pair of a role that holds (or is still to come) and a unit to which its holder belongs.

    In order of the units' names, in four queries.
    """
    day = day or timezone.localdate()
    roles = list(round.roles.exclude(valid_to__lt=day).select_related("user", "group").order_by("role", "pk"))
    own: dict[int, set[int]] = {}
    memberships = Membership.objects.on(day).filter(
        user__in={role.user_id for role in roles}, unit__isnull=False
    )
    for user, unit in memberships.values_list("user_id", "unit_id"):
        own.setdefault(user, set()).add(unit)
    files = Assessment.objects.filter(group__round=round, unit__in=set().union(*own.values()))
    named = {
        (substitute.role_id, substitute.unit_id): substitute
        for substitute in Substitute.objects.filter(role__round=round).select_related("user")
    }
    return [
        Recusal(role, file.unit, named.get((role.pk, file.unit_id)))
        for file in files.select_related("unit").order_by("unit_sort_key", "pk")
        for role in roles
        if role.group_id in (None, file.group_id) and file.unit_id in own.get(role.user_id, ())
    ]


@transaction.atomic
def name_substitute(role: RoundRole, unit: Unit, *, user: User, reason: str, by_user: User) -> Substitute:
    """Name who acts in a recused person's place for one unit; an earlier substitute is replaced.

    Raises AssessmentError for a pair that is not recused, the person themself, a person of the unit, a
    person of another organiser, and an empty reason.
    """
    round = role.round
    check_name_substitute(by_user, round, unit)
    Round.objects.select_for_update().get(pk=round.pk)
    pairs = {(pair.role.pk, pair.unit.pk): pair for pair in recusals(round)}
    if (role.pk, unit.pk) not in pairs:
        raise AssessmentError(f"{role.user} không thuộc {unit} nên không cần người thay.")
    _check_substitute(role, unit, user)
    if not reason.strip():
        raise AssessmentError("Ghi lý do cử người thay.")
    earlier = pairs[role.pk, unit.pk].substitute
    named, _ = Substitute.objects.update_or_create(
        role=role,
        unit=unit,
        defaults={
            "user": user,
            "reason": reason.strip(),
            "named_by": by_user.actor.name,
            "named_at": timezone.now(),
        },
    )
    record(
        by=by_user.actor,
        verb="cử người thay trong thẩm định",
        on=named,
        before={"user": str(earlier.user)} if earlier else {},
        after={
            "user": str(user),
            "instead_of": str(role.user),
            "role": role.get_role_display(),
            "unit": unit.name,
        },
        reason=reason.strip(),
    )
    label = RoundDuty(role.role).label
    text = f"Bạn được cử thay {role.user} ({label}) khi thẩm định {unit}, {round}."
    notify([user], text, address=f"/dot/{round.code}/", round=round)
    return named


def _check_substitute(role: RoundRole, unit: Unit, user: User) -> None:
    if user.pk == role.user_id:
        raise AssessmentError("Người thay phải là người khác.")
    if not eligible_people(role.round.organiser).filter(pk=user.pk).exists():
        raise AssessmentError(f"{user} không có tài khoản do {role.round.organiser} quản lý.")
    if Membership.objects.on(timezone.localdate()).filter(user=user, unit=unit).exists():
        raise AssessmentError(f"{user} cũng thuộc {unit} nên không thay được. Chọn người khác.")


@transaction.atomic
def end_substitute(named: Substitute, *, by_user: User) -> None:
    """Take back a substitute."""
    check_name_substitute(by_user, named.role.round, named.unit)
    before = {"user": str(named.user), "instead_of": str(named.role.user), "unit": named.unit.code}
    record(by=by_user.actor, verb="thôi cử người thay trong thẩm định", on=named, before=before)
    named.delete()
