"""Amounts of points as decisions write them: "0,5 điểm", "75 % điểm tối đa", "1/2 × điểm tối đa"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from criteria.workbooks.wording.clauses import Clause
from parindex.notation import parse_decimal, plain

HUNDRED = Decimal(100)
STEP = Decimal("0.000001")

NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
TIMES = r"\s*(?:(?<![a-z])x(?![a-z])|[×*∙·]|nhan(?: voi)?)\s*"
MAXIMUM = (
    r"(?:(?:so |muc |thang )*diem(?: so)? (?:toi da|chuan|quy dinh|tuyet doi)|thang diem"
    r"|(?:tron|du|het|toan bo)(?: so)? diem|toi da)(?: cua (?:tieu chi|muc|noi dung)(?: thanh phan)?(?: "
    r"nay)?)?"
)

_WRITTEN = (
    rf"(?P<none>khong (?:duoc |co |cho |tinh |cham )*diem)"
    rf"|(?P<upper>[0-9]+)\s*/\s*(?P<lower>[0-9]+)(?:{TIMES}|\s+)(?:cua )?(?:tong )?(?:{MAXIMUM}|so diem)"
    rf"|(?P<percent>{NUMBER})\s*%(?:{TIMES}|\s+)?(?:cua )?(?:tong )?(?:{MAXIMUM}|so diem|diem)"
    rf"|(?P<whole>{MAXIMUM})"
    rf"|(?P<share>{NUMBER})\s*%"
    rf"|(?P<points>{NUMBER})\s*(?P<unit>diem|d)?"
)
_VERBS = (
    r"(?:(?:thi|se|duoc|dat|cho|tinh|cham|la|huong)\s+)*"
    r"(?:(?:so )?diem(?: so)?(?: danh gia| dat duoc| dat)?(?: duoc tinh)?(?: la| bang|\s*[:=])\s*)?(?:la\s+)?"
)
_LAST = re.compile(
    rf"(?P<mark>\s*(?:[:=→⇒]|->|=>|\s[-–—](?=\s)|[(\[]|,)?\s*)(?P<verbs>\b{_VERBS}|)(?P<again>[:=(\[]?\s*)"
    rf"(?:{_WRITTEN})\s*[)\].]*$"
)
_FIRST = re.compile(
    rf"(?:(?:cho|cham|dat|duoc|tinh|cong)\s+)*(?:{_WRITTEN})\s*(?P<mark>:|-|–|\bneu\b|\bkhi\b|\bvoi "
    r"truong hop\b"
    r"|\bdoi voi truong hop\b|\bcho truong hop\b)\s*"
)
# A product, a cap, a count, a range of points or what is taken off is no condition, whatever comes next.
_NO_CONDITION = re.compile(
    r".*(?:(?<!\w)x|[×*∙·/=]|\bnhân|\bcông thức|\btối đa|\bkhông quá|\bkhông vượt quá|\d\s*[-–—]|\d\s+hoặc"
    r"|\d\s+(?:đến|tới)|\b(?:từ|đến|tới|khoảng)|\b(?:trừ|giảm|bớt|mất|cộng|thêm|thưởng)(?: đi)?)"
    r"|(?:nhưng |tổng (?:số )?(?:điểm )?)?(?:tối đa|không (?:vượt )?quá)\b\D*"
    r"|(?:cứ|mỗi|từng|riêng|ngoại trừ|trừ|nhưng|hoặc|làm tròn|nhân|đối với)\b.*"
)
_ALONE = re.compile(rf"(?:{_WRITTEN})\.?")
# Without diacritics "chậm" is "chấm" and "cấp tỉnh" is "cấp tính": the paper's own letters tell.
_VERB = re.compile(r"thì|sẽ|được|đạt|cho|tính|chấm|là|hưởng|số|điểm|đánh|giá|bằng|[:=]")
_IF = re.compile(r"(?:nếu|khi)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount: its points on this leaf, and as it stands in a rule's parameters."""

    points: Decimal
    written: str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """What has to be the case, in the paper's words, and what it gives."""

    name: str
    folded: str
    amount: Amount


def option_of(said: Clause, max_points: Decimal) -> Option | None:
    """ "Ban hành đúng hạn: 1 điểm" or "1 điểm nếu …"; None where no amount is certain."""
    if said.points is not None:
        return Option(said.text, said.folded, in_points(said.points)) if said.text else None
    if match := _LAST.search(said.folded):
        marked = match["mark"].strip() or match["again"].strip() or "diem" in match["verbs"]
        if marked or _is_sure(match):
            return _option(said, 0, _end_of_name(said, match), _amount(match, max_points))
    if (match := _FIRST.match(said.folded)) and _is_sure(match):
        return _option(said, match.end(), len(said.text), _amount(match, max_points))
    return None


def _is_sure(match: re.Match[str]) -> bool:
    """Whether the figure can be nothing but an amount of points."""
    return any(match[name] for name in ("unit", "whole", "none", "percent", "upper"))


def _end_of_name(said: Clause, match: re.Match[str]) -> int:
    """Where the condition ends: "đạt" in "đạt 1 điểm" is no part of it, in "Không đạt: 0" it is."""
    start, end = match.span("verbs")
    if match["verbs"].startswith("diem") and said.folded[:start].rstrip()[-1:].isdigit():
        return start + len("diem")  # "dưới 80 điểm: 0"
    verbs = list(re.finditer(r"[^\W\d]+|[:=]", said.text[start:end]))
    if match["again"].strip() in {":", "="} and "điểm" not in said.text[start:end].casefold():
        return end
    others = [verb.end() for verb in verbs if not _VERB.fullmatch(verb[0].casefold())]
    return start + others[-1] if others else match.start()


def _option(said: Clause, start: int, end: int, amount: Amount | None) -> Option | None:
    if said.folded[:end].rstrip().endswith(":") and re.match(r"\s*[-–—]", said.folded[end:]):
        return None  # "Báo cáo chậm: - 0,25" takes points off
    if opening := _IF.match(said.text, start):
        start = opening.end()
    name, folded = (text[start:end].strip(" :=,-–(") for text in (said.text, said.folded))
    if amount is None or not name:
        return None
    falls = folded == "giam" and said.folded[end:].lstrip().startswith(":")  # a level beside "tăng", "bằng"
    return None if _NO_CONDITION.fullmatch(name.casefold()) and not falls else Option(name, folded, amount)


def amount_alone(folded: str, max_points: Decimal) -> Amount | None:
    """The amount, where the words are an amount and nothing else."""
    match = _ALONE.fullmatch(folded.strip())
    return _amount(match, max_points) if match else None


def in_points(value: Decimal) -> Amount:
    return Amount(value, plain(value))


def _amount(match: re.Match[str], max_points: Decimal) -> Amount | None:
    if match["none"]:
        return in_points(Decimal(0))
    if match["whole"]:
        return in_percent(HUNDRED, max_points)
    if match["percent"] or match["share"]:
        return in_percent(parse_decimal(match["percent"] or match["share"]), max_points)
    if match["points"]:
        return in_points(parse_decimal(match["points"]))
    upper, lower = Decimal(match["upper"]), Decimal(match["lower"])
    if lower == 0:
        return None
    if (percent := upper / lower * HUNDRED) == percent.quantize(STEP):
        return in_percent(percent, max_points)
    points = max_points * upper / lower
    return in_points(points) if points == points.quantize(STEP) else None


def in_percent(percent: Decimal, max_points: Decimal) -> Amount:
    return Amount(percent * max_points / HUNDRED, {"percent": plain(percent)})
