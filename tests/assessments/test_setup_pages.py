"""Setting up a round in the browser: who, opening and cloning, dates, groups, units, what is refused."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from assessments.enums import RoundDuty, RoundingStage, TieRule, Track, WithoutEvidence
from assessments.models import Assessment, Group, Round, Score
from assessments.publication import publish
from assessments.scorecard import rank_group
from assessments.workflow import GroupSettings, conclude
from assessments.workflow.group_settings import group_facts
from assessments.workflow.rounds import add_files
from assessments.workflow.settings import fingerprint, round_facts
from criteria.models import Framework
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, Unit, User
from parindex.audit.events import COMMAND_LINE
from parindex.audit.models import Event
from tests.assessments.people import give, someone
from tests.factories.accounts import OrganiserFactory, UnitFactory, UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, RoundRoleFactory, score
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

ALL = {"1.1.1": "4", "1.1.2": "2", "1.2": "3", "2.1": "6", "2.2": "3.5"}
NOT_STAFF = [
    Role.UNIT_OFFICER,
    Role.UNIT_HEAD,
    Role.FRAMEWORK_MANAGER,
    Role.ADMINISTRATOR,
]
DUTIES = list(RoundDuty)


def publisher(organiser: Organiser, client: Client | None = None) -> User:
    user = UserFactory()
    Membership.objects.create(user=user, role=Role.PUBLISHER, organiser=organiser)
    if client is not None:
        client.force_login(user)
    return user


def base(round: Round) -> str:
    return f"/dot/{round.code}/thiet-lap/"


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def round_data(round: Round, **given: str) -> dict[str, str]:
    """The form of a round's settings as the page sends it, with some fields written anew."""
    facts = round_facts(round)
    dates = {name: day for name in facts if name.endswith("_until") and (day := facts[name])}
    shown = {name: f"{dt.date.fromisoformat(day):%d/%m/%Y}" for name, day in dates.items()}
    kept = {name: "" if value is None else str(value) for name, value in facts.items()}
    return {**kept, **shown, "seen": fingerprint(facts), **given}


def group_data(group: Group, **given: Any) -> dict[str, Any]:
    """The form of a group's settings as the page sends it, with some fields written anew."""
    facts = group_facts(group)
    data = {
        name: facts[name]
        for name in (
            "name",
            "position",
            "framework",
            "scale_basis",
            "rounding_places",
            "rounding_stage",
            "tie_rule",
            "without_evidence",
            "results_shown",
        )
    }
    data |= {"holds_survey": "on"} if facts["survey"] else {}
    for row, (name, lower) in enumerate(facts["scale"], start=1):
        data |= {f"band_{row}_name": name, f"band_{row}_lower": lower}
    return {
        name: value
        for name, value in (data | {"seen": fingerprint(facts)} | given).items()
        if value is not None
    }


def reloaded(group: Group) -> Group:
    return Group.objects.select_related("framework", "round").get(pk=group.pk)


def announce(group: Group) -> None:
    for file in group.assessments.all():
        score(file, ALL)
    conclude(group, by=COMMAND_LINE)
    publish(
        group.round, decision_number="1/QĐ", signed=dt.date(2025, 3, 30), signer="Chủ tịch", by=COMMAND_LINE
    )


# -- who


def pages(group: Group) -> list[str]:
    setup = base(group.round)
    return [setup, f"{setup}nhom/{group.code}/", f"{setup}nhom/{group.code}/don-vi/"]


def pages_of_change(group: Group) -> list[str]:
    setup = base(group.round)
    return [f"{setup}dot/", f"{setup}them-nhom/", f"{setup}nguoi/them/"]


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR])
def test_staff_read_the_setup(client: Client, role: Role) -> None:
    file = AssessmentFactory()
    client.force_login(someone(role, file))

    assert {client.get(page).status_code for page in pages(file.group)} == {200}
    changing = {client.get(page).status_code for page in pages_of_change(file.group)}
    assert changing == ({200} if role == Role.PUBLISHER else {403})
    page = text(client.get(base(file.group.round)))
    assert ("Thêm nhóm" in page) == (role == Role.PUBLISHER)


@pytest.mark.parametrize("role", NOT_STAFF)
def test_roles_that_do_not_know_the_round_find_nothing(client: Client, role: Role) -> None:
    file = AssessmentFactory()
    client.force_login(someone(role, file))

    asked = [*pages(file.group), *pages_of_change(file.group), f"{base(file.group.round)}nguoi/"]
    assert {client.get(page).status_code for page in asked} == {404}
    assert client.get("/dot/mo-dot/").status_code == 403


