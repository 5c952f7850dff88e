"""Where contexts come from: a publication's frozen rows, or the live rows of a round.

Both give the same contexts, so pages, documents and data files need not know which they show.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

from assessments.documents.contexts import (
    GroupContext,
    RankingRow,
    group_context,
    ranking_row,
)
from assessments.documents.unit_contexts import UnitContext, unit_context
from assessments.frozen import Json, group_header, scorecards, unit_row
from assessments.models import AnnouncedResult, Group, Publication, PublishedGroup, PublishedUnit
from assessments.scorecard import GroupResult, rank_group

AT_A_TIME = 100


class Source(Protocol):
    """A ranked group that can be shown."""

    publication: Publication | None

    @property
    def context(self) -> GroupContext:
        """The group's settings, classes and criteria."""

    def rows(self, start: int = 0, stop: int | None = None) -> Sequence[RankingRow]:
        """Ranking rows by position, from `start` up to but without `stop`."""

    def unit_name(self, code: str) -> str | None:
        """A unit's name, or nothing when the group has no such unit."""

    def unit(self, code: str) -> UnitContext | None:
        """One unit's page, or nothing when the group has no such unit."""

    def units(self) -> Iterator[UnitContext]:
        """Every unit opened, in rank order, one at a time: for data files."""


class PublishedSource:
    """A group as published: nothing here is computed anew."""

    def __init__(self, publication: Publication, published: PublishedGroup) -> None:
        self.publication: Publication | None = publication
        self.published = published

    @cached_property
    def context(self) -> GroupContext:
        """The frozen header."""
        return group_context(
            self.published.header,
            code=self.published.code,
            name=self.published.name,
            is_illustrative=self.published.is_illustrative,
            units_count=self.published.units_count,
            mean_index=self.published.mean_index,
        )

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {line.code: line.title for line in self.context.contents}

    def rows(self, start: int = 0, stop: int | None = None) -> Sequence[RankingRow]:
        """Frozen rows, without their scorecards."""
        units = self.published.units.defer("scorecard").order_by("position")[start:stop]
        return [ranking_row(unit.row, self._titles) for unit in units]

    def unit_name(self, code: str) -> str | None:
        """The name as published."""
        return self.published.units.filter(unit_code=code).values_list("unit_name", flat=True).first()

    def unit(self, code: str) -> UnitContext | None:
        """A frozen scorecard."""
        unit = self.published.units.filter(unit_code=code).first()
        return None if unit is None else self._unit(unit)

    def units(self) -> Iterator[UnitContext]:
        """All frozen scorecards."""
        for unit in self.published.units.order_by("position").iterator(chunk_size=AT_A_TIME):
            yield self._unit(unit)

    def _unit(self, unit: PublishedUnit) -> UnitContext:
        return unit_context(self.context, ranking_row(unit.row, self._titles), unit.scorecard)


class LiveSource:
    """A group as its rows stand now: a provisional ranking."""

    def __init__(self, group: Group) -> None:
        self.publication: Publication | None = None
        self.group = group

    @cached_property
    def result(self) -> GroupResult:
        """The ranking, computed once."""
        return rank_group(self.group)

    @cached_property
    def _header(self) -> Json:
        return group_header(self.group, self.result)

    @cached_property
    def context(self) -> GroupContext:
        """The header as it would be frozen now."""
        return group_context(
            self._header,
            code=self.group.code,
            name=self.group.name,
            is_illustrative=self.group.is_illustrative,
            units_count=len(self.result.units),
            mean_index=self.result.mean_index,
        )

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {line.code: line.title for line in self.context.contents}

    @cached_property
    def _announced(self) -> dict[int, AnnouncedResult]:
        papers = AnnouncedResult.objects.filter(assessment__group=self.group)
        return {paper.assessment_id: paper for paper in papers}

    def rows(self, start: int = 0, stop: int | None = None) -> Sequence[RankingRow]:
        """Rows of the ranking as computed."""
        return [
            ranking_row(unit_row(unit, self._header, self._announced.get(unit.assessment_id)), self._titles)
            for unit in self.result.units[start:stop]
        ]

    def unit_name(self, code: str) -> str | None:
        """The name as frozen into the round."""
        return next((unit.unit_name for unit in self.result.units if unit.unit_code == code), None)

    def unit(self, code: str) -> UnitContext | None:
        """One unit's live scorecard."""
        return next(self._units(code), None)

    def units(self) -> Iterator[UnitContext]:
        """Every unit's live scorecard."""
        return self._units(None)

    def _units(self, code: str | None) -> Iterator[UnitContext]:
        chosen = [unit for unit in self.result.units if code in (None, unit.unit_code)]
        for unit, card in scorecards(self.group, chosen):
            row = unit_row(unit, self._header, self._announced.get(unit.assessment_id))
            yield unit_context(self.context, ranking_row(row, self._titles), card)
