"""A provisional ranking beside an earlier one: kept, published, of the year before."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.exceptions import NotPermitted
from assessments.models import Assessment, Group, KeptRanking, KeptUnit, Round
from assessments.publication import publish
from assessments.results.rankings import (
    UnitChange,
    changes_of,
    earlier_rankings,
    keep_ranking,
    last_years,
    summary_of,
)
from assessments.scorecard import rank_group
from assessments.workflow import conclude
from parindex.accounts.enums import Role
from parindex.accounts.models import Unit
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.people import someone
from tests.factories.accounts import UnitFactory
from tests.factories.assessments import GroupFactory, RoundFactory, score

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}


def a_group(size: int = 3, **points: str) -> Group:
    """Units that lie 0.25 points apart on leaf 1.2, the first one ahead."""
    group = GroupFactory(size=size)
    for place, file in enumerate(group.assessments.order_by("unit_sort_key", "pk")):
        score(file, ALL | {"1.2": str(Decimal(4) - Decimal("0.01") * place)})
    return group


def files_of(group: Group) -> list[Assessment]:
    return list(group.assessments.order_by("unit_sort_key", "pk"))


def publisher_of(group: Group) -> Any:
    return someone(Role.PUBLISHER, group.assessments.first())


def compared(group: Group) -> dict[str, UnitChange]:
    """Every unit beside the last earlier ranking, by name."""
    units = rank_group(group).units
    earlier = earlier_rankings(group)
    found = changes_of(units, earlier[0] if earlier else None, {})
    return {change.unit.unit_name: change for change in found}


def announce(group: Group) -> None:
    conclude(group, by=COMMAND_LINE)
    publish(group.round, decision_number="12/QĐ", signed=timezone.localdate(), signer="x", by=COMMAND_LINE)


def url(group: Group, query: str = "?ban=du-kien") -> str:
    return f"/dot/{group.round.code}/{group.code}/{query}"


def text(answer: HttpResponse) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main")[1].replace("\u00a0", " "))
    return " ".join(page.split())


# -- keeping


def test_a_ranking_is_kept_with_its_rows_and_leaves_and_an_event() -> None:
    group = a_group()
    user = publisher_of(group)

    kept = keep_ranking(group, name=" Trước phiên họp ", by=user)

    assert (kept.name, kept.kept_by, len(kept.digest)) == ("Trước phiên họp", str(user), 64)
    first = KeptUnit.objects.get(ranking=kept, unit_code=files_of(group)[0].unit_code)
    assert (first.row["rank"], first.row["obtained"]) == (1, "19.5")
    assert first.leaves["1.2"] == ["4", "4"]
    assert Event.objects.filter(verb="lưu bản xếp hạng dự kiến", object_id=kept.pk).exists()


def test_what_is_kept_is_never_changed() -> None:
    group = a_group(1)
    kept = keep_ranking(group, name="x", by=publisher_of(group))

    for refused in (
        lambda: KeptRanking.objects.filter(pk=kept.pk).update(name="y"),
        lambda: KeptUnit.objects.filter(ranking=kept).update(row={}),
        lambda: KeptUnit.objects.filter(ranking=kept).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.UNIT_HEAD])
def test_only_a_publisher_keeps(client: Client, role: Role) -> None:
    group = a_group(1)
    user = someone(role, group.assessments.first())  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        keep_ranking(group, name="x", by=user)
    client.force_login(user)

    answer = client.post(url(group, "luu-ban-xep-hang/"), {"name": "x"})
    assert answer.status_code == (403 if role == Role.AUDITOR else 404)
    assert not KeptRanking.objects.exists()


# -- comparing


def test_ranks_points_classes_and_leaves_are_set_beside_the_kept_ones() -> None:
    group = a_group()
    first, second, third = files_of(group)
    keep_ranking(group, name="Lần 1", by=publisher_of(group))
    score(first, {"1.2": "1", "2.2": "0"})

    changes = compared(group)

    fallen = changes[first.unit_name]
    assert (fallen.rank_before, fallen.unit.rank, fallen.climbed) == (1, 3, -2)
    assert fallen.gained == Decimal("-6.5")
    assert (fallen.class_before, fallen.unit.class_name) == ("Xuất sắc", "Trung bình")
    assert [(leaf.code, leaf.before, leaf.after) for leaf in fallen.leaves] == [
        ("1.2", Decimal(4), Decimal(1)),
        ("2.2", Decimal("3.5"), Decimal(0)),
    ]
    (why,) = fallen.leaves[0].why
    assert (why.by, why.before, why.after) == ("dòng lệnh", "4", "1")
    assert (changes[second.unit_name].climbed, changes[second.unit_name].leaves) == (1, ())
    assert changes[third.unit_name].gained == 0


def test_the_last_of_kept_and_published_is_compared_with_and_any_can_be_chosen(client: Client) -> None:
    group = a_group(2)
    first, _ = files_of(group)
    user = publisher_of(group)
    keep_ranking(group, name="Lần 1", by=user)
    score(first, {"2.2": "3"})
    announce(group)
    score(first, {"2.2": "1"})

    assert [one.is_publication for one in earlier_rankings(group)] == [True, False]
    (leaf,) = compared(group)[first.unit_name].leaves
    assert (leaf.before, leaf.after) == (Decimal(3), Decimal(1))
    client.force_login(user)
    page = text(client.get(url(group)))
    assert "So với bản công bố theo Quyết định số 12/QĐ" in page
    kept = KeptRanking.objects.get()
    page = text(client.get(url(group, f"?ban=du-kien&so_voi=luu-{kept.pk}")))
    assert "So với bản lưu “Lần 1”" in page
    assert "2.2 3,50 → 1,00" in page


def test_a_summary_counts_the_whole_group() -> None:
    group = a_group()
    keep_ranking(group, name="Lần 1", by=publisher_of(group))
    score(files_of(group)[0], {"1.2": "1"})

    summary = summary_of(rank_group(group).units, earlier_rankings(group)[0])

    assert (summary.points, summary.ranks, summary.classes, summary.new) == (1, 3, 1, 0)


def test_the_page_says_what_changed_and_keeps_on_request(client: Client) -> None:
    group = a_group()
    user = publisher_of(group)
    client.force_login(user)
    assert "Chưa có bản nào được lưu" in text(client.get(url(group)))
    assert client.post(url(group, "luu-ban-xep-hang/"), {"name": " "}).status_code == 302
    assert not KeptRanking.objects.exists()
    assert client.post(url(group, "luu-ban-xep-hang/"), {"name": "Lần 1"}).status_code == 302
    score(files_of(group)[0], {"1.2": "1"})

    page = text(client.get(url(group)))
    assert "1 đơn vị đổi điểm, 3 đơn vị đổi hạng, 1 đơn vị đổi loại" in page
    assert "xuống 2, từ 1" in page
    assert "Xuất sắc → Tốt" in page
    assert "1.2 4,00 → 1,00 dòng lệnh" in page


def test_the_auditor_reads_it_and_the_public_does_not(client: Client) -> None:
    group = a_group()
    announce(group)
    score(files_of(group)[0], {"2.2": "1"})
    assert "Thay đổi so với lần trước" not in text(client.get(url(group, "")))
    assert client.get(url(group)).status_code == 403
    client.force_login(someone(Role.AUDITOR, files_of(group)[0]))

    answer = client.get(url(group))
    assert "Thay đổi so với lần trước" in text(answer)
    assert "Lưu bản xếp hạng này" not in text(answer)


# -- the year before


def next_year(group: Group, units: list[Unit]) -> Group:
    """The next round of the same organiser, with these units."""
    announce(group)
    round = RoundFactory(organiser=group.round.organiser, previous=group.round, year=2025)
    made = GroupFactory(round=round, framework=group.framework, units=units)
    for file in made.assessments.all():
        score(file, ALL | {"1.2": "4"})
    return made


def test_the_index_of_the_year_before_is_the_same_units_or_its_only_forerunners() -> None:
    group = a_group(4)
    same, renamed, one, other = [file.unit for file in files_of(group)]
    place = {"organiser": group.round.organiser, "unit_type": group.framework.unit_type}  # type: ignore[union-attr]
    heir, merged, new = (UnitFactory(**place) for _ in range(3))
    heir.predecessors.add(renamed)
    merged.predecessors.add(one, other)
    made = next_year(group, [same, heir, merged, new])
    by_unit = {file.unit: file.pk for file in made.assessments.select_related("unit")}

    found = last_years(made, list(by_unit.values()))

    assert found == {by_unit[same]: Decimal("97.5"), by_unit[heir]: Decimal("97.45")}


def test_a_unit_that_took_in_another_is_not_measured_by_that_ones_index() -> None:
    group = a_group(3)
    large, small, recoded = [file.unit for file in files_of(group)]
    made = next_year(group, [large, recoded])
    large.predecessors.add(small)
    recoded.code = "another-code"
    recoded.save()
    by_unit = {file.unit: file.pk for file in made.assessments.select_related("unit")}

    found = last_years(made, list(by_unit.values()))

    # What took in another that was ranked too is made of two; a unit with another code is still the same.
    assert found == {by_unit[recoded]: Decimal("97.4")}


def test_a_merger_before_last_year_leaves_the_units_own_index() -> None:
    group = a_group(1)
    (unit,) = [file.unit for file in files_of(group)]
    unit.predecessors.add(UnitFactory(organiser=group.round.organiser, unit_type=unit.unit_type))
    made = next_year(group, [unit])
    (file,) = files_of(made)

    assert last_years(made, [file.pk]) == {file.pk: Decimal("97.5")}


def test_the_year_before_shows_on_the_page_as_percentage_points(client: Client) -> None:
    group = a_group(2)
    made = next_year(group, [file.unit for file in files_of(group)])
    client.force_login(publisher_of(made))

    page = text(client.get(url(made)))

    assert "Chỉ số so với năm 2024" in page
    assert "+0,05 năm 2024: 97,45 %" in page


def test_a_year_that_is_not_published_or_anothers_is_not_compared() -> None:
    group = a_group(1)
    (file,) = files_of(group)
    unpublished = RoundFactory(organiser=group.round.organiser)
    Round.objects.filter(pk=group.round_id).update(previous=unpublished)
    assert last_years(Group.objects.get(pk=group.pk), [file.pk]) == {}
    foreign = a_group(1)
    announce(foreign)
    Round.objects.filter(pk=group.round_id).update(previous=foreign.round)
    assert last_years(Group.objects.get(pk=group.pk), [file.pk]) == {}


@pytest.mark.parametrize("size", [2, 30])
def test_the_page_takes_the_same_queries_for_few_and_many_units(
    client: Client, size: int, django_assert_num_queries: Any
) -> None:
    made = next_year(group := a_group(size), [file.unit for file in files_of(group)])
    user = publisher_of(made)
    keep_ranking(made, name="Lần 1", by=user)
    for file in made.assessments.all():
        score(file, {"1.2": "1"})
    client.force_login(user)

    with django_assert_num_queries(34):
        client.get(url(made))
