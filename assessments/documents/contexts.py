"""What a page, a PDF and a workbook show, as typed data read from frozen shapes.

The same contexts serve a publication and a provisional ranking built from live rows, so their
numbers cannot differ. Every Decimal here is already a printed value.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from criteria.enums import Source
from parindex.notation import vietnamese

Json = Mapping[str, Any]
ZERO = Decimal(0)
LOW_INDEX = Decimal(60)
FAR_BELOW_MEDIAN = Decimal(5)


def number(text: str | None) -> Decimal | None:
    """A frozen amount as a Decimal; absent stays absent."""
    return None if text is None else Decimal(text)


@dataclass(frozen=True, slots=True)
class ContentIndex:
    """One cell of a ranking: a content's points and component index, in percent."""

    code: str
    title: str
    obtained: Decimal
    attainable: Decimal
    index: Decimal | None

    @property
    def is_low(self) -> bool:
        """Below the mark that the ranking points out."""
        return self.index is not None and self.index < LOW_INDEX


@dataclass(frozen=True, slots=True)
class Announced:
    """What a paper announced for the unit."""

    obtained: Decimal | None
    attainable: Decimal | None
    index: Decimal | None
    rank: int | None
    class_name: str | None


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One unit in a ranking."""

    unit_code: str
    unit_name: str
    appraised: Decimal
    survey: Decimal
    obtained: Decimal
    attainable: Decimal
    survey_attainable: Decimal
    index: Decimal | None
    rank: int | None
    shared: bool
    class_name: str
    class_step: int | None
    provisional: bool
    unscored: int
    contents: tuple[ContentIndex, ...]
    announced: Announced | None

    @property
    def appraised_attainable(self) -> Decimal:
        """The most that appraisal could give."""
        return self.attainable - self.survey_attainable

    @property
    def lost(self) -> Decimal:
        """Points between what was attainable and what was obtained."""
        return self.attainable - self.obtained

    @property
    def differs_from_announced(self) -> bool:
        """Whether a paper announced other figures than these rows give."""
        paper = self.announced
        if paper is None:
            return False
        return (
            paper.obtained not in (None, self.obtained)
            or paper.attainable not in (None, self.attainable)
            or paper.index not in (None, self.index)
            or paper.class_name not in (None, self.class_name)
            or paper.rank not in (None, self.rank)
        )


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many units a class has, their share in percent, and the shares of the classes above it."""

    name: str
    step: int
    lower: Decimal
    units: int
    share: Decimal
    offset: Decimal


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One node of the framework as the group uses it."""

    code: str
    parent: str | None
    level: int
    title: str
    is_leaf: bool
    max_points: Decimal
    unallocated: Decimal
    source: str
    lead: str

    @property
    def source_label(self) -> str:
        """Where its points come from, in the field's words."""
        return str(Source(self.source).label)


@dataclass(frozen=True, slots=True)
class ContentSpread:
    """How the group lies on one content: component indices in percent."""

    code: str
    mean: Decimal | None
    median: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A paper's figure beside the computed one; `gap` is paper less computed, where both are numbers."""

    unit_code: str | None
    unit_name: str
    where: str
    declared: str
    computed: str
    gap: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class GroupContext:
    """A group's settings, classes and criteria, as frozen with its results."""

    round_code: str
    round_title: str
    note: str
    year: int
    organiser: str
    code: str
    name: str
    is_illustrative: bool
    units_count: int
    mean_index: Decimal | None
    settings: Json
    framework: Json
    classes: tuple[ClassCount, ...]
    spreads: Mapping[str, "ContentSpread"]
    criteria: tuple[CriterionLine, ...]
    differences: tuple["DifferenceLine", ...]

    @property
    def contents(self) -> tuple[CriterionLine, ...]:
        """The contents, in document order."""
        return tuple(line for line in self.criteria if line.level == 1)

    @property
    def content_spreads(self) -> tuple["ContentSpread", ...]:
        """How the group lies on each content, in document order."""
        return tuple(self.spreads[line.code] for line in self.contents)

    @property
    def places(self) -> int:
        """How many decimal places are printed."""
        return int(self.settings["places"])

    @property
    def scale_words(self) -> str:
        """The class scale written out: "Xuất sắc từ 90, …, Kém dưới 50"."""
        words = []
        for above, band in zip((None, *self.classes), self.classes, strict=False):
            bound = f"từ {vietnamese(band.lower)}"
            if not band.lower and above is not None:
                bound = f"dưới {vietnamese(above.lower)}"
            words.append(f"{band.name} {bound}")
        return ", ".join(words)

    @property
    def classes_present(self) -> tuple[ClassCount, ...]:
        """Classes that have units."""
        return tuple(band for band in self.classes if band.units)

    @property
    def largest_class(self) -> ClassCount | None:
        """The class with most units."""
        return max(self.classes_present, key=lambda band: band.units, default=None)


