"""May this person see or change a framework?"""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User

SEES_DRAFTS = (Role.FRAMEWORK_MANAGER, Role.PUBLISHER, Role.AUDITOR)


def issuers_with_drafts(user: User | AnonymousUser, *, day: dt.date | None = None) -> list[int]:
    """Issuers whose drafts the person may see."""
    if not isinstance(user, User):
        return []
    memberships = Membership.objects.on(day or timezone.localdate()).filter(user=user, role__in=SEES_DRAFTS)
    return [key for key in memberships.values_list("organiser_id", flat=True) if key is not None]
