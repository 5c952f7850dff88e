"""Who may see, score and appraise a unit's file, and what roles in a round the database takes."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssessmentState, RoundDuty
from assessments.exceptions import AssessmentError, NotPermitted, WrongState
from assessments.models import Assessment, RoundRole
from assessments.permissions import (
    Acting,
    acting_in,
    can_appraise,
    can_edit_self_scores,
    can_view_file,
    check_appraise,
    check_edit_self_scores,
    check_view_file,
    open_moves,
)
from criteria.models import Criterion
from parindex.accounts.enums import Role
from parindex.accounts.models import User
from tests.assessments.people import LAST_DAY, NOW, VIETNAM, file_in, give, someone
from tests.factories.accounts import UserFactory
from tests.factories.assessments import AssessmentFactory, GroupFactory, RoundFactory, RoundRoleFactory
from tests.factories.criteria import FrameworkInForceFactory

pytestmark = pytest.mark.django_db

ROLES = [*Role, *RoundDuty]
NOT_YET = (AssessmentState.DRAFT, AssessmentState.UNIT_REVIEW)


def leaf(assessment: Assessment, code: str = "1.2") -> Criterion:
    return assessment.group.used_framework.criteria.get(code=code)


def refusal_of(check: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(AssessmentError) as refusal:
        check(*arguments, **more)
    return str(refusal.value)


# Roles


def test_all_roles_of_a_person_about_a_file_take_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user, elsewhere, pk = UserFactory(), AssessmentFactory(), file_in(AssessmentState.DRAFT).pk
    for role in ROLES:
        give(user, role, Assessment.objects.get(pk=pk))
        give(user, role, elsewhere)
    assessment = Assessment.objects.get(pk=pk)

    with django_assert_num_queries(2):
        acting = acting_in(user, assessment, now=NOW)

    assert acting == Acting(roles=frozenset(ROLES), led=frozenset({"1"}), belongs=True)


def test_the_buttons_of_a_page_take_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user = someone(Role.PUBLISHER, file_in(AssessmentState.SUBMITTED))
    assessment = Assessment.objects.select_related("group__round").get()

    with django_assert_num_queries(2):
        found = open_moves(user, assessment, now=NOW)

    assert [row.verb for row in found] == ["start_appraisal", "return_at_receipt", "grant_more_time"]


def test_a_visitor_and_a_person_without_roles_are_nothing_to_a_file() -> None:
    assessment = file_in(AssessmentState.DRAFT)

    assert acting_in(AnonymousUser(), assessment) == acting_in(UserFactory(), assessment) == Acting()


def test_a_role_in_one_group_does_not_reach_the_next() -> None:
    first, second = GroupFactory(size=1, code="a"), GroupFactory(size=1, code="b")
    second.round = first.round
    second.save()
    user = RoundRoleFactory(round=first.round, group=first, role=RoundDuty.COUNCIL_CHAIR).user

    found = [acting_in(user, group.assessments.get()).roles for group in (first, second)]

    assert found == [{RoundDuty.COUNCIL_CHAIR}, frozenset()]


def test_contents_of_two_roles_of_a_lead_agency_add_up_in_their_group() -> None:
    assessment = file_in(AssessmentState.IN_APPRAISAL)
    user = someone(RoundDuty.LEAD_AGENCY, assessment)
    group = assessment.group
    RoundRoleFactory(round=group.round, group=group, user=user, role=RoundDuty.LEAD_AGENCY, contents=["2"])

    assert acting_in(user, assessment).led == {"1", "2"}


# Seeing a file


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
@pytest.mark.parametrize("state", AssessmentState)
def test_who_sees_a_file_in_which_state(state: AssessmentState, role: Role | RoundDuty | None) -> None:
    assessment = file_in(state)
    user = UserFactory() if role is None else someone(role, assessment)
    unit = assessment.unit_name
    expected = f"Hồ sơ tự chấm của {unit} không mở cho bạn."
    if role in (Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.PUBLISHER, Role.AUDITOR):
        expected = ""
    elif isinstance(role, RoundDuty):
        expected = f"{unit} chưa nộp hồ sơ nên người thẩm định chưa xem được." if state in NOT_YET else ""

    assert can_view_file(user, assessment) is (expected == "")
    if expected:
        assert refusal_of(check_view_file, user, assessment) == expected


@pytest.mark.parametrize("state", AssessmentState)
def test_the_same_roles_elsewhere_and_visitors_see_nothing_of_a_file(state: AssessmentState) -> None:
    assessment, elsewhere = file_in(state), file_in(state)
    user = UserFactory()
    for role in ROLES:
        give(user, role, elsewhere)

    assert [can_view_file(person, assessment) for person in (user, AnonymousUser())] == [False, False]
    with pytest.raises(NotPermitted):
        check_view_file(user, assessment)


def test_a_neighbouring_unit_of_the_same_group_does_not_see_a_file() -> None:
    first, second = GroupFactory(size=2).assessments.order_by("pk")
    user = someone(Role.UNIT_HEAD, first)

    assert [can_view_file(user, file) for file in (first, second)] == [True, False]


# Scoring oneself


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
@pytest.mark.parametrize("state", AssessmentState)
def test_who_writes_self_scores_in_which_state(state: AssessmentState, role: Role | RoundDuty | None) -> None:
    assessment = file_in(state)
    user = UserFactory() if role is None else someone(role, assessment)
    expected = f"Chỉ cán bộ đơn vị của {assessment.unit_name} mới tự chấm được."
    if role == Role.UNIT_OFFICER:
        expected = (
            ""
            if state == AssessmentState.DRAFT
            else f"Hồ sơ của {assessment.unit_name} đang ở trạng thái “{state.label}” "
            "nên không sửa điểm tự chấm được."
        )

    assert can_edit_self_scores(user, assessment, now=NOW) is (expected == "")
    if expected:
        assert refusal_of(check_edit_self_scores, user, assessment, now=NOW) == expected


@pytest.mark.parametrize(
    ("moment", "own", "is_open"),
    [
        (dt.datetime(2025, 1, 9, 23, 59, tzinfo=VIETNAM), None, True),
        (dt.datetime(2025, 1, 10, 0, 0, tzinfo=VIETNAM), None, False),
        (dt.datetime(2025, 1, 10, 0, 0, tzinfo=VIETNAM), dt.date(2025, 1, 10), True),
        # The day of the whole round was put off past what one unit had been given.
        (dt.datetime(2025, 1, 9, 23, 59, tzinfo=VIETNAM), dt.date(2025, 1, 7), True),
        (dt.datetime(2025, 1, 10, 0, 0, tzinfo=VIETNAM), dt.date(2025, 1, 7), False),
    ],
)
def test_self_scores_lock_by_the_clock(moment: dt.datetime, own: dt.date | None, *, is_open: bool) -> None:
    assessment = file_in(AssessmentState.DRAFT)
    assessment.self_scoring_until = own
    user = someone(Role.UNIT_OFFICER, assessment)

    with time_machine.travel(moment, tick=False):
        assert can_edit_self_scores(user, assessment) is is_open
        if not is_open:
            with pytest.raises(WrongState, match=f"đã hết từ cuối ngày {LAST_DAY:%d/%m/%Y}"):
                check_edit_self_scores(user, assessment)


def test_an_officer_whose_membership_has_ended_writes_nothing() -> None:
    assessment = file_in(AssessmentState.DRAFT)
    user = someone(Role.UNIT_OFFICER, assessment, valid_to=dt.date(2025, 1, 4))

    assert can_edit_self_scores(user, assessment, now=NOW) is False
    assert can_view_file(user, assessment, now=NOW) is False


# Appraising


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
@pytest.mark.parametrize("state", AssessmentState)
def test_who_appraises_a_leaf_in_which_state(state: AssessmentState, role: Role | RoundDuty | None) -> None:
    assessment = file_in(state)
    user = UserFactory() if role is None else someone(role, assessment)
    unit = assessment.unit_name
    expected = f"Chỉ Hội đồng thẩm định và cơ quan chủ trì nội dung mới thẩm định được hồ sơ của {unit}."
    if isinstance(role, RoundDuty):
        expected = (
            ""
            if state == AssessmentState.IN_APPRAISAL
            else f"Hồ sơ của {unit} đang ở trạng thái “{state.label}” nên không thẩm định được."
        )

    assert can_appraise(user, assessment, leaf(assessment)) is (expected == "")
    if expected:
        assert refusal_of(check_appraise, user, assessment, leaf(assessment)) == expected


def appraiser(role: RoundDuty) -> tuple[User, Assessment]:
    assessment = file_in(AssessmentState.IN_APPRAISAL)
    return someone(role, assessment), assessment


@pytest.mark.parametrize(
    ("role", "code", "refusal"),
    [
        (RoundDuty.LEAD_AGENCY, "1.1.1", ""),
        (RoundDuty.LEAD_AGENCY, "2.1", "Bạn không được giao chủ trì nội dung 2."),
        (RoundDuty.COUNCIL_MEMBER, "2.1", ""),
        (RoundDuty.COUNCIL_MEMBER, "2.2", "Mục 2.2 không thẩm định: điểm được cộng hoặc do điều tra mà có."),
        (RoundDuty.COUNCIL_CHAIR, "1.1", "Mục 1.1 không thẩm định: điểm được cộng hoặc do điều tra mà có."),
    ],
)
def test_which_leaves_an_appraiser_appraises(role: RoundDuty, code: str, refusal: str) -> None:
    user, assessment = appraiser(role)

    assert can_appraise(user, assessment, leaf(assessment, code)) is (refusal == "")
    if refusal:
        assert refusal_of(check_appraise, user, assessment, leaf(assessment, code)) == refusal


def test_a_council_member_who_also_leads_a_content_appraises_the_others_too() -> None:
    user, assessment = appraiser(RoundDuty.LEAD_AGENCY)
    give(user, RoundDuty.COUNCIL_MEMBER, assessment)

    assert can_appraise(user, assessment, leaf(assessment, "2.1"))


def test_a_leaf_of_another_framework_is_not_appraised() -> None:
    user, assessment = appraiser(RoundDuty.COUNCIL_MEMBER)
    other = FrameworkInForceFactory().criteria.get(code="1.2")

    assert refusal_of(check_appraise, user, assessment, other) == (
        f"Mục 1.2 không thuộc bộ tiêu chí của {assessment.unit_name}."
    )


@pytest.mark.parametrize("duty", RoundDuty)
@pytest.mark.parametrize("own", [Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_nobody_appraises_their_own_unit(duty: RoundDuty, own: Role) -> None:
    user, assessment = appraiser(duty)
    give(user, own, assessment)

    assert can_appraise(user, assessment, leaf(assessment)) is False
    assert refusal_of(check_appraise, user, assessment, leaf(assessment)) == (
        f"Bạn thuộc {assessment.unit_name} nên không tiếp nhận, thẩm định hồ sơ của chính đơn vị mình. "
        "Đề nghị người khác thay."
    )
    assert can_view_file(user, assessment)


def test_a_person_appraises_again_once_they_have_left_the_unit() -> None:
    user, assessment = appraiser(RoundDuty.COUNCIL_MEMBER)
    give(user, Role.UNIT_OFFICER, assessment, valid_to=dt.date(2024, 12, 31))

    assert can_appraise(user, assessment, leaf(assessment), now=NOW)


# What the database takes


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": RoundDuty.LEAD_AGENCY},
        {"role": RoundDuty.COUNCIL_CHAIR, "contents": ["1"]},
        {"role": Role.PUBLISHER},
        {"valid_from": dt.date(2025, 2, 1), "valid_to": dt.date(2025, 1, 1)},
    ],
    ids=["lead agency of nothing", "chair of a content", "no role of a round", "ends before it begins"],
)
def test_the_database_refuses_a_role_that_makes_no_sense(wrong: dict[str, Any]) -> None:
    round = RoundFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RoundRoleFactory(round=round, **wrong)

    assert not RoundRole.objects.exists()


@pytest.mark.parametrize("in_group", [False, True])
def test_a_person_holds_a_role_once_in_one_place(*, in_group: bool) -> None:
    group = GroupFactory()
    place = {"round": group.round, "group": group if in_group else None}
    user = RoundRoleFactory(**place).user

    with pytest.raises(IntegrityError), transaction.atomic():
        RoundRoleFactory(**place, user=user)
    RoundRoleFactory(**place, user=user, role=RoundDuty.COUNCIL_SECRETARY)


def test_a_role_over_a_group_of_another_round_is_refused() -> None:
    role = RoundRoleFactory()
    role.group = GroupFactory()

    with pytest.raises(ValidationError, match="thuộc đợt đánh giá khác"):
        role.full_clean()


def test_a_role_says_whose_it_is() -> None:
    role = RoundRoleFactory(user__full_name="Phạm Lan Anh", role=RoundDuty.COUNCIL_SECRETARY)

    assert str(role) == f"Phạm Lan Anh: Thư ký Hội đồng thẩm định, {role.round}"
