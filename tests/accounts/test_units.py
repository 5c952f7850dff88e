"""Units of an organiser: the list, one unit, adding, changing, merging; files in and out."""

import datetime as dt
import unicodedata
from typing import Any

import pytest
from django.test import Client

from parindex.accounts.enums import Role
from parindex.accounts.models import Organiser, Unit, UnitType, User
from parindex.audit.models import Event
from tests.accounts.staff import confirm, rows_of, sheet, staff, text, upload
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory

pytestmark = pytest.mark.django_db

HEADER = ("Mã đơn vị", "Tên đơn vị", "Loại đơn vị", "Từ ngày", "Đến ngày", "Đơn vị tiền thân")


@pytest.fixture
def organiser() -> Organiser:
    return OrganiserFactory(name="Sở Nội vụ")


@pytest.fixture
def commune() -> UnitType:
    return UnitTypeFactory(code="cap-xa", name="Cấp xã")


@pytest.fixture
def editor(client: Client, organiser: Organiser) -> User:
    user = staff(organiser, Role.PUBLISHER)
    client.force_login(user)
    return user


def url(organiser: Organiser, rest: str = "") -> str:
    return f"/to-chuc/{organiser.pk}/don-vi/{rest}"


def make(organiser: Organiser, commune: UnitType, *names: str, **fields: Any) -> list[Unit]:
    return [
        UnitFactory(organiser=organiser, unit_type=commune, name=name, code=f"m{number}", **fields)
        for number, name in enumerate(names, 1)
    ]


# -- the list


def test_the_list_searches_filters_sorts(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    make(organiser, commune, "Phường Đại Kim", "Phường Định Công", "Xã Ba Vì")
    Unit.objects.filter(name="Xã Ba Vì").update(valid_to=dt.date(2025, 6, 30))
    department = UnitFactory(organiser=organiser, name="Sở Tài chính", code="stc")
    UnitFactory(name="Phường của nơi khác")

    def names(query: str = "") -> list[str]:
        return [unit.name for unit in client.get(url(organiser) + query).context["page"]]

    assert names() == ["Phường Đại Kim", "Phường Định Công", "Sở Tài chính", "Xã Ba Vì"]
    assert names("?q=dai kim") == ["Phường Đại Kim"]
    assert names("?q=ĐỊNH") == ["Phường Định Công"]
    assert names("?q=stc") == ["Sở Tài chính"]
    assert names(f"?loai={department.unit_type_id}") == ["Sở Tài chính"]
    assert names("?tinh-trang=het-hieu-luc") == ["Xã Ba Vì"]
    assert "Xã Ba Vì" not in names("?tinh-trang=con-hieu-luc")
    assert names("?xep=-ten") == ["Xã Ba Vì", "Sở Tài chính", "Phường Định Công", "Phường Đại Kim"]
    assert names("?xep=-ma") == ["Sở Tài chính", "Xã Ba Vì", "Phường Định Công", "Phường Đại Kim"]
    assert names("?xep=den-ngay")[0] == "Xã Ba Vì"
    assert names("?loai=x&xep=la") == names()
    assert "Không có đơn vị nào theo điều kiện" in text(client.get(url(organiser) + "?q=khong-co"))


@pytest.mark.parametrize("size", [3, 120])
def test_the_list_takes_the_same_queries_for_any_size(
    client: Client,
    organiser: Organiser,
    commune: UnitType,
    editor: User,
    size: int,
    django_assert_num_queries: Any,
) -> None:
    make(organiser, commune, *(f"Xã {number}" for number in range(size)))
    client.get(url(organiser))

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url(organiser))


LIST_QUERIES = 11


