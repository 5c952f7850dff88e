"""The look keeps its rules: colours in tokens.css only, no inline style or script, nothing missing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
TEMPLATES = sorted({*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")})
SHEETS = sorted((STATIC / "css").glob("*.css"))

# Names of colours that a sheet could be tempted to write; "transparent" and "currentcolor" are no colours.
NAMES = "white|black|red|green|blue|navy|gray|grey|silver|orange|yellow|gold|brown|purple|pink|teal|maroon"
FUNCTIONS = "rgba?|hsla?|hwb|lab|lch|oklab|oklch|color"
RAW_COLOUR = re.compile(rf"#[0-9a-f]{{3,8}}\b|\b(?:{FUNCTIONS})\(|(?<![\w-])(?:{NAMES})(?![\w-])", re.I)
LAYERS = "@layer reset, base, layout, components, utilities;"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def raw_colours(css: str) -> list[str]:
    """The values that name a colour, leaving out comments, selectors and file names."""
    bare = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", css, flags=re.S)
    values = re.findall(r"[\w-]+\s*:\s*([^;{}]+)[;}]", bare)
    return [value.strip() for value in values if RAW_COLOUR.search(value)]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def markup(path: Path) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", "", read(path), flags=re.S)


def test_there_is_something_to_look_at() -> None:
    assert SHEETS
    assert TEMPLATES


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_raw_colours_stand_in_tokens_only(sheet: Path) -> None:
    """Papers are black on white by decree and read by no browser: their sheet needs no tokens."""
    assert sheet.name in {"tokens.css", "paper.css"} or raw_colours(read(sheet)) == []


def test_a_raw_colour_would_be_found() -> None:
    css = "a { color: #fff } b { color: WHITE; } c { fill: rgb(0 0 0); } d { color: var(--navy) }"
    assert raw_colours(css) == ["#fff", "WHITE", "rgb(0 0 0)"]


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_sheets_fit_the_content_policy(sheet: Path) -> None:
    css = read(sheet)
    assert "@import" not in css
    assert "data:" not in css
    for reference in re.findall(r"url\([\"']?([^\"')]+)", css):
        assert (sheet.parent / reference).is_file(), reference


def test_every_token_used_is_defined() -> None:
    css = "\n".join(read(sheet) for sheet in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+)\s*:", css))


def test_the_order_of_layers_is_declared_once_and_first() -> None:
    linked = re.findall(r"css/([\w-]+\.css)", markup(ROOT / "templates/base.html"))
    with_layers = [sheet for sheet in linked if "@layer" in read(STATIC / "css" / sheet)]
    assert with_layers[0] == "base.css"
    assert sum(LAYERS in read(sheet) for sheet in SHEETS) == 1


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_no_inline_style_script_or_handler(template: Path) -> None:
    text = markup(template)
    assert not re.search(r"<style\b|\sstyle\s*=", text, re.I)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text, re.I)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=(?!=)", text, re.I)
    assert "javascript:" not in text.lower()


def test_every_icon_used_is_in_the_sprite() -> None:
    symbols = re.findall(r'<symbol id="(i-[\w-]+)"', read(ROOT / "templates/_icons.html"))
    assert len(symbols) == len(set(symbols))
    for template in TEMPLATES:
        used = set(re.findall(r"#(i-[\w-]+)", markup(template)))
        assert used <= set(symbols), name(template)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_static_file_named_exists(template: Path) -> None:
    text = markup(template)
    named = re.findall(r"\{%\s*static\s+['\"]([^'\"]+)", text) + re.findall(r"=\"/static/([^\"{]+)\"", text)
    assert [file for file in named if not (STATIC / file).is_file()] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_whole_pages_say_their_language(template: Path) -> None:
    opened = re.findall(r"<html\b[^>]*>", markup(template), re.I)
    assert all('lang="vi"' in tag for tag in opened)


SUMMARIES = re.compile(r'_error_summary\.html|_problems\.html|<div class="error-summary"')


@pytest.mark.parametrize("template", [one for one in TEMPLATES if not one.name.startswith("_")], ids=name)
def test_mistakes_are_summed_up_above_the_heading(template: Path) -> None:
    """In one place on every page; the sheet of components shows how a summary looks."""
    elsewhere = re.sub(r"\{% block problems %\}.*?endblock problems", "", markup(template), flags=re.S)
    assert template.name == "components.html" or SUMMARIES.findall(elsewhere) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_what_is_missing_is_told_by_the_page_not_by_the_browser(template: Path) -> None:
    """A browser speaks the language that it was installed in, and stops at the first field."""
    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", markup(template), flags=re.S)
    asks = re.compile(r"\brequired\b|_field\.html|_reason\.html")
    assert [head for head, body in forms if asks.search(body) and "novalidate" not in head] == []
