"""Rules written out in words read back as they were; damaged words never give a rule off its scale."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.rules import rule_of
from criteria.workbooks.wording import Found, Line, recognise
from criteria.workbooks.words import tidy_lines
from parindex.notation import plain, vietnamese
from parindex.scoring.rules import Amount, Levels, Parts, Rule, Steps
from tests.criteria.test_wording import CASES, Case, lines
from tests.criteria.workbook_files import HEADER, kinds, read_rows

MOST = st.sampled_from([Decimal(text) for text in ("0.5", "1", "1.5", "2", "3.25", "10")])
NAMES = (
    "Ban hành đúng hạn",
    "Ban hành chậm dưới 10 ngày",
    "Thiếu nội dung",
    "Mới có dự thảo",
    "Không ban hành",
)
THINGS = ("sáng kiến", "mô hình mới", "lớp tập huấn", "tin bài")
FAULTS = ("báo cáo chậm", "hồ sơ trễ hạn", "văn bản sai thể thức")


def amounts(most: Decimal, count: int) -> st.SearchStrategy[list[Decimal]]:
    """So many different amounts from the maximum down; the last is nothing."""
    inner = st.lists(st.integers(1, 99), min_size=count - 2, max_size=count - 2, unique=True)
    return inner.map(lambda shares: [most, *(most * n / 100 for n in sorted(shares)[::-1]), Decimal(0)])


def points_in_words(points: Decimal) -> st.SearchStrategy[str]:
    text = vietnamese(points)
    return st.sampled_from(
        [f": {text}", f": {text} điểm", f": {text}đ", f" được {text} điểm", f" ({text} điểm)"]
    )


def joined(clauses: Sequence[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(
        ["; ".join(clauses), "\n".join(f"- {clause}" for clause in clauses), ";\n".join(clauses)]
    )


@st.composite
def levels(draw: Callable[..., Any]) -> tuple[Decimal, str, Found]:
    most, count = draw(MOST), draw(st.integers(2, 5))
    names = [*NAMES[: count - 1], NAMES[-1]]
    given_points = draw(amounts(most, count))
    pairs = list(zip(names, given_points, strict=True))
    words = draw(joined([name + draw(points_in_words(points)) for name, points in pairs]))
    found = [{"name": name, "amount": plain(points)} for name, points in pairs]
    return most, words, Found("levels", {"levels": found})


@st.composite
def steps(draw: Callable[..., Any]) -> tuple[Decimal, str, Found]:
    """Thresholds of a percentage; each belongs to the step above it or to the one below."""
    most, count = draw(MOST), draw(st.integers(2, 4))
    bounds = sorted(draw(st.lists(st.integers(1, 99), min_size=count - 1, max_size=count - 1, unique=True)))
    above = [draw(st.booleans()) for _ in bounds]
    given_points = draw(amounts(most, count))[::-1]
    clauses = [("dưới" if above[0] else "không quá") + f" {bounds[0]}%"]
    for low, at_low, high, at_high in zip(bounds, above, bounds[1:], above[1:], strict=False):
        clauses.append(f"{'từ' if at_low else 'trên'} {low}% đến {'dưới ' if at_high else ''}{high}%")
    clauses.append(f"từ {bounds[-1]}% trở lên" if above[-1] else f"trên {bounds[-1]}%")
    said = [text + draw(points_in_words(points)) for text, points in zip(clauses, given_points, strict=True)]
    words = draw(joined(draw(st.sampled_from([said, said[::-1]]))))
    found = [
        {"bound": str(bound), "amount": plain(points)} | ({} if at else {"boundary": "below"})
        for bound, at, points in zip(bounds, above, given_points[1:], strict=True)
    ]
    return most, words, Found("steps", {"steps": found})


@st.composite
def others(draw: Callable[..., Any]) -> tuple[Decimal, str, Found]:
    most = draw(MOST)
    part = most * draw(st.integers(1, 99)) / 100
    text, whole = vietnamese(part), vietnamese(most)
    thing, fault = draw(st.sampled_from(THINGS)), draw(st.sampled_from(FAULTS))
    floor = draw(st.integers(1, 99))
    formula = draw(st.sampled_from(["b/a × điểm tối đa", f"(b/a) x {whole}", "[b/a] * điểm chuẩn"]))
    counted = Found("count", {"unit_points": plain(part)})
    taken = {"name": fault[0].upper() + fault[1:], "amount": plain(part)}
    parts = [
        {"name": "có kế hoạch", "amount": plain(part)},
        {"name": "có báo cáo", "amount": plain(most - part)},
    ]
    said = [
        (f"Mỗi {thing} được {text} điểm, tối đa {whole} điểm", counted),
        (f"Cứ 01 {thing} được cộng {text} điểm, tối đa không quá {whole} điểm", counted),
        (f"{text} điểm/{thing}; tối đa {whole}", counted),
        (f"Mỗi {fault} trừ {text} điểm", Found("deduction", {"violations": [taken]})),
        (f"Trừ {text} điểm cho mỗi {fault}", Found("deduction", {"violations": [taken]})),
        (f"Tính điểm theo công thức {formula}", Found("ratio")),
        (
            f"Từ {floor}% trở lên: tính theo công thức {formula}; dưới {floor}%: 0 điểm",
            Found("ratio", {"floor": str(floor)}),
        ),
        (
            f"a) có kế hoạch: {text}; b) có báo cáo: {vietnamese(most - part)}",
            Found("parts", {"parts": parts}),
        ),
    ]
    return most, *draw(st.sampled_from(said))


@settings(max_examples=150)
@given(st.one_of(levels(), steps(), others()))
def test_a_rule_written_out_in_words_reads_back(written: tuple[Decimal, str, Found]) -> None:
    most, words, expected = written

    assert recognise([Line(words)], most) == expected


@given(st.data(), MOST)
def test_bands_with_a_gap_or_an_overlap_are_never_read(data: st.DataObject, most: Decimal) -> None:
    bound = data.draw(st.integers(2, 98))
    other = data.draw(st.integers(1, 99).filter(lambda high: high != bound))
    top, low = data.draw(points_in_words(most)), data.draw(points_in_words(Decimal(0)))

    assert recognise([Line(f"Từ {bound}% trở lên{top}; dưới {other}%{low}")], most) is None


QUALIFIERS = (
    "nếu có minh chứng",
    "nhưng chậm",
    "chỉ áp dụng với sở",
    "riêng huyện 0,5 điểm",
    "trừ đơn vị sự nghiệp",
    "sau khi trừ điểm phạt",
    "làm tròn",
    "nhân hệ số 2",
    "đối với báo cáo quý",
    "theo kết luận của Hội đồng",
)
MEASURED = [
    case
    for case in CASES
    if case.kind in {"steps", "ratio", "linear"}
    and " | " not in case.words
    and not re.search(r"\b[ab]\s*(?:là|:|=)\s|Tính tỷ lệ", case.words)
]


@settings(max_examples=150)
@given(st.sampled_from(MEASURED), st.sampled_from(QUALIFIERS), st.data())
def test_a_further_condition_is_never_passed_over(case: Case, qualifier: str, data: st.DataObject) -> None:
    clauses = re.split(r"(;\s|\.\s|\n)", case.words.rstrip("."))
    place = data.draw(st.sampled_from(range(0, len(clauses), 2)))
    condition, colon, points = clauses[place].rpartition(":")
    changed = [
        f"{clauses[place]} {qualifier}",
        f"{clauses[place]}, {qualifier}",
        f"{clauses[place]}; {qualifier}",
    ]
    if colon:
        changed.append(f"{condition} {qualifier}{colon}{points}")
    clauses[place] = data.draw(st.sampled_from(changed))

    found = recognise(lines("".join(clauses)), Decimal(case.most))
    assert found is None or any(qualifier in level["name"] for level in found.parameters.get("levels", []))


def amounts_of(rule: Rule[Any]) -> list[Amount]:
    if isinstance(rule, Levels):
        return [level.amount for level in rule.levels]
    return [rule.base, *(step.amount for step in rule.steps)] if isinstance(rule, Steps) else []


@st.composite
def damaged(draw: Callable[..., Any]) -> tuple[Decimal, str]:
    """Words of the table with a few places struck out, doubled, swapped or with another figure."""
    case = draw(st.sampled_from(CASES))
    tokens = case.words.split(" ")
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(tokens) - 1))
        spare = draw(
            st.sampled_from(["0", "1", "2", "90%", "và", "không", "chậm", "trừ", ";", "điểm tối đa", "x"])
        )
        change = draw(st.sampled_from(["out", "twice", "swap", "put"]))
        if change == "out" and len(tokens) > 1:
            del tokens[place]
        elif change == "twice":
            tokens.insert(place, tokens[place])
        elif change == "swap":
            tokens[place], tokens[0] = tokens[0], tokens[place]
        else:
            tokens[place : place + draw(st.integers(0, 1))] = [spare]
    return Decimal(case.most), " ".join(tokens).lstrip("= ")  # a cell that begins with "=" is a formula


@settings(max_examples=200)
@given(damaged())
def test_damaged_words_give_no_rule_or_one_that_ends_at_the_maximum(written: tuple[Decimal, str]) -> None:
    most, words = written
    found = recognise([Line(words)], most)
    if found is None or found.kind == "knock_out":
        return
    rule = rule_of(found.kind, found.parameters, most)
    if in_points := [amount.of(most) for amount in amounts_of(rule)]:
        assert (min(in_points) >= 0, max(in_points)) == (True, most)
    if isinstance(rule, Parts):
        assert sum(part.amount.of(most) for part in rule.parts) == most


@settings(max_examples=15, deadline=None)
@given(st.lists(damaged(), min_size=5, max_size=5))
def test_words_are_kept_and_what_is_not_recognised_is_listed(written: list[tuple[Decimal, str]]) -> None:
    rows = [[str(n), f"Tiêu chí {n}", most, words] for n, (most, words) in enumerate(written, start=1)]
    framework = read_rows([[*HEADER, "Cách chấm"], *rows])
    listed = {code for kind, code in kinds(framework) if kind == "rule_unrecognised"}

    assert [leaf.guidance for leaf in framework.criteria] == [tidy_lines(words) for _, words in written]
    for leaf, (most, words) in zip(framework.criteria, written, strict=True):
        said = recognise([Line(words)], most) or (leaf.source == "survey" or None)
        assert (leaf.code in listed) == (said is None)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.kind != "manual"][::9], ids=lambda c: c.words[:40]
)
def test_how_letters_and_spaces_are_stored_changes_nothing(case: Any) -> None:
    found = recognise(lines(case.words), Decimal(case.most))
    looks = unicodedata.normalize("NFD", case.words).replace(" là ", "\u00a0là\u00a0")

    assert recognise(lines(looks), Decimal(case.most)) == found
