"""Which frameworks a person sees: those in force or retired are everybody's, drafts their issuer's."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from criteria.enums import FrameworkState
from criteria.models import Framework
from criteria.permissions import issuers_with_drafts
from parindex.accounts.models import User


def visible_frameworks(user: User | AnonymousUser) -> QuerySet[Framework]:
    """Frameworks that are or were law, and drafts of the issuers whose staff the person is."""
    return Framework.objects.filter(
        ~Q(state=FrameworkState.DRAFT) | Q(decision__issuer__in=issuers_with_drafts(user))
    )
