"""A unit's own scores content by content: rows in the order of the paper, sums, and what is still to do."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet, TextChoices

from assessments.enums import WithoutEvidence
from assessments.evidence import Lacking
from assessments.models import AnyScore, Assessment
from assessments.queries import own_scores
from assessments.scorecard import counts_in
from assessments.self_scoring.saving import is_self_scored
from criteria.enums import Source, Standing
from criteria.models import Criterion
from parindex.audit.models import Event

ZERO = Decimal(0)
CODE = re.compile(r"\d+(?:\.\d+)+")
# Texts that only the one content that is shown needs.
LONG_TEXTS = ("extra", "supporting", "lead", "evidence", "guidance")
# About half a megabyte each.
FRAMEWORKS_KEPT = 32
WHY_LOCKED = {
    Source.SURVEY: "Lấy từ điều tra xã hội học. Đơn vị không tự chấm.",
    Source.IMPORTED: "Cơ quan tổ chức đánh giá đưa kết quả vào. Đơn vị không tự chấm.",
    Source.COMPUTED: "Hệ thống tính khi kết luận thẩm định. Đơn vị không tự chấm.",
}


class RowState(TextChoices):
    """How far one row is."""

    UNTOUCHED = "untouched", "Chưa làm"
    STARTED = "started", "Đang làm"
    DONE = "done", "Đủ"
    LACKING = "lacking", "Thiếu tài liệu, giải trình"
    RETURNED = "returned", "Bị trả lại"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the unit's own leaves have been entered, and how many of them are proved."""

    entered: int
    total: int
    proved: int = 0

    @property
    def percent(self) -> Decimal:
        """For a bar, in percent."""
        return Decimal(self.entered * 100) / self.total if self.total else ZERO

    @property
    def proved_percent(self) -> Decimal:
        """The same of those with all the evidence asked for."""
        return Decimal(self.proved * 100) / self.total if self.total else ZERO

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to enter."""
        return self.entered == self.total

    @property
    def is_proved(self) -> bool:
        """Whether everything is entered and proved."""
        return self.proved == self.total

    @property
    def left(self) -> int:
        """How many leaves are left to enter."""
        return self.total - self.entered


@dataclass(slots=True)
class Line:
    """One row of a content: a criterion with what is said of it, or the sum of the leaves under it.

    `state` tells how far a leaf of the unit's own is, `is_proved` that it is entered with all that the
    rule on evidence asks for. `previous` are the points of the year before.
    """

    criterion: Criterion
    content_code: str = ""
    score: AnyScore | None = None
    is_own: bool = False
    leaves: int = 0
    obtained: Decimal = ZERO
    attainable: Decimal = ZERO
    state: RowState = RowState.UNTOUCHED
    is_proved: bool = False
    previous: Decimal | None = None

    @property
    def is_entered(self) -> bool:
        """Whether the unit has answered this leaf."""
        return self.score is not None and self.score.is_entered

    @property
    def needs_work(self) -> bool:
        """Whether something is left to do."""
        return self.is_own and self.state != RowState.DONE

    @property
    def share(self) -> Decimal:
        """What is obtained of what can be, in percent, for a bar."""
        return self.obtained * 100 / self.attainable if self.attainable else ZERO


@dataclass(slots=True)
class Content:
    """One content of a file: its rows in the order of the paper, and their sums."""

    head: Line
    rows: list[Line] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The content's code."""
        return self.head.criterion.code

    @property
    def own(self) -> list[Line]:
        """The leaves that the unit enters."""
        return [row for row in self.rows if row.is_own]

    @property
    def progress(self) -> Progress:
        """How far the unit is."""
        return progress_of(self.own)

    @property
    def returned(self) -> int:
        """How many rows came back."""
        return sum(row.state == RowState.RETURNED for row in self.own)

    @property
    def locked(self) -> Decimal:
        """The points of the leaves that the unit does not enter."""
        return sum((row.attainable for row in self.rows if row.criterion.is_leaf and not row.is_own), ZERO)


def progress_of(lines: Collection[Line]) -> Progress:
    """How far the unit is with these leaves of its own."""
    return Progress(sum(line.is_entered for line in lines), len(lines), sum(line.is_proved for line in lines))


def contents_of(
    file: Assessment,
    *,
    scores: Mapping[int, AnyScore] | None = None,
    proved: Collection[int] | None = None,
    came_back: Event | None = None,
    criteria: Iterable[Criterion] | None = None,
) -> list[Content]:
    """The whole file with the unit's own words, and nobody else's.

    What is not given is read, each in one query: its `scores`, the keys of the leaves with evidence
    (`proved`), the `criteria`. `came_back` is what sent the file back: the rows that its reason names and
    that nobody has touched since are marked as returned.
    """
    if scores is None:
        scores = own_scores(file)
    if proved is None:
        proved = set(file.evidence_uses.values_list("criterion", flat=True))
    if criteria is None:
        criteria = criteria_of(file)
    contents, lines = _contents(file, criteria, scores)
    returned = set(CODE.findall(came_back.reason)) if came_back is not None else set()
    for line in lines.values():
        if line.is_own:
            line.state = _state(file, line, has_evidence=line.criterion.pk in proved)
            line.is_proved = line.state == RowState.DONE
            if came_back is not None and line.criterion.code in returned and _is_older(line, came_back):
                line.state = RowState.RETURNED
    return contents


