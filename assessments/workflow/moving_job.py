"""Moving a large group by a job: a person confirms, the worker moves all of it or nothing."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from assessments.enums import DocumentState
from assessments.exceptions import AssessmentError, WrongState
from assessments.models import Group, MoveJob, Score
from assessments.models.move_job import UNDER_WAY
from assessments.permissions.setup import check_set_up
from assessments.workflow.moving import move_group
from assessments.workflow.settings import require_unpublished
from criteria.models import Framework
from parindex.accounts.models import User

TOLD = ("kept", "recomputed", "opened", "aside")
BROKEN_OFF = (
    "Việc chuyển phiên bản bị ngắt giữa chừng, chưa có gì thay đổi. Xác nhận lại; nếu vẫn không được, báo "
    "người quản trị máy chủ, cùng giờ xác nhận."
)


def is_large(group: Group) -> bool:
    """Whether the group has too many scores to be moved within a request."""
    return Score.objects.filter(assessment__group=group).count() > settings.MOVE_INLINE_SCORES


def last_job(group: Group) -> MoveJob | None:
    """The last confirmed move of the group, under way or ended."""
    return group.move_jobs.select_related("to", "asked_by").order_by("-pk").first()


@transaction.atomic
def ask_to_move(group: Group, *, to: Framework, reason: str, seen: str, by_user: User) -> MoveJob:
    """Confirm a move that a job carries out; `seen` is the digest of the plan that was previewed.

    Raises NotPermitted, WrongState once published or while another move is under way, and AssessmentError
    without a reason. What the move itself refuses, the job writes down.
    """
    check_set_up(by_user, group.round)
    require_unpublished(group.round)
    Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    reason = reason.strip()
    if not reason:
        raise AssessmentError("Nêu lý do chuyển phiên bản.")
    job = last_job(group)
    if job is not None and job.is_under_way:
        raise WrongState(f"{job.asked_by} đã xác nhận chuyển nhóm này sang “{job.to}”, hệ thống đang chuyển.")
    lost = group.move_jobs.filter(state__in=UNDER_WAY)
    lost.update(state=DocumentState.FAILED, error=BROKEN_OFF, ended_at=timezone.now())
    asked = MoveJob.objects.create(
        group=group, to=to, reason=reason, seen=seen, asked_by=by_user, asked_at=timezone.now()
    )
    move_asked.enqueue(asked.pk)
    return asked


@task()
def move_asked(job_id: int) -> None:
    """Do a move that waits; in any other state it is left alone. It moves the whole group or nothing."""
    started = timezone.now()
    waiting = MoveJob.objects.filter(pk=job_id, state=DocumentState.WAITING)
    if not waiting.update(state=DocumentState.RUNNING, started_at=started):
        return
    job = MoveJob.objects.select_related("group__round", "to", "asked_by").get(pk=job_id)
    try:
        with transaction.atomic():
            plan = move_group(job.group, to=job.to, reason=job.reason, seen=job.seen, by_user=job.asked_by)
            told = {name: plan.total(name) for name in TOLD}
            if not _end(job, state=DocumentState.READY, told=told):
                raise WrongState(BROKEN_OFF)
    except AssessmentError as refusal:
        _end(job, state=DocumentState.FAILED, error=str(refusal))
    except BaseException:  # also when the worker is told to stop at once
        _end(job, state=DocumentState.FAILED, error=BROKEN_OFF)
        raise


def _end(job: MoveJob, **outcome: object) -> int:
    """Record how this job ended, unless it was given up as lost meanwhile."""
    mine = MoveJob.objects.filter(pk=job.pk, state=DocumentState.RUNNING, started_at=job.started_at)
    return mine.update(ended_at=timezone.now(), **outcome)
