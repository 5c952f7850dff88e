"""Reads every row on a leaf that changes when a group moves, and what becomes of each."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Model, Q, Sum, Window

from assessments.enums import AssessmentState, Kept, Track
from assessments.models import (
    Clarification,
    EvidenceUse,
    Group,
    Opinion,
    PaperFigure,
    ReviewRequest,
    Score,
    SurveySample,
)
from assessments.workflow.moving_shapes import NOT_THERE, Fate, Line, Outcome, Pair, UnitPlan
from assessments.workflow.moving_words import Judge
from criteria.enums import Source
from criteria.models import Criterion
from criteria.rules import RuleKind
from parindex.notation import vietnamese

ZERO = Decimal(0)
SAID = ("criterion", "facts", "points", "not_applicable")
SCORED = (*SAID, "track", "obtained", "attainable", Q(at__isnull=True))


class Reading:
    """Fills the plans of a group's units from their rows, in a fixed number of queries."""

    def __init__(self, group: Group, pairs: Sequence[Pair], fresh: Sequence[Criterion]) -> None:
        self.pairs = {pair.old.pk: pair for pair in pairs}
        self.judge = Judge(group, self.pairs)
        files = list(group.assessments.select_related("group__round").order_by("unit_sort_key", "pk"))
        self.by_file = {file.pk: UnitPlan(file, new_leaves=len(fresh)) for file in files}
        self.about = {"assessment__in": group.assessments.values("pk")}
        self.silent: list[tuple[int, Criterion, Outcome]] = []
        # Files in which a conclusion is missing after the move.
        is_missing = any(row.source != Source.SURVEY for row in fresh)
        self.missing: set[int] = set(self.by_file) if is_missing else set()

    @property
    def units(self) -> tuple[UnitPlan, ...]:
        """One plan for each unit, in the order of their names."""
        return tuple(self.by_file.values())

    def read(self, nodes: Sequence[Pair]) -> None:
        """Fill the units' plans. `nodes` are the rows above the leaves too, for figures of papers."""
        self._read_totals()
        recounted = [key for key, pair in self.pairs.items() if pair.recounts]
        gone = [key for key, pair in self.pairs.items() if pair.new is None]
        self._read_words(Score, recounted, SCORED)
        self._read_accuracy()
        self._read_words(Opinion, recounted, SAID)
        self._read_followers(gone)
        lost = {pair.old.pk: pair for pair in nodes if pair.new is None}
        for figure in PaperFigure.objects.filter(criterion__in=lost, **self.about).order_by("pk"):
            pair = lost[figure.criterion_id or 0]
            line = Line(Kept.FIGURE, Fate.ASIDE, pair, _amount(figure.value), why=NOT_THERE)
            self._add(figure.assessment_id, figure.pk, line)
        for unit in self.units:
            unit.changes.sort(key=lambda change: change[1].place)
            is_final = unit.file.state == AssessmentState.CONCLUDED
            unit.reopens = is_final and unit.file.pk in self.missing

    def _of(self, model: type[Model], leaves: Iterable[int]) -> Any:
        return model._default_manager.filter(criterion__in=list(leaves), **self.about).order_by("pk")

    def _read_totals(self) -> None:
        """What is said in each file, and its sums: the rows that change are taken off afterwards."""
        rows = (
            Score.objects.filter(**self.about)
            .values_list("assessment_id", "track")
            .annotate(said=Count("pk", filter=Q(at__isnull=False)), total=Sum("obtained"))
        )
        for file, track, said, total in rows:
            unit = self.by_file[file]
            unit.kept += said
            unit.before[Track(track)] = unit.after[Track(track)] = total or ZERO

    def _read_words(self, model: type[Score | Opinion], leaves: Sequence[int], said: Sequence[Any]) -> None:
        """Judge each word once, however many files say it: of each row only its keys are read."""
        same = [F(name) if isinstance(name, str) else name for name in said]
        rows = self._of(model, leaves).annotate(word=Window(Min("pk"), partition_by=same))
        found = list(rows.values_list("pk", "assessment_id", "word"))
        words = model._default_manager.in_bulk({word for _, _, word in found})
        judged = {key: self.judge.judge(word) for key, word in words.items()}
        for key, file, word in found:
            what = judged[word]
            if isinstance(what, Line):
                self._add(file, key, what, words[word])
            elif what is not None and (new := self.pairs[words[word].criterion_id].new) is not None:
                self.silent.append((key, new, what))

    def _read_accuracy(self) -> None:
        """Conclusions worked out from totals that are others now."""
        leaves = {
            key: pair.new
            for key, pair in self.pairs.items()
            if pair.new and pair.new.rule_kind == RuleKind.SELF_ACCURACY
        }
        if not leaves:
            return
        done = {key for unit in self.units for key, line in unit.changes if line.kind is Kept.CONCLUSION}
        changed = {key for key, unit in self.by_file.items() if unit.changes} | self.missing
        scores = self._of(Score, leaves).filter(track=Track.CONCLUSION, obtained__isnull=False)
        for score in scores:
            if score.pk not in done and score.assessment_id in changed:
                pair = self.pairs[score.criterion_id]
                line = self.judge.again(score, pair, leaves[score.criterion_id])
                self._add(score.assessment_id, score.pk, line, score)
                self.missing.add(score.assessment_id)

    def _read_followers(self, gone: Sequence[int]) -> None:
        """Rows that say nothing of points: they follow their leaf wherever it goes."""
        for asked in self._of(Clarification, gone):
            self._follow(asked, Kept.CLARIFICATION, asked.question)
        for request in self._of(ReviewRequest, gone):
            self._follow(request, Kept.REVIEW, request.request)
        for use in self._of(EvidenceUse, gone).select_related("evidence"):
            self._follow(use, Kept.EVIDENCE, use.evidence.title)
        surveyed = [
            key for key, pair in self.pairs.items() if not pair.new or pair.new.source != Source.SURVEY
        ]
        for sample in self._of(SurveySample, surveyed):
            self._follow(sample, Kept.SAMPLE, f"{sample.forms_valid} phiếu hợp lệ")

    def _follow(self, row: Any, kind: Kept, text: str) -> None:
        pair = self.pairs[row.criterion_id]
        self._add(row.assessment_id, row.pk, Line(kind, Fate.ASIDE, pair, text, why=pair.why or pair.refuses))

    def _add(self, file: int, key: int, line: Line, word: Score | Opinion | None = None) -> None:
        """A row that changes: with its leaf open or its points others, the file's sums are too."""
        unit = self.by_file[file]
        unit.changes.append((key, line))
        if isinstance(word, Score):
            obtained = line.outcome.obtained if line.outcome else None
            unit.kept -= 1
            unit.after[Track(word.track)] += (obtained or ZERO) - (word.obtained or ZERO)
        if line.opens_conclusion:
            self.missing.add(file)


def _amount(value: Decimal | None) -> str:
    return "không ghi số" if value is None else vietnamese(value)
