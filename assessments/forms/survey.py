"""Survey points as a plain form: one leaf over the units of a page, and a workbook for the whole group."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import QueryDict

from assessments.survey_points import (
    REASON_LACKS,
    CellRefused,
    Entry,
    Mode,
    SurveyCell,
    Typed,
    entry_of,
)
from criteria.workbooks.files import MAX_BYTES, TOO_LARGE

LONGEST_NUMBER = 30
LONGEST_REASON = 2000


class CellForm(forms.Form):
    """One unit's cell: the value and the numbers of forms.

    `read` is the mark of what was read and `was` what the fields showed: only what the person changed counts.
    """

    read = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    was = forms.CharField(required=False, max_length=3 * LONGEST_NUMBER, widget=forms.HiddenInput)
    value = forms.CharField(required=False, max_length=LONGEST_NUMBER)
    issued = forms.CharField(required=False, max_length=LONGEST_NUMBER)
    valid = forms.CharField(required=False, max_length=LONGEST_NUMBER)

    def __init__(
        self, cell: SurveyCell, mode: Mode, data: QueryDict | None = None, *, locked: bool = False
    ) -> None:
        self.cell, self.mode, self.locked = cell, mode, locked
        self.entry: Entry | None = None
        self.theirs: SurveyCell | None = None
        typed = cell.typed(mode)
        initial = {"value": typed.value, "issued": typed.issued, "valid": typed.valid}
        initial |= {"read": cell.token, "was": _joined(typed)}
        super().__init__(data, prefix=f"d{cell.file.pk}", initial=initial)

    @property
    def fields_shown(self) -> list[tuple[BoundField, str]]:
        """The three fields with what each asks."""
        return [
            (self["value"], self.mode.label),
            (self["issued"], "phiếu phát ra"),
            (self["valid"], "phiếu hợp lệ"),
        ]

    def clean(self) -> dict[str, Any]:
        """Check the cell as a whole, each refusal at its field."""
        said = self.cleaned_data
        if self.errors:
            return said
        typed = Typed(said["value"], said["issued"], said["valid"])
        if _joined(typed) == said["was"]:
            return said
        try:
            self.entry = entry_of(self.cell, self.mode, typed, read=said["read"])
        except CellRefused as refusal:
            self.add_error(refusal.field, f"{self.cell.file.unit_name}: {refusal}")
        return said


def _joined(typed: Typed) -> str:
    return "|".join((typed.value, typed.issued, typed.valid))


class ColumnForm:
    """One leaf over the units of a page: what changed is saved together or not at all."""

    def __init__(
        self,
        cells: Sequence[SurveyCell],
        mode: Mode,
        data: QueryDict | None = None,
        *,
        own: frozenset[int] = frozenset(),
    ) -> None:
        self.reason = str(data.get("reason", "")).strip()[:LONGEST_REASON] if data is not None else ""
        self.lacks_reason = False
        self.rows = [_row(cell, mode, data, own) for cell in cells]

    def is_valid(self) -> bool:
        """Whether every cell that was sent can be saved, with a reason where points that stood change."""
        faulty = [row for row in self.rows if row.is_bound and not row.is_valid()]
        self.lacks_reason = not self.reason and any(entry.needs_reason for entry in self.entries)
        return not faulty and not self.lacks_reason

    @property
    def entries(self) -> list[Entry]:
        """What is to be saved."""
        return [row.entry for row in self.rows if row.entry is not None]

    @property
    def errors(self) -> Iterator[tuple[str, str]]:
        """Every refusal with the id of its field."""
        for row in self.rows:
            for name, messages in row.errors.items():
                yield from ((str(row[name].auto_id), str(message)) for message in messages)
        if self.lacks_reason:
            yield "id_reason", REASON_LACKS

    def take_stale(self, stale: Sequence[SurveyCell]) -> None:
        """Keep what was typed, show what stands beside it, and let the next save know of it."""
        found = {cell.file.pk: cell for cell in stale}
        for row in self.rows:
            cell = found.get(row.cell.file.pk)
            if cell is None:
                continue
            row.theirs = cell
            data = QueryDict(mutable=True)
            data.update(row.data)
            data[row.add_prefix("read")] = cell.token
            row.data = data


def _row(cell: SurveyCell, mode: Mode, data: QueryDict | None, own: frozenset[int]) -> CellForm:
    """A row that was not sent says nothing, and neither does one of the person's own unit."""
    locked = cell.file.unit_id in own
    sent = data if data is not None and f"d{cell.file.pk}-read" in data and not locked else None
    return CellForm(cell, mode, sent, locked=locked)


class UploadForm(forms.Form):
    """A filled-in workbook."""

    file = forms.FileField(
        label="Tệp điểm điều tra",
        max_length=255,
        error_messages={
            "required": "Chọn tệp điểm điều tra.",
            "empty": "Tệp rỗng. Chọn tệp điểm điều tra.",
            "max_length": "Tên tệp quá dài. Đặt lại tên ngắn hơn 255 ký tự.",
        },
    )

    def clean_file(self) -> UploadedFile:
        """Refuse by size before anything is unpacked."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(TOO_LARGE)
        return file
