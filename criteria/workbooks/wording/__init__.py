"""From the words of a paper to a typed rule: recognised with certainty, or not at all.

Certain means that every clause was understood, thresholds cover all values without gap or overlap, and
the most that can be had is the leaf's maximum (docs/adr/0010). The arithmetic has the last word: what
`criteria.rules` refuses was not recognised.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from criteria.exceptions import RuleRefused
from criteria.rules import rule_of
from criteria.workbooks.applicability import is_not_applicable_clause
from criteria.workbooks.report import MANUAL
from criteria.workbooks.wording.amounts import option_of
from criteria.workbooks.wording.clauses import Clause, Line, clauses_of
from criteria.workbooks.wording.counting import rule_of_counting, rule_of_deduction
from criteria.workbooks.wording.formulas import is_definition, rule_of_formula, states_the_maximum
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.options import rule_of_options

__all__ = ["LONGEST_TEXT", "Found", "Line", "has_amounts", "recognise"]

# Longer words are an essay that a person has to read; the patterns stay quick on what is left.
LONGEST_TEXT = 3000
LONGEST_CLAUSE = 400
MOST_CLAUSES = 40

_KNOCK_OUT = re.compile(
    r"(?:(?:neu|truong hop|khi) )*(?:phat hien|de xay ra)\b.*?"
    r"(?:\b0 diem|khong (?:duoc )?(?:tinh |cho |cham )?diem|diem liet)"
)


def recognise(lines: Sequence[Line], max_points: Decimal) -> Found | None:
    """The rule that these lines state for a leaf of this maximum, in points; None where it is not certain."""
    return _recognised(tuple(lines), max_points)


@lru_cache(maxsize=2000)
def _recognised(lines: tuple[Line, ...], max_points: Decimal) -> Found | None:
    """Tables repeat the same words from leaf to leaf."""
    said = _said(lines)
    if not said or max_points <= 0:
        return None
    full: list[Clause] = []
    excluded: list[Clause] = []
    counting: list[Clause] = []
    for clause in said:
        answer = is_not_applicable_clause(clause.folded)
        if answer is None:
            counting.append(clause)
        else:
            (full if answer else excluded).append(clause)
    if full and excluded:
        return None
    telling = [
        clause
        for clause in counting
        if clause.points is not None
        or not (is_definition(clause.folded) or states_the_maximum(clause, max_points))
    ]
    if not telling and (full or excluded):
        return Found(MANUAL, full_points=bool(full))
    found = _usable(_rule(telling, max_points), max_points)
    return replace(found, full_points=True) if found and full else found


def has_amounts(text: str, max_points: Decimal) -> bool:
    """Whether every clause of the text gives points: lines of scoring, not a title."""
    said = _said([Line(text)])
    return bool(said) and all(option_of(clause, max_points) for clause in said)


def _said(lines: Sequence[Line]) -> list[Clause]:
    """The clauses of the lines; none where they are too long to be a rule."""
    if sum(len(line.text) for line in lines) > LONGEST_TEXT:
        return []
    said = clauses_of(lines)
    too_long = len(said) > MOST_CLAUSES or any(len(clause.text) > LONGEST_CLAUSE for clause in said)
    return [] if too_long else said


def _rule(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    if not clauses:
        return None
    for recogniser in (rule_of_formula, rule_of_counting, rule_of_deduction, _of_options):
        if found := recogniser(clauses, max_points):
            return found
    return _knock_out(clauses, max_points)


def _of_options(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    options = [option_of(clause, max_points) for clause in clauses]
    if any(option is None or "tru" in option.folded.split() for option in options):
        return None
    return rule_of_options([option for option in options if option], max_points)


def _knock_out(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    """One clause says what voids the points; the others are a rule of their own."""
    voiding = [clause for clause in clauses if _KNOCK_OUT.fullmatch(clause.folded)]
    if len(voiding) != 1 or len(clauses) == 1:
        return None
    inner = _rule([clause for clause in clauses if clause is not voiding[0]], max_points)
    if inner is None or inner.kind == "knock_out":
        return None
    return Found("knock_out", {"inner": {"kind": inner.kind} | dict(inner.parameters)})


def _usable(found: Found | None, max_points: Decimal) -> Found | None:
    if found is None:
        return None
    try:
        rule_of(found.kind, found.parameters, max_points)
    except RuleRefused:
        return None
    return found
