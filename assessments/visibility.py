"""Which rounds a person sees: published ones are everybody's, the others their organiser's."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.enums import PublicationState
from assessments.models import Publication, Round
from assessments.permissions import SEES_PROVISIONAL, organisers_of
from parindex.accounts.models import User


def visible_rounds(user: User | AnonymousUser) -> QuerySet[Round]:
    """Rounds with a current publication, and all rounds of the organisers whose staff the person is."""
    published = Exists(Publication.objects.filter(round=OuterRef("pk"), state=PublicationState.CURRENT))
    own = organisers_of(user, SEES_PROVISIONAL)
    return Round.objects.annotate(is_published=published).filter(Q(is_published=True) | Q(organiser__in=own))