@pytest.mark.parametrize("duty", DUTIES)
def test_the_council_knows_the_round_but_does_not_set_it_up(client: Client, duty: RoundDuty) -> None:
    file = AssessmentFactory()
    round = file.group.round
    client.force_login(someone(duty, file))

    assert client.get(f"/dot/{round.code}/").status_code == 200
    assert {client.get(page).status_code for page in pages(file.group)} == {403}
    assert {client.get(page).status_code for page in pages_of_change(file.group)} == {403}
    sees_people = duty in (RoundDuty.COUNCIL_SECRETARY, RoundDuty.COUNCIL_CHAIR)
    assert client.get(f"{base(round)}nguoi/").status_code == (200 if sees_people else 403)
    assert (f"{base(round)}nguoi/" in text(client.get(f"/dot/{round.code}/"))) == sees_people
    assert client.get(f"/dot/{round.code}/{file.group.code}/").status_code == 403
    assert "?ban=du-kien" not in text(client.get("/")) + text(client.get(f"/dot/{round.code}/"))


def test_another_organisers_publisher_and_nobody(client: Client) -> None:
    file = AssessmentFactory()
    asked = [*pages(file.group), *pages_of_change(file.group)]

    assert {client.get(page).status_code for page in asked} == {302}
    publisher(OrganiserFactory(), client)
    assert {client.get(page).status_code for page in asked} == {404}
    data = round_data(file.group.round, title="Của người khác")
    assert client.post(f"{base(file.group.round)}dot/", data).status_code == 404


def test_an_auditor_changes_nothing(client: Client) -> None:
    file = AssessmentFactory()
    client.force_login(someone(Role.AUDITOR, file))
    group, setup = file.group, base(file.group.round)
    before = Event.objects.count()

    sent = {
        f"{setup}dot/": round_data(group.round, title="Tên mới"),
        f"{setup}nhom/{group.code}/": group_data(group, name="Tên mới"),
        f"{setup}nhom/{group.code}/bo/": {},
        f"{setup}nhom/{group.code}/don-vi/": {"units": [UnitFactory(organiser=group.round.organiser).pk]},
        f"{setup}nhom/{group.code}/don-vi/{file.unit_code}/bo/": {},
    }
    assert {client.post(address, data).status_code for address, data in sent.items()} == {403}
    assert Event.objects.count() == before


# -- opening


def opening(organiser: Organiser, **given: Any) -> dict[str, Any]:
    return {
        "organiser": organiser.pk,
        "year": "2026",
        "code": "dot-2026",
        "title": "",
        "previous": "",
    } | given


def test_an_empty_round_is_opened(client: Client) -> None:
    organiser = OrganiserFactory()
    user = publisher(organiser, client)

    answer = client.post("/dot/mo-dot/", opening(organiser))

    assert (answer.status_code, answer["Location"]) == (302, "/dot/dot-2026/thiet-lap/")
    round = Round.objects.get(code="dot-2026")
    assert (round.organiser, round.year, round.title) == (
        organiser,
        2026,
        "Chỉ số cải cách hành chính năm 2026",
    )
    assert Event.objects.get(verb="mở đợt đánh giá").actor_id == user.pk
    assert "Đợt chưa có nhóm đơn vị nào" in text(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "dot-cu"}, "Mã đợt đánh giá “dot-cu” đã có."),
        ({"code": "mo-dot"}, "Mã “mo-dot” trùng với địa chỉ của một trang."),
        ({"code": "Đợt 2026"}, "Mã chỉ gồm chữ không dấu"),
        ({"year": "26"}, "Năm phải từ 2000 đến 2100."),
        ({"year": "hai nghìn"}, "Ghi năm bằng bốn chữ số"),
    ],
)
def test_a_round_that_cannot_be_opened_is_refused_by_field(
    client: Client, given: dict[str, str], words: str
) -> None:
    organiser = OrganiserFactory()
    RoundFactory(code="dot-cu")
    publisher(organiser, client)

    answer = client.post("/dot/mo-dot/", opening(organiser, title="Tên đã gõ", **given))

    assert answer.status_code == 422
    assert words in text(answer)
    assert "Tên đã gõ" in text(answer)
    assert Round.objects.count() == 1


def test_the_first_round_asks_for_no_round_before_it_and_proposes_a_code(client: Client) -> None:
    organiser = OrganiserFactory()
    publisher(organiser, client)

    first = text(client.get("/dot/mo-dot/"))
    RoundFactory(organiser=organiser)
    second = text(client.get("/dot/mo-dot/"))

    assert "Đợt đầu tiên được thiết lập từ đầu" in first
    assert f'value="cchc-{timezone.localdate().year}"' in first
    assert "Bắt đầu từ" not in first
    assert "Bắt đầu từ" in second


