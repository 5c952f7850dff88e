"""Appraisal: what members of the council think, what they ask, and who stands in for a recused person."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assessments.enums import ClarificationState
from assessments.models.assessment import Assessment
from assessments.models.people import RoundRole
from criteria.models import Criterion
from parindex.accounts.models import Unit, User
from parindex.fields import PointsField


class Opinion(models.Model):
    """One member's word on one leaf of a file, beside the proposal and the conclusion.

    It is blind: while a member's own is not confirmed, that member sees nobody else's.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="opinions")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    member = models.ForeignKey(User, models.PROTECT, related_name="opinions", verbose_name="thành viên")
    member_name = models.CharField("tên thành viên", max_length=200)
    facts = models.JSONField("số liệu", default=dict, blank=True)
    points = PointsField("điểm", null=True, blank=True)
    not_applicable = models.BooleanField("không áp dụng", default=False)
    reason = models.TextField("lý do", blank=True)
    at = models.DateTimeField("lúc ghi")
    version = models.PositiveIntegerField("lần ghi", default=1)

    class Meta:
        verbose_name = "ý kiến thành viên"
        verbose_name_plural = "ý kiến thành viên"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion", "member"], name="opinion_once_per_member"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_name}, mục {self.criterion.code}: {self.points}"


class Clarification(models.Model):
    """A question to the unit about one leaf while the rest of its file goes on, and the unit's answer."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="clarifications")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    state = models.CharField(
        "trạng thái", max_length=10, choices=ClarificationState, default=ClarificationState.ASKED
    )
    question = models.TextField("nội dung yêu cầu")
    asked_by_id = models.BigIntegerField("mã người yêu cầu", null=True)
    asked_by = models.CharField("người yêu cầu", max_length=200)
    asked_at = models.DateTimeField("lúc yêu cầu")
    until = models.DateField("trả lời đến hết ngày")
    answer = models.TextField("trả lời của đơn vị", blank=True)
    answered_by = models.CharField("người trả lời", max_length=200, blank=True)
    answered_at = models.DateTimeField("lúc trả lời", null=True, blank=True)
    closed_by = models.CharField("người kết thúc", max_length=200, blank=True)
    closed_at = models.DateTimeField("lúc kết thúc", null=True, blank=True)

    class Meta:
        verbose_name = "yêu cầu giải trình, bổ sung"
        verbose_name_plural = "yêu cầu giải trình, bổ sung"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by="", answered_at=None)
                | (~Q(answer="") & ~Q(answered_by="") & Q(answered_at__isnull=False)),
                name="clarification_answer_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment}, mục {self.criterion.code}: {self.question}"

    @property
    def standing(self) -> str:
        """Where it stands, in words: nobody waits for an answer whose last day is over."""
        is_over = self.state == ClarificationState.ASKED and self.until < timezone.localdate()
        return "Không trả lời trong hạn" if is_over else str(ClarificationState(self.state).label)


class Substitute(models.Model):
    """Who acts in a person's place in the appraisal of one unit: the unit's own people are recused."""

    role = models.ForeignKey(RoundRole, models.CASCADE, related_name="substitutes", verbose_name="thay cho")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="đơn vị")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người thay")
    reason = models.TextField("lý do")
    named_by = models.CharField("người cử", max_length=200)
    named_at = models.DateTimeField("lúc cử")

    class Meta:
        verbose_name = "người thay trong thẩm định"
        verbose_name_plural = "người thay trong thẩm định"
        constraints = [
            models.UniqueConstraint(fields=["role", "unit"], name="substitute_once_per_role_and_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.user} thay {self.role} khi thẩm định {self.unit}"


class SurveySample(models.Model):
    """How many people a survey leaf's result of one unit rests on."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="survey_samples")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    forms_issued = models.PositiveIntegerField("số phiếu phát ra", null=True, blank=True)
    forms_valid = models.PositiveIntegerField("số phiếu hợp lệ")

    class Meta:
        verbose_name = "cỡ mẫu điều tra"
        verbose_name_plural = "cỡ mẫu điều tra"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="survey_sample_once"),
            models.CheckConstraint(
                condition=Q(forms_issued=None) | Q(forms_valid__lte=F("forms_issued")),
                name="survey_sample_valid_within_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}, mục {self.criterion.code}: {self.forms_valid} phiếu"
