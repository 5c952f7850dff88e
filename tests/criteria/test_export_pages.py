"""Workbooks taken away in the browser: who may, what they hold, how many queries; the empty one."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from criteria.models import Framework
from criteria.rules import RuleKind, rule_of
from criteria.rules.lines import rule_in
from criteria.workbooks.framework_reader import read_framework
from criteria.workbooks.own_columns import RULES
from criteria.workbooks.template import EXAMPLES, ROWS, template_workbook
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.criteria import FrameworkFactory, FrameworkInForceFactory, grow

TEMPLATE = "/bo-tieu-chi/mau-bang-tinh.xlsx"


def address(framework: Framework) -> str:
    return reverse("criteria:export", args=[framework.pk])


@pytest.mark.django_db
def test_a_framework_in_force_is_everybodys_to_take_away(client: Client) -> None:
    framework = FrameworkInForceFactory()

    answer = client.get(address(framework))

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('-2024-v1.xlsx"')
    read = read_framework(answer.content, filename="x.xlsx")
    assert (read.levels, read.computed_total, read.problems) == ((2, 4, 2), Decimal(20), ())
    assert (
        address(framework) in client.get(reverse("criteria:framework", args=[framework.pk])).content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FRAMEWORK_MANAGER, 200),
        (Role.PUBLISHER, 200),
        (Role.AUDITOR, 200),
        (None, 404),
        ("elsewhere", 404),
    ],
)
def test_a_draft_is_its_issuers(client: Client, role: Role | str | None, status: int) -> None:
    framework = FrameworkFactory()
    grow(framework, {"1.1": "2"})
    if role:
        own = framework.decision.issuer if role != "elsewhere" else OrganiserFactory()
        user = UserFactory()
        held = role if role != "elsewhere" else Role.FRAMEWORK_MANAGER
        Membership.objects.create(user=user, role=held, organiser=own)
        client.force_login(user)

    answer = client.get(address(framework))

    assert answer.status_code == status
    if status == 200:
        page = client.get(reverse("criteria:framework", args=[framework.pk])).content.decode()
        assert address(framework) in page


@pytest.mark.django_db
@pytest.mark.parametrize("leaves", [3, 60])
def test_taking_away_asks_the_same_few_queries(
    client: Client, django_assert_num_queries, leaves: int
) -> None:
    framework = FrameworkInForceFactory(rows={f"1.{place}": "1" for place in range(1, leaves + 1)})

    with django_assert_num_queries(2):
        assert client.get(address(framework)).status_code == 200
    assert client.post(address(framework)).status_code == 405


@pytest.mark.django_db
def test_the_template_is_linked_and_handed_out(client: Client) -> None:
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.FRAMEWORK_MANAGER, organiser=OrganiserFactory())
    client.force_login(user)

    assert TEMPLATE in client.get(reverse("criteria:upload")).content.decode()
    assert client.get(TEMPLATE).content[:2] == b"PK"


def test_the_kept_example_of_the_template_is_read_without_a_word() -> None:
    read = read_framework(template_workbook(), filename="mau.xlsx")

    assert read.problems == ()
    assert [row.code for row in read.criteria] == [row[0] for row in ROWS]
    assert (read.declared_total, read.computed_total) == (Decimal(14), Decimal(14))
    assert [row.declared for row in read.criteria[:2]] == [Decimal(6), Decimal(4)]
    kinds = [row[3] for row in ROWS if row[3]]
    assert [row.rule_kind for row in read.criteria if row.is_leaf] == [kind.value for kind in kinds]
    assert [row.code for row in read.criteria if row.source == "survey"] == ["3.1"]


@pytest.mark.parametrize("kind", sorted(RULES.values()))
def test_each_kind_of_rule_is_explained_with_an_example_that_works(kind: RuleKind) -> None:
    rule_of(*rule_in(kind, EXAMPLES[kind][1].splitlines()), Decimal(2))


def test_the_template_offers_words_and_keeps_its_sums() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    sheet = book["Bộ tiêu chí"]

    assert book.sheetnames[:2] == ["Hướng dẫn", "Bộ tiêu chí"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert (sheet["C5"].data_type, sheet["C5"].protection.locked, sheet["C7"].protection.locked) == (
        "f",
        True,
        False,
    )
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert len(lists) == 5
    sheet["A16"], sheet["B16"], sheet["C16"], sheet["D16"] = "3.2", "Nộp báo cáo", 1.5, "Có/không"
    sheet["A17"], sheet["B17"] = None, "Ghi chú của người điền"
    file = io.BytesIO()
    book.save(file)
    read = read_framework(file.getvalue(), filename="mau.xlsx")
    assert read.computed_total == Decimal("15.5")
    assert [problem.kind for problem in read.problems] == ["skipped_row"]
