"""How numbers and dates are written in Vietnamese papers, read and printed in one place.

Points are typed with a decimal comma or a decimal point; neither is ever a thousands mark
(docs/scoring.md). Dates are day/month/year.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class NotationError(ValueError):
    """The text is no number or no date; the message is Vietnamese and fit to show."""


def parse_decimal(text: str) -> Decimal:
    """Read a number typed by a person: "1,25" and "1.25" are the same number.

    Raises NotationError for anything that could be read in two ways ("1.250,5", "1,2,3", "1e3").
    """
    cleaned = unicodedata.normalize("NFKC", text).replace(MINUS, "-").strip()
    if not _NUMBER.fullmatch(cleaned):
        raise NotationError(
            f"“{text.strip()}” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn."
        )
    return Decimal(cleaned.replace(",", "."))


def decimal_of_cell(value: object) -> Decimal:
    """Read a number from a workbook cell, a CSV field or a JSON value.

    A workbook hands numbers over as binary floats; their shortest decimal form is what the
    office typed. Raises NotationError for text that is no number and for other kinds of value.
    """
    if isinstance(value, bool):
        raise NotationError("Ô chứa giá trị đúng/sai, không phải số.")
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str):
        return parse_decimal(value)
    if type(value).__name__ == "float":
        number = Decimal(repr(value))
        if number.is_finite():
            return number
    raise NotationError("Ô không chứa số.")


def plain(value: Decimal) -> str:
    """Write a number for machines: a point, no exponent, no needless zeros ("79.24", "70")."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def vietnamese(value: Decimal, places: int | None = None) -> str:
    """Write a number for people, with a decimal comma and a true minus sign.

    `places` pads with zeros up to that many places; it never rounds, so a value with more
    places is printed whole.
    """
    text = plain(value)
    if places:
        whole, _, fraction = text.partition(".")
        text = f"{whole}.{fraction.ljust(places, '0')}"
    return text.replace(".", ",").replace("-", MINUS)


def paper_number(text: str) -> str:
    """The number of an official paper without the word “Số”, which pages write themselves."""
    number = text[3:].lstrip(" :") if text.lower().startswith(("số ", "số:")) else ""
    return number or text


def parse_date(text: str) -> dt.date:
    """Read a date as day/month/year, or in ISO form (year-month-day).

    Raises NotationError when there is no such day.
    """
    cleaned = text.strip()
    try:
        if _ISO_DATE.fullmatch(cleaned):
            return dt.date.fromisoformat(cleaned)
        if match := _DATE.fullmatch(cleaned):
            day, month, year = (int(part) for part in match.groups())
            return dt.date(year, month, day)
    except ValueError:
        pass
    raise NotationError(f"“{cleaned}” không phải là ngày. Ghi theo ngày/tháng/năm, ví dụ 10/01/2024.")


def vietnamese_date(day: dt.date) -> str:
    """Write a date as in official papers: 05/01/2024."""
    return f"{day:%d/%m/%Y}"
