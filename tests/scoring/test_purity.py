"""The arithmetic knows only Python, never a binary float, and quantizes in one module."""

import ast
import sys
from pathlib import Path

import pytest

import parindex.scoring

FOLDER = Path(parindex.scoring.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))


def nodes(path):
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_imports_only_python_and_its_own_package(path):
    imported = {node.module for node in nodes(path) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}

    for name in imported:
        assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("parindex.scoring")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_has_no_float_and_no_clock(path):
    names = {node.id for node in nodes(path) if isinstance(node, ast.Name)}
    literals = [node.value for node in nodes(path) if isinstance(node, ast.Constant)]

    assert names.isdisjoint({"float", "round", "datetime", "time", "open", "print"})
    assert not [literal for literal in literals if type(literal) is float]


def test_only_the_rounding_module_quantizes():
    quantizing = [path.name for path in MODULES if ".quantize(" in path.read_text(encoding="utf-8")]

    assert quantizing == ["rounding.py"]
