"""Formulas: a share of the maximum by a ratio, or by the best unit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from criteria.workbooks.wording.amounts import MAXIMUM, NUMBER, TIMES, Option, option_of
from criteria.workbooks.wording.bounds import (
    Interval,
    in_order,
    interval_of,
    same_conditions,
    share_of,
    tell_the_same,
)
from criteria.workbooks.wording.clauses import Clause
from criteria.workbooks.wording.faults import names_a_fault
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.qualifiers import qualifiers_of
from criteria.workbooks.words import fold
from parindex.notation import parse_decimal, plain

HUNDRED = Decimal(100)

_OPEN, _CLOSE = r"[\[({]{0,3}\s*", r"\s*[\])}]{0,3}"
_HUNDRED = r"(?:\s*[x×*]\s*100\s*%?)?"
_MAX = rf"{_OPEN}(?:{MAXIMUM}|(?P<figure>{NUMBER})(?: diem| d\b)?){_CLOSE}"
_QUOTIENT = rf"{_OPEN}(?P<top>[a-z])\s*[/:]\s*(?P<base>[a-z]){_CLOSE}"
_PER = rf"(?:\s*[/:]\s*(?P<per>{NUMBER})\s*%)?{_CLOSE}"
_LETTERS = (
    rf"{_OPEN}{_QUOTIENT}{_HUNDRED}{_CLOSE}{TIMES}{_MAX}{_PER}",
    rf"{_OPEN}{_MAX}{TIMES}{_QUOTIENT}{_PER}",
    rf"{_OPEN}(?P<top>[a-z]){TIMES}{_MAX}\s*[/:]\s*{_OPEN}(?P<base>[a-z]){_CLOSE}",
)
_SHARES = (
    rf"{_OPEN}(?P<upper>(?:ty|ti) le\s*%?[^×*/:=;\d]{{0,120}}?){_CLOSE}{TIMES}{_MAX}{_CLOSE}"
    rf"(?:\s*[/:]\s*\(?100\s*%?\)?)?{_CLOSE}",
    rf"{_OPEN}{_MAX}{TIMES}{_OPEN}(?P<upper>(?:ty|ti) le\s*%?[^×*/:=;\d]{{0,120}}?){_CLOSE}"
    rf"(?:\s*[/:]\s*\(?100\s*%?\)?)?{_CLOSE}",
    rf"{_OPEN}(?P<upper>(?:tong )?so [^/:×*=;]{{1,160}}?)\s*[/:]\s*(?P<lower>(?:tong )?so "
    rf"[^/:×*=;]{{1,160}}?)"
    rf"{_CLOSE}{_HUNDRED}{_CLOSE}{TIMES}{_MAX}{_CLOSE}",
    rf"{_OPEN}(?P<value>[^/×*=;:]{{1,160}}?)\s*/\s*(?P<best>[^/×*=;]{{0,160}}?(?:cao nhat|lon nhat"
    r"|nhieu nhat)"
    rf"[^/×*=;]{{0,80}}?){_CLOSE}{TIMES}{_MAX}{_CLOSE}",
)
_FORMULAS = [re.compile(rf"{form}\.?$") for form in (*_LETTERS, *_SHARES)]
_FREE = {"upper", "lower", "value", "best"}
_LEAD = re.compile(
    r"(?:\b(?:tinh|cham|diem|so|danh gia|dat duoc|dat|thuc te|duoc|theo|cong thuc|sau|cach|xac dinh"
    r"|bang|nhu|la"
    r"|thi|cua|tieu chi|thanh phan|ty le|don vi)\b|[\s=:,;(\[–-])+$"
)
_LABEL = re.compile(
    r"(?:(?:tinh|cham|diem|theo) )*(?:ty|ti) le (?:(?!\b(?:va|khong|neu|tru|duoi|tren|hon)\b)[a-z ()])+"
)
_DEFINITION = re.compile(r"(?:trong do|voi|o day|ghi chu)?[\s:,]*\(?[a-z]\s*(?:la|:|=)\s+(?P<what>.+)")
_MEASURING = re.compile(
    r"(?:can cu|theo bao cao|xac dinh ty le|tinh ty le|danh gia theo|trong do|cach tinh|cach cham|cach "
    r"danh gia"
    r"|thang diem|cham diem|tinh diem|muc diem)\b(?:(?!\bdiem\b|\btru\b|\bcong\b|\d).)*"
)
_EVIDENCE = re.compile(
    r"(?:(?:tai lieu|ho so|van ban|can cu) )?(?:kiem chung|minh chung)"
    r"(?:(?!\b(?:diem|tru|cong|neu|thi)\b)[^%])*"
)
_MEANS = re.compile(r"(?:^|[\s,(:])(?P<letter>[a-z])\s*(?:la|:|=)\s+")
_WHOLE = re.compile(r"\s*(?:ty le )?(?:tong so|tong)\b")
# A letter may stand for some of the files only.
_OF_A_SET = {"đối với", "ngoài", "ngoại trừ", "không tính", "đồng thời"}
_SCORING_WORDS = re.compile(r"\b(?:diem|tru|cong them|toi da|khong tinh)\b")
_STATED = re.compile(
    r"(?:diem (?:toi da|chuan)|thang diem|muc diem toi da)(?: la)?\s*[:=]?\s*"
    rf"(?P<most>{NUMBER})\s*(?:diem|d)?"
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that ends its clause: what stands before it, and the percentage it is measured against.

    `words` is what stands before it, in the paper's letters.
    """

    head: str
    words: str
    per: Decimal = HUNDRED
    best_unit: bool = False


