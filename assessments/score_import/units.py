"""Finding the unit that a row names, by code or by name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from assessments.models import Assessment, Group
from assessments.score_import.findings import AMBIGUOUS_UNIT, SKIPPED_ROW, UNKNOWN_UNIT, Findings
from assessments.workbooks.report import WARNING, ReadUnit
from criteria.workbooks.words import tidy

_DASHES = re.compile(r"[‐‑‒–—−]")


def unit_key(text: str) -> str:
    """A name without case and spaces and with one kind of dash; diacritics stay exact."""
    return _DASHES.sub("-", tidy(text)).casefold().replace(" ", "")


class Units:
    """The units of the groups that a file may name, read in one query and locked until the end."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups: Mapping[int, Group] = {group.pk: group for group in groups}
        self._codes: dict[str, list[Assessment]] = defaultdict(list)
        self._names: dict[str, list[Assessment]] = defaultdict(list)
        for assessment in Assessment.objects.filter(group__in=groups).order_by("pk").select_for_update():
            self._codes[unit_key(assessment.unit_code)].append(assessment)
            self._names[unit_key(assessment.unit_name)].append(assessment)

    def find(self, unit: ReadUnit, found: Findings, *, holds_values: bool) -> Assessment | None:
        """The unit's file in the round; nothing, with a problem, where it is unknown or not the only one."""
        if unit.numbering and not self._matches(unit):
            return None
        matches = self._matches(unit)
        if len(matches) == 1:
            return matches[0]
        if not matches and holds_values:
            where = "nhóm này" if len(self._groups) == 1 else "đợt đánh giá này"
            found.add(UNKNOWN_UNIT, unit.place, f"không có đơn vị “{unit.text}” trong {where}.")
        elif not matches:
            message = f"“{unit.text}” không phải là đơn vị và dòng không có điểm nên được bỏ qua."
            found.add(SKIPPED_ROW, unit.place, message, severity=WARNING)
        else:
            found.add(AMBIGUOUS_UNIT, unit.place, self._ambiguity(unit, matches))
        return None

    def _matches(self, unit: ReadUnit) -> list[Assessment]:
        """By code, else by name; a code and a name that belong to two units are both returned."""
        by_code = self._codes.get(unit_key(unit.code), []) if unit.code else []
        by_name = self._named(unit.name) if unit.name else []
        if by_code and by_name:
            both = [assessment for assessment in by_code if assessment in by_name]
            return both or _once([*by_code, *by_name])
        return by_code or by_name or (self._named(unit.code) if unit.code else [])

    def _named(self, text: str) -> list[Assessment]:
        """A text in a column of units is a code or a name."""
        key = unit_key(text)
        return self._codes.get(key) or self._names.get(key, [])

    def _ambiguity(self, unit: ReadUnit, matches: Sequence[Assessment]) -> str:
        codes = sorted({self._groups[assessment.group_id].code for assessment in matches})
        if len(codes) > 1:
            return (
                f"“{unit.text}” có trong nhiều nhóm của đợt ({', '.join(codes)}). "
                "Chỉ ra nhóm bằng --group hoặc ghi mã đơn vị."
            )
        if unit.code and unit.name:
            return f"mã “{unit.code}” và tên “{unit.name}” là của hai đơn vị khác nhau."
        return f"có nhiều đơn vị tên “{unit.text}” trong nhóm. Ghi mã đơn vị thay cho tên."


def _once(assessments: Iterable[Assessment]) -> list[Assessment]:
    return list({assessment.pk: assessment for assessment in assessments}.values())
