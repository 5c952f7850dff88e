"""Scoring words cut into clauses: one level, one threshold, one sentence each.

Every clause carries a folded twin of the same length, so that what a pattern finds there can be cut out
of the paper's own words.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from criteria.workbooks.applicability import is_not_applicable_clause
from criteria.workbooks.words import tidy, tidy_lines

_MARKS = " \t-+–—•*·●▪◦\uf02d\uf0b7"
_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "…": "."}
_LETTERED = re.compile(r"\(?(?:[a-hđ]|\d{1,2}|i{1,3}|iv)\)\s*(?=\S)|(?:[a-hđ]|\d{1,2})[./]\s+(?=[^\W\d])")
_LEAD_IN = re.compile(
    r"(?:(?:thang|cach(?: thuc)?|muc|phuong phap|huong dan)(?: (?:tinh|cham|danh gia|cho))?"
    r"|tinh|cham|danh gia|cho)(?: diem)?(?: so)?(?: chi tiet| cu the| danh gia)*(?: nhu sau)?"
    r"|(?:cu the|chi tiet)(?: nhu sau)?|nhu sau"
)
_OPENS = re.compile(rf"(?:{_LEAD_IN.pattern})\s*:(?!\s*\d+(?:[.,]\d+)?\s*(?:diem|d)?$)\s*(?=\S)")
_LATE = re.compile(r"\W*chậm\b", re.IGNORECASE)
_ENDS_IN_FIGURE = re.compile(r"(?:[:=]\s*\d+(?:[.,]\d+)?\s*(?:diem|d)?|\d\s*(?:diem|d))\s*[).]*$")
_LETTERS_IN_BRACKETS = re.compile(
    r"\s*\(((?:trong đó[\s:,]*)?[a-zA-Z]\s*(?::|là|=)[^()]*[^\W\d_]{2}[^()]*)\)[\s.]*"
)
_POINTS = re.compile(r"\b(?:diem|tru|toi da)\b")
_FORMULA_BELOW = re.compile(r"\bcong thuc(?: sau)?\s*:?$")
_SENTENCE = re.compile(r"(?<=[\w%)])\.\s+(?=[^\W\d_])")
_AFTER_FIGURE = re.compile(
    r"(?:(?<=[:=])\s*\d+(?:[.,]\d+)?\s*(?:diem|d)?|\d+(?:[.,]\d+)?\s*(?:diem|d\b))\s*(?:(,)\s+(?=[a-z\d])"
    r"|\s(/)\s+(?=[a-z][^/]*[:=]\s*\d))"
    r"|(,)\s+(?=(?:(?:cham|duoc|dat|tinh|cho) )*\d+(?:[.,]\d+)?\s*(?:diem|d) (?:neu|khi)\b)"
)
_BEFORE_LETTERS = re.compile(r"(?:,\s*|\s)(?=trong do[\s:,]*[a-z]\s*(?:la|:|=)\s)")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)[\s.]*$")
_BEFORE_CAP = re.compile(
    r"\s*(?:[,(]|\bva\b|\bnhung\b|(?<!\bcho)(?<!\btru)\s(?=cho den |den (?:khi )?het ))\s*"
    r"(?=(?:nhung |va )?(?:tong (?:so )?(?:diem )?(?:cong )?)?(?:tru )?"
    r"(?:toi da|khong (?:vuot )?qua|cho den|den (?:khi )?het|den 0)\b)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of scoring words, with the points that stand beside it in a column of their own."""

    text: str
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that the words say; `folded` is `text` without case and diacritics, of the same length."""

    text: str
    folded: str
    points: Decimal | None = None


def aligned(text: str) -> str:
    """The text folded letter by letter, so that a place in it is the same place in the text."""
    return "".join(_folded(letter) for letter in text)


def _folded(letter: str) -> str:
    bare = unicodedata.normalize("NFKD", letter).casefold().replace("đ", "d")
    bare = "".join(part for part in bare if not unicodedata.combining(part))
    return bare[:1] or " "


def clause(text: str, points: Decimal | None = None) -> Clause:
    """A clause of words without the marks that only set it off: "- ", "a) ", a last full stop."""
    for sign, written in _FRACTIONS.items():
        text = text.replace(sign, written)
    bare = tidy(text).strip(_MARKS)
    if lettered := _LETTERED.match(bare):
        bare = bare[lettered.end() :].strip(_MARKS)
    bare = bare.rstrip(" ;,.")
    return Clause(bare, aligned(bare), points)


def clauses_of(lines: Iterable[Line]) -> list[Clause]:
    """Every clause of the lines; lines that only go on from the one before are joined with it."""
    clauses: list[Clause] = []
    for line in _whole(lines):
        if line.points is not None:
            clauses.append(clause(line.text, line.points))
            continue
        pieces = [clause(piece) for part in _opened(line.text).split(";") for piece in _sentences(part)]
        pieces = [made for piece in pieces for made in _at(_AFTER_FIGURE, piece)]
        clauses += [_without_lead_in(made) for piece in pieces for made in _at(_BEFORE_LETTERS, piece)]
    return [found for found in clauses if found.text]


def _opened(text: str) -> str:
    """The text with brackets as clauses of their own that say a thing of their own.

    They say what letters mean, or, at the end, what a unit gets where nothing occurred.
    """
    text = _LETTERS_IN_BRACKETS.sub(lambda m: m[0] if _POINTS.search(aligned(m[1])) else f"; {m[1]}; ", text)
    match = _IN_BRACKETS.search(text)
    if match is None or is_not_applicable_clause(aligned(match[1].strip())) is None:
        return text
    return f"{text[: match.start()]}; {match[1]}"


def _without_lead_in(whole: Clause) -> Clause:
    """The clause without "Cách chấm điểm:", which says nothing; empty where it says nothing else."""
    if whole.points is not None or _LATE.match(whole.text):
        return whole
    if _LEAD_IN.fullmatch(whole.folded.rstrip(" :")):
        return Clause("", "")
    opening = _OPENS.match(whole.folded)
    return clause(whole.text[opening.end() :]) if opening else whole


def _sentences(text: str) -> list[str]:
    start, sentences = 0, []
    for stop in _SENTENCE.finditer(text):
        if text[stop.end()].isupper():
            sentences.append(text[start : stop.start()])
            start = stop.end()
    return [*sentences, text[start:]]


def without_caps(clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses with "…, tối đa 2 điểm" cut off as clauses of their own."""
    return [piece for whole in clauses for piece in _at(_BEFORE_CAP, whole)]


