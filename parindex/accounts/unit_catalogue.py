"""An organiser's units from Excel or CSV: looked at first, then stored, all rows or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from import_export import fields, resources, widgets

from parindex.accounts.catalogues import DayWidget, OnlyALook, Problem, TextWidget, dataset, problems_of
from parindex.accounts.history import in_words
from parindex.accounts.models import Organiser, Unit, UnitType, User
from parindex.accounts.permissions import check_edit_units
from parindex.accounts.workbooks import Table
from parindex.accounts.workflow.units import described, differing
from parindex.audit.events import Change, record_each
from parindex.listing import fold
from parindex.sheets import Column

COLUMNS = (
    Column("code", "Mã đơn vị", ("Mã",), width=16),
    Column("name", "Tên đơn vị", ("Tên", "Đơn vị"), width=38),
    Column("unit_type", "Loại đơn vị", ("Loại",), width=24),
    Column("valid_from", "Từ ngày", ("Hiệu lực từ",), needed=False, width=13),
    Column("valid_to", "Đến ngày", ("Hiệu lực đến",), needed=False, width=13),
    Column("predecessors", "Đơn vị tiền thân", ("Mã đơn vị tiền thân",), needed=False, width=30),
)
NOTES = (
    "Mỗi dòng một đơn vị. Mã đã có trong danh mục thì đơn vị đó được sửa; mã chưa có thì thêm đơn vị mới.",
    "Loại đơn vị: ghi tên hoặc mã của loại.",
    "Từ ngày, đến ngày: ngày/tháng/năm, ví dụ 01/07/2025. Để trống nếu không giới hạn.",
    "Đơn vị tiền thân: mã các đơn vị, cách nhau bằng dấu phẩy; các đơn vị đó phải có trong danh mục.",
    "Cột không có trong tệp thì giữ nguyên như danh mục. Tệp có một chỗ sai thì không dòng nào được lưu.",
)


class _TypeWidget(widgets.Widget):
    """A type of units by its name or code."""

    def __init__(self) -> None:
        super().__init__()
        types = list(UnitType.objects.all())
        self.known = {fold(one.name): one for one in types} | {one.code: one for one in types}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> UnitType:
        """Read a type. Raises ValueError in Vietnamese."""
        if not value:
            raise ValueError("Ghi loại đơn vị.")
        found = self.known.get(fold(value))
        if found is None:
            raise ValueError(f"Không có loại đơn vị “{value}”. Thêm loại đó trước, hoặc ghi đúng tên, mã.")
        return found


class UnitCatalogue(resources.ModelResource):
    """Units of one organiser, found again by their code."""

    code = fields.Field("code", "code", widget=TextWidget("Ghi mã đơn vị.", 60))
    name = fields.Field("name", "name", widget=TextWidget("Ghi tên đơn vị.", 200))
    unit_type = fields.Field("unit_type", "unit_type")
    valid_from = fields.Field("valid_from", "valid_from", widget=DayWidget())
    valid_to = fields.Field("valid_to", "valid_to", widget=DayWidget())

    class Meta:
        model = Unit
        fields = ("code", "name", "unit_type", "valid_from", "valid_to")
        import_id_fields = ()
        use_transactions = True
        store_instance = True
        skip_diff = True

    def __init__(self, organiser: Organiser, table: Table) -> None:
        super().__init__()
        self.organiser = organiser
        self.fields["unit_type"].widget = _TypeWidget()
        units = Unit.objects.filter(organiser=organiser).select_related("unit_type")
        self.known = {unit.code: unit for unit in units.prefetch_related("predecessors")}
        self.before = {unit.pk: described(unit) for unit in self.known.values()}
        self.given = set(table.letters)
        self.first_lines: dict[str, int] = {}
        self.lines = iter(table.lines)

    def get_import_fields(self) -> list[Any]:
        """Only the columns of the file: what it does not say stays as it is."""
        return [field for field in super().get_import_fields() if field.column_name in self.given]

    def get_instance(self, instance_loader: Any, row: Any) -> Unit | None:
        return self.known.get(row["code"])

    def init_instance(self, row: Any = None) -> Unit:
        return Unit(organiser=self.organiser)

    def import_instance(self, instance: Unit, row: Any, **kwargs: Any) -> None:
        """Every problem of the row at once, each under its column."""
        number = next(self.lines).number
        problems: dict[str, list[ValidationError]] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            problems = error.update_error_dict(problems)
        for key, message in self._own_problems(instance, row, number):
            problems.setdefault(key, []).append(ValidationError(message))
        if problems:
            raise ValidationError(problems)

    def _own_problems(self, unit: Unit, row: Any, number: int) -> list[tuple[str, str]]:
        found = []
        first = self.first_lines.setdefault(row["code"], number)
        if row["code"] and first != number:
            found.append(("code", f"Mã “{row['code']}” đã ghi ở dòng {first}."))
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            found.append(("valid_to", "Ngày hết hiệu lực trước ngày bắt đầu."))
        codes = _codes(row["predecessors"])
        found += [
            ("predecessors", f"Không có đơn vị mã “{code}” trong danh mục.")
            for code in codes
            if code not in self.known
        ]
        if row["code"] in codes:
            found.append(("predecessors", "Đơn vị không thể là tiền thân của chính mình."))
        return found

    def after_save_instance(self, instance: Unit, row: Any, **kwargs: Any) -> None:
        if "predecessors" in self.given:
            instance.predecessors.set([self.known[code] for code in _codes(row["predecessors"])])


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.replace(";", ",").split(",") if code.strip()]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One row of a file: its unit, before and after, only what differs."""

    line: int
    unit: Unit
    is_new: bool
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def is_same(self) -> bool:
        """Whether the row says what is known already."""
        return not self.after

    @property
    def words(self) -> list[tuple[str, str, str]]:
        """What differs: label, value before, value after."""
        return in_words(self.before, self.after)


