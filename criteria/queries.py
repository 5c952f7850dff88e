"""Reads over frameworks."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from criteria.enums import Severity, Source
from criteria.models import Criterion, Decision, DeclaredStructure, Framework, Problem

ZERO = Decimal(0)
NO_TABLE = "none"


def levels(framework: Framework) -> list[int]:
    """How many contents, criteria and components the paper's table has."""
    counts = framework.criteria.filter(is_survey_block=False).aggregate(
        **{f"level_{level}": Count("pk", filter=Q(level=level)) for level in (1, 2, 3)}
    )
    return [counts["level_1"], counts["level_2"], counts["level_3"]]


def tree(framework: Framework) -> list[Criterion]:
    """Every node in document order, with its parent's code at hand."""
    return list(framework.criteria.select_related("parent").order_by("position"))


@dataclass(frozen=True, slots=True)
class StructureLine:
    """A unit type that a decision declares: its counts, and its frameworks where there are any."""

    structure: DeclaredStructure | None
    unit_type: str
    frameworks: tuple[Framework, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision with its unit types."""

    decision: Decision
    lines: tuple[StructureLine, ...]

    @property
    def frameworks(self) -> list[Framework]:
        """All frameworks of the decision, by unit type."""
        return [framework for line in self.lines for framework in line.frameworks]

    def narrowed(self, *, state: str = "", unit_type: str = "") -> "DecisionLine":
        """Only what is in a state (`NO_TABLE`: declared, without any framework) and of a unit type."""
        lines = []
        for line in self.lines:
            if unit_type and line.unit_type != unit_type:
                continue
            kept = tuple(one for one in line.frameworks if state in ("", one.state))
            if kept or not state or (state == NO_TABLE and not line.frameworks):
                lines.append(replace(line, frameworks=kept))
        return replace(self, lines=tuple(lines))


def by_decision(visible: QuerySet[Framework]) -> list[DecisionLine]:
    """Decisions, newest first, with the frameworks a person may see and the declared structures."""
    frameworks = visible.select_related("unit_type").order_by("unit_type_id", "-version")
    structures = DeclaredStructure.objects.select_related("unit_type").order_by("position")
    decisions = (
        Decision.objects.filter(Q(frameworks__in=visible) | Q(structures__isnull=False))
        .distinct()
        .select_related("issuer", "replaces")
        .prefetch_related(
            Prefetch("frameworks", queryset=frameworks, to_attr="seen_frameworks"),
            Prefetch("structures", queryset=structures, to_attr="declared"),
        )
        .order_by("-issued", "pk")
    )
    return [DecisionLine(decision, _structure_lines(decision)) for decision in decisions]


def _structure_lines(decision: Decision) -> tuple[StructureLine, ...]:
    frameworks: list[Framework] = decision.seen_frameworks  # type: ignore[attr-defined]
    declared: list[DeclaredStructure] = decision.declared  # type: ignore[attr-defined]
    lines = [
        StructureLine(
            structure,
            structure.unit_type.name,
            tuple(row for row in frameworks if row.unit_type_id == structure.unit_type_id),
        )
        for structure in declared
    ]
    known = {structure.unit_type_id for structure in declared}
    for unit_type in dict.fromkeys(row.unit_type for row in frameworks):
        if unit_type.pk not in known:
            own = tuple(row for row in frameworks if row.unit_type_id == unit_type.pk)
            lines.append(StructureLine(None, unit_type.name, own))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class FrameworkPage:
    """One framework as its page shows it. Points are exact sums."""

    framework: Framework
    levels: tuple[int, int, int]
    leaves: int
    tree: tuple[Criterion, ...]
    problems: tuple[Problem, ...]
    versions: tuple[Framework, ...]
    structure: DeclaredStructure | None
    total: Decimal
    survey_total: Decimal
    block: Criterion | None

    @property
    def names_leads(self) -> bool:
        """Whether the paper names the agencies in charge."""
        return any(row.lead or row.supporting for row in self.tree)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What the reader understood without help."""
        return tuple(problem for problem in self.problems if problem.severity != Severity.ERROR)

    @property
    def discrepancies(self) -> tuple[Problem, ...]:
        """What needed, or still needs, a choice."""
        return tuple(problem for problem in self.problems if problem.severity == Severity.ERROR)

    @property
    def appraised_total(self) -> Decimal:
        """The most that appraisal can give, in points."""
        return self.total - self.survey_total


def framework_page(framework: Framework, visible: QuerySet[Framework]) -> FrameworkPage:
    """Everything on a framework's page, in a fixed number of queries."""
    rows = tree(framework)
    table = [row for row in rows if not row.is_survey_block]
    counts = [sum(row.level == level for row in table) for level in (1, 2, 3)]
    versions = visible.filter(decision=framework.decision_id, unit_type=framework.unit_type_id)
    return FrameworkPage(
        framework=framework,
        levels=(counts[0], counts[1], counts[2]),
        leaves=sum(row.is_leaf for row in table),
        tree=tuple(table),
        problems=tuple(framework.problems.order_by("position")),
        versions=tuple(versions.order_by("-version")),
        structure=framework.decision.structures.filter(unit_type=framework.unit_type_id).first(),
        total=sum((row.max_points for row in table if row.level == 1), framework.unallocated),
        survey_total=sum(
            (row.max_points for row in table if row.is_leaf and row.source == Source.SURVEY), ZERO
        ),
        block=next((row for row in rows if row.is_survey_block), None),
    )
