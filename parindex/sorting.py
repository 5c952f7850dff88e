"""Vietnamese alphabetical order as a stored key, alike on every database.

Letters order as a ă â b c d đ e ê … o ô ơ … u ư …, then tones as ngang, huyền, hỏi, ngã, sắc,
nặng; numbers inside a name order by value (Phường 2 before Phường 10). The key holds only
0-9 and a-z, which every collation orders alike.
"""

import re
import unicodedata
from itertools import pairwise

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_STROKE = "\u0335"
_SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3", _STROKE: "1"}
_WORD_BREAK = "00"
_TONE_BREAK = "000"


def sort_key(name: str) -> str:
    """Return the key by which `name` stands in Vietnamese alphabetical order."""
    letters: list[str] = [""]
    tones: list[str] = [""]
    for sign in re.findall(r"[0-9]+|.", _spelled(name), re.DOTALL):
        if sign in _TONES:
            tones[-1] = _TONES[sign]
        elif sign in _SHAPES:
            letters[-1] = letters[-1][:1] + _SHAPES[sign]
        elif "a" <= sign <= "z":
            letters.append(f"{sign}0")
            tones.append("0")
        elif sign.isascii() and sign.isdigit():
            letters.append(_number(sign))
        elif not unicodedata.combining(sign):
            letters.append(_WORD_BREAK)
    words = re.sub(f"(?:{_WORD_BREAK})*$", "", "".join(_single_breaks(letters)))
    return words + _TONE_BREAK + "".join(tones)


def _spelled(name: str) -> str:
    """Letters apart from their signs; đ becomes d with a sign of its own."""
    return unicodedata.normalize("NFD", name.strip().lower().replace("đ", f"d{_STROKE}"))


def _number(digits: str) -> str:
    """Digits that order by value: their count stands before them."""
    value = digits.lstrip("0") or "0"
    return f"1{min(len(value), 9)}{value}"


def _single_breaks(letters: list[str]) -> list[str]:
    return [
        letter
        for before, letter in pairwise(letters)
        if not (letter == _WORD_BREAK and before in {_WORD_BREAK, ""})
    ]
