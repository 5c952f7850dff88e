"""How far the setting up of a round is: what self-scoring still waits for, and what comes next for whom."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from assessments.enums import AssessmentState, RoundDuty
from assessments.models import Assessment, Group, Round, RoundRole
from assessments.permissions import NOT_SUBMITTED
from assessments.permissions.setup import can_set_up
from assessments.states import later_day
from assessments.workflow.cloning import newer_frameworks
from assessments.workflow.people import recusals
from assessments.workflow.settings import STEPS, files_of
from criteria.enums import FrameworkState, Source
from criteria.models import Criterion
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User

# Accounts have pages of their own, outside the round.
ACCOUNTS = "accounts"
COUNCIL = (RoundDuty.COUNCIL_CHAIR, RoundDuty.COUNCIL_SECRETARY)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a round needs: whether it is there, what is missing, and the page that mends it.

    `must` tells what units cannot do without from what a person should merely look at.
    """

    label: str
    page: str
    missing: Sequence[str] = ()
    must: bool = True
    note: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def groups_of(round: Round) -> list[Group]:
    """The groups of a round in order, with framework, bands and number of units at hand."""
    groups = round.groups.select_related(
        "framework__unit_type", "framework__decision", "structure__unit_type", "structure__decision", "survey"
    )
    return list(
        groups.prefetch_related("bands").annotate(units=Count("assessments")).order_by("position", "pk")
    )


def readiness(round: Round, groups: Sequence[Group]) -> list[Check]:
    """What to look at before units begin; a fixed number of queries for any number of units.

    A round without groups has nothing yet of which their units or frameworks could be complete.
    """
    roles = list(round.roles.exclude(valid_to__lt=timezone.localdate()))
    dates = Check("Hạn của các bước", "setup_round", _missing_dates(round))
    council = Check("Chủ tịch và Thư ký Hội đồng thẩm định", "setup_people", _without_council(groups, roles))
    if not groups:
        return [Check("Nhóm đơn vị", "setup_add_group", ("Đợt chưa có nhóm đơn vị nào.",)), dates, council]
    return [
        Check("Nhóm đơn vị", "setup_add_group"),
        Check("Bộ tiêu chí đang có hiệu lực", "setup", _without_framework(groups)),
        Check(
            "Đơn vị trong từng nhóm",
            "setup",
            [f"{group.name}: chưa có đơn vị nào." for group in groups if not group.units],  # type: ignore[attr-defined]
        ),
        dates,
        Check("Cán bộ và lãnh đạo của từng đơn vị có tài khoản", ACCOUNTS, _without_people(round)),
        council,
        Check("Cơ quan chủ trì nội dung", "setup_people", _without_lead(groups, roles), must=False),
        Check("Người thay khi trùng đơn vị", "setup_people", _without_substitute(round), must=False),
        Check("Bộ tiêu chí mới nhất", "setup", _with_newer_framework(groups), must=False),
    ]


def _without_framework(groups: Sequence[Group]) -> list[str]:
    found = []
    for group in groups:
        if group.framework is None:
            found.append(f"{group.name}: chưa có bộ tiêu chí.")
        elif group.framework.state != FrameworkState.IN_FORCE:
            found.append(f"{group.name}: “{group.framework}” đã hết hiệu lực.")
    return found


def _with_newer_framework(groups: Sequence[Group]) -> list[str]:
    newer = newer_frameworks(groups)
    return [
        f"{group.name}: đã có “{newer[group.pk][0]}” theo {newer[group.pk][0].decision.short_name}."
        for group in groups
        if newer[group.pk]
    ]


def _missing_dates(round: Round) -> list[str]:
    found = [f"Chưa ghi hạn bước {label}." for name, label in STEPS if getattr(round, name) is None]
    until = round.self_scoring_until
    if until is not None and until < timezone.localdate():
        found.append(f"Hạn tự chấm {until:%d/%m/%Y} đã qua.")
    return found


def _without_people(round: Round) -> list[str]:
    """Units without an officer or without a head who has an account in use."""
    held: dict[int, set[str]] = {}
    units = files_of(round).values("unit")
    memberships = Membership.objects.on(timezone.localdate()).filter(unit__in=units, user__is_active=True)
    for unit, role in memberships.values_list("unit_id", "role"):
        held.setdefault(unit, set()).add(role)
    found = []
    for unit, name in files_of(round).order_by("unit_sort_key").values_list("unit_id", "unit_name"):
        roles = held.get(unit, set())
        lacks = [word for role, word in UNIT_PEOPLE if role not in roles]
        if lacks:
            found.append(f"{name}: chưa có {' và '.join(lacks)}.")
    return found


