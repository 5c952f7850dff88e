"""What the pages of an organiser share: finding it, its menu, lists to take away, history."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from parindex.accounts.history import events_of, history
from parindex.accounts.models import Organiser, User
from parindex.accounts.permissions import (
    can_edit_units,
    can_manage_people,
    can_see_people,
    can_see_units,
    known_organisers,
)
from parindex.accounts.unit_forms import FileForm
from parindex.accounts.workbooks import TableRefused
from parindex.audit.models import Event

HISTORY_SIZE = 20
UNPROCESSABLE = 422
Check = Callable[[Any, Organiser], None]


def signed_in_user(request: HttpRequest) -> User:
    """The signed-in person; the login middleware lets nobody else through."""
    return cast(User, request.user)


def load_organiser(request: HttpRequest, organiser_id: int, check: Check) -> Organiser:
    """An organiser that this person belongs to and `check` lets through; any other is not found.

    Raises NotPermitted where the person belongs to it without the right.
    """
    organiser = get_object_or_404(known_organisers(request.user), pk=organiser_id)
    check(request.user, organiser)
    return organiser


def show(
    request: HttpRequest, template: str, organiser: Organiser, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of an organiser, with the menu that this person's roles open."""
    rights = {
        "sees_units": can_see_units(request.user, organiser),
        "edits_units": can_edit_units(request.user, organiser),
        "sees_people": can_see_people(request.user, organiser),
        "manages_people": can_manage_people(request.user, organiser),
    }
    shown = {"organiser": organiser, "nav_current": "organiser"} | rights | context
    return render(request, template, shown, status=status)


def past(thing: Any, also: QuerySet[Event] | None = None) -> dict[str, Any]:
    """The newest events of an object, for its page, with `also` others that concern it."""
    found = events_of(thing) if also is None else events_of(thing) | also
    events = list(found[:HISTORY_SIZE])
    return {"history": list(history(events))}


def refused_file(refusal: TableRefused) -> FileForm:
    """The form for a file with what was wrong with the one that was sent."""
    form = FileForm({})
    form.errors.clear()
    form.add_error("file", str(refusal))
    return form
