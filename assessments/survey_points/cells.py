"""One cell of the survey's table: a unit's points on a survey leaf, by which fact, from how many forms."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import TextChoices

from assessments.models import Assessment, Score, SurveySample
from assessments.words import Word, points_refused
from criteria.exceptions import FactsRefused, RuleRefused
from criteria.models import Criterion
from criteria.rules import RuleKind, points_known, stored
from parindex.notation import NotationError, parse_decimal, plain, vietnamese
from surveys.points import margin_of_sample

NOT_APPLICABLE = "KAD"
WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


class Mode(TextChoices):
    """What is entered for a leaf: its points, or the fact from which its rule gives points."""

    POINTS = "points", "điểm"
    INDEX = "index", "chỉ số %"
    VALUE = "value", "giá trị"
    RESULT = "result", "kết quả"


# What a rule takes beside points; the first is asked for where nothing is stored yet.
FACTS: Mapping[str, Mode] = MappingProxyType(
    {
        RuleKind.SURVEY: Mode.INDEX,
        RuleKind.STEPS: Mode.VALUE,
        RuleKind.LINEAR: Mode.VALUE,
        RuleKind.IMPORTED: Mode.RESULT,
    }
)


class CellRefused(Exception):
    """What was typed into a cell cannot stand; `field` is "value", "issued" or "valid"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the three fields of a cell."""

    value: str = ""
    issued: str = ""
    valid: str = ""


@dataclass(frozen=True, slots=True)
class SurveyCell:
    """A unit's file and a survey leaf, with what stands there."""

    file: Assessment
    leaf: Criterion
    score: Score | None = None
    sample: SurveySample | None = None

    @property
    def is_scored(self) -> bool:
        """Whether the leaf has points, or does not apply."""
        return self.score is not None and self.score.obtained is not None

    @property
    def token(self) -> str:
        """A mark of what stands here; another one when somebody has saved since."""
        version = self.score.version if self.score else 0
        return f"{version}-{self.typed(Mode.POINTS).issued}-{self.typed(Mode.POINTS).valid}"

    @property
    def margin(self) -> Decimal | None:
        """The sample's margin of error, in percentage points."""
        return margin_of_sample(self.sample.forms_valid) if self.sample else None

    @property
    def mode(self) -> Mode | None:
        """By what it was entered; nothing where nothing is stored."""
        if self.score is None or self.score.points is None:
            return None
        return next((mode for mode in Mode if mode in self.score.facts), Mode.POINTS)

    def typed(self, mode: Mode) -> Typed:
        """What the fields show of what is stored."""
        issued = self.sample.forms_issued if self.sample else None
        return Typed(
            self._value(mode),
            "" if issued is None else str(issued),
            str(self.sample.forms_valid) if self.sample else "",
        )

    def _value(self, mode: Mode) -> str:
        score = self.score
        if score is None or not self.is_scored:
            return ""
        if score.not_applicable:
            return NOT_APPLICABLE
        if mode is Mode.POINTS:
            return "" if score.points is None else vietnamese(score.points)
        fact = score.facts.get(mode.value)
        return "" if fact is None else vietnamese(parse_decimal(str(fact)))


def modes_of(leaf: Criterion) -> list[Mode]:
    """What may be entered for a leaf, by its rule."""
    fact = FACTS.get(leaf.rule_kind)
    return [fact, Mode.POINTS] if fact else [Mode.POINTS]


