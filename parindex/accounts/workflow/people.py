"""Verbs over an organiser's accounts: add, give and withdraw roles, close, reopen, hand out passwords."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axes.utils import reset as unlock
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.exceptions import AccountsError, LastAdministrator, NotPermitted
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.accounts.passwords import OneTimeKey, one_time_keys
from parindex.accounts.permissions import check_manage_account, check_manage_people
from parindex.audit.events import Change, record, record_each

BATCH = 200


@dataclass(frozen=True, slots=True)
class Slip:
    """A person's one-time password, shown once; the database keeps only its hash."""

    user: User
    password: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a unit, or in the organiser where `unit` is None, between two days (both included)."""

    role: Role
    unit: Unit | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


# -- accounts


@transaction.atomic
def add_person(
    organiser: Organiser,
    *,
    full_name: str,
    username: str,
    email: str,
    grants: Sequence[Grant],
    by_user: User,
) -> Slip:
    """Make an account with its roles. Raises NotPermitted; AccountsError where the name is taken."""
    check_manage_people(by_user, organiser)
    user = new_account(organiser, full_name=full_name, username=username, email=email, by_user=by_user)
    for grant in grants:
        give_role(organiser, user, grant, by_user=by_user)
    (slip,) = hand_out_passwords([user], one_time_keys(1))
    return slip


def new_account(organiser: Organiser, *, full_name: str, username: str, email: str, by_user: User) -> User:
    """Make an account at home in an organiser, for the verbs: they have asked whether this may be done.

    Raises AccountsError where the name is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise AccountsError(f"Tên đăng nhập “{username}” đã có người dùng. Chọn tên khác.")
    user = User.objects.create(username=username, full_name=full_name, email=email, home=organiser)
    record(by=by_user.actor, verb="tạo tài khoản", on=user, after={"username": username, "email": email})
    return user


@transaction.atomic
def change_person(organiser: Organiser, user: User, *, full_name: str, email: str, by_user: User) -> None:
    """Change a person's printed name and address. Raises NotPermitted."""
    check_manage_account(by_user, organiser, user)
    before = {"full_name": user.full_name, "email": user.email}
    after = {"full_name": full_name, "email": email}
    if before == after:
        return
    user.full_name, user.email = full_name, email
    user.save(update_fields=["full_name", "email"])
    record(by=by_user.actor, verb="sửa thông tin tài khoản", on=user, before=before, after=after)


@transaction.atomic
def set_active(organiser: Organiser, user: User, *, active: bool, by_user: User) -> None:
    """Close an account or open it again; a closed one is signed out everywhere.

    Raises NotPermitted; AccountsError where people close their own; LastAdministrator.
    """
    check_manage_account(by_user, organiser, user)
    if user.is_active == active:
        return
    if user.pk == by_user.pk:
        raise AccountsError("Không tự ngừng tài khoản đang dùng. Nhờ một quản trị khác.")
    user.is_active = active
    user.save(update_fields=["is_active"])
    verb = "mở lại tài khoản" if active else "ngừng tài khoản"
    record(by=by_user.actor, verb=verb, on=user, before={"active": not active}, after={"active": active})
    if not active:
        _check_administered(organiser)


def reset_passwords(organiser: Organiser, users: Sequence[User], *, by_user: User) -> list[Slip]:
    """Hand out new one-time passwords: old ones and open sessions end, locks are lifted.

    Raises NotPermitted.
    """
    for user in users:
        check_manage_account(by_user, organiser, user)
    keys = one_time_keys(len(users))
    with transaction.atomic():
        slips = hand_out_passwords(users, keys)
        changes = [Change(user, {}, {"must_change_password": True}) for user in users]
        record_each(changes, by=by_user.actor, verb="cấp lại mật khẩu dùng một lần")
        for user in users:
            unlock(username=user.username)
    return slips


def hand_out_passwords(users: Sequence[User], keys: Sequence[OneTimeKey]) -> list[Slip]:
    """Give each account one of the keys, of which there are enough; a new hash ends its sessions."""
    slips = []
    for user, key in zip(users, keys, strict=False):
        user.password, user.must_change_password = key.hashed, True
        slips.append(Slip(user, key.password))
    User.objects.bulk_update(users, ["password", "must_change_password"], batch_size=BATCH)
    return slips


# -- roles


