"""Leaves computed last: their facts, put together once everything else of a group is scored.

People enter a part of the facts (criteria.rules.last); the system adds the greatest value of the group,
or the unit's dates and totals. The points are the rule's own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from assessments.enums import Track
from assessments.models import Assessment, Group, Score
from criteria.enums import NOT_SELF_SCORED
from criteria.rules import COMPUTED_LAST, RuleKind, value_of
from parindex.notation import plain

Json = dict[str, Any]
Entered = Mapping[tuple[int, int], Json]

# The strongest word first. A unit does not judge its own report.
VALUED_ON = (Track.CONCLUSION, Track.PROPOSAL, Track.SELF)
JUDGED_ON = (Track.CONCLUSION, Track.PROPOSAL)
# Stands among the facts that the system put together from the totals of a file.
FROM_TOTALS = "self_total"


def facts_at_last(group: Group, files: Sequence[Assessment]) -> Iterator[tuple[Score, Json]]:
    """Complete facts of every leaf computed last that waits for its conclusion in these files.

    A leaf for which something is still missing is left out. What was computed from a file's own totals comes
    again where these have changed since.
    """
    rows = (
        Score.objects.filter(
            assessment__in=files, track=Track.CONCLUSION, criterion__rule_kind__in=COMPUTED_LAST
        )
        .select_related("assessment", "criterion")
        .order_by("assessment__unit_sort_key", "criterion__position")
    )
    waiting = [score for score in rows if score.obtained is None or FROM_TOTALS in score.facts]
    compared = [score for score in waiting if score.criterion.rule_kind == RuleKind.BEST_UNIT]
    judged = [score for score in waiting if score.criterion.rule_kind == RuleKind.SELF_ACCURACY]
    if compared:
        yield from _with_greatest(compared, _entered(group, compared, VALUED_ON))
    if judged:
        yield from _with_own_file(judged, _entered(group, judged, JUDGED_ON), group)


def _entered(group: Group, waiting: Sequence[Score], tracks: Sequence[Track]) -> Entered:
    """What people entered on these leaves, for every unit of the group: the strongest word's facts.

    A leaf that does not apply to a unit has no facts there, whatever a weaker word says.
    """
    leaves = {score.criterion_id for score in waiting}
    rows = Score.objects.filter(assessment__group=group, criterion__in=leaves, track__in=tracks)
    found: dict[tuple[int, int], Json] = {}
    for score in sorted(rows, key=lambda row: tracks.index(Track(row.track))):
        if score.facts or score.not_applicable:
            found.setdefault((score.assessment_id, score.criterion_id), score.facts)
    return {key: facts for key, facts in found.items() if facts}


def _with_greatest(waiting: Sequence[Score], entered: Entered) -> Iterator[tuple[Score, Json]]:
    """The greatest value is that of all units of the group, concluded or not."""
    values: dict[int, list[Decimal]] = defaultdict(list)
    for (_, leaf), facts in entered.items():
        values[leaf].append(value_of(facts))
    for score in waiting:
        own = entered.get((score.assessment_id, score.criterion_id))
        if own:
            yield score, {**own, "greatest": plain(max(values[score.criterion_id]))}


def _with_own_file(waiting: Sequence[Score], entered: Entered, group: Group) -> Iterator[tuple[Score, Json]]:
    own, appraised = (_totals(waiting, track) for track in (Track.SELF, Track.CONCLUSION))
    for score in waiting:
        facts = entered.get((score.assessment_id, score.criterion_id))
        days = days_early(group, score.assessment)
        self_total = own.get(score.assessment_id)
        if not facts or days is None or self_total is None:
            continue
        whole = {
            **facts,
            "days_early": days,
            FROM_TOTALS: plain(self_total),
            "appraised_total": plain(appraised.get(score.assessment_id, Decimal(0))),
        }
        if whole != score.facts:
            yield score, whole


def days_early(group: Group, file: Assessment) -> int | None:
    """Whole days from submission to the last day of self-scoring; None while one of the two is not known."""
    until = group.round.self_scoring_until
    if until is None or file.submitted_at is None:
        return None
    return (until - timezone.localdate(file.submitted_at)).days


def _totals(waiting: Sequence[Score], track: Track) -> dict[int, Decimal]:
    """Each unit's total on one track, over the leaves that units score themselves and that are not computed.

    Đông Triều's 9.4 compares the self-score with the appraised one. A unit gives no points of its own on
    survey, imported and computed leaves, so that they would stand on one side only: by our reading they
    are left out of both, and so is the leaf that these totals decide (any other reading is circular).
    A unit that scored nothing itself has no total.
    """
    rows = (
        Score.objects.filter(
            assessment__in={score.assessment_id for score in waiting}, track=track, obtained__isnull=False
        )
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .exclude(criterion__rule_kind__in=COMPUTED_LAST)
        .values_list("assessment_id")
        .annotate(total=Sum("obtained"))
    )
    return dict(rows)
