"""Verbs over frameworks: store a draft, resolve what a paper leaves open, put into force, remove a draft."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from criteria.enums import FrameworkState, NotApplicableMode, ProblemKind, Resolution, Severity, Source
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable, FrameworkNotReady
from criteria.models import Criterion, Decision, DeclaredStructure, Framework, Problem
from criteria.workbooks.declared import Declared
from criteria.workbooks.report import ReadCriterion, ReadFramework
from parindex.accounts.models import Organiser, UnitType
from parindex.audit.events import Actor, record
from parindex.notation import plain, vietnamese, vietnamese_date

SURVEY_BLOCK_CODE = "XHH"


@transaction.atomic
def take_decision(*, issuer: Organiser, number: str, issued: dt.date, title: str, by: Actor) -> Decision:
    """Find the issuer's decision of this number, or write it down. Raises CriteriaError on another date."""
    decision, made = Decision.objects.select_for_update().get_or_create(
        issuer=issuer, number=number, defaults={"issued": issued, "title": title}
    )
    if decision.issued != issued:
        raise CriteriaError(
            f"Quyết định số {number} đã có với ngày {vietnamese_date(decision.issued)}, "
            f"khác ngày {vietnamese_date(issued)} vừa ghi."
        )
    if made:
        record(by=by, verb="ghi quyết định", on=decision, after={"number": number, "title": title})
    return decision


@transaction.atomic
def add_unit_type(*, code: str, name: str, by: Actor) -> UnitType:
    """Write down a kind of unit that has no framework yet."""
    unit_type = UnitType.objects.create(code=code, name=name)
    record(by=by, verb="thêm loại đơn vị", on=unit_type, after={"code": code, "name": name})
    return unit_type


@transaction.atomic
def declare_structure(
    decision: Decision, unit_type: UnitType, declared: Declared, *, wording: str, by: Actor
) -> DeclaredStructure:
    """Keep with a decision what its own passage declares; what was written down by hand stays as it is."""
    last = decision.structures.aggregate(last=Max("position"))["last"] or 0
    structure, made = decision.structures.get_or_create(
        unit_type=unit_type, defaults={"position": last + 1, "wording": wording}
    )
    if not structure.wording:
        return structure
    structure.contents, structure.criteria = declared.contents, declared.criteria
    structure.components = declared.components
    structure.appraised_max, structure.survey_max = declared.appraised, declared.survey
    structure.sipas_max, structure.wording = declared.sipas, wording
    structure.save()
    verb = "ghi cấu trúc theo quyết định" if made else "đọc lại cấu trúc theo quyết định"
    record(by=by, verb=verb, on=decision, after={"unit_type": unit_type.name, "wording": wording})
    return structure


@transaction.atomic
def store_draft(
    read: ReadFramework,
    *,
    decision: Decision,
    unit_type: UnitType,
    title: str,
    file_name: str,
    by: Actor,
) -> Framework:
    """Store what was read as the next draft version for this decision and unit type."""
    earlier = Framework.objects.filter(decision=decision, unit_type=unit_type)
    newest = earlier.aggregate(newest=Max("version"))["newest"] or 0
    framework = Framework.objects.create(
        decision=decision,
        unit_type=unit_type,
        version=newest + 1,
        title=title,
        declared_total=read.declared_total,
        unallocated=read.unallocated,
        bonus_cap=read.bonus_cap,
        file_name=file_name,
        sheet=read.sheet,
    )
    _store_criteria(framework, read)
    Problem.objects.bulk_create(
        Problem(
            framework=framework,
            position=position,
            kind=problem.kind,
            severity=problem.severity,
            code=problem.code,
            sheet=problem.sheet,
            cell=problem.cell,
            declared=problem.declared,
            computed=problem.computed,
            message=problem.message,
        )
        for position, problem in enumerate(read.problems, start=1)
    )
    record(
        by=by,
        verb="đọc bộ tiêu chí từ bảng tính",
        on=framework,
        after={"file": file_name, "sheet": read.sheet, "rows": len(read.criteria)},
    )
    return framework


def newest_of(issuer: Organiser, unit_type: UnitType) -> Framework | None:
    """The newest framework of an issuer for a unit type that is no draft: what a new one carries on."""
    known = Framework.objects.filter(decision__issuer=issuer, unit_type=unit_type)
    return known.exclude(state=FrameworkState.DRAFT).order_by("-decision__issued", "-version").first()


def _lineages(issuer: Organiser, unit_type: UnitType) -> dict[tuple[str, str], uuid.UUID]:
    """Threads of the framework that a new one carries on, by code and title."""
    newest = newest_of(issuer, unit_type)
    if newest is None:
        return {}
    rows = newest.criteria.values_list("code", "title", "lineage")
    return {(code, title): lineage for code, title, lineage in rows}


def criteria_read(read: ReadFramework, *, issuer: Organiser, unit_type: UnitType | None) -> list[Criterion]:
    """What was read as criteria that are not stored, on the threads of the version before."""
    lineages = _lineages(issuer, unit_type) if unit_type else {}
    return [_criterion(row, position, lineages) for position, row in enumerate(read.criteria, start=1)]


