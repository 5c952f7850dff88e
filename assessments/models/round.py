"""Rounds and groups: whom an organiser assesses in one year, and by which settings."""

from django.db import models
from django.db.models import Q

from assessments.enums import ResultsShown, RoundingStage, ScaleBasis, TieRule, WithoutEvidence
from assessments.exceptions import AssessmentError
from criteria.models import DeclaredStructure, Framework
from parindex.accounts.models import Organiser
from parindex.fields import PointsField
from surveys.models import Campaign


class Round(models.Model):
    """A round (đợt đánh giá) of one organiser. All dates are the round's own; each is the last day."""

    code = models.SlugField("mã", max_length=60, unique=True)
    title = models.CharField("tên", max_length=300)
    year = models.PositiveSmallIntegerField("năm đánh giá")
    organiser = models.ForeignKey(
        Organiser, models.PROTECT, related_name="rounds", verbose_name="cơ quan tổ chức đánh giá"
    )
    self_scoring_until = models.DateField("tự chấm đến hết ngày", null=True, blank=True)
    compiling_until = models.DateField("tổng hợp đến hết ngày", null=True, blank=True)
    appraisal_until = models.DateField("thẩm định đến hết ngày", null=True, blank=True)
    publication_until = models.DateField("công bố đến hết ngày", null=True, blank=True)
    review_until = models.DateField("nhận đề nghị xem xét lại đến hết ngày", null=True, blank=True)
    note = models.TextField("ghi chú", blank=True)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="next_rounds", verbose_name="đợt trước"
    )

    class Meta:
        verbose_name = "đợt đánh giá"
        verbose_name_plural = "đợt đánh giá"
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="round_year_plausible")
        ]

    def __str__(self) -> str:
        return self.title


class Group(models.Model):
    """Units of one round ranked together: their framework, class scale, survey, rounding and tie rule.

    A group without a framework shows only the structure its decision declares.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="groups", verbose_name="đợt đánh giá")
    code = models.SlugField("mã", max_length=60)
    name = models.CharField("tên", max_length=200)
    position = models.PositiveSmallIntegerField("thứ tự")
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, blank=True, related_name="groups", verbose_name="bộ tiêu chí"
    )
    structure = models.ForeignKey(
        DeclaredStructure, models.PROTECT, null=True, blank=True, verbose_name="cấu trúc theo quyết định"
    )
    survey = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, verbose_name="điều tra xã hội học"
    )
    scale_basis = models.CharField(
        "xếp loại theo", max_length=10, choices=ScaleBasis, default=ScaleBasis.PERCENT
    )
    rounding_places = models.PositiveSmallIntegerField("số chữ số thập phân", default=2)
    rounding_stage = models.CharField(
        "cách làm tròn", max_length=10, choices=RoundingStage, default=RoundingStage.TOTAL
    )
    tie_rule = models.CharField("khi bằng điểm", max_length=20, choices=TieRule, default=TieRule.COMPETITION)
    tie_breakers = models.JSONField("tiêu chí phụ khi bằng điểm", default=list, blank=True)
    without_evidence = models.CharField(
        "khi thiếu tài liệu kiểm chứng",
        max_length=12,
        choices=WithoutEvidence,
        default=WithoutEvidence.EXPLANATION,
    )
    asks_signature = models.BooleanField("tài liệu kiểm chứng phải có chữ ký số", default=False)
    results_shown = models.CharField(
        "đơn vị thấy điểm thẩm định", max_length=12, choices=ResultsShown, default=ResultsShown.PUBLICATION
    )
    names_appraisers = models.BooleanField("đơn vị thấy tên người thẩm định", default=False)
    is_illustrative = models.BooleanField("số liệu minh họa", default=False)

    class Meta:
        verbose_name = "nhóm đơn vị"
        verbose_name_plural = "nhóm đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="group_code_once"),
            models.CheckConstraint(
                condition=Q(framework__isnull=False) | Q(structure__isnull=False),
                name="group_has_framework_or_structure",
            ),
            models.CheckConstraint(
                condition=Q(rounding_places__gte=0, rounding_places__lte=6), name="group_places_stored"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.round}"

    @property
    def used_framework(self) -> Framework:
        """The framework by which the group is scored. Raises AssessmentError where there is none yet."""
        if self.framework is None:
            raise AssessmentError(f"Nhóm {self.name} chưa có bộ tiêu chí.")
        return self.framework


class ClassBand(models.Model):
    """One class of a group's scale with its lower bound, which belongs to the class."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="bands")
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.CharField("tên", max_length=60)
    lower = PointsField("từ")

    class Meta:
        verbose_name = "loại"
        verbose_name_plural = "thang xếp loại"
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="band_name_once"),
            models.UniqueConstraint(fields=["group", "lower"], name="band_bound_once"),
        ]

    def __str__(self) -> str:
        return self.name
