"""One frozen dataclass per kind of rule that turns facts into points.

The framework's data says which kind a leaf has and with which parameters; nothing of a particular
year or province stands here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from parindex.scoring.errors import FactsError, RuleError
from parindex.scoring.rules.base import (
    Amount,
    NamedAmount,
    PointsFacts,
    RatioFacts,
    Rule,
    RuleKind,
    Unit,
    ValueFacts,
)
from parindex.scoring.rules.computed_last import BestUnit, BestUnitFacts, SelfAccuracy, SelfAccuracyFacts
from parindex.scoring.rules.judged import (
    Deduction,
    DeductionFacts,
    IndexFacts,
    KnockOut,
    KnockOutFacts,
    LevelFacts,
    Levels,
    Manual,
    Parts,
    PartsFacts,
    Survey,
    YesNo,
    YesNoFacts,
)
from parindex.scoring.rules.measured import (
    Boundary,
    Count,
    CountFacts,
    Imported,
    ImportedFacts,
    Linear,
    Measured,
    Ratio,
    Step,
    Steps,
)

RULES: Mapping[RuleKind, type[Rule[Any]]] = MappingProxyType(
    {
        RuleKind.YES_NO: YesNo,
        RuleKind.LEVELS: Levels,
        RuleKind.RATIO: Ratio,
        RuleKind.STEPS: Steps,
        RuleKind.LINEAR: Linear,
        RuleKind.COUNT: Count,
        RuleKind.PARTS: Parts,
        RuleKind.DEDUCTION: Deduction,
        RuleKind.KNOCK_OUT: KnockOut,
        RuleKind.MANUAL: Manual,
        RuleKind.SURVEY: Survey,
        RuleKind.BEST_UNIT: BestUnit,
        RuleKind.SELF_ACCURACY: SelfAccuracy,
        RuleKind.IMPORTED: Imported,
    }
)

__all__ = [
    "RULES",
    "Amount",
    "BestUnit",
    "BestUnitFacts",
    "Boundary",
    "Count",
    "CountFacts",
    "Deduction",
    "DeductionFacts",
    "FactsError",
    "Imported",
    "ImportedFacts",
    "IndexFacts",
    "KnockOut",
    "KnockOutFacts",
    "LevelFacts",
    "Levels",
    "Linear",
    "Manual",
    "Measured",
    "NamedAmount",
    "Parts",
    "PartsFacts",
    "PointsFacts",
    "Ratio",
    "RatioFacts",
    "Rule",
    "RuleError",
    "RuleKind",
    "SelfAccuracy",
    "SelfAccuracyFacts",
    "Step",
    "Steps",
    "Survey",
    "Unit",
    "ValueFacts",
    "YesNo",
    "YesNoFacts",
]
