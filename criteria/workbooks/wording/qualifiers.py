"""Words that set a further condition: what a rule does not keep must not hold them.

"Từ 90 % trở lên nếu có minh chứng: 1" is not the threshold alone, and "b/a × điểm tối đa, riêng huyện …" is
not the ratio alone. A name of a level may hold them: the person who chooses the level reads it.
"""

import re

_QUALIFIER = re.compile(
    r"\b(?:nếu|nhưng(?! (?:dưới|nhỏ hơn|không quá|chưa)\b)|riêng|chỉ (?:áp dụng|tính|khi|xét|với|đối)"
    r"|áp dụng (?:với|cho|từ|đối)|không áp dụng|đối với|với điều kiện|miễn là|ngoại trừ|trừ"
    r"|(?<!nước )ngoài|sau khi|trước khi|kèm|đồng thời|hệ số|nhân(?! dân)|làm tròn|cộng(?! đồng| hòa| tác)"
    r"|thêm|(?<!khen )thưởng|không tính|hội đồng(?! nhân dân)|(?:tối đa|không quá|không vượt quá)(?!\s*\d)"
    r"|mỗi|(?<!căn )cứ)\b"
)
_OPENING = re.compile(r"^\W*(?:nếu|khi)\b")


def qualifiers_of(text: str) -> frozenset[str]:
    """The words in the text that limit what it says, in lower case; an opening "nếu" is none."""
    return frozenset(match[0] for match in _QUALIFIER.finditer(_OPENING.sub("", text.casefold())))
