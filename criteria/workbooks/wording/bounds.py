"""Thresholds as decisions write them: "từ 70 % đến dưới 90 %", "trên 5 ngày", "100 %", "còn lại"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from criteria.workbooks.wording.amounts import NUMBER
from criteria.workbooks.wording.qualifiers import qualifiers_of
from parindex.notation import parse_decimal

HUNDRED = Decimal(100)
ONE = Decimal(1)

_WORDS = r"(?:[a-z()]+,?\s+){0,14}?"
_OPEN_LOW = r"tren|lon hon|nhieu hon|cao hon|hon|vuot|>"
_OPEN_HIGH = r"duoi|nho hon|it hon|thap hon|can duoi|<"
_LOW = rf"(?P<low>{NUMBER})\s*(?P<low_percent>%)?"
_HIGH = rf"(?P<high>{NUMBER})\s*(?P<high_percent>%)?"
_AFTER_LOW = rf"\s*{_WORDS}"
_FORMS = (
    rf"{_LOW}\s*(?P<symbol_low><=|=<|≤|<)\s*[^\d<≤]{{0,40}}?(?P<symbol_high><=|=<|≤|<)\s*{_HIGH}",
    rf"(?:\btu\s+)?(?P<open_low>\b(?:{_OPEN_LOW[:-2]})\b|>)?\s*(?:=\s*)?\b{_LOW}{_AFTER_LOW}"
    rf"(?:\bden|\btoi|-|–|—|(?:,|\bva|\bnhung)(?=\s*(?:{_OPEN_HIGH})))\s*"
    rf"(?P<open_high>\b(?:{_OPEN_HIGH[:-2]})\b|<)?\s*(?:muc\s+)?\b{_HIGH}",
    rf"(?:\btu\s+)?\b{_LOW}{_AFTER_LOW}\btro len",
    rf"(?:\btu\s+)?\b{_HIGH}\s*{_WORDS}\btro xuong",
    r"(?P<open_high>\b(?:(?<!khong )(?:nho|it|thap) hon|(?:khong|chua) (?:dat|den|du|toi))\b)"
    rf"\s*(?:muc\s+)?{_HIGH}",
    rf"(?:>=|=>|≥|\btoi thieu|\bit nhat|\bkhong duoi|\bkhong (?:thap|it|nho) hon|\btu)\s*(?:muc\s+)?{_LOW}",
    r"(?:<=|=<|≤|\bkhong (?:vuot )?qua|\bkhong (?:tren|vuot|(?:(?:lon|nhieu|cao) )?hon)|\btoi da|\bden)"
    rf"\s*(?:muc\s+)?{_HIGH}",
    rf"(?P<open_low>\b(?:{_OPEN_LOW[:-2]})\b|>)\s*(?:muc\s+)?{_LOW}",
    rf"(?P<open_high>\b(?:{_OPEN_HIGH[:-2]}|chua (?:dat|den|du)|khong (?:dat|du))\b|<)\s*(?:muc\s+)?{_HIGH}",
    rf"\b(?P<exact>{NUMBER})\s*(?P<low_percent>%)?",
)
_PATTERNS = [re.compile(form) for form in _FORMS]
_BOUND_WORDS = frozenset(
    re.findall(
        r"\w+",
        "tu den toi duoi tren hon lon nho nhieu it cao thap vuot can tro len xuong muc thieu nhat da qua"
        " khong chua dat du va nhung",
    )
)
# "Trước ngày 15", "quý 2": a date or a name, no amount of anything.
_DATED = re.compile(r"\b(?:ngay|thang|quy|nam|truoc|sau|so|dieu|khoan)\s*$")
# "Không trên", "chưa đến", "nhỏ hơn": the opposite of the bound word that follows, unless a form takes both.
_DENIED = re.compile(r"\b(?:khong|chua|it|nho|thap|kem)\s*$")
_NAMED = re.compile(r"\b(?:muc|muc do|loai|hang|cap do|nhom|bac|giai doan|dieu kien)\s*$")
_IS_SHARE = re.compile(r"\b(?:[a-z]\s*/\s*[a-z]|ty le|ti le)\b")
_MEASURE = re.compile(r"(?:neu |co )*(?:ty le|ti le|so) ")
_FAULTY = frozenset({"cham", "tre", "thieu", "sai", "khong", "chua"})
_REST = re.compile(
    r"(?:cac |nhung )?(?:truong hop |muc )?(?:con lai|khac)|(?:duoi|thap hon)(?: (?:cac )?muc (?:tren"
    r"|do|nay))?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Values from `low` to `high`; None is no bound. `rest` is what the other clauses leave.

    `leftover` are the words that are no bound, `named` those of them that only say what is measured. The
    bound begins at `bound_at`, behind a measure's name ("tỷ lệ …") where `measure` is true.
    """

    low: Decimal | None = None
    low_inside: bool = True
    high: Decimal | None = None
    high_inside: bool = True
    percent: bool = False
    rest: bool = False
    leftover: tuple[str, ...] = ()
    named: frozenset[str] = frozenset()
    bound_at: int = 0
    measure: bool = False