def _store_criteria(framework: Framework, read: ReadFramework) -> None:
    """Create the tree level by level, so that each parent has its key before its children."""
    lineages = _lineages(framework.decision.issuer, framework.unit_type)
    stored: dict[str, Criterion] = {}
    for level in (1, 2, 3):
        batch = []
        for position, row in enumerate(read.criteria, start=1):
            if row.level != level:
                continue
            criterion = _criterion(row, position, lineages)
            parent = stored[row.parent] if row.parent else None
            criterion.framework, criterion.parent = framework, parent
            criterion.content = (parent.content or parent) if parent else None
            batch.append(criterion)
        for criterion in Criterion.objects.bulk_create(batch):
            stored[criterion.code] = criterion
    framework.criteria.filter(level=1).update(content=F("pk"))


def _criterion(row: ReadCriterion, position: int, lineages: Mapping[tuple[str, str], uuid.UUID]) -> Criterion:
    """One row that was read, outside of any tree."""
    return Criterion(
        position=position,
        code=row.code,
        printed_code=row.printed_code,
        level=row.level,
        title=row.title,
        is_leaf=row.is_leaf,
        declared_points=row.declared,
        max_points=row.computed,
        source=row.source,
        rule_kind=row.rule_kind,
        rule_parameters=dict(row.rule_parameters),
        lead=row.lead,
        supporting=row.supporting,
        guidance=row.guidance,
        evidence=row.evidence,
        not_applicable_mode=_not_applicable_mode(row),
        unallocated=row.unallocated,
        standing=row.standing,
        evidence_required=row.evidence_required,
        is_survey_block=row.is_survey_block,
        extra=dict(row.extra),
        row=row.row,
        lineage=lineages.get((row.code, row.title)) or uuid.uuid4(),
    )


def _not_applicable_mode(row: ReadCriterion) -> NotApplicableMode:
    return NotApplicableMode.FULL_POINTS if row.full_points_if_not_applicable else NotApplicableMode.EXCLUDED


@transaction.atomic
def set_survey_block(framework: Framework, *, title: str, points: Decimal, by: Actor) -> Criterion:
    """Add the survey points that a decision grants outside its criteria table.

    One leaf with its own maximum, left out of every sum where no survey is held
    (Hoàng Mai 2024: at most 70 appraised points and 30 survey points).
    """
    _require_draft(framework)
    last = framework.criteria.aggregate(last=Max("position"))["last"] or 0
    block = Criterion.objects.create(
        framework=framework,
        position=last + 1,
        code=SURVEY_BLOCK_CODE,
        level=1,
        title=title,
        is_leaf=True,
        is_survey_block=True,
        max_points=points,
        source=Source.SURVEY,
        evidence_required=False,
    )
    framework.criteria.filter(pk=block.pk).update(content=F("pk"))
    record(by=by, verb="thêm khối điều tra xã hội học", on=framework, after={"points": plain(points)})
    return block


@transaction.atomic
def set_source(framework: Framework, *, codes: Sequence[str], source: Source, by: Actor) -> None:
    """Say where the points of these leaves come from. Raises CriteriaError for a code that is no leaf."""
    _require_draft(framework)
    leaves = {leaf.code: leaf for leaf in framework.criteria.filter(is_leaf=True, code__in=codes)}
    for code in codes:
        if code not in leaves:
            raise CriteriaError(f"Mục {code} không phải là mục chấm điểm của bộ tiêu chí này.")
    before = {code: leaf.get_source_display() for code, leaf in leaves.items()}
    framework.criteria.filter(code__in=codes).update(source=source)
    record(
        by=by,
        verb="đặt nguồn điểm",
        on=framework,
        before=before,
        after=dict.fromkeys(codes, str(source.label)),
    )


@transaction.atomic
def resolve_problem(
    problem: Problem,
    *,
    choice: Resolution,
    reason: str,
    by: Actor,
    leaf: Criterion | None = None,
) -> None:
    """Record which figure holds where a paper's own figure and its rows differ, and apply it.

    The sum holds: nothing changes. Unallocated: the difference counts in the denominator and
    nobody can earn it. Leaf: the difference is added to the named leaf below the node.
    """
    framework = problem.framework
    _lock(framework)
    _require_draft(framework)
    problem.refresh_from_db(fields=["resolution", "resolved_by"])
    if problem.resolution:
        raise DraftChanged(f"{problem.resolved_by} đã chọn “{problem.get_resolution_display()}” cho chỗ này.")
    if problem.kind != ProblemKind.SUM_MISMATCH or problem.declared is None or problem.computed is None:
        raise CriteriaError(f"Chỗ này phải sửa trong tệp rồi đọc lại: {problem.message}")
    if not reason.strip():
        raise CriteriaError("Ghi lý do của lựa chọn.")
    difference = problem.declared - problem.computed
    node = framework.criteria.filter(code=problem.code).first() if problem.code else None
    if choice == Resolution.UNALLOCATED:
        _leave_unallocated(framework, node, difference)
    elif choice == Resolution.LEAF:
        _correct_leaf(framework, node, leaf, difference)
    problem.resolution = choice
    problem.resolved_reason = reason
    problem.resolved_by = by.name
    problem.resolved_at = timezone.now()
    problem.save(update_fields=["resolution", "resolved_reason", "resolved_by", "resolved_at"])
    record(
        by=by,
        verb="xử lý chênh lệch trong bộ tiêu chí",
        on=framework,
        after={
            "leaf": problem.code or "cả bộ",
            "declared": plain(problem.declared),
            "computed": plain(problem.computed),
            "choice": str(choice.label),
        },
        reason=reason,
    )


