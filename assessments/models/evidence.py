"""Evidence: what a unit keeps to prove its points, and the leaves that each piece is offered for."""

from django.db import models
from django.db.models import Q

from assessments.models.assessment import Assessment
from criteria.models import Criterion
from parindex.accounts.models import Unit
from parindex.notation import vietnamese_date

# What a browser shows by itself without running anything of it; all else is only saved.
SHOWN_INLINE = ("application/pdf", "image/jpeg", "image/png")


def evidence_path(evidence: "Evidence", name: str) -> str:
    """Where a file lies in the private storage: by its unit and the hash of what it holds."""
    return f"evidence/{evidence.unit_id}/{evidence.sha256[:2]}/{evidence.sha256}"


class Evidence(models.Model):
    """One piece of evidence of a unit: a file, or a reference to a paper kept in the e-office system.

    It belongs to the unit, so one plan or decision proves many leaves, in this round and later. A file
    never lies in a public folder; a view that checks the person serves it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evidence", verbose_name="đơn vị")
    title = models.CharField("tên tài liệu", max_length=300)
    number = models.CharField("số, ký hiệu", max_length=100, blank=True)
    issued = models.DateField("ngày ban hành", null=True, blank=True)
    issuer = models.CharField("cơ quan ban hành", max_length=200, blank=True)
    link = models.URLField("liên kết trên hệ thống văn bản", max_length=500, blank=True)
    file = models.FileField("tệp", upload_to=evidence_path, max_length=255, blank=True)
    file_name = models.CharField("tên tệp", max_length=255, blank=True)
    sha256 = models.CharField("mã kiểm tra", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("dung lượng, byte", default=0)
    media_type = models.CharField("kiểu tệp", max_length=100, blank=True)
    added_by_id = models.BigIntegerField("mã người đưa lên", null=True)
    added_by = models.CharField("người đưa lên", max_length=200)
    added_at = models.DateTimeField("lúc đưa lên")

    class Meta:
        verbose_name = "tài liệu kiểm chứng"
        verbose_name_plural = "tài liệu kiểm chứng"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sha256"], condition=~Q(sha256=""), name="evidence_file_once_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(file="", sha256="") | (~Q(file="") & ~Q(sha256="") & ~Q(file_name="")),
                name="evidence_file_whole",
            ),
            models.CheckConstraint(
                condition=~Q(file="") | ~Q(number="") | ~Q(link=""), name="evidence_file_or_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def facts(self) -> list[str]:
        """Number, date and issuer as papers cite them, without what is not known."""
        known = (
            self.number and f"Số {self.number}",
            self.issued and f"ngày {vietnamese_date(self.issued)}",
            self.issuer,
        )
        return [fact for fact in known if fact]

    @property
    def is_shown_inline(self) -> bool:
        """Whether a browser may show the file itself, in a page of its own."""
        return self.media_type in SHOWN_INLINE

    @property
    def is_sheet(self) -> bool:
        """Whether the file is a spreadsheet."""
        return self.file_name.lower().endswith((".xlsx", ".xls", ".ods"))


class EvidenceUse(models.Model):
    """A piece of evidence offered for one leaf of a file, and where in it to look ("tr. 3–5", "mục II")."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence_uses")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses")
    pointer = models.CharField("trang, mục cần xem", max_length=200, blank=True)
    added_by = models.CharField("người gắn", max_length=200)
    added_at = models.DateTimeField("lúc gắn")

    class Meta:
        verbose_name = "tài liệu kiểm chứng của mục"
        verbose_name_plural = "tài liệu kiểm chứng của mục"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion", "evidence"], name="evidence_use_once_per_leaf"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence}, mục {self.criterion.code}"
