"""Short ways to write the Decimals of these tests: literals, and hypothesis strategies."""

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

QUICK = settings(max_examples=40, deadline=None)


def d(text: str) -> Decimal:
    """A Decimal from its literal."""
    return Decimal(text)


def decimals(low: str, high: str, places: int = 3) -> st.SearchStrategy[Decimal]:
    """Decimals between two bounds, with that many places."""
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


maxima = decimals("0.25", "40", places=2)
