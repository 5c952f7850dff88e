"""Append-only events: who did what to which object, when, from what to what, and why."""

from django.db import models


class Event(models.Model):
    """One change, written in the transaction that makes it.

    The acting person is kept as plain columns: the log knows nobody, so it outlives accounts.
    The database refuses to change or delete a row.
    """

    at = models.DateTimeField("lúc", auto_now_add=True)
    actor_id = models.BigIntegerField("mã người thực hiện", null=True)
    actor_name = models.CharField("người thực hiện", max_length=200)
    verb = models.CharField("việc", max_length=60)
    object_type = models.CharField("loại đối tượng", max_length=60)
    object_id = models.BigIntegerField("mã đối tượng")
    object_label = models.CharField("đối tượng", max_length=300)
    before = models.JSONField("trước", default=dict)
    after = models.JSONField("sau", default=dict)
    reason = models.TextField("lý do", blank=True)

    class Meta:
        verbose_name = "sự kiện"
        verbose_name_plural = "nhật ký"
        indexes = [models.Index(fields=["object_type", "object_id", "id"])]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.object_label}"
