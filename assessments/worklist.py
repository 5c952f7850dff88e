"""What waits for one person, role by role: the start page of everybody who signs in."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from assessments.enums import (
    AssessmentState,
    ClarificationState,
    PreparationState,
    PublicationState,
    RoundDuty,
    Track,
    Verb,
)
from assessments.models import (
    Assessment,
    Clarification,
    Opinion,
    Preparation,
    Publication,
    Round,
    RoundRole,
    Score,
    Substitute,
)
from assessments.permissions import CONCLUDES, NOT_SUBMITTED
from assessments.self_scoring import Listed, last_returns, listed_files
from assessments.transitions import TRANSITIONS
from criteria.enums import NOT_SELF_SCORED, FrameworkState, Severity
from criteria.models import Framework
from parindex.accounts.enums import ORGANISER_ROLES, UNIT_ROLES, Role
from parindex.accounts.models import Membership, Organiser, User
from parindex.accounts.queries import missing_people
from parindex.audit.models import Event

SAME_LEAF = {"assessment": OuterRef("assessment"), "criterion": OuterRef("criterion")}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: where, until when, and how urgent in words. `tone` is "bad", "warn" or ""."""

    title: str
    address: str
    detail: str = ""
    until: dt.date | None = None
    tag: str = ""
    tone: str = ""

    @property
    def days_left(self) -> int | None:
        """Days to the last one, below nought where it has passed; None where nothing ends."""
        return None if self.until is None else (self.until - timezone.localdate()).days


@dataclass(slots=True)
class Desk:
    """One role in one place, with what waits in it."""

    role: str
    place: str
    tasks: list[Task] = field(default_factory=list)
    # Where the role works when nothing waits.
    address: str = ""
    address_words: str = ""


def desks_of(user: User) -> list[Desk]:
    """Every role that the person holds today, with what waits in it, in a fixed number of queries a role."""
    day = timezone.localdate()
    memberships = list(
        Membership.objects.on(day)
        .filter(user=user)
        .select_related("unit", "organiser")
        .order_by("organiser_id", "unit__sort_key", "role")
    )
    duties = list(
        RoundRole.objects.on(day)
        .filter(user=user)
        .select_related("round__organiser", "group")
        .order_by("-round__year", "round__title", "role")
    )
    own_units = [held.unit_id for held in memberships if held.unit_id is not None]
    return [
        *_unit_desks(user, [held for held in memberships if held.role in UNIT_ROLES]),
        *(_duty_desk(user, duty, own_units) for duty in duties),
        *(_substitute_desk(user, named) for named in _named_substitute(user, day)),
        *_organiser_desks(user, [held for held in memberships if held.role in ORGANISER_ROLES]),
    ]


# -- in a unit


def _unit_desks(user: User, held: Sequence[Membership]) -> Iterator[Desk]:
    if not held:
        return
    files = listed_files(user)
    asked = _asked([one.file for one in files])
    returned = last_returns(one.file for one in files)
    for membership in held:
        own = [one for one in files if one.file.unit_id == membership.unit_id]
        desk = Desk(
            membership.get_role_display(),
            str(membership.unit),
            address=reverse("assessments:own_files"),
            address_words="Hồ sơ tự chấm của đơn vị",
        )
        is_head = membership.role == Role.UNIT_HEAD
        for one in own:
            desk.tasks += [] if is_head else _questions(one.file, asked.get(one.file.pk, []))
            task = _to_approve(one) if is_head else _to_score(one, returned.get(one.file.pk))
            desk.tasks += [task] if task else []
        yield desk


