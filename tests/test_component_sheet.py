"""The living sheet shows every component, and templates and style sheets know the same classes."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.test_static_look import ROOT, SHEETS, TEMPLATES, markup, read

COMPONENTS = ("parts.css", "forms.css", "tables.css")
# Parts of one page, seen there: the gate of signing in, columns and tables of one list, the days of a round.
OWN_PAGE = re.compile(
    r"gate(__card)?|dates|now|or|messages|col-\w+|line-no|note|table--(fixed|frameworks)|field__hint"
)
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
PYTHON = sorted(
    path for app in ("assessments", "criteria", "parindex") for path in ROOT.glob(f"{app}/**/*.py")
)


def styled(sheet: Path) -> set[str]:
    """The classes that a sheet gives a look to."""
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", read(sheet), flags=re.S)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", bare)))


ALL_STYLED = set().union(*(styled(sheet) for sheet in SHEETS))


def worn(template: Path) -> set[str]:
    """The classes that a template writes out; those built from a variable are left aside."""
    found: set[str] = set()
    for value in re.findall(r'class="([^"]*(?:\{%[^%]*%\}[^"]*)*)"', markup(template)):
        words = re.sub(r"\{%.*?%\}", " ", re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", value))
        found |= {word for word in words.split() if re.fullmatch(r"[A-Za-z][\w-]*", word)}
    return found


def has_look(name: str) -> bool:
    """Whether a class is styled, or is the block whose elements are."""
    return name in ALL_STYLED or any(known.startswith((f"{name}__", f"{name}--")) for known in ALL_STYLED)


@pytest.mark.django_db
def test_the_sheet_is_open_and_kept_out_of_search(client: Client) -> None:
    response = client.get("/thanh-phan/")

    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    assert "Ngày 31/02 không có" in response.content.decode()


@pytest.mark.django_db
def test_every_component_stands_on_the_sheet(client: Client) -> None:
    shown = set(
        re.findall(
            r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', client.get("/thanh-phan/").content.decode()))
        )
    )
    components = set().union(*(styled(ROOT / "static/css" / name) for name in COMPONENTS))

    assert {name for name in components - shown if not OWN_PAGE.fullmatch(name)} == set()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_class_of_a_template_has_a_look(template: Path) -> None:
    """Papers and letters have sheets of their own."""
    if "documents" in template.parts or "email" in template.parts:
        return
    assert {name for name in worn(template) if not has_look(name)} == set()


def test_every_look_is_worn_somewhere() -> None:
    text = "\n".join(read(path) for path in (*TEMPLATES, *SCRIPTS, *PYTHON))
    stems = set(re.findall(r"([\w-]+)(?:\{\{|\{%|\$\{)", text))
    words = set(re.findall(r"[\w-]+", text))

    def is_worn(name: str) -> bool:
        stem = re.sub(r"(?<=--)\w+$|(?<=[a-z])\d+$", "", name)
        return name in words or (stem != name and stem in stems)

    looks = set().union(*(styled(sheet) for sheet in SHEETS if sheet.name != "paper.css"))
    assert {name for name in looks if not is_worn(name)} == set()
