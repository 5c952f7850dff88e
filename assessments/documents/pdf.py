"""Documents in the layout of Nghị định 30/2020/NĐ-CP, by WeasyPrint."""

from assessments.documents.contexts import UnitContext
from assessments.documents.sources import Source
from assessments.models import Publication


def ranking_annex(source: Source) -> bytes:
    """The ranking as an annex to the decision."""
    return b""


def unit_report(unit: UnitContext, publication: Publication | None) -> bytes:
    """A unit's result with every leaf."""
    return b""
