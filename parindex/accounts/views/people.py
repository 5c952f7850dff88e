"""An organiser's accounts: list, one person, add, change, roles, one-time passwords."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parindex.access import signed_in
from parindex.accounts.delegation import events_about
from parindex.accounts.enums import Role
from parindex.accounts.exceptions import AccountsError, NotPermitted
from parindex.accounts.models import Membership, Organiser, User
from parindex.accounts.people_forms import PersonChangeForm, PersonForm, RoleDatesForm, RoleForm
from parindex.accounts.permissions import (
    can_manage_account,
    check_manage_account,
    check_manage_people,
    check_see_people,
)
from parindex.accounts.queries import (
    ACTIVE,
    CLOSED,
    NEVER_SIGNED_IN,
    PeopleAsked,
    PersonLine,
    list_people,
    people_of,
    roles_in,
    units_of,
)
from parindex.accounts.second_factor import forget_second_factor, has_second_factor
from parindex.accounts.views.common import (
    UNPROCESSABLE,
    load_organiser,
    past,
    show,
    signed_in_user,
)
from parindex.accounts.views.slips import show_slips
from parindex.accounts.workflow.people import (
    add_person,
    change_person,
    change_role,
    give_role,
    reset_passwords,
    set_active,
    withdraw_role,
)
from parindex.keys import number_of
from parindex.listing import choice, list_file, page_of, wanted_file, words
from parindex.sheets import Column

RULE = "quản trị của cơ quan tổ chức đánh giá"
STATES = ((ACTIVE, "Đang dùng"), (NEVER_SIGNED_IN, "Chưa đăng nhập lần nào"), (CLOSED, "Đã ngừng"))
HEADINGS = (
    ("ten", "Họ và tên"),
    ("dang-nhap", "Tên đăng nhập"),
    ("don-vi", "Vai trò"),
    ("lan-cuoi", "Đăng nhập lần cuối"),
)
COLUMNS = (
    Column("full_name", "Họ và tên", width=28),
    Column("username", "Tên đăng nhập", width=26),
    Column("email", "Thư điện tử", width=28),
    Column("unit", "Mã đơn vị", width=18),
    Column("place", "Nơi giữ vai trò", width=34),
    Column("role", "Vai trò", width=24),
    Column("valid_from", "Từ ngày", width=13),
    Column("valid_to", "Đến ngày", width=13),
    Column("state", "Trạng thái", width=14),
)


@signed_in(RULE)
def people(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """The accounts with search, filters, order and pages."""
    organiser = load_organiser(request, organiser_id, check_see_people)
    asked = PeopleAsked.of(request.GET.dict())
    found = list_people(organiser, asked)
    if kind := wanted_file(request):
        return _people_file(kind, organiser, found)
    filters = [
        words(request, "Họ tên hoặc tên đăng nhập", name="q"),
        choice(request, "vai-tro", "Vai trò", Role.choices),
        choice(request, "don-vi", "Đơn vị", units_of(organiser).values_list("pk", "name")),
        choice(request, "tinh-trang", "Trạng thái", STATES),
    ]
    context = {
        "area": "people",
        "sort": asked.sort,
        "headings": HEADINGS,
        "page": page_of(request, found),
        "filters": filters,
        "is_narrowed": any(one.value for one in filters),
        "to_hand_out": sum(_waits(line.user, organiser) for line in found)
        if asked.state == NEVER_SIGNED_IN
        else 0,
    }
    return show(request, "accounts/people.html", organiser, context)


def _people_file(kind: str, organiser: Organiser, lines: Iterable[PersonLine]) -> HttpResponse:
    """The accounts asked for: a row for each role."""
    rows: list[tuple[object, ...]] = []
    for line in lines:
        user = line.user
        state = "Đang dùng" if user.is_active else "Đã ngừng"
        who = (user.full_name, user.username, user.email)
        rows += [
            (
                *who,
                role.unit.code if role.unit else "",
                str(role.unit or organiser),
                role.get_role_display(),
                role.valid_from,
                role.valid_to,
                state,
            )
            for role in line.roles
        ] or [(*who, "", "", "", None, None, state)]
    return list_file(kind, "danh-sach-tai-khoan", "Tài khoản", COLUMNS, rows)


def _waits(user: User, organiser: Organiser) -> bool:
    """Whether the person never used the slip, which can then be printed anew."""
    return user.is_active and user.last_login is None and user.home_id == organiser.pk


@signed_in(RULE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """Make an account, with a first role or without; the answer is its slip."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    if request.method == "POST":
        form = PersonForm(request.POST, organiser=organiser)
    else:
        form = PersonForm(organiser=organiser, initial={"unit": number_of(request.GET.get("don-vi", ""))})
    if form.is_valid():
        data = form.cleaned_data
        try:
            slip = add_person(
                organiser,
                full_name=data["full_name"],
                username=data["username"],
                email=data["email"],
                grants=form.grants(),
                by_user=signed_in_user(request),
            )
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.add_error("username", str(refusal))
        else:
            return show_slips(request, organiser, [slip], "Đã tạo tài khoản")
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"area": "people", "form": form}
    return show(request, "accounts/person_add.html", organiser, context, status=status)


def _load_person(organiser: Organiser, user_id: int) -> User:
    return get_object_or_404(people_of(organiser), pk=user_id)


