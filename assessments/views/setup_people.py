"""The council, the assignments and the substitutes of a round."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessments.enums import RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted
from assessments.forms.setup_people import NewRoleForm, RoleForm, SubstituteForm
from assessments.models import Assessment, Group, Round, RoundRole, Substitute
from assessments.permissions.acting import units_of_roles
from assessments.permissions.setup import (
    can_name_substitutes,
    can_see_setup,
    can_set_up,
    check_name_substitute,
    check_name_substitutes,
    check_see_people,
)
from assessments.views.setup import CHANGE, UNPROCESSABLE, load_to_change
from assessments.visibility import visible_rounds
from assessments.workflow.people import (
    change_role,
    contents_of,
    eligible_people,
    end_substitute,
    name_role,
    name_substitute,
    recusals,
)
from criteria.views.common import person
from parindex.access import signed_in
from parindex.accounts.models import Membership, Unit
from parindex.accounts.queries import given_name_key
from parindex.listing import choice, has_words, list_file, listed, wanted_file, words
from parindex.sheets import Column

READ_PEOPLE = (
    "cơ quan tổ chức đánh giá, kiểm tra, giám sát; Chủ tịch, Thư ký Hội đồng thẩm định của đợt chỉ xem"
)
STAND_IN = "cơ quan tổ chức đánh giá; Thư ký Hội đồng thẩm định của đợt"
ORDER: dict[RoundDuty, int] = {duty: place for place, duty in enumerate(reversed(RoundDuty))}
HEADINGS = (
    ("nguoi", "Họ và tên"),
    ("vai-tro", "Vai trò"),
    ("pham-vi", "Phạm vi"),
    ("thoi-gian", "Thời gian"),
)
KEYS: dict[str, Callable[[RoundRole], Any]] = {
    "vai-tro": lambda role: ORDER[RoundDuty(role.role)],
    "nguoi": lambda role: given_name_key(str(role.user)),
    "pham-vi": lambda role: role.group.position if role.group else -1,
    "thoi-gian": lambda role: role.valid_to or role.valid_from,
}
COLUMNS = (
    Column("full_name", "Họ và tên", width=28),
    Column("username", "Tên đăng nhập", width=24),
    Column("role", "Vai trò", width=30),
    Column("contents", "Nội dung", width=16),
    Column("scope", "Phạm vi", width=34),
    Column("valid_from", "Từ ngày", width=13),
    Column("valid_to", "Đến ngày", width=13),
)


def _load(request: HttpRequest, code: str) -> Round:
    round = get_object_or_404(visible_rounds(request.user).select_related("organiser"), code=code)
    check_see_people(request.user, round)
    return round


@signed_in(READ_PEOPLE)
def setup_people(request: HttpRequest, round_code: str) -> HttpResponse:
    """Everybody with a role in the round, and those who are recused."""
    round = _load(request, round_code)
    roles = sorted(
        round.roles.select_related("user", "group"),
        key=lambda role: (ORDER[RoundDuty(role.role)], role.group.position if role.group else 0, role.pk),
    )
    today = timezone.localdate()
    sought = words(request, "Họ tên hoặc tên đăng nhập")
    duty = choice(request, "vai-tro", "Vai trò", RoundDuty.choices)
    held = [
        role
        for role in roles
        if (role.valid_to is None or role.valid_to >= today)
        and duty.value in ("", role.role)
        and has_words(sought.folded, role.user.full_name, role.user.username)
    ]
    found = listed(request, held, KEYS, [sought, duty])
    if kind := wanted_file(request):
        return _people_file(kind, round, found["rows"])
    context = found | {
        "round": round,
        "headings": HEADINGS,
        "ended": [role for role in roles if role.valid_to is not None and role.valid_to < today],
        "groups": list(round.groups.filter(framework__isnull=False).order_by("position")),
        "recusals": recusals(round),
        "may_change": can_set_up(request.user, round),
        "own_units": units_of_roles(request.user),
        "names_substitutes": can_name_substitutes(request.user, round),
        "sees_setup": can_see_setup(request.user, round),
        "nav_current": "rounds",
    }
    return render(request, "assessments/setup/people.html", context)


def _people_file(kind: str, round: Round, roles: Sequence[RoundRole]) -> HttpResponse:
    rows = [
        (
            str(role.user),
            role.user.username,
            role.get_role_display(),
            ", ".join(role.contents),
            role.group.name if role.group else "Cả đợt",
            role.valid_from,
            role.valid_to,
        )
        for role in roles
    ]
    return list_file(kind, f"hoi-dong-{round.code}", "Hội đồng, phân công", COLUMNS, rows)


@signed_in(CHANGE)
def setup_add_role(request: HttpRequest, round_code: str) -> HttpResponse:
    """Give a person a role in the whole round or in one group (`?nhom=`)."""
    round = load_to_change(request, round_code)
    group = _asked_group(request, round)
    contents = contents_of(round, group)
    people = eligible_people(round.organiser)
    form = NewRoleForm(request.POST if request.method == "POST" else None, contents=contents, people=people)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            named = name_role(
                round,
                user=given["user"],
                role=RoundDuty(given["role"]),
                group=group,
                contents=given["contents"],
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
                by_user=person(request),
            )
        except NotPermitted:
            raise
        except AssessmentError as refusal:
            form.add_error("user", str(refusal))
        else:
            messages.success(request, f"Đã giao vai trò “{named.get_role_display()}” cho {named.user}.")
            return redirect("assessments:setup_people", round.code)
    context = {"round": round, "group": group, "form": form, "nav_current": "rounds"}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "assessments/setup/new_role.html", context, status=status)


def _asked_group(request: HttpRequest, round: Round) -> Group | None:
    code = request.GET.get("nhom", "")
    return get_object_or_404(round.groups.filter(framework__isnull=False), code=code) if code else None


@signed_in(CHANGE)
def setup_role(request: HttpRequest, round_code: str, role_id: int) -> HttpResponse:
    """Change the contents and dates of a role."""
    round = load_to_change(request, round_code)
    held = get_object_or_404(round.roles.select_related("user", "group", "round"), pk=role_id)
    form = RoleForm(
        held,
        request.POST if request.method == "POST" else None,
        contents=contents_of(round, held.group),
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            change_role(
                held,
                contents=given["contents"],
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
                by_user=person(request),
            )
        except NotPermitted:
            raise
        except AssessmentError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Đã lưu vai trò của {held.user}.")
            return redirect("assessments:setup_people", round.code)
    context = {"round": round, "held": held, "form": form, "nav_current": "rounds"}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "assessments/setup/role.html", context, status=status)


@signed_in(CHANGE)
@require_POST
def setup_end_role(request: HttpRequest, round_code: str, role_id: int) -> HttpResponse:
    """End a role today; one that has not begun yet ends on the day on which it would begin."""
    round = load_to_change(request, round_code)
    held = get_object_or_404(round.roles.select_related("user", "group", "round"), pk=role_id)
    last = max(timezone.localdate(), held.valid_from or timezone.localdate())
    change_role(
        held, contents=held.contents, valid_from=held.valid_from, valid_to=last, by_user=person(request)
    )
    messages.success(request, f"{held.user} thôi vai trò này từ sau ngày {last:%d/%m/%Y}.")
    return redirect("assessments:setup_people", round.code)


# -- substitutes


def _load_pair(request: HttpRequest, code: str, role_id: int, unit_id: int) -> tuple[RoundRole, Unit]:
    round = _load(request, code)
    check_name_substitutes(request.user, round)
    role = get_object_or_404(round.roles.select_related("user", "group", "round__organiser"), pk=role_id)
    unit = get_object_or_404(
        Unit.objects.filter(pk__in=Assessment.objects.filter(group__round=round).values("unit")), pk=unit_id
    )
    check_name_substitute(request.user, round, unit)
    return role, unit


@signed_in(STAND_IN)
def setup_substitute(request: HttpRequest, round_code: str, role_id: int, unit_id: int) -> HttpResponse:
    """Name who stands in for a recused person in the appraisal of one unit."""
    role, unit = _load_pair(request, round_code, role_id, unit_id)
    named = Substitute.objects.filter(role=role, unit=unit).select_related("user").first()
    of_unit = Membership.objects.on(timezone.localdate()).filter(unit=unit)
    people = eligible_people(role.round.organiser).exclude(pk=role.user_id)
    form = SubstituteForm(
        request.POST if request.method == "POST" else None,
        people=people.exclude(pk__in=of_unit.values("user")),
        initial={"user": named.user_id, "reason": named.reason} if named else None,
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            name_substitute(role, unit, user=given["user"], reason=given["reason"], by_user=person(request))
        except NotPermitted:
            raise
        except AssessmentError as refusal:
            form.add_error("user", str(refusal))
        else:
            messages.success(request, f"Đã cử {given['user']} thay {role.user} khi thẩm định {unit}.")
            return redirect("assessments:setup_people", round_code)
    context = {
        "round": role.round,
        "role": role,
        "unit": unit,
        "named": named,
        "form": form,
        "nav_current": "rounds",
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "assessments/setup/substitute.html", context, status=status)


@signed_in(STAND_IN)
@require_POST
def setup_end_substitute(request: HttpRequest, round_code: str, role_id: int, unit_id: int) -> HttpResponse:
    """Take back a substitute."""
    role, unit = _load_pair(request, round_code, role_id, unit_id)
    named = get_object_or_404(
        Substitute.objects.select_related("user", "unit", "role__user", "role__round"), role=role, unit=unit
    )
    end_substitute(named, by_user=person(request))
    messages.success(request, f"{named.user} thôi thay {role.user} khi thẩm định {unit}.")
    return redirect("assessments:setup_people", round_code)
