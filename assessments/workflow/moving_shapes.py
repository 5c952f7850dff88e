"""What moving a group to another version would do, as values: leaves, rows, units, the whole."""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property

from assessments.enums import Kept, Track
from assessments.models import Assessment, Group, RoundRole
from criteria.enums import Source
from criteria.models import Criterion, Framework

# What decides what a word on a leaf comes to.
DECIDES = ("max_points", "rule_kind", "rule_parameters", "source", "standing", "not_applicable_mode")
KINDS = {kind: place for place, kind in enumerate(Kept)}
NOT_THERE = "Phiên bản mới không có mục này."
TOTALS = {Track.SELF: "Điểm tự chấm", Track.CONCLUSION: "Điểm kết luận"}


class Fate(Enum):
    """What becomes of one row."""

    RECOMPUTED = "Tính lại"
    OPENED = "Phải ghi lại"
    ASIDE = "Để riêng"


@dataclass(frozen=True, slots=True)
class Pair:
    """A leaf of the earlier version and what carries it on, if anything; `why` it does not.

    `recounts`: words on it may come to something else. `refuses`: why no word at all can stand.
    """

    old: Criterion
    new: Criterion | None
    why: str = ""

    @property
    def recounts(self) -> bool:
        return self.new is None or any(getattr(self.old, name) != getattr(self.new, name) for name in DECIDES)

    @property
    def refuses(self) -> str:
        if self.new is None or self.old.source == self.new.source:
            return ""
        return f"Nguồn điểm đổi từ “{self.old.get_source_display()}” thành “{self.new.get_source_display()}”."

    @property
    def has_other_rule(self) -> bool:
        """Whether facts are asked in another way now."""
        new = self.new
        return new is not None and (self.old.rule_kind, self.old.rule_parameters) != (
            new.rule_kind,
            new.rule_parameters,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a word comes to on the new leaf, in points."""

    points: Decimal | None
    obtained: Decimal | None
    attainable: Decimal


@dataclass(frozen=True)
class Line:
    """What becomes of rows that do not simply stay as they are: what each was, what it will be, and why.

    Many units say the same of a leaf and share the line.
    """

    kind: Kept
    fate: Fate
    pair: Pair
    before: str
    after: str = ""
    why: str = ""
    outcome: Outcome | None = None

    @property
    def code(self) -> str:
        """The leaf's code, old and new where they differ."""
        new = self.pair.new
        return (
            self.pair.old.code
            if new is None or new.code == self.pair.old.code
            else (f"{self.pair.old.code} → {new.code}")
        )

    @property
    def title(self) -> str:
        """The leaf's title in the version to come, or as it was."""
        return (self.pair.new or self.pair.old).title

    @cached_property
    def mark(self) -> str:
        """What a person who previews it has read."""
        shown = (self.code, self.kind.value, self.fate.name, self.before, self.after, self.why)
        return json.dumps(shown, ensure_ascii=False)

    @cached_property
    def opens_conclusion(self) -> bool:
        """Whether the appraisal has to conclude the leaf again; survey points come from elsewhere."""
        is_open = self.kind is Kept.CONCLUSION and self.fate is Fate.OPENED
        return is_open and self.pair.new is not None and self.pair.new.source != Source.SURVEY

    @cached_property
    def place(self) -> tuple[int, int]:
        """Its place in a unit's list: by leaf, then by kind of row."""
        return self.pair.old.position, KINDS[self.kind]


@dataclass(slots=True)
class UnitPlan:
    """What the move does to one unit's file: the key of each row that changes, and how it does.

    Totals are sums of obtained points, before and after.
    """

    file: Assessment
    changes: list[tuple[int, Line]] = field(default_factory=list)
    kept: int = 0
    new_leaves: int = 0
    reopens: bool = False
    before: dict[Track, Decimal] = field(default_factory=dict)
    after: dict[Track, Decimal] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """What becomes of its rows, in the order of the paper."""
        return [line for _, line in self.changes]

    def count(self, fate: Fate) -> int:
        """How many rows meet this fate."""
        return sum(line.fate is fate for _, line in self.changes)

    @property
    def recomputed(self) -> int:
        return self.count(Fate.RECOMPUTED)

    @property
    def opened(self) -> int:
        return self.count(Fate.OPENED)

    @property
    def aside(self) -> int:
        return self.count(Fate.ASIDE)

    @property
    def totals(self) -> list[tuple[str, Decimal, Decimal]]:
        """Name, sum before and sum after of the tracks that have any points."""
        return [
            (title, self.before[track], self.after[track])
            for track, title in TOTALS.items()
            if self.before.get(track) or self.after.get(track)
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole move: unit by unit, what changes in the group's settings, and what stands in the way.

    `silent` are the keys of scores that say nothing of points, with what they are worth on their new leaf.
    """

    group: Group
    framework: Framework
    to: Framework
    pairs: tuple[Pair, ...]
    nodes: tuple[tuple[Criterion, Criterion], ...]
    fresh: tuple[Criterion, ...]
    units: tuple[UnitPlan, ...]
    silent: tuple[tuple[int, Criterion, Outcome], ...]
    leads: tuple[tuple[RoundRole, list[str]], ...]
    tie_breakers: tuple[str, ...]
    notes: tuple[str, ...]
    obstacles: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A mark of everything that the preview shows."""
        units = [
            (unit.file.pk, unit.file.state, unit.reopens, [line.mark for line in unit.lines])
            for unit in self.units
        ]
        shown = [self.framework.pk, self.to.pk, units, self.notes, self.obstacles]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()

    def total(self, name: str) -> int:
        """The sum over all units of one of their counts."""
        return sum(getattr(unit, name) for unit in self.units)
