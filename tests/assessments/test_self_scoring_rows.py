"""One row saved by itself: what comes back, refusals, conflicts, a file closed meanwhile, rights, queries."""

import datetime as dt
import random
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.enums import Track
from assessments.models import Assessment, Evidence, EvidenceUse
from assessments.self_scoring import Edit, save_own_words
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Unit
from parindex.audit.models import Event
from tests.assessments.test_self_scoring import (
    CONTROL,
    content_url,
    fields_of,
    many,
    named,
    new_file,
    officer,
    outsiders,
    own,
    points,
    signed_in,
    staff,
)
from tests.factories.accounts import UserFactory
from tests.factories.assessments import score

pytestmark = pytest.mark.django_db

HTMX = {"headers": {"HX-Request": "true"}}


def row_url(file: Assessment, code: str) -> str:
    return f"{content_url(file, code.split('.')[0])}{code}/luu/"


def row_of(client: Client, file: Assessment, code: str, **entries: Any) -> dict[str, Any]:
    """What the page's script sends of one row."""
    page = client.get(content_url(file, code.split(".")[0])).content.decode()
    prefix = next(iter(named(file, {f"{code}/": ""})))
    fields = {name: value for name, value in fields_of(page).items() if name.startswith(prefix)}
    return fields | {f"{prefix}{name}": value for name, value in entries.items()}


def saved(client: Client, file: Assessment, code: str, **entries: Any) -> Any:
    return client.post(row_url(file, code), row_of(client, file, code, **entries), **HTMX)


def test_a_row_is_saved_and_only_what_changes_comes_back(client: Client) -> None:
    file = new_file()
    score(file, {"1.1.2": "2"}, track=Track.SELF)
    person = officer(file)
    signed_in(client, person)

    answer = saved(client, file, "1.1.1", points="3,5", reason="Chậm 2 ngày")

    page = " ".join(answer.content.decode().split())
    leaf = next(iter(named(file, {"1.1.1/": ""}))).rstrip("-")
    parent = file.group.used_framework.criteria.get(code="1.1")
    assert answer.status_code == 200
    assert points(file, "1.1.1") == Decimal("3.5")
    assert own(file, "1.1.1").reason == "Chậm 2 ngày"  # type: ignore[union-attr]
    assert f'id="{leaf}-an" hx-swap-oob="true"' in page
    assert hidden_of(page)[f"{leaf}-version"] == "1"
    assert f'id="tong-{parent.pk}" hx-swap-oob="true"' in page
    assert "<b>5,50</b>" in page
    assert "đã nhập 2/10 mục" in page
    assert "Đã lưu" in page
    assert str(person) in page
    for absent in ("<html", "<table", "<tr", "<textarea", 'type="text"'):
        assert absent not in page


def test_a_row_saves_again_with_what_the_answer_gave_it(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    prefix = next(iter(named(file, {"1.1.1/": ""})))
    data = row_of(client, file, "1.1.1", points="3")
    first = client.post(row_url(file, "1.1.1"), data, **HTMX).content.decode()

    hidden = {name: value for name, value in hidden_of(first).items() if name.startswith(prefix)}
    second = client.post(row_url(file, "1.1.1"), data | hidden | {f"{prefix}points": "2"}, **HTMX)

    assert second.status_code == 200
    assert (points(file, "1.1.1"), own(file, "1.1.1").version) == (2, 2)  # type: ignore[union-attr]


def hidden_of(page: str) -> dict[str, Any]:
    return fields_of(f'<form id="tu-cham"{page}')


def test_a_row_sent_as_it_stood_writes_nothing(client: Client) -> None:
    file = new_file()
    score(file, {"1.1.1": "4"}, track=Track.SELF)
    signed_in(client, officer(file))
    events = Event.objects.count()

    answer = saved(client, file, "1.1.1")

    assert answer.status_code == 200
    assert Event.objects.count() == events
    assert own(file, "1.1.1").version == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("code", "entries", "message"),
    [
        ("1.1.1", {"points": "4,01"}, "lớn hơn điểm tối đa 4 "),
        ("1.1.1", {"points": "ba"}, "không phải là số"),
        ("1.3", {"numerator": "5"}, "Chưa có mẫu số"),
        ("1.3", {"not_applicable": "on"}, "nêu lý do không áp dụng"),
        ("1.6", {"met": ["0", "none"]}, "không đạt phần nào"),
    ],
)
def test_a_bad_entry_comes_back_as_words_at_its_field(
    client: Client, code: str, entries: dict[str, Any], message: str
) -> None:
    file = new_file()
    signed_in(client, officer(file))

    answer = saved(client, file, code, **entries)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert "-version" not in answer.content.decode()
    assert own(file, code) is None


