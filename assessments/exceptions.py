"""Refusals of this app; each message is Vietnamese and fit to show."""

from parindex.refusals import Refusal


class AssessmentError(Refusal):
    """Something asked of a round cannot be done; the message says why and what to do."""


class NotPermitted(AssessmentError):
    """This person may not do this."""

    status = 403


class WrongState(AssessmentError):
    """The state of the thing does not allow this now."""


class StillProvisional(AssessmentError):
    """Units have leaves without points, or are not concluded, so nothing can be published."""


class DocumentUnavailable(AssessmentError):
    """This machine lacks what a document needs; the message names it."""

    status = 503


class InputRefused(AssessmentError):
    """A file was read and refused; `problems` name each row and cell. Nothing was stored."""

    def __init__(self, message: str, problems: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.problems = problems
