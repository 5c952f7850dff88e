"""A next version of a framework, on the threads of the one before, with what a test changes in it."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from assessments.models import Group
from assessments.workflow.moving import move_group
from assessments.workflow.moving_plan import plan_of
from assessments.workflow.moving_shapes import Plan
from criteria.models import Criterion, Framework
from criteria.versions import copy_as_draft
from criteria.workflow import activate
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE

Rows = Mapping[str, Criterion]


def next_version(framework: Framework, change: Callable[[Rows], None] = lambda _: None) -> Framework:
    """The next version in force: a copy whose rows, by their codes, `change` has changed."""
    draft = copy_as_draft(framework, decision=framework.decision, title="", by=COMMAND_LINE)
    change({row.code: row for row in draft.criteria.all()})
    activate(draft, by=COMMAND_LINE)
    draft.refresh_from_db()
    return draft


def put(row: Criterion, **fields: object) -> None:
    """Change a row of a draft."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def add(rows: Rows, code: str, points: str, **fields: object) -> Criterion:
    """A new leaf at the end of the draft, under the row that its code names."""
    parent = rows[code.rpartition(".")[0]]
    draft = parent.framework
    last = draft.criteria.order_by("-position").first()
    put(parent, is_leaf=False)
    return Criterion.objects.create(
        framework=draft,
        parent=parent,
        content=parent.content,
        position=(last.position if last else 0) + 1,
        code=code,
        level=parent.level + 1,
        title=f"Tiêu chí {code}",
        is_leaf=True,
        max_points=Decimal(points),
        **fields,
    )


def moved(group: Group, to: Framework, by: User, *, reason: str = "Sửa theo quyết định mới") -> Plan:
    """Preview and confirm at once."""
    return move_group(group, to=to, reason=reason, seen=plan_of(group, to).digest, by_user=by)
