"""May this person? Pairs of functions: `check_…` raises with a sentence to show, `can_…` says yes or no."""

from assessments.permissions.acting import Acting, Person, acting_in
from assessments.permissions.appraisal import can_appraise, check_appraise
from assessments.permissions.files import (
    NOT_SUBMITTED,
    SEES_FILES,
    can_edit_self_scores,
    can_view_file,
    check_edit_self_scores,
    check_view_file,
)
from assessments.permissions.moves import can_move, check_move, check_role_for, open_moves
from assessments.permissions.rounds import (
    SEES_PROVISIONAL,
    can_see_provisional,
    check_see_provisional,
    organisers_of,
)

__all__ = [
    "NOT_SUBMITTED",
    "SEES_FILES",
    "SEES_PROVISIONAL",
    "Acting",
    "Person",
    "acting_in",
    "can_appraise",
    "can_edit_self_scores",
    "can_move",
    "can_see_provisional",
    "can_view_file",
    "check_appraise",
    "check_edit_self_scores",
    "check_move",
    "check_role_for",
    "check_see_provisional",
    "check_view_file",
    "open_moves",
    "organisers_of",
]
