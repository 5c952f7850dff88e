"""What the data interface reads: current publications and nothing else."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from assessments.enums import PublicationState
from assessments.models import Publication, PublishedGroup, PublishedUnit


def current_publications() -> QuerySet[Publication]:
    """Publications in force with their groups, newest year first, in two queries."""
    groups = PublishedGroup.objects.defer("header").order_by("position")
    return (
        Publication.objects.filter(state=PublicationState.CURRENT)
        .defer("manifest")
        .select_related("round__organiser")
        .prefetch_related(Prefetch("groups", queryset=groups))
        .order_by("-round__year", "round__title", "pk")
    )


def publication_of(round_code: str) -> Publication:
    """The publication of a round that is public now; any other is not found."""
    found = current_publications().filter(round__code=round_code).first()
    if found is None:
        raise Http404("Không có kết quả đã công bố của đợt đánh giá này.")
    return found


def published_group(round_code: str, group_code: str) -> PublishedGroup:
    """A group of a round's current publication, in one query."""
    found = (
        PublishedGroup.objects.filter(
            code=group_code, publication__state=PublicationState.CURRENT, publication__round__code=round_code
        )
        .select_related("publication__round__organiser")
        .defer("publication__manifest")
        .first()
    )
    if found is None:
        raise Http404("Không có kết quả đã công bố của nhóm này.")
    return found


def published_unit(group: PublishedGroup, unit_code: str) -> PublishedUnit:
    """A unit of a published group with its scorecard."""
    found = group.units.filter(unit_code=unit_code).first()
    if found is None:
        raise Http404("Nhóm này không có đơn vị đó.")
    return found


class Rows:
    """What the paginator pages: frozen rows by slice, and their count, which the group knows."""

    def __init__(self, group: PublishedGroup) -> None:
        self.group = group

    def __len__(self) -> int:
        return self.group.units_count

    def __getitem__(self, piece: slice) -> Sequence[object]:
        units = self.group.units.order_by("position").values_list("row", flat=True)
        return list(units[piece.start : piece.stop])
