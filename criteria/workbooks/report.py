"""What a reading hands over: the criteria, the problems, the totals. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SUM_MISMATCH = "sum_mismatch"
MISSING_CODE = "missing_code"
DUPLICATE_CODE = "duplicate_code"
CODE_REPAIRED = "code_repaired"
UNREADABLE_POINTS = "unreadable_points"
MISSING_PARENT = "missing_parent"
SKIPPED_ROW = "skipped_row"
RULE_UNRECOGNISED = "rule_unrecognised"
STRUCTURE_MISMATCH = "structure_mismatch"

ERROR = "error"
WARNING = "warning"
INFO = "info"

ORDINARY = "ordinary"
BONUS = "bonus"
PENALTY = "penalty"

MANUAL = "manual"
ZERO = Decimal(0)


class WorkbookRefused(Exception):  # noqa: N818
    """The file cannot be read at all; the message is Vietnamese and fit to show."""


class LeafUnknown(WorkbookRefused):
    """A code named by the person who sends the file is not in its table."""


@dataclass(frozen=True)
class ReadCriterion:
    """One node of the tree as the paper has it.

    `code` is unique in the reading and keeps dotted arabic numbers; `printed_code` is the paper's.
    A node has a parent exactly when its level is above 1. `declared` is the paper's own figure,
    `computed` the sum of the leaves below (a leaf's own figure, 0 when unreadable). The rule is what the
    paper's scoring words state with certainty (criteria.rules.shapes); they stay whole in `guidance`.
    A paper says nothing of the last four; our own workbook does (`own_columns`): then `computed` holds the
    points left unallocated too, and the survey block stands outside of every sum.
    """

    code: str
    printed_code: str
    level: int
    parent: str | None
    title: str
    declared: Decimal | None
    is_leaf: bool
    computed: Decimal
    source: str
    full_points_if_not_applicable: bool
    lead: str
    supporting: str
    guidance: str
    evidence: str
    sheet: str
    row: int
    extra: Mapping[str, str]
    rule_kind: str = MANUAL
    rule_parameters: Mapping[str, Any] = field(default_factory=dict)
    standing: str = ORDINARY
    evidence_required: bool = True
    unallocated: Decimal = ZERO
    is_survey_block: bool = False


@dataclass(frozen=True)
class ReadProblem:
    """Something in the paper that a person should know of, with its cell."""

    kind: str
    severity: str
    code: str
    sheet: str
    cell: str
    declared: Decimal | None
    computed: Decimal | None
    message: str


class Findings:
    """Problems collected while reading, handed over in the order of their rows."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._found: list[tuple[int, ReadProblem]] = []

    def add(
        self,
        kind: str,
        severity: str,
        message: str,
        *,
        row: int,
        cell: str,
        code: str = "",
        declared: Decimal | None = None,
        computed: Decimal | None = None,
    ) -> None:
        problem = ReadProblem(kind, severity, code, self._sheet, cell, declared, computed, message)
        self._found.append((row, problem))

    def in_order(self) -> tuple[ReadProblem, ...]:
        return tuple(problem for _, problem in sorted(self._found, key=lambda found: found[0]))


@dataclass(frozen=True)
class ReadFramework:
    """A whole criteria table: criteria in document order, problems in the order of their rows."""

    criteria: tuple[ReadCriterion, ...]
    problems: tuple[ReadProblem, ...]
    declared_total: Decimal | None
    computed_total: Decimal
    sheet: str
    unallocated: Decimal = ZERO
    bonus_cap: Decimal | None = None

    @property
    def table(self) -> tuple[ReadCriterion, ...]:
        """The criteria without a survey block outside of the paper's table."""
        return tuple(c for c in self.criteria if not c.is_survey_block)

    @property
    def levels(self) -> tuple[int, int, int]:
        """How many contents, criteria and components there are."""
        first, second, third = (sum(c.level == level for c in self.table) for level in (1, 2, 3))
        return first, second, third

    @property
    def leaves(self) -> int:
        """How many criteria carry scores."""
        return sum(c.is_leaf for c in self.table)
