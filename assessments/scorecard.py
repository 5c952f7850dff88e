"""The door to the arithmetic: what a leaf's word comes to, and a group's sums, ranks and classes.

Bulk totals are SQL sums of what each score row stores, kept in whole millionths of a point, as
stored, until a unit's sums are complete; folding, rounding, ranking and classing are the kernel's
(docs/scoring.md).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db.models import BigIntegerField, Count, Q, Sum
from django.db.models.functions import Cast

from assessments.enums import Track
from assessments.models import Assessment, ClassBand, Group, Score
from criteria.enums import NotApplicableMode, Source, Standing
from criteria.models import Criterion, Framework
from parindex.fields import PLACES
from parindex.scoring.ranking import (
    Band,
    Basis,
    ClassScale,
    Entry,
    Ranked,
    Tie,
    distribution,
    mean_index,
    rank,
)
from parindex.scoring.rollup import LeafScore, NotApplicable, score_leaf
from parindex.scoring.rollup import Standing as KernelStanding
from parindex.scoring.rounding import Rounding, Stage, leaf_points, printed, printed_percent

ZERO = Decimal(0)
NO_POINTS_YET = "Chưa có điểm"
DEFAULT_SCALE = (("Xuất sắc", 90), ("Tốt", 80), ("Khá", 70), ("Trung bình", 50), ("Kém", 0))


@dataclass(frozen=True, slots=True)
class ContentResult:
    """A unit's points on one content, printed, and its component index in percent."""

    code: str
    obtained: Decimal
    attainable: Decimal
    index: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One row of a ranking. Points and the index (percent) are printed values."""

    assessment_id: int
    unit_code: str
    unit_name: str
    appraised: Decimal
    survey: Decimal
    obtained: Decimal
    attainable: Decimal
    survey_attainable: Decimal
    index: Decimal | None
    rank: int | None
    shared: bool
    class_name: str
    unscored: int
    contents: tuple[ContentResult, ...]

    @property
    def provisional(self) -> bool:
        """Whether leaves of this unit are still without points."""
        return self.unscored > 0

    @property
    def class_words(self) -> str:
        """Its class in words, also where it waits for points."""
        return class_words(self.class_name, provisional=self.provisional)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the units of a group lie on one content: component indices in percent, printed."""

    code: str
    mean: Decimal | None
    median: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A ranked group: rows in rank order, the mean of the printed indices, and units per class."""

    units: tuple[UnitResult, ...]
    mean_index: Decimal | None
    classes: Mapping[str, int]
    spreads: tuple[Spread, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether any unit is provisional."""
        return any(unit.provisional for unit in self.units)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of stored points, in whole millionths."""

    appraised: int = 0
    survey: int = 0
    bonus: int = 0
    attainable: int = 0
    survey_attainable: int = 0
    scored: int = 0
    unscored: int = 0

    @property
    def awaits_points(self) -> bool:
        """Whether there is nothing to put into a class yet: leaves to score, and none of them scored."""
        return self.unscored > 0 and not self.scored


_NOTHING = _Sums()


def _points(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-PLACES)


def _millionths(points: Decimal) -> int:
    return int(points.scaleb(PLACES))


def rounding_of(group: Group) -> Rounding:
    """The group's rounding: number of printed places and stage."""
    return Rounding(places=group.rounding_places, stage=Stage(group.rounding_stage))


def class_scale(basis: str, bands: list[tuple[str, Decimal]]) -> ClassScale:
    """A checked scale, highest class first. Raises RuleError for bounds that make no scale."""
    return ClassScale(bands=tuple(Band(name=name, lower=lower) for name, lower in bands), basis=Basis(basis))


def scale_of(group: Group) -> ClassScale:
    """The group's class scale."""
    bands = ClassBand.objects.filter(group=group).order_by("-lower").values_list("name", "lower")
    return class_scale(group.scale_basis, list(bands))


def leaf_outcome(
    criterion: Criterion,
    *,
    rounding: Rounding,
    points: Decimal | None,
    not_applicable: bool = False,
    left_out: bool = False,
) -> tuple[Decimal | None, Decimal]:
    """What a word on a leaf brings to the totals: (obtained, attainable), as stored.

    `left_out`: a survey leaf in a group that holds no survey.
    """
    result = score_leaf(
        LeafScore(
            max_points=criterion.max_points,
            obtained=None if points is None else leaf_points(points, rounding),
            not_applicable=not_applicable,
            not_applicable_mode=NotApplicable(NotApplicableMode(criterion.not_applicable_mode).value),
            is_survey=criterion.source == Source.SURVEY,
            standing=KernelStanding(Standing(criterion.standing).value),
            left_out=left_out,
        )
    )
    return result.obtained, result.attainable