def test_a_new_group_offers_all_units_of_its_type_ticked(client: Client) -> None:
    round, framework = RoundFactory(), FrameworkInForceFactory()
    publisher(round.organiser, client)
    for name in ("Xã Một", "Xã Hai"):
        UnitFactory(organiser=round.organiser, unit_type=framework.unit_type, name=name)
    address = f"{base(round)}them-nhom/?bo={framework.pk}"

    own, every = text(client.get(address)), text(client.get(f"{address}&loai=tat-ca"))

    assert len(re.findall(r'name="units"[^>]* checked', own)) == 2
    assert 'name="units"' in every
    assert not re.findall(r'name="units"[^>]* checked', every)


def test_a_round_without_groups_is_not_told_that_its_units_are_complete(client: Client) -> None:
    round = RoundFactory()
    publisher(round.organiser, client)

    page = text(client.get(base(round)))

    assert "Còn thiếu 3 mục để các đơn vị tự chấm" in page
    assert "Đơn vị trong từng nhóm" not in page


def test_nobody_opens_a_round_for_another_organiser(client: Client) -> None:
    own, other = OrganiserFactory(), RoundFactory()
    publisher(own, client)

    assert client.post("/dot/mo-dot/", opening(other.organiser)).status_code == 422
    assert client.post("/dot/mo-dot/", opening(own, previous=other.pk)).status_code == 422
    assert Round.objects.count() == 1


def last_years() -> Group:
    """A round of 2024 with everything set, two units, and people."""
    round = RoundFactory(
        code="cchc-2024",
        title="Chỉ số cải cách hành chính năm 2024",
        self_scoring_until=dt.date(2025, 1, 9),
        publication_until=dt.date(2024, 2, 29),
    )
    group = GroupFactory(
        round=round,
        size=2,
        settings=GroupSettings(
            scale=(("Tốt", Decimal(75)), ("Chưa tốt", Decimal(0))),
            rounding_places=3,
            rounding_stage=RoundingStage.LEAF,
            tie_rule=TieRule.DENSE,
            tie_breakers=("appraised", "2"),
            without_evidence=WithoutEvidence.NOTHING,
            asks_signature=True,
        ),
    )
    lead, chair = UserFactory(home=round.organiser), UserFactory(home=round.organiser)
    RoundRoleFactory(round=round, group=group, user=lead, role=RoundDuty.LEAD_AGENCY, contents=["1"])
    RoundRoleFactory(round=round, user=chair, role=RoundDuty.COUNCIL_CHAIR, valid_to=dt.date(2025, 2, 15))
    return group


def clone(client: Client, group: Group, **given: Any) -> Round:
    """The next year's round, made from the one of this group as the page proposes it."""
    publisher(group.round.organiser, client)
    page = client.get(f"/dot/mo-dot/?tu={group.round.code}")
    form = page.context["form"]
    data = opening(group.round.organiser, with_council="on", with_leads="on") | {
        name: form.initial[name] for name in ("previous", "year", "code", "title")
    }
    answer = client.post("/dot/mo-dot/", {name: value for name, value in (data | given).items() if value})
    assert answer.status_code == 302, text(answer)
    return Round.objects.get(previous=group.round)


def test_last_years_round_is_copied_whole_in_one_click(client: Client) -> None:
    before = last_years()

    opened = clone(client, before)

    assert (opened.code, opened.year, opened.title) == (
        "cchc-2025",
        2025,
        "Chỉ số cải cách hành chính năm 2025",
    )
    assert opened.self_scoring_until == dt.date(2026, 1, 9)
    assert opened.publication_until == dt.date(2025, 2, 28)
    assert opened.compiling_until is None
    group = opened.groups.get()
    ignored = {"name", "position"}
    assert {k: v for k, v in group_facts(group).items() if k not in ignored} == {
        k: v for k, v in group_facts(before).items() if k not in ignored
    }
    assert group.survey is not None
    assert group.survey.year == 2025
    assert sorted(group.assessments.values_list("unit", flat=True)) == sorted(
        before.assessments.values_list("unit", flat=True)
    )
    assert not Score.objects.filter(assessment__group=group).exclude(track=Track.CONCLUSION).exists()
    roles = opened.roles.order_by("role")
    assert [(role.role, role.contents, role.valid_to) for role in roles] == [
        ("council_chair", [], dt.date(2026, 2, 15)),
        ("lead_agency", ["1"], None),
    ]
    assert opened.roles.get(role=RoundDuty.LEAD_AGENCY).group == group
    assert Event.objects.filter(verb="giao vai trò trong đợt đánh giá").count() == 2


def test_people_come_along_by_choice_and_only_with_an_account(client: Client) -> None:
    before = last_years()
    lead = before.round.roles.get(role=RoundDuty.LEAD_AGENCY).user
    lead.is_active = False
    lead.save()

    opened = clone(client, before, with_council="")

    assert not opened.roles.exists()


