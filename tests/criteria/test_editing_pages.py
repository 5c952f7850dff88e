"""The framework manager changes a draft, tries rules and starts versions in the browser; nobody else does."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from criteria.models import Criterion, Framework
from criteria.versions import copy_as_draft
from criteria.workflow import activate
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, User
from parindex.audit.events import COMMAND_LINE as BY
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.criteria import SMALL_TREE, FrameworkFactory, FrameworkInForceFactory, grow

pytestmark = pytest.mark.django_db
OK, FOUND, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, CONFLICT = 200, 302, 403, 404, 422, 409


@pytest.fixture
def draft() -> Framework:
    framework = FrameworkFactory()
    grow(framework, SMALL_TREE)
    return framework


def person(role: Role, organiser: Organiser) -> User:
    user: User = UserFactory()
    Membership.objects.create(user=user, role=role, organiser=organiser)
    return user


@pytest.fixture
def manager(draft: Framework, client: Client) -> User:
    user = person(Role.FRAMEWORK_MANAGER, draft.decision.issuer)
    client.force_login(user)
    return user


def row(framework: Framework, code: str) -> Criterion:
    return framework.criteria.get(code=code)


def at(name: str, framework: Framework, code: str = "") -> str:
    keys = [framework.pk, row(framework, code).pk] if code else [framework.pk]
    return reverse(f"criteria:{name}", args=keys)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def said(framework: Framework, leaf: str, **changes: str) -> dict[str, str]:
    one = row(framework, leaf)
    held = {
        "code": one.code,
        "title": one.title,
        "max_points": str(one.max_points),
        "evidence_required": "on",
    }
    choices = {"source": one.source, "standing": one.standing, "not_applicable_mode": one.not_applicable_mode}
    return held | choices | {"evidence_required": "on"} | changes


@pytest.mark.usefixtures("manager")
def test_a_leaf_is_changed_and_the_sums_follow(client: Client, draft: Framework) -> None:
    response = client.post(at("criterion", draft, "1.1.1"), said(draft, "1.1.1", max_points="4,25"))

    assert response.status_code == FOUND
    assert row(draft, "1.1.1").max_points == Decimal("4.25")
    assert row(draft, "1").max_points == Decimal("10.25")


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_points": "4,2,5"}, "4,2,5"),
        ({"max_points": "-1"}, "không được âm"),
        ({"title": " "}, "Ghi tên mục."),
        ({"code": "1.2"}, "Mã 1.2 đã có"),
    ],
)
def test_a_mistake_keeps_what_was_typed_and_stores_nothing(
    client: Client, draft: Framework, changes: dict[str, str], message: str
) -> None:
    response = client.post(at("criterion", draft, "1.1.1"), said(draft, "1.1.1", lead="Sở Nội vụ", **changes))

    assert response.status_code == UNPROCESSABLE
    assert message in text(response)
    assert 'value="Sở Nội vụ"' in text(response)
    assert row(draft, "1.1.1").lead == ""


@pytest.mark.usefixtures("manager")
def test_a_rule_is_typed_line_by_line_and_comes_back_as_typed(client: Client, draft: Framework) -> None:
    lines = "Ban hành đúng hạn: 4\r\nChậm dưới 10 ngày: 50 %\r\nKhông ban hành: 0"

    response = client.post(at("rule", draft, "1.1.1"), {"cach": "levels", "levels": lines})

    assert response.status_code == FOUND
    stored = row(draft, "1.1.1")
    assert stored.rule_kind == "levels"
    assert stored.rule_parameters["levels"][1] == {"name": "Chậm dưới 10 ngày", "amount": {"percent": "50"}}
    page = client.get(at("criterion", draft, "1.1.1")).content.decode()
    assert "Ban hành đúng hạn: 4\nChậm dưới 10 ngày: 50 %\nKhông ban hành: 0" in page


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("data", "kind", "parameters"),
    [
        (
            {"cach": "steps", "steps": "từ 90: 4\ntrên 70 %: 2", "base": "0"},
            "steps",
            {
                "steps": [
                    {"bound": "70", "boundary": "below", "amount": "2"},
                    {"bound": "90", "boundary": "above", "amount": "4"},
                ],
                "base": "0",
            },
        ),
        ({"cach": "ratio", "floor": "50"}, "ratio", {"floor": "50"}),
        ({"cach": "count", "unit_points": "0,5"}, "count", {"unit_points": "0.5"}),
        (
            {"cach": "yes_no", "knocks_out": "on"},
            "knock_out",
            {"inner": {"kind": "yes_no"}},
        ),
    ],
)
def test_each_kind_is_stored_as_the_kernel_takes_it(
    client: Client, draft: Framework, data: dict[str, str], kind: str, parameters: Any
) -> None:
    assert client.post(at("rule", draft, "1.1.1"), data).status_code == FOUND

    stored = row(draft, "1.1.1")
    assert (stored.rule_kind, stored.rule_parameters) == (kind, parameters)
    assert client.get(at("criterion", draft, "1.1.1")).status_code == OK


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"cach": "levels", "levels": "Đúng hạn 4"}, "Dòng 1: ghi theo mẫu"),
        ({"cach": "levels", "levels": "Đúng hạn: 4\nChậm: hai"}, "Dòng 2"),
        ({"cach": "levels", "levels": "Đúng hạn: 5"}, "Theo mức"),
        ({"cach": "steps", "steps": "90: 4"}, "bắt đầu bằng “từ”"),
        ({"cach": "count", "unit_points": ""}, "Ghi điểm cho mỗi đơn vị đếm."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_line(
    client: Client, draft: Framework, data: dict[str, str], message: str
) -> None:
    response = client.post(at("rule", draft, "1.1.1"), data)

    assert response.status_code == UNPROCESSABLE
    assert message in text(response)
    assert row(draft, "1.1.1").rule_kind == "manual"


@pytest.mark.usefixtures("manager")
def test_a_rule_is_tried_with_its_working(client: Client, draft: Framework) -> None:
    client.post(at("rule", draft, "1.1.1"), {"cach": "ratio"})

    page = text(client.get(at("trial", draft, "1.1.1"), {"numerator": "41", "denominator": "50"}))

    assert "41/50 = 82 %; 41/50 × 4,00 = 3,28" in page
    assert "3,28 <small>/ 4,00 điểm</small>" in page


@pytest.mark.usefixtures("manager")
def test_facts_that_cannot_be_are_refused_at_their_field(client: Client, draft: Framework) -> None:
    client.post(at("rule", draft, "1.1.1"), {"cach": "ratio"})

    response = client.get(at("trial", draft, "1.1.1"), {"numerator": "41", "denominator": "0"})

    assert response.status_code == UNPROCESSABLE
    assert "Chưa tính được điểm" in text(response)


@pytest.mark.usefixtures("manager")
def test_a_leaf_is_split_moved_and_taken_out_and_all_is_undone(client: Client, draft: Framework) -> None:
    before = list(draft.criteria.order_by("position").values_list("code", "max_points"))

    client.post(at("add_below", draft, "1.2"), {"new_title": "Đúng hạn", "new_points": "1,5"})
    place = f"truoc-{row(draft, '2.1').pk}"
    client.post(at("move_criterion", draft, "1.2"), {"place": place})
    assert row(draft, "1.2").parent == row(draft, "2")
    client.post(at("remove_criterion", draft, "2.1"))

    assert not draft.criteria.filter(code="2.1").exists()
    first = draft.steps.order_by("pk").first()
    assert first is not None
    assert "chuyển mục 1.2" in text(client.get(at("steps", draft))).lower()
    client.post(at("steps", draft), {"buoc": first.pk})

    assert list(draft.criteria.order_by("position").values_list("code", "max_points")) == before


@pytest.mark.usefixtures("manager")
def test_a_new_content_comes_last(client: Client, draft: Framework) -> None:
    assert client.get(at("add_content", draft)).status_code == OK
    data = {"new_title": "Chuyển đổi số", "new_points": "12,5"}

    assert client.post(at("add_content", draft), data).status_code == FOUND

    last = draft.criteria.order_by("position").last()
    assert last is not None
    assert (last.code, last.title, last.max_points) == ("3", "Chuyển đổi số", Decimal("12.5"))


def test_a_version_starts_as_a_copy_and_is_compared_and_threaded(client: Client) -> None:
    first = FrameworkInForceFactory()
    client.force_login(person(Role.FRAMEWORK_MANAGER, first.decision.issuer))
    data = {"decision": first.decision_id, "title": "Bộ tiêu chí sửa đổi"}

    assert client.post(at("new_version", first), data).status_code == FOUND
    second = Framework.objects.get(title="Bộ tiêu chí sửa đổi")
    assert "Không khác phiên bản trước" in text(client.get(at("comparison", second)))
    client.post(at("remove_criterion", second, "1.1.1"))
    client.post(at("add_below", second, "1.1"), {"new_title": "Tiêu chí 1.1.1", "new_points": "4"})
    page = text(client.get(at("comparison", second)))

    assert "Nối 1 mục với phiên bản trước" in page
    new = second.criteria.get(title="Tiêu chí 1.1.1")
    client.post(at("comparison", second), {f"muc_{new.pk}": row(first, "1.1.1").pk})
    new.refresh_from_db()
    assert new.lineage == row(first, "1.1.1").lineage


def test_a_thread_is_let_go_and_taken_up_again_on_the_page_of_its_criterion(client: Client) -> None:
    first = FrameworkInForceFactory()
    client.force_login(person(Role.FRAMEWORK_MANAGER, first.decision.issuer))
    second = copy_as_draft(first, decision=first.decision, title="", by=BY)
    new, old = row(second, "1.1.1"), row(first, "1.1.1")
    page = text(client.get(at("criterion", second, "1.1.1")))
    assert "Nối với phiên bản trước" in page
    assert f'<option value="{old.pk}" selected>' in page

    let_go = client.post(at("comparison", second), {"mot": new.pk, f"muc_{new.pk}": ""})
    assert let_go["Location"] == at("criterion", second, "1.1.1")
    new.refresh_from_db()
    assert new.lineage != old.lineage
    client.post(at("comparison", second), {"mot": new.pk, f"muc_{new.pk}": row(first, "1.1.2").pk})
    new.refresh_from_db()
    assert new.lineage != row(first, "1.1.2").lineage  # 1.1.2 is carried on by another
    client.post(at("comparison", second), {"mot": new.pk, f"muc_{new.pk}": old.pk})
    new.refresh_from_db()
    assert new.lineage == old.lineage
    assert second.steps.count() == 2


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("4", "Hiện nay: mục 1.1 có 6,00 điểm · mục 1 có 10,00 điểm · cả bộ có 20,00 điểm"),
        ("4,25", "Nếu lưu: mục 1.1 có 6,25 điểm · mục 1 có 10,25 điểm · cả bộ có 20,25 điểm"),
        ("x", "Chưa đọc được số điểm đang gõ."),
    ],
)
def test_the_sums_follow_what_is_typed_before_it_is_stored(
    client: Client, draft: Framework, typed: str, told: str
) -> None:
    answer = client.get(at("criterion", draft, "1.1.1"), {"max_points": typed})

    assert told in text(answer)
    assert "<html" not in text(answer)
    assert "Hiện nay: mục 1.1 có 6,00 điểm" in text(client.get(at("criterion", draft, "1.1.1")))
    assert row(draft, "1").max_points == 10


@pytest.mark.usefixtures("manager")
def test_what_was_taken_out_stays_in_the_history(client: Client, draft: Framework) -> None:
    client.post(at("remove_criterion", draft, "1.1.2"))

    page = text(client.get(at("history", draft)))

    assert "Bỏ mục" in page
    assert "1.1.2" in page


EDITING = ("criterion", "rule", "add_below", "move_criterion", "remove_criterion")
WHOLE = ("new_version", "steps", "add_content")


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        (Role.PUBLISHER, True, FORBIDDEN),
        (Role.AUDITOR, True, FORBIDDEN),
        (Role.ADMINISTRATOR, True, NOT_FOUND),
        (Role.FRAMEWORK_MANAGER, False, NOT_FOUND),
    ],
)
def test_others_change_nothing(client: Client, draft: Framework, role: Role, own: bool, status: int) -> None:
    client.force_login(person(role, draft.decision.issuer if own else OrganiserFactory()))

    for name in EDITING:
        assert client.post(at(name, draft, "1.1.1"), {}).status_code == status, name
    for name in WHOLE:
        assert client.post(at(name, draft), {}).status_code == status, name
    assert not draft.steps.exists()


def test_nobody_comes_to_a_draft_without_signing_in(client: Client, draft: Framework) -> None:
    assert {client.get(at(name, draft, "1.1.1")).status_code for name in EDITING} == {FOUND}
    assert client.get(at("trial", draft, "1.1.1")).status_code == NOT_FOUND
    assert client.get(at("comparison", draft)).status_code == NOT_FOUND


def test_anybody_tries_a_rule_and_compares_versions_in_force(client: Client) -> None:
    first = FrameworkInForceFactory()
    second = copy_as_draft(first, decision=first.decision, title="", by=BY)
    activate(second, by=BY)

    assert client.get(at("trial", first, "1.1.1")).status_code == OK
    page = text(client.get(at("comparison", second)))
    assert "Không khác phiên bản trước" in page
    assert "Xác nhận các mục nối" not in page
    assert client.post(at("comparison", second), {}).status_code in (FORBIDDEN, FOUND)


def test_what_is_in_force_is_refused_with_words(client: Client) -> None:
    framework = FrameworkInForceFactory()
    client.force_login(person(Role.FRAMEWORK_MANAGER, framework.decision.issuer))

    response = client.post(at("remove_criterion", framework, "1.1.1"))

    assert response.status_code == CONFLICT
    assert "đã đưa vào sử dụng nên không sửa được" in text(response)


@pytest.mark.usefixtures("manager")
@pytest.mark.parametrize("more", [0, 20])
def test_pages_cost_the_same_however_many_rows(
    client: Client, draft: Framework, more: int, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        client.post(at("add_below", draft, "2"), {"new_title": f"Mục {number}", "new_points": "1"})

    with django_assert_num_queries(CRITERION_QUERIES):
        client.get(at("criterion", draft, "1.1.1"))
    with django_assert_num_queries(STEPS_QUERIES):
        client.get(at("steps", draft))


CRITERION_QUERIES = 13
STEPS_QUERIES = 8
