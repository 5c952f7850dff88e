"""Changing a draft by hand, with every change kept so that it can be undone."""

from criteria.editing.choices import choose
from criteria.editing.figures import SumAbove, sums_above
from criteria.editing.sources import add_survey_block, remove_survey_block, set_sources
from criteria.editing.verbs import Content, add, change, move, remove, set_rule, undo

__all__ = [
    "Content",
    "SumAbove",
    "add",
    "add_survey_block",
    "change",
    "choose",
    "move",
    "remove",
    "remove_survey_block",
    "set_rule",
    "set_sources",
    "sums_above",
    "undo",
]
