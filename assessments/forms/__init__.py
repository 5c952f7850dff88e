"""Forms of a unit's own file. They check the shape of what is typed; verbs decide and write."""

from assessments.forms.scores import (
    TAKE_THEIRS,
    ContentForm,
    LeafForm,
    MoveForm,
    Row,
    control_of,
    edit_summary,
    filled_row,
    is_changed,
    summary,
    written,
)

__all__ = [
    "TAKE_THEIRS",
    "ContentForm",
    "LeafForm",
    "MoveForm",
    "Row",
    "control_of",
    "edit_summary",
    "filled_row",
    "is_changed",
    "summary",
    "written",
]
