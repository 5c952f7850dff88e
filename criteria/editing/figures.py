"""The figures of a draft after a change: sums worked out anew, places that no longer fit opened again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from criteria.enums import ProblemKind, Resolution, Severity
from criteria.models import Criterion, Framework, Problem
from parindex.notation import vietnamese

ZERO = Decimal(0)


def settle(framework: Framework) -> None:
    """Work out every inner maximum anew, and open each place where the paper's figure no longer fits."""
    rows = list(framework.criteria.filter(is_survey_block=False).order_by("-level", "position"))
    found = {problem.code: problem for problem in framework.problems.filter(kind=ProblemKind.SUM_MISMATCH)}
    sums: dict[int | None, Decimal] = {}
    inner = [row for row in rows if not row.is_leaf]
    for row in rows:
        if not row.is_leaf:
            computed = sums.get(row.pk, ZERO)
            if not _holds(framework, row.code, row.declared_points, computed, found.get(row.code)):
                # What was left unallocated was chosen for figures that are no longer so.
                row.unallocated = ZERO
            row.max_points = computed + row.unallocated
        sums[row.parent_id] = sums.get(row.parent_id, ZERO) + row.max_points
    Criterion.objects.bulk_update(inner, ["max_points", "unallocated"], batch_size=500)
    total = sums.get(None, ZERO)
    if not _holds(framework, "", framework.declared_total, total, found.get("")):
        framework.unallocated = ZERO
        framework.save(update_fields=["unallocated"])


@dataclass(frozen=True, slots=True)
class SumAbove:
    """A sum that a leaf enters: its code (empty for the whole), its points, and what the paper prints."""

    code: str
    points: Decimal
    declared: Decimal | None


def sums_above(
    framework: Framework, tree: Sequence[Criterion], row: Criterion, points: Decimal
) -> list[SumAbove]:
    """What the sums above a leaf would be with these points, the nearest first; nothing is changed."""
    rows = {one.pk: one for one in tree if not one.is_survey_block}
    chosen = set(framework.problems.filter(kind=ProblemKind.SUM_MISMATCH).values_list("code", flat=True))
    more, found = points - row.max_points, []
    key = row.parent_id
    while key is not None:
        above = rows[key]
        computed = above.max_points - above.unallocated + more
        left = _left(above.unallocated, above.declared_points, computed, more, above.code in chosen)
        more = computed + left - above.max_points
        found.append(SumAbove(above.code, computed + left, above.declared_points))
        key = above.parent_id
    total = sum((one.max_points for one in rows.values() if one.level == 1), ZERO) + more
    left = _left(framework.unallocated, framework.declared_total, total, more, "" in chosen)
    return [*found, SumAbove("", total + left, framework.declared_total)]


def _left(
    unallocated: Decimal, declared: Decimal | None, computed: Decimal, more: Decimal, chosen: bool
) -> Decimal:
    """What stays unallocated, as `settle` has it: a choice holds for the figures it was made for."""
    fits = declared is None or declared == computed
    return unallocated if not more or (fits and not chosen) else ZERO


def _holds(
    framework: Framework, code: str, declared: Decimal | None, computed: Decimal, problem: Problem | None
) -> bool:
    """Whether what was chosen for this place, if anything, still stands; where not, the place is opened."""
    fits = declared is None or declared == computed
    if problem is None:
        if not fits:
            _open(framework, code, declared, computed)
        return fits
    by_leaf = problem.resolution == Resolution.LEAF
    if (by_leaf and fits) or (not by_leaf and not fits and problem.computed == computed):
        return True
    problem.delete()
    if not fits:
        _open(framework, code, declared, computed)
    return False


def _open(framework: Framework, code: str, declared: Decimal | None, computed: Decimal) -> None:
    last = framework.problems.aggregate(last=Max("position"))["last"] or 0
    where = f"Mục {code}" if code else "Tổng điểm"
    says = f"văn bản ghi {vietnamese(declared or ZERO)} điểm, cộng được {vietnamese(computed)}"
    Problem.objects.create(
        framework=framework,
        position=last + 1,
        kind=ProblemKind.SUM_MISMATCH,
        severity=Severity.ERROR,
        code=code,
        declared=declared,
        computed=computed,
        message=f"{where}: {says}.",
    )
