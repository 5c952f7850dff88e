"""Concluding files: self-scores recognised, the rules computed last, nothing missing."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from assessments.computed import facts_at_last
from assessments.enums import AssessmentState, ClarificationState, Track
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Clarification, Group, Score
from assessments.words import Word
from assessments.workflow.words import record_words
from criteria.enums import Source
from criteria.rules import RuleKind, is_computed_last
from parindex.audit.events import Actor, Change, record_each

ACCEPTED = "Công nhận điểm tự chấm."
COMPUTED = "Hệ thống tính."


@transaction.atomic
def conclude(group: Group, *, by: Actor) -> int:
    """Conclude every open file of a group: a self-score that nobody adjusted is recognised.

    Then come the leaves that are computed last. Survey points may still come later. Raises QuestionsOpen
    while units have time to answer, or a leaf with a question that is not closed waits for its conclusion,
    and AssessmentError naming units and leaves without any points. Returns how many files were concluded.
    """
    open_files = list(
        group.assessments.select_for_update()
        .exclude(state=AssessmentState.CONCLUDED)
        .order_by("unit_sort_key")
    )
    _require_nothing_asked(open_files, _unanswered() | _not_concluded())
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
    AssessmentError naming the leaves without a conclusion, where the survey's may come later, and those
    about which the unit still has time to answer.
    """
    _require_nothing_asked([file], _unanswered())
    _compute_last(file.group, [file], by, but=frozenset((RuleKind.BEST_UNIT,)))
    missing = [f"mục {score.criterion.code}" for score in _without_points([file])]
    if missing:
        raise AssessmentError(
            _listing(f"Chưa kết luận được {file.unit_name} vì còn mục chưa có điểm thẩm định", missing)
        )


class QuestionsOpen(AssessmentError):
    """Questions to units stand in the way of a conclusion; `questions` are they."""

    def __init__(self, message: str, questions: Sequence[Clarification]) -> None:
        super().__init__(message)
        self.questions = questions


def _unanswered() -> Q:
    """A unit that was given until a day to answer is heard: once the day is over, nothing is waited for."""
    return Q(state=ClarificationState.ASKED, until__gte=timezone.localdate())


def _not_concluded() -> Q:
    """Leaves with a question that nobody closed: their self-scores are not to be taken over unseen."""
    waiting = Score.objects.filter(
        assessment=OuterRef("assessment"), criterion=OuterRef("criterion"), track=Track.CONCLUSION, at=None
    )
    return ~Q(state=ClarificationState.CLOSED) & Q(Exists(waiting))


def _require_nothing_asked(files: Sequence[Assessment], which: Q) -> None:
    asked = Clarification.objects.filter(which, assessment__in=files).select_related(
        "criterion", "assessment"
    )
    found = list(asked.order_by("assessment__unit_sort_key", "criterion__position"))
    if found:
        waiting = [f"{one.assessment.unit_name}, {question_words(one)}" for one in found]
        raise QuestionsOpen(_listing("Chưa kết luận được vì còn yêu cầu giải trình", waiting), found)


def question_words(asked: Clarification) -> str:
    """What an open question waits for."""
    leaf = f"mục {asked.criterion.code}"
    if asked.state == ClarificationState.ANSWERED:
        return f"{leaf}: đơn vị đã trả lời, chưa ai kết luận"
    if asked.until < timezone.localdate():
        return f"{leaf}: hết hạn trả lời ngày {asked.until:%d/%m/%Y}, chưa ai kết luận"
    return f"{leaf}: chờ đơn vị giải trình đến hết ngày {asked.until:%d/%m/%Y}"


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


def compute_again(file: Assessment, *, by: Actor) -> None:
    """Bring up to date what was computed from the totals of a concluded file of which a leaf has changed."""
    _compute_last(file.group, [file], by, but=frozenset((RuleKind.BEST_UNIT,)), reviewed=True)


def _compute_last(
    group: Group,
    files: Sequence[Assessment],
    by: Actor,
    *,
    but: frozenset[RuleKind] = frozenset(),
    reviewed: bool = False,
) -> None:
    """Points of rules that need the rest of the file or group; what a person judged keeps its reason."""
    words = [
        Word(
            assessment=waiting.assessment,
            criterion=waiting.criterion,
            reason=f"{waiting.reason.removesuffix(COMPUTED).strip()} {COMPUTED}".strip(),
            facts=facts,
        )
        for waiting, facts in facts_at_last(group, files)
        if waiting.criterion.rule_kind not in but
    ]
    if words:
        record_words(group, words, track=Track.CONCLUSION, by=by, because=COMPUTED, reviewed=reviewed)


def _listing(opening: str, items: Sequence[str], *, show: int = 10) -> str:
    shown = "; ".join(items[:show])
    rest = f"; và {len(items) - show} mục khác" if len(items) > show else ""
    return f"{opening} ({len(items)}): {shown}{rest}."
