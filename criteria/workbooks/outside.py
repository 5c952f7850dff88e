"""Words that name bonus points and penalties, which may stand outside of the scale."""

import re

from criteria.workbooks.report import BONUS, PENALTY
from criteria.workbooks.words import fold

WORDS = {PENALTY: "điểm trừ", BONUS: "điểm thưởng"}

_HEAD = r"\W*(?:cac |noi dung |tieu chi |muc |phan )*"
_KINDS = (
    (PENALTY, re.compile(rf"{_HEAD}(?:diem tru|tru diem)\b")),
    (BONUS, re.compile(rf"{_HEAD}(?:diem (?:thuong|cong)|(?:thuong|cong) diem)\b")),
)


def outside_of_scale(title: str) -> str | None:
    """Whether a title names a bonus or a penalty, and which."""
    words = fold(title)
    return next((standing for standing, pattern in _KINDS if pattern.match(words)), None)