def sentence_case(title: str) -> str:
    """A title set in capitals by the paper, as a sentence; other titles stay as they are.

    Words in capitals inside parentheses, and known short forms, keep them.
    """
    letters = [letter for letter in title if letter.isalpha()]
    shouting = sum(letter.isupper() for letter in letters)
    if not letters or shouting * 5 < len(letters) * 4:
        return title
    words = [word if word.strip("(),.;") in SHORT_FORMS else word.lower() for word in title.split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


SHORT_FORMS = {"CCHC", "TTHC", "QPPL", "VBQPPL", "UBND", "HĐND", "SIPAS", "PAPI", "ISO", "HCC", "(TTHC)"}


def group_context(
    header: Json, *, code: str, name: str, is_illustrative: bool, units_count: int, mean_index: Decimal | None
) -> GroupContext:
    """Read a frozen group header."""
    return GroupContext(
        round_code=header["round"]["code"],
        round_title=header["round"]["title"],
        note=header["round"]["note"],
        year=header["round"]["year"],
        organiser=header["organiser"],
        code=code,
        name=name,
        is_illustrative=is_illustrative,
        units_count=units_count,
        mean_index=mean_index,
        settings=header["settings"],
        framework=header["framework"],
        classes=_classes(header["classes"]),
        spreads={
            row["code"]: ContentSpread(
                code=row["code"],
                mean=number(row["mean"]),
                median=number(row["median"]),
                low=number(row["low"]),
                high=number(row["high"]),
            )
            for row in header["spreads"]
        },
        criteria=tuple(
            CriterionLine(
                code=row["code"],
                parent=row["parent"],
                level=row["level"],
                title=sentence_case(row["title"]),
                is_leaf=row["leaf"],
                max_points=Decimal(row["max"]),
                unallocated=Decimal(row["unallocated"]),
                source=row["source"],
                lead=row["lead"],
            )
            for row in header["criteria"]
        ),
        differences=tuple(
            DifferenceLine(
                unit_code=row["unit"],
                unit_name=row["unit_name"],
                where=row["where"],
                declared=row["declared"],
                computed=row["computed"],
                gap=number(row["gap"]),
                note=row["note"],
            )
            for row in header["differences"]
        ),
    )


def _classes(rows: Sequence[Json]) -> tuple[ClassCount, ...]:
    counted: list[ClassCount] = []
    offset = ZERO
    for row in rows:
        share = number(row["share"]) or ZERO
        counted.append(
            ClassCount(
                name=row["name"],
                step=row["step"],
                lower=Decimal(row["lower"]),
                units=row["units"],
                share=share,
                offset=offset,
            )
        )
        offset += share
    return tuple(counted)


def ranking_row(row: Json, titles: Mapping[str, str]) -> RankingRow:
    """Read a frozen ranking row; `titles` names the contents."""
    paper = row["announced"]
    return RankingRow(
        unit_code=row["unit"],
        unit_name=row["name"],
        appraised=Decimal(row["appraised"]),
        survey=Decimal(row["survey"]),
        obtained=Decimal(row["obtained"]),
        attainable=Decimal(row["attainable"]),
        survey_attainable=Decimal(row["survey_attainable"]),
        index=number(row["index"]),
        rank=row["rank"],
        shared=row["shared"],
        class_name=row["class"],
        class_step=row["step"],
        provisional=row["provisional"],
        unscored=row["unscored"],
        contents=tuple(
            ContentIndex(
                code=content["code"],
                title=titles[content["code"]],
                obtained=Decimal(content["obtained"]),
                attainable=Decimal(content["attainable"]),
                index=number(content["index"]),
            )
            for content in row["contents"]
        ),
        announced=None
        if paper is None
        else Announced(
            obtained=number(paper["obtained"]),
            attainable=number(paper["attainable"]),
            index=number(paper["index"]),
            rank=paper["rank"],
            class_name=paper["class"],
        ),
    )


@dataclass(frozen=True, slots=True)
class WordLine:
    """What a track said of a leaf."""

    points: Decimal | None
    obtained: Decimal
    attainable: Decimal
    not_applicable: bool
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
    lines = [_score_line(line, scorecard) for line in group.criteria]
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


def _score_line(criterion: CriterionLine, scorecard: Json) -> ScoreLine:
    words = scorecard["leaves"].get(criterion.code, {})
    sums = scorecard["nodes"].get(criterion.code)
    return ScoreLine(
        criterion=criterion,
        obtained=Decimal(sums[0]) if sums else ZERO,
        attainable=Decimal(sums[1]) if sums else ZERO,
        own=_word(words.get("self")),
        concluded=_word(words.get("conclusion")),
        target=_word(words.get("target")),
        counted=sums is not None,
    )


def _word(word: Json | None) -> WordLine | None:
    if word is None:
        return None
    return WordLine(
        points=number(word["points"]),
        obtained=Decimal(word["obtained"]),
        attainable=Decimal(word["attainable"]),
        not_applicable=word["not_applicable"],
        reason=word["reason"],
        by=word["by"],
        at=dt.datetime.fromisoformat(word["at"]) if word["at"] else None,
    )
