"""May this person see or change an organiser, its units, its people?

Pairs of functions: `check_…` raises with a sentence to show, `can_…` says yes or no. People see by all
their roles and change things in the one in which they act.
"""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from parindex.accounts.acting import elsewhere, organisers_in
from parindex.accounts.enums import Role
from parindex.accounts.exceptions import NotPermitted
from parindex.accounts.models import Membership, Organiser, User

Person = User | AnonymousUser

SEES_UNITS = (Role.ADMINISTRATOR, Role.PUBLISHER, Role.AUDITOR)
EDITS_UNITS = (Role.ADMINISTRATOR, Role.PUBLISHER)
MANAGES_PEOPLE = (Role.ADMINISTRATOR,)


def known_organisers(user: Person, *, day: dt.date | None = None) -> QuerySet[Organiser]:
    """Organisers to which the person belongs on a day (today), themselves or through a unit."""
    if not isinstance(user, User):
        return Organiser.objects.none()
    held = Membership.objects.on(day or timezone.localdate()).filter(user=user)
    return Organiser.objects.filter(
        Q(pk__in=held.values("organiser")) | Q(pk__in=held.values("unit__organiser"))
    )


def organisers_with_role(user: Person, roles: tuple[Role, ...] = SEES_UNITS) -> QuerySet[Organiser]:
    """Organisers in which the person holds one of these roles today."""
    found = organisers_in(user, roles, day=None, doing=False) if isinstance(user, User) else []
    return Organiser.objects.filter(pk__in=found)


def _holds(user: Person, organiser: Organiser, roles: tuple[Role, ...], *, doing: bool) -> bool:
    return isinstance(user, User) and organiser.pk in organisers_in(user, roles, day=None, doing=doing)


def runs_installation(user: Person) -> bool:
    """Whether the person runs the installation: its superuser, whatever roles they hold beside that."""
    return isinstance(user, User) and user.is_active and user.is_superuser


def check_run_installation(user: Person) -> None:
    """Raise NotPermitted unless the person runs the installation."""
    if not runs_installation(user):
        raise NotPermitted("Chỉ quản trị hệ thống mở cơ quan mới và cấp quản trị cho cơ quan.")


def can_see_units(user: Person, organiser: Organiser) -> bool:
    """Whether the person may read the organiser's units."""
    return _holds(user, organiser, SEES_UNITS, doing=False)


def check_see_units(user: Person, organiser: Organiser) -> None:
    """Raise NotPermitted unless the person may read the organiser's units."""
    if not can_see_units(user, organiser):
        raise NotPermitted(
            f"Chỉ quản trị, cơ quan chủ trì, công bố và kiểm tra, giám sát của {organiser} "
            "xem danh mục đơn vị."
        )


def can_edit_units(user: Person, organiser: Organiser) -> bool:
    """Whether the person may add, change and merge the organiser's units."""
    return _holds(user, organiser, EDITS_UNITS, doing=True)


def check_edit_units(user: Person, organiser: Organiser) -> None:
    """Raise NotPermitted unless the person may add, change and merge the organiser's units."""
    if not can_edit_units(user, organiser):
        raise NotPermitted(
            elsewhere(user, EDITS_UNITS, organiser.pk)
            or f"Chỉ quản trị và cơ quan chủ trì, công bố của {organiser} sửa danh mục đơn vị."
        )


def can_see_people(user: Person, organiser: Organiser) -> bool:
    """Whether the person may read the organiser's accounts."""
    return _holds(user, organiser, MANAGES_PEOPLE, doing=False)


def check_see_people(user: Person, organiser: Organiser) -> None:
    """Raise NotPermitted unless the person may read the organiser's accounts."""
    if not can_see_people(user, organiser):
        raise NotPermitted(f"Chỉ quản trị của {organiser} xem danh sách tài khoản.")


def can_manage_people(user: Person, organiser: Organiser) -> bool:
    """Whether the person may give accounts and roles in the organiser and its units."""
    return _holds(user, organiser, MANAGES_PEOPLE, doing=True)


def check_manage_people(user: Person, organiser: Organiser) -> None:
    """Raise NotPermitted unless the person may give accounts and roles in the organiser."""
    if not can_manage_people(user, organiser):
        raise NotPermitted(
            elsewhere(user, MANAGES_PEOPLE, organiser.pk)
            or f"Chỉ quản trị của {organiser} cấp tài khoản, giao vai trò và sửa thông tin cơ quan."
        )


def can_rename(user: Person, organiser: Organiser) -> bool:
    """Whether the person may change how the organiser is named."""
    return runs_installation(user) or can_manage_people(user, organiser)


def check_rename(user: Person, organiser: Organiser) -> None:
    """Raise NotPermitted unless the person may change how the organiser is named."""
    if not can_rename(user, organiser):
        check_manage_people(user, organiser)


def can_manage_account(organiser: Organiser, account: User) -> bool:
    """Whether administrators of `organiser` rule over the account itself: its password, its name, its use.

    An account of another organiser stays that one's, also where it holds a role here; so do accounts that
    run the installation.
    """
    if account.is_superuser or account.is_staff:
        return False
    if account.home_id is not None:
        return account.home_id == organiser.pk
    elsewhere = account.memberships.exclude(Q(organiser=organiser) | Q(unit__organiser=organiser))
    return account.memberships.exists() and not elsewhere.exists()


def check_manage_account(user: Person, organiser: Organiser, account: User) -> None:
    """Raise NotPermitted unless the person may reset, rename or close this account."""
    check_manage_people(user, organiser)
    if not can_manage_account(organiser, account):
        raise NotPermitted(
            f"Tài khoản của {account} do cơ quan khác quản trị. "
            f"Ở đây chỉ giao, thu hồi vai trò thuộc {organiser}."
        )
