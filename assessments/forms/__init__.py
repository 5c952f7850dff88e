"""Forms of a unit's own file. They check the shape of what is typed; verbs decide and write."""

from assessments.forms.scores import ContentForm, MoveForm

__all__ = ["ContentForm", "MoveForm"]
