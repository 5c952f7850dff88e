"""Histories are read by people: all that events tell has a word, and no page shows a name out of the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from parindex.accounts.history import LABELS
from parindex.audit.history import WORDS

ROOT = Path(__file__).parent.parent
# Kept in the log, never shown: how a page's own words keep them apart.
UNSEEN = {"active", "roles", "username", "defaults"}


def named_fields() -> set[str]:
    """Fields of our models that have a name in words."""
    return {
        field.name
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ("assessments", "criteria", "surveys", "parindex")
        for field in model._meta.concrete_fields
        if str(field.verbose_name) != field.name.replace("_", " ")
    }


def told_keys(source: Path) -> Iterator[tuple[str, str]]:
    """The keys written out in what a call of `record` or `Change` tells of before and after."""
    for call in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in ("record", "Change")
        ):
            told = [one.value for one in call.keywords if one.arg in ("before", "after")] + call.args
            for part in (node for value in told for node in ast.walk(value)):
                if isinstance(part, ast.Dict):
                    for key in part.keys:
                        if isinstance(key, ast.Constant):
                            yield str(key.value), f"{source.relative_to(ROOT)}:{part.lineno}"


@pytest.mark.parametrize("package", ["assessments", "criteria", "parindex"])
def test_every_key_that_an_event_tells_has_a_word(package: str) -> None:
    known = named_fields() | set(WORDS) | set(LABELS) | UNSEEN

    told = [pair for source in (ROOT / package).rglob("*.py") for pair in told_keys(source)]

    assert {(key, place) for key, place in told if key not in known} == set()
    assert len(told) > 10