def _at(pattern: re.Pattern[str], whole: Clause) -> list[Clause]:
    """The clause cut where the pattern stands, or its groups; a clause with points of its own stays whole."""
    if whole.points is not None:
        return [whole]
    start, pieces = 0, []
    for match in pattern.finditer(whole.folded):
        cut = match.lastindex or 0
        pieces.append(clause(whole.text[start : match.start(cut)]))
        start = match.end(cut)
    return [piece for piece in [*pieces, clause(whole.text[start:])] if piece.text]


def _whole(lines: Iterable[Line]) -> list[Line]:
    """Lines as they were meant: a break inside a sentence is no end of it."""
    whole: list[Line] = []
    for line in lines:
        for number, text in enumerate(tidy_lines(line.text).split("\n")):
            points = line.points if number == 0 else None
            above = whole[-1] if whole else None
            if above and points is None and above.points is None and _goes_on(above.text, text):
                whole[-1] = Line(f"{above.text} {text}")
            elif text:
                whole.append(Line(text, points))
    return whole


def _goes_on(above: str, text: str) -> bool:
    if not text or _LETTERED.match(text) or text[0] in _MARKS:
        return False
    if _FORMULA_BELOW.search(aligned(above)):
        return True
    if not text[0].islower():
        return False
    return not above.endswith((";", ".", ":")) and not _ENDS_IN_FIGURE.search(aligned(above))
