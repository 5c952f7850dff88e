"""Changing a draft by hand: every change keeps the draft as it was, so that it can be undone.

A figure of the paper is never changed. Where a change makes the sum of rows differ from the figure
that the paper prints, that place is open again until somebody chooses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from criteria.drafts import keep_step, put_back
from criteria.editing.figures import settle
from criteria.editing.places import below, next_code, renumber, reorder, room_after
from criteria.enums import (
    FrameworkState,
    NotApplicableMode,
    ProblemKind,
    Source,
    Standing,
)
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable
from criteria.models import Criterion, DraftStep, Framework
from criteria.rules import RuleKind, rule_of
from parindex.audit.events import Actor, record
from parindex.notation import plain

ZERO = Decimal(0)
LAST_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Content:
    """What a person may change of one criterion. Points, rule and source are those of a leaf."""

    code: str
    title: str
    max_points: Decimal
    lead: str = ""
    supporting: str = ""
    guidance: str = ""
    evidence: str = ""
    evidence_required: bool = True
    source: Source = Source.SELF
    standing: Standing = Standing.ORDINARY
    not_applicable_mode: NotApplicableMode = NotApplicableMode.EXCLUDED


LEAF_ONLY = ("max_points", "source", "standing", "not_applicable_mode", "evidence_required")


@transaction.atomic
def change(row: Criterion, to: Content, *, by: Actor) -> bool:
    """Write what a person says of one criterion of a draft; whether that is anything new.

    What stays as it is leaves no step to undo and no event. Raises CriteriaError for what cannot be.
    """
    names = [name for name in Content.__dataclass_fields__ if row.is_leaf or name not in LEAF_ONLY]
    before = {name: getattr(row, name) for name in names}
    changed = [name for name in names if before[name] != getattr(to, name)]
    if not changed:
        return False
    framework = _draft_of(row, what=f"sửa mục {row.code}", by=by)
    if to.max_points < 0:
        raise CriteriaError(f"Mục {row.code}: điểm tối đa không được âm.")
    if not to.title.strip():
        raise CriteriaError(f"Mục {row.code}: ghi tên mục.")
    if to.code != row.code:
        renumber(framework, row, to.code)
    for name in names:
        setattr(row, name, getattr(to, name))
    if row.is_leaf:
        # The rule must still hold with the new maximum: the top level of a scale may not exceed it.
        rule_of(row.rule_kind, row.rule_parameters, row.max_points)
    row.save(update_fields=names)
    _record(row, "sửa mục", before, {name: getattr(to, name) for name in names}, changed, by)
    settle(framework)
    return True


@transaction.atomic
def set_rule(row: Criterion, kind: RuleKind, parameters: Mapping[str, Any], *, by: Actor) -> None:
    """Give a leaf of a draft its rule. Raises RuleRefused naming the parameter that cannot be used."""
    framework = _draft_of(row, what=f"đặt cách chấm mục {row.code}", by=by)
    if not row.is_leaf:
        raise CriteriaError(f"Mục {row.code} có mục con: điểm là tổng các mục con, không có cách chấm riêng.")
    rule_of(kind, parameters, row.max_points)
    before = {"rule_kind": row.rule_kind, "rule_parameters": row.rule_parameters}
    row.rule_kind, row.rule_parameters = kind.value, dict(parameters)
    row.save(update_fields=["rule_kind", "rule_parameters"])
    framework.problems.filter(kind=ProblemKind.RULE_UNRECOGNISED, code=row.code).delete()
    after = {"rule_kind": row.rule_kind, "rule_parameters": row.rule_parameters}
    _record(row, "đặt cách chấm", before, after, list(after), by)


@transaction.atomic
def add(
    framework: Framework, *, parent: Criterion | None, title: str, points: Decimal, by: Actor
) -> Criterion:
    """Add a leaf behind its parent's rows, or a content. A leaf that gets rows below it becomes a sum."""
    require_draft(framework, what=f"thêm mục dưới {parent.code if parent else 'gốc'}", by=by)
    if parent is not None and parent.level == LAST_LEVEL:
        raise CriteriaError(f"Mục {parent.code} đã ở cấp thành phần nên không chia nhỏ được nữa.")
    if not title.strip():
        raise CriteriaError("Ghi tên mục.")
    siblings = framework.criteria.filter(parent=parent, is_survey_block=False)
    code = next_code(framework, parent, siblings.count())
    position = room_after(framework, parent)
    row = Criterion.objects.create(
        framework=framework,
        parent=parent,
        content=(parent.content or parent) if parent else None,
        position=position,
        code=code,
        level=parent.level + 1 if parent else 1,
        title=title.strip(),
        is_leaf=True,
        max_points=points,
    )
    if parent is None:
        framework.criteria.filter(pk=row.pk).update(content=F("pk"))
    elif parent.is_leaf:
        _make_inner(parent)
    after = {"code": code, "title": row.title, "max_points": points}
    _record(row, "thêm mục", {}, after, None, by)
    settle(framework)
    return row


