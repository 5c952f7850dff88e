"""Which rounds a person sees, and whether a unit sees its own points."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, PublicationState, ResultsShown
from assessments.models import Assessment, Publication, PublishedUnit, Round, RoundRole, Substitute
from assessments.permissions import SEES_PROVISIONAL, organisers_of
from parindex.accounts.models import User


def visible_rounds(user: User | AnonymousUser) -> QuerySet[Round]:
    """Rounds with a current publication, those of the organisers whose staff the person is, and own duties.

    A duty is a role in the council or of a lead agency that holds today, the person's own or as a substitute.
    """
    published = Exists(Publication.objects.filter(round=OuterRef("pk"), state=PublicationState.CURRENT))
    known = Q(is_published=True) | Q(organiser__in=organisers_of(user, SEES_PROVISIONAL))
    if isinstance(user, User):
        duties = RoundRole.objects.on(timezone.localdate())
        known |= Q(pk__in=duties.filter(user=user).values("round"))
        stands_in = Substitute.objects.filter(user=user, role__in=duties)
        known |= Q(pk__in=stands_in.values("role__round"))
    return Round.objects.annotate(is_published=published).filter(known)


def sees_own_result(assessment: Assessment) -> bool:
    """Whether a unit's people see its points: once published, or concluded where its group says so."""
    is_concluded = assessment.state == AssessmentState.CONCLUDED
    if is_concluded and assessment.group.results_shown == ResultsShown.CONCLUSION:
        return True
    return PublishedUnit.objects.filter(
        group__publication__round=assessment.group.round_id,
        group__publication__state=PublicationState.CURRENT,
        group__code=assessment.group.code,
        unit_code=assessment.unit_code,
    ).exists()
