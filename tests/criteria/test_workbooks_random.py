"""Random trees in random shapes come back the same; damaged and hostile files get words, never a trace."""

import io
import random
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from criteria.models import Framework
from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.report import ReadFramework, WorkbookRefused
from tests.criteria.workbooks.imports import imported
from tests.criteria.workbooks.makers import Change, Row, ods, text_csv, xls, xlsx
from tests.criteria.workbooks.papers import ROMAN, comma

Place = tuple[int, ...]
Line = tuple[Place, str, Decimal, str]

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


NAMES = {
    "code": ["STT", "TT", "Mã", "Số TT", "Mã tiêu chí"],
    "title": [
        "Tiêu chí",
        "Lĩnh vực/Tiêu chí/Tiêu chí thành phần",
        "NỘI DUNG",
        "Tiêu chí,\ntiêu chí thành phần",
    ],
    "points": ["Điểm tối đa", "ĐIỂM CHUẨN", "Thang điểm", "Điểm", "Điểm\ntối đa"],
    "scoring": ["Cách chấm", "Phương pháp đánh giá", "Hướng dẫn chấm điểm"],
    "extra": ["Điểm năm trước", "Điểm tự chấm", "Mục tiêu năm 2025"],
}
LEVELS = ("Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần")


@dataclass(frozen=True)
class Shape:
    """How an office might write the tree down."""

    numbering: str
    file: str
    rules_in: str
    order: tuple[str, ...]
    names: dict[str, str]
    points: str
    pages: int
    lines_above: int
    columns_before: int
    header: str
    total: str


shapes = st.builds(
    Shape,
    numbering=st.sampled_from(
        ["dotted", "roman", "lettered", "circled", "numbers", "commas", "words", "in title", "dates"]
    ),
    file=st.sampled_from(["xlsx", "ods", "csv"]),
    rules_in=st.sampled_from(["column", "rows", "dashes"]),
    order=st.permutations(["code", "title", "points", "scoring", "extra"]).map(tuple),
    names=st.fixed_dictionaries({name: st.sampled_from(names) for name, names in NAMES.items()}),
    points=st.sampled_from(["number", "comma", "unit", "bracket", "most"]),
    pages=st.sampled_from([0, 9]),
    lines_above=st.integers(0, 3),
    columns_before=st.integers(0, 2),
    header=st.sampled_from(["one line", "merged", "group above"]),
    total=st.sampled_from(["", "Tổng điểm", "TỔNG CỘNG (I+II)", "Tổng điểm các lĩnh vực"]),
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


def code(path: Place, numbering: str) -> Any:
    dotted = ".".join(map(str, path))
    if numbering == "roman":
        return ROMAN[path[0]] if len(path) == 1 else ".".join(map(str, path[1:]))
    if numbering == "lettered" and len(path) == 3:
        return f"{'abcdđe'[path[2] - 1]})"
    if numbering == "circled" and len(path) == 3:
        return "①②③④"[path[2] - 1]
    if numbering == "numbers" and len(path) < 3:
        return Decimal(dotted).normalize() if "." in dotted else int(dotted)
    if numbering == "commas":
        return f"{dotted.replace('.', ',')}."
    return f"Tiêu chí {dotted}" if numbering == "words" else dotted


def typed(points: Decimal, way: str) -> Any:
    """The maximum as a person types it."""
    ways = {"comma": "{}", "unit": "{}đ", "bracket": "({} điểm)", "most": "Tối đa {} điểm"}
    return ways[way].format(comma(points)) if way in ways else points


def drawn(lines: list[Line], shape: Shape) -> list[Row]:
    """The tree on a sheet in this shape."""
    in_title = shape.numbering == "in title"
    order = [name for name in shape.order if name != "code" or not in_title]
    blank = [None] * shape.columns_before
    header: list[Row] = [[*blank, *(shape.names[name] for name in order)]]
    if shape.header == "merged":
        header.append([*blank, *(None for _ in order)])
    if shape.header == "group above":
        header = [[*blank, *("Điểm" if name == "extra" else None for name in order)], *header]
    rows: list[Row] = [[*blank, f"PHỤ LỤC {n}"] for n in range(shape.lines_above)]
    for count, (path, title, most, rule) in enumerate(lines):
        if count == 0 or (shape.pages and count % shape.pages == 0):
            rows += header
        words = [line.format(most=comma(most)) for line in RULES[rule]]
        own = code(path, shape.numbering)
        cells = {"code": own, "title": f"{own}. {title}" if in_title else title, "extra": "0,5"}
        cells |= {"points": typed(most, shape.points), "scoring": None}
        if shape.rules_in == "column":
            cells["scoring"] = "\n".join(words) or None
            words = []
        mark = "- " if shape.rules_in == "dashes" else ""
        rows.append([*blank, *(cells[name] for name in order)])
        rows += [
            [*blank, *(f"{mark}{line}" if name == "title" else None for name in order)] for line in words
        ]
    total = sum((line[2] for line in lines if len(line[0]) == 1), Decimal(0))
    shown = {"title": shape.total, "points": typed(total, shape.points)}
    return [*rows, [*blank, *(shown.get(name) for name in order)]] if shape.total else rows


def merged_header(shape: Shape) -> Change:
    """Each name merged over both lines of the header, on every page."""

    def draw(sheet: Worksheet) -> None:
        names = {name.split("\n")[0] for name in shape.names.values()}
        for row in range(1, sheet.max_row):
            texts = [str(cell.value).split("\n")[0] for cell in sheet[row] if cell.value]
            if len(texts) > 2 and set(texts) <= names:
                for column in range(1 + shape.columns_before, len(shape.order) + shape.columns_before + 1):
                    sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)

    return draw


