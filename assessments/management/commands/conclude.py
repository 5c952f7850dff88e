"""Conclude the appraisal of a round or of one of its groups."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction

from assessments.exceptions import AssessmentError
from assessments.management.lookup import find_groups, find_round, refusal
from assessments.models import Clarification
from assessments.workflow import conclude
from assessments.workflow.conclusions import QuestionsOpen, question_words
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, Refused


class Command(JsonCommand):
    help = "Kết luận thẩm định: công nhận điểm tự chấm mà Hội đồng không điều chỉnh."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--round", required=True, metavar="C")
        parser.add_argument("--group", default=None, metavar="G")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        round = find_round(options["round"])
        concluded = []
        try:
            with transaction.atomic():
                for group in find_groups(round, options["group"]):
                    if group.framework_id is not None:
                        concluded.append({"group": group.code, "concluded": conclude(group, by=by)})
        except QuestionsOpen as error:
            raise Refused({"problems": list(_open(error.questions)), "round": round.code}) from error
        except AssessmentError as error:
            raise refusal(str(error), kind="unscored", round=round.code) from error
        return {"round": round.code, "groups": concluded, "problems": []}


def _open(questions: Iterable[Clarification]) -> Iterator[Mapping[str, str]]:
    """A problem for each question that stands in the way."""
    for one in questions:
        yield {
            "kind": "open_question",
            "severity": "error",
            "unit": one.assessment.unit_code,
            "code": one.criterion.code,
            "state": one.state,
            "until": one.until.isoformat(),
            "message": f"{one.assessment.unit_name}, {question_words(one)}.",
        }
