"""Formulas: a share of the maximum by a ratio, by the best unit, by the survey, by another result."""

import re
from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.wording.amounts import MAXIMUM, NUMBER, TIMES, Option, option_of
from criteria.workbooks.wording.bounds import Interval, in_order, interval_of
from criteria.workbooks.wording.clauses import Clause
from criteria.workbooks.wording.found import Found
from parindex.notation import parse_decimal, plain

HUNDRED = Decimal(100)
ONE = Decimal(1)

_OPEN, _CLOSE = r"[\[({]{0,3}\s*", r"\s*[\])}]{0,3}"
_LETTER = r"[a-z]"
_HUNDRED = r"(?:\s*[x×*]\s*100\s*%?)?"
_MAX = rf"{_OPEN}(?:{MAXIMUM}|(?P<figure>{NUMBER})(?: diem| d\b)?){_CLOSE}"
_LETTERS = (
    rf"{_OPEN}{_LETTER}\s*[/:]\s*{_LETTER}{_CLOSE}{_HUNDRED}{_CLOSE}{TIMES}{_MAX}",
    rf"{_MAX}{TIMES}{_OPEN}{_LETTER}\s*[/:]\s*{_LETTER}{_CLOSE}",
    rf"{_OPEN}{_LETTER}{TIMES}{_MAX}\s*[/:]\s*{_OPEN}{_LETTER}{_CLOSE}",
)
_SHARES = (
    rf"{_OPEN}(?:ty|ti) le\s*%?[^×*/:=;\d]{{0,120}}?{_CLOSE}{TIMES}{_MAX}{_CLOSE}"
    rf"(?:\s*[/:]\s*\(?100\s*%?\)?)?{_CLOSE}",
    rf"{_OPEN}{_MAX}{TIMES}{_OPEN}(?:ty|ti) le\s*%?[^×*/:=;\d]{{0,120}}?{_CLOSE}"
    rf"(?:\s*[/:]\s*\(?100\s*%?\)?)?{_CLOSE}",
    rf"{_OPEN}(?P<upper>(?:tong )?so [^/:×*=;]{{1,160}}?)\s*[/:]\s*(?P<lower>(?:tong )?so "
    rf"[^/:×*=;]{{1,160}}?)"
    rf"{_CLOSE}{_HUNDRED}{_CLOSE}{TIMES}{_MAX}{_CLOSE}",
    rf"{_OPEN}(?P<value>[^/×*=;:]{{1,160}}?)\s*/\s*(?P<best>[^/×*=;]{{0,160}}?(?:cao nhat|lon nhat"
    r"|nhieu nhat)"
    rf"[^/×*=;]{{0,80}}?){_CLOSE}{TIMES}{_MAX}{_CLOSE}",
)
_FORMULAS = [re.compile(rf"{form}\.?$") for form in (*_LETTERS, *_SHARES)]
_LEAD = re.compile(
    r"(?:\b(?:tinh|cham|diem|so|danh gia|dat duoc|dat|thuc te|duoc|theo|cong thuc|sau|cach|xac dinh"
    r"|bang|nhu|la"
    r"|thi|cua|tieu chi|thanh phan|ty le|don vi)\b|[\s=:,;(\[–-])+$"
)
_LABEL = re.compile(
    r"(?:(?:tinh|cham|diem|theo) )*(?:ty|ti) le (?:(?!\b(?:va|khong|neu|tru|duoi|tren|hon)\b)[a-z ()])+"
)
_DEFINITION = re.compile(r"(?:trong do|voi|o day|ghi chu)?[\s:,]*\(?[a-z]\s*(?:la|:|=)\s*(?P<what>.+)")
_MEASURING = re.compile(
    r"(?:can cu|theo bao cao|xac dinh ty le|tinh ty le|danh gia theo|trong do|cach tinh|cach cham|cach "
    r"danh gia"
    r"|thang diem|cham diem|tinh diem|muc diem)\b(?:(?!\bdiem\b|\btru\b|\bcong\b|\d).)*"
)
_SCORING_WORDS = re.compile(r"\b(?:diem|tru|cong them|toi da|khong tinh)\b")
_STATED = re.compile(
    r"(?:diem (?:toi da|chuan)|thang diem|muc diem toi da)(?: la)?\s*[:=]?\s*"
    rf"(?P<most>{NUMBER})\s*(?:diem|d)?"
)
_SURVEY = re.compile(
    r"(?:diem )?(?:duoc )?(?:tinh |xac dinh |lay )?(?:diem )?(?:duoc )?quy doi (?:tu|theo|tren co so)"
    r"(?: ket qua| diem)?"
    r"(?: cua)?(?: chi so| dieu tra| khao sat| danh gia| do luong)*[^.;]*?"
    r"\b(?:sipas|hai long|dieu tra xa hoi hoc|dieu tra xhh|xhh)\b[^.;\d]*?(?:\d{4})?(?: cua [^.;\d]*)?"
    r"(?: do [^.;\d]*)?"
)
_SURVEY_SHARE = re.compile(
    rf"(?:(?:diem|cach tinh|tinh diem|=|:|theo)\s*)*(?:chi so|ty le|muc do)[^×*/=;\d]*(?:sipas|hai long)"
    rf"[^×*/=;\d]*?{TIMES}(?:{MAXIMUM})(?:\s*/\s*100\s*%?)?"
)
_OTHER_RESULT = re.compile(
    r"(?:diem )?(?:duoc )?(?:tinh )?quy doi (?:tu|theo)\b[^.;\d]*?\b(?:chi so|ket qua|diem|bo chi "
    r"so)\b[^.;\d]*?"
    rf"\(?\s*(?:tren |theo )?(?:thang|thang diem|toi da|diem toi da)(?: diem)?\s*(?P<scale>{NUMBER})(?: "
    r"diem)?\s*\)?"
)


