"""One criterion across the units of a group, as one person may see it: the bench."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from assessments.enums import AssessmentState, ClarificationState, Track, Voice
from assessments.models import Assessment, Clarification, Group, Opinion, Score
from assessments.permissions import (
    Acting,
    ActingOver,
    Opinions,
    is_under_appraisal,
    opinions_seen,
    reads_appraisal,
    role_to_switch,
    voice_of,
    voices_of,
)
from assessments.workflow.conclusions import ACCEPTED, COMPUTED
from criteria.models import Criterion
from parindex.accounts.models import User

Said = Score | Opinion
SHOWN = (Track.SELF, Track.PROPOSAL, Track.CONCLUSION)


def said_of(word: Said | None) -> object:
    """What a word says of a leaf, for a cell of a list."""
    if word is None:
        return None
    if word.not_applicable:
        return "KAD"
    return "số liệu" if word.points is None and word.facts else word.points


def same(one: Said, other: Said) -> bool:
    """Whether two words say the same of a leaf."""
    if one.not_applicable or other.not_applicable:
        return one.not_applicable == other.not_applicable
    if one.points is None or other.points is None:
        return one.facts == other.facts
    return one.points == other.points


@dataclass(slots=True)
class UnitLine:
    """One unit's row on the bench: only what this person may see of it."""

    file: Assessment
    belongs: bool
    voices: tuple[Voice, ...] = ()
    voice: Voice | None = None
    # The codes of the contents that the person leads.
    led: frozenset[str] = frozenset()
    # The role to switch to before writing, as a sentence.
    switch: str = ""
    # Of the row that the person would write over, 0 where there is none.
    version: int = 0
    own: Score | None = None
    proposal: Score | None = None
    conclusion: Score | None = None
    opinions: list[Opinion] = field(default_factory=list)
    my_opinion: Opinion | None = None
    question: Clarification | None = None

    @property
    def is_here(self) -> bool:
        """Whether the file has been submitted, so that there is something to appraise."""
        return is_under_appraisal(self.file)

    @property
    def is_open(self) -> bool:
        """Whether this person can write on it now."""
        return self.voice is not None and not self.switch and self.file.state == AssessmentState.IN_APPRAISAL

    @property
    def waits_elsewhere(self) -> bool:
        """Whether it waits for this person once they have switched to the role that they have for it."""
        return bool(self.switch) and self.file.state == AssessmentState.IN_APPRAISAL and not self.is_done

    @property
    def mine(self) -> Said | None:
        """The word of this person's part; who only reads looks at the conclusion."""
        if self.voice == Voice.PROPOSAL:
            return self.proposal
        return self.my_opinion if self.voice == Voice.OPINION else self.conclusion

    @property
    def is_done(self) -> bool:
        """Whether the word of this person's part is there."""
        return self.mine is not None

    @property
    def is_kept(self) -> bool:
        """Whether that word takes over the self-score."""
        return self.mine is not None and self.own is not None and same(self.mine, self.own)

    @property
    def differs(self) -> bool:
        """Whether the words before the conclusion, as far as they are seen, are not the same."""
        own = self.own if self.own is not None and self.own.is_entered else None
        said: list[Said] = [word for word in (own, self.proposal, *self.opinions) if word is not None]
        return any(not same(said[0], other) for other in said[1:])

    @property
    def days_to_answer(self) -> int | None:
        """Days that the unit still has to answer, below nought where they are over."""
        if self.question is None or self.question.state != ClarificationState.ASKED:
            return None
        return (self.question.until - timezone.localdate()).days


