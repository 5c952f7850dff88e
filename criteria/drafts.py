"""A draft as plain data: kept before each change, and put back when the change is undone."""

from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from criteria.models import Criterion, DraftStep, Framework, Problem
from parindex.audit.events import Actor
from parindex.notation import plain

LONGEST = 300
M = TypeVar("M", bound=Model)


def keep_step(framework: Framework, *, what: str, by: Actor) -> DraftStep:
    """Keep the draft as it stands before a change. Call it inside the transaction that changes it."""
    return DraftStep.objects.create(
        framework=framework, by_id=by.id, by_name=by.name, what=what[:LONGEST], tree=_as_data(framework)
    )


def put_back(step: DraftStep) -> None:
    """Make the draft what it was before the step; later steps are gone with it."""
    framework = step.framework
    framework.problems.all().delete()
    framework.criteria.all().delete()
    framework.unallocated = Decimal(step.tree["unallocated"])
    framework.save(update_fields=["unallocated"])
    Criterion.objects.bulk_create(_read(Criterion, row) for row in step.tree["criteria"])
    Problem.objects.bulk_create(_read(Problem, row) for row in step.tree["problems"])
    framework.steps.filter(pk__gte=step.pk).delete()


def _as_data(framework: Framework) -> dict[str, Any]:
    # Parents come before their children, so that rows can be written back in this order.
    criteria = framework.criteria.order_by("level", "position")
    return {
        "unallocated": plain(framework.unallocated),
        "criteria": [_written(row) for row in criteria],
        "problems": [_written(row) for row in framework.problems.order_by("position")],
    }


def _written(row: Model) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _read(model: type[M], data: dict[str, Any]) -> M:
    fields = model._meta.concrete_fields
    return model(**{field.attname: field.to_python(data[field.attname]) for field in fields})
