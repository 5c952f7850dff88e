"""How far the units of a round are: who may see it, the list of a group's files, one file and its history."""

from assessments.progress.lists import (
    ORDERS,
    Counts,
    FileLine,
    counts_of,
    files_to_list,
    lines_of,
    unit_named,
)
from assessments.progress.one_file import events_of, history, holder_of, last_move
from assessments.progress.reminders import REMINDED, REMINDS, can_remind, remind, take_paper
from assessments.progress.seen import (
    can_see_progress,
    check_see_progress,
    council_files,
    seen_files,
    seen_groups,
)

__all__ = [
    "ORDERS",
    "REMINDED",
    "REMINDS",
    "Counts",
    "FileLine",
    "can_remind",
    "can_see_progress",
    "check_see_progress",
    "council_files",
    "counts_of",
    "events_of",
    "files_to_list",
    "history",
    "holder_of",
    "last_move",
    "lines_of",
    "remind",
    "seen_files",
    "seen_groups",
    "take_paper",
    "unit_named",
]
