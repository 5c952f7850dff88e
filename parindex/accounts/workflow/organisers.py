"""Organisers of an installation: opening one, its first people, what it says of itself."""

from django.db import transaction

from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, UnitType, User
from parindex.accounts.passwords import one_time_keys
from parindex.accounts.permissions import check_edit_units, check_rename, check_run_installation
from parindex.accounts.workflow.people import Slip, described, hand_out_passwords, new_account
from parindex.audit.events import record


@transaction.atomic
def open_organiser(organiser: Organiser, *, full_name: str, username: str, email: str, by_user: User) -> Slip:
    """Store an unsaved organiser with its first administrator, whose one-time password is the answer.

    Raises NotPermitted unless the superuser of the installation does; AccountsError where the name to sign
    in with is taken.
    """
    check_run_installation(by_user)
    organiser.save()
    after = {field: getattr(organiser, field) for field in ("name", "parent_name", "place")}
    record(by=by_user.actor, verb="mở cơ quan tổ chức đánh giá", on=organiser, after=after)
    return add_administrator(organiser, full_name=full_name, username=username, email=email, by_user=by_user)


@transaction.atomic
def add_administrator(
    organiser: Organiser, *, full_name: str, username: str, email: str, by_user: User
) -> Slip:
    """Give an organiser a new administrator. Raises NotPermitted, AccountsError as `open_organiser`."""
    check_run_installation(by_user)
    user = new_account(organiser, full_name=full_name, username=username, email=email, by_user=by_user)
    held = Membership.objects.create(user=user, role=Role.ADMINISTRATOR, organiser=organiser)
    record(by=by_user.actor, verb="giao vai trò", on=user, after=described(held))
    (slip,) = hand_out_passwords([user], one_time_keys(1))
    return slip


@transaction.atomic
def change_organiser(
    organiser: Organiser, *, name: str, parent_name: str, place: str, by_user: User
) -> Organiser:
    """Change how an organiser is named.

    Raises NotPermitted unless an administrator of it does, or the superuser of the installation.
    """
    check_rename(by_user, organiser)
    wanted = {"name": name, "parent_name": parent_name, "place": place}
    kept = Organiser.objects.select_for_update().get(pk=organiser.pk)
    before = {field: getattr(kept, field) for field in wanted}
    changed = {field for field in wanted if before[field] != wanted[field]}
    if not changed:
        return kept
    for field in changed:
        setattr(kept, field, wanted[field])
    kept.save()
    record(
        by=by_user.actor,
        verb="sửa thông tin cơ quan",
        on=kept,
        before={field: before[field] for field in changed},
        after={field: wanted[field] for field in changed},
    )
    return kept


@transaction.atomic
def add_unit_type(organiser: Organiser, *, code: str, name: str, by_user: User) -> UnitType:
    """Add a type of units, known to all organisers. Raises NotPermitted."""
    check_edit_units(by_user, organiser)
    unit_type = UnitType.objects.create(code=code, name=name)
    record(by=by_user.actor, verb="thêm loại đơn vị", on=unit_type, after={"code": code, "name": name})
    return unit_type
