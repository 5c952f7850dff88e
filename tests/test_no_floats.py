"""No binary float anywhere: models, migrations, code, templates (docs/architecture.md)."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parent.parent
OURS = ("parindex", "criteria", "surveys", "assessments")
MODULES = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
TEMPLATES = sorted({*ROOT.glob("templates/**/*"), *ROOT.glob("*/templates/**/*")})
OUR_MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]

FLOAT_FIELDS = (models.FloatField, models.DecimalField)
NAMES = {"float", "FloatField", "DecimalField", "Avg", "StdDev", "Variance"}
# Filters and tags that make a float, or write numbers by rules of their own.
TEMPLATE_WORDS = re.compile(r"\|\s*(floatformat|divisibleby|filesizeformat)\b|{%-?\s*widthratio\b")


def relative(path):
    return str(path.relative_to(ROOT))


def binary_floats(source):
    """Where a piece of Python writes a float or names something that makes one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.lineno}: {node.value}")
        elif isinstance(node, ast.Name) and node.id in NAMES:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            found.append(f"{node.lineno}: .{node.attr}")
    return found


def test_there_is_something_to_look_at():
    assert len(MODULES) > 60
    assert len(OUR_MODELS) > 15
    assert len(TEMPLATES) > 3


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_no_model_has_a_field_that_a_database_keeps_as_a_float(model):
    fields = [field.name for field in model._meta.get_fields() if isinstance(field, FLOAT_FIELDS)]

    assert fields == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_module_writes_or_makes_a_float(path):
    assert binary_floats(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.is_file()], ids=relative)
def test_no_template_formats_numbers_by_rules_of_its_own(path):
    assert [found.group() for found in TEMPLATE_WORDS.finditer(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 0.5",
        "x = 1e3",
        "x = float(y)",
        "models.FloatField()",
        "Cast(x, FloatField())",
        "list(map(float, y))",
    ],
)
def test_a_float_would_be_found(source):
    assert binary_floats(source) != []


def test_a_template_that_formats_would_be_found():
    assert TEMPLATE_WORDS.search("{{ points|floatformat:2 }}")
    assert TEMPLATE_WORDS.search("{% widthratio a b 100 %}")
