"""Publish a round under a decision."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from assessments.exceptions import AssessmentError
from assessments.management.lookup import find_round, refusal
from assessments.publication import publish
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand, day


class Command(JsonCommand):
    help = "Công bố kết quả của một đợt đánh giá."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--round", required=True, metavar="C")
        parser.add_argument("--decision", required=True, metavar="NUMBER")
        parser.add_argument("--signed", required=True, type=day, metavar="DATE")
        parser.add_argument("--signer", required=True, metavar="NAME")
        parser.add_argument("--reason", default="", help="lý do thay thế bản công bố trước")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        round = find_round(options["round"])
        try:
            publication = publish(
                round,
                decision_number=options["decision"],
                signed=options["signed"],
                signer=options["signer"],
                reason=options["reason"],
                by=by,
            )
        except AssessmentError as error:
            raise refusal(str(error), kind="not_publishable", publication=None) from error
        return {
            "publication": publication.pk,
            "round": round.code,
            "digest": publication.digest,
            "problems": [],
        }
