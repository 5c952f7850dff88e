"""What a unit's officer does over HTTP, as pages do it: scores saved, pages opened, evidence brought."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, cycle

from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessments.enums import AssessmentState
from assessments.models import Assessment
from criteria.enums import Source
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.evidence_files import pdf
from tests.bench.population import GROUP_CODE, round_code, unit_code
from tests.bench.server import Served
from tests.bench.wire import Wire

TOKEN = "bench" * 6 + "ab"
POINTS = ("0", "0,25")
WRITERS = 8
SAVES_EACH = 30
EVIDENCE_BYTES = 5 * 1024 * 1024
BOUNDARY = "the-bench-and-nothing-else"


@dataclass(slots=True)
class Writer:
    """One officer with the rows of their unit's file, saved in turns again and again."""

    session: str
    file: str
    content: str
    evidence: str
    rows: Sequence[tuple[str, str]]
    versions: dict[str, int] = field(default_factory=dict)
    turn: Iterator[tuple[str, str]] = field(init=False)
    pieces: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.turn = cycle(self.rows)

    def form(self) -> tuple[str, dict[str, str]]:
        """The address of the next row and what is sent to it."""
        address, prefix = next(self.turn)
        version = self.versions.get(prefix, 0)
        self.versions[prefix] = version + 1
        return address, {
            f"{prefix}-version": str(version),
            f"{prefix}-points": POINTS[version % len(POINTS)],
            f"{prefix}-reason": "Theo báo cáo số 12/BC-UBND",
        }

    def headers(self) -> dict[str, str]:
        """What a signed-in browser sends."""
        return {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
        }

    def save(self, client: Wire) -> None:
        """Save the next row. Raises ServerError for an answer that is not a saved row."""
        address, form = self.form()
        client.post(address, form, {**self.headers(), "HX-Request": "true"})

    def bring(self, client: Wire) -> None:
        """Bring a file of evidence that the unit has not yet."""
        head = f"Content-Disposition: form-data; name=files; filename=bao-cao-{next(self.pieces)}.pdf"
        content = pdf(head).ljust(EVIDENCE_BYTES) + b"\n%%EOF\n"
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        start = f"--{BOUNDARY}\r\n{head}\r\nContent-Type: application/pdf\r\n\r\n"
        end = f"\r\n--{BOUNDARY}--\r\n"
        client.upload(self.evidence, start.encode() + content + end.encode(), {**self.headers(), **kind})


def writer_of(size: int, number: int) -> Writer:
    """An officer of the nth unit in the round of this size, whose file is opened for self-scoring."""
    files = Assessment.objects.select_related("group__framework", "unit")
    file = files.get(group__round__code=round_code(size), unit_code=unit_code(number))
    Assessment.objects.filter(pk=file.pk).update(state=AssessmentState.DRAFT)
    user = User.objects.create(username=f"can-bo-{size}-{number}", full_name="Cán bộ Đo")
    Membership.objects.create(user=user, role=Role.UNIT_OFFICER, unit=file.unit)
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    leaves = file.group.used_framework.criteria.filter(is_leaf=True, source=Source.SELF)
    where = (round_code(size), GROUP_CODE, file.unit_code)
    rows = [
        (reverse("assessments:save_row", args=[*where, leaf.code.split(".")[0], leaf.code]), f"m{leaf.pk}")
        for leaf in leaves.filter(max_points__gte="0.25").order_by("position")
    ]
    return Writer(
        session=browser.cookies[settings.SESSION_COOKIE_NAME].value,
        file=reverse("assessments:own_file", args=where),
        content=reverse("assessments:own_content", args=[*where, "1"]),
        evidence=reverse("assessments:leaf_evidence", args=[*where, leaves.earliest("position").code]),
        rows=rows,
    )


def together(writers: Sequence[Writer], served: Served, rounds: int) -> list[int]:
    """Every writer saves on a connection of its own at the same time, some rounds of it.

    Nanoseconds that one of all saves took on the whole, for each round; one more, before, does not count.
    """
    clients = [served.another_client() for _ in writers]

    def work(writer: Writer, client: Wire) -> None:
        for _ in range(SAVES_EACH):
            writer.save(client)

    elapsed = []
    with ThreadPoolExecutor(len(writers)) as pool:
        for _ in range(rounds + 1):
            start = time.perf_counter_ns()
            list(pool.map(work, writers, clients))
            elapsed.append((time.perf_counter_ns() - start) // (len(writers) * SAVES_EACH))
    for client in clients:
        client.close()
    return elapsed[1:]