def counts_in(criterion: Criterion, group: Group) -> bool:
    """Whether a leaf counts in a group: survey leaves are left out where no survey is held."""
    return criterion.source != Source.SURVEY or group.survey_id is not None


def class_words(class_name: str, *, provisional: bool) -> str:
    """A unit's class as tables print it: a unit of which nothing is scored yet has none to be blamed for."""
    return class_name or (NO_POINTS_YET if provisional else "")


def rank_group(group: Group, track: Track = Track.CONCLUSION) -> GroupResult:
    """Sum, rank and class all units of a group from their score rows, in five queries."""
    if group.framework is None:
        return GroupResult(units=(), mean_index=None, classes={})
    framework: Framework = group.framework
    rounding, scale = rounding_of(group), scale_of(group)
    contents, unallocated = _contents(group, framework)
    sums = _content_sums(group, track)
    assessments = list(
        Assessment.objects.filter(group=group)
        .order_by("unit_sort_key", "unit_code")
        .only("unit_code", "unit_name")
    )
    totals = {
        row.pk: _total([sums[row.pk].get(key, _NOTHING) for key, _ in contents], unallocated, framework)
        for row in assessments
    }
    entries = [
        Entry(
            key=str(row.pk),
            obtained=_points(totals[row.pk].appraised + totals[row.pk].survey),
            attainable=_points(totals[row.pk].attainable),
            tie_keys=_tie_keys(group, contents, sums[row.pk], totals[row.pk]),
        )
        for row in assessments
    ]
    ranked = rank(entries, rounding=rounding, tie=Tie(group.tie_rule), scale=scale)
    names = {str(row.pk): row for row in assessments}
    classed = {str(key) for key, total in totals.items() if not total.awaits_points}
    shared = _shared_ranks(ranked)
    content_results = _ContentResults(contents, unallocated, rounding)
    units = tuple(
        UnitResult(
            assessment_id=names[place.key].pk,
            unit_code=names[place.key].unit_code,
            unit_name=names[place.key].unit_name,
            appraised=printed(_points(totals[int(place.key)].appraised), rounding),
            survey=printed(_points(totals[int(place.key)].survey), rounding),
            obtained=place.obtained_printed,
            attainable=place.attainable,
            survey_attainable=_points(totals[int(place.key)].survey_attainable),
            index=place.index,
            rank=place.rank,
            shared=place.rank in shared,
            class_name=place.band.name if place.band and place.key in classed else "",
            unscored=totals[int(place.key)].unscored,
            contents=content_results.of(sums[int(place.key)]),
        )
        for place in ranked
    )
    return GroupResult(
        units=units,
        mean_index=mean_index(ranked, rounding.places),
        classes=distribution([place for place in ranked if place.key in classed], scale),
        spreads=tuple(
            _spread(code, [unit.contents[place].index for unit in units], rounding)
            for place, (_, code) in enumerate(contents)
        ),
    )


def share_of(units: int, total: int) -> Decimal | None:
    """A count as a share of all units, in percent with one place."""
    return printed_percent(Decimal(units), Decimal(total), 1)


def _contents(group: Group, framework: Framework) -> tuple[list[tuple[int, str]], dict[int | None, int]]:
    """Contents in document order, and the unallocated millionths under each (None: of the whole)."""
    rows = framework.criteria.order_by("position").values_list(
        "pk", "code", "level", "content_id", "unallocated", "is_survey_block"
    )
    contents: list[tuple[int, str]] = []
    unallocated: dict[int | None, int] = defaultdict(int)
    unallocated[None] = _millionths(framework.unallocated)
    for key, code, level, content, points, is_block in rows:
        if level == 1 and not (is_block and group.survey_id is None):
            contents.append((key, code))
        unallocated[content] += _millionths(points)
    return contents, unallocated


def _sum(column: str, only: Q | None = None) -> Cast:
    """A sum of stored points that stays a whole number: PostgreSQL's is a numeric otherwise."""
    return Cast(Sum(column, filter=only, default=0, output_field=BigIntegerField()), BigIntegerField())


