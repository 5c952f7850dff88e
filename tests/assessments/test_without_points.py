"""A unit of which nothing is scored yet is put into no class: not on pages, in no file, by no command."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from assessments.documents.pdf import ranking_annex, unit_report
from assessments.documents.sources import LiveSource
from assessments.enums import Track
from assessments.models import PublishedUnit
from assessments.results.rankings import keep_ranking
from assessments.scorecard import rank_group
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.small_round import SMALL_LEAVES, SMALL_POINTS, Built, build_group, publish_round
from tests.assessments.test_documents import pages_of
from tests.factories.accounts import UserFactory
from tests.factories.assessments import score

pytestmark = pytest.mark.django_db

NOTHING, ZERO = ("",) * len(SMALL_LEAVES), ("0",) * len(SMALL_LEAVES)
WAITS = "Chưa có điểm"


@pytest.fixture
def built() -> Built:
    """A is scored, of B one leaf, of C nothing; D has nought points, which are points."""
    some = (SMALL_POINTS["A"][0], *NOTHING[1:])
    return build_group({"A": SMALL_POINTS["A"], "B": some, "C": NOTHING, "D": ZERO})


@pytest.fixture
def publisher(built: Built, client: Client) -> User:
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=built.organiser)
    client.force_login(user)
    return user


def classes_of(sheet: Any) -> dict[str, str]:
    """The class of each unit, by code, in the first table of a ranking as a workbook."""
    rows = list(sheet.iter_rows(values_only=True))
    column = rows[3].index("Xếp loại")
    return {row[1]: row[column] for row in rows[4:] if row[1]}


def test_the_provisional_ranking_says_so_everywhere(
    built: Built, client: Client, publisher: User, capsys: pytest.CaptureFixture[str]
) -> None:
    base = f"/dot/{built.round.code}/{built.group.code}"
    page = client.get(f"{base}/?xep=loai")
    shown = page.content.decode()
    assert [(row.unit_code, row.class_words) for row in page.context["page"]] == [
        ("A", "Tốt"),
        ("B", "Kém"),
        ("D", "Kém"),
        ("C", WAITS),
    ]
    assert f'data-label="Xếp loại">{WAITS}</td>' in shown
    assert "2 trong 4 đơn vị xếp loại Kém" in shown
    assert "Chưa xếp loại: 1 đơn vị" in shown
    assert [row.unit_code for row in client.get(f"{base}/?loai=Kém").context["page"]] == ["B", "D"]
    assert f"<td>{WAITS}</td>" in client.get(f"/dot/{built.round.code}/cong-bo/").content.decode()

    listed = client.get(f"{base}/?dang=csv").content.decode("utf-8-sig").splitlines()
    assert [WAITS in line for line in listed if line.strip()].count(True) == 1
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{base}/xep-hang.xlsx"))))
    assert classes_of(book.worksheets[0]) == {"A": "Tốt", "B": "Kém", "C": WAITS, "D": "Kém"}
    counted = [row[:3] for row in book["Ghi chú"].iter_rows(values_only=True)]
    assert [units for name, _, units in counted if name in ("Tốt", "Kém", "Chưa xếp loại")] == [1, 2, 1]

    source = LiveSource(built.group)
    unit = source.unit("C")
    assert unit is not None
    assert "Chưa xếp loại Chưa có điểm 1 Cộng 4" in " ".join(pages_of(ranking_annex(source)))
    assert f"Xếp loại {WAITS}" in " ".join(pages_of(unit_report(unit, None)))

    call_command("rank", "--round", built.round.code, "--json")
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    assert {row["unit"]: row["class"] for row in group["units"]} == {
        "A": "Tốt",
        "B": "Kém",
        "C": None,
        "D": "Kém",
    }
    assert group["classes"] == {"Tốt": 1, "Kém": 2}


def test_numbers_and_ranks_are_as_they_were_and_a_first_class_is_no_change(
    built: Built, client: Client, publisher: User
) -> None:
    rows = {unit.unit_code: unit for unit in rank_group(built.group).units}
    assert [(str(rows[code].index), rows[code].rank, rows[code].unscored) for code in "CD"] == [
        ("0.00", 3, 5),
        ("0.00", 3, 0),
    ]
    keep_ranking(built.group, name="Trước", by=publisher)
    score(built.group.assessments.get(unit_code="C"), {"1.1.1": "5"}, track=Track.CONCLUSION)

    page = client.get(f"/dot/{built.round.code}/{built.group.code}/")

    assert page.context["comparison"]["summary"].classes == 0
    assert WAITS not in page.content.decode()


def test_what_is_published_has_every_class(built: Built, client: Client) -> None:
    for code in "BC":
        score(built.group.assessments.get(unit_code=code), dict.fromkeys(SMALL_LEAVES, "0"))
    publish_round(built)

    assert set(PublishedUnit.objects.values_list("row__class", flat=True)) == {"Tốt", "Kém"}
    round, group = built.round.code, built.group.code
    base = f"/dot/{round}/{group}"
    for address in (f"{base}/", f"/api/v1/rounds/{round}/groups/{group}/ranking/"):
        shown = client.get(address).content.decode()
        assert "Kém" in shown
        assert WAITS not in shown
        assert "Chưa xếp loại" not in shown
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{base}/xep-hang.xlsx"))))
    assert "Chưa xếp loại" not in [row[0] for row in book["Ghi chú"].iter_rows(values_only=True)]
