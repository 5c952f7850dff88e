"""The sample: what it holds, that it is loaded once, and that generated scores are always said to be so."""

import io
import re
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from assessments.enums import AssessmentState, RoundDuty
from assessments.models import (
    Assessment,
    Clarification,
    Evidence,
    EvidenceUse,
    Group,
    Opinion,
    Publication,
    Round,
    RoundRole,
    Score,
)
from assessments.sample.people import ACCOUNTS, DUTIES, PASSWORD
from parindex.audit.models import Event
from tests.accounts.staff import rows_of
from tests.commandline import done

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ILLUSTRATIVE = "Số liệu minh họa"


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The sample, loaded once for this module and taken back at its end; tests change it in savepoints."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_sample", verbosity=0, stdout=io.StringIO())
        yield
        transaction.set_rollback(True)


def test_the_sample_is_loaded_under_twenty_seconds_and_only_once() -> None:
    start = time.monotonic()
    first = done("load_sample")
    taken = time.monotonic() - start
    before = (Score.objects.count(), Event.objects.count())

    again = done("load_sample")

    assert taken < 20
    assert (first["loaded"], again["loaded"]) == (True, False)
    assert first["rounds"] == [
        "phong-tho-2023",
        "quang-ninh-2022",
        "hoang-mai-phong-2024",
        "hoang-mai-phuong-2024",
        "phuong-2-2022",
        "minh-hoa-tu-cham",
        "minh-hoa-tham-dinh",
    ]
    assert (Score.objects.count(), Event.objects.count()) == before


def test_quang_ninh_shows_four_unit_types_three_without_criteria(sample: None) -> None:
    groups = (
        Group.objects.filter(round__code="quang-ninh-2022").select_related("structure").order_by("position")
    )

    found = [
        (
            group.code,
            group.framework_id is not None,
            [group.structure.contents, group.structure.criteria, group.structure.components],
            (group.structure.appraised_max, group.structure.survey_max),
            group.structure.units,
        )
        for group in groups
        if group.structure
    ]

    assert found == [
        ("so-ban-nganh", False, [9, 41, 49], (60, 40), 20),
        ("ubnd-cap-huyen", True, [10, 51, 59], (Decimal("60.5"), Decimal("39.5")), 13),
        ("co-quan-trung-uong", False, [10, 40, 49], (60, 40), 8),
        ("don-vi-su-nghiep", False, [9, 31, 28], (60, 40), 10),
    ]


def test_the_structures_declared_add_up_content_by_content(sample: None) -> None:
    for group in Group.objects.filter(round__code="quang-ninh-2022").select_related("structure"):
        assert group.structure is not None
        rows = list(group.structure.rows.all())
        assert len(rows) == group.structure.contents
        assert sum(row.criteria for row in rows) == group.structure.criteria
        assert sum(row.components for row in rows) == group.structure.components


def test_units_of_the_sample(sample: None) -> None:
    counts = {
        code: Assessment.objects.filter(group__round__code=code).count()
        for code in (
            "phong-tho-2023",
            "quang-ninh-2022",
            "hoang-mai-phong-2024",
            "hoang-mai-phuong-2024",
            "phuong-2-2022",
        )
    }

    assert counts == {
        "phong-tho-2023": 1,
        "quang-ninh-2022": 13,
        "hoang-mai-phong-2024": 12,
        "hoang-mai-phuong-2024": 14,
        "phuong-2-2022": 1,
    }


def test_every_publication_of_the_sample_is_whole_and_recomputes_to_itself(sample: None) -> None:
    answer = done("verify_publication")

    assert answer["intact"] is True
    assert {row["round"]: row["changed_since"] for row in answer["publications"]} == dict.fromkeys(
        [
            "phong-tho-2023",
            "quang-ninh-2022",
            "hoang-mai-phong-2024",
            "hoang-mai-phuong-2024",
            "phuong-2-2022",
        ],
        [],
    )


