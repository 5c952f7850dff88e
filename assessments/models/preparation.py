"""A publication that one person has prepared and another is to confirm."""

from django.db import models
from django.db.models import Q

from assessments.enums import PreparationState
from assessments.models.publication import Publication
from assessments.models.round import Round


class Preparation(models.Model):
    """What is to be published, as one person has checked it; a second person confirms or declines it.

    `digest` is that of the results as they were prepared: results that have changed since need a new
    preparation. `replaces` is the publication that it takes the place of, with the reason.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="preparations", verbose_name="đợt đánh giá")
    decision_number = models.CharField("quyết định số", max_length=100)
    signed = models.DateField("ngày ký")
    signer = models.CharField("người ký", max_length=200)
    reason = models.TextField("lý do thay bản đang công bố", blank=True)
    replaces = models.ForeignKey(
        Publication, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thay cho"
    )
    digest = models.CharField("mã kiểm tra", max_length=64)
    state = models.CharField(
        "trạng thái", max_length=10, choices=PreparationState, default=PreparationState.OPEN
    )
    prepared_by_id = models.BigIntegerField("mã người chuẩn bị")
    prepared_by = models.CharField("người chuẩn bị", max_length=200)
    prepared_at = models.DateTimeField("lúc chuẩn bị")
    ended_by_id = models.BigIntegerField("mã người xác nhận", null=True, blank=True)
    ended_by = models.CharField("người xác nhận", max_length=200, blank=True)
    ended_at = models.DateTimeField("lúc xác nhận", null=True, blank=True)
    end_reason = models.TextField("lý do không xác nhận", blank=True)
    publication = models.OneToOneField(
        Publication, models.PROTECT, null=True, blank=True, related_name="preparation"
    )

    class Meta:
        verbose_name = "bản chuẩn bị công bố"
        verbose_name_plural = "bản chuẩn bị công bố"
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state=PreparationState.OPEN), name="preparation_one_open"
            ),
            # The second person is another person.
            models.CheckConstraint(
                condition=~Q(state=PreparationState.CONFIRMED) | ~Q(ended_by_id=models.F("prepared_by_id")),
                name="preparation_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Quyết định số {self.decision_number}, {self.round}"
