"""Points as offices write them: "13,50", "5 điểm", "0,5đ", 2.5."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

from criteria.workbooks.grid import Cell
from criteria.workbooks.words import fold, tidy
from parindex.notation import NotationError, decimal_of_cell, parse_decimal, plain

STEP = Decimal("0.000001")
LIMIT = Decimal(1_000_000)

_BRACKETS = re.compile(r"\(\s*([^()]*(?:điểm|đ|diem)\.?)\s*\)", re.IGNORECASE)
_BEHIND = re.compile(
    r"\((?:(?:tổng|tối đa|điểm)[\s:]*)*([0-9]+(?:[.,][0-9]+)?)\s*(?:điểm|đ)\.?\)[\s.:;]*$", re.IGNORECASE
)
_UNIT = re.compile(r"\s*(?:điểm|đ|d|diem)\.?$", re.IGNORECASE)
_MOST = re.compile(r"^(?:điểm )?tối đa(?: là)?\s*:?\s*(?=[0-9])", re.IGNORECASE)
_IN_TEXT = re.compile(r"(?:diem|cong|tong)\D*?([0-9]+(?:[.,][0-9]+)?)\s*(?:diem|d)?\.?$")


def points_of(cell: Cell) -> Decimal | None:
    """A maximum; raises NotationError also for a negative number."""
    number = signed_points_of(cell)
    if number is not None and number < 0:
        raise NotationError(below_zero(number))
    return number


def below_zero(number: Decimal) -> str:
    """Why a negative figure is no maximum."""
    return f"điểm tối đa không thể là “{plain(number)}”"


def signed_points_of(cell: Cell) -> Decimal | None:
    """The points of a cell, None when it is empty; points to be taken away may be negative.

    Raises NotationError, with a Vietnamese reason, for anything that is no maximum: text, a lone
    dash, a date, a share in percent, a formula whose result was not kept in the file.
    """
    if cell.uncached:
        raise NotationError("ô là công thức chưa có kết quả; hãy mở tệp, tính lại rồi lưu")
    if cell.value is None or not cell.text:
        return None
    if isinstance(cell.value, dt.date):
        raise NotationError(f"ô là ngày tháng ({cell.text}), không phải điểm")
    if isinstance(cell.value, str):
        number = _number_of_text(cell.text)
    elif "%" in cell.number_format:
        raise NotationError("ô ghi tỷ lệ phần trăm, không phải điểm")
    else:
        number = _without_binary_dust(decimal_of_cell(cell.value))
    if abs(number) > LIMIT:
        raise NotationError(f"điểm tối đa không thể là “{cell.text}”")
    return number


def points_behind(title: str) -> Decimal | None:
    """The maximum in brackets behind a title: "Kế hoạch (2,0 điểm)"."""
    match = _BEHIND.search(title)
    return parse_decimal(match[1]) if match else None


def points_in_words(text: str) -> Decimal | None:
    """The figure of a total line written in one cell: "Tổng điểm: 100 điểm"."""
    match = _IN_TEXT.search(fold(text))
    return parse_decimal(match[1]) if match else None


def _number_of_text(text: str) -> Decimal:
    try:
        bare = _BRACKETS.sub(r"\1", tidy(text))
        number = parse_decimal(_UNIT.sub("", _MOST.sub("", bare)))
    except NotationError as error:
        raise NotationError(f"“{tidy(text)}” không phải là số") from error
    if abs(number) <= LIMIT and number != number.quantize(STEP):
        raise NotationError(f"“{tidy(text)}” có quá nhiều chữ số thập phân")
    return number


def _without_binary_dust(number: Decimal) -> Decimal:
    """A result such as 13.499999999999998, left by a sum in the workbook, is the 13.5 that it shows."""
    if abs(number) > LIMIT or number == number.quantize(STEP):
        return number
    return number.quantize(STEP, ROUND_HALF_UP).normalize()
