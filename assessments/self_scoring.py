"""One unit's own scores: what its people see of a file, and the verb that writes what they enter."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, Track, Verb
from assessments.exceptions import AssessmentError
from assessments.models import Assessment, Group, Score
from assessments.permissions import check_edit_self_scores
from assessments.scorecard import counts_in
from assessments.states import self_scoring_deadline
from assessments.transitions import TRANSITIONS
from assessments.words import Word
from assessments.workflow import record_words
from criteria.enums import NOT_SELF_SCORED, Source, Standing
from criteria.models import Criterion
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, User
from parindex.audit.models import Event

ZERO = Decimal(0)
OPEN_STATES = (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)
GOES_BACK = (
    Verb.RETURN_TO_OFFICER,
    Verb.RETURN_AT_RECEIPT,
    Verb.GRANT_MORE_TIME,
    Verb.REOPEN_SELF_SCORING,
)


class StaleScores(AssessmentError):
    """Somebody else wrote rows after they were read; `stale` are those rows as they stand, by criterion."""

    def __init__(self, message: str, stale: Mapping[int, Score | None]) -> None:
        super().__init__(message)
        self.stale = stale


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person enters for one leaf, and the version of the row that was read, 0 where none was."""

    criterion: Criterion
    version: int
    points: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_applicable: bool = False
    reason: str = ""
    # A paper gave points beside the rule, and only the explanation changes.
    keeps_points: bool = False


def is_self_scored(leaf: Criterion, group: Group) -> bool:
    """Whether the unit itself enters this leaf."""
    return leaf.is_leaf and leaf.source not in NOT_SELF_SCORED and counts_in(leaf, group)


@transaction.atomic
def save_own_words(
    assessment: Assessment, edits: Sequence[Edit], *, by: User, now: dt.datetime | None = None
) -> int:
    """Write what a unit's officer entered: all of it, or nothing where one row is stale.

    Returns how many scores were written. Raises NotPermitted, WrongState, StaleScores, or AssessmentError
    for a leaf that the unit does not score and for what its rule refuses.
    """
    file = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("group__round", "group__framework")
        .get(pk=assessment.pk)
    )
    check_edit_self_scores(by, file, now=now)
    for edit in edits:
        _require_self_scored(edit.criterion, file)
    held = {
        score.criterion_id: score
        for score in file.scores.filter(track=Track.SELF, criterion__in=[edit.criterion.pk for edit in edits])
    }
    _require_fresh(edits, held)
    words = [
        Word(
            assessment=file,
            criterion=edit.criterion,
            points=_kept_points(edit, held) if edit.keeps_points else edit.points,
            not_applicable=edit.not_applicable,
            reason=edit.reason,
            facts=edit.facts,
        )
        for edit in edits
    ]
    return record_words(file.group, words, track=Track.SELF, by=by.actor, because="") if words else 0


def _require_self_scored(leaf: Criterion, file: Assessment) -> None:
    if leaf.framework_id != file.group.framework_id or not is_self_scored(leaf, file.group):
        raise AssessmentError(f"{file.unit_name}: mục {leaf.code} không do đơn vị tự chấm.")


def _kept_points(edit: Edit, held: Mapping[int, Score]) -> Decimal | None:
    """The points that stand without facts; nothing where there are none to keep."""
    score = held.get(edit.criterion.pk)
    return score.points if score is not None and not score.facts else None


def _require_fresh(edits: Sequence[Edit], held: Mapping[int, Score]) -> None:
    stale = {
        edit.criterion.pk: held.get(edit.criterion.pk)
        for edit in edits
        if edit.version != (held[edit.criterion.pk].version if edit.criterion.pk in held else 0)
    }
    if stale:
        codes = ", ".join(edit.criterion.code for edit in edits if edit.criterion.pk in stale)
        raise StaleScores(f"Người khác vừa sửa mục {codes}. Chưa ghi mục nào.", stale)


def memberships_in_units(user: User, *, now: dt.datetime | None = None) -> list[Membership]:
    """The person's duties in units today, with the units."""
    held = Membership.objects.on(timezone.localdate(now)).filter(user=user, role__in=UNIT_ROLES)
    return list(held.select_related("unit").order_by("unit__sort_key", "role"))