@transaction.atomic
def remove(row: Criterion, *, by: Actor) -> None:
    """Take a criterion and everything below it out of a draft."""
    framework = _draft_of(row, what=f"bỏ mục {row.code}", by=by)
    keys = [one.pk for one in below(framework, row)]
    # On record with the framework: the row's own history goes with the row.
    before = {"code": row.code, "title": row.title, "max_points": plain(row.max_points)}
    record(by=by, verb="bỏ mục", on=framework, before=before)
    codes = framework.criteria.filter(pk__in=keys).values("code")
    framework.problems.filter(code__in=codes).delete()
    parent = row.parent
    framework.criteria.filter(pk__in=keys).order_by("-level").delete()
    if parent is not None and not parent.children.exists():
        parent.is_leaf = True
        parent.max_points, parent.unallocated = ZERO, ZERO
        parent.save(update_fields=["is_leaf", "max_points", "unallocated"])
    settle(framework)


@transaction.atomic
def move(row: Criterion, *, parent: Criterion | None, before: Criterion | None, by: Actor) -> None:
    """Move a criterion, with everything below it, under another parent of the same level, or among its rows.

    It stands right before `before`, or last. Its code stays as the paper prints it, where that is still free.
    """
    framework = _draft_of(row, what=f"chuyển mục {row.code}", by=by)
    moved = below(framework, row)
    if (parent.level + 1 if parent else 1) != row.level:
        raise CriteriaError(f"Mục {row.code} chỉ chuyển được sang mục cùng cấp với mục cấp trên hiện nay.")
    if before is not None and (before.parent_id != (parent.pk if parent else None) or before.pk == row.pk):
        raise CriteriaError(f"Mục {before.code} không nằm dưới mục cấp trên đã chọn.")
    old_parent = row.parent
    row.parent = parent
    row.save(update_fields=["parent"])
    keys = [one.pk for one in moved]
    content = row.pk if parent is None else (parent.content_id or parent.pk)
    framework.criteria.filter(pk__in=keys).update(content=content)
    reorder(framework, moved, parent, before)
    if parent is not None and parent.is_leaf:
        _make_inner(parent)
    if old_parent is not None and not old_parent.children.exists():
        raise CriteriaError(f"Mục {old_parent.code} sẽ không còn mục con nào. Bỏ mục đó sau khi chuyển.")
    _record(
        row,
        "chuyển mục",
        {"parent": str(old_parent or "")},
        {"parent": str(parent or "")},
        None,
        by,
    )
    settle(framework)


@transaction.atomic
def undo(step: DraftStep, *, by: Actor) -> None:
    """Put a draft back to what it was before a step; the steps after it are undone with it."""
    framework = Framework.objects.select_for_update().get(pk=step.framework_id)
    if framework.state != FrameworkState.DRAFT:
        raise _immutable(framework)
    if not framework.steps.filter(pk=step.pk).exists():
        raise DraftChanged("Bước này đã được hoàn tác.")
    count = framework.steps.filter(pk__gte=step.pk).count()
    put_back(step)
    record(by=by, verb="hoàn tác sửa bản nháp", on=framework, after={"steps": count, "what": step.what})


def _draft_of(row: Criterion, *, what: str, by: Actor) -> Framework:
    framework = row.framework
    require_draft(framework, what=what, by=by)
    if row.is_survey_block:
        raise CriteriaError("Khối điều tra ngoài bảng không sửa ở đây.")
    if not framework.criteria.filter(pk=row.pk).exists():
        raise DraftChanged(f"Mục {row.code} không còn trong bản nháp.")
    return framework


def require_draft(framework: Framework, *, what: str, by: Actor) -> None:
    """Lock the draft and keep it as it stands."""
    found = Framework.objects.select_for_update().filter(pk=framework.pk).first()
    if found is None:
        raise DraftChanged("Bản nháp này đã bị xóa.")
    if found.state != FrameworkState.DRAFT:
        raise _immutable(found)
    framework.refresh_from_db()
    keep_step(framework, what=what, by=by)


def _immutable(framework: Framework) -> FrameworkImmutable:
    return FrameworkImmutable(
        f"“{framework}” đã đưa vào sử dụng nên không sửa được. Muốn đính chính thì lập phiên bản mới."
    )


def _make_inner(parent: Criterion) -> None:
    """A leaf that has rows below is a sum: its rule goes, its words stay."""
    parent.is_leaf = False
    parent.rule_kind, parent.rule_parameters = RuleKind.MANUAL.value, {}
    parent.save(update_fields=["is_leaf", "rule_kind", "rule_parameters"])


def _record(
    row: Criterion,
    verb: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    changed: list[str] | None,
    by: Actor,
) -> None:
    names = changed if changed is not None else [*before, *(name for name in after if name not in before)]
    record(
        by=by,
        verb=verb,
        on=row,
        before={name: _told(before[name]) for name in names if name in before},
        after={name: _told(after[name]) for name in names if name in after},
    )


def _told(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value
