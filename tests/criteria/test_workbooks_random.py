"""Random trees in random shapes come back the same; damaged and hostile files get words, never a trace."""

import io
import random
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadFramework, WorkbookRefused
from tests.criteria.workbooks.makers import Row, ods, text_csv, xls, xlsx
from tests.criteria.workbooks.papers import ROMAN, comma

Path = tuple[int, ...]
Line = tuple[Path, str, Decimal, str]

RULES = {
    "manual": [],
    "yes_no": ["Có: {most}", "Không: 0"],
    "levels": ["Đúng hạn: {most}", "Chậm dưới 10 ngày: 0,25", "Không ban hành: 0"],
    "steps": ["Từ 90% trở lên: {most}", "Từ 70% đến dưới 90%: 0,25", "Dưới 70%: 0"],
    "ratio": ["Tính điểm theo công thức b/a × điểm tối đa"],
    "deduction": ["Mỗi báo cáo chậm trừ 0,25 điểm"],
}
TITLES = ["Ban hành kế hoạch", "Đánh giá (nếu có)", "Tỷ lệ 1 hồ sơ", "Báo cáo – năm", "Xử lý văn bản"]

titles = st.sampled_from(TITLES)
points = st.integers(2, 40).map(lambda quarters: Decimal(quarters) / 4)
leaves = st.tuples(titles, points, st.sampled_from(sorted(RULES)))
criteria = st.lists(st.tuples(titles, st.lists(leaves, max_size=4), leaves), min_size=1, max_size=12)
trees = st.lists(st.tuples(titles, criteria), min_size=1, max_size=4)


@dataclass(frozen=True)
class Shape:
    """How an office might write the tree down."""

    numbering: str
    file: str
    rules_in: str
    order: tuple[str, ...]
    comma: bool
    pages: int
    lines_above: int


shapes = st.builds(
    Shape,
    numbering=st.sampled_from(["dotted", "roman", "lettered", "numbers"]),
    file=st.sampled_from(["xlsx", "ods", "csv"]),
    rules_in=st.sampled_from(["column", "rows", "dashes"]),
    order=st.permutations(["code", "title", "points", "scoring"]).map(tuple),
    comma=st.booleans(),
    pages=st.sampled_from([0, 9]),
    lines_above=st.integers(0, 3),
)


def lines_of(tree: list[Any]) -> list[Line]:
    """The rows of a correct paper: every inner figure is the sum of those below it."""
    lines: list[Line] = []
    for n, (title, below) in enumerate(tree, 1):
        inner: list[Line] = []
        for m, (name, components, alone) in enumerate(below, 1):
            parts = [((n, m, k), *component) for k, component in enumerate(components, 1)]
            figure = sum((part[2] for part in parts), Decimal(0)) if parts else alone[1]
            inner += [((n, m), name, figure, "manual" if parts else alone[2]), *parts]
        total = sum((line[2] for line in inner if len(line[0]) == 2), Decimal(0))
        lines += [((n,), title, total, "manual"), *inner]
    return lines


def code(path: Path, numbering: str) -> Any:
    dotted = ".".join(map(str, path))
    if numbering == "roman":
        return ROMAN[path[0]] if len(path) == 1 else ".".join(map(str, path[1:]))
    if numbering == "lettered" and len(path) == 3:
        return f"{'abcdđe'[path[2] - 1]})"
    if numbering == "numbers" and len(path) < 3:
        return Decimal(dotted).normalize() if "." in dotted else int(dotted)
    return dotted


NAMES = {"code": "STT", "title": "Tiêu chí", "points": "Điểm tối đa", "scoring": "Cách chấm"}


def drawn(lines: list[Line], shape: Shape) -> list[Row]:
    """The tree on a sheet in this shape."""
    header = [NAMES[name] for name in shape.order]
    rows: list[Row] = [[f"PHỤ LỤC {n}"] for n in range(shape.lines_above)]
    for count, (path, title, most, rule) in enumerate(lines):
        if count == 0 or (shape.pages and count % shape.pages == 0):
            rows.append(header)
        words = [line.format(most=comma(most)) for line in RULES[rule]]
        shown = comma(most) if shape.comma else most
        cells = {"code": code(path, shape.numbering), "title": title, "points": shown, "scoring": None}
        if shape.rules_in == "column":
            cells["scoring"] = "\n".join(words) or None
            words = []
        mark = "- " if shape.rules_in == "dashes" else ""
        rows.append([cells[name] for name in shape.order])
        rows += [[f"{mark}{line}" if name == "title" else None for name in shape.order] for line in words]
    return rows


def read_in(rows: list[Row], file: str) -> ReadFramework:
    content = {
        "xlsx": lambda: xlsx({"Bảng": rows}),
        "ods": lambda: ods({"Bảng": rows}),
        "csv": lambda: text_csv(rows, ";"),
    }[file]()
    return read_framework(content, filename=f"a.{file}")


@settings(deadline=None, max_examples=50)
@given(trees, shapes)
def test_a_random_tree_in_a_random_shape_comes_back_the_same(tree: list[Any], shape: Shape) -> None:
    lines = lines_of(tree)

    framework = read_in(drawn(lines, shape), shape.file)

    assert [(c.code, c.title, c.declared, c.rule_kind) for c in framework.criteria] == [
        (".".join(map(str, path)), title, most, rule) for path, title, most, rule in lines
    ]
    assert {problem.kind for problem in framework.problems} <= {"code_repaired"}


