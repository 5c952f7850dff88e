"""Choosing which figure of a paper holds, as a step that can be undone."""

from django.db import transaction

from criteria.editing.verbs import require_draft
from criteria.enums import Resolution
from criteria.models import Criterion, Problem
from criteria.workflow import resolve_problem
from parindex.audit.events import Actor


@transaction.atomic
def choose(problem: Problem, *, choice: Resolution, leaf: Criterion | None, reason: str, by: Actor) -> None:
    """Record which figure holds and why, the draft being kept as it stood. Raises as `resolve_problem`."""
    where = f"mục {problem.code}" if problem.code else "tổng điểm"
    require_draft(problem.framework, what=f"chọn con số của {where}: {choice.label.lower()}", by=by)
    resolve_problem(problem, choice=choice, leaf=leaf, reason=reason, by=by)
