"""Changing a draft by hand, with every change kept so that it can be undone."""

from criteria.editing.verbs import Content, add, change, move, remove, set_rule, undo

__all__ = ["Content", "add", "change", "move", "remove", "set_rule", "undo"]
