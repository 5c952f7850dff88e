"""The documentation says what is: links, commands, the worked example, nothing of one machine."""

import io
import json
import re
import shlex
from argparse import Action
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand

from parindex.commandline import JsonCommand

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OUR_APPS = {"parindex", "parindex.accounts", "parindex.audit", "criteria", "surveys", "assessments"}
NOT_SEARCHED = (".git", "tests")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|tmp|home)\b")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|proxy\.golang\.org|docker\.io"
)


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def own_text_files(folder: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every text of the project but the tests; what .gitignore names is none of it."""
    ignored = [line.strip("/") for line in text_of(".gitignore").split()]
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in (*NOT_SEARCHED, *ignored)):
            continue
        if path.is_dir():
            yield from own_text_files(path)
            continue
        with suppress(UnicodeDecodeError):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def our_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if app in OUR_APPS)


def own_arguments(name: str) -> list[Action]:
    """What the command's parser takes beyond what Django's every command takes."""
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    common = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
    return [action for action in parser._actions if action.dest not in common]


def sections() -> dict[str, str]:
    """The part of docs/commands.md about each command."""
    parts = re.split(r"^## `(\w+)`$", text_of("docs/commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> dict[str, str]:
    """The first words in backticks of each row of a table: "--json" → "--json", "--by" → "--by NAME"."""
    found = re.findall(r"^\| `((?:--)?[\w-]+)([^`]*)` \|", section, flags=re.MULTILINE)
    return {name: rest.replace("\\|", "|").strip() for name, rest in found}


def options(section: str) -> set[str]:
    return {name for name in rows(section) if name.startswith("--")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    targets = [target.partition("#")[0] for target in LINK.findall(page.read_text(encoding="utf-8"))]

    missing = [
        target for target in targets if target and "://" not in target and not (page.parent / target).exists()
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_on_a_page_exist(page: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8")))

    assert named - set(get_commands()) == set()


def test_every_command_of_ours_has_a_section() -> None:
    assert sorted(sections()) == our_commands()


@pytest.mark.parametrize("name", our_commands())
def test_options_on_the_page_are_those_of_the_parser(name: str) -> None:
    taken = {flag for action in own_arguments(name) for flag in action.option_strings}

    assert options(sections()[name]) == taken - {"--json", "--by"}


@pytest.mark.parametrize("name", our_commands())
def test_positions_and_choices_on_the_page_are_those_of_the_parser(name: str) -> None:
    written = rows(sections()[name])

    for action in own_arguments(name):
        if not action.option_strings:
            assert str(action.metavar) in written
        elif action.choices and not isinstance(action.choices, range):
            assert written[action.option_strings[0]] == "|".join(map(str, action.choices))


def test_options_common_to_all_are_on_the_page_once() -> None:
    common = text_of("docs/commands.md").partition("\n## `")[0]

    assert options(common) == {"--json", "--by"}


@pytest.mark.parametrize("name", our_commands())
def test_every_command_of_ours_answers_in_the_common_way(name: str) -> None:
    assert isinstance(load_command_class(get_commands()[name], name), JsonCommand)


def test_answers_on_the_page_are_json_without_binary_numbers() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", text_of("docs/commands.md"), flags=re.MULTILINE | re.DOTALL)

    numbers: list[Decimal] = []
    for block in blocks:
        json.loads(block, parse_float=lambda text: numbers.append(Decimal(text)))

    assert len(blocks) > len(our_commands())
    assert numbers == []


def steps() -> list[tuple[str, str]]:
    """Commands of the README's worked example with the output printed below each."""
    console = re.search(r"^```console\n(.*?)^```", text_of("README.md"), flags=re.MULTILINE | re.DOTALL)
    assert console
    joined = console[1].replace("\\\n", " ")
    return [
        (command.removeprefix("python manage.py "), answer.strip())
        for command, answer in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", joined, flags=re.MULTILINE)
    ]


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_worked_example_gives_what_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    for command, answer in steps():
        out = io.StringIO()
        call_command(*shlex.split(command), stdout=out)

        pattern = ".*".join(map(re.escape, answer.split("…")))
        assert re.fullmatch(pattern, out.getvalue().strip()), f"{command}\n{out.getvalue()}"

    assert [command.split()[0] for command, _ in steps()][-2:] == ["publish", "verify_publication"]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in own_text_files()
        for pattern in (MACHINE_PATH, REGISTRY)
        for match in [pattern.search(text)]
        if match
    ]

    assert found == []


def test_texts_are_searched() -> None:
    assert {"README.md", ".ci/run", "parindex/settings.py"} <= {name for name, _ in own_text_files()}


def test_decisions_are_numbered_without_a_gap_and_say_three_things() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [record.name[:4] for record in records] == [
        f"{number:04}" for number in range(1, len(records) + 1)
    ]
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_changelog_has_entries() -> None:
    assert re.search(r"^## Unreleased\n(?:.*\n)*?- \w", text_of("CHANGELOG.md"), flags=re.MULTILINE)