def survives(content: bytes, filename: str) -> None:
    """Reading gives a whole framework or a refusal in words; any other exception fails the test."""
    with suppress(WorkbookRefused):
        framework = read_framework(content, filename=filename)
        assert framework.criteria
        assert framework.computed_total == sum(
            (c.computed for c in framework.criteria if c.level == 1), Decimal(0)
        )


ROWS: list[Row] = [
    ["STT", "Tiêu chí", "Điểm tối đa", "Cách chấm"],
    ["I", "Chỉ đạo", 3, None],
    [1, "Kế hoạch", "1,5", "Từ 90% trở lên: 1,5; từ 70% đến dưới 90%: 1; dưới 70%: 0"],
    [2, "Báo cáo", 1.5, "Mỗi báo cáo chậm trừ 0,25 điểm, trừ tối đa 1,5 điểm"],
    [None, "Tổng điểm", 3, None],
]
FILES = {
    "a.xlsx": xlsx({"Bảng": ROWS}),
    "a.ods": ods({"Bảng": ROWS}),
    "a.xls": xls(ROWS),
    "a.csv": text_csv(ROWS),
}


@pytest.mark.parametrize("filename", FILES)
@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_and_cut_ends(filename: str, seed: int) -> None:
    whole, chance = FILES[filename], random.Random(f"{filename}{seed}")
    for _ in range(250):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 2, 8, 40])):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        survives(
            bytes(damaged[: chance.choice([len(damaged)] * 3 + [chance.randrange(len(damaged))])]), filename
        )


JUNK = [
    *(None, True, -1, Decimal("1e300"), "=1/0", "#REF!", "", "-", "1.1.1.1.1", "a)", "XIV", "1,10", "%", ":"),
    *(
        "từ",
        "b/a × điểm tối đa",
        "0,5;;;",
        "1/0 × điểm tối đa",
        "(" * 60,
        "٣",
        "²",
        "1e5",
        "Từ %",
        "mỗi",
        "½",
    ),
    *(
        "Tổng điểm",
        "Tổng: ٣",
        "Điểm tối đa",
        "STT",
        "Tiêu chí",
        "\n\n",
        "- ",
        "+",
        "•:1",
        "1" * 400,
        "x" * 5000,
    ),
    *("0:0", "Có: 1; Không: 0", "trừ 0,25/", "100%: 1; 0%: 0", "Từ 9999999999999999999% trở lên: 1", "٣%: ٣"),
]


@pytest.mark.parametrize("seed", range(6))
def test_wrong_things_in_every_cell(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        rows = [list(row) for row in ROWS]
        for _ in range(chance.choice([1, 3, 12])):
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(JUNK)
        chance.shuffle(rows) if chance.random() < 0.3 else None
        survives(
            text_csv(rows) if chance.random() < 0.6 else xlsx({"Bảng": rows}), "a.csv" if False else "a.xlsx"
        )
        survives(text_csv(rows), "a.csv")


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="bax×*/%:;.,()-–≥<>= 0123456789đĐiểmtừộngốngạkhaừ\n", max_size=120))
def test_any_scoring_words_are_read_or_kept(words: str) -> None:
    rows: list[Row] = [["STT", "Tiêu chí", "Điểm tối đa", "Cách chấm"], ["1", "Kế hoạch", "1,5", words]]

    [only] = read_framework(text_csv(rows, ";"), filename="a.csv").criteria[:1]

    assert only.declared == Decimal("1.5")


@pytest.mark.parametrize(
    "words",
    [
        "Từ 90% trở lên " * 400,
        "số " * 3000 + "/ số " + "x " * 2000,
        "tỷ lệ " * 2000 + "× điểm",
        "mỗi " * 3000 + "trừ 1",
        "điểm quy đổi từ " * 1500,
        "không phát sinh " * 1500,
        "((((" * 2000 + "b/a",
        "1 " * 5000,
        ", " * 5000,
        "a: 1;" * 3000,
    ],
)
def test_long_scoring_words_take_no_long_time(words: str) -> None:
    start = time.process_time()
    survives(xlsx({"B": [ROWS[0], ["1", "A", 1, words]]}), "a.xlsx")
    survives(xlsx({"B": [ROWS[0], ["1", "A", 1, None], [None, words, None, None]]}), "a.xlsx")
    assert time.process_time() - start < 1.5


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = packed({"mimetype": b"x", "content.xml": bytes(210 * 1024 * 1024)})

    with pytest.raises(WorkbookRefused, match="quá lớn"):
        read_framework(bomb, filename="a.ods")
    sized = bomb.replace((210 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(WorkbookRefused):
        read_framework(sized, filename="a.ods")


def test_macros_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(FILES["a.xlsx"])) as source:
        parts = {name: source.read(name) for name in source.namelist()}

    with pytest.raises(WorkbookRefused, match="macro"):
        read_framework(packed({**parts, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), filename="a.xlsm")


def test_a_table_of_5000_rows_is_read_in_seconds() -> None:
    rows: list[Row] = [ROWS[0]]
    for n in range(1, 101):
        rows.append([str(n), "Nội dung", 49, None])
        rows += [[f"{n}.{m}", "Tiêu chí", 1, "Có: 1; Không: 0"] for m in range(1, 50)]
    start = time.process_time()

    framework = read_framework(xlsx({"Bảng": rows}), filename="a.xlsx")

    assert (framework.levels, framework.problems) == ((100, 4900, 0), ())
    assert time.process_time() - start < 12
