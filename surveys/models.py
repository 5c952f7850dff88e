"""Survey campaigns: whose survey, about whom, with what sample."""

from django.db import models
from django.db.models import F, Q

from parindex.accounts.models import Organiser, UnitType


class Campaign(models.Model):
    """One survey of one organiser in one year about one type of unit, with its sample."""

    organiser = models.ForeignKey(Organiser, models.PROTECT, verbose_name="cơ quan tổ chức")
    year = models.PositiveSmallIntegerField("năm")
    unit_type = models.ForeignKey(UnitType, models.PROTECT, verbose_name="loại đơn vị")
    title = models.CharField("tên", max_length=300)
    forms_issued = models.PositiveIntegerField("số phiếu phát ra", null=True, blank=True)
    forms_valid = models.PositiveIntegerField("số phiếu hợp lệ", null=True, blank=True)

    class Meta:
        verbose_name = "cuộc điều tra"
        verbose_name_plural = "cuộc điều tra"
        constraints = [
            models.UniqueConstraint(fields=["organiser", "year", "unit_type"], name="campaign_once"),
            models.CheckConstraint(
                condition=Q(forms_issued=None) | Q(forms_valid=None) | Q(forms_valid__lte=F("forms_issued")),
                name="campaign_valid_within_issued",
            ),
        ]

    def __str__(self) -> str:
        return self.title
