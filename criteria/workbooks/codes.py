"""Codes of criteria: how one is written, and what was written where a spreadsheet lost a digit."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from criteria.workbooks.grid import Cell
from criteria.workbooks.words import fold, tidy
from parindex.notation import plain, vietnamese_date

ALPHABET = "abcdđeghiklmnopqrstuvxy"
MAX_NUMBER = 999
LONGEST = 40
# A typed 1.2.3 becomes a day of 2003, a typed 1.2 one of this year.
LAST_PART = 12

_WORDS = re.compile(
    r"^(?:nội dung|lĩnh vực|tiêu chí thành phần|tiêu chí|mục|phần|tctp|tc|nd)[\s.:]*(?=[\dIVXA-H(])",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,5}", re.ASCII)
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})")
_FIRST_DOTTED = re.compile(r"([IVX]+|[A-H])((?:\.\d{1,3})+)", re.ASCII)
_LETTER = re.compile(r"[a-zđ]")
_UPPER = re.compile(r"[A-H]")
_CIRCLED = re.compile(r"[①-⑳㉑-㉟㊱-㊿❶-❿➀-➉➊-➓]")
_LEADING = re.compile(
    r"((?:\d{1,3}(?:[.,]\d{1,3})+|[IVX]{1,6}(?:\.\d{1,3})+|[IVX]{1,6}(?=[.)\-:/])|\d{1,3}(?=[.)\-:/])"
    r"|[A-H](?=[.)/])|[a-zđ](?=[)/]))[.)\-:/]*)\s+(\S.*)",
    re.ASCII | re.DOTALL,
)
_PREFIX = re.compile(r"^[^\W\d_]{2,5}[\s.\-]?(?=\d)")
_LAST_ZEROS = re.compile(r"(?<=\d)(?:\.0)+$")
_FOOTNOTE = re.compile(r"\s*(?:[⁰¹²³⁴-⁹]+|\(\s*\*+\s*\)|\*+|\[\d{1,2}\]|\([^()\d]{2,15}\))$")
_DAY_MONTH = re.compile(
    r"(\d{1,2})[-\s](?:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|thg\s?(\d{1,2}))", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE_PARTS = re.compile(r"d+|m+|y+")


class Style(Enum):
    """How a level is numbered."""

    UPPER = "A"
    ROMAN = "I"
    ARABIC = "1"
    LETTER = "a"
    CIRCLED = "①"


@dataclass(frozen=True)
class Token:
    """One code as it stands in its cell.

    `padded` is the other reading of a two-part code whose last zero a spreadsheet drops: 1.1 may
    have been 1.10; or of a letter that is a roman number too. `told` says that the other reading is as good,
    because the number format shows that zero: nothing was lost.
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
    """Read "1.10", "1,10", "8.8.", "(1)", "I.", "a)", "Tiêu chí 1.2", "①", "TC1.2", "1.2*"; None for else."""
    printed = tidy(text)
    if len(printed) > LONGEST:
        return None
    if match := _DAY_MONTH.fullmatch(printed):
        return _of_day_month(int(match[1]), int(match[3] or 1 + _MONTHS.index(match[2].casefold())), printed)
    if _CIRCLED.fullmatch(printed):
        return Token(Style.CIRCLED, (int(unicodedata.numeric(printed)),), printed)
    bare = unicodedata.normalize("NFKC", _WORDS.sub("", _FOOTNOTE.sub("", printed)))
    bare = re.sub(r"\s*([.,])\s*", r"\1", bare).replace(",", ".").strip(" '`()[].:;/-–")
    if match := _FIRST_DOTTED.fullmatch(bare):
        first = _alone(match[1])
        return _arabic((*first[1], *_numbers(match[2][1:])), printed) if first else None
    unprefixed = _LAST_ZEROS.sub("", _PREFIX.sub("", bare))
    if _DOTTED.fullmatch(unprefixed):
        return _arabic(_numbers(unprefixed), printed)
    alone = _alone(bare)
    if alone and alone[0] is Style.LETTER and _ROMAN.fullmatch(bare.upper()):
        return Token(*alone, printed, padded=(_roman(bare.upper()),), told=True)
    return Token(*alone, printed) if alone else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _alone(bare: str) -> tuple[Style, tuple[int]] | None:
    """A roman number or a letter."""
    if _ROMAN.fullmatch(bare):
        return Style.ROMAN, (_roman(bare),)
    if _UPPER.fullmatch(bare):
        return Style.UPPER, (ord(bare) - ord("A") + 1,)
    if _LETTER.fullmatch(bare) and bare in ALPHABET:
        return Style.LETTER, (ALPHABET.index(bare) + 1,)
    if _ROMAN.fullmatch(bare.upper()) and bare.islower():
        return Style.LETTER, (_roman(bare.upper()),)
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

    "d.m" shows the code itself; "d-mmm" is what the spreadsheet makes of a typed 1.10, and some file formats
    keep no format at all: then the code is inferred and reported.
    """
    if number_format == "General":
        return _of_day_month(value.day, value.month, vietnamese_date(value))
    fmt = number_format.split(";")[-1 if number_format.startswith("[") else 0].lower()
    numbers = {"d": value.day, "m": value.month, "y": value.year % 100}
    marks = _DATE_PARTS.findall(re.sub(r"\[[^]]*\]|\"[^\"]*\"|h.*", "", fmt))
    if len(marks) == 3 and value.year % 100 > LAST_PART:
        return _of_day_month(value.day, value.month, vietnamese_date(value))
    if len(marks) < 2 or any(numbers[mark[0]] == 0 for mark in marks):
        return None
    parts = tuple(numbers[mark[0]] for mark in marks)
    parts = parts[::-1] if marks[0][0] == "y" else parts
    guessed = "mmm" in fmt or len(marks) == 3
    return Token(Style.ARABIC, parts, dotted(parts), guessed=guessed)


def _of_day_month(day: int, month: int, printed: str) -> Token | None:
    """A code inferred from a date; which of the two stood first, only the order of the rows can tell."""
    token = _arabic((day, month), printed)
    return replace(token, padded=None, guessed=True) if token else None


def _roman(text: str) -> int:
    values = {"I": 1, "V": 5, "X": 10}
    total = 0
    for letter, following in zip(text, [*text[1:], None], strict=True):
        value = values[letter]
        total += -value if following and values[following] > value else value
    return total
