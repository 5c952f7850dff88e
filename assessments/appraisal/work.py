"""What waits for one person in the appraisal of a round: by criterion, by unit, and one whole file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.appraisal.bench import SHOWN, UnitLine, put_opinions, put_score, unit_line
from assessments.enums import AssessmentState, ClarificationState, RoundDuty, Voice
from assessments.models import Assessment, Clarification, Group, Opinion, Round, RoundRole, Score
from assessments.permissions import (
    READS_APPRAISAL,
    Acting,
    ActingOver,
    acting_over,
    is_appraised,
    opinions_seen,
    reads_appraisal,
    voices_of,
)
from assessments.permissions.appraisal import VOICED_BY
from assessments.scorecard import counts_in
from criteria.models import Criterion
from parindex.accounts.models import User

ZERO = Decimal(0)


def takes_part(acting: ActingOver) -> bool:
    """Whether the person appraises anything of a group, or reads how it is appraised."""
    duties = READS_APPRAISAL | frozenset(RoundDuty)
    return bool(acting.over_all.roles & duties or acting.standing_in)


def appraised_groups(user: User, round: Round) -> list[tuple[Group, ActingOver]]:
    """The groups of a round in which the person takes part, with what they are to each."""
    groups = round.groups.filter(framework__isnull=False).select_related("framework", "round__organiser")
    found = [(group, acting_over(user, group.pk)) for group in groups.order_by("position")]
    return [(group, acting) for group, acting in found if takes_part(acting)]


def rounds_with_duty(user: User) -> list[Round]:
    """The rounds in which the person has a duty today, or stands in for somebody; the newest first."""
    held = RoundRole.objects.on(timezone.localdate()).filter(Q(user=user) | Q(substitutes__user=user))
    rounds = Round.objects.filter(pk__in=held.values("round")).select_related("organiser")
    return list(rounds.order_by("-year", "title", "pk"))


@dataclass(slots=True)
class Share:
    """How much of something is done."""

    done: int = 0
    total: int = 0

    @property
    def left(self) -> int:
        """How much waits."""
        return self.total - self.done

    @property
    def percent(self) -> Decimal:
        """For a bar."""
        return Decimal(self.done * 100) / self.total if self.total else ZERO


@dataclass(slots=True)
class LeafWork:
    """One criterion: how many units are done, and how many questions wait."""

    leaf: Criterion
    content: Criterion
    share: Share = field(default_factory=Share)
    asked: int = 0
    answered: int = 0


@dataclass(slots=True)
class UnitWork:
    """One unit: how many leaves are done. `belongs`: the person's own unit, which they do not appraise."""

    file: Assessment
    belongs: bool
    share: Share = field(default_factory=Share)


@dataclass(frozen=True, slots=True)
class GroupWork:
    """A person's part of a group's appraisal."""

    group: Group
    voices: tuple[Voice, ...]
    voice: Voice | None
    leaves: list[LeafWork]
    units: list[UnitWork]

    @property
    def share(self) -> Share:
        """The whole of the person's part."""
        return Share(sum(one.share.done for one in self.leaves), sum(one.share.total for one in self.leaves))


def work_of(group: Group, user: User, acting: ActingOver, *, wanted: Voice | None = None) -> GroupWork:
    """The criteria and units of a group with what is done of them in one person's part.

    Who only reads sees how far the conclusions are. Six queries, and two more for each unit in which the
    person stands in for somebody.
    """
    leaves = [leaf for leaf in _leaves(group) if is_appraised(leaf) and counts_in(leaf, group)]
    files = list(group.assessments.select_related("group__round").order_by("unit_sort_key", "pk"))
    held = {file.pk: acting.of(file.unit_id) for file in files}
    codes = {leaf.pk: (leaf.content or leaf).code for leaf in leaves}
    own = {file.pk for file in files if held[file.pk].belongs}
    kinds = list(_alike(files, held))
    voices = _voices([one for one, _ in kinds], set(codes.values()))
    voice = wanted if wanted in voices else _first_voice([one for one, _ in kinds], voices)
    by_leaf = {leaf.pk: LeafWork(leaf, leaf.content or leaf) for leaf in leaves}
    by_unit = {file.pk: UnitWork(file, held[file.pk].belongs) for file in files}
    shown: set[int] = set()
    for one, some in kinds:
        mine = [key for key, code in codes.items() if _is_mine(one, code, voice)]
        if not mine:
            shown.update(file.pk for file in some if one.belongs)
            continue
        shown.update(file.pk for file in some)
        open_files = [file.pk for file in some if file.state in _STATES[voice is None]]
        _count(by_leaf, by_unit, open_files, mine, voice, user)
    _count_questions(by_leaf, shown - own)
    return GroupWork(
        group,
        voices,
        voice,
        [one for one in by_leaf.values() if _anyones(kinds, codes[one.leaf.pk], voice)],
        [one for one in by_unit.values() if one.file.pk in shown],
    )


