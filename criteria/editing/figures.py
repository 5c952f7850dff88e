"""The figures of a draft after a change: sums worked out anew, places that no longer fit opened again."""

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
