"""Reads that join several models: what a round, a group or a unit shows to whom."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, prefetch_related_objects

from assessments.enums import PublicationState, Track
from assessments.models import Assessment, Group, Publication, PublishedGroup, Round, Score, ScoreRow


def with_groups(rounds: list[Round]) -> list[Round]:
    """The same rounds with groups and current publication at hand, in a fixed number of queries."""
    groups = Group.objects.select_related("framework", "structure__unit_type").order_by("position")
    frozen = PublishedGroup.objects.only("code", "publication_id")
    current = (
        Publication.objects.filter(state=PublicationState.CURRENT)
        .defer("manifest")
        .prefetch_related(Prefetch("groups", queryset=frozen))
    )
    prefetch_related_objects(
        rounds,
        "organiser",
        Prefetch("groups", queryset=groups),
        Prefetch("publications", queryset=current, to_attr="current_publications"),
    )
    for found in rounds:
        publications: list[Publication] = found.current_publications  # type: ignore[attr-defined]
        codes = {group.code for publication in publications for group in publication.groups.all()}
        found.published_codes = codes  # type: ignore[attr-defined]
    return rounds


def own_scores(file: Assessment) -> dict[int, ScoreRow]:
    """What a unit says of its own leaves, by criterion; one query."""
    rows = Score.objects.filter(assessment=file.pk, track=Track.SELF).values_list(*ScoreRow._fields)
    return {row[0]: ScoreRow._make(row) for row in rows}


def current_publication(round: Round) -> Publication | None:
    """The publication that is public now, with the one whose place it took."""
    current = round.publications.filter(state=PublicationState.CURRENT).select_related("supersedes")
    return current.defer("manifest", "supersedes__manifest").first()


def published_group(publication: Publication, code: str) -> PublishedGroup | None:
    """A group as published, or nothing when it was not."""
    return publication.groups.filter(code=code).first()


def live_group(round: Round, code: str) -> Group | None:
    """A group with all that its ranking needs at hand; groups without a framework have none."""
    groups = round.groups.select_related("round__organiser", "framework__decision__issuer", "survey")
    return groups.filter(code=code, framework__isnull=False).first()


@dataclass(frozen=True, slots=True)
class GroupTab:
    """One group of a round as a tab: its name, and how many units it has."""

    code: str
    name: str
    units: int


def round_groups(round: Round, publication: Publication | None) -> list[GroupTab]:
    """The groups of a publication, or of the round itself where it is shown live; in one query."""
    if publication is not None:
        frozen = publication.groups.order_by("position")
        return [GroupTab(*row) for row in frozen.values_list("code", "name", "units_count")]
    ranked = round.groups.filter(framework__isnull=False).order_by("position")
    counted = ranked.annotate(units=Count("assessments"))
    return [GroupTab(*row) for row in counted.values_list("code", "name", "units")]


@dataclass(frozen=True, slots=True)
class PublishedRound:
    """A round as published, with its groups."""

    round: Round
    publication: Publication
    groups: tuple[GroupTab, ...]


def published_rounds() -> list[PublishedRound]:
    """Every current publication with its groups, newest year first, in two queries."""
    groups = PublishedGroup.objects.defer("header").order_by("position")
    current = (
        Publication.objects.filter(state=PublicationState.CURRENT)
        .defer("manifest")
        .select_related("round__organiser")
        .prefetch_related(Prefetch("groups", queryset=groups))
        .order_by("-round__year", "round__title", "pk")
    )
    return [
        PublishedRound(
            publication.round,
            publication,
            tuple(GroupTab(group.code, group.name, group.units_count) for group in publication.groups.all()),
        )
        for publication in current
    ]
