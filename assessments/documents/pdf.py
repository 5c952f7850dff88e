"""Documents in the layout of Nghị định 30/2020/NĐ-CP, by WeasyPrint."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.documents.contexts import (
    CriterionLine,
    GroupContext,
    RankingRow,
)
from assessments.documents.letterhead import Letterhead, class_ranges, letterhead, notes
from assessments.documents.rendering import render_pdf
from assessments.documents.sources import Source
from assessments.documents.unit_contexts import ScoreLine, UnitContext
from assessments.models import Publication

LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class Annex:
    """What the annex to a decision on a ranking shows."""

    head: Letterhead
    group: GroupContext
    publication: Publication | None
    rows: Sequence[RankingRow]

    @property
    def title(self) -> str:
        """The document's title, as metadata and in capitals on the page."""
        name = "Dự kiến xếp hạng" if self.head.is_draft else "Xếp hạng"
        return f"{name} Chỉ số cải cách hành chính năm {self.group.year}"

    @property
    def places(self) -> int:
        """How many decimal places are printed."""
        return self.group.places

    @property
    def has_long_titles(self) -> bool:
        """Whether the contents' names are too long to head a column."""
        return any(len(content.title) > LONGEST_HEADING for content in self.group.contents)

    @property
    def classes(self) -> Sequence[object]:
        """Classes with their bounds in words."""
        return class_ranges(self.group)

    @property
    def notes(self) -> Sequence[str]:
        """How the figures were worked out."""
        return list(notes(self.group))


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit's report shows."""

    head: Letterhead
    unit: UnitContext
    publication: Publication | None

    @property
    def title(self) -> str:
        """The document's title, as metadata and in capitals on the page."""
        name = "Phiếu kết quả dự kiến" if self.head.is_draft else "Phiếu kết quả"
        return f"{name} Chỉ số cải cách hành chính năm {self.unit.group.year}"

    @property
    def places(self) -> int:
        """How many decimal places are printed."""
        return self.unit.group.places

    @property
    def unallocated(self) -> Sequence[CriterionLine]:
        """Nodes with points that the paper gives to no criterion."""
        return [line for line in self.unit.group.criteria if line.unallocated]

    @property
    def lost(self) -> Sequence[ScoreLine]:
        """Leaves with points lost, most first; a leaf nobody has scored yet has lost nothing."""
        return [line for line in self.unit.lost if line.concluded is not None]

    @property
    def unscored(self) -> Sequence[ScoreLine]:
        """Leaves without points, in a provisional report."""
        return [line for panel in self.unit.panels for line in panel.leaves if line.concluded is None]

    @property
    def notes(self) -> Sequence[str]:
        """How the figures were worked out."""
        return list(notes(self.unit.group))


def ranking_annex(source: Source) -> bytes:
    """The annex to the decision that announces a ranking; a provisional one is marked DỰ THẢO."""
    group = source.context
    head = letterhead(group, source.publication)
    paper = Annex(head=head, group=group, publication=source.publication, rows=source.rows())
    return render_pdf("documents/ranking_annex.html", {"paper": paper})


def unit_report(unit: UnitContext, publication: Publication | None) -> bytes:
    """A unit's result with every leaf; a provisional one is marked DỰ THẢO."""
    head = letterhead(unit.group, publication)
    return render_pdf(
        "documents/unit_report.html", {"paper": Report(head=head, unit=unit, publication=publication)}
    )
