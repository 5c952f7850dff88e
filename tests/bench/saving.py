"""Saving one score of a unit's own file over HTTP, as the page's script does: one client, then eight."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessments.enums import AssessmentState
from assessments.models import Assessment
from criteria.enums import Source
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.bench.population import GROUP_CODE, round_code, unit_code
from tests.bench.server import PATIENCE_SECONDS, ServerError

TOKEN = "bench" * 6 + "ab"
POINTS = ("0", "0,25")
WRITERS = 8
SAVES_EACH = 40


@dataclass(slots=True)
class Writer:
    """One officer with the rows of their unit's file, saved in turns again and again."""

    session: str
    rows: Sequence[tuple[str, str]]
    versions: dict[str, int] = field(default_factory=dict)
    turn: Iterator[tuple[str, str]] = field(init=False)

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
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "HX-Request": "true",
        }

    def save(self, client: HTTPConnection) -> None:
        """Save the next row. Raises ServerError for an answer that is not a saved row."""
        address, form = self.form()
        client.request("POST", address, urlencode(form), self.headers())
        response = client.getresponse()
        response.read()
        if response.status != 200:
            raise ServerError(f"{address}: {response.status}")


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
    return Writer(browser.cookies[settings.SESSION_COOKIE_NAME].value, rows)


def together(writers: Sequence[Writer], client: HTTPConnection) -> list[int]:
    """Every writer saves on a connection of its own at the same time: nanoseconds for one of all saves."""

    def work(writer: Writer) -> None:
        own = HTTPConnection(client.host, client.port, timeout=PATIENCE_SECONDS)
        for _ in range(SAVES_EACH):
            writer.save(own)
        own.close()

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(work, writers))
        start = time.perf_counter_ns()
        list(pool.map(work, writers))
        elapsed = time.perf_counter_ns() - start
    return [elapsed // (len(writers) * SAVES_EACH)]
