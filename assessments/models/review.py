"""Requests for review: what a unit asks to be looked at again once its file is concluded, and the answer."""

from django.db import models
from django.db.models import Q

from assessments.enums import ReviewState
from assessments.models.assessment import Assessment
from criteria.models import Criterion
from parindex.fields import PointsField

NOT_SENT = Q(sent_by="", sent_at=None)
NOT_ANSWERED = Q(answer="", answered_by="", answered_at=None)


class ReviewRequest(models.Model):
    """A unit's request about one lowered leaf, once a leaf: its officer writes, its head sends.

    `contested` are the points of the conclusion when it was written, `became` those of the new conclusion.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="reviews")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    state = models.CharField("trạng thái", max_length=10, choices=ReviewState, default=ReviewState.WRITTEN)
    contested = PointsField("điểm kết luận khi đề nghị")
    request = models.TextField("nội dung đề nghị")
    written_by = models.CharField("người viết", max_length=200)
    written_at = models.DateTimeField("lúc viết")
    version = models.PositiveIntegerField("lần ghi", default=1)
    sent_by = models.CharField("người gửi", max_length=200, blank=True)
    sent_at = models.DateTimeField("lúc gửi", null=True, blank=True)
    answer = models.TextField("trả lời của Hội đồng", blank=True)
    answered_by = models.CharField("người trả lời", max_length=200, blank=True)
    answered_at = models.DateTimeField("lúc trả lời", null=True, blank=True)
    became = PointsField("điểm kết luận mới", null=True, blank=True)

    class Meta:
        verbose_name = "đề nghị xem xét lại"
        verbose_name_plural = "đề nghị xem xét lại"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="review_once_per_leaf"),
            models.CheckConstraint(
                condition=Q(NOT_SENT, NOT_ANSWERED, state=ReviewState.WRITTEN, became=None)
                | Q(NOT_ANSWERED, ~Q(sent_by=""), state=ReviewState.SENT, sent_at__isnull=False, became=None)
                | Q(
                    Q(state=ReviewState.KEPT, became=None)
                    | Q(state=ReviewState.CHANGED, became__isnull=False),
                    ~Q(sent_by=""),
                    ~Q(answer=""),
                    ~Q(answered_by=""),
                    sent_at__isnull=False,
                    answered_at__isnull=False,
                ),
                name="review_state_whole",
            ),
            models.CheckConstraint(condition=~Q(request=""), name="review_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}, mục {self.criterion.code}: {self.request}"
