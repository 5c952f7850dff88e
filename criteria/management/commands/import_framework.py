"""Read a criteria table from a workbook and store it as a draft."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from criteria.models import Decision, Problem
from criteria.workbooks.declared import check_declared, declared_in
from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadFramework, ReadProblem, WorkbookRefused
from criteria.workflow import store_draft
from parindex.accounts.models import Organiser, UnitType
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused, day


class Command(JsonCommand):
    help = "Đọc bộ tiêu chí từ bảng tính, lưu thành bản nháp."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--sheet", default=None)
        parser.add_argument("--decision", required=True, metavar="NUMBER")
        parser.add_argument("--issued", required=True, type=day, metavar="DATE")
        parser.add_argument("--issuer", required=True, metavar="NAME")
        parser.add_argument("--unit-type", required=True, metavar="CODE")
        parser.add_argument("--title", default="")
        parser.add_argument("--survey-leaves", default="", metavar="8.1,8.2,…")
        parser.add_argument("--declared", default="", metavar="TEXT")
        parser.add_argument("--create", action="store_true")
        parser.add_argument("--dry-run", action="store_true")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"Không có tệp {path}.", returncode=2)
        survey_leaves = [code.strip() for code in options["survey_leaves"].split(",") if code.strip()]
        try:
            read = read_framework(
                path.read_bytes(), filename=path.name, sheet=options["sheet"], survey_leaves=survey_leaves
            )
        except WorkbookRefused as error:
            raise Refused(_refusal("file_refused", str(error))) from error
        declared = check_declared(read, declared_in(options["declared"]))
        read = replace(read, problems=(*read.problems, *declared))
        with transaction.atomic():
            issuer, unit_type = _parties(options)
            if options["dry_run"]:
                transaction.set_rollback(True)
                return _answer(None, read, list(enumerate(read.problems, start=1)))
            decision, _ = Decision.objects.get_or_create(
                issuer=issuer, number=options["decision"], defaults={"issued": options["issued"]}
            )
            if decision.issued != options["issued"]:
                raise Refused(
                    _refusal(
                        "decision_date",
                        f"Quyết định số {decision.number} đã có với ngày {decision.issued:%d/%m/%Y}, "
                        f"khác ngày {options['issued']:%d/%m/%Y} vừa ghi.",
                    )
                )
            framework = store_draft(
                read,
                decision=decision,
                unit_type=unit_type,
                title=options["title"] or f"Bộ tiêu chí {unit_type.name}",
                file_name=path.name,
                by=by,
            )
        return _answer(
            framework.pk, read, [(problem.pk, problem) for problem in framework.problems.order_by("position")]
        )


def _parties(options: Mapping[str, Any]) -> tuple[Organiser, UnitType]:
    """The issuer and the unit type; unknown ones are made only under --create."""
    issuer = Organiser.objects.filter(name=options["issuer"]).first()
    unit_type = UnitType.objects.filter(code=options["unit_type"]).first()
    if options["create"]:
        issuer = issuer or Organiser.objects.create(name=options["issuer"])
        unit_type = unit_type or UnitType.objects.create(code=options["unit_type"], name=options["unit_type"])
    if issuer is None:
        raise Refused(
            _refusal(
                "unknown_issuer", f"Chưa có cơ quan ban hành “{options['issuer']}”. Thêm --create để tạo."
            )
        )
    if unit_type is None:
        raise Refused(
            _refusal(
                "unknown_unit_type", f"Chưa có loại đơn vị “{options['unit_type']}”. Thêm --create để tạo."
            )
        )
    return issuer, unit_type


def _refusal(kind: str, message: str) -> dict[str, Any]:
    return {
        "framework": None,
        "problems": [
            {
                "id": None,
                "kind": kind,
                "severity": "error",
                "code": "",
                "sheet": "",
                "cell": "",
                "declared": None,
                "computed": None,
                "message": message,
            }
        ],
    }


def _answer(
    framework: int | None, read: ReadFramework, problems: list[tuple[int, Problem | ReadProblem]]
) -> dict[str, Any]:
    return {
        "framework": framework,
        "levels": list(read.levels),
        "leaves": read.leaves,
        "declared_total": read.declared_total,
        "computed_total": read.computed_total,
        "problems": [
            {
                "id": key,
                "kind": problem.kind,
                "severity": problem.severity,
                "code": problem.code,
                "sheet": problem.sheet,
                "cell": problem.cell,
                "declared": problem.declared,
                "computed": problem.computed,
                "message": problem.message,
            }
            for key, problem in problems
        ],
    }
