"""What moving a group to another version of its framework would do, row by row; nothing is changed here.

Criteria are the same where their lineage is. A word follows its leaf as long as the leaf is still scored,
its points come from the same source, and the rule of now can take what was said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Model, Q, Sum

from assessments.enums import AssessmentState, Kept, RoundDuty, Track
from assessments.exceptions import AssessmentError
from assessments.models import (
    Clarification,
    EvidenceUse,
    Group,
    Opinion,
    PaperFigure,
    ReviewRequest,
    RoundRole,
    Score,
    SurveySample,
)
from assessments.scorecard import leaf_outcome, rounding_of
from assessments.words import points_out_of_range
from assessments.workflow.moving_shapes import Fate, Line, Outcome, Pair, Plan, UnitPlan
from assessments.workflow.rounds import TIE_PARTS, require_in_force
from criteria.enums import NOT_SELF_SCORED, Source
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.models import Criterion, Framework
from criteria.rules import RuleKind, is_computed_last, kind_label, points_known, stored
from criteria.rules.last import ADDED
from parindex.notation import vietnamese

ZERO = Decimal(0)
# Rules that take an amount as it is given.
DIRECT = frozenset((RuleKind.MANUAL, RuleKind.SURVEY, RuleKind.IMPORTED))
NOT_THERE = "Phiên bản mới không có mục này."
DIVIDED = "Phiên bản mới chia mục này thành các mục nhỏ."
NO_SURVEY = "Nhóm không điều tra xã hội học nên mục này không tính."
COMPUTED_AGAIN = "Hệ thống tính lại khi kết luận, vì hồ sơ có điểm thay đổi."


def plan_of(group: Group, to: Framework) -> Plan:
    """What moving the group to this framework does, in a fixed number of queries.

    Raises AssessmentError for a framework to which the group cannot move.
    """
    old = group.used_framework
    require_follows(old, to)
    before, after = _rows(old), _rows(to)
    by_lineage = {row.lineage: row for row in after}
    pairs = tuple(_pair(row, by_lineage.get(row.lineage), group) for row in before if row.is_leaf)
    carried = {pair.new.pk for pair in pairs if pair.new is not None}
    if not carried:
        raise AssessmentError(
            f"“{to}” không có mục nào nối với “{old}”. Nối các mục của hai phiên bản trước khi chuyển."
        )
    fresh = tuple(row for row in after if row.is_leaf and _counts(row, group) and row.pk not in carried)
    reading = _Reading(group, pairs, fresh)
    nodes = [Pair(row, by_lineage.get(row.lineage), NOT_THERE) for row in before]
    reading.read(nodes)
    codes = {
        row.code: new.code if (new := by_lineage.get(row.lineage)) is not None and new.level == 1 else None
        for row in before
        if row.level == 1
    }
    leads, obstacles, notes = _leads(group, codes)
    tie_breakers = _tie_breakers(group, codes, notes)
    unasked = [row for row in after if row.is_leaf and not _counts(row, group)]
    if unasked:
        notes.append(f"Nhóm không điều tra xã hội học nên {len(unasked)} mục khảo sát không tính.")
    return Plan(
        group=group,
        framework=old,
        to=to,
        pairs=pairs,
        nodes=tuple((pair.old, pair.new) for pair in nodes if pair.new is not None),
        fresh=fresh,
        units=reading.units,
        silent=tuple(reading.silent),
        leads=leads,
        tie_breakers=tie_breakers,
        notes=tuple(notes),
        obstacles=obstacles,
    )


def require_follows(old: Framework, to: Framework) -> None:
    """Raise AssessmentError unless a group with the one framework may move to the other."""
    require_in_force(to)
    if to.pk == old.pk:
        raise AssessmentError(f"Nhóm đang dùng “{to}”.")
    if to.unit_type_id != old.unit_type_id:
        raise AssessmentError(f"“{to}” dành cho loại đơn vị khác.")
    if to.decision.issuer_id != old.decision.issuer_id:
        raise AssessmentError(f"“{to}” do cơ quan khác ban hành.")
    if (to.decision.issued, to.version) < (old.decision.issued, old.version):
        raise AssessmentError(f"“{to}” cũ hơn bộ tiêu chí đang dùng.")


def _rows(framework: Framework) -> list[Criterion]:
    return list(framework.criteria.order_by("position"))


def _counts(leaf: Criterion, group: Group) -> bool:
    return leaf.source != Source.SURVEY or group.survey_id is not None


def _pair(old: Criterion, new: Criterion | None, group: Group) -> Pair:
    if new is None:
        return Pair(old, None, NOT_THERE)
    if not new.is_leaf:
        return Pair(old, None, DIVIDED)
    return Pair(old, new) if _counts(new, group) else Pair(old, None, NO_SURVEY)


# -- settings that name contents by their codes


def _leads(
    group: Group, codes: Mapping[str, str | None]
) -> tuple[tuple[tuple[RoundRole, list[str]], ...], tuple[str, ...], list[str]]:
    """Lead agencies whose contents have other codes now; who stands in the way; what to tell."""
    alone = not group.round.groups.exclude(pk=group.pk).exists()
    held = RoundRole.objects.filter(round=group.round_id, role=RoundDuty.LEAD_AGENCY)
    held = held.filter(Q(group=None) | Q(group=group)).select_related("user", "round", "group").order_by("pk")
    changed, obstacles, notes = [], [], []
    for role in held:
        now = [new for code in role.contents if (new := codes.get(code, code)) is not None]
        if now == role.contents:
            continue
        if role.group_id is None and not alone:
            obstacles.append(
                f"{role.user} chủ trì nội dung {', '.join(role.contents)} cho mọi nhóm của đợt, mà số "
                "nội dung khác đi ở phiên bản mới. Giao riêng cho từng nhóm trước."
            )
        elif not now:
            obstacles.append(
                f"{role.user} chủ trì nội dung {', '.join(role.contents)} mà phiên bản mới không có. Sửa "
                "phân công ở mục Hội đồng và phân công trước."
            )
        else:
            changed.append((role, now))
            notes.append(
                f"{role.user}: nội dung chủ trì đổi từ {', '.join(role.contents)} thành {', '.join(now)}."
            )
    return tuple(changed), tuple(obstacles), notes


def _tie_breakers(group: Group, codes: Mapping[str, str | None], notes: list[str]) -> tuple[str, ...]:
    kept = []
    for name in group.tie_breakers:
        new = name if name in TIE_PARTS else codes.get(name)
        if new is None:
            notes.append(f"Tiêu chí phụ khi bằng điểm: bỏ nội dung {name}, phiên bản mới không có.")
        else:
            kept.append(new)
    return tuple(kept)


# -- rows about leaves


class _Reading:
    """Reads every row on a leaf that changes, and decides what becomes of it."""

    def __init__(self, group: Group, pairs: Sequence[Pair], fresh: Sequence[Criterion]) -> None:
        self.rounding = rounding_of(group)
        self.pairs = {pair.old.pk: pair for pair in pairs}
        self.fresh = [row for row in fresh if row.source != Source.SURVEY]
        files = list(group.assessments.select_related("group__round").order_by("unit_sort_key", "pk"))
        self.by_file = {file.pk: UnitPlan(file, new_leaves=len(fresh)) for file in files}
        self.about = {"assessment__in": group.assessments.values("pk")}
        self.silent: list[tuple[Score, Criterion, Outcome]] = []
        self.made: dict[tuple[int, Decimal | None, bool], Outcome] = {}
        # Files in which a conclusion is missing after the move.
        self.missing: set[int] = set(self.by_file) if self.fresh else set()

    @property
    def units(self) -> tuple[UnitPlan, ...]:
        """One plan for each unit, in the order of their names."""
        return tuple(self.by_file.values())

    def read(self, nodes: Sequence[Pair]) -> None:
        """Fill the units' plans. `nodes` are the rows above the leaves too, for figures of papers."""
        self._read_totals()
        recounted = [key for key, pair in self.pairs.items() if pair.recounts]
        gone = [key for key, pair in self.pairs.items() if pair.new is None]
        self._read_scores(recounted)
        for opinion in self._of(Opinion, recounted):
            self._judge(opinion, Kept.OPINION)
        self._read_followers(gone)
        lost = {pair.old.pk: pair for pair in nodes if pair.new is None}
        for figure in PaperFigure.objects.filter(criterion__in=lost, **self.about).order_by("pk"):
            line = Line(
                Kept.FIGURE, Fate.ASIDE, lost[figure.criterion_id or 0], figure, _amount(figure.value)
            )
            self._aside(figure, line, why=NOT_THERE)
        for unit in self.units:
            unit.lines.sort(key=lambda line: (line.pair.old.position, list(Kept).index(line.kind)))
            is_final = unit.file.state == AssessmentState.CONCLUDED
            unit.reopens = is_final and unit.file.pk in self.missing

    def _of(self, model: type[Model], leaves: Iterable[int]) -> Iterator[Any]:
        return (
            model._default_manager.filter(criterion__in=list(leaves), **self.about).order_by("pk").iterator()
        )

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

    def _read_scores(self, recounted: Sequence[int]) -> None:
        last: list[Score] = []
        for score in self._of(Score, recounted):
            self._judge(score, Kept(score.track))
        accuracy = [
            key
            for key, pair in self.pairs.items()
            if pair.new and pair.new.rule_kind == RuleKind.SELF_ACCURACY
        ]
        if accuracy:
            last = list(self._of(Score, accuracy))
        for score in last:
            unit = self.by_file[score.assessment_id]
            differs = bool(unit.lines) or score.assessment_id in self.missing
            if score.track == Track.CONCLUSION and score.obtained is not None and differs:
                self._compute_again(score, unit)

    def _compute_again(self, score: Score, unit: UnitPlan) -> None:
        """The totals it compares are others now: it waits for the conclusion with what people entered."""
        pair = self.pairs[score.criterion_id]
        if pair.new is None or any(line.row == score for line in unit.lines):
            return
        _, attainable = leaf_outcome(pair.new, rounding=self.rounding, points=None)
        line = Line(
            Kept.CONCLUSION,
            Fate.RECOMPUTED,
            pair,
            score,
            _said(score, pair.old, Kept.CONCLUSION),
            "chờ tính",
            COMPUTED_AGAIN,
            Outcome(None, None, attainable),
        )
        self._add(score, line, obtained=None)
        self.missing.add(score.assessment_id)

    def _read_followers(self, gone: Sequence[int]) -> None:
        """Rows that say nothing of points: they follow their leaf wherever it goes."""
        for asked in self._of(Clarification, gone):
            self._follow(asked, Kept.CLARIFICATION, asked.question)
        for request in self._of(ReviewRequest, gone):
            self._follow(request, Kept.REVIEW, request.request)
        uses = EvidenceUse.objects.filter(criterion__in=gone, **self.about).select_related("evidence")
        for use in uses.order_by("pk"):
            self._follow(use, Kept.EVIDENCE, use.evidence.title)
        surveyed = [
            key for key, pair in self.pairs.items() if not pair.new or pair.new.source != Source.SURVEY
        ]
        for sample in self._of(SurveySample, surveyed):
            self._follow(sample, Kept.SAMPLE, f"{sample.forms_valid} phiếu hợp lệ")

    def _follow(self, row: Any, kind: Kept, text: str) -> None:
        pair = self.pairs.get(row.criterion_id)
        if pair is not None:
            line = Line(kind, Fate.ASIDE, pair, row, text, why=pair.why or pair.refuses)
            self.by_file[row.assessment_id].lines.append(line)

    def _judge(self, row: Score | Opinion, kind: Kept) -> None:
        """What becomes of one word."""
        pair = self.pairs[row.criterion_id]
        is_said = not isinstance(row, Score) or row.at is not None
        if pair.new is None:
            if is_said:
                self._aside(row, Line(kind, Fate.ASIDE, pair, row, _said(row, pair.old, kind)), why=pair.why)
            return
        found = self._outcome(row, pair, pair.new) if is_said else self._empty(pair.new)
        if isinstance(found, str):
            self._open(row, kind, pair, pair.new, found)
        else:
            self._recount(row, kind, pair, pair.new, found)

    def _open(self, row: Score | Opinion, kind: Kept, pair: Pair, new: Criterion, why: str) -> None:
        """The word cannot stand: it is set aside, and its leaf waits for another."""
        before = _said(row, pair.old, kind)
        line = Line(kind, Fate.OPENED, pair, row, before, "chưa ghi", why, self._empty(new))
        self._add(row, line, obtained=None)
        if kind == Kept.CONCLUSION and new.source != Source.SURVEY:
            self.missing.add(row.assessment_id)

    def _recount(self, row: Score | Opinion, kind: Kept, pair: Pair, new: Criterion, found: Outcome) -> None:
        """The word stands and may come to something else; who has said nothing of points changes nothing."""
        if isinstance(row, Score):
            same = (row.obtained, row.attainable) == (found.obtained, found.attainable)
        else:
            same = row.points == found.points
        if row.points is None and not row.not_applicable:
            if isinstance(row, Score) and not same:
                self.silent.append((row, new, found))
            return
        before, after = _said(row, pair.old, kind), _said(row, new, kind, found)
        if before != after or not same:
            line = Line(kind, Fate.RECOMPUTED, pair, row, before, after, _difference(pair), found)
            self._add(row, line, obtained=found.obtained)

    def _outcome(self, row: Score | Opinion, pair: Pair, new: Criterion) -> Outcome | str:
        """What the word comes to on the new leaf, or why it cannot stand there."""
        if pair.refuses:
            return pair.refuses
        points = row.points
        if row.facts:
            try:
                found = points_known(new, row.facts)
            except (FactsRefused, RuleRefused) as error:
                return f"Cách chấm mới không nhận số liệu đã ghi: {error}"
            points = found
        elif points is not None and pair.has_other_rule and RuleKind(new.rule_kind) not in DIRECT:
            return f"Cách chấm đổi thành “{kind_label(new.rule_kind)}”: cần số liệu."
        if points is not None and (wrong := points_out_of_range(new, points)):
            return wrong
        return self._worth(new, points, not_applicable=row.not_applicable)

    def _empty(self, new: Criterion) -> Outcome:
        return self._worth(new, None, not_applicable=False)

    def _worth(self, new: Criterion, points: Decimal | None, *, not_applicable: bool) -> Outcome:
        """What a word comes to; many units say the same of a leaf."""
        key = (new.pk, points, not_applicable)
        found = self.made.get(key)
        if found is None:
            obtained, attainable = leaf_outcome(
                new, rounding=self.rounding, points=points, not_applicable=not_applicable
            )
            found = self.made[key] = Outcome(None if points is None else stored(points), obtained, attainable)
        return found

    def _aside(self, row: Any, line: Line, *, why: str) -> None:
        self._add(row, Line(line.kind, line.fate, line.pair, row, line.before, why=why), obtained=None)

    def _add(self, row: Any, line: Line, *, obtained: Decimal | None) -> None:
        unit = self.by_file[row.assessment_id]
        unit.lines.append(line)
        if isinstance(row, Score):
            track = Track(row.track)
            unit.kept -= 1
            unit.after[track] += (obtained or ZERO) - (row.obtained or ZERO)


