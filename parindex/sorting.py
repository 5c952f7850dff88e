"""Vietnamese alphabetical order as a stored key, alike on every database.

Letters order as a ă â b c d đ e ê … o ô ơ … u ư …, then tones as ngang, huyền, hỏi, ngã, sắc,
nặng; numbers inside a name order by value (Phường 2 before Phường 10). The key holds only
0-9 and a-z, which every collation orders alike.
"""

import re
import unicodedata

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPES = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
_WORD_BREAK = "00"
_TONE_BREAK = "000"


def sort_key(name: str) -> str:
    """Return the key by which `name` stands in Vietnamese alphabetical order."""
    letters: list[str] = []
    tones: list[str] = []
    text = unicodedata.normalize("NFD", name.lower().replace("đ", "d\u0000"))
    for token in re.findall(r"[0-9]+|.", text, re.DOTALL):
        if token.isascii() and token.isdigit():
            number = token.lstrip("0") or "0"
            letters.append(f"1{min(len(number), 9)}{number}")
        elif "a" <= token <= "z":
            letters.append(f"{token}0")
            tones.append("0")
        elif token == "\u0000" and letters:
            letters[-1] = "d1"
        elif token in _SHAPES and letters:
            letters[-1] = letters[-1][0] + _SHAPES[token]
        elif token in _TONES and tones:
            tones[-1] = _TONES[token]
        elif letters and letters[-1] != _WORD_BREAK and not unicodedata.combining(token):
            letters.append(_WORD_BREAK)
    while letters and letters[-1] == _WORD_BREAK:
        letters.pop()
    return "".join(letters) + _TONE_BREAK + "".join(tones)
