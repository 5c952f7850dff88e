"""The second factor: who has one, who must have one, and the verbs that set it up and forget it."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from parindex.accounts.acting import Standing
from parindex.accounts.exceptions import AccountsError
from parindex.accounts.models import Organiser, User
from parindex.accounts.permissions import check_manage_account
from parindex.audit.events import record

SET_UP = "bật xác thực hai lớp"
TURNED_OFF = "tắt xác thực hai lớp"
NEW_CODES = "tạo mã dự phòng mới"
FORGOTTEN = "xóa xác thực hai lớp"


def has_second_factor(user: User) -> bool:
    """Whether signing in asks the person for a code."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def needs_second_factor(user: User) -> bool:
    """Whether one of the roles that the person holds today asks for a second factor.

    Who runs the installation can do more than any role, so they need one as soon as any role does.
    """
    required = set(settings.MFA_REQUIRED_ROLES)
    if not required:
        return False
    if user.is_superuser or user.is_staff:
        return True
    standing = user.standing or Standing(user)
    return any(held.role in required for held in standing.roles)


def must_set_up_second_factor(user: User) -> bool:
    """Whether the person needs a second factor and has none."""
    return needs_second_factor(user) and not has_second_factor(user)


def record_own(user: User, verb: str) -> None:
    """Append the event of what a person did with their own second factor, in the caller's transaction."""
    record(by=user.actor, verb=verb, on=user)


@transaction.atomic
def forget_second_factor(organiser: Organiser, user: User, *, by_user: User) -> None:
    """Take a lost second factor off an account, so that the password alone signs in again.

    Raises NotPermitted unless `by_user` administers the account; AccountsError where there is none.
    """
    check_manage_account(by_user, organiser, user)
    if not has_second_factor(user):
        raise AccountsError(f"{user} chưa bật xác thực hai lớp.")
    Authenticator.objects.filter(user=user).delete()
    record(by=by_user.actor, verb=FORGOTTEN, on=user)
