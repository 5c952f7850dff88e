"""One import: read the file, put it onto the round, and store all of it or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.enums import Stage
from assessments.exceptions import InputRefused
from assessments.models import Assessment, Group
from assessments.score_import.codes import Tree
from assessments.score_import.findings import DUPLICATE, NO_FRAMEWORK, NO_VALUES, UNKNOWN_CODE, Findings
from assessments.score_import.papers import keep_figures, keep_results
from assessments.score_import.units import Units
from assessments.score_import.words import TRACKS, GroupReader, GroupWords
from assessments.scorecard import UnitResult, rank_group
from assessments.workbooks.announced import read_announced
from assessments.workbooks.report import Heading, ReadResult, ReadRow, ReadScores
from assessments.workbooks.scores import read_scores
from assessments.workflow import record_words
from criteria.models import Criterion
from criteria.workbooks.report import WorkbookRefused
from parindex.audit.events import Actor

REFUSED = "Tệp có chỗ phải sửa nên chưa ghi gì."
Difference = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import stored (or, on trial, would store), its warnings, and the differences it found."""

    units: int
    stored: int
    figures: int
    problems: list[dict[str, Any]]
    differences: list[Difference] = field(default_factory=list)


def import_scores(
    content: bytes, *, filename: str, groups: Sequence[Group], stage: Stage, by: Actor, dry_run: bool = False
) -> Outcome:
    """Record a file's points on one stage's track. Moves no state.

    Raises InputRefused, with every problem in it, when anything keeps the file from being stored.
    """
    try:
        read = read_scores(content, filename=filename, stage=stage)
    except WorkbookRefused as error:
        raise _file_refused(error) from error
    found = Findings(read.sheet, read.problems)
    with transaction.atomic():
        said = _put_onto_groups(read, groups, stage, found)
        if not found.refuses and not any(part.words or part.figures for part in said):
            found.add_whole(NO_VALUES, "Tệp không có điểm nào để ghi.")
        _refuse_problems(found)
        because = f"Nhập từ tệp {filename}, trang tính “{read.sheet}”"
        for part in filter(lambda part: part.words, said):
            record_words(part.group, part.words, track=TRACKS[stage], by=by, because=because)
        figures = [figure for part in said for figure in part.figures]
        keep_figures(figures, track=TRACKS[stage], by=by, because=because)
        if dry_run:
            transaction.set_rollback(True)
    units = {word.assessment.pk for part in said for word in part.words}
    units |= {figure.assessment.pk for figure in figures}
    stored = sum(len(part.words) for part in said)
    return Outcome(len(units), stored, len(figures), found.answers())


def import_announced(
    content: bytes, *, filename: str, groups: Sequence[Group], by: Actor, dry_run: bool = False
) -> Outcome:
    """Keep what a paper announced beside what the rows give, and say where the two differ.

    Raises InputRefused, with every problem in it, when anything keeps the file from being stored.
    """
    try:
        read = read_announced(content, filename=filename)
    except WorkbookRefused as error:
        raise _file_refused(error) from error
    found = Findings(read.sheet, read.problems)
    with transaction.atomic():
        results = _announced_units(read.results, groups, found)
        if not found.refuses and not results:
            found.add_whole(NO_VALUES, "Tệp không có kết quả nào để ghi.")
        _refuse_problems(found)
        because = f"Nhập từ tệp {filename}, trang tính “{read.sheet}”"
        keep_results(results, by=by, because=because)
        differences = _differences(results, groups)
        if dry_run:
            transaction.set_rollback(True)
    return Outcome(len(results), len(results), 0, found.answers(), differences)


def _file_refused(error: WorkbookRefused) -> InputRefused:
    found = Findings("", ())
    found.add_whole("file_refused", str(error))
    return InputRefused(str(error), found.answers())


def _refuse_problems(found: Findings) -> None:
    if found.refuses:
        raise InputRefused(REFUSED, found.answers())


