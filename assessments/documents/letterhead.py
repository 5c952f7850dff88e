"""What stands above and below the tables of a paper: bodies, decision, notes on how it was worked out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessments.documents.contexts import ClassCount, GroupContext
from assessments.models import Publication, Round
from parindex.notation import vietnamese

DRAFT = "DỰ THẢO"
ILLUSTRATIVE = "Số liệu minh họa"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The issuing body, the body above it, and the words that stand on every page."""

    governing: str
    issuing: str
    annexed_to: str
    is_draft: bool
    is_illustrative: bool

    @property
    def draft_mark(self) -> str:
        """Marks every page of what is not published."""
        return DRAFT if self.is_draft else ""

    @property
    def illustrative_mark(self) -> str:
        """Marks every page whose figures are made up."""
        return ILLUSTRATIVE if self.is_illustrative else ""


def letterhead(group: GroupContext, publication: Publication | None) -> Letterhead:
    """The head of a paper about a group; what is not published is a draft."""
    governing = (
        Round.objects.filter(code=group.round_code).values_list("organiser__parent_name", flat=True).first()
    )
    return Letterhead(
        governing=governing or "",
        issuing=group.organiser,
        annexed_to="" if publication is None else decision_line(publication),
        is_draft=publication is None,
        is_illustrative=group.is_illustrative,
    )


def decision_line(publication: Publication) -> str:
    """The decision as a paper cites it. Who issued it is not on record: often not the organiser."""
    signed = publication.signed
    return f"Quyết định số {publication.decision_number} ngày {signed:%d} tháng {signed:%m} năm {signed.year}"


def class_ranges(group: GroupContext) -> Sequence[tuple[ClassCount, str]]:
    """Each class with its bounds in words; the lower bound belongs to the class."""
    ranges = []
    upper = None
    for band in group.classes:
        lower = vietnamese(band.lower)
        if upper is None:
            words = f"Từ {lower} trở lên"
        elif band.lower <= 0:
            words = f"Dưới {upper}"
        else:
            words = f"Từ {lower} đến dưới {upper}"
        ranges.append((band, words))
        upper = lower
    return ranges


def notes(group: GroupContext) -> Iterator[str]:
    """How the figures were worked out, in sentences."""
    settings, framework = group.settings, group.framework
    issued = _lower_first(framework["decision"])
    yield f"Bộ tiêu chí: {framework['title']}, phiên bản {framework['version']}, {issued}."
    yield (
        "Chỉ số (%) = tổng điểm đạt được / điểm tối đa × 100. "
        "Tổng điểm gồm điểm thẩm định và điểm điều tra xã hội học."
    )
    yield (
        f"Số in trong bảng lấy {settings['places']} chữ số thập phân, từ 5 trở lên thì làm tròn lên; "
        f"cách làm tròn: {_lower_first(settings['rounding'])}."
    )
    yield f"Khi bằng điểm: {_lower_first(settings['tie'])}. Xếp hạng và xếp loại theo số đã làm tròn."
    ranges = "; ".join(f"{band.name}: {_lower_first(words)}" for band, words in class_ranges(group))
    yield f"Xếp loại theo {_lower_first(settings['basis'])}: {ranges}."
    if settings["survey"]:
        yield f"Điểm điều tra xã hội học lấy từ: {settings['survey']}{_sample(group)}."
    else:
        yield "Nhóm này không tổ chức điều tra xã hội học; điểm tối đa không gồm điểm điều tra."


def _sample(group: GroupContext) -> str:
    issued, valid = group.settings["forms_issued"], group.settings["forms_valid"]
    parts = [f"phát ra {issued} phiếu" if issued else "", f"hợp lệ {valid} phiếu" if valid else ""]
    text = ", ".join(part for part in parts if part)
    return f" ({text})" if text else ""


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