@dataclass(frozen=True, slots=True)
class UnitsRead:
    """What a file would do, or what is wrong with it."""

    changes: Sequence[UnitChange] = ()
    problems: Sequence[Problem] = ()

    @property
    def new(self) -> int:
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        return sum(not change.is_new and not change.is_same for change in self.changes)

    @property
    def same(self) -> int:
        return sum(change.is_same for change in self.changes)


def preview_units(organiser: Organiser, table: Table, *, by_user: User) -> UnitsRead:
    """What the rows would change; stores nothing. Raises NotPermitted."""
    check_edit_units(by_user, organiser)
    read = UnitsRead()
    try:
        with transaction.atomic():
            read = _import(organiser, table)
            raise OnlyALook
    except OnlyALook:
        return read


@transaction.atomic
def import_units(organiser: Organiser, table: Table, *, by_user: User) -> UnitsRead:
    """Store the rows with an event for each unit that changes, or nothing where one is wrong.

    Raises NotPermitted.
    """
    check_edit_units(by_user, organiser)
    read = _import(organiser, table)
    if read.problems:
        transaction.set_rollback(True)
        return read
    for verb, is_new in (("thêm đơn vị", True), ("sửa đơn vị", False)):
        changes = [
            Change(one.unit, one.before, one.after)
            for one in read.changes
            if one.is_new == is_new and not one.is_same
        ]
        record_each(changes, by=by_user.actor, verb=verb, reason="nhập danh mục từ tệp")
    return read


def _import(organiser: Organiser, table: Table) -> UnitsRead:
    catalogue = UnitCatalogue(organiser, table)
    result = catalogue.import_data(dataset(table, COLUMNS), dry_run=False, use_transactions=False)
    problems = problems_of(result, table, COLUMNS)
    if problems:
        return UnitsRead(problems=problems)
    units = [row.instance for row in result.rows]
    stored = Unit.objects.filter(organiser=organiser).select_related("unit_type")
    after = {unit.pk: described(unit) for unit in stored.prefetch_related("predecessors")}
    changes = []
    for line, unit in zip(table.lines, units, strict=True):
        was, is_now = differing(catalogue.before.get(unit.pk, {}), after[unit.pk])
        changes.append(UnitChange(line.number, unit, unit.pk not in catalogue.before, was, is_now))
    return UnitsRead(changes)
