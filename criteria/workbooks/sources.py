"""Which leaves the sociological survey scores, by the paper's own words.

A survey leaf names the survey as the thing measured ("Chỉ số hài lòng về …", "ĐIỀU TRA XÃ HỘI HỌC").
An activity that only mentions it ("Ban hành kế hoạch SIPAS", "tuyên truyền … SIPAS, PAPI") is
self-scored, so the measure has to stand at the head of the title, or in brackets after an effect.
"""

import re

from criteria.workbooks.words import fold

LONGEST_REMARK = 80

_SURVEY = (
    r"(?:sipas\b|dieu tra xa hoi hoc\b|dieu tra xhh\b|dtxhh\b"
    r"|(?:(?:khao sat|dieu tra|do luong) )?(?:(?:ve )?(?:muc do |su |chi so ))?hai long\b)"
)
_LEADING = r"diem|ket qua|quy doi|chi so|muc do|danh gia(?= qua| tu| thong)|thong qua|qua|tu|theo|ve|cua|so"
_MEASURE = rf"(?:(?:{_LEADING}) ?)*"
_HEAD = re.compile(rf"\W*{_MEASURE}{_SURVEY}")
_IN_BRACKETS = re.compile(rf"\(\s*{_MEASURE}{_SURVEY}")
_EFFECT = re.compile(r"\W*(?:tac dong|anh huong|hieu qua|chat luong|muc do|ket qua|diem|chi so)\b")
_NOTHING_BUT_SURVEY = re.compile(
    r"\W*(?:(?:danh gia|cham diem|lay diem) )?(?:(?:qua|theo|tu|bang|ket qua|diem|phieu) )*"
    r"(?:dt ?xhh|xhh|xa hoi hoc|sipas|(?:dieu tra|khao sat)(?: (?:xa hoi hoc|xhh|lay y kien))?)\W*"
)
_ACTIVITY = re.compile(
    r"\b(?:ke hoach|tuyen truyen|kiem tra|giam sat|ban hanh|trien khai|sang kien|bao cao|boi duong"
    r"|cai thien|nang cao|khac phuc|cong tac|thuc hien|hoan thanh|tham gia|phoi hop"
    r"|to chuc (?:khao sat|dieu tra|lay))\b"
)


def measured_by_survey(title: str) -> bool:
    """Whether the title names a survey's result as what is measured."""
    words = fold(title)
    head = words.split("(")[0]
    if _HEAD.match(words):
        return True
    return bool(_IN_BRACKETS.search(words) and _EFFECT.match(head) and not _ACTIVITY.search(head))


def names_survey(text: str) -> bool:
    """Whether a cell says only that points come from the survey: "Điều tra XHH"."""
    return len(text) <= LONGEST_REMARK and _NOTHING_BUT_SURVEY.fullmatch(fold(text)) is not None
