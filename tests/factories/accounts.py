"""Organisers, types of units, units, and people with an account."""

import factory
from factory.django import DjangoModelFactory

from parindex.accounts.models import Organiser, Unit, UnitType, User


class UserFactory(DjangoModelFactory):
    """A person without any role."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"can-bo-{n}")
    full_name = factory.Sequence(lambda n: f"Cán bộ {n}")


class OrganiserFactory(DjangoModelFactory):
    """An authority that runs rounds."""

    class Meta:
        model = Organiser

    name = factory.Sequence(lambda n: f"Ủy ban nhân dân thị xã {n}")


class UnitTypeFactory(DjangoModelFactory):
    """A kind of unit."""

    class Meta:
        model = UnitType

    code = factory.Sequence(lambda n: f"phuong-{n}")
    name = "Phường"


class UnitFactory(DjangoModelFactory):
    """A unit of an organiser and type of its own; name both for units that belong together."""

    class Meta:
        model = Unit

    organiser = factory.SubFactory(OrganiserFactory)
    unit_type = factory.SubFactory(UnitTypeFactory)
    code = factory.Sequence(lambda n: f"p{n}")
    name = factory.Sequence(lambda n: f"Phường {n}")
