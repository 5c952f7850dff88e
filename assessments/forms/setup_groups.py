"""Forms of the groups of a round: settings, and units by ticking or from a file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from zipfile import BadZipFile

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import resolve, reverse
from import_export.exceptions import ImportExportError

from assessments.enums import ResultsShown, RoundingStage, ScaleBasis, TieRule, WithoutEvidence
from assessments.exceptions import AssessmentError
from assessments.forms.setup import CodeField
from assessments.models import Group, Round
from assessments.workflow.rounds import GroupSettings, require_tie_breakers
from criteria.forms import required
from criteria.models import Framework
from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.accounts.resources import UnitFileRefused, units_from_file
from parindex.fields import PointsFormField
from parindex.keys import KeysField
from parindex.titles import sentence_case

BAND_ROWS = 8
TIE_ROWS = 3
MOST_PLACES = 6
PERCENT = Decimal(100)
MAX_FILE = 2 * 1024 * 1024


class BandRow(NamedTuple):
    """The two fields of one class."""

    name: forms.BoundField
    lower: forms.BoundField


class SettingsForm(forms.Form):
    """How a group is ranked and classed, what evidence it asks, and what its units see."""

    scale_basis = forms.ChoiceField(
        label="Xếp loại theo",
        choices=ScaleBasis,
        error_messages=required("Chọn xếp loại theo chỉ số hay theo điểm."),
    )
    rounding_places = forms.TypedChoiceField(
        label="Số chữ số thập phân",
        coerce=int,
        choices=[(places, str(places)) for places in range(MOST_PLACES + 1)],
        error_messages=required("Chọn số chữ số thập phân."),
    )
    rounding_stage = forms.ChoiceField(
        label="Cách làm tròn", choices=RoundingStage, error_messages=required("Chọn cách làm tròn.")
    )
    tie_rule = forms.ChoiceField(
        label="Khi bằng điểm",
        choices=TieRule,
        error_messages=required("Chọn cách xếp hạng khi bằng điểm."),
    )
    holds_survey = forms.BooleanField(label="Có điều tra xã hội học", required=False)
    without_evidence = forms.ChoiceField(
        label="Khi thiếu tài liệu kiểm chứng",
        choices=WithoutEvidence,
        error_messages=required("Chọn cách xử lý khi thiếu tài liệu kiểm chứng."),
    )
    asks_signature = forms.BooleanField(label="Tài liệu kiểm chứng phải có chữ ký số", required=False)
    results_shown = forms.ChoiceField(
        label="Đơn vị thấy điểm thẩm định",
        choices=ResultsShown,
        error_messages=required("Chọn khi nào đơn vị thấy điểm thẩm định."),
    )
    names_appraisers = forms.BooleanField(label="Đơn vị thấy tên người thẩm định", required=False)

    def __init__(self, *args: Any, used: Framework | None, settings: GroupSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used, self.illustrative = used, settings.is_illustrative
        self.initial = {**settings.columns, "holds_survey": settings.holds_survey, **self.initial}
        self._add_bands(settings.scale)
        self._add_tie_breakers(settings.tie_breakers)

    def _add_bands(self, scale: Sequence[tuple[str, Decimal]]) -> None:
        for row in range(1, max(BAND_ROWS, len(scale)) + 1):
            name, lower = scale[row - 1] if row <= len(scale) else ("", None)
            self.fields[f"band_{row}_name"] = forms.CharField(
                label=f"Loại {row}: tên", max_length=60, required=False, initial=name
            )
            self.fields[f"band_{row}_lower"] = PointsFormField(
                label=f"Loại {row}: từ", required=False, initial=lower
            )

    def _add_tie_breakers(self, names: Sequence[str]) -> None:
        choices = [("", "Không"), ("appraised", "Điểm thẩm định"), ("survey", "Điểm điều tra xã hội học")]
        if self.used is not None:
            contents = self.used.criteria.filter(level=1, is_survey_block=False).order_by("position")
            choices += [(one.code, f"Nội dung {one.code}. {sentence_case(one.title)}") for one in contents]
        for row in range(1, max(TIE_ROWS, len(names)) + 1):
            self.fields[f"tie_{row}"] = forms.ChoiceField(
                label=f"Tiêu chí phụ {row}",
                choices=choices,
                required=False,
                initial=names[row - 1] if row <= len(names) else "",
                error_messages={"invalid_choice": "Chọn một tiêu chí phụ có trong danh sách."},
            )

    @property
    def bands(self) -> list[BandRow]:
        """The rows of the class scale."""
        rows = sum(name.startswith("band_") for name in self.fields) // 2
        return [BandRow(self[f"band_{row}_name"], self[f"band_{row}_lower"]) for row in range(1, rows + 1)]

    @property
    def tie_breakers(self) -> list[forms.BoundField]:
        """The fields of the tie-breakers, in order."""
        return [self[name] for name in self.fields if name.startswith("tie_") and name != "tie_rule"]

    def clean(self) -> dict[str, Any]:
        """The scale as a whole, and each tie-breaker once."""
        cleaned = super().clean() or self.cleaned_data
        self._name_rows_of_errors()
        scale = list(self._scale(cleaned))
        if not any(name.startswith("band_") for name in self.errors):
            self._check_scale(scale, cleaned.get("scale_basis", ScaleBasis.PERCENT))
        cleaned["scale"] = [(name, lower) for _, name, lower in scale]
        names = [cleaned.get(field.name, "") for field in self.tie_breakers]
        cleaned["tie_breakers"] = tuple(name for name in names if name)
        if self.used is not None and not self.errors:
            try:
                require_tie_breakers(cleaned["tie_breakers"], self.used)
            except AssessmentError as refusal:
                self.add_error("tie_1", str(refusal))
        return cleaned

    def _name_rows_of_errors(self) -> None:
        """Eight rows have fields alike: what a field refuses says in which row."""
        for row, band in enumerate(self.bands, start=1):
            for field in band:
                if field.errors:
                    named = [f"Loại {row}: {message}" for message in field.errors]
                    self.errors[field.name] = self.error_class(named)

    def _scale(self, cleaned: dict[str, Any]) -> Iterator[tuple[int, str, Decimal]]:
        """Rows that are filled in, highest first; half of a row is an error on its other half."""
        rows = []
        for row in range(1, len(self.bands) + 1):
            name, lower = cleaned.get(f"band_{row}_name", ""), cleaned.get(f"band_{row}_lower")
            if name and lower is None and f"band_{row}_lower" not in self.errors:
                self.add_error(f"band_{row}_lower", f"Loại “{name}”: ghi ngưỡng dưới.")
            elif lower is not None and not name:
                self.add_error(f"band_{row}_name", f"Loại {row}: ghi tên loại.")
            elif name and lower is not None:
                rows.append((row, name, lower))
        yield from sorted(rows, key=lambda band: band[2], reverse=True)

    def _check_scale(self, scale: list[tuple[int, str, Decimal]], basis: str) -> None:
        if not scale:
            self.add_error("band_1_name", "Thang xếp loại chưa có loại nào.")
            return
        names: dict[str, int] = {}
        bounds: dict[Decimal, str] = {}
        for row, name, lower in scale:
            if name.casefold() in names:
                self.add_error(f"band_{row}_name", f"Tên loại “{name}” bị trùng.")
            if lower in bounds:
                self.add_error(f"band_{row}_lower", f"Loại “{name}” trùng ngưỡng với loại “{bounds[lower]}”.")
            if lower < 0:
                self.add_error(f"band_{row}_lower", f"Ngưỡng của loại “{name}” không được âm.")
            if basis == ScaleBasis.PERCENT and lower > PERCENT:
                self.add_error(f"band_{row}_lower", f"Ngưỡng của loại “{name}” lớn hơn 100 %.")
            names[name.casefold()] = row
            bounds[lower] = name
        row, name, lower = scale[-1]
        if lower > 0:
            self.add_error(
                f"band_{row}_lower", f"Loại thấp nhất (“{name}”) phải từ 0, để kết quả nào cũng có loại."
            )

    @property
    def settings(self) -> GroupSettings:
        """What a valid form says."""
        given = self.cleaned_data
        return GroupSettings(
            scale=tuple(given["scale"]),
            scale_basis=ScaleBasis(given["scale_basis"]),
            rounding_places=given["rounding_places"],
            rounding_stage=RoundingStage(given["rounding_stage"]),
            tie_rule=TieRule(given["tie_rule"]),
            tie_breakers=given["tie_breakers"],
            holds_survey=given["holds_survey"],
            without_evidence=WithoutEvidence(given["without_evidence"]),
            asks_signature=given["asks_signature"],
            results_shown=ResultsShown(given["results_shown"]),
            names_appraisers=given["names_appraisers"],
            is_illustrative=self.illustrative,
        )


class GroupForm(SettingsForm):
    """A group that is there: its name, place, framework and settings."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="Tên nhóm", max_length=200, error_messages=required("Ghi tên nhóm đơn vị."))
    position = forms.TypedChoiceField(
        label="Thứ tự trong đợt", coerce=int, error_messages=required("Chọn thứ tự của nhóm trong đợt.")
    )
    framework = forms.ModelChoiceField(
        Framework.objects.none(),
        label="Bộ tiêu chí",
        empty_label=None,
        error_messages={
            "required": "Chọn bộ tiêu chí.",
            "invalid_choice": "Chọn bộ tiêu chí đang có hiệu lực trong danh sách.",
        },
    )

    def __init__(
        self,
        group: Group,
        *args: Any,
        frameworks: QuerySet[Framework],
        groups: int,
        place: int,
        settings: GroupSettings,
        seen: str,
        **kwargs: Any,
    ) -> None:
        initial = {"name": group.name, "position": place, "framework": group.framework_id, "seen": seen}
        super().__init__(*args, used=group.framework, settings=settings, initial=initial, **kwargs)
        self.fields["position"].choices = [(one, str(one)) for one in range(1, groups + 1)]  # type: ignore[attr-defined]
        self.fields["framework"].queryset = frameworks  # type: ignore[attr-defined]


