"""Survey points: the table, one leaf as a form, a workbook; facts kept, samples, stale cells, rights."""

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from assessments.enums import RoundDuty, Track
from assessments.models import Assessment, Group, Score, SurveySample
from assessments.workflow import GroupSettings, conclude
from criteria.enums import Source
from criteria.rules import RuleKind
from parindex.accounts.acting import SESSION_KEY, key_of
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.people import give, someone
from tests.factories.assessments import GroupFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

TREE = {
    "1.1": "10",
    "2.1": {"max_points": "20", "source": Source.SURVEY, "rule_kind": RuleKind.SURVEY},
    "2.2": {"max_points": "4", "source": Source.SURVEY},
}
OTHERS = [
    Role.UNIT_OFFICER,
    Role.UNIT_HEAD,
    Role.FRAMEWORK_MANAGER,
    Role.ADMINISTRATOR,
    RoundDuty.COUNCIL_SECRETARY,
    RoundDuty.COUNCIL_CHAIR,
]


def a_group(size: int = 2) -> Group:
    return GroupFactory(size=size, framework=FrameworkInForceFactory(rows=TREE))


def files_of(group: Group) -> list[Assessment]:
    return list(group.assessments.order_by("unit_sort_key", "pk"))


def url(group: Group, rest: str = "") -> str:
    return f"/dot/{group.round.code}/khao-sat/{rest}"


def leaf_url(group: Group, code: str, query: str = "") -> str:
    return url(group, f"{group.code}/muc/{code}/{query}")


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


def fields(answer: HttpResponse) -> dict[str, str]:
    """Everything that the form on the page would send as it stands."""
    found = re.findall(r"<input[^>]*>", answer.content.decode().split("<main")[1])
    sent = {}
    for field in found:
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name and name[1] != "csrfmiddlewaretoken":
            sent[name[1]] = value[1] if value else ""
    return sent


def fill(client: Client, address: str, **given: dict[str, str]) -> HttpResponse:
    """Read the form, fill in cells ("d12": {"value": "18"}) and send it."""
    return client.post(address, filled(client, address, **given))


def filled(client: Client, address: str, **given: Any) -> dict[str, str]:
    sent = fields(client.get(address))
    for prefix, cell in given.items():
        if isinstance(cell, dict):
            sent |= {f"{prefix}-{name}": value for name, value in cell.items()}
        else:
            sent[prefix] = cell
    return sent


def cell(file: Assessment) -> str:
    return f"d{file.pk}"


def stored(file: Assessment, code: str) -> Score:
    return Score.objects.get(assessment=file, criterion__code=code, track=Track.CONCLUSION)


def publisher(client: Client, group: Group) -> User:
    user = someone(Role.PUBLISHER, group.assessments.first())
    client.force_login(user)
    return user


# -- the form


def test_an_index_gives_points_by_the_rule_and_the_fact_is_kept(client: Client) -> None:
    group = a_group()
    first, second = files_of(group)
    user = publisher(client, group)

    answer = fill(
        client,
        leaf_url(group, "2.1"),
        **{cell(first): {"value": "85,5 %", "issued": "400", "valid": "312"}, cell(second): {"value": "70"}},
    )

    assert answer.status_code == 302
    row = stored(first, "2.1")
    assert (row.facts, row.points, row.obtained) == ({"index": "85.5"}, Decimal("17.1"), Decimal("17.1"))
    assert row.author_name == str(user)
    sample = SurveySample.objects.get()
    assert (sample.assessment, sample.forms_issued, sample.forms_valid) == (first, 400, 312)
    page = text(client.get(url(group)))
    assert "312 phiếu, ±5,5 %" in page
    verbs = Event.objects.filter(actor_id=user.pk).values_list("verb", flat=True)
    assert set(verbs) == {"ghi điểm: Kết luận", "ghi cỡ mẫu điều tra"}


def test_points_are_entered_directly_where_the_rule_or_the_person_says_so(client: Client) -> None:
    group = a_group()
    first, _ = files_of(group)
    publisher(client, group)

    assert "Nhập chỉ số" not in text(client.get(leaf_url(group, "2.2")))
    fill(client, leaf_url(group, "2.2"), **{cell(first): {"value": "3.5"}})
    fill(client, leaf_url(group, "2.1", "?cach=points"), **{cell(first): {"value": "18"}})

    assert (stored(first, "2.2").points, stored(first, "2.2").facts) == (Decimal("3.5"), {})
    assert (stored(first, "2.1").points, stored(first, "2.1").facts) == (Decimal(18), {})


