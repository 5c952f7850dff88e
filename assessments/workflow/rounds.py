"""Opening a round and adding groups to it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from assessments.enums import ResultsShown, RoundingStage, ScaleBasis, TieRule, Track, WithoutEvidence
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, ClassBand, Group, Round, Score
from assessments.scorecard import DEFAULT_SCALE, class_scale, counts_in, leaf_outcome, rounding_of
from criteria.enums import FrameworkState, Source
from criteria.models import DeclaredStructure, Framework
from parindex.accounts.models import Organiser, Unit
from parindex.audit.events import Actor, record
from parindex.sorting import sort_key
from surveys.models import Campaign

BATCH = 2000
# What tie-breakers may name beside the contents of the framework.
TIE_PARTS = ("appraised", "survey")


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How a group is rounded, ranked and classed, what evidence it asks and what its units see.

    The defaults of rounding and ranking are Quảng Ninh's of 2022. `tie_breakers` name "appraised",
    "survey" or a content's code, the first to decide first.
    """

    scale: Sequence[tuple[str, Decimal]] = tuple((name, Decimal(lower)) for name, lower in DEFAULT_SCALE)
    scale_basis: ScaleBasis = ScaleBasis.PERCENT
    rounding_places: int = 2
    rounding_stage: RoundingStage = RoundingStage.TOTAL
    tie_rule: TieRule = TieRule.COMPETITION
    tie_breakers: Sequence[str] = ()
    holds_survey: bool = True
    without_evidence: WithoutEvidence = WithoutEvidence.EXPLANATION
    asks_signature: bool = False
    results_shown: ResultsShown = ResultsShown.PUBLICATION
    names_appraisers: bool = False
    is_illustrative: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        """The settings that are columns of the group itself: all but its class bands and its survey."""
        return {name: getattr(self, name) for name in COLUMNS} | {"tie_breakers": list(self.tie_breakers)}


COLUMNS = (
    "scale_basis",
    "rounding_places",
    "rounding_stage",
    "tie_rule",
    "without_evidence",
    "asks_signature",
    "results_shown",
    "names_appraisers",
    "is_illustrative",
)


def settings_of(group: Group) -> GroupSettings:
    """The settings that a group has now, its bands from the highest down."""
    bands = group.bands.order_by("-lower").values_list("name", "lower")
    return GroupSettings(
        scale=tuple(bands),
        tie_breakers=tuple(group.tie_breakers),
        holds_survey=group.survey_id is not None,
        **{name: getattr(group, name) for name in COLUMNS},
    )


@transaction.atomic
def open_round(
    *,
    code: str,
    year: int,
    organiser: Organiser,
    title: str = "",
    previous: Round | None = None,
    dates: Mapping[str, dt.date | None] | None = None,
    note: str = "",
    by: Actor,
) -> Round:
    """Open a round of one organiser; the code is taken once and for all.

    `dates` are last days by the names of the round's columns.
    """
    if Round.objects.filter(code=code).exists():
        raise AssessmentError(f"Mã đợt đánh giá “{code}” đã có.")
    opened = Round.objects.create(
        code=code,
        year=year,
        organiser=organiser,
        title=title or f"Chỉ số cải cách hành chính năm {year}",
        previous=previous,
        note=note,
        **(dates or {}),
    )
    after: dict[str, Any] = {"code": code, "year": year}
    after |= {name: day.isoformat() for name, day in (dates or {}).items() if day}
    if previous is not None:
        after["previous"] = previous.code
    if note:
        after["note"] = note
    record(by=by, verb="mở đợt đánh giá", on=opened, after=after)
    return opened


@transaction.atomic
def add_group(
    *,
    round: Round,
    code: str,
    name: str,
    framework: Framework,
    units: Iterable[Unit],
    settings: GroupSettings,
    structure: DeclaredStructure | None = None,
    by: Actor,
) -> Group:
    """Add a group with its framework, units and settings, and an empty conclusion for every leaf.

    `structure` is what the decision declares of the framework, where it does.

    Raises AssessmentError when the framework is not in force or the code is taken.
    """
    require_in_force(framework)
    if round.groups.filter(code=code).exists():
        raise AssessmentError(f"Mã nhóm “{code}” đã có trong đợt đánh giá này.")
    class_scale(settings.scale_basis, list(settings.scale))
    require_tie_breakers(settings.tie_breakers, framework)
    last = round.groups.aggregate(last=Max("position"))["last"] or 0
    group = Group.objects.create(
        round=round,
        code=code,
        name=name,
        position=last + 1,
        framework=framework,
        structure=structure,
        survey=survey_for(round, framework) if settings.holds_survey else None,
        **settings.columns,
    )
    set_bands(group, settings.scale)
    files = add_files(group, units)
    after: dict[str, Any] = {"framework": str(framework), "units": len(files)}
    if structure is not None:
        after["structure"] = str(structure)
    record(by=by, verb="thêm nhóm đơn vị", on=group, after=after)
    return group


