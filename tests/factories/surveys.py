"""Survey campaigns."""

import factory
from factory.django import DjangoModelFactory

from surveys.models import Campaign
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory


class CampaignFactory(DjangoModelFactory):
    """A survey of which only the title is known."""

    class Meta:
        model = Campaign

    organiser = factory.SubFactory(OrganiserFactory)
    unit_type = factory.SubFactory(UnitTypeFactory)
    year = 2024
    title = "Điều tra xã hội học năm 2024"
