"""Refusals of this app; each message is Vietnamese and fit to show."""


class CriteriaError(Exception):
    """Something asked of a framework cannot be done; the message says what to do."""


class FrameworkNotReady(CriteriaError):
    """A framework has problems that nobody has resolved yet."""


class FrameworkImmutable(CriteriaError):
    """A framework in force never changes: a correction is a new version."""
