"""From the words of a paper to a typed rule: recognised with certainty, or not at all.

Certain means that every clause was understood, thresholds cover all values without gap or overlap, and
the most that can be had is the leaf's maximum (docs/adr/0010). The arithmetic has the last word: what
`criteria.rules` refuses was not recognised.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from criteria.exceptions import RuleRefused
from criteria.rules import rule_of
from criteria.workbooks.applicability import has_none_of_it, is_not_applicable_clause
from criteria.workbooks.report import MANUAL
from criteria.workbooks.wording.amounts import option_of
from criteria.workbooks.wording.clauses import Clause, Line, clauses_of
from criteria.workbooks.wording.counting import rule_of_counting, rule_of_deduction
from criteria.workbooks.wording.faults import names_a_fault
from criteria.workbooks.wording.formulas import gives_no_points, meanings, rule_of_formula, states_the_maximum
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.interpolation import rule_of_interpolation
from criteria.workbooks.wording.options import rule_of_options
from criteria.workbooks.wording.other_results import rule_of_other_result
from criteria.workbooks.wording.qualifiers import qualifiers_of
from parindex.notation import plain

__all__ = ["LONGEST_TEXT", "Found", "Line", "has_amounts", "recognise"]

# Longer words are an essay that a person has to read; the patterns stay quick on what is left.
LONGEST_TEXT = 3000
LONGEST_CLAUSE = 400
MOST_CLAUSES = 40

_HEADING = re.compile(r"(?:(?!\b(?:neu|khi|truong hop|doi voi|rieng|moi|cu|tru|tung|diem)\b)[^\d%:])+:")

_KNOCK_OUT = re.compile(
    r"(?:(?:neu|truong hop|khi) )*(?:phat hien|de xay ra)\b[^;:]*?[\s,:](?:thi )?"
    r"(?:(?:bi|duoc|cho|cham|tinh) )*(?:0 diem|diem(?: danh gia)?(?: cua tieu chi)? (?:la|bang|=) 0(?: diem)?"
    r"|khong (?:duoc )?(?:tinh |cho |cham |co )?diem(?: tieu chi nay)?|diem liet)"
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
    full, excluded, rest = _split(said, is_not_applicable_clause)
    if full and excluded:
        return None
    letters = meanings(rest)
    telling = [clause for clause in rest if not _says_nothing(clause, max_points)]
    if not telling and (full or excluded):
        return Found(MANUAL, full_points=bool(full))
    found = _usable(_rule(_without_heading(telling), max_points, letters), max_points)
    if found is None and not full and not excluded:
        return _measured_unless_absent(telling, max_points, letters)
    return replace(found, full_points=True) if found and full else found


Answer = Callable[[str], bool | None]


def _split(clauses: Sequence[Clause], answer: Answer) -> tuple[list[Clause], list[Clause], list[Clause]]:
    """The clauses that give full points where nothing is there, those that leave it out, and the others."""
    answers = [None if clause.points is not None else answer(clause.folded) for clause in clauses]
    full, excluded, rest = (
        [clause for clause, said in zip(clauses, answers, strict=True) if said is wanted]
        for wanted in (True, False, None)
    )
    return full, excluded, rest


def _measured_unless_absent(
    clauses: Sequence[Clause], max_points: Decimal, letters: Mapping[str, str]
) -> Found | None:
    """A share of something, and what a unit gets that has none of it: "không có TTHC thì được điểm tối đa".

    Beside anything but a share the same words may be a level ("không có sai phạm thì được điểm tối đa").
    """
    full, _, measured = _split(clauses, lambda folded: has_none_of_it(folded, plain(max_points)) or None)
    if not full or any(names_a_fault(clause.text.casefold().replace("không", "", 1)) for clause in full):
        return None
    found = _usable(_rule(_without_heading(measured), max_points, letters), max_points)
    share = found and (found.kind in {"ratio", "linear"} or any("%" in each.text for each in measured))
    return replace(found, full_points=True) if found and share else None


def _says_nothing(clause: Clause, max_points: Decimal) -> bool:
    if clause.points is not None or rule_of_other_result(clause):
        return False
    return gives_no_points(clause) or states_the_maximum(clause, max_points)


def _without_heading(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The clauses without a first one that only names what is scored: "Tỷ lệ giải quyết đúng hạn:"."""
    first, *others = clauses or [Clause("", "")]
    names = first.points is None and _HEADING.fullmatch(first.folded) and not qualifiers_of(first.text)
    return others if others and names else clauses


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


def _rule(clauses: Sequence[Clause], max_points: Decimal, letters: Mapping[str, str]) -> Found | None:
    if not clauses:
        return None
    if any(_KNOCK_OUT.fullmatch(clause.folded) for clause in clauses):
        return _knock_out(clauses, max_points, letters)
    if len(clauses) == 1 and clauses[0].points is None and (found := rule_of_other_result(clauses[0])):
        return found
    if found := rule_of_formula(clauses, max_points, letters):
        return found
    for recogniser in (rule_of_interpolation, rule_of_counting, rule_of_deduction, _of_options):
        if found := recogniser(clauses, max_points):
            return found
    return None


def _of_options(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    options = [option_of(clause, max_points) for clause in clauses]
    if any(option is None or "tru" in option.folded.split() for option in options):
        return None
    return rule_of_options([option for option in options if option], max_points)


def _knock_out(clauses: Sequence[Clause], max_points: Decimal, letters: Mapping[str, str]) -> Found | None:
    """One clause says what voids the points; the others are a rule of their own."""
    voiding = [clause for clause in clauses if _KNOCK_OUT.fullmatch(clause.folded)]
    if len(voiding) != 1 or len(clauses) == 1:
        return None
    inner = _rule([clause for clause in clauses if clause is not voiding[0]], max_points, letters)
    if inner is None or inner.kind in {"knock_out", "survey", "imported"}:
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
