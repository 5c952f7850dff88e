"""Keeping what papers print: sums of inner nodes and announced results, beside the rows, never in them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from assessments.enums import Measure, Track
from assessments.models import AnnouncedResult, Assessment, PaperFigure
from assessments.score_import.words import Figure
from assessments.workbooks.report import ReadResult
from parindex.audit.events import Actor, Change, record_each
from parindex.notation import plain

BATCH = 500
RESULT_FIELDS = ("obtained", "attainable", "index", "rank", "class_name", "note")
TOTAL = "tổng"

Said = dict[str, Any]


def keep_figures(figures: Sequence[Figure], *, track: Track, by: Actor, because: str) -> int:
    """Keep sums as the paper has them, one per unit, node and track, in the place of earlier ones."""
    held = {
        (row.assessment_id, row.criterion_id): row
        for row in PaperFigure.objects.filter(
            assessment__in={figure.assessment.pk for figure in figures}, track=track, measure=Measure.OBTAINED
        ).order_by("-pk")
    }
    before: dict[int, Said] = defaultdict(dict)
    after: dict[int, Said] = defaultdict(dict)
    new: list[PaperFigure] = []
    changed: list[PaperFigure] = []
    for figure in figures:
        criterion = figure.criterion
        row = held.get((figure.assessment.pk, criterion.pk if criterion else None))
        if row is not None and row.value == figure.value:
            continue
        key, code = figure.assessment.pk, criterion.code if criterion else TOTAL
        before[key][code] = plain(row.value) if row is not None and row.value is not None else None
        after[key][code] = plain(figure.value)
        if row is not None:
            row.value = figure.value
            changed.append(row)
            continue
        new.append(
            PaperFigure(
                assessment=figure.assessment,
                criterion=criterion,
                track=track,
                measure=Measure.OBTAINED,
                position=criterion.position if criterion else 0,
                value=figure.value,
            )
        )
    PaperFigure.objects.bulk_create(new, batch_size=BATCH)
    PaperFigure.objects.bulk_update(changed, ["value"], batch_size=BATCH)
    files = {figure.assessment.pk: figure.assessment for figure in figures}
    changes = [Change(files[key], before[key], after[key]) for key in before]
    record_each(changes, verb=f"ghi số in trong văn bản: {track.label}", reason=because, by=by)
    return len(figures)


def keep_results(results: Sequence[tuple[Assessment, ReadResult]], *, by: Actor, because: str) -> int:
    """Keep what a paper announced for each unit, in the place of what was kept before."""
    held = AnnouncedResult.objects.in_bulk(
        [assessment.pk for assessment, _ in results], field_name="assessment"
    )
    earlier = {row.assessment_id: _said(row) for row in held.values()}
    changes: list[Change] = []
    written: list[AnnouncedResult] = []
    for assessment, result in results:
        row = AnnouncedResult(
            assessment=assessment, **{name: getattr(result, name) for name in RESULT_FIELDS}
        )
        before, after = earlier.get(assessment.pk, {}), _said(row)
        if before != after:
            changes.append(Change(assessment, before, after))
            written.append(row)
    AnnouncedResult.objects.bulk_create(
        written,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["assessment"],
        update_fields=RESULT_FIELDS,
    )
    record_each(changes, verb="ghi kết quả văn bản công bố", reason=because, by=by)
    return len(results)


def _said(row: AnnouncedResult) -> Said:
    """The result as the audit log keeps it."""
    amounts = {
        name: None if (value := getattr(row, name)) is None else plain(value)
        for name in ("obtained", "attainable", "index")
    }
    return amounts | {"rank": row.rank, "class": row.class_name, "note": row.note}
