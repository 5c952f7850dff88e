"""Who may do which verb of the table on a unit's file."""

import datetime as dt
from collections.abc import Sequence

from assessments.enums import RoundDuty, Verb
from assessments.exceptions import NotPermitted
from assessments.models import Assessment
from assessments.permissions.acting import Acting, Person, acting_in, only_for, own_unit, passes
from assessments.states import can_transition, check_transition
from assessments.transitions import TABLE, TRANSITIONS, Transition
from parindex.accounts.enums import Role


def check_role_for(acting: Acting, assessment: Assessment, row: Transition) -> None:
    """Raise NotPermitted unless one of the person's roles may do this verb on this file."""
    require_role(acting, assessment, row.roles, str(row.verb.label))


def require_role(
    acting: Acting, assessment: Assessment, roles: Sequence[Role | RoundDuty], what: str
) -> None:
    """Raise NotPermitted unless one of the person's roles is among those that may do this on this file."""
    if acting.among(roles):
        acting.require(roles)
        return
    if acting.roles.intersection(roles):
        raise own_unit(assessment)
    raise NotPermitted(f"{only_for(roles)} mới làm được việc “{what}” với hồ sơ của {assessment.unit_name}.")


def check_move(user: Person, assessment: Assessment, verb: Verb, *, now: dt.datetime | None = None) -> None:
    """Raise NotPermitted for the wrong person, then WrongState for the wrong state or a passed deadline."""
    row = TRANSITIONS[verb]
    check_role_for(acting_in(user, assessment, now=now), assessment, row)
    check_transition(assessment, row, now=now)


def can_move(user: Person, assessment: Assessment, verb: Verb, *, now: dt.datetime | None = None) -> bool:
    """Whether this person may do this verb on this file now."""
    return passes(lambda: check_move(user, assessment, verb, now=now))


def open_moves(user: Person, assessment: Assessment, *, now: dt.datetime | None = None) -> list[Transition]:
    """Every verb that this person may do on this file now, in the order of the table: a page's buttons."""
    acting = acting_in(user, assessment, now=now)
    return [row for row in TABLE if acting.doing(row.roles) and can_transition(assessment, row, now=now)]
