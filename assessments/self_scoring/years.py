"""What the unit got in the year before, leaf by leaf."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from assessments.enums import AssessmentState, PublicationState, ResultsShown, Track
from assessments.models import Assessment, Score
from criteria.models import Criterion


def previous_points(file: Assessment, leaves: Collection[Criterion]) -> dict[int, Decimal]:
    """The concluded points of the round before, by leaf; in one query.

    A leaf is the same where its lineage is. The unit's own file counts, or that of the one unit that it
    came from: points of several merged units do not make one. Only what the unit may see is told.
    """
    if file.group.round.previous_id is None:
        return {}
    by_lineage: dict[UUID, int] = {leaf.lineage: leaf.pk for leaf in leaves}
    shown = Q(assessment__group__round__publications__state=PublicationState.CURRENT) | Q(
        assessment__state=AssessmentState.CONCLUDED,
        assessment__group__results_shown=ResultsShown.CONCLUSION,
    )
    rows = (
        Score.objects.filter(
            shown,
            Q(assessment__unit=file.unit_id) | Q(assessment__unit__successors=file.unit_id),
            track=Track.CONCLUSION,
            assessment__group__round=file.group.round.previous_id,
            criterion__lineage__in=by_lineage,
        )
        .values_list("criterion__lineage", "assessment", "assessment__unit", "obtained")
        .distinct()
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for lineage, _, unit, obtained in rows:
        if obtained is not None:
            found[by_lineage[lineage]][unit] = obtained
    return {
        leaf: of_unit.get(file.unit_id, next(iter(of_unit.values())))
        for leaf, of_unit in found.items()
        if file.unit_id in of_unit or len(of_unit) == 1
    }
