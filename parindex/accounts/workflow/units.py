"""Verbs over an organiser's units: add, change, merge."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from parindex.accounts.exceptions import AccountsError
from parindex.accounts.models import Organiser, Unit, UnitType, User
from parindex.accounts.permissions import check_edit_units
from parindex.audit.events import Change, record, record_each
from parindex.notation import vietnamese_date

MERGED = "sáp nhập"


@dataclass(frozen=True, slots=True)
class UnitFields:
    """What a form says of a unit."""

    code: str
    name: str
    unit_type: UnitType
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    predecessors: Sequence[Unit] = field(default=())


def described(unit: Unit) -> dict[str, Any]:
    """A saved unit as the audit log keeps it."""
    return {
        "code": unit.code,
        "name": unit.name,
        "unit_type": unit.unit_type.name,
        "valid_from": unit.valid_from and unit.valid_from.isoformat(),
        "valid_to": unit.valid_to and unit.valid_to.isoformat(),
        "predecessors": sorted(one.name for one in unit.predecessors.all()),
    }


def differing(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what changed, on both sides."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


@transaction.atomic
def add_unit(organiser: Organiser, fields: UnitFields, *, by_user: User) -> Unit:
    """Add a unit. Raises NotPermitted, AccountsError where its code is taken."""
    check_edit_units(by_user, organiser)
    unit = _store(Unit(organiser=organiser), fields)
    record(by=by_user.actor, verb="thêm đơn vị", on=unit, after=described(unit))
    return unit


@transaction.atomic
def change_unit(unit: Unit, fields: UnitFields, *, by_user: User) -> Unit:
    """Change a unit's name, code, type, dates, predecessors. Raises NotPermitted, AccountsError."""
    check_edit_units(by_user, unit.organiser)
    kept = Unit.objects.select_for_update().get(pk=unit.pk)
    before = described(kept)
    kept = _store(kept, fields)
    was, is_now = differing(before, described(kept))
    if is_now:
        record(by=by_user.actor, verb="sửa đơn vị", on=kept, before=was, after=is_now)
    return kept


def _store(unit: Unit, fields: UnitFields) -> Unit:
    """Save the fields on a unit. Raises AccountsError where they cannot be."""
    _check_code(unit, fields.code)
    if fields.valid_from and fields.valid_to and fields.valid_from > fields.valid_to:
        raise AccountsError("Ngày bắt đầu hiệu lực sau ngày hết hiệu lực.")
    if unit.pk and unit.pk in {one.pk for one in fields.predecessors}:
        raise AccountsError("Đơn vị không thể là tiền thân của chính mình.")
    if any(one.organiser_id != unit.organiser_id for one in fields.predecessors):
        raise AccountsError("Đơn vị tiền thân phải thuộc cùng cơ quan tổ chức đánh giá.")
    unit.code, unit.name, unit.unit_type = fields.code, fields.name, fields.unit_type
    unit.valid_from, unit.valid_to = fields.valid_from, fields.valid_to
    unit.save()
    unit.predecessors.set(fields.predecessors)
    return unit


def _check_code(unit: Unit, code: str) -> None:
    taken = Unit.objects.filter(organiser=unit.organiser_id, code=code).exclude(pk=unit.pk).first()
    if taken is not None:
        raise AccountsError(f"Mã “{code}” đã dùng cho {taken.name}.")


@transaction.atomic
def merge_units(
    organiser: Organiser, merged: Sequence[Unit], into: Unit | UnitFields, *, on: dt.date, by_user: User
) -> Unit:
    """Merge units into a new one or an existing one, from the day `on`.

    Those merged end on the day before and become its predecessors.
    Raises NotPermitted; AccountsError where a unit does not exist on those days.
    """
    check_edit_units(by_user, organiser)
    units = list(
        Unit.objects.select_for_update()
        .filter(organiser=organiser, pk__in=[unit.pk for unit in merged])
        .order_by("sort_key")
    )
    _check_merge(units, into, on)
    last_day = on - dt.timedelta(days=1)
    befores = [{"valid_to": unit.valid_to and unit.valid_to.isoformat()} for unit in units]
    if isinstance(into, UnitFields):
        target = _store(Unit(organiser=organiser), into)
        before: dict[str, Any] = {}
    else:
        target = Unit.objects.select_for_update().get(pk=into.pk, organiser=organiser)
        before = described(target)
    target.predecessors.add(*units)
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(valid_to=last_day)
    after = {"valid_to": last_day.isoformat(), "into": target.name}
    changes = [Change(unit, was, after) for unit, was in zip(units, befores, strict=True)]
    record_each(changes, by=by_user.actor, verb=MERGED)
    was, is_now = differing(before, described(target))
    record(by=by_user.actor, verb="nhận sáp nhập", on=target, before=was, after=is_now)
    return target


def _check_merge(units: Sequence[Unit], into: Unit | UnitFields, on: dt.date) -> None:
    last_day = on - dt.timedelta(days=1)
    if not units:
        raise AccountsError("Chọn các đơn vị được sáp nhập.")
    for unit in units:
        if isinstance(into, Unit) and unit.pk == into.pk:
            raise AccountsError(f"{unit.name} vừa được sáp nhập vừa là đơn vị nhận. Bỏ chọn một bên.")
        if unit.valid_to is not None and unit.valid_to < last_day:
            raise AccountsError(
                f"{unit.name} đã hết hiệu lực sau ngày {vietnamese_date(unit.valid_to)}, trước ngày sáp nhập."
            )
        if unit.valid_from is not None and unit.valid_from > last_day:
            raise AccountsError(
                f"{unit.name} chỉ có hiệu lực từ ngày {vietnamese_date(unit.valid_from)}, "
                "không trước ngày sáp nhập."
            )
    if isinstance(into, Unit) and into.valid_to is not None and into.valid_to < on:
        raise AccountsError(
            f"{into.name} đã hết hiệu lực nên không nhận sáp nhập từ ngày {vietnamese_date(on)}."
        )
