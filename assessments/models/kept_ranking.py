"""Provisional rankings that somebody kept, to compare later ones with."""

from django.db import models

from assessments.models.round import Group


class KeptRanking(models.Model):
    """The provisional ranking of a group as it stood at one moment, under a name. It is never edited."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="kept_rankings", verbose_name="nhóm đơn vị")
    name = models.CharField("tên bản lưu", max_length=200)
    kept_by_id = models.BigIntegerField("mã người lưu", null=True)
    kept_by = models.CharField("người lưu", max_length=200)
    kept_at = models.DateTimeField("lúc lưu")
    digest = models.CharField("mã kiểm tra", max_length=64)

    class Meta:
        verbose_name = "bản xếp hạng đã lưu"
        verbose_name_plural = "bản xếp hạng đã lưu"

    def __str__(self) -> str:
        return f"{self.name}, {self.group}"


class KeptUnit(models.Model):
    """A unit's row in a kept ranking, and what its leaves gave: code to points obtained and attainable."""

    ranking = models.ForeignKey(KeptRanking, models.PROTECT, related_name="units")
    unit_code = models.CharField(max_length=60)
    row = models.JSONField()
    leaves = models.JSONField()

    class Meta:
        verbose_name = "đơn vị trong bản xếp hạng đã lưu"
        verbose_name_plural = "đơn vị trong bản xếp hạng đã lưu"
        constraints = [models.UniqueConstraint(fields=["ranking", "unit_code"], name="kept_unit_once")]

    def __str__(self) -> str:
        return f"{self.unit_code}, {self.ranking}"