def test_units_that_ended_give_way_to_their_successors(client: Client) -> None:
    before = last_years()
    ended, stays = (file.unit for file in before.assessments.order_by("pk"))
    ended.valid_to = dt.date(2025, 6, 30)
    ended.save()
    kind = {"organiser": ended.organiser, "unit_type": ended.unit_type}
    gone_too = UnitFactory(**kind, valid_from=dt.date(2025, 7, 1), valid_to=dt.date(2025, 9, 30))
    merged = UnitFactory(**kind, name="Phường Sáp Nhập", valid_from=dt.date(2025, 10, 1))
    gone_too.predecessors.add(ended)
    merged.predecessors.add(gone_too)

    opened = clone(client, before)

    units = set(Unit.objects.filter(assessments__group__round=opened))
    assert units == {stays, merged}
    page = text(client.get(base(opened)))
    assert "1 đơn vị của đợt trước không còn ở đợt này" in page
    assert ended.name in page
    assert "30/06/2025" in page
    assert "1 đơn vị mới so với đợt trước: Phường Sáp Nhập." in page


def test_a_unit_that_took_in_one_of_another_group_stays_in_its_own_group_alone(client: Client) -> None:
    before = last_years()
    kind = {"organiser": before.round.organiser, "unit_type": before.used_framework.unit_type}
    heir, ended, other_ended = (UnitFactory(**kind, name=name) for name in ("Kế Tục", "Hết Một", "Hết Hai"))
    GroupFactory(round=before.round, framework=before.framework, code="hai", units=[heir, ended])
    first = before.assessments.earliest("pk").unit
    new = UnitFactory(**kind, name="Gộp Mới", valid_from=dt.date(2025, 7, 1))
    apart = UnitFactory(organiser=before.round.organiser, name="Loại Khác", valid_from=dt.date(2025, 7, 1))
    add_files(before, [other_ended])
    Unit.objects.filter(pk__in=[first.pk, ended.pk, other_ended.pk]).update(valid_to=dt.date(2025, 6, 30))
    heir.predecessors.add(first)
    new.predecessors.add(ended, other_ended)
    apart.predecessors.add(ended)

    opened = clone(client, before)

    files = Assessment.objects.filter(group__round=opened).order_by("unit_name")
    assert [(file.unit_name, file.group.code) for file in files if file.unit in (heir, new, apart)] == [
        ("Gộp Mới", before.code),
        ("Kế Tục", "hai"),
    ]
    assert "Gộp Mới, Loại Khác (chưa có ở đợt này)" in text(client.get(base(opened)))


def newer_version(framework: Framework) -> Framework:
    return FrameworkInForceFactory(decision=framework.decision, unit_type=framework.unit_type, version=2)


def test_a_retired_framework_gives_way_to_the_one_in_force(client: Client) -> None:
    before = last_years()
    newer = newer_version(before.used_framework)

    opened = clone(client, before)

    assert opened.groups.get().framework == newer
    assert opened.groups.get().tie_breakers == ["appraised", "2"]
    assert f"Nhóm {before.name}: bộ tiêu chí của đợt trước là {before.framework}." in text(
        client.get(base(opened))
    )


def test_a_content_that_the_next_framework_lacks_decides_no_ties_and_does_not_stop_the_copy(
    client: Client,
) -> None:
    before = last_years()
    own = before.used_framework
    FrameworkInForceFactory(
        decision=own.decision, unit_type=own.unit_type, version=2, rows={"1.1": "30", "1.2": "70"}
    )

    opened = clone(client, before)

    assert opened.groups.get().tie_breakers == ["appraised"]
    told = "khi bằng điểm không còn xét nội dung 2, vì bộ tiêu chí này không có."
    assert told in text(client.get(base(opened)))


def test_a_newer_framework_of_a_later_decision_is_proposed_and_taken_before_any_score(client: Client) -> None:
    before = last_years()
    own = before.used_framework
    newer = FrameworkInForceFactory(
        decision__issuer=own.decision.issuer,
        decision__issued=dt.date(2025, 9, 1),
        unit_type=own.unit_type,
        rows={"1.1": "30", "2.1": "70"},
    )
    group = clone(client, before).groups.get()
    assert group.framework == own
    address = f"{base(group.round)}nhom/{group.code}/"
    assert "Có bộ tiêu chí mới hơn" in text(client.get(address))

    answer = client.post(address, group_data(group, framework=newer.pk, holds_survey=None))

    assert answer.status_code == 302, text(answer)
    group = reloaded(group)
    assert (group.framework, group.survey) == (newer, None)
    codes = Score.objects.filter(assessment__group=group).values_list("criterion__code", flat=True)
    assert sorted(set(codes)) == ["1.1", "2.1"]
    assert {unit.attainable for unit in rank_group(group).units} == {100}


