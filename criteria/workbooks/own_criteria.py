"""A row of our own table as a criterion: what its columns say beside code and points."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from criteria.enums import NotApplicableMode, Source, Standing
from criteria.exceptions import RuleRefused
from criteria.rules import RuleKind, rule_of
from criteria.rules.lines import LineError, rule_in
from criteria.workbooks.own_columns import (
    ASKED,
    EVIDENCE,
    GUIDANCE,
    LEAD,
    MODE,
    MODES,
    NO,
    OUTSIDE,
    PARAMETERS,
    PRINTED,
    RULE,
    RULES,
    SOURCE,
    SOURCES,
    STANDING,
    STANDINGS,
    SUPPORTING,
    TITLE,
    text_of,
)
from criteria.workbooks.own_table import OwnRow, OwnTable
from criteria.workbooks.report import (
    MANUAL,
    RULE_UNRECOGNISED,
    WARNING,
    ZERO,
    ReadCriterion,
)
from criteria.workbooks.wording import Line, recognise
from criteria.workbooks.words import fold


def criterion_of(table: OwnTable, one: OwnRow, declared: Decimal | None, *, is_block: bool) -> ReadCriterion:
    """The criterion of a row: its columns of words, and the rule that they say."""
    leaf = not one.children
    kind, parameters = _rule(table, one) if leaf else (MANUAL, {})
    source = _choice(table, one, SOURCE, SOURCES, Source.SELF.value)
    standing = _choice(table, one, STANDING, STANDINGS | {OUTSIDE: "ordinary"}, Standing.ORDINARY.value)
    mode = _choice(table, one, MODE, MODES, NotApplicableMode.EXCLUDED.value)
    extra = {
        name: text
        for column, name in table.header.extra
        if (text := text_of(table.grid.cell(one.row, column)))
    }
    return ReadCriterion(
        code=one.code,
        printed_code=table.said(one.row, PRINTED),
        level=one.level,
        parent=one.parent.code if one.parent else None,
        title=table.said(one.row, TITLE),
        declared=declared,
        is_leaf=leaf,
        computed=one.computed,
        source=Source.SURVEY.value if one.survey and leaf else source,
        full_points_if_not_applicable=mode == NotApplicableMode.FULL_POINTS,
        lead=table.said(one.row, LEAD),
        supporting=table.said(one.row, SUPPORTING),
        guidance=table.said(one.row, GUIDANCE),
        evidence=table.said(one.row, EVIDENCE),
        sheet=table.grid.sheet,
        row=one.row,
        extra=extra,
        rule_kind=kind,
        rule_parameters=parameters,
        standing=standing,
        evidence_required=fold(table.said(one.row, ASKED)) != fold(NO),
        unallocated=one.unallocated,
        is_survey_block=is_block,
    )


def _choice(table: OwnTable, one: OwnRow, name: str, known: Mapping[str, str], otherwise: str) -> str:
    """What stands in a column of words to choose from; other words are reported."""
    said = table.said(one.row, name)
    found = {fold(label): value for label, value in known.items()}
    if said and fold(said) not in found:
        offered = ", ".join(f"“{label}”" for label in known)
        message = f"Mục {one.code} (dòng {one.row}): cột “{name}” ghi “{said}”. Ghi một trong {offered}."
        table.report(RULE_UNRECOGNISED, WARNING, one.row, name, message, one.code)
    return found.get(fold(said), otherwise)


def _rule(table: OwnTable, one: OwnRow) -> tuple[str, Mapping[str, Any]]:
    """The rule that the columns say; where they say none, the one that the guidance states."""
    label, points = table.said(one.row, RULE), one.points or ZERO
    if not label:
        said = recognise([Line(table.said(one.row, GUIDANCE))], points)
        if said:
            return said.kind, dict(said.parameters)
        return (RuleKind.SURVEY.value if one.survey else MANUAL), {}
    found = {fold(name): kind for name, kind in RULES.items()}
    lines = [line for line in table.said(one.row, PARAMETERS).splitlines() if line.strip()]
    try:
        if fold(label) not in found:
            raise LineError(f"không có cách chấm “{label}”")
        kind, parameters = rule_in(found[fold(label)], lines)
        rule_of(kind, parameters, points)
    except (LineError, RuleRefused) as error:
        message = f"Cách chấm của mục {one.code} (dòng {one.row}) không dùng được, để chấm trực tiếp: {error}"
        table.report(RULE_UNRECOGNISED, WARNING, one.row, PARAMETERS, message, one.code)
        return MANUAL, {}
    return kind.value, parameters