# Who writes has files in appraisal to do; who reads follows them to the end.
_STATES = {
    False: (AssessmentState.IN_APPRAISAL,),
    True: (AssessmentState.IN_APPRAISAL, AssessmentState.CONCLUDED),
}


def _leaves(group: Group) -> Iterator[Criterion]:
    rows = group.used_framework.criteria.filter(is_leaf=True).select_related("content")
    return rows.defer("extra", "supporting", "guidance", "evidence").order_by("position").iterator()


def _voices(held: Iterable[Acting], contents: set[str]) -> tuple[Voice, ...]:
    found = {voice for one in held for code in contents for voice in voices_of(one, code)}
    return tuple(voice for voice in Voice if voice in found)


def _is_mine(acting: Acting, content: str, voice: Voice | None) -> bool:
    return voice in voices_of(acting, content) if voice else reads_appraisal(acting, content)


def _first_voice(held: Sequence[Acting], voices: Sequence[Voice]) -> Voice | None:
    """The part of the role that the person has chosen, else the strongest."""
    chosen = (voice for voice in voices if any(one.doing(VOICED_BY[voice]) for one in held))
    return next(chosen, next(iter(voices), None))


def _anyones(kinds: Iterable[tuple[Acting, object]], content: str, voice: Voice | None) -> bool:
    return any(_is_mine(one, content, voice) for one, _ in kinds)


def _alike(
    files: Sequence[Assessment], held: Mapping[int, Acting]
) -> Iterator[tuple[Acting, list[Assessment]]]:
    """Files to which the person is the same."""
    alike: dict[object, list[Assessment]] = defaultdict(list)
    for file in files:
        acting = held[file.pk]
        alike[acting.roles, acting.led, acting.belongs].append(file)
    for some in alike.values():
        yield held[some[0].pk], some


def _count(
    by_leaf: Mapping[int, LeafWork],
    by_unit: Mapping[int, UnitWork],
    files: Sequence[int],
    leaves: Sequence[int],
    voice: Voice | None,
    user: User,
) -> None:
    for key in leaves:
        by_leaf[key].share.total += len(files)
    for key in files:
        by_unit[key].share.total += len(leaves)
    said = _said(voice, user).filter(assessment__in=files, criterion__in=leaves)
    for key, done in said.values_list("criterion").annotate(Count("pk")).order_by():
        by_leaf[key].share.done += done
    for key, done in said.values_list("assessment").annotate(Count("pk")).order_by():
        by_unit[key].share.done += done


def _said(voice: Voice | None, user: User) -> QuerySet[Any]:
    """The words of one part; who only reads looks at the conclusions."""
    if voice == Voice.OPINION:
        return Opinion.objects.filter(member=user)
    return Score.objects.filter(Score.ENTERED, track=(voice or Voice.CONCLUSION).value)


def _count_questions(by_leaf: Mapping[int, LeafWork], files: set[int]) -> None:
    asked = Clarification.objects.filter(assessment__in=files).exclude(state=ClarificationState.CLOSED)
    for key, state, count in asked.values_list("criterion", "state").annotate(Count("pk")).order_by():
        work = by_leaf.get(key)
        if work is None:
            continue
        if state == ClarificationState.ANSWERED:
            work.answered += count
        else:
            work.asked += count


