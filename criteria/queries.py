"""Reads over frameworks."""

from django.db.models import Count, Q

from criteria.enums import FrameworkState
from criteria.models import Criterion, Framework


def levels(framework: Framework) -> list[int]:
    """How many contents, criteria and components the paper's table has."""
    counts = framework.criteria.filter(is_survey_block=False).aggregate(
        **{f"level_{level}": Count("pk", filter=Q(level=level)) for level in (1, 2, 3)}
    )
    return [counts["level_1"], counts["level_2"], counts["level_3"]]


def tree(framework: Framework) -> list[Criterion]:
    """Every node in document order, with its parent's code at hand."""
    return list(framework.criteria.select_related("parent").order_by("position"))


def open_to_all() -> "list[Framework]":
    """Frameworks that are law or were: drafts are left out."""
    return list(
        Framework.objects.exclude(state=FrameworkState.DRAFT)
        .select_related("decision__issuer", "unit_type")
        .order_by("-decision__issued", "decision_id", "unit_type_id", "-version")
    )
