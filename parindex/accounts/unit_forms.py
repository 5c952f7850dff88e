"""Forms over an organiser's units."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parindex.accounts.exceptions import AccountsError
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.accounts.queries import units_of
from parindex.accounts.setup_forms import read_unit_type_code
from parindex.accounts.workflow.units import UnitFields
from parindex.days import DayField
from parindex.keys import KeysField

NO_SUCH_UNIT = "Chọn đơn vị có trong danh mục."


class FileForm(forms.Form):
    """One file with a list."""

    file = forms.FileField(
        label="Tệp danh sách",
        max_length=255,
        error_messages={
            "required": "Chọn tệp danh sách.",
            "empty": "Tệp rỗng. Chọn tệp khác.",
            "max_length": "Tên tệp quá dài. Đặt lại tên ngắn hơn 255 ký tự.",
        },
    )


class UnitTypeForm(forms.Form):
    """A new type of units."""

    name = forms.CharField(
        label="Tên loại đơn vị", max_length=200, error_messages={"required": "Ghi tên loại đơn vị."}
    )
    code = forms.CharField(
        label="Mã loại đơn vị", max_length=60, error_messages={"required": "Ghi mã loại đơn vị."}
    )

    def clean_code(self) -> str:
        code = read_unit_type_code(self.cleaned_data["code"])
        if UnitType.objects.filter(code=code).exists():
            raise ValidationError(f"Mã “{code}” đã dùng cho loại đơn vị khác.")
        return code


class UnitForm(forms.Form):
    """A unit's name, code, type, dates and what it came from."""

    name = forms.CharField(label="Tên đơn vị", max_length=200, error_messages={"required": "Ghi tên đơn vị."})
    code = forms.CharField(label="Mã đơn vị", max_length=60, error_messages={"required": "Ghi mã đơn vị."})
    unit_type = forms.ModelChoiceField(
        UnitType.objects.order_by("name"),
        label="Loại đơn vị",
        empty_label="Chọn loại đơn vị",
        error_messages={
            "required": "Chọn loại đơn vị.",
            "invalid_choice": "Chọn loại đơn vị trong danh sách.",
        },
    )
    valid_from = DayField(label="Có hiệu lực từ ngày", required=False)
    valid_to = DayField(label="Đến hết ngày", required=False)
    predecessors = KeysField(
        Unit.objects.none(),
        label="Đơn vị tiền thân",
        required=False,
        error_messages={"invalid_choice": NO_SUCH_UNIT},
    )

    def __init__(self, data: Any = None, *, organiser: Organiser, unit: Unit | None = None) -> None:
        initial = {}
        if unit is not None:
            initial = {name: getattr(unit, name) for name in ("name", "code", "valid_from", "valid_to")}
            initial["unit_type"] = unit.unit_type_id
            initial["predecessors"] = [one.pk for one in unit.predecessors.all()]
        super().__init__(data, initial=initial)
        self.units = units_of(organiser).exclude(pk=unit.pk) if unit else units_of(organiser)
        self.fields["predecessors"].queryset = self.units  # type: ignore[attr-defined]

    @property
    def picked(self) -> set[str]:
        """The units chosen, as a page repeats them."""
        return {str(key) for key in self["predecessors"].value() or []}

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        if first and last and first > last:
            self.add_error("valid_to", "Ngày hết hiệu lực trước ngày bắt đầu.")
        return self.cleaned_data

    def unit_fields(self) -> UnitFields:
        """What the form says, for the verb."""
        return UnitFields(
            code=self.cleaned_data["code"],
            name=self.cleaned_data["name"],
            unit_type=self.cleaned_data["unit_type"],
            valid_from=self.cleaned_data["valid_from"],
            valid_to=self.cleaned_data["valid_to"],
            predecessors=tuple(self.cleaned_data["predecessors"]),
        )

    def take(self, refusal: AccountsError) -> None:
        """Show what the verb refused: a taken code beside the code."""
        self.add_error("code" if "Mã “" in str(refusal) else None, str(refusal))


class MergeForm(forms.Form):
    """Which units become which one, from which day."""

    NEW, EXISTING = "moi", "san-co"

    merged = KeysField(
        Unit.objects.none(),
        label="Các đơn vị được sáp nhập",
        error_messages={
            "required": "Chọn các đơn vị được sáp nhập.",
            "invalid_choice": NO_SUCH_UNIT,
        },
    )
    on = DayField(label="Sáp nhập từ ngày", error_messages={"required": "Ghi ngày sáp nhập có hiệu lực."})
    target = forms.ChoiceField(
        label="Đơn vị nhận",
        choices=((NEW, "Đơn vị mới"), (EXISTING, "Đơn vị đã có trong danh mục")),
        initial=NEW,
        error_messages={"required": "Chọn đơn vị mới hay đơn vị đã có."},
    )
    name = forms.CharField(label="Tên đơn vị mới", max_length=200, required=False)
    code = forms.CharField(label="Mã đơn vị mới", max_length=60, required=False)
    unit_type = forms.ModelChoiceField(
        UnitType.objects.order_by("name"),
        label="Loại đơn vị",
        required=False,
        empty_label="Chọn loại đơn vị",
        error_messages={"invalid_choice": "Chọn loại đơn vị trong danh sách."},
    )
    existing = forms.ModelChoiceField(
        Unit.objects.none(),
        label="Đơn vị đã có",
        required=False,
        empty_label="Chọn đơn vị",
        error_messages={"invalid_choice": NO_SUCH_UNIT},
    )

    def __init__(self, data: Any = None, *, organiser: Organiser) -> None:
        super().__init__(data)
        self.units = units_of(organiser)
        for name in ("merged", "existing"):
            self.fields[name].queryset = self.units  # type: ignore[attr-defined]

    @property
    def picked(self) -> set[str]:
        """The units chosen, as a page repeats them."""
        return {str(key) for key in self["merged"].value() or []}

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("target") == self.EXISTING:
            if not cleaned.get("existing") and "existing" not in self.errors:
                self.add_error("existing", "Chọn đơn vị nhận sáp nhập.")
            return cleaned
        wanted = {
            "name": "Ghi tên đơn vị mới.",
            "code": "Ghi mã đơn vị mới.",
            "unit_type": "Chọn loại của đơn vị mới.",
        }
        for name, message in wanted.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, message)
        return cleaned

    def into(self) -> Unit | UnitFields:
        """The unit that the others become."""
        cleaned = self.cleaned_data
        if cleaned["target"] == self.EXISTING:
            existing: Unit = cleaned["existing"]
            return existing
        return UnitFields(cleaned["code"], cleaned["name"], cleaned["unit_type"], valid_from=cleaned["on"])

    def take(self, refusal: AccountsError) -> None:
        """Show what the verb refused: a taken code beside the code."""
        self.add_error("code" if "Mã “" in str(refusal) else None, str(refusal))
