"""What a decision says of its framework's structure: read, held against the table, kept with the decision."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from criteria.models import DeclaredStructure
from criteria.workbooks.declared import Declared
from criteria.workflow import declare_structure
from parindex.accounts.models import Organiser, User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.criteria.test_upload_pages import SOUND, drafted, manager, organiser, table, upload
from tests.factories.accounts import UnitTypeFactory
from tests.factories.criteria import DecisionFactory

__all__ = ["manager", "organiser"]
pytestmark = pytest.mark.django_db
PASSAGE = """Bộ tiêu chí gồm 2 nội dung, 5 tiêu chí;
thang điểm 23, trong đó điểm thẩm định 20, điểm điều tra xã hội học 3."""


def test_the_preview_shows_what_the_passage_says_and_where_the_table_differs(
    client: Client, organiser: Organiser, manager: User
) -> None:
    page = upload(client, table(SOUND), wording=PASSAGE).content.decode()

    assert "2 nội dung</span>" in page
    assert "điều tra xã hội học 3</span>" in page
    assert "Quyết định ghi 5 tiêu chí, bảng đọc được có 4." in page
    assert "3 con số khác bảng đọc được" in page
    assert not DeclaredStructure.objects.exists()


def test_the_differences_and_the_structure_are_stored_with_the_draft(
    client: Client, organiser: Organiser, manager: User
) -> None:
    framework = drafted(client, table(SOUND), wording=PASSAGE)

    kinds = framework.problems.values_list("kind", "severity")
    assert list(kinds) == [("structure_mismatch", "warning")] * 3
    structure = framework.decision.structures.get()
    assert (structure.contents, structure.criteria, structure.components) == (2, 5, None)
    assert (structure.appraised_max, structure.survey_max, structure.sipas_max) == (
        Decimal(20),
        Decimal(3),
        None,
    )
    assert structure.wording.splitlines() == PASSAGE.splitlines()
    assert Event.objects.filter(verb="ghi cấu trúc theo quyết định").count() == 1
    for address in (reverse("criteria:framework", args=[framework.pk]), reverse("criteria:frameworks")):
        page = client.get(address).content.decode()
        assert "None" not in page
    page = client.get(reverse("criteria:framework", args=[framework.pk])).content.decode()
    assert "Cấu trúc quyết định ghi" in page
    assert "5 tiêu chí</span>" in page


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ("", "Cây tiêu chí sẽ có"),
        ("Ban hành kèm theo Quyết định này bộ tiêu chí.", "Không đọc được con số nào"),
        ("Bộ tiêu chí gồm 2 nội dung, 4 tiêu chí.", "Khớp với bảng đọc được"),
    ],
)
def test_a_passage_may_be_missing_say_nothing_or_agree(
    client: Client, organiser: Organiser, manager: User, passage: str, said: str
) -> None:
    page = upload(client, table(SOUND), wording=passage).content.decode()

    assert said in page
    assert ("Cấu trúc quyết định ghi" in page) == bool(passage)


@pytest.mark.parametrize("held", ["", "9 nội dung"])
def test_a_structure_written_by_hand_stays_and_a_read_one_is_read_anew(held: str) -> None:
    given: dict[str, Any] = {"decision": DecisionFactory(), "unit_type": UnitTypeFactory()}
    DeclaredStructure.objects.create(**given, position=1, contents=9, wording=held)

    declare_structure(*given.values(), Declared(contents=8), wording="8 nội dung", by=COMMAND_LINE)

    structure = DeclaredStructure.objects.get()
    assert (structure.contents, structure.wording) == ((8, "8 nội dung") if held else (9, ""))
