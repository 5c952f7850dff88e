"""Text as it stands in cells: tidied for keeping, folded for comparing."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"[^\S\n]+")


def tidy_lines(text: str) -> str:
    """The text in one Unicode form, single spaces, without blank lines; line breaks stay."""
    composed = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    composed = re.sub(r"[\r\n\v\f\u2028\u2029]+", "\n", composed)
    lines = (_SPACES.sub(" ", line).strip() for line in composed.split("\n"))
    return "\n".join(line for line in lines if line)


def tidy(text: str) -> str:
    """The text on one line: a title broken inside its cell is still one title."""
    return tidy_lines(text).replace("\n", " ")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The text without case and diacritics, so that "Điểm TỐI ĐA" and "diem toi da" are equal."""
    bare = unicodedata.normalize("NFKD", tidy(text)).casefold().replace("đ", "d")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
