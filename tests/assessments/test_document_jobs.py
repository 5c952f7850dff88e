"""Documents of large groups: asked for once, made by the worker from its real queue, served by a view."""

import datetime as dt
import hashlib
import io
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from assessments.documents.sources import PublishedSource
from assessments.documents.workbook import ranking_sheets
from assessments.enums import DocumentKind, DocumentState
from assessments.models import Document, Publication
from assessments.models.document import GIVEN_UP_AFTER
from assessments.publication import withdraw
from assessments.tasks import render_document
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from tests.assessments.small_round import BY, Built, publish_round, small_round
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

GROUP = "/dot/thu-2024/cap-xa/"
PDF, PDF_PAGE = f"{GROUP}xep-hang.pdf", f"{GROUP}tai-lieu/pdf/"
XLSX, XLSX_PAGE = f"{GROUP}xep-hang.xlsx", f"{GROUP}tai-lieu/xlsx/"


@pytest.fixture(autouse=True)
def _limits(settings: Any, tmp_path: Path) -> None:
    """Three units are a large group here; files go to a folder of the test's own."""
    settings.DOCUMENT_INLINE_UNITS = settings.DOCUMENT_DRAFT_UNITS = 2
    keep_files_in(settings, tmp_path / "files")


def keep_files_in(settings: Any, folder: Path) -> None:
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def published() -> Publication:
    return publish_round(small_round())


@pytest.fixture
def _own_signals() -> Iterator[None]:
    """The worker takes over how this process is stopped; give that back."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    before = [signal.getsignal(kind) for kind in kinds]
    yield
    for kind, handler in zip(kinds, before, strict=True):
        signal.signal(kind, handler)


@pytest.fixture
def worker(_own_signals: None, transactional_db: None) -> Any:
    """The job worker, once through its queue. It closes connections, so no transaction is around its test."""
    return lambda: call_command("db_worker", "--batch", "--no-startup-delay", "--interval=0", verbosity=0)


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def content_of(answer: HttpResponse) -> bytes:
    """What a kept file's answer streams; reading it to its end closes the file."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def cells_of(book: bytes) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.values) for sheet in load_workbook(io.BytesIO(book))]


def test_the_limit_of_an_installation_keeps_small_groups_quick(
    client: Client, published: Publication, settings: Any
) -> None:
    settings.DOCUMENT_INLINE_UNITS = 3

    assert client.get(PDF)["Content-Type"] == "application/pdf"
    assert client.get(XLSX).content.startswith(b"PK")
    assert client.get(PDF_PAGE)["Location"] == PDF
    assert client.post(PDF_PAGE)["Location"] == PDF
    assert Document.objects.count() == 0


def test_looking_asks_for_nothing(client: Client, published: Publication) -> None:
    assert client.get(PDF)["Location"] == PDF_PAGE
    page = client.get(PDF_PAGE)

    assert page.status_code == 200
    assert "Tài liệu này chưa được lập" in text_of(page)
    assert ">Lập tài liệu</button>" in text_of(page)
    assert "3 đơn vị" in text_of(page)
    assert "Refresh" not in page
    assert Document.objects.count() == DBTaskResult.objects.count() == 0


