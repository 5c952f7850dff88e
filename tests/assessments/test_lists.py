"""Lists of a round are searched, sorted by their columns, paged and taken away as they stand."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.enums import RoundDuty, Voice
from assessments.models import Group, Notice
from assessments.publication import publish
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership
from parindex.audit.events import COMMAND_LINE, record
from tests.accounts.staff import rows_of
from tests.assessments.bench import files_of, in_appraisal, say, with_duty
from tests.assessments.people import someone
from tests.assessments.small_round import small_round
from tests.factories.accounts import OrganiserFactory, UserFactory
from tests.factories.assessments import RoundFactory, RoundRoleFactory

pytestmark = pytest.mark.django_db

List = tuple[str, str]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def publisher_of(group: Group) -> Client:
    return signed_in(someone(Role.PUBLISHER, files_of(group)[0]))


def sheet(client: Client, address: str) -> list[tuple[Any, ...]]:
    """The rows of the list as a workbook, and as many lines as CSV."""
    mark = "&" if "?" in address else "?"
    rows = rows_of(client.get(f"{address}{mark}dang=xlsx").content)[1:]
    text = client.get(f"{address}{mark}dang=csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == len(rows) + 1
    return rows


def test_the_work_list_is_searched_sorted_and_taken_away() -> None:
    group = in_appraisal(size=3)
    secretary = with_duty(group, RoundDuty.COUNCIL_SECRETARY)
    for file in files_of(group)[:2]:
        say(file, "1.2", Voice.CONCLUSION, secretary)
    client, page = signed_in(secretary), f"/dot/{group.round.code}/tham-dinh/"

    def codes(query: str) -> list[str]:
        return [one.leaf.code for one in client.get(page + query).context["page"]]

    def units(query: str) -> list[str]:
        return [one.file.unit_name for one in client.get(page + query).context["page"]]

    in_order = codes("")
    assert codes("?xep=-ma") == in_order[::-1]
    assert codes("?xep=-da-xong")[0] == "1.2"
    assert codes("?tim=1.2&xep=-ma")[0] == "1.2"
    assert set(codes("?noi-dung=2")) == {code for code in in_order if code.startswith("2")}
    assert codes("?loc=con-viec&xep=toi-da&tim=khong-co-muc-nay") == []
    assert 'aria-sort="descending"' in client.get(f"{page}?xep=-da-xong").content.decode()
    assert [row[0] for row in sheet(client, f"{page}?tim=1.2")][-1] == "1.2"
    assert sheet(client, f"{page}?tim=1.2")[-1][3:5] == (2, 3)
    names = [file.unit_name for file in files_of(group)]
    assert units("?xem=don-vi") == names
    assert units("?xem=don-vi&xep=-ten") == names[::-1]
    assert [row[0] for row in sheet(client, f"{page}?xem=don-vi&xep=-ten")] == names[::-1]
    assert client.get(f"{page}?xem=ma-tran&dang=xlsx").status_code == 404
    kept = client.get(f"{page}?xem=don-vi&xep=-ten&trang=2").content.decode()
    assert '<input type="hidden" name="xem" value="don-vi">' in kept
    assert '<option value="-ten" selected>' in kept


def test_a_council_that_may_not_see_disputes_gets_no_file_either() -> None:
    group = in_appraisal(size=2)
    secretary, member = (
        with_duty(group, duty) for duty in (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_MEMBER)
    )
    first, second = files_of(group)
    say(first, "1.1.1", Voice.OPINION, member, points="1")
    say(second, "1.2", Voice.OPINION, member, points="1")
    page = f"/dot/{group.round.code}/tham-dinh/{group.code}/con-khac-nhau/"

    assert signed_in(member).get(f"{page}?dang=xlsx").status_code == 403
    client = signed_in(secretary)
    assert [row[:3:2] for row in sheet(client, page)] == [
        ("1.1.1", first.unit_name),
        ("1.2", second.unit_name),
    ]
    assert [row[0] for row in sheet(client, f"{page}?xep=-don-vi")] == ["1.2", "1.1.1"]
    only = client.get(page, {"tim": second.unit_name}).context["rows"]
    assert [row.conclusion.criterion.code for row in only] == ["1.2"]
    assert str(member) in sheet(client, page)[0][5]


def test_the_people_of_a_round_and_the_units_of_a_group() -> None:
    group = in_appraisal(size=3)
    client, setup = publisher_of(group), f"/dot/{group.round.code}/thiet-lap/"
    chair = RoundRoleFactory(
        round=group.round, role=RoundDuty.COUNCIL_CHAIR, user=UserFactory(full_name="Hà Văn Đức")
    )
    RoundRoleFactory(
        round=group.round, role=RoundDuty.COUNCIL_MEMBER, user=UserFactory(full_name="Đỗ Thị An")
    )
    people, units = f"{setup}nguoi/", f"{setup}nhom/{group.code}/don-vi/"

    def names(query: str) -> list[str]:
        return [str(role.user) for role in client.get(people + query).context["page"]]

    assert names("?xep=nguoi") == ["Đỗ Thị An", "Hà Văn Đức"]
    assert names("?vai-tro=council_chair") == [str(chair.user)]
    assert names("?tim=do+thi") == ["Đỗ Thị An"]
    assert [row[0] for row in sheet(client, f"{people}?xep=-nguoi")] == ["Hà Văn Đức", "Đỗ Thị An"]
    listed = [file.unit_name for file in files_of(group)]
    assert [row[0] for row in sheet(client, f"{units}?xep=-ten")] == listed[::-1]
    assert [file.unit_name for file in client.get(units, {"tim": listed[0]}).context["page"]] == listed[:1]


def test_a_log_is_taken_away_as_it_is_filtered() -> None:
    group = in_appraisal(size=2)
    client, page = publisher_of(group), f"/lich-su/dot/{group.round.code}/"
    file = files_of(group)[0]
    record(by=COMMAND_LINE, verb="mở đợt", on=group.round)
    record(by=COMMAND_LINE, verb="tiếp nhận", on=file, after={"state": "in_appraisal"}, reason="Đủ")

    [row] = sheet(client, f"{page}?loc=ho-so&tim=tiếp")
    assert (row[1:4], row[5]) == (("dòng lệnh", "tiếp nhận", str(file)), "Đủ")
    assert len(sheet(client, page)) == client.get(page).context["page"].paginator.count


@pytest.mark.parametrize("live", [False, True])
def test_a_ranking_is_searched_and_sorted_published_and_provisional(live: bool) -> None:
    built = small_round()
    conclude(built.group, by=COMMAND_LINE)
    publish(built.round, decision_number="1/QĐ", signed=timezone.localdate(), signer="A", by=COMMAND_LINE)
    client, page = Client(), f"/dot/{built.round.code}/{built.group.code}/"
    if live:
        publisher = UserFactory()
        Membership.objects.create(user=publisher, role=Role.PUBLISHER, organiser=built.organiser)
        client = signed_in(publisher)

    def codes(**asked: str) -> list[str]:
        answer = client.get(page, asked | ({"ban": "du-kien"} if live else {}))
        return [row.unit_code for row in answer.context["page"]]

    ranked = codes()
    assert sorted(ranked) == ["A", "B", "C"]
    assert codes(xep="-hang") == ranked[::-1]
    assert codes(xep="-chi-so") == ranked
    assert codes(xep="ten")[0] == "A"
    assert codes(tim="muong so") == ["B"]
    assert codes(tim="không có") == []
    assert codes(loai="không có loại này") == ranked
    shown = client.get(page, {"xep": "-hang", "tim": "xa"}).content.decode()
    assert 'aria-sort="descending"' in shown
    assert '<option value="-hang" selected>' in shown


def test_rounds_are_found_by_words_and_year_and_paged(django_assert_num_queries: Any) -> None:
    organiser = OrganiserFactory(name="Sở Nội vụ Đắk Lắk")
    for year in (2023, 2024):
        RoundFactory(organiser=organiser, year=year, title=f"Đợt năm {year}")
    auditor = UserFactory()
    Membership.objects.create(user=auditor, role=Role.AUDITOR, organiser=organiser)
    client = signed_in(auditor)

    def titles(**asked: str) -> list[str]:
        return [one.title for one in client.get("/", asked).context["rounds"]]

    assert titles() == ["Đợt năm 2024", "Đợt năm 2023"]
    assert titles(tim="dak lak") == titles()
    assert titles(nam="2023") == ["Đợt năm 2023"]
    assert titles(tim="khong co") == []
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    RoundFactory.create_batch(51, organiser=organiser, year=2022)
    with django_assert_num_queries(len(few)):
        page = client.get("/")
    assert len(page.context["rounds"]) == 50
    assert "1–50 trong 53" in page.content.decode()


# Queries of each list for one row, for three, and for more than a page; each at its address of the group.
PAGES: dict[str, tuple[Callable[[Group], str], int]] = {
    "work": (lambda group: f"/dot/{group.round.code}/tham-dinh/", 14),
    "people": (lambda group: f"/dot/{group.round.code}/thiet-lap/nguoi/", 16),
    "units": (lambda group: f"/dot/{group.round.code}/thiet-lap/nhom/{group.code}/don-vi/", 12),
    "progress": (lambda group: f"/dot/{group.round.code}/tien-do/?xep=-da-nhap", 16),
    "log": (lambda group: f"/lich-su/dot/{group.round.code}/", 12),
    "notices": (lambda group: "/thong-bao/", 8),
}


@pytest.mark.parametrize("size", [1, 3, 61])
def test_lists_ask_the_same_for_one_three_and_more_than_a_page(size: int) -> None:
    group = in_appraisal(size=size)
    user = someone(Role.PUBLISHER, files_of(group)[0])
    RoundRoleFactory.create_batch(size, round=group.round, role=RoundDuty.COUNCIL_MEMBER)
    for file in files_of(group):
        record(by=COMMAND_LINE, verb="tiếp nhận", on=file)
    now = timezone.now()
    Notice.objects.bulk_create(
        Notice(user=user, round=group.round, text=f"Tin {n}", address="/viec/", at=now - dt.timedelta(n))
        for n in range(size)
    )
    client, found = signed_in(user), {}
    for name, (address, _) in PAGES.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address(group))
        assert answer.status_code == 200
        found[name] = len(asked)
        if name not in ("work",):
            assert answer.context["page"].paginator.count >= size
    assert found == {name: queries for name, (_, queries) in PAGES.items()}
