"""What waits for those who appraise in a round."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from assessments.enums import (
    AssessmentState,
    ClarificationState,
    ReviewState,
    RoundDuty,
    Track,
)
from assessments.models import (
    Assessment,
    Clarification,
    Opinion,
    ReviewRequest,
    Round,
    RoundRole,
    Score,
    Substitute,
)
from assessments.permissions import CONCLUDES, NOT_SUBMITTED
from assessments.worklist.desks import Desk, Task, task
from criteria.enums import NOT_SELF_SCORED
from parindex.accounts.models import User

SAME_LEAF = {"assessment": OuterRef("assessment"), "criterion": OuterRef("criterion")}


def named_substitute(user: User, day: dt.date) -> QuerySet[Substitute]:
    """The person's places in the appraisal of units whose own judges are recused."""
    named = Substitute.objects.filter(user=user, role__in=RoundRole.objects.on(day))
    return named.select_related("role__round__organiser", "role__group", "role__user", "unit").order_by("pk")


def moving_rounds(rounds: Collection[int]) -> set[int]:
    """Those of the rounds in which a file is before its judges or a request for review was sent."""
    asked = ReviewRequest.objects.filter(assessment=OuterRef("pk"), state=ReviewState.SENT)
    before = Q(state__in=(AssessmentState.SUBMITTED, AssessmentState.IN_APPRAISAL))
    files = Assessment.objects.filter(before | Exists(asked), group__round__in=rounds)
    return set(files.values_list("group__round", flat=True).distinct().order_by())


def substitute_desk(user: User, named: Substitute, moving: Collection[int]) -> Desk:
    """What waits for who stands in, in the one unit that it is for."""
    role = named.role
    desk = _bench(f"Thay {role.user}, {role.get_role_display()}", str(named.unit), role.round)
    if role.round_id in moving:
        desk.tasks += _of_duty(user, role, _files_of(role).filter(unit=named.unit_id))
    return desk


def duty_desk(user: User, duty: RoundRole, own_units: Sequence[int], moving: Collection[int]) -> Desk:
    """What waits for who has a duty in a round."""
    desk = _bench(duty.get_role_display(), str(duty.group or duty.round), duty.round)
    if duty.round_id in moving:
        desk.tasks += _of_duty(user, duty, _files_of(duty).exclude(unit__in=own_units))
    return desk


def _of_duty(user: User, duty: RoundRole, files: QuerySet[Assessment]) -> Iterator[Task]:
    """What waits in these files for who has the duty, or stands in for its holder."""
    yield from _to_judge(user, duty, _waiting_leaves(files))
    yield from _answered(user, files, duty.round)
    if duty.role in CONCLUDES:
        yield from _to_receive(files, duty.round)
        yield from _to_conclude(files, duty.round)
        yield from _to_answer(files, duty.round)


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
        yield task(
            title=f"{words} {sums['leaves']} mục của {sums['files']} hồ sơ",
            address=reverse("assessments:appraisal", args=[duty.round.code]),
            detail=duty.round.title,
            until=duty.round.appraisal_until,
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


def _answered(user: User, files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    """The answers of units to what the person asked them."""
    found = Clarification.objects.filter(
        assessment__in=files, state=ClarificationState.ANSWERED, asked_by_id=user.pk
    )
    if answered := found.count():
        yield task(
            f"Xem {answered} giải trình đơn vị đã trả lời",
            reverse("assessments:appraisal", args=[round.code]) + "?loc=giai-trinh",
            round.title,
            until=round.appraisal_until,
        )


def _to_receive(files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    submitted = files.filter(state=AssessmentState.SUBMITTED).count()
    if submitted:
        yield task(
            title=f"Tiếp nhận {submitted} hồ sơ đã nộp",
            address=reverse("assessments:progress", args=[round.code]) + "?loc=da-nop",
            detail=round.title,
            until=round.compiling_until,
        )


def _to_conclude(files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    in_appraisal = files.filter(state=AssessmentState.IN_APPRAISAL)
    of_file = _waiting_leaves(files).filter(assessment=OuterRef("pk"), at=None)
    if judged := in_appraisal.exclude(Exists(of_file)).count():
        yield task(
            title=f"Kết luận {judged} hồ sơ đã đủ kết luận từng mục",
            address=reverse("assessments:progress", args=[round.code]) + "?loc=dang-tham-dinh",
            detail=round.title,
            until=round.appraisal_until,
        )


def _to_answer(files: QuerySet[Assessment], round: Round) -> Iterator[Task]:
    asked = ReviewRequest.objects.filter(assessment__in=files, state=ReviewState.SENT)
    if count := asked.exclude(assessment__state__in=NOT_SUBMITTED).count():
        yield Task(
            title=f"Trả lời {count} đề nghị xem xét lại",
            address=reverse("assessments:reviews", args=[round.code]) + "?trang-thai=sent",
            detail=round.title,
            tag="Chưa trả lời thì chưa công bố được",
            tone="warn",
        )