def test_generated_scores_are_the_same_every_time(sample: None) -> None:
    (group,) = done("rank", "--round", "hoang-mai-phuong-2024")["groups"]

    assert [(unit["unit"], unit["index"]) for unit in group["units"][:3]] == [
        ("tuong-mai", "90.98"),
        ("dai-kim", "90.09"),
        ("thanh-tri", "89.29"),
    ]


def test_pages_with_generated_scores_say_so_and_real_ones_do_not(sample: None, client: Client) -> None:
    illustrative = [
        "/dot/hoang-mai-phuong-2024/ubnd-phuong/",
        "/dot/hoang-mai-phuong-2024/ubnd-phuong/dai-kim/",
        "/dot/hoang-mai-phong-2024/phong-chuyen-mon/",
        "/dot/quang-ninh-2022/ubnd-cap-huyen/",
        "/dot/quang-ninh-2022/ubnd-cap-huyen/ha-long/",
    ]
    real = [
        "/dot/phong-tho-2023/huyen/",
        "/dot/phong-tho-2023/huyen/phong-tho/",
        "/dot/phuong-2-2022/phuong-xa/",
    ]

    assert [
        address for address in illustrative if ILLUSTRATIVE not in client.get(address).content.decode()
    ] == []
    assert [address for address in real if ILLUSTRATIVE in client.get(address).content.decode()] == []


def test_every_file_that_left_the_draft_state_has_that_on_record(sample: None) -> None:
    moved = Assessment.objects.exclude(state="draft").values_list("pk", flat=True)
    on_record = Event.objects.filter(object_type="assessments.assessment", after__has_key="state")

    # One was returned to its unit, and is a draft again.
    assert set(moved) <= set(on_record.values_list("object_id", flat=True))
    assert len(moved) > 0


def test_self_scoring_pages_of_generated_scores_say_so(sample: None, client: Client) -> None:
    client.post("/dang-nhap/", {"login": "daikim", "password": PASSWORD})
    base = "/ho-so/minh-hoa-tu-cham/ubnd-phuong/dai-kim/"

    pages = [client.get(address) for address in (base, f"{base}1/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert all(ILLUSTRATIVE in page.content.decode() for page in pages)


def test_the_reconciliation_page_lists_every_difference_of_phuong_2(sample: None, client: Client) -> None:
    page = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get("/dot/phuong-2-2022/doi-chieu/").content.decode())
    )

    for declared, computed in (
        ("88,46", "88,23"),
        ("99,00", "100,00"),
        ("89,35", "88,23"),
        ("10,54", "11,77"),
        ("4,84", "6,34"),
    ):
        assert f"{declared} {computed}" in page


def test_differences_are_searched_and_taken_away(sample: None, client: Client) -> None:
    address = "/dot/phuong-2-2022/doi-chieu/"
    rows = rows_of(client.get(f"{address}?dang=xlsx").content)[1:]
    found = rows_of(client.get(f"{address}?dang=xlsx&tim=muc 3").content)[1:]
    page = client.get(f"{address}?tim=khong co cho nay").content.decode()

    assert ("4,84", "6,34") in [row[3:5] for row in rows]
    assert 0 < len(found) < len(rows)
    assert all("3" in row[2] for row in found)
    assert "Không có chỗ chênh lệch nào theo điều kiện đang chọn" in page
    assert len(client.get(f"{address}?dang=csv").content.decode("utf-8-sig").splitlines()) == len(rows) + 1


def test_sample_accounts_can_sign_in_and_the_publisher_sees_a_provisional_ranking(
    sample: None, client: Client
) -> None:
    for account in (*ACCOUNTS, *DUTIES):
        response = client.post("/dang-nhap/", {"login": account.username, "password": PASSWORD})
        assert response.status_code == 302, account.username
        client.post("/dang-xuat/")
    client.post("/dang-nhap/", {"login": "noivu.hoangmai", "password": PASSWORD})

    page = client.get("/dot/minh-hoa-tham-dinh/ubnd-phuong/")

    assert page.status_code == 200
    assert "dự kiến" in page.content.decode().lower()
    assert ILLUSTRATIVE in page.content.decode()