def mode_of_column(leaf: Criterion, cells: Iterable[SurveyCell]) -> Mode:
    """What a column shows unless asked otherwise: as it was entered, else what the rule asks for."""
    allowed = modes_of(leaf)
    stored_modes = {cell.mode for cell in cells if cell.leaf.pk == leaf.pk} - {None}
    if stored_modes == {Mode.POINTS}:
        return Mode.POINTS
    return allowed[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell as it is to be: what is entered, and the mark of what was read."""

    cell: SurveyCell
    read: str
    mode: Mode
    value: Decimal | None
    not_applicable: bool
    issued: int | None
    valid: int | None

    @property
    def changes_value(self) -> bool:
        """Whether the points change, not only the sample."""
        shown = self.cell.typed(self.mode).value
        return self.shown != shown

    @property
    def is_stale(self) -> bool:
        """Whether somebody has saved since the cell was read."""
        return self.cell.token != self.read

    @property
    def replaces_value(self) -> bool:
        """Whether points that the person saw change."""
        return self.changes_value and self.cell.is_scored and not self.is_stale

    @property
    def needs_reason(self) -> bool:
        """Whether points that the person saw change, or the leaf is taken out of what counts."""
        return self.replaces_value or (self.not_applicable and self.changes_value)

    @property
    def changes_sample(self) -> bool:
        """Whether the numbers of forms change."""
        sample = self.cell.sample
        stands = (sample.forms_issued, sample.forms_valid) if sample else (None, None)
        return (self.issued, self.valid) != stands

    @property
    def shown(self) -> str:
        """The new value as it is shown."""
        if self.not_applicable:
            return NOT_APPLICABLE
        return "" if self.value is None else vietnamese(self.value)

    @property
    def points(self) -> Decimal | None:
        """What the new value comes to, in points."""
        if self.not_applicable or self.value is None:
            return None
        return points_from(self.cell.leaf, self.mode, self.value)

    @property
    def word(self) -> Word:
        """What is to be written; the reason that stands is kept, as it is published."""
        cell = self.cell
        facts: dict[str, Any] = {}
        if self.mode is not Mode.POINTS and self.value is not None:
            facts = {self.mode.value: plain(self.value)}
        return Word(
            assessment=cell.file,
            criterion=cell.leaf,
            points=None if facts or self.not_applicable else self.value,
            not_applicable=self.not_applicable,
            reason=cell.score.reason if cell.score else "",
            facts=facts,
        )


def points_from(leaf: Criterion, mode: Mode, value: Decimal) -> Decimal:
    """The points, as stored, of a value on a leaf. Raises CellRefused."""
    points: Decimal | None = value
    if mode is not Mode.POINTS:
        try:
            points = points_known(leaf, {mode.value: plain(value)})
        except (FactsRefused, RuleRefused) as error:
            raise CellRefused("value", str(error)) from error
    if points is None:
        raise CellRefused("value", "Cách chấm của mục này chưa tính được điểm.")
    if mode is not Mode.POINTS:
        points = stored(points)
    refusal = points_refused(leaf, points)
    if refusal:
        raise CellRefused("value", refusal)
    return points


def entry_of(cell: SurveyCell, mode: Mode, typed: Typed, *, read: str) -> Entry | None:
    """What was typed as an entry; nothing where it is what stands there. Raises CellRefused."""
    text, issued, valid = typed.value.strip(), typed.issued.strip(), typed.valid.strip()
    not_applicable = text.upper() == NOT_APPLICABLE
    value = None
    if text and not not_applicable:
        try:
            value = parse_decimal(text.removesuffix("%").strip() if mode is Mode.INDEX else text)
        except NotationError as error:
            raise CellRefused("value", str(error)) from error
    if not text and cell.typed(mode).value:
        raise CellRefused("value", "Mục đã có điểm thì không để trống; không đạt thì ghi 0.")
    if value is not None:
        points_from(cell.leaf, mode, value)
    entry = Entry(cell, read, mode, value, not_applicable, _whole("issued", issued), _whole("valid", valid))
    _require_sample(entry)
    return entry if entry.changes_value or entry.changes_sample else None


def _whole(field: str, text: str) -> int | None:
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise CellRefused(field, f"“{text}” không phải là số phiếu. Ghi số nguyên, ví dụ 312.")
    return int(text)


def _require_sample(entry: Entry) -> None:
    if entry.issued is not None and entry.valid is None:
        raise CellRefused("valid", "Đã có số phiếu phát ra thì ghi số phiếu hợp lệ.")
    if entry.valid == 0 and entry.value:
        raise CellRefused("valid", "Không có phiếu hợp lệ nào thì không có điểm. Sửa số phiếu hoặc điểm.")
    if entry.issued is not None and entry.valid is not None and entry.valid > entry.issued:
        raise CellRefused(
            "valid", f"Số phiếu hợp lệ {entry.valid} nhiều hơn số phiếu phát ra {entry.issued}."
        )
