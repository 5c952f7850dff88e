"""The list of frameworks: filters, order, the file to take away, and the same few queries."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from criteria.models import Framework
from criteria.versions import copy_as_draft
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from parindex.audit.events import COMMAND_LINE as BY
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory, UserFactory
from tests.factories.criteria import DecisionFactory, FrameworkInForceFactory

pytestmark = pytest.mark.django_db
LIST = "/bo-tieu-chi/"
QUERIES = 3


def make(number: str, issued: dt.date, issuer: str, unit_type: str) -> Framework:
    return FrameworkInForceFactory(
        decision=DecisionFactory(number=number, issued=issued, issuer=OrganiserFactory(name=issuer)),
        unit_type=UnitTypeFactory(name=unit_type),
        title=f"Bộ tiêu chí {unit_type}",
    )


@pytest.fixture
def three() -> list[Framework]:
    return [
        make("10/QĐ-UBND", dt.date(2023, 5, 4), "Tỉnh Lai Châu", "Huyện"),
        make("2/QĐ-UBND", dt.date(2024, 1, 5), "Tỉnh Đồng Nai", "Xã"),
        make("7/QĐ-UBND", dt.date(2022, 9, 1), "Tỉnh Bắc Kạn", "Xã"),
    ]


def titles(client: Client, query: str = "") -> list[str]:
    page = client.get(LIST + query).context["page"]
    return [one.decision.number.split("/")[0] for one in page]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["2", "10", "7"]),
        ("?xep=-moi", ["7", "10", "2"]),
        ("?xep=co-quan", ["7", "2", "10"]),
        ("?loai=Xã", ["2", "7"]),
        ("?nam=2023", ["10"]),
        ("?co-quan=Tỉnh Đồng Nai", ["2"]),
        ("?trang-thai=in_force&nam=2022", ["7"]),
        ("?trang-thai=none", []),
        ("?tim=bo tieu chi huyen", ["10"]),
        ("?tim=7/qd", ["7"]),
        ("?loai=không có", ["2", "10", "7"]),
    ],
)
def test_filters_and_order(client: Client, three: list[Framework], query: str, shown: list[str]) -> None:
    assert titles(client, query) == shown


def test_a_draft_is_found_by_its_state_and_only_by_its_issuers_people(
    client: Client, three: list[Framework]
) -> None:
    copy_as_draft(three[0], decision=three[0].decision, title="", by=BY)
    assert titles(client, "?trang-thai=draft") == []
    manager: User = UserFactory()
    Membership.objects.create(user=manager, role=Role.FRAMEWORK_MANAGER, organiser=three[0].decision.issuer)
    client.force_login(manager)

    answer = client.get(f"{LIST}?trang-thai=draft").content.decode()

    assert "phiên bản&nbsp;2" in answer
    assert "phiên bản&nbsp;1" not in answer


def test_what_is_found_is_taken_away_as_a_workbook(client: Client, three: list[Framework]) -> None:
    answer = client.get(f"{LIST}?loai=Xã&dang=xlsx")

    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:5] == ("Bộ tiêu chí", "Phiên bản", "Loại đơn vị", "Trạng thái", "Số quyết định")
    assert [row[:5] for row in rows[1:]] == [
        ("Bộ tiêu chí Xã", 1, "Xã", "Đang có hiệu lực", "2/QĐ-UBND"),
        ("Bộ tiêu chí Xã", 1, "Xã", "Đang có hiệu lực", "7/QĐ-UBND"),
    ]
    assert "10/QĐ-UBND" not in client.get(f"{LIST}?loai=Xã&dang=csv").content.decode("utf-8-sig")


def test_nothing_found_says_so_and_leads_back(client: Client, three: list[Framework]) -> None:
    page = client.get(f"{LIST}?tim=khong-co").content.decode()

    assert "Không có bộ tiêu chí nào theo điều kiện đang chọn." in page
    assert "Chưa có bộ tiêu chí nào có hiệu lực." not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make(f"{number}/QĐ-UBND", dt.date(2024, 1, 1 + number), f"Tỉnh {number}", f"Loại {number}")

    with django_assert_num_queries(QUERIES):
        assert len(titles(client)) == count
