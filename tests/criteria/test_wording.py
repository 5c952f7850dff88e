"""Scoring words in real wording against rules and points written by hand; what is uncertain stays manual."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from criteria.rules import RuleKind, facts_of, rule_of
from criteria.rules.lines import lines_of
from criteria.workbooks.wording import Found, Line, recognise
from parindex.notation import parse_decimal
from parindex.scoring.rounding import round_half_up

TABLE = Path(__file__).with_name("wordings.txt")


@dataclass
class Case:
    """One block of the table; the signs are explained at its head."""

    most: str
    words: str
    kind: str = "manual"
    lines: list[str] = field(default_factory=list)
    tries: dict[str, str] = field(default_factory=dict)
    full_points: bool = False
    trap: str = ""


def cases() -> Iterator[Case]:
    for block in TABLE.read_text(encoding="utf-8").split("\n\n"):
        said = [line for line in block.strip("\n").split("\n") if line and not line.startswith("#")]
        if said:
            yield case_of(said)


def case_of(said: list[str]) -> Case:
    most, _, first = said[0].removeprefix("[").partition("] ")
    case = Case(most, first)
    for line in said[1:]:
        sign, _, rest = line.strip().partition(" ")
        if sign == "=":
            case.kind = rest
        elif line.startswith("  + "):
            case.lines.append(rest)
        elif sign == "?":
            fact, _, given = rest.rpartition("= ")
            case.tries[fact.strip()] = given
        elif sign == "*":
            case.full_points = True
        elif sign == "!":
            case.trap = rest
        else:
            case.words += "\n" + line
    return case


CASES = list(cases())


def lines(words: str) -> list[Line]:
    """Lines of words; " | " sets off points that stand in a column of their own."""
    said = []
    for line in words.split("\n"):
        text, beside, points = line.partition(" | ")
        said.append(Line(text, parse_decimal(points) if beside else None))
    return said


def read(words: str, most: str) -> Found:
    return recognise(lines(words), Decimal(most)) or Found("manual")


def kind_of(found: Found) -> str:
    inner = found.parameters.get("inner")
    return f"{found.kind} {inner['kind']}" if inner else found.kind


def facts(kind: str, said: str) -> dict[str, Any]:
    """Facts in the short form of the cases."""
    if kind == "knock_out":
        return {"found": True, "finding": said}
    share = said.split("/")
    if kind in {"ratio", "steps", "linear"} and len(share) == 2:
        return {"numerator": share[0], "denominator": share[1]}
    names = [name for name in said.split(" + ") if name]
    times = [pair.split(" ×") for pair in said.split(", ") if pair]
    shapes: dict[str, Any] = {
        "yes_no": lambda: {"met": said == "có"},
        "levels": lambda: {"level": said},
        "count": lambda: {"count": said},
        "parts": lambda: {"met": names},
        "deduction": lambda: {"counts": dict(times)},
        "survey": lambda: {"index": said},
        "imported": lambda: {"result": said},
    }
    return shapes.get(kind, lambda: {"value": said})()


def points(found: Found, most: str, said: str) -> Decimal:
    rule = rule_of(found.kind, found.parameters, Decimal(most))
    given = facts(found.kind, said)
    if found.kind == "knock_out" and said != "phát hiện":
        given = {"found": False, "inner": facts(found.parameters["inner"]["kind"], said)}
    return round_half_up(Decimal(rule.points(facts_of(rule, given))), 8)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words[:60])
def test_the_rule_is_the_one_a_person_reads(case: Case) -> None:
    found = read(case.words, case.most)

    assert kind_of(found) == case.kind
    assert lines_of(RuleKind(found.kind), found.parameters) == list(case.lines)
    assert found.full_points == case.full_points
    assert {said: points(found, case.most, said) for said in case.tries} == {
        said: Decimal(given) for said, given in case.tries.items()
    }


def test_the_table_is_read_whole() -> None:
    assert len(CASES) > 180
    assert sum(bool(case.trap) for case in CASES) > 75
    assert not [case.words for case in CASES if case.trap and (case.kind != "manual" or case.lines)]
