"""A unit's file in a round and its scores, one row per leaf and track."""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

from assessments.enums import AssessmentState, Track
from assessments.models.round import Group
from criteria.models import Criterion
from parindex.accounts.models import Unit
from parindex.fields import PointsField

ZERO = Decimal(0)


class Assessment(models.Model):
    """One unit in one group. Code, name and order of the unit are frozen as they were at the start."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="assessments", verbose_name="nhóm đơn vị")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assessments", verbose_name="đơn vị")
    unit_code = models.CharField("mã đơn vị", max_length=60)
    unit_name = models.CharField("tên đơn vị", max_length=200)
    unit_sort_key = models.CharField(max_length=800, editable=False)
    state = models.CharField(
        "trạng thái", max_length=20, choices=AssessmentState, default=AssessmentState.DRAFT
    )
    submitted_at = models.DateTimeField("nộp lúc", null=True, blank=True)
    self_scoring_until = models.DateField("hạn tự chấm riêng, đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "hồ sơ tự chấm"
        verbose_name_plural = "hồ sơ tự chấm"
        constraints = [
            models.UniqueConstraint(fields=["group", "unit"], name="assessment_once"),
            models.UniqueConstraint(fields=["group", "unit_code"], name="assessment_code_once"),
        ]

    def __str__(self) -> str:
        return self.unit_name


# A leaf is answered: an explanation alone is not. The same as `Score.is_entered`.
IS_ENTERED = Q(obtained__isnull=False) | ~Q(facts={})


class Score(models.Model):
    """One track's word on one leaf: facts or points, reason, author, time, and what it comes to.

    `obtained` and `attainable` are what the kernel made of the word; sums in SQL add them up.
    Absent is null: a conclusion row stands from the start with nothing obtained, so that the
    leaf counts in the denominator and the unit is provisional until it is scored. So it is with the
    facts that people enter for a rule computed last: they have an author, and no points until the end.
    An explanation written before the points stands in the same way; `is_entered` tells the two apart from
    what is answered, `ENTERED` does so in queries.
    """

    ENTERED = IS_ENTERED

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    track = models.CharField("bước", max_length=12, choices=Track)
    facts = models.JSONField("số liệu", default=dict, blank=True)
    points = PointsField("điểm", null=True, blank=True)
    not_applicable = models.BooleanField("không áp dụng", default=False)
    reason = models.TextField("lý do, giải trình", blank=True)
    author_id = models.BigIntegerField("mã người ghi", null=True)
    author_name = models.CharField("người ghi", max_length=200, blank=True)
    at = models.DateTimeField("lúc ghi", null=True)
    obtained = PointsField("điểm đạt", null=True)
    attainable = PointsField("điểm có thể đạt", default=ZERO)
    version = models.PositiveIntegerField("lần ghi", default=0)

    class Meta:
        verbose_name = "điểm"
        verbose_name_plural = "điểm"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "track", "criterion"], name="score_once_per_track"),
            models.CheckConstraint(
                condition=Q(obtained=None, at=None, author_name="")
                | (Q(at__isnull=False) & ~Q(author_name="") & (IS_ENTERED | ~Q(reason=""))),
                name="score_obtained_by_and_at",
            ),
            models.CheckConstraint(condition=Q(attainable__gte=0), name="score_attainable_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.code}, {self.get_track_display()}: {self.points}"

    @property
    def is_entered(self) -> bool:
        """Whether the leaf is answered: an explanation alone is not."""
        return self.obtained is not None or bool(self.facts)


class ScoreRow(NamedTuple):
    """What a score says, for reading all of a file: hundreds of models would cost more than the save itself.

    Whatever reads a score reads either; `is_entered` is that of `Score`.
    """

    criterion_id: int
    facts: dict[str, Any]
    points: Decimal | None
    not_applicable: bool
    reason: str
    author_name: str
    at: dt.datetime | None
    obtained: Decimal | None
    attainable: Decimal
    version: int

    @property
    def is_entered(self) -> bool:
        """Whether the leaf is answered: an explanation alone is not."""
        return self.obtained is not None or bool(self.facts)


AnyScore = Score | ScoreRow
