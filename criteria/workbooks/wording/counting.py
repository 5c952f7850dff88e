"""So many points for each one, and so many off for each fault."""

import re
from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.wording.amounts import (
    MAXIMUM,
    NUMBER,
    Amount,
    amount_alone,
    in_percent,
    in_points,
    option_of,
)
from criteria.workbooks.wording.clauses import Clause, without_caps
from criteria.workbooks.wording.faults import names_a_fault
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.qualifiers import qualifiers_of
from parindex.notation import parse_decimal, plain

_EACH = r"(?:cu )?(?:co )?(?:moi|tung|01|1|mot)(?: mot| 01| 1)?(?! (?:diem|d)\b)"
_POINTS = rf"(?P<points>{NUMBER})\s*(?:diem|d)?"
_GIVES = r"(?:(?:thi|duoc|dat|tinh|cong|them|cho|cham|la|thuong)\s+)*[:=]?\s*"
_COUNTS = [
    re.compile(form)
    for form in (
        rf"{_EACH} (?P<what>[^\d:=%]+?)\s*[:=]?\s*{_GIVES}{_POINTS}",
        rf"(?:cong |duoc |tinh |cho |cham )*{_POINTS}\s*(?:/|cho moi|doi voi moi|tren moi)\s*(?:01 |1 "
        r"|mot |moi )?(?P<what>[^\d:=%]+)",
    )
]
_TAKEN = re.compile(r"\b(?:tru|giam|mat|bot|phat)\b|[-–—−]\s*$")
_TAKES = r"(?:thi |bi |se )*(?:tru|giam)\s*(?:di\s*)?"
_OFF = rf"(?:(?P<share>{NUMBER})\s*% (?:cua )?(?:so )?diem (?:toi da|chuan)|{_POINTS})"
_DEDUCTIONS = [
    re.compile(form)
    for form in (
        r"(?:neu )?(?:cu )?(?:moi|tung|01|1|mot)(?: mot| 01| 1| lan)?(?P<what> "
        rf"[^\d:=%]+?)\s*[:,]?\s*{_TAKES}{_OFF}",
        r"(?:cu )?(?P<what>(?:neu )?(?:cham|thieu|tre|sai|de xay ra|vi pham|khong)[^\d:=%]*? (?:01|1"
        r"|mot|moi) "
        r"[^\d:=%]+?)\s*[:,]?\s*"
        rf"{_TAKES}{_OFF}",
        r"(?P<what>(?!moi\b|cu\b)[^\d:=%]+?)\s*[:,]?\s*"
        rf"{_TAKES}{_OFF}\s*(?:/|(?:cho |doi voi )?moi|cho (?:01|1"
        r"|mot))\s*(?:01 |1 |mot )?"
        r"(?P<each>[^\d:=%]+)",
        rf"{_TAKES}{_OFF}\s*(?:/|(?:cho |doi voi )?moi|cho (?:01|1|mot)|neu (?:01|1|mot|moi))\s*"
        r"(?:01 |1 |mot )?(?P<what>[^\d:=%]+)",
    )
]
_AMOUNT_INSIDE = re.compile(r"\d\s*(?:diem|d)\b")
_CAP = re.compile(
    r"(?:nhung |va )?(?:tong (?:so )?(?:diem )?(?:cong )?)?(?:tru )?"
    r"(?:toi da(?: tru)?|khong (?:vuot )?qua|toi da khong (?:vuot )?qua)"
    rf"\s*(?:la |den )?(?:(?P<most>{NUMBER})\s*(?:diem|d)?|{MAXIMUM})\)?"
)
_TO_ZERO = re.compile(
    r"(?:tru )?(?:toi da )?(?:cho |toi )?(?:den |toi )?(?:khi )?"
    r"(?:het(?: so| toan bo so)? diem(?: (?:cua )?(?:tieu chi|muc|noi dung))?(?: nay)?"
    r"|(?:con |bang )?0(?: diem)?)\)?"
)


