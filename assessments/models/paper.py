"""What papers print about a unit, kept beside what its rows give and never mixed in."""

from django.db import models
from django.db.models import Q

from assessments.enums import Measure, Track
from assessments.models.assessment import Assessment
from criteria.models import Criterion
from parindex.fields import PointsField


class AnnouncedResult(models.Model):
    """The result a decision or letter announced for a unit."""

    assessment = models.OneToOneField(Assessment, models.CASCADE, related_name="announced")
    obtained = PointsField("điểm công bố", null=True)
    attainable = PointsField("điểm tối đa công bố", null=True)
    index = PointsField("chỉ số công bố, %", null=True)
    rank = models.PositiveIntegerField("hạng công bố", null=True)
    class_name = models.CharField("loại công bố", max_length=60, blank=True)
    note = models.TextField("ghi chú của văn bản", blank=True)

    class Meta:
        verbose_name = "kết quả đã công bố"
        verbose_name_plural = "kết quả đã công bố"

    def __str__(self) -> str:
        return f"{self.assessment}: {self.obtained}"


class PaperFigure(models.Model):
    """A figure that a paper prints for a node above the leaves, or for the whole (no criterion)."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="figures")
    criterion = models.ForeignKey(Criterion, models.PROTECT, null=True, blank=True)
    track = models.CharField("bước", max_length=12, choices=Track, default=Track.CONCLUSION)
    measure = models.CharField("đại lượng", max_length=12, choices=Measure)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    value = PointsField("giá trị", null=True)
    label = models.TextField("văn bản ghi", blank=True)

    class Meta:
        verbose_name = "số in trong văn bản"
        verbose_name_plural = "số in trong văn bản"
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(label=""), name="paper_figure_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}: {self.value}"
