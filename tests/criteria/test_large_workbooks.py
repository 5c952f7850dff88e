"""Workbooks too large for a request: handed to the job, its page, and the same dry run at the end."""

import base64
import datetime as dt
import html
import io
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as installed
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from criteria.enums import ReadingState
from criteria.models import Decision, Framework, Reading
from criteria.workbooks.attempt import Attempt, attempt
from criteria.workbooks.files import MAX_BYTES
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, UnitType, User
from tests.criteria.workbooks.makers import xlsx
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory, UserFactory

pytestmark = pytest.mark.django_db

UPLOAD = "/bo-tieu-chi/doc-tu-bang-tinh/"
ROWS = 5000


def large(rows: int = ROWS, noise: int = 0, sheets: tuple[str, ...] = ("Bảng",)) -> bytes:
    """A criteria table of so many rows, with so many bytes in each that do not shrink."""
    book = openpyxl.Workbook(write_only=True)
    for name in sheets:
        sheet = book.create_sheet(name)
        sheet.append(["STT", "Tiêu chí", "Điểm tối đa", "Ghi chú"])
        for content in range(1, rows // 50 + 1):
            sheet.append([str(content), f"Nội dung {content}", 49])
            for number in range(1, 50):
                words = base64.b64encode(os.urandom(noise)).decode() if noise else None
                sheet.append([f"{content}.{number}", f"Tiêu chí {content}.{number}", 1, words])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture
def manager(client: Client) -> User:
    """The framework manager of one organiser, signed in; one kind of unit is known."""
    user: User = UserFactory()
    Membership.objects.create(user=user, role=Role.FRAMEWORK_MANAGER, organiser=OrganiserFactory())
    UnitTypeFactory(code="xa", name="Xã")
    client.force_login(user)
    return user


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


def send(client: Client, content: bytes | None, **given: Any) -> HttpResponse:
    values = {
        "issuer": Membership.objects.earliest("pk").organiser_id,
        "number": "12/QĐ-UBND",
        "issued": "10/07/2024",
        "unit_type": UnitType.objects.get(code="xa").pk,
    } | given
    if content is not None:
        values["file"] = SimpleUploadedFile("bang-lon.xlsx", content)
    return client.post(UPLOAD, values)


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def hidden(answer: HttpResponse) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.content.decode())
    return {name: html.unescape(value) for name, value in found}


def nothing_is_stored() -> bool:
    return not (Framework.objects.exists() or Decision.objects.exists())


def test_5000_rows_go_through_the_worker_to_the_dry_run_and_into_a_draft(
    client: Client, worker: Any, manager: User
) -> None:
    content = large()
    page = send(client, content)["Location"]
    waiting = client.get(page)
    assert "Tệp đang chờ đọc" in text(waiting)
    assert "0 / 5001 dòng đã đọc" in re.sub(r"</?span[^>]*>", "", text(waiting))
    assert waiting["Refresh"] == "3"
    assert "Refresh" not in client.get(f"{page}?dung")
    # Pressing the button again makes no second job.
    assert send(client, content)["Location"] == page
    assert DBTaskResult.objects.count() == 1
    assert nothing_is_stored()

    start = time.process_time()
    worker()
    assert time.process_time() - start < 15

    preview = client.get(page)
    assert "Đọc được 4900 mục chấm điểm, cộng được 4900 điểm" in text(preview)
    assert "Đọc thử, chưa lưu" in text(preview)
    assert nothing_is_stored()
    place = Reading.objects.get().place
    stored = client.post(UPLOAD, hidden(preview) | {"luu": "1"})
    assert stored.status_code == 302
    framework = Framework.objects.get()
    assert (framework.criteria.count(), framework.file_name) == (ROWS, "bang-lon.xlsx")
    assert not Reading.objects.exists()
    assert not default_storage.exists(place)


def test_the_page_says_how_many_rows_are_read(client: Client, manager: User) -> None:
    told: list[int] = []
    attempt(large(2000), "a.xlsx", sheet=None, survey_leaves=(), progress=told.append)
    assert told == [500, 1000, 1500, 2000]

    page = send(client, large(2000))["Location"]
    running = Reading.objects.filter(state=ReadingState.WAITING)
    running.update(state=ReadingState.RUNNING, started_at=timezone.now(), rows_read=told[1])
    answer = re.sub(r"</?span[^>]*>", "", text(client.get(page)))
    assert "1000 / 2001 dòng đã đọc" in answer
    assert "Đang đọc tệp" in answer
    Reading.objects.update(rows_read=2001)
    assert "Đã đọc hết các dòng, đang đối chiếu điểm" in text(client.get(page))


