"""May this person see or change a framework?

Pairs of functions: `check_…` raises with a sentence to show, `can_…` says yes or no.
"""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from criteria.exceptions import NotPermitted
from criteria.models import Framework
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User

SEES_DRAFTS = (Role.FRAMEWORK_MANAGER, Role.PUBLISHER, Role.AUDITOR)
CHANGES_FRAMEWORKS = (Role.FRAMEWORK_MANAGER,)


def _organisers(user: User | AnonymousUser, roles: tuple[Role, ...], day: dt.date | None) -> list[int]:
    """Organisers in which the person holds one of these roles on a day (today)."""
    if not isinstance(user, User):
        return []
    memberships = Membership.objects.on(day or timezone.localdate()).filter(user=user, role__in=roles)
    return [key for key in memberships.values_list("organiser_id", flat=True) if key is not None]


def issuers_with_drafts(user: User | AnonymousUser, *, day: dt.date | None = None) -> list[int]:
    """Issuers whose drafts the person may see."""
    return _organisers(user, SEES_DRAFTS, day)


def issuers_managed(user: User | AnonymousUser, *, day: dt.date | None = None) -> list[int]:
    """Issuers whose frameworks the person may read from workbooks, resolve and put into force."""
    return _organisers(user, CHANGES_FRAMEWORKS, day)


def can_read_workbooks(user: User | AnonymousUser) -> bool:
    """Whether the person may read a framework from a workbook, for one issuer at least."""
    return bool(issuers_managed(user))


def check_read_workbooks(user: User | AnonymousUser) -> None:
    """Raise NotPermitted unless the person may read a framework from a workbook."""
    if not can_read_workbooks(user):
        raise NotPermitted("Chỉ người quản lý bộ tiêu chí của cơ quan ban hành đọc bộ tiêu chí từ bảng tính.")


def can_change(user: User | AnonymousUser, framework: Framework) -> bool:
    """Whether the person may resolve, remove or put into force this framework while it is a draft."""
    return framework.decision.issuer_id in issuers_managed(user)


def check_change(user: User | AnonymousUser, framework: Framework) -> None:
    """Raise NotPermitted unless the person may change this framework while it is a draft."""
    if not can_change(user, framework):
        raise NotPermitted(
            f"Chỉ người quản lý bộ tiêu chí của {framework.decision.issuer} xử lý bản nháp này "
            "và đưa vào sử dụng."
        )