def test_survey_points_come_after_the_conclusion_too(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    score(file, {"1.1": "10"})
    conclude(group, by=COMMAND_LINE)
    publisher(client, group)

    assert fill(client, leaf_url(group, "2.2"), **{cell(file): {"value": "4"}}).status_code == 302
    assert stored(file, "2.2").points == 4


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "cao"}, "không phải là số"),
        ({"value": "101"}, "lớn hơn 100 %"),
        ({"value": "-1"}, "âm"),
        ({"value": "80", "issued": "10", "valid": "11"}, "nhiều hơn số phiếu phát ra"),
        ({"value": "80", "issued": "10"}, "ghi số phiếu hợp lệ"),
        ({"value": "80", "valid": "3,5"}, "không phải là số phiếu"),
    ],
)
def test_one_wrong_cell_keeps_all_from_being_written_and_nothing_typed_is_lost(
    client: Client, typed: dict[str, str], said: str
) -> None:
    group = a_group()
    first, second = files_of(group)
    publisher(client, group)

    answer = fill(client, leaf_url(group, "2.1"), **{cell(first): typed, cell(second): {"value": "77"}})

    assert answer.status_code == 422
    assert said in text(answer)
    assert first.unit_name in text(answer)
    assert 'value="77"' in answer.content.decode()
    assert stored(second, "2.1").points is None
    assert not SurveySample.objects.exists()


