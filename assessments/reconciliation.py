"""Đối chiếu số liệu: every difference between what papers print and what their rows give.

Both figures are kept; a difference is stated, never repaired in silence. The differences of a
group are frozen with its publication.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.enums import Measure, Track
from assessments.models import AnnouncedResult, Assessment, Group, PaperFigure, Score
from assessments.scorecard import GroupResult, UnitResult
from criteria.enums import ProblemKind, Resolution
from criteria.models import Framework
from criteria.queries import levels
from parindex.notation import plain, vietnamese

Json = dict[str, Any]
ZERO = Decimal(0)
NODE_MEASURES = (Measure.OBTAINED, Measure.ATTAINABLE, Measure.LOST)


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of a paper beside the figure computed for the same thing."""

    unit: str | None
    unit_name: str
    where: str
    declared: str
    computed: str
    gap: Decimal | None
    note: str = ""

    def frozen(self) -> Json:
        """The difference as stored with a publication."""
        return {
            "unit": self.unit,
            "unit_name": self.unit_name,
            "where": self.where,
            "declared": self.declared,
            "computed": self.computed,
            "gap": None if self.gap is None else plain(self.gap),
            "note": self.note,
        }


def differences(group: Group, result: GroupResult) -> list[Json]:
    """All differences of a group: its framework's, its announced results', its papers' figures'."""
    found = [
        *_framework_sums(group.used_framework),
        *_structure(group.used_framework),
        *_announced(group, result),
        *_figures(group),
    ]
    return [difference.frozen() for difference in found]


def _framework_sums(framework: Framework) -> Iterator[Difference]:
    for problem in framework.problems.filter(kind=ProblemKind.SUM_MISMATCH).order_by("position"):
        if problem.declared is None or problem.computed is None:
            continue
        choice = Resolution(problem.resolution).label if problem.resolution else "Chưa xử lý"
        yield Difference(
            unit=None,
            unit_name="",
            where=f"Bộ tiêu chí, mục {problem.code}, điểm tối đa"
            if problem.code
            else "Bộ tiêu chí, tổng điểm",
            declared=vietnamese(problem.declared, 2),
            computed=vietnamese(problem.computed, 2),
            gap=problem.declared - problem.computed,
            note=f"{choice}. {problem.resolved_reason} ({problem.resolved_by})"
            if problem.resolution
            else choice,
        )


def _structure(framework: Framework) -> Iterator[Difference]:
    """The decision's own counts beside the table that was read."""
    declared = framework.decision.structures.filter(unit_type=framework.unit_type_id).first()
    if declared is None:
        return
    said = [declared.contents, declared.criteria, declared.components]
    read = levels(framework)
    if said != read:
        yield Difference(
            unit=None,
            unit_name="",
            where="Bộ tiêu chí, số nội dung/tiêu chí/tiêu chí thành phần",
            declared="/".join(map(str, said)),
            computed="/".join(map(str, read)),
            gap=None,
            note=framework.decision.note,
        )


def _announced(group: Group, result: GroupResult) -> Iterator[Difference]:
    units = {unit.assessment_id: unit for unit in result.units}
    papers = AnnouncedResult.objects.filter(assessment__group=group).order_by("assessment__unit_sort_key")
    for paper in papers:
        unit = units[paper.assessment_id]
        for label, declared, computed in (
            ("tổng điểm đạt", paper.obtained, unit.obtained),
            ("điểm tối đa", paper.attainable, unit.attainable),
            ("chỉ số, %", paper.index, unit.index),
        ):
            if declared is not None and declared != computed:
                yield _difference(unit, f"Kết quả công bố, {label}", declared, computed, paper.note)
        if paper.class_name and paper.class_name != unit.class_name:
            yield _words(unit, "Kết quả công bố, xếp loại", paper.class_name, unit.class_words)
        if paper.rank is not None and paper.rank != unit.rank:
            yield _words(unit, "Kết quả công bố, xếp hạng", str(paper.rank), str(unit.rank or "–"))