def interval_of(folded: str) -> Interval | None:
    """The interval that the words name; None where they name none, or more than one."""
    words = folded.strip()
    if _REST.fullmatch(words):
        return Interval(rest=True)
    for pattern in _PATTERNS:
        if match := pattern.search(words):
            left = f"{words[: match.start()]} {words[match.end() :]}"
            if re.search(r"\d", left) or _DATED.search(words[: match.start()]):
                return None
            if _DENIED.search(words[: match.start()]):
                return None
            found = _interval(match.groupdict())
            if not found.percent and _NAMED.search(words[: match.start()]):
                return None
            upside_down = found.low is not None and found.high is not None and found.low > found.high
            inside = [word for word in re.findall(r"[a-z]+", match[0]) if word not in _BOUND_WORDS]
            others = (*re.findall(r"[a-z]+", left), *inside)
            if upside_down:
                return None
            subject = frozenset(re.findall(r"[a-z]+", words[: match.start()]))
            measure = _MEASURE.match(words) is not None
            found = replace(
                found,
                leftover=others,
                named=frozenset(inside) | (subject if measure else subject & _FAULTY),
                bound_at=match.start(),
                measure=measure,
            )
            return share_of(found) or found if _IS_SHARE.search(words) else found
    return None


def share_of(interval: Interval | None) -> Interval | None:
    """A bound of a ratio in percent, also where it is written as 0,8; None where it is neither."""
    if interval is None or interval.percent or interval.rest:
        return interval
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None]
    if any(bound > ONE for bound in bounds):
        return None
    low = None if interval.low is None else interval.low * HUNDRED
    high = None if interval.high is None else interval.high * HUNDRED
    return replace(interval, low=low, high=high, percent=True)


def _interval(found: dict[str, str | None]) -> Interval:
    percent = bool(found.get("low_percent") or found.get("high_percent"))
    if exact := found.get("exact"):
        value = parse_decimal(exact)
        return Interval(value, True, value, True, percent)
    low, high = found.get("low"), found.get("high")
    return Interval(
        parse_decimal(low) if low else None,
        not found.get("open_low") and found.get("symbol_low") != "<",
        parse_decimal(high) if high else None,
        not found.get("open_high") and found.get("symbol_high") != "<",
        percent,
    )


# Words without which a bound says the same: they may stand at one bound and not at another.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "dat duoc ty ti le truong hop thi co muc so hoan thanh thuc hien ket qua la tu trong cac nhiem vu"
        " ke hoach do tong tren cua voi den hang nam yeu cau chi tieu neu nay danh gia",
    )
)
# Words that make a further condition: never passed over.
_TELLING = frozenset(
    re.findall(r"\w+", "va nhung kem dong thoi khong chua hoac tru moi cu cham tre thieu sai")
)


