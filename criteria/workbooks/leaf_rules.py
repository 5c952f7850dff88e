"""The rule of each leaf, from its scoring words; what is not certain is left to a person."""

import re
from collections.abc import Sequence

from criteria.workbooks.applicability import gives_full_points, leaves_others_open
from criteria.workbooks.entries import Entry
from criteria.workbooks.report import (
    MANUAL,
    RULE_UNRECOGNISED,
    SKIPPED_ROW,
    WARNING,
    Findings,
)
from criteria.workbooks.tree import Node
from criteria.workbooks.wording import LONGEST_TEXT, Found, Line, recognise
from criteria.workbooks.wording.faults import names_a_fault
from criteria.workbooks.words import fold

SURVEY = "survey"

_LAST_BRACKET = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*\.?$")
_GIVES_POINTS = re.compile(
    r"\bcong thuc\b|\btru \d|\d\s*(?:diem|d)\b|[:=]\s*\d+(?:[.,]\d+)?\s*$|\bdiem toi da\b|\bdiem "
    r"chuan\b|\bquy doi\b"
)
_SURVEY_WORDS = re.compile(r"\b(?:sipas|hai long|dieu tra|khao sat|xhh)\b")


def read_rules(nodes: Sequence[Node], findings: Findings) -> None:
    """Give every leaf its rule, or report that its words were not recognised; mark survey leaves."""
    for node in nodes:
        if node.is_leaf:
            _read_rule(node, findings)
        for row in node.entry.unsure:
            if row.always or not node.is_leaf or node.rule.kind == MANUAL:
                findings.add(
                    SKIPPED_ROW, row.severity, row.message, row=row.row, cell=row.cell, code=node.entry.code
                )


def _read_rule(node: Node, findings: Findings) -> None:
    entry = node.entry
    words = _words(entry)
    found = recognise(words, entry.points) if words and entry.points is not None else None
    if found is None and not words and entry.points is not None:
        found = _in_title(entry)
    if found and found.kind == SURVEY:
        node.survey = True
    elif found is None and node.survey and not _say_more_than_survey(words):
        found = Found(SURVEY)
    node.rule = found or node.rule
    title_and_words = f"{entry.title} {entry.scoring}"[:LONGEST_TEXT]
    unread = entry.title if found else title_and_words
    node.full_points = node.rule.full_points or _gives_full_points(unread)
    if found is None and _matter(entry, words):
        _report(entry, findings)
    if leaves_others_open(title_and_words) and not node.rule.full_points:
        _report_open(entry, findings)


def _gives_full_points(text: str) -> bool:
    """Whether a unit without the matter gets the maximum; one without a fault is none of these."""
    pieces = re.split(r"[.;\n]", text.casefold())
    return any(gives_full_points(p) and not names_a_fault(p.replace("không", "", 1)) for p in pieces)


def _words(entry: Entry) -> list[Line]:
    """Every line that may say how the leaf is scored, in the paper's order."""
    scoring = [Line(entry.scoring, entry.level_points)] if entry.scoring else []
    if entry.level_points is not None and "\n" in entry.scoring:
        scoring = [Line(entry.scoring)]
    return [*scoring, *entry.lines]


def _in_title(entry: Entry) -> Found | None:
    """A rule in brackets behind the title: "Sáng kiến (mỗi sáng kiến được 0,5 điểm, tối đa 2)"."""
    match = _LAST_BRACKET.search(entry.title) if len(entry.title) <= LONGEST_TEXT else None
    return recognise([Line(match[1])], entry.points) if match and entry.points is not None else None


def _say_more_than_survey(words: Sequence[Line]) -> bool:
    """Whether a survey leaf's words give points in a way of their own."""
    return any(
        _GIVES_POINTS.search(fold(line.text[:LONGEST_TEXT])) and not _SURVEY_WORDS.search(fold(line.text))
        for line in words
    )


def _matter(entry: Entry, words: Sequence[Line]) -> bool:
    """Whether the words say how points are given: a column of scoring always does."""
    if entry.scoring:
        return True
    if any(line.points is not None or _GIVES_POINTS.search(fold(line.text[:LONGEST_TEXT])) for line in words):
        return not entry.unsure
    return False


def _report(entry: Entry, findings: Findings) -> None:
    findings.add(
        RULE_UNRECOGNISED,
        WARNING,
        f"Cách chấm của mục {entry.code} (dòng {entry.row}, ô {entry.scoring_cell}) chưa nhận ra chắc "
        "chắn: được "
        "giữ nguyên văn, chấm trực tiếp trong khoảng từ 0 đến điểm tối đa. Xem lại và chọn cách chấm "
        "nếu cần.",
        row=entry.row,
        cell=entry.scoring_cell,
        code=entry.code,
    )


def _report_open(entry: Entry, findings: Findings) -> None:
    """A criterion for some units only, in a paper that elsewhere says what the others get."""
    findings.add(
        RULE_UNRECOGNISED,
        WARNING,
        f"Mục {entry.code} (dòng {entry.row}) chỉ nói về một số đơn vị, không nói đơn vị khác "
        "được chấm thế nào. Nếu không áp dụng thì không tính vào điểm tối đa; quy định khác "
        "thì đặt lại cho mục này.",
        row=entry.row,
        cell=entry.code_cell,
        code=entry.code,
    )
