"""The shapes in which a group, a ranking row and a unit's scorecard are frozen, shown and printed.

A publication stores them; a provisional page builds them from live rows. Amounts are strings in
plain notation, so that what is hashed, stored and read back is the same text.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assessments.enums import RoundingStage, ScaleBasis, TieRule, Track
from assessments.models import AnnouncedResult, ClassBand, Group, Score
from assessments.reconciliation import differences
from assessments.scorecard import GroupResult, UnitResult, counts_in, share_of
from criteria.models import Criterion
from criteria.rules import facts_of, kind_label, rule_of, working
from parindex.notation import plain
from surveys.points import sampling_margin

Json = dict[str, Any]
ZERO = Decimal(0)
UNITS_AT_A_TIME = 100


def amount(value: Decimal | None) -> str | None:
    """A Decimal as frozen text; absent stays absent."""
    return None if value is None else plain(value)


def group_header(group: Group, result: GroupResult) -> Json:
    """What a reader needs beside the ranking: settings, framework, tree, classes, discrepancies."""
    framework = group.used_framework
    tree = [
        row for row in framework.criteria.select_related("parent").order_by("position") if _stands(row, group)
    ]
    return {
        "round": {
            "code": group.round.code,
            "title": group.round.title,
            "year": group.round.year,
            "note": group.round.note,
        },
        "organiser": group.round.organiser.name,
        "names": group.names_appraisers,
        "settings": {
            "places": group.rounding_places,
            "rounding": RoundingStage(group.rounding_stage).label,
            "tie": TieRule(group.tie_rule).label,
            "basis": ScaleBasis(group.scale_basis).label,
            "survey": group.survey.title if group.survey else None,
            "forms_issued": group.survey.forms_issued if group.survey else None,
            "forms_valid": group.survey.forms_valid if group.survey else None,
            "margin": amount(sampling_margin(group.survey)) if group.survey else None,
        },
        "framework": {
            "id": framework.pk,
            "title": framework.title,
            "version": framework.version,
            "decision": str(framework.decision),
            "declared_total": amount(framework.declared_total),
            "unallocated": amount(framework.unallocated),
            "bonus_cap": amount(framework.bonus_cap),
        },
        "classes": [
            {
                "name": band.name,
                "step": step,
                "lower": amount(band.lower),
                "units": result.classes.get(band.name, 0),
                "share": amount(share_of(result.classes.get(band.name, 0), len(result.units))),
            }
            for step, band in enumerate(ClassBand.objects.filter(group=group).order_by("-lower"), start=1)
        ],
        "spreads": [
            {
                "code": spread.code,
                "mean": amount(spread.mean),
                "median": amount(spread.median),
                "low": amount(spread.low),
                "high": amount(spread.high),
            }
            for spread in result.spreads
        ],
        "criteria": [_criterion(row) for row in tree],
        "differences": differences(group, result),
    }


def _stands(criterion: Criterion, group: Group) -> bool:
    """The survey block is no part of a group without a survey; rows of the paper always stand."""
    return not (criterion.is_survey_block and group.survey_id is None)


def _criterion(row: Criterion) -> Json:
    return {
        "code": row.code,
        "parent": row.parent.code if row.parent else None,
        "level": row.level,
        "title": row.title,
        "leaf": row.is_leaf,
        "max": amount(row.max_points),
        "unallocated": amount(row.unallocated),
        "source": row.source,
        "rule": row.rule_kind,
        "rule_label": kind_label(row.rule_kind),
        "lead": row.lead,
    }


def unit_row(unit: UnitResult, header: Json, announced: AnnouncedResult | None) -> Json:
    """One ranking row."""
    steps = {band["name"]: band["step"] for band in header["classes"]}
    return {
        "unit": unit.unit_code,
        "name": unit.unit_name,
        "appraised": amount(unit.appraised),
        "survey": amount(unit.survey),
        "obtained": amount(unit.obtained),
        "attainable": amount(unit.attainable),
        "survey_attainable": amount(unit.survey_attainable),
        "index": amount(unit.index),
        "rank": unit.rank,
        "shared": unit.shared,
        "class": unit.class_name,
        "step": steps.get(unit.class_name),
        "provisional": unit.provisional,
        "unscored": unit.unscored,
        "contents": [
            {
                "code": content.code,
                "obtained": amount(content.obtained),
                "attainable": amount(content.attainable),
                "index": amount(content.index),
            }
            for content in unit.contents
        ],
        "announced": announced_result(announced),
    }


def announced_result(result: AnnouncedResult | None) -> Json | None:
    """What a paper announced for the unit, beside what its rows give."""
    if result is None:
        return None
    return {
        "obtained": amount(result.obtained),
        "attainable": amount(result.attainable),
        "index": amount(result.index),
        "rank": result.rank,
        "class": result.class_name or None,
    }


def scorecards(group: Group, units: list[UnitResult]) -> Iterator[tuple[UnitResult, Json]]:
    """Each unit's scorecard: every node's sums and every leaf's word, reason and, if named, author."""
    leaves = {
        leaf.pk: leaf for leaf in group.used_framework.criteria.filter(is_leaf=True) if counts_in(leaf, group)
    }
    parents = dict(group.used_framework.criteria.values_list("pk", "parent_id"))
    codes = dict(group.used_framework.criteria.values_list("pk", "code"))
    shares = group.used_framework.criteria.values_list("pk", "unallocated")
    unallocated = {key: points for key, points in shares if points}
    for unit, own in _words(units):
        sums: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for key, points in unallocated.items():
            _add(sums, parents, key, ZERO, points)
        card: Json = {"leaves": {}, "nodes": {}}
        for key, leaf in leaves.items():
            concluded = own.get((Track.CONCLUSION, key))
            if concluded is not None:
                _add(sums, parents, key, concluded.obtained or ZERO, concluded.attainable)
            card["leaves"][leaf.code] = {
                track: _word(own.get((track, key)), leaf, names=group.names_appraisers)
                for track in (Track.SELF, Track.CONCLUSION, Track.TARGET)
            }
        card["nodes"] = {
            codes[key]: [amount(obtained), amount(attainable)] for key, (obtained, attainable) in sums.items()
        }
        yield unit, card