def _difference(
    unit: UnitResult | Assessment, where: str, declared: Decimal, computed: Decimal | None, note: str = ""
) -> Difference:
    return Difference(
        unit=unit.unit_code,
        unit_name=unit.unit_name,
        where=where,
        declared=vietnamese(declared, 2),
        computed="–" if computed is None else vietnamese(computed, 2),
        gap=None if computed is None else declared - computed,
        note=note,
    )


def _words(unit: UnitResult, where: str, declared: str, computed: str) -> Difference:
    return Difference(unit.unit_code, unit.unit_name, where, declared, computed, gap=None)


def _figures(group: Group) -> Iterator[Difference]:
    """A paper's sums of contents and criteria, and its lists of lost points, beside the rows."""
    figures = list(
        PaperFigure.objects.filter(assessment__group=group)
        .select_related("assessment", "criterion")
        .order_by("assessment__unit_sort_key", "track", "criterion__position", "position", "pk")
    )
    sums = _node_sums(group, figures)
    items: dict[tuple[int, int | None], list[PaperFigure]] = defaultdict(list)
    for figure in figures:
        if figure.measure == Measure.LOST_ITEM:
            items[figure.assessment_id, figure.criterion_id].append(figure)
    for figure in figures:
        if figure.measure not in NODE_MEASURES or figure.value is None:
            continue
        obtained, attainable = sums[figure.assessment_id, figure.track, figure.criterion_id]
        computed = {
            Measure.OBTAINED: obtained,
            Measure.ATTAINABLE: attainable,
            Measure.LOST: attainable - obtained,
        }[Measure(figure.measure)]
        if figure.value != computed:
            yield _difference(figure.assessment, _where(figure), figure.value, computed, figure.label)
        if figure.measure == Measure.LOST:
            yield from _itemised(figure, items[figure.assessment_id, figure.criterion_id])


def _itemised(figure: PaperFigure, items: list[PaperFigure]) -> Iterator[Difference]:
    """Lost points that a paper lists one by one, beside the sum that the same paper states."""
    if not items or figure.value is None or any(item.value is None for item in items):
        return
    listed = sum((item.value for item in items if item.value is not None), ZERO)
    if listed != figure.value:
        terms = " + ".join(vietnamese(item.value, 2) for item in items if item.value is not None)
        yield _difference(
            figure.assessment,
            f"{_where(figure)}, so với các khoản văn bản liệt kê",
            figure.value,
            listed,
            f"Các khoản liệt kê: {terms} = {vietnamese(listed, 2)}.",
        )


def _where(figure: PaperFigure) -> str:
    node = f"Mục {figure.criterion.code}" if figure.criterion else "Toàn bộ"
    track = "" if figure.track == Track.CONCLUSION else f", {Track(figure.track).label.lower()}"
    return f"{node}, {Measure(figure.measure).label.lower()}{track}"


Key = tuple[int, str, int | None]


def _node_sums(group: Group, figures: list[PaperFigure]) -> Mapping[Key, tuple[Decimal, Decimal]]:
    """Obtained and attainable of every node of the units that have figures, by track."""
    rows = group.used_framework.criteria.values_list("pk", "parent_id", "unallocated")
    parents: dict[int, int | None] = {key: parent for key, parent, _ in rows}
    unallocated = {key: points for key, _, points in rows if points}
    sums: dict[Key, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))

    def add(assessment: int, track: str, key: int, obtained: Decimal, attainable: Decimal) -> None:
        node: int | None = key
        while True:
            before = sums[assessment, track, node]
            sums[assessment, track, node] = (before[0] + obtained, before[1] + attainable)
            if node is None:
                return
            node = parents[node]

    assessments = {figure.assessment_id for figure in figures}
    tracks = {figure.track for figure in figures}
    scores = Score.objects.filter(assessment__in=assessments, track__in=tracks)
    for assessment, track, key, obtained, attainable in scores.values_list(
        "assessment_id", "track", "criterion_id", "obtained", "attainable"
    ):
        add(assessment, track, key, obtained or ZERO, attainable)
    for assessment in assessments:
        for track in tracks:
            for key, points in unallocated.items():
                add(assessment, track, key, ZERO, points)
    return sums
