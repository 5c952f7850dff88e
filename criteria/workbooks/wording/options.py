"""Lines that each carry their own points: thresholds of a measured value, levels, parts, yes and no."""

import re
from collections.abc import Sequence
from decimal import Decimal

from criteria.workbooks.wording.amounts import Option
from criteria.workbooks.wording.bounds import Interval, in_order, interval_of, same_conditions, tell_the_same
from criteria.workbooks.wording.found import Found
from parindex.notation import plain

ZERO = Decimal(0)

# What has a degree is no condition that is met or not.
_MEASURED = re.compile(r"\b(?:ty le|ti le|muc do|moi|cu|(?<!du )so luong|tung)\b|%")
_AMOUNT_INSIDE = re.compile(r"\d\s*(?:diem|d)\b|(?<![<>])[:=]\s*\d|\bdiem (?:toi da|chuan)\b|\bcong thuc\b|×")
# Where points come from is nothing that is met or not.
_ORIGIN = re.compile(
    r"(?:(?:diem|ket qua|qua|theo) )*(?:dieu tra|khao sat|sipas|chi so|tu (?:cham|danh gia)|tham dinh"
    r"|xhh)\b.*"
)
_NEGATION = r"(?:khong|chua)(?: (?:co|thuc hien|dat|ban hanh|phat sinh))?"


def rule_of_options(options: Sequence[Option], max_points: Decimal) -> Found | None:
    """The rule of at least two lines with points; None where they leave something open.

    The highest amount has to be the maximum, except where the lines add up to it: then they are parts.
    """
    if len(options) < 2 or any(option.amount.points > max_points for option in options):
        return None
    if max(option.amount.points for option in options) < max_points:
        return _parts(options, max_points)
    intervals = _intervals(options)
    if _all_measured(intervals):
        return _steps(options, [interval for interval in intervals if interval])
    if not _named_levels(intervals) or not _are_a_scale(options):
        return None
    return Found("yes_no") if _is_yes_no(options, max_points) else _levels(options)


def _are_a_scale(options: Sequence[Option]) -> bool:
    """Whether the lines can be degrees of one thing: each its own name, and points of its own or none.

    "Kế hoạch: 1; báo cáo: 0,5; kiểm tra: 0,5" may as well be three things that add up to too much.
    """
    gained = [option.amount.points for option in options if option.amount.points]
    names = {option.folded for option in options}
    hidden = any(_AMOUNT_INSIDE.search(option.folded) for option in options)
    return len(names) == len(options) and len(set(gained)) == len(gained) and not hidden


def _intervals(options: Sequence[Option]) -> list[Interval | None]:
    """What each line measures; "không có sáng kiến" is a count of 0 beside "1 sáng kiến", "2 sáng kiến"."""
    intervals = [interval_of(option.folded) for option in options]
    known = [interval for interval in intervals if interval]
    if len(known) != len(options) - 1 or any(interval.percent or interval.rest for interval in known):
        return intervals
    place = intervals.index(None)
    option = options[place]
    words = frozenset(re.findall(r"[a-z]+", option.folded)) - {"co", "khong"}
    counted = frozenset(known[0].leftover) - {"co"}
    if option.folded.startswith("khong") and not option.amount.points and words <= counted:
        intervals[place] = Interval(ZERO, high=ZERO, leftover=known[0].leftover)
    return intervals


def _all_measured(intervals: Sequence[Interval | None]) -> bool:
    return all(intervals) and not all(interval and interval.rest for interval in intervals)


def _steps(options: Sequence[Option], intervals: Sequence[Interval]) -> Found | None:
    ordered = in_order(intervals) if tell_the_same(intervals) else None
    if not ordered or not same_conditions([option.name for option in options], intervals):
        return None
    (lowest, _), *higher = ordered
    steps = [
        {
            "bound": plain(interval.low or ZERO),
            "amount": options[place].amount.written,
        }
        | ({} if interval.low_inside else {"boundary": "below"})
        for place, interval in higher
    ]
    base = options[lowest].amount
    return Found("steps", {"steps": steps} | ({"base": base.written} if base.points else {}))


def _named_levels(intervals: Sequence[Interval | None]) -> bool:
    """Whether levels by name are meant: no percentages among them, and no two bounds with a gap between."""
    bounds = [interval for interval in intervals if interval and not interval.rest]
    if any(interval.percent for interval in bounds) and len(bounds) > 1:
        return False
    if len(bounds) < 2:
        return True
    covered = [*bounds, Interval(rest=True)]
    return in_order(bounds) is not None or in_order(covered) is not None


def _is_yes_no(options: Sequence[Option], max_points: Decimal) -> bool:
    """ "Có: 1; Không: 0", "Đạt: 1; Không đạt: 0": one condition and its plain negation."""
    if len(options) != 2 or {option.amount.points for option in options} != {max_points, ZERO}:
        return False
    met, unmet = options if options[0].amount.points else options[::-1]
    yes, no = (re.sub(r"[^a-z0-9]+", " ", option.folded).strip() for option in (met, unmet))
    if re.fullmatch(_NEGATION, yes.split(" va ")[0]) or yes.startswith(("khong ", "chua ")):
        return False
    bare = re.sub(r"^co ", "", yes)
    return no in {
        "khong",
        "chua",
        f"khong {yes}",
        f"chua {yes}",
        f"khong {bare}",
        f"khong co {bare}",
        f"chua {bare}",
        f"chua co {bare}",
    }


def _levels(options: Sequence[Option]) -> Found:
    levels = [{"name": option.name, "amount": option.amount.written} for option in options]
    return Found("levels", {"levels": levels})


def _parts(options: Sequence[Option], max_points: Decimal) -> Found | None:
    """Conditions that are each met or not, together exactly the maximum."""
    parts = [option for option in options if option.amount.points]
    if sum((part.amount.points for part in parts), ZERO) != max_points:
        return None
    if any(not option.amount.points and not _says_none_is_met(option, parts) for option in options):
        return None
    if any(pattern.search(part.folded) for part in parts for pattern in (_MEASURED, _AMOUNT_INSIDE)):
        return None
    bounds = [interval for part in parts if (interval := interval_of(part.folded))]
    if any(bound.percent or bound.rest or bound.low != bound.high for bound in bounds):
        return None
    if len({part.folded for part in parts}) < len(parts) or any(_ORIGIN.fullmatch(p.folded) for p in parts):
        return None
    return Found("parts", {"parts": [{"name": p.name, "amount": p.amount.written} for p in parts]})


def _says_none_is_met(option: Option, parts: Sequence[Option]) -> bool:
    """ "Không ban hành: 0" beside "ban hành kịp thời": what none of the parts gives anyway."""
    words = option.folded.split()
    denied = [word for word in words if word not in {"khong", "chua", "co"}]
    return words[0] in {"khong", "chua"} and all(set(denied) <= set(part.folded.split()) for part in parts)
