"""Setting up a round: opening it, what it still needs, its own settings."""

import datetime as dt

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.forms.setup import OpenRoundForm, RoundForm
from assessments.models import Round
from assessments.permissions import Person, organisers_of
from assessments.permissions.setup import (
    SETS_UP,
    can_set_up,
    check_open_rounds,
    check_see_setup,
    check_set_up,
)
from assessments.queries import current_publication
from assessments.setup import groups_of, readiness
from assessments.visibility import visible_rounds
from assessments.workflow.cloning import differences, open_from
from assessments.workflow.rounds import open_round as open_empty_round
from assessments.workflow.settings import (
    StaleSettings,
    change_round,
    files_of,
    fingerprint,
    has_begun,
    round_facts,
)
from criteria.views.common import person
from parindex.access import signed_in
from parindex.accounts.models import Organiser

CONFLICT = 409
UNPROCESSABLE = 422
READ = "cơ quan tổ chức đánh giá; cơ quan kiểm tra, giám sát của đợt chỉ xem"
CHANGE = "cơ quan tổ chức đánh giá của đợt"


def load_to_see(request: HttpRequest, code: str) -> Round:
    """A round whose setup this person may read; one that they may not even know of is not found."""
    round = get_object_or_404(visible_rounds(request.user).select_related("organiser", "previous"), code=code)
    check_see_setup(request.user, round)
    return round


def load_to_change(request: HttpRequest, code: str) -> Round:
    """A round that this person may set up."""
    round = get_object_or_404(visible_rounds(request.user).select_related("organiser"), code=code)
    check_set_up(request.user, round)
    return round


# -- opening


@signed_in("người có vai trò chủ trì, công bố của một cơ quan tổ chức đánh giá")
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round, empty or as last year's was."""
    check_open_rounds(request.user)
    organisers, rounds = _own(request.user)
    if request.method != "POST":
        form = OpenRoundForm(initial=_proposed(request, rounds), organisers=organisers, rounds=rounds)
        return _show_opening(request, form)
    form = OpenRoundForm(request.POST, organisers=organisers, rounds=rounds)
    if not form.is_valid():
        return _show_opening(request, form)
    try:
        opened = _open(request, form)
    except NotPermitted:
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return _show_opening(request, form)
    messages.success(request, f"Đã mở {opened}. Xem lại từng mục trước khi các đơn vị tự chấm.")
    return redirect("assessments:setup", opened.code)


def _own(user: Person) -> tuple[QuerySet[Organiser], QuerySet[Round]]:
    """The organisers for which the person may open rounds, and their rounds, newest first."""
    keys = organisers_of(user, SETS_UP, doing=True)
    rounds = Round.objects.filter(organiser__in=keys).select_related("organiser")
    return Organiser.objects.filter(pk__in=keys).order_by("name"), rounds.order_by("-year", "title", "pk")


def _proposed(request: HttpRequest, rounds: QuerySet[Round]) -> dict[str, object]:
    """The year after the round that is asked for (`?tu=`), or after the newest, with all that comes along."""
    asked = request.GET.get("tu", "")
    previous = rounds.filter(code=asked).first() if asked else rounds.first()
    year = previous.year + 1 if previous else timezone.localdate().year
    proposed: dict[str, object] = {"year": year, "with_council": True, "with_leads": True}
    if previous is not None:
        proposed |= {"previous": previous.pk, "organiser": previous.organiser_id}
        proposed |= {"code": _next_code(previous, year), "title": previous.title.replace(*_years(previous))}
    elif not Round.objects.filter(code=f"cchc-{year}").exists():
        proposed["code"] = f"cchc-{year}"
    return proposed


def _years(previous: Round) -> tuple[str, str]:
    return str(previous.year), str(previous.year + 1)


def _next_code(previous: Round, year: int) -> str:
    """The code of last year's round with the new year in it, if that is free."""
    code = previous.code.replace(*_years(previous))
    return code if code != previous.code and not Round.objects.filter(code=code).exists() else f"dot-{year}"


def _open(request: HttpRequest, form: OpenRoundForm) -> Round:
    given, user = form.cleaned_data, person(request)
    previous: Round | None = given["previous"]
    if previous is None:
        check_open_rounds(user, given["organiser"])
        return open_empty_round(
            code=given["code"],
            year=given["year"],
            organiser=given["organiser"],
            title=given["title"],
            by=user.actor,
        )
    return open_from(
        previous,
        code=given["code"],
        year=given["year"],
        title=given["title"],
        with_council=given["with_council"],
        with_leads=given["with_leads"],
        by_user=user,
    )


def _show_opening(request: HttpRequest, form: OpenRoundForm) -> HttpResponse:
    organisers = list(form.fields["organiser"].queryset)  # type: ignore[attr-defined]
    starts_first = not form.fields["previous"].queryset.exists()  # type: ignore[attr-defined]
    context = {"form": form, "organisers": organisers, "starts_first": starts_first, "nav_current": "rounds"}
    return render(request, "assessments/setup/open.html", context, status=_status(form.is_bound))


def _status(refused: bool) -> int:
    return UNPROCESSABLE if refused else 200


# -- one round


@signed_in(READ)
def setup(request: HttpRequest, round_code: str) -> HttpResponse:
    """How a round is set up, what it still needs, and what differs from the round before."""
    round = load_to_see(request, round_code)
    groups = groups_of(round)
    checks = readiness(round, groups)
    context = {
        "round": round,
        "groups": groups,
        "checks": checks,
        "missing": sum(check.must and not check.is_done for check in checks),
        "differences": differences(round),
        "publication": current_publication(round),
        "may_change": can_set_up(request.user, round),
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/round.html", context)


@signed_in(CHANGE)
def setup_round(request: HttpRequest, round_code: str) -> HttpResponse:
    """Change title, code, year, dates and note of a round."""
    round = load_to_change(request, round_code)
    seen = fingerprint(round_facts(round))
    if request.method != "POST":
        return _show_round(request, round, RoundForm(round, seen=seen))
    form = RoundForm(round, request.POST, seen=seen)
    if not form.is_valid():
        return _show_round(request, round, form, status=UNPROCESSABLE)
    try:
        changed = change_round(round, form.settings, seen=form.cleaned_data["seen"], by_user=person(request))
    except StaleSettings as stale:
        again = request.POST.copy()
        again["seen"] = seen
        form = RoundForm(round, again, seen=seen)
        form.add_error(None, str(stale))
        return _show_round(request, round, form, status=CONFLICT, stale=True)
    except (NotPermitted, WrongState):
        raise
    except AssessmentError as refusal:
        form.add_error(None, str(refusal))
        return _show_round(request, round, form, status=UNPROCESSABLE)
    messages.success(request, "Đã lưu thiết lập đợt đánh giá.")
    return redirect("assessments:setup", changed.code)


def _show_round(
    request: HttpRequest, round: Round, form: RoundForm, *, status: int = 200, stale: bool = False
) -> HttpResponse:
    context = {
        "round": round,
        "form": form,
        "stored": Round.objects.get(pk=round.pk) if stale else None,
        "has_begun": has_begun(files_of(round)),
        "setup_url": reverse("assessments:setup", args=[round.code]),
        "example": f"{dt.date(round.year + 1, 1, 9):%d/%m/%Y}",
        "publication": current_publication(round),
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/settings.html", context, status=status)
