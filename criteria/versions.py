"""New versions of a framework: a copy to correct, and the threads that carry criteria over the years."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from criteria.drafts import keep_step
from criteria.enums import FrameworkState, ProblemKind
from criteria.exceptions import CriteriaError, DraftChanged, FrameworkImmutable
from criteria.models import Criterion, Decision, Framework, Problem
from parindex.audit.events import Actor, record

COPIED_NOT = frozenset(("id", "framework", "parent", "content", "row"))


@transaction.atomic
def copy_as_draft(framework: Framework, *, decision: Decision, title: str, by: Actor) -> Framework:
    """Start the next version as a copy: the same criteria with their rules, on the same threads."""
    newest = Framework.objects.select_for_update().filter(decision=decision, unit_type=framework.unit_type_id)
    draft = Framework.objects.create(
        decision=decision,
        unit_type=framework.unit_type,
        version=(newest.aggregate(newest=Max("version"))["newest"] or 0) + 1,
        title=title or framework.title,
        declared_total=framework.declared_total,
        unallocated=framework.unallocated,
        bonus_cap=framework.bonus_cap,
    )
    copies: dict[int, Criterion] = {}
    names = [field.name for field in Criterion._meta.concrete_fields if field.name not in COPIED_NOT]
    for level in (1, 2, 3):
        rows = list(framework.criteria.filter(level=level).order_by("position"))
        made = Criterion.objects.bulk_create(
            Criterion(
                framework=draft,
                parent=copies.get(row.parent_id or 0),
                content=copies.get(row.content_id or 0),
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        )
        copies |= {row.pk: copy for row, copy in zip(rows, made, strict=True)}
    heads = [copy for copy in copies.values() if copy.level == 1]
    for head in heads:
        head.content = head
    Criterion.objects.bulk_update(heads, ["content"])
    # What was chosen where the paper differs from its own sums still stands, with who chose it and why.
    chosen = list(framework.problems.filter(kind=ProblemKind.SUM_MISMATCH))
    for problem in chosen:
        problem.pk, problem.framework = None, draft
    Problem.objects.bulk_create(chosen)
    record(
        by=by,
        verb="lập phiên bản mới của bộ tiêu chí",
        on=draft,
        before={"framework": str(framework)},
        after={"framework": str(draft)},
    )
    return draft


def version_before(framework: Framework) -> Framework | None:
    """The framework of the same issuer and unit type that this one carries on: the newest before it."""
    earlier = (
        Framework.objects.filter(
            decision__issuer=framework.decision.issuer_id, unit_type=framework.unit_type_id
        )
        .exclude(pk=framework.pk)
        .exclude(state=FrameworkState.DRAFT)
    )
    if framework.activated_at is not None:
        earlier = earlier.filter(activated_at__lt=framework.activated_at)
    return earlier.select_related("decision__issuer").order_by("-activated_at", "-pk").first()


@transaction.atomic
def carry_on(framework: Framework, pairs: Mapping[int, int | None], *, earlier: Framework, by: Actor) -> int:
    """Say which criteria of a draft carry on which earlier ones, by key; None starts a new thread.

    Returns how many threads changed. Raises CriteriaError where two criteria would carry on the same one.
    """
    _require_draft(framework)
    rows = {row.pk: row for row in framework.criteria.order_by("position")}
    old = {row.pk: row for row in earlier.criteria.all()}
    threads = _threads(rows, old, pairs)
    _require_single(rows, threads)
    changed = [row for row in rows.values() if threads[row.pk] != row.lineage]
    if not changed:
        return 0
    keep_step(framework, what="ghép mục với phiên bản trước", by=by)
    names = {row.lineage: f"{row.code} {row.title}" for row in old.values()}
    before = {row.code: names.get(row.lineage) for row in changed}
    for row in changed:
        row.lineage = threads[row.pk]
    Criterion.objects.bulk_update(changed, ["lineage"])
    after = {row.code: names.get(row.lineage) for row in changed}
    record(by=by, verb="ghép mục với phiên bản trước", on=framework, before=before, after=after)
    return len(changed)


def _require_draft(framework: Framework) -> None:
    found = Framework.objects.select_for_update().filter(pk=framework.pk).first()
    if found is None:
        raise DraftChanged("Bản nháp này đã bị xóa.")
    if found.state != FrameworkState.DRAFT:
        raise FrameworkImmutable(f"“{found}” đã đưa vào sử dụng nên không đổi được.")


def _threads(
    rows: Mapping[int, Criterion], old: Mapping[int, Criterion], pairs: Mapping[int, int | None]
) -> dict[int, uuid.UUID]:
    """The thread of every row as the pairs say; a row let go of an earlier one starts its own."""
    threads = {key: row.lineage for key, row in rows.items()}
    known = {row.lineage for row in old.values()}
    for key, carried in pairs.items():
        if key not in rows or (carried is not None and carried not in old):
            raise DraftChanged("Cây tiêu chí vừa đổi. Tải lại trang rồi ghép lại.")
        if carried is not None:
            threads[key] = old[carried].lineage
        elif threads[key] in known:
            threads[key] = uuid.uuid4()
    return threads


def _require_single(rows: Mapping[int, Criterion], threads: Mapping[int, uuid.UUID]) -> None:
    first: dict[uuid.UUID, int] = {}
    for key, thread in threads.items():
        if thread in first:
            raise CriteriaError(
                f"Mục {rows[first[thread]].code} và mục {rows[key].code} cùng ghép với một mục của phiên bản "
                "trước. Mỗi mục chỉ ghép với một mục."
            )
        first[thread] = key
