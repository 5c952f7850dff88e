"""What waits for the staff of an organiser, and for who runs the installation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from assessments.enums import (
    AssessmentState,
    PreparationState,
    PublicationState,
    Track,
)
from assessments.models import (
    Preparation,
    Publication,
    Round,
    Score,
)
from assessments.permissions import NOT_SUBMITTED
from assessments.setup import current_step
from assessments.states import later_day
from assessments.worklist.desks import Desk, Task, task
from criteria.enums import FrameworkState, Severity, Source
from criteria.models import Framework
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, Organiser, User
from parindex.accounts.permissions import runs_installation
from parindex.accounts.queries import all_organisers, missing_people

DATES = ("self_scoring_until", "compiling_until", "appraisal_until", "publication_until")
HANDED_IN = (AssessmentState.SUBMITTED, AssessmentState.IN_APPRAISAL, AssessmentState.CONCLUDED)


def installation_desk(user: User) -> Iterator[Desk]:
    """What waits for who runs the installation: organisers that nobody administers."""
    if not runs_installation(user):
        return
    desk = Desk("Quản trị hệ thống", "", address=reverse("accounts:organisers"), address_words="Các cơ quan")
    desk.tasks += [
        Task(
            f"Cấp quản trị cho {organiser}",
            reverse("accounts:administrator_add", args=[organiser.pk]),
            "Cơ quan chưa có quản trị nào đăng nhập được.",
        )
        for organiser in all_organisers()
        if not organiser.administrators  # type: ignore[attr-defined]
    ]
    yield desk


def organiser_desks(user: User, held: Sequence[Membership]) -> Iterator[Desk]:
    for membership in held:
        role = Role(membership.role)
        desk = Desk(str(role.label), str(membership.organiser))
        organiser = membership.organiser_id or 0
        if role == Role.PUBLISHER:
            desk.address, desk.address_words = reverse("assessments:rounds"), "Các đợt đánh giá"
            desk.tasks += _to_confirm(user, organiser)
            desk.tasks += _rounds_under_way(organiser)
            desk.tasks += _without_survey_points(organiser)
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
            desk.tasks += _to_follow(organiser)
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


def _without_survey_points(organiser: int) -> Iterator[Task]:
    """Rounds with units that have handed in and have no points of the survey yet."""
    published = Publication.objects.filter(
        round=OuterRef("assessment__group__round"), state=PublicationState.CURRENT
    )
    cells = Score.objects.filter(
        ~Exists(published),
        assessment__group__round__organiser=organiser,
        assessment__group__survey__isnull=False,
        assessment__state__in=HANDED_IN,
        criterion__source=Source.SURVEY,
        track=Track.CONCLUSION,
        at=None,
    )
    rounds = cells.values(
        code=F("assessment__group__round__code"),
        title=F("assessment__group__round__title"),
        until=F("assessment__group__round__appraisal_until"),
    )
    counted = rounds.annotate(cells=Count("pk"), units=Count("assessment", distinct=True))
    for row in counted.order_by("code"):
        yield task(
            f"Ghi điểm điều tra: còn {row['cells']} ô của {row['units']} đơn vị",
            reverse("assessments:survey_points", args=[row["code"]]),
            row["title"],
            until=row["until"],
        )


def _to_follow(organiser: int) -> Iterator[Task]:
    """Rounds that are not published yet, each with the step in which it is."""
    published = Publication.objects.filter(round=OuterRef("pk"), state=PublicationState.CURRENT)
    for round in Round.objects.filter(~Exists(published), organiser=organiser).order_by("-year", "title"):
        step = current_step(round)
        yield task(
            f"Theo dõi {round.title}",
            reverse("assessments:progress", args=[round.code]),
            f"Bước đang thực hiện: {step.label}." if step else "Đã qua hạn mọi bước hoặc chưa ghi hạn.",
            until=step.until if step else None,
        )


def _rounds_under_way(organiser: int) -> Iterator[Task]:
    """Rounds without a current publication, by what their files wait for."""
    today = timezone.localdate()
    published = Publication.objects.filter(round=OuterRef("pk"), state=PublicationState.CURRENT)
    prepared = Preparation.objects.filter(round=OuterRef("pk"), state=PreparationState.OPEN)
    deadline = later_day("groups__assessments__self_scoring_until", "self_scoring_until")
    files = "groups__assessments"
    rounds = (
        Round.objects.filter(organiser=organiser)
        .exclude(Exists(published))
        .annotate(deadline=deadline, is_prepared=Exists(prepared))
        .values("code", "title", "is_prepared", *DATES)
        .annotate(
            files=Count(files),
            waiting=Count(files, filter=Q(groups__assessments__state__in=NOT_SUBMITTED)),
            late=Count(files, filter=Q(groups__assessments__state__in=NOT_SUBMITTED, deadline__lt=today)),
            appraised=Count(files, filter=Q(groups__assessments__state=AssessmentState.IN_APPRAISAL)),
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
        yield task(
            f"Theo dõi {row['waiting']} đơn vị chưa nộp",
            progress,
            title,
            until=row["self_scoring_until"],
        )
    if row["submitted"]:
        yield task(
            f"Tiếp nhận {row['submitted']} hồ sơ đã nộp",
            f"{progress}?loc=da-nop",
            title,
            until=row["compiling_until"],
        )
    if row["appraised"]:
        yield task(
            f"Theo dõi thẩm định {row['appraised']} hồ sơ",
            f"{progress}?loc=dang-tham-dinh",
            title,
            until=row["appraisal_until"],
        )
    if row["concluded"] == row["files"] and not row["is_prepared"]:
        yield task(
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
