"""Refusals of this app; each message is Vietnamese and fit to show."""

from parindex.refusals import Refusal


class CriteriaError(Refusal):
    """Something asked of a framework cannot be done; the message says what to do."""


class FrameworkNotReady(CriteriaError):
    """A framework has problems that nobody has resolved yet."""


class FrameworkImmutable(CriteriaError):
    """A framework in force never changes: a correction is a new version."""


class DraftChanged(CriteriaError):
    """Somebody else resolved the same place, or removed the draft, since the page was opened."""


class NotPermitted(CriteriaError):
    """This person may not do this."""

    status = 403


class RuleRefused(CriteriaError):
    """A leaf's rule cannot be used as it is written."""


class FactsRefused(CriteriaError):
    """Facts entered for a leaf cannot be used with its rule; `field` names the entry at fault, if one is."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