@dataclass(frozen=True, slots=True)
class Bench:
    """All rows of one criterion."""

    leaf: Criterion
    lines: list[UnitLine]

    @property
    def mine(self) -> list[UnitLine]:
        """The rows on which this person can write."""
        return [line for line in self.lines if line.is_open]

    @property
    def open(self) -> list[UnitLine]:
        """Those of them that still wait for this person."""
        return [line for line in self.mine if not line.is_done]

    @property
    def elsewhere(self) -> int:
        """How many would wait for this person in another of their roles."""
        return sum(line.waits_elsewhere for line in self.lines)

    @property
    def done(self) -> int:
        """How many this person has done."""
        return len(self.mine) - len(self.open)

    @property
    def percent(self) -> Decimal:
        """What is done, for a bar."""
        return Decimal(self.done * 100) / len(self.mine) if self.mine else Decimal(0)

    def next_open(self, after: UnitLine) -> UnitLine | None:
        """The next row that waits for this person, after one row and round to the start."""
        place = self.lines.index(after)
        rows = [*self.lines[place + 1 :], *self.lines[:place]]
        return next((line for line in rows if line.is_open and not line.is_done), None)

    def reasons(self) -> list[tuple[str, int]]:
        """The reasons already given in this person's part of the criterion, the most frequent first."""
        return Counter(reason for reason, _ in self._reasoned()).most_common()

    def at_odds(self, line: UnitLine) -> list[UnitLine]:
        """Units with the same reason and another result."""
        if line.mine is None or not line.mine.reason:
            return []
        reason, mine = _folded(line.mine.reason), line.mine
        return [
            other
            for said, other in self._reasoned()
            if other is not line and _folded(said) == reason and other.mine and not same(other.mine, mine)
        ]

    def _reasoned(self) -> Iterable[tuple[str, UnitLine]]:
        for line in self.lines:
            reason = line.mine.reason if line.mine is not None else ""
            if reason and reason not in (ACCEPTED, COMPUTED):
                yield reason, line

    def results(self) -> list[tuple[Decimal | None, int]]:
        """How many units have which points in this person's part, the highest first; None: not applicable."""
        said = [line.mine for line in self.lines if line.mine is not None]
        counts = Counter(None if word.not_applicable else word.points for word in said)
        return sorted(counts.items(), key=lambda row: (row[0] is None, -(row[0] or 0)))


def _folded(reason: str) -> str:
    return " ".join(reason.casefold().split())


def bench_of(
    group: Group, leaf: Criterion, user: User, acting: ActingOver, *, wanted: Voice | None = None
) -> Bench:
    """Every unit of a group on one leaf, by name, with what this person may see; in four queries.

    `wanted` is the part in which a person of several roles looks at it. A unit whose file is not this
    person's at all is left out; a unit of their own stays, bare.
    """
    content = (leaf.content or leaf).code
    files = group.assessments.select_related("group__round").order_by("unit_sort_key", "pk")
    lines = []
    for file in files:
        held = acting.of(file.unit_id)
        if not held.belongs and not reads_appraisal(held, content):
            continue
        lines.append(unit_line(file, held, content, wanted))
    _fill(lines, leaf, user, acting, content)
    return Bench(leaf, lines)


def unit_line(file: Assessment, acting: Acting, content: str, wanted: Voice | None) -> UnitLine:
    """A row without any words yet: in which part the person looks at it."""
    voice = voice_of(acting, content, wanted)
    switch = role_to_switch(acting, voice) if voice else ""
    return UnitLine(file, acting.belongs, voices_of(acting, content), voice, acting.led, switch)


def _fill(lines: Sequence[UnitLine], leaf: Criterion, user: User, acting: ActingOver, content: str) -> None:
    seen = {line.file.pk: line for line in lines if not line.belongs and line.is_here}
    for score in Score.objects.filter(assessment__in=seen, criterion=leaf, track__in=SHOWN):
        put_score(seen[score.assessment_id], score)
    opinions: Mapping[int, list[Opinion]] = defaultdict(list)
    for opinion in Opinion.objects.filter(assessment__in=seen, criterion=leaf).order_by("member_name", "pk"):
        opinions[opinion.assessment_id].append(opinion)
    for key, line in seen.items():
        put_opinions(line, opinions[key], opinions_seen(acting.of(line.file.unit_id), content), user)
    asked = Clarification.objects.filter(assessment__in=seen, criterion=leaf)
    for question in asked.exclude(state=ClarificationState.CLOSED).order_by("pk"):
        seen[question.assessment_id].question = question


def put_score(line: UnitLine, score: Score) -> None:
    """Put a track's word in its place; a row that stands empty and waits says nothing."""
    if line.voice is not None and line.voice.value == score.track:
        line.version = score.version
    if not score.is_entered and score.track != Track.SELF:
        return
    if score.track == Track.SELF:
        line.own = score
    elif score.track == Track.PROPOSAL:
        line.proposal = score
    else:
        line.conclusion = score


def put_opinions(line: UnitLine, given: Sequence[Opinion], rule: Opinions, user: User) -> None:
    """Put in the opinions that this person may see; who is still blind sees no conclusion either."""
    line.my_opinion = next((one for one in given if one.member_id == user.pk), None)
    if line.voice == Voice.OPINION and line.my_opinion:
        line.version = line.my_opinion.version
    if rule == Opinions.ALL or (rule == Opinions.AFTER_OWN and line.my_opinion):
        line.opinions = list(given)
    elif rule == Opinions.AFTER_OWN:
        line.conclusion = None
