"""A unit's scorecard as typed data: every node's sums, every leaf's words, and where points were lost."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from assessments.documents.contexts import (
    ContentIndex,
    ContentSpread,
    CriterionLine,
    DifferenceLine,
    GroupContext,
    RankingRow,
    number,
)
from criteria.enums import Source
from parindex.notation import vietnamese

Json = Mapping[str, Any]
ZERO = Decimal(0)
FAR_BELOW_MEDIAN = Decimal(5)


@dataclass(frozen=True, slots=True)
class WordLine:
    """What a track said of a leaf."""

    points: Decimal | None
    obtained: Decimal
    attainable: Decimal
    not_applicable: bool
    working: str
    reason: str
    by: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One node of a unit's scorecard: sums for inner nodes, words for leaves."""

    criterion: CriterionLine
    obtained: Decimal
    attainable: Decimal
    own: WordLine | None
    concluded: WordLine | None
    target: WordLine | None
    counted: bool

    @property
    def lost(self) -> Decimal:
        """Points lost on this node."""
        return self.attainable - self.obtained

    @property
    def is_left_out(self) -> bool:
        """Whether the leaf does not apply and stands outside the denominator."""
        return self.concluded is not None and self.concluded.not_applicable and not self.attainable

    @property
    def working(self) -> str:
        """How the points shown follow from facts; empty where they were entered directly."""
        return self.concluded.working if self.concluded else ""

    @property
    def own_working(self) -> str:
        """The same of the unit's own points, where they follow from other facts."""
        own = self.own.working if self.own else ""
        return "" if own == self.working else own

    @property
    def verdict(self) -> str:
        """How the conclusion came about, in the field's words; empty where there is none."""
        if self.concluded is None:
            return ""
        if self.criterion.source != Source.SELF:
            return self.criterion.source_label
        if self.own is None:
            return "Hội đồng kết luận"
        return "Hội đồng điều chỉnh" if self.is_adjusted else "Công nhận tự chấm"

    @property
    def is_excluded(self) -> bool:
        """Whether the leaf does not apply and is taken out of the denominator."""
        return self.concluded is not None and self.concluded.not_applicable and self.attainable == 0

    @property
    def is_adjusted(self) -> bool:
        """Whether the conclusion differs from the unit's own score."""
        return (
            self.own is not None
            and self.concluded is not None
            and (self.own.points, self.own.not_applicable)
            != (self.concluded.points, self.concluded.not_applicable)
        )


@dataclass(frozen=True, slots=True)
class ContentPanel:
    """One content opened: its figures, where it stands in the group, and every line below."""

    content: ContentIndex
    lines: tuple[ScoreLine, ...]
    unallocated: Decimal
    spread: ContentSpread | None

    @property
    def lost(self) -> Decimal:
        """Points lost on this content."""
        return self.content.attainable - self.content.obtained

    @property
    def leaves(self) -> tuple[ScoreLine, ...]:
        """The leaves that count, in document order."""
        return tuple(line for line in self.lines if line.criterion.is_leaf and line.counted)

    @property
    def formula(self) -> str:
        """The sum written out, components of one criterion in brackets."""
        parts = []
        applied = [line for line in self.leaves if not line.is_excluded]
        for parent, lines in groupby(applied, key=lambda line: line.criterion.parent):
            terms = [vietnamese(line.obtained, 2) for line in lines]
            grouped = len(terms) > 1 and parent != self.content.code
            text = " + ".join(terms)
            parts.append(f"({text})" if grouped else text)
        return " + ".join(parts)

    @property
    def gap(self) -> Decimal | None:
        """Percentage points above (or below) the group's median."""
        if self.spread is None or self.spread.median is None or self.content.index is None:
            return None
        return self.content.index - self.spread.median

    @property
    def is_far_below(self) -> bool:
        """More than five percentage points below the median."""
        return self.gap is not None and self.gap < -FAR_BELOW_MEDIAN


@dataclass(frozen=True, slots=True)
class UnitContext:
    """A unit's page: its row, every content opened, and where points were lost."""

    group: GroupContext
    row: RankingRow
    panels: tuple[ContentPanel, ...]
    lost: tuple[ScoreLine, ...] = field(default=())

    @property
    def differences(self) -> tuple[DifferenceLine, ...]:
        """What papers print of this unit otherwise than its rows give."""
        return tuple(line for line in self.group.differences if line.unit_code == self.row.unit_code)

    @property
    def total_lost(self) -> Decimal:
        """Points lost on leaves, without unallocated points, which nobody can earn."""
        return sum((line.lost for line in self.lost), ZERO)

    @property
    def full_contents(self) -> tuple[ContentPanel, ...]:
        """Contents without any loss."""
        return tuple(panel for panel in self.panels if panel.content.index == 100)

    @property
    def worst_contents(self) -> tuple[ContentPanel, ...]:
        """The two contents where most points were lost."""
        losing = [panel for panel in self.panels if panel.content.attainable > panel.content.obtained]
        return tuple(sorted(losing, key=lambda panel: panel.content.obtained - panel.content.attainable)[:2])

    @property
    def has_self_scores(self) -> bool:
        """Whether the unit's own scores are known."""
        return any(line.own for panel in self.panels for line in panel.lines)

    @property
    def has_targets(self) -> bool:
        """Whether next year's targets are known."""
        return any(line.target for panel in self.panels for line in panel.lines)


def unit_context(group: GroupContext, row: RankingRow, scorecard: Json) -> UnitContext:
    """Read a frozen scorecard."""
    lines = [_score_line(line, scorecard, names=group.names) for line in group.criteria]
    content_of: dict[str, str] = {}
    below: dict[str, list[ScoreLine]] = {}
    for line in lines:
        criterion = line.criterion
        content = content_of[criterion.parent] if criterion.parent else criterion.code
        content_of[criterion.code] = content
        below.setdefault(content, []).append(line)
    lost = [line for line in lines if line.criterion.is_leaf and line.counted and line.lost > 0]
    return UnitContext(
        group=group,
        row=row,
        panels=tuple(
            ContentPanel(
                content=content,
                lines=tuple(below[content.code]),
                unallocated=sum((line.criterion.unallocated for line in below[content.code]), ZERO),
                spread=group.spreads.get(content.code) if group.units_count > 1 else None,
            )
            for content in row.contents
        ),
        lost=tuple(sorted(lost, key=lambda line: -line.lost)),
    )


def _score_line(criterion: CriterionLine, scorecard: Json, *, names: bool) -> ScoreLine:
    words = scorecard["leaves"].get(criterion.code, {})
    sums = scorecard["nodes"].get(criterion.code)
    return ScoreLine(
        criterion=criterion,
        obtained=Decimal(sums[0]) if sums else ZERO,
        attainable=Decimal(sums[1]) if sums else ZERO,
        own=_word(words.get("self"), names=names),
        concluded=_word(words.get("conclusion"), names=names),
        target=_word(words.get("target"), names=names),
        counted=sums is not None,
    )


def _word(word: Json | None, *, names: bool) -> WordLine | None:
    if word is None:
        return None
    return WordLine(
        points=number(word["points"]),
        obtained=Decimal(word["obtained"]),
        attainable=Decimal(word["attainable"]),
        not_applicable=word["not_applicable"],
        working=word["working"],
        reason=word["reason"],
        by=word["by"] if names else "",
        at=dt.datetime.fromisoformat(word["at"]) if word["at"] else None,
    )
