from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.forms import modelform_factory

from criteria.models import Criterion, Framework
from parindex.fields import PointsFormField
from tests.factories.criteria import FrameworkFactory

LARGE = "999999999.999999"


def d(text):
    return Decimal(text)


@pytest.fixture
def framework(db):
    return FrameworkFactory()


def add(framework, *points):
    """Criteria with these maxima, in order."""
    for position, value in enumerate(points, start=framework.criteria.count() + 1):
        Criterion.objects.create(
            framework=framework,
            position=position,
            code=str(position),
            level=1,
            title="Tiêu chí",
            is_leaf=True,
            max_points=value,
        )


def maxima(framework):
    return list(framework.criteria.order_by("position").values_list("max_points", flat=True))


def declared(framework):
    return Framework.objects.get(pk=framework.pk).declared_total


@pytest.mark.parametrize(
    "value", ["0", "0.1", "79.24", "0.000001", "-0.000001", "-12.5", LARGE, f"-{LARGE}", "0.333333"]
)
def test_points_come_back_exactly(framework, value):
    framework.declared_total = d(value)
    framework.save()

    assert declared(framework) == d(value)
    assert isinstance(declared(framework), Decimal)


def test_points_are_whole_millionths_in_the_database(framework):
    Framework.objects.update(declared_total=d("79.24"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT declared_total FROM criteria_framework")
        assert cursor.fetchone() == (79240000,)


def test_absent_points_stay_absent(framework):
    framework.declared_total = None
    framework.save()

    assert declared(framework) is None
    assert Framework.objects.filter(declared_total=None).count() == 1


def test_a_tenth_and_two_tenths_are_three_tenths_in_sql(framework):
    add(framework, d("0.1"), d("0.2"))

    assert framework.criteria.aggregate(total=Sum("max_points"))["total"] == d("0.3")


def test_a_thousand_millionths_are_a_thousandth_in_sql(framework):
    Criterion.objects.bulk_create(
        Criterion(
            framework=framework,
            position=position,
            code=str(position),
            level=1,
            title="Tiêu chí",
            is_leaf=True,
            max_points=d("0.000001"),
        )
        for position in range(1, 1001)
    )

    assert framework.criteria.aggregate(total=Sum("max_points"))["total"] == d("0.001")


def test_a_sum_of_nothing_is_absent(framework):
    assert framework.criteria.aggregate(total=Sum("max_points"))["total"] is None


def test_sums_may_be_larger_than_any_single_value(framework):
    add(framework, *[d(LARGE)] * 20)

    assert framework.criteria.aggregate(total=Sum("max_points"))["total"] == d("19999999999.99998")


def test_points_are_ordered_and_compared_by_value(framework):
    add(framework, d("10"), d("9.5"), d("100"), d("9.50001"))

    in_order = framework.criteria.order_by("max_points").values_list("max_points", flat=True)
    assert list(in_order) == [d("9.5"), d("9.50001"), d("10"), d("100")]
    assert framework.criteria.filter(max_points__gt=d("9.5")).count() == 3
    assert framework.criteria.filter(max_points="9,5").count() == 1
    assert framework.criteria.filter(max_points__in=[d("10"), d("100.0")]).count() == 2


def test_whole_numbers_and_text_are_stored_as_points(framework):
    add(framework, 7, "1,25", "1.25")

    assert maxima(framework) == [d("7"), d("1.25"), d("1.25")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (d("0.0000001"), "0,0000001 có nhiều hơn 6 chữ số thập phân."),
        (d("1000000000"), "1000000000 quá lớn để là điểm."),
        (d("-1e30"), "−1000000000000000000000000000000 quá lớn để là điểm."),
        (True, "Ô chứa giá trị đúng/sai, không phải số."),
        (
            "1.250,5",
            "“1.250,5” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn.",
        ),
    ],
)
def test_what_cannot_be_stored_exactly_is_refused(framework, value, message):
    framework.declared_total = value

    with pytest.raises(ValidationError) as refusal:
        framework.save()

    assert refusal.value.messages == [message]


@pytest.mark.parametrize("value", [d("NaN"), d("Infinity")])
def test_what_is_no_number_is_refused(framework, value):
    framework.declared_total = value

    with pytest.raises(ValidationError):
        framework.save()


def test_the_database_refuses_negative_maxima(framework):
    with pytest.raises(IntegrityError), transaction.atomic():
        add(framework, d("-0.000001"))

    assert maxima(framework) == []


def test_points_are_dumped_as_plain_text(framework):
    field = Framework._meta.get_field("declared_total")
    framework.declared_total = d("0.000001")

    assert field.value_to_string(framework) == "0.000001"
    assert field.to_python("0.000001") == d("0.000001")


# Forms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1,25", "1.25"), ("1.25", "1.25"), ("0.125", "0.125"), (" 70 ", "70"), ("−0,5", "-0.5"), ("+3", "3")],
)
def test_a_comma_and_a_point_are_read_alike(typed, read):
    assert PointsFormField().clean(typed) == d(read)


@pytest.mark.parametrize("typed", ["1.250,5", "1,2,3", "1e3", "1 250", "một", "1,", ",5", "NaN", "½"])
def test_what_could_be_misread_is_refused_naming_it(typed):
    with pytest.raises(ValidationError) as refusal:
        PointsFormField().clean(typed)

    assert refusal.value.messages == [
        f"“{typed}” không phải là số. Ghi như 1,25 hoặc 1.25, không dùng dấu phân cách hàng nghìn."
    ]


def test_an_empty_field_is_refused_in_vietnamese_unless_it_may_be_empty():
    with pytest.raises(ValidationError) as refusal:
        PointsFormField().clean("")

    assert refusal.value.messages == ["Trường này là bắt buộc."]
    assert PointsFormField(required=False).clean("") is None


def test_a_form_stores_what_was_typed_and_shows_it_with_a_comma(framework):
    form_class = modelform_factory(Framework, fields=["declared_total"])

    form_class({"declared_total": "0,125"}, instance=framework).save()

    assert declared(framework) == d("0.125")
    assert 'value="0,125"' in str(form_class(instance=Framework.objects.get())["declared_total"])


def test_a_form_refuses_too_many_places_in_words(framework):
    form = modelform_factory(Framework, fields=["declared_total"])({"declared_total": "1,1234567"})

    assert form.errors == {"declared_total": ["1,1234567 có nhiều hơn 6 chữ số thập phân."]}
