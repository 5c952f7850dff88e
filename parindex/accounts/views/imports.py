"""A list from a file: choose it, look at what would change, confirm; one flow for units and for accounts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse

from parindex.accounts.catalogues import sealed, unsealed
from parindex.accounts.models import Organiser, User
from parindex.accounts.unit_forms import FileForm
from parindex.accounts.views.common import UNPROCESSABLE, refused_file, show, signed_in_user
from parindex.accounts.workbooks import Table, TableRefused, read_table
from parindex.sheets import Column


class Read(Protocol):
    """What came of reading a list."""

    @property
    def problems(self) -> Sequence[object]:
        """What keeps the whole list from being stored."""


R = TypeVar("R", bound=Read)


@dataclass(frozen=True, slots=True)
class ListImport(Generic[R]):
    """One kind of list: its columns, how it is looked at and stored, and what follows."""

    area: str
    choose_page: str
    preview_page: str
    columns: Sequence[Column]
    notes: Sequence[str]
    preview: Callable[[Organiser, Table, User], R]
    store: Callable[[Organiser, Table, User], R]
    done: Callable[[HttpRequest, Organiser, R], HttpResponse]

    def answer(self, request: HttpRequest, organiser: Organiser) -> HttpResponse:
        """Choose a file; its preview; store what the preview showed."""
        if request.method != "POST":
            return self._choose(request, organiser, FileForm())
        if "rows" in request.POST:
            return self._confirm(request, organiser)
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._choose(request, organiser, form)
        file = form.cleaned_data["file"]
        try:
            table = read_table(file.read(), file.name, self.columns)
        except TableRefused as refusal:
            return self._choose(request, organiser, refused_file(refusal))
        read = self.preview(organiser, table, signed_in_user(request))
        return self._preview(request, organiser, table, read)

    def _confirm(self, request: HttpRequest, organiser: Organiser) -> HttpResponse:
        try:
            table = unsealed(request.POST["rows"], organiser)
        except TableRefused as refusal:
            return self._choose(request, organiser, refused_file(refusal))
        read = self.store(organiser, table, signed_in_user(request))
        if read.problems:
            return self._preview(request, organiser, table, read)
        return self.done(request, organiser, read)

    def _choose(self, request: HttpRequest, organiser: Organiser, form: FileForm) -> HttpResponse:
        status = UNPROCESSABLE if form.is_bound else 200
        context = {"area": self.area, "form": form, "columns": self.columns, "notes": self.notes}
        return show(request, self.choose_page, organiser, context, status=status)

    def _preview(self, request: HttpRequest, organiser: Organiser, table: Table, read: R) -> HttpResponse:
        status = UNPROCESSABLE if read.problems else 200
        context = {
            "area": self.area,
            "read": read,
            "total": len(table.lines),
            "rows": "" if read.problems else sealed(table, organiser),
        }
        return show(request, self.preview_page, organiser, context, status=status)
