"""Print a framework's tree in document order."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from criteria.enums import NotApplicableMode
from criteria.models import Criterion, Framework
from criteria.queries import tree
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused


class Command(JsonCommand):
    help = "In cây tiêu chí của một bộ tiêu chí."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("framework", type=int, metavar="ID")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        framework = Framework.objects.filter(pk=options["framework"]).first()
        if framework is None:
            message = f"Không có bộ tiêu chí {options['framework']}."
            raise Refused(
                {
                    "framework": None,
                    "problems": [{"kind": "refused", "severity": "error", "message": message}],
                }
            )
        rows = tree(framework)
        return {
            "framework": framework.pk,
            "title": framework.title,
            "state": framework.state,
            "version": framework.version,
            "survey_block": next((row.max_points for row in rows if row.is_survey_block), None),
            "criteria": [
                {
                    "code": row.code,
                    "printed_code": row.printed_code,
                    "level": row.level,
                    "parent": row.parent.code if row.parent else None,
                    "title": row.title,
                    "declared": row.declared_points,
                    "max_points": row.max_points,
                    "source": row.source,
                    "rule": {"kind": row.rule_kind} | row.rule_parameters,
                    "lead": row.lead,
                    "supporting": row.supporting,
                }
                | ({"guidance": row.guidance} if row.guidance else {})
                | _mode(row)
                for row in rows
                if not row.is_survey_block
            ],
        }


def _mode(row: Criterion) -> dict[str, str]:
    """What a unit gets to which the leaf does not apply, where that is not the usual."""
    usual = row.not_applicable_mode == NotApplicableMode.EXCLUDED
    return {} if usual else {"not_applicable": row.not_applicable_mode}