def test_a_framework_without_a_leads_content_is_refused(client: Client) -> None:
    group = clone(client, last_years()).groups.get()
    other = FrameworkInForceFactory(unit_type=group.used_framework.unit_type, rows={"9.1": "100"})

    answer = client.post(f"{base(group.round)}nhom/{group.code}/", group_data(group, framework=other.pk))

    assert answer.status_code == 422
    assert "đang chủ trì nội dung 1 mà" in text(answer)


# -- the round's own settings


def test_dates_are_changed_with_old_and_new_on_record(client: Client) -> None:
    round = RoundFactory(self_scoring_until=dt.date(2025, 1, 9))
    user = publisher(round.organiser, client)
    given = {"self_scoring_until": "12/01/2025", "compiling_until": "31/01/2025", "note": "Lùi ba ngày"}

    answer = client.post(f"{base(round)}dot/", round_data(round, **given))

    assert answer.status_code == 302
    round.refresh_from_db()
    assert round.self_scoring_until == dt.date(2025, 1, 12)
    event = Event.objects.get(verb="sửa thiết lập đợt đánh giá")
    assert event.actor_id == user.pk
    assert event.before == {"self_scoring_until": "2025-01-09", "compiling_until": None, "note": ""}
    assert event.after == {
        "self_scoring_until": "2025-01-12",
        "compiling_until": "2025-01-31",
        "note": "Lùi ba ngày",
    }


def test_saving_nothing_new_leaves_no_event(client: Client) -> None:
    round = RoundFactory()
    publisher(round.organiser, client)

    assert client.post(f"{base(round)}dot/", round_data(round)).status_code == 302
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"compiling_until": "08/01/2025"}, "Bước tổng hợp hết ngày 08/01/2025, trước khi bước tự chấm"),
        ({"publication_until": "01/01/2025"}, "Bước công bố hết ngày 01/01/2025, trước khi bước tự chấm"),
        ({"appraisal_until": "31/02/2025"}, "Thẩm định, đến hết ngày: “31/02/2025” không phải là ngày"),
        ({"title": ""}, "Ghi tên đợt đánh giá."),
        ({"code": "dot-khac"}, "Mã đợt đánh giá “dot-khac” đã có."),
    ],
)
def test_dates_out_of_order_and_other_faults_are_refused_by_field(
    client: Client, given: dict[str, str], words: str
) -> None:
    RoundFactory(code="dot-khac")
    round = RoundFactory(self_scoring_until=dt.date(2025, 1, 9))
    publisher(round.organiser, client)

    answer = client.post(f"{base(round)}dot/", round_data(round, note="Giữ chữ này", **given))

    assert answer.status_code == 422
    assert words in text(answer)
    assert "Giữ chữ này" in text(answer)
    assert not Event.objects.exists()


def test_code_and_year_change_only_before_anything_is_recorded(client: Client) -> None:
    group = GroupFactory(size=1)
    round = group.round
    publisher(round.organiser, client)

    assert client.post(f"{base(round)}dot/", round_data(round, code="ma-moi", year="2025")).status_code == 302
    round.refresh_from_db()
    assert (round.code, round.year) == ("ma-moi", 2025)
    survey = reloaded(group).survey
    assert survey is not None
    assert survey.year == 2025

    score(group.assessments.get(), {"1.2": "3"}, track=Track.SELF)
    answer = client.post(f"{base(round)}dot/", round_data(round, code="ma-nua"))
    assert answer.status_code == 422
    assert "giữ nguyên mã và năm đánh giá" in text(answer)


def test_a_stale_page_is_a_conflict_and_keeps_what_was_written(client: Client) -> None:
    round = RoundFactory()
    publisher(round.organiser, client)
    old = round_data(round, title="Tên của tôi")
    Round.objects.filter(pk=round.pk).update(title="Tên của người khác")

    answer = client.post(f"{base(round)}dot/", old)

    assert answer.status_code == 409
    page = text(answer)
    assert "vừa được người khác sửa" in page
    assert 'value="Tên của tôi"' in page
    assert "Tên của người khác, năm 2024" in page
    round.refresh_from_db()
    again = old | {"seen": answer.context["form"].data["seen"]}
    assert client.post(f"{base(round)}dot/", again).status_code == 302
    round.refresh_from_db()
    assert round.title == "Tên của tôi"


def test_a_stale_group_page_names_who_was_quicker(client: Client) -> None:
    group = GroupFactory(size=1)
    quicker = publisher(group.round.organiser, client)
    address = f"{base(group.round)}nhom/{group.code}/"
    mine = group_data(group, name="Tên của tôi")
    assert client.post(address, group_data(group, name="Tên của người nhanh hơn")).status_code == 302
    publisher(group.round.organiser, client)

    answer = client.post(address, mine)

    assert answer.status_code == 409
    assert f"vừa được {quicker.full_name} sửa lúc" in text(answer)
    assert 'value="Tên của tôi"' in text(answer)
    assert reloaded(group).name == "Tên của người nhanh hơn"


