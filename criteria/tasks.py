"""Jobs of this app: workbooks that take longer to read than a request may. Run by `manage.py db_worker`."""

import re

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from criteria.enums import ReadingState
from criteria.models import Reading
from criteria.workbooks.attempt import Attempt, attempt
from criteria.workbooks.files import rows_in
from criteria.workbooks.kept import KEPT_FOR
from parindex.accounts.models import User

BROKEN_OFF = (
    "Việc đọc tệp bị ngắt giữa chừng; chưa có gì được lưu. Bấm “Đọc tệp” để đọc lại; nếu vẫn không được, "
    "báo người quản trị máy chủ, cùng giờ gửi tệp."
)
GONE = "Tệp đã gửi không còn được giữ. Chọn lại tệp."


def is_large(content: bytes, filename: str) -> bool:
    """Whether the file takes longer to read than a request may. Raises WorkbookRefused at a glance."""
    rows = rows_in(content, filename)
    return len(content) > settings.FRAMEWORK_INLINE_BYTES or rows > settings.FRAMEWORK_INLINE_ROWS


def survey_codes(written: str) -> list[str]:
    """Codes of leaves that the survey scores, from the words of the form's field."""
    return [code for code in re.split(r"\s*[,;]\s*", written) if code]


@transaction.atomic
def request_reading(*, owner: User, place: str, file_name: str, rows: int, given: dict[str, str]) -> Reading:
    """Have a kept file read by the job worker; pressing twice asks once. Old readings go with their files."""
    now = timezone.now()
    own = Reading.objects.filter(owner=owner).defer("outcome")
    Reading.objects.filter(requested_at__lt=now - KEPT_FOR).delete()
    for known in own.filter(place=place):
        if known.is_under_way and known.given == given:
            return known
    reading = Reading.objects.create(
        owner=owner,
        file_name=file_name,
        place=place,
        given=given,
        rows=rows,
        requested_at=now,
    )
    read_workbook.enqueue(reading.pk)
    return reading


@task()
def read_workbook(reading_id: int) -> None:
    """Read a workbook that waits and keep what came of it; in any other state it is left alone."""
    started = timezone.now()
    waiting = Reading.objects.filter(pk=reading_id, state=ReadingState.WAITING)
    if not waiting.update(state=ReadingState.RUNNING, started_at=started):
        return
    mine = Reading.objects.filter(pk=reading_id, state=ReadingState.RUNNING, started_at=started)
    try:
        outcome = _outcome(Reading.objects.get(pk=reading_id)).as_data()
    except BaseException:  # also when the worker is told to stop at once
        mine.update(state=ReadingState.FAILED, finished_at=timezone.now())
        raise
    mine.update(state=ReadingState.READY, finished_at=timezone.now(), outcome=outcome)


def _outcome(reading: Reading) -> Attempt:
    if not default_storage.exists(reading.place):
        return Attempt(refusal=GONE, about="file")
    with default_storage.open(reading.place) as file:
        content = file.read()

    def told(rows: int) -> None:
        Reading.objects.filter(pk=reading.pk).update(rows_read=rows)

    done = attempt(
        content,
        reading.file_name,
        sheet=reading.given.get("sheet") or None,
        survey_leaves=survey_codes(reading.given.get("survey_leaves", "")),
        progress=told,
    )
    told(reading.rows)
    return done
