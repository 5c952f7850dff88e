import datetime as dt

import pytest
from django import forms
from django.utils import translation

from parindex.accounts.models import Unit
from parindex.sorting import sort_key
from tests.factories.accounts import OrganiserFactory, UnitFactory, UnitTypeFactory

# Tones decide only between names whose letters are the same, as in CLDR's Vietnamese collation.
ORDERED = [
    ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "k", "l", "m", "n"],
    ["n", "o", "ô", "ơ", "p", "q", "r", "s", "t", "u", "ư", "v", "x", "y"],
    ["ma", "mà", "mả", "mã", "má", "mạ"],
    ["Dân", "Đàn", "Đản", "Đạn", "Đăng", "Đâm", "E"],
    ["Dung", "Dũng", "Đông", "Đồng", "Em"],
    ["Hoa", "Hòa", "Hỏa", "Hoan", "Hoàn"],
    ["Phường 1", "Phường 2", "Phường 10", "Phường 100", "Phường An Dương"],
    ["Xã Tân", "Xã Tần", "Xã Tân An", "Xã Tân Bình"],
    ["Sở Công Thương", "Sở Dân tộc và Tôn giáo", "Sở Giáo dục và Đào tạo", "Sở Nội vụ", "Sở Y tế"],
    ["Cẩm Phả", "Đông Triều", "Hạ Long", "Móng Cái", "Quảng Yên", "Uông Bí", "Vân Đồn"],
    ["Điện Biên", "Điện Biên Đông", "Mường Chà", "Nậm Pồ", "Tủa Chùa", "Tuần Giáo"],
]


@pytest.mark.parametrize("names", ORDERED, ids=lambda names: names[0])
def test_names_stand_in_vietnamese_order(names):
    backwards = names[::-1]

    assert sorted(backwards, key=sort_key) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đông Triều", "ĐÔNG TRIỀU"),
        ("Hòa Bình", "Ho\u0300a Bi\u0300nh"),
        ("Tân  An", "Tân An"),
        ("Phan Rang - Tháp Chàm", "Phan Rang–Tháp Chàm"),
        (" Hạ Long ", "Hạ Long"),
    ],
)
def test_writing_of_the_same_name_does_not_matter(one, other):
    assert sort_key(one) == sort_key(other)


def test_an_old_and_a_new_placing_of_the_tone_stand_together():
    assert sorted(["Hoàng", "Hoà", "Hòa"], key=sort_key)[2] == "Hoàng"


def test_a_key_holds_only_what_every_collation_orders_alike():
    assert set("".join(sort_key(name) for names in ORDERED for name in names)) <= set(
        "0123456789abcdefghijklmnopqrstuvwxyz"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("names", ORDERED, ids=lambda names: names[0])
def test_the_database_orders_units_alike(names):
    organiser, unit_type = OrganiserFactory(), UnitTypeFactory()
    for name in reversed(names):
        UnitFactory(name=name, organiser=organiser, unit_type=unit_type)

    assert list(Unit.objects.order_by("sort_key").values_list("name", flat=True)) == names


@pytest.mark.django_db
def test_a_unit_that_is_renamed_moves():
    organiser, unit_type = OrganiserFactory(), UnitTypeFactory()
    first = UnitFactory(name="An Sinh", organiser=organiser, unit_type=unit_type)
    UnitFactory(name="Bình Khê", organiser=organiser, unit_type=unit_type)

    first.name = "Đức Chính"
    first.save()

    in_order = Unit.objects.order_by("sort_key").values_list("name", flat=True)
    assert list(in_order) == ["Bình Khê", "Đức Chính"]


# Dates in forms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["03/04/2026", "3/4/2026", "03-04-2026", "03.04.2026", "2026-04-03"])
def test_a_date_is_read_as_day_month_year(typed):
    with translation.override("vi"):
        assert forms.DateField().clean(typed) == dt.date(2026, 4, 3)


@pytest.mark.parametrize("typed", ["04/13/2026", "31/02/2026", "03/04/26", "hôm nay"])
def test_what_is_no_date_is_refused_in_vietnamese(typed):
    with translation.override("vi"), pytest.raises(forms.ValidationError) as refusal:
        forms.DateField().clean(typed)

    assert refusal.value.messages == ["Nhập một ngày hợp lệ."]


def test_a_date_is_shown_as_it_is_typed():
    class Deadline(forms.Form):
        until = forms.DateField()

    with translation.override("vi"):
        assert 'value="03/04/2026"' in str(Deadline(initial={"until": dt.date(2026, 4, 3)})["until"])
