"""A small round, and files written and imported into it, for the tests of import_scores."""

import datetime as dt
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from django.core.management import call_command
from django.utils import timezone

from assessments.enums import Track
from assessments.models import AnnouncedResult, Group, PaperFigure, Round, Score
from assessments.workflow import GroupSettings, add_group
from criteria.enums import FrameworkState, NotApplicableMode, Source, Standing
from criteria.models import Criterion, Decision, Framework
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.audit.events import COMMAND_LINE

Rows = list[list[Any]]
Answer = dict[str, Any]
SURVEY, IMPORTED = {"source": Source.SURVEY}, {"source": Source.IMPORTED}
FULL = {"not_applicable_mode": NotApplicableMode.FULL_POINTS}
PENALTY = {"standing": Standing.PENALTY}

# Code, maximum, what is special. Content 1 has ten leaves of one point; the whole has 30 points, 8 by survey.
TREE: list[tuple[str, str, dict[str, Any]]] = [
    ("1", "10", {}),
    *((f"1.{number}", "1", {}) for number in range(1, 11)),
    ("2", "15", {}),
    ("2.1", "4", {}),
    ("2.2", "5", FULL),
    ("2.3", "3", SURVEY),
    ("2.4", "3", IMPORTED),
    ("2.5", "2", PENALTY),
    ("3", "5", {}),
    ("3.1", "5", SURVEY),
]


def framework_in_force(
    organiser: Organiser, unit_type: UnitType, tree: list[tuple[str, str, dict[str, Any]]]
) -> Framework:
    """A framework in force, row by row as its table has them."""
    decision, _ = Decision.objects.get_or_create(
        issuer=organiser, number="05/QĐ-UBND", defaults={"issued": dt.date(2022, 1, 5)}
    )
    framework = Framework.objects.create(
        decision=decision, unit_type=unit_type, version=1, title="Bộ tiêu chí"
    )
    stored: dict[str, Criterion] = {}
    inner = {code.rpartition(".")[0] for code, _, _ in tree}
    for position, (code, points, special) in enumerate(tree, start=1):
        parent = stored.get(code.rpartition(".")[0])
        stored[code] = Criterion.objects.create(
            framework=framework,
            parent=parent,
            content=parent,
            position=position,
            code=code,
            printed_code=code,
            level=code.count(".") + 1,
            title=f"Mục {code}",
            is_leaf=code not in inner,
            max_points=Decimal(points),
            **special,
        )
    for criterion in framework.criteria.filter(parent=None):
        framework.criteria.filter(pk=criterion.pk).update(content=criterion)
    framework.state, framework.activated_at, framework.activated_by = (
        FrameworkState.IN_FORCE,
        timezone.now(),
        "Hà",
    )
    framework.save()
    return framework


def group_of(
    round: Round, code: str, names: dict[str, str], *, tree: Any = None, holds_survey: bool = True
) -> Group:
    unit_type = UnitType.objects.create(code=code, name=f"Loại {code}")
    framework = framework_in_force(round.organiser, unit_type, tree or TREE)
    units = [
        Unit.objects.create(organiser=round.organiser, code=unit, name=name, unit_type=unit_type)
        for unit, name in names.items()
    ]
    return add_group(
        round=round,
        code=code,
        name=f"Nhóm {code}",
        framework=framework,
        units=units,
        settings=GroupSettings(holds_survey=holds_survey),
        by=COMMAND_LINE,
    )


Import = Callable[..., tuple[Answer, int]]


def importer(tmp_path: Path) -> Import:
    """Write rows to a file of the wanted kind and import it; returns the answer and the exit code."""

    def run_command(
        content: Rows | bytes | str, *options: str, stage: str = "appraised", name: str = ""
    ) -> Any:
        if isinstance(content, list):
            path = tmp_path / (name or "diem.xlsx")
            book = openpyxl.Workbook()
            for row in content:
                book.active.append(row)
            book.save(path)
        else:
            path = tmp_path / (name or "diem.csv")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, code = io.StringIO(), 0
        try:
            call_command(
                "import_scores", str(path), "--round", "qn", "--stage", stage, "--json", *options, stdout=out
            )
        except SystemExit as stopped:
            code = int(str(stopped.code))
        return json.loads(out.getvalue()), code

    return run_command


def points(track: Track = Track.CONCLUSION) -> dict[tuple[str, str], Decimal | None]:
    """What is stored of one track, by unit and code."""
    rows = Score.objects.filter(track=track, at__isnull=False).select_related("assessment", "criterion")
    return {(row.assessment.unit_code, row.criterion.code): row.points for row in rows}


def found(answer: Answer) -> list[tuple[str, str]]:
    """Kind and cell of every problem, each of which must name its row and cell."""
    for item in answer["problems"]:
        if item["cell"]:
            assert item["message"].startswith(f"Dòng {item['row']}, ô {item['cell']}: ")
    return [(item["kind"], item["cell"]) for item in answer["problems"]]


def assert_refused(done: tuple[Answer, int], *expected: tuple[str, str]) -> None:
    answer, code = done
    assert found(answer) == list(expected)
    assert code == 1
    assert answer["stored"] == 0
    assert {"round", "stage", "stored", "problems"} == set(answer)
    assert points() == {}
    assert points(Track.SELF) == {}
    assert not PaperFigure.objects.exists()
    assert not AnnouncedResult.objects.exists()
