"""Print the ranking of a round, provisional or not."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from assessments.frozen import announced_result
from assessments.management.lookup import find_groups, find_round
from assessments.models import AnnouncedResult, Group
from assessments.scorecard import UnitResult, rank_group
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand


class Command(JsonCommand):
    help = "Xếp hạng các đơn vị của một đợt đánh giá."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--round", required=True, metavar="C")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        round = find_round(options["round"])
        groups = [group for group in find_groups(round, None) if group.framework_id is not None]
        return {"round": round.code, "groups": [_group(group) for group in groups]}


def _group(group: Group) -> dict[str, Any]:
    result = rank_group(group)
    announced = {
        paper.assessment_id: paper for paper in AnnouncedResult.objects.filter(assessment__group=group)
    }
    return {
        "group": group.code,
        "provisional": result.provisional,
        "mean_index": result.mean_index,
        "classes": {name: units for name, units in result.classes.items() if units},
        "units": [_unit(unit, announced.get(unit.assessment_id)) for unit in result.units],
    }


def _unit(unit: UnitResult, announced: AnnouncedResult | None) -> dict[str, Any]:
    return {
        "unit": unit.unit_code,
        "name": unit.unit_name,
        "appraised": unit.appraised,
        "survey": unit.survey,
        "obtained": unit.obtained,
        "attainable": unit.attainable,
        "index": unit.index,
        "rank": unit.rank,
        "class": unit.class_name or None,
        "provisional": unit.provisional,
        "contents": [
            {
                "code": content.code,
                "obtained": content.obtained,
                "attainable": content.attainable,
                "index": content.index,
            }
            for content in unit.contents
        ],
        "published": announced_result(announced),
    }
