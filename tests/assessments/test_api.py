"""The data interface: what it shows, to whom, and what it refuses."""

import json
from decimal import Decimal
from io import StringIO
from typing import Any, NoReturn

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse

from assessments.api.pages import api_page
from assessments.api.views import ExactJSONRenderer
from assessments.models import Publication
from assessments.publication import withdraw
from parindex.access import stated_rule
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from tests.assessments.small_round import BY, SMALL_LEAVES, big_round, publish_round, small_round

ROUNDS = "/api/v1/rounds/"
ROUND = "/api/v1/rounds/thu-2024/"
RANKING = "/api/v1/rounds/thu-2024/groups/cap-xa/ranking/"
UNIT = "/api/v1/rounds/thu-2024/groups/cap-xa/units/A/"
DIFFERENCES = "/api/v1/rounds/thu-2024/groups/cap-xa/differences/"
ALL = (ROUNDS, ROUND, RANKING, UNIT, DIFFERENCES)


def _no_binary_number(text: str) -> NoReturn:
    raise AssertionError(f"{text} is a binary number")


def read(client: Client, address: str) -> Any:
    """The answer, in which no number may have a point or an exponent."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content, parse_float=_no_binary_number)


@pytest.fixture
def publication(db: None) -> Publication:
    """The small round, published."""
    return publish_round(small_round())


def test_rounds_lists_the_published_round_with_its_decision_and_groups(
    client: Client, publication: Publication
) -> None:
    (found,) = read(client, ROUNDS)

    assert (found["code"], found["year"], found["organiser"]) == (
        "thu-2024",
        2024,
        "Ủy ban nhân dân tỉnh Thử Nghiệm",
    )
    assert found["decision"]["number"] == "123/QĐ-UBND"
    assert found["decision"]["signed"] == "2025-03-28"
    assert found["decision"]["digest"] == publication.digest
    assert found["groups"] == [
        {
            "code": "cap-xa",
            "name": "Ủy ban nhân dân các xã, phường",
            "units": 3,
            "mean_index": "75.31",
            "illustrative": False,
            "note": "",
        }
    ]
    assert read(client, ROUND) == found


def test_ranking_gives_the_frozen_rows_word_for_word(client: Client, publication: Publication) -> None:
    found = read(client, RANKING)

    frozen = [unit.row for unit in publication.groups.get().units.order_by("position")]
    assert found["count"] == 3
    for row, kept in zip(found["rows"], frozen, strict=True):
        assert row["class_name"] == kept["class"]
        assert {key: row[key] for key in row if key not in ("class_name", "announced")} == {
            key: kept[key] for key in row if key not in ("class_name", "announced")
        }
    assert [(row["unit"], row["obtained"], row["index"], row["rank"]) for row in found["rows"]] == [
        ("B", "67.5", "96.43", 1),
        ("A", "82.63", "82.63", 2),
        ("C", "46.88", "46.88", 3),
    ]
    assert found["rows"][1]["announced"]["obtained"] == "82.66"
    assert [content["code"] for content in found["contents"]] == ["1", "2", "3"]
    assert [(band["name"], band["units"], band["share"]) for band in found["classes"]][:2] == [
        ("Xuất sắc", 1, "33.3"),
        ("Tốt", 1, "33.3"),
    ]
    assert found["settings"]["places"] == 2


def test_unit_gives_every_node_with_its_sums_and_every_leaf_with_its_words(
    client: Client, publication: Publication
) -> None:
    found = read(client, UNIT)

    nodes = {node["code"]: node for node in found["scorecard"]}
    card = publication.groups.get().units.get(unit_code="A").scorecard
    assert list(nodes) == ["1", "1.1", "1.1.1", "1.1.2", "1.10", "2", "2.1", "3", "3.1"]
    assert [(nodes[code]["obtained"], nodes[code]["attainable"]) for code in ("1", "1.1", "1.10")] == [
        ("34.75", "40"),
        ("14.5", "15"),
        ("20.25", "25"),
    ]
    for code in SMALL_LEAVES:
        assert nodes[code]["conclusion"] == card["leaves"][code]["conclusion"]
    assert nodes["1"]["conclusion"] is None
    assert found["row"]["obtained"] == "82.63"


def test_differences_keep_both_figures(client: Client, publication: Publication) -> None:
    (found,) = read(client, DIFFERENCES)["differences"]

    assert (found["unit"], found["declared"], found["computed"], found["gap"]) == (
        "A",
        "82,66",
        "82,63",
        "0.03",
    )


def test_illustrative_figures_say_so_everywhere(client: Client, db: None) -> None:
    publish_round(small_round(illustrative=True))

    for address in (RANKING, UNIT, DIFFERENCES):
        found = read(client, address)
        assert (found["illustrative"], found["note"]) == (True, "số liệu minh họa")
    assert read(client, ROUND)["groups"][0]["note"] == "số liệu minh họa"


def test_real_figures_do_not_say_they_are_illustrative(client: Client, publication: Publication) -> None:
    for address in ALL:
        assert "minh họa" not in client.get(address).content.decode()


def test_an_unpublished_round_is_not_found_for_anybody(client: Client, db: None) -> None:
    built = small_round()
    publisher = User.objects.create(username="cong-bo", full_name="Người công bố")
    Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=built.organiser)
    administrator = User.objects.create(username="quan-tri", is_staff=True, is_superuser=True)

    for user in (None, publisher, administrator):
        if user is not None:
            client.force_login(user)
        assert [client.get(address).status_code for address in ALL] == [200, 404, 404, 404, 404]
        assert read(client, ROUNDS) == []


def test_a_withdrawn_publication_is_not_found(client: Client, publication: Publication) -> None:
    withdraw(publication, reason="Sai quyết định", by=BY)

    assert [client.get(address).status_code for address in ALL[1:]] == [404, 404, 404, 404]
    assert read(client, ROUNDS) == []


def test_of_a_superseded_publication_only_the_newer_is_shown(client: Client, db: None) -> None:
    built = small_round()
    publish_round(built)
    publish_round(built, number="200/QĐ-UBND", reason="Đính chính")

    (found,) = read(client, ROUNDS)
    assert found["decision"]["number"] == "200/QĐ-UBND"
    assert read(client, RANKING)["round"]["decision"]["number"] == "200/QĐ-UBND"


def test_a_unit_of_another_group_is_not_found(client: Client, publication: Publication) -> None:
    other = big_round(2, 8)
    publish_round(other)

    assert client.get("/api/v1/rounds/lon-2024/groups/cap-xa/units/A/").status_code == 404
    assert client.get("/api/v1/rounds/thu-2024/groups/cap-xa/units/X0001/").status_code == 404
    assert client.get("/api/v1/rounds/lon-2024/groups/cap-xa/units/X0001/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ALL)
def test_methods_that_write_are_refused(
    client: Client, publication: Publication, method: str, address: str
) -> None:
    answer = getattr(client, method)(address, data="{}", content_type="application/json")

    assert answer.status_code == 405


def test_an_answer_does_not_depend_on_who_asks(client: Client, publication: Publication) -> None:
    before = [client.get(address).content for address in ALL]
    client.force_login(User.objects.create(username="ai-do"))

    assert [client.get(address).content for address in ALL] == before


def test_a_ranking_comes_in_pages(client: Client, publication: Publication) -> None:
    first = read(client, f"{RANKING}?page_size=2")
    second = read(client, first["next"])

    assert [row["unit"] for row in first["rows"] + second["rows"]] == ["B", "A", "C"]
    assert (first["previous"], second["next"], second["count"]) == (None, None, 3)


@pytest.mark.parametrize("page", ["0", "-1", "9", "x", "1e3", "1,5"])
def test_a_page_that_is_not_there_is_not_found(client: Client, publication: Publication, page: str) -> None:
    answer = client.get(f"{RANKING}?page={page}")

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Không có trang này."}


@pytest.mark.parametrize("units", [3, 30])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/api/v1/rounds/", 2),
        ("/api/v1/rounds/lon-2024/", 2),
        ("/api/v1/rounds/lon-2024/groups/cap-xa/ranking/", 2),
        ("/api/v1/rounds/lon-2024/groups/cap-xa/units/X0001/", 2),
        ("/api/v1/rounds/lon-2024/groups/cap-xa/differences/", 1),
    ],
)
def test_queries_do_not_grow_with_units(
    client: Client, db: None, django_assert_num_queries: Any, units: int, address: str, queries: int
) -> None:
    publish_round(big_round(units, 8))

    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_every_address_states_that_anybody_may_read() -> None:
    for name, arguments in (
        ("rounds", []),
        ("round", ["r"]),
        ("ranking", ["r", "g"]),
        ("unit", ["r", "g", "u"]),
        ("differences", ["r", "g"]),
    ):
        match = resolve(reverse(f"data:{name}", args=arguments))
        assert stated_rule(match.func, match) == "mọi người"


def test_the_description_is_valid_and_free_of_warnings() -> None:
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=out)

    for address in (
        "/api/v1/rounds/{round_code}/groups/{group_code}/ranking/",
        "/api/v1/rounds/{round_code}/groups/{group_code}/units/{unit_code}/",
    ):
        assert address in out.getvalue()
    assert "type: number" not in out.getvalue()


def test_the_renderer_refuses_an_amount_that_is_not_text() -> None:
    with pytest.raises(TypeError, match="text"):
        ExactJSONRenderer().render({"obtained": Decimal("79.24")})


def test_the_documentation_page_names_every_address_and_field(rf: Any, db: None) -> None:
    request = rf.get("/api/")
    request.user = AnonymousUser()
    text = api_page(request).content.decode()

    assert "GET /api/v1/rounds/{round_code}/groups/{group_code}/differences/" in text
    assert 'href="#kieu-RankingRow"' in text
    assert 'id="kieu-RankingRow"' in text
    assert "survey_attainable" in text
    assert text.count("Nguồn điểm: self (tự chấm, thẩm định), survey (điều tra)") == 2
    assert "* `" not in text
    assert "<script" not in text
    assert "style=" not in text
