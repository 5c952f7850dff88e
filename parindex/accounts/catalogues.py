"""What lists read by django-import-export share: Vietnamese answers, problems by row and column."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core import signing
from django.core.exceptions import ValidationError
from import_export import widgets
from import_export.results import Result
from tablib import Dataset

from parindex.accounts.models import Organiser
from parindex.accounts.workbooks import Line, Table, TableRefused
from parindex.days import read_day
from parindex.notation import vietnamese_date
from parindex.sheets import Column

SALT = "parindex.accounts.preview"
PREVIEW_SECONDS = 2 * 60 * 60


class Problem(NamedTuple):
    """One thing wrong with a file: which row, which column (letter and title), what to do."""

    line: int
    letter: str
    title: str
    message: str

    @property
    def place(self) -> str:
        """Where to look in the spreadsheet."""
        return f"Dòng {self.line}, cột {self.letter} ({self.title})" if self.letter else f"Dòng {self.line}"


class OnlyALook(Exception):
    """Leaves the transaction of a preview without storing anything."""


class DayWidget(widgets.Widget):
    """Days as day/month/year; empty is no day."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        """Read a day. Raises ValueError in Vietnamese."""
        try:
            return read_day(value) if value else None
        except ValidationError as error:
            raise ValueError(error.messages[0]) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return vietnamese_date(value) if value else ""


@dataclass(frozen=True, slots=True)
class TextWidget(widgets.Widget):
    """Text of a limited length; `missing` is what to say where there is none."""

    missing: str
    longest: int

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Read text. Raises ValueError in Vietnamese."""
        if not value:
            raise ValueError(self.missing)
        if len(value) > self.longest:
            raise ValueError(f"Dài quá {self.longest} ký tự.")
        return str(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


def dataset(table: Table, columns: Sequence[Column]) -> Dataset:
    """The rows as django-import-export takes them, every column present."""
    keys = [column.key for column in columns]
    return Dataset(*([line.cells.get(key, "") for key in keys] for line in table.lines), headers=keys)


def problems_of(result: Result, table: Table, columns: Sequence[Column]) -> list[Problem]:
    """What is wrong with the rows, in their order. A fault of ours is raised as it came."""
    for row in result.rows:
        for fault in row.errors:
            raise fault.error
    found: list[Problem] = []
    for number, row in enumerate(result.rows):
        if row.validation_error is not None:
            line = table.lines[number]
            found.extend(_problems(row.validation_error, line, table, columns))
    return found


def _problems(
    error: ValidationError, line: Line, table: Table, columns: Sequence[Column]
) -> Iterable[Problem]:
    order = {column.key: (place, column.title) for place, column in enumerate(columns)}
    for key, messages in sorted(error.message_dict.items(), key=lambda item: order.get(item[0], (0, ""))):
        title = order.get(key, (0, ""))[1]
        for message in messages:
            yield Problem(line.number, table.letters.get(key, "") if title else "", title, message)


# -- what was previewed comes back with the confirmation: nothing waits on the server


def sealed(table: Table, organiser: Organiser) -> str:
    """The rows of a file for a hidden field of the preview."""
    rows = [[line.number, dict(line.cells)] for line in table.lines]
    content = {"organiser": organiser.pk, "letters": dict(table.letters), "rows": rows}
    return signing.dumps(content, salt=SALT, compress=True)


def unsealed(text: str, organiser: Organiser) -> Table:
    """The rows that a preview showed. Raises TableRefused where they are old or not ours."""
    try:
        content = signing.loads(text, salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature as error:
        raise TableRefused("Bản xem trước đã cũ. Chọn lại tệp để xem trước lần nữa.") from error
    if content["organiser"] != organiser.pk:
        raise TableRefused("Bản xem trước này thuộc cơ quan khác. Chọn lại tệp.")
    return Table([Line(number, cells) for number, cells in content["rows"]], content["letters"])
