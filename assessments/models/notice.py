"""Notices: what a person is told in the application, and by e-mail where there is an address."""

from django.db import models

from assessments.models.round import Round
from parindex.accounts.models import User


class Notice(models.Model):
    """One thing that a person should know, with the page where it is dealt with."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name="người nhận")
    round = models.ForeignKey(Round, models.CASCADE, null=True, blank=True, related_name="+")
    text = models.CharField("nội dung", max_length=500)
    address = models.CharField("trang", max_length=300, blank=True)
    at = models.DateTimeField("lúc báo")
    read_at = models.DateTimeField("lúc đọc", null=True, blank=True)
    mailed_at = models.DateTimeField("lúc gửi thư", null=True, blank=True)

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        indexes = [models.Index(fields=["user", "read_at", "-at"], name="notice_of_user")]

    def __str__(self) -> str:
        return self.text