UNIT_PEOPLE = ((Role.UNIT_OFFICER, "cán bộ đơn vị"), (Role.UNIT_HEAD, "lãnh đạo đơn vị"))


def _without_council(groups: Sequence[Group], roles: Sequence[RoundRole]) -> list[str]:
    everywhere = {role.role for role in roles if role.group_id is None}
    found = []
    for duty in COUNCIL:
        if duty in everywhere:
            continue
        own = {role.group_id for role in roles if role.role == duty}
        bare = [group.name for group in groups if group.pk not in own]
        if not groups or len(bare) == len(groups):
            found.append(f"Chưa có {_lower(duty)}.")
        else:
            found += [f"{name}: chưa có {_lower(duty)}." for name in bare]
    return found


def _lower(duty: RoundDuty) -> str:
    label = str(duty.label)
    return label[:1].lower() + label[1:]


def _without_lead(groups: Sequence[Group], roles: Sequence[RoundRole]) -> list[str]:
    """Contents with something to appraise that nobody leads, by group."""
    leads = [role for role in roles if role.role == RoundDuty.LEAD_AGENCY]
    contents: dict[int, list[str]] = {}
    used = {group.framework_id for group in groups if group.framework_id}
    leaves = Criterion.objects.filter(framework__in=used, is_leaf=True).exclude(source=Source.SURVEY)
    appraised = Criterion.objects.filter(pk__in=leaves.values("content")).order_by("position")
    for framework, code in appraised.values_list("framework_id", "code"):
        contents.setdefault(framework, []).append(code)
    found = []
    for group in groups:
        led = {code for role in leads if role.group_id in (None, group.pk) for code in role.contents}
        bare = [code for code in contents.get(group.framework_id or 0, []) if code not in led]
        if bare:
            found.append(f"{group.name}: chưa giao nội dung {', '.join(bare)}.")
    return found


def _without_substitute(round: Round) -> list[str]:
    return [
        f"{pair.role.user} ({pair.role.get_role_display()}) thuộc {pair.unit}, chưa có người thay."
        for pair in recusals(round)
        if pair.substitute is None
    ]


# -- what comes next


@dataclass(frozen=True, slots=True)
class Current:
    """The step in which a round is, its last day, and how many days are left after today."""

    label: str
    until: dt.date
    days_left: int


def current_step(round: Round) -> Current | None:
    """The first step whose last day has not passed; None after the last, or without dates."""
    today = timezone.localdate()
    for name, label in STEPS:
        until: dt.date | None = getattr(round, name)
        if until is not None and until >= today:
            return Current(label, until, (until - today).days)
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that waits for this person in a round: what, on which page, with which query string."""

    words: str
    page: str
    query: str = ""


def duties_of(user: User, round: Round) -> set[str]:
    """The duties that the person has in a round today, their own or in somebody's place for one unit."""
    held = RoundRole.objects.on(timezone.localdate()).filter(round=round)
    return set(held.filter(Q(user=user) | Q(substitutes__user=user)).values_list("role", flat=True))


def next_steps(user: User, round: Round, *, is_published: bool) -> list[Step]:
    """What waits for this person in the round, the most urgent first."""
    runs, duties = can_set_up(user, round), duties_of(user, round)
    if not runs and not duties:
        return []
    files = files_of(round)
    counts = dict(files.values_list("state").annotate(Count("pk")).order_by())
    steps = []
    waiting = sum(counts.get(state, 0) for state in NOT_SUBMITTED)
    submitted, in_appraisal = (
        counts.get(state, 0) for state in (AssessmentState.SUBMITTED, AssessmentState.IN_APPRAISAL)
    )
    if runs and not files.exists():
        steps.append(Step("Thiết lập đợt: thêm nhóm và đơn vị", "setup"))
    if submitted and (runs or RoundDuty.COUNCIL_SECRETARY in duties):
        steps.append(Step(f"Tiếp nhận {submitted} hồ sơ đã nộp", "progress", "?loc=da-nop"))
    if runs and waiting and (late := _late(files)):
        steps.append(Step(f"Đôn đốc {late} đơn vị quá hạn chưa nộp", "progress", "?loc=qua-han"))
    if in_appraisal and duties:
        steps.append(Step(f"Thẩm định {in_appraisal} hồ sơ", "appraisal"))
    if runs and counts and not waiting + submitted + in_appraisal and not is_published:
        steps.append(Step("Mọi hồ sơ đã kết luận: chuẩn bị công bố", "publishing"))
    return steps


def _late(files: QuerySet[Assessment]) -> int:
    """How many files that are still with their units have passed their last day."""
    dated = files.annotate(deadline=later_day("self_scoring_until", "group__round__self_scoring_until"))
    return dated.filter(state__in=NOT_SUBMITTED, deadline__lt=timezone.localdate()).count()