def _put_onto_groups(
    read: ReadScores, groups: Sequence[Group], stage: Stage, found: Findings
) -> list[GroupWords]:
    units = Units(groups)
    rows: dict[int, list[tuple[Assessment, ReadRow]]] = defaultdict(list)
    for row in read.rows:
        assessment = units.find(row.unit, found, holds_values=bool(row.values))
        if assessment is not None:
            rows[assessment.group_id].append((assessment, row))
    trees = _trees(groups)
    said: list[GroupWords] = []
    meaningless: list[set[Heading]] = []
    for group in groups:
        own = rows[group.pk]
        if group.framework_id is None or not (own or len(groups) == 1):
            _without_framework(group, own, found)
            continue
        reader = GroupReader(group, trees[group.framework_id], stage, found)
        if read.is_wide:
            meaningless.append(reader.read_wide(read, own))
        else:
            reader.read_long(own)
        said.append(reader.result)
    for heading in set.intersection(*meaningless) if meaningless else ():
        found.add(UNKNOWN_CODE, heading.place, f"bộ tiêu chí không có mục “{heading.text}”.")
    return said


def _without_framework(group: Group, rows: Iterable[tuple[Assessment, ReadRow]], found: Findings) -> None:
    for _, row in rows:
        message = f"nhóm “{group.code}” chưa có bộ tiêu chí nên không ghi điểm được."
        found.add(NO_FRAMEWORK, row.unit.place, message)


def _trees(groups: Sequence[Group]) -> Mapping[int, Tree]:
    """The criteria of all frameworks that the groups use, in one query."""
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    wanted = {group.framework_id for group in groups if group.framework_id}
    for criterion in Criterion.objects.filter(framework__in=wanted).order_by("position"):
        criteria[criterion.framework_id].append(criterion)
    return {key: Tree(criteria[key]) for key in wanted}


def _announced_units(
    results: Iterable[ReadResult], groups: Sequence[Group], found: Findings
) -> list[tuple[Assessment, ReadResult]]:
    units = Units(groups)
    placed: dict[int, tuple[Assessment, ReadResult]] = {}
    for result in results:
        assessment = units.find(result.unit, found, holds_values=_says_anything(result))
        if assessment is None or not _says_anything(result):
            continue
        earlier = placed.setdefault(assessment.pk, (assessment, result))[1]
        if earlier is not result:
            message = f"đơn vị {assessment.unit_name} đã có ở dòng {earlier.unit.place.row}."
            found.add(DUPLICATE, result.unit.place, message)
    return list(placed.values())


def _says_anything(result: ReadResult) -> bool:
    numbers = (result.obtained, result.attainable, result.index, result.rank)
    return any(number is not None for number in numbers) or bool(result.class_name)


def _differences(
    results: Iterable[tuple[Assessment, ReadResult]], groups: Sequence[Group]
) -> list[Difference]:
    """Each announced figure that is not what the rows give, as printed; a silent paper does not differ."""
    placed = list(results)
    wanted = {assessment.group_id for assessment, _ in placed}
    computed = {
        unit.assessment_id: unit
        for group in groups
        if group.pk in wanted and group.framework_id is not None
        for unit in rank_group(group).units
    }
    return [
        {"unit": assessment.unit_code, "field": name, "published": published, "computed": own}
        for assessment, result in placed
        if (unit := computed.get(assessment.pk)) is not None
        for name, published, own in _pairs(result, unit)
        if published not in {None, ""} and not _same(published, own)
    ]


def _pairs(result: ReadResult, unit: UnitResult) -> tuple[tuple[str, Any, Any], ...]:
    return (
        ("obtained", result.obtained, unit.obtained),
        ("attainable", result.attainable, unit.attainable),
        ("index", result.index, unit.index),
        ("rank", result.rank, unit.rank),
        ("class", result.class_name, unit.class_name or None),
    )


def _same(published: Decimal | int | str, own: Decimal | int | str | None) -> bool:
    if isinstance(published, str) and isinstance(own, str):
        return published.casefold() == own.casefold()
    return published == own
