"""A unit's own result for its own people: what it entered beside what was concluded, leaf by leaf.

From the publication where there is one, else from the unit's concluded file where its group shows it so
early. Opinions and proposals are in neither, nor is anything of other units before the publication.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assessments.enums import AssessmentState, PublicationState, ResultsShown
from assessments.frozen import Json, group_header, may_name, scorecards
from assessments.models import Assessment, Publication, PublishedUnit
from assessments.scorecard import rank_group

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class OwnWord:
    """One track's word on a leaf."""

    obtained: Decimal
    attainable: Decimal
    not_applicable: bool
    working: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One row of the unit's own result."""

    code: str
    title: str
    level: int
    is_leaf: bool
    max_points: Decimal
    own: OwnWord | None = None
    concluded: OwnWord | None = None

    @property
    def difference(self) -> Decimal | None:
        """What the conclusion gives beside the unit's own points."""
        if self.own is None or self.concluded is None:
            return None
        return self.concluded.obtained - self.own.obtained

    @property
    def is_lowered(self) -> bool:
        """Whether the conclusion gives less than the unit gave itself."""
        return self.difference is not None and self.difference < 0


@dataclass(slots=True)
class ResultContent:
    """One content with its rows and sums; the median of the group is known after the publication only."""

    head: ResultLine
    obtained: Decimal
    attainable: Decimal
    median: Decimal | None = None
    lines: list[ResultLine] = field(default_factory=list)

    @property
    def index(self) -> Decimal | None:
        """The component index, in percent, for a bar."""
        return self.obtained * 100 / self.attainable if self.attainable else None

    @property
    def own(self) -> Decimal:
        """What the unit gave itself, of the leaves that it scores."""
        return sum((line.own.obtained for line in self.lines if line.own), ZERO)

    @property
    def lowered(self) -> int:
        """How many leaves the conclusion lowered."""
        return sum(line.is_lowered for line in self.lines)

    def only_lowered(self) -> "ResultContent":
        """The content with the lowered leaves alone."""
        return replace(self, lines=[line for line in self.lines if line.is_lowered])


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A unit's own result, from a publication or from its concluded file."""

    contents: list[ResultContent]
    publication: Publication | None
    row: Json | None

    @property
    def obtained(self) -> Decimal:
        """All points."""
        return sum((content.obtained for content in self.contents), ZERO)

    @property
    def attainable(self) -> Decimal:
        """All points that could be had."""
        return sum((content.attainable for content in self.contents), ZERO)

    @property
    def lowered(self) -> int:
        """How many leaves the conclusion lowered."""
        return sum(content.lowered for content in self.contents)


def own_result(file: Assessment) -> OwnResult | None:
    """The unit's result as its own people may see it now; nothing while its group does not show it."""
    published = (
        PublishedUnit.objects.filter(
            group__publication__round=file.group.round_id,
            group__publication__state=PublicationState.CURRENT,
            group__code=file.group.code,
            unit_code=file.unit_code,
        )
        .select_related("group__publication")
        .defer("group__publication__manifest")
        .first()
    )
    if published is not None:
        contents = _contents(published.group.header, published.scorecard, with_median=True)
        return OwnResult(contents, published.group.publication, published.row)
    shown = file.group.results_shown == ResultsShown.CONCLUSION and file.state == AssessmentState.CONCLUDED
    if not shown:
        return None
    result = rank_group(file.group)
    own = [unit for unit in result.units if unit.assessment_id == file.pk]
    ((_, card),) = scorecards(file.group, own)
    header = group_header(file.group, result)
    return OwnResult(_contents(header, card, with_median=False), None, None)


def _contents(header: Json, card: Json, *, with_median: bool) -> list[ResultContent]:
    names = may_name(header)
    medians = {spread["code"]: spread["median"] for spread in header["spreads"]} if with_median else {}
    contents: list[ResultContent] = []
    for node in header["criteria"]:
        words = card["leaves"].get(node["code"], {}) if node["leaf"] else {}
        line = ResultLine(
            code=node["code"],
            title=node["title"],
            level=node["level"],
            is_leaf=node["leaf"],
            max_points=Decimal(node["max"]),
            own=_word(words.get("self"), names=False),
            concluded=_word(words.get("conclusion"), names=names),
        )
        if node["level"] == 1:
            obtained, attainable = (Decimal(sum_) for sum_ in card["nodes"].get(node["code"], ("0", "0")))
            median = medians.get(node["code"])
            contents.append(
                ResultContent(line, obtained, attainable, None if median is None else Decimal(median))
            )
        if contents and (node["level"] > 1 or node["leaf"]):
            contents[-1].lines.append(line)
    return contents


def _word(word: Mapping[str, Any] | None, *, names: bool) -> OwnWord | None:
    if word is None:
        return None
    return OwnWord(
        obtained=Decimal(word["obtained"]),
        attainable=Decimal(word["attainable"]),
        not_applicable=word["not_applicable"],
        working=word["working"],
        reason=word["reason"],
        by=word["by"] if names else "",
    )
