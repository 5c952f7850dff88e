"""Points of the sociological survey: the table of a group, what may be entered, saving, a workbook."""

from assessments.survey_points.cells import (
    CellRefused,
    Entry,
    Mode,
    SurveyCell,
    Typed,
    entry_of,
    mode_of_column,
    modes_of,
)
from assessments.survey_points.saving import (
    REASON_LACKS,
    StaleSurvey,
    cells_of,
    save_points,
    scored_count,
    survey_leaves,
)
from assessments.survey_points.workbook import FileRefused, read_workbook, template

__all__ = [
    "REASON_LACKS",
    "CellRefused",
    "Entry",
    "FileRefused",
    "Mode",
    "StaleSurvey",
    "SurveyCell",
    "Typed",
    "cells_of",
    "entry_of",
    "mode_of_column",
    "modes_of",
    "read_workbook",
    "save_points",
    "scored_count",
    "survey_leaves",
    "template",
]
