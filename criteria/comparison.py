"""Two versions of a framework side by side: what was added, removed, moved, renamed, re-pointed, re-ruled.

Criteria are the same where their lineage is: a code may change, and a title may be worded anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from criteria.models import Criterion, Framework
from criteria.rules import RuleKind, in_words, kind_label
from parindex.notation import vietnamese

# How alike two titles must be, in percent, to be proposed as the same criterion, and to be ticked at once.
SIMILAR = 60
SURE = 90
# What the same code adds to the likeness of titles.
SAME_CODE = 10


class Kind(Enum):
    """What differs between two versions of one criterion."""

    ADDED = "Thêm"
    REMOVED = "Bỏ"
    MOVED = "Chuyển chỗ"
    RENAMED = "Đổi tên"
    POINTS = "Đổi điểm tối đa"
    RULE = "Đổi cách chấm"
    SOURCE = "Đổi nguồn điểm"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, as the two versions have it; `code` is the later one's where there is one."""

    kind: Kind
    code: str
    title: str
    before: str = ""
    after: str = ""


def differences(earlier: Framework, later: Framework) -> list[Difference]:
    """Everything that the later version has otherwise than the earlier, in the order of the later."""
    return compared(_rows(earlier), _rows(later))


def _rows(framework: Framework) -> list[Criterion]:
    return list(framework.criteria.select_related("parent").order_by("position"))


def compared(earlier: Sequence[Criterion], later: Sequence[Criterion]) -> list[Difference]:
    """As `differences`, for rows at hand with their parents."""
    before = {row.lineage: row for row in earlier}
    after = {row.lineage for row in later}
    found: list[Difference] = []
    for row in later:
        old = before.get(row.lineage)
        if old is None:
            found.append(Difference(Kind.ADDED, row.code, row.title, after=_points(row)))
        else:
            found += _changes(old, row)
    found += [
        Difference(Kind.REMOVED, row.code, row.title, before=_points(row))
        for row in earlier
        if row.lineage not in after
    ]
    return found


def _changes(old: Criterion, new: Criterion) -> Iterable[Difference]:
    pairs: list[tuple[Kind, str, str]] = [
        (Kind.MOVED, _place(old), _place(new)),
        (Kind.RENAMED, old.title, new.title),
        (Kind.POINTS, _points(old), _points(new)),
    ]
    if new.is_leaf and old.is_leaf:
        pairs += [
            (Kind.RULE, _rule(old), _rule(new)),
            (Kind.SOURCE, old.get_source_display(), new.get_source_display()),
        ]
    for kind, before, after in pairs:
        if before != after:
            yield Difference(kind, new.code, new.title, before, after)


def _points(row: Criterion) -> str:
    return f"{vietnamese(row.max_points)} điểm"


def _place(row: Criterion) -> str:
    """Where a row stands: its code, which names its parent too."""
    return f"mục {row.code}"


def _rule(row: Criterion) -> str:
    words = in_words(RuleKind(row.rule_kind), row.rule_parameters)
    return f"{kind_label(row.rule_kind)}{f' ({words})' if words else ''}"


@dataclass(frozen=True, slots=True)
class Match:
    """A criterion of a draft and the earlier one that it seems to carry on; `sure` where much alike."""

    row: Criterion
    proposed: Criterion | None
    sure: bool


def unmatched(earlier: Sequence[Criterion], later: Sequence[Criterion]) -> list[Match]:
    """For each later criterion without a counterpart: the earlier one, itself without, that is most like it.

    The most alike pairs come first, the same code counting for something. A person confirms: a wrong thread
    would compare different things over the years.
    """
    taken, known = {row.lineage for row in later}, {row.lineage for row in earlier}
    new = [row for row in later if row.lineage not in known]
    free = [row for row in earlier if row.lineage not in taken]
    pairs = sorted(_alike(free, new), key=lambda pair: -pair[0])
    proposed: dict[int, tuple[int, Criterion]] = {}
    given: set[int] = set()
    for alike, old, row in pairs:
        if row.pk not in proposed and old.pk not in given:
            proposed[row.pk] = (alike, old)
            given.add(old.pk)
    return [
        Match(row, proposed[row.pk][1], sure=proposed[row.pk][0] >= SURE)
        if row.pk in proposed
        else Match(row, None, sure=False)
        for row in new
    ]


def match_of(row: Criterion, earlier: Sequence[Criterion]) -> Match:
    """One later criterion with the earlier one that it carries on now, if any."""
    return Match(row, next((old for old in earlier if old.lineage == row.lineage), None), sure=True)


def free_for(
    row: Criterion | None, earlier: Sequence[Criterion], later: Sequence[Criterion]
) -> list[Criterion]:
    """Earlier criteria that no later one carries on, and the one that `row` does."""
    taken = {one.lineage for one in later if row is None or one.pk != row.pk}
    return [old for old in earlier if old.lineage not in taken]


def _alike(
    earlier: Sequence[Criterion], later: Sequence[Criterion]
) -> Iterable[tuple[int, Criterion, Criterion]]:
    """Pairs of the same level whose titles are alike enough, with how much, in percent."""
    matcher = SequenceMatcher(autojunk=False)
    for row in later:
        matcher.set_seq2(row.title.casefold())
        for old in earlier:
            if old.level != row.level:
                continue
            matcher.set_seq1(old.title.casefold())
            # The quick measures are upper bounds: most pairs stop here.
            if min(matcher.real_quick_ratio(), matcher.quick_ratio()) * 100 < SIMILAR:
                continue
            alike = int(matcher.ratio() * 100)
            if alike >= SIMILAR:
                yield min(100, alike + SAME_CODE * (old.code == row.code)), old, row
