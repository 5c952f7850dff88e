"""Text as it stands in cells: tidied for keeping, folded for comparing."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
LONGEST_KEPT = 500
# What no database stores as text: control characters, and halves of pairs that damaged files hold.
_UNSTORABLE = dict.fromkeys([*range(9), *range(14, 32), 127, *range(0xD800, 0xE000)])
_SPACES = re.compile(r"[^\S\n]+")


def storable(text: str) -> str:
    """The text without what a database refuses."""
    return text if text.isprintable() else text.translate(_UNSTORABLE)


def tidy_lines(text: str) -> str:
    """The text in one Unicode form, single spaces, without blank lines; line breaks stay."""
    return _tidied(text) if len(text) <= LONGEST_KEPT else _tidied.__wrapped__(text)


@lru_cache(maxsize=20_000)
def _tidied(text: str) -> str:
    composed = unicodedata.normalize("NFC", storable(text).translate(_INVISIBLE))
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