def test_points_that_stand_change_with_a_reason_only_and_are_not_emptied(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    score(file, {"2.2": "3"})
    Score.objects.filter(criterion__code="2.2", track="conclusion").update(reason="Theo SIPAS")
    publisher(client, group)
    address = leaf_url(group, "2.2")

    assert fill(client, address, **{cell(file): {"value": ""}}).status_code == 422
    answer = fill(client, address, **{cell(file): {"value": "2"}})
    assert answer.status_code == 422
    assert "Ghi lý do sửa điểm điều tra đã có" in text(answer)
    assert fill(client, address, **{cell(file): {"value": "2"}}, reason="Nhập nhầm dòng").status_code == 302

    row = stored(file, "2.2")
    assert (row.points, row.reason) == (Decimal(2), "Theo SIPAS")
    assert Event.objects.filter(verb="ghi điểm: Kết luận", reason="Nhập nhầm dòng").count() == 1


def test_a_leaf_that_does_not_apply_is_written_so(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    publisher(client, group)

    answer = fill(client, leaf_url(group, "2.1"), **{cell(file): {"value": "kad"}})
    assert answer.status_code == 422
    assert "Ghi lý do" in text(answer)
    by_file = {file.unit_code: {"2.1 · điểm": "KAD"}}
    assert confirm(client, group, by_file).status_code == 422
    assert not stored(file, "2.1").not_applicable
    fill(client, leaf_url(group, "2.1"), **{cell(file): {"value": "kad"}}, reason="Không có khách hàng")

    assert stored(file, "2.1").not_applicable
    assert "KAD" in text(client.get(url(group)))


def test_no_valid_form_gives_no_points(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    publisher(client, group)
    address = leaf_url(group, "2.2")

    answer = fill(client, address, **{cell(file): {"value": "3", "issued": "20", "valid": "0"}})
    assert answer.status_code == 422
    assert "Không có phiếu hợp lệ nào" in text(answer)
    assert not SurveySample.objects.exists()
    assert fill(client, address, **{cell(file): {"value": "0", "valid": "0"}}).status_code == 302


def test_a_stale_cell_is_a_conflict_that_shows_both_and_loses_nothing(client: Client) -> None:
    group = a_group()
    first, second = files_of(group)
    publisher(client, group)
    address = leaf_url(group, "2.2")
    typed = {cell(first): {"value": "3"}, cell(second): {"value": "1"}}
    sent = filled(client, address, **typed)
    score(first, {"2.2": "2.5"})

    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "vừa ghi: 2,50" in text(answer)
    assert stored(second, "2.2").points is None
    again = fields(answer)
    assert (again[f"{cell(first)}-value"], again[f"{cell(second)}-value"]) == ("3", "1")
    assert client.post(address, again | {"reason": "Theo biên bản"}).status_code == 302
    assert (stored(first, "2.2").points, stored(second, "2.2").points) == (Decimal(3), Decimal(1))


def test_a_row_that_the_person_did_not_touch_is_no_conflict(client: Client) -> None:
    group = a_group()
    first, second = files_of(group)
    publisher(client, group)
    sent = filled(client, leaf_url(group, "2.2"), **{cell(second): {"value": "1"}})
    score(first, {"2.2": "2.5"})

    assert client.post(leaf_url(group, "2.2"), sent).status_code == 302
    assert (stored(first, "2.2").points, stored(second, "2.2").points) == (Decimal("2.5"), Decimal(1))


def test_nobody_writes_the_points_of_their_own_unit(client: Client) -> None:
    group = a_group()
    first, second = files_of(group)
    user = publisher(client, group)
    give(user, Role.UNIT_HEAD, first)
    session = client.session
    session[SESSION_KEY] = key_of(Role.PUBLISHER, group.round.organiser_id)
    session.save()
    page = client.get(leaf_url(group, "2.2"))
    assert f"{cell(first)}-value" not in fields(page)
    sent = fields(page) | {f"{cell(first)}-value": "4", f"{cell(first)}-read": "0--"}

    client.post(leaf_url(group, "2.2"), sent | {f"{cell(second)}-value": "1"})

    assert (stored(first, "2.2").points, stored(second, "2.2").points) == (None, Decimal(1))
    upload_of(client, group, rows={first.unit_code: {"2.2 · điểm": 4}})
    answer = confirm(client, group, rows={first.unit_code: {"2.2 · điểm": 4}})
    assert answer.status_code == 403


# -- the workbook


def workbook(headings: list[str], rows: dict[str, dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Mã đơn vị", "Đơn vị", *headings])
    for code, values in rows.items():
        sheet.append([code, "", *(values.get(heading) for heading in headings)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload_of(
    client: Client, group: Group, content: bytes | None = None, rows: Any = None, name: str = "dieu-tra.xlsx"
) -> HttpResponse:
    if content is None:
        headings = list(dict.fromkeys(heading for values in rows.values() for heading in values))
        content = workbook(headings, rows)
    return client.post(url(group, f"{group.code}/tai-len/"), {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, group: Group, rows: Any, **given: str) -> HttpResponse:
    payload = fields(upload_of(client, group, rows=rows))["payload"]
    return client.post(url(group, f"{group.code}/xac-nhan/"), {"payload": payload, **given})


def test_the_template_comes_back_unchanged_and_then_changed(client: Client) -> None:
    group = a_group()
    first, second = files_of(group)
    score(first, {"2.2": "3.25"})
    publisher(client, group)
    fill(client, leaf_url(group, "2.1"), **{cell(first): {"value": "85,5", "valid": "312"}})

    content = client.get(url(group, f"{group.code}/mau.xlsx")).content
    assert upload_of(client, group, content).status_code == 302
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headings = [column.value for column in sheet[1]]
    assert headings[2:5] == ["2.1 · chỉ số %", "2.1 · phiếu phát ra", "2.1 · phiếu hợp lệ"]
    assert [column.value for column in sheet[2]][2:6] == [85.5, None, 312, 3.25]
    sheet["C3"], sheet["E3"] = 60, 100
    stream = io.BytesIO()
    book.save(stream)
    answer = upload_of(client, group, stream.getvalue())

    assert answer.status_code == 200
    assert "Tệp đổi 1 ô, chưa ghi" in text(answer)
    assert f"{second.unit_name} 2.1 – → 60 (chỉ số %) 12,00 – → – / 100" in text(answer)
    assert stored(second, "2.1").points is None
    payload = fields(answer)["payload"]
    assert client.post(url(group, f"{group.code}/xac-nhan/"), {"payload": payload}).status_code == 302
    assert (stored(second, "2.1").points, stored(second, "2.1").facts) == (Decimal(12), {"index": "60"})
    event = Event.objects.filter(verb="ghi điểm: Kết luận").order_by("-pk").first()
    assert event is not None
    assert event.reason == "Nhập từ tệp dieu-tra.xlsx"


def test_every_wrong_cell_of_a_file_is_named_and_nothing_is_written(client: Client) -> None:
    group = a_group(3)
    first, second, third = files_of(group)
    publisher(client, group)
    rows = {
        first.unit_code: {"2.1 · chỉ số %": 120, "2.2 · điểm": 3, "9.9 · điểm": None},
        second.unit_code: {"2.2 · điểm": "ba", "2.2 · phiếu phát ra": 10, "2.2 · phiếu hợp lệ": 12},
        third.unit_code: {"2.2 · điểm": 9},
        "la": {"2.2 · điểm": 1},
    }

    answer = upload_of(client, group, rows=rows)

    assert answer.status_code == 422
    page = text(answer)
    assert "Dòng 1, ô E1: “9.9 · điểm” không phải là mục do điều tra chấm" in page
    assert f"Dòng 2, ô C2: {first.unit_name}, mục 2.1" in page
    assert f"Dòng 3, ô D3: {second.unit_name}, mục 2.2" in page
    assert f"Dòng 4, ô D4: {third.unit_name}, mục 2.2: Điểm 9 lớn hơn điểm tối đa 4" in page
    assert "Dòng 5, ô A5: nhóm không có đơn vị mã “la”" in page
    assert not Score.objects.filter(track=Track.CONCLUSION, points__isnull=False).exists()


def test_an_empty_cell_keeps_what_stands_and_a_share_shown_as_percent_is_read(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    score(file, {"2.2": "3"})
    publisher(client, group)
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(["2.1 · chỉ số %", "2.2 · điểm"], {file.unit_code: {"2.1 · chỉ số %": 0.855}}))
    )
    book.active["C2"].number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)

    answer = upload_of(client, group, stream.getvalue())

    assert "Tệp đổi 1 ô" in text(answer)
    assert "85,5" in text(answer)


def test_replacing_by_a_file_needs_a_reason_and_goes_stale(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    score(file, {"2.2": "3"})
    publisher(client, group)
    rows = {file.unit_code: {"2.2 · điểm": 2}}

    assert confirm(client, group, rows).status_code == 422
    payload = fields(upload_of(client, group, rows=rows))["payload"]
    score(file, {"2.2": "1"})
    answer = client.post(url(group, f"{group.code}/xac-nhan/"), {"payload": payload, "reason": "Nhầm"})
    assert answer.status_code == 409
    assert "Người khác vừa sửa" in text(answer)
    assert stored(file, "2.2").points == 1
    assert confirm(client, group, rows, reason="Nhầm").status_code == 302
    assert stored(file, "2.2").points == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no book", b"a,b\n1,2\n"])
def test_what_is_no_such_workbook_is_refused(client: Client, content: bytes) -> None:
    group = a_group(1)
    publisher(client, group)

    name = "x.csv" if content.startswith(b"a") else "x.xlsx"
    assert upload_of(client, group, content, name=name).status_code == 422


def test_a_preview_is_signed_and_belongs_to_its_group(client: Client) -> None:
    group, other = a_group(1), a_group(1)
    (file,) = files_of(group)
    user = publisher(client, group)
    give(user, Role.PUBLISHER, files_of(other)[0])
    payload = fields(upload_of(client, group, rows={file.unit_code: {"2.2 · điểm": 2}}))["payload"]

    for sent in ("", payload[:-2], payload):
        target = other if sent == payload else group
        answer = client.post(url(target, f"{target.code}/xac-nhan/"), {"payload": sent})
        assert answer.status_code == 409
    assert stored(file, "2.2").points is None


# -- who


def addresses(group: Group) -> tuple[list[str], list[str]]:
    reads = [url(group), leaf_url(group, "2.2"), url(group, f"{group.code}/mau.xlsx")]
    writes = [
        leaf_url(group, "2.2"),
        url(group, f"{group.code}/tai-len/"),
        url(group, f"{group.code}/xac-nhan/"),
    ]
    return reads, writes


def test_the_auditor_reads_and_writes_nothing(client: Client) -> None:
    group = a_group(1)
    (file,) = files_of(group)
    client.force_login(someone(Role.AUDITOR, file))
    reads, writes = addresses(group)

    assert {client.get(address).status_code for address in reads} == {200}
    assert {client.post(address, {}).status_code for address in writes} == {403}
    for address in reads[:2]:
        assert "csrfmiddlewaretoken" not in client.get(address).content.decode().split("<main")[1]


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_see_nothing(client: Client, role: Role | RoundDuty) -> None:
    group = a_group(1)
    client.force_login(someone(role, files_of(group)[0]))
    reads, writes = addresses(group)

    expected = {403} if isinstance(role, RoundDuty) else {404}
    assert {client.get(address).status_code for address in reads} == expected
    assert {client.post(address, {}).status_code for address in writes} == expected


def test_another_organisers_publisher_finds_nothing_and_a_visitor_signs_in(client: Client) -> None:
    group, other = a_group(1), a_group(1)
    reads, writes = addresses(group)
    assert {client.get(address).status_code for address in reads} == {302}
    client.force_login(someone(Role.PUBLISHER, files_of(other)[0]))

    assert {client.get(address).status_code for address in reads} == {404}
    assert {client.post(address, {}).status_code for address in writes} == {404}


def test_a_round_without_a_survey_says_so(client: Client) -> None:
    group = GroupFactory(size=1, settings=GroupSettings(holds_survey=False))
    publisher(client, group)

    assert "không có nhóm nào tổ chức điều tra" in text(client.get(url(group)))


@pytest.mark.parametrize("size", [2, 30])
def test_pages_and_saving_take_the_same_queries_for_few_and_many_units(
    client: Client, size: int, django_assert_num_queries: Any
) -> None:
    group = a_group(size)
    publisher(client, group)
    sent = fields(client.get(leaf_url(group, "2.1")))
    sent |= {f"{cell(file)}-{name}": "50" for file in files_of(group) for name in ("value", "valid")}

    with django_assert_num_queries(14):
        client.get(url(group))
    with django_assert_num_queries(16):
        assert f"đã có điểm 0/{size} đơn vị" in text(client.get(leaf_url(group, "2.1")))
    with django_assert_num_queries(29):
        assert client.post(leaf_url(group, "2.1"), sent).status_code == 302
    assert f"đã có điểm {size}/{size} đơn vị" in text(client.get(leaf_url(group, "2.1")))