def described(membership: Membership) -> dict[str, Any]:
    """A role as the audit log keeps it."""
    return {
        "role": str(Role(membership.role).label),
        "where": str(membership.unit or membership.organiser),
        "valid_from": membership.valid_from and membership.valid_from.isoformat(),
        "valid_to": membership.valid_to and membership.valid_to.isoformat(),
    }


def check_grant(organiser: Organiser, grant: Grant) -> None:
    """Raise AccountsError unless the role stands in its place and its days in their order."""
    if (grant.role in UNIT_ROLES) != (grant.unit is not None):
        where = "chọn đơn vị" if grant.role in UNIT_ROLES else "để trống đơn vị"
        raise AccountsError(f"Vai trò “{grant.role.label}”: {where}.")
    if grant.unit is not None and grant.unit.organiser_id != organiser.pk:
        raise NotPermitted(f"Đơn vị này không thuộc {organiser}.")
    if grant.valid_from and grant.valid_to and grant.valid_from > grant.valid_to:
        raise AccountsError("Ngày bắt đầu giữ vai trò sau ngày kết thúc.")


@transaction.atomic
def give_role(organiser: Organiser, user: User, grant: Grant, *, by_user: User) -> Membership:
    """Give a person a role here. Raises NotPermitted; AccountsError where the person has it already."""
    check_manage_people(by_user, organiser)
    check_grant(organiser, grant)
    place = {"unit": grant.unit} if grant.unit else {"organiser": organiser}
    if Membership.objects.filter(user=user, role=grant.role, on_behalf_of=None, **place).exists():
        raise AccountsError(f"{user} đã có vai trò “{grant.role.label}” ở đây. Sửa ngày của vai trò đó.")
    made = Membership.objects.create(
        user=user, role=grant.role, valid_from=grant.valid_from, valid_to=grant.valid_to, **place
    )
    record(by=by_user.actor, verb="giao vai trò", on=user, after=described(made))
    return made


@transaction.atomic
def change_role(
    organiser: Organiser,
    membership: Membership,
    *,
    valid_from: dt.date | None,
    valid_to: dt.date | None,
    by_user: User,
) -> None:
    """Change from when until when a person holds a role. Raises NotPermitted, AccountsError."""
    _check_own(organiser, membership, by_user)
    grant = Grant(Role(membership.role), membership.unit, valid_from, valid_to)
    check_grant(organiser, grant)
    before = described(membership)
    membership.valid_from, membership.valid_to = valid_from, valid_to
    membership.save(update_fields=["valid_from", "valid_to"])
    after = described(membership)
    if before != after:
        record(by=by_user.actor, verb="sửa ngày của vai trò", on=membership.user, before=before, after=after)
    if membership.role == Role.ADMINISTRATOR:
        _check_administered(organiser)


@transaction.atomic
def withdraw_role(organiser: Organiser, membership: Membership, *, by_user: User) -> None:
    """Take a role away. Raises NotPermitted, LastAdministrator."""
    _check_own(organiser, membership, by_user)
    record(by=by_user.actor, verb="thu hồi vai trò", on=membership.user, before=described(membership))
    membership.delete()
    if membership.role == Role.ADMINISTRATOR:
        _check_administered(organiser)


def _check_own(organiser: Organiser, membership: Membership, by_user: User) -> None:
    """Raise NotPermitted unless the role is one of this organiser, given by its administrators."""
    check_manage_people(by_user, organiser)
    held_in = membership.unit.organiser_id if membership.unit else membership.organiser_id
    if held_in != organiser.pk:
        raise NotPermitted(f"Vai trò này không thuộc {organiser}.")
    if membership.on_behalf_of_id is not None:
        raise AccountsError("Vai trò do người khác ủy quyền; người ủy quyền thu hồi.")


def _check_administered(organiser: Organiser) -> None:
    """Raise LastAdministrator unless somebody administers the organiser today and for good."""
    held = Membership.objects.on(timezone.localdate()).filter(
        Q(valid_to=None),
        role=Role.ADMINISTRATOR,
        organiser=organiser,
        on_behalf_of=None,
        user__is_active=True,
    )
    if not held.exists():
        raise LastAdministrator(
            f"{organiser} phải còn ít nhất một quản trị đang hoạt động, không có ngày kết thúc. "
            "Giao vai trò quản trị cho người khác trước."
        )