SELF_SCORED = {"group__round__code": "minh-hoa-tu-cham"}


def test_the_round_being_self_scored_has_a_file_in_every_state_but_the_last(sample: None) -> None:
    states = set(Assessment.objects.filter(**SELF_SCORED).values_list("state", flat=True))
    returned = Event.objects.get(verb="trả lại khi tiếp nhận")

    assert states == set(AssessmentState.values) - {"concluded"}
    assert Assessment.objects.get(pk=returned.object_id).state == AssessmentState.DRAFT
    assert "bổ sung" in returned.reason


@pytest.mark.parametrize("code", ["minh-hoa-tu-cham", "minh-hoa-tham-dinh"])
def test_rounds_at_work_have_a_council_and_follow_last_year(sample: None, code: str) -> None:
    held = sorted(RoundRole.objects.filter(round__code=code).values_list("role", flat=True))
    round = Round.objects.select_related("previous").get(code=code)

    assert held == sorted([*RoundDuty.values, RoundDuty.COUNCIL_MEMBER.value])
    assert round.previous is not None
    assert round.previous.code == "hoang-mai-phuong-2024"


@pytest.mark.parametrize("code", ["minh-hoa-tu-cham", "minh-hoa-tham-dinh"])
def test_the_council_has_spoken_and_asked(sample: None, code: str) -> None:
    about = {"assessment__group__round__code": code}

    assert Score.objects.filter(track="proposal", **about).count() == 3
    assert Opinion.objects.filter(**about).values("member").distinct().count() == 2
    assert Clarification.objects.filter(state="asked", **about).count() == 1


def test_dai_kim_has_evidence_and_is_asked_about_a_leaf(sample: None, client: Client) -> None:
    uses = EvidenceUse.objects.filter(assessment__unit_code="dai-kim")
    client.post("/dang-nhap/", {"login": "daikim", "password": PASSWORD})

    questions = client.get("/giai-trinh/minh-hoa-tham-dinh/ubnd-phuong/dai-kim/")

    for code in ("minh-hoa-tu-cham", "minh-hoa-tham-dinh"):
        assert uses.filter(assessment__group__round__code=code).count() == 4
    assert Evidence.objects.exclude(file="").count() == 1
    assert "Đề nghị bổ sung văn bản" in questions.content.decode()


def test_what_the_sample_sets_is_on_record(sample: None) -> None:
    opened = Event.objects.filter(verb="mở đợt đánh giá")
    groups = Event.objects.filter(verb="thêm nhóm đơn vị").values_list("object_id", flat=True)

    assert {event.after["note"] for event in opened} == set(Round.objects.values_list("note", flat=True))
    assert set(groups) == set(Group.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("noivu2.hoangmai", "/dot/minh-hoa-tu-cham/thiet-lap/"),
        ("thuky.hoangmai", "/dot/minh-hoa-tu-cham/tham-dinh/"),
        ("thanhvien1.hoangmai", "/dot/minh-hoa-tu-cham/tham-dinh/"),
        ("daumoi.hoangmai", "/dot/minh-hoa-tham-dinh/tham-dinh/"),
        ("quantri.hoangmai", "/"),
    ],
)
def test_each_account_has_something_to_open(
    sample: None, client: Client, username: str, address: str
) -> None:
    client.post("/dang-nhap/", {"login": username, "password": PASSWORD})

    assert client.get(address).status_code == 200


def test_rounds_at_work_are_not_public(sample: None, client: Client) -> None:
    assert client.get("/dot/minh-hoa-tu-cham/ubnd-phuong/").status_code == 404
    assert not Publication.objects.filter(round__code__startswith="minh-hoa").exists()
