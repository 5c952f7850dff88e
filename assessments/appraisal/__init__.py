"""Appraisal: proposals, blind opinions and conclusions on leaves, questions to units, what waits for whom."""

from assessments.appraisal.bench import Bench, UnitLine, bench_of, said_of
from assessments.appraisal.clarifications import answer, ask, close, own_questions
from assessments.appraisal.decisions import Decision, StaleDecision, decide
from assessments.appraisal.disputes import Dispute, disputes, with_words
from assessments.appraisal.effects import Effect, effect_of
from assessments.appraisal.recognition import recognisable, recognise
from assessments.appraisal.work import (
    GroupWork,
    LeafWork,
    UnitWork,
    appraised_groups,
    done_cells,
    file_contents,
    leaves_in_order,
    next_item,
    rounds_with_duty,
    takes_part,
    work_of,
)

__all__ = [
    "Bench",
    "Decision",
    "Effect",
    "GroupWork",
    "LeafWork",
    "UnitWork",
    "StaleDecision",
    "UnitLine",
    "answer",
    "appraised_groups",
    "ask",
    "bench_of",
    "close",
    "decide",
    "Dispute",
    "disputes",
    "done_cells",
    "effect_of",
    "file_contents",
    "leaves_in_order",
    "next_item",
    "own_questions",
    "recognisable",
    "recognise",
    "rounds_with_duty",
    "said_of",
    "takes_part",
    "with_words",
    "work_of",
]