def opens_for_unit(unit: UnitPlan, fresh: Iterable[Criterion]) -> bool:
    """Whether the unit's own people have something to write again, or for the first time."""
    own = any(line.kind == Kept.SELF and line.fate is Fate.OPENED for line in unit.lines)
    return own or any(row.source not in NOT_SELF_SCORED for row in fresh)


def entered_part(leaf: Criterion, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a rule computed last without what the system had added."""
    added = ADDED[RuleKind(leaf.rule_kind)] if is_computed_last(leaf.rule_kind) else frozenset()
    return {name: value for name, value in facts.items() if name not in added}


# -- words of a preview


def _said(row: Score | Opinion, leaf: Criterion, kind: Kept, found: Outcome | None = None) -> str:
    """A word with its leaf's maximum, as it is or as `found`. Points of an opinion are blind."""
    if kind == Kept.OPINION:
        return "đã ghi"
    if row.not_applicable:
        obtained = found.obtained if found else getattr(row, "obtained", None)
        return "không áp dụng" if not obtained else f"không áp dụng, tính trọn {vietnamese(obtained)}"
    points = found.points if found else row.points
    if points is None:
        return "đã ghi số liệu" if row.facts else "đã ghi giải trình"
    return f"{vietnamese(points)} / {vietnamese(leaf.max_points)}"


def _difference(pair: Pair) -> str:
    """Why a word comes to something else."""
    if pair.has_other_rule:
        return "Cách chấm đổi."
    if pair.new is not None and pair.new.max_points != pair.old.max_points:
        return "Điểm tối đa đổi."
    return "Cách tính vào tổng đổi."


def _amount(value: Decimal | None) -> str:
    return "không ghi số" if value is None else vietnamese(value)
