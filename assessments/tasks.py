"""Jobs of this app: documents that take longer to make than a request may. Run by `manage.py db_worker`."""

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from assessments.documents.pdf import ranking_annex
from assessments.documents.sources import PublishedSource, Source
from assessments.documents.workbook import ranking_sheets
from assessments.enums import DocumentKind, DocumentState, PublicationState
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Document, PublishedGroup
from assessments.models.document import document_path

RENDERERS: dict[str, Callable[[Source], bytes]] = {
    DocumentKind.RANKING_PDF: ranking_annex,
    DocumentKind.RANKING_XLSX: ranking_sheets,
}
ENDINGS: dict[str, str] = {DocumentKind.RANKING_PDF: "pdf", DocumentKind.RANKING_XLSX: "xlsx"}
BROKEN_OFF = (
    "Việc lập tài liệu bị ngắt giữa chừng. Lập lại; nếu vẫn không được, báo người quản trị máy chủ, "
    "cùng giờ lập."
)


@transaction.atomic
def request_document(published: PublishedGroup, kind: DocumentKind) -> Document:
    """Ask for a document and return it: a new one is queued, a failed or lost one queued again.

    The row and the job are written together, and only by the one request that made or reset the row, so a
    document never has two jobs under way, however many people ask at once.
    """
    now = timezone.now()
    document, created = Document.objects.get_or_create(
        published_group=published, kind=kind, defaults={"requested_at": now}
    )
    if not created:
        if not document.may_be_asked_again:
            return document
        as_read = Document.objects.filter(
            pk=document.pk, state=document.state, requested_at=document.requested_at
        )
        if not as_read.update(
            state=DocumentState.WAITING,
            requested_at=now,
            started_at=None,
            finished_at=None,
            file="",
            sha256="",
            error="",
        ):
            return document
    render_document.enqueue(document.pk)
    return document


@task()
def render_document(document_id: int) -> None:
    """Make a document that waits and keep its file; in any other state it is left alone."""
    started = timezone.now()
    claimed = Document.objects.filter(pk=document_id, state=DocumentState.WAITING).update(
        state=DocumentState.RUNNING, started_at=started
    )
    if not claimed:
        return
    document = Document.objects.select_related("published_group__publication").get(pk=document_id)
    try:
        _store(document, _content(document))
    except AssessmentError as error:
        _fail(document, str(error))
    except BaseException:  # also when the worker is told to stop at once
        _fail(document, BROKEN_OFF)
        raise


def _content(document: Document) -> bytes:
    published = document.published_group
    if published.publication.state != PublicationState.CURRENT:
        raise WrongState("Bản công bố này đã được thay thế hoặc thu hồi nên không lập tài liệu nữa.")
    return RENDERERS[document.kind](PublishedSource(published.publication, published))


def _store(document: Document, content: bytes) -> None:
    name = f"{document.published_group.code}-{document.kind}.{ENDINGS[document.kind]}"
    storage = document.file.storage
    kept = storage.save(document_path(document, name), ContentFile(content))
    stored = _finish(
        document, state=DocumentState.READY, file=kept, sha256=hashlib.sha256(content).hexdigest()
    )
    if not stored:
        storage.delete(kept)


def _fail(document: Document, message: str) -> None:
    _finish(document, state=DocumentState.FAILED, error=message)


def _finish(document: Document, **outcome: str) -> int:
    """Record how this job ended, unless it was given up as lost and another job has the document now."""
    mine = Document.objects.filter(
        pk=document.pk, state=DocumentState.RUNNING, started_at=document.started_at
    )
    return mine.update(finished_at=timezone.now(), **outcome)
