"""What a paper says of units to which a criterion does not apply.

Hoàng Mai 2024: "những phòng chuyên môn không có TTHC thì đạt điểm tuyệt đối" gives full points (5.5 and
7.1.4); 7.1.5 speaks only of "các đơn vị có TTHC" and leaves the others open.
"""

import re

from criteria.workbooks.words import fold

_GIVES = r"\b(?:thi|duoc|dat|tinh|cham)\b"
_ALL = r"\b(?:diem tuyet doi|diem toi da|tron diem|du diem)\b"
_FULL_POINTS = re.compile(rf"\bkhong (?:co|phat sinh)\b[^.;]*{_GIVES}[^.;]*{_ALL}")
_UNITS = r"(?:cac |nhung )?(?:don vi|phong|co quan|dia phuong|xa|phuong)"
_SOME_UNITS_ONLY = re.compile(rf"\(\s*(?:chi )?(?:ap dung )?(?:doi voi|voi) {_UNITS}[^()]*? co [^()]*\)")


def gives_full_points(words: str) -> bool:
    """Whether units without the matter get the maximum."""
    return bool(_FULL_POINTS.search(fold(words)))


def leaves_others_open(words: str) -> bool:
    """Whether the words limit a criterion to some units and say nothing of the others."""
    return bool(_SOME_UNITS_ONLY.search(fold(words))) and not gives_full_points(words)