def rule_of_counting(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    """ "Mỗi sáng kiến được 0,5 điểm, tối đa 2": the stated most has to be the leaf's maximum."""
    pieces = without_caps(clauses)
    counts = [(piece, match) for piece in pieces if (match := _match(_COUNTS, piece))]
    if len(counts) != 1 or names_a_fault(counts[0][0].text) or _TAKEN.search(counts[0][1]["what"]):
        return None
    piece, match = counts[0]
    if match["what"].startswith("nam ") or qualifiers_of(piece.text[slice(*match.span("what"))]):
        return None
    caps = [piece for piece in pieces if not _match(_COUNTS, piece)]
    if not all(_is_the_maximum(cap, max_points) or _is_nothing(cap, max_points) for cap in caps):
        return None
    unit = parse_decimal(match["points"])
    return Found("count", {"unit_points": plain(unit)}) if 0 < unit <= max_points else None


def rule_of_deduction(clauses: Sequence[Clause], max_points: Decimal) -> Found | None:
    """ "Mỗi báo cáo chậm trừ 0,25 điểm": from the maximum down, never below 0."""
    violations: list[tuple[str, Amount]] = []
    for piece in without_caps(clauses):
        if match := _match(_DEDUCTIONS, piece):
            violations.append((_named(piece, match), _taken_off(match, max_points)))
        elif not (violations and _ends_at_zero(piece, max_points)) and not _is_full(piece, max_points):
            return None
    names = [name for name, _ in violations]
    if any(qualifiers_of(name) & {"mỗi", "cứ"} for name in names):
        return None
    if not violations or len(set(names)) < len(names) or any(not amount.points for _, amount in violations):
        return None
    return Found(
        "deduction",
        {"violations": [{"name": name, "amount": amount.written} for name, amount in violations]},
    )


def _taken_off(match: re.Match[str], max_points: Decimal) -> Amount:
    if match["share"]:
        return in_percent(parse_decimal(match["share"]), max_points)
    return in_points(parse_decimal(match["points"]))


def _match(patterns: Sequence[re.Pattern[str]], piece: Clause) -> re.Match[str] | None:
    if piece.points is not None:
        return None
    return next((match for pattern in patterns if (match := pattern.fullmatch(piece.folded))), None)


def _named(piece: Clause, match: re.Match[str]) -> str:
    start, end = match.span("what")
    name = piece.text[start:end].strip(" :,–-")
    if (
        "each" in match.re.groupindex
        and (each := match["each"])
        and each.strip() not in {"lan", "truong hop"}
    ):
        start, end = match.span("each")
        name = f"{name}, {piece.text[start:end].strip()}"
    return name[:1].upper() + name[1:]


def _is_the_maximum(piece: Clause, max_points: Decimal) -> bool:
    match = _CAP.fullmatch(piece.folded)
    return (
        match is not None
        and "tru" not in piece.folded.split()
        and (match["most"] is None or parse_decimal(match["most"]) == max_points)
    )


def _ends_at_zero(piece: Clause, max_points: Decimal) -> bool:
    if _TO_ZERO.fullmatch(piece.folded):
        return True
    match = _CAP.fullmatch(piece.folded)
    return match is not None and (match["most"] is None or parse_decimal(match["most"]) == max_points)


def _is_full(piece: Clause, max_points: Decimal) -> bool:
    """ "Báo cáo đủ, đúng hạn: 1 điểm": what the deduction starts from."""
    option = option_of(piece, max_points)
    amount = option.amount if option else amount_alone(piece.folded, max_points)
    denied = re.sub(r"^không (?:có|để) ", "", option.name.casefold()) if option else ""
    without = option is not None and denied != option.name.casefold()
    if option and (qualifiers_of(option.name) or _AMOUNT_INSIDE.search(option.folded)):
        return False
    return amount is not None and amount.points == max_points and (without or not names_a_fault(denied))


def _is_nothing(piece: Clause, max_points: Decimal) -> bool:
    """ "Không có sáng kiến: 0": what a count of none gives anyway."""
    option = option_of(piece, max_points)
    if option is None or option.amount.points or qualifiers_of(option.name):
        return False
    return option.folded.startswith("khong")
