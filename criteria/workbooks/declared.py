"""What a decision's own words declare of a framework, and whether the table that was read keeps it.

"9 nội dung, 41 tiêu chí, 49 tiêu chí thành phần; thang điểm 100, trong đó điểm thẩm định 60, điểm điều tra
xã hội học 40 (SIPAS 23)": each figure is taken where its own words stand beside it, and nothing is inferred.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from criteria.workbooks.report import STRUCTURE_MISMATCH, WARNING, ReadCriterion, ReadFramework, ReadProblem
from criteria.workbooks.words import fold
from parindex.notation import parse_decimal, vietnamese

LONGEST = 20_000

_COUNT = r"([0-9]{1,3})(?: \([^)]{1,20}\))?"
_NUMBER = r"([0-9]{1,4}(?:[.,][0-9]{1,3})?)(?![.,]?[0-9])"
# "… và 39,5 điểm điều tra": the figure belongs to the words behind it.
_OTHERS = (
    r"(?! (?:noi dung|linh vuc|tieu chi"
    r"|diem (?:danh gia )?(?:qua |tu |cua )?(?:dieu tra|tham dinh|xhh|sipas)))"
)
_GAP = r"[^0-9;.\n+]{0,40}?"
_COUNTS = {
    "contents": rf"\b{_COUNT} (?:noi dung|linh vuc)\b",
    "criteria": rf"\b{_COUNT} tieu chi\b(?! thanh phan)",
    "components": rf"\b{_COUNT} tieu chi thanh phan\b",
}
_SURVEY = r"(?:dieu tra xa hoi hoc|dieu tra xhh|dtxhh|xhh)"
_POINTS = {
    "total": (
        r"(?:thang diem(?: danh gia)?|tong (?:so )?diem)(?! tham| tu| dieu| khao| "
        rf"dat){_GAP}\b{_NUMBER}\b{_OTHERS}",
    ),
    "appraised": (
        rf"(?:tham dinh|tu danh gia|tu cham){_GAP}\b{_NUMBER}\b{_OTHERS}",
        rf"\b{_NUMBER} diem (?:danh gia )?(?:tham dinh|qua tham dinh|tu danh gia)",
    ),
    "survey": (
        rf"{_SURVEY}{_GAP}\b{_NUMBER}\b{_OTHERS}",
        rf"\b{_NUMBER} diem (?:danh gia )?(?:qua )?{_SURVEY}",
    ),
    "sipas": (
        rf"sipas\b{_GAP}\b{_NUMBER}\b{_OTHERS}",
        rf"\b{_NUMBER} diem (?:cua |tu |theo )?(?:chi so "
        ")?sipas\b",
    ),
}
_SIPAS = re.compile(r"\bsipas\b|hai long cua (?:nguoi dan|to chuc|ca nhan)")


@dataclass(frozen=True, slots=True)
class Declared:
    """Counts and points that a decision declares; None for what its words do not say."""

    contents: int | None = None
    criteria: int | None = None
    components: int | None = None
    total: Decimal | None = None
    appraised: Decimal | None = None
    survey: Decimal | None = None
    sipas: Decimal | None = None

    @property
    def says_anything(self) -> bool:
        """Whether any figure was found."""
        return any(getattr(self, field.name) is not None for field in fields(self))


def declared_in(text: str) -> Declared:
    """Read the figures from a passage on one framework.

    A figure that the passage gives twice with different values is left out: the passage speaks of more
    than one framework, or of parts of one.
    """
    words = fold(text[:LONGEST])

    def count(name: str) -> int | None:
        found = _only(re.findall(_COUNTS[name], words))
        return None if found is None else int(found)

    def points(name: str) -> Decimal | None:
        return _only([found for pattern in _POINTS[name] for found in re.findall(pattern, words)])

    return Declared(
        contents=count("contents"),
        criteria=count("criteria"),
        components=count("components"),
        total=points("total"),
        appraised=points("appraised"),
        survey=points("survey"),
        sipas=points("sipas"),
    )


def _only(found: Sequence[str]) -> Decimal | None:
    values = {parse_decimal(value) for value in found}
    return values.pop() if len(values) == 1 else None


def check_declared(read: ReadFramework, declared: Declared) -> tuple[ReadProblem, ...]:
    """Each declared figure that the table does not keep, in words."""
    contents, criteria, components = read.levels
    surveyed = [leaf for leaf in read.table if leaf.is_leaf and leaf.source == "survey"]
    inside = sum((leaf.computed for leaf in surveyed), Decimal(0))
    outside = sum((leaf.computed for leaf in read.criteria if leaf.is_survey_block), Decimal(0))
    sipas = sum((leaf.computed for leaf in surveyed if _is_sipas(leaf, read)), Decimal(0))
    compared: list[tuple[str, Decimal | int | None, Decimal | int]] = [
        ("nội dung", declared.contents, contents),
        ("tiêu chí", declared.criteria, criteria),
        ("tiêu chí thành phần", declared.components, components),
        ("điểm tối đa", declared.total, read.computed_total + outside),
        ("điểm thẩm định tối đa", declared.appraised, read.computed_total - inside),
        ("điểm điều tra xã hội học tối đa", declared.survey, inside + outside),
        ("điểm SIPAS tối đa", declared.sipas, sipas),
    ]
    return tuple(
        ReadProblem(
            STRUCTURE_MISMATCH,
            WARNING,
            "",
            read.sheet,
            "",
            Decimal(said),
            Decimal(found),
            f"Quyết định ghi {vietnamese(Decimal(said))} {what}, bảng đọc được có "
            f"{vietnamese(Decimal(found))}.",
        )
        for what, said, found in compared
        if said is not None and said != found
    )


def _is_sipas(leaf: ReadCriterion, read: ReadFramework) -> bool:
    """Whether the leaf, or a title above it, names the citizens' satisfaction."""
    above = {leaf.code, *(leaf.code.rsplit(".", cut)[0] for cut in (1, 2))}
    return any(_SIPAS.search(fold(c.title)) for c in read.criteria if c.code in above)
