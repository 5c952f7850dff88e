"""What a draft's page shows: the tree that was read, and beside it each place to look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from criteria.enums import ProblemKind, Severity
from criteria.forms import ResolveForm
from criteria.models import Criterion, Framework, Problem
from criteria.permissions import can_change
from criteria.queries import FrameworkPage, framework_page
from criteria.views.common import show
from criteria.visibility import visible_frameworks


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the tree with the discrepancy that concerns it."""

    criterion: Criterion
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Place:
    """A discrepancy: its rows added up, and the form to resolve it where a choice can."""

    problem: Problem
    difference: Decimal | None
    parts: tuple[Criterion, ...]
    form: ResolveForm | None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft with its places to look at, and whether this person may change it."""

    page: FrameworkPage
    rows: tuple[Row, ...]
    places: tuple[Place, ...]
    may_change: bool
    total_problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()
    infos: tuple[Problem, ...] = ()

    @property
    def open(self) -> int:
        """How many places keep the draft from coming into force."""
        return sum(place.problem.is_open for place in self.places)

    @property
    def for_the_file(self) -> int:
        """How many of them no choice can mend."""
        return sum(place.problem.is_open and not by_choice(place.problem) for place in self.places)

    @property
    def faulty(self) -> ResolveForm | None:
        """The form that was sent with a mistake, if one was."""
        return next((place.form for place in self.places if place.form and place.form.errors), None)


def by_choice(problem: Problem) -> bool:
    """Whether a choice between two figures can resolve this."""
    return (
        problem.kind == ProblemKind.SUM_MISMATCH
        and problem.declared is not None
        and problem.computed is not None
    )


def draft_page(
    request: HttpRequest, framework: Framework, sent: Mapping[int, ResolveForm] | None = None
) -> DraftPage:
    """Everything on a draft's page, in a fixed number of queries; `sent` holds forms with mistakes."""
    page = framework_page(framework, visible_frameworks(request.user))
    may_change = can_change(request.user, framework)
    concerned = {problem.code: problem for problem in page.discrepancies}
    places = tuple(_place(page, problem, may_change, sent or {}) for problem in page.discrepancies)
    return DraftPage(
        page=page,
        rows=tuple(Row(row, concerned.get(row.code)) for row in page.tree),
        places=places,
        may_change=may_change,
        total_problem=concerned.get(""),
        warnings=tuple(note for note in page.notes if note.severity == Severity.WARNING),
        infos=tuple(note for note in page.notes if note.severity == Severity.INFO),
    )


def resolve_form(page: FrameworkPage, problem: Problem, data: Any = None) -> ResolveForm:
    """The form that resolves one discrepancy; the leaves offered are those below its node."""
    return ResolveForm(data, problem=problem, leaves=tuple(_below(page, problem)), total=page.total)


def _place(page: FrameworkPage, problem: Problem, may_change: bool, sent: Mapping[int, ResolveForm]) -> Place:
    form = None
    if may_change and problem.is_open and by_choice(problem):
        form = sent.get(problem.pk) or resolve_form(page, problem)
    difference = None
    if problem.declared is not None and problem.computed is not None:
        difference = problem.declared - problem.computed
    return Place(problem, difference, _parts(page, problem), form)


def _parts(page: FrameworkPage, problem: Problem) -> tuple[Criterion, ...]:
    """The rows right below a node, where they still add up to what the reader found."""
    node = next((row.pk for row in page.tree if row.code == problem.code), None)
    parts = tuple(row for row in page.tree if row.parent_id == node)
    same = parts and sum(row.max_points for row in parts) == problem.computed
    return parts if same and (node or not problem.code) else ()


def _below(page: FrameworkPage, problem: Problem) -> Iterator[Criterion]:
    """Leaves under a problem's node, in document order; all leaves where it is about the total."""
    inside = {row.pk for row in page.tree if row.code == problem.code}
    for row in page.tree:
        if row.parent_id in inside:
            inside.add(row.pk)
        if row.is_leaf and (row.pk in inside or not problem.code):
            yield row


def show_draft(
    request: HttpRequest, framework: Framework, sent: Mapping[int, ResolveForm] | None = None
) -> HttpResponse:
    """The page of a draft."""
    draft = draft_page(request, framework, sent)
    return show(request, "criteria/draft.html", {"draft": draft, "page": draft.page})
