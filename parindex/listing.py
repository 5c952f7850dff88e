"""What every list of the site does alike: words sought, filters, an order by column, pages, a file.

A list is asked for in its address alone, so that it works without script and can be sent on: `tim` (words),
`xep` (a column, with "-" from the end), `trang` (a page), `dang` (xlsx or csv instead of the page).
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from parindex.sheets import Column, csv_file, xlsx_file

PAGE_SIZE = 50
# A list that one sees at a glance needs no search.
FEW = 8
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS, ORDER, PAGE, FILE = "tim", "xep", "trang", "dang"
Row = TypeVar("Row")
Keys = Mapping[str, Callable[[Row], Any]]


def fold(text: str) -> str:
    """Text without signs and capitals, so that "dai kim" finds "Đại Kim" on every database."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())


def has_words(query: str, *texts: str) -> bool:
    """Whether folded words, if any are sought, stand in one of the texts."""
    return not query or any(query in fold(text) for text in texts)


# -- what is shown of a list


class Filter(NamedTuple):
    """One field over a list: words to look for, or one of some choices. No value: everything."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]] = ()

    @property
    def folded(self) -> str:
        """The words, as `has_words` takes them."""
        return fold(self.value)


def words(request: HttpRequest, label: str, *, name: str = WORDS) -> Filter:
    """A field for words."""
    return Filter(name, label, request.GET.get(name, "").strip())


def choice(request: HttpRequest, name: str, label: str, choices: Iterable[tuple[object, str]]) -> Filter:
    """A field with choices; what is none of them asks for nothing."""
    known = [(str(key), text) for key, text in choices]
    asked = request.GET.get(name, "")
    return Filter(name, label, asked if asked in dict(known) else "", known)


# -- its order


class Sorting(NamedTuple):
    """By which column, and whether backwards: "-ma" is by code, from the end."""

    column: str
    backwards: bool

    @property
    def asked(self) -> str:
        """The order as the address asks for it."""
        return f"{'-' * self.backwards}{self.column}"


def sorting(asked: str, columns: Iterable[str]) -> Sorting:
    """The order asked for; the first column where it is none of them."""
    name, known = asked.removeprefix("-"), list(columns)
    return Sorting(name, asked.startswith("-")) if name in known else Sorting(known[0], False)


def in_order(rows: Iterable[Row], sort: Sorting, keys: Keys[Row]) -> list[Row]:
    """Rows by one column: what has nothing there comes last both ways, equals stay as they came."""
    key = keys[sort.column]
    found = [(key(row), row) for row in rows]
    there = [(value, row) for value, row in found if value is not None]
    there.sort(key=lambda pair: pair[0], reverse=sort.backwards)
    return [row for _, row in there] + [row for value, row in found if value is None]


def ordered(
    request: HttpRequest, rows: QuerySet[Any], columns: Mapping[str, Sequence[str]], *, first: str = ""
) -> tuple[QuerySet[Any], Sorting]:
    """Rows of the database by the column asked for (`first` unasked), with the order that it came to.

    `columns` gives each column's fields: the first turns round and leaves what is empty last, the others
    settle what is equal.
    """
    sort = sorting(request.GET.get(ORDER, "") or first, columns)
    by, *rest = columns[sort.column]
    turned = F(by).desc(nulls_last=True) if sort.backwards else F(by).asc(nulls_last=True)
    return rows.order_by(turned, *rest), sort


# -- the whole of it


def listed(
    request: HttpRequest,
    rows: Iterable[Row],
    keys: Keys[Row],
    filters: Sequence[Filter] = (),
    *,
    first: str = "",
) -> dict[str, Any]:
    """What the parts of a list on a page are drawn from; `keys` names its columns, its own order first.

    Unasked it stands by `first`, where that is another ("-luc": the newest first).

    `rows` in the answer are all that were found, in order, for the file; `page` is the one to show.
    """
    sort = sorting(request.GET.get(ORDER, "") or first, keys)
    return _drawn(request, in_order(rows, sort, keys), sort, filters)


def listed_rows(
    request: HttpRequest,
    rows: QuerySet[Any],
    columns: Mapping[str, Sequence[str]],
    filters: Sequence[Filter] = (),
    *,
    first: str = "",
) -> dict[str, Any]:
    """The same for rows that the database puts in order (`ordered`) and reads page by page."""
    found, sort = ordered(request, rows, columns, first=first)
    return _drawn(request, found, sort, filters)


def _drawn(request: HttpRequest, rows: Any, sort: Sorting, filters: Sequence[Filter]) -> dict[str, Any]:
    return {
        "rows": rows,
        "page": page_of(request, rows),
        "sort": sort,
        "filters": filters,
        "is_narrowed": any(one.value for one in filters),
    }


def page_of(request: HttpRequest, rows: Any) -> "Page[Any]":
    """The page of a list that the address asks for."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get(PAGE))


def wanted_file(request: HttpRequest) -> str:
    """The kind of file that the address asks for instead of the page, or nothing."""
    return request.GET.get(FILE, "")


def list_file(
    kind: str, name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """A list as a file to take away, Excel or CSV."""
    if kind == "xlsx":
        content, content_type = xlsx_file(title, columns, rows), XLSX_TYPE
    elif kind == "csv":
        content, content_type = csv_file(columns, rows), "text/csv; charset=utf-8"
    else:
        raise Http404("Danh sách có ở dạng xlsx và csv.")
    return attachment(content, content_type, f"{name}.{kind}")


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to take away that nobody keeps on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)
