"""Loading what a page shows, or stopping: published results for everybody, live ones for staff."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from assessments.documents.sources import LiveSource, PublishedSource, Source
from assessments.exceptions import NotPermitted
from assessments.models import Round
from assessments.permissions import Person, check_see_provisional
from assessments.permissions.publishing import check_see_unpublished
from assessments.queries import current_publication, live_group, published_group
from assessments.visibility import visible_rounds

LIVE = "du-kien"
DAY = 24 * 60 * 60


def wants_live(request: HttpRequest) -> bool:
    """Whether the address asks for the provisional ranking."""
    return request.GET.get("ban") == LIVE


def load_round(request: HttpRequest, code: str) -> Round:
    """A round that this person may see; anything else is not found."""
    return get_object_or_404(visible_rounds(request.user).select_related("organiser"), code=code)


def load_round_where(request: HttpRequest, code: str, check: Callable[[Person, Round], None]) -> Round:
    """A round that `check` allows this person; one that they may not even know of is not found."""
    round = get_object_or_404(Round.objects.select_related("organiser"), code=code)
    try:
        check(request.user, round)
    except NotPermitted:
        get_object_or_404(visible_rounds(request.user), pk=round.pk)
        raise
    return round


def kept(request: HttpRequest, source: Source, known: str, *parts: object) -> dict[str, object]:
    """How long a page's body may be kept, and under which key: a publication's for good, a live one not.

    `parts` are all that the body depends on beside the publication; `known` is the one query
    parameter among them. An address with others is rendered anew, as its links repeat them.
    """
    if source.publication is None or set(request.GET) - {known}:
        return {"keep_for": 0, "kept_under": ""}
    return {"keep_for": DAY, "kept_under": ":".join(map(str, (source.publication.digest, *parts)))}


def load_source(request: HttpRequest, round: Round, group_code: str) -> Source:
    """The published group, or the live one where staff ask for it or nothing is published yet.

    Nobody opens the live one of a group with a unit of their own.
    """
    publication = None if wants_live(request) else current_publication(round)
    if publication is not None:
        published = published_group(publication, group_code)
        if published is None:
            raise Http404("Nhóm này không có trong bản công bố.")
        return PublishedSource(publication, published)
    check_see_provisional(request.user, round)
    group = live_group(round, group_code)
    if group is None:
        raise Http404("Đợt đánh giá không có nhóm này.")
    check_see_unpublished(request.user, group)
    return LiveSource(group)
