"""Rank and class of the units of one group.

The printed figure decides: what a reader sees equal shares a rank, and a class follows from the
figure beside it. Scale, basis and tie rule are settings of the round's group, never code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise

from parindex.scoring.errors import require_rule
from parindex.scoring.rounding import EXACT, Rounding, exact_sum, printed, printed_percent, round_half_up


class Tie(StrEnum):
    """How ranks go on after a tie: competition 1, 1, 3 or dense 1, 1, 2."""

    COMPETITION = "competition"
    DENSE = "dense"


class Basis(StrEnum):
    """Which printed figure the class scale reads: the index in percent, or the points obtained."""

    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Band:
    """One class, from its lower bound (which belongs to it) up to the next class."""

    name: str
    lower: Decimal


@dataclass(frozen=True, slots=True)
class ClassScale:
    """Classes from the highest to the lowest.

    Raises RuleError unless lower bounds fall strictly, names are unique and the last class starts at
    or below 0, so that every result has a class.
    """

    bands: tuple[Band, ...]
    basis: Basis = Basis.PERCENT

    def __post_init__(self) -> None:
        require_rule(bool(self.bands), "Thang xếp loại chưa có loại nào.")
        names = {band.name.strip() for band in self.bands}
        require_rule("" not in names, "Có loại chưa đặt tên.")
        require_rule(len(names) == len(self.bands), "Tên loại bị trùng.")
        require_rule(all(band.lower.is_finite() for band in self.bands), "Ngưỡng xếp loại không phải là số.")
        require_rule(
            all(higher.lower > lower.lower for higher, lower in pairwise(self.bands)),
            "Ngưỡng của các loại phải giảm dần và không trùng nhau.",
        )
        require_rule(self.bands[-1].lower <= 0, "Loại thấp nhất phải bắt đầu từ 0.")

    def classify(self, value: Decimal) -> Band:
        """The class of a printed figure, lower bounds inclusive; below every bound, the lowest class."""
        return next((band for band in self.bands if value >= band.lower), self.bands[-1])


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit to be ranked, in exact points. `tie_keys` break ties in order, the higher one first."""

    key: str
    obtained: Decimal
    attainable: Decimal
    tie_keys: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit as the ranking prints it; index (percent), rank and class are None with nothing attainable."""

    key: str
    obtained_printed: Decimal
    attainable: Decimal
    index: Decimal | None
    rank: int | None
    band: Band | None


def rank(entries: Sequence[Entry], *, rounding: Rounding, tie: Tie, scale: ClassScale) -> tuple[Ranked, ...]:
    """Rank by printed index, then by printed tie keys; equal in all of them share a rank.

    In rank order, ties in the order given; units with nothing attainable come last, without rank.
    """
    figures = {entry.key: _printed_figures(entry, rounding) for entry in entries}
    require_rule(len(figures) == len(entries), "Có đơn vị bị trùng trong bảng xếp hạng.")
    ordered = sorted(entries, key=lambda entry: figures[entry.key], reverse=True)
    ranked: list[Ranked] = []
    for shared, (printed_figures, tied) in enumerate(
        groupby(ordered, key=lambda entry: figures[entry.key]), start=1
    ):
        place = len(ranked) + 1 if tie is Tie.COMPETITION else shared
        ranked.extend([_ranked(entry, place if printed_figures else None, rounding, scale) for entry in tied])
    return tuple(ranked)


def mean_index(ranked: Sequence[Ranked], places: int) -> Decimal | None:
    """The mean of the printed indices, in percent, rounded: what a reader gets from the table itself."""
    indices = [unit.index for unit in ranked if unit.index is not None]
    if not indices:
        return None
    return round_half_up(EXACT.divide(exact_sum(indices), Decimal(len(indices))), places)


def distribution(ranked: Sequence[Ranked], scale: ClassScale) -> dict[str, int]:
    """How many units each class has, in the order of the scale, empty classes included."""
    names = [unit.band.name for unit in ranked if unit.band is not None]
    return {band.name: names.count(band.name) for band in scale.bands}


def _printed_figures(entry: Entry, rounding: Rounding) -> tuple[Decimal, ...]:
    """What the rank compares, in order; nothing where there is no index, which sorts last."""
    index = printed_percent(entry.obtained, entry.attainable, rounding.places)
    return () if index is None else (index, *(printed(key, rounding) for key in entry.tie_keys))


def _ranked(entry: Entry, place: int | None, rounding: Rounding, scale: ClassScale) -> Ranked:
    obtained = printed(entry.obtained, rounding)
    index = printed_percent(entry.obtained, entry.attainable, rounding.places)
    return Ranked(
        key=entry.key,
        obtained_printed=obtained,
        attainable=entry.attainable,
        index=index,
        rank=place,
        band=None if index is None else scale.classify(obtained if scale.basis is Basis.POINTS else index),
    )