def test_nothing_is_changed_once_published(client: Client) -> None:
    group = GroupFactory(size=1)
    publisher(group.round.organiser, client)
    announce(group)
    setup, file = base(group.round), group.assessments.get()

    sent = {
        f"{setup}dot/": round_data(group.round, title="Tên mới"),
        f"{setup}nhom/{group.code}/": group_data(group, name="Tên mới"),
        f"{setup}nhom/{group.code}/bo/": {},
        f"{setup}nhom/{group.code}/don-vi/{file.unit_code}/bo/": {},
    }
    answers = [client.post(address, data) for address, data in sent.items()]
    assert {answer.status_code for answer in answers} == {409}
    assert "Thu hồi bản công bố trước khi sửa" in text(answers[0])
    assert "Thêm nhóm" not in text(client.get(setup))


# -- groups


def test_a_group_is_added_with_units_and_settings(client: Client) -> None:
    round = RoundFactory()
    framework = FrameworkInForceFactory()
    units = UnitFactory.create_batch(3, organiser=round.organiser, unit_type=framework.unit_type)
    user = publisher(round.organiser, client)
    address = f"{base(round)}them-nhom/?bo={framework.pk}"
    page = client.get(address)
    assert all(unit.name in text(page) for unit in units)
    data = {
        "code": "cap-xa",
        "name": "UBND cấp xã",
        "units": [unit.pk for unit in units[:2]],
        "scale_basis": "points",
        "band_1_name": "Đạt",
        "band_1_lower": "12,5",
        "band_2_name": "Chưa đạt",
        "band_2_lower": "0",
        "rounding_places": "3",
        "rounding_stage": "leaf",
        "tie_rule": "dense",
        "tie_1": "survey",
        "without_evidence": "nothing",
        "asks_signature": "on",
        "results_shown": "conclusion",
        "names_appraisers": "on",
    }

    answer = client.post(address, data)

    assert answer.status_code == 302, text(answer)
    group = round.groups.get()
    assert (group.code, group.name, group.assessments.count(), group.survey) == (
        "cap-xa",
        "UBND cấp xã",
        2,
        None,
    )
    facts = group_facts(group)
    assert facts["scale"] == [["Đạt", "12.5"], ["Chưa đạt", "0"]]
    assert (facts["tie_breakers"], facts["asks_signature"], facts["names_appraisers"]) == (
        ["survey"],
        True,
        True,
    )
    assert Event.objects.filter(verb="thêm nhóm đơn vị", actor_id=user.pk).exists()


SCALE = {
    "band_1_name": "Tốt",
    "band_1_lower": "80",
    "band_2_name": "Kém",
    "band_2_lower": "0",
    "band_3_name": "",
    "band_3_lower": "",
    "band_4_name": "",
    "band_4_lower": "",
    "band_5_name": "",
    "band_5_lower": "",
}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"band_2_lower": "10"}, "Loại thấp nhất (“Kém”) phải từ 0"),
        ({"band_2_lower": "80"}, "trùng ngưỡng với loại"),
        ({"band_2_name": "tốt"}, "Tên loại “tốt” bị trùng."),
        ({"band_1_lower": ""}, "Loại “Tốt”: ghi ngưỡng dưới."),
        ({"band_1_name": ""}, "Loại 1: ghi tên loại."),
        ({"band_1_lower": "tám mươi"}, "Loại 1: “tám mươi” không phải là số."),
        ({"band_1_lower": "101"}, "lớn hơn 100 %"),
        ({"band_2_lower": "-1"}, "không được âm"),
        ({"tie_1": "appraised", "tie_2": "appraised"}, "một tiêu chí chỉ chọn một lần"),
        ({"tie_1": "77"}, "Chọn một tiêu chí phụ có trong danh sách."),
    ],
)
def test_a_scale_that_is_none_is_refused_by_its_cell(
    client: Client, given: dict[str, str], words: str
) -> None:
    group = GroupFactory(size=1)
    publisher(group.round.organiser, client)
    before = group_facts(group)

    answer = client.post(f"{base(group.round)}nhom/{group.code}/", group_data(group, **(SCALE | given)))

    assert answer.status_code == 422
    assert words in text(answer)
    assert group_facts(reloaded(group)) == before


