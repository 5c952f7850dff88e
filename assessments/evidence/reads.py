"""What is offered for which leaf, what is missing, and what a unit keeps."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.enums import Track, WithoutEvidence
from assessments.models import Assessment, Evidence, EvidenceUse
from criteria.enums import NOT_SELF_SCORED
from criteria.models import Criterion
from parindex.accounts.models import Unit


def uses_by_leaf(assessment: Assessment) -> dict[int, list[EvidenceUse]]:
    """All evidence of a file by leaf, each in the order in which it was added; in one query."""
    found: dict[int, list[EvidenceUse]] = defaultdict(list)
    for use in assessment.evidence_uses.select_related("evidence").order_by("pk"):
        found[use.criterion_id].append(use)
    return dict(found)


def uses_of(assessment: Assessment, criterion: Criterion) -> list[EvidenceUse]:
    """The evidence of one leaf, in the order in which it was added."""
    found = assessment.evidence_uses.filter(criterion=criterion)
    return list(found.select_related("evidence").order_by("pk"))


def places_of(pieces: Iterable[int]) -> dict[int, list[EvidenceUse]]:
    """Where pieces are offered, by the piece's id: the newest round first, in the framework's order."""
    found: dict[int, list[EvidenceUse]] = defaultdict(list)
    uses = EvidenceUse.objects.filter(evidence__in=list(pieces)).select_related(
        "criterion", "assessment__group__round"
    )
    for use in uses.order_by("-assessment__group__round__year", "assessment", "criterion__position"):
        found[use.evidence_id].append(use)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A leaf that claims points and has no evidence though it needs some."""

    criterion: Criterion
    reason: str
    rule: WithoutEvidence

    @property
    def blocks(self) -> bool:
        """Whether the file cannot be handed in like that, by the rule of its group."""
        if self.rule == WithoutEvidence.EXPLANATION:
            return not self.reason.strip()
        return self.rule == WithoutEvidence.NOTHING

    @property
    def says(self) -> str:
        """What to do about it, as a sentence."""
        code = self.criterion.code
        if self.rule == WithoutEvidence.NOTHING:
            return f"Mục {code} có điểm nhưng chưa có tài liệu kiểm chứng: bổ sung tài liệu hoặc chấm 0 điểm."
        if self.blocks:
            return f"Mục {code} có điểm nhưng chưa có tài liệu kiểm chứng: bổ sung tài liệu hoặc giải trình."
        if self.rule == WithoutEvidence.EXPLANATION:
            return f"Mục {code} chưa có tài liệu kiểm chứng, có giải trình thay tài liệu."
        return f"Mục {code} có điểm nhưng chưa có tài liệu kiểm chứng."


def lacking_evidence(assessment: Assessment) -> list[Lacking]:
    """The unit's own leaves that claim points, need evidence and have none, in the order of the framework.

    What the group makes of it stands in each: `blocks` and `says`. One query besides the group's own.
    """
    used = EvidenceUse.objects.filter(assessment=assessment, criterion=OuterRef("criterion"))
    claimed = (
        assessment.scores.filter(
            ~Exists(used),
            track=Track.SELF,
            obtained__gt=0,
            criterion__is_leaf=True,
            criterion__evidence_required=True,
        )
        .exclude(criterion__source__in=NOT_SELF_SCORED)
        .select_related("criterion")
        .order_by("criterion__position")
    )
    rule = WithoutEvidence(assessment.group.without_evidence)
    return [Lacking(score.criterion, score.reason, rule) for score in claimed]


def library_of(unit: Unit) -> QuerySet[Evidence]:
    """Everything that a unit keeps, each with how many leaves it is offered for as `times_used`."""
    return unit.evidence.annotate(times_used=Count("uses"))


def matching(pieces: QuerySet[Evidence], words: str) -> QuerySet[Evidence]:
    """Those whose title, number, issuer or file name holds every word."""
    for word in words.split():
        pieces = pieces.filter(
            Q(title__icontains=word)
            | Q(number__icontains=word)
            | Q(issuer__icontains=word)
            | Q(file_name__icontains=word)
        )
    return pieces


def duplicated(pieces: QuerySet[Evidence], unit: Unit) -> QuerySet[Evidence]:
    """Those that share a number and sign, or a file's name, with another piece of the unit."""
    others = unit.evidence.exclude(pk=OuterRef("pk"))
    return pieces.filter(
        Q(~Q(number=""), Exists(others.filter(number=OuterRef("number"))))
        | Q(~Q(file_name=""), Exists(others.filter(file_name=OuterRef("file_name"))))
    )


def of_kinds(pieces: QuerySet[Evidence], endings: Iterable[str]) -> QuerySet[Evidence]:
    """Those whose file's name has one of these endings."""
    wanted = Q(pk__in=[])
    for ending in endings:
        wanted |= Q(file_name__iendswith=f".{ending}")
    return pieces.filter(wanted)
