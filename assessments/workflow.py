"""Verbs over rounds and units' files: check, change, audit, in one transaction each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.enums import AssessmentState, RoundingStage, ScaleBasis, TieRule, Track
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, ClassBand, Group, Round, Score
from assessments.scorecard import DEFAULT_SCALE, class_scale, counts_in, leaf_outcome, rounding_of
from criteria.enums import FrameworkState, Source
from criteria.models import Criterion, Framework
from parindex.accounts.models import Organiser, Unit
from parindex.audit.events import Actor, Change, record, record_each
from parindex.notation import plain, vietnamese
from parindex.sorting import sort_key
from surveys.models import Campaign

ACCEPTED = "Công nhận điểm tự chấm."
BATCH = 2000
WORD_FIELDS = (
    "points",
    "not_applicable",
    "reason",
    "author_id",
    "author_name",
    "at",
    "obtained",
    "attainable",
    "version",
)


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


@dataclass(frozen=True, slots=True)
class Word:
    """What one track says of one leaf of one unit: points, or not applicable, with a reason."""

    assessment: Assessment
    criterion: Criterion
    points: Decimal | None
    not_applicable: bool = False
    reason: str = ""


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


@transaction.atomic
def record_words(group: Group, words: Sequence[Word], *, track: Track, by: Actor, because: str) -> int:
    """Write many words of one track: every score with what it comes to, one event per unit.

    Returns how many scores were written. Raises WrongState for a conclusion that is final, and
    AssessmentError for points off the leaf's scale or a leaf that does not count in the group.
    """
    for word in words:
        _require_open(word, track)
        _require_sound(word, group)
    rounding = rounding_of(group)
    now = timezone.now()
    ids = {word.assessment.pk for word in words}
    # Two writers of one file wait for one another, so that neither counts from a stale version.
    list(Assessment.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    held = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(assessment__in=ids, track=track)
    }
    before: dict[int, dict[str, str | None]] = defaultdict(dict)
    after: dict[int, dict[str, str | None]] = defaultdict(dict)
    written: list[Score] = []
    for word in words:
        earlier = held.get((word.assessment.pk, word.criterion.pk))
        obtained, attainable = leaf_outcome(
            word.criterion, rounding=rounding, points=word.points, not_applicable=word.not_applicable
        )
        score = Score(
            assessment=word.assessment,
            criterion=word.criterion,
            track=track,
            points=word.points,
            not_applicable=word.not_applicable,
            reason=word.reason,
            author_id=by.id,
            author_name=by.name,
            at=now,
            obtained=obtained,
            attainable=attainable,
            version=earlier.version + 1 if earlier else 1,
        )
        written.append(score)
        before[word.assessment.pk][word.criterion.code] = _said(earlier) if earlier else None
        after[word.assessment.pk][word.criterion.code] = _said(score)
    Score.objects.bulk_create(
        written,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "track", "criterion"],
        update_fields=WORD_FIELDS,
    )
    files = {word.assessment.pk: word.assessment for word in words}
    changes = [Change(file, before[key], after[key]) for key, file in files.items()]
    record_each(changes, verb=f"ghi điểm: {track.label}", reason=because, by=by)
    return len(words)


def _said(score: Score) -> str | None:
    if score.not_applicable:
        return "KAD"
    return None if score.points is None else plain(score.points)


def _require_sound(word: Word, group: Group) -> None:
    """A word gives points on the leaf's scale, or says that the leaf does not apply."""
    leaf = word.criterion
    refusal = ""
    if not leaf.is_leaf or not counts_in(leaf, group):
        refusal = f"Mục {leaf.code} không chấm điểm trong nhóm này."
    elif word.points is not None:
        refusal = points_out_of_range(leaf, word.points)
    elif not word.not_applicable:
        refusal = f"Mục {leaf.code} chưa có điểm."
    if refusal:
        raise AssessmentError(f"{word.assessment.unit_name}: {refusal}")


def _require_open(word: Word, track: Track) -> None:
    """Survey points come in their own time; everything else of a conclusion is final."""
    is_final = track == Track.CONCLUSION and word.assessment.state == AssessmentState.CONCLUDED
    if is_final and word.criterion.source != Source.SURVEY:
        raise WrongState(
            f"Hồ sơ của {word.assessment.unit_name} đã kết luận nên không ghi điểm được. "
            "Mở lại thẩm định trước khi sửa."
        )


@transaction.atomic
def conclude(group: Group, *, by: Actor) -> int:
    """Conclude every open file of a group: a self-score that nobody adjusted is recognised.

    Survey points may still come later. Raises AssessmentError naming units and leaves without
    any points. Returns how many files were concluded.
    """
    open_files = list(
        group.assessments.select_for_update()
        .exclude(state=AssessmentState.CONCLUDED)
        .order_by("unit_sort_key")
    )
    waiting = (
        Score.objects.filter(assessment__in=open_files, track=Track.CONCLUSION, obtained=None)
        .exclude(criterion__source=Source.SURVEY)
        .select_related("criterion", "assessment")
        .order_by("assessment__unit_sort_key", "criterion__position")
    )
    own = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(assessment__in=open_files, track=Track.SELF, obtained__isnull=False)
    }
    words, missing = [], []
    for score in waiting:
        word = own.get((score.assessment_id, score.criterion_id))
        if word is None:
            missing.append(f"{score.assessment.unit_name}, mục {score.criterion.code}")
        else:
            words.append(
                Word(
                    assessment=score.assessment,
                    criterion=score.criterion,
                    points=word.points,
                    not_applicable=word.not_applicable,
                    reason=ACCEPTED,
                )
            )
    if missing:
        raise AssessmentError(_listing("Chưa kết luận được vì còn mục chưa có điểm", missing))
    record_words(group, words, track=Track.CONCLUSION, by=by, because="Kết luận thẩm định")
    before = {file.pk: file.state for file in open_files}
    Assessment.objects.filter(pk__in=before).update(state=AssessmentState.CONCLUDED)
    after = {"state": AssessmentState.CONCLUDED.value}
    changes = [Change(file, {"state": before[file.pk]}, after) for file in open_files]
    record_each(changes, verb="kết luận thẩm định", by=by)
    return len(open_files)


def _listing(opening: str, items: Sequence[str], *, show: int = 10) -> str:
    shown = "; ".join(items[:show])
    rest = f"; và {len(items) - show} mục khác" if len(items) > show else ""
    return f"{opening} ({len(items)}): {shown}{rest}."


def points_out_of_range(criterion: Criterion, points: Decimal) -> str:
    """Why these points cannot stand on this leaf, or an empty string."""
    if points < 0:
        return f"Điểm {vietnamese(points)} là số âm."
    if points > criterion.max_points:
        most = vietnamese(criterion.max_points)
        return f"Điểm {vietnamese(points)} lớn hơn điểm tối đa {most} của mục {criterion.code}."
    return ""
