"""Decisions and frameworks with small trees of criteria."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from criteria.enums import Source
from criteria.models import Criterion, Decision, Framework
from criteria.workflow import activate
from parindex.audit.events import COMMAND_LINE
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory

# 20 points: 1 is 4 + 2 + 4, 2 is 6 and 4 of a survey.
SMALL_TREE = {
    "1.1.1": "4",
    "1.1.2": "2",
    "1.2": "4",
    "2.1": "6",
    "2.2": {"max_points": "4", "source": Source.SURVEY},
}


class DecisionFactory(DjangoModelFactory):
    """A decision that issues frameworks."""

    class Meta:
        model = Decision

    number = factory.Sequence(lambda n: f"{n}/QĐ-UBND")
    issued = dt.date(2024, 1, 5)
    issuer = factory.SubFactory(OrganiserFactory)


class FrameworkFactory(DjangoModelFactory):
    """A draft without criteria; `grow` gives it some."""

    class Meta:
        model = Framework

    decision = factory.SubFactory(DecisionFactory)
    unit_type = factory.SubFactory(UnitTypeFactory)
    version = 1
    title = "Bộ tiêu chí"


class FrameworkInForceFactory(FrameworkFactory):
    """A framework in force with a tree: `rows` as `grow` takes them."""

    rows: Any = SMALL_TREE

    @classmethod
    def _create(cls, model_class: type[Framework], *args: Any, **kwargs: Any) -> Framework:
        rows = kwargs.pop("rows")
        framework = super()._create(model_class, *args, **kwargs)
        grow(framework, rows)
        activate(framework, by=COMMAND_LINE)
        framework.refresh_from_db()
        return framework


def grow(framework: Framework, rows: Mapping[str, Any]) -> dict[str, Criterion]:
    """Add criteria in the order given; return them by code.

    A row is a code with its points, or with fields of the criterion. Parents follow from the codes
    and are made where no row names them; their maximum is the sum below.
    """
    made: dict[str, Criterion] = {}
    for code, row in rows.items():
        _add(framework, code, row if isinstance(row, Mapping) else {"max_points": row}, made)
    for criterion in reversed(made.values()):
        criterion.is_leaf = criterion.pk not in {other.parent_id for other in made.values()}
        if criterion.parent:
            criterion.parent.max_points += criterion.max_points
    for criterion in made.values():
        criterion.save()
    return made


def _add(framework: Framework, code: str, fields: Mapping[str, Any], made: dict[str, Criterion]) -> Criterion:
    if code in made:
        return made[code]
    above = code.rpartition(".")[0]
    parent = _add(framework, above, {}, made) if above else None
    values = dict(fields)
    values["unallocated"] = Decimal(values.get("unallocated", 0))
    values["max_points"] = Decimal(values.get("max_points", 0)) + values["unallocated"]
    criterion = Criterion(
        framework=framework,
        parent=parent,
        content=parent.content if parent else None,
        position=len(made) + 1,
        code=code,
        level=code.count(".") + 1,
        title=f"Tiêu chí {code}",
        is_leaf=True,
        **values,
    )
    criterion.save()
    criterion.content = criterion.content or criterion
    made[code] = criterion
    return criterion
