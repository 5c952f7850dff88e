"""Verbs over rounds and units' files: check, change, audit, in one transaction each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessments.computed import facts_at_last
from assessments.enums import AssessmentState, RoundingStage, ScaleBasis, TieRule, Track
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Assessment, ClassBand, Group, Round, Score
from assessments.scorecard import DEFAULT_SCALE, class_scale, counts_in, leaf_outcome, rounding_of
from assessments.words import Word, checked
from criteria.enums import FrameworkState, Source
from criteria.models import Criterion, Framework
from criteria.rules import RuleKind, is_computed_last
from parindex.accounts.models import Organiser, Unit
from parindex.audit.events import Actor, Change, record, record_each
from parindex.notation import plain
from parindex.sorting import sort_key
from surveys.models import Campaign

ACCEPTED = "Công nhận điểm tự chấm."
COMPUTED = "Hệ thống tính."
BATCH = 2000
WORD_FIELDS = (
    "facts",
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
    AssessmentError for facts that the leaf's rule cannot take, points off the leaf's scale or a leaf
    that does not count in the group.
    """
    for word in words:
        _require_open(word, track)
    words = [checked(word, group) for word in words]
    rounding = rounding_of(group)
    now = timezone.now()
    files = {word.assessment.pk: word.assessment for word in words}
    # Two writers of one file wait for one another, so that neither counts from a stale version.
    list(Assessment.objects.select_for_update().filter(pk__in=files).order_by("pk"))
    held = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(assessment__in=files, track=track)
    }
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    after: dict[int, dict[str, Any]] = defaultdict(dict)
    written: list[Score] = []
    for word in words:
        key = word.assessment.pk
        earlier = held.get((key, word.criterion.pk))
        outcome = leaf_outcome(
            word.criterion, rounding=rounding, points=word.points, not_applicable=word.not_applicable
        )
        score = _score(word, track, outcome, earlier, by, now)
        written.append(score)
        _tell(before[key], word.criterion, earlier)
        _tell(after[key], word.criterion, score)
    _write(written)
    changes = [Change(file, before[key], after[key]) for key, file in files.items()]
    record_each(changes, verb=f"ghi điểm: {track.label}", reason=because, by=by)
    return len(words)


def _write(scores: Sequence[Score]) -> None:
    Score.objects.bulk_create(
        scores,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment", "track", "criterion"],
        update_fields=WORD_FIELDS,
    )


def _score(
    word: Word,
    track: Track,
    outcome: tuple[Decimal | None, Decimal],
    earlier: Score | None,
    by: Actor,
    now: dt.datetime,
) -> Score:
    """The row that holds a word and what it comes to."""
    obtained, attainable = outcome
    return Score(
        assessment=word.assessment,
        criterion=word.criterion,
        track=track,
        facts=dict(word.facts),
        points=word.stored_points,
        not_applicable=word.not_applicable,
        reason=word.reason,
        author_id=by.id,
        author_name=by.name,
        at=now,
        obtained=obtained,
        attainable=attainable,
        version=earlier.version + 1 if earlier else 1,
    )


def _tell(said: dict[str, Any], leaf: Criterion, score: Score | None) -> None:
    """Add a word to an event: its points under the leaf's code, its facts, if any, under "facts"."""
    said[leaf.code] = None if score is None else _said(score)
    if score is not None and score.facts:
        said.setdefault("facts", {})[leaf.code] = score.facts


def _said(score: Score) -> str | None:
    if score.not_applicable:
        return "KAD"
    return None if score.points is None else plain(score.points)


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

    Then come the leaves that are computed last. Survey points may still come later. Raises
    AssessmentError naming units and leaves without any points. Returns how many files were concluded.
    """
    open_files = list(
        group.assessments.select_for_update()
        .exclude(state=AssessmentState.CONCLUDED)
        .order_by("unit_sort_key")
    )
    _recognise(group, open_files, by)
    _compute_last(group, open_files, by)
    missing = [
        f"{score.assessment.unit_name}, mục {score.criterion.code}" for score in _without_points(open_files)
    ]
    if missing:
        raise AssessmentError(_listing("Chưa kết luận được vì còn mục chưa có điểm", missing))
    before = {file.pk: file.state for file in open_files}
    Assessment.objects.filter(pk__in=before).update(state=AssessmentState.CONCLUDED)
    after = {"state": AssessmentState.CONCLUDED.value}
    changes = [Change(file, {"state": before[file.pk]}, after) for file in open_files]
    record_each(changes, verb="kết luận thẩm định", by=by)
    return len(open_files)


@transaction.atomic
def require_conclusions(file: Assessment, *, by: Actor) -> None:
    """Work out what is computed last from this file alone, then require a conclusion on every other leaf.

    A leaf that compares all units of a group waits for the conclusion of the whole group. Raises
    AssessmentError naming the leaves without a conclusion; the survey's may come later.
    """
    _compute_last(file.group, [file], by, but=frozenset((RuleKind.BEST_UNIT,)))
    missing = [f"mục {score.criterion.code}" for score in _without_points([file])]
    if missing:
        raise AssessmentError(
            _listing(f"Chưa kết luận được {file.unit_name} vì còn mục chưa có điểm thẩm định", missing)
        )


def _without_points(files: Sequence[Assessment]) -> Iterable[Score]:
    """The conclusions that are still missing, without those of the survey."""
    return (
        Score.objects.filter(assessment__in=files, track=Track.CONCLUSION, obtained=None)
        .exclude(criterion__source=Source.SURVEY)
        .select_related("criterion", "assessment")
        .order_by("assessment__unit_sort_key", "criterion__position")
    )


def _recognise(group: Group, files: Sequence[Assessment], by: Actor) -> None:
    """Take over the unit's own word where nobody concluded otherwise.

    Of a leaf computed last only "không áp dụng" is taken over: its points are the system's to give.
    """
    own = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(assessment__in=files, track=Track.SELF, obtained__isnull=False)
    }
    words = []
    for waiting in _without_points(files):
        word = own.get((waiting.assessment_id, waiting.criterion_id))
        if word is None or (is_computed_last(waiting.criterion.rule_kind) and not word.not_applicable):
            continue
        words.append(
            Word(
                assessment=waiting.assessment,
                criterion=waiting.criterion,
                points=word.points,
                not_applicable=word.not_applicable,
                reason=ACCEPTED,
                facts=word.facts,
            )
        )
    record_words(group, words, track=Track.CONCLUSION, by=by, because="Kết luận thẩm định")


def _compute_last(
    group: Group, files: Sequence[Assessment], by: Actor, *, but: frozenset[RuleKind] = frozenset()
) -> None:
    """Points of rules that need the rest of the file or group; what a person judged keeps its reason."""
    words = [
        Word(
            assessment=waiting.assessment,
            criterion=waiting.criterion,
            reason=f"{waiting.reason} {COMPUTED}".strip(),
            facts=facts,
        )
        for waiting, facts in facts_at_last(group, files)
        if waiting.criterion.rule_kind not in but
    ]
    if words:
        record_words(group, words, track=Track.CONCLUSION, by=by, because=COMPUTED)


def _listing(opening: str, items: Sequence[str], *, show: int = 10) -> str:
    shown = "; ".join(items[:show])
    rest = f"; và {len(items) - show} mục khác" if len(items) > show else ""
    return f"{opening} ({len(items)}): {shown}{rest}."
