"""Problems of one import, each said once, in the order of the file."""

from collections.abc import Iterable
from typing import Any

from assessments.workbooks.report import ERROR, FileProblem, Place, problem

UNKNOWN_UNIT = "unknown_unit"
AMBIGUOUS_UNIT = "ambiguous_unit"
UNKNOWN_CODE = "unknown_code"
AMBIGUOUS_CODE = "ambiguous_code"
CODE_REPAIRED = "code_repaired"
NOT_LEAF = "not_leaf"
OUT_OF_RANGE = "out_of_range"
DUPLICATE = "duplicate"
WRONG_SOURCE = "wrong_source"
NO_SURVEY = "no_survey"
NO_FRAMEWORK = "no_framework"
CONCLUDED = "concluded"
NO_REASON = "no_reason"
SKIPPED_ROW = "skipped_row"
FIGURE_SKIPPED = "figure_skipped"
NO_VALUES = "no_values"


class Findings:
    """Problems collected while a file is put onto a round."""

    def __init__(self, sheet: str, found: Iterable[FileProblem]) -> None:
        self._sheet = sheet
        self._found = dict.fromkeys(found)

    def add(self, kind: str, place: Place, message: str, *, severity: str = ERROR) -> None:
        """Note a problem; the same words about the same cell are said once."""
        self._found[problem(kind, place, message, severity=severity)] = None

    def add_whole(self, kind: str, message: str) -> None:
        """Note an error of the file as a whole."""
        self._found[FileProblem(kind, ERROR, message)] = None

    @property
    def refuses(self) -> bool:
        """Whether anything found keeps the file from being stored."""
        return any(item.severity == ERROR for item in self._found)

    def answers(self) -> list[dict[str, Any]]:
        """The problems as a command answers them, by row and column."""
        return [self._answer(item) for item in sorted(self._found, key=_order)]

    def _answer(self, item: FileProblem) -> dict[str, Any]:
        return {
            "kind": item.kind,
            "severity": item.severity,
            "sheet": self._sheet,
            "row": item.place.row if item.place else None,
            "cell": item.place.cell if item.place else "",
            "message": item.message,
        }


def _order(item: FileProblem) -> tuple[int, int]:
    return (item.place.row, item.place.column or 0) if item.place else (0, 0)
