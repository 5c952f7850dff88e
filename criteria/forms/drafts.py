"""Forms over frameworks: reading a workbook, resolving a discrepancy, removing a draft."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from criteria.enums import Resolution
from criteria.models import Criterion, Decision, Framework, Problem, Reading
from criteria.tasks import BROKEN_OFF, is_large, request_reading, survey_codes
from criteria.workbooks.attempt import Attempt, attempt
from criteria.workbooks.declared import LONGEST as LONGEST_WORDING
from criteria.workbooks.declared import Declared, check_declared, declared_in
from criteria.workbooks.files import MAX_BYTES, TOO_LARGE, rows_in
from criteria.workbooks.kept import drop, keep, kept, place_of
from criteria.workbooks.report import ReadFramework, WorkbookRefused
from criteria.workflow import add_unit_type, declare_structure, store_draft, take_decision
from parindex.accounts.models import Organiser, UnitType, User
from parindex.audit.events import Actor
from parindex.days import DayField
from parindex.listing import fold
from parindex.notation import paper_number, vietnamese, vietnamese_date
from parindex.titles import sentence_case

TITLE_LENGTH = 90
LONGEST_CODE = 60


def required(message: str) -> dict[str, str]:
    """The one sentence for a field left empty."""
    return {"required": message}


class UploadForm(forms.Form):
    """A workbook, and the decision and unit type to which its criteria belong."""

    file = forms.FileField(
        label="Tệp bảng tính",
        max_length=255,
        required=False,
        error_messages={
            "empty": "Tệp rỗng. Chọn tệp bảng tính có bộ tiêu chí.",
            "max_length": "Tên tệp quá dài. Đặt lại tên ngắn hơn 255 ký tự.",
        },
    )
    # The token of a file that was sent before: it need not be chosen again.
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    # The job that has read that file, where it was large.
    reading = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sheet = forms.CharField(label="Trang tính", required=False)
    survey_leaves = forms.CharField(label="Mục do điều tra xã hội học chấm", required=False, max_length=1000)
    issuer = forms.ModelChoiceField(
        Organiser.objects.none(),
        label="Cơ quan ban hành",
        error_messages={
            "required": "Chọn cơ quan ban hành.",
            "invalid_choice": "Chọn cơ quan ban hành có trong danh sách.",
        },
    )
    number = forms.CharField(
        label="Số quyết định", max_length=100, error_messages=required("Ghi số quyết định.")
    )
    issued = DayField(label="Ngày ban hành", error_messages=required("Ghi ngày ban hành quyết định."))
    decision_title = forms.CharField(label="Trích yếu", required=False, max_length=500)
    unit_type = forms.ModelChoiceField(
        UnitType.objects.none(),
        label="Loại đơn vị",
        required=False,
        empty_label="Chọn loại đơn vị",
        error_messages={"invalid_choice": "Chọn loại đơn vị có trong danh sách."},
    )
    new_name = forms.CharField(label="Tên loại đơn vị mới", required=False, max_length=200)
    new_code = forms.SlugField(
        label="Mã loại đơn vị mới",
        required=False,
        max_length=LONGEST_CODE,
        error_messages={"invalid": "Mã chỉ gồm chữ không dấu, chữ số, gạch nối; ví dụ phong-chuyen-mon."},
    )
    title = forms.CharField(label="Tên bộ tiêu chí", required=False, max_length=300)
    wording = forms.CharField(
        label="Đoạn văn bản của quyết định nói về cấu trúc bộ tiêu chí",
        required=False,
        max_length=LONGEST_WORDING,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, issuers: QuerySet[Organiser], owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.token, self.file_name = owner, "", ""
        self.issuers = list(issuers)
        self.sheets: tuple[str, ...] = ()
        self.done: Reading | None = None
        self.table: ReadFramework | None = None
        # Set where the file is to be read by a job, with about how many rows it has.
        self.rows: int | None = None
        issuer, unit_type = self.fields["issuer"], self.fields["unit_type"]
        issuer.queryset = issuers  # type: ignore[attr-defined]
        unit_type.queryset = UnitType.objects.order_by("name", "code")  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile | None:
        """Refuse by size before anything is unpacked."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MAX_BYTES:
            raise ValidationError(TOO_LARGE)
        return file

    def clean_number(self) -> str:
        """The number alone."""
        return paper_number(self.cleaned_data["number"])

    def clean_new_code(self) -> str:
        """Keep codes in small letters, and each for one kind of unit."""
        code: str = self.cleaned_data["new_code"].lower()
        if code and (known := UnitType.objects.filter(code=code).first()):
            raise ValidationError(
                f"Mã {code} đã dùng cho loại đơn vị “{known.name}”. Chọn loại đó trong danh sách."
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Check what one field alone cannot tell: unit type, decision, and the table itself."""
        cleaned = super().clean() or self.cleaned_data
        self._check_unit_type(cleaned)
        self._check_decision(cleaned)
        if "file" not in self.errors:
            self._read()
        return cleaned

    def _check_unit_type(self, cleaned: dict[str, Any]) -> None:
        if {"unit_type", "new_code", "new_name"} & set(self.errors):
            return
        chosen, code, name = cleaned["unit_type"], cleaned["new_code"], cleaned["new_name"]
        if chosen and (code or name):
            self.add_error("unit_type", "Chọn một loại có sẵn, hoặc ghi loại mới, không làm cả hai.")
        elif name and not code:
            self._name_code(cleaned, name)
        elif code and not name:
            self.add_error("new_name", "Ghi tên của loại đơn vị mới.")
        elif not chosen and not code:
            self.add_error("unit_type", "Chọn loại đơn vị, hoặc ghi một loại mới.")

    def _name_code(self, cleaned: dict[str, Any], name: str) -> None:
        """The code of a new unit type out of its name, where nobody wrote one."""
        code = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:LONGEST_CODE].strip("-")
        if not code or UnitType.objects.filter(code=code).exists():
            self.add_error("new_code", "Ghi mã của loại đơn vị mới, khác mã của các loại đã có.")
        cleaned["new_code"] = code

    def _check_decision(self, cleaned: dict[str, Any]) -> None:
        issuer, number, issued = (cleaned.get(name) for name in ("issuer", "number", "issued"))
        known = Decision.objects.filter(issuer=issuer, number=number).first() if issuer and number else None
        if known is None:
            return
        if issued and known.issued != issued:
            self.add_error(
                "issued",
                f"Quyết định số {known.number} đã có với ngày {vietnamese_date(known.issued)}, "
                f"khác ngày {vietnamese_date(issued)} vừa ghi.",
            )
        if cleaned.get("decision_title") and cleaned["decision_title"] != known.title:
            stored = f"với trích yếu “{known.title}”" if known.title else "và không ghi trích yếu"
            self.add_error("decision_title", f"Quyết định này đã có {stored}. Để trống ô này.")

    def _read(self) -> None:
        """Read the table; what is refused stands beside the field that can mend it."""
        tried = self._read_by_job() or self._read_now()
        if tried is None:
            return
        self.sheets = tried.sheets
        if tried.refusal:
            self.add_error(tried.about, tried.refusal)
        elif tried.read is not None:
            problems = (*tried.read.problems, *check_declared(tried.read, self.declared))
            self.table = replace(tried.read, problems=problems)

    def _read_by_job(self) -> Attempt | None:
        """What a job has read of this file, where it was asked for the same table."""
        given = self.cleaned_data
        token, number = given.get("kept", ""), given.get("reading")
        if given.get("file") is not None or not token or not number:
            return None
        done = Reading.objects.filter(pk=number, owner=self.owner).first()
        if done is None or done.is_under_way or done.place != place_of(token, owner=self.owner.pk):
            return None
        if any(done.given.get(name, "") != given.get(name, "") for name in ("sheet", "survey_leaves")):
            return None
        self.token, self.file_name = token, done.file_name
        if done.outcome is None:
            return Attempt(refusal=BROKEN_OFF, about="file")
        self.done = done
        return Attempt.from_data(done.outcome)

    def _read_now(self) -> Attempt | None:
        """Read the file that was sent now, or kept from before; nothing where that is left to a job."""
        file = self.cleaned_data.get("file")
        if file is not None:
            sent = file.read(), file.name or ""
        elif (found := kept(self.cleaned_data.get("kept", ""), owner=self.owner.pk)) is not None:
            sent = found
        else:
            return Attempt(refusal="Chọn tệp bảng tính có bộ tiêu chí.", about="file")
        content, self.file_name = sent
        try:
            large = is_large(content, self.file_name)
        except WorkbookRefused as refusal:
            return Attempt(refusal=str(refusal), about="file")
        tried = None
        if large:
            self.rows = rows_in(content, self.file_name)
        else:
            tried = attempt(
                content,
                self.file_name,
                sheet=self.cleaned_data.get("sheet") or None,
                survey_leaves=survey_codes(self.cleaned_data.get("survey_leaves", "")),
            )
        if tried is None or tried.about != "file":
            self.token = keep(content, self.file_name, owner=self.owner.pk)
        return tried

    @property
    def filled(self) -> dict[str, str]:
        """What was filled in beside the file, as it was typed."""
        names = (name for name in self.fields if name not in {"file", "kept", "reading"})
        return {name: self.data[name] for name in names if self.data.get(name)}

    def hand_over(self) -> Reading:
        """Leave a large file to the job worker."""
        return request_reading(
            owner=self.owner,
            place=place_of(self.token, owner=self.owner.pk),
            file_name=self.file_name,
            rows=self.rows or 0,
            given=self.filled,
        )

    @property
    def declared(self) -> Declared:
        """What the pasted passage of the decision declares."""
        return declared_in(self.cleaned_data.get("wording", ""))

    @property
    def read(self) -> ReadFramework:
        """What was read. Raises ValueError unless the form is valid and its file was read."""
        if self.table is None:
            raise ValueError("only a valid form has read its table")
        return self.table

    @transaction.atomic
    def store(self, by: Actor) -> Framework:
        """Store what was read as a draft, with its decision and unit type where they are new."""
        given = self.cleaned_data
        unit_type = given["unit_type"] or add_unit_type(code=given["new_code"], name=given["new_name"], by=by)
        decision = take_decision(
            issuer=given["issuer"],
            number=given["number"],
            issued=given["issued"],
            title=given["decision_title"],
            by=by,
        )
        framework = store_draft(
            self.read,
            decision=decision,
            unit_type=unit_type,
            title=given["title"] or f"Bộ tiêu chí {unit_type.name}",
            file_name=self.file_name,
            by=by,
        )
        if self.declared.says_anything:
            declare_structure(decision, unit_type, self.declared, wording=given["wording"], by=by)
        if self.done is not None:
            self.done.delete()
        transaction.on_commit(lambda: drop(self.token))
        return framework


class Option(NamedTuple):
    """One of the figures that may hold, with what follows from it."""

    value: str
    title: str
    note: str


class ResolveForm(forms.Form):
    """Which figure holds where a paper's own figure and its rows differ, and why."""

    choice = forms.ChoiceField(
        label="Số nào được áp dụng?",
        error_messages={
            "required": "Chọn con số được áp dụng.",
            "invalid_choice": "Chọn con số được áp dụng.",
        },
    )
    leaf = forms.ChoiceField(
        label="Mục được sửa điểm",
        required=False,
        error_messages={"invalid_choice": "Chọn mục được sửa điểm trong danh sách."},
    )
    reason = forms.CharField(
        label="Lý do", max_length=2000, error_messages=required("Ghi lý do của lựa chọn.")
    )

    def __init__(
        self, data: Any = None, *, problem: Problem, leaves: Sequence[Criterion], total: Decimal
    ) -> None:
        super().__init__(data, prefix=f"cho-{problem.pk}")
        declared, computed = problem.declared or Decimal(0), problem.computed or Decimal(0)
        self.difference = declared - computed
        self.options = self._options(declared, computed, total)
        self._leaves = {str(leaf.pk): leaf for leaf in leaves}
        self.fields["choice"].choices = [option[:2] for option in self.options]  # type: ignore[attr-defined]
        self.fields["leaf"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn mục chấm điểm"),
            *((key, _named(leaf)) for key, leaf in self._leaves.items()),
        ]

    def _options(self, declared: Decimal, computed: Decimal, total: Decimal) -> list[Option]:
        gap, whole = vietnamese(abs(self.difference)), vietnamese(total + self.difference)
        missing = "còn thiếu" if self.difference > 0 else "thừa"
        options = [
            Option(
                Resolution.SUM,
                f"Theo tổng các mục: {vietnamese(computed)}",
                f"Điểm tối đa cả bộ là {vietnamese(total)}; chỉ số tính trên {vietnamese(total)}",
            )
        ]
        if self.difference > 0:
            options.append(
                Option(
                    Resolution.UNALLOCATED,
                    f"Theo số ghi: {vietnamese(declared)}, phần chênh {gap} là điểm chưa phân bổ",
                    f"Cả bộ là {whole}; không đơn vị nào đạt được {gap} điểm này",
                )
            )
        options.append(
            Option(
                Resolution.LEAF,
                f"Theo số ghi: {vietnamese(declared)}, sửa điểm một mục",
                f"Chỉ ra mục {missing} {gap} điểm; cả bộ là {whole}",
            )
        )
        return options

    def clean(self) -> dict[str, Any]:
        """A leaf is needed for correcting a leaf only; otherwise it is left aside."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("choice") == Resolution.LEAF and "leaf" not in self.errors and not cleaned.get("leaf"):
            self.add_error("leaf", "Chọn mục được sửa điểm.")
        return cleaned

    @property
    def chosen(self) -> Resolution:
        """The choice of a valid form."""
        return Resolution(self.cleaned_data["choice"])

    @property
    def chosen_leaf(self) -> Criterion | None:
        """The leaf to correct, where one is to be corrected."""
        return self._leaves.get(self.cleaned_data["leaf"]) if self.chosen == Resolution.LEAF else None


def _named(leaf: Criterion) -> str:
    title = sentence_case(leaf.title)
    short = title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH].rstrip()}…"
    return f"{leaf.code} {short} ({vietnamese(leaf.max_points)} điểm)"


class ReasonForm(forms.Form):
    """Why a draft is removed."""

    reason = forms.CharField(
        label="Lý do xóa", max_length=2000, error_messages=required("Ghi lý do xóa bản nháp.")
    )
