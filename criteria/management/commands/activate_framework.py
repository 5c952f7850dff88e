"""Put a draft framework into force, resolving what its paper leaves open."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from criteria.enums import ProblemKind, Resolution
from criteria.exceptions import CriteriaError
from criteria.models import Framework, Problem
from criteria.workflow import activate, resolve_problem
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused

CHOICES = (Resolution.SUM.value, Resolution.UNALLOCATED.value)
NO_REASON = "Người chọn không nêu lý do."


class Command(JsonCommand):
    help = "Đưa bộ tiêu chí vào sử dụng."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("framework", type=int, metavar="ID")
        parser.add_argument("--resolve", action="append", default=[], metavar="PROBLEM_ID=sum|unallocated")
        parser.add_argument("--resolve-all", choices=CHOICES, default=None)
        parser.add_argument("--reason", default=NO_REASON)

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        choices = dict(_choice(text) for text in options["resolve"])
        framework = Framework.objects.filter(pk=options["framework"]).first()
        if framework is None:
            raise Refused(
                {"framework": None, "problems": [_problem(f"Không có bộ tiêu chí {options['framework']}.")]}
            )
        try:
            with transaction.atomic():
                _resolve(framework, choices, options["resolve_all"], reason=options["reason"], by=by)
                activate(framework, by=by)
        except CriteriaError as error:
            still_open = [
                _described(problem) for problem in framework.problems.order_by("position") if problem.is_open
            ]
            raise Refused(
                {
                    "framework": framework.pk,
                    "state": framework.state,
                    "problems": still_open or [_problem(str(error))],
                    "message": str(error),
                }
            ) from error
        return {
            "framework": framework.pk,
            "state": framework.state,
            "version": framework.version,
            "problems": [],
        }


def _resolve(
    framework: Framework, choices: Mapping[int, Resolution], for_all: str | None, *, reason: str, by: Actor
) -> None:
    problems = {problem.pk: problem for problem in framework.problems.all()}
    for key in choices:
        if key not in problems:
            raise CriteriaError(f"Bộ tiêu chí này không có chỗ cần xem số {key}.")
    for key, problem in problems.items():
        choice = choices.get(key)
        if choice is None and for_all and problem.is_open and problem.kind == ProblemKind.SUM_MISMATCH:
            choice = Resolution(for_all)
        if choice is not None and not problem.resolution:
            resolve_problem(problem, choice=choice, reason=reason, by=by)


def _choice(text: str) -> tuple[int, Resolution]:
    key, _, choice = text.partition("=")
    if not key.isdigit() or choice not in CHOICES:
        raise CommandError(f"--resolve {text}: ghi PROBLEM_ID=sum hoặc PROBLEM_ID=unallocated.", returncode=2)
    return int(key), Resolution(choice)


def _described(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.pk,
        "kind": problem.kind,
        "severity": problem.severity,
        "code": problem.code,
        "sheet": problem.sheet,
        "cell": problem.cell,
        "declared": problem.declared,
        "computed": problem.computed,
        "message": problem.message,
    }


def _problem(message: str) -> dict[str, Any]:
    return {"id": None, "kind": "refused", "severity": "error", "code": "", "message": message}