@transaction.atomic
def add_declared_group(round: Round, structure: DeclaredStructure, *, by: Actor) -> Group:
    """Add a group whose criteria nobody has yet: only what its decision declares of them is shown.

    Raises AssessmentError when the code of its type of unit is taken.
    """
    code, name = structure.unit_type.code, structure.unit_type.name
    if round.groups.filter(code=code).exists():
        raise AssessmentError(f"Mã nhóm “{code}” đã có trong đợt đánh giá này.")
    last = round.groups.aggregate(last=Max("position"))["last"] or 0
    group = Group.objects.create(round=round, code=code, name=name, position=last + 1, structure=structure)
    record(by=by, verb="thêm nhóm đơn vị", on=group, after={"structure": str(structure)})
    return group


def require_in_force(framework: Framework) -> None:
    """Raise AssessmentError for a framework that is a draft or retired."""
    if framework.state != FrameworkState.IN_FORCE:
        raise AssessmentError(f"“{framework}” chưa đưa vào sử dụng nên chưa dùng cho đợt đánh giá được.")


def known_tie_breakers(names: Sequence[str], framework: Framework) -> tuple[str, ...]:
    """Those that are a part of this framework's total."""
    contents = framework.criteria.filter(level=1, is_survey_block=False).values_list("code", flat=True)
    known = {*TIE_PARTS, *contents}
    return tuple(name for name in names if name in known)


def require_tie_breakers(names: Sequence[str], framework: Framework) -> None:
    """Raise AssessmentError for a tie-breaker that is no part of this framework's total, or comes twice."""
    if not names:
        return
    known = known_tie_breakers(names, framework)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise AssessmentError(
            f"Tiêu chí phụ khi bằng điểm: bộ tiêu chí không có nội dung {', '.join(unknown)}."
        )
    if len(set(names)) != len(names):
        raise AssessmentError("Tiêu chí phụ khi bằng điểm: một tiêu chí chỉ chọn một lần.")


def set_bands(group: Group, scale: Sequence[tuple[str, Decimal]]) -> None:
    """Give the group this class scale in place of the one it has."""
    group.bands.all().delete()
    ClassBand.objects.bulk_create(
        ClassBand(group=group, position=position, name=band, lower=lower)
        for position, (band, lower) in enumerate(scale, start=1)
    )


def add_files(group: Group, units: Iterable[Unit]) -> list[Assessment]:
    """A file for each unit, its code, name and order frozen as they are now."""
    files = Assessment.objects.bulk_create(
        Assessment(
            group=group,
            unit=unit,
            unit_code=unit.code,
            unit_name=unit.name,
            unit_sort_key=sort_key(unit.name),
        )
        for unit in units
    )
    await_conclusions(group, files)
    return files


def survey_for(round: Round, framework: Framework) -> Campaign | None:
    """The organiser's survey of this year about this type of unit, where the framework asks for one."""
    if not framework.criteria.filter(is_leaf=True, source=Source.SURVEY).exists():
        return None
    campaign, _ = Campaign.objects.get_or_create(
        organiser=round.organiser,
        year=round.year,
        unit_type=framework.unit_type,
        defaults={"title": f"Điều tra xã hội học năm {round.year}, {framework.unit_type.name}"},
    )
    return campaign


def await_conclusions(group: Group, files: Sequence[Assessment]) -> None:
    """Every leaf that counts starts without points, so that it stands in the denominator."""
    rounding = rounding_of(group)
    leaves = [leaf for leaf in group.used_framework.criteria.filter(is_leaf=True) if counts_in(leaf, group)]
    outcomes = [(leaf, leaf_outcome(leaf, rounding=rounding, points=None)) for leaf in leaves]
    Score.objects.bulk_create(
        (
            Score(assessment=file, criterion=leaf, track=Track.CONCLUSION, attainable=attainable)
            for file in files
            for leaf, (_, attainable) in outcomes
        ),
        batch_size=BATCH,
    )