@signed_in(RULE)
def person(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """One account: its roles here, what may be done, what has happened."""
    organiser = load_organiser(request, organiser_id, check_see_people)
    return _show_person(request, organiser, _load_person(organiser, user_id))


def _show_person(
    request: HttpRequest, organiser: Organiser, user: User, *, status: int = 200, **sent: Any
) -> HttpResponse:
    roles = list(roles_in(organiser).filter(user=user))
    dates = sent.get("dates")
    context = {
        "area": "people",
        "person": user,
        "roles": [
            (role, dates if dates and dates.prefix == f"r{role.pk}" else _dates(role)) for role in roles
        ],
        "role_form": sent.get("role_form") or RoleForm(organiser=organiser),
        "change_form": sent.get("change_form")
        or PersonChangeForm(initial={"full_name": user.full_name, "email": user.email}),
        "faulty": next((form for form in sent.values() if form.errors), None),
        "may_manage": can_manage_account(organiser, user),
        "has_second_factor": has_second_factor(user),
        "is_self": user.pk == signed_in_user(request).pk,
    }
    return show(
        request, "accounts/person.html", organiser, context | past(user, events_about(user)), status=status
    )


def _dates(role: Membership) -> RoleDatesForm:
    initial = {"valid_from": role.valid_from, "valid_to": role.valid_to}
    return RoleDatesForm(prefix=f"r{role.pk}", initial=initial)


@signed_in(RULE)
@require_POST
def person_change(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """Change a person's name and address."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    check_manage_account(request.user, organiser, user)
    form = PersonChangeForm(request.POST)
    if not form.is_valid():
        return _show_person(request, organiser, user, status=UNPROCESSABLE, change_form=form)
    change_person(organiser, user, **form.cleaned_data, by_user=signed_in_user(request))
    messages.success(request, f"Đã ghi thông tin của {user}.")
    return redirect("accounts:person", organiser.pk, user.pk)


@signed_in(RULE)
@require_POST
def role_add(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """Give a person one more role."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    form = RoleForm(request.POST, organiser=organiser)
    if form.is_valid():
        try:
            made = give_role(organiser, user, form.grant(), by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, f"Đã giao vai trò “{made.get_role_display()}” cho {user}.")
            return redirect("accounts:person", organiser.pk, user.pk)
    return _show_person(request, organiser, user, status=UNPROCESSABLE, role_form=form)


@signed_in(RULE)
@require_POST
def role_change(request: HttpRequest, organiser_id: int, user_id: int, role_id: int) -> HttpResponse:
    """Change the days of a role."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    role = get_object_or_404(roles_in(organiser).filter(user=user), pk=role_id)
    form = RoleDatesForm(request.POST, prefix=f"r{role.pk}")
    if form.is_valid():
        try:
            change_role(organiser, role, **form.cleaned_data, by_user=signed_in_user(request))
        except NotPermitted:
            raise
        except AccountsError as refusal:
            form.add_error("valid_to", str(refusal))
        else:
            messages.success(request, f"Đã ghi ngày của vai trò “{role.get_role_display()}”.")
            return redirect("accounts:person", organiser.pk, user.pk)
    return _show_person(request, organiser, user, status=UNPROCESSABLE, dates=form)


@signed_in(RULE)
@require_POST
def role_withdraw(request: HttpRequest, organiser_id: int, user_id: int, role_id: int) -> HttpResponse:
    """Take a role away."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    role = get_object_or_404(roles_in(organiser).filter(user=user), pk=role_id)
    withdraw_role(organiser, role, by_user=signed_in_user(request))
    messages.success(request, f"Đã thu hồi vai trò “{role.get_role_display()}” của {user}.")
    if not roles_in(organiser).filter(user=user).exists() and user.home_id != organiser.pk:
        return redirect("accounts:people", organiser.pk)
    if user.pk == request.user.pk and role.role == Role.ADMINISTRATOR:
        return redirect("accounts:organisers")
    return redirect("accounts:person", organiser.pk, user.pk)


@signed_in(RULE)
@require_POST
def person_active(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """Close an account, or open it again."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    active = request.POST.get("active") == "1"
    set_active(organiser, user, active=active, by_user=signed_in_user(request))
    messages.success(request, f"Đã {'mở lại' if active else 'ngừng'} tài khoản của {user}.")
    return redirect("accounts:person", organiser.pk, user.pk)


@signed_in(RULE)
@never_cache
@require_POST
def person_reset(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """A new one-time password; the answer is its slip."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    slips = reset_passwords(organiser, [user], by_user=signed_in_user(request))
    return show_slips(request, organiser, slips, "Đã cấp lại mật khẩu")


@signed_in(RULE)
@require_POST
def person_without_factor(request: HttpRequest, organiser_id: int, user_id: int) -> HttpResponse:
    """Remove the second factor of a person who lost it."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    user = _load_person(organiser, user_id)
    forget_second_factor(organiser, user, by_user=signed_in_user(request))
    messages.success(request, f"Đã xóa xác thực hai lớp của {user}.")
    return redirect("accounts:person", organiser.pk, user.pk)


@signed_in(RULE)
@never_cache
@require_POST
def slips_again(request: HttpRequest, organiser_id: int) -> HttpResponse:
    """New slips for all who never signed in: the first ones were lost or not printed."""
    organiser = load_organiser(request, organiser_id, check_manage_people)
    asked = PeopleAsked(state=NEVER_SIGNED_IN)
    users = [line.user for line in list_people(organiser, asked) if _waits(line.user, organiser)]
    slips = reset_passwords(organiser, users, by_user=signed_in_user(request))
    return show_slips(request, organiser, slips, "Đã cấp lại phiếu")