class FileOfUnitsForm(forms.Form):
    """Units by ticking, or from a list in a file."""

    units = KeysField(
        Unit.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Có đơn vị không còn trong danh sách. Chọn lại."},
    )
    file = forms.FileField(
        label="Tệp danh sách đơn vị",
        required=False,
        max_length=255,
        error_messages={"empty": "Tệp rỗng.", "max_length": "Tên tệp dài quá 255 ký tự."},
    )

    def __init__(self, *args: Any, choices: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = choices  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile | None:
        """Refuse by size before anything is read."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MAX_FILE:
            raise ValidationError("Tệp lớn hơn 2 MB. Danh sách chỉ cần hai cột: mã và tên đơn vị.")
        return file

    def clean(self) -> dict[str, Any]:
        """One of the two, and not nothing."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("units") and not cleaned.get("file"):
            self.add_error("units", "Đánh dấu ít nhất một đơn vị, hoặc chọn tệp danh sách.")
        return cleaned

    def chosen(self, organiser: Organiser, unit_type: UnitType) -> list[Unit]:
        """The units of a valid form; those that only the file names are created. Call it in a transaction.

        Raises AssessmentError naming the lines that cannot be used.
        """
        found = {unit.pk: unit for unit in self.cleaned_data["units"]}
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None:
            name = file.name or ""
            try:
                listed = units_from_file(file.read(), name, organiser=organiser, unit_type=unit_type)
            except UnitFileRefused as refusal:
                raise AssessmentError(str(refusal)) from refusal
            except (BadZipFile, ImportExportError, KeyError, ValueError) as error:
                raise AssessmentError(
                    f"Không đọc được danh sách đơn vị {name}; cần tệp CSV (UTF-8) hoặc .xlsx có hai cột "
                    "mã và tên."
                ) from error
            found |= {unit.pk: unit for unit in listed}
        return list(found.values())


class NewGroupForm(FileOfUnitsForm, SettingsForm):
    """A new group: code, name, units and settings; its framework was chosen before."""

    code = CodeField(label="Mã nhóm")
    name = forms.CharField(label="Tên nhóm", max_length=200, error_messages=required("Ghi tên nhóm đơn vị."))

    def __init__(self, round: Round, *args: Any, framework: Framework, **kwargs: Any) -> None:
        kwargs["initial"] = {"code": framework.unit_type.code, "name": framework.unit_type.name}
        super().__init__(*args, used=framework, settings=GroupSettings(), **kwargs)
        self.round = round

    def clean_code(self) -> str:
        """A code that is free in the round and no word of an address."""
        code: str = self.cleaned_data["code"]
        if resolve(reverse("assessments:ranking", args=[self.round.code, code])).url_name != "ranking":
            raise ValidationError(f"Mã “{code}” trùng với địa chỉ của một trang. Chọn mã khác.")
        if self.round.groups.filter(code=code).exists():
            raise ValidationError(f"Mã nhóm “{code}” đã có trong đợt đánh giá này.")
        return code