def is_definition(folded: str) -> bool:
    """Whether the words only say what a letter stands for, or what is looked at: they give no points."""
    match = _DEFINITION.fullmatch(folded)
    if match:
        return not _SCORING_WORDS.search(match["what"])
    return _MEASURING.fullmatch(folded) is not None


def states_the_maximum(clause: Clause, max_points: Decimal) -> bool:
    """ "Điểm tối đa: 2 điểm": what the column of points says anyway."""
    match = _STATED.fullmatch(clause.folded)
    return match is not None and parse_decimal(match["most"]) == max_points


def rule_of_formula(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    """A rule of one formula, with thresholds around it; None where anything is left over."""
    whole = ". ".join(clause.folded for clause in clauses)
    if len(clauses) == 1 and (_SURVEY.fullmatch(whole) or _SURVEY_SHARE.fullmatch(whole)):
        return Found("survey")
    if len(clauses) == 1 and (match := _OTHER_RESULT.fullmatch(whole)):
        return _imported(match)
    formulas = [(n, hit) for n, clause in enumerate(clauses) if (hit := _formula(clause, max_points))]
    if len(formulas) != 1:
        return None
    place, (head, kind) = formulas[0]
    others = [clause for n, clause in enumerate(clauses) if n != place]
    if kind == "best_unit":
        return Found("best_unit") if not head and not others else None
    return _ratio(head, others, max_points)


def _imported(match: re.Match[str]) -> Found:
    scale = parse_decimal(match["scale"])
    return Found("imported", {} if scale == HUNDRED else {"scale_max": plain(scale)})


def _formula(clause: Clause, max_points: Decimal) -> tuple[str, str] | None:
    """What stands before the formula that ends the clause, and the kind of rule that it makes."""
    if clause.points is not None:
        return None
    folded = clause.folded
    for pattern in _FORMULAS:
        match = pattern.search(folded)
        if match is None:
            continue
        groups = match.groupdict()
        if groups.get("figure") and parse_decimal(groups["figure"]) != max_points:
            return None
        best = groups.get("best") or re.search(r"cao nhat|lon nhat|nhieu nhat", groups.get("lower") or "")
        if groups.get("best") and ":" in folded[: match.start()]:
            return None
        return _LEAD.sub("", folded[: match.start()]).strip(), "best_unit" if best else "ratio"
    return None


def _ratio(head: str, others: Sequence[Clause], max_points: Decimal) -> Found | None:
    """The ratio, with the bound below which it gives nothing: stated before it or in clauses of their own."""
    if _LABEL.fullmatch(head):
        head = ""
    own = interval_of(head) if head else None
    if head and (own is None or own.rest):
        return None
    options = [option_of(clause, max_points) for clause in others]
    if any(option is None for option in options):
        return None
    known = [option for option in options if option]
    return _with_floor(own, known, max_points)


def _with_floor(own: Interval | None, options: Sequence[Option], max_points: Decimal) -> Found | None:
    intervals = [_share(interval_of(option.folded)) for option in options]
    if any(interval is None for interval in intervals):
        return None
    stated = [interval for interval in intervals if interval]
    if own is None and not options:
        return Found("ratio")
    own = _share(own) or _remainder(stated)
    ordered = in_order([own, *stated]) if own else None
    if not ordered:
        return None
    where = [place for place, _ in ordered].index(0)
    below, above = ordered[:where], ordered[where + 1 :]
    if any(options[place - 1].amount.points for place, _ in below):
        return None
    if any(options[place - 1].amount.points != max_points or span.low != HUNDRED for place, span in above):
        return None
    floor = ordered[where][1].low
    if floor is None or floor == 0:
        return Found("ratio")
    return Found("ratio", {"floor": plain(floor)}) if ordered[where][1].low_inside else None


def _share(interval: Interval | None) -> Interval | None:
    """A bound of the ratio in percent, also where it is written as 0,8."""
    if interval is None or interval.percent or interval.rest:
        return interval
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None]
    if any(bound > ONE for bound in bounds):
        return None
    low = None if interval.low is None else interval.low * HUNDRED
    high = None if interval.high is None else interval.high * HUNDRED
    return Interval(
        low, interval.low_inside, high, interval.high_inside, percent=True, leftover=interval.leftover
    )


def _remainder(stated: Sequence[Interval]) -> Interval | None:
    """Where the formula itself names no bound, it holds for what one stated lower part leaves."""
    if (
        len(stated) != 1
        or stated[0].rest
        or stated[0].low not in {None, Decimal(0)}
        or stated[0].high is None
    ):
        return None
    return Interval(low=stated[0].high, low_inside=not stated[0].high_inside, percent=True)