def test_jobs_that_run_at_once_end_at_the_same_page(client: Client, manager: User, settings: Any) -> None:
    """An installation may run its jobs within the request."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.FRAMEWORK_INLINE_ROWS = 100

    answer = send(client, large(150))

    assert "Đọc được 147 mục chấm điểm" in text(client.get(answer["Location"]))


def test_a_large_file_with_two_tables_asks_for_one_and_reads_again(
    client: Client, worker: Any, manager: User, settings: Any
) -> None:
    settings.FRAMEWORK_INLINE_ROWS = 100
    page = send(client, large(100, sheets=("Phụ lục 1", "Phụ lục 2")))["Location"]
    worker()

    asked = client.get(page)
    assert "Tệp có nhiều bảng tiêu chí" in text(asked)
    assert '<option value="Phụ lục 2">Phụ lục 2</option>' in text(asked)
    assert 'value="12/QĐ-UBND"' in text(asked)
    second = send(client, None, **hidden(asked), sheet="Phụ lục 2")["Location"]
    assert second != page
    worker()

    assert "trang “Phụ lục 2”" in text(client.get(second))
    assert nothing_is_stored()


def test_a_file_that_the_job_refuses_says_why_in_the_form(
    client: Client, worker: Any, manager: User, settings: Any
) -> None:
    settings.FRAMEWORK_INLINE_ROWS = 100
    page = send(client, xlsx({"Bảng": [["Nội dung", "Ghi chú"]] * 150}))["Location"]
    worker()

    refused = text(client.get(page))
    assert '<a href="#id_file">Không tìm thấy bảng tiêu chí' in refused
    assert "<title>Lỗi: " in refused
    assert nothing_is_stored()


def test_a_job_that_is_broken_off_or_lost_leaves_nothing_and_can_be_asked_again(
    client: Client, manager: User
) -> None:
    page = send(client, large(2000))["Location"]
    Reading.objects.update(state=ReadingState.FAILED, finished_at=timezone.now())
    broken = client.get(page)
    assert "Việc đọc tệp bị ngắt giữa chừng; chưa có gì được lưu." in text(broken)

    second = send(client, None, **hidden(broken))["Location"]
    assert second != page
    Reading.objects.filter(state=ReadingState.WAITING).update(
        state=ReadingState.RUNNING, started_at=timezone.now() - dt.timedelta(minutes=16)
    )
    assert "bị ngắt giữa chừng" in text(client.get(second))
    assert nothing_is_stored()


def test_a_large_file_waits_until_the_other_fields_are_mended(client: Client, manager: User) -> None:
    refused = send(client, large(2000), number="")
    assert "Ghi số quyết định." in text(refused)
    assert not Reading.objects.exists()

    assert "Location" in send(client, None, kept=hidden(refused)["kept"])


def test_a_reading_is_its_senders_alone(client: Client, manager: User) -> None:
    page = send(client, large(2000))["Location"]
    other: User = UserFactory()
    Membership.objects.create(
        user=other, role=Role.FRAMEWORK_MANAGER, organiser=Membership.objects.earliest("pk").organiser
    )
    client.force_login(other)

    assert client.get(page).status_code == 404
    assert client.post(page).status_code == 405


def test_what_was_read_comes_back_from_its_plain_data() -> None:
    paper = Path(installed.BASE_DIR) / "fixtures" / "dong-trieu-2023.xlsx"
    for content in (paper.read_bytes(), large(100, sheets=("A", "B"))):
        done = attempt(content, "a.xlsx", sheet=None, survey_leaves=())
        assert Attempt.from_data(done.as_data()) == done


READ = """
import sys
from criteria.workbooks.framework_reader import read_framework
with open(sys.argv[1], "rb") as file:
    content = file.read()
print(read_framework(content, filename="a.xlsx").leaves)
# Not what the system says of a child: that counts what the parent had when it started it.
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def test_a_file_of_almost_20_mb_needs_no_more_than_half_a_gigabyte(tmp_path: Path) -> None:
    file = tmp_path / "bang.xlsx"
    file.write_bytes(large(noise=3900))
    assert MAX_BYTES * 9 // 10 < file.stat().st_size < MAX_BYTES
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    read = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", READ, file],
        cwd=installed.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "parindex.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    leaves, kilobytes = map(int, read.stdout.split())
    assert leaves == 4900
    assert after.ru_utime - before.ru_utime < 60
    assert kilobytes < 500 * 1024
