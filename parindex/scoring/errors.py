"""What the arithmetic refuses. Both messages are Vietnamese and fit to show to the person who typed."""

from decimal import Decimal


class RuleError(ValueError):
    """A setting of the framework or the round cannot be used (a rule, a tree, a class scale)."""


class FactsError(ValueError):
    """The facts entered for one unit cannot be used with their rule."""


def written(value: Decimal) -> str:
    """Write a number for a message, with the decimal comma of Vietnamese papers."""
    return format(value, "f").replace(".", ",")


def require_rule(condition: bool, message: str) -> None:
    """Raise RuleError with this message unless the condition holds."""
    if not condition:
        raise RuleError(message)


def require_facts(condition: bool, message: str) -> None:
    """Raise FactsError with this message unless the condition holds."""
    if not condition:
        raise FactsError(message)


def require_amount(value: Decimal, what: str) -> None:
    """Raise FactsError unless the value is a number and not negative. `what` begins the message."""
    require_facts(value.is_finite(), f"{what} không phải là số.")
    require_facts(value >= 0, f"{what} là số âm ({written(value)}).")
