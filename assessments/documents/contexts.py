"""What a page, a PDF and a workbook show, as typed data read from frozen shapes.

The same contexts serve a publication and a provisional ranking built from live rows, so their
numbers cannot differ. Every Decimal here is already a printed value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.frozen import may_name
from assessments.scorecard import class_words
from criteria.enums import Source
from criteria.rules import RuleKind
from parindex.notation import vietnamese
from parindex.titles import sentence_case

Json = Mapping[str, Any]
ZERO = Decimal(0)
LOW_INDEX = Decimal(60)


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
    def class_words(self) -> str:
        """Its class in words, also where it waits for points."""
        return class_words(self.class_name, provisional=self.provisional)

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
    rule: str
    rule_label: str
    lead: str

    @property
    def shown_rule(self) -> str:
        """How points come about, where that is more than a person's own judgement."""
        return "" if self.rule == RuleKind.MANUAL else self.rule_label

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
    # Whether scorecards say who wrote each word.
    names: bool
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
    def unclassed(self) -> int:
        """How many units have no class."""
        return self.units_count - sum(band.units for band in self.classes)

    @property
    def largest_class(self) -> ClassCount | None:
        """The class with most units."""
        return max(self.classes_present, key=lambda band: band.units, default=None)


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
        names=may_name(header),
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
                rule=row["rule"],
                rule_label=row["rule_label"],
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
