"""What waits for the people of a unit."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from assessments.appraisal.reviews import lowered_in
from assessments.appraisal.reviews import unit_address as reviews_address
from assessments.enums import (
    AssessmentState,
    ClarificationState,
    ReviewState,
    Verb,
)
from assessments.models import (
    Assessment,
    Clarification,
)
from assessments.self_scoring import Listed, last_returns, listed_files
from assessments.states import is_review_open
from assessments.transitions import TRANSITIONS
from assessments.visibility import sees_own_result
from assessments.worklist.desks import Desk, Task, task, time_left
from parindex.accounts.enums import Role
from parindex.accounts.models import Membership, User
from parindex.audit.models import Event


def unit_desks(user: User, held: Sequence[Membership]) -> Iterator[Desk]:
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
            desk.tasks += _to_review(one.file, is_head=is_head)
            found = _to_approve(one) if is_head else _to_score(one, returned.get(one.file.pk))
            desk.tasks += [found] if found else []
        yield desk


def _file_address(file: Assessment) -> str:
    return reverse("assessments:own_file", args=[file.group.round.code, file.group.code, file.unit_code])


def _to_score(one: Listed, returned: Event | None) -> Task | None:
    if one.file.state != AssessmentState.DRAFT:
        return None
    tag, tone = time_left(one.until)
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
    tag, tone = time_left(one.until)
    return Task(
        title=f"Duyệt hồ sơ tự chấm: {one.file.group.round.title}",
        address=_file_address(one.file),
        detail=f"Cán bộ đã trình, nhập {one.progress.entered}/{one.progress.total} mục.",
        until=one.until,
        tag=tag,
        tone=tone,
    )


def _asked(files: Sequence[Assessment]) -> dict[int, list[Clarification]]:
    """The questions that the unit can still answer, by file."""
    found: dict[int, list[Clarification]] = {}
    waiting = Clarification.objects.filter(
        assessment__in=files, state=ClarificationState.ASKED, until__gte=timezone.localdate()
    )
    for question in waiting.select_related("criterion").order_by("until", "pk"):
        found.setdefault(question.assessment_id, []).append(question)
    return found


def _questions(file: Assessment, asked: Sequence[Clarification]) -> Iterator[Task]:
    address = reverse(
        "assessments:own_clarifications", args=[file.group.round.code, file.group.code, file.unit_code]
    )
    for question in asked:
        tag, tone = time_left(question.until)
        asked_by = f" {question.asked_by}" if file.group.names_appraisers else ""
        yield Task(
            title=f"Giải trình mục {question.criterion.code}: {question.criterion.title}",
            address=address,
            detail=f"“{question.question}”{asked_by}",
            until=question.until,
            tag=tag,
            tone=tone,
        )


def _to_review(file: Assessment, *, is_head: bool) -> Iterator[Task]:
    """Lowered leaves of which the unit may ask once; what its officer wrote waits for the head."""
    round = file.group.round
    if file.state != AssessmentState.CONCLUDED or not is_review_open(round) or not sees_own_result(file):
        return
    if is_head:
        count, words = file.reviews.filter(state=ReviewState.WRITTEN).count(), "Gửi đề nghị xem xét lại"
    else:
        asked = file.reviews.values("criterion")
        count, words = lowered_in(file).exclude(criterion__in=asked).count(), "Xem kết luận giảm điểm ở"
    if count:
        yield task(
            f"{words} {count} mục: {round}",
            reviews_address(file),
            "Mỗi mục đề nghị xem xét lại được một lần.",
            until=round.review_until,
        )