def gives_no_points(clause: Clause) -> bool:
    """Whether the words only say what a letter stands for, what is looked at or what proves it."""
    limits = qualifiers_of(clause.text)
    if match := _DEFINITION.fullmatch(clause.folded):
        return not limits - _OF_A_SET and not _SCORING_WORDS.search(match["what"])
    return not limits and any(pattern.fullmatch(clause.folded) for pattern in (_MEASURING, _EVIDENCE))


def states_the_maximum(clause: Clause, max_points: Decimal) -> bool:
    """ "Điểm tối đa: 2 điểm": what the column of points says anyway."""
    match = _STATED.fullmatch(clause.folded)
    return match is not None and parse_decimal(match["most"]) == max_points


def meanings(clauses: Sequence[Clause]) -> dict[str, str]:
    """What the clauses say that each letter of a formula stands for."""
    found: dict[str, str] = {}
    for clause in clauses:
        if clause.points is not None or not _DEFINITION.fullmatch(clause.folded):
            continue
        starts = list(_MEANS.finditer(clause.folded))
        ends = [match.start() for match in starts[1:]] + [len(clause.text)]
        found |= {
            match["letter"]: clause.text[match.end() : end] for match, end in zip(starts, ends, strict=True)
        }
    return found


def rule_of_formula(
    clauses: Sequence[Clause], max_points: Decimal, letters: Mapping[str, str]
) -> Found | None:
    """A rule of one formula, with thresholds around it; None where anything is left over."""
    formulas = [
        (n, hit) for n, clause in enumerate(clauses) if (hit := _formula(clause, max_points, letters))
    ]
    if len(formulas) != 1:
        return None
    place, formula = formulas[0]
    others = [clause for n, clause in enumerate(clauses) if n != place]
    if formula.best_unit:
        return Found("best_unit") if not formula.head and not others else None
    return _ratio(formula, others, max_points)


def _formula(clause: Clause, max_points: Decimal, letters: Mapping[str, str]) -> Formula | None:
    """The formula that ends the clause, where it can only mean max × b/a."""
    if clause.points is not None:
        return None
    folded = clause.folded
    for pattern in _FORMULAS:
        match = pattern.search(folded)
        if match is None:
            continue
        found = match.groupdict()
        if found.get("figure") and parse_decimal(found["figure"]) != max_points:
            return None
        best = found.get("best") or re.search(r"cao nhat|lon nhat|nhieu nhat", found.get("lower") or "")
        if found.get("best") and ":" in folded[: match.start()]:
            return None
        named = [clause.text[slice(*match.span(name))] for name in _FREE & found.keys() if found[name]]
        if any(map(qualifiers_of, named)) or not (best or _is_part_of_whole(clause, match, letters)):
            return None
        per = parse_decimal(found["per"]) if found.get("per") else HUNDRED
        head = _LEAD.sub("", folded[: match.start()]).rstrip()
        return Formula(head, clause.text[: len(head)], per, bool(best))
    return None


