"""Text of the time before Unicode: read where it can be told, refused where it would come out as garbage."""

import re
from collections.abc import Iterable

from criteria.workbooks.words import fold

SAMPLE = 20_000
FEWEST_WORDS = 3

_WORD = re.compile(r"[^\W\d_®§¸µ¶·¨©«¬¾»¼½]*[®§¸µ¶·¨©«¬¾»¼½]*[^\W\d_]+[®§¸µ¶·¨©«¬¾»¼½]*")
# Signs inside words that TCVN3 and VNI fonts show as Vietnamese letters, and that Vietnamese never uses.
_OLD = re.compile(r"[®§¸µ¶·¨©«¬¾»¼½ªºñøûïåäëüöîæ]", re.IGNORECASE)
_USUAL = ("tieu chi", "diem", "noi dung")


def decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16 with or without its mark, or windows-1258; None for any other."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ["utf-16"]
    elif content[1:200:2].count(0) > len(content[1:200:2]) // 3:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1258" or any(words in fold(text[:SAMPLE]) for words in _USUAL):
            return text
    return None


def in_old_fonts(texts: Iterable[str]) -> bool:
    """Whether the words were typed for TCVN3 or VNI fonts: "Tiªu chÝ", "Ñieåm toái ña"."""
    words = [word for text in texts for word in _WORD.findall(text) if len(word) > 1]
    old = [word for word in words if _OLD.search(word)]
    return len(old) >= FEWEST_WORDS and len(old) * 5 >= len(words)