def _words(units: list[UnitResult]) -> Iterator[tuple[UnitResult, dict[tuple[str, int], Score]]]:
    """Each unit with its words by track and leaf, read for some units at a time: a country's do not fit."""
    for start in range(0, len(units), UNITS_AT_A_TIME):
        some = units[start : start + UNITS_AT_A_TIME]
        words: dict[int, dict[tuple[str, int], Score]] = {unit.assessment_id: {} for unit in some}
        tracks = (Track.SELF, Track.CONCLUSION, Track.TARGET)
        rows = Score.objects.filter(assessment__in=words, track__in=tracks)
        for score in rows:
            words[score.assessment_id][score.track, score.criterion_id] = score
        for unit in some:
            yield unit, words[unit.assessment_id]


def _add(
    sums: dict[int, list[Decimal]],
    parents: Mapping[int, int | None],
    key: int,
    obtained: Decimal,
    attainable: Decimal,
) -> None:
    node: int | None = key
    while node is not None:
        sums[node][0] += obtained
        sums[node][1] += attainable
        node = parents[node]


def may_name(header: Mapping[str, Any]) -> bool:
    """Whether a group's scorecards say who wrote each word; frozen before the setting was, they do not."""
    return bool(header.get("names", False))


def _word(score: Score | None, leaf: Criterion, *, names: bool) -> Json | None:
    """A word with points, or nothing where nobody has spoken yet.

    Its author is frozen only where the group's setting lets the unit see the name: what is frozen is public.
    The audit trail and the score itself keep it for the organiser.
    """
    if score is None or score.obtained is None:
        return None
    return {
        "points": amount(score.points),
        "obtained": amount(score.obtained),
        "attainable": amount(score.attainable),
        "not_applicable": score.not_applicable,
        "working": _working(score, leaf),
        "reason": score.reason,
        "by": score.author_name if names else "",
        "at": score.at.isoformat(timespec="seconds") if score.at else None,
    }


def _working(score: Score, leaf: Criterion) -> str:
    """How the points follow from the facts, on one line; nothing where points were entered directly."""
    if not score.facts:
        return ""
    rule = rule_of(leaf.rule_kind, leaf.rule_parameters, leaf.max_points)
    return working(rule, facts_of(rule, score.facts))