def _is_part_of_whole(clause: Clause, match: re.Match[str], letters: Mapping[str, str]) -> bool:
    """Whether the quotient is what was achieved out of all there was, by its words or by its letters."""
    found = match.groupdict()
    if top := found.get("top"):
        base = found["base"] or ""
        if letters.keys() - {top, base} or top == base:
            return False
        upper, lower = letters.get(top, ""), letters.get(base, "")
    else:
        start, end = match.span("upper")
        upper, lower = clause.text[start:end], found.get("lower") or ""
    inverted = _WHOLE.match(fold(upper)) and not _WHOLE.match(fold(lower))
    return not inverted and not names_a_fault(upper)


def _ratio(formula: Formula, others: Sequence[Clause], max_points: Decimal) -> Found | None:
    """The ratio, with the bound below which it gives nothing: stated before it or in clauses of their own."""
    labelled = _LABEL.fullmatch(formula.head) and not qualifiers_of(formula.words)
    own = None if labelled or not formula.head else interval_of(formula.head)
    if formula.head and not labelled and (own is None or own.rest):
        return None
    options = [option_of(clause, max_points) for clause in others]
    if any(option is None for option in options):
        return None
    known = [option for option in options if option]
    spans = [own or Interval(), *(interval_of(option.folded) or Interval() for option in known)]
    if not same_conditions(["" if labelled else formula.words, *(option.name for option in known)], spans):
        return None
    if formula.per != HUNDRED:
        return _towards(formula.per, own, known, max_points)
    return _with_floor(own, known, max_points)


def _with_floor(own: Interval | None, options: Sequence[Option], max_points: Decimal) -> Found | None:
    """The ratio between a floor, below which there is nothing, and 100 %, above which there is no more."""
    intervals = [share_of(interval_of(option.folded)) for option in options]
    if any(interval is None for interval in intervals):
        return None
    stated = [(option, span) for option, span in zip(options, intervals, strict=True) if span]
    beyond = [(option, span) for option, span in stated if span.low == HUNDRED]
    below = [(option, span) for option, span in stated if span.low != HUNDRED]
    if any(option.amount.points != max_points for option, _ in beyond):
        return None
    if any(option.amount.points for option, _ in below):
        return None
    exceeds = {"may_exceed": True} if any(span.high is None for _, span in beyond) else {}
    own = share_of(own) if own else _remainder([span for _, span in below])
    if own is None:
        return None
    spans = [own, *(span for _, span in stated)]
    ordered = in_order(_up_to_hundred(spans)) if tell_the_same(spans) else None
    if not ordered:
        return None
    where = [place for place, _ in ordered].index(0)
    floor = ordered[where][1].low
    if where < len(below) or (floor and not ordered[where][1].low_inside):
        return None
    return Found("ratio", ({"floor": plain(floor)} if floor else {}) | exceeds)


def _remainder(below: Sequence[Interval]) -> Interval | None:
    """Where the formula itself names no bound, it holds for what one stated lower part leaves."""
    if not below:
        return Interval(Decimal(0), percent=True)
    [first, *more] = below
    if more or first.rest or first.low not in {None, Decimal(0)} or first.high is None:
        return None
    return Interval(low=first.high, low_inside=not first.high_inside, percent=True)


def _up_to_hundred(spans: Sequence[Interval]) -> list[Interval]:
    """The formula's own span, first of them, as far as what is said from 100 % on."""
    own, *others = spans
    above = [span for span in others if span.low == HUNDRED]
    if own.high is None and len(above) == 1:
        own = replace(own, high=HUNDRED, high_inside=not above[0].low_inside)
    return [own, *others]


def _towards(
    per: Decimal, own: Interval | None, options: Sequence[Option], max_points: Decimal
) -> Found | None:
    """ "Từ 80 %: điểm tối đa; dưới 80 %: (b/a × điểm tối đa)/80 %": a straight line up to the threshold."""
    if own is None or len(options) != 1 or options[0].amount.points != max_points:
        return None
    full = interval_of(options[0].folded)
    if full is None or full.low != per:
        return None
    ordered = in_order([own, full]) if tell_the_same([own, full]) else None
    if not ordered or ordered[0][0] != 0 or not own.percent:
        return None
    return Found("linear", {"zero_at": "0", "full_at": plain(per)})
