"""A workbook through the commands: what import_framework answers, and the tree that show_framework prints."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commandline import run

COMMON = ("--decision", "1/QĐ", "--issued", "2025-01-05", "--issuer", "UBND", "--unit-type", "xa", "--create")


@dataclass(frozen=True)
class Imported:
    """The exit code, the answer, and the rows of the stored tree."""

    code: int
    answer: dict[str, Any]
    rows: list[dict[str, Any]]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Kind and code of each problem, in the order of the rows."""
        return [(problem["kind"], problem["code"]) for problem in self.answer["problems"]]

    @property
    def message(self) -> str:
        """All that is said of problems."""
        return "\n".join(problem["message"] for problem in self.answer["problems"])

    @property
    def rules(self) -> dict[str, str]:
        """The kind of each rule that the paper's words gave."""
        kinds = {row["code"]: row["rule"]["kind"] for row in self.rows}
        return {code: kind for code, kind in kinds.items() if kind != "manual"}


def imported(folder: Path, content: bytes, filename: str, sheet: str = "") -> Imported:
    """Import the file and show what was stored."""
    path = folder / filename
    path.write_bytes(content)
    chosen = ["--sheet", sheet] if sheet else []
    code, answer = run("import_framework", path, *chosen, *COMMON)
    shown = run("show_framework", answer["framework"])[1]["criteria"] if answer["framework"] else []
    return Imported(code, answer, shown)