def test_a_stale_row_shows_both_versions_and_the_person_keeps_their_own(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    other = officer(file)
    data = row_of(client, file, "1.1.1", points="4", reason="Chữ của tôi")
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal("2.5"), reason="Chữ của người kia")], by=other)

    answer = client.post(row_url(file, "1.1.1"), data, **HTMX)

    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("<dialog", "4,00 điểm", "2,50 điểm", "Chữ của tôi", "Chữ của người kia", str(other)):
        assert text in page
    assert points(file, "1.1.1") == Decimal("2.5")

    chosen = dialogue_of(page)
    kept = client.post(row_url(file, "1.1.1"), chosen, **HTMX)

    assert kept.status_code == 200
    assert "<tr" in kept.content.decode()
    found = own(file, "1.1.1")
    assert found is not None
    assert (found.points, found.reason, found.version) == (4, "Chữ của tôi", 2)
    event = Event.objects.filter(verb="ghi điểm: Tự chấm").latest("pk")
    assert event.before == {"1.1.1": "2.5", "reasons": {"1.1.1": "Chữ của người kia"}}


def test_taking_the_other_version_keeps_what_was_typed_in_the_history(client: Client) -> None:
    file = new_file()
    person = officer(file)
    signed_in(client, person)
    data = row_of(client, file, "1.1.1", points="4", reason="Chữ của tôi")
    leaf = file.group.used_framework.criteria.get(code="1.1.1")
    save_own_words(file, [Edit(leaf, 0, points=Decimal("2.5"))], by=officer(file))
    page = client.post(row_url(file, "1.1.1"), data, **HTMX).content.decode()
    prefix = next(iter(named(file, {"1.1.1/": ""})))

    answer = client.post(row_url(file, "1.1.1"), dialogue_of(page) | {f"{prefix}keep": "theirs"}, **HTMX)

    assert answer.status_code == 200
    assert 'value="2,5"' in answer.content.decode()
    assert points(file, "1.1.1") == Decimal("2.5")
    event = Event.objects.latest("pk")
    assert (event.actor_name, event.after) == (
        str(person),
        {"1.1.1": "4", "reasons": {"1.1.1": "Chữ của tôi"}},
    )


def dialogue_of(page: str) -> dict[str, Any]:
    return fields_of(page.replace('<form method="post"', '<form id="tu-cham" method="post"'))


def test_a_file_closed_meanwhile_says_so_and_writes_nothing(client: Client) -> None:
    file = new_file()
    signed_in(client, officer(file))
    data = row_of(client, file, "1.1.1", points="4")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Assessment.objects.filter(pk=file.pk).update(self_scoring_until=yesterday)

    answer = client.post(row_url(file, "1.1.1"), data, **HTMX)

    assert answer.status_code == 409
    assert "data-closed" in answer.content.decode()
    assert "hạn tự chấm đã hết" in answer.content.decode()
    assert own(file, "1.1.1") is None


@pytest.mark.parametrize("code", ["2.2", "2.3", "2.4", "9.9", "1.1"])
def test_rows_that_the_unit_does_not_enter_are_not_found(client: Client, code: str) -> None:
    file = new_file()
    signed_in(client, officer(file))

    assert client.post(row_url(file, code), {}, **HTMX).status_code == 404
    assert client.get(row_url(file, "1.1.1")).status_code == 405
    assert client.post(f"{content_url(file, '2')}1.1.1/luu/", {}, **HTMX).status_code == 404


def test_nobody_else_saves_a_row(client: Client) -> None:
    file = new_file()
    data = named(file, {"1.1.1/points": "4", "1.1.1/version": "0"})

    assert client.post(row_url(file, "1.1.1"), data, **HTMX)["Location"].startswith("/dang-nhap/")
    for person in outsiders(file):
        signed_in(client, person)
        assert client.post(row_url(file, "1.1.1"), data, **HTMX).status_code == 404
    signed_in(client, staff(Role.UNIT_HEAD, file.unit))
    assert client.post(row_url(file, "1.1.1"), data, **HTMX).status_code == 403
    guarded = signed_in(Client(enforce_csrf_checks=True), officer(file))
    assert guarded.post(row_url(file, "1.1.1"), data, **HTMX).status_code == 403
    assert own(file, "1.1.1") is None


@pytest.mark.parametrize("seed", range(4))
def test_what_a_save_sends_back_is_what_the_whole_page_then_shows(client: Client, seed: int) -> None:
    file = new_file({f"{content}.{leaf}": "1.25" for content in (1, 2, 3) for leaf in range(1, 6)})
    signed_in(client, officer(file))
    chosen = random.Random(seed)
    offer(file, "1.1")
    offer(file, "2.2")

    for _ in range(8):
        code = f"{chosen.randint(1, 3)}.{chosen.randint(1, 5)}"
        points = str(Decimal(chosen.randint(0, 1_250_000)).scaleb(-6)).replace(".", ",")
        entries = chosen.choice(
            ({"points": points}, {"points": "", "reason": "Sẽ nhập sau"}, {"points": "", "reason": ""})
        )
        answer = saved(client, file, code, **entries)
        assert answer.status_code == 200
        sent = shown_parts(answer.content.decode())
        page = shown_parts(client.get(content_url(file, code.split(".")[0])).content.decode())
        assert {"tong-noi-dung", "tong-ho-so", "tien-do"} <= sent.keys()
        assert sent == {name: page[name] for name in sent}


