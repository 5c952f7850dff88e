"""What keeps a unit's file from being handed in, and what should be looked at before."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.evidence import lacking_evidence
from assessments.models import Assessment
from assessments.self_scoring.contents import Content, Line, RowState


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one row: it `blocks` the file, or is only to be looked at."""

    line: Line
    content: Content
    says: str
    blocks: bool


def findings_of(file: Assessment, contents: Sequence[Content]) -> list[Finding]:
    """Everything to be looked at before a file is handed in, in the order of the paper; in one query."""
    lacking = {one.criterion.pk: one for one in lacking_evidence(file)}
    found = []
    for content in contents:
        for line in content.own:
            code, one = line.criterion.code, lacking.get(line.criterion.pk)
            if one is not None:
                found.append(Finding(line, content, one.says, one.blocks))
            if not line.is_entered:
                found.append(Finding(line, content, f"Mục {code} chưa nhập điểm, số liệu.", blocks=False))
            if line.state == RowState.RETURNED:
                says = f"Mục {code} bị trả lại và chưa sửa từ lúc đó."
                found.append(Finding(line, content, says, blocks=False))
            if line.score is not None and line.score.not_applicable:
                says = f"Mục {code} không áp dụng: Hội đồng thẩm định xem lý do."
                found.append(Finding(line, content, says, blocks=False))
    return found


def is_notable(line: Line) -> bool:
    """Whether the head of the unit should look at a row: not full marks, an explanation, or work left."""
    if line.needs_work or line.score is None or line.score.reason:
        return True
    return line.obtained < line.attainable
