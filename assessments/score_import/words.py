"""Turning the values of a file into words on leaves and figures of the paper, or into problems."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assessments.enums import AssessmentState, Stage, Track
from assessments.models import Assessment, Group
from assessments.score_import import findings as kinds
from assessments.score_import.codes import Tree, Unclear
from assessments.score_import.findings import Findings
from assessments.scorecard import counts_in
from assessments.words import Word, points_out_of_range
from assessments.workbooks.report import WARNING, Heading, ReadRow, ReadScores, ReadValue
from criteria.enums import NOT_SELF_SCORED, Source
from criteria.models import Criterion
from parindex.notation import vietnamese

TRACKS: Mapping[Stage, Track] = {
    Stage.SELF: Track.SELF,
    Stage.APPRAISED: Track.CONCLUSION,
    Stage.SURVEY: Track.CONCLUSION,
    Stage.TARGET: Track.TARGET,
}
LARGEST_FIGURE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum that the paper prints for an inner node, or (no criterion) for the whole."""

    assessment: Assessment
    criterion: Criterion | None
    value: Decimal


@dataclass(frozen=True, slots=True)
class GroupWords:
    """What a file says of one group."""

    group: Group
    words: list[Word] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


class GroupReader:
    """Puts the rows of one group onto its leaves; what does not fit becomes a problem."""

    def __init__(self, group: Group, tree: Tree, stage: Stage, found: Findings) -> None:
        self._tree = tree
        self._stage = stage
        self._found = found
        self._said: dict[tuple[int, int | None], ReadValue] = {}
        self.result = GroupWords(group)

    def read_wide(self, read: ReadScores, rows: Iterable[tuple[Assessment, ReadRow]]) -> set[Heading]:
        """Every row under the same headings. Returns empty columns whose codes are unknown in this group."""
        resolved = self._tree.resolve([heading for heading in read.headings if not heading.is_total])
        filled: set[Heading] = set()
        seen: dict[int, ReadRow] = {}
        for assessment, row in rows:
            earlier = seen.setdefault(assessment.pk, row)
            if earlier is not row:
                message = f"đơn vị {assessment.unit_name} đã có ở dòng {earlier.unit.place.row}."
                self._found.add(kinds.DUPLICATE, row.unit.place, message)
                continue
            filled |= {value.heading for value in row.values}
            self._read(assessment, row.values, resolved)
        unknown: set[Heading] = set()
        for heading, meant in resolved.items():
            if isinstance(meant, Unclear) and meant.kind == kinds.UNKNOWN_CODE and heading not in filled:
                unknown.add(heading)
            else:
                self._report(heading, meant)
        return unknown

    def read_long(self, rows: Iterable[tuple[Assessment, ReadRow]]) -> None:
        """Every unit's own rows, in the order of the file."""
        values: dict[int, list[ReadValue]] = defaultdict(list)
        files: dict[int, Assessment] = {}
        for assessment, row in rows:
            files[assessment.pk] = assessment
            values[assessment.pk] += row.values
        for key, own in values.items():
            resolved = self._tree.resolve([value.heading for value in own if not value.heading.is_total])
            for heading, meant in resolved.items():
                self._report(heading, meant)
            self._read(files[key], own, resolved)
            self._ask_reasons(own)

    def _report(self, heading: Heading, meant: Criterion | Unclear) -> None:
        if isinstance(meant, Unclear):
            self._found.add(meant.kind, heading.place, meant.message)

    def _ask_reasons(self, values: Iterable[ReadValue]) -> None:
        for value in values:
            if value.not_applicable and not value.reason:
                message = "“không áp dụng” cần có lý do."
                self._found.add(kinds.NO_REASON, value.place, message, severity=WARNING)

    def _read(
        self,
        assessment: Assessment,
        values: Iterable[ReadValue],
        resolved: Mapping[Heading, Criterion | Unclear],
    ) -> None:
        for value in values:
            meant = None if value.heading.is_total else resolved[value.heading]
            if isinstance(meant, Unclear) or self._is_closed(assessment, meant, value):
                continue
            if meant is not None and value.heading.guessed:
                message = f"bảng tính đã đổi mã thành ngày tháng; được đọc là mục {meant.code}."
                self._found.add(kinds.CODE_REPAIRED, value.heading.place, message, severity=WARNING)
            if meant is not None and meant.is_leaf:
                self._add_word(assessment, meant, value)
            else:
                self._add_figure(assessment, meant, value)

    def _is_closed(self, assessment: Assessment, meant: Criterion | None, value: ReadValue) -> bool:
        """A concluded file takes no more words on its conclusion; survey points come in their own time."""
        if meant is not None and meant.source == Source.SURVEY:
            return False
        closed = self._stage is Stage.APPRAISED and assessment.state == AssessmentState.CONCLUDED
        if closed:
            message = f"hồ sơ của {assessment.unit_name} đã kết luận nên không ghi điểm được."
            self._found.add(kinds.CONCLUDED, value.place, message)
        return closed

    def _add_word(self, assessment: Assessment, leaf: Criterion, value: ReadValue) -> None:
        refusal = self._wrong_stage(leaf)
        if refusal:
            self._report(value.heading, refusal)
            return
        if value.points is not None and (message := points_out_of_range(leaf, value.points)):
            self._found.add(kinds.OUT_OF_RANGE, value.place, f"{assessment.unit_name}: {message}")
            return
        self.result.words.append(
            Word(
                assessment=assessment,
                criterion=leaf,
                points=value.points,
                not_applicable=value.not_applicable,
                reason=value.reason,
            )
        )

    def _wrong_stage(self, leaf: Criterion) -> Unclear | None:
        """Why this leaf takes no points of this stage."""
        group, source = self.result.group, Source(leaf.source)
        name = f"mục {leaf.code} lấy điểm từ nguồn “{source.label}”"
        if self._stage is Stage.SELF and source in NOT_SELF_SCORED:
            return Unclear(kinds.WRONG_SOURCE, f"{name} nên đơn vị không tự chấm.")
        if self._stage is Stage.SURVEY and source is not Source.SURVEY:
            return Unclear(kinds.WRONG_SOURCE, f"{name}, không phải từ điều tra xã hội học.")
        if not counts_in(leaf, group):
            return Unclear(kinds.NO_SURVEY, f"{name} nhưng nhóm “{group.code}” không điều tra xã hội học.")
        return None

    def _add_figure(self, assessment: Assessment, node: Criterion | None, value: ReadValue) -> None:
        name = f"mục {node.code}" if node else "dòng tổng"
        if value.points is None:
            message = f"{name} là số cộng của các mục dưới; KAD chỉ ghi ở mục chấm điểm."
            self._found.add(kinds.NOT_LEAF, value.place, message)
        elif abs(value.points) > LARGEST_FIGURE:
            message = f"{vietnamese(value.points)} không thể là điểm của {name}."
            self._found.add(kinds.OUT_OF_RANGE, value.place, message)
        elif not self._stage_sums(node):
            message = f"{name} gồm cả mục không do điều tra chấm nên số cộng này không được giữ để đối chiếu."
            self._found.add(kinds.FIGURE_SKIPPED, value.heading.place, message, severity=WARNING)
        elif not self._is_repeated(assessment, node, value):
            self.result.figures.append(Figure(assessment, node, value.points))

    def _stage_sums(self, node: Criterion | None) -> bool:
        """A sum of survey points alone is the node's own sum only where all its leaves are survey leaves."""
        if self._stage is not Stage.SURVEY:
            return True
        return node is not None and all(
            leaf.source == Source.SURVEY for leaf in self._tree.leaves_under(node)
        )

    def _is_repeated(self, assessment: Assessment, node: Criterion | None, value: ReadValue) -> bool:
        """Grand totals are not told apart by their headings' criteria, so a second one is found here."""
        earlier = self._said.setdefault((assessment.pk, node.pk if node else None), value)
        if earlier is not value:
            message = f"số tổng của {assessment.unit_name} đã có ở ô {earlier.place.cell}."
            self._found.add(kinds.DUPLICATE, value.place, message)
        return earlier is not value
