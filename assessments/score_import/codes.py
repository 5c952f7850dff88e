"""Which criterion a code in a file stands for, also where a spreadsheet dropped a zero from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.score_import.findings import AMBIGUOUS_CODE, DUPLICATE, UNKNOWN_CODE
from assessments.workbooks.report import Heading
from criteria.models import Criterion
from criteria.workbooks.words import tidy


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a code stands for no criterion of the framework."""

    kind: str
    message: str


class Tree:
    """A framework's criteria by code and by the code its paper prints."""

    def __init__(self, criteria: Sequence[Criterion]) -> None:
        self._codes = {criterion.code.casefold(): criterion for criterion in criteria}
        self._printed: dict[str, list[Criterion]] = defaultdict(list)
        self._children: dict[int, list[Criterion]] = defaultdict(list)
        for criterion in criteria:
            if criterion.printed_code:
                self._printed[tidy(criterion.printed_code).casefold()].append(criterion)
            if criterion.parent_id:
                self._children[criterion.parent_id].append(criterion)

    def leaves_under(self, criterion: Criterion) -> list[Criterion]:
        """The leaves of an inner node."""
        if criterion.is_leaf:
            return [criterion]
        return [leaf for child in self._children[criterion.pk] for leaf in self.leaves_under(child)]

    def resolve(self, headings: Sequence[Heading]) -> Mapping[Heading, Criterion | Unclear]:
        """Each code's criterion. Codes that may be two take the one that keeps the document's order."""
        possible = {heading: self._possible(heading) for heading in headings}
        certain = {heading: found[0] for heading, found in possible.items() if len(found) == 1}
        for heading, candidates in possible.items():
            if len(candidates) > 1:
                chosen = _choose(heading, candidates, headings, certain)
                if chosen:
                    certain[heading] = chosen
        resolved: dict[Heading, Criterion | Unclear] = {}
        first: dict[int, Heading] = {}
        for heading in headings:
            criterion = certain.get(heading)
            if criterion is None:
                resolved[heading] = _unclear(heading, possible[heading])
            elif (earlier := first.setdefault(criterion.pk, heading)) is not heading:
                resolved[heading] = _repeated(criterion, heading, earlier)
            else:
                resolved[heading] = criterion
        return resolved

    def _possible(self, heading: Heading) -> list[Criterion]:
        """A text that is a code is that code; otherwise what it may be read as, or is printed as."""
        text = heading.text.casefold()
        if text in self._codes and len(heading.readings) < 2:
            return [self._codes[text]]
        found = {
            self._codes[reading].pk: self._codes[reading]
            for reading in heading.readings
            if reading in self._codes
        }
        if len(heading.readings) < 2:
            found |= {criterion.pk: criterion for criterion in self._printed.get(text, ())}
        return list(found.values())


def _choose(
    heading: Heading,
    candidates: Sequence[Criterion],
    headings: Sequence[Heading],
    certain: Mapping[Heading, Criterion],
) -> Criterion | None:
    """The only candidate that is still free and stands between its neighbours; else what the format tells."""
    taken = {criterion.pk for criterion in certain.values()}
    free = [candidate for candidate in candidates if candidate.pk not in taken]
    place = headings.index(heading)
    before = [certain[other].position for other in headings[:place] if other in certain]
    after = [certain[other].position for other in headings[place + 1 :] if other in certain]
    fitting = [
        candidate
        for candidate in free
        if (not before or before[-1] < candidate.position) and (not after or candidate.position < after[0])
    ]
    left = fitting or free
    if len(left) > 1 and heading.told:
        return next((candidate for candidate in left if candidate.code == heading.readings[-1]), None)
    return left[0] if len(left) == 1 else None


def _unclear(heading: Heading, candidates: Sequence[Criterion]) -> Unclear:
    if not candidates:
        return Unclear(UNKNOWN_CODE, f"bộ tiêu chí không có mục “{heading.text}”.")
    codes = " hoặc ".join(sorted(candidate.code for candidate in candidates))
    return Unclear(
        AMBIGUOUS_CODE,
        f"“{heading.text}” có thể là mục {codes}. Ghi mã dưới dạng chữ, ví dụ “{candidates[-1].code}”.",
    )


def _repeated(criterion: Criterion, heading: Heading, earlier: Heading) -> Unclear:
    hint = f" Nếu là mục {criterion.code}0 thì ghi đủ chữ số." if criterion.code.count(".") == 1 else ""
    return Unclear(DUPLICATE, f"mục {criterion.code} đã có ở ô {earlier.place.cell}.{hint}")