def test_the_list_is_taken_away_and_can_be_read_again(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    first, second = make(organiser, commune, "=1+1", "Xã Nậm Xe", valid_from=dt.date(2026, 4, 3))
    second.predecessors.add(first)

    book = client.get(url(organiser, "?dang=xlsx&xep=ma")).content
    lines = client.get(url(organiser, "?dang=csv&q=nam")).content.decode("utf-8-sig").splitlines()

    header, one, two = rows_of(book)
    assert header == HEADER
    assert one[:3] == ("m1", "=1+1", "Cấp xã")
    assert (two[3].date(), *two[4:]) == (dt.date(2026, 4, 3), None, "m1")
    assert lines[1:] == ["m2,Xã Nậm Xe,Cấp xã,03/04/2026,,m1"]
    preview = upload(client, url(organiser, "nhap/"), book)
    assert "Tệp giống danh mục đang có" in text(preview)
    assert client.get(url(organiser, "?dang=pdf")).status_code == 404


def test_csv_runs_nothing_in_a_spreadsheet(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    make(organiser, commune, "=cmd|' /C calc'!A0")

    assert ",'=cmd" in client.get(url(organiser, "?dang=csv")).content.decode()


# -- one unit


def fields(commune: UnitType, **other: object) -> dict[str, object]:
    return {"name": "Xã Nậm Xe", "code": "nam-xe", "unit_type": commune.pk} | other


def test_a_unit_is_added_and_changed_with_its_history(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    (old,) = make(organiser, commune, "Xã cũ")
    client.post(url(organiser, "them/"), fields(commune, valid_from="03/04/2026", predecessors=[old.pk]))

    unit = Unit.objects.get(code="nam-xe")
    assert unit.valid_from == dt.date(2026, 4, 3)
    assert list(unit.predecessors.all()) == [old]
    page = text(client.get(url(organiser, f"{unit.pk}/")))
    assert "từ 03/04/2026" in page
    assert "Thêm đơn vị" in page
    assert "Xã Nậm Xe" in text(client.get(url(organiser, f"{old.pk}/")))

    answer = client.post(url(organiser, f"{unit.pk}/sua/"), fields(commune, name="Xã Nậm Xe mới"))
    assert answer.status_code == 302
    event = Event.objects.filter(verb="sửa đơn vị").get()
    assert event.before == {"name": "Xã Nậm Xe", "valid_from": "2026-04-03", "predecessors": ["Xã cũ"]}
    assert event.after == {"name": "Xã Nậm Xe mới", "valid_from": None, "predecessors": []}
    page = text(client.get(url(organiser, f"{unit.pk}/")))
    assert "Tên: Xã Nậm Xe → Xã Nậm Xe mới" in page
    assert "Từ ngày: 03/04/2026 (bỏ)" in page


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": ""}, "Ghi tên đơn vị"),
        ({"code": "m1"}, "Mã “m1” đã dùng cho Xã cũ"),
        ({"unit_type": ""}, "Chọn loại đơn vị"),
        ({"valid_from": "31/02/2026"}, "không phải là ngày"),
        ({"valid_from": "02/01/2026", "valid_to": "01/01/2026"}, "Ngày hết hiệu lực trước ngày bắt đầu"),
        ({"predecessors": ["999999"]}, "Chọn đơn vị có trong danh mục"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_lost(
    client: Client,
    organiser: Organiser,
    commune: UnitType,
    editor: User,
    other: dict[str, object],
    words: str,
) -> None:
    make(organiser, commune, "Xã cũ")

    answer = client.post(url(organiser, "them/"), fields(commune, **other))

    assert answer.status_code == 422
    assert words in text(answer)
    assert Unit.objects.count() == 1
    assert not Event.objects.exists()


def test_another_organisers_unit_is_no_predecessor(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    other = UnitFactory()

    assert client.post(url(organiser, "them/"), fields(commune, predecessors=[other.pk])).status_code == 422
    assert client.get(url(organiser, f"{other.pk}/")).status_code == 404
    assert client.post(url(organiser, f"{other.pk}/sua/"), fields(commune)).status_code == 404


def test_a_type_of_units_is_added_once(client: Client, organiser: Organiser, editor: User) -> None:
    page = url(organiser, "loai/them/")
    assert client.post(page, {"name": "Đơn vị sự nghiệp", "code": "Su-Nghiep"}).status_code == 302
    assert client.post(page, {"name": "Khác", "code": "su-nghiep"}).status_code == 422

    assert UnitType.objects.get(code="su-nghiep").name == "Đơn vị sự nghiệp"
    assert Event.objects.get().verb == "thêm loại đơn vị"


# -- mergers


def test_units_merge_into_a_new_one(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    one, two, _ = make(organiser, commune, "Xã Một", "Xã Hai", "Xã Ba")

    answer = client.post(
        url(organiser, "sap-nhap/"),
        {
            "merged": [one.pk, two.pk],
            "on": "01/07/2025",
            "target": "moi",
            "name": "Xã Mới",
            "code": "xa-moi",
            "unit_type": commune.pk,
        },
    )

    new = Unit.objects.get(code="xa-moi")
    assert answer.status_code == 302
    assert new.valid_from == dt.date(2025, 7, 1)
    assert set(new.predecessors.all()) == {one, two}
    ended = set(Unit.objects.filter(valid_to=dt.date(2025, 6, 30)))
    assert ended == {one, two}
    assert sorted(Event.objects.values_list("verb", "object_label")) == [
        ("nhận sáp nhập", "Xã Mới"),
        ("sáp nhập", "Xã Hai"),
        ("sáp nhập", "Xã Một"),
    ]
    page = text(client.get(url(organiser, f"{one.pk}/")))
    assert "hết hiệu lực sau ngày 30/06/2025" in page
    assert "Sáp nhập vào: Xã Mới" in page


def test_units_merge_into_one_that_is_there(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    one, two = make(organiser, commune, "Xã Một", "Xã Hai")
    given = {"merged": [one.pk], "on": "01/07/2025", "target": "san-co", "existing": two.pk}

    assert client.post(url(organiser, "sap-nhap/"), given).status_code == 302

    two.refresh_from_db()
    assert (two.valid_to, list(two.predecessors.all())) == (None, [one])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"merged": []}, "Chọn các đơn vị được sáp nhập"),
        ({"merged": [2**70]}, "Chọn đơn vị có trong danh mục."),
        ({"merged": ["²"]}, "Chọn đơn vị có trong danh mục."),
        ({"on": ""}, "Ghi ngày sáp nhập"),
        ({"on": "01/01/2020"}, "chỉ có hiệu lực từ ngày 01/01/2020"),
        ({"code": "m1"}, "Mã “m1” đã dùng"),
        ({"name": ""}, "Ghi tên đơn vị mới"),
        ({"target": "san-co"}, "Chọn đơn vị nhận sáp nhập"),
        ({"target": "san-co", "existing": "own"}, "vừa được sáp nhập vừa là đơn vị nhận"),
    ],
)
def test_a_merger_is_whole_or_not_at_all(
    client: Client,
    organiser: Organiser,
    commune: UnitType,
    editor: User,
    other: dict[str, Any],
    words: str,
) -> None:
    one, two = make(organiser, commune, "Xã Một", "Xã Hai", valid_from=dt.date(2020, 1, 1))
    given = {
        "merged": [one.pk, two.pk],
        "on": "01/07/2025",
        "target": "moi",
        "name": "Xã Mới",
        "code": "xa-moi",
        "unit_type": commune.pk,
    } | other
    if given.get("existing") == "own":
        given["existing"] = one.pk

    answer = client.post(url(organiser, "sap-nhap/"), given)

    assert answer.status_code == 422
    assert words in text(answer)
    assert Unit.objects.filter(valid_to=None).count() == Unit.objects.count() == 2
    assert not Event.objects.exists()


# -- from a file


def test_a_list_is_looked_at_then_stored(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    make(organiser, commune, "Xã Một", "Xã Hai")
    content = sheet(
        ("DANH MỤC ĐƠN VỊ",),
        (),
        HEADER,
        ("m1", "Xã Một", "cap-xa"),
        ("m2", "Xã Hai đổi tên", "Cấp xã", None, "03/04/2026"),
        (),
        (345, "Xã Mới", "cấp xã", dt.date(2026, 4, 3), None, "m1; m2"),
    )

    preview = upload(client, url(organiser, "nhap/"), content)

    assert "Sẽ thêm 1 đơn vị, sửa 1 đơn vị" in text(preview)
    assert "Tên: Xã Hai → Xã Hai đổi tên" in text(preview)
    assert Unit.objects.count() == 2
    assert not Event.objects.exists()

    assert confirm(client, url(organiser, "nhap/"), preview).status_code == 302
    new = Unit.objects.get(code="345")
    assert new.valid_from == dt.date(2026, 4, 3)
    assert {unit.code for unit in new.predecessors.all()} == {"m1", "m2"}
    assert Unit.objects.get(code="m2").valid_to == dt.date(2026, 4, 3)
    assert sorted(Event.objects.values_list("verb", "object_label")) == [
        ("sửa đơn vị", "Xã Hai đổi tên"),
        ("thêm đơn vị", "Xã Mới"),
    ]


def test_letters_typed_apart_are_the_same_names_and_a_second_press_changes_nothing(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    make(organiser, commune, "Xã Một")
    rows = [("m1", "Xã Một", "Cấp xã"), ("m2", "Xã Hải Hà", "Cấp xã")]
    apart = [tuple(unicodedata.normalize("NFD", cell) for cell in row) for row in (HEADER, *rows)]

    preview = upload(client, url(organiser, "nhap/"), sheet(*apart))
    assert "Sẽ thêm 1 đơn vị" in text(preview)
    confirm(client, url(organiser, "nhap/"), preview)
    answer = confirm(client, url(organiser, "nhap/"), preview)

    assert [unit.name for unit in Unit.objects.order_by("code")] == ["Xã Một", "Xã Hải Hà"]
    assert "không có gì phải ghi" in text(client.get(answer.url))


def test_every_problem_names_its_row_and_column_and_nothing_is_stored(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    content = sheet(
        HEADER,
        ("a", "Xã A", "cap-xa"),
        ("", "Xã B", "cap-xa"),
        ("a", "", "Quận", "31/02/2026"),
        ("d", "Xã D", "cap-xa", "02/01/2026", "01/01/2026", "khong-co"),
    )

    answer = upload(client, url(organiser, "nhap/"), content)

    page = text(answer)
    assert answer.status_code == 422
    for words in (
        "Dòng 3, cột A (Mã đơn vị): Ghi mã đơn vị.",
        "Dòng 4, cột A (Mã đơn vị): Mã “a” đã ghi ở dòng 2.",
        "Dòng 4, cột B (Tên đơn vị): Ghi tên đơn vị.",
        "Dòng 4, cột C (Loại đơn vị): Không có loại đơn vị “Quận”",
        "Dòng 4, cột D (Từ ngày): “31/02/2026” không phải là ngày",
        "Dòng 5, cột E (Đến ngày): Ngày hết hiệu lực trước ngày bắt đầu.",
        "Dòng 5, cột F (Đơn vị tiền thân): Không có đơn vị mã “khong-co”",
    ):
        assert words in page
    assert "7 chỗ cần sửa" in page
    assert not Unit.objects.exists()


def test_what_became_wrong_after_the_preview_stores_nothing(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    content = sheet(HEADER, ("a", "Xã A", "cap-xa"), ("b", "Xã B", "cap-xa"))
    preview = upload(client, url(organiser, "nhap/"), content)
    UnitType.objects.filter(pk=commune.pk).update(code="khac", name="Khác")

    assert confirm(client, url(organiser, "nhap/"), preview).status_code == 422
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.xlsx", "Tệp rỗng"),
        (b"PK\x03\x04 hong", "a.xlsx", "Không đọc được tệp"),
        ("Mã;Tên;Loại\n".encode("utf-16"), "a.csv", "Không đọc được tệp"),
        (b"%PDF-1.7", "a.pdf", "Không đọc được tệp"),
        ("Mã,Tên\na,A\n".encode(), "a.csv", "thiếu cột “Loại đơn vị”"),
        ("Mã,Tên,Loại\n".encode(), "a.csv", "không có dòng nào"),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    client: Client, organiser: Organiser, editor: User, content: bytes, name: str, words: str
) -> None:
    answer = upload(client, url(organiser, "nhap/"), content, name)

    assert answer.status_code == 422
    assert words in text(answer)


def test_a_preview_of_another_organiser_or_of_nobody_is_not_stored(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    preview = upload(client, url(organiser, "nhap/"), sheet(HEADER, ("a", "Xã A", "cap-xa")))
    other = OrganiserFactory()
    client.force_login(staff(other, Role.PUBLISHER))

    assert confirm(client, url(other, "nhap/"), preview).status_code == 422
    assert client.post(url(other, "nhap/"), {"rows": "giả"}).status_code == 422
    assert not Unit.objects.exists()


def test_the_template_has_the_header_that_is_read(
    client: Client, organiser: Organiser, commune: UnitType, editor: User
) -> None:
    assert rows_of(client.get(url(organiser, "nhap/mau.xlsx")).content)[0] == HEADER