def _leave_unallocated(framework: Framework, node: Criterion | None, difference: Decimal) -> None:
    if difference < 0:
        raise CriteriaError(
            f"Văn bản ghi ít hơn số cộng được {vietnamese(-difference)} điểm nên không có điểm chưa phân bổ. "
            "Chọn “theo tổng các mục” hoặc sửa điểm một mục."
        )
    if node is None:
        framework.unallocated = difference
        framework.save(update_fields=["unallocated"])
        return
    node.unallocated = difference
    node.save(update_fields=["unallocated"])
    _add_upwards(node, difference)


def _correct_leaf(
    framework: Framework, node: Criterion | None, leaf: Criterion | None, difference: Decimal
) -> None:
    below = framework.criteria.filter(is_leaf=True)
    if leaf is None or leaf.framework_id != framework.pk or not leaf.is_leaf:
        raise CriteriaError("Chỉ ra mục chấm điểm cần sửa.")
    if node is not None and leaf.pk not in {row.pk for row in below if _is_under(row, node)}:
        raise CriteriaError(f"Mục {leaf.code} không nằm trong mục {node.code}.")
    if leaf.max_points + difference < 0:
        raise CriteriaError(f"Mục {leaf.code} sẽ có điểm tối đa âm.")
    _add_upwards(leaf, difference)


def _is_under(criterion: Criterion, node: Criterion) -> bool:
    above: Criterion | None = criterion
    while above is not None:
        if above.pk == node.pk:
            return True
        above = above.parent
    return False


def _add_upwards(criterion: Criterion, difference: Decimal) -> None:
    """Add to a node's maximum and to every node above it: an inner maximum is a sum."""
    above: Criterion | None = criterion
    while above is not None:
        above.max_points += difference
        above.save(update_fields=["max_points"])
        above = above.parent


@transaction.atomic
def activate(framework: Framework, *, by: Actor) -> None:
    """Put a draft into force; earlier versions of the same decision and unit type retire.

    Raises FrameworkNotReady naming what is still open.
    """
    _lock(framework)
    _require_draft(framework)
    still_open = framework.problems.filter(severity=Severity.ERROR, resolution="").count()
    if still_open:
        raise FrameworkNotReady(f"Còn {still_open} chỗ phải chọn trước khi đưa vào sử dụng.")
    if not framework.criteria.filter(is_leaf=True).exists():
        raise FrameworkNotReady("Bộ tiêu chí chưa có mục chấm điểm nào.")
    now = timezone.now()
    Framework.objects.filter(
        decision=framework.decision_id, unit_type=framework.unit_type_id, state=FrameworkState.IN_FORCE
    ).update(state=FrameworkState.RETIRED)
    framework.state = FrameworkState.IN_FORCE
    framework.activated_at = now
    framework.activated_by = by.name
    framework.save(update_fields=["state", "activated_at", "activated_by"])
    record(
        by=by,
        verb="đưa bộ tiêu chí vào sử dụng",
        on=framework,
        before={"state": FrameworkState.DRAFT.value},
        after={"state": FrameworkState.IN_FORCE.value},
    )


@transaction.atomic
def delete_draft(framework: Framework, *, reason: str, by: Actor) -> None:
    """Remove a draft, and its decision where that was written down for this draft alone."""
    _lock(framework)
    _require_draft(framework)
    if not reason.strip():
        raise CriteriaError("Ghi lý do xóa bản nháp.")
    decision = framework.decision
    record(
        by=by,
        verb="xóa bản nháp bộ tiêu chí",
        on=framework,
        before={"decision": str(decision), "version": framework.version, "file": framework.file_name},
        reason=reason,
    )
    framework.delete()
    hangs = (decision.frameworks, decision.structures, decision.replaced_by)
    if not decision.note and decision.replaces_id is None and not any(rows.exists() for rows in hangs):
        record(by=by, verb="xóa quyết định không có bộ tiêu chí", on=decision, reason=reason)
        decision.delete()


def _lock(framework: Framework) -> None:
    """Let nobody else change this framework until the transaction ends; bring it up to date."""
    if Framework.objects.select_for_update().filter(pk=framework.pk).first() is None:
        raise DraftChanged("Bản nháp này đã bị xóa.")
    framework.refresh_from_db()


def _require_draft(framework: Framework) -> None:
    if framework.state != FrameworkState.DRAFT:
        raise FrameworkImmutable(
            f"“{framework}” đã đưa vào sử dụng nên không sửa được. Muốn đính chính thì lập phiên bản mới."
        )