def _content_sums(group: Group, track: Track) -> dict[int, dict[int, _Sums]]:
    """SQL sums per assessment and content; a unit or content without rows is missing.

    Units by subquery: given a join, SQLite once it has statistics begins with the criteria, and
    takes several times as long.
    """
    is_survey = Q(criterion__source=Source.SURVEY, criterion__standing=Standing.ORDINARY)
    is_bonus = Q(criterion__standing=Standing.BONUS)
    rows = (
        Score.objects.filter(assessment__in=Assessment.objects.filter(group=group), track=track)
        .values_list("assessment_id", "criterion__content_id")
        .annotate(
            all_obtained=_sum("obtained"),
            survey=_sum("obtained", is_survey),
            bonus=_sum("obtained", is_bonus),
            all_attainable=_sum("attainable"),
            survey_attainable=_sum("attainable", is_survey),
            scored=Count("obtained"),
            unscored=Count("pk", filter=Q(obtained=None)),
        )
    )
    sums: dict[int, dict[int, _Sums]] = defaultdict(dict)
    for assessment, content, obtained, survey, bonus, *others in rows:
        sums[assessment][content] = _Sums(obtained - survey - bonus, survey, bonus, *others)
    return sums


def _total(parts: list[_Sums], unallocated: Mapping[int | None, int], framework: Framework) -> _Sums:
    """A unit's total: bonus outside the hundred up to its cap, never below nothing."""
    appraised = sum(part.appraised for part in parts)
    survey = sum(part.survey for part in parts)
    bonus = sum(part.bonus for part in parts)
    if framework.bonus_cap is not None:
        bonus = min(bonus, _millionths(framework.bonus_cap))
    return _Sums(
        appraised=max(appraised + survey + bonus, 0) - survey,
        survey=survey,
        bonus=bonus,
        attainable=sum(part.attainable for part in parts) + sum(unallocated.values()),
        survey_attainable=sum(part.survey_attainable for part in parts),
        scored=sum(part.scored for part in parts),
        unscored=sum(part.unscored for part in parts),
    )


class _ContentResults:
    """Units' results on their contents; units with equal sums on one content share its result."""

    def __init__(
        self, contents: list[tuple[int, str]], unallocated: Mapping[int | None, int], rounding: Rounding
    ) -> None:
        self.contents = [(key, code, unallocated.get(key, 0)) for key, code in contents]
        self.rounding = rounding
        self.made: dict[tuple[int, int, int], ContentResult] = {}

    def of(self, sums: Mapping[int, _Sums]) -> tuple[ContentResult, ...]:
        """One unit's contents, in document order."""
        return tuple(
            self._result(key, code, sums.get(key, _NOTHING), unallocated)
            for key, code, unallocated in self.contents
        )

    def _result(self, key: int, code: str, sums: _Sums, unallocated: int) -> ContentResult:
        obtained = sums.appraised + sums.survey + sums.bonus
        attainable = sums.attainable + unallocated
        found = self.made.get((key, obtained, attainable))
        if found is None:
            found = self.made[key, obtained, attainable] = ContentResult(
                code=code,
                obtained=printed(_points(obtained), self.rounding),
                attainable=_points(attainable),
                index=printed_percent(_points(obtained), _points(attainable), self.rounding.places),
            )
        return found


def _spread(code: str, indices: list[Decimal | None], rounding: Rounding) -> Spread:
    known = [index for index in indices if index is not None]
    if not known:
        return Spread(code=code, mean=None, median=None, low=None, high=None)
    return Spread(
        code=code,
        mean=printed(sum(known, ZERO) / len(known), rounding),
        median=printed(median(known), rounding),
        low=min(known),
        high=max(known),
    )


def _tie_keys(
    group: Group, contents: list[tuple[int, str]], sums: Mapping[int, _Sums], total: _Sums
) -> tuple[Decimal, ...]:
    """The group's ordered tie-breakers: "appraised", "survey", or a content's code."""
    if not group.tie_breakers:
        return ()
    parts = [(code, sums.get(key, _NOTHING)) for key, code in contents]
    by_name = {code: part.appraised + part.survey + part.bonus for code, part in parts}
    by_name |= {"appraised": total.appraised, "survey": total.survey}
    return tuple(_points(by_name[name]) for name in group.tie_breakers)


def _shared_ranks(ranked: tuple[Ranked, ...]) -> set[int]:
    seen: set[int] = set()
    shared: set[int] = set()
    for place in ranked:
        if place.rank is not None and place.rank in seen:
            shared.add(place.rank)
        elif place.rank is not None:
            seen.add(place.rank)
    return shared
