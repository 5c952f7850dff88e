"""What comes of reading a workbook for a form: the table, or why there is none; also as plain data."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from criteria.workbooks.files import Progress, open_grids
from criteria.workbooks.framework_reader import read_table
from criteria.workbooks.report import (
    LeafUnknown,
    ReadCriterion,
    ReadFramework,
    ReadProblem,
    WorkbookRefused,
)
from criteria.workbooks.tables import tables_of
from parindex.notation import plain

Data = dict[str, Any]
POINTS = frozenset(("declared", "computed", "declared_total", "computed_total", "unallocated", "bonus_cap"))
MAPPINGS = frozenset(("extra", "rule_parameters"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """The table as read, or a refusal with the part of the form that can mend it: file, sheet, survey_leaves.

    `sheets` are the tables to choose from, where a choice was made or is needed.
    """

    read: ReadFramework | None = None
    refusal: str = ""
    about: str = ""
    sheets: tuple[str, ...] = ()

    def as_data(self) -> Data:
        """The same as plain data for JSON; points as text."""
        read = None
        if self.read is not None:
            read = _data(self.read) | {
                "criteria": [_data(row) for row in self.read.criteria],
                "problems": [_data(problem) for problem in self.read.problems],
            }
        return {"read": read, "refusal": self.refusal, "about": self.about, "sheets": list(self.sheets)}

    @classmethod
    def from_data(cls, data: Data) -> "Attempt":
        """What `as_data` wrote."""
        read = data["read"]
        if read is not None:
            read = ReadFramework(
                **_values(read)
                | {
                    "criteria": tuple(ReadCriterion(**_values(row)) for row in read["criteria"]),
                    "problems": tuple(ReadProblem(**_values(problem)) for problem in read["problems"]),
                }
            )
        return cls(read, data["refusal"], data["about"], tuple(data["sheets"]))


def attempt(
    content: bytes,
    filename: str,
    *,
    sheet: str | None,
    survey_leaves: Collection[str],
    progress: Progress | None = None,
) -> Attempt:
    """Read a workbook; whatever is wrong with it becomes a refusal."""
    try:
        grids = open_grids(content, filename, progress)
    except WorkbookRefused as refusal:
        return Attempt(refusal=str(refusal), about="file")
    shown = [grid for grid in grids if not grid.hidden]
    try:
        read = read_table(grids, sheet=sheet, survey_leaves=survey_leaves)
    except LeafUnknown as refusal:
        return Attempt(refusal=str(refusal), about="survey_leaves", sheets=_names(shown) if sheet else ())
    except WorkbookRefused as refusal:
        sheets = _names(shown)
        about = "sheet" if len(sheets) > 1 or (sheet and sheets) else "file"
        return Attempt(refusal=str(refusal), about=about, sheets=sheets)
    return Attempt(read, sheets=_names(shown) if sheet else ())


def _names(grids: Any) -> tuple[str, ...]:
    """Names of the criteria tables, by sheet or annex."""
    return tuple(grid.name for grid, _ in tables_of(grids))


def _data(one: ReadFramework | ReadCriterion | ReadProblem) -> Data:
    return {field.name: _written(getattr(one, field.name)) for field in fields(one)}


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return dict(value) if isinstance(value, MappingProxyType) else value


def _values(data: Data) -> Data:
    return {name: _value(name, value) for name, value in data.items()}


def _value(name: str, value: Any) -> Any:
    if name in POINTS and value is not None:
        return Decimal(value)
    return MappingProxyType(value) if name in MAPPINGS else value