def tell_the_same(intervals: Sequence[Interval]) -> bool:
    """Whether the bounds measure one thing: their other words are the same, or say nothing."""
    bounds = [interval for interval in intervals if not interval.rest]
    telling = [_words(interval) for interval in bounds]
    # The first may name it for all: "Tỷ lệ hồ sơ trễ hạn dưới 5 %: …; từ 5 %: …".
    if len(telling) > 1 and not any(telling[1:]):
        telling[0] -= bounds[0].named & _TELLING
    longest = max(telling, key=len, default=frozenset())
    shared = frozenset.intersection(*telling) if telling else frozenset()
    return all(words <= longest and not (words - shared) & _TELLING for words in telling)


def same_conditions(texts: Sequence[str], intervals: Sequence[Interval]) -> bool:
    """Whether the clauses, in the paper's letters, set the same further conditions, so that none has its own.

    The first may name what is measured for all of them.
    """
    conditions = set()
    for place, (text, interval) in enumerate(zip(texts, intervals, strict=True)):
        before = text[: interval.bound_at].casefold()
        named = place == 0 and interval.measure
        has = {"có"} if before.startswith("có ") and before != "có " and not interval.measure else set()
        conditions.add(qualifiers_of(text[interval.bound_at :] if named else text) | has)
    return len(conditions) == 1


def _words(interval: Interval) -> frozenset[str]:
    return frozenset(word for word in interval.leftover if len(word) > 1) - _EMPTY


def in_order(intervals: Sequence[Interval]) -> list[tuple[int, Interval]] | None:
    """The intervals with their places, from the lowest up, where they cover every value exactly once.

    None where they leave a gap or overlap. Percentages end at 100; whole counts go from 0 in steps of one.
    """
    rest = [place for place, interval in enumerate(intervals) if interval.rest]
    places = sorted((p for p in range(len(intervals)) if p not in rest), key=lambda p: _key(intervals[p]))
    ordered = [intervals[place] for place in places]
    if len(rest) > 1 or len({interval.percent for interval in ordered}) != 1:
        return None
    if not _contiguous(ordered):
        ordered = _counted(ordered)
        if not _contiguous(ordered):
            return None
    found = list(zip(places, ordered, strict=True))
    open_below, open_above = not _from_the_start(ordered[0]), not _to_the_end(ordered[-1])
    if not rest:
        return None if open_below or open_above else found
    if open_below == open_above:
        return None
    if open_below:
        return [(rest[0], Interval(high=ordered[0].low, rest=True)), *found]
    last = ordered[-1]
    return [*found, (rest[0], Interval(low=last.high, low_inside=not last.high_inside, rest=True))]


def _key(interval: Interval) -> tuple[bool, Decimal, bool]:
    return (interval.low is not None, interval.low or Decimal(0), not interval.low_inside)


def _contiguous(ordered: Sequence[Interval]) -> bool:
    return all(
        lower.high is not None and lower.high == upper.low and lower.high_inside != upper.low_inside
        for lower, upper in zip(ordered, ordered[1:], strict=False)
    )


def _counted(ordered: Sequence[Interval]) -> list[Interval]:
    """The same intervals of whole numbers, each up to the next one: "2 cuộc" goes on to "từ 3 cuộc"."""
    bounds = [bound for each in ordered for bound in (each.low, each.high) if bound is not None]
    if any(each.percent for each in ordered) or any(bound != int(bound) for bound in bounds):
        return list(ordered)
    closed = []
    for each in ordered:
        low = None if each.low is None else each.low + (not each.low_inside)
        high = None if each.high is None else each.high + each.high_inside
        closed.append(replace(each, low=low, low_inside=True, high=high, high_inside=False))
    return closed


def _from_the_start(interval: Interval) -> bool:
    return interval.low is None or (interval.low == 0 and interval.low_inside)


def _to_the_end(interval: Interval) -> bool:
    return interval.high is None or (interval.percent and interval.high == HUNDRED and interval.high_inside)
