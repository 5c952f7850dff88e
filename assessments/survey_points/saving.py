"""Reading and writing the survey's table: all that was entered is written, or nothing."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from assessments.enums import Track
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.models import Assessment, Group, Score, SurveySample
from assessments.permissions.publishing import check_publish, own_units
from assessments.survey_points.cells import Entry, SurveyCell
from assessments.workflow import record_words
from criteria.enums import Source
from criteria.models import Criterion
from parindex.accounts.models import User
from parindex.audit.events import Actor, Change, record_each

REASON_LACKS = "Ghi lý do sửa điểm điều tra đã có, hoặc lý do không áp dụng (KAD)."

Cells = dict[tuple[int, int], SurveyCell]


class StaleSurvey(AssessmentError):
    """Somebody else wrote cells after they were read; `stale` are those cells as they stand."""

    def __init__(self, stale: Sequence[SurveyCell]) -> None:
        named = "; ".join(f"{cell.file.unit_name}, mục {cell.leaf.code}" for cell in stale[:10])
        super().__init__(f"Người khác vừa sửa {named}. Chưa ghi ô nào.")
        self.stale = stale


def survey_leaves(group: Group) -> list[Criterion]:
    """The leaves that the group's survey scores, in document order."""
    if group.survey_id is None:
        return []
    leaves = group.used_framework.criteria.filter(is_leaf=True, source=Source.SURVEY)
    return list(leaves.order_by("position"))


def cells_of(files: Sequence[Assessment], leaves: Sequence[Criterion]) -> Cells:
    """Every cell of these files and leaves, by their keys; in two queries."""
    wanted = Q(assessment__in=files, criterion__in=leaves)
    scores = {
        (score.assessment_id, score.criterion_id): score
        for score in Score.objects.filter(wanted, track=Track.CONCLUSION)
    }
    samples = {
        (sample.assessment_id, sample.criterion_id): sample for sample in SurveySample.objects.filter(wanted)
    }
    return {
        (file.pk, leaf.pk): SurveyCell(
            file, leaf, scores.get((file.pk, leaf.pk)), samples.get((file.pk, leaf.pk))
        )
        for file in files
        for leaf in leaves
    }


def scored_count(group: Group, leaf: Criterion) -> int:
    """How many units of the group have points for a survey leaf, or KAD; in one query."""
    scores = Score.objects.filter(assessment__group=group, criterion=leaf, track=Track.CONCLUSION)
    return scores.filter(obtained__isnull=False).count()


@transaction.atomic
def save_points(group: Group, entries: Sequence[Entry], *, by: User, reason: str = "") -> int:
    """Write what a publisher entered for the survey; survey points may come after the conclusion.

    `reason` goes to the log, not to the published scorecard; it is needed where points that stood change
    and where a leaf does not apply.
    Returns how many cells were written. Raises NotPermitted, StaleSurvey, AssessmentError.
    """
    check_publish(by, group.round)
    _require_other_units(entries, by)
    keys = {entry.cell.file.pk for entry in entries}
    files = list(group.assessments.select_for_update().filter(pk__in=keys).order_by("pk"))
    now = cells_of(files, survey_leaves(group))
    _require_fresh(entries, now)
    if any(entry.needs_reason for entry in entries) and not reason.strip():
        raise AssessmentError(REASON_LACKS)
    words = [entry.word for entry in entries if entry.changes_value]
    because = reason.strip() or "Nhập điểm điều tra xã hội học"
    if words:
        record_words(group, words, track=Track.CONCLUSION, by=by.actor, because=because)
    _save_samples([entry for entry in entries if entry.changes_sample], by.actor, because)
    return len(entries)


def _require_other_units(entries: Sequence[Entry], by: User) -> None:
    own = own_units(by)
    for entry in entries:
        if entry.cell.file.unit_id in own:
            raise NotPermitted(
                f"Bạn thuộc {entry.cell.file.unit_name} nên không ghi điểm điều tra của chính đơn vị mình. "
                "Đề nghị người khác thay."
            )


def _require_fresh(entries: Sequence[Entry], now: Cells) -> None:
    stale = []
    for entry in entries:
        cell = now.get((entry.cell.file.pk, entry.cell.leaf.pk))
        if cell is None:
            raise AssessmentError(f"Mục {entry.cell.leaf.code} không do điều tra chấm trong nhóm này.")
        if cell.token != entry.read:
            stale.append(cell)
    if stale:
        raise StaleSurvey(stale)


def _save_samples(entries: Sequence[Entry], by: Actor, because: str) -> None:
    kept = [(entry, entry.valid) for entry in entries if entry.valid is not None]
    gone = [entry.cell.sample.pk for entry in entries if entry.valid is None and entry.cell.sample]
    SurveySample.objects.bulk_create(
        (
            SurveySample(
                assessment=entry.cell.file,
                criterion=entry.cell.leaf,
                forms_issued=entry.issued,
                forms_valid=valid,
            )
            for entry, valid in kept
        ),
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["forms_issued", "forms_valid"],
        batch_size=1000,
    )
    SurveySample.objects.filter(pk__in=gone).delete()
    before: dict[int, dict[str, Any]] = {}
    after: dict[int, dict[str, Any]] = {}
    files = {entry.cell.file.pk: entry.cell.file for entry in entries}
    for entry in entries:
        key, code, sample = entry.cell.file.pk, entry.cell.leaf.code, entry.cell.sample
        stood = [sample.forms_issued, sample.forms_valid] if sample else None
        before.setdefault(key, {})[code] = stood
        after.setdefault(key, {})[code] = None if entry.valid is None else [entry.issued, entry.valid]
    changes = [Change(file, before[key], after[key]) for key, file in files.items()]
    record_each(changes, by=by, verb="ghi cỡ mẫu điều tra", reason=because)
