"""Documents of publications that take longer to make than a request may: made by a job, kept as files."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.enums import DocumentKind, DocumentState
from assessments.models.publication import PublishedGroup

# The longest known, 3,321 units as PDF, takes minutes; after this the worker that had it is gone.
GIVEN_UP_AFTER = dt.timedelta(hours=1)


def document_path(document: "Document", name: str) -> str:
    """Where a document lies in the storage: by what was published, so that it is never another's."""
    return f"documents/{document.published_group.publication.digest}/{name}"


class Document(models.Model):
    """One document of a published group: asked for once, made by the job worker, then only read.

    The file is private: the view that checks the publication serves it, no folder does.
    """

    published_group = models.ForeignKey(
        PublishedGroup, models.PROTECT, related_name="documents", verbose_name="nhóm đã công bố"
    )
    kind = models.CharField("loại", max_length=20, choices=DocumentKind)
    state = models.CharField(
        "trạng thái", max_length=10, choices=DocumentState, default=DocumentState.WAITING
    )
    requested_at = models.DateTimeField("yêu cầu lúc")
    started_at = models.DateTimeField("bắt đầu lúc", null=True, blank=True)
    finished_at = models.DateTimeField("xong lúc", null=True, blank=True)
    file = models.FileField("tệp", upload_to=document_path, max_length=255, blank=True)
    sha256 = models.CharField("mã kiểm tra", max_length=64, blank=True)
    error = models.TextField("lỗi", blank=True)

    class Meta:
        verbose_name = "tài liệu"
        verbose_name_plural = "tài liệu"
        constraints = [
            models.UniqueConstraint(fields=["published_group", "kind"], name="document_once"),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.READY)
                | (~Q(file="") & ~Q(sha256="") & Q(finished_at__isnull=False)),
                name="document_ready_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.FAILED) | ~Q(error=""), name="document_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.published_group}"

    @property
    def is_under_way(self) -> bool:
        """Whether a job waits or runs; one that ran far too long was lost with its worker."""
        if self.state == DocumentState.RUNNING and self.started_at is not None:
            return timezone.now() - self.started_at < GIVEN_UP_AFTER
        return self.state == DocumentState.WAITING

    @property
    def is_ready(self) -> bool:
        """Whether the file can be had; it may be missing after a backup of the database alone came back."""
        return self.state == DocumentState.READY and self.file.storage.exists(self.file.name or "")

    @property
    def may_be_asked_again(self) -> bool:
        """Whether a new job is of use: the last one failed or was lost, or its file is gone."""
        return not self.is_under_way and not self.is_ready

    @property
    def since(self) -> dt.datetime:
        """Since when it has been in its state."""
        return self.finished_at or self.started_at or self.requested_at
