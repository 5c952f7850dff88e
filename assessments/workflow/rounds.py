"""Opening a round and adding groups to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from assessments.enums import RoundingStage, ScaleBasis, TieRule, Track
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, ClassBand, Group, Round, Score
from assessments.scorecard import DEFAULT_SCALE, class_scale, counts_in, leaf_outcome, rounding_of
from criteria.enums import FrameworkState, Source
from criteria.models import Framework
from parindex.accounts.models import Organiser, Unit
from parindex.audit.events import Actor, record
from parindex.sorting import sort_key
from surveys.models import Campaign

BATCH = 2000


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How a group is rounded, ranked and classed; the defaults are Quảng Ninh's of 2022."""

    scale: Sequence[tuple[str, Decimal]] = tuple((name, Decimal(lower)) for name, lower in DEFAULT_SCALE)
    scale_basis: ScaleBasis = ScaleBasis.PERCENT
    rounding_places: int = 2
    rounding_stage: RoundingStage = RoundingStage.TOTAL
    tie_rule: TieRule = TieRule.COMPETITION
    holds_survey: bool = True
    is_illustrative: bool = False


@transaction.atomic
def open_round(*, code: str, year: int, organiser: Organiser, title: str = "", by: Actor) -> Round:
    """Open a round of one organiser; the code is taken once and for all."""
    if Round.objects.filter(code=code).exists():
        raise AssessmentError(f"Mã đợt đánh giá “{code}” đã có.")
    opened = Round.objects.create(
        code=code, year=year, organiser=organiser, title=title or f"Chỉ số cải cách hành chính năm {year}"
    )
    record(by=by, verb="mở đợt đánh giá", on=opened, after={"code": code, "year": year})
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
    by: Actor,
) -> Group:
    """Add a group with its framework, units and settings, and an empty conclusion for every leaf.

    Raises AssessmentError when the framework is not in force or the code is taken.
    """
    if framework.state != FrameworkState.IN_FORCE:
        raise AssessmentError(f"“{framework}” chưa đưa vào sử dụng nên chưa dùng cho đợt đánh giá được.")
    if round.groups.filter(code=code).exists():
        raise AssessmentError(f"Mã nhóm “{code}” đã có trong đợt đánh giá này.")
    class_scale(settings.scale_basis, list(settings.scale))
    last = round.groups.aggregate(last=Max("position"))["last"] or 0
    group = Group.objects.create(
        round=round,
        code=code,
        name=name,
        position=last + 1,
        framework=framework,
        survey=_campaign(round, framework) if settings.holds_survey else None,
        scale_basis=settings.scale_basis,
        rounding_places=settings.rounding_places,
        rounding_stage=settings.rounding_stage,
        tie_rule=settings.tie_rule,
        is_illustrative=settings.is_illustrative,
    )
    ClassBand.objects.bulk_create(
        ClassBand(group=group, position=position, name=band, lower=lower)
        for position, (band, lower) in enumerate(settings.scale, start=1)
    )
    assessments = Assessment.objects.bulk_create(
        Assessment(
            group=group,
            unit=unit,
            unit_code=unit.code,
            unit_name=unit.name,
            unit_sort_key=sort_key(unit.name),
        )
        for unit in units
    )
    _await_conclusions(group, assessments)
    record(
        by=by, verb="thêm nhóm đơn vị", on=group, after={"framework": framework.pk, "units": len(assessments)}
    )
    return group


def _campaign(round: Round, framework: Framework) -> Campaign | None:
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


def _await_conclusions(group: Group, assessments: Sequence[Assessment]) -> None:
    """Every leaf that counts starts without points, so that it stands in the denominator."""
    rounding = rounding_of(group)
    leaves = [leaf for leaf in group.used_framework.criteria.filter(is_leaf=True) if counts_in(leaf, group)]
    outcomes = [(leaf, leaf_outcome(leaf, rounding=rounding, points=None)) for leaf in leaves]
    Score.objects.bulk_create(
        (
            Score(assessment=assessment, criterion=leaf, track=Track.CONCLUSION, attainable=attainable)
            for assessment in assessments
            for leaf, (_, attainable) in outcomes
        ),
        batch_size=BATCH,
    )
