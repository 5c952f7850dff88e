"""Pictures made on the server: geometry of the SVG charts, in whole or exact numbers.

Each tag fills one small template; nothing here computes a score, an index or a rank.
"""

import datetime as dt
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django import template
from django.utils import timezone

from assessments.documents.contexts import ClassCount
from assessments.documents.unit_contexts import ContentPanel
from assessments.models import Assessment, Round
from assessments.states import self_scoring_deadline
from parindex.accounts.models import User
from parindex.notation import plain, vietnamese

register = template.Library()

TEN = Decimal(10)
HUNDRED = Decimal(100)
COUNT_WORDS = ("Không", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười")


# -- distribution over classes


@dataclass(frozen=True, slots=True)
class _Piece:
    step: int
    x: str
    width: str
    text_x: str
    text: str
    on_dark: bool


@register.inclusion_tag("_class_bar.html")
def class_bar(bands: Sequence[ClassCount]) -> dict[str, Any]:
    """Draw the shares of the classes as one bar of 1000 units; a narrow piece is named below."""
    pieces = [_piece(band) for band in bands if band.units]
    return {"bands": bands, "pieces": pieces, "all_named": all(piece.text for piece in pieces)}


def _piece(band: ClassCount) -> _Piece:
    if band.share >= 25:
        text = f"{band.name} · {band.units} đơn vị · {vietnamese(band.share, 1)} %"
    elif band.share >= 11:
        text = f"{band.name} · {band.units}"
    else:
        text = ""
    return _Piece(
        step=band.step,
        x=plain(band.offset * TEN + 1),
        width=plain(max(band.share * TEN - 2, Decimal(1))),
        text_x=plain(band.offset * TEN + 14),
        text=text,
        on_dark=band.step <= 2,
    )


# -- a unit's contents against the median of its group


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a chart has its scale: from `left` to `right`, rows of `step` below `top`."""

    left: int
    right: int
    top: int
    step: int
    label_width: int
    label_lines: int


WIDE = _Frame(left=330, right=910, top=22, step=42, label_width=44, label_lines=2)
NARROW = _Frame(left=6, right=290, top=18, step=50, label_width=44, label_lines=1)


@register.inclusion_tag("_dot_plot.html")
def dot_plot(panels: Sequence[ContentPanel], name: str, units: int) -> dict[str, Any]:
    """Draw a unit's component indices beside the medians of its group, once for a desk, once for a phone."""
    shown = [panel for panel in panels if panel.spread is not None and panel.content.index is not None]
    start = _start_of_scale(shown)
    return {
        "name": name,
        "units": units,
        "finding": _finding(shown),
        "wide": _picture(shown, WIDE, start, every=TEN),
        "narrow": _picture(shown, NARROW, start, every=TEN if start >= 60 else TEN * 2),
        "panels": panels,
    }


def _start_of_scale(panels: Iterable[ContentPanel]) -> Decimal:
    own = [panel.content.index for panel in panels]
    group = [panel.spread.low for panel in panels if panel.spread is not None]
    lowest = min((value for value in own + group if value is not None), default=HUNDRED)
    tens = (lowest / TEN).to_integral_value(rounding=ROUND_FLOOR) * TEN
    return min(max(tens, Decimal(0)), TEN * 9)


def _picture(
    panels: Sequence[ContentPanel], frame: _Frame, start: Decimal, *, every: Decimal
) -> dict[str, Any]:
    def place(value: Decimal | None) -> str:
        inside = min(max(value if value is not None else start, start), HUNDRED)
        x = frame.left + (inside - start) / (HUNDRED - start) * (frame.right - frame.left)
        return plain(x.quantize(Decimal("0.1")))

    ticks = [HUNDRED]
    while ticks[-1] - every >= start:
        ticks.append(ticks[-1] - every)
    rows = []
    for number, panel in enumerate(panels):
        spread = panel.spread
        if spread is None:
            continue
        middle = frame.top + frame.step * number + frame.step // 2
        rows.append(
            {
                "label": _lines(f"{panel.content.code}. {panel.content.title}", frame),
                "index": panel.content.index,
                "far": panel.is_far_below,
                "y": middle,
                "dot": place(panel.content.index),
                "median": place(spread.median),
                "low": place(spread.low),
                "high": place(spread.high),
            }
        )
    return {
        "bottom": frame.top + frame.step * len(panels) + 2,
        "ticks": [(place(tick), plain(tick)) for tick in reversed(ticks)],
        "rows": rows,
    }


def _lines(text: str, frame: _Frame) -> list[str]:
    return textwrap.wrap(text, frame.label_width, max_lines=frame.label_lines, placeholder="…")


def _finding(panels: Sequence[ContentPanel]) -> str:
    below = [panel for panel in panels if panel.gap is not None and panel.gap < 0]
    if not panels:
        return "Chưa có chỉ số thành phần"
    if not below:
        return "Không nội dung nào thấp hơn trung vị của nhóm"
    count = COUNT_WORDS[len(below)] if len(below) < len(COUNT_WORDS) else str(len(below))
    worst = min(below, key=lambda panel: panel.gap if panel.gap is not None else Decimal(0)).content
    if len(below) == 1:
        return f"Một nội dung thấp hơn trung vị của nhóm: {worst.code}. {worst.title}"
    return f"{count} nội dung thấp hơn trung vị của nhóm, xa nhất là nội dung {worst.code}. {worst.title}"


# -- the dates of a round


@register.inclusion_tag("_timeline.html")
def timeline(round: Round) -> dict[str, Any]:
    """Show the last days of a round's steps: passed, the one that runs now, and those to come."""
    return {"steps": _steps(round, round.self_scoring_until)}


@register.inclusion_tag("_timeline_strip.html", takes_context=True)
def timeline_strip(context: dict[str, Any]) -> dict[str, Any]:
    """Show the same in one line under the masthead, to people at work on a page of a round.

    On the pages of a unit's file its own last day of self-scoring stands where it was given more time.
    """
    round, file, user = (context.get(name) for name in ("round", "file", "user"))
    if not isinstance(round, Round) or not isinstance(user, User):
        return {}
    until = self_scoring_deadline(file) if isinstance(file, Assessment) else round.self_scoring_until
    return {"round": round, "steps": _steps(round, until)}


def _steps(round: Round, self_scoring_until: dt.date | None) -> list[dict[str, Any]]:
    dates = (
        ("Tự chấm", self_scoring_until),
        ("Tổng hợp", round.compiling_until),
        ("Thẩm định", round.appraisal_until),
        ("Công bố", round.publication_until),
    )
    today = timezone.localdate()
    steps = [(label, until) for label, until in dates if until]
    now = next((label for label, until in steps if until >= today), None)
    return [
        {
            "label": label,
            "until": until,
            "passed": until < today and label != now,
            "now": label == now,
            "days": (until - today).days,
        }
        for label, until in steps
    ]
