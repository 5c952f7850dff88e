"""Slips with one-time passwords: shown in the answer that makes them, and never again."""

from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from parindex.accounts.models import Organiser
from parindex.accounts.queries import roles_in
from parindex.accounts.views.common import show
from parindex.accounts.workflow.people import Slip


def show_slips(request: HttpRequest, organiser: Organiser, slips: Sequence[Slip], done: str) -> HttpResponse:
    """The slips to print. Views that show them are `never_cache`: no copy stays on the way."""
    places: dict[int, list[str]] = defaultdict(list)
    for role in roles_in(organiser).filter(user__in=[slip.user.pk for slip in slips]):
        places[role.user_id].append(f"{role.get_role_display()}, {role.unit or role.organiser}")
    context = {
        "area": "people",
        "done": done,
        "slips": [(slip, places[slip.user.pk]) for slip in slips],
        "site": settings.SITE_URL,
        "day": timezone.localdate(),
    }
    return show(request, "accounts/slips.html", organiser, context)
