"""The files of a group as a list: how many stand where, and how far each is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.enums import AssessmentState, Track
from assessments.models import Assessment, Group, Score
from assessments.permissions import NOT_SUBMITTED
from assessments.scorecard import counts_in
from assessments.states import later_day, self_scoring_deadline
from criteria.enums import NOT_SELF_SCORED
from parindex.sorting import sort_key


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files of a group stand where."""

    by_state: dict[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All files."""
        return sum(self.by_state.values())

    @property
    def not_submitted(self) -> int:
        """Files that are still with their units."""
        return sum(self.by_state.get(state, 0) for state in NOT_SUBMITTED)


def _overdue(day: dt.date) -> Q:
    return Q(deadline__lt=day, state__in=NOT_SUBMITTED)


def _files(group: Group, seen: Q) -> QuerySet[Assessment]:
    """The files of a group that a person sees, each with the last day that holds for it."""
    return group.assessments.filter(seen).annotate(
        deadline=later_day("self_scoring_until", "group__round__self_scoring_until")
    )


def counts_of(group: Group, *, seen: Q) -> Counts:
    """How many files that a person sees stand in each state, and how many are late; in one query."""
    late = Count("pk", filter=_overdue(timezone.localdate()))
    rows = _files(group, seen).values("state").annotate(files=Count("pk"), late=late).order_by()
    found = list(rows.values_list("state", "files", "late"))
    return Counts({state: files for state, files, _ in found}, sum(late for _, _, late in found))


# By which fields a list may stand; files without a deadline or not yet submitted come last.
ORDERS: Mapping[str, Sequence[str]] = {
    "ten": ("unit_sort_key", "pk"),
    "nop": ("submitted_at", "unit_sort_key", "pk"),
    "han": ("deadline", "unit_sort_key", "pk"),
    "da-nhap": ("entered", "unit_sort_key", "pk"),
}


def files_to_list(
    group: Group,
    *,
    seen: Q,
    state: AssessmentState | None = None,
    overdue: bool = False,
    named: str = "",
) -> QuerySet[Assessment]:
    """The files of a group that a person sees: all, in one state, late, or with these words in the name.

    They stand by name; `deadline` and `entered`, the leaves that the unit has scored, are there to order by.
    """
    files = _files(group, seen).alias(entered=_entered()).select_related("group__round")
    files = files.filter(unit_named(named)).order_by("unit_sort_key", "pk")
    if state is not None:
        files = files.filter(state=state)
    return files.filter(_overdue(timezone.localdate())) if overdue else files


def unit_named(words: str, path: str = "") -> Q:
    """Rows whose unit's frozen name holds every word; `path` leads to the file."""
    found = Q()
    for word in words.split():
        # The key knows capitals with their signs, which SQLite does not.
        letters = sort_key(word).partition("000")[0]
        found &= Q((f"{path}unit_name__icontains", word)) | Q((f"{path}unit_sort_key__contains", letters))
    return found


def _entered() -> Coalesce:
    own = Score.objects.filter(Score.ENTERED, assessment=OuterRef("pk"), track=Track.SELF)
    counted = own.exclude(criterion__source__in=NOT_SELF_SCORED).order_by().values("assessment")
    return Coalesce(Subquery(counted.annotate(leaves=Count("pk")).values("leaves")), 0)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: its deadline and how many of the unit's own leaves have been entered."""

    file: Assessment
    entered: int
    total: int

    @property
    def until(self) -> dt.date | None:
        """The last day of self-scoring, the unit's own or the round's."""
        return self_scoring_deadline(self.file)

    @property
    def is_own(self) -> bool:
        """Whether that day was given to this unit alone."""
        return self.until is not None and self.until != self.file.group.round.self_scoring_until

    @property
    def is_with_unit(self) -> bool:
        """Whether the unit has not submitted yet."""
        return self.file.state in NOT_SUBMITTED

    @property
    def days_left(self) -> int | None:
        """Days to the last one; below nought where it has passed, None where there is none to wait for."""
        until = self.until
        return (until - timezone.localdate()).days if until and self.is_with_unit else None

    @property
    def days_over(self) -> int:
        """By how many days an unsubmitted file is late."""
        return max(-(self.days_left or 0), 0)

    @property
    def percent(self) -> Decimal:
        """What has been entered, for a bar."""
        return Decimal(self.entered * 100) / self.total if self.total else Decimal(0)


def lines_of(group: Group, files: Sequence[Assessment]) -> list[FileLine]:
    """Files of one group with what has been entered of them; in two queries."""
    leaves = group.used_framework.criteria.filter(is_leaf=True).exclude(source__in=NOT_SELF_SCORED)
    total = sum(counts_in(leaf, group) for leaf in leaves.only("source", "framework_id"))
    entered = dict(
        Score.objects.filter(Score.ENTERED, assessment__in=files, track=Track.SELF)
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .values_list("assessment")
        .annotate(Count("pk"))
        .order_by()
    )
    return [FileLine(file, entered.get(file.pk, 0), total) for file in files]
