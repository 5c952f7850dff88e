"""A provisional ranking beside an earlier one: one that somebody kept, a publication, the year before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.enums import PublicationState, Track
from assessments.exceptions import AssessmentError
from assessments.frozen import Json, amount, group_header, unit_row
from assessments.models import (
    Assessment,
    Group,
    KeptRanking,
    KeptUnit,
    PublishedGroup,
    PublishedUnit,
    Round,
    Score,
)
from assessments.permissions.publishing import check_publish
from assessments.publication import digest
from assessments.scorecard import UnitResult, rank_group
from parindex.accounts.models import User
from parindex.audit.events import record
from parindex.audit.models import Event

UNITS_AT_A_TIME = 100
WRITTEN = f"ghi điểm: {Track.CONCLUSION.label}"
Leaves = Mapping[str, tuple[Decimal | None, Decimal]]


# -- keeping a ranking


@transaction.atomic
def keep_ranking(group: Group, *, name: str, by: User) -> KeptRanking:
    """Keep the provisional ranking of a group as it stands, under a name. Raises NotPermitted."""
    check_publish(by, group.round)
    if not name.strip():
        raise AssessmentError("Ghi tên bản lưu.")
    result = rank_group(group)
    header = group_header(group, result)
    rows = [(unit, unit_row(unit, header, None)) for unit in result.units]
    kept = KeptRanking.objects.create(
        group=group,
        name=name.strip(),
        kept_by_id=by.pk,
        kept_by=str(by),
        kept_at=timezone.now(),
        digest=digest([row for _, row in rows]),
    )
    for start in range(0, len(rows), UNITS_AT_A_TIME):
        some = rows[start : start + UNITS_AT_A_TIME]
        leaves = _leaves_now([unit.assessment_id for unit, _ in some])
        KeptUnit.objects.bulk_create(
            KeptUnit(
                ranking=kept,
                unit_code=unit.unit_code,
                row=row,
                leaves={
                    code: [amount(word.obtained), amount(word.attainable)]
                    for code, word in leaves[unit.assessment_id].items()
                },
            )
            for unit, row in some
        )
    after = {"name": kept.name, "units": len(rows), "digest": kept.digest}
    record(by=by.actor, verb="lưu bản xếp hạng dự kiến", on=kept, after=after)
    return kept


def _leaves_now(files: Sequence[int]) -> dict[int, dict[str, Score]]:
    """The conclusions of these files by leaf, in the order of the paper; in one query."""
    found: dict[int, dict[str, Score]] = defaultdict(dict)
    scores = Score.objects.filter(assessment__in=files, track=Track.CONCLUSION).select_related("criterion")
    for score in scores.order_by("criterion__position").only(
        "assessment_id", "criterion__code", "obtained", "attainable", "author_name", "at", "reason"
    ):
        found[score.assessment_id][score.criterion.code] = score
    return found


# -- what there is to compare with


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier ranking of a group: its address on the page, its name and when it stood."""

    address: str
    name: str
    at: dt.datetime
    key: int
    is_publication: bool


def earlier_rankings(group: Group) -> list[Earlier]:
    """What was kept and what was published of a group, newest first, in two queries."""
    kept = [
        Earlier(f"luu-{one.pk}", f"bản lưu “{one.name}”", one.kept_at, one.pk, is_publication=False)
        for one in group.kept_rankings.order_by("-pk")
    ]
    published = PublishedGroup.objects.filter(group=group).select_related("publication")
    found = published.only("publication__decision_number", "publication__published_at")
    announced = [
        Earlier(
            f"cong-bo-{one.pk}",
            f"bản công bố theo Quyết định số {one.publication.decision_number}",
            one.publication.published_at,
            one.pk,
            is_publication=True,
        )
        for one in found
    ]
    return sorted([*kept, *announced], key=lambda one: one.at, reverse=True)


# -- what has changed


