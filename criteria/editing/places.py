"""Where criteria stand in a draft: what is below a row, free codes, free positions, another order."""

import re

from django.db.models import F, Max

from criteria.exceptions import CriteriaError
from criteria.models import Criterion, Framework

CODE = re.compile(r"[0-9]+(\.[0-9]+)*")
# Positions and codes are unique, also in passing: rows are moved by way of places that nothing has.
FAR = 1_000_000


def below(framework: Framework, row: Criterion) -> list[Criterion]:
    """A row and everything under it, in document order."""
    found, inside = [], {row.pk}
    for one in framework.criteria.order_by("position"):
        if one.pk == row.pk or one.parent_id in inside:
            inside.add(one.pk)
            found.append(one)
    return found


def next_code(framework: Framework, parent: Criterion | None, siblings: int) -> str:
    taken = set(framework.criteria.values_list("code", flat=True))
    stem = f"{parent.code}." if parent else ""
    number = siblings + 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def room_after(framework: Framework, parent: Criterion | None) -> int:
    """The position behind everything below `parent`, freed for one row."""
    if parent is None:
        table = framework.criteria.filter(is_survey_block=False)
        after = table.aggregate(last=Max("position"))["last"] or 0
    else:
        after = below(framework, parent)[-1].position
    _shift(framework, after)
    return after + 1


def _shift(framework: Framework, after: int) -> None:
    """Move every row behind `after` by one; by way of far places, as no two rows may share one."""
    behind = framework.criteria.filter(position__gt=after)
    behind.update(position=F("position") + FAR)
    framework.criteria.filter(position__gt=FAR).update(position=F("position") - FAR + 1)


def reorder(
    framework: Framework, moved: list[Criterion], parent: Criterion | None, before: Criterion | None
) -> None:
    keys = {one.pk for one in moved}
    rest = [one for one in framework.criteria.order_by("position") if one.pk not in keys]
    if before is not None:
        at = next(place for place, one in enumerate(rest) if one.pk == before.pk)
    elif parent is not None:
        under = {one.pk for one in below(framework, parent)} - keys
        at = max(place for place, one in enumerate(rest) if one.pk in under) + 1
    else:
        at = sum(not one.is_survey_block for one in rest)
    order = [*rest[:at], *moved, *rest[at:]]
    framework.criteria.update(position=F("position") + FAR)
    for position, one in enumerate(order, start=1):
        one.position = position
    Criterion.objects.bulk_update(order, ["position"], batch_size=500)


def renumber(framework: Framework, row: Criterion, code: str) -> None:
    """Give a row another code, and the rows below it theirs with it."""
    if not CODE.fullmatch(code):
        raise CriteriaError(
            f"Mã “{code}” không dùng được. Mã gồm các số cách nhau bằng dấu chấm, ví dụ 3.2.1."
        )
    under = below(framework, row)
    codes = {one.pk: code + one.code.removeprefix(row.code) for one in under}
    taken = set(framework.criteria.exclude(pk__in=codes).values_list("code", flat=True))
    for wanted in codes.values():
        if wanted in taken:
            raise CriteriaError(f"Mã {wanted} đã có trong bản nháp.")
    # By way of codes that nothing has: no two rows may share one, not even in passing.
    for one in under:
        one.code = f"~{one.pk}"
    Criterion.objects.bulk_update(under, ["code"])
    for one in under:
        one.code = codes[one.pk]
    Criterion.objects.bulk_update(under, ["code"])
    for problem in framework.problems.filter(code__startswith=row.code):
        if problem.code == row.code or problem.code.startswith(f"{row.code}."):
            problem.code = code + problem.code.removeprefix(row.code)
            problem.save(update_fields=["code"])
