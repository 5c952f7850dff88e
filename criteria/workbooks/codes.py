"""Codes of criteria: how one is written, and what was written where a spreadsheet lost a digit."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from criteria.workbooks.grid import Cell
from criteria.workbooks.words import fold, tidy
from parindex.notation import plain

ALPHABET = "abcdđeghiklmnopqrstuvxy"
MAX_NUMBER = 999

_WORDS = re.compile(
    r"^(?:nội dung|lĩnh vực|tiêu chí thành phần|tiêu chí|mục|phần|tctp|tc|nd)[\s.:]*(?=[\dIVX(])",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,5}", re.ASCII)
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_DOTTED = re.compile(r"([IVX]+)((?:\.\d{1,3})+)", re.ASCII)
_LETTER = re.compile(r"[a-zđ]")
_UPPER = re.compile(r"[A-H]")
_LEADING = re.compile(
    r"((?:\d{1,3}(?:[.,]\d{1,3})+|[IVX]{1,6}(?=[.)\-:])|\d{1,3}(?=[.)\-:])|[A-H](?=[.)])|[a-zđ](?=\)))[.)\-:]*)\s+(\S.*)",
    re.ASCII | re.DOTALL,
)
_DATE_PARTS = re.compile(r"d+|m+|y+")


class Style(Enum):
    """How a level is numbered."""

    UPPER = "A"
    ROMAN = "I"
    ARABIC = "1"
    LETTER = "a"


@dataclass(frozen=True)
class Token:
    """One code as it stands in its cell.

    `padded` is the other reading of a two-part code whose last zero a spreadsheet drops: 1.1 may
    have been 1.10. `told` says that the number format shows that zero, so nothing was lost.
    """

    style: Style
    parts: tuple[int, ...]
    printed: str
    padded: tuple[int, ...] | None = None
    told: bool = False
    guessed: bool = False

    @property
    def certain(self) -> bool:
        """Whether it can be nothing but a code, also among other words: "1.1", "II", and not "1" or "a"."""
        return len(self.parts) > 1 or self.style is Style.ROMAN


def token_of(cell: Cell) -> Token | None:
    """Read a cell that holds a code and nothing else; None when it holds none."""
    value = cell.value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, dt.date):
        return _of_date(value, cell.number_format)
    if isinstance(value, str):
        return token_of_text(value)
    return _of_number(Decimal(value), cell.number_format)


def looks_like_code(cell: Cell) -> bool:
    return token_of(cell) is not None


def split_leading(text: str) -> tuple[Token, str] | None:
    """A code written before its title in one cell: "1.1. Kế hoạch", "I. CÔNG TÁC …"."""
    line = tidy(text)
    match = _LEADING.fullmatch(_WORDS.sub("", line))
    token = token_of_text(match[1]) if match else None
    return (token, match[2]) if match and token else None


def token_of_text(text: str) -> Token | None:
    """Read "1.10", "1,10", "8.8.", "(1)", "I.", "a)", "Tiêu chí 1.2"; None for anything else."""
    printed = tidy(text)
    bare = unicodedata.normalize("NFKC", _WORDS.sub("", printed))
    bare = re.sub(r"\s*([.,])\s*", r"\1", bare).replace(",", ".").strip(" '`()[].:;/-–")
    if _DOTTED.fullmatch(bare):
        return _arabic(tuple(int(part) for part in bare.split(".")), printed)
    if match := _ROMAN_DOTTED.fullmatch(bare):
        return _arabic((_roman(match[1]), *(int(part) for part in match[2][1:].split("."))), printed)
    if _ROMAN.fullmatch(bare):
        return Token(Style.ROMAN, (_roman(bare),), printed)
    if _UPPER.fullmatch(bare):
        return Token(Style.UPPER, (ord(bare) - ord("A") + 1,), printed)
    if _LETTER.fullmatch(bare) and bare in ALPHABET:
        return Token(Style.LETTER, (ALPHABET.index(bare) + 1,), printed)
    return None


def dotted(parts: tuple[int, ...]) -> str:
    return ".".join(map(str, parts))


def normalised(text: str) -> str:
    """A code typed by a person, in the form of `ReadCriterion.code`; other text is only tidied."""
    token = token_of_text(text)
    return dotted(token.parts) if token else fold(text)


def _arabic(parts: tuple[int, ...], printed: str) -> Token | None:
    if not all(0 < part <= MAX_NUMBER for part in parts):
        return None
    return Token(Style.ARABIC, parts, printed, _padded(parts))


def _padded(parts: tuple[int, ...]) -> tuple[int, ...] | None:
    return (parts[0], parts[1] * 10) if len(parts) == 2 and parts[1] * 10 <= MAX_NUMBER else None


def _of_number(value: Decimal, number_format: str) -> Token | None:
    """A number: 1.1 shown by the format 0.00 is 1.10; with a general format it may be either."""
    text = plain(value)
    if not _DOTTED.fullmatch(text):
        return None
    parts = tuple(int(part) for part in text.split("."))
    if "." in text and text.split(".")[1].startswith("0"):
        return None
    token = _arabic(parts, text)
    places = _places(number_format)
    if token is None or len(parts) != 2 or places <= len(text.split(".")[1]):
        return token
    shown = f"{parts[0]}.{text.split('.')[1].ljust(places, '0')}"
    return Token(Style.ARABIC, parts, shown, (parts[0], int(shown.split(".")[1])), told=True)


def _places(number_format: str) -> int:
    """How many decimal places a number format always shows."""
    match = re.search(r"\.(0+)", number_format.split(";")[0])
    return len(match[1]) if match else 0


def _of_date(value: dt.date, number_format: str) -> Token | None:
    """A code that the spreadsheet took for a date: the format tells what the office typed.

    "d.m" shows the code itself; "d-mmm" is what the spreadsheet makes of a typed 1.10, so the code
    is inferred and reported.
    """
    fmt = number_format.split(";")[-1 if number_format.startswith("[") else 0].lower()
    if "h" in fmt or "s" in fmt:
        return None
    numbers = {"d": value.day, "m": value.month, "y": value.year % 100}
    marks = _DATE_PARTS.findall(re.sub(r"\[[^]]*\]|\"[^\"]*\"", "", fmt))
    if len(marks) < 2 or any(numbers[mark[0]] == 0 for mark in marks):
        return None
    parts = tuple(numbers[mark[0]] for mark in marks)
    guessed = "mmm" in fmt or len(marks) == 3
    return Token(Style.ARABIC, parts, dotted(parts), guessed=guessed)


def _roman(text: str) -> int:
    values = {"I": 1, "V": 5, "X": 10}
    total = 0
    for letter, following in zip(text, [*text[1:], None], strict=True):
        value = values[letter]
        total += -value if following and values[following] > value else value
    return total
