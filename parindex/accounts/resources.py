"""Units from a flat catalogue, by django-import-export: all rows or none."""

from typing import Any

from import_export import fields, resources
from tablib import Dataset
from tablib.exceptions import InvalidDimensions, UnsupportedFormat

from parindex.accounts.models import Organiser, Unit, UnitType


class UnitFileRefused(Exception):
    """A unit list cannot be used; `problems` name each line."""

    def __init__(self, message: str, problems: list[str]) -> None:
        super().__init__(message)
        self.problems = problems


class UnitResource(resources.ModelResource):
    """Units of one organiser and type, found again by their code."""

    code = fields.Field(attribute="code", column_name="code")
    name = fields.Field(attribute="name", column_name="name")

    class Meta:
        model = Unit
        fields = ("code", "name")
        import_id_fields = ("code",)
        use_transactions = True

    def __init__(self, *, organiser: Organiser, unit_type: UnitType) -> None:
        super().__init__()
        self.organiser = organiser
        self.unit_type = unit_type

    def get_queryset(self) -> Any:
        """Only this organiser's units: another's code is another unit."""
        return Unit.objects.filter(organiser=self.organiser)

    def before_save_instance(self, instance: Unit, row: Any, **kwargs: Any) -> None:
        """A missing unit is created in this organiser with this type; a known one keeps its own."""
        if instance.pk is None:
            instance.organiser = self.organiser
            instance.unit_type = self.unit_type


def units_from_file(
    content: bytes, file_name: str, *, organiser: Organiser, unit_type: UnitType
) -> list[Unit]:
    """Read `code,name` rows from CSV or Excel; missing units are created. Units in file order.

    Raises UnitFileRefused naming lines without a code or name and codes given twice.
    """
    data = _dataset(content, file_name)
    problems = _problems(data)
    if problems:
        raise UnitFileRefused(f"Danh sách đơn vị {file_name}: {' '.join(problems)}", problems)
    UnitResource(organiser=organiser, unit_type=unit_type).import_data(data, raise_errors=True)
    codes = [str(code).strip() for code in data["code"]]
    by_code = {unit.code: unit for unit in Unit.objects.filter(organiser=organiser, code__in=codes)}
    return [by_code[code] for code in codes]


def _dataset(content: bytes, file_name: str) -> Any:
    try:
        if file_name.lower().endswith(".xlsx"):
            data = Dataset().load(content, format="xlsx")
        else:
            text = content.decode("utf-8-sig")
            header = text.partition("\n")[0]
            separator = ";" if header.count(";") > header.count(",") else ","
            data = Dataset().load(text, format="csv", delimiter=separator)
    except (UnicodeDecodeError, UnsupportedFormat, InvalidDimensions) as error:
        message = f"Không đọc được danh sách đơn vị {file_name}; cần tệp CSV (UTF-8) hoặc .xlsx."
        raise UnitFileRefused(message, [message]) from error
    data.headers = [_column(header) for header in data.headers or []]
    if not {"code", "name"} <= set(data.headers):
        message = f"Danh sách đơn vị {file_name} cần hai cột code và name."
        raise UnitFileRefused(message, [message])
    return data


def _column(header: object) -> str:
    """A column's name in the catalogue; offices also head them "Mã" and "Tên"."""
    name = str(header or "").strip().lower()
    return {"mã": "code", "mã đơn vị": "code", "tên": "name", "tên đơn vị": "name"}.get(name, name)


def _problems(data: Any) -> list[str]:
    problems = []
    seen: dict[str, int] = {}
    for line, (code, name) in enumerate(zip(data["code"], data["name"], strict=True), start=2):
        code, name = str(code or "").strip(), str(name or "").strip()
        if not code or not name:
            problems.append(f"Dòng {line} thiếu mã hoặc tên.")
        elif code in seen:
            problems.append(f"Dòng {line} trùng mã “{code}” với dòng {seen[code]}.")
        seen.setdefault(code, line)
    if not seen:
        problems.append("Không có đơn vị nào.")
    return problems
