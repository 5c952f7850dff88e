"""Unit lists: created, found again, refused line by line."""

import io

import pytest
from openpyxl import Workbook

from parindex.accounts.models import Organiser, Unit, UnitType
from parindex.accounts.resources import UnitFileRefused, units_from_file
from tests.factories.accounts import OrganiserFactory, UnitTypeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> tuple[Organiser, UnitType]:
    return OrganiserFactory(), UnitTypeFactory()


def read(text: str, place: tuple[Organiser, UnitType]) -> list[Unit]:
    organiser, unit_type = place
    return units_from_file(text.encode(), "don-vi.csv", organiser=organiser, unit_type=unit_type)


def test_missing_units_are_created_in_the_order_of_the_file(place: tuple[Organiser, UnitType]) -> None:
    units = read("code,name\nb,Phường Đại Kim\na,Phường Định Công\n", place)

    assert [(unit.code, unit.name) for unit in units] == [("b", "Phường Đại Kim"), ("a", "Phường Định Công")]
    assert {(unit.organiser, unit.unit_type) for unit in units} == {place}


def test_a_known_code_is_the_same_unit(place: tuple[Organiser, UnitType]) -> None:
    (first,) = read("code,name\na,Phường A\n", place)
    (again,) = read("code,name\na,Phường A\n", place)

    assert first == again
    assert Unit.objects.count() == 1


def test_the_same_code_of_another_organiser_is_another_unit(place: tuple[Organiser, UnitType]) -> None:
    read("code,name\na,Phường A\n", place)
    read("code,name\na,Xã A\n", (OrganiserFactory(), place[1]))

    assert sorted(Unit.objects.values_list("name", flat=True)) == ["Phường A", "Xã A"]


@pytest.mark.parametrize(
    "text", ["\ufeffcode,name\na,Phường A\n", "Mã;Tên\na;Phường A\n", "Mã đơn vị,Tên đơn vị\na,Phường A\n"]
)
def test_lists_as_offices_save_them(text: str, place: tuple[Organiser, UnitType]) -> None:
    assert [unit.name for unit in read(text, place)] == ["Phường A"]


def test_a_workbook_is_read_too(place: tuple[Organiser, UnitType]) -> None:
    book = Workbook()
    for row in (("code", "name"), ("a", "Phường A"), ("b", "Phường B")):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)

    units = units_from_file(content.getvalue(), "don-vi.xlsx", organiser=place[0], unit_type=place[1])

    assert [unit.code for unit in units] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,name\na,\n", "Dòng 2 thiếu mã hoặc tên"),
        ("code,name\na,A\nb,B\na,C\n", "Dòng 4 trùng mã “a” với dòng 2"),
        ("code,name\n", "Không có đơn vị nào"),
        ("ma,ten\na,A\n", "cần hai cột code và name"),
    ],
)
def test_a_faulty_list_is_refused_by_line_and_nothing_is_stored(
    text: str, words: str, place: tuple[Organiser, UnitType]
) -> None:
    with pytest.raises(UnitFileRefused, match=words):
        read(text, place)

    assert not Unit.objects.exists()
