"""Sources of several leaves and the survey block, in the browser: rights, refusals, undoing, queries."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from criteria.editing import add_survey_block, remove_survey_block, set_sources, undo
from criteria.enums import Source
from criteria.exceptions import CriteriaError
from criteria.models import Framework
from criteria.workflow import activate
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.criteria import FrameworkFactory, grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Framework:
    framework = FrameworkFactory()
    grow(framework, {"1.1.1": "4", "1.2": "2", "2.1": "6"})
    return framework


def member(framework: Framework, role: Role, *, elsewhere: bool = False) -> User:
    user = UserFactory()
    issuer = OrganiserFactory() if elsewhere else framework.decision.issuer
    Membership.objects.create(user=user, role=role, organiser=issuer)
    return user


@pytest.fixture
def manager(client: Client, draft: Framework) -> User:
    user = member(draft, Role.FRAMEWORK_MANAGER)
    client.force_login(user)
    return user


def page(framework: Framework) -> str:
    return reverse("criteria:sources", args=[framework.pk])


def block_page(framework: Framework) -> str:
    return reverse("criteria:survey_block", args=[framework.pk])


def test_several_leaves_get_a_source_at_once_and_it_is_undone(
    client: Client, draft: Framework, manager: User
) -> None:
    answer = client.post(page(draft), {"leaves": ["1.1.1", "2.1"], "source": "survey"}, follow=True)

    assert "Đã đặt nguồn điểm “Điều tra xã hội học” cho 2 mục." in answer.content.decode()
    surveyed = draft.criteria.filter(source=Source.SURVEY).values_list("code", flat=True)
    assert set(surveyed) == {"1.1.1", "2.1"}
    step = draft.steps.get()
    assert step.what == "đặt nguồn điểm 2 mục: Điều tra xã hội học"
    assert Event.objects.filter(verb="đặt nguồn điểm").count() == 1
    undo(step, by=COMMAND_LINE)
    assert not draft.criteria.filter(source=Source.SURVEY).exists()


def test_the_survey_block_is_added_taken_out_and_put_back(
    client: Client, draft: Framework, manager: User
) -> None:
    added = client.post(block_page(draft), {"block_title": "Điều tra", "block_points": "30"}, follow=True)
    assert "Điều tra: <strong>30 điểm</strong>" in added.content.decode()
    assert draft.criteria.get(is_survey_block=True).max_points == Decimal(30)
    assert (
        "Ngoài bảng tiêu chí" in client.get(reverse("criteria:framework", args=[draft.pk])).content.decode()
    )

    client.post(block_page(draft), {"bo": "1"})
    assert not draft.criteria.filter(is_survey_block=True).exists()
    assert Event.objects.get(verb="bỏ khối điều tra xã hội học").before == {
        "title": "Điều tra",
        "points": "30",
    }
    undo(draft.steps.latest("pk"), by=COMMAND_LINE)
    assert draft.criteria.filter(is_survey_block=True).count() == 1
    again = client.post(block_page(draft), {"bo": "1"})
    assert (again.status_code, client.post(block_page(draft), {"bo": "1"}).status_code) == (302, 409)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"source": "survey"}, "Chọn ít nhất một mục chấm điểm."),
        ({"leaves": ["1.2"]}, "Chọn nguồn điểm."),
        ({"leaves": ["9.9"], "source": "survey"}, "Cây tiêu chí vừa đổi."),
        ({"leaves": ["1"], "source": "survey"}, "Cây tiêu chí vừa đổi."),
    ],
)
def test_a_mistake_is_said_and_nothing_is_kept(
    client: Client, draft: Framework, manager: User, sent: dict[str, Any], said: str
) -> None:
    answer = client.post(page(draft), sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ("checked" in answer.content.decode()) == ("1.2" in sent.get("leaves", []))
    assert not draft.steps.exists()


@pytest.mark.parametrize(("points", "said"), [("", "Ghi điểm"), ("0", "lớn hơn 0"), ("ba mươi", "ba mươi")])
def test_a_block_needs_points(
    client: Client, draft: Framework, manager: User, points: str, said: str
) -> None:
    answer = client.post(block_page(draft), {"block_title": "Điều tra", "block_points": points})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not draft.steps.exists()


def test_verbs_refuse_what_cannot_be(draft: Framework) -> None:
    with pytest.raises(CriteriaError, match="ít nhất một mục"):
        set_sources(draft, [], Source.SURVEY, by=COMMAND_LINE)
    with pytest.raises(CriteriaError, match="Mục 1 không phải"):
        set_sources(draft, ["1"], Source.SURVEY, by=COMMAND_LINE)
    with pytest.raises(CriteriaError, match="không còn khối"):
        remove_survey_block(draft, by=COMMAND_LINE)
    add_survey_block(draft, title="Điều tra", points=Decimal(30), by=COMMAND_LINE)
    with pytest.raises(CriteriaError, match="đã có khối"):
        add_survey_block(draft, title="Điều tra", points=Decimal(30), by=COMMAND_LINE)
    assert draft.steps.count() == 1


@pytest.mark.parametrize(
    ("role", "elsewhere", "status"),
    [
        (Role.FRAMEWORK_MANAGER, False, 200),
        (Role.PUBLISHER, False, 403),
        (Role.AUDITOR, False, 403),
        (Role.FRAMEWORK_MANAGER, True, 404),
        (None, False, 302),
    ],
)
def test_only_the_issuers_manager_changes_sources(
    client: Client, draft: Framework, role: Role | None, elsewhere: bool, status: int
) -> None:
    if role:
        client.force_login(member(draft, role, elsewhere=elsewhere))

    assert client.get(page(draft)).status_code == status
    sent = client.post(page(draft), {"leaves": ["1.2"], "source": "survey"}).status_code
    assert sent == (302 if status == 200 else status)
    block = client.post(block_page(draft), {"block_title": "Điều tra", "block_points": "30"}).status_code
    assert block == (302 if status == 200 else status)
    assert draft.steps.count() == (2 if status == 200 else 0)


def test_in_force_nothing_changes(client: Client, draft: Framework, manager: User) -> None:
    activate(draft, by=COMMAND_LINE)

    assert client.get(page(draft)).status_code == 409
    assert client.post(page(draft), {"leaves": ["1.2"], "source": "survey"}).status_code == 409
    assert client.post(block_page(draft), {"block_title": "Đ", "block_points": "30"}).status_code == 409
    assert client.get(block_page(draft)).status_code == 405


@pytest.mark.parametrize("leaves", [3, 60])
def test_the_page_asks_the_same_few_queries(
    client: Client, manager: User, draft: Framework, django_assert_num_queries: Any, leaves: int
) -> None:
    other = FrameworkFactory(decision__issuer=draft.decision.issuer)
    grow(other, {f"1.{place}": "1" for place in range(1, leaves + 1)})

    with django_assert_num_queries(8):
        assert client.get(page(other)).status_code == 200