def _file_address(file: Assessment) -> str:
    return reverse("assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code])


def _to_score(one: Listed, returned: Event | None) -> Task | None:
    if one.file.state != AssessmentState.DRAFT:
        return None
    tag, tone = _time_left(one.until)
    if returned is not None:
        has_time = returned.verb == TRANSITIONS[Verb.GRANT_MORE_TIME].audit
        return Task(
            title=f"{'Được gia hạn tự chấm' if has_time else 'Sửa hồ sơ bị trả lại'}: {one.file.group.round}",
            address=_file_address(one.file),
            detail=f"“{returned.reason}” {returned.actor_name}",
            until=one.until,
            tag=tag if has_time else f"Bị trả lại{', ' if tag else ''}{tag.lower()}",
            tone=tone if has_time else "bad",
        )
    return Task(
        title=f"Tự chấm: {one.file.group.round.title}",
        address=_file_address(one.file),
        detail=f"Đã nhập {one.progress.entered}/{one.progress.total} mục.",
        until=one.until,
        tag=tag,
        tone=tone,
    )


def _to_approve(one: Listed) -> Task | None:
    if one.file.state != AssessmentState.UNIT_REVIEW:
        return None
    tag, tone = _time_left(one.until)
    return Task(
        title=f"Duyệt hồ sơ tự chấm: {one.file.group.round.title}",
        address=_file_address(one.file),
        detail=f"Cán bộ đã trình, nhập {one.progress.entered}/{one.progress.total} mục.",
        until=one.until,
        tag=tag,
        tone=tone,
    )


def _asked(files: Sequence[Assessment]) -> dict[int, list[Clarification]]:
    """The questions that wait for the unit's answer, by file."""
    found: dict[int, list[Clarification]] = {}
    waiting = Clarification.objects.filter(assessment__in=files, state=ClarificationState.ASKED)
    for question in waiting.select_related("criterion").order_by("until", "pk"):
        found.setdefault(question.assessment_id, []).append(question)
    return found


def _questions(file: Assessment, asked: Sequence[Clarification]) -> Iterator[Task]:
    address = reverse(
        "assessments:own_clarifications", args=[file.group.round.code, file.group.code, file.unit_code]
    )
    for question in asked:
        tag, tone = _time_left(question.until)
        asked_by = f" {question.asked_by}" if file.group.names_appraisers else ""
        yield Task(
            title=f"Giải trình mục {question.criterion.code}: {question.criterion.title}",
            address=address,
            detail=f"“{question.question}”{asked_by}",
            until=question.until,
            tag=tag,
            tone=tone,
        )


# -- in a round


def _named_substitute(user: User, day: dt.date) -> QuerySet[Substitute]:
    """The person's places in the appraisal of units whose own judges are recused."""
    named = Substitute.objects.filter(user=user, role__in=RoundRole.objects.on(day))
    return named.select_related("role__round__organiser", "role__group", "role__user", "unit").order_by("pk")


def _substitute_desk(user: User, named: Substitute) -> Desk:
    """What waits for who stands in, in the one unit that it is for."""
    role = named.role
    desk = _bench(f"Thay {role.user}, {role.get_role_display()}", str(named.unit), role.round)
    desk.tasks += _of_duty(user, role, _files_of(role).filter(unit=named.unit_id))
    return desk


def _duty_desk(user: User, duty: RoundRole, own_units: Sequence[int]) -> Desk:
    desk = _bench(duty.get_role_display(), str(duty.group or duty.round), duty.round)
    desk.tasks += _of_duty(user, duty, _files_of(duty).exclude(unit__in=own_units))
    return desk


def _of_duty(user: User, duty: RoundRole, files: QuerySet[Assessment]) -> Iterator[Task]:
    """What waits in these files for who has the duty, or stands in for its holder."""
    yield from _to_judge(user, duty, _waiting_leaves(files))
    if duty.role in CONCLUDES:
        yield from _to_receive(files, duty.round)
        yield from _to_conclude(files, duty.round)


def _bench(role: str, place: str, round: Round) -> Desk:
    address = reverse("assessments:appraisal", args=[round.code])
    return Desk(role, place, address=address, address_words="Bàn thẩm định")


def _to_judge(user: User, duty: RoundRole, waiting: QuerySet[Score]) -> Iterator[Task]:
    """The leaves on which the person has not said yet what the duty asks for."""
    if duty.role == RoundDuty.LEAD_AGENCY:
        waiting = waiting.filter(criterion__content__code__in=duty.contents).exclude(
            Exists(Score.objects.filter(**SAME_LEAF, track=Track.PROPOSAL, at__isnull=False))
        )
        words = "Đề xuất điểm"
    elif duty.role == RoundDuty.COUNCIL_MEMBER:
        waiting = waiting.exclude(Exists(Opinion.objects.filter(**SAME_LEAF, member=user)))
        words = "Cho ý kiến"
    else:
        waiting = waiting.filter(at=None)
        words = "Kết luận"
    sums = waiting.aggregate(leaves=Count("pk"), files=Count("assessment", distinct=True))
    if sums["leaves"]:
        tag, tone = _time_left(duty.round.appraisal_until)
        yield Task(
            title=f"{words} {sums['leaves']} mục của {sums['files']} hồ sơ",
            address=reverse("assessments:appraisal", args=[duty.round.code]),
            detail=duty.round.title,
            until=duty.round.appraisal_until,
            tag=tag,
            tone=tone,
        )


def _files_of(duty: RoundRole) -> QuerySet[Assessment]:
    files = Assessment.objects.filter(group__round=duty.round_id)
    return files if duty.group_id is None else files.filter(group=duty.group_id)


def _waiting_leaves(files: QuerySet[Assessment]) -> QuerySet[Score]:
    """The leaves to be judged in those of the files that are under appraisal."""
    files = files.filter(state=AssessmentState.IN_APPRAISAL)
    return Score.objects.filter(assessment__in=files, track=Track.CONCLUSION).exclude(
        criterion__source__in=NOT_SELF_SCORED
    )


def _to_receive(files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    submitted = files.filter(state=AssessmentState.SUBMITTED).count()
    if submitted:
        yield Task(
            title=f"Tiếp nhận {submitted} hồ sơ đã nộp",
            address=reverse("assessments:progress", args=[round.code]) + "?loc=da-nop",
            detail=round.title,
            until=round.compiling_until,
        )


def _to_conclude(files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    in_appraisal = files.filter(state=AssessmentState.IN_APPRAISAL)
    of_file = _waiting_leaves(files).filter(assessment=OuterRef("pk"), at=None)
    if judged := in_appraisal.exclude(Exists(of_file)).count():
        tag, tone = _time_left(round.appraisal_until)
        yield Task(
            title=f"Kết luận {judged} hồ sơ đã đủ kết luận từng mục",
            address=reverse("assessments:progress", args=[round.code]) + "?loc=dang-tham-dinh",
            detail=round.title,
            until=round.appraisal_until,
            tag=tag,
            tone=tone,
        )


# -- in an organiser


def _organiser_desks(user: User, held: Sequence[Membership]) -> Iterator[Desk]:
    for membership in held:
        role = Role(membership.role)
        desk = Desk(str(role.label), str(membership.organiser))
        organiser = membership.organiser_id or 0
        if role == Role.PUBLISHER:
            desk.address, desk.address_words = reverse("assessments:rounds"), "Các đợt đánh giá"
            desk.tasks += _to_confirm(user, organiser)
            desk.tasks += _rounds_under_way(organiser)
        elif role == Role.FRAMEWORK_MANAGER:
            desk.address, desk.address_words = reverse("criteria:frameworks"), "Các bộ tiêu chí"
            desk.tasks += _drafts(organiser)
        elif role == Role.ADMINISTRATOR:
            desk.address, desk.address_words = (
                reverse("accounts:people", args=[organiser]),
                "Tài khoản của cơ quan, đơn vị",
            )
        else:
            desk.address, desk.address_words = reverse("assessments:rounds"), "Các đợt đánh giá"
        desk.tasks = desk.tasks or list(_first_step(role, membership.organiser))
        yield desk


def _first_step(role: Role, organiser: Organiser | None) -> Iterator[Task]:
    """Where a new installation begins, for the role that begins it."""
    if organiser is None:
        return
    if role == Role.PUBLISHER and not organiser.rounds.exists():
        yield Task("Mở đợt đánh giá đầu tiên", reverse("assessments:open_round"), "Chưa có đợt đánh giá nào.")
    elif role == Role.FRAMEWORK_MANAGER and not Framework.objects.filter(decision__issuer=organiser).exists():
        yield Task("Đọc bộ tiêu chí từ bảng tính", reverse("criteria:upload"), "Chưa có bộ tiêu chí nào.")
    elif role == Role.ADMINISTRATOR and not organiser.units.exists():
        address = reverse("accounts:units_import", args=[organiser.pk])
        yield Task("Nhập danh mục đơn vị", address, "Chưa có đơn vị nào để đánh giá.")
    elif role == Role.ADMINISTRATOR:
        people = missing_people(organiser, day=timezone.localdate())
        if units := sum(bool(roles) for _, roles in people):
            yield Task(
                f"Cấp tài khoản cho {units} đơn vị",
                reverse("accounts:people_import", args=[organiser.pk]),
                "Mỗi đơn vị cần ít nhất một cán bộ và một lãnh đạo.",
            )


def _to_confirm(user: User, organiser: int) -> Iterator[Task]:
    waiting = Preparation.objects.filter(round__organiser=organiser, state=PreparationState.OPEN)
    for prepared in waiting.select_related("round").order_by("prepared_at"):
        own = prepared.prepared_by_id == user.pk
        yield Task(
            title=f"{'Chờ người khác xác nhận' if own else 'Xác nhận'} công bố: {prepared.round.title}",
            address=reverse("assessments:publishing", args=[prepared.round.code]),
            detail=f"{prepared.prepared_by} chuẩn bị theo Quyết định số {prepared.decision_number}.",
            until=prepared.round.publication_until,
            tag="Chờ xác nhận",
            tone="" if own else "warn",
        )


def _rounds_under_way(organiser: int) -> Iterator[Task]:
    """Rounds without a current publication, by what their files wait for."""
    today = timezone.localdate()
    published = Publication.objects.filter(round=OuterRef("pk"), state=PublicationState.CURRENT)
    prepared = Preparation.objects.filter(round=OuterRef("pk"), state=PreparationState.OPEN)
    deadline = Coalesce("groups__assessments__self_scoring_until", F("self_scoring_until"))
    files = "groups__assessments"
    rounds = (
        Round.objects.filter(organiser=organiser)
        .exclude(Exists(published))
        .annotate(deadline=deadline, is_prepared=Exists(prepared))
        .values("code", "title", "is_prepared", "self_scoring_until", "compiling_until", "publication_until")
        .annotate(
            files=Count(files),
            waiting=Count(files, filter=Q(groups__assessments__state__in=NOT_SUBMITTED)),
            late=Count(files, filter=Q(groups__assessments__state__in=NOT_SUBMITTED, deadline__lt=today)),
            submitted=Count(files, filter=Q(groups__assessments__state=AssessmentState.SUBMITTED)),
            concluded=Count(files, filter=Q(groups__assessments__state=AssessmentState.CONCLUDED)),
        )
        .order_by("-year", "title")
    )
    for row in rounds:
        yield from _round_tasks(row)


def _round_tasks(row: Mapping[str, Any]) -> Iterator[Task]:
    progress = reverse("assessments:progress", args=[row["code"]])
    title = row["title"]
    if not row["files"]:
        yield Task(
            f"Chuẩn bị {title}",
            reverse("assessments:setup", args=[row["code"]]),
            "Chưa có đơn vị nào trong đợt.",
        )
        return
    if row["late"]:
        yield Task(
            f"{row['late']} đơn vị quá hạn chưa nộp",
            f"{progress}?loc=qua-han",
            title,
            tag="Quá hạn",
            tone="bad",
        )
    elif row["waiting"]:
        yield Task(
            f"Theo dõi {row['waiting']} đơn vị chưa nộp",
            progress,
            title,
            until=row["self_scoring_until"],
        )
    if row["submitted"]:
        yield Task(f"Tiếp nhận {row['submitted']} hồ sơ đã nộp", f"{progress}?loc=da-nop", title)
    if row["concluded"] == row["files"] and not row["is_prepared"]:
        yield Task(
            f"Chuẩn bị công bố {title}",
            reverse("assessments:publishing", args=[row["code"]]),
            "Mọi hồ sơ đã kết luận.",
            until=row["publication_until"],
        )


def _drafts(organiser: int) -> Iterator[Task]:
    open_problems = Count("problems", filter=Q(problems__severity=Severity.ERROR, problems__resolution=""))
    drafts = Framework.objects.filter(decision__issuer=organiser, state=FrameworkState.DRAFT)
    for draft in drafts.annotate(open_problems=open_problems).order_by("-created_at"):
        left = draft.open_problems
        yield Task(
            title=f"Bản nháp: {draft}",
            address=reverse("criteria:framework", args=[draft.pk]),
            detail=f"Còn {left} chỗ phải chọn." if left else "Đã đủ điều kiện đưa vào sử dụng.",
            tag="Phải chọn" if left else "",
            tone="warn" if left else "",
        )


def _time_left(until: dt.date | None) -> tuple[str, str]:
    """How near the last day is, in words and tone."""
    if until is None:
        return "", ""
    days = (until - timezone.localdate()).days
    if days < 0:
        return f"Quá hạn {-days} ngày", "bad"
    if days == 0:
        return "Hết hạn hôm nay", "warn"
    return f"Còn {days} ngày", "warn" if days <= 3 else ""


def first_open(desks: Iterable[Desk]) -> Task | None:
    """The most urgent thing of all: the one whose last day comes first, then anything that waits."""
    tasks = [task for desk in desks for task in desk.tasks]
    return min(tasks, key=lambda task: task.until or dt.date.max, default=None)
