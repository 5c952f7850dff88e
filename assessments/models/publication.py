"""Publications: frozen results. Everything public reads only from here."""

from django.db import models
from django.db.models import Q

from assessments.enums import PublicationState
from assessments.models.round import Group, Round
from parindex.fields import PointsField


class Publication(models.Model):
    """One announcement of a round's results under a decision, with a manifest of its rows' hashes.

    Only its state may change, once, with a reason; the database refuses anything else.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="publications", verbose_name="đợt đánh giá")
    decision_number = models.CharField("quyết định số", max_length=100)
    signed = models.DateField("ngày ký")
    signer = models.CharField("người ký", max_length=200)
    published_at = models.DateTimeField("công bố lúc")
    published_by = models.CharField("người công bố", max_length=200)
    manifest = models.JSONField("mã kiểm tra từng dòng")
    digest = models.CharField("mã kiểm tra", max_length=64)
    state = models.CharField(
        "trạng thái", max_length=12, choices=PublicationState, default=PublicationState.CURRENT
    )
    superseded_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name="thay bằng"
    )
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    ended_by = models.CharField("người kết thúc", max_length=200, blank=True)
    end_reason = models.TextField("lý do kết thúc", blank=True)

    class Meta:
        verbose_name = "công bố"
        verbose_name_plural = "công bố"
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state=PublicationState.CURRENT), name="one_current_publication"
            ),
            models.CheckConstraint(
                condition=Q(state=PublicationState.CURRENT, ended_at=None, ended_by="", end_reason="")
                | (
                    ~Q(state=PublicationState.CURRENT)
                    & Q(ended_at__isnull=False)
                    & ~Q(ended_by="")
                    & ~Q(end_reason="")
                ),
                name="publication_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Công bố theo Quyết định số {self.decision_number} ngày {self.signed:%d/%m/%Y}"


class PublishedGroup(models.Model):
    """A group as published: its settings, criteria tree, mean, and count per class."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="groups")
    group = models.ForeignKey(Group, models.PROTECT, related_name="published")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    units_count = models.PositiveIntegerField()
    mean_index = PointsField(null=True)
    is_illustrative = models.BooleanField()
    header = models.JSONField()

    class Meta:
        verbose_name = "nhóm đã công bố"
        verbose_name_plural = "nhóm đã công bố"
        constraints = [models.UniqueConstraint(fields=["publication", "code"], name="published_group_once")]

    def __str__(self) -> str:
        return self.name


class PublishedUnit(models.Model):
    """A unit's row in a published ranking, and its whole scorecard."""

    group = models.ForeignKey(PublishedGroup, models.PROTECT, related_name="units")
    unit_code = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    row = models.JSONField()
    scorecard = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "đơn vị đã công bố"
        verbose_name_plural = "đơn vị đã công bố"
        constraints = [
            models.UniqueConstraint(fields=["group", "unit_code"], name="published_unit_once"),
            models.UniqueConstraint(fields=["group", "position"], name="published_position_once"),
        ]

    def __str__(self) -> str:
        return self.unit_name
