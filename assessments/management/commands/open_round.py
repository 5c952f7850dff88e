"""Open a round."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction

from assessments.exceptions import AssessmentError
from assessments.management.lookup import refusal
from assessments.workflow import open_round
from parindex.accounts.models import Organiser
from parindex.audit.events import Actor
from parindex.commandline import JsonCommand

YEARS = range(2000, 2101)


class Command(JsonCommand):
    help = "Mở một đợt đánh giá."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True)
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--organiser", required=True, metavar="NAME")

    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        try:
            validate_slug(options["code"])
        except ValidationError as error:
            raise refusal("Mã đợt chỉ gồm chữ không dấu, số, gạch nối và gạch dưới.") from error
        if options["year"] not in YEARS:
            raise refusal(f"Năm {options['year']} không hợp lệ.")
        try:
            with transaction.atomic():
                organiser, _ = Organiser.objects.get_or_create(name=options["organiser"])
                opened = open_round(code=options["code"], year=options["year"], organiser=organiser, by=by)
        except AssessmentError as error:
            raise refusal(str(error)) from error
        return {"round": opened.code, "year": opened.year, "organiser": organiser.name}