def read_in(rows: list[Row], shape: Shape) -> ReadFramework:
    content = {
        "xlsx": lambda: xlsx({"Bảng": rows}, merged_header(shape) if shape.header == "merged" else None),
        "ods": lambda: ods({"Bảng": rows}),
        "csv": lambda: text_csv(rows, ";"),
    }[shape.file]()
    return read_framework(content, filename=f"a.{shape.file}")


def same(framework: ReadFramework, lines: list[Line], total: str) -> None:
    assert [(c.code, c.title, c.declared, c.rule_kind) for c in framework.criteria] == [
        (".".join(map(str, path)), title, most, rule) for path, title, most, rule in lines
    ]
    assert {problem.kind for problem in framework.problems} <= {"code_repaired"}
    assert framework.declared_total == (framework.computed_total if total else None)


@settings(deadline=None, max_examples=80)
@given(trees, shapes)
def test_a_random_tree_in_a_random_shape_comes_back_the_same(tree: list[Any], shape: Shape) -> None:
    lines = lines_of(tree)

    same(read_in(drawn(lines, shape), shape), lines, shape.total)


@settings(deadline=None, max_examples=40)
@given(trees, st.booleans(), st.booleans(), st.booleans())
def test_a_random_tree_in_a_wide_table_comes_back_the_same(
    tree: list[Any], repeated: bool, coded: bool, in_text: bool
) -> None:
    """A column of titles and one of points for each level, a row for each leaf."""
    lines = lines_of(tree)
    parents = {line[0][:-1] for line in lines}
    header = [cell for name in LEVELS for cell in ([*(["Mã"] if coded else []), name, "Điểm tối đa"])]
    width = len(header) // 3
    rows: list[Row] = [[*header, "Cách chấm"]]
    row: list[Any] = [None] * len(header)
    for path, title, most, rule in lines:
        dotted = ".".join(map(str, path))
        place = width * (len(path) - 1)
        named = [dotted, title] if coded else [f"{dotted}. {title}"]
        row[place:] = [*named, comma(most) if in_text else most, *[None] * (len(header) - place - width)]
        if path not in parents:
            words = "\n".join(line.format(most=comma(most)) for line in RULES[rule])
            rows.append([*row, words or None])
            row = list(row) if repeated else [None] * len(header)

    read = read_framework(xlsx({"Bảng": rows}), filename="a.xlsx")

    same(read, lines, "")


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


def flipped(whole: bytes, chance: random.Random) -> bytes:
    """The file with some bits turned over, perhaps cut off."""
    damaged = bytearray(whole)
    for _ in range(chance.choice([1, 2, 8, 40])):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged[: chance.choice([len(damaged)] * 3 + [chance.randrange(len(damaged))])])


@pytest.mark.parametrize(
    ("filename", "count"), [("a.xlsx", 750), ("a.ods", 750), ("a.csv", 750), ("a.xls", 60)]
)
def test_flipped_bits_and_cut_ends(filename: str, count: int) -> None:
    chance = random.Random(filename)
    for _ in range(count):
        survives(flipped(FILES[filename], chance), filename)


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


@pytest.mark.django_db
def test_wrong_things_store_a_whole_framework_or_none(tmp_path: Path) -> None:
    chance = random.Random("stored")
    for _ in range(60):
        rows = [list(row) for row in ROWS]
        for _ in range(chance.choice([1, 3, 12])):
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(
                [*JUNK, "a\0b", "1." * 30 + "1", "Tiêu chí 1" + "." * 60]
            )
        before = Framework.objects.count()

        found = imported(tmp_path, text_csv(rows), "a.csv")

        assert Framework.objects.count() - before == (found.code == 0)
        assert len(found.rows) == sum(found.answer.get("levels", []))
        assert found.code == 0 or found.message


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
    assert time.process_time() - start < 6
