"""One unit's own scores: what its people see of a file, and the verb that writes what they enter."""

from assessments.self_scoring.checks import Finding, findings_of, is_notable
from assessments.self_scoring.contents import (
    WHY_LOCKED,
    Content,
    Line,
    Progress,
    RowState,
    above,
    bare_content,
    contents_of,
    criteria_of,
    kept_criteria,
    next_to_do,
    progress_of,
)
from assessments.self_scoring.files import (
    Listed,
    files_entered_for,
    files_of,
    heads_of,
    last_return,
    last_returns,
    listed_files,
    memberships_in_units,
)
from assessments.self_scoring.saving import (
    Edit,
    Saved,
    StaleScores,
    is_self_scored,
    keep_unsaved,
    save_own_words,
)
from assessments.self_scoring.years import previous_points

__all__ = [
    "WHY_LOCKED",
    "Content",
    "Edit",
    "Finding",
    "Line",
    "Listed",
    "Progress",
    "RowState",
    "Saved",
    "StaleScores",
    "above",
    "bare_content",
    "contents_of",
    "criteria_of",
    "files_of",
    "files_entered_for",
    "findings_of",
    "heads_of",
    "is_notable",
    "is_self_scored",
    "keep_unsaved",
    "kept_criteria",
    "last_return",
    "last_returns",
    "listed_files",
    "memberships_in_units",
    "next_to_do",
    "previous_points",
    "progress_of",
    "save_own_words",
]