def test_scale_and_ranking_may_change_after_scores_but_rounding_survey_framework_stay(client: Client) -> None:
    group = GroupFactory(size=2)
    publisher(group.round.organiser, client)
    score(group.assessments.first(), ALL)
    address = f"{base(group.round)}nhom/{group.code}/"
    stored = list(Score.objects.order_by("pk").values_list("obtained", "attainable"))
    assert "cách làm tròn đã dùng để tính điểm nên giữ nguyên" in text(client.get(address))

    assert client.post(address, group_data(group, **SCALE, tie_rule="dense", tie_1="2")).status_code == 302

    group = reloaded(group)
    assert (group.tie_rule, group.tie_breakers, group.bands.count()) == ("dense", ["2"], 2)
    assert list(Score.objects.order_by("pk").values_list("obtained", "attainable")) == stored
    event = Event.objects.get(verb="sửa thiết lập nhóm đơn vị")
    assert set(event.before) == {"scale", "tie_rule", "tie_breakers"}
    for given in (
        {"rounding_places": 3},
        {"rounding_stage": "leaf"},
        {"holds_survey": None},
        {"framework": FrameworkInForceFactory(unit_type=group.used_framework.unit_type).pk},
    ):
        answer = client.post(address, group_data(group, **given))
        assert answer.status_code == 422
        assert "giữ nguyên bộ tiêu chí, điều tra xã hội học" in text(answer)
    assert group_facts(reloaded(group)) == group_facts(group)


def test_leaving_the_survey_out_before_scores_takes_its_leaves_away(client: Client) -> None:
    group = GroupFactory(size=2)
    publisher(group.round.organiser, client)
    address = f"{base(group.round)}nhom/{group.code}/"

    assert client.post(address, group_data(group, holds_survey=None)).status_code == 302
    assert {unit.attainable for unit in rank_group(reloaded(group)).units} == {16}

    assert client.post(address, group_data(reloaded(group), holds_survey="on")).status_code == 302
    assert {unit.attainable for unit in rank_group(reloaded(group)).units} == {20}


def test_groups_keep_the_order_that_they_are_given(client: Client) -> None:
    round = RoundFactory()
    publisher(round.organiser, client)
    first, second, third = (GroupFactory(round=round, code=code, size=1) for code in ("a", "b", "c"))

    assert client.post(f"{base(round)}nhom/c/", group_data(third, position=1)).status_code == 302

    assert list(round.groups.order_by("position").values_list("code", flat=True)) == ["c", "a", "b"]
    assert (first.code, second.code) == ("a", "b")


def test_a_group_leaves_only_while_nothing_is_recorded(client: Client) -> None:
    empty, used = GroupFactory(size=1), None
    used = GroupFactory(round=empty.round, code="khac", size=1)
    publisher(empty.round.organiser, client)
    score(used.assessments.get(), {"1.2": "3"}, track=Track.SELF)

    assert client.post(f"{base(empty.round)}nhom/{empty.code}/bo/").status_code == 302
    assert client.post(f"{base(empty.round)}nhom/khac/bo/").status_code == 409
    assert list(empty.round.groups.values_list("code", flat=True)) == ["khac"]


# -- units


def test_units_are_added_by_ticking_and_from_a_file(client: Client) -> None:
    group = GroupFactory(size=1)
    organiser, kind = group.round.organiser, group.used_framework.unit_type
    publisher(organiser, client)
    free = UnitFactory(organiser=organiser, unit_type=kind, name="Xã Còn Trống")
    UnitFactory(organiser=organiser, unit_type=kind, name="Xã Đã Hết", valid_to=dt.date(2023, 6, 30))
    address = f"{base(group.round)}nhom/{group.code}/don-vi/"
    page = text(client.get(address))
    assert "Xã Còn Trống" in page
    assert "Xã Đã Hết" not in page
    file = SimpleUploadedFile("xa.csv", "mã,tên\nx-moi,Xã Mới\n".encode())

    assert client.post(address, {"units": [free.pk], "file": file}).status_code == 302

    assert group.assessments.count() == 3
    new = Assessment.objects.get(unit_code="x-moi")
    assert (new.unit.unit_type, new.scores.count()) == (kind, 5)
    assert Event.objects.get(verb="thêm đơn vị vào nhóm").after == {"units": [free.code, "x-moi"]}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("xa.csv", "mã,tên\nx1,\n".encode(), "Dòng 2 thiếu mã hoặc tên."),
        ("xa.csv", b"\xff\xfe\x00", "cần tệp CSV (UTF-8) hoặc .xlsx"),
        ("xa.xlsx", b"khong phai bang tinh", "cần tệp CSV (UTF-8) hoặc .xlsx"),
    ],
)
def test_a_file_of_units_that_cannot_be_read_adds_nothing(
    client: Client, name: str, content: bytes, words: str
) -> None:
    group = GroupFactory(size=1)
    publisher(group.round.organiser, client)
    units = Unit.objects.count()

    answer = client.post(
        f"{base(group.round)}nhom/{group.code}/don-vi/", {"file": SimpleUploadedFile(name, content)}
    )

    assert answer.status_code == 422
    assert words in text(answer)
    assert Unit.objects.count() == units


