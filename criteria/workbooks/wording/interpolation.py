"""A straight line between two thresholds: "từ 50 % đến dưới 90 %: nội suy tuyến tính"."""

import re
from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.wording.amounts import option_of
from criteria.workbooks.wording.bounds import in_order, interval_of, tell_the_same
from criteria.workbooks.wording.clauses import Clause
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.qualifiers import qualifiers_of
from parindex.notation import plain

_LINE = re.compile(
    r"(?P<head>.+?)\s*[:,]?\s*(?:thi )?(?:(?:diem|duoc|tinh|cham|theo|bang|phuong phap|cach) )*"
    r"noi suy(?: tuyen tinh)?"
)


def rule_of_interpolation(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    """Nothing on one side of the line and the maximum on the other; None where anything else is said."""
    lines = [None if clause.points is not None else _LINE.fullmatch(clause.folded) for clause in clauses]
    if len(clauses) != 3 or sum(line is not None for line in lines) != 1:
        return None
    amounts: list[Decimal | None] = []
    intervals = []
    for clause, line in zip(clauses, lines, strict=True):
        option = None if line else option_of(clause, max_points)
        intervals.append(interval_of(line["head"] if line else option.folded if option else ""))
        amounts.append(option.amount.points if option else None)
    if any(qualifiers_of(clause.text) - {"tối đa"} for clause in clauses):
        return None
    spans = [interval for interval in intervals if interval]
    ordered = in_order(spans) if len(spans) == 3 and tell_the_same(spans) else None
    if not ordered:
        return None
    low, line_span, high = ordered[0], ordered[1][1], ordered[2]
    bounds = (line_span.low, line_span.high)
    ends = (amounts[low[0]], amounts[high[0]])
    if None in bounds or set(ends) != {Decimal(0), max_points}:
        return None
    zero_at, full_at = bounds if ends[1] == max_points else bounds[::-1]
    return Found("linear", {"zero_at": plain(zero_at or Decimal(0)), "full_at": plain(full_at or Decimal(0))})
