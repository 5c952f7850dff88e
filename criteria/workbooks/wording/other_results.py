"""Points that come from elsewhere: the survey, or another official result on a scale of its own."""

import re

from criteria.workbooks.wording.amounts import MAXIMUM, NUMBER, TIMES
from criteria.workbooks.wording.clauses import Clause
from criteria.workbooks.wording.found import Found
from criteria.workbooks.wording.qualifiers import qualifiers_of
from parindex.notation import parse_decimal, plain

_TAKEN_FROM = (
    r"(?:(?:diem|so|tieu chi|muc|noi dung|nay|duoc|tinh|xac dinh|lay|danh gia|quy doi|tu|theo|tren co so"
    r"|can cu|thong qua|qua|bang|ket qua|tong hop|cua|cac|chi so|muc do|cuoc|phieu|do luong|su)\s+)*"
)
_OF_WHOM = (
    r"(?:\s*\(?(?:sipas|nam \d{4}"
    r"|(?:cua|do|ve|doi voi) (?:(?!\b(?:neu|thi|tru|va|hoac|so voi)\b)[a-z, ])+)\)?)*"
)
_SURVEY = re.compile(
    rf"{_TAKEN_FROM}(?:sipas|hai long|dieu tra (?:xa hoi hoc|xhh)|(?<=ket qua )khao sat(?: xa hoi hoc)?"
    rf"|xhh)\b{_OF_WHOM}"
)
_SURVEY_SHARE = re.compile(
    r"(?:(?:diem|cach tinh|tinh diem|tieu chi|nay|danh gia|=|:|theo)\s*)*"
    rf"(?:chi so|ty le|muc do)[^×*/=;\d]*(?:sipas|hai long)"
    rf"[^×*/=;\d]*?{TIMES}(?:{MAXIMUM})(?:\s*/\s*100\s*%?)?"
)
_RESULT = (
    r"(?:(?!\b(?:hai long|sipas|thu hang|xep hang|so nguoi|ty le)\b)[^.;:×*/=\d]|(?:iso|tcvn)[ :]*[\d:]+)*?"
)
_SCALE = rf"(?P<scale>{NUMBER})"
_OTHER_RESULT = [
    re.compile(form)
    for form in (
        rf"(?:diem )?(?:duoc )?(?:tinh )?quy doi (?:tu|theo)\b{_RESULT}"
        rf"\b(?:chi so|ket qua|diem|bo chi so)\b{_RESULT}"
        rf"\(?\s*(?:tren |theo )?(?:thang|toi da|diem toi da)(?: diem)?\s*{_SCALE}(?: diem)?\s*\)?",
        rf"(?:diem|chi so|ket qua)\b{_RESULT}{TIMES}(?:{MAXIMUM})\s*/\s*{_SCALE}",
        rf"(?:diem|chi so|ket qua)\b{_RESULT}/\s*{_SCALE}{TIMES}(?:{MAXIMUM})",
    )
]


def rule_of_other_result(clause: Clause) -> Found | None:
    """The survey, or a result with its scale; None where the scale is not said."""
    if qualifiers_of(clause.text) - {"tối đa", "nhân", "hội đồng"}:
        return None
    if _SURVEY.fullmatch(clause.folded) or _SURVEY_SHARE.fullmatch(clause.folded):
        return Found("survey")
    match = next((match for form in _OTHER_RESULT if (match := form.fullmatch(clause.folded))), None)
    if match is None or (scale := parse_decimal(match["scale"])) <= 0:
        return None
    return Found("imported", {} if plain(scale) == "100" else {"scale_max": plain(scale)})
