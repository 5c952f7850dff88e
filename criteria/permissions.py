"""May this person see or change a framework?

Pairs of functions: `check_…` raises with a sentence to show, `can_…` says yes or no.
"""

import datetime as dt

from django.contrib.auth.models import AnonymousUser

from criteria.exceptions import NotPermitted
from criteria.models import Framework
from parindex.accounts.acting import elsewhere, organisers_in
from parindex.accounts.enums import Role
from parindex.accounts.models import User

SEES_DRAFTS = (Role.FRAMEWORK_MANAGER, Role.PUBLISHER, Role.AUDITOR)
CHANGES_FRAMEWORKS = (Role.FRAMEWORK_MANAGER,)


def issuers_with_drafts(user: User | AnonymousUser, *, day: dt.date | None = None) -> list[int]:
    """Issuers whose drafts the person may see."""
    return organisers_in(user, SEES_DRAFTS, day=day, doing=False) if isinstance(user, User) else []


def issuers_managed(user: User | AnonymousUser, *, day: dt.date | None = None) -> list[int]:
    """Issuers whose frameworks the person may read from workbooks, resolve and put into force."""
    return organisers_in(user, CHANGES_FRAMEWORKS, day=day, doing=True) if isinstance(user, User) else []


def can_read_workbooks(user: User | AnonymousUser) -> bool:
    """Whether the person may read a framework from a workbook, for one issuer at least."""
    return bool(issuers_managed(user))


def check_read_workbooks(user: User | AnonymousUser) -> None:
    """Raise NotPermitted unless the person may read a framework from a workbook."""
    if not can_read_workbooks(user):
        raise NotPermitted(
            elsewhere(user, CHANGES_FRAMEWORKS)
            or "Chỉ người quản lý bộ tiêu chí của cơ quan ban hành đọc bộ tiêu chí từ bảng tính."
        )


def can_change(user: User | AnonymousUser, framework: Framework) -> bool:
    """Whether the person may resolve, remove or put into force this framework while it is a draft."""
    return framework.decision.issuer_id in issuers_managed(user)


def check_change(user: User | AnonymousUser, framework: Framework) -> None:
    """Raise NotPermitted unless the person may change this framework while it is a draft."""
    if not can_change(user, framework):
        raise NotPermitted(
            elsewhere(user, CHANGES_FRAMEWORKS, framework.decision.issuer_id)
            or f"Chỉ người quản lý bộ tiêu chí của {framework.decision.issuer} xử lý bản nháp này "
            "và đưa vào sử dụng."
        )