PART = re.compile(r'id="((?:tong|tien-do|nhap)[^"]*)"[^>]*>(.*?)</(?:p|div|span)>', re.DOTALL)


def shown_parts(page: str) -> dict[str, str]:
    """What stands in the sums, the counts and the progress, by id, without the marks of the swap."""
    return {name: " ".join(inside.split()) for name, inside in PART.findall(page)}


def test_a_role_that_ends_between_two_saves_saves_nothing_more(client: Client) -> None:
    file = new_file()
    person = officer(file)
    signed_in(client, person)
    data = row_of(client, file, "1.1.1", points="3")
    assert saved(client, file, "1.1.2", points="1").status_code == 200

    person.memberships.update(valid_to=timezone.localdate() - dt.timedelta(days=1))

    assert client.post(row_url(file, "1.1.1"), data, **HTMX).status_code == 404
    assert own(file, "1.1.1") is None


def test_a_stand_in_saves_while_the_giver_holds_the_role(client: Client) -> None:
    file = new_file()
    giver, taker = officer(file), UserFactory()
    today = timezone.localdate()
    Membership.objects.create(
        user=taker,
        role=Role.UNIT_OFFICER,
        unit=file.unit,
        valid_from=today,
        valid_to=today,
        on_behalf_of=giver,
    )
    signed_in(client, taker)
    data = row_of(client, file, "1.1.1", points="3")
    assert saved(client, file, "1.1.2", points="1").status_code == 200

    giver.memberships.all().delete()

    assert client.post(row_url(file, "1.1.1"), data, **HTMX).status_code == 404


# -- how far a row is


def test_the_five_states_of_a_row_and_the_two_counts(client: Client) -> None:
    file = new_file({f"1.{leaf}": "1" for leaf in range(1, 7)})
    score(file, {"1.2": "1", "1.3": "1", "1.4": "1", "1.5": "0"}, track=Track.SELF)
    offer(file, "1.3")
    offer(file, "1.6")
    file.scores.filter(criterion__code="1.4", track=Track.SELF).update(reason="Văn bản mật")
    Event.objects.create(
        actor_name="Giàng Thị Xuân",
        verb="trả lại cán bộ đơn vị",
        object_type="assessments.assessment",
        object_id=file.pk,
        object_label=file.unit_name,
        reason="Mục 1.4 thiếu phụ lục; 9.9 không có.",
    )
    signed_in(client, officer(file))

    page = client.get(content_url(file)).content.decode()

    states = [page.split(f'id="muc-1.{leaf}"')[1].split('class="status"')[1][:400] for leaf in range(1, 7)]
    words = ["Chưa làm", "Thiếu tài liệu", "Đủ", "Bị trả lại", "Đủ", "Đang làm"]
    for state, word in zip(states, words, strict=True):
        assert word in state
    assert "đã nhập 4/6 mục · đủ tài liệu 3/6" in page
    assert "Mục tiếp theo cần làm: 1.1" in page


def offer(file: Assessment, code: str) -> None:
    piece = Evidence.objects.create(
        unit=file.unit, title="Báo cáo", number=f"1{code}/BC", added_by="Hạnh", added_at=timezone.now()
    )
    leaf = file.group.used_framework.criteria.get(code=code)
    EvidenceUse.objects.create(
        evidence=piece, assessment=file, criterion=leaf, added_by="Hạnh", added_at=timezone.now()
    )


# -- queries


@pytest.mark.parametrize(("leaves", "units"), [(3, 51), (75, 51), (75, 700)])
def test_a_save_asks_the_same_ten_queries_however_many_rows_and_units(
    client: Client, leaves: int, units: int
) -> None:
    file = new_file(many(leaves))
    neighbour = file.unit
    Unit.objects.bulk_create(
        Unit(
            organiser=neighbour.organiser,
            unit_type=neighbour.unit_type,
            code=f"xa-{number}",
            name=f"Xã {number}",
            sort_key=f"xa {number}",
        )
        for number in range(units - 2)
    )
    made = Unit.objects.filter(organiser=neighbour.organiser, code__startswith="xa-")
    Assessment.objects.bulk_create(
        Assessment(
            group=file.group, unit=unit, unit_code=unit.code, unit_name=unit.name, unit_sort_key=unit.sort_key
        )
        for unit in made
    )
    signed_in(client, officer(file))

    for code in ("1.1", "1.2", "2.1"):
        data = row_of(client, file, code, points="0,5")
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(row_url(file, code), data, **HTMX)
        queries = [query["sql"] for query in asked if not query["sql"].startswith(CONTROL)]
        assert answer.status_code == 200
        assert len(queries) == 10, "\n".join(queries)
        assert points(file, code) == Decimal("0.5")
