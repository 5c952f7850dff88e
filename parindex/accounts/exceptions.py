"""Refusals of this app; each message is Vietnamese and fit to show."""

from parindex.refusals import Refusal


class AccountsError(Refusal):
    """Something asked of accounts or units cannot be done; the message says what to do."""


class NotPermitted(AccountsError):
    """This person may not do this."""

    status = 403


class LastAdministrator(AccountsError):
    """An organiser would be left without anybody who administers it."""


class AlreadySetUp(AccountsError):
    """The installation has accounts; its first run is over."""
