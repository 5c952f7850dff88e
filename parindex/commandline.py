"""What every command of ours shares: --json, --by, exit codes and plain amounts.

Exit 0: done, with warnings in the answer. Exit 1: nothing was stored because of the input.
Exit 2: wrong usage, as the argument parser has it.
"""

import datetime as dt
import json
import sys
from abc import ABC, abstractmethod
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand

from parindex.audit.events import Actor
from parindex.notation import NotationError, parse_date, plain


def day(text: str) -> dt.date:
    """An argument that is a date, as day/month/year or in ISO form."""
    try:
        return parse_date(text)
    except NotationError as error:
        raise ArgumentTypeError(str(error)) from error


class Refused(Exception):
    """The input was refused: the answer goes out with exit code 1."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(str(answer))
        self.answer = answer


def amounts(value: object) -> object:
    """Write Decimals as JSON strings in plain notation with a point."""
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


class JsonCommand(BaseCommand, ABC):
    """A command that answers with one JSON document under --json, and in words otherwise."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="in đúng một tài liệu JSON")
        parser.add_argument(
            "--by", default="dòng lệnh", metavar="NAME", help="người thực hiện, ghi vào nhật ký"
        )
        self.add_own_arguments(parser)

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Options of this command alone."""

    @abstractmethod
    def answer(self, by: Actor, **options: Any) -> Mapping[str, Any]:
        """Do the work and return the JSON document; raise Refused where the input is refused."""

    def in_words(self, answer: Mapping[str, Any]) -> str:
        """The answer for a person at a terminal."""
        return json.dumps(answer, ensure_ascii=False, indent=2, default=amounts)

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor(id=None, name=options.pop("by"))
        as_json = options.pop("json")
        try:
            answer, code = self.answer(by, **options), 0
        except Refused as refusal:
            answer, code = refusal.answer, 1
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False, default=amounts) if as_json else self.in_words(answer)
        )
        if code:
            sys.exit(code)
