"""Every list of the site, found by opening every address: filtered, sorted, paged, taken away as it stands.

In a world with many rows of everything, a page that pages, or that shows as many rows as the world has, is a
list: it stands in LISTS, or docs/architecture.md says why it has less than the others.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from parindex.accounts.queries import given_name_key
from parindex.listing import PAGE_SIZE
from parindex.sheets import FORMULA_SIGNS, cell_text
from parindex.sorting import sort_key
from tests.lists.world import ARGUMENTS, FORMULA, World, build
from tests.rights.addresses import keys_of, names

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY, FEW = 54, 3
ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"
PEOPLE = ("staff", "officer", "superuser")
Rows = list[tuple[Any, ...]]


class Listed(NamedTuple):
    """Who sees a list, the columns of its file that its page shows too, and how often it asks the database.

    `alike` are columns in which all rows of the world say the same.
    """

    person: str
    keys: tuple[str, ...]
    queries: int
    alike: tuple[str, ...] = ()


# By the name of the address, with what stands behind its “?”.
LISTS: dict[str, Listed] = {
    "assessments:rounds": Listed("staff", ("Đợt đánh giá",), 11),
    "assessments:open_data": Listed("staff", ("Đợt đánh giá",), 7),
    "assessments:notices": Listed("officer", ("Nội dung",), 8),
    "assessments:round_history": Listed("staff", ("Lý do",), 12),
    "assessments:own_history": Listed("officer", ("Lý do",), 8),
    "assessments:progress": Listed("staff", ("Đơn vị",), 16),
    "assessments:progress_file": Listed("staff", ("Lý do",), 23),
    "assessments:appraisal": Listed("staff", ("Mã",), 14),
    "assessments:appraisal?xem=don-vi": Listed("staff", ("Đơn vị",), 14),
    "assessments:appraisal_leaf": Listed("staff", ("Đơn vị",), 17),
    "assessments:appraisal_meeting?loc=tat-ca": Listed("staff", ("Mã", "Đơn vị"), 12),
    "assessments:own_clarifications": Listed("officer", ("Mục", "Nội dung yêu cầu"), 9),
    "assessments:own_reviews": Listed("officer", ("Mục", "Nội dung đề nghị"), 17),
    "assessments:reviews": Listed("staff", ("Đơn vị", "Mục", "Nội dung đề nghị"), 9),
    "assessments:setup_people": Listed("staff", ("Họ và tên", "Tên đăng nhập"), 16),
    "assessments:setup_units": Listed("staff", ("Đơn vị", "Mã"), 12),
    "assessments:setup_set_aside": Listed("staff", ("Đơn vị", "Mục cũ"), 12),
    "assessments:survey_points": Listed("staff", ("Đơn vị",), 14),
    "assessments:reconciliation?ban=du-kien": Listed(
        "staff", ("Nhóm", "Đơn vị", "Chỗ chênh lệch"), 21, ("nhom", "cho-khac")
    ),
    "assessments:ranking?ban=du-kien": Listed("staff", ("Đơn vị",), 26, ("loai",)),
    "assessments:library": Listed("officer", ("Tên, trích yếu",), 9),
    "criteria:frameworks": Listed("staff", ("Bộ tiêu chí",), 9, ("co-quan",)),
    "criteria:history": Listed("staff", ("Lý do",), 10),
    "accounts:units": Listed("staff", ("Tên đơn vị", "Mã đơn vị"), 11),
    "accounts:people": Listed("staff", ("Họ và tên", "Tên đăng nhập"), 12),
    "accounts:organisers": Listed("superuser", ("Cơ quan",), 6),
}
# Lists of things that have none of the names of the world.
WITHOUT_NAMES = ("assessments:appraisal",)
# Columns that hold names, by the key under which they sort.
BY_NAME = {"Đơn vị": "ten", "Tên đơn vị": "ten", "Tên, trích yếu": "ten"}
BY_GIVEN_NAME = {"Họ và tên": "nguoi"}


class Page:
    """One list as one person asks for it, in all its pages and as a file. The same is asked for once."""

    def __init__(self, world: World, key: str, person: str = "") -> None:
        self.key, self.listed = key, LISTS[key]
        name, _, query = key.partition("?")
        self.address, self.fixed = address(world, name), dict(re.findall(r"([^&=]+)=([^&]*)", query))
        self.client = world.client(person or self.listed.person)
        self.answers: dict[str, Any] = {}

    def get(self, **asked: object) -> Any:
        query = urlencode(self.fixed | asked)
        if query not in self.answers:
            self.answers[query] = self.client.get(f"{self.address}?{query}")
        return self.answers[query]

    def sheet(self, **asked: object) -> Rows:
        """The rows of the workbook, each cell as a person reads it; the first row are the headings."""
        return list(_sheet(self.get(dang="xlsx", **asked)))

    def column(self, title: str, **asked: object) -> list[str]:
        head, *rows = self.sheet(**asked)
        return [row[head.index(title)] for row in rows]

    def keys(self, **asked: object) -> list[tuple[str, ...]]:
        """What the file says in the columns that the page shows; rows that say the same once."""
        head, *rows = self.sheet(**asked)
        places = [head.index(title) for title in self.listed.keys]
        return list(dict.fromkeys(tuple(row[place] for place in places) for row in rows))

    def told(self, **asked: object) -> list[str]:
        """The text of each page."""
        first = self.get(**asked)
        pages = first.context["page"].paginator.num_pages
        return [_text(self.get(trang=number, **asked)) for number in range(1, pages + 1)]

    def orders(self) -> list[str]:
        """By what the list says that it can be sorted."""
        context = self.get().context
        shown = [*context.get("orders", ()), *context.get("headings", ()), *context.get("heads", ())]
        return list(dict.fromkeys(one[0].removeprefix("-") for one in shown))


def address(world: World, name: str) -> str:
    """The address of a name in the world. Raises KeyError where the world has no such thing."""
    wanted = next(keys_of(name))
    return reverse(name, kwargs={key: ARGUMENTS[key](world) for key in wanted})


def _sheet(answer: HttpResponse) -> Iterator[tuple[str, ...]]:
    for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows():
        assert all(cell.data_type != "f" for cell in row), "a formula"
        yield tuple(cell_text(cell.value) for cell in row)


def _text(answer: HttpResponse) -> str:
    """What stands on the page after the form over its list, in one line."""
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    after = main.split('class="filters"')[-1]
    text = unescape(re.sub(r"<(script|option|select)\b.*?</\1>|<[^>]+>", " ", after, flags=re.DOTALL))
    return " ".join(text.replace("\u00a0", " ").split())


def in_turn(keys: Sequence[tuple[str, ...]], pages: Iterable[str]) -> str:
    """The first row of the file that the pages do not show at its place, or nothing."""
    text, place = " ".join(pages), 0
    for row in keys:
        for word in row:
            if not word:
                continue
            place = text.find(word, place)
            if place < 0:
                return f"{row} is not on the pages in its turn"
    return ""


# -- what every list does


def pages_and_files(page: Page) -> Iterator[str]:
    """All pages together show what the file says, unasked and by each column; the same each time."""
    if page.get().context["page"].paginator.num_pages < 2:
        yield "has one page only"
    if lost := in_turn(page.keys(), page.told()):
        yield f"unasked: {lost}"
    if not page.get().context.get("heads") and 'id="loc-xep"' not in page.get().content.decode():
        yield "cannot be put in order on a phone, which shows no heads of columns"
    for order in page.orders():
        yield from _both_ways(page, order)
    again = page.client.get(page.address, page.fixed | {"dang": "csv"}).content
    if again != page.get(dang="csv").content:
        yield "is not the same twice"


def _both_ways(page: Page, order: str) -> Iterator[str]:
    ways = {way: page.keys(xep=way) for way in (order, f"-{order}")}
    there, back = ways.values()
    if there == back and order not in page.listed.alike:
        yield f"{order}: the same both ways"
    if sorted(there) != sorted(back):
        yield f"{order}: other rows from the end"
    if lost := in_turn(back, page.told(xep=f"-{order}")):
        yield f"-{order}: {lost}"
    turned = page.get(xep=f"-{order}", trang=1).content.decode()
    if page.get().context.get("headings") and 'aria-sort="descending"' not in turned:
        yield f"{order}: nobody is told of the order"


def csv_says_the_same(page: Page) -> Iterator[str]:
    """CSV has what the workbook has, and nothing in it runs."""
    lines = list(csv.reader(io.StringIO(page.get(dang="csv").content.decode("utf-8-sig"))))
    cells = [cell for line in lines for cell in line]
    if running := [cell for cell in cells if cell.startswith(FORMULA_SIGNS)]:
        yield f"formulas in CSV: {running[:3]}"
    sheet = page.sheet()
    if len(lines) != len(sheet):
        yield f"{len(lines)} lines of CSV, {len(sheet)} rows of the workbook"
    places = [sheet[0].index(title) for title in page.listed.keys]
    said = [[line[place].removeprefix("'") for place in places] for line in lines]
    if said != [[row[place] for place in places] for row in sheet]:
        yield "CSV says other than the workbook"
    if page.key not in WITHOUT_NAMES and not any(cell.startswith(f"'{FORMULA}") for cell in cells):
        yield "the name that is a formula is not in CSV"


def filters(page: Page) -> Iterator[str]:
    """A choice gives a part of the list, on the page as in the file; unknown words give nothing."""
    all_rows, context = page.sheet()[1:], page.get().context
    for one in context.get("filters", ()):
        if not one.choices:
            yield from _words(page, one.name)
            continue
        narrowed = False
        for key, _ in one.choices:
            found = page.sheet(**{one.name: key})[1:]
            if not set(found) <= set(all_rows):
                yield f"{one.name}={key}: other rows than of the whole list"
            if narrowed := 0 < len(found) < len(all_rows):
                break
        if lost := in_turn(page.keys(**{one.name: key}), page.told(**{one.name: key})):
            yield f"{one.name}={key}: {lost}"
        if not narrowed and len(one.choices) > 1 and one.name not in page.listed.alike:
            yield f"{one.name}: no choice narrows the list"


def _words(page: Page, name: str) -> Iterator[str]:
    answer = page.get(**{name: "khong-co-chu-nay"})
    if answer.context["page"].paginator.count or len(page.sheet(**{name: "khong-co-chu-nay"})) > 1:
        yield f"{name}: finds what is not there"
    if "Xem tất cả" not in _text(answer) and "Không có" not in _text(answer):
        yield f"{name}: an empty list says nothing"
    kept = page.get(**{name: "khong-co", "xep": f"-{page.orders()[0]}"}).content.decode()
    if f"-{page.orders()[0]}" not in kept:
        yield f"{name}: the order is lost"


def vietnamese_order(page: Page) -> Iterator[str]:
    for titles, key in ((BY_NAME, sort_key), (BY_GIVEN_NAME, given_name_key)):
        for title, order in titles.items():
            if title in page.listed.keys and order in page.orders():
                names_told = page.column(title, xep=order)
                if names_told != sorted(names_told, key=key):  # type: ignore[arg-type]
                    yield f"{title}: {names_told[:8]} is no Vietnamese order"


def rights(world: World, key: str) -> Iterator[str]:
    """Whoever does not get the page gets no file, and no file says more than its pages."""
    for person in ("visitor", "neighbour", "officer"):
        page = Page(world, key, person)
        shown, taken = page.get(), page.get(dang="xlsx")
        if shown.status_code != taken.status_code:
            yield f"{person}: page {shown.status_code}, file {taken.status_code}"
        elif "page" in (shown.context or {}) and (lost := in_turn(page.keys(), page.told())):
            yield f"{person}: {lost}"


def queries(page: Page) -> int:
    page.get()
    with CaptureQueriesContext(connection) as asked:
        assert page.client.get(page.address, page.fixed).status_code == 200
    return len(asked)


def counts(world: World) -> dict[str, int]:
    return {key: queries(Page(world, key)) for key in LISTS}


def forgotten(world: World) -> Iterator[str]:
    """Whatever pages or is long is one of LISTS, or stands in the table of docs/architecture.md."""
    section = ARCHITECTURE.read_text().split("## Lists")[1].split("\n## ")[0]
    told = set(re.findall(r"`((?:\w+:)?[\w-]+)`", section))
    known = {key.partition("?")[0] for key in LISTS}
    found = {name for name in names() if is_list(world, name)}
    yield from (f"{name}: is no list any more" for name in known - found)
    yield from (f"{name}: is not told of in {ARCHITECTURE.name}" for name in found - known - told)
    yield from (
        f"{name}: is told of and is no page, or like every list" for name in told - (set(names()) - known)
    )


def is_list(world: World, name: str) -> bool:
    """Whether the page at this address, of the first of PEOPLE who gets one, pages or has as many rows."""
    try:
        url = address(world, name)
    except KeyError:
        return False
    key = next((key for key in LISTS if key.partition("?")[0] == name), "")
    people = (LISTS[key].person,) if key else PEOPLE
    answers = (world.client(person).get(f"{url}?{key.partition('?')[2]}") for person in people)
    answer = next((one for one in answers if one.status_code == 200), None)
    if answer is None or "text/html" not in answer["Content-Type"]:
        return False
    main = answer.content.decode().split("<main")[-1].split("<footer")[0]
    rows = max(main.count(tag) for tag in ("<tr", "<li", "<article", "<section"))
    return "page" in (answer.context or {}) or rows >= MANY - 5


def test_lists_of_a_few_rows_ask_what_lists_of_many_ask() -> None:
    assert counts(build(FEW)) == {key: listed.queries for key, listed in LISTS.items()}


def test_every_list_filters_sorts_pages_and_is_taken_away() -> None:
    world = build(MANY)
    assert MANY > PAGE_SIZE
    assert counts(world) == {key: listed.queries for key, listed in LISTS.items()}
    faults = list(forgotten(world))
    for key in LISTS:
        page = Page(world, key)
        checks = (pages_and_files(page), csv_says_the_same(page), filters(page), vietnamese_order(page))
        faults += [f"{key}: {fault}" for check in (*checks, rights(world, key)) for fault in check]
    assert faults == []
