"""A publication, or the end of one, that one person has prepared and another is to confirm."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from assessments.enums import PreparationKind, PreparationState
from assessments.models.publication import Publication
from assessments.models.round import Round

# The longest known, 3,321 units, takes a minute; after this the worker that had it is gone.
GIVEN_UP_AFTER = dt.timedelta(minutes=30)
WAITS = (PreparationState.OPEN, PreparationState.RUNNING)


class Preparation(models.Model):
    """What is to be published or withdrawn, as one person has checked it; a second person decides.

    `manifest` and its `digest` are those of the results as they were prepared: results that have changed
    since need a new preparation. Both are empty while a job works them out. `replaces` is the publication
    whose place it takes, or that it withdraws, with the `reason`. `error` says why a job did not succeed.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="preparations", verbose_name="đợt đánh giá")
    kind = models.CharField("việc", max_length=10, choices=PreparationKind, default=PreparationKind.PUBLISH)
    decision_number = models.CharField("quyết định số", max_length=100)
    signed = models.DateField("ngày ký")
    signer = models.CharField("người ký", max_length=200)
    reason = models.TextField("lý do thay hoặc thu hồi", blank=True)
    replaces = models.ForeignKey(
        Publication, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thay cho"
    )
    manifest = models.JSONField("mã kiểm tra từng dòng", default=dict, blank=True)
    digest = models.CharField("mã kiểm tra", max_length=64, blank=True)
    error = models.TextField("lỗi", blank=True)
    state = models.CharField(
        "trạng thái", max_length=10, choices=PreparationState, default=PreparationState.OPEN
    )
    prepared_by_id = models.BigIntegerField("mã người chuẩn bị")
    prepared_by = models.CharField("người chuẩn bị", max_length=200)
    # Ranked units to which they belong, by name: publishing judges none, and is not kept from these people.
    prepared_of = models.TextField("đơn vị được xếp hạng của người chuẩn bị", blank=True)
    prepared_at = models.DateTimeField("lúc chuẩn bị")
    ended_by_id = models.BigIntegerField("mã người xác nhận", null=True, blank=True)
    ended_by = models.CharField("người xác nhận", max_length=200, blank=True)
    ended_of = models.TextField("đơn vị được xếp hạng của người xác nhận", blank=True)
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
                fields=["round"], condition=Q(state__in=WAITS), name="preparation_one_open"
            ),
            # The second person is another person.
            models.CheckConstraint(
                condition=~Q(state__in=(PreparationState.RUNNING, PreparationState.CONFIRMED))
                | (Q(ended_by_id__isnull=False) & ~Q(ended_by_id=F("prepared_by_id"))),
                name="preparation_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(kind=PreparationKind.PUBLISH)
                | (Q(kind=PreparationKind.WITHDRAW, replaces__isnull=False) & ~Q(reason="")),
                name="preparation_withdraws_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} theo Quyết định số {self.decision_number}, {self.round}"

    @property
    def is_withdrawal(self) -> bool:
        """Whether it ends a publication instead of making one."""
        return self.kind == PreparationKind.WITHDRAW

    @property
    def is_under_way(self) -> bool:
        """Whether a job works on it; one that ran far too long was lost with its worker."""
        since = self.ended_at if self.state == PreparationState.RUNNING else self.prepared_at
        works = self.state == PreparationState.RUNNING or (
            self.state == PreparationState.OPEN and not self.digest and not self.error
        )
        return works and since is not None and timezone.now() - since < GIVEN_UP_AFTER