def test_a_unit_of_another_group_or_organiser_is_not_added(client: Client) -> None:
    group = GroupFactory(size=1)
    other = GroupFactory(round=group.round, code="khac", size=1)
    publisher(group.round.organiser, client)
    taken, foreign = other.assessments.get().unit, UnitFactory()
    address = f"{base(group.round)}nhom/{group.code}/don-vi/?loai=tat-ca"

    for unit in (taken, foreign):
        assert client.post(address, {"units": [unit.pk]}).status_code == 422
    file = SimpleUploadedFile("xa.csv", f"code,name\n{taken.code},{taken.name}\n".encode())
    answer = client.post(address, {"file": file})
    assert answer.status_code == 422
    assert f"{taken.name} đã có trong nhóm {other.name}." in text(answer)
    assert group.assessments.count() == 1


def test_a_unit_leaves_only_while_its_file_is_empty(client: Client) -> None:
    group = GroupFactory(size=2)
    publisher(group.round.organiser, client)
    empty, used = group.assessments.order_by("pk")
    score(used, {"1.2": "3"}, track=Track.SELF)
    address = f"{base(group.round)}nhom/{group.code}/don-vi/"
    page = text(client.get(address))
    assert f"{address}{empty.unit_code}/bo/" in page
    assert f"{address}{used.unit_code}/bo/" not in page

    assert client.post(f"{address}{empty.unit_code}/bo/").status_code == 302
    assert client.post(f"{address}{used.unit_code}/bo/").status_code == 409
    assert list(group.assessments.all()) == [used]
    assert Event.objects.get(verb="bỏ đơn vị khỏi nhóm").before == {"units": [empty.unit_code]}


# -- the checklist and the round's page


def test_the_checklist_names_what_is_missing(client: Client) -> None:
    group = GroupFactory(size=2)
    publisher(group.round.organiser, client)
    ready, bare = group.assessments.order_by("pk")
    for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD):
        someone(role, ready)
    someone(Role.UNIT_OFFICER, bare)

    page = text(client.get(base(group.round)))

    assert f"{bare.unit_name}: chưa có lãnh đạo đơn vị." in page
    assert f"{ready.unit_name}: chưa có" not in page
    assert "Chưa ghi hạn bước tự chấm." in page
    assert "Chưa có chủ tịch Hội đồng thẩm định." in page
    assert f"{group.name}: chưa giao nội dung 1, 2." in page


def test_a_round_that_has_everything_is_ready(client: Client) -> None:
    today = timezone.localdate()
    steps = ("self_scoring_until", "compiling_until", "appraisal_until", "publication_until")
    dates = {name: today + dt.timedelta(days=days) for days, name in enumerate(steps, start=5)}
    file = AssessmentFactory(group__round=RoundFactory(**dates))
    publisher(file.group.round.organiser, client)
    for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD, RoundDuty.COUNCIL_CHAIR, RoundDuty.COUNCIL_SECRETARY):
        someone(role, file)
    lead = RoundRoleFactory(round=file.group.round, role=RoundDuty.LEAD_AGENCY, contents=["1", "2"])

    page = text(client.get(base(file.group.round)))

    assert "Còn thiếu" not in page
    assert "Nên xem" not in page
    assert page.count("Đủ</span>") == 9
    assert lead.pk


def test_the_round_page_says_what_comes_next_for_whom(client: Client) -> None:
    group = GroupFactory(size=2)
    submitted, other = group.assessments.order_by("pk")
    Assessment.objects.filter(pk=submitted.pk).update(state="submitted")
    Round.objects.filter(pk=group.round.pk).update(self_scoring_until=dt.date(2025, 1, 9))
    address = f"/dot/{group.round.code}/"

    publisher(group.round.organiser, client)
    page = text(client.get(address))
    assert "Tiếp nhận 1 hồ sơ đã nộp" in page
    assert "Đôn đốc 1 đơn vị quá hạn chưa nộp" in page
    assert "Thiết lập đợt" in page

    Assessment.objects.filter(pk=submitted.pk).update(state="in_appraisal")
    client.force_login(someone(RoundDuty.COUNCIL_MEMBER, other))
    page = text(client.get(address))
    assert "Thẩm định 1 hồ sơ" in page
    assert "Đôn đốc" not in page
    assert "Thiết lập đợt" not in page


@pytest.mark.parametrize("size", [2, 12])
def test_queries_do_not_grow_with_units_and_people(
    client: Client, django_assert_num_queries: Any, size: int
) -> None:
    group = GroupFactory(size=size)
    publisher(group.round.organiser, client)
    for file in group.assessments.all():
        give(someone(RoundDuty.COUNCIL_MEMBER, file), Role.UNIT_OFFICER, file)
    setup = base(group.round)
    client.get(setup)

    for address, queries in (
        (setup, 20),
        (f"{setup}nhom/{group.code}/", 18),
        (f"{setup}nhom/{group.code}/don-vi/", 12),
        (f"{setup}nguoi/", 17),
        (f"/dot/{group.round.code}/", 19),
    ):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200
