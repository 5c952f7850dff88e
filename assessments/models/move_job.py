"""Moves of large groups to another version of their framework: confirmed by a person, done by a job."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.enums import DocumentState
from assessments.models.round import Group
from criteria.models import Framework
from parindex.accounts.models import User

# The longest known, 51,680 scores that all change, takes half a minute; after this the worker is gone.
GIVEN_UP_AFTER = dt.timedelta(minutes=30)
UNDER_WAY = (DocumentState.WAITING, DocumentState.RUNNING)


class MoveJob(models.Model):
    """One confirmed move: whoever confirmed it, the digest of the plan that they had read, how it ended.

    `told` are how many points stayed, came to something else, are open again and were set aside.
    """

    group = models.ForeignKey(Group, models.CASCADE, related_name="move_jobs", verbose_name="nhóm đơn vị")
    to = models.ForeignKey(Framework, models.PROTECT, related_name="+", verbose_name="chuyển sang")
    reason = models.TextField("lý do")
    seen = models.CharField("mã của bản xem trước", max_length=64)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="người xác nhận")
    asked_at = models.DateTimeField("xác nhận lúc")
    started_at = models.DateTimeField("bắt đầu lúc", null=True, blank=True)
    ended_at = models.DateTimeField("xong lúc", null=True, blank=True)
    state = models.CharField(
        "trạng thái", max_length=10, choices=DocumentState, default=DocumentState.WAITING
    )
    error = models.TextField("lỗi", blank=True)
    told = models.JSONField("kết quả", default=dict, blank=True)

    class Meta:
        verbose_name = "việc chuyển phiên bản"
        verbose_name_plural = "việc chuyển phiên bản"
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(state__in=UNDER_WAY), name="move_job_one_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.FAILED) | ~Q(error=""), name="move_job_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Chuyển {self.group} sang {self.to}"

    @property
    def is_under_way(self) -> bool:
        """Whether a job waits or runs; one that ran far too long was lost with its worker."""
        since = self.started_at or self.asked_at
        return self.state in UNDER_WAY and timezone.now() - since < GIVEN_UP_AFTER
