"""Leaves on which the words before the conclusion differ: what a meeting of the council has to talk about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.enums import AssessmentState, Track
from assessments.models import Group, Opinion, Score

APPRAISED = (AssessmentState.IN_APPRAISAL, AssessmentState.CONCLUDED)


def _unlike_own(said: QuerySet[Score] | QuerySet[Opinion]) -> Exists:
    """Somebody says something else of the leaf than the unit does, or where the unit says nothing."""
    own = Score.objects.filter(
        Q(points=OuterRef("points")) | Q(not_applicable=True) & Q(not_applicable=OuterRef("not_applicable")),
        assessment=OuterRef("assessment"),
        criterion=OuterRef("criterion"),
        track=Track.SELF,
    )
    rows = said.filter(assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))
    return Exists(rows.exclude(points=None, not_applicable=False).filter(~Exists(own)))


def differing() -> Q:
    """Rows of conclusions before which a proposal or an opinion differs from the self-score."""
    return Q(_unlike_own(Score.objects.filter(track=Track.PROPOSAL))) | Q(_unlike_own(Opinion.objects.all()))


def disputes(
    group: Group,
    *,
    open_only: bool,
    but_units: Collection[int] = (),
    only_units: Collection[int] | None = None,
) -> QuerySet[Score]:
    """The conclusions, or their empty rows, of leaves on which the words differ, in the order of the paper.

    `but_units` are units of the reader's own, which stay out; `only_units` those that the reader sees, if
    not all.
    """
    rows = (
        Score.objects.filter(
            differing(),
            assessment__group=group,
            assessment__state__in=APPRAISED,
            track=Track.CONCLUSION,
        )
        .exclude(assessment__unit__in=but_units)
        .select_related("assessment", "criterion")
        .order_by("criterion__position", "assessment__unit_sort_key", "pk")
    )
    if only_units is not None:
        rows = rows.filter(assessment__unit__in=only_units)
    return rows.filter(at=None) if open_only else rows


@dataclass(slots=True)
class Dispute:
    """One leaf of one unit with every word on it."""

    conclusion: Score
    own: Score | None = None
    proposal: Score | None = None
    opinions: list[Opinion] = field(default_factory=list)

    @property
    def is_concluded(self) -> bool:
        """Whether the council has decided."""
        return self.conclusion.is_entered


def with_words(rows: Sequence[Score]) -> list[Dispute]:
    """Rows of `disputes` with what was said of each; in two queries."""
    found = {(row.assessment_id, row.criterion_id): Dispute(row) for row in rows}
    files, leaves = {row.assessment_id for row in rows}, {row.criterion_id for row in rows}
    said = Score.objects.filter(
        assessment__in=files, criterion__in=leaves, track__in=(Track.SELF, Track.PROPOSAL)
    )
    for score in said:
        dispute = found.get((score.assessment_id, score.criterion_id))
        if dispute is not None and score.is_entered:
            if score.track == Track.SELF:
                dispute.own = score
            else:
                dispute.proposal = score
    opinions: dict[tuple[int, int], list[Opinion]] = defaultdict(list)
    for opinion in Opinion.objects.filter(assessment__in=files, criterion__in=leaves).order_by("member_name"):
        opinions[opinion.assessment_id, opinion.criterion_id].append(opinion)
    for key, dispute in found.items():
        dispute.opinions = opinions[key]
    return list(found.values())
