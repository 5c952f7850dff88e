"""The door from a survey to the arithmetic: how far its sample can be off."""

from decimal import Decimal

from parindex.scoring.rounding import round_half_up
from parindex.scoring.survey import margin_of_error
from surveys.models import Campaign

WORST_SHARE = Decimal(50)


def sampling_margin(campaign: Campaign) -> Decimal | None:
    """The margin of a campaign's whole sample; None where the number of valid forms is not known."""
    return margin_of_sample(campaign.forms_valid)


def margin_of_sample(forms_valid: int | None) -> Decimal | None:
    """The margin of a share at 95 % confidence, in percentage points with one place.

    For the share with the widest margin; None where the number of valid forms is not known.
    """
    if not forms_valid:
        return None
    margin = margin_of_error(WORST_SHARE, forms_valid)
    return None if margin is None else round_half_up(margin, 1)