def test_from_the_button_through_the_worker_to_the_download(
    client: Client, published: Publication, worker: Any
) -> None:
    assert client.post(XLSX_PAGE)["Location"] == XLSX_PAGE
    waiting = client.get(XLSX_PAGE)
    assert "Tài liệu đang chờ lập" in text_of(waiting)
    assert waiting["Refresh"] == "5"
    assert client.get(XLSX)["Location"] == XLSX_PAGE

    worker()

    ready = client.get(XLSX_PAGE)
    document = Document.objects.get()
    assert "Tài liệu đã sẵn sàng" in text_of(ready)
    assert f'href="{XLSX}"' in text_of(ready)
    assert document.sha256 in text_of(ready)
    assert "Refresh" not in ready
    file = client.get(XLSX)
    content = content_of(file)
    assert hashlib.sha256(content).hexdigest() == document.sha256
    assert cells_of(content) == cells_of(ranking_sheets(PublishedSource(published, published.groups.get())))
    assert file["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert file["Content-Disposition"] == 'attachment; filename="thu-2024-cap-xa.xlsx"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert document.file.name == f"documents/{published.digest}/cap-xa-ranking_xlsx.xlsx"


def test_a_pdf_is_made_the_same_way(client: Client, published: Publication, worker: Any) -> None:
    client.post(PDF_PAGE)
    worker()

    file = client.get(PDF)
    assert content_of(file).startswith(b"%PDF-")
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="thu-2024-cap-xa-xep-hang.pdf"'


def test_reloading_can_be_turned_off(client: Client, published: Publication) -> None:
    client.post(PDF_PAGE)

    page = client.get(PDF_PAGE, {"dung": ""})
    assert "Refresh" not in page
    assert "Xem lại trạng thái" in text_of(page)


def test_asking_twice_makes_one_job_and_one_document(
    client: Client, published: Publication, worker: Any
) -> None:
    for _ in range(3):
        client.post(XLSX_PAGE)
    assert DBTaskResult.objects.count() == 1
    worker()
    client.post(XLSX_PAGE)

    assert DBTaskResult.objects.count() == 1
    assert Document.objects.get().state == DocumentState.READY


def test_a_job_that_runs_twice_leaves_a_ready_document_alone(
    client: Client, published: Publication, worker: Any
) -> None:
    client.post(XLSX_PAGE)
    worker()
    before = Document.objects.values().get()
    render_document.enqueue(before["id"])
    worker()

    assert Document.objects.values().get() == before
    assert default_storage.listdir(f"documents/{published.digest}")[1] == ["cap-xa-ranking_xlsx.xlsx"]


def test_a_machine_without_pango_says_so_and_the_document_can_be_asked_for_again(
    client: Client, published: Publication, worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "assessments.documents.engine", raising=False)
        patch.setitem(sys.modules, "weasyprint", None)
        client.post(PDF_PAGE)
        worker()

    page = client.get(PDF_PAGE)
    assert "Máy chủ chưa có thư viện để lập tệp PDF." in text_of(page)
    assert ">Lập lại tài liệu</button>" in text_of(page)
    assert client.get(PDF)["Location"] == PDF_PAGE
    client.post(PDF_PAGE)
    worker()
    assert Document.objects.get().error == ""
    assert content_of(client.get(PDF)).startswith(b"%PDF-")


def test_an_unforeseen_failure_is_told_in_vietnamese_and_kept_for_the_operator(
    client: Client, published: Publication, worker: Any, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "day").write_text("Không phải thư mục.")
    keep_files_in(settings, tmp_path / "day" / "files")
    client.post(XLSX_PAGE)
    worker()

    document = Document.objects.get()
    assert document.state == DocumentState.FAILED
    assert "Việc lập tài liệu bị ngắt giữa chừng." in text_of(client.get(XLSX_PAGE))
    assert "NotADirectoryError" in DBTaskResult.objects.get().traceback


def test_a_job_lost_with_its_worker_can_be_asked_for_again(
    client: Client, published: Publication, worker: Any
) -> None:
    lost = timezone.now() - GIVEN_UP_AFTER - dt.timedelta(seconds=1)
    Document.objects.create(
        published_group=published.groups.get(),
        kind=DocumentKind.RANKING_XLSX,
        state=DocumentState.RUNNING,
        requested_at=lost,
        started_at=lost,
    )

    assert ">Lập lại tài liệu</button>" in text_of(client.get(XLSX_PAGE))
    client.post(XLSX_PAGE)
    worker()
    assert content_of(client.get(XLSX)).startswith(b"PK")


def test_a_running_job_is_not_asked_for_again(client: Client, published: Publication) -> None:
    now = timezone.now()
    Document.objects.create(
        published_group=published.groups.get(),
        kind=DocumentKind.RANKING_XLSX,
        state=DocumentState.RUNNING,
        requested_at=now,
        started_at=now,
    )
    client.post(XLSX_PAGE)

    assert "Đang lập tài liệu" in text_of(client.get(XLSX_PAGE))
    assert DBTaskResult.objects.count() == 0


def test_a_file_missing_from_the_storage_can_be_made_again(
    client: Client, published: Publication, worker: Any
) -> None:
    client.post(XLSX_PAGE)
    worker()
    default_storage.delete(Document.objects.get().file.name)

    assert client.get(XLSX)["Location"] == XLSX_PAGE
    assert ">Lập lại tài liệu</button>" in text_of(client.get(XLSX_PAGE))
    client.post(XLSX_PAGE)
    worker()
    assert content_of(client.get(XLSX)).startswith(b"PK")


def test_nothing_is_found_of_an_unpublished_round(client: Client) -> None:
    small_round()

    assert {client.get(address).status_code for address in (PDF, PDF_PAGE, XLSX, XLSX_PAGE)} == {404}
    assert client.post(PDF_PAGE).status_code == 404
    assert Document.objects.count() == 0


def test_documents_of_a_withdrawn_publication_are_not_found(
    client: Client, published: Publication, worker: Any
) -> None:
    client.post(XLSX_PAGE)
    worker()
    client.post(PDF_PAGE)
    withdraw(published, reason="Sai số liệu", by=BY)
    worker()

    assert {client.get(address).status_code for address in (PDF, PDF_PAGE, XLSX, XLSX_PAGE)} == {404}
    assert "thay thế hoặc thu hồi" in Document.objects.get(kind=DocumentKind.RANKING_PDF).error


def test_a_new_publication_has_documents_of_its_own(
    client: Client, published: Publication, worker: Any
) -> None:
    client.post(XLSX_PAGE)
    worker()
    round = published.round
    again = Built(round, round.groups.get(), round.organiser)
    publish_round(again, number="9/QĐ-UBND", reason="Sửa số liệu")

    assert client.get(XLSX)["Location"] == XLSX_PAGE
    assert "Tài liệu này chưa được lập" in text_of(client.get(XLSX_PAGE))


def test_a_draft_of_a_large_group_is_made_after_publication(client: Client, settings: Any) -> None:
    built = small_round()
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=built.organiser)
    client.force_login(user)

    assert client.get(PDF)["Location"] == f"{PDF_PAGE}?ban=du-kien"
    page = client.get(f"{PDF_PAGE}?ban=du-kien")
    assert "Tài liệu của nhóm này được lập sau khi công bố" in text_of(page)
    assert "nhóm này có 3 đơn vị" in text_of(page)
    assert "<form method" not in text_of(page).partition("<main")[2]
    assert client.post(PDF_PAGE).status_code == 200
    assert Document.objects.count() == 0
    settings.DOCUMENT_DRAFT_UNITS = 3
    assert client.get(f"{PDF}?ban=du-kien")["Content-Type"] == "application/pdf"


def test_the_button_needs_its_token(published: Publication) -> None:
    assert Client(enforce_csrf_checks=True).post(XLSX_PAGE).status_code == 403


def test_pages_and_downloads_take_few_queries(
    client: Client, published: Publication, worker: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        client.get(XLSX_PAGE)
    client.post(XLSX_PAGE)
    with django_assert_num_queries(4):
        client.get(XLSX_PAGE)
    worker()
    with django_assert_num_queries(4):
        content_of(client.get(XLSX))