@dataclass(frozen=True, slots=True)
class Writing:
    """One time a leaf was written since: by whom, when, why, from what to what."""

    by: str
    at: dt.datetime
    reason: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LeafChange:
    """A leaf whose points or maximum are others than before, and how that came about."""

    code: str
    before: Decimal | None
    after: Decimal | None
    why: tuple[Writing, ...]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit now and before: rank, points, class, leaves, and its index of the year before, in percent."""

    unit: UnitResult
    was: Json | None
    leaves: tuple[LeafChange, ...]
    last_year: Decimal | None

    @property
    def rank_before(self) -> int | None:
        """Its rank before."""
        return self.was["rank"] if self.was else None

    @property
    def climbed(self) -> int | None:
        """How many ranks it rose (positive) or fell."""
        if self.rank_before is None or self.unit.rank is None:
            return None
        return self.rank_before - self.unit.rank

    @property
    def fell(self) -> int | None:
        """How many ranks it fell."""
        return None if self.climbed is None else -self.climbed

    @property
    def gained(self) -> Decimal | None:
        """Points more or less than before."""
        return None if self.was is None else self.unit.obtained - Decimal(self.was["obtained"])

    @property
    def class_before(self) -> str:
        """Its class before, where it has another one now."""
        return self.was["class"] if self.was and self.was["class"] != self.unit.class_name else ""

    @property
    def since_last_year(self) -> Decimal | None:
        """Percentage points more or less than the year before."""
        if self.last_year is None or self.unit.index is None:
            return None
        return self.unit.index - self.last_year


@dataclass(frozen=True, slots=True)
class Summary:
    """How many units of the whole group changed."""

    points: int
    ranks: int
    classes: int
    new: int


def summary_of(units: Sequence[UnitResult], earlier: Earlier) -> Summary:
    """How many units of a group have other points, ranks or classes than before, in one query."""
    kept = KeptUnit.objects.filter(ranking=earlier.key).values_list("unit_code", "row")
    published = PublishedUnit.objects.filter(group=earlier.key).values_list("unit_code", "row")
    was = dict(published if earlier.is_publication else kept)
    changes = [UnitChange(unit, was.get(unit.unit_code), (), None) for unit in units]
    return Summary(
        points=sum(bool(change.gained) for change in changes),
        ranks=sum(bool(change.climbed) for change in changes),
        classes=sum(bool(change.class_before) for change in changes),
        new=sum(change.was is None for change in changes),
    )


def changes_of(
    units: Sequence[UnitResult], earlier: Earlier | None, last_year: Mapping[int, Decimal]
) -> Iterator[UnitChange]:
    """Each unit beside the earlier ranking and the year before, in three queries for all of them."""
    files = [unit.assessment_id for unit in units]
    was, leaves_before = _before(earlier, [unit.unit_code for unit in units])
    now = _leaves_now(files) if earlier else {}
    written = _writings(files, earlier.at) if earlier else {}
    for unit in units:
        key, code = unit.assessment_id, unit.unit_code
        leaves: list[LeafChange] = []
        if code in was:
            leaves = _leaf_changes(leaves_before[code], now.get(key, {}), written.get(key, {}))
        yield UnitChange(unit, was.get(code), tuple(leaves), last_year.get(key))


def _leaf_changes(
    before: Leaves, now: Mapping[str, Score], written: Mapping[str, list[Writing]]
) -> list[LeafChange]:
    changes = []
    for code, score in now.items():
        obtained, attainable = before.get(code, (None, Decimal(0)))
        if (score.obtained, score.attainable) == (obtained, attainable):
            continue
        why = tuple(written.get(code, ()))
        if not why and score.at is not None:
            why = (Writing(score.author_name, score.at, score.reason, None, None),)
        changes.append(LeafChange(code, obtained, score.obtained, why))
    return changes


def _before(earlier: Earlier | None, codes: Sequence[str]) -> tuple[dict[str, Json], dict[str, Leaves]]:
    """Rows and leaves of the earlier ranking, by unit code."""
    rows: dict[str, Json] = {}
    leaves: dict[str, Leaves] = {}
    if earlier is None:
        return rows, leaves
    if earlier.is_publication:
        for published in PublishedUnit.objects.filter(group=earlier.key, unit_code__in=codes):
            rows[published.unit_code] = published.row
            leaves[published.unit_code] = dict(_published_leaves(published.scorecard))
    else:
        for kept in KeptUnit.objects.filter(ranking=earlier.key, unit_code__in=codes):
            rows[kept.unit_code] = kept.row
            leaves[kept.unit_code] = {
                code: (_number(obtained), Decimal(attainable))
                for code, (obtained, attainable) in kept.leaves.items()
            }
    return rows, leaves


def _published_leaves(card: Json) -> Iterator[tuple[str, tuple[Decimal | None, Decimal]]]:
    for code, words in card["leaves"].items():
        word = words["conclusion"]
        if word is not None:
            yield code, (_number(word["obtained"]), Decimal(word["attainable"]))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _writings(files: Sequence[int], since: dt.datetime) -> dict[int, dict[str, list[Writing]]]:
    """What the log says of conclusions written since, by file and leaf, in one query."""
    found: dict[int, dict[str, list[Writing]]] = defaultdict(lambda: defaultdict(list))
    events = Event.objects.filter(
        object_type=Assessment._meta.label_lower, object_id__in=files, verb=WRITTEN, at__gt=since
    )
    for event in events.order_by("pk"):
        for code, said in event.after.items():
            if isinstance(said, str) or said is None:
                before = event.before.get(code)
                writing = Writing(event.actor_name, event.at, event.reason, before, said)
                found[event.object_id][code].append(writing)
    return found


# -- the year before


def last_years(group: Group, files: Sequence[int]) -> dict[int, Decimal]:
    """The published index (percent) of the year before by file, where the unit is the same or its only heir.

    Points are not compared: frameworks change. A unit made of several, or that has taken in another one that
    was ranked, has no year before. In three queries.
    """
    previous = group.round.previous
    if previous is None or previous.organiser_id != group.round.organiser_id:
        return {}
    known = Assessment.objects.filter(pk__in=files).prefetch_related("unit__predecessors__successors")
    units = {file.pk: file.unit for file in known.select_related("unit")}
    wanted = {unit.pk for unit in units.values()}
    wanted |= {earlier.pk for unit in units.values() for earlier in unit.predecessors.all()}
    published = _published_by_unit(previous, wanted)
    found = {}
    for key, unit in units.items():
        came_from = list(unit.predecessors.all())
        if unit.pk in published:
            index = None if any(one.pk in published for one in came_from) else published[unit.pk]
        else:
            only = len(came_from) == 1 and len(came_from[0].successors.all()) == 1
            index = published.get(came_from[0].pk) if only else None
        if index is not None:
            found[key] = Decimal(index)
    return found


def _published_by_unit(round: Round, units: Collection[int]) -> dict[int, str | None]:
    """The index that a round announces of each of these units, by their keys: codes may change since."""
    own = "group__group__assessments"
    rows = PublishedUnit.objects.filter(
        group__publication__round=round,
        group__publication__state=PublicationState.CURRENT,
        unit_code=F(f"{own}__unit_code"),
        **{f"{own}__unit__in": units},
    )
    return {unit: row["index"] for unit, row in rows.values_list(f"{own}__unit", "row")}
