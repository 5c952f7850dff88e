"""Rounds, and groups and units' files as the verbs make them: with an empty conclusion for every leaf."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from assessments.enums import RoundDuty, Track
from assessments.models import Assessment, Group, Round, RoundRole
from assessments.words import Word
from assessments.workflow import GroupSettings, add_group, record_words
from parindex.audit.events import COMMAND_LINE
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory
from tests.factories.criteria import FrameworkInForceFactory


class RoundFactory(DjangoModelFactory):
    """A round without dates."""

    class Meta:
        model = Round

    code = factory.Sequence(lambda n: f"dot-{n}")
    title = "Chỉ số cải cách hành chính năm 2024"
    year = 2024
    organiser = factory.SubFactory(OrganiserFactory)


class RoundRoleFactory(DjangoModelFactory):
    """A new person's role in a round, for good; a lead agency takes `contents`."""

    class Meta:
        model = RoundRole

    round = factory.SubFactory(RoundFactory)
    user = factory.SubFactory(UserFactory)
    role = RoundDuty.COUNCIL_MEMBER


class GroupFactory(DjangoModelFactory):
    """A group of `size` new units, or of the `units` given, with `settings` as add_group takes them."""

    class Meta:
        model = Group

    round = factory.SubFactory(RoundFactory)
    code = "phuong"
    name = "Các phường"
    framework = factory.SubFactory(FrameworkInForceFactory)
    size = 3
    units = factory.LazyAttribute(
        lambda group: UnitFactory.create_batch(
            group.size, organiser=group.round.organiser, unit_type=group.framework.unit_type
        )
    )
    settings = factory.LazyFunction(GroupSettings)

    @classmethod
    def _create(cls, model_class: type[Group], *args: Any, **kwargs: Any) -> Group:
        kwargs.pop("size")
        return add_group(**kwargs, by=COMMAND_LINE)


class AssessmentFactory(DjangoModelFactory):
    """The file of one unit, alone in its group."""

    class Meta:
        model = Assessment

    group = factory.SubFactory(GroupFactory, size=1)

    @classmethod
    def _create(cls, model_class: type[Assessment], *args: Any, **kwargs: Any) -> Assessment:
        return kwargs["group"].assessments.get()


def score(
    assessment: Assessment, points: Mapping[str, str | None], *, track: Track = Track.CONCLUSION
) -> None:
    """Write points by leaf code; None is "không áp dụng"."""
    leaves = {leaf.code: leaf for leaf in assessment.group.framework.criteria.filter(is_leaf=True)}
    words = [
        Word(
            assessment=assessment,
            criterion=leaves[code],
            points=None if value is None else Decimal(value),
            not_applicable=value is None,
        )
        for code, value in points.items()
    ]
    record_words(assessment.group, words, track=track, by=COMMAND_LINE, because="")
