"""Add a group of units to a round."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_slug
from django.db import transaction

from assessments.enums import RoundingStage, ScaleBasis, TieRule
from assessments.exceptions import AssessmentError
from assessments.management.lookup import find_round, refusal
from assessments.workflow import GroupSettings, add_group
from criteria.models import Framework
from parindex.accounts.resources import UnitFileRefused, units_from_file
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand
from parindex.notation import NotationError, parse_decimal


def scale(text: str) -> tuple[tuple[str, Decimal], ...]:
    """Classes and lower bounds as "Xuất sắc:90,Tốt:80,…"; a decimal bound takes a point."""
    bands = []
    for part in text.split(","):
        name, _, lower = part.rpartition(":")
        try:
            bands.append((name.strip(), parse_decimal(lower)))
        except NotationError as error:
            raise ArgumentTypeError(f"“{part}”: ghi tên loại, dấu hai chấm, ngưỡng dưới.") from error
    return tuple(sorted(bands, key=lambda band: band[1], reverse=True))


class Command(JsonCommand):
    help = "Thêm nhóm đơn vị vào đợt đánh giá."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        defaults = GroupSettings()
        parser.add_argument("--round", required=True, metavar="C")
        parser.add_argument("--code", required=True, metavar="G")
        parser.add_argument("--name", default="")
        parser.add_argument("--framework", required=True, type=int, metavar="ID")
        parser.add_argument("--units", required=True, type=Path, metavar="FILE.csv")
        parser.add_argument("--no-survey", action="store_true")
        parser.add_argument("--scale", type=scale, default=defaults.scale)
        parser.add_argument("--scale-basis", choices=ScaleBasis.values, default=defaults.scale_basis.value)
        parser.add_argument("--rounding-places", type=int, choices=range(7), default=defaults.rounding_places)
        parser.add_argument(
            "--rounding-stage", choices=RoundingStage.values, default=defaults.rounding_stage.value
        )
        parser.add_argument("--tie", choices=TieRule.values, default=defaults.tie_rule.value)

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        path: Path = options["units"]
        if not path.is_file():
            raise CommandError(f"Không có tệp {path}.", returncode=2)
        try:
            validate_slug(options["code"])
        except ValidationError as error:
            raise refusal("Mã nhóm chỉ gồm chữ không dấu, số, gạch nối và gạch dưới.") from error
        round = find_round(options["round"])
        framework = Framework.objects.select_related("unit_type").filter(pk=options["framework"]).first()
        if framework is None:
            raise refusal(f"Không có bộ tiêu chí {options['framework']}.", kind="unknown_framework")
        settings = GroupSettings(
            scale=options["scale"],
            scale_basis=ScaleBasis(options["scale_basis"]),
            rounding_places=options["rounding_places"],
            rounding_stage=RoundingStage(options["rounding_stage"]),
            tie_rule=TieRule(options["tie"]),
            holds_survey=not options["no_survey"],
        )
        try:
            with transaction.atomic():
                units = units_from_file(
                    path.read_bytes(), path.name, organiser=round.organiser, unit_type=framework.unit_type
                )
                group = add_group(
                    round=round,
                    code=options["code"],
                    name=options["name"] or framework.unit_type.name,
                    framework=framework,
                    units=units,
                    settings=settings,
                    by=by,
                )
        except UnitFileRefused as error:
            raise refusal(str(error), kind="units_refused", details=error.problems) from error
        except (AssessmentError, ValueError) as error:
            raise refusal(str(error)) from error
        return {
            "round": round.code,
            "group": group.code,
            "units": len(units),
            "survey": group.survey_id is not None,
        }