def files_of(user: User, *, now: dt.datetime | None = None) -> QuerySet[Assessment]:
    """The files, of the units that the person belongs to today, that can be scored."""
    held = Membership.objects.on(timezone.localdate(now)).filter(user=user, role__in=UNIT_ROLES)
    return Assessment.objects.filter(
        unit__in=held.values("unit"), group__framework__isnull=False
    ).select_related("group__round__organiser", "group__framework")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the unit's own leaves have been entered."""

    entered: int
    total: int

    @property
    def percent(self) -> Decimal:
        """For a bar, in percent."""
        return Decimal(self.entered * 100) / self.total if self.total else ZERO

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to enter."""
        return self.entered == self.total

    @property
    def left(self) -> int:
        """How many leaves are left to enter."""
        return self.total - self.entered


@dataclass(frozen=True, slots=True)
class Listed:
    """One file in the work list."""

    file: Assessment
    progress: Progress

    @property
    def is_open(self) -> bool:
        """Whether the file is still with the unit."""
        return self.file.state in OPEN_STATES

    @property
    def until(self) -> dt.date | None:
        """The last day of self-scoring."""
        return self_scoring_deadline(self.file)


def listed_files(user: User) -> list[Listed]:
    """All files of the person's units with their progress: open ones first, the nearest deadline first."""
    files = list(files_of(user))
    if not files:
        return []
    frameworks = {file.group.framework_id for file in files}
    leaves = Criterion.objects.filter(framework__in=frameworks, is_leaf=True).exclude(
        source__in=NOT_SELF_SCORED
    )
    totals = dict(leaves.values_list("framework").annotate(Count("pk")).order_by())
    entered = dict(
        Score.objects.filter(assessment__in=files, track=Track.SELF, at__isnull=False)
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .values_list("assessment")
        .annotate(Count("pk"))
        .order_by()
    )
    listed = [
        Listed(file, Progress(entered.get(file.pk, 0), totals.get(file.group.framework_id, 0)))
        for file in files
    ]
    return sorted(
        listed,
        key=lambda one: (
            not one.is_open,
            one.until or dt.date.max,
            -one.file.group.round.year,
            one.file.unit_sort_key,
        ),
    )


@dataclass(slots=True)
class Line:
    """One row of a content: a criterion with what is said of it, or the sum of the leaves under it."""

    criterion: Criterion
    score: Score | None = None
    is_own: bool = False
    leaves: int = 0
    obtained: Decimal = ZERO
    attainable: Decimal = ZERO

    @property
    def is_entered(self) -> bool:
        """Whether the unit has said something of this leaf."""
        return self.score is not None and self.score.at is not None

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
        own = self.own
        return Progress(sum(row.is_entered for row in own), len(own))

    @property
    def locked(self) -> Decimal:
        """The points of the leaves that the unit does not enter."""
        return sum((row.attainable for row in self.rows if row.criterion.is_leaf and not row.is_own), ZERO)


def contents_of(file: Assessment) -> list[Content]:
    """The whole file with the unit's own words, and nobody else's, in two queries."""
    scores = {score.criterion_id: score for score in file.scores.filter(track=Track.SELF)}
    return _contents(file, file.group.used_framework.criteria.all(), scores)


def bare_content(file: Assessment, code: str) -> Content | None:
    """One content without any words, in one query."""
    rows = file.group.used_framework.criteria.filter(content__code=code)
    return next(iter(_contents(file, rows, {})), None)


def _contents(file: Assessment, criteria: QuerySet[Criterion], scores: Mapping[int, Score]) -> list[Content]:
    group = file.group
    lines: dict[int, Line] = {}
    contents: dict[int, Content] = {}
    for criterion in criteria.defer("extra", "supporting").order_by("position"):
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
        if criterion.level > 1 or criterion.is_leaf:
            contents[criterion.content_id or criterion.pk].rows.append(line)
    _add_up(lines)
    return list(contents.values())


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


WHY_LOCKED = {
    Source.SURVEY: "Lấy từ điều tra xã hội học. Đơn vị không tự chấm.",
    Source.IMPORTED: "Cơ quan tổ chức đánh giá đưa kết quả vào. Đơn vị không tự chấm.",
    Source.COMPUTED: "Hệ thống tính khi kết luận thẩm định. Đơn vị không tự chấm.",
}


def heads_of(file: Assessment, *, now: dt.datetime | None = None) -> list[str]:
    """The names of the people who approve for the unit today."""
    held = Membership.objects.on(timezone.localdate(now)).filter(unit=file.unit_id, role=Role.UNIT_HEAD)
    return [str(one.user) for one in held.select_related("user").order_by("pk")]


def last_return(file: Assessment) -> Event | None:
    """Why a file that the unit is scoring came back, and from whom; nothing where it never went anywhere."""
    verbs = [TRANSITIONS[verb].audit for verb in (*GOES_BACK, Verb.SEND_TO_HEAD)]
    last = (
        Event.objects.filter(
            Q(object_type=file._meta.label_lower, object_id=file.pk, verb__in=verbs) & ~Q(reason="")
            | Q(object_type=file._meta.label_lower, object_id=file.pk, verb=verbs[-1])
        )
        .order_by("-pk")
        .first()
    )
    return last if last is not None and last.reason else None
