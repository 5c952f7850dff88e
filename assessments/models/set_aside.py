"""What had no place left when a group moved to another version of its framework; kept for good."""

from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from assessments.enums import Kept
from assessments.models.assessment import Assessment
from criteria.models import Criterion
from parindex.notation import vietnamese


class SetAside(models.Model):
    """One row about a leaf as it stood before the move: a word, a question, a piece of evidence.

    `criterion` is the leaf of the version that the group left. The database refuses to change or delete it.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="set_aside")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    kind = models.CharField("là gì", max_length=15, choices=Kept)
    content = models.JSONField("nội dung như đã ghi", encoder=DjangoJSONEncoder)
    why = models.TextField("vì sao để riêng")
    moved_by = models.CharField("người chuyển", max_length=200)
    moved_at = models.DateTimeField("lúc chuyển")

    class Meta:
        verbose_name = "nội dung để riêng khi đổi phiên bản"
        verbose_name_plural = "nội dung để riêng khi đổi phiên bản"

    def __str__(self) -> str:
        return f"{self.assessment}, mục {self.criterion.code}: {self.get_kind_display()}"

    @property
    def said(self) -> str:
        """What it said, in a few words. An opinion was blind and stays so."""
        content = self.content
        if self.kind == Kept.OPINION:
            return "đã ghi"
        if content.get("not_applicable"):
            return "không áp dụng"
        if content.get("points") is not None:
            return f"{vietnamese(Decimal(content['points']))} điểm"
        for name in ("question", "request", "title", "forms_valid", "value", "reason"):
            if content.get(name) not in (None, ""):
                return str(content[name])
        return "đã ghi"
