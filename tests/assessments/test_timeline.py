"""Every page of a round says in which step the round is and how many days are left."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.enums import AssessmentState
from assessments.publication import publish
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from parindex.audit.events import COMMAND_LINE
from tests.assessments.evidence_files import keep_files_in
from tests.assessments.people import file_in, someone
from tests.assessments.small_round import small_round
from tests.factories.accounts import UserFactory
from tests.rights.addresses import address
from tests.rights.asking import kept_as_it_was, parts, send
from tests.rights.table import rows
from tests.rights.world import DRAFT, build


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
def test_every_page_of_a_round_shows_its_steps(settings: Any, tmp_path: Path) -> None:
    keep_files_in(settings, tmp_path)
    world = build(DRAFT)
    world.side.round.refresh_from_db()
    asked, without = [], []

    for row in rows():
        name, method, *_ = parts(row.action)
        if method != "GET" or DRAFT not in row.states or row.answer != "200" or "visitor" in row.people:
            continue
        if f"/{world.side.round.code}/" not in address(world, name):
            continue
        with kept_as_it_was(world, row.people[0]) as client:
            response = send(world, row.action, client)
        if response.headers["Content-Type"].startswith("text/html"):
            asked.append(name)
            shown = response.content.decode()
            if not ('class="strip"' in shown and "còn 5 ngày" in shown) and 'class="timeline"' not in shown:
                without.append(name)

    assert without == []
    assert len(asked) > 25


@pytest.mark.django_db
def test_the_strip_says_how_long_the_step_lasts() -> None:
    today = timezone.localdate()
    file = file_in(AssessmentState.DRAFT, until=today)
    officer = signed_in(someone(Role.UNIT_OFFICER, file))
    round = file.group.round
    round.appraisal_until = today + dt.timedelta(days=30)
    round.save()
    page = reverse("assessments:own_file", args=[round.code, file.group.code, file.unit_code])

    def strip() -> str:
        shown = officer.get(page).content.decode()
        return " ".join(shown.partition('class="strip"')[2].partition("</ol>")[0].split())

    assert 'Tự chấm</span> <span class="strip__when">hôm nay là ngày cuối' in strip()

    file.self_scoring_until = today + dt.timedelta(days=7)
    file.save()
    assert "còn 7 ngày" in strip()  # this unit was given more time

    round.self_scoring_until, file.self_scoring_until = today - dt.timedelta(days=1), None
    file.save()
    round.save()
    assert "strip__step--done" in strip()
    assert 'Thẩm định</span> <span class="strip__when">còn 30 ngày' in strip()

    round.self_scoring_until = round.appraisal_until = None
    round.save()
    assert strip() == ""


@pytest.mark.django_db
def test_a_published_ranking_has_no_steps_beside_it_and_the_provisional_one_has() -> None:
    built = small_round()
    built.round.publication_until = timezone.localdate()
    built.round.save()
    conclude(built.group, by=COMMAND_LINE)
    publish(built.round, decision_number="1/QĐ", signed=timezone.localdate(), signer="A", by=COMMAND_LINE)
    publisher = UserFactory()
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=built.organiser)
    page = reverse("assessments:ranking", args=[built.round.code, built.group.code])

    published = signed_in(publisher).get(page).content.decode()
    provisional = signed_in(publisher).get(f"{page}?ban=du-kien").content.decode()

    assert 'class="strip"' not in published
    assert 'class="strip"' in provisional
