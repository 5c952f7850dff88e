"""Verbs over rounds and units' files: check, change, audit, in one transaction each."""

from assessments.workflow.conclusions import conclude, require_conclusions
from assessments.workflow.rounds import GroupSettings, add_group, open_round
from assessments.workflow.words import record_words, write_words

__all__ = [
    "GroupSettings",
    "add_group",
    "conclude",
    "open_round",
    "record_words",
    "require_conclusions",
    "write_words",
]
