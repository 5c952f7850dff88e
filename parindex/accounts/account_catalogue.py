"""Accounts and roles from Excel or CSV: looked at first, then made, all rows or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from import_export import fields, resources, widgets

from parindex.accounts.catalogues import DayWidget, OnlyALook, Problem, dataset, problems_of
from parindex.accounts.enums import UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.accounts.passwords import one_time_keys
from parindex.accounts.permissions import check_manage_people
from parindex.accounts.queries import missing_people, people_of, roles_in
from parindex.accounts.setup_forms import read_username
from parindex.accounts.workbooks import Table
from parindex.accounts.workflow.people import Slip, described, hand_out_passwords
from parindex.audit.events import Actor, Change, record_each
from parindex.listing import fold
from parindex.sheets import Column

COLUMNS = (
    Column("full_name", "Họ và tên", ("Họ tên",), width=28),
    Column("username", "Tên đăng nhập", ("Tài khoản",), width=26),
    Column("email", "Thư điện tử", ("Email", "E-mail"), needed=False, width=28),
    Column("unit", "Mã đơn vị", ("Đơn vị",), width=18),
    Column("role", "Vai trò", (), width=24),
    Column("valid_from", "Từ ngày", (), needed=False, width=13),
    Column("valid_to", "Đến ngày", (), needed=False, width=13),
)
NOTES = (
    "Mỗi dòng một vai trò của một người. Người có nhiều vai trò ghi nhiều dòng với cùng tên đăng nhập.",
    "Tên đăng nhập: chữ không dấu, chữ số, dấu chấm, gạch nối; ví dụ dai-kim.can-bo.",
    "Tên đăng nhập đã có ở cơ quan này thì người đó được thêm vai trò, mật khẩu giữ nguyên.",
    "Mã đơn vị: theo danh mục đơn vị; để trống với vai trò của cơ quan tổ chức đánh giá.",
    f"Vai trò ghi một trong các tên: {'; '.join(str(role.label) for role in Role)}.",
    "Từ ngày, đến ngày: ngày/tháng/năm, ví dụ 01/01/2026. Để trống nếu không giới hạn.",
    "Dòng chưa ghi họ tên cũng bị báo lỗi: xóa những dòng không dùng. "
    "Tệp có một chỗ sai thì không tài khoản nào được tạo.",
)


class _UnitWidget(widgets.Widget):
    """A unit of the organiser by its code; empty for the organiser itself."""

    def __init__(self, units: dict[str, Unit]) -> None:
        super().__init__()
        self.units = units

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Unit | None:
        """Read a unit. Raises ValueError in Vietnamese."""
        if not value:
            return None
        found = self.units.get(value)
        if found is None:
            raise ValueError(f"Không có đơn vị mã “{value}” trong danh mục.")
        return found


class _RoleWidget(widgets.Widget):
    """A role by its Vietnamese name or its code."""

    known = {fold(str(role.label)): role for role in Role} | {role.value: role for role in Role}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Role:
        """Read a role. Raises ValueError in Vietnamese."""
        if not value:
            raise ValueError("Ghi vai trò.")
        found = self.known.get(fold(value))
        if found is None:
            names = ", ".join(str(role.label) for role in Role)
            raise ValueError(f"Không có vai trò “{value}”. Ghi một trong: {names}.")
        return found


def _role_named(text: str) -> Role | str:
    """The role of this name or code; the text itself where there is none."""
    return _RoleWidget.known.get(fold(text), text)


class AccountCatalogue(resources.ModelResource):
    """Roles in one organiser and its units, found again by person, role and place."""

    unit = fields.Field("unit", "unit")
    role = fields.Field("role", "role", widget=_RoleWidget())
    valid_from = fields.Field("valid_from", "valid_from", widget=DayWidget())
    valid_to = fields.Field("valid_to", "valid_to", widget=DayWidget())

    class Meta:
        model = Membership
        fields = ("unit", "role", "valid_from", "valid_to")
        import_id_fields = ()
        store_instance = True
        skip_diff = True

    def __init__(self, organiser: Organiser, table: Table) -> None:
        super().__init__()
        self.organiser = organiser
        units = {unit.code: unit for unit in Unit.objects.filter(organiser=organiser)}
        self.fields["unit"].widget = _UnitWidget(units)
        named = {line.cells.get("username", "").lower() for line in table.lines}
        here = people_of(organiser).filter(username__in=named)
        self.people = {user.username: user for user in here}
        self.strangers = set(
            User.objects.filter(username__in=named)
            .exclude(pk__in=[user.pk for user in self.people.values()])
            .values_list("username", flat=True)
        )
        held = roles_in(organiser).filter(on_behalf_of=None, user__in=list(self.people.values()))
        self.held = {(role.user_id, role.role, role.unit_id): role for role in held}
        self.before = {role.pk: described(role) for role in self.held.values()}
        self.new_people: list[User] = []
        self.first_lines: dict[tuple[str, Role | str, str], int] = {}
        self.named_at: dict[str, tuple[str, int]] = {
            name: (user.full_name, 0) for name, user in self.people.items()
        }
        self.lines = iter(table.lines)

    def get_instance(self, instance_loader: Any, row: Any) -> Membership | None:
        user = self.people.get(row["username"].lower())
        role = _role_named(row["role"])
        unit = self.fields["unit"].widget.units.get(row["unit"])
        return self.held.get((user.pk, role, unit and unit.pk)) if user and user.pk else None

    def import_instance(self, instance: Membership, row: Any, **kwargs: Any) -> None:
        """Every problem of the row at once, each under its column."""
        number = next(self.lines).number
        problems: dict[str, list[ValidationError]] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            problems = error.update_error_dict(problems)
        if not problems.keys() & {"role", "unit"}:
            _add(problems, _place_problems(instance))
        _add(problems, self._days_problems(instance))
        _add(problems, self._person_problems(row, number))
        if problems:
            raise ValidationError(problems)
        instance.organiser = None if instance.role in UNIT_ROLES else self.organiser
        instance.user = self._person(row)

    def _days_problems(self, role: Membership) -> list[tuple[str, str]]:
        if role.valid_from and role.valid_to and role.valid_from > role.valid_to:
            return [("valid_to", "Ngày kết thúc trước ngày bắt đầu.")]
        return []

    def _person_problems(self, row: Any, number: int) -> list[tuple[str, str]]:
        found = []
        name, full_name = row["username"].lower(), row["full_name"]
        if not full_name:
            found.append(("full_name", "Ghi họ và tên."))
        try:
            read_username(name) if name else found.append(("username", "Ghi tên đăng nhập."))
        except ValidationError as error:
            found.append(("username", error.messages[0]))
        if name in self.strangers:
            found.append(("username", f"Tên đăng nhập “{name}” đã có người dùng. Chọn tên khác."))
        known, line = self.named_at.setdefault(name, (full_name, number))
        if name and full_name and known != full_name:
            where = f"ở dòng {line}" if line else "đã có"
            found.append(("full_name", f"Tên đăng nhập “{name}” {where} là của {known}."))
        first = self.first_lines.setdefault((name, _role_named(row["role"]), row["unit"]), number)
        if first != number:
            found.append(("role", f"Trùng vai trò đã ghi ở dòng {first}."))
        if row["email"]:
            try:
                validate_email(row["email"])
            except ValidationError:
                found.append(("email", f"Địa chỉ “{row['email']}” không đúng."))
        return found

    def _person(self, row: Any) -> User:
        """The account of a row; a new one waits to be saved with its first role."""
        name = row["username"].lower()
        if name not in self.people:
            self.people[name] = User(
                username=name,
                full_name=row["full_name"],
                email=row["email"],
                home=self.organiser,
                password="!",  # noqa: S106 no password yet
            )
            self.new_people.append(self.people[name])
        return self.people[name]

    def before_save_instance(self, instance: Membership, row: Any, **kwargs: Any) -> None:
        if instance.user.pk is None:
            instance.user.save()
            instance.user = instance.user  # takes over the key it has now


def _add(problems: dict[str, list[ValidationError]], found: list[tuple[str, str]]) -> None:
    for key, message in found:
        problems.setdefault(key, []).append(ValidationError(message))


def _place_problems(role: Membership) -> list[tuple[str, str]]:
    label = Role(role.role).label
    if role.role in UNIT_ROLES and role.unit is None:
        return [("unit", f"Ghi mã đơn vị của vai trò “{label}”.")]
    if role.role not in UNIT_ROLES and role.unit is not None:
        return [("unit", f"Vai trò “{label}” thuộc cả cơ quan: để trống mã đơn vị.")]
    return []


@dataclass(frozen=True, slots=True)
class RoleChange:
    """One row of a file: whose role, and what the row does."""

    line: int
    role: Membership
    is_new_person: bool
    is_new_role: bool
    is_same: bool


@dataclass(frozen=True, slots=True)
class AccountsRead:
    """What a file would do, or what is wrong with it; the slips once it is done."""

    changes: Sequence[RoleChange] = ()
    problems: Sequence[Problem] = ()
    new_people: Sequence[User] = ()
    slips: Sequence[Slip] = ()

    @property
    def new_roles(self) -> int:
        return sum(change.is_new_role for change in self.changes)

    @property
    def known_people(self) -> int:
        """How many people with an account get a role or other days for one."""
        return len({one.role.user_id for one in self.changes if not one.is_new_person and not one.is_same})

    @property
    def does_something(self) -> bool:
        return any(not change.is_same for change in self.changes)


def preview_accounts(organiser: Organiser, table: Table, *, by_user: User) -> AccountsRead:
    """What the rows would do; stores nothing. Raises NotPermitted."""
    check_manage_people(by_user, organiser)
    read = AccountsRead()
    try:
        with transaction.atomic():
            read, _ = _import(organiser, table)
            raise OnlyALook
    except OnlyALook:
        return read


def import_accounts(organiser: Organiser, table: Table, *, by_user: User) -> AccountsRead:
    """Make the accounts with one-time passwords and give the roles; nothing where one row is wrong.

    Raises NotPermitted.
    """
    check_manage_people(by_user, organiser)
    keys = one_time_keys(len({line.cells.get("username", "").lower() for line in table.lines}))
    with transaction.atomic():
        read, catalogue = _import(organiser, table)
        if read.problems:
            transaction.set_rollback(True)
            return read
        slips = hand_out_passwords(read.new_people, keys)
        _record(read, catalogue, by_user.actor)
    return AccountsRead(read.changes, read.problems, read.new_people, slips)


def _record(read: AccountsRead, catalogue: AccountCatalogue, by: Actor) -> None:
    because = "nhập danh sách tài khoản từ tệp"
    made = [Change(user, {}, {"username": user.username, "email": user.email}) for user in read.new_people]
    record_each(made, by=by, verb="tạo tài khoản", reason=because)
    for verb, is_new in (("giao vai trò", True), ("sửa ngày của vai trò", False)):
        changes = [
            Change(one.role.user, catalogue.before.get(one.role.pk, {}), described(one.role))
            for one in read.changes
            if one.is_new_role == is_new and not one.is_same
        ]
        record_each(changes, by=by, verb=verb, reason=because)


def _import(organiser: Organiser, table: Table) -> tuple[AccountsRead, AccountCatalogue]:
    catalogue = AccountCatalogue(organiser, table)
    result = catalogue.import_data(dataset(table, COLUMNS), dry_run=False, use_transactions=False)
    problems = problems_of(result, table, COLUMNS)
    if problems:
        return AccountsRead(problems=problems), catalogue
    new = {user.pk for user in catalogue.new_people}
    changes = []
    for line, row in zip(table.lines, result.rows, strict=True):
        role = row.instance
        before = catalogue.before.get(role.pk)
        changes.append(
            RoleChange(line.number, role, role.user_id in new, before is None, before == described(role))
        )
    return AccountsRead(changes, new_people=catalogue.new_people), catalogue


def proposed_rows(organiser: Organiser) -> list[tuple[object, ...]]:
    """Rows of a template: each unit that exists today with an officer and a head it does not have yet."""
    endings = {Role.UNIT_OFFICER: "can-bo", Role.UNIT_HEAD: "lanh-dao"}
    return [
        ("", f"{username_of(unit)}.{endings[role]}", "", unit.code, role.label, "", "")
        for unit, roles in missing_people(organiser, day=timezone.localdate())
        for role in roles
    ]


def username_of(unit: Unit) -> str:
    """The beginning of a name to sign in with, from the unit's code."""
    bare = fold(unit.code).replace(" ", "-")
    return "".join(sign for sign in bare if sign.isascii() and (sign.isalnum() or sign in ".-_"))
