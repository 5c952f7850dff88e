"""Who wrote a word is published only where the group's setting said so at the publication."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments.enums import Track
from assessments.models import Assessment, Group, Publication, PublishedGroup, PublishedUnit
from assessments.publication import broken_rows, changed_since, digest, publish, withdraw
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.audit.events import COMMAND_LINE
from tests.assessments.people import someone
from tests.factories.assessments import AssessmentFactory, score

pytestmark = pytest.mark.django_db

CONCLUDED = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}
APPRAISER, OFFICER = "Đỗ Minh Châu", "Lò Thị Hạnh"


def published(*, names: bool) -> Assessment:
    file = AssessmentFactory()
    Group.objects.update(names_appraisers=names)
    score(file, {"1.2": "4"}, track=Track.SELF)
    score(file, CONCLUDED)
    file.scores.filter(track=Track.SELF).update(author_name=OFFICER)
    file.scores.filter(track=Track.CONCLUSION).update(author_name=APPRAISER)
    file.group.refresh_from_db()
    conclude(file.group, by=COMMAND_LINE)
    announce(file)
    # What the group says later changes nothing of what was published.
    Group.objects.update(names_appraisers=not names)
    return Assessment.objects.select_related("group__round").get(pk=file.pk)


def announce(file: Assessment) -> Publication:
    given: dict[str, Any] = {"decision_number": "1/QĐ", "signed": dt.date(2025, 3, 30), "signer": "Chủ tịch"}
    return publish(file.group.round, **given, by=COMMAND_LINE)


def everything_shown(client: Client, file: Assessment) -> dict[str, str]:
    """All that anybody, or the unit, can read of the published unit."""
    code = file.group.round.code
    base = f"/dot/{code}/{file.group.code}/"
    api = f"/api/v1/rounds/{code}/groups/{file.group.code}/units/{file.unit_code}/"
    shown = {path: client.get(path).content.decode() for path in (f"{base}{file.unit_code}/", base)}
    shown["json"] = str(client.get(api).json())
    pdf = client.get(f"{base}{file.unit_code}/phieu.pdf")
    shown["pdf"] = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    book = load_workbook(io.BytesIO(client.get(f"{base}xep-hang.xlsx").content))
    shown["xlsx"] = str([list(row) for sheet in book for row in sheet.values])
    client.force_login(someone(Role.UNIT_OFFICER, file))
    shown["own"] = client.get(f"/ho-so/{code}/{file.group.code}/{file.unit_code}/ket-qua/").content.decode()
    return {key: " ".join(text.split()) for key, text in shown.items()}


def test_nobody_is_named_where_the_group_does_not_name(client: Client) -> None:
    file = published(names=False)

    shown = everything_shown(client, file)

    assert [key for key, text in shown.items() if APPRAISER in text or OFFICER in text] == []
    assert "Người ghi" not in shown["pdf"]
    assert APPRAISER not in str(PublishedUnit.objects.get().scorecard)
    assert file.scores.filter(author_name=APPRAISER).count() == len(CONCLUDED)  # the organiser's own record


def test_where_it_does_the_pages_the_pdf_and_the_data_say_who(client: Client) -> None:
    file = published(names=True)

    shown = everything_shown(client, file)

    assert {key for key, text in shown.items() if APPRAISER in text} >= {"json", "pdf", "own"}
    assert APPRAISER in shown[f"/dot/{file.group.round.code}/{file.group.code}/{file.unit_code}/"]


def test_an_earlier_publication_with_names_in_it_stays_whole_and_shows_none(client: Client) -> None:
    file = published(names=True)
    old = as_frozen_before(Publication.objects.get())

    shown = everything_shown(client, file)

    assert [key for key, text in shown.items() if APPRAISER in text or OFFICER in text] == []
    assert broken_rows(old) == []
    assert changed_since(old) == []


def as_frozen_before(made: Publication) -> Publication:
    """The same publication as it was frozen before headers said whether scorecards name people."""
    group = made.groups.get()
    unit = group.units.get()
    header = {key: value for key, value in group.header.items() if key != "names"}
    assert APPRAISER in str(unit.scorecard)
    withdraw(made, reason="Công bố lại", by=COMMAND_LINE)
    manifest = {group.code: {"header": digest(header), "units": made.manifest[group.code]["units"]}}
    kept: dict[str, Any] = {
        "decision_number": made.decision_number,
        "signed": made.signed,
        "signer": made.signer,
        "published_at": made.published_at,
        "published_by": made.published_by,
    }
    whole = digest([made.decision_number, made.signed.isoformat(), made.signer, manifest])
    old = Publication.objects.create(round=made.round, manifest=manifest, digest=whole, **kept)
    fields = {
        name: getattr(group, name)
        for name in ("group", "code", "name", "position", "units_count", "mean_index", "is_illustrative")
    }
    frozen = PublishedGroup.objects.create(publication=old, header=header, **fields)
    same = {
        name: getattr(unit, name)
        for name in ("unit_code", "unit_name", "position", "row", "scorecard", "digest")
    }
    PublishedUnit.objects.create(group=frozen, **same)
    return old