def next_item(work: GroupWork) -> LeafWork | None:
    """The first criterion in which something waits for the person."""
    return next((one for one in work.leaves if one.share.left), None)


def done_cells(
    work: GroupWork, user: User, leaves: Sequence[Criterion], files: Sequence[Assessment]
) -> set[tuple[int, int]]:
    """Which of these leaves of these files are done in the person's part, as (file, leaf); in one query."""
    said = _said(work.voice, user).filter(assessment__in=files, criterion__in=leaves)
    return set(said.values_list("assessment_id", "criterion_id"))


def leaves_in_order(group: Group, acting: ActingOver) -> list[Criterion]:
    """The leaves of a group that people appraise and this person may see, in the order of the paper."""
    kinds = [acting.over_all, *acting.standing_in.values()]
    return [
        leaf
        for leaf in _leaves(group)
        if is_appraised(leaf) and any(reads_appraisal(one, (leaf.content or leaf).code) for one in kinds)
    ]


# -- one file read through


@dataclass(slots=True)
class LeafLine:
    """One row of a file: a criterion, and for a leaf what this person sees of it."""

    criterion: Criterion
    line: UnitLine | None = None
    is_appraised: bool = False


@dataclass(slots=True)
class FileContent:
    """One content of a file, with its points as claimed and as concluded so far."""

    head: Criterion
    rows: list[LeafLine] = field(default_factory=list)

    @property
    def lines(self) -> list[UnitLine]:
        """Its leaves."""
        return [row.line for row in self.rows if row.line is not None]

    @property
    def claimed(self) -> Decimal:
        """The points that the unit gives itself."""
        return sum((line.own.obtained or ZERO for line in self.lines if line.own), ZERO)

    @property
    def concluded(self) -> Decimal:
        """The points concluded so far, as far as this person sees them."""
        return sum((line.conclusion.obtained or ZERO for line in self.lines if line.conclusion), ZERO)

    @property
    def share(self) -> Share:
        """How many of the leaves that this person writes on are done."""
        mine = [row.line for row in self.rows if row.is_appraised and row.line and row.line.voice]
        return Share(sum(line.is_done for line in mine), len(mine))


def file_contents(
    file: Assessment, user: User, acting: Acting, *, wanted: Voice | None = None
) -> list[FileContent]:
    """A file as its contents with what this person sees of each leaf; contents of others stay out."""
    contents: dict[int, FileContent] = {}
    lines: dict[int, UnitLine] = {}
    rows = file.group.used_framework.criteria.select_related("content").order_by("position")
    for criterion in rows.defer("extra", "supporting", "guidance", "evidence"):
        content = criterion.content or criterion
        if not reads_appraisal(acting, content.code) or (
            criterion.is_leaf and not counts_in(criterion, file.group)
        ):
            continue
        if criterion.level == 1:
            contents[criterion.pk] = FileContent(criterion)
        row = LeafLine(criterion, is_appraised=is_appraised(criterion))
        if criterion.is_leaf:
            row.line = lines[criterion.pk] = unit_line(file, acting, content.code, wanted)
        if criterion.level > 1 or criterion.is_leaf:
            contents[content.pk].rows.append(row)
    _fill(file, lines, {row.pk: code for row, code in _codes(contents)}, user, acting)
    return list(contents.values())


def _codes(contents: Mapping[int, FileContent]) -> Iterator[tuple[Criterion, str]]:
    for content in contents.values():
        for row in content.rows:
            yield row.criterion, content.head.code


def _fill(
    file: Assessment,
    lines: Mapping[int, UnitLine],
    codes: Mapping[int, str],
    user: User,
    acting: Acting,
) -> None:
    for score in file.scores.filter(track__in=SHOWN):
        if score.criterion_id in lines:
            put_score(lines[score.criterion_id], score)
    opinions: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in file.opinions.order_by("member_name", "pk"):
        opinions[opinion.criterion_id].append(opinion)
    for key, line in lines.items():
        put_opinions(line, opinions[key], opinions_seen(acting, codes[key]), user)
    for question in file.clarifications.exclude(state=ClarificationState.CLOSED).order_by("pk"):
        if question.criterion_id in lines:
            lines[question.criterion_id].question = question