def _is_older(line: Line, event: Event) -> bool:
    return line.score is None or line.score.at is None or line.score.at < event.at


def _state(file: Assessment, line: Line, *, has_evidence: bool) -> RowState:
    """How far a leaf is, by what is said of it and by the group's rule on evidence."""
    score = line.score
    if score is None or not score.is_entered:
        has_words = score is not None and bool(score.reason)
        return RowState.STARTED if has_words or has_evidence else RowState.UNTOUCHED
    claims = score.obtained is not None and score.obtained > 0 and not score.not_applicable
    if not claims or has_evidence or not line.criterion.evidence_required:
        return RowState.DONE
    lacking = Lacking(line.criterion, score.reason, WithoutEvidence(file.group.without_evidence))
    reminds = lacking.rule == WithoutEvidence.ANYTHING and not score.reason.strip()
    return RowState.LACKING if lacking.blocks or reminds else RowState.DONE


def criteria_of(file: Assessment) -> QuerySet[Criterion]:
    """The criteria of a file's framework, in the order of the paper, without the long texts."""
    return file.group.used_framework.criteria.defer(*LONG_TEXTS).order_by("position")


def kept_criteria(file: Assessment) -> Sequence[Criterion]:
    """As `criteria_of`, read once in each server process where the framework can no longer change."""
    framework = file.group.used_framework
    if framework.activated_at is None:
        return list(criteria_of(file))
    return _criteria_in_force(framework.pk, framework.activated_at)


@lru_cache(maxsize=FRAMEWORKS_KEPT)
def _criteria_in_force(framework: int, activated_at: dt.datetime) -> Sequence[Criterion]:
    """The moment tells a framework from another that a restored database holds under the same key."""
    found = Criterion.objects.filter(framework=framework, framework__activated_at=activated_at)
    return tuple(found.defer(*LONG_TEXTS).order_by("position"))


def bare_content(file: Assessment, code: str) -> Content | None:
    """One content without any words, in one query."""
    contents, _ = _contents(file, criteria_of(file).filter(content__code=code), {})
    return next(iter(contents), None)


def _contents(
    file: Assessment, criteria: Iterable[Criterion], scores: Mapping[int, AnyScore]
) -> tuple[list[Content], dict[int, Line]]:
    group = file.group
    lines: dict[int, Line] = {}
    contents: dict[int, Content] = {}
    for criterion in criteria:
        if (criterion.is_leaf and not counts_in(criterion, group)) or (
            criterion.is_survey_block and group.survey_id is None
        ):
            continue
        line = lines[criterion.pk] = Line(criterion)
        if criterion.level == 1:
            contents[criterion.pk] = Content(line)
        if criterion.is_leaf:
            line.score, line.is_own = scores.get(criterion.pk), is_self_scored(criterion, group)
            _fill(line)
        content = contents[criterion.content_id or criterion.pk]
        line.content_code = content.code
        if criterion.level > 1 or criterion.is_leaf:
            content.rows.append(line)
    _add_up(lines)
    return list(contents.values()), lines


def _fill(line: Line) -> None:
    """What a leaf brings: as entered, else nothing out of its maximum."""
    line.leaves = 1
    if line.score is not None and line.score.obtained is not None:
        line.obtained, line.attainable = line.score.obtained, line.score.attainable
    elif line.criterion.standing == Standing.ORDINARY:
        line.attainable = line.criterion.max_points


def _add_up(lines: Mapping[int, Line]) -> None:
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for line in lines.values():
        above = line.criterion.parent_id
        while line.criterion.is_leaf and above is not None:
            lines[above].leaves += 1
            sums[above][0] += line.obtained
            sums[above][1] += line.attainable
            above = lines[above].criterion.parent_id
    for key, (obtained, attainable) in sums.items():
        lines[key].obtained, lines[key].attainable = obtained, attainable


def next_to_do(contents: list[Content], after: tuple[str, str] = ("", "")) -> Line | None:
    """The next row that needs work after this leaf, or from the start of this content; None where none does.

    After the last row comes the first.
    """
    rows = [line for content in contents for line in content.own]
    place = next((at for at, line in enumerate(rows) if line.criterion.code == after[1]), None)
    if place is None:
        codes = [content.code for content in contents]
        before = contents[: codes.index(after[0])] if after[0] in codes else []
        place = sum(len(content.own) for content in before) - 1
    turned = [*rows[place + 1 :], *rows[: place + 1]]
    return next((line for line in turned if line.needs_work), None)


def above(content: Content, leaf: Criterion) -> Iterator[Line]:
    """The rows of a content that sum up a leaf, the nearest first."""
    lines = {row.criterion.pk: row for row in content.rows}
    key = leaf.parent_id
    while key is not None and key in lines:
        yield lines[key]
        key = lines[key].criterion.parent_id
