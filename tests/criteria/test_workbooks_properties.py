"""Random trees come back the same; damaged files never do worse than a refusal."""

import io
import random
import zipfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadFramework, WorkbookRefused
from tests.criteria.workbook_files import HEADER, Row, workbook
from tests.criteria.workbooks.makers import repacked

FIXTURES = Path(__file__).parents[2] / "fixtures"

points = st.integers(1, 400).map(lambda quarters: Decimal(quarters) / 4)
words = st.lists(
    st.sampled_from(["Ban hành", "kế hoạch", "Đánh giá", "1 hồ sơ", "(nếu có)", "–", "năm"]), max_size=4
)
titles = words.map(lambda chosen: " ".join(["Tiêu chí", *chosen]))
leaf = st.tuples(titles, points)
component_lists = st.lists(leaf, max_size=12)
criterion_lists = st.lists(st.tuples(titles, points, component_lists), max_size=22)
trees = st.lists(st.tuples(titles, points, criterion_lists), min_size=1, max_size=4)

Line = tuple[str, str, Decimal]


def lines_of(tree: list) -> list[Line]:  # type: ignore[type-arg]
    """The tree as the rows of a correct paper: every figure the sum of those below."""
    lines: list[Line] = []
    for n, (title, own, criteria) in enumerate(tree, 1):
        inner: list[Line] = []
        tops: list[Decimal] = []
        for m, (name, alone, components) in enumerate(criteria, 1):
            below = [(f"{n}.{m}.{k}", *component) for k, component in enumerate(components, 1)]
            figure = sum((line[2] for line in below), Decimal(0)) if below else alone
            tops.append(figure)
            inner += [(f"{n}.{m}", name, figure), *below]
        lines += [(str(n), title, sum(tops, Decimal(0)) if tops else own), *inner]
    return lines


def as_number(code: str) -> str | int | Decimal:
    """A code of one or two parts as a spreadsheet takes it when it is typed in."""
    return code if code.count(".") > 1 else Decimal(code).normalize() if "." in code else int(code)


def assert_same(framework: ReadFramework, lines: list[Line]) -> None:
    assert [(c.code, c.title, c.declared) for c in framework.criteria] == lines
    assert {p.kind for p in framework.problems} <= {"code_repaired"}
    assert framework.computed_total == sum((line[2] for line in lines if "." not in line[0]), Decimal(0))


@settings(deadline=None, max_examples=60)
@given(trees, st.booleans(), st.booleans())
def test_a_random_tree_comes_back_the_same(tree: list, typed: bool, comma: bool) -> None:  # type: ignore[type-arg]
    lines = lines_of(tree)
    rows: list[Row] = [["KHUNG CHỈ SỐ"], HEADER]
    for code, title, figure in lines:
        shown = str(figure).replace(".", ",") if comma else figure
        rows.append([as_number(code) if typed else code, title, shown])
    assert_same(read_framework(workbook(rows), filename="a.xlsx"), lines)


def survives(content: bytes) -> None:
    """Reading gives a framework or a refusal; any other exception fails the test."""
    with suppress(WorkbookRefused):
        assert read_framework(content, filename="a.xlsx").criteria


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_are_refused_or_read(seed: int) -> None:
    whole = (FIXTURES / "phuong-2-2022.xlsx").read_bytes()
    chance = random.Random(seed)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 3, 20])):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        survives(bytes(damaged))
    for _ in range(40):
        survives(whole[: chance.randrange(len(whole))])


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
def test_damaged_parts_are_refused_or_read(name: str) -> None:
    whole = (FIXTURES / "phuong-2-2022.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        part = archive.read(name)
    chance = random.Random(name)
    for _ in range(100):
        damaged = bytearray(part)
        place = chance.randrange(len(damaged))
        if chance.random() < 0.7:
            digits = [n for n, byte in enumerate(damaged) if chr(byte).isalnum()]
            damaged[chance.choice(digits)] = ord(chance.choice("0179sbnxA"))
        else:
            del damaged[place : place + chance.choice([1, 10, 100])]
        survives(repacked(whole, lambda _, changed=bytes(damaged): changed, name))
