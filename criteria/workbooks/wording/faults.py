"""Words for what went wrong: more of it never earns more points.

Read from the paper's own letters: without diacritics "chậm" (late) is "chấm" (to score).
"""

import re

_FAULT = re.compile(
    r"\b(?:chậm|trễ|muộn|thiếu|sai|lỗi|vi phạm|quá hạn|trái|tồn đọng|k[ỷỉ] luật|trả lại|chưa|không"
    r"|để xảy ra)\b"
)


def names_a_fault(text: str) -> bool:
    """Whether the words speak of a fault, or of what was not done."""
    return _FAULT.search(text.casefold()) is not None
